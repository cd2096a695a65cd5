"""The order of the sender bar, and why."""

from collections.abc import Iterable

from events_app.kits.rules.values import Brand, Facts, Sender, SenderKind

PROGRAMME = Sender("Op de Bühne", SenderKind.PROGRAMME)
_ORDER = tuple(SenderKind)


def senders(facts: Facts, brand: Brand | None) -> tuple[Sender, ...]:
    """Programme, co-hosts, partner, funders, European Union, and government at the far right.

    Those of one kind are in alphabetical order; nobody is there twice.
    """
    partner = [Sender(brand.name, SenderKind.PARTNER, brand.logo, brand.logo_dark)] if brand else []
    seen: set[str] = set()
    return tuple(
        sender
        for sender in _in_order([PROGRAMME, *facts.senders, *partner])
        if not (sender.name.casefold() in seen or seen.add(sender.name.casefold()))  # type: ignore[func-returns-value]
    )


def _in_order(everyone: Iterable[Sender]) -> list[Sender]:
    return sorted(everyone, key=lambda one: (_ORDER.index(one.kind), one.name.casefold()))
