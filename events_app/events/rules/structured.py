"""The event as search engines read it (https://schema.org/Event)."""

from dataclasses import dataclass
from typing import Any

from events_app.core import text
from events_app.events.models import AttendanceMode, Event, Ownership, PartnerRole, Status, Venue
from events_app.events.rules.life import is_rescheduled

_ATTENDANCE = {
    AttendanceMode.OFFLINE: "OfflineEventAttendanceMode",
    AttendanceMode.ONLINE: "OnlineEventAttendanceMode",
    AttendanceMode.MIXED: "MixedEventAttendanceMode",
}
_AVAILABILITY = {
    "open": "InStock",
    "few": "LimitedAvailability",
    "hall_few": "InStock",  # online
    "hall_full": "InStock",
    "online_full": "InStock",  # in the hall
    "waiting": "BackOrder",
    "full": "SoldOut",
    "closed": "Discontinued",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Whole addresses that go with an event; `register` and `series` where there are any."""

    page: str
    picture: str
    card: str
    """Drawn with date and place, for where the page is linked."""
    register: str = ""
    series: str = ""


def structured(event: Event, *, at: Addresses, places: str, organiser: str) -> dict[str, Any]:
    """`places` is the availability of places; `organiser` the programme's own name."""
    said = {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": at.page,
        "url": at.page,
        "name": text.local(event.title),
        "description": text.local(event.summary),
        "inLanguage": text.language(),
        "startDate": _moment(event, "starts_at"),
        "endDate": _moment(event, "ends_at"),
        "previousStartDate": _previous(event),
        "eventStatus": "https://schema.org/" + _status(event),
        "eventAttendanceMode": "https://schema.org/" + _ATTENDANCE[event.attendance_mode],
        "location": _location(event, at.page),
        "image": [at.card, at.picture],
        "organizer": _organisers(event, organiser),
        "funder": _organisations(event, PartnerRole.FUNDER),
        "contributor": _organisations(event, PartnerRole.PARTNER),
        "superEvent": _series(event, at.series),
        "offers": _offer(at.register, places),
    }
    return {key: value for key, value in said.items() if value}


def _moment(event: Event, name: str) -> str:
    moment = getattr(event, name)
    return text.there(moment, event.timezone).isoformat() if moment else ""


def _previous(event: Event) -> str:
    """The date that is off stays the start of a postponed event until there is another."""
    if event.status is Status.POSTPONED:
        return _moment(event, "starts_at")
    return _moment(event, "previous_starts_at") if is_rescheduled(event) else ""


def _status(event: Event) -> str:
    if event.status is Status.CANCELLED:
        return "EventCancelled"
    if event.status is Status.POSTPONED:
        return "EventPostponed"
    return "EventRescheduled" if is_rescheduled(event) else "EventScheduled"


def _location(event: Event, page: str) -> list[dict[str, Any]]:
    """The stream itself is for those who registered: online, the page is the place."""
    found: list[dict[str, Any]] = []
    if event.venue and event.attendance_mode is not AttendanceMode.ONLINE:
        found.append(_place(event.venue))
    if event.attendance_mode is not AttendanceMode.OFFLINE:
        found.append({"@type": "VirtualLocation", "url": page})
    return found


def _place(venue: Venue) -> dict[str, Any]:
    address = {
        "@type": "PostalAddress",
        "streetAddress": venue.street,
        "postalCode": venue.postcode,
        "addressLocality": venue.city,
        "addressRegion": text.local(venue.region.name) if venue.region else "",
        "addressCountry": "NL",
    }
    filled = {key: value for key, value in address.items() if value}
    return {"@type": "Place", "name": venue.name, "address": filled}


def _organisers(event: Event, organiser: str) -> list[dict[str, str]]:
    own = [{"@type": "Organization", "name": organiser}]
    hosts = _organisations(event, PartnerRole.CO_HOST)
    return hosts if event.ownership is Ownership.EXTERNAL and hosts else own + hosts


def _organisations(event: Event, role: PartnerRole) -> list[dict[str, str]]:
    return [
        {"@type": "Organization", "name": each.organisation.name}
        | ({"url": each.organisation.website} if each.organisation.website else {})
        for each in event.partners
        if each.role is role
    ]


def _series(event: Event, page: str) -> dict[str, str]:
    if not event.series:
        return {}
    return {"@type": "EventSeries", "name": text.local(event.series.title), "url": page}


def _offer(register: str, places: str) -> dict[str, str]:
    """Taking part costs nothing; there is no offer where one cannot register."""
    if not register or places not in _AVAILABILITY:
        return {}
    return {
        "@type": "Offer",
        "url": register,
        "price": "0",
        "priceCurrency": "EUR",
        "availability": "https://schema.org/" + _AVAILABILITY[places],
    }
