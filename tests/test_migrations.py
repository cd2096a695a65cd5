"""The migrations make the tables that the models describe, on SQLite and on PostgreSQL."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import current_app
from flask_migrate import downgrade, upgrade
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from events_app.capacity.queries import number_in_line
from events_app.core import clock, installation, queue, tokens
from events_app.core.db import Base, Moment, db, saving
from events_app.delivery import actions as delivery
from events_app.delivery.models import Scope, SuppressionReason
from events_app.delivery.rules import address_digest
from events_app.events.models import AttendanceMode
from events_app.newsletters.queries import audiences
from events_app.newsletters.rules import Draft
from events_app.registrations import actions, jobs, letters, queries, questions, rules
from events_app.registrations.models import Answer, Question, Registration, Status, Transfer
from events_app.registrations.questions import KINDS
from tests.conftest import NOON
from tests.demo.conftest import load
from tests.factories.accounts import make_staff
from tests.factories.allotments import make_allotment
from tests.factories.events import make_event
from tests.factories.newsletters import make_reader
from tests.factories.registrations import (
    ANA,
    RUI,
    has,
    ids,
    make_applicant,
    make_form,
    make_options,
    make_question,
    pool_of,
    registered,
)

BEFORE = "0006"
BEFORE_OPTIONS = "0022"


def differences():
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, Base.metadata)


def rows(table):
    with db.engine.connect() as connection:
        return connection.scalar(sa.text(f"SELECT count(*) FROM {table}"))


def test_migrations_and_models_agree(migrated):
    assert differences() == []
    assert rows("theme") == 44


def test_a_running_house_keeps_the_name_that_its_calendars_have(unmigrated):
    current_app.config["BASE_URL"] = "https://toen.example.org"
    upgrade()
    current_app.config["BASE_URL"] = "https://later.example.org"
    assert installation.name() == "toen.example.org"
    db.session.remove()


def test_every_migration_can_be_taken_back_and_made_again(unmigrated):
    upgrade()
    downgrade(revision="base")
    assert set(sa.inspect(db.engine).get_table_names()) <= {"alembic_version"}
    upgrade()
    assert differences() == []
    assert rows("theme") == 44


EDITIONS = [  # id, edition, published_at
    (1, 8, None), (2, 8, "2027-01-14 11:00:00"), (3, 8, "2027-01-10 11:00:00"), (4, 9, None),
    (5, None, None), (6, None, None),
]  # fmt: skip
LONG = "binnenkort-op-de-buhne-vakmensen-voor-de-energietransitie"
ISSUES = [  # id, slug, status
    (1, "lente", "done"), (2, LONG, "done"), (3, f"{LONG}-2", "scheduled"), (4, "zomer", "draft"),
    (5, "herfst", "approved"),
]  # fmt: skip


def run(statement, **values):
    with db.engine.begin() as connection:
        return connection.execute(sa.text(statement), values)


def test_doubled_editions_and_sources_of_a_running_house_are_told_apart(unmigrated):
    upgrade(revision=BEFORE)
    run("INSERT INTO event_series (id, slug, title, description) VALUES (1, 'a', '{}', '{}')")
    for id, edition, published_at in EDITIONS:
        run(
            "INSERT INTO event (id, slug, series_id, edition, preset, ownership, status, is_listed,"
            " title, summary, description, audience, starts_at, ends_at, timezone,"
            " attendance_mode, stream_url, external_url, cover_webp, cover_alt, cover_credit,"
            " contact_email, report, cancel_note, revision, created_at, changed_at, published_at)"
            " VALUES (:id, :slug, 1, :edition, 'meeting', 'own', 'draft', true, :title,"
            " '{}', '{}', '{}', '2027-03-18 12:00:00', '2027-03-18 16:00:00', 'Europe/Amsterdam',"
            " 'offline', '', '', '{}', '{}', '', '', '{}', '{}', 1, '2027-01-01 11:00:00',"
            " '2027-01-01 11:00:00', :at)",
            id=id, slug=f"water-{id}", edition=edition, at=published_at,
            title='{"nl": "Water"}',
        )  # fmt: skip
    for id, slug, status in ISSUES:
        run(
            "INSERT INTO issue (id, slug, language, subject, preheader, blocks, is_one_language,"
            " status, version, counts, changed_by, created_at, changed_at) VALUES (:id, :slug,"
            " 'nl', '', '', '[]', false, :status, 1, '{}', '', '2027-01-01 11:00:00',"
            " '2027-01-01 11:00:00')",
            id=id, slug=slug, status=status,
        )  # fmt: skip
    upgrade()
    kept = dict(run("SELECT id, edition FROM event").all())
    assert kept == {1: None, 2: None, 3: 8, 4: 9, 5: None, 6: None}
    lines = run("SELECT subject_id, subject_label FROM journal_entry ORDER BY subject_id").all()
    assert lines == [(1, "Water"), (2, "Water")]
    sources = dict(run("SELECT id, source FROM issue").all())
    assert (sources[1], sources[5]) == ("newsletter-lente", "newsletter-herfst")
    assert all(sources[id].startswith("nl-") for id in (2, 3, 4))
    assert len(set(sources.values())) == len(ISSUES)
    downgrade(revision=BEFORE)
    assert differences() != []
    upgrade()


def test_a_table_that_no_migration_makes_is_noticed(migrated):
    with db.engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE rate_count"))
    assert [kind for kind, *_ in differences() if kind == "add_table"] == ["add_table"]


def whole(known):
    """Every row of these tables, with these of its columns."""
    with db.engine.connect() as connection:
        tables = sa.MetaData()
        tables.reflect(connection)
        return {
            name: sorted(
                str(tuple(row))
                for row in connection.execute(
                    sa.select(*(tables.tables[name].c[each] for each in names))
                )
            )
            for name, names in known.items()
        }


OF_A_PERSON = ("code", "name", "email", "organisation", "seed", "link_digest")
"""They stood at the registration before 0018."""


def test_no_row_of_a_house_that_is_lived_in_is_lost(migrated):
    """SQLite makes a table anew to change a column: what refers to its rows must not notice."""
    load()
    db.session.remove()
    downgrade(revision=BEFORE)
    inspector = sa.inspect(db.engine)
    known = {
        name: [
            column["name"] for column in inspector.get_columns(name) if column["name"] != "epoch"
        ]
        for name in inspector.get_table_names()
        if name not in ("alembic_version", "waitlist_entry")
    }
    known["registration"] = [
        name for name in known["registration"] if name not in ("pool_id", *OF_A_PERSON)
    ]
    known["answer"].remove("registration_id")
    known["calendar_entry"].remove("registration_id")
    known["question"].remove("choices")
    known["answer"].remove("value")
    known["subscription"].remove("address_digest")
    known["pool"] = ["id"]
    lately = clock.now() - timedelta(minutes=3, seconds=0.7)
    changed = sa.table("event", sa.column("id"), sa.column("changed_at", Moment))
    with db.engine.begin() as connection:
        connection.execute(sa.update(changed).where(changed.c.id == 2).values(changed_at=lately))
    before = whole(known)
    assert min(len(before[name]) for name in ("participant", "answer", "event_theme", "kit")) > 1
    upgrade()
    after = whole(known)
    assert set(after.pop("pool")) > set(before.pop("pool"))
    assert after == before
    assert differences() == []
    told = dict(run("SELECT id, tell_at IS NOT NULL FROM event").all())
    assert [id for id, waits in told.items() if waits] == [2], "its quiet period is not over"
    assert 2 not in queries.moved(clock.now(), limit=50)
    db.session.remove()


# -- 0016: a pool knows no event, and who has or wants places has a claim


STANDINGS = (
    "confirmed, two", "hall, pending", "online, two", "online, pending", "online, cancelled",
    "offer passes", "accepts", "offered", "waiting, pending", "waiting, two", "left the line",
    "online, cancelled and wiped",
)  # fmt: skip


def of_every_kind(noon):
    """Registrations in each state, of an event in a hall and online; who moved is not among them,
    for the way back forgets what they had before.
    """
    event = make_event(capacity=3, attendance_mode=AttendanceMode.MIXED)
    form = make_form(event, capacity=3, guests_max=1)
    made = {}

    def comes(name, *, must_confirm=False, **more):
        number = len(made)
        who = make_applicant(number, **more)
        with saving():
            ended = actions.register(form, who, now=clock.now(), must_confirm=must_confirm)
        made[name] = ended.registration
        noon.set(clock.now() + timedelta(seconds=1.37))

    for name in STANDINGS:
        comes(name, must_confirm=name.endswith("pending"), is_online=name.startswith("online"),
              guests=("Gast",) if "two" in name else ())  # fmt: skip
    with saving():
        for name in ("online, cancelled", "left the line", "online, cancelled and wiped"):
            actions.give_up(made[name], now=clock.now())
        actions.give_up(made["hall, pending"], now=clock.now())  # the first in line is offered it
    noon.set(made["offer passes"].claim.offer_expires_at)
    with saving():
        actions.expire(made["offer passes"], now=clock.now())
    with saving():
        actions.accept(made["accepts"], now=clock.now())
        actions.resize(form, 4, by=make_staff(), now=clock.now())
        actions.erase_one(made["online, cancelled and wiped"], now=clock.now())
    return event, made


def stand(event):
    """How each registration stands, and where."""
    db.session.expire_all()
    wanted = select(Registration).where(Registration.event_id == event.id)
    return {
        one.id: (
            one.status, one.is_online, one.party_size, one.confirm_by, one.claim.status,
            one.claim.places, one.claim.asked_at if one.status in rules.ALIVE else None,
            one.claim.offered_at, one.claim.offer_expires_at, one.claim.ended_at,
        )
        for one in db.session.scalars(wanted)
    }  # fmt: skip


LINES = "SELECT status, count(*) FROM waitlist_entry GROUP BY status ORDER BY status"


def test_everybody_keeps_their_place_or_their_number_in_line(migrated, noon):
    noon.set(NOON)
    event, made = of_every_kind(noon)
    assert {one.status for one in made.values()} == set(Status) - {Status.REJECTED}
    before, pools = stand(event), [pool_of(event, is_online=there) for there in (False, True)]
    counted = [(pool.size, pool.taken) for pool in pools]
    letters = rows("outbox_message")
    db.session.remove()
    downgrade(revision="0015")
    assert dict(run(LINES).all()) == {
        "accepted": 1, "expired": 1, "offered": 1, "pending": 1, "waiting": 1,
    }  # fmt: skip
    upgrade()
    assert stand(event) == before
    pools = [pool_of(event, is_online=there) for there in (False, True)]
    assert [(pool.size, pool.taken) for pool in pools] == counted
    with saving():
        assert actions.recount(now=clock.now()) == 0
    another = registered(event, make_applicant(99, is_online=True))
    assert another.claim_id > max(one.claim_id for one in made.values())
    for name, work in queue._jobs.items():
        if name in queue._minutely + queue._nightly and name.startswith("registrations."):
            work()
    assert rows("outbox_message") == letters + 1, "nobody but who came now hears anything"


def test_the_line_keeps_its_order_where_the_clock_was_set_back(migrated, noon):
    noon.set(NOON)
    event = make_event(capacity=0)
    waiting = [registered(event, make_applicant(number)).id for number in range(3)]
    db.session.remove()
    downgrade(revision="0015")
    entry = sa.table("waitlist_entry", sa.column("id"), sa.column("created_at", Moment))
    with db.engine.begin() as connection:
        for id, minutes in ((1, 3), (2, -3), (3, 1)):
            then = NOON + timedelta(minutes=minutes)
            connection.execute(sa.update(entry).where(entry.c.id == id).values(created_at=then))
    upgrade()
    numbers = [number_in_line(db.session.get_one(Registration, id).claim) for id in waiting]
    assert numbers == [1, 2, 3]


# -- 0017: an answer is JSON, and all that an organiser sets for a question is one column


OLD_ANSWERS = [  # kind, answer, what the column held before
    ("text", 'Zaal "zuid" \\n', 'Zaal "zuid" \\n'),
    ("long_text", "Één\nregel\tmeer\\", "Één\nregel\tmeer\\"),
    ("choice", "Middag", "Middag"),
    ("choices", ["Ochtend", 'C:\\new "x"', "Één"], 'Ochtend\nC:\\new "x"\nÉén'),
    ("choices", ["Middag"], "Middag"),
]
NEW_KINDS = ("number", "date", "file", "consent")


def test_answers_and_questions_go_along_and_back(migrated, noon):
    noon.set(NOON)
    form = make_form(make_event(capacity=9), capacity=9)
    asked = [make_question(form, kind=kind) for kind, *_ in OLD_ANSWERS]
    new = [make_question(form, kind=kind) for kind in NEW_KINDS]
    answers = {q.id: value for q, (_kind, value, _) in zip(asked, OLD_ANSWERS, strict=True)}
    more = {q.id: questions.answered(q, KINDS[q.kind].sample().sent, now=NOON) for q in new}
    registered(form.event, make_applicant(1, answers=answers | more))
    settings = {question.id: question.settings for question in asked}
    db.session.remove()
    downgrade(revision="0016")
    found = run("SELECT value FROM answer ORDER BY question_id").scalars().all()
    assert found == [before for *_, before in OLD_ANSWERS]
    assert rows("question") == len(asked), "a house of before knows no others"
    upgrade()
    assert differences() == []
    kept = db.session.scalars(select(Answer).order_by(Answer.question_id)).all()
    assert {answer.question_id: answer.value for answer in kept} == answers
    assert {answer.file for answer in kept} == {None}
    assert {q.id: q.settings for q in db.session.scalars(select(Question))} == {
        id: {name: value for name, value in each.items() if name == "choices"}
        for id, each in settings.items()
    }


def test_a_file_that_was_sent_belongs_to_one_answer(migrated):
    form = make_form(make_event(capacity=9), capacity=9)
    for number in (1, 2):
        registered(form.event, make_applicant(number, answers={make_question(form).id: "Ja"}))
    db.session.remove()
    with pytest.raises(IntegrityError):
        run("UPDATE answer SET file = 'one'")


# -- 0018: code, link, address, answers and calendar entry belong to each person of a party


def people():
    """Of each registration its contact, and how many marks its guests have."""
    db.session.expire_all()
    found = {}
    for one in db.session.scalars(select(Registration).order_by(Registration.id)):
        contact, guests = one.contact, one.guests
        marks = {(each.code, each.seed, each.link_digest) for each in guests}
        assert all((each.email, each.calendar_entry) == ("", None) for each in guests)
        assert len(marks) == len(guests)
        found[one.id] = (
            *(getattr(contact, name) for name in OF_A_PERSON), one.is_wiped,
            [each.is_expected for each in one.participants],
            [(each.question_id, each.value) for each in contact.answers],
            (contact.entry.uid, contact.entry.sequence, contact.entry.told),
        )  # fmt: skip
    return found


def test_who_registered_keeps_code_link_answers_and_calendar_and_a_guest_gets_own_ones(
    migrated, noon
):
    noon.set(NOON)
    event, _made = of_every_kind(noon)
    question = make_question(queries.form_of(event.id))
    for number in (50, 51):
        registered(event, make_applicant(number, answers={question.id: "Ja"}))
    before = people()
    assert {wiped for *_, wiped, _expected, _answers, _entry in before.values()} == {True, False}
    link = letters.token(db.session.get_one(Registration, 1).contact)
    digest = db.session.get_one(Registration, 1).contact.link_digest.hex()
    db.session.remove()
    downgrade(revision="0017")
    old = run("SELECT code, name, email, organisation, seed, link_digest FROM registration").all()
    assert {tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in old} == {
        one[: len(OF_A_PERSON)] for one in before.values()
    }
    upgrade()
    assert differences() == []
    assert people() == before
    found = queries.by_token(link)
    assert (found.id, rules.guest_key(found, 7)) == (1, f"{digest}#7")
    db.session.remove()


# -- 0022: places are held for the guests of a partner or an ambassador


def test_on_the_way_back_what_is_held_is_released_and_guests_keep_their_places(migrated, noon):
    noon.set(NOON)
    event = make_event(capacity=9)
    held, released, gone = (make_allotment(event, places) for places in (3, 2, 1))
    for number, by in enumerate((held, held, released, gone, None)):
        registered(event, make_applicant(number), allotment=by)
    with saving():
        actions.give_up(queries.of_address("guest1@example.org")[0], now=clock.now())
        actions.give_up(queries.of_address("guest3@example.org")[0], now=clock.now())
        actions.release(released, by=make_staff(), now=clock.now())
    before, places = stand(event), pool_of(event)
    assert (places.taken, rows("pool"), rows("claim")) == (6, 5, 8)
    db.session.remove()
    downgrade(revision="0021")
    upgrade()
    assert differences() == []
    assert stand(event) == before
    assert (pool_of(event).taken, rows("pool"), rows("claim")) == (3, 2, 5)
    assert not rows("allotment")
    with saving():
        assert actions.recount(now=clock.now()) == 0


# -- 0023: options have places of their own


def test_options_come_to_a_running_house_and_go_with_their_places(migrated, noon):
    """Up: nobody's seat changes. Back: what people chose is lost, and nothing but that."""
    noon.set(NOON)
    event = make_event(capacity=3)
    form = make_form(event, capacity=3)
    seated = registered(event, make_applicant(1))
    known = {
        name: sorted(c["name"] for c in sa.inspect(db.engine).get_columns(name))
        for name in ("registration_form", "registration", "participant", "pool", "claim")
    }
    before = whole(known)
    group = make_options(form, 1, None)
    chooses = registered(event, make_applicant(2, options=ids(group, "AB")))
    assert has(chooses) == "AB"
    with saving():
        actions.give_up(chooses, now=NOON)
        actions.erase_one(chooses, now=NOON)
    again = registered(event, make_applicant(3, options=ids(group, "A")))
    gone = (seated.id, chooses.id, again.id)
    db.session.remove()
    downgrade(revision=BEFORE_OPTIONS)
    left = set(sa.inspect(db.engine).get_table_names())
    assert not left & {"option", "option_group", "option_signup", "lost_pool"}
    assert (rows("pool"), rows("claim")) == (len(before["pool"]), len(gone))
    assert run("SELECT taken FROM pool ORDER BY id").scalars().all() == [2, 0]
    upgrade()
    assert differences() == []
    with saving():
        assert actions.recount(now=NOON) == 0
    assert not queries.option_groups(event.id)
    group = make_options(queries.form_of(event.id), 1)
    assert has(registered(event, make_applicant(4, options=ids(group, "A")))) == "A"
    db.session.remove()


# -- 0026: links that have ended


def test_a_link_that_had_ended_still_says_so(migrated):
    registered(make_event(capacity=3), make_applicant(1))
    with saving():
        one = db.session.scalars(select(Registration)).one()
        for number, is_hand_over in enumerate((True, False)):
            db.session.add(
                Transfer(
                    participant=one.contact, is_hand_over=is_hand_over, status="taken",
                    seed=b"0" * 16, link_digest=bytes([number]), asked_at=clock.now(),
                    expires_at=clock.now(),
                )
            )  # fmt: skip
    db.session.remove()
    downgrade(revision="0025")
    run("UPDATE transfer SET former_digest = :digest WHERE id = 1", digest=tokens.digest("over"))
    run("UPDATE transfer SET former_digest = :digest WHERE id = 2", digest=tokens.digest("own"))
    upgrade()
    for token, words in (("over", "overgedragen"), ("own", "gewijzigd")):
        with pytest.raises(rules.LinkEnded) as why:
            queries.must_not_have_ended(token)
        assert words in str(why.value.sentence)
    db.session.remove()


# -- 0027: the digest of an address stands with the person


def test_a_digest_goes_from_the_reader_to_the_person_and_back(migrated):
    for name in ("ana", "rui"):
        make_reader(f"{name}@example.org")
    with saving():
        delivery.suppress("rui@example.org", Scope.BULK, SuppressionReason.BOUNCED, now=NOON)
    everybody = Draft(
        subject="", preheader="", blocks=[], language="nl", theme_id=None, is_one_language=False
    )
    before = audiences.counted(everybody)
    db.session.remove()
    downgrade(revision="0026")
    found = run("SELECT address_digest FROM subscription ORDER BY id").scalars().all()
    assert list(map(bytes, found)) == [address_digest(f"{n}@example.org") for n in ("ana", "rui")]
    upgrade()
    assert audiences.counted(everybody) == before


IMPOSSIBLE = (
    "UPDATE pool SET taken = size + 1 WHERE size IS NOT NULL",
    "UPDATE pool SET taken = -1 WHERE size IS NULL",
    "UPDATE pool SET size = -1 WHERE size IS NULL",
    "UPDATE registration SET party_size = 0",
    "UPDATE claim SET places = 0",
    "UPDATE claim SET status = 'ended', ended_at = NULL",
    (
        "INSERT INTO option_group (form_id, position, label, help, choose_most, is_required,"
        " open_to, visible_to)"
        " VALUES (1, 1, '{}', '{}', 0, false, 'everybody', 'organisers')"
    ),
)


def is_refused(statement):
    try:
        run(statement)
    except IntegrityError:
        return True
    return False


def test_what_cannot_be_is_refused_by_the_database_of_a_house_that_was_brought_up_to_date(migrated):
    registered(make_event(capacity=3))
    db.session.remove()
    downgrade(revision="0015")
    upgrade()
    assert [each for each in IMPOSSIBLE if not is_refused(each)] == []


def test_what_cannot_be_brought_up_to_date_stays_as_it_was(unmigrated):
    upgrade(revision=BEFORE)
    run("CREATE TABLE desk_session (id integer)")  # in the way of 0012
    with pytest.raises(SQLAlchemyError):
        upgrade()
    assert rows("theme") == 44
    assert run("SELECT version_num FROM alembic_version").scalar() == BEFORE


# -- 0026: a letter knows whom it names


def mentions(slug):
    found = run(
        "SELECT mention.message_id, mention.who, mention.slot, mention.name FROM mention"
        " JOIN outbox_message ON outbox_message.id = mention.message_id"
        " JOIN registration ON outbox_message.dedupe_key"
        " LIKE 'registration:' || registration.id || ':%'"
        " JOIN event ON event.id = registration.event_id WHERE event.slug = :slug",
        slug=slug,
    )
    return {(id, bytes(who), slot, name) for id, who, slot, name in found}


def test_letters_of_before_name_the_same_people(unmigrated):
    """And are of the same people: who has changed an address since."""
    upgrade()
    party, moved = (make_event(slug, slug=slug, capacity=9) for slug in ("party", "moved"))
    make_form(party, capacity=9, guests_max=2)
    ana = replace(ANA, guests=("Lea Demo", "Gerda Gast"), guest_addresses=("lea@example.org", ""))
    asked, changed = registered(party, ana), registered(moved, RUI)
    jobs.tell_guests()
    with saving():
        actions.transfer(
            asked, email="sam@example.org", name="Sam Demo", is_hand_over=True, now=clock.now()
        )
        actions.decline(queries.transfer_of(asked.contact.id), now=clock.now())
        actions.transfer(changed, email="nieuw@example.org", is_hand_over=False, now=clock.now())
        actions.take(queries.transfer_of(changed.contact.id), now=clock.now())
    before, was_theirs = mentions("party"), {each for each in mentions("moved") if not each[2]}
    assert {slot for _id, _who, slot, _name in before} == {"party", "contact", "giver", "holder"}
    assert len(was_theirs) == 2
    db.session.remove()
    downgrade(revision="0027")
    run(
        "UPDATE transfer SET former_address = :was WHERE status = 'taken'",
        was=address_digest(RUI.email),
    )
    upgrade()
    assert mentions("party") == before
    assert was_theirs <= mentions("moved")
    assert differences() == []
