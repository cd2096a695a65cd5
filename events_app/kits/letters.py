from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from events_app.contacts.models import Organisation, OwnPage, Person
from events_app.core import files, links, text, tokens
from events_app.core.letters import Body, Letter, Url, write
from events_app.delivery.rules import Reader
from events_app.events.rules import marked
from events_app.kits.assets import ASSETS
from events_app.kits.models import KitVersion
from events_app.kits.rules import changes

Changes = list[dict[str, str]]
Batch = tuple[Letter, list[Reader]]
"""A letter and its readers, for delivery.actions.enqueue_many."""


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody of a partner, and the roles of the assets that the partner has and must replace."""

    organisation: Organisation
    person: Person
    stale: Collection[str]
    since: KitVersion
    """The oldest of which they are."""


def token(organisation: Organisation) -> str:
    return tokens.derived(OwnPage.PARTNER, organisation.seed)


def partner_link(organisation: Organisation, person: Person) -> Letter:
    with text.speaking(person.language):
        link = links.to("kits.partner", token=token(organisation))
    values = {"name": person.name, "partner": organisation.name, "link": Url(link)}
    return write(
        "kits/partner_link", to=person.email, to_name=person.name, language=person.language,
        values=values,
    )  # fmt: skip


def new_version(version: KitVersion, told: Iterable[Told]) -> list[Batch]:
    """The letters of one version to everyone, in as few batches as there are bodies of it: one for
    each language and number of files.
    """
    batches: dict[Body, Batch] = {}
    news: dict[tuple[int, str], Changes] = {}
    for one in told:
        person, key = one.person, (one.since.number, one.person.language)
        if key not in news:
            news[key] = _changes(version, one)
        values = _values(version, one) | {"changes": news[key]}
        letter = write(
            "kits/new_version", to=person.email, to_name=person.name, language=person.language,
            values=values,
        )  # fmt: skip
        once = f"kit:{version.kit_id}:v{version.number}:partner:{one.organisation.id}:{person.id}"
        reader = Reader(to=person.email, to_name=person.name, dedupe_key=once, slots=values)
        batches.setdefault(letter.body, (letter, []))[1].append(reader)
    return list(batches.values())


def _changes(version: KitVersion, told: Told) -> Changes:
    """In the language of the reader."""
    with text.speaking(told.person.language):
        between = changes.between(told.since.facts, version.facts, files.read)
    return [{"field": one.field, "after": one.after} for one in between]


def _known(told: Told) -> datetime | None:
    """When it begins by what they have; None: it was put off then already."""
    begins = told.since.facts[text.language()]["starts_at"]
    return datetime.fromisoformat(begins) if begins else None


def _values(version: KitVersion, told: Told) -> dict[str, Any]:
    with text.speaking(told.person.language):
        facts = version.facts[text.language()]
        here = links.to("kits.kit", token=token(told.organisation), code=version.kit.code)
        return {
            "name": told.person.name,
            "title": f"{facts['title']} · {marked(version.kit.event, known=_known(told))}",
            "number": version.number,
            "files": [str(asset.LABEL) for role, asset in ASSETS.items() if role in told.stale],
            "link": Url(here),
        }
