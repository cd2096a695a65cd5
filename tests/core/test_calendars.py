"""Calendar objects, read back by two programs that are not ours."""

from datetime import UTC, datetime, timedelta

import pytest
import vobject

from events_app.core import calendars
from events_app.core.calendars import Entry, Party
from tests.readers import READERS

pytestmark = pytest.mark.once

HOST, GUEST = Party("Op de Bühne", "post@example.org"), Party("Ana; Ruiz, jr.", "ana@example.org")


def entry(starts_at, zone="Europe/Amsterdam", **more):
    plain = {
        "uid": "event-1@example.org", "sequence": 0, "summary": "Op de Bühne Energie",
        "description": "Regel één\nRegel twee; met, tekens", "location": "Zaal 1, Utrecht",
        "url": "https://events.example.org/events/energie", "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=4), "timezone": zone,
        "changed_at": datetime(2027, 1, 14, 11, tzinfo=UTC),
    }  # fmt: skip
    return Entry(**(plain | more))


MOMENTS = [
    ("winter", "Europe/Amsterdam", datetime(2027, 3, 18, 12, 0, tzinfo=UTC)),
    ("summer", "Europe/Amsterdam", datetime(2027, 5, 13, 7, 30, tzinfo=UTC)),
    ("an hour before the spring jump", "Europe/Amsterdam", datetime(2027, 3, 28, 0, tzinfo=UTC)),
    ("just after the spring jump", "Europe/Amsterdam", datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
    ("the day after the autumn jump", "Europe/Amsterdam", datetime(2027, 11, 1, 8, tzinfo=UTC)),
    ("over the autumn jump", "Europe/Amsterdam", datetime(2027, 10, 30, 22, tzinfo=UTC)),
    ("New York in its winter", "America/New_York", datetime(2027, 3, 13, 15, tzinfo=UTC)),
    ("New York in its summer", "America/New_York", datetime(2027, 3, 15, 15, tzinfo=UTC)),
    ("New York after summer", "America/New_York", datetime(2027, 11, 8, 15, tzinfo=UTC)),
    ("a zone without summer time", "Asia/Kolkata", datetime(2027, 7, 1, 4, tzinfo=UTC)),
    ("the other half of the world", "Australia/Sydney", datetime(2027, 1, 20, 1, tzinfo=UTC)),
]


@pytest.mark.parametrize(("zone", "moment"), [m[1:] for m in MOMENTS], ids=[m[0] for m in MOMENTS])
def test_others_read_the_same_moment(zone, moment):
    content = calendars.published([entry(moment, zone)])
    for read in READERS:
        [found] = read(content.decode())
        assert (found.starts_at, found.ends_at) == (moment, moment + timedelta(hours=4))


def test_a_request_names_one_guest_who_has_a_place():
    content = calendars.request(entry(MOMENTS[0][2]), organizer=HOST, attendee=GUEST)
    event = vobject.readOne(content.decode()).vevent
    assert b"METHOD:REQUEST" in content
    assert event.organizer.value == "mailto:post@example.org"
    assert event.attendee.value == "mailto:ana@example.org"
    assert event.attendee.params["PARTSTAT"] == ["ACCEPTED"]
    assert event.attendee.params["RSVP"] == ["FALSE"]
    assert event.attendee.params["CN"] == ["Ana; Ruiz, jr."]


def test_a_cancel_takes_the_same_entry_out():
    gone = entry(MOMENTS[0][2], sequence=2, status="CANCELLED")
    content = calendars.cancel(gone, organizer=HOST, attendee=GUEST)
    event = vobject.readOne(content.decode()).vevent
    assert b"METHOD:CANCEL" in content
    assert (event.uid.value, event.sequence.value) == ("event-1@example.org", "2")
    assert event.status.value == "CANCELLED"
    assert event.transp.value == "TRANSPARENT"


def test_words_come_out_as_they_went_in():
    event = vobject.readOne(calendars.published([entry(MOMENTS[0][2])]).decode()).vevent
    assert event.summary.value == "Op de Bühne Energie"
    assert event.description.value == "Regel één\nRegel twee; met, tekens"
    assert event.location.value == "Zaal 1, Utrecht"


def test_a_backslash_and_a_letter_stay_two_characters():
    title = r"Map C:\New, C:\node"
    event = vobject.readOne(
        calendars.published([entry(MOMENTS[0][2], summary=title)]).decode()
    ).vevent
    assert event.summary.value == title


@pytest.mark.parametrize("sign", ["a", "é", "€", "😀", ",", "\\", "é\n;"])
def test_a_long_line_is_cut_between_letters_and_reads_as_it_was(sign):
    for length in range(60, 80):
        title = "x" * length + sign * 90
        content = calendars.published([entry(MOMENTS[0][2], summary=title)])
        lines = content.split(b"\r\n")
        assert max(map(len, lines)) <= 75
        assert all(line.decode() for line in lines[:-1])
        assert vobject.readOne(content.decode()).vevent.summary.value == title


def test_a_hostile_title_stays_one_line_of_text():
    odd = "Titel\r\nATTENDEE:mailto:x@example.org\r\nEND:VEVENT"
    content = calendars.published([entry(MOMENTS[0][2], summary=odd)])
    event = vobject.readOne(content.decode()).vevent
    assert not hasattr(event, "attendee")
    assert content.split(b"\r\n").count(b"END:VEVENT") == 1


def test_lines_end_as_the_standard_says_and_are_at_most_75_octets():
    content = calendars.published([entry(MOMENTS[0][2], description="één lange regel " * 40)])
    assert content.count(b"\n") == content.count(b"\r\n")
    assert max(len(line) for line in content.split(b"\r\n")) <= 75


def test_a_feed_has_its_name_and_every_zone_once():
    moments = [entry(m[2], m[1], uid=f"{i}@example.org") for i, m in enumerate(MOMENTS)]
    content = calendars.published(moments, name="Agenda")
    feed = vobject.readOne(content.decode())
    assert len(feed.vevent_list) == len(MOMENTS)
    assert content.count(b"BEGIN:VTIMEZONE") == 4
    assert feed.contents["x-wr-calname"][0].value == "Agenda"
    assert b"METHOD" not in content, "with METHOD:PUBLISH it would need an ORGANIZER (RFC 5546)"
    assert b"X-PUBLISHED-TTL:PT4H" in content


def test_a_message_says_when_it_was_made_and_no_other_word_changes():
    made = datetime(2027, 2, 1, 9, 30, 15, 400, tzinfo=UTC)
    sly = entry(MOMENTS[0][2], description="DTSTAMP:20000101T000000Z\nDTSTAMP:20000101T000000Z")
    content = calendars.request(sly, organizer=HOST, attendee=GUEST)
    message = calendars.stamped(content, made)
    event = vobject.readOne(message.decode()).vevent
    assert event.dtstamp.value == made.replace(microsecond=0)
    assert event.last_modified.value == sly.changed_at
    assert event.description.value == sly.description
    assert message.replace(b"20270201T093015Z", b"20270114T110000Z") == content


def test_the_same_entry_gives_the_same_bytes():
    one = entry(MOMENTS[0][2])
    assert calendars.published([one]) == calendars.published([one])
