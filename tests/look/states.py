"""What the demo has not: an event, a registration and an invitation in every state."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from events_app.core import clock
from events_app.core.db import db, saving
from events_app.delivery.models import OutboxMessage, Reason, State, Stream
from events_app.events.models import AttendanceMode, Ownership, Status
from events_app.invitations import actions as invitations
from events_app.registrations import actions as registrations
from events_app.registrations.actions import waiting_list
from events_app.registrations.rules import Applicant
from tests.factories.events import make_event, make_venue
from tests.factories.invitations import make_guest
from tests.factories.registrations import make_applicant, make_form, registered

LONG = "Arbeidsongeschiktheidsverzekeringsmaatschappijen en hottentottententententoonstellingen"
DAY = timedelta(days=1)
STREAM = "https://example.org/stream"
GUEST = Applicant(name="Ana Vermeulen", email="ana.vermeulen@example.org")


def events():
    """By state; each a week after the one before, four months from now."""
    begins = clock.now().replace(hour=11, minute=0, second=0, microsecond=0) + 120 * DAY
    hall = make_venue("De Oude Werkplaats", "Enschede", "overijssel", street="Spoorkade 12")
    note = {
        "nl": "De spreker is ziek. Wij zoeken een nieuwe datum.",
        "en": "The speaker is ill. We are looking for a new date.",
    }
    wanted = {
        "open": {"capacity": 40},
        "few": {"capacity": 20},
        "waiting": {"capacity": 1},
        "full": {"capacity": 1},
        "closed": {"capacity": 40},
        "not-yet": {"capacity": 40},
        "invitation": {"capacity": 40},
        "cancelled": {"capacity": 40, "status": Status.CANCELLED, "cancel_note": note},
        "postponed": {"capacity": 40, "status": Status.POSTPONED, "cancel_note": note},
        "rescheduled": {"capacity": 40, "previous_starts_at": begins - 21 * DAY},
        "external": {"ownership": Ownership.EXTERNAL, "external_url": "https://example.org/"},
        "online": {"capacity": 40, "attendance_mode": AttendanceMode.ONLINE},
        "mixed": {"capacity": 3, "attendance_mode": AttendanceMode.MIXED, "stream_url": STREAM},
        "two-days": {"capacity": 40, "ends_at": begins + 13 * 7 * DAY},
        "bare": {"lead_sector": None, "themes": ()},
        "long-words": {"capacity": 40, "title": LONG, "summary": LONG, "lead_sector": "tuinbouw"},
    }
    made = {}
    for week, (state, fields) in enumerate(wanted.items()):
        title = fields.pop("title", f"Vakmensen op de planken: {state}")
        if state != "bare":
            fields.setdefault("summary", "Wat werkt in de praktijk, en waarom.")
        made[state] = make_event(
            title, begins + week * 7 * DAY, venue=hall, slug=f"state-{state}", **fields
        )
    _settle(made)
    return made


def _settle(made):
    now = clock.now()
    make_form(made["few"], 20, guests_max=2)
    make_form(made["mixed"], 3, guests_max=3)
    make_form(made["full"], 1, has_waiting_list=False)
    make_form(made["closed"], 40, closes_at=now - DAY)
    make_form(made["not-yet"], 40, opens_at=now + 9 * DAY)
    make_form(made["invitation"], 40, access="invitation")
    for state, taken in (("few", 18), ("waiting", 1), ("full", 1)):
        for number in range(taken):
            registered(made[state], make_applicant(number + 1))


def people(made):
    """Registrations by how they stand."""
    found = {
        "confirmed": registered(made["open"], GUEST),
        "waitlisted": registered(made["waiting"], GUEST),
        "cancelled": registered(made["rescheduled"], GUEST),
        "event-postponed": registered(_moved(made["postponed"], Status.PUBLISHED), GUEST),
    }
    _moved(made["postponed"], Status.POSTPONED)
    with saving():
        registrations.give_up(found["cancelled"], now=clock.now())
    found["online"] = registered(made["mixed"], replace(GUEST, is_online=True))
    for state, event in (("held", made["few"]), ("held-in-line", made["waiting"])):
        found[state] = _held(event, make_applicant(90))
    found["offered"] = registered(_second(made["two-days"]), GUEST)
    with saving():
        pool = make_form(made["two-days"], 5).pool
        waiting_list.offer_places(pool.id, now=clock.now())
    return found


def _held(event, applicant):
    """Theirs with the button in the letter."""
    return registered(event, applicant, must_confirm=True)


def in_doubt():
    """Letters of an issue whose answer was never heard; gives the campaign."""
    wanted = select(OutboxMessage).where(OutboxMessage.stream == Stream.BULK).limit(12)
    letters = db.session.scalars(wanted.order_by(OutboxMessage.id.desc())).all()
    campaign = letters[0].campaign
    with saving():
        for letter in letters:
            if letter.campaign == campaign:
                letter.state, letter.why = State.UNCERTAIN, Reason.SILENCE
    return campaign


def saved_meanwhile(event):
    """By a colleague."""
    with saving():
        event.title = {**event.title, "nl": "Vakmensen op de planken: nu in de haven"}
        event.revision += 1


def _moved(event, status):
    with saving():
        event.status = status
    return event


def _second(event):
    """The event with all its places taken."""
    make_form(event, 1)
    registered(event, make_applicant(2))
    return event


def invited(event, ambassador):
    """Invitations by how they stand."""
    now, made = clock.now(), {}
    for state in ("new", "accepted", "declined", "withdrawn"):
        words = "Wij spraken elkaar in Enschede. Dit gaat over precies uw vraag, dus kom vooral."
        guest = make_guest(f"Gast {state.title()}", f"{state}@example.org", words=words)
        with saving():
            made[state] = invitations.invite(event, ambassador, guest, now=now)
    with saving():
        applicant = Applicant(name="Gast Accepted", email="accepted@example.org")
        invitations.accept(made["accepted"], applicant, now=now)
        invitations.decline(made["declined"], now=now)
        invitations.withdraw(made["withdrawn"], by=None, now=now)
    return made
