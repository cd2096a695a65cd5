"""What a partner has of a kit: of each file the newest version it took."""

from collections.abc import Mapping
from dataclasses import dataclass

from events_app.kits.rules import requested


@dataclass(frozen=True, slots=True)
class Taken:
    by_version: Mapping[int, frozenset[str]]
    """Roles of downloads by the number of the version; never empty."""

    def number_of(self, role: str) -> int:
        """The newest version that the file of this role was taken of; 0: of none."""
        return max((n for n, had in self.by_version.items() if requested.has(had, role)), default=0)

    def uses(self, asset: str, number: int) -> bool:
        """Whether it still uses a file of this asset of that version."""
        taken = {role for roles in self.by_version.values() for role in roles}
        files = {role for role in taken if role.startswith(f"{asset}/")} | {asset}
        return any(self.number_of(role) == number for role in files)

    @property
    def numbers(self) -> list[int]:
        """The versions it still uses something of, the oldest first. Who took a whole kit and later
        one file anew still has all others of the older version.
        """
        return sorted(
            number
            for number, roles in self.by_version.items()
            if any(self.number_of(role) == number for role in roles)
        )

    @property
    def oldest(self) -> int:
        return self.numbers[0]
