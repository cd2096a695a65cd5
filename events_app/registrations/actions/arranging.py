"""Which options there are, how many places each has, and in which order people read them."""

from collections.abc import Iterable
from datetime import datetime

from events_app.accounts.actions import note
from events_app.accounts.models import StaffMember
from events_app.capacity import actions as capacity
from events_app.capacity.models import Pool
from events_app.capacity.rules import TooSmall
from events_app.core import text
from events_app.core.db import db
from events_app.events.rules import label
from events_app.registrations import queries, rules
from events_app.registrations.actions.configuring import move
from events_app.registrations.models import Option, OptionGroup, RegistrationForm
from events_app.registrations.rules import GroupSettings, OptionSettings


def set_options(
    form: RegistrationForm,
    said: GroupSettings,
    *,
    group: OptionGroup | None,
    by: StaffMember,
    now: datetime,
) -> OptionGroup:
    """Add a group at the end, or change one, with its options. What people have stays theirs:
    raises OptionTaken, OptionHad or MoreOptionsHad.
    """
    verb = "registrations.options_changed" if group else "registrations.options_added"
    before = _as_set(group) if group else None
    if group is None:
        last = max((known.position for known in form.option_groups), default=0)
        group = OptionGroup(form_id=form.id, position=last + 1, options=[], **said.own)
        form.option_groups.append(group)
    else:
        capacity.lock(option.pool_id for option in group.options)
        _must_leave(group, said)
    for name, value in said.own.items():
        setattr(group, name, value)
    _set_each(group, said)
    db.session.flush()
    if _as_set(group) != before:
        note(verb, group, _named(group, form), by=by, now=now)
    return group


def _as_set(group: OptionGroup) -> GroupSettings:
    """As an organiser set it."""
    return GroupSettings(
        label=group.label,
        help=group.help,
        choose_most=group.choose_most,
        is_required=group.is_required,
        open_to=group.open_to,
        visible_to=group.visible_to,
        options=[
            OptionSettings(id=each.id, label=each.label, size=each.pool.size)
            for each in group.options
        ],
    )


def _must_leave(group: OptionGroup, said: GroupSettings) -> None:
    """What people have of it. Its pools are locked: nobody chooses meanwhile."""
    elsewhere = queries.with_options_elsewhere(group, open_to=said.open_to)
    if elsewhere and said.open_to is not group.open_to:
        raise rules.OptionHad(elsewhere, open_to=said.open_to)
    number, highest = queries.with_more_options(group, said.choose_most)
    if number and said.choose_most < group.choose_most:
        raise rules.MoreOptionsHad(number, highest)


def _set_each(group: OptionGroup, said: GroupSettings) -> None:
    known = {option.id: option for option in group.options}
    kept = []
    for position, one in enumerate(said.options, start=1):
        option = known.pop(_of(one, known.values()) or 0, None)
        if option is None:
            option = Option(pool=Pool(size=one.size))
        else:
            _resize(option, one.size)
        option.label, option.position = one.label, position
        kept.append(option)
    _remove(known.values())
    group.options[:] = kept
    capacity.remove(option.pool_id for option in known.values())


def _of(one: OptionSettings, known: Iterable[Option]) -> int | None:
    """Which of these it is: a new one that was sent twice is known by its name."""
    by_key = (option.id for option in known if option.id == one.id)
    by_name = (option.id for option in known if one.id is None and option.label == one.label)
    return next(by_key, next(by_name, None))


def _resize(option: Option, size: int | None) -> None:
    try:
        capacity.resize(option.pool_id, size)
    except TooSmall as why:
        raise rules.OptionTaken(text.local(option.label), why.taken) from None


def _remove(options: Iterable[Option]) -> None:
    """Raises OptionTaken for one that somebody has."""
    for option in options:
        if option.pool.taken:
            raise rules.OptionTaken(text.local(option.label), option.pool.taken)


def move_options(form: RegistrationForm, group: OptionGroup, *, up: bool) -> None:
    """A group, one place up or down; at the end nothing changes."""
    move(form.option_groups, group, up=up)


def remove_options(
    form: RegistrationForm, group: OptionGroup, *, by: StaffMember, now: datetime
) -> None:
    """A group with its options. Raises OptionTaken."""
    pools = [option.pool_id for option in group.options]
    capacity.lock(pools)
    _remove(group.options)
    note("registrations.options_removed", group, _named(group, form), by=by, now=now)
    form.option_groups.remove(group)
    capacity.remove(pools)


def _named(group: OptionGroup, form: RegistrationForm) -> str:
    """Two events may have groups of one name."""
    return f"{text.local(group.label, text.DEFAULT)} · {label(form.event)}"
