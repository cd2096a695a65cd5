from collections.abc import Collection

from events_app.contacts.models import Organisation, Person
from events_app.core import links, text, tokens
from events_app.core.letters import Letter, Url, write
from events_app.events.rules import marked
from events_app.kits.assets import ASSETS
from events_app.kits.models import KitVersion

PARTNER = "partner"
"""What the token of a partner's page is derived for (contacts makes its digest)."""


def token(organisation: Organisation) -> str:
    return tokens.derived(PARTNER, organisation.seed)


def partner_link(organisation: Organisation, person: Person) -> Letter:
    with text.speaking(person.language):
        link = links.to("kits.partner", token=token(organisation))
    values = {"name": person.name, "partner": organisation.name, "link": Url(link)}
    return write(
        "kits/partner_link", to=person.email, to_name=person.name, language=person.language,
        values=values,
    )  # fmt: skip


def new_version(
    version: KitVersion, organisation: Organisation, person: Person, stale: Collection[str]
) -> Letter:
    """`stale`: the roles of the assets that the partner has and that are out of date."""
    kit = version.kit
    with text.speaking(person.language):
        facts = version.facts[text.language()]
        values = {
            "name": person.name,
            "title": f"{facts['title']} · {marked(kit.event)}",
            "number": version.number,
            "changes": [{"field": one["field"], "after": one["after"]} for one in facts["changes"]],
            "files": [str(asset.LABEL) for role, asset in ASSETS.items() if role in stale],
            "link": Url(links.to("kits.kit", token=token(organisation), code=kit.code)),
        }
    return write(
        "kits/new_version", to=person.email, to_name=person.name, language=person.language,
        values=values,
    )  # fmt: skip
