from collections.abc import Iterator
from datetime import datetime

from events_app.core.components import Act, Bar, Component, MenuItem, Need, Needs
from events_app.core.text import _, lazy, plural
from events_app.delivery import cli, desk, jobs, models, queries
from events_app.delivery.journal import JOURNAL
from events_app.delivery.models import State
from events_app.delivery.rules import ALL, is_standstill
from events_app.delivery.seeds import SEEDS


def _needed(now: datetime) -> Iterator[Need]:
    look = Act(_("Look at the e-mail"), "delivery_desk.overview")
    still = {each for each, until in queries.held(now).items() if is_standstill(each, until)}
    if ALL in still:
        yield Need(_("E-mail stands still. Nothing leaves until somebody lets it go on."), look)
    elif still:
        yield Need(_("Part of the e-mail stands still until somebody lets it go on."), look)
    counts = queries.unsettled(now)
    if uncertain := counts.get(State.UNCERTAIN, 0):
        words = plural(
            "One e-mail may not have arrived.", "%(num)s e-mails may not have arrived.", uncertain
        )
        yield Need(words, look)
    if failed := counts.get(State.FAILED, 0):
        words = plural(
            "One e-mail was refused in the last seven days.",
            "%(num)s e-mails were refused in the last seven days.",
            failed,
        )
        yield Need(words, look)


COMPONENT = Component(
    name="delivery",
    models=(models,),
    doors=(desk.bp,),
    jobs=(jobs,),
    commands=(cli.outbox,),
    menu=(
        MenuItem(lazy("E-mails"), "delivery_desk.overview", 100),
        MenuItem(lazy("All e-mails"), "delivery_desk.inbox", 60, Bar.SEARCH),
        MenuItem(lazy("Examples of all e-mails"), "delivery_desk.kinds", 70, Bar.SEARCH),
    ),
    needs=(Needs(10, "delivery_desk.overview", _needed),),
    seeds=SEEDS,
    journal=JOURNAL,
)
