from collections.abc import Sequence

from sqlalchemy import ScalarSelect, case, func, or_, select
from sqlalchemy.orm import aliased

from events_app.capacity.models import Claim, ClaimStatus, Pool
from events_app.core.db import db, joined
from events_app.core.errors import NotFoundError
from events_app.registrations.models import (
    OpenTo,
    Option,
    OptionGroup,
    OptionSignup,
    Participant,
    Registration,
    RegistrationForm,
)
from events_app.registrations.queries.people import IS_ONLINE
from events_app.registrations.rules.opening import ROUND

FULL, FOR_ALL = -1, -2


def options_read() -> ScalarSelect[str]:
    """Of a form: all that everybody may know of its options, and of their places, to compare."""
    free = Pool.size + Pool.over_allowance - Pool.taken
    told = case((Pool.size.is_(None), FOR_ALL), (free <= 0, FULL), else_=free // ROUND)
    return (
        select(joined(*OptionGroup.__table__.c, *Option.__table__.c, told))
        .select_from(OptionGroup)
        .join(Option, Option.group_id == OptionGroup.id)
        .join(Pool, Pool.id == Option.pool_id)
        .where(OptionGroup.form_id == RegistrationForm.id)
        .correlate(RegistrationForm)
        .scalar_subquery()
    )


def option_groups(event_id: int) -> Sequence[OptionGroup]:
    """In the order of the form, each with its options and how full these are."""
    wanted = (
        select(OptionGroup)
        .join(RegistrationForm, RegistrationForm.id == OptionGroup.form_id)
        .where(RegistrationForm.event_id == event_id)
        .order_by(OptionGroup.position, OptionGroup.id)
    )
    return db.session.scalars(wanted).all()


def option_group(form: RegistrationForm, id: int) -> OptionGroup:
    """One of this form's groups. Raises NotFoundError."""
    for known in form.option_groups:
        if known.id == id:
            return known
    raise NotFoundError


def with_options_elsewhere(group: OptionGroup, *, open_to: OpenTo) -> int:
    """How many people have something of it and do not take part where it is open to."""
    if open_to is OpenTo.EVERYBODY:
        return 0
    wanted = (
        select(func.count(OptionSignup.participant_id.distinct()))
        .join(Option, Option.id == OptionSignup.option_id)
        .join(Participant, Participant.id == OptionSignup.participant_id)
        .join(Registration, Registration.id == Participant.registration_id)
        .where(Option.group_id == group.id, ~IS_ONLINE if open_to is OpenTo.ONLINE else IS_ONLINE)
    )
    return db.session.scalars(wanted).one()


def with_more_options(group: OptionGroup, most: int) -> tuple[int, int]:
    """How many people have more than so many of it, and how many one of them has at most."""
    each = (
        select(func.count().label("has"))
        .select_from(OptionSignup)
        .join(Option, Option.id == OptionSignup.option_id)
        .where(Option.group_id == group.id)
        .group_by(OptionSignup.participant_id)
        .subquery()
    )
    wanted = select(func.count(), func.max(each.c.has)).where(each.c.has > most)
    number, highest = db.session.execute(wanted).one()
    return number, highest or 0


def options_astray(*, limit: int) -> Sequence[Registration]:
    """Who has an option without a place in it, or without a seat."""
    seat, place = aliased(Claim), aliased(Claim)
    wanted = (
        select(Registration)
        .join(Participant, Participant.registration_id == Registration.id)
        .join(OptionSignup, OptionSignup.participant_id == Participant.id)
        .join(Option, Option.id == OptionSignup.option_id)
        .join(seat, seat.id == Registration.claim_id)
        .join(place, place.id == OptionSignup.claim_id)
        .where(
            or_(
                seat.status != ClaimStatus.HELD,
                place.status != ClaimStatus.HELD,
                place.pool_id != Option.pool_id,
            )
        )
        .distinct()
        .order_by(Registration.id)
        .limit(limit)
    )
    return db.session.scalars(wanted).all()
