"""Options: who may have which, and what everybody may know of their places."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from events_app.capacity.models import ClaimStatus
from events_app.core import text
from events_app.events.models import AttendanceMode, Event
from events_app.events.models import Status as EventStatus
from events_app.registrations.models import (
    OpenTo,
    Option,
    OptionGroup,
    Participant,
    Registration,
    RegistrationForm,
    VisibleTo,
)
from events_app.registrations.rules.opening import ROUND, State, may_choose, state
from events_app.registrations.rules.refusals import NotAsked, TooManyOptions

OPTIONS_MOST = 40
"""In one group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionSettings:
    """An option as an organiser sets it."""

    id: int | None
    """None: a new one."""
    label: dict[str, str]
    size: int | None
    """None: room for everybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSettings:
    """A group of options as an organiser sets it; but for `options` the names of OptionGroup."""

    label: dict[str, str]
    help: dict[str, str]
    choose_most: int
    is_required: bool
    open_to: OpenTo
    visible_to: VisibleTo
    options: Sequence[OptionSettings]
    """In their order; one that is not among them goes."""

    @property
    def own(self) -> Mapping[str, object]:
        """What belongs to the group itself."""
        names = ("label", "help", "choose_most", "is_required", "open_to", "visible_to")
        return {name: getattr(self, name) for name in names}


def is_open_to(group: OptionGroup, event: Event, *, is_online: bool) -> bool:
    """`is_online`: how they take part; counts only where there is a choice."""
    if not may_choose(event):
        is_online = event.attendance_mode is AttendanceMode.ONLINE
    return group.open_to is OpenTo.EVERYBODY or (group.open_to is OpenTo.ONLINE) is is_online


def groups_for(form: RegistrationForm) -> list[OptionGroup]:
    """Of which somebody who comes to this event may have something."""
    return [
        group
        for group in form.option_groups
        if group.options
        and any(is_open_to(group, form.event, is_online=there) for there in (False, True))
    ]


def has_seats(form: RegistrationForm) -> bool:
    """Who registers now may get a seat, and with it options."""
    pools = form.pools if may_choose(form.event) else form.pools[:1]
    return any(pool.free is None or pool.free > 0 for pool in pools)


def may_have(registration: Registration, group: OptionGroup) -> bool:
    """With a seat, where they take part. What is only offered is none yet."""
    return registration.claim.status is ClaimStatus.HELD and is_open_to(
        group, registration.event, is_online=registration.is_online
    )


def lost_in_hall(person: Participant) -> list[Option]:
    """Options that they have and that are for who takes part online alone."""
    event = person.registration.event
    return [
        option
        for option in options_of(person)
        if not is_open_to(option.group, event, is_online=False)
    ]


def takes_options(form: RegistrationForm, event: Event, *, now: datetime) -> bool:
    """People may choose and change: while they may register."""
    current = state(
        event.status, event.starts_at, opens_at=form.opens_at, closes_at=form.closes_at, now=now
    )
    return current is State.OPEN


def chooses_until_start(registration: Registration) -> bool:
    """Who got the place after waiting had nothing to choose before; who took it again after it had
    lapsed has nothing left of what they chose.
    """
    return registration.has_waited or registration.took_again


def may_take_options(registration: Registration, form: RegistrationForm, *, now: datetime) -> bool:
    """By their own link: while people may register, or until the event begins."""
    if registration.claim.status is not ClaimStatus.HELD:
        return False
    if chooses_until_start(registration):
        event = registration.event
        current = state(event.status, event.starts_at, opens_at=None, closes_at=None, now=now)
        return current is State.OPEN
    return takes_options(form, registration.event, now=now)


def chooses_later(registration: Registration) -> bool:
    """Once the event has a new date, and then until it begins."""
    is_postponed = registration.event.status is EventStatus.POSTPONED
    has_seat = registration.claim.status is ClaimStatus.HELD
    return is_postponed and has_seat and chooses_until_start(registration)


def untouched(person: Participant) -> list[OptionGroup]:
    """Groups of which they have nothing, of what there is where they take part."""
    registration, has = person.registration, options_of(person)
    return [
        group
        for group in groups_for(registration.form)
        if is_open_to(group, registration.event, is_online=registration.is_online)
        and not any(option in has for option in group.options)
    ]


def to_choose(registration: Registration, *, now: datetime) -> list[OptionGroup]:
    """What they must choose, or were promised to, and have not: by their own link, now or once the
    event has a new date.
    """
    is_promised = chooses_until_start(registration)
    may = may_take_options(registration, registration.form, now=now)
    if not may and not chooses_later(registration):
        return []
    return [group for group in untouched(registration.contact) if is_promised or group.is_required]


def chosen(registration: Registration, wanted: Collection[int]) -> list[Option]:
    """Those of the wanted that they may have. Raises TooManyOptions, or NotAsked for one that there
    is no more.
    """
    if not {option.id for option in registration.form.options} >= {*wanted}:
        raise NotAsked
    found = []
    for group in registration.form.option_groups:
        if may_have(registration, group):
            some = [option for option in group.options if option.id in wanted]
            if len(some) > group.choose_most:
                raise TooManyOptions(group.choose_most)
            found += some
    return found


def kept_for(
    full: Collection[Option], unwanted: Collection[Option], *, has: Collection[Option]
) -> list[Option]:
    """Of what they want no more, what stays in place of what is full: of the same group, as many as
    one may have. `has`: by now, with what they want no more.
    """
    stays: list[Option] = []
    for group in {option.group_id: option.group for option in full}.values():
        some = [option for option in group.options if option in unwanted]
        wanted = [option for option in group.options if option in has and option not in unwanted]
        stays += some[: max(0, group.choose_most - len(wanted))]
    return stays


def elsewhere(registration: Registration, wanted: Collection[int]) -> list[Option]:
    """Those of the wanted that are not there where they take part, with a seat."""
    return [
        option
        for option in registration.form.options
        if option.id in wanted
        and registration.claim.status is ClaimStatus.HELD
        and not may_have(registration, option.group)
    ]


def told_left(free: int | None) -> int | None:
    """In tens, rounded down, as of the seats (Places.told_left). None: room for everybody."""
    return None if free is None else max(0, free) // ROUND * ROUND


def in_words(options: Iterable[Option]) -> list[tuple[str, str]]:
    """By group, in the order of the form."""
    found: dict[int, list[Option]] = {}
    groups: dict[int, OptionGroup] = {}
    for option in options:
        groups[option.group_id] = option.group
        found.setdefault(option.group_id, []).append(option)
    ordered = sorted(groups.values(), key=lambda group: (group.position, group.id))
    return [(text.local(group.label), option_names(found[group.id])) for group in ordered]


def option_names(options: Iterable[Option]) -> str:
    ordered = sorted(options, key=lambda option: (option.position, option.id))
    return ", ".join(text.local(option.label) for option in ordered)


def group_names(groups: Iterable[OptionGroup]) -> str:
    return ", ".join(text.local(group.label) for group in groups)


def options_of(person: Participant) -> list[Option]:
    return [signup.option for signup in person.signups]
