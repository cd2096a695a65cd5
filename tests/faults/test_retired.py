"""A theme that is offered no more stays where it was chosen: each form shows what it has."""

import pytest
from sqlalchemy import select, update

from events_app.core.db import db, saving
from events_app.events.models import Event, Venue
from events_app.invitations.models import Ambassador
from events_app.newsletters.models import Issue, Subscription
from events_app.themes import queries
from events_app.themes.models import Kind, Theme
from tests.faults.visiting import every_form_now

pytestmark = pytest.mark.once

THEMED = {
    "lead_sector", "sectors", "challenges", "lines", "region", "sector", "theme", "themes",
}  # fmt: skip


def chosen(house):
    """All themes that a form would send again as they are."""
    return {
        (form.action, field.name, field.value)
        for _visitor, form in every_form_now(house)
        for field in form.fields
        if form.method == "POST" and field.name in THEMED and field.value
    }


def give_each_a_theme():
    themes = {kind: some[0] for kind in Kind if (some := queries.of_kind(kind))}
    sector, region = themes[Kind.SECTOR], themes[Kind.REGION]
    for event in db.session.scalars(select(Event)):
        event.lead_sector, event.themes = sector, list(themes.values())
    for row in db.session.scalars(select(Venue)):
        row.region = region
    for row in db.session.scalars(select(Ambassador)):
        row.sector, row.region = sector, region
    for row in db.session.scalars(select(Issue)):
        row.theme = sector
    for row in db.session.scalars(select(Subscription)):
        row.themes = [sector]


def test_a_form_keeps_a_theme_that_was_retired_after_it_was_chosen(house):
    with house.app.app_context(), saving():
        give_each_a_theme()
    before = chosen(house)
    assert {name for _action, name, _value in before} == THEMED
    with house.app.app_context(), saving():
        db.session.execute(update(Theme).values(is_active=False))
    assert before <= chosen(house)
