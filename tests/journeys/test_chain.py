"""The chain from an event to its readers, as people walk it: by pages and letters only."""

import re
import urllib.request
from datetime import UTC, datetime

import pytest
import vobject
from playwright.sync_api import expect

from tests.journeys import walks
from tests.journeys.conftest import calendars_in, links_in, look, text_of
from tests.journeys.walks import YEAR, field, to
from tests.readers import events

pytestmark = pytest.mark.browser

TITLE = "Op de Bühne: vakmensen voor de energietransitie"
VENUE = {
    "Naam": "De Machinekamer", "Straat en nummer": "Kade 1", "Postcode": "1234 AB",
    "Plaats": "Zwolle", "Toegankelijkheid, in het Nederlands": "Lift en ringleiding.",
    "Toegankelijkheid, in het Engels": "Lift and hearing loop.",
}  # fmt: skip
STARTS, ENDS = (datetime(YEAR, 6, 18, hour, 30 * (hour == 15), tzinfo=UTC) for hour in (11, 15))
"""13.00-17.30 uur in Amsterdam, in summer."""
SUBJECT = "Op het podium in juni"


def test_the_whole_chain(desk, mailbox, visit):
    look(desk)
    event = an_event_goes_public(desk, visit)
    ana, confirmed = the_first_gets_the_place(event, mailbox, visit)
    the_second_waits(event, mailbox, visit)
    the_first_cancels(ana, confirmed, mailbox)
    the_second_takes_the_place(mailbox, visit)
    more_places(desk)
    ambassador = an_ambassador_is_appointed(desk, mailbox, visit)
    guests_are_invited(ambassador)
    one_guest_accepts(mailbox, visit)
    another_declines(mailbox, visit)
    the_ambassador_sees_both(ambassador)
    look_at_the_desks_lists(desk)
    reader = a_reader_subscribes(mailbox, visit)
    an_issue_is_written(desk)
    an_issue_is_sent(desk, mailbox)
    the_issue_can_be_read_on_the_site(visit)
    one_click_unsubscribes(mailbox, reader)
    the_pages_around_can_be_read(visit)


def an_event_goes_public(desk, visit):
    """Gives the address of its page."""
    walks.draft(
        desk, TITLE, english="On stage: people for the energy transition",
        day=f"{YEAR}-06-18", venue=VENUE,
    )  # fmt: skip
    look(desk)
    walks.publish(desk)
    desk.get_by_role("link", name="Open de aanmelding").click()
    look(desk)
    walks.set_places(desk, 1)
    look(desk)

    visitor = visit()
    visitor.goto("/")
    look(visitor)
    visitor.get_by_role("navigation", name="Hoofdmenu").get_by_role("link", name="Agenda").click()
    look(visitor)
    visitor.get_by_role("link", name=TITLE).click()
    expect(visitor.get_by_role("main")).to_contain_text(f"18 juni {YEAR}")
    expect(visitor.get_by_role("main")).to_contain_text("13.00\u2060–\u206017.30 uur")
    expect(visitor.get_by_role("main")).to_contain_text("Lift en ringleiding.")
    look(visitor)
    address = visitor.url
    visitor.get_by_role("link", name="English").click()
    expect(visitor.get_by_role("main")).to_contain_text("Lift and hearing loop.")
    expect(visitor.get_by_role("heading", level=1)).to_contain_text("On stage")
    look(visitor)
    return address


def the_first_gets_the_place(event, mailbox, visit):
    """Gives their page and the letter."""
    ana = visit()
    ana.goto(event)
    ana.get_by_role("link", name="Aanmelden", exact=True).click()
    look(ana)
    walks.register(ana, name="Ana Demo", email="ana@example.org")
    expect(ana.get_by_role("main")).to_contain_text("Er is plaats voor u")
    look(ana)
    letter = walks.own_page(ana, mailbox, email="ana@example.org")
    expect(ana.get_by_role("main")).to_contain_text("U hebt een plaats")
    look(ana)
    assert letter["Subject"] == f"U hebt een plaats: {TITLE}"
    uid, sequence = entry(letter, "REQUEST", status="CONFIRMED")
    assert sequence == 0
    assert "ana@example.org" not in uid
    return ana, letter


def entry(letter, method, *, status):
    """UID and SEQUENCE, once both foreign parsers have read all else alike."""
    part = next(p for p in letter.walk() if p.get_content_type() == "text/calendar")
    assert part["Content-Type"].params["method"] == method
    text = part.get_content()
    (attached,) = letter.iter_attachments()
    assert attached.get_content().decode() == text
    assert vobject.readOne(text).method.value == method
    (read,) = events(text)
    assert (read.starts_at, read.ends_at) == (STARTS, ENDS)
    assert read.status == status
    return read.uid, read.sequence


def the_second_waits(event, mailbox, visit):
    ben = visit()
    ben.goto(event)
    ben.get_by_role("link", name="Zet mij op de wachtlijst").click()
    look(ben)
    walks.register(ben, name="Ben Demo", email="ben@example.org")
    expect(ben.get_by_role("main")).to_contain_text("Er is nu geen plaats vrij")
    look(ben)
    letter = walks.own_page(ben, mailbox, email="ben@example.org")
    expect(ben.get_by_role("main")).to_contain_text("U bent nummer 1 op de wachtlijst")
    look(ben)
    assert letter["Subject"] == f"U staat op de wachtlijst: {TITLE}"
    assert calendars_in(letter) == []


def the_first_cancels(ana, confirmed, mailbox):
    """By the personal page, from the link in the letter."""
    ana.goto(links_in(confirmed, "/registration/")[0])
    ana.get_by_text("Uw aanmelding annuleren").click()
    look(ana)
    ana.get_by_role("button", name="Annuleer mijn aanmelding").click()
    expect(ana.get_by_role("main")).to_contain_text("Uw aanmelding is geannuleerd")
    look(ana)
    letter = mailbox.wait("ana@example.org", 2)
    uid, sequence = entry(confirmed, "REQUEST", status="CONFIRMED")
    assert entry(letter, "CANCEL", status="CANCELLED") == (uid, sequence + 1)


def the_second_takes_the_place(mailbox, visit):
    offer = mailbox.wait("ben@example.org", 2)
    assert offer["Subject"] == f"Een plaats voor u: {TITLE}"
    ben = visit()
    ben.goto(links_in(offer, "/registration/")[0])
    look(ben)
    ben.get_by_role("button", name="Neem de plaats aan").click()
    expect(ben.get_by_role("status")).to_contain_text("De plaats is van u")
    look(ben)
    assert entry(mailbox.wait("ben@example.org", 3), "REQUEST", status="CONFIRMED")[1] == 0


def more_places(desk):
    to(desk, "Aanmeldingen")
    look(desk)
    desk.get_by_role("link", name=TITLE).click()
    look(desk)
    desk.get_by_role("link", name="Formulier en plaatsen").click()
    walks.set_places(desk, 3)


def an_ambassador_is_appointed(desk, mailbox, visit):
    """Gives a browser at their own page."""
    to(desk, "Ambassadeurs")
    look(desk)
    desk.get_by_role("link", name="Nieuwe ambassadeur").first.click()
    look(desk)
    walks.appoint(desk, name="Vera Voorbeeld", email="vera@example.org")
    look(desk)
    vera = visit()
    vera.goto(links_in(mailbox.wait("vera@example.org"), "/ambassador/")[0])
    expect(vera.get_by_role("heading", level=1)).to_have_text("Welkom, Vera Voorbeeld")
    look(vera)
    return vera


def guests_are_invited(vera):
    for name in ("Gijs", "Nel"):
        walks.invite(vera, name=f"{name} Gast", email=f"{name.lower()}@example.org")


def one_guest_accepts(mailbox, visit):
    gijs = visit()
    letter = mailbox.wait("gijs@example.org")
    assert letter["Subject"] == f"Vera Voorbeeld nodigt u uit voor {TITLE}"
    assert "Kom je ook?" in text_of(letter)
    assert "collega in de regio" in text_of(letter)
    gijs.goto(links_in(letter, "/invitation/")[0])
    look(gijs)
    gijs.get_by_role("link", name="Ja, ik kom").click()
    expect(field(gijs, "Naam")).to_have_value("Gijs Gast")
    expect(field(gijs, "E-mailadres")).to_have_value("gijs@example.org")
    look(gijs)
    gijs.get_by_role("main").get_by_role("button", name="Aanmelden").click()
    expect(gijs.get_by_role("main")).to_contain_text("Er is plaats voor u")
    entry(mailbox.wait("gijs@example.org", 2), "REQUEST", status="CONFIRMED")


def another_declines(mailbox, visit):
    nel = visit()
    nel.goto(links_in(mailbox.wait("nel@example.org"), "/invitation/")[0])
    nel.get_by_role("button", name="Nee, ik kom niet").click()
    expect(nel.get_by_role("main")).to_contain_text("U komt niet")
    look(nel)


def the_ambassador_sees_both(vera):
    vera.reload()
    sent = vera.get_by_role("table", name="Verstuurde uitnodigingen")
    expect(sent.get_by_role("row", name="Gijs Gast")).to_contain_text("Komt")
    expect(sent.get_by_role("row", name="Nel Gast")).to_contain_text("Komt niet")
    look(vera)


def look_at_the_desks_lists(desk):
    to(desk, "Ambassadeurs")
    look(desk)
    to(desk, "Aanmeldingen")
    desk.get_by_role("link", name=TITLE).click()
    for name in ("Ben Demo", "Gijs Gast"):
        expect(desk.get_by_role("row", name=name)).to_contain_text("Bevestigd")
    expect(desk.get_by_role("row", name="Ana Demo")).to_contain_text("Geannuleerd")
    look(desk)
    desk.get_by_role("link", name="Gijs Gast").click()
    look(desk)


def a_reader_subscribes(mailbox, visit):
    """Gives a browser at the page of their choices."""
    reader = visit()
    reader.goto("/newsletter/")
    look(reader)
    walks.subscribe(reader, name="Lena Lezer", email="lena@example.org")
    look(reader)
    letter = mailbox.wait("lena@example.org")
    reader.goto(links_in(letter, "/newsletter/confirm/")[0])
    look(reader)
    assert len(mailbox.to("lena@example.org")) == 1  # nothing but the question before the click
    reader.get_by_role("button", name="Ja, meld mij aan").click()
    expect(reader.get_by_role("status")).to_contain_text("U bent aangemeld")
    expect(field(reader, "Energie")).to_be_checked()
    look(reader)
    mailbox.wait("lena@example.org", 2)
    return reader


def an_issue_is_written(desk):
    to(desk, "Nieuwsbrieven")
    look(desk)
    walks.write_issue(desk, SUBJECT, event=TITLE)
    preview = desk.frame_locator("iframe#preview")
    expect(preview.locator("body")).to_contain_text(TITLE)
    expect(preview.locator("body")).to_contain_text("een middag vol")
    walks.save_issue(desk)
    look(desk)


def an_issue_is_sent(desk, mailbox):
    desk.get_by_role("link", name="Controleren en versturen").click()
    look(desk)
    desk.get_by_role("button", name="Stuur mij een proefmail").click()
    test = mailbox.wait("owner@example.org")
    assert test["Subject"] == f"[Proef] {SUBJECT}"
    assert TITLE in text_of(test)

    walks.approve(desk)
    look(desk)
    walks.send(desk, readers="1 lezer")
    mailbox.wait("lena@example.org", 3)
    desk.reload()
    expect(desk.get_by_role("main")).to_contain_text("Verstuurd")
    look(desk)


def the_issue_can_be_read_on_the_site(visit):
    visitor = visit()
    visitor.goto("/newsletter/")
    visitor.get_by_role("link", name="Lees eerdere nieuwsbrieven").click()
    look(visitor)
    visitor.get_by_role("link", name=SUBJECT).click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text(SUBJECT)
    expect(visitor.get_by_role("main")).to_contain_text(TITLE)
    look(visitor)


def one_click_unsubscribes(mailbox, reader):
    """As a mail program does it: one POST, no cookie, no page before it."""
    letter = mailbox.to("lena@example.org")[2]
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    web, _mail = re.findall(r"<([^>]+)>", letter["List-Unsubscribe"])
    body = b"List-Unsubscribe=One-Click"
    with urllib.request.urlopen(urllib.request.Request(web, data=body), timeout=10) as answer:
        assert (answer.status, answer.url) == (200, web)
    reader.reload()
    expect(reader.get_by_role("main")).to_contain_text("U bent niet aangemeld")
    look(reader)


def the_pages_around_can_be_read(visit):
    visitor = visit()
    for path in walks.AROUND:
        assert visitor.goto(path).ok
        look(visitor)
