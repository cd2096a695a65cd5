"""Events with a form, people who want a place, and how they stand after asking."""

from urllib.parse import urlsplit

from sqlalchemy import select

from events_app.capacity.models import Claim, Pool
from events_app.core import clock, text
from events_app.core.db import db, saving
from events_app.delivery.models import OutboxMessage
from events_app.registrations import actions, queries
from events_app.registrations.models import (
    OpenTo,
    Option,
    OptionGroup,
    OptionSignup,
    Participant,
    Question,
    Registration,
    RegistrationForm,
    VisibleTo,
)
from events_app.registrations.questions import KINDS
from events_app.registrations.rules import Applicant

ANA = Applicant(name="Ana Vermeulen", email="ana@example.org", organisation="Techniekfonds Delta")
RUI = Applicant(name="Rui de Boer", email="rui@example.org")
MIA = Applicant(name="Mia Özgür", email="mia@example.org", language="en")


def make_form(event, capacity=10, over_allowance=0, **fields):
    """The registration form of an event and its places; changes them when they are there."""
    with saving():
        form = db.session.scalars(
            select(RegistrationForm).where(RegistrationForm.event_id == event.id)
        ).one_or_none() or RegistrationForm(
            event_id=event.id, pool=Pool(), online_pool=Pool(size=None)
        )
        form.pool.size, form.pool.over_allowance = capacity, over_allowance
        for name, value in fields.items():
            setattr(form, name, value)
        db.session.add(form)
    return form


def pool_of(event, *, is_online=False):
    """Of the hall, or online, as it is stored."""
    key = queries.form_of(event.id).pool_ids[is_online]
    return db.session.get_one(Pool, key, populate_existing=True)


def taken(event, *, is_online=False):
    return pool_of(event, is_online=is_online).taken


def make_question(form, label="Welke sessie kiest u?", kind="text", **fields):
    with saving():
        question = Question(
            form_id=form.id, kind=kind, label={"nl": label},
            **{
                "position": len(form.questions), "settings": dict(KINDS[kind].sample().settings),
                "is_required": False,
                "purpose": {"nl": "Om de zaal in te delen."},
                "visible_to": VisibleTo.ORGANISERS, "wipe_after_days": 30, **fields,
            },
        )  # fmt: skip
        db.session.add(question)
        form.questions.append(question)
    return question


def make_applicant(number, **fields):
    values = {"name": f"Gast {number}", "email": f"guest{number}@example.org", **fields}
    return Applicant(**values)


def registered(event, applicant=ANA, *, now=None, **more):
    """Registered as by the public form; confirmed or waiting, as the places are."""
    with saving():
        form = queries.form_of(event.id)
        return actions.register(form, applicant, now=now or clock.now(), **more).registration


def registered_as(email):
    """The registrations of this address, the oldest first."""
    wanted = select(Registration).join(Registration.participants)
    return wanted.where(Participant.email == email).order_by(Registration.id)


def mailed_link(email):
    """The path of the personal page, from the last letter to this address."""
    wanted = select(OutboxMessage).where(OutboxMessage.to_email == email)
    letter = db.session.scalars(wanted.order_by(OutboxMessage.id.desc())).first()
    links = [value for _kind, value in letter.slots.values() if "/registration/" in value]
    return urlsplit(links[0]).path


def make_options(form, *sizes, label="Werkplaats", **fields):
    """A group of options A, B … with so many places each; None: room for everybody."""
    fields["open_to"] = OpenTo(fields.get("open_to", OpenTo.EVERYBODY))
    with saving():
        group = OptionGroup(
            form_id=form.id, label={"nl": label},
            options=[
                Option(position=number, label={"nl": f"{label} {letter}"}, pool=Pool(size=size))
                for number, (size, letter) in enumerate(zip(sizes, "ABCDEFGH", strict=False), 1)
            ],
            **{"position": len(form.option_groups) + 1, "choose_most": 2, **fields},
        )  # fmt: skip
        form.option_groups.append(group)
    return group


def ids(group, letters):
    """Of the options with these letters: `ids(group, "AC")`."""
    return tuple(option.id for option in group.options if text.local(option.label)[-1] in letters)


def has(registration):
    """The letters of the options that its contact has, as stored, once their claims agree."""
    wanted = (
        select(Option, Claim)
        .join(OptionSignup, OptionSignup.option_id == Option.id)
        .join(Claim, Claim.id == OptionSignup.claim_id)
        .join(Participant, Participant.id == OptionSignup.participant_id)
        .where(Participant.registration_id == registration.id, Participant.is_contact)
        .order_by(Option.group_id, Option.position)
    )
    found = db.session.execute(wanted, execution_options={"populate_existing": True}).all()
    assert all((claim.pool_id, claim.status) == (option.pool_id, "held") for option, claim in found)
    return "".join(text.local(option.label)[-1] for option, _claim in found)
