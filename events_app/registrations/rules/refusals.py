"""What can be refused here, each in the reader's sentence."""

from events_app.core.errors import Refusal
from events_app.core.text import lazy as _
from events_app.core.text import plural
from events_app.registrations.models import Registration


class NotOpen(Refusal):
    """Registration is not open; the sentence says why."""


class Full(Refusal):
    def __init__(self) -> None:
        super().__init__(_("All places are taken and there is no waiting list."))


class TooManyGuests(Refusal):
    def __init__(self, most: int) -> None:
        super().__init__(
            plural("You can bring one guest.", "You can bring at most %(num)s guests.", most)
            if most
            else _("You cannot bring guests to this event.")
        )


class AlreadyRegistered(Refusal):
    """Not for the eyes of whoever typed the address: it may be somebody else's."""

    def __init__(self, registration: Registration) -> None:
        super().__init__(_("This address is already registered for this event."))
        self.registration = registration


class NoFreePlace(Refusal):
    def __init__(self, party_size: int) -> None:
        super().__init__(
            plural(
                "No place is free. Raise the number of places first, or wait until someone "
                "cancels.",
                "There are no %(num)s places free. Raise the number of places first, or wait until "
                "someone cancels.",
                party_size,
            )
        )


class TooFewPlaces(Refusal):
    def __init__(self, taken: int) -> None:
        super().__init__(
            plural(
                "One place is taken. Choose at least one, or cancel that registration first.",
                "%(num)s places are taken. Choose at least that many, or cancel registrations "
                "first.",
                taken,
            )
        )


class StillComing(Refusal):
    def __init__(self) -> None:
        super().__init__(_("Cancel first. After that you can have your data wiped."))


class TooLate(Refusal):
    def __init__(self) -> None:
        super().__init__(_("This can no longer be changed. Look at what has happened meanwhile."))
