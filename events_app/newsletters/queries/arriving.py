"""What brought somebody to a registration, in words: each room below has codes of its own."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from events_app.core import text
from events_app.core.db import db
from events_app.core.text import _
from events_app.invitations import queries as invitations
from events_app.kits.models import ShortLink
from events_app.newsletters.models import Issue

INVITED = "invitation"
TAKEN_OVER = "hand-over"
CUT = "newsletter-"
"""How sources of issues began before they had codes; some were cut, so that several share one."""


def came_by(source: str) -> str:
    """Such as: Newsletter: News from the stage, 12 January 2027. A code of nobody's is nothing."""
    if not source:
        return ""
    if source == INVITED:
        return _("A personal invitation")
    if source == TAKEN_OVER:
        return _("Taken over from somebody else")
    ways: tuple[Callable[[str], str], ...] = (_by_issue, _by_kit, _by_ambassador)
    return next((words for way in ways if (words := way(source))), "")


def _by_issue(source: str) -> str:
    issue = db.session.scalars(select(Issue).where(Issue.source == source)).one_or_none()
    if issue is None:
        return _("A newsletter") if source.startswith(CUT) else ""
    named = issue.subject or issue.slug
    when = issue.sent_at
    if when is None:
        return _("Newsletter: %(subject)s", subject=named)
    return _("Newsletter: %(subject)s, %(day)s", subject=named, day=text.date_of(when))


def _by_kit(source: str) -> str:
    link = db.session.scalars(
        select(ShortLink)
        .where(ShortLink.code == source)
        .options(joinedload(ShortLink.organisation))
    ).one_or_none()
    if link is None:
        return ""
    if link.organisation is None:
        return _("Communication kit of the programme")
    return _("Communication kit of %(name)s", name=link.organisation.name)


def _by_ambassador(source: str) -> str:
    found = invitations.ambassador_sharing(source)
    return _("Link of ambassador %(name)s", name=found.person.label) if found else ""
