"""Logos and pictures, made safe as everybody's, beside the play: the workman starts slowly.

Where he cannot work at all, such as without the libraries for PDFs, the play goes on without them.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

from flask import current_app

from events_app.contacts.actions import keep_logo
from events_app.core.pictures import PictureRefused, safe_logo
from events_app.events.actions import keep_cover
from events_app.newsletters.actions.writing import developed

log = logging.getLogger(__name__)
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
            path.stem: self._printed(partial(_logo, path))
            for path in sorted((FOLDER / "logos").glob("*.svg"))
        }

    def logo(self, name: str) -> str | None:
        """The key of the logo in logos/; None where there is no such file."""
        made = self._logos.get(name)
        return made.result() if made else None

    def _printed(self, make: Callable[[], T]) -> Future[T | None]:
        """In a context of its own: what it does with the database is not the play's."""
        context = current_app.app_context()

        def work() -> T | None:
            with context:
                try:
                    return make()
                except PictureRefused as why:
                    log.warning("the demo goes without a picture: %s", repr(why.__cause__ or why))
                    return None

        return self._beside.submit(work)


def _logo(path: Path) -> str:
    key, _colour = keep_logo(path.read_bytes())
    return key


def _drawing(name: str) -> bytes:
    return safe_logo((FOLDER / "pictures" / f"{name}.svg").read_bytes())
