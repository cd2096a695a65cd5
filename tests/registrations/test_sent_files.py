"""Files that people send with an answer: theirs, and gone with it."""

import io
import os
import stat
import subprocess
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import html
from PIL import Image
from sqlalchemy import select, update
from werkzeug.datastructures import FileStorage
from werkzeug.http import parse_options_header
from werkzeug.test import stream_encode_multipart

from events_app.accounts.models import Role
from events_app.core import clock, files, tokens
from events_app.core.db import InDoubtError, db, saving
from events_app.privacy import jobs as privacy
from events_app.registrations import actions, jobs, letters
from events_app.registrations.models import (
    Access,
    Answer,
    Participant,
    Question,
    Registration,
    Status,
    VisibleTo,
)
from events_app.registrations.questions.file import fit_name
from events_app.registrations.questions.file.sample import pdf
from tests.conftest import dealt, signed_in
from tests.factories.accounts import make_staff
from tests.factories.events import make_event
from tests.factories.invitations import make_ambassador, make_invitation
from tests.factories.registrations import (
    ANA,
    RUI,
    mailed_link,
    make_form,
    make_question,
    registered,
)


def photo():
    """As a camera writes it: with a small picture within, which has an end of its own."""
    large, small = io.BytesIO(), io.BytesIO()
    Image.effect_noise((300, 200), 60).save(large, "JPEG", progressive=True)
    Image.effect_noise((16, 12), 60).save(small, "JPEG")
    within = b"Exif\0\0" + small.getvalue()
    head = b"\xff\xe1" + (len(within) + 2).to_bytes(2) + within
    return large.getvalue()[:2] + head + large.getvalue()[2:]


PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 500 + b"IEND\xaeB`\x82"
JPEG = photo()
DOCX = b"PK\x03\x04" + b"x" * 500 + b"word/document.xml" + b"PK\x05\x06" + b"\0" * 18
ODT = b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.text" + b"PK\x05\x06" + b"\0" * 18
ALL = {"types": ["pdf", "png", "jpeg", "docx", "odt"], "megabytes": 1}
WORDS = pdf("Mijn brief")


@pytest.fixture
def event(app):
    event = make_event(slug="avond", capacity=9)
    make_form(event, capacity=9, guests_max=3)
    return event


@pytest.fixture
def question(event):
    return make_question(make_form(event, capacity=9), "Uw brief?", kind="file", settings=ALL)


def send(browser, question, data=WORDS, name="brief.pdf", *, who=ANA, language="nl", **more):
    typed = {"name": who.name, "email": who.email, "organisation": "Demo bv", **more}
    with encoded(typed, f"question_{question.id}", name, data) as body:
        return browser.post(f"/events/avond/register?lang={language}", **body)


@contextmanager
def encoded(typed, field, name, data):
    """As a browser sends it; the client of the tests would forget a file of its own."""
    sent = typed | {field: FileStorage(io.BytesIO(data), filename=name)}
    stream, _length, boundary = stream_encode_multipart(sent)
    with stream:
        yield {"data": stream.read(), "content_type": f"multipart/form-data; boundary={boundary}"}


def stored(app):
    """Every file in the store, by name."""
    folder = Path(app.config["INSTANCE"]) / "sent"
    return {path.name for path in folder.rglob("*") if path.is_file()}


def answer_of(who=ANA):
    db.session.expire_all()
    wanted = select(Answer).join(Participant, Participant.id == Answer.participant_id)
    return db.session.scalars(wanted.where(Participant.email == who.email)).one()


def participant_of(answer):
    return db.session.get_one(Participant, answer.participant_id)


def own(who=ANA):
    return f"{mailed_link(who.email)}/files/{answer_of(who).id}"


def at_desk(event, who=ANA):
    answer = answer_of(who)
    key = participant_of(answer).registration_id
    return f"/desk/registrations/{event.id}/{key}/files/{answer.id}"


# -- kept


def test_a_file_lies_under_a_random_name_that_nobody_else_can_read(app, client, question):
    assert send(client, question).status_code == 303
    answer = answer_of()
    assert answer.value == {"name": "brief.pdf", "type": "application/pdf", "size": len(WORDS)}
    assert stored(app) == {answer.file}
    assert answer.file != files.key_of(WORDS)
    path = files.sent.path(answer.file)
    assert path.read_bytes() == WORDS
    modes = [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent, path.parent.parent)]
    assert modes == [0o600, 0o700, 0o700]


def test_the_same_bytes_of_two_people_are_two_files(app, client, question, desk, event):
    for who in (ANA, RUI):
        send(client, question, who=who)
    assert len(stored(app)) == 2
    desk.post("/desk/contacts/privacy/erase", data={"email": ANA.email})
    assert stored(app) == {answer_of(RUI).file}


def test_who_sent_it_gets_it_back_to_keep_and_not_to_look_at(client, question):
    send(client, question)
    got = client.get(own())
    assert (got.status_code, got.data, got.mimetype) == (200, WORDS, "application/pdf")
    assert got.headers["Content-Disposition"] == "attachment; filename=brief.pdf"
    assert got.headers["Cache-Control"] == "no-store"
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "sandbox" in got.headers["Content-Security-Policy"]
    page = html.fromstring(client.get(mailed_link(ANA.email)).text)
    assert page.xpath(f"string(//a[@href='{own()}'])") == "brief.pdf (1 kB)"


def test_nobody_else_gets_it(app, client, question, desk, event):
    for who in (ANA, RUI):
        send(client, question, who=who)
    mine, theirs = own(), f"{mailed_link(RUI.email)}/files/{answer_of().id}"
    assert client.get(theirs).status_code == 404
    assert client.get(mine.replace(mailed_link(ANA.email), "/registration/AAAA")).status_code == 404
    key = answer_of().file
    for path in (f"/newsletter/pictures/{key}", f"/assets/x/{key}", f"/sent/{key[:2]}/{key}"):
        assert client.get(path).status_code == 404
    assert client.get(at_desk(event)).status_code == 303, "sign in first"
    other = make_event(slug="anders", capacity=9)
    there = at_desk(event)
    assert desk.get(there).data == WORDS
    assert desk.get(there.replace(f"/{event.id}/", f"/{other.id}/", 1)).status_code == 404
    key = participant_of(answer_of()).registration_id
    assert desk.get(there.replace(f"/{key}/", "/2/")).status_code == 404


@pytest.mark.parametrize(
    ("role", "visible_to", "status"),
    [
        (Role.DOOR, VisibleTo.DOOR, 200), (Role.DOOR, VisibleTo.ORGANISERS, 404),
        (Role.EDITOR, VisibleTo.DOOR, 403), (Role.ORGANISER, VisibleTo.ORGANISERS, 200),
    ],
)  # fmt: skip
def test_a_colleague_opens_what_they_may_see(
    app, client, question, event, role, visible_to, status
):
    send(client, question)
    with saving():
        db.session.get(Question, question.id).visible_to = visible_to
    browser = signed_in(app, role)
    assert browser.get(at_desk(event)).status_code == status
    page = browser.get(at_desk(event).partition("/files/")[0]).text
    assert ("brief.pdf" in page) == (status == 200)


def test_a_file_that_is_gone_is_a_page_in_words(app, client, question):
    send(client, question)
    link = own()
    files.sent.drop(answer_of().file)
    answer = client.get(link)
    assert answer.status_code == 404
    assert '<main id="main"' in answer.text


def test_who_was_invited_sends_one_too(app, client, event, question):
    invitation = make_invitation(event, make_ambassador())
    link = f"/invitation/{tokens.derived('invitation', invitation.seed)}/accept"
    assert 'enctype="multipart/form-data"' in client.get(link).text
    typed = {"name": ANA.name, "email": ANA.email}
    for change, status in ({"email": "ana@"}, 200), ({}, 303):
        with encoded(typed | change, f"question_{question.id}", "brief.pdf", WORDS) as body:
            assert client.post(link, **body).status_code == status
    assert stored(app) == {answer_of().file}


# -- gone with its answer


def by_address(desk, event, question, noon):
    desk.post("/desk/contacts/privacy/erase", data={"email": ANA.email})


def by_own_link(desk, event, question, noon):
    link = mailed_link(ANA.email)
    for deed in ("cancel", "erase"):
        assert desk.application.test_client().post(f"{link}/{deed}").status_code == 303


def by_its_term(desk, event, question, noon):
    noon.set(event.ends_at + timedelta(days=question.wipe_after_days))
    jobs.tidy()


def with_the_question(desk, event, question, noon):
    desk.post(f"/desk/registrations/{event.id}/questions/{question.id}/remove")


def with_the_person(desk, event, question, noon):
    noon.set(event.ends_at + timedelta(days=366))
    jobs.tidy()


@pytest.mark.parametrize(
    "wipe", dealt([by_address, by_own_link, by_its_term, with_the_question, with_the_person])
)
def test_a_file_goes_with_its_answer_at_once(app, client, desk, event, question, noon, wipe):
    send(client, question)
    link = own()
    assert len(stored(app)) == 1
    wipe(desk, event, question, noon)
    assert db.session.scalars(select(Answer)).all() == []
    assert stored(app) == set()
    assert client.get(link).status_code == 404


def test_a_file_stays_when_the_wiping_comes_to_nothing(app, client, event, question):
    send(client, question)
    with pytest.raises(ZeroDivisionError), saving():
        actions.remove_question(
            make_form(event, capacity=9), db.session.get(Question, question.id),
            by=make_staff(), now=clock.now(),
        )  # fmt: skip
        1 / 0  # noqa: B018
    assert stored(app) == {answer_of().file}
    assert client.get(own()).data == WORDS


def test_the_night_finds_what_a_killed_process_left(app, client, question, noon):
    """After the commit that wiped the answer, or before the one that would have kept it."""
    send(client, question)
    kept, lost, fresh = answer_of().file, files.sent.keep(b"lost"), files.sent.keep(b"fresh")
    for key, age in ((kept, 400), (lost, 61), (fresh, 59)):
        then = (clock.now() - timedelta(minutes=age)).timestamp()
        os.utime(files.sent.path(key), (then, then))
    half = files.sent.path(kept).with_name("tmphalf")
    half.write_bytes(b"half")
    os.utime(half, (0, 0))
    privacy.drop_files()
    assert stored(app) == {kept, fresh}
    noon.set(clock.now() + timedelta(hours=1))
    privacy.drop_files()
    assert stored(app) == {kept}


# -- nothing stays of what was refused


def is_full(event, who):
    make_form(event, capacity=0, has_waiting_list=False)
    return 409


def is_closed(event, who):
    make_form(event, capacity=9, closes_at=clock.now())
    return 409


def is_for_the_invited(event, who):
    make_form(event, capacity=9, access=Access.INVITATION)
    return 409


def has_too_few_places(event, who):
    make_form(event, capacity=1)
    return 409


def is_known(event, who):
    registered(event, who)
    return 303


@pytest.mark.parametrize(
    "refuses", [is_full, is_closed, is_for_the_invited, has_too_few_places, is_known]
)
def test_a_file_of_who_is_refused_is_not_kept(app, client, event, question, refuses):
    status = refuses(event, ANA)
    answer = send(client, question, guest_1="Gast")
    assert answer.status_code == status
    assert stored(app) == set()
    assert db.session.scalars(select(Answer)).all() == []


def test_who_sends_too_often_leaves_no_file(app, client, question):
    app.config["REGISTRATIONS_PER_HOUR"] = 1
    send(client, question)
    assert send(client, question, who=RUI).status_code == 429
    assert stored(app) == {answer_of().file}


@pytest.mark.parametrize(("why", "stays"), [(ValueError("broken"), False), (None, True)])
def test_what_may_have_been_stored_after_all_is_left_to_the_night(own_app, why, stays):
    doubt = InDoubtError("COMMIT", None, OSError("the line broke"))

    @own_app.post("/odd")
    def odd():
        files.sent.keep(b"odd")
        raise why or doubt

    own_app.testing = False
    own_app.test_client().post("/odd")
    assert bool(stored(own_app)) is stays


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a disk")
def test_a_full_disk_is_said_in_words_and_nothing_is_stored(app, client, question):
    folder = Path(app.config["INSTANCE"]) / "sent"
    folder.mkdir()
    disk = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], check=False, timeout=20
    )
    if disk.returncode:
        pytest.skip("no disk can be made here")
    try:
        answer = send(client, question, WORDS[:-5] + b" " * 200_000 + b"%%EOF", language="en")
        assert answer.status_code == 503
        assert "Nothing was stored" in answer.text
        assert stored(app) == set()
        assert db.session.scalars(select(Registration)).all() == []
        assert send(client, question).status_code == 303, "a small one fits"
    finally:
        subprocess.run(["umount", "-l", folder], check=True, timeout=20)


# -- what is refused, in words


def error(answer, question):
    return html.fromstring(answer.text).xpath(f"string(//*[@id='question_{question.id}-error'])")


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    dealt([
        (b"", "brief.pdf", "Dit bestand is leeg. Kies een ander."),
        (WORDS + b" " * (1 << 20), "brief.pdf", "Dit bestand is 1,1 MB; er past hooguit 1 MB."),
        (b"%PDF-" + b" " * (3 << 20), "brief.pdf", "Dit bestand is 3,1 MB; er past hooguit 1 MB."),
        (PNG, "brief.pdf", "Volgens de naam is dit bestand PDF, maar de inhoud is dat niet."),
        (WORDS, "foto.png", "Volgens de naam is dit bestand PNG, maar de inhoud is dat niet."),
        (ODT, "brief.docx", "Volgens de naam is dit bestand Word"),
        (b"<html><script>", "brief.pdf", "Volgens de naam is dit bestand PDF"),
        (WORDS[:300], "brief.pdf", "Het einde van dit bestand ontbreekt."),
        (PNG[:-30], "foto.png", "Het einde van dit bestand ontbreekt."),
        (JPEG[:-2], "foto.jpg", "Het einde van dit bestand ontbreekt."),
        (DOCX[:-22], "brief.docx", "Het einde van dit bestand ontbreekt."),
        (b"MZ", "brief.exe", "Zo’n bestand kunnen wij niet aannemen. Kies een van deze: PDF, PNG"),
        (b"<svg/>", "logo.svg", "Zo’n bestand kunnen wij niet aannemen."),
        (WORDS, "brief", "Zo’n bestand kunnen wij niet aannemen."),
        (WORDS, "brief.pdf.exe", "Zo’n bestand kunnen wij niet aannemen."),
    ]),
)  # fmt: skip
def test_a_file_that_is_no_good_is_told_why_and_nothing_typed_is_lost(
    app, client, question, data, name, sentence
):
    answer = send(client, question, data, name)
    assert answer.status_code == 200
    assert sentence in error(answer, question)
    page = html.fromstring(answer.text)
    assert page.xpath("//input[@name='organisation']/@value") == ["Demo bv"]
    assert page.xpath("//div[@class='error-summary']//a/@href") == [f"#question_{question.id}"]
    assert stored(app) == set()


@pytest.mark.parametrize(
    ("data", "name", "kept", "media_type"),
    dealt([
        (WORDS, "Brief.PDF", "Brief.pdf", "application/pdf"),
        (PNG, "foto.png", "foto.png", "image/png"),
        (JPEG, "foto.jpeg", "foto.jpeg", "image/jpeg"),
        (JPEG + b"\n", "foto.jpg", "foto.jpg", "image/jpeg"),
        (JPEG + b"SEFH" + b"\1" * 59 + b"SEFT", "foto.jpg", "foto.jpg", "image/jpeg"),
        (JPEG + b"\0\0\0\x18ftypmp42" * 20_000, "film.jpg", "film.jpg", "image/jpeg"),
        (DOCX, "brief.docx", "brief.docx",
         "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (ODT, "brief.odt", "brief.odt", "application/vnd.oasis.opendocument.text"),
        (WORDS + b"\n" * 1000, "brief.pdf", "brief.pdf", "application/pdf"),
    ]),
)  # fmt: skip
def test_what_was_asked_for_is_taken(client, question, data, name, kept, media_type):
    assert send(client, question, data, name).status_code == 303
    assert (answer_of().value["name"], answer_of().value["type"]) == (kept, media_type)
    assert client.get(own()).mimetype == media_type


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_photo_that_was_cut_short_is_refused_whatever_it_holds(client, question, share):
    cut = JPEG[: int(len(JPEG) * share)]
    assert cut.count(b"\xff\xd9") >= 1
    said = error(send(client, question, cut, "foto.jpg"), question)
    assert "Het einde van dit bestand ontbreekt" in said


def test_a_party_too_large_reads_at_the_buttons_that_the_file_is_to_be_chosen_again(
    client, event, question
):
    make_form(event, capacity=2, guests_max=3)
    answer = send(client, question, guest_1="Bob", guest_2="Cas")
    notice = html.fromstring(answer.text).xpath("string(//*[button[@name='party']]/..)")
    assert "Kies uw bestand eerst opnieuw" in notice


@pytest.mark.parametrize(
    ("party", "status", "size", "words"),
    [
        ("2", Status.CONFIRMED, 2, "U komt met minder mensen, zoals u koos"),
        ("1", Status.CONFIRMED, 1, "U komt met minder mensen, zoals u koos"),
        ("wait", Status.WAITLISTED, 3, "U wacht tot er plaats is voor u allen, zoals u koos"),
    ],
)
def test_what_was_chosen_for_a_party_too_large_is_kept_while_the_file_is_chosen_again(
    client, event, question, party, status, size, words
):
    make_form(event, capacity=3, guests_max=3)
    with saving():
        db.session.get(Question, question.id).is_required = True
    registered(event, RUI)
    typed = {
        "name": ANA.name,
        "email": ANA.email,
        "guest_1": "Bob",
        "guest_2": "",
        "guest_3": "Cas",
    }
    path = f"/events/{event.slug}/register"
    back = client.post(path, data={**typed, "guest_1_email": "bob@example.org", "party": party})
    page = html.fromstring(back.text)
    assert words in page.text_content()
    [form] = [each for each in page.forms if "email" in each.fields]
    assert form.fields["guest_1_email"] == ("" if party == "1" else "bob@example.org")
    again = {name: value for name, value in form.form_values() if "question" not in name}
    with encoded(again, f"question_{question.id}", "brief.pdf", WORDS) as body:
        assert client.post(path, **body).status_code == 303
    made = db.session.scalars(select(Registration).order_by(Registration.id.desc())).first()
    assert (made.status, made.party_size) == (status, size)
    assert [one.name for one in made.guests] == ["Bob", "Cas"][: size - 1]


def test_a_type_that_was_not_asked_for_is_refused(client, event):
    question = make_question(
        make_form(event, capacity=9), kind="file", settings={"types": ["png"], "megabytes": 1}
    )
    answer = send(client, question)
    assert "Kies een van deze: PNG." in error(answer, question)
    [field] = html.fromstring(answer.text).xpath("//input[@type='file']")
    assert field.get("accept") == ".png"


def test_another_fault_in_the_form_says_that_the_file_must_be_chosen_again(app, client, question):
    answer = send(client, question, email="ana@", language="en")
    assert answer.status_code == 200
    [field] = html.fromstring(answer.text).xpath("//input[@type='file']")
    lost = f"question_{question.id}-lost"
    said = html.fromstring(answer.text).xpath(f"string(//*[@id='{lost}'])")
    assert said.startswith("You chose a file, and a browser does not keep it")
    assert lost in field.get("aria-describedby").split()
    assert "-lost" not in client.get("/events/avond/register").text
    assert "-lost" not in send(client, question, b"", "", email="ana@").text, "none was chosen"
    assert stored(app) == set()


def test_who_is_refused_a_place_is_told_to_choose_the_file_again(client, event, question):
    is_full(event, ANA)
    make_form(event, capacity=1, has_waiting_list=True)
    answer = send(client, question, guest_1="Gast")
    assert answer.status_code == 409
    assert f'id="question_{question.id}-lost"' in answer.text


def test_a_form_carries_files_only_where_one_is_asked_for(client, event):
    def encoding():
        page = html.fromstring(client.get("/events/avond/register").text)
        [form] = page.xpath("//form[.//input[@name='email']]")
        return form.get("enctype")

    make_question(make_form(event, capacity=9))
    assert encoding() is None
    make_question(make_form(event, capacity=9), kind="file")
    assert encoding() == "multipart/form-data"


@pytest.mark.parametrize("megabytes", [13, 100])
def test_what_no_form_can_hold_is_refused_before_it_is_read(app, client, question, megabytes):
    """The server is told how much will come, and reads none of it."""

    class Unread(io.BytesIO):
        def read(self, *_size):
            raise AssertionError("it was read")

    answer = client.post(
        "/events/avond/register?lang=en", input_stream=Unread(),
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(megabytes << 20)},
    )  # fmt: skip
    assert answer.status_code == 413
    assert "is 12 megabytes at most" in answer.text
    assert stored(app) == set()


def test_words_where_a_file_is_asked_for_are_no_file(app, client, question):
    with saving():
        db.session.execute(update(Question).values(is_required=True))
    typed = {"name": ANA.name, "email": ANA.email, f"question_{question.id}": "brief.pdf"}
    answer = client.post("/events/avond/register", data=typed)
    assert "U koos “brief.pdf”" in error(answer, question)


def test_a_file_where_words_are_asked_for_is_no_answer(app, client, event):
    question = make_question(make_form(event, capacity=9))
    answer = send(client, question)
    assert answer.status_code in (200, 303)
    assert db.session.scalars(select(Answer)).all() == []
    assert stored(app) == set()


# -- names


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("brief.pdf", "brief.pdf"), ("Mijn brief (2).pdf", "Mijn brief (2).pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"), ("C:\\Users\\ana\\brief.pdf", "brief.pdf"),
        ("/brief.pdf", "brief.pdf"), ("brief\u202efdp.exe.pdf", "brieffdp.exe.pdf"),
        ("bri\u200bef.pdf", "brief.pdf"), ('"brief";.pdf', "brief ;.pdf"),
        ("brief\r\nSet-Cookie: x=1.pdf", "brief Set-Cookie x=1.pdf"),
        ("brief\x00.pdf", "brief.pdf"), (".pdf", "file.pdf"), ("....pdf", "file.pdf"),
        ("x" * 251 + ".pdf", "x" * 80 + ".pdf"), ("Šárka 王.pdf", "Šárka 王.pdf"),
        ("=HYPERLINK(1).pdf", "=HYPERLINK(1).pdf"), ("brief.pdf ", "brief.pdf"),
        ("e\u0301.pdf", "é.pdf"), ("brief", "brief.pdf"), ("", "file.pdf"),
        ("<script>.pdf", "script.pdf"),
    ],
)  # fmt: skip
def test_a_name_is_what_any_machine_can_store(given, kept):
    assert fit_name(given, (".pdf",)) == kept


@pytest.mark.parametrize("name", ["=1+1.pdf", '"x"; filename=evil.exe.pdf', "Šárka 王 \u202e.pdf"])
def test_a_hostile_name_stays_a_name_wherever_it_is_shown(client, desk, event, question, name):
    assert send(client, question, name=name).status_code == 303
    for got in (client.get(own()), desk.get(at_desk(event))):
        kind, said = parse_options_header(got.headers["Content-Disposition"])
        assert (kind, said) == ("attachment", {"filename": answer_of().value["name"]})
        assert said["filename"].endswith(".pdf")
    said = desk.get(f"/desk/registrations/{event.id}/list.csv").text
    assert ";=" not in said
    assert "\u202e" not in said + client.get(mailed_link(ANA.email)).text


def test_the_letters_of_a_registration_hold_nothing_of_the_file(client, question):
    send(client, question)
    told = letters.confirmed(db.session.scalars(select(Participant)).one(), now=clock.now())
    assert "brief.pdf" not in repr(told)
