"""Logos and pictures, made safe as those of everybody, beside the play: the workman starts slowly."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from flask import current_app

from events_app.contacts.actions import keep_logo
from events_app.core.pictures import safe_logo
from events_app.events.actions import keep_cover
from events_app.events.rules import Cover
from events_app.newsletters.actions.writing import developed
from events_app.newsletters.rules.facts import PictureFacts

FOLDER = Path(__file__).parent
T = TypeVar("T")


class Prints:
    def __init__(self, beside: ThreadPoolExecutor) -> None:
        self._beside = beside
        self.cover = self._printed(lambda: keep_cover(_drawing("conferentie")))
        """Future of a Cover."""
        self.picture = self._printed(lambda: developed(_drawing("werkbank")))
        """Future of PictureFacts."""
        self._logos = {
            path.stem: self._printed(lambda data=path.read_bytes(): keep_logo(data)[0])
            for path in sorted((FOLDER / "logos").glob("*.svg"))
        }

    def logo(self, name: str) -> str | None:
        """The key of the logo in logos/; None where there is no such file."""
        made = self._logos.get(name)
        return made.result() if made else None

    def _printed(self, make: Callable[[], T]) -> Future[T]:
        """In a context of its own: what it does with the database is not the play's."""
        app = current_app._get_current_object()

        def work() -> T:
            with app.app_context():
                return make()

        return self._beside.submit(work)


def _drawing(name: str) -> bytes:
    return safe_logo((FOLDER / "pictures" / f"{name}.svg").read_bytes())
