import io
from datetime import timedelta

import pytest
from lxml import html
from PIL import Image
from sqlalchemy import select

from events_app.accounts.models import JournalEntry, Role
from events_app.core.db import db, saving
from events_app.events.models import Status
from events_app.newsletters.blocks import BLOCKS
from events_app.newsletters.forms.issues import MOST_BLOCKS
from events_app.newsletters.models import Issue, IssueStatus, Picture
from tests.conftest import NOON, dealt, signed_in
from tests.factories.events import make_event
from tests.factories.newsletters import (
    approved_issue,
    event_block,
    letters_to,
    make_issue,
    make_reader,
    mark_of,
)
from tests.faults.visiting import forms_on
from tests.pages import said


def picture_file(size=(1600, 900), kind="PNG"):
    file = io.BytesIO()
    Image.new("RGB", size, "#14406e").save(file, kind)
    file.seek(0)
    return file, "photo.png"


def typed(issue, **changes):
    """What the editor's form sends for this issue as it is."""
    data = {
        "subject": issue.subject, "preheader": issue.preheader, "language": issue.language,
        "theme": str(issue.theme_id or ""),
        "block": [f"{b['key']}:{b['kind']}" for b in issue.blocks],
    }  # fmt: skip
    for block in issue.blocks:
        fields = {k: v for k, v in block.items() if k not in ("kind", "key")}
        if block.get("event"):
            fields["seen"] = f"{block['event']}:{block.get('seen')}"
        data |= {f"b{block['key']}-{name}": value for name, value in fields.items()}
    return data | changes


def path(issue, page=""):
    return f"/desk/newsletters/{issue.id}{page}"


def again(issue):
    db.session.expire_all()
    return db.session.get(Issue, issue.id)


def test_an_editor_makes_a_newsletter_block_by_block(app):
    editor = signed_in(app, Role.EDITOR)
    answer = editor.post("/desk/newsletters/new")
    issue = db.session.scalars(select(Issue)).one()
    assert answer.location == path(issue)
    for kind in ("heading", "text", "event", "quote", "picture", "action"):
        answer = editor.post(path(issue), data=typed(again(issue), do=f"add:{kind}"))
    issue = again(issue)
    assert [b["kind"] for b in issue.blocks] == [
        "heading", "text", "event", "quote", "picture", "action",
    ]  # fmt: skip
    assert answer.location == path(issue) + "#block-6"
    editor.post(
        path(issue), data=typed(issue, subject="Nieuws", **{"b1-words": "Kop"}, do="down:1")
    )
    issue = again(issue)
    assert (issue.subject, issue.slug) == ("Nieuws", "nieuws")
    assert [b["key"] for b in issue.blocks] == ["2", "1", "3", "4", "5", "6"]
    assert issue.blocks[1] == {"kind": "heading", "key": "1", "words": "Kop"}
    assert editor.get(path(issue)).status_code == 200


def test_a_newsletter_of_what_is_coming_up_can_be_sent_as_it_is(desk):
    first = make_event("Op de Bühne Water", summary="Wat water ons leert.")
    make_event("Op de Bühne Bouw", NOON + timedelta(days=90))
    make_event("Voorbij", NOON - timedelta(days=9))
    answer = desk.post("/desk/newsletters/new", data={"coming": "1"})
    issue = db.session.scalars(select(Issue)).one()
    assert (issue.subject, issue.preheader) == (
        "Binnenkort: Op de Bühne Water", "Wat water ons leert.",
    )  # fmt: skip
    assert [b["kind"] for b in issue.blocks] == ["heading", "event", "event"]
    assert issue.blocks[1]["event"] == first.id
    assert desk.get(answer.location).status_code == 200
    make_reader("reader@example.org")
    page = desk.get(path(issue, "/check")).text
    assert "Er ontbreekt niets" in page
    assert "Keur deze nieuwsbrief goed" in page


def test_a_newsletter_of_what_is_coming_up_is_empty_when_nothing_is(desk):
    desk.post("/desk/newsletters/new", data={"coming": "1"})
    issue = db.session.scalars(select(Issue)).one()
    assert issue.blocks == []
    assert desk.get(path(issue, "/check")).status_code == 200


def test_blocks_are_kept_in_the_order_of_the_page(desk):
    issue = make_issue(
        blocks=[
            {"kind": "heading", "key": "1", "words": "a"},
            {"kind": "text", "key": "2", "words": "b"},
        ]
    )
    desk.post(path(issue), data=typed(issue, block=["2:text", "1:heading"]))
    assert [b["key"] for b in again(issue).blocks] == ["2", "1"]


def test_two_newsletters_of_the_same_name_have_their_own_address(desk):
    first, second = make_issue(), make_issue()
    for issue in (first, second):
        desk.post(path(issue), data=typed(issue, subject="Archive"))
    assert [again(first).slug, again(second).slug] == ["archive-2", "archive-3"]


def opened(desk, issue):
    """The editor, as a colleague has it open."""
    return form_on(desk.get(path(issue)), path(issue))


def form_on(answer, here):
    return next(form for form in forms_on(answer.text, here) if form.action == here)


def sent(desk, form, **changed):
    return desk.post(form.action, data=form.shown(**changed))


BOTH = "Een collega heeft dit gewijzigd terwijl u ermee bezig was"
TWO = ({"kind": "text", "key": "1", "words": "Een"}, {"kind": "text", "key": "2", "words": "Twee"})


def words(issue):
    return {block["key"]: block.get("words", "") for block in again(issue).blocks}


def test_a_save_over_somebody_elses_shows_both_and_can_be_sent_again(desk):
    issue = make_issue()
    mine = opened(desk, issue)
    sent(desk, opened(desk, issue), subject="Van een ander")
    answer = sent(desk, mine, subject="Van mij")
    assert answer.status_code == 409
    assert html.fromstring(answer.text).xpath("//input[@name='subject']/@value") == ["Van mij"]
    assert BOTH in answer.text
    assert "Van een ander" in answer.text
    assert again(issue).subject == "Van een ander"
    assert sent(desk, form_on(answer, path(issue))).status_code == 303
    assert again(issue).subject == "Van mij"


def test_two_who_write_in_different_blocks_both_keep_theirs(desk):
    issue = make_issue(blocks=[*TWO])
    mine = opened(desk, issue)
    sent(desk, opened(desk, issue), **{"b2-words": "Van haar"})
    sent(desk, opened(desk, issue), do="add:quote")
    assert sent(desk, mine, **{"b1-words": "Van mij"}).status_code == 303
    assert words(issue) == {"1": "Van mij", "2": "Van haar", "3": ""}


def test_a_block_added_to_an_older_page_stands_beside_that_of_a_colleague(desk):
    issue = make_issue(blocks=[*TWO])
    mine = opened(desk, issue)
    sent(desk, opened(desk, issue), do="add:quote")
    sent(desk, mine, do="add:heading")
    kinds = [block["kind"] for block in again(issue).blocks]
    assert kinds == ["text", "text", "quote", "heading"]


def test_a_block_that_a_colleague_took_out_and_i_wrote_in_is_asked_about(desk):
    issue = make_issue(blocks=[*TWO])
    mine = opened(desk, issue)
    sent(desk, opened(desk, issue), do="remove:2")
    answer = sent(desk, mine, **{"b2-words": "Van mij"})
    assert BOTH in answer.text
    assert words(issue) == {"1": "Een"}
    assert sent(desk, form_on(answer, path(issue))).status_code == 303
    assert words(issue) == {"1": "Een", "2": "Van mij"}


def test_a_block_that_i_took_out_and_a_colleague_wrote_in_is_asked_about(desk):
    issue = make_issue(blocks=[*TWO])
    mine = opened(desk, issue)
    sent(desk, opened(desk, issue), **{"b2-words": "Van haar"})
    data = mine.shown(block=["1:text"])
    answer = desk.post(path(issue), data={k: v for k, v in data.items() if k != "b2-words"})
    assert BOTH in answer.text
    assert words(issue) == {"1": "Een", "2": "Van haar"}
    assert sent(desk, form_on(answer, path(issue))).status_code == 303
    assert words(issue) == {"1": "Een"}


def test_too_many_words_are_refused_and_kept(desk):
    issue = make_issue()
    answer = desk.post(path(issue), data=typed(issue, **{"b1-words": "woord " * 2000}))
    assert "woord woord" in answer.text
    assert "Een blok bevat te veel woorden" in answer.text
    assert again(issue).blocks[0]["words"] == "Er is nieuws."


@pytest.mark.parametrize(
    "data",
    [
        {"block": ["1:evil", "x:text", "1:text:2", "99999999999:text", "1:text", "1:quote"]},
        {"theme": "99999999999999999999"},
        {"block": ["1:event"], "b1-event": "99999999999999999999", "b1-seen": "x:y"},
        {"block": ["1:event"], "b1-event": "", "b1-seen": f"{10**30}:{10**30}"},
        {"block": ["1:picture"], "b1-picture": "../../etc/passwd"},
        {"language": "de"},
        {"opened": "many"},
        {"do": "up:"}, {"do": "add:evil"}, {"do": "remove:99"}, {"do": ":::"},
        {"block": [f"{n}:text" for n in range(1, 200)]},
        {"subject": "\x00\ud7ff", "b1-words": "\x00"},
    ],
)  # fmt: skip
def test_an_odd_form_breaks_nothing(desk, data):
    issue = make_issue()
    assert desk.post(path(issue), data=typed(issue, **data)).status_code in (200, 303, 409, 422)
    assert desk.get(path(issue)).status_code == 200
    assert desk.post(path(issue, "/preview"), data=typed(issue, **data)).status_code == 200
    assert desk.get(path(issue, "/check")).status_code == 200


def test_a_picture_is_made_safe_kept_and_served_for_ever(desk, client):
    issue = make_issue(blocks=[{"kind": "picture", "key": "1"}])
    desk.post(path(issue), data=typed(issue, **{"b1-upload": picture_file(), "b1-alt": "Zaal"}))
    kept = db.session.scalars(select(Picture)).one()
    assert again(issue).blocks[0]["picture"] == kept.key
    assert (kept.width, kept.height, kept.mime) == (1200, 675, "image/jpeg")
    answer = client.get(f"/newsletter/pictures/{kept.key}")
    assert answer.mimetype == "image/jpeg"
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.data[:2] == b"\xff\xd8"


def test_no_other_file_is_served_as_a_picture(client):
    from events_app.core import files

    assert client.get(f"/newsletter/pictures/{files.keep(b'secret')}").status_code == 404


def test_a_file_that_is_no_picture_is_refused_and_the_rest_is_kept_in_the_form(desk):
    issue = make_issue(blocks=[{"kind": "picture", "key": "1"}])
    bad = (io.BytesIO(b"not a picture"), "x.png")
    answer = desk.post(path(issue), data=typed(issue, **{"b1-upload": bad, "b1-alt": "Een zaal"}))
    assert answer.status_code == 422
    assert 'value="Een zaal"' in answer.text
    assert again(issue).blocks == [{"kind": "picture", "key": "1"}]


def test_the_preview_shows_what_is_typed_and_saves_nothing(desk):
    issue = make_issue()
    data = typed(issue, subject="Nog niet bewaard")
    answer = desk.post(path(issue, "/preview"), data=data)
    assert "Nog niet bewaard" in answer.text
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "script-src 'none'" in answer.headers["Content-Security-Policy"]
    dark = desk.post(path(issue, "/preview"), data=data | {"dark": "1"}).text
    assert "@media not all" in answer.text
    assert "@media all" in dark
    assert "prefers-color-scheme" not in answer.text + dark
    plain = desk.post(path(issue, "/preview"), data=data | {"view": "text"})
    assert "<pre>Nog niet bewaard" in plain.text
    assert again(issue).subject == "Nieuws van de planken"
    assert "Nieuws van de planken" in desk.get(path(issue, "/preview")).text


def test_a_test_letter_goes_to_the_editor_alone(app):
    editor = signed_in(app, Role.EDITOR)
    issue = make_issue()
    answer = editor.post(path(issue, "/test"), data={"back": "//evil.example"})
    assert answer.location == "/"
    (letter,) = letters_to("editor@example.org")
    assert letter.body.subject == "[Proef] Nieuws van de planken"
    assert letter.slots["unsubscribe"][1] == "http://localhost/unsubscribe/test"


def test_an_event_that_changed_is_marked_until_someone_has_looked(desk):
    event = make_event()
    issue = make_issue(blocks=[event_block(event)])
    assert "Een bijeenkomst is veranderd" not in desk.get("/desk/newsletters/").text
    with saving():
        event.title = {"nl": "Een nieuwe titel"}
        event.revision += 1
    assert "Een bijeenkomst is veranderd" in desk.get("/desk/newsletters/").text
    assert "Een nieuwe titel" in desk.get(path(issue, "/preview")).text
    assert "is veranderd sinds dit blok is gemaakt" in desk.get(path(issue, "/check")).text
    desk.post(path(issue), data=typed(issue))
    assert again(issue).blocks[0]["seen"] != mark_of(event)
    desk.post(path(issue), data=typed(again(issue), **{"b1-looked": "y"}))
    assert again(issue).blocks[0]["seen"] == mark_of(event)
    assert "is veranderd sinds" not in desk.get(path(issue, "/check")).text


TICK = "Ik heb gekeken: dit blok klopt"
ASKS = "Bekijk het blok en vink aan dat het klopt."
UNFIT = (
    "“Een nieuwe titel” gaat niet door. Haal het blok weg.",
    "“Een nieuwe titel” is niet openbaar. Publiceer de bijeenkomst eerst.",
)


@pytest.mark.once
@pytest.mark.parametrize("becomes", Status)
def test_the_editor_offers_what_the_check_asks_for(desk, becomes):
    event = make_event()
    issue = make_issue(blocks=[event_block(event)])
    with saving():
        event.status, event.title = becomes, {"nl": "Een nieuwe titel"}
    editor, check = (said(desk.get(path(issue, page))) for page in ("", "/check"))
    assert (TICK in editor) is (ASKS in check)
    assert [words in editor for words in UNFIT] == [words in check for words in UNFIT]
    is_choice = "Deze bijeenkomst bestaat niet meer. Kies een andere." in check
    assert is_choice is (becomes is Status.ARCHIVED)
    assert is_choice or ASKS in check or any(words in check for words in UNFIT)


def test_choosing_another_event_takes_it_as_it_is_now(desk):
    first, second = make_event(), make_event(revision=5)
    issue = make_issue(blocks=[event_block(first)])
    desk.post(path(issue), data=typed(issue, **{"b1-event": str(second.id)}))
    assert again(issue).blocks[0] | {} == {
        "kind": "event", "key": "1", "event": second.id, "note": "", "seen": mark_of(second),
    }  # fmt: skip


def test_a_copy_is_a_new_draft_with_the_same_blocks(desk, noon):
    event = make_event()
    issue = make_issue(blocks=[event_block(event, note="Kom")])
    with saving():
        event.title = {"nl": "Intussen"}
    noon.set(NOON + timedelta(days=30))
    answer = desk.post(path(issue, "/copy"))
    made = db.session.scalars(select(Issue).order_by(Issue.id.desc())).first()
    assert answer.location == path(made)
    assert made.status is IssueStatus.DRAFT
    assert made.slug == "nieuws-van-de-planken"
    assert made.blocks[0]["note"] == "Kom"
    assert made.blocks[0]["seen"] == mark_of(event)


def test_an_edit_ends_the_approval(app, desk):
    make_reader()
    issue = approved_issue(desk.staff)
    page = desk.get(path(issue)).text
    assert "Een wijziging trekt de goedkeuring in" in page
    desk.post(path(issue), data=typed(issue))
    assert again(issue).status is IssueStatus.APPROVED
    desk.post(path(issue), data=typed(issue, preheader="Anders."))
    issue = again(issue)
    assert (issue.status, issue.content_hash, issue.approved_by_id) == (
        IssueStatus.DRAFT,
        None,
        None,
    )
    verbs = db.session.scalars(select(JournalEntry.verb).order_by(JournalEntry.id)).all()
    assert verbs == ["newsletters.approved", "newsletters.approval_voided"]


def test_a_draft_can_be_thrown_away(desk):
    issue = make_issue()
    desk.post(path(issue, "/throw-away"))
    assert again(issue) is None


def test_the_door_may_not_write_and_an_editor_may_not_send(app):
    issue = make_issue()
    door, editor = signed_in(app, Role.DOOR), signed_in(app, Role.EDITOR)
    assert door.get("/desk/newsletters/").status_code == 403
    for page in ("", "/check", "/preview"):
        assert door.get(path(issue, page)).status_code == 403
        assert editor.get(path(issue, page)).status_code == 200
    for act in (
        "approve",
        "send",
        "schedule",
        "unschedule",
        "take-back",
        "pause",
        "resume",
        "cancel",
    ):
        assert editor.post(path(issue, f"/{act}")).status_code == 403
    assert "Een organisator keurt" in editor.get(path(issue, "/check")).text


def shown(page):
    """What the editor's page sends when nobody changes anything."""
    form = next(each for each in forms_on(page, "/x") if each.method == "POST" and each.texts)
    fields = [each for each in form.fields if each.kind != "file" and each.name != "dark"]
    data = {}
    for each in fields:
        data.setdefault(each.name, []).append(each.value)
    return data


def begun(desk, how):
    """A new issue, as each button of the desk makes one; its id."""
    if how == "copy":
        samples = [block.sample() | {"key": str(n)} for n, block in enumerate(BLOCKS.values())]
        words = [{k: v if k == "event" else str(v) for k, v in each.items()} for each in samples]
        source = make_issue(blocks=words)
        answer = desk.post(path(source, "/copy"))
    else:
        answer = desk.post("/desk/newsletters/new", data={"coming": "1"} if how else {})
    return int(answer.location.rpartition("/")[2])


@pytest.mark.parametrize(
    ("step", "how"), dealt(["", *(f"add:{kind}" for kind in BLOCKS)], ["", "coming", "copy"])
)
def test_every_block_that_the_editor_shows_is_read_back(desk, how, step):
    for number in range(3):
        make_event(f"Op de Bühne {number}", summary="Wat wij leren. " * 30)
    issue = db.session.get(Issue, begun(desk, how))
    before = [dict(block) for block in issue.blocks]
    answer = desk.post(path(issue), data=shown(desk.get(path(issue)).text) | {"do": step})
    assert answer.status_code == 303
    kept = again(issue).blocks
    assert [dict(block) for block in kept[: len(before)]] == before
    assert len(kept) == len(before) + bool(step)


def test_a_long_title_begins_a_newsletter_shortened_where_everybody_sees_it(desk):
    make_event("Vakmensen " * 18, summary="Wat wij leren. " * 30)
    issue = db.session.get(Issue, begun(desk, "coming"))
    assert len(issue.subject) <= 150
    assert issue.subject.endswith("Vakmensen…")
    assert issue.preheader.endswith("…")
    assert desk.post(path(issue), data=shown(desk.get(path(issue)).text)).status_code == 303


def test_a_newsletter_that_is_full_says_so_and_loses_no_block(desk):
    full = [{"kind": "heading", "key": str(n), "words": f"Kop {n}"} for n in range(MOST_BLOCKS)]
    issue = make_issue(blocks=full)
    answer = desk.post(path(issue), data=typed(issue, do="add:text"))
    assert "In een nieuwsbrief passen 60 blokken. Haal er eerst een weg." in answer.text
    assert answer.text.count('name="block"') == MOST_BLOCKS
    assert len(again(issue).blocks) == MOST_BLOCKS
