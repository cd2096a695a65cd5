"""Every place of words that go with an event: what in them names a day or an hour that the event
has no more is pointed at where they are written, shown for check or sent.
"""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from events_app.core.db import db, saving
from events_app.events import actions
from events_app.events.models import Event, Status
from events_app.kits.forms import KitForm
from events_app.kits.models import Kit
from events_app.newsletters.blocks import BLOCKS
from events_app.registrations.models import Option, OptionGroup, Question
from tests.conftest import NOON
from tests.events.test_actions import content
from tests.factories.events import SOON, make_event
from tests.factories.kits import make_kit
from tests.factories.newsletters import event_block, make_issue, make_reader
from tests.factories.registrations import make_form, make_options, make_question

SAYS = "Kom op 18 maart"
POINTED = "daar staat 18 maart, zoals het eerst was"
DAY = timedelta(days=1)
NO_WORDS = {
    Event: {"cover_webp", "previous_place", "stood"},  # no words of anybody
    Question: set(), OptionGroup: set(), Option: set(),
}  # fmt: skip
OF_BEFORE = {"cancel_note"}
"""Says what was to be."""


def texts_of(model):
    """Its columns with words in each language."""
    columns = sa.inspect(model).columns
    named = {c.key for c in columns if isinstance(c.type, sa.JSON) and c.key != "settings"}
    return named - NO_WORDS[model] - OF_BEFORE


def say_it(*rows):
    with saving():
        for row in rows:
            for name in texts_of(type(row)):
                setattr(row, name, {"nl": SAYS})


@pytest.fixture
def moved():
    """Twice, so that readers were told of neither day: the journal alone knows the first."""
    event = make_event(status=Status.DRAFT, capacity=20)
    for days in (1, 2):
        with saving():
            starts, ends = SOON + days * DAY, SOON + days * DAY + timedelta(hours=2)
            actions.change(event, content(event, starts_at=starts, ends_at=ends), by=None, now=NOON)
    with saving():
        event.status = Status.PUBLISHED
    return event


def test_in_the_events_own_words(desk, moved):
    say_it(moved)
    for path in ("", "/edit"):
        page = desk.get(f"/desk/events/{moved.id}{path}").text
        assert page.count(POINTED) == len(texts_of(Event))


def test_in_the_words_of_its_form(desk, moved):
    form = make_form(moved)
    question, group = make_question(form), make_options(form, 5)
    say_it(question, group, *group.options)
    count = sum(len(texts_of(model)) for model in (Question, OptionGroup, Option))
    assert desk.get(f"/desk/events/{moved.id}").text.count(POINTED) == count


def test_in_the_words_of_its_kit(desk, moved):
    kit = make_kit(moved)
    own = {name.removesuffix("_nl") for name in vars(KitForm) if name.endswith("_nl")}
    with saving():
        kit.fields = {name: {"nl": SAYS} for name in own}
    pages = (f"/desk/kits/{kit.id}", f"/desk/kits/{kit.id}/edit", f"/desk/events/{moved.id}")
    for page in pages:
        assert desk.get(page).text.count(POINTED) == len(own)
    with saving():
        db.session.get_one(Event, moved.id).status = Status.CANCELLED
        db.session.get_one(Kit, kit.id).fields = {"lead": {"nl": "Kom op 20 maart."}}
    for page in pages:
        assert "daar staat 20 maart, maar de bijeenkomst gaat niet door" in desk.get(page).text


WORDS = {
    kind: [f.name for f in block.fields if f.kind in ("line", "lines", "markdown")]
    for kind, block in BLOCKS.items()
}
"""What is written in each kind of block."""


def newsletter(desk, issue):
    return desk.get(f"/desk/newsletters/{issue.id}/check").text


def test_in_a_newsletter_beside_its_event_and_under_it(desk, moved):
    blocks = [
        event_block(moved, key="event"),
        event_block(moved, key="noted", note=SAYS),
        *({"kind": kind, "key": kind, **dict.fromkeys(names, SAYS)}
          for kind, names in WORDS.items() if kind != "event"),
    ]  # fmt: skip
    issue = make_issue(blocks=blocks, subject=SAYS, preheader=SAYS)
    count = 2 + sum(map(len, WORDS.values()))
    page = newsletter(desk, issue)
    assert page.count(POINTED) == count
    assert "Er ontbreekt niets" not in page
    say_it(moved)  # its summary stands in the block without a note
    assert newsletter(desk, issue).count(POINTED) == count + 1


def test_in_a_newsletter_a_day_of_any_of_its_events_fits_and_nothing_keeps_it_from_being_sent(
    desk, moved
):
    make_reader()
    other = make_event("Ander", starts_at=SOON, slug="ander")
    words = {"kind": "text", "key": "words", "words": SAYS}
    alone = make_issue(blocks=[event_block(moved), words])
    both = make_issue(blocks=[event_block(moved), event_block(other, key="2"), words])
    nobody = make_issue(blocks=[words])
    assert "Kijk nog eens naar deze dagen" in newsletter(desk, alone)
    assert f"/desk/newsletters/{alone.id}/approve" in newsletter(desk, alone)
    for issue in (both, nobody):
        assert "Kijk nog eens naar deze dagen" not in newsletter(desk, issue)
