"""What came of a kit."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from events_app.contacts.models import Organisation
from events_app.core.db import db
from events_app.kits.models import Kit, KitDownload, KitVersion, ShortLink
from events_app.registrations.models import Registration
from events_app.registrations.rules import ALIVE


@dataclass(frozen=True, slots=True)
class Figures:
    downloads: int = 0
    clicks: int = 0
    registrations: int = 0


def figures(kit: Kit) -> dict[int | None, Figures]:
    """By partner; None is the programme itself."""
    return _figures(
        (KitDownload.organisation_id, KitVersion.kit_id == kit.id),
        (ShortLink.organisation_id, ShortLink.kit_id == kit.id),
    )


def figures_of(organisation: Organisation) -> dict[int | None, Figures]:
    """By kit."""
    return _figures(
        (KitVersion.kit_id, KitDownload.organisation_id == organisation.id),
        (ShortLink.kit_id, ShortLink.organisation_id == organisation.id),
    )


def _figures(
    of_downloads: tuple[Any, ColumnElement[bool]], of_links: tuple[Any, ColumnElement[bool]]
) -> dict[int | None, Figures]:
    """What to count by, and which to count. Three statements."""
    (by, which), (by_link, which_links) = of_downloads, of_links
    downloads = (
        select(by, func.count(KitDownload.id))
        .join(KitVersion, KitVersion.id == KitDownload.version_id)
        .where(which)
        .group_by(by)
    )
    clicks = select(by_link, func.sum(ShortLink.clicks)).where(which_links).group_by(by_link)
    registrations = (
        select(by_link, func.count(Registration.id))
        .select_from(ShortLink)
        .join(Kit, Kit.id == ShortLink.kit_id)
        .join(
            Registration,
            and_(Registration.event_id == Kit.event_id, Registration.source == ShortLink.code),
        )
        .where(which_links, Registration.status.in_(ALIVE))
        .group_by(by_link)
    )
    columns = [
        {row[0]: int(row[1] or 0) for row in db.session.execute(wanted)}
        for wanted in (downloads, clicks, registrations)
    ]
    keys = {key for column in columns for key in column}
    return {key: Figures(*(column.get(key, 0) for column in columns)) for key in keys}
