"""Readers come and go: only the click on the mailed link makes a subscription."""

from datetime import datetime

from sqlalchemy import delete, select

from events_app.contacts import actions as contacts
from events_app.contacts.models import Person, Purpose
from events_app.contacts.rules import KEEP_PROOF
from events_app.core import rate_limits, tokens
from events_app.core.db import db
from events_app.core.letters import Stream
from events_app.delivery import actions as delivery
from events_app.delivery.models import Scope
from events_app.newsletters import letters, queries, rules
from events_app.newsletters.models import Subscription, SubscriptionRequest, SubscriptionStatus
from events_app.newsletters.queries import audiences
from events_app.newsletters.rules import Wish, consent

AT_ONCE, LEAVE_AT_ONCE = 500, 50
HOW = "form on the newsletter page, confirmed by mailed link"


def ask(wish: Wish, *, visitor: str, now: datetime) -> None:
    """Mail a link that confirms; who is subscribed already gets the link to the own page.

    The page says the same in each case: nobody learns who reads. `visitor`: their network
    address; it is counted, not kept.
    """
    rate_limits.hit(
        f"newsletter:visitor:{rate_limits.client(visitor)}",
        limit=rules.ASKS_BY_VISITOR, per=rules.VISITOR_WINDOW, now=now,
    )  # fmt: skip
    if not _may_write(wish.email, visitor, now=now):
        return  # the letters of today are there; one more would only be a nuisance
    known = queries.active_subscription(wish.email)
    if known:
        key = f"subscription:{known.id}:already:{now.isoformat()}"
        delivery.enqueue(letters.already_subscribed(known), dedupe_key=key, now=now)
        return
    token = tokens.new_token()
    request = SubscriptionRequest(
        token_digest=tokens.digest(token), email=wish.email, name=wish.name,
        language=wish.language, themes=list(wish.themes), page=wish.page,
        wording_version=wish.wording_version, asked_at=now,
    )  # fmt: skip
    db.session.add(request)
    delivery.enqueue(
        letters.confirm_subscription(request, token), dedupe_key=_request_key(request), now=now
    )


def _may_write(email: str, visitor: str, *, now: datetime) -> bool:
    """Counted for each visitor, so that one cannot use up what another may ask; and in all."""
    mailbox = f"newsletter:mailbox:{rate_limits.hidden(email)}"
    most = {
        f"{mailbox}:{rate_limits.client(visitor)}": rules.ASKS_FOR_MAILBOX,
        mailbox: rules.LETTERS_TO_MAILBOX,
    }
    day = rules.MAILBOX_WINDOW
    if any(rate_limits.used(key, per=day, now=now) >= limit for key, limit in most.items()):
        return False
    rate_limits.hit_each(most, per=day, now=now)
    return True


def confirm(request: SubscriptionRequest, *, now: datetime) -> tuple[Subscription, bool]:
    """The click: person, consent record and subscription, together or not at all. Who is a reader
    by now, by another letter, keeps what they have chosen since. Gives whether they are new.
    """
    delivery.lift(request.email, Scope.BULK)  # a complaint of the past; the click is newer
    if reader := queries.reader(request.email):
        db.session.delete(request)
        return reader, False
    person = contacts.find_or_add_person(  # held: two clicks at once wait for each other
        request.email, name=request.name, language=request.language, by=None, now=now
    ).person
    subscription = queries.subscription_of(person) or _new_subscription(person, now)
    subscription.status, subscription.ended_at = SubscriptionStatus.ACTIVE, None
    subscription.themes = list(queries.themes(request.themes))
    contacts.give_consent(
        person,
        Purpose.NEWSLETTER,
        wording=consent.wording(request.wording_version, request.language),
        wording_version=request.wording_version,
        how=HOW,
        evidence=_evidence(request, now),
        now=now,
    )
    db.session.delete(request)
    db.session.flush()
    key = f"{_request_key(request)}:welcome"
    delivery.enqueue(letters.welcome(subscription), dedupe_key=key, now=now)
    return subscription, True


def _new_subscription(person: Person, now: datetime) -> Subscription:
    seed = tokens.new_seed()
    digest = tokens.digest(tokens.derived(rules.LINK, seed))
    subscription = Subscription(person=person, seed=seed, link_digest=digest, created_at=now)
    db.session.add(subscription)
    return subscription


def _evidence(request: SubscriptionRequest, now: datetime) -> dict[str, object]:
    return {
        "form": request.page,
        "language": request.language,
        "topics": request.themes,
        "asked_at": request.asked_at.isoformat(),
        "letter": _request_key(request),
        "confirmed_at": now.isoformat(),
    }


def _request_key(request: SubscriptionRequest) -> str:
    return f"newsletter-request:{request.token_digest.hex()[:32]}"


def leave(subscription: Subscription, *, how: str, now: datetime) -> None:
    """At once: no consent, no reader, and no letter that still waits. Twice is once."""
    if subscription.status is SubscriptionStatus.UNSUBSCRIBED:
        return
    subscription.status = SubscriptionStatus.UNSUBSCRIBED
    subscription.ended_at = now
    subscription.themes = []  # only the proof of what was agreed to is kept
    contacts.withdraw_consent(subscription.person, Purpose.NEWSLETTER, how=how, now=now)
    delivery.cancel_letters_to(subscription.person.email, [Stream.BULK], now=now)


def leave_without_consent(*, now: datetime) -> bool:
    """Whose consent was withdrawn, at the desk say, is no reader any more. A batch; False when
    there are none.
    """
    some = audiences.without_consent(limit=LEAVE_AT_ONCE)
    for subscription in some:
        leave(subscription, how="the consent was withdrawn", now=now)
    return bool(some)


def prefer(subscription: Subscription, *, name: str, language: str, themes: list[str]) -> None:
    subscription.person.name = name
    subscription.person.language = language
    subscription.themes = list(queries.themes(themes))


def forget_old_requests(*, now: datetime) -> None:
    db.session.execute(
        delete(SubscriptionRequest).where(SubscriptionRequest.asked_at <= now - rules.REQUEST_LASTS)
    )


def erase_requests(email: str) -> None:
    """The subscription itself goes with its person."""
    db.session.execute(delete(SubscriptionRequest).where(SubscriptionRequest.email == email))


def forget_ended(*, now: datetime) -> bool:
    """Subscriptions, after the term of their proof; some at a time, True when none is left."""
    old = select(Subscription.id).where(Subscription.ended_at < now - KEEP_PROOF).limit(AT_ONCE)
    ids = db.session.scalars(old).all()
    db.session.execute(
        delete(Subscription).where(Subscription.id.in_(ids)),
        execution_options={"synchronize_session": False},
    )
    return len(ids) < AT_ONCE
