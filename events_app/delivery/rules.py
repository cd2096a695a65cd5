"""Pure decisions of sending. What an answer of the mail server means stands in `verdict`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from events_app.core.letters import Stream
from events_app.core.tokens import digest
from events_app.delivery.models import Scope

SCOPES: Mapping[Stream, frozenset[Scope]] = {
    Stream.TRANSACTIONAL: frozenset({Scope.ALL}),
    Stream.PERSONAL: frozenset({Scope.ALL, Scope.INVITATION}),
    Stream.BULK: frozenset({Scope.ALL, Scope.BULK}),
}
"""What keeps a letter of this stream from leaving."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One reader of a letter that goes to many."""

    to: str
    to_name: str
    dedupe_key: str
    slots: Mapping[str, str] = field(default_factory=dict)
    """Str, `Url` or `Markup`, by the names used in the letter's values."""
    unsubscribe: str | None = None


def streams_of(scope: Scope) -> frozenset[Stream]:
    return frozenset(stream for stream, scopes in SCOPES.items() if scope in scopes)


def address_digest(email: str) -> bytes:
    """Finds an address however its capitals and its domain are written."""
    local, _, domain = email.strip().rpartition("@")
    return digest(f"{local.lower()}@{ascii_domain(domain)}")


def ascii_domain(domain: str) -> str:
    """The domain as mail servers know it; unchanged when it is no domain at all."""
    try:
        return domain.lower().encode("idna").decode()
    except UnicodeError:
        return domain.lower()


def stream_subject(stream: Stream) -> str:
    """The subject of a pause of a whole stream."""
    return f"stream:{stream}"


def campaign_subject(campaign: str) -> str:
    return f"campaign:{campaign}"


def domain_subject(domain: str) -> str:
    return f"domain:{domain}"
