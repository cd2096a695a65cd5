from dataclasses import replace

from events_app.accounts.models import StaffMember
from events_app.contacts.models import Person
from events_app.core import links, render, text, tokens
from events_app.core.letters import Body, Letter, Stream, Url, bound, write
from events_app.newsletters import blocks
from events_app.newsletters.blocks import Scene
from events_app.newsletters.models import Issue, Subscription, SubscriptionRequest
from events_app.newsletters.rules import LINK, TEST, Draft, Hold


def confirm_subscription(request: SubscriptionRequest, token: str) -> Letter:
    with text.speaking(request.language):
        link = links.to("newsletters.confirm", token=token)
    return write(
        "newsletters/confirm_subscription",
        to=request.email,
        to_name=request.name,
        language=request.language,
        values={"name": request.name, "link": Url(link)},
    )


def already_subscribed(subscription: Subscription) -> Letter:
    return _to_reader("newsletters/already_subscribed", subscription)


def welcome(subscription: Subscription) -> Letter:
    return _to_reader("newsletters/welcome", subscription)


def _to_reader(kind: str, subscription: Subscription) -> Letter:
    person = subscription.person
    with text.speaking(person.language):
        preferences, unsubscribe = own_links(subscription)
        archive, dear = links.to("newsletters.archive"), greeting(person)
    return write(
        kind,
        to=person.email,
        to_name=person.name,
        language=person.language,
        values={
            "greeting": dear,
            "preferences": Url(preferences),
            "unsubscribe": Url(unsubscribe),
            "archive": Url(archive),
        },
    )


READER = frozenset({"greeting", "preferences", "unsubscribe"})
"""The slots of an issue that differ by reader."""


def issue(draft: Draft, scene: Scene, *, slug: str) -> Letter:
    """What every reader gets; only the reader's own slots are still open."""
    with text.speaking(draft.language):
        web = links.to("newsletters.web", slug=slug)
        drawn = blocks.drawn(draft.blocks, scene)
    letter = write(
        "newsletters/issue",
        to="",
        to_name="",
        language=draft.language,
        stream=Stream.BULK,
        values={
            "subject": draft.subject,
            "preheader": draft.preheader,
            "blocks": drawn,
            "web": Url(web),
            **sample_slots(draft.language),
        },
    )
    return bound(letter, letter.slots.keys() - READER)


def for_example(letter: Letter) -> Letter:
    """The issue as one reader sees it, with links that change nothing."""
    return replace(letter, slots=render.slotted(sample_slots(letter.language)))


def in_scheme(markup: str, scheme: str) -> str:
    """As a mail program in a `light` or `dark` scheme draws it, whatever the looker's own is."""
    query = "all" if scheme == "dark" else "not all"
    return (
        markup.replace("(prefers-color-scheme: dark)", query)
        .replace("color-scheme: light dark", f"color-scheme: {scheme}")
        .replace('content="light dark"', f'content="{scheme}"')
    )


def test(letter: Letter, *, to: str, to_name: str) -> Letter:
    """An issue for the desk to look at; it goes at once and its links change nothing."""
    with text.speaking(letter.language):
        subject = text._("[Test] %(subject)s", subject=letter.body.subject)
    body = Body(subject=subject, text=letter.body.text, html=letter.body.html)
    return replace(
        for_example(letter), to=to, to_name=to_name, stream=Stream.TRANSACTIONAL, body=body
    )


def sample_slots(language: str) -> dict[str, str]:
    with text.speaking(language):
        return {
            "greeting": text._("Dear %(name)s,", name=text._("Demo Reader")),
            "preferences": Url(links.to("newsletters.unsubscribe", token=TEST)),
            "unsubscribe": Url(links.to("newsletters.unsubscribe", token=TEST)),
        }


def reader_slots(subscription: Subscription) -> dict[str, str]:
    """What an issue says to this reader alone, in the language being spoken."""
    preferences, unsubscribe = own_links(subscription)
    return {
        "greeting": greeting(subscription.person),
        "preferences": Url(preferences),
        "unsubscribe": Url(unsubscribe),
    }


def held(issue: Issue, approver: StaffMember) -> Letter:
    """To who approved it: a planned sending did not take place, or will not as it is now."""
    with text.speaking(approver.language):
        link = links.to("newsletters_desk.check", id=issue.id)
        at = issue.send_at  # none any more when its time has passed
        planned = f"{text.day(at)}, {text.clock_time(at)}" if at else ""
    return write(
        "newsletters/held",
        to=approver.email,
        to_name=approver.name,
        language=approver.language,
        values={
            "name": approver.name,
            "subject": issue.subject,
            "link": Url(link),
            "is_changed": issue.held_because == Hold.CHANGED,
            "planned": planned,
        },
    )


def own_links(subscription: Subscription) -> tuple[str, str]:
    """The reader's page and the one-click address, in the language being spoken."""
    token = tokens.derived(LINK, subscription.seed)
    return (
        links.to("newsletters.preferences", token=token),
        links.to("newsletters.unsubscribe", token=token),
    )


def greeting(person: Person) -> str:
    """In the language being spoken."""
    if person.name:
        return str(text._("Dear %(name)s,", name=person.name))
    return str(text._("Dear reader,"))
