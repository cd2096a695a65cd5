"""A partner's own page, its kits in its own brand, and the short links in them."""

from contextlib import suppress
from datetime import timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError

from events_app.contacts import queries as contacts
from events_app.contacts.models import Organisation
from events_app.core import clock, files, limits, text, web
from events_app.core.db import saving
from events_app.core.errors import NotFoundError
from events_app.core.text import _
from events_app.events import queries as events
from events_app.events.rules import is_public
from events_app.invitations.forms import LinkForm
from events_app.kits import actions, queries, studio
from events_app.kits.assets import email_signature
from events_app.kits.models import Kit, KitVersion
from events_app.kits.rules import changes, life, orders
from events_app.kits.rules.senders import PROGRAMME
from events_app.kits.rules.values import Page

bp = web.public("kits", __name__)
PER_HOUR = timedelta(hours=1)
OWN_DAY = "private, max-age=86400"
"""For an address that names which bytes it means."""


# -- the partner


@bp.route("/partner", methods=["GET", "POST"])
def ask_link() -> ResponseReturnValue:
    """The same words, whether or not the address belongs to a partner."""
    form = LinkForm()
    if not form.validate_on_submit():
        return render_template("kits/ask_link.html", form=form)
    now = clock.now()
    with saving():
        mark = limits.client(request.remote_addr)
        limits.hit(f"partner-link:{mark}", limit=10, per=PER_HOUR, now=now)
        actions.ask_link(form.email.data or "", now=now)
    return render_template("kits/link_asked.html")


@bp.get("/partner/<token>")
def partner(token: str) -> ResponseReturnValue:
    web.private()
    organisation, versions = _open(token), queries.for_partners(clock.now())
    figures = queries.figures_of(organisation)
    return render_template(
        "kits/partner.html", organisation=organisation, token=token, versions=versions,
        figures=figures, known=life.known,
    )  # fmt: skip


@bp.get("/partner/<token>/kits/<code>")
def kit(token: str, code: str) -> ResponseReturnValue:
    web.private()
    organisation, found = _open(token), _kit(code)
    version = _last(found)
    order = studio.ordered(found, version, organisation, text.language())
    items = studio.items(order)
    taken = queries.taken(found).get(organisation.id)
    has = queries.version(found, taken.oldest) if taken else version
    return render_template(
        "kits/kit.html",
        organisation=organisation,
        token=token,
        kit=found,
        version=version,
        event=found.event,
        facts=order.named,
        groups=studio.grouped(items),
        words=studio.words(items),
        share=order.facts["links"][actions.SHARE],
        figures=queries.figures(found).get(organisation.id, queries.Figures()),
        known=life.known,
        has=has,
        news=changes.between(has.facts, version.facts, files.read),
        size=sum(item.file.size for item in items),
        is_over=life.is_over(found, clock.now()),
    )


@bp.get("/partner/<token>/kits/<code>/v<int:number>/<path:name>")
def file(token: str, code: str, number: int, name: str) -> ResponseReturnValue:
    """One file of a version. To look at, or with `?download=1` to keep, which is counted."""
    web.private()
    organisation, found = _open(token), _usable(code)
    version = queries.version(found, number)
    items = studio.items(studio.ordered(found, version, organisation, text.language()))
    item = next((each for each in items if each.path == name), None)
    if item is None:
        raise NotFoundError
    is_kept = request.args.get("download") == "1"
    if is_kept:
        _count(version, organisation, item.file.role)
    is_same = request.args.get("of") == item.mark
    return studio.sent(item, to_keep=is_kept, kept=OWN_DAY if is_same else "no-store")


@bp.get("/partner/<token>/kits/<code>/v<int:number>.zip")
def archive(token: str, code: str, number: int) -> ResponseReturnValue:
    """The whole kit; `?only=social` a part of it; `?since=2` what is new after that version."""
    web.private()
    organisation, found = _open(token), _usable(code)
    version = queries.version(found, number)
    order = studio.ordered(found, version, organisation, text.language())
    items, role = studio.items(order), orders.ALL
    only, since = request.args.get("only", ""), request.args.get("since", type=int)
    if only in orders.GROUPS:
        items, role = [item for item in items if item.group == only], orders.part(only)
    elif since and 0 < since < number:
        items = studio.newer(
            found, queries.version(found, since), organisation, items, order.locale
        )
    _count(version, organisation, role)
    return studio.streamed(actions.pack(order, items, moment=version.published_at))


def _open(token: str) -> Organisation:
    return contacts.partner_by_link(token)


def _kit(code: str) -> Kit:
    found = queries.kit_by_code(code)
    if not life.is_open(found, clock.now()):
        raise NotFoundError
    return found


def _usable(code: str) -> Kit:
    """Files are given only while they may be used."""
    found = _kit(code)
    if life.is_over(found, clock.now()):
        raise NotFoundError
    return found


def _last(kit: Kit) -> KitVersion:
    version = queries.last_version(kit)
    if version is None:
        raise NotFoundError
    return version


def _count(version: KitVersion, organisation: Organisation, role: str) -> None:
    """A figure more or less is no reason to refuse a file while the database is busy.

    HEAD asks how large the file is, and takes nothing.
    """
    if request.method != "GET":
        return
    with suppress(OperationalError), saving():
        actions.count_download(version, organisation, role, now=clock.now())


# -- for everyone


@bp.get("/events/<slug>/card.png")
def card(slug: str) -> ResponseReturnValue:
    """What other sites show with a link to the event: drawn as in a kit, as the event stands."""
    item = studio.card(events.by_slug(slug), text.language())
    if item is None:
        return redirect(url_for("events.drawing", slug=slug), 302)
    return studio.shared(item.file)


@bp.get("/series/<slug>/card.png")
def series_card(slug: str) -> ResponseReturnValue:
    found = events.series(slug)
    page = Page(text.local(found.title), text.local(found.description), kicker=_("Series"))
    return studio.shared(studio.page_card(page, text.language()))


# -- short links


@bp.get("/r/<code>/banner.png")
def banner(code: str) -> ResponseReturnValue:
    """The banner under somebody's e-mails, as it is now; never a broken picture: one of ours where
    there is nothing to show any more.
    """
    link = queries.short_link(code.upper())
    kit, now = link.kit, clock.now()
    version = queries.last_version(kit)
    if version and life.is_open(kit, now) and not life.is_past(kit, now):
        order = studio.ordered(kit, version, link.organisation, text.language())
        for item in studio.items(order, (email_signature.ROLE,)):
            if item.file.is_picture:
                return studio.shared(item.file)
    ours = Page(PROGRAMME.name, _("Work, learning and innovation on stage"))
    return studio.shared(studio.page_card(ours, text.language()))


@bp.get("/r/<code>")
def follow(code: str) -> ResponseReturnValue:
    """To the event's page, with where the reader came from; registrations carry it along."""
    web.private()
    link = queries.short_link(code.upper())
    if request.method == "GET":
        with suppress(OperationalError), saving():  # busy: the reader goes on all the same
            actions.count_click(link)
    event = link.kit.event
    if is_public(event):
        return redirect(url_for("events.show", slug=event.slug, source=link.code), 302)
    return redirect(url_for("events.agenda"), 302)
