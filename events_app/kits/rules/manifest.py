"""The kit for machines: an RO-Crate 1.2 of schema.org words, one JSON file.

Flat, as the specification asks: nothing is nested, one thing names another by its @id.
Source: https://w3id.org/ro/crate/1.2; the `kit:` words are explained in the README of every kit.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from events_app.core import prose
from events_app.kits.rules import archive
from events_app.kits.rules.names import file_name, path
from events_app.kits.rules.values import Attendance, Brand, Facts, File, Kept, KitEventStatus

NAME = "ro-crate-metadata.json"
CONTEXT = "https://w3id.org/ro/crate/1.2/context"
STATUS = {
    KitEventStatus.SCHEDULED: "https://schema.org/EventScheduled",
    KitEventStatus.POSTPONED: "https://schema.org/EventPostponed",
    KitEventStatus.CANCELLED: "https://schema.org/EventCancelled",
}
MODES = {
    Attendance.ONSITE: "https://schema.org/OfflineEventAttendanceMode",
    Attendance.ONLINE: "https://schema.org/OnlineEventAttendanceMode",
    Attendance.MIXED: "https://schema.org/MixedEventAttendanceMode",
}

Entity = dict[str, Any]
Entry = tuple[File | Kept, frozenset[str]]
"""A file, and the fields of the facts that it is affected by."""


def manifest(
    readme: archive.Part, entries: Iterable[Entry], facts: Facts, brand: Brand, locale: str
) -> bytes:
    """All that is in the ZIP. The names of our own words begin with the event's address."""
    parts = [_readme(readme), *(_file(file, affected_by, facts) for file, affected_by in entries)]
    changes, places, senders = _changes(facts), _places(facts), _organisers(facts)
    graph = [
        {
            "@id": NAME,
            "@type": "CreativeWork",
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.2"},
            "about": {"@id": "./"},
        },
        _kit(facts, brand, locale) | {"hasPart": _named(parts), "kit:changes": _named(changes)},
        _event(facts) | {"location": _named(places), "organizer": _named(senders)},
        *([_licence(facts)] if facts.licence else []),
        *places, *senders, *changes, *parts,
    ]  # fmt: skip
    words = {"kit": f"{facts.url}#"}
    crate = {"@context": [CONTEXT, words], "@graph": [_said(item) for item in graph]}
    return json.dumps(crate, ensure_ascii=False, indent=1).encode()


def _named(entities: Iterable[Entity]) -> list[Entity]:
    """Pointers to these."""
    return [{"@id": entity["@id"]} for entity in entities]


def _kit(facts: Facts, brand: Brand, locale: str) -> Entity:
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": facts.title,
        "description": facts.lead or facts.title,
        "version": str(facts.version),
        "inLanguage": locale,
        "datePublished": _moment(facts.published_at),
        "expires": _moment(facts.valid_until),
        "license": {"@id": facts.licence.url} if facts.licence else None,
        "creditText": facts.source_line,
        "about": {"@id": "#event"},
        "url": facts.url,
        "kit:partner": brand.name,
        "kit:embargoUntil": _moment(facts.embargo_until),
    }


def _changes(facts: Facts) -> list[Entity]:
    return [
        {
            "@id": f"#change-{number}",
            "@type": "kit:Change",
            "name": one.field,
            "kit:before": one.before,
            "kit:after": one.after,
        }
        for number, one in enumerate(facts.changes, 1)
    ]


def _event(facts: Facts) -> Entity:
    return {
        "@id": "#event",
        "@type": "Event",
        "name": facts.title,
        "description": prose.plain(facts.description),
        "startDate": _moment(facts.starts_at),
        "endDate": _moment(facts.ends_at),
        "eventStatus": STATUS[facts.status],
        "eventAttendanceMode": MODES[facts.attendance],
        "url": facts.url,
    }


def _places(facts: Facts) -> list[Entity]:
    """The hall, the page to follow it from, or both."""
    places: list[Entity] = []
    if venue := facts.venue:
        places.append(
            {"@id": "#venue", "@type": "Place", "name": venue.name, "address": venue.address}
        )
    if facts.attendance is not Attendance.ONSITE:
        places.append(
            {"@id": "#online", "@type": "VirtualLocation", "name": "Online", "url": facts.url}
        )
    return places


def _organisers(facts: Facts) -> list[Entity]:
    return [
        {"@id": f"#sender-{number}", "@type": "Organization", "name": one.name}
        for number, one in enumerate(facts.senders, 1)
    ]


def _licence(facts: Facts) -> Entity:
    licence = facts.licence
    return {"@id": licence.url, "@type": "CreativeWork", "name": licence.name} if licence else {}


def _readme(part: archive.Part) -> Entity:
    return {
        "@id": part.name,
        "@type": "File",
        "name": part.name,
        "encodingFormat": "text/html",
        "contentSize": str(len(part.content)),
        "sha256": hashlib.sha256(part.content).hexdigest(),
    }


def _file(file: File | Kept, affected_by: frozenset[str], facts: Facts) -> Entity:
    return {
        "@id": path(facts, file),
        "@type": "File",
        "name": file_name(facts, file),
        "encodingFormat": file.media_type,
        "contentSize": str(file.size),
        "sha256": file.sha256,
        "width": file.width,
        "height": file.height,
        "creditText": file.credit,
        "license": {"@id": facts.licence.url} if facts.licence else None,
        "expires": _moment(facts.valid_until),
        "kit:role": file.role,
        "kit:altText": file.alt,
        "kit:affectedBy": sorted(affected_by),
    }


def _said(item: dict[str, Any]) -> dict[str, Any]:
    """Without what is not known."""
    return {key: value for key, value in item.items() if value not in (None, "", [])}


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
