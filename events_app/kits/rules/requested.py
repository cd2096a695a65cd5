"""What is asked for: the files of one version, for one partner, in one language."""

from dataclasses import dataclass

from events_app.core import text
from events_app.kits.rules import frozen
from events_app.kits.rules.frozen import Frozen
from events_app.kits.rules.names import file_name, group, path
from events_app.kits.rules.values import Facts, Kept


@dataclass(frozen=True, slots=True)
class KitRequest:
    facts: Frozen
    """With the partner's links."""
    brand: Frozen
    locale: str

    @property
    def named(self) -> Facts:
        """The facts without their pictures: for names and for the manifest."""
        return frozen.facts(self.facts, lambda _key: b"")


@dataclass(frozen=True, slots=True)
class Item:
    """A file of the kit."""

    asset: str
    """The role of the asset that it came from."""
    label: str
    file: Kept
    path: str
    """In the ZIP, and in addresses."""

    @property
    def group(self) -> str:
        return group(self.asset)

    @property
    def name(self) -> str:
        return self.path.partition("/")[2]

    @property
    def mark(self) -> str:
        """In an address that may be kept: another logo makes another file of the same version."""
        return self.file.sha256[:12]


def item(asset: str, label: str, file: Kept, facts: Facts) -> Item:
    return Item(asset, label, file, path(facts, file))


ALL = "zip"
"""As the role of a download: the whole kit."""


def has(taken: frozenset[str], role: str) -> bool:
    """Whether who took these has the file of this role: all of the kit, its part, or it alone."""
    return not taken.isdisjoint((ALL, part(group(role)), role))


def part(group: str) -> str:
    """As the role of a download: all of a group."""
    return f"{group}/"


GROUPS = ("social", "print", "text", "more")
"""Folders of a kit, and parts of it that can be downloaded alone."""


def archive_name(kit_request: KitRequest) -> str:
    """Such as: 2027-03-18_leren-waar-het-werk-verandert_techniekhuis-noord_nl_v3.zip."""
    partner = text.slug(kit_request.brand["name"], most=30)
    file = Kept("", f"{partner}_{kit_request.locale}.zip", "", "", 0)
    return file_name(kit_request.named, file)
