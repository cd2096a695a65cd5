from datetime import datetime

from events_app.accounts.actions import change, note
from events_app.accounts.models import StaffMember
from events_app.core import static, text, tokens
from events_app.core.db import after_commit, db, upsert
from events_app.themes import queries, rules
from events_app.themes.models import Kind, Theme


def add(kind: Kind, name: dict[str, str], colour: str, *, by: StaffMember, now: datetime) -> Theme:
    """At the end of its kind. Its code, made from the Dutch name, stays: links hold it.

    Raises ColourUnclear or NameTaken.
    """
    rules.check_colour(colour)
    key = db.session.scalar(
        upsert(Theme)
        .values(
            kind=kind,
            code=text.slug(name["nl"]) or tokens.new_code("t").lower(),
            name=name,
            colour=colour,
            position=queries.next_position(kind),
            is_active=True,
        )
        .on_conflict_do_nothing(index_elements=["code"])
        .returning(Theme.id)
    )
    if key is None:
        raise rules.NameTaken
    theme = queries.theme(key)
    after = {"name": name, "colour": colour}
    note("themes.added", theme, text.local(theme.name), by=by, now=now, after=after)
    draw_styles()
    return theme


def edit(
    theme: Theme, name: dict[str, str], colour: str, *, by: StaffMember, now: datetime
) -> None:
    """Raises ColourUnclear."""
    rules.check_colour(colour)
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


def draw_styles() -> None:
    """Bring the colours in every page's one style sheet in line with the rows, after the commit."""
    css = rules.styles(queries.everything(), static.shipped("tokens"))
    after_commit(lambda: static.add_styles(css))
