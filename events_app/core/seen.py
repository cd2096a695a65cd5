"""What a page says will follow, and what follows when its button is pressed.

The page carries a mark, a short fingerprint, of what it shows. The door works out once more what
follows; where the marks differ nothing is done, and the page shows what would follow now. A form
without a mark, which no page of ours sends, is taken as it is where the page always shows what
follows; where a form asks only if something follows, it is asked.
"""

import hashlib
from dataclasses import dataclass

from flask import request

from events_app.core.errors import Refusal
from events_app.core.text import lazy as _

FIELD = "confirmed"


@dataclass(frozen=True, slots=True)
class Shown:
    """For a page: `mark` goes into its form as FIELD."""

    mark: str
    sent: str | None
    """With which mark the form came, if with any."""

    @property
    def is_confirmed(self) -> bool:
        return self.sent == self.mark

    @property
    def has_changed(self) -> bool:
        """They pressed the button of a page that showed something else."""
        return self.sent is not None and self.sent != self.mark


class FollowsOtherwise(Refusal):
    def __init__(self, back: str = "") -> None:
        """`back`: the page to look at once more."""
        super().__init__(
            _("What follows has changed while you looked, so nothing is done. Look once more.")
        )
        self.back = back


def shown(*follows: object) -> Shown:
    """`follows`: values whose repr() says all that the page says, and no more."""
    digest = hashlib.sha256(repr(follows).encode("utf-8", "surrogatepass")).hexdigest()
    return Shown(digest[:24], request.form.get(FIELD))


def check(*follows: object, back: str = "") -> None:
    """Raises FollowsOtherwise, which leads back there unless it is caught."""
    if shown(*follows).has_changed:
        raise FollowsOtherwise(back)
