from datetime import datetime

from events_app.accounts.actions import change, note
from events_app.accounts.models import StaffMember
from events_app.core import static, text, tokens
from events_app.core.db import after_commit, db, hold_table
from events_app.themes import queries, rules
from events_app.themes.models import Kind, Theme


def add(kind: Kind, name: dict[str, str], colour: str, *, by: StaffMember, now: datetime) -> Theme:
    """At the end of its kind. Its code, made from the Dutch name, stays: links hold it.

    Raises ColourUnclear or NameTaken.
    """
    rules.check_colour(colour)
    _must_be_free(name)
    base = text.slug(name["nl"]) or tokens.new_code("t").lower()
    theme = Theme(
        kind=kind,
        code=text.numbered(base, {each.code for each in queries.everything()}),
        name=name,
        colour=colour,
        position=queries.next_position(kind),
        is_active=True,
    )
    db.session.add(theme)
    db.session.flush()  # the journal needs the id
    after = {"name": name, "colour": colour}
    note("themes.added", theme, text.local(theme.name), by=by, now=now, after=after)
    draw_styles()
    return theme


def edit(
    theme: Theme, name: dict[str, str], colour: str, *, by: StaffMember, now: datetime
) -> None:
    """Raises ColourUnclear or NameTaken."""
    rules.check_colour(colour)
    _must_be_free(name, theme)
    before, after = change(theme, name=name, colour=colour)
    if after:
        label = text.local(name)
        note("themes.edited", theme, label, by=by, now=now, before=before, after=after)
        draw_styles()


def retire(theme: Theme, *, by: StaffMember, now: datetime) -> None:
    """Offer it no more; what was tagged with it stays tagged. Twice is once."""
    if not theme.is_active:
        return
    theme.is_active = False
    note("themes.retired", theme, text.local(theme.name), by=by, now=now)


def offer_again(theme: Theme, *, by: StaffMember, now: datetime) -> None:
    """Twice is once."""
    if theme.is_active:
        return
    theme.is_active = True
    note("themes.offered_again", theme, text.local(theme.name), by=by, now=now)


def move(theme: Theme, *, up: bool, by: StaffMember, now: datetime) -> None:
    """One place up or down among its kind; at the end it stays where it is."""
    themes = list(queries.all_of_kind(theme.kind))
    places = sorted({theme.position for theme in themes})
    if len(places) < len(themes):
        places = list(range(len(themes)))
    here = themes.index(theme)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(themes):
        return
    themes[here], themes[there] = themes[there], themes[here]
    for place, each in zip(places, themes, strict=True):
        each.position = place
    note("themes.moved", theme, text.local(theme.name), by=by, now=now)


def _must_be_free(name: dict[str, str], theme: Theme | None = None) -> None:
    """Raises NameTaken, also for a theme of another kind: some are offered in one list."""
    hold_table(Theme)
    others = [each.name for each in queries.everything() if each is not theme]
    shared = text.shared_in(name, others, was=theme.name if theme else None)
    if shared:
        raise rules.NameTaken(shared)


def draw_styles() -> None:
    """Bring the colours in every page's one style sheet in line with the rows, after the commit."""
    css = rules.styles(queries.everything(), static.shipped("tokens"))
    after_commit(lambda: static.add_styles(css))
