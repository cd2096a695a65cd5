"""What a room offers to the house: the type of the `COMPONENT` in each room's component.py.

`app.py` has the one list of them, bottom first, and opens what they offer. Doors and jobs read it
with `offered()` and hand it down as an argument; below the doors nobody looks for it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from types import ModuleType
from typing import NamedTuple, TypeVar, cast

from click import Command
from flask import current_app
from flask_babel import LazyString
from sqlalchemy.orm import InstrumentedAttribute

from events_app.core.db import Base
from events_app.core.seeds import Seeds
from events_app.core.web.doors import Door


class Bar(Enum):
    DESK = auto()
    """Beside every page of the desk."""
    SEARCH = auto()
    """In no bar: found by its name alone, in the search of the desk."""
    SITE = auto()
    """At the top of every public page."""
    FOOT = auto()
    """At the foot of every public page."""


@dataclass(frozen=True, slots=True)
class MenuItem:
    label: LazyString
    endpoint: str
    place: int
    """In its bar, from low to high."""
    bar: Bar = Bar.DESK


@dataclass(frozen=True, slots=True)
class Hit:
    """What the search of the desk finds."""

    endpoint: str
    values: Mapping[str, int]
    """The variables in its address (url_for)."""
    label: str
    note: str = ""


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sought:
    """What somebody at the desk searches for."""

    words: str
    most: int
    """Of each kind."""
    _known: dict[Callable[..., object], object] = field(default_factory=dict)

    def asked(self, query: Callable[[str, int], T]) -> T:
        """The answer of a query; what several rooms ask is read once."""
        if query not in self._known:
            self._known[query] = query(self.words, self.most)
        return cast("T", self._known[query])


@dataclass(frozen=True, slots=True)
class Search:
    """A kind of thing that the desk can search for."""

    heading: LazyString
    place: int
    """Among the headings, from low to high."""
    endpoint: str
    """Who may not open this page of the desk finds none of them."""
    find: Callable[[Sought], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class Act:
    """What can be done about a need: the words of a button and where it leads."""

    words: str
    endpoint: str
    values: Mapping[str, int] = field(default_factory=dict)
    """The variables in its address (url_for)."""


@dataclass(frozen=True, slots=True)
class Need:
    """Something that somebody at the desk has to do something about."""

    words: str
    act: Act
    title: str = ""
    """What it is about; shown before the words."""
    at_once: Act | None = None
    """A button that does it, without another page."""


@dataclass(frozen=True, slots=True)
class Needs:
    """One kind of them. What the house does by itself does not belong here."""

    place: int
    """The most urgent first, from low to high."""
    endpoint: str
    """Who may not open this page of the desk is not asked to do anything about them."""
    find: Callable[[datetime], Iterable[Need]]
    """What is needed now; a bounded number."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a room holds on an address."""

    data: Mapping[str, object]
    """All of it, as plain values, for the file that somebody can take along."""
    lines: Iterable[tuple[str, str]] = ()
    """The same in short, for the page: a label and words; without words nothing is held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """How what a room holds of a person is shown and erased, and which of its letters follow them
    to another address. Addresses are in lower case.
    """

    shown: Callable[[str], Held] = lambda _address: Held({})
    erase: Callable[[str, datetime], Mapping[str, int]] = lambda _address, _now: {}
    """Leaves nothing of this address; tells how many it took away, for the journal."""
    rows: Callable[[str], Mapping[str, Collection[int]]] = lambda _address: {}
    """Ids of the rows about them by the model's name, as the journal tells of them."""
    parts: tuple[InstrumentedAttribute[int], ...] = ()
    """Keys of people who have a part in something: while they have, they are not forgotten."""
    letters: tuple[str, ...] = ()
    """Kinds of letters to people in the contacts, whose address can be corrected there. Not those
    that prove an address, or sign in.
    """


class PublicPage(NamedTuple):
    """Of a row, for the sitemap."""

    endpoint: str
    values: Mapping[str, str]
    """The variables in its address (url_for)."""
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sitemap:
    endpoints: tuple[str, ...] = ()
    """Pages without anything in their address."""
    count: Callable[[], int] = int
    """How many rows have a page."""
    rows: Callable[[int, int], Sequence[PublicPage]] = lambda _first, _most: ()
    """The oldest row first: so many from this one on, counted from 0."""


@dataclass(frozen=True, slots=True)
class Journal:
    """The words for what a room writes in the journal."""

    sentences: Mapping[str, LazyString] = field(default_factory=dict)
    """By verb, without the room's name before it. `%(who)s` and `%(what)s` are known, and what was
    noted as `after`.
    """
    kinds: Mapping[str, LazyString] = field(default_factory=dict)
    """By a model's name: what things of that kind are called together."""
    fields: Mapping[str, LazyString] = field(default_factory=dict)
    values: Mapping[str, LazyString] = field(default_factory=dict)
    """States and the like, by the word that our rows have for them."""
    things: Mapping[str, type[Base]] = field(default_factory=dict)
    """What pages of the desk are about, by how their addresses begin, up to the key of the thing.
    """
    pages: Mapping[str, str] = field(default_factory=dict)
    """By a model's name: the page of the desk about one of them. What is done to it has an address
    that begins with that of the page.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A room. At most twelve fields: what only two rooms have is no field."""

    name: str
    """Of its folder; its verbs in the journal begin with it."""
    models: tuple[ModuleType, ...] = ()
    """Named so that every table is known before the first query."""
    doors: tuple[Door, ...] = ()
    jobs: tuple[ModuleType, ...] = ()
    """Named so that the queue knows them."""
    commands: tuple[Command, ...] = ()
    menu: tuple[MenuItem, ...] = ()
    search: tuple[Search, ...] = ()
    needs: tuple[Needs, ...] = ()
    holding: Holding | None = None
    sitemap: Sitemap = field(default_factory=Sitemap)
    seeds: Seeds | None = None
    journal: Journal = field(default_factory=Journal)


Components = tuple[Component, ...]


def offered() -> Components:
    """All rooms of this house, the bottom one first; for doors and jobs alone."""
    rooms: Components = current_app.extensions["components"]
    return rooms


def menu(components: Components, bar: Bar) -> Iterator[MenuItem]:
    items = (item for component in components for item in component.menu if item.bar is bar)
    return iter(sorted(items, key=lambda item: item.place))


def holdings(components: Components) -> tuple[Holding, ...]:
    return tuple(each.holding for each in components if each.holding)


def letters_to_contacts(components: Components) -> tuple[str, ...]:
    return tuple(kind for holding in holdings(components) for kind in holding.letters)
