from events_app.contacts.models import Person
from events_app.core import links, text, tokens
from events_app.core.letters import Letter, Url, write
from events_app.newsletters.models import Subscription, SubscriptionRequest
from events_app.newsletters.rules import LINK


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
