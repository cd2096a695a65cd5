"""What can be refused. The message is the reader's sentence, already in words."""

from babel.support import LazyProxy


class Refusal(Exception):
    """A wish that cannot be met. Doors show the sentence and keep what was typed."""

    status = 409

    def __init__(self, sentence: str | LazyProxy) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Forbidden(Refusal):
    status = 403


class TooMany(Refusal):
    status = 429

    def __init__(self, sentence: str | LazyProxy, *, retry_after: int) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class NotFoundError(Exception):
    """No such thing, or not for this reader: both look the same from outside."""


class NoOwnPage(NotFoundError):
    """Nobody's own page is behind this link, for whatever reason: all look the same."""

    def __init__(self, ask: str = "") -> None:
        super().__init__()
        self.ask = ask
        """The address of the page that mails the link that works now, where there is one."""
