"""The kit for machines: an RO-Crate 1.2 of schema.org words, one JSON file.

Source: https://w3id.org/ro/crate/1.2; the `kit:` words are explained in the README of every kit.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from events_app.kits.rules.names import path
from events_app.kits.rules.values import Attendance, Brand, Facts, File, Kept, Status

NAME = "ro-crate-metadata.json"
CONTEXT = "https://w3id.org/ro/crate/1.2/context"
STATUS = {
    Status.SCHEDULED: "https://schema.org/EventScheduled",
    Status.POSTPONED: "https://schema.org/EventPostponed",
    Status.CANCELLED: "https://schema.org/EventCancelled",
}
MODES = {
    Attendance.ONSITE: "https://schema.org/OfflineEventAttendanceMode",
    Attendance.ONLINE: "https://schema.org/OnlineEventAttendanceMode",
    Attendance.MIXED: "https://schema.org/MixedEventAttendanceMode",
}

Entry = tuple[File | Kept, frozenset[str]]
"""A file, and the fields of the facts that it is affected by."""


def manifest(
    entries: Iterable[Entry], facts: Facts, brand: Brand, locale: str, *, kit: str
) -> bytes:
    """`kit` is the address of the kit's page, for the names of our own words."""
    parts = [_file(file, affected_by, facts) for file, affected_by in entries]
    graph = [
        {
            "@id": NAME,
            "@type": "CreativeWork",
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.2"},
            "about": {"@id": "./"},
        },
        _kit(facts, brand, locale, [part["@id"] for part in parts]),
        _event(facts),
        *([_licence(facts)] if facts.licence else []),
        *parts,
    ]
    crate = {"@context": [CONTEXT, {"kit": f"{kit}#"}], "@graph": [_said(item) for item in graph]}
    return json.dumps(crate, ensure_ascii=False, indent=1).encode()


def _kit(facts: Facts, brand: Brand, locale: str, names: list[str]) -> dict[str, Any]:
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
        "hasPart": [{"@id": name} for name in names],
        "kit:partner": brand.name,
        "kit:embargoUntil": _moment(facts.embargo_until),
        "kit:changes": [
            {"kit:field": one.field, "kit:before": one.before, "kit:after": one.after}
            for one in facts.changes
        ],
    }


def _event(facts: Facts) -> dict[str, Any]:
    venue = facts.venue
    place = {"@type": "Place", "name": venue.name, "address": venue.address} if venue else None
    return {
        "@id": "#event",
        "@type": "Event",
        "name": facts.title,
        "description": facts.description,
        "startDate": _moment(facts.starts_at),
        "endDate": _moment(facts.ends_at),
        "eventStatus": STATUS[facts.status],
        "eventAttendanceMode": MODES[facts.attendance],
        "location": place or {"@type": "VirtualLocation", "url": facts.url},
        "organizer": [{"@type": "Organization", "name": one.name} for one in facts.senders],
        "url": facts.url,
    }


def _licence(facts: Facts) -> dict[str, Any]:
    licence = facts.licence
    return {"@id": licence.url, "@type": "CreativeWork", "name": licence.name} if licence else {}


def _file(file: File | Kept, affected_by: frozenset[str], facts: Facts) -> dict[str, Any]:
    return {
        "@id": path(facts, file),
        "@type": "File",
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
