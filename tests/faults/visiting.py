"""Goes through the house as people do: reads pages, fills in their forms, follows their links."""

import itertools
import re
from dataclasses import dataclass, field
from urllib.parse import urlencode, urljoin, urlsplit

from lxml import html

from tests.faults.doors import DOORS

TEXTS = ("text", "search", "textarea", "password")
TYPED = {
    "email": "p{n}@example.org", "url": "https://example.org/", "tel": "010 123",
    "number": "1", "date": "2027-03-18", "datetime-local": "2027-03-18T13:00", "color": "#0b1b3b",
}  # fmt: skip
ADDRESS = "https://example.org/?\"><b/onmouseover=alert('qx7')>"
"""A whole web address, as far as it goes."""
TRAPS = {"nothing_here"}
"""Left empty by people."""
ENDS = ("/invitation/", "/registration/", "/cancel", "/desk/events/")
"""What is filled in after all others, the last last, since much ends with it."""
_numbers = itertools.count(1)


@dataclass
class Field:
    name: str
    kind: str
    value: str = ""
    options: list = field(default_factory=list)
    most: int = 10**6
    is_needed: bool = False
    offered: list = field(default_factory=list)
    """The options of a list."""

    def as_it_stands(self):
        if self.name == "ends_at" and not self.value:
            return "2027-03-18T17:00"
        if self.kind in TYPED and (self.is_needed or self.kind == "email"):
            return self.value or TYPED[self.kind].format(n=next(_numbers))
        if self.options and not self.value:
            return next((each for each in self.options if each), "")
        return self.value


@dataclass
class Form:
    page: str
    action: str
    method: str
    fields: list

    @property
    def texts(self):
        return [each for each in self.fields if each.kind in TEXTS and each.name not in TRAPS]

    def shown(self, **changed):
        """As a browser sends it when nobody touches it, but for these fields."""
        data = {}
        for each in self.fields:
            if each.kind != "file":
                data.setdefault(each.name, []).append(each.value)
        return data | changed

    def filled(self, words):
        """As somebody does who means it; `words` by turns in every field for free text."""
        data = {}
        for each in self.fields:
            if each.kind == "file" or (each.name in TRAPS and each.kind == "text"):
                continue
            value = each.as_it_stands()
            if each.kind == "hidden" and each.name in data:  # such as the blocks of a newsletter
                value = [*as_list(data[each.name]), value]
            data[each.name] = value
        for each in self.texts:
            words_here = next(words)[: each.most]
            data[each.name] = words_here if not each.name.endswith("_url") else ADDRESS
        return data

    def forged(self, words):
        """No browser would send it: words in every field, whatever its kind."""
        return {each.name: next(words) for each in self.fields}

    @property
    def turn(self):
        return sum(2**number for number, part in enumerate(ENDS) if part in self.action)

    def send(self, visitor, app, data):
        if self.method == "GET":
            return visitor.ask(app, f"{self.action.partition('?')[0]}?{urlencode(data)}")
        return visitor.ask(app, self.action, "POST", data=data)


def as_list(value):
    return value if isinstance(value, list) else [value]


@dataclass(frozen=True)
class Page:
    door: object
    visitor: object
    """Who gets the furthest there."""
    path: str
    text: str


def pages(house):
    """Every page behind a door as it is when a test begins; read once, as all is put back."""
    if not house.pages:
        house.kept.back(house.kept.changed())
        house.pages = pages_now(house)
        house.kept.back(house.kept.changed())
    return house.pages


def pages_now(house):
    return list(_pages(house))


def _pages(house):
    for door in DOORS:
        if door.method != "GET" or door.who == "nobody":
            continue
        visitor = house.holder(door.who) if door.who != "outsiders" else house.visitors[0]
        path = house.path(door.address, visitor)
        answer = visitor.ask(house.app, path)
        if answer.mimetype == "text/html" and answer.status_code == 200:
            yield Page(door, visitor, path, answer.text)


def every_form(house):
    """Each form of the house that takes words, with who fills it in."""
    return _forms(pages(house))


def every_form_now(house):
    """The same after what a test has changed."""
    return _forms(pages_now(house))


def _forms(pages):
    found = {}
    for page in pages:
        for form in forms_on(page.text, page.path):
            found.setdefault((form.method, form.action), (page.visitor, form))
    return sorted(found.values(), key=lambda each: each[1].turn)


def forms_sent(house):
    """Each form that changes something, a button alone too, with who sends it."""
    found = {}
    for page in pages(house):
        for form in every_form_on(page.text, page.path):
            if form.method == "POST":
                key = form.action, frozenset(each.name for each in form.fields)
                found.setdefault(key, (page.visitor, form))
    return list(found.values())


def endpoint(house, form):
    """Where it leads."""
    path = form.action.partition("?")[0]
    return house.app.url_map.bind("localhost").match(path, "POST")[0]


def forms_on(page, path):
    """The forms of a page that take words."""
    return [
        form for form in every_form_on(page, path)
        if form.texts or any(each.kind in TYPED for each in form.fields)
    ]  # fmt: skip


def every_form_on(page, path):
    """Those too that are only a button."""
    found = []
    for form in html.fromstring(page).xpath("//form"):
        action = urljoin(path, form.get("action") or path)
        fields = list(_fields(form))
        found.append(Form(path, action, (form.get("method") or "get").upper(), fields))
    return found


def _fields(form):
    radios = set()
    for element in form.xpath(".//input[@name]|.//textarea[@name]|.//select[@name]"):
        kind = element.tag if element.tag != "input" else element.get("type", "text")
        if kind == "text" and element.get("inputmode") in ("numeric", "decimal"):
            kind = "number"  # typed as words, for who writes 1,5
        made = Field(element.get("name"), kind, is_needed=element.get("required") is not None)
        made.most = int(element.get("data-most") or 10**6)
        if kind == "select":
            options = element.xpath(".//option")
            chosen = [each for each in options if each.get("selected") is not None] or options[:1]
            made.value = chosen[0].get("value", "") if chosen else ""
            made.offered = [each.get("value", "") for each in options]
            made.options = [each.get("value", "") for each in options] if made.is_needed else []
        elif kind == "textarea":
            made.value = (element.text or "").removeprefix("\r").removeprefix("\n")  # as HTML says
        elif kind in ("checkbox", "radio"):
            is_on = element.get("checked") is not None
            is_first = kind == "radio" and made.name not in radios
            radios.add(made.name)
            if not is_on and not (made.is_needed and (kind == "checkbox" or is_first)):
                continue
            made.value = element.get("value", "on")
        elif kind in ("submit", "button", "image"):
            continue
        else:
            made.value = element.get("value", "")
        yield made


def links_on(page, path):
    """Where the links, frames and pictures of a page lead, on this site."""
    found = html.fromstring(page).xpath("//a/@href | //iframe/@src | //img/@src")
    for each in found:
        try:
            target = urlsplit(urljoin(path, each.strip()))
        except ValueError:
            continue
        if not target.scheme and not target.netloc and target.path.startswith("/"):
            yield target._replace(fragment="").geturl()


def walk(visitor, app, starts, *, each=2):
    """The pages that can be reached, in one language, a few (`each`) of each kind."""
    waiting, seen = list(starts), set(starts)
    shapes = {}
    while waiting:
        path = waiting.pop(0)
        answer = visitor.ask(app, path)
        yield path, answer
        if answer.mimetype == "text/html" and answer.status_code == 200:
            for link in links_on(answer.text, path):
                if link in seen or link.startswith("/assets/") or "lang=" in link:
                    continue
                shape = re.sub(r"\d+", "0", link)
                shapes[shape] = shapes.get(shape, 0) + 1
                if shapes[shape] <= each:
                    seen.add(link)
                    waiting.append(link)
