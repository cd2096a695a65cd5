"""Who reads the newsletter: asked for, and confirmed by the mailed link."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from events_app.core import links
from events_app.core.seeds import Scenes, Stage, address, rows
from events_app.newsletters import queries
from events_app.newsletters.actions import subscribing
from events_app.newsletters.models import Subscription
from events_app.newsletters.rules import Wish, consent

FILE = Path(__file__).with_name("readers.csv")
MINUTES = timedelta(minutes=7)
"""Between the form and the click."""


def scenes(stage: Stage) -> Scenes:
    for row in rows(FILE):
        reads: list[Subscription] = []
        when = stage.ago(int(row["days"]), row["time"])
        yield when, partial(_ask, row)
        if row["confirmed"]:
            yield when + MINUTES, partial(_confirm, row, reads)
        if row["leaves"]:
            yield stage.ago(int(row["leaves"]), "21:05"), partial(_leave, reads)


def _ask(row: dict[str, str], now: datetime) -> None:
    email = address(row["name"])
    wish = Wish(
        email=email,
        name=row["name"],
        language=row["language"],
        themes=tuple(row["topics"].split()),
        wording_version=consent.CURRENT,
        page=links.to("newsletters.subscribe").removeprefix(links.base()),
    )
    subscribing.ask(wish, visitor=email, now=now)


def _confirm(row: dict[str, str], reads: list[Subscription], now: datetime) -> None:
    asked = queries.request_of(address(row["name"]))
    subscription, _is_new = subscribing.confirm(asked, now=now)
    reads.append(subscription)


def _leave(reads: Iterable[Subscription], now: datetime) -> None:
    for subscription in reads:
        subscribing.leave(subscription, how="button on the unsubscribe page", now=now)
