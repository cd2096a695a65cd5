"""What can be refused here, each in the reader's sentence."""

from collections.abc import Sequence

from events_app.core.errors import Refusal
from events_app.core.text import lazy as _
from events_app.core.text import plural
from events_app.registrations.models import Ended, OpenTo


class NotOpen(Refusal):
    """Registration is not open; the sentence says why."""


class OptionHad(Refusal):
    """What somebody has is not closed to them: the list says who they are."""

    def __init__(self, number: int, *, open_to: OpenTo) -> None:
        super().__init__(
            plural(
                "One person who takes part online has something of this and would lose it. So it "
                "cannot be for the hall alone.",
                "%(num)s people who take part online have something of this and would lose it. So "
                "it cannot be for the hall alone.",
                number,
            )
            if open_to is OpenTo.HALL
            else plural(
                "One person who comes to the hall has something of this and would lose it. So it "
                "cannot be for who takes part online alone.",
                "%(num)s people who come to the hall have something of this and would lose it. So "
                "it cannot be for who takes part online alone.",
                number,
            )
        )


class MoreOptionsHad(Refusal):
    def __init__(self, number: int, most: int) -> None:
        """`most`: what one of them has."""
        super().__init__(
            plural(
                "One person has more of these and would lose some. So it cannot be less than "
                "%(most)s.",
                "%(num)s people have more of these and would lose some. So it cannot be less than "
                "%(most)s.",
                number,
                most=most,
            )
        )


class Full(Refusal):
    def __init__(self) -> None:
        super().__init__(_("All places are taken and there is no waiting list."))


class NoChoice(Refusal):
    def __init__(self, *, is_online: bool) -> None:
        super().__init__(
            _(
                "You chose online. The event is in the hall alone by now. Send this once more if "
                "you come to the hall."
            )
            if is_online
            else _(
                "You chose the hall. The event is online alone by now. Send this once more if you "
                "take part online."
            )
        )


class TooManyGuests(Refusal):
    def __init__(self, most: int) -> None:
        super().__init__(
            plural("You can bring one guest.", "You can bring at most %(num)s guests.", most)
            if most
            else _("You cannot bring guests to this event.")
        )


class PartyTooLarge(Refusal):
    """Some places are left, but not for all of the party: who asks chooses."""

    def __init__(
        self, *, left: int, party_size: int, has_waiting_list: bool, fits_online: bool
    ) -> None:
        super().__init__(
            plural(
                "One place is left, and you ask for %(asked)s.",
                "%(num)s places are left, and you ask for %(asked)s.",
                left,
                asked=party_size,
            )
        )
        self.left, self.party_size = left, party_size
        self.has_waiting_list, self.fits_online = has_waiting_list, fits_online


class LargerThanRoom(Refusal):
    """To wait would be for ever."""

    def __init__(self, places: int, *, party_size: int, is_hall: bool, fits_online: bool) -> None:
        """`places`: all that there are; `is_hall`: in the hall, and others are online."""
        larger = (
            plural(
                "In the hall there is one place in all, and you ask for %(asked)s.",
                "In the hall there are %(num)s places in all, and you ask for %(asked)s.",
                places,
                asked=party_size,
            )
            if is_hall
            else plural(
                "There is one place in all, and you ask for %(asked)s.",
                "There are %(num)s places in all, and you ask for %(asked)s.",
                places,
                asked=party_size,
            )
        )
        online = _("Online there is room for all of you: choose that below.")
        super().__init__(f"{larger} {online}" if fits_online else larger)


class NoPlaceForGuest(Refusal):
    def __init__(self, left: int) -> None:
        super().__init__(
            plural(
                "One place is free for another guest. Nothing has changed.",
                "%(num)s places are free for other guests. Nothing has changed.",
                left,
            )
            if left
            else _("No place is free for another guest. Nothing has changed.")
        )


class NoPlaceInTheHall(Refusal):
    def __init__(self, party_size: int) -> None:
        super().__init__(
            plural(
                "No place in the hall is free. You take part online, as you did.",
                "In the hall there are no %(num)s places free. You take part online, as you did.",
                party_size,
            )
        )


class NoPlaceThere(Refusal):
    def __init__(self, party_size: int) -> None:
        super().__init__(
            plural(
                "No place is free there. Nothing has changed.",
                "There are no %(num)s places free there. Nothing has changed.",
                party_size,
            )
        )


class NoPlaceLeft(Refusal):
    def __init__(self, *, has_waiting_list: bool) -> None:
        super().__init__(
            _("All places are taken by now. Register again to join the waiting list.")
            if has_waiting_list
            else _("All places are taken and there is no waiting list.")
        )


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
    """`held`: for whom places are held that nobody has yet, and how many; they count as taken."""

    def __init__(
        self, taken: int, *, is_online: bool = False, held: Sequence[tuple[str, int]] = ()
    ) -> None:
        said = plural(
            "One place is taken. Choose at least one, or cancel that registration first.",
            "%(num)s places are taken. Choose at least that many, or cancel registrations first.",
            taken,
        )
        if held:
            said += " " + plural(
                "One of them is held, and nobody has it yet: %(whom)s. You can release it first.",
                "%(num)s of them are held, and nobody has them yet: %(whom)s. You can release "
                "them first.",
                sum(places for _name, places in held),
                whom=", ".join(f"{name} {places}" for name, places in held),
            )
        super().__init__(said)
        self.is_online = is_online


class TooManyOptions(Refusal):
    def __init__(self, most: int) -> None:
        super().__init__(
            plural("Choose one at most.", "Choose %(num)s at most.", most),
        )


class OptionTaken(Refusal):
    """People have it, so it cannot go or become smaller than that."""

    def __init__(self, option: str, taken: int) -> None:
        super().__init__(
            plural(
                "One place of “%(option)s” is taken. It cannot go, and needs at least one place.",
                "%(num)s places of “%(option)s” are taken. It cannot go, and needs at least that "
                "many places.",
                taken,
                option=option,
            )
        )


class StillComing(Refusal):
    def __init__(self) -> None:
        super().__init__(_("Cancel first. After that you can have your data wiped."))


class TooLate(Refusal):
    def __init__(self, sentence: str = "") -> None:
        usual = _("This can no longer be changed. Look at what has happened meanwhile.")
        super().__init__(sentence or usual)


class OfferEnded(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _("This place is not kept for you any more. Nothing was changed just now.")
        )


class AskedSince(Refusal):
    """Of who takes back on an older page what they asked before."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "You have asked another address since you opened the page, and that still stands."
                " So nothing is taken back."
            )
        )


class ConfirmFirst(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _(
                "This is possible once you have confirmed your registration, with the button on"
                " its page."
            )
        )


class NoPlaceYet(Refusal):
    def __init__(self) -> None:
        super().__init__(_("You have no place yet, so there is none to hand over."))


class LinkEnded(Refusal):
    """The personal link of who has another one now, or does not come any more."""

    status = 410

    def __init__(self, why: Ended, *, calendar: str) -> None:
        """`calendar`: what a program reads that follows it."""
        self.calendar = calendar
        super().__init__(_WHY_ENDED[why])


_WHY_ENDED = {
    Ended.HANDED_OVER: _(
        "This place was handed over. Whoever has it now has a link of their own, and this"
        " one opens nothing any more."
    ),
    Ended.NEW_ADDRESS: _(
        "The e-mail address of this registration has changed. There is a new link in the"
        " e-mail to the new address, and this one opens nothing any more."
    ),
    Ended.LEFT: _(
        "You have said that you cannot come, and your place is cancelled. So this link opens"
        " nothing any more. You can register yourself as long as registration is open."
    ),
    Ended.TAKEN_OUT: _(
        "Whoever you came along with has cancelled your place. So this link opens nothing any more."
        " You can register yourself as long as registration is open."
    ),
}


class AlreadyExpected(Refusal):
    """Told to the owner of the address alone, by the link that was mailed to it."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "You are registered for this event with this address already. So nothing has"
                " changed here."
            )
        )


class GuestsChanged(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _("Your guests changed just now, on another page. Look at them and save once more.")
        )


class OfferOpen(Refusal):
    """Nobody's offer ends because of another one: who made it takes it back."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _(
                "You have offered your place to %(name)s. Take that back first, on the page of"
                " your registration.",
                name=name,
            )
        )


class AnswersClosed(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _("Registration is closed, so answers can no longer be changed. Nothing is saved yet.")
        )


class ChoicesClosed(Refusal):
    def __init__(self) -> None:
        super().__init__(_("Your choices can no longer be changed. Nothing is saved yet."))


class ChangedElsewhere(Refusal):
    """The page shows something else by now, whoever changed it."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This registration was changed after you opened the page, by you on another page or"
                " by somebody else. Nothing is saved yet. Save once more if what stands here is to"
                " take the place of that."
            )
        )


class NotAsked(Refusal):
    """The page was opened when there was a question, or there were options, that are gone."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Something that you filled in or chose is not asked any more, for the organisers"
                " have changed the form. Nothing is saved yet: look at the rest and send it once"
                " more."
            )
        )


NOT_CHANGED = (
    AnswersClosed,
    ChangedElsewhere,
    ChoicesClosed,
    GuestsChanged,
    LargerThanRoom,
    NoChoice,
    NoPlaceForGuest,
    NoPlaceInTheHall,
    NoPlaceThere,
    NotAsked,
    TooManyGuests,
    TooManyOptions,
)
"""What people can mend on the page where they change their registration."""
