"""Facts and a brand become files; what was drawn once is kept."""

import logging
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from events_app.contacts.models import Organisation
from events_app.core import files
from events_app.core.sandbox import LibrariesMissingError, SandboxClosed, SandboxError
from events_app.kits.actions import drawn_files
from events_app.kits.assets import ASSETS, ENGINE, page_card
from events_app.kits.assets.drawing import readme
from events_app.kits.rules import archive, frozen, manifest, requested
from events_app.kits.rules.event_facts import brand_of
from events_app.kits.rules.frozen import Frozen
from events_app.kits.rules.hashes import input_hash, page_hash
from events_app.kits.rules.requested import Item, KitRequest
from events_app.kits.rules.senders import PROGRAMME
from events_app.kits.rules.values import Brand, File, Page

log = logging.getLogger(__name__)
HANDS = 2
Drawn = dict[str, tuple[File, ...]]
"""Files by the role of their asset."""


def new_request(
    said: Mapping[str, Frozen],
    organisation: Organisation | None,
    locale: str,
    links: Mapping[str, str],
) -> KitRequest:
    """`said`: the facts by language; None: in the programme's own brand."""
    brand = brand_of(organisation, frozen.unread) if organisation else Brand(PROGRAMME.name)
    facts = said[locale] | {"links": dict(links)}
    return KitRequest(facts, frozen.frozen(brand), locale)


def wanted(kit_request: KitRequest) -> dict[str, str]:
    """The hash of the inputs of each asset, by role."""
    return {
        role: input_hash(
            role,
            asset.AFFECTED_BY,
            kit_request.facts,
            kit_request.brand,
            kit_request.locale,
            ENGINE,
        )
        for role, asset in ASSETS.items()
    }


def differing(one: KitRequest, other: KitRequest) -> list[str]:
    """The roles of the assets that the two do not make from the same things."""
    was, is_now = wanted(one), wanted(other)
    return [role for role in is_now if was[role] != is_now[role]]


def draw(kit_request: KitRequest, roles: Collection[str]) -> Drawn:
    """Draw these assets. A role that could not be drawn is left out; one of which there is nothing
    to draw has no files.

    Takes about a second, so it must not happen inside `saving()`.
    """
    facts = frozen.facts(kit_request.facts, files.read)
    brand = frozen.brand(kit_request.brand, files.read)

    def made(role: str) -> tuple[File, ...] | None:
        try:
            return ASSETS[role].build(facts, brand, kit_request.locale)
        except LibrariesMissingError:
            return ()  # the start has said it, once
        except SandboxClosed:
            raise
        except Exception as why:  # noqa: BLE001 -- one that breaks must not take all others with it
            log.error("%s of %s could not be drawn: %r", role, facts.title, why)  # noqa: TRY400 -- where it broke may be in a process that is gone
            return None

    drawn: Drawn = {}
    with ThreadPoolExecutor(HANDS) as hands:
        for role, its_files in zip(roles, hands.map(made, roles), strict=True):
            if its_files is not None:
                drawn_files.lay_by(
                    its_files
                )  # while the next are drawn, nobody waits to write rows
                drawn[role] = its_files
    return drawn


def keep(kit_request: KitRequest, drawn: Drawn, *, now: datetime) -> None:
    hashes = wanted(kit_request)
    made = [(hashes[role], file) for role, files in drawn.items() for file in files]
    drawn_files.store(made, now=now)


def draw_page(page: Page, locale: str) -> File | None:
    """The card of a page of the site; as `draw`, not for inside saving()."""
    try:
        drawn = page_card.build(page, locale)
    except LibrariesMissingError:
        return None
    except SandboxError as why:
        log.error("the card of %s could not be drawn: %s", page.title, why)  # noqa: TRY400
        return None
    drawn_files.lay_by([drawn])
    return drawn


def page_wanted(page: Page, locale: str) -> str:
    """The hash of the inputs of its card."""
    return page_hash(page, locale, ENGINE)


def keep_page(page: Page, locale: str, file: File, *, now: datetime) -> None:
    drawn_files.store([(page_wanted(page, locale), file)], now=now)


@dataclass(frozen=True, slots=True)
class Pack:
    """A ZIP on its way."""

    name: str
    length: int
    content: Iterator[bytes]


def pack(kit_request: KitRequest, items: Collection[Item], *, moment: datetime) -> Pack:
    """README, manifest and these files, streamed from where they are kept.

    `moment` is the time of every file in the ZIP, so that the same kit is the same ZIP.
    """
    facts, brand = kit_request.named, frozen.brand(kit_request.brand, lambda _key: b"")
    labels = {item.file.role: item.label for item in items}
    kept = [item.file for item in items]
    first = archive.Part(
        readme.NAME,
        readme.readme(kept, labels, facts, brand, kit_request.locale, read=files.drawn.read),
    )
    entries = ((item.file, ASSETS[item.asset].AFFECTED_BY) for item in items)
    crate = manifest.manifest(first, entries, facts, brand, kit_request.locale)
    papers = [first, archive.Part(manifest.NAME, crate)]
    sizes = [(part.name, len(part.content)) for part in papers]
    sizes += [(item.path, item.file.size) for item in items]
    places = [(item.path, files.drawn.path(item.file.sha256)) for item in items]

    def parts() -> Iterator[archive.Part]:
        yield from papers
        for name, path in places:
            yield archive.Part(name, path.read_bytes())

    return Pack(
        requested.archive_name(kit_request), archive.length(sizes), archive.stream(parts(), moment)
    )
