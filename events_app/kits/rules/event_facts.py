"""What an event says in its kit, in the language that is being spoken."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from events_app.contacts.models import Organisation, OrganisationKind
from events_app.core import text
from events_app.core.text import Local, _
from events_app.events.models import AttendanceMode, Event, EventPartner, PartnerRole
from events_app.events.models import Status as EventStatus
from events_app.events.rules import address
from events_app.kits.rules import frozen
from events_app.kits.rules.values import (
    Attendance,
    Brand,
    Cover,
    Facts,
    KitEventStatus,
    Licence,
    Quote,
    Sector,
    Sender,
    SenderKind,
    Venue,
)
from events_app.themes.models import Kind

Read = Callable[[str], bytes]
HASHTAGS = 5
LICENCE = Licence("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/")
_MARKS = re.compile(rb"(?m)^(?:METHOD|SEQUENCE|DTSTAMP|LAST-MODIFIED)\b.*\n")
_STATUS = {
    EventStatus.POSTPONED: KitEventStatus.POSTPONED,
    EventStatus.CANCELLED: KitEventStatus.CANCELLED,
}
_ATTENDANCE = {
    AttendanceMode.OFFLINE: Attendance.ONSITE,
    AttendanceMode.ONLINE: Attendance.ONLINE,
    AttendanceMode.MIXED: Attendance.MIXED,
}
_SENDER = {
    PartnerRole.CO_HOST: SenderKind.HOST,
    PartnerRole.PARTNER: SenderKind.PARTNER,
    PartnerRole.FUNDER: SenderKind.FUNDER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What the organiser writes over the event's own words, and when the kit may be used."""

    short_title: Local
    lead: Local
    quote: Local
    quote_person: str
    quote_role: Local
    hashtags: tuple[str, ...]
    embargo_until: datetime | None
    valid_until: datetime | None

    def fields(self) -> dict[str, Any]:
        """All but the moments, as Kit.fields keeps them; what is empty is left out."""
        said = {
            "short_title": dict(self.short_title), "lead": dict(self.lead),
            "quote": dict(self.quote), "quote_person": self.quote_person,
            "quote_role": dict(self.quote_role), "hashtags": list(self.hashtags),
        }  # fmt: skip
        return {name: value for name, value in said.items() if value}


def facts_of(event: Event, fields: dict[str, Any], *, url: str, ics: bytes, read: Read) -> Facts:
    """Everything the kit says of the event; the version's own moments are added by who makes it."""
    is_put_off = event.status is EventStatus.POSTPONED
    return Facts(
        title=text.local(event.title),
        url=url,
        short_title=text.local(fields.get("short_title")),
        lead=text.local(fields.get("lead")) or text.local(event.summary),
        description=text.local(event.description),
        starts_at=None if is_put_off else event.starts_at,
        ends_at=None if is_put_off else event.ends_at,
        timezone=event.timezone,
        status=_STATUS.get(event.status, KitEventStatus.SCHEDULED),
        attendance=_ATTENDANCE[event.attendance_mode],
        venue=_venue(event),
        sectors=_sectors(event),
        challenges=tuple(
            text.local(theme.name) for theme in event.themes if theme.kind is Kind.CHALLENGE
        ),
        cover=_cover(event, read),
        senders=tuple(_sender(each, read) for each in event.partners),
        quote=_quote(fields),
        hashtags=tuple(fields.get("hashtags") or _hashtags(event)),
        ics=b"" if is_put_off else ics,
        source_line=_("Source: Op de Bühne, Human Capital programme of the top sectors"),
        licence=LICENCE,
    )


def is_same_entry(one: bytes, other: bytes) -> bool:
    """Whether a calendar would show the same: how often and when it was changed is left out."""
    return _MARKS.sub(b"", one) == _MARKS.sub(b"", other)


def brand_of(organisation: Organisation, read: Read) -> Brand:
    light, dark = organisation.logo_key, organisation.logo_dark_key
    return Brand(
        name=organisation.name,
        logo=read(light) if light else None,
        logo_dark=read(dark) if dark else None,
        accent=organisation.accent,
        website=organisation.website,
    )


def _venue(event: Event) -> Venue | None:
    venue = event.venue
    if venue is None or event.attendance_mode is AttendanceMode.ONLINE:
        return None
    return Venue(
        name=venue.name,
        address=address(venue),
        city=venue.city,
        access=text.local(venue.access_note),
    )


def _sectors(event: Event) -> tuple[Sector, ...]:
    """The lead sector first, then the others once."""
    lead = [event.lead_sector] if event.lead_sector else []
    others = [each for each in event.themes if each.kind is Kind.SECTOR and each not in lead]
    return tuple(Sector(each.code, text.local(each.name), each.colour) for each in lead + others)


def _cover(event: Event, read: Read) -> Cover | None:
    if not event.cover_key:
        return None
    return Cover(read(event.cover_key), text.local(event.cover_alt), event.cover_credit)


def senders_of(event: Event) -> list[dict[str, Any]]:
    """As a version keeps them: who they are, in their order, with the keys of their logos."""
    whole = Facts("", "", senders=tuple(_sender(each, frozen.unread) for each in event.partners))
    senders: list[dict[str, Any]] = frozen.frozen(whole)["senders"]
    return senders


def _sender(partner: EventPartner, read: Read) -> Sender:
    kind = _SENDER[partner.role]
    if partner.organisation.kind is OrganisationKind.MINISTRY:
        kind = SenderKind.GOVERNMENT
    brand = brand_of(partner.organisation, read)
    return Sender(brand.name, kind, brand.logo, brand.logo_dark)


def _quote(fields: dict[str, Any]) -> Quote | None:
    words = text.local(fields.get("quote"))
    if not words:
        return None
    return Quote(words, fields.get("quote_person", ""), text.local(fields.get("quote_role")))


def _hashtags(event: Event) -> list[str]:
    """The stage, and the names of the sectors in one word each."""
    names = ["OpDeBühne", *(sector.name for sector in _sectors(event))]
    return [tag for name in names if (tag := hashtag(name))][:HASHTAGS]


def hashtag(words: str) -> str:
    """Such as: AgriFood, of "Agri & Food"; without the sign and what is in brackets."""
    words = re.sub(r"\(.*?\)", "", words) if words.partition("(")[0].strip() else words
    return "".join(part[:1].upper() + part[1:] for part in re.findall(r"\w+", words))
