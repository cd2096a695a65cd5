from events_app.contacts.models import OwnPage
from events_app.core import links, text, tokens
from events_app.core.letters import Letter, Names, Stream, Url, write
from events_app.delivery.rules import named
from events_app.events.rules import location
from events_app.invitations.models import Ambassador, Invitation
from events_app.invitations.queries import INVITATION
from events_app.registrations.rules import Places, Prospect, State


def invitation(invitation: Invitation, ambassador: Ambassador, places: Places) -> Letter:
    """The personal letter, in the ambassador's name; answers go to the ambassador.

    `places`: what there is for this guest, who reads it before saying yes.
    """
    event, person = invitation.event, ambassador.person
    with text.speaking(invitation.language):
        link = links.to("invitations.show", token=tokens.derived(INVITATION, invitation.seed))
        values = {
            "name": invitation.name,
            "ambassador": Names(named(person.name, email=person.email)),
            "title": text.local(ambassador.title),
            "words": invitation.words,
            "event": text.local(event.title),
            "summary": text.local(event.summary),
            "when": text.span(event.starts_at, event.ends_at, event.timezone),
            "place": location(event),
            "source": invitation.address_source,
            "is_full": places.prospect is Prospect.LINE,
            "is_online_left": places.prospect is Prospect.ONLINE,
            "has_line": places.state is State.WAITING,
            "link": Url(link),
        }
    return write(
        "invitations/invitation",
        to=invitation.email,
        to_name=invitation.name,
        language=invitation.language,
        stream=Stream.PERSONAL,
        reply_to=person.email,
        values=values,
    )


def ambassador_link(ambassador: Ambassador) -> Letter:
    person = ambassador.person
    with text.speaking(person.language):
        link = links.to(
            "invitations.ambassador", token=tokens.derived(OwnPage.AMBASSADOR, ambassador.seed)
        )
    return write(
        "invitations/ambassador_link",
        to=person.email,
        to_name=person.name,
        language=person.language,
        values={"name": person.name, "link": Url(link)},
    )
