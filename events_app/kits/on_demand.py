"""Where doors and jobs ask for files of kits: what is not drawn yet is drawn first.

Only this room has a file between doors and actions: drawing takes about a second and
happens outside `saving()`; keeping what was drawn happens inside.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from threading import Lock

from flask import Response
from sqlalchemy.exc import OperationalError

from events_app.contacts.models import Organisation
from events_app.core import clock, files, text, web
from events_app.core.db import let_go, saving
from events_app.core.errors import NotFoundError
from events_app.events.models import Event
from events_app.kits import actions, queries
from events_app.kits.assets import ASSETS
from events_app.kits.models import Kit, KitVersion
from events_app.kits.rules import requested
from events_app.kits.rules.requested import Item, KitRequest
from events_app.kits.rules.values import Kept, Page

_pencil = Lock()
"""Two who ask for the same kit at once draw it once; the second finds it kept."""
PATIENCE = 30
WEEK = timedelta(days=7)
HOUR = "public, max-age=3600"
CARD = "social/og"
SHOWN_IN_PLACE = ("image/png", "application/pdf", "text/plain")
"""What a browser may show by itself; HTML and SVG could carry more than a picture."""


@contextmanager
def _pencil_or_patience() -> Iterator[None]:
    """Draw one at a time; who has waited for PATIENCE seconds draws beside the other."""
    is_mine = _pencil.acquire(timeout=PATIENCE)
    try:
        yield
    finally:
        if is_mine:
            _pencil.release()


def request_for(
    kit: Kit, version: KitVersion | None, organisation: Organisation | None, locale: str
) -> KitRequest:
    """None: as it would be published now; in the programme's own brand."""
    with text.speaking(locale):
        links = queries.links(kit, organisation)
        if not links.keys() >= actions.ROLES:
            with saving():
                actions.make_links(kit, organisation, now=clock.now())
            links = queries.links(kit, organisation)
        said = version.facts if version else actions.said_now(kit, kit.fields, now=clock.now())
        return actions.new_request(said, organisation, locale, actions.addresses(links))


def _kept(hashes: Collection[str]) -> dict[str, tuple[Kept, ...]]:
    """The files that are drawn already and are still on the disk: a restore may bring back rows
    alone.
    """
    return {
        key: found
        for key, found in queries.kept(hashes).items()
        if all(files.drawn.has(file.sha256) for file in found)
    }


def _used(hashes: Collection[str]) -> dict[str, tuple[Kept, ...]]:
    """The same, and note once a week that they are used."""
    found, now = _kept(hashes), clock.now()
    old = [key for key, made in found.items() if any(_is_old(file, now) for file in made)]
    if old:
        with suppress(OperationalError), saving():  # another day will do
            actions.use(old, now=now)
    return found


def _is_old(file: Kept, now: datetime) -> bool:
    return file.used_at is not None and file.used_at < now - WEEK


class NotDrawnError(Exception):
    """Files that must be compared could not be drawn this time."""


def items(
    kit_request: KitRequest, roles: Collection[str] = ASSETS, *, needs_all: bool = False
) -> Sequence[Item]:
    """Every file of these assets that can be made, in the order of the list of assets.
    `needs_all`: raises NotDrawnError rather than leave out what failed.
    """
    wanted = {role: key for role, key in actions.wanted(kit_request).items() if role in roles}
    found = _used(wanted.values())
    if any(key not in found for key in wanted.values()):
        let_go()
        with _pencil_or_patience():
            found = _kept(wanted.values())
            missing = [role for role, key in wanted.items() if key not in found]
            let_go()
            drawn = actions.draw(kit_request, missing)
            with saving():
                actions.keep(kit_request, drawn, now=clock.now())
            found = queries.kept(wanted.values())
        if needs_all and (failed := set(missing) - drawn.keys()):
            raise NotDrawnError(", ".join(sorted(failed)))
    facts = kit_request.named
    return [
        requested.item(role, str(ASSETS[role].LABEL), file, facts)
        for role, key in wanted.items()
        for file in found.get(key, ())
    ]


def outdated(old: KitRequest, new: KitRequest, roles: Collection[str]) -> set[tuple[str, str]]:
    """Which files of these assets have other bytes in the new request, or are gone: the role of
    each, and of its asset. Raises NotDrawnError.
    """
    found = {item.file.role: item.file.sha256 for item in items(new, roles, needs_all=True)}
    return {
        (item.file.role, item.asset)
        for item in items(old, roles, needs_all=True)
        if item.file.sha256 != found.get(item.file.role)
    }


def newer(
    kit: Kit, before: KitVersion, organisation: Organisation, after: Sequence[Item], locale: str
) -> list[Item]:
    """Of these files those that the version before did not have with the same bytes."""
    old = items(request_for(kit, before, organisation, locale))
    had = {(item.file.role, item.file.sha256) for item in old}
    return [item for item in after if (item.file.role, item.file.sha256) not in had]


def card(event: Event, locale: str) -> Item | None:
    """The picture that is shown with a link to the event's page; None where none can be drawn."""
    with text.speaking(locale):
        kit_request = actions.new_request({locale: actions.said_of(event)}, None, locale, {})
    return next(iter(items(kit_request, (CARD,))), None)


def page_card(page: Page, locale: str) -> Kept:
    """The picture that is shown with a link to a page of the site. Raises NotFoundError when none
    can be drawn.
    """
    wanted = actions.page_wanted(page, locale)
    found: Sequence[Kept] = _used([wanted]).get(wanted, ())
    if not found:
        let_go()
        with _pencil_or_patience():
            found = _kept([wanted]).get(wanted) or _drawn_page(page, locale)
    return found[0]


def _drawn_page(page: Page, locale: str) -> Sequence[Kept]:
    let_go()
    drawn = actions.draw_page(page, locale)
    if drawn is None:
        raise NotFoundError
    with saving():
        actions.keep_page(page, locale, drawn, now=clock.now())
    wanted = actions.page_wanted(page, locale)
    return queries.kept([wanted])[wanted]


def grouped(items: Sequence[Item]) -> dict[str, list[Item]]:
    """By use: social, print, text, more."""
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(item.group, []).append(item)
    return groups


def words(items: Sequence[Item]) -> dict[str, str]:
    """The texts to copy, by path."""
    return {
        item.path: files.drawn.read(item.file.sha256).decode()
        for item in items
        if item.file.is_text
    }


def shared(file: Kept) -> Response:
    """A card, which other sites may show."""
    answer = Response(files.drawn.read(file.sha256), mimetype=file.media_type)
    answer.headers["Cache-Control"] = HOUR
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return web.if_fresh(answer)


def sent(item: Item, *, to_keep: bool, kept: str) -> Response:
    """One file. `kept`: Cache-Control, who may keep it and how long."""
    answer = Response(files.drawn.read(item.file.sha256), mimetype=item.file.media_type)
    is_shown = item.file.media_type in SHOWN_IN_PLACE and not to_keep
    answer.headers["Content-Disposition"] = (
        f'{"inline" if is_shown else "attachment"}; filename="{item.name}"'
    )
    answer.headers["Cache-Control"] = kept
    return web.if_fresh(answer)


def streamed(pack: actions.Pack) -> Response:
    answer = Response(pack.content, mimetype="application/zip")
    answer.headers["Content-Length"] = str(pack.length)
    answer.headers["Content-Disposition"] = f'attachment; filename="{pack.name}"'
    return answer
