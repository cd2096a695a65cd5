"""Where the pictures are taken: every page, in every state that looks different."""

from collections.abc import Callable
from dataclasses import dataclass

from events_app.accounts.models import StaffMember
from events_app.contacts import queries as contacts
from events_app.contacts.models import Organisation, Person
from events_app.core import clock
from events_app.delivery.models import OutboxMessage
from events_app.events import queries as events
from events_app.events.models import Event, EventSeries, Preset, Status, Venue
from events_app.invitations.models import Ambassador, Invitation
from events_app.kits.models import Kit
from events_app.newsletters.models import Issue, IssueStatus, Subscription
from events_app.registrations import queries as registrations
from events_app.registrations.models import Registration, Transfer, TransferStatus
from events_app.registrations.questions import KINDS
from events_app.themes.models import Theme
from tests.look import states
from tests.look.house import personal

NO_PAGE = frozenset({
    "static", "core.asset", "contacts.logo", "contacts_desk.organisations_csv",
    "people_desk.people_csv", "site_desk.export",
    "registrations.calendar", "events.ics", "events.feed_ics", "events.feed_atom",
    "newsletters.feed", "newsletters.picture", "kits.archive", "kits.file", "kits.follow",
    "kits.card", "kits.series_card", "site.card", "newsletters.card", "kits_desk.archive",
    "kits_desk.file", "delivery_desk.attachment", "delivery_desk.raw", "delivery_desk.html",
    "delivery_desk.sample_html", "events.picture", "events.cover", "events.drawing",
    "newsletters_desk.preview", "api.health", "api.figures", "api.robots", "api.security",
    "api.sitemap", "api.sitemap_part",
})  # fmt: skip
"""What is fetched by programs, or stands in a page that has its picture."""


@dataclass(frozen=True)
class Place:
    group: str
    name: str
    path: str
    endpoint: str = ""
    act: Callable | None = None
    """What is done on the page before the picture."""
    is_light: bool = False
    """Only in light: a second language has no look of its own."""

    @property
    def is_staff(self):
        return self.group == "desk"


def without_picture(house, seen):
    """Endpoints that answer GET, are pages, and were not photographed."""
    pages = {rule.endpoint for rule in house.app.url_map.iter_rules() if "GET" in rule.methods}
    return pages - NO_PAGE - set(seen)


def all_of(house):
    """In this order, since the first ones show the house as the demo leaves it."""
    spot = Spots(house)
    yield from _front(spot)
    made = states.events()
    yield from _public(spot, made)
    yield from _personal(spot, made)
    yield from _partner(spot)
    yield from _ambassador(spot)
    yield from _desk(spot, made)


class Spots:
    def __init__(self, house):
        self.house = house

    def __call__(self, group, endpoint, called="", *, act=None, query="", **values):
        path = self.house.path(endpoint, **values) + (f"?{query}" if query else "")
        known = called or endpoint.replace("_desk.", "-").replace(".", "-")
        return Place(group, known, path, endpoint, act, is_light="lang=en" in query)


def _ask(email, *then):
    """What is held on an address, and what is pressed there."""

    def act(page):
        page.get_by_role("main").locator("#email").fill(email)
        page.get_by_role("main").get_by_role("button", name="Toon").click()
        for words in then:
            page.get_by_text(words, exact=True).first.click()

    return act


def _press(words):
    return lambda page: page.get_by_role("main").get_by_role("button", name=words).first.click()


def _party(page):
    """Of more people than there are places left."""
    _trapped(page, "", "Bo", "Kim")


def _trapped(page, trap="https://example.org/", *guests):
    """The form as some browsers fill it in."""
    main = page.get_by_role("main")
    main.locator("#name").fill("Ana Vermeulen")
    main.locator("#email").fill("ana.party@example.org")
    for number, guest in enumerate(guests, 1):
        main.locator(f"#guest_{number}").fill(guest)
    main.locator("#nothing_here").fill(trap, force=True)
    _press("Aanmelden")(page)


def _clashing(event):
    """A colleague saves while the form is open."""

    def act(page):
        page.get_by_label("Titel in het Nederlands", exact=True).fill("Vakmensen aan boord")
        states.saved_meanwhile(event)
        _press("Opslaan")(page)

    return act


def _draft(page):
    """A new event that nobody saw, and the question whether to remove it."""
    page.get_by_label("Titel in het Nederlands", exact=True).fill("Nog een middag op de planken")
    page.get_by_label("Begin", exact=True).fill("2027-09-09T13:00")
    page.get_by_label("Einde", exact=True).fill("2027-09-09T17:00")
    _press("Opslaan")(page)
    _press("Dit concept verwijderen")(page)


def _both(spot, group, endpoint, called="", **more):
    """In Dutch and in English."""
    dutch = spot(group, endpoint, called, **more)
    yield dutch
    yield spot(group, endpoint, f"{dutch.name}-en", query="lang=en", **more)


def _front(spot):
    house = spot.house
    coming = events.coming(clock.now(), 1)[0]
    for endpoint in ("site.home", "events.agenda"):
        yield from _both(spot, "public", endpoint)
    yield spot("public", "events.agenda", "agenda-past", query="past=1")
    yield spot("public", "events.agenda", "agenda-nothing", query="q=zeppelin")
    series = house.first(EventSeries)
    yield from _both(spot, "public", "events.series", slug=series.slug)
    wanted = {
        "event-next": Event.id == coming.id,
        "event-conference": Event.preset == Preset.CONFERENCE,
        "event-past": Event.status == Status.DONE,
    }
    for name, condition in wanted.items():
        event = house.first(Event, condition)
        yield from _both(spot, "public", "events.show", name, slug=event.slug)
    conference = house.first(Event, Event.preset == Preset.CONFERENCE)
    for slug, name in ((coming.slug, "register"), (conference.slug, "register-conference")):
        yield from _both(spot, "public", "registrations.register", name, slug=slug)
    yield spot(
        "public", "registrations.register", "register-mistakes", slug=conference.slug,
        act=_press("Aanmelden"),
    )  # fmt: skip
    yield spot("public", "registrations.received", slug=coming.slug)


def _public(spot, made):
    for state, event in made.items():
        yield spot("public", "events.show", f"event-{state}", slug=event.slug)
    for state in ("waiting", "few", "full", "closed", "not-yet", "long-words", "mixed"):
        yield spot("public", "registrations.register", f"register-{state}", slug=made[state].slug)
    for name, act in (("register-choose", _party), ("register-trap", _trapped)):
        yield spot("public", "registrations.register", name, act=act, slug=made["few"].slug)
    yield spot("public", "events.agenda", "agenda-states")
    for page in ("about", "privacy", "accessibility", "partners", "contact", "security"):
        yield from _both(spot, "public", f"site.{page}")
    yield spot("public", "site.contact", "contact-mistakes", act=_press("Verstuur"))
    yield spot("public", "newsletters.subscribe")
    yield spot("public", "newsletters.subscribe", "subscribe-mistakes", act=_press("Aanmelden"))
    yield spot("public", "newsletters.asked")
    yield spot("public", "newsletters.archive")
    issue = spot.house.first(Issue, Issue.status == IssueStatus.DONE)
    yield spot("public", "newsletters.web", slug=issue.slug)
    yield spot("public", "accounts.sign_in")
    yield spot("public", "accounts.link_sent")
    yield spot("public", "accounts.link", token="no-good")
    yield spot("public", "kits.ask_link")
    yield spot("public", "invitations.ask_link")
    yield Place("public", "error-404", "/nowhere")


def _personal(spot, made):
    for state, found in states.people(made).items():
        token = personal("registration", found.contact)
        yield spot("personal", "registrations.show", f"registration-{state}", token=token)
    party = spot.house.first(Registration, Registration.party_size > 1)
    token = personal("registration", party.contact)
    yield from _both(spot, "personal", "registrations.show", "registration-guests", token=token)
    been = spot.house.first(Registration, Registration.event.has(Event.status == Status.DONE))
    yield spot(
        "personal", "registrations.show", "registration-past",
        token=personal("registration", been.contact),
    )  # fmt: skip
    coming = spot.house.first(
        Registration, Registration.status == "confirmed",
        Registration.event.has(Event.preset == Preset.CONFERENCE),
    )  # fmt: skip
    token = personal("registration", coming.contact)
    for endpoint in ("registrations.change", "registrations.address", "registrations.hand_over"):
        yield spot("personal", endpoint, token=token)
    asked = spot.house.first(Transfer, Transfer.status == TransferStatus.ASKED)
    token = personal("registration", asked.participant)
    yield from _both(spot, "personal", "registrations.show", "registration-offers", token=token)
    for status in (TransferStatus.ASKED, TransferStatus.TAKEN):
        token = personal("transfer", spot.house.first(Transfer, Transfer.status == status))
        yield spot("personal", "registrations.transfer", f"transfer-{status}", token=token)
    token = personal("subscription", spot.house.first(Subscription))
    yield from _both(spot, "personal", "newsletters.preferences", token=token)
    yield spot("personal", "newsletters.unsubscribe", token=token)
    yield spot("personal", "newsletters.confirm", token="no-good")
    yield spot("personal", "privacy.erased")
    ambassador = spot.house.first(Ambassador)
    for state, found in states.invited(made["online"], ambassador).items():
        token = personal("invitation", found)
        yield spot("personal", "invitations.show", f"invitation-{state}", token=token)
    token = personal("invitation", spot.house.first(Invitation, Invitation.status == "sent"))
    yield spot("personal", "invitations.accept", token=token)


def _partner(spot):
    code = spot.house.first(Kit).code
    for number, partner in enumerate(contacts.partners()[:2], 1):
        token = personal("partner", partner)
        yield from _both(spot, "partner", "kits.partner", f"partner-{number}", token=token)
        yield from _both(spot, "partner", "kits.kit", f"kit-{number}", token=token, code=code)


def _ambassador(spot):
    token = personal("ambassador", spot.house.first(Ambassador))
    yield from _both(spot, "ambassador", "invitations.ambassador", token=token)


def _desk(spot, made):
    for endpoint in sorted(_without_a_key(spot.house)):
        yield spot("desk", endpoint)
    for endpoint, values in _rows(spot.house, made):
        yield spot("desk", endpoint, **values)
    yield spot("desk", "events_desk.index", "events-nothing", query="q=zeppelin")
    yield spot("desk", "events_desk.new", "events-mistakes", act=_press("Opslaan"))
    event = made["bare"]
    yield spot("desk", "events_desk.edit", "events-clash", act=_clashing(event), id=event.id)
    yield spot("desk", "events_desk.new", "events-remove-draft", act=_draft)
    doubt = f"campaign={states.in_doubt()}"
    yield spot("desk", "delivery_desk.uncertain", "delivery-uncertain-issue", query=doubt)
    yield spot("desk", "site_desk.today", "accounts-home-en", query="lang=en")
    known = spot.house.first(Ambassador).person.email
    yield spot("desk", "privacy_desk.look", "privacy-held", act=_ask(known))
    yield spot("desk", "privacy_desk.look", "privacy-wipe", act=_ask(known, "Wissen"))


def _without_a_key(house):
    """The desk's pages that need no row."""
    return (
        {
            rule.endpoint
            for rule in house.app.url_map.iter_rules()
            if "_desk." in rule.endpoint and "GET" in rule.methods and not rule.arguments
        }
        - NO_PAGE
        - {"delivery_desk.uncertain"}
    )


def _rows(house, made):
    event = house.first(Event, Event.preset == Preset.CONFERENCE)
    person = house.first(Registration, Registration.event_id == event.id)
    ambassador, kit = house.first(Ambassador), house.first(Kit)
    organisation = house.first(Organisation, Organisation.is_partner)
    draft = house.first(Issue, Issue.status == IssueStatus.DRAFT)
    sent = house.first(Issue, Issue.status == IssueStatus.DONE)
    yield "accounts_desk.colleague", {"key": house.first(StaffMember, StaffMember.id > 1).id}
    for page in ("organisation", "edit_organisation", "logo"):
        yield f"contacts_desk.{page}", {"key": organisation.id}
    for page in ("person", "edit"):
        yield f"people_desk.{page}", {"key": house.first(Person).id}
    yield "delivery_desk.letter", {"key": house.first(OutboxMessage).id}
    yield "delivery_desk.sample", {"room": "registrations", "name": "confirmed"}
    yield "site_desk.event", {"id": event.id}
    for page in ("edit", "copy"):
        yield f"events_desk.{page}", {"id": event.id}
    yield "events_desk.stop", {"id": event.id, "outcome": "cancel"}
    yield "invitations_desk.edit", {"key": ambassador.id}
    yield "invitations_desk.invite", {"key": ambassador.id, "event_id": event.id}
    for page in ("show", "edit"):
        yield f"kits_desk.{page}", {"id": kit.id}
    for page in ("edit", "check"):
        yield f"newsletters_desk.{page}", {"id": draft.id}
    yield "newsletters_desk.report", {"id": sent.id}
    for page in ("people", "settings", "kinds"):
        yield f"registrations_desk.{page}", {"event_id": event.id}
    for kind in KINDS:
        yield "registrations_desk.add_question", {"event_id": event.id, "kind": kind}
    question = registrations.form_of(event.id).questions[0]
    yield "registrations_desk.question", {"event_id": event.id, "id": question.id}
    yield "registrations_desk.add_options", {"event_id": event.id}
    for group in registrations.form_of(event.id).option_groups:
        yield "registrations_desk.options", {"event_id": event.id, "id": group.id}
    yield "site_desk.registration", {"event_id": event.id, "id": person.id}
    yield "themes_desk.add", {"kind": "sector"}
    yield "themes_desk.edit", {"key": house.first(Theme).id}
    yield "venues_desk.venue", {"id": house.first(Venue).id}
    yield "venues_desk.series", {"id": house.first(EventSeries).id}
