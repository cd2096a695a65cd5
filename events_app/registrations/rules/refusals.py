"""What can be refused here, each in the reader's sentence."""

from events_app.core.errors import Refusal
from events_app.core.text import lazy as _
from events_app.registrations.models import Registration


class NotOpen(Refusal):
    """Registration is not open; the sentence says why."""


class Full(Refusal):
    def __init__(self) -> None:
        super().__init__(_("All places are taken and there is no waiting list."))


class TooManyGuests(Refusal):
    def __init__(self, most: int) -> None:
        sentence = (
            _("You can bring at most %(most)s guests.", most=most)
            if most
            else _("You cannot bring guests to this event.")
        )
        super().__init__(sentence)


class AlreadyRegistered(Refusal):
    """Not for the eyes of whoever typed the address: it may be somebody else's."""

    def __init__(self, registration: Registration) -> None:
        super().__init__(_("This address is already registered for this event."))
        self.registration = registration


class NoFreePlace(Refusal):
    def __init__(self, party_size: int) -> None:
        super().__init__(
            _(
                "There are not %(party_size)s places free. Make room first: raise the number of "
                "places, or wait until someone cancels.",
                party_size=party_size,
            )
        )


class TooFewPlaces(Refusal):
    def __init__(self, taken: int) -> None:
        super().__init__(
            _(
                "%(taken)s places are taken. Choose at least that many, or cancel registrations "
                "first.",
                taken=taken,
            )
        )


class TooLate(Refusal):
    def __init__(self) -> None:
        super().__init__(_("This can no longer be changed. Look at what has happened meanwhile."))
