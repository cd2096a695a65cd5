"""What a block still lacks before it may be sent, and what in it is doubtful."""

from collections.abc import Iterator, Mapping
from datetime import date

from flask_babel import LazyString

from events_app.core import text, weekdays
from events_app.core.text import lazy as _
from events_app.events.rules import Record, Said, misfits
from events_app.newsletters.blocks.shape import Block, Data, Field, Scene, said
from events_app.newsletters.rules import addresses
from events_app.newsletters.rules.preflight import Problem, wrong_weekday


def problems(block: Block, data: Data, scene: Scene, *, today: date) -> Iterator[Problem]:
    key = said(data, "key")
    for field in block.fields:
        words = said(data, field.name)
        if not words and field.is_required:
            yield Problem(field.missing or _("“%(field)s” is empty.", field=field.label), key)
        for sentence in _of_words(field, words, today):
            yield Problem(sentence, key)
    for sentence in block.more_problems(data, scene):
        yield Problem(sentence, key)


def _of_words(field: Field, words: str, today: date) -> Iterator[LazyString]:
    if field.kind in ("event", "picture") or not words:
        return
    if field.kind == "link":
        if not addresses.is_whole(words):
            yield _("This link does not work: %(link)s. Give one as https://….", link=words)
        return
    for found in weekdays.wrong(words, today=today):
        yield wrong_weekday(found)
    if field.kind == "markdown":
        for link in addresses.in_html(text.markdown(words)):
            if not addresses.is_good(link):
                yield _("This link does not work: %(link)s. Give one as https://….", link=link)


def doubts(
    block: Block, data: Data, scene: Scene, known: Mapping[int, Record]
) -> Iterator[Problem]:
    """Days and hours that fit no event of the issue; in a block of an event: not that one."""
    shown = known.get(int(data.get("event") or 0))
    compared = [shown] if shown else list(known.values())
    for words in _words_shown(block, data, scene):
        for sentence in misfits(words, compared):
            yield Problem(sentence, said(data, "key"))


def _words_shown(block: Block, data: Data, scene: Scene) -> Iterator[Said]:
    for field in block.fields:
        if field.kind in ("line", "lines", "markdown"):
            yield Said(field.label, said(data, field.name))
    event = scene.events.get(int(data.get("event") or 0))
    if event and not said(data, "note"):
        yield Said(_("Summary of the event"), event.summary)
