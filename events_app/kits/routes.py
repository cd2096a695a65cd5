"""A partner's own page, its kits in its own brand, and the short links in them."""

from contextlib import suppress

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError

from events_app.contacts import queries as contacts
from events_app.contacts.models import Organisation
from events_app.core import clock, files, text, web
from events_app.core.db import saving
from events_app.core.errors import NotFoundError
from events_app.core.own_links import ask_for_link, own_page
from events_app.core.text import _
from events_app.events import queries as events
from events_app.events.rules import is_public
from events_app.kits import actions, on_demand, queries
from events_app.kits.assets import email_signature
from events_app.kits.models import Kit, KitVersion
from events_app.kits.rules import changes, lifecycle, requested
from events_app.kits.rules.senders import PROGRAMME
from events_app.kits.rules.values import Page

bp = web.public("kits", __name__)
OWN_DAY = "private, max-age=86400"
"""For an address that names which bytes it means."""


# -- the partner


@bp.route("/partner", methods=["GET", "POST"])
def ask_link() -> ResponseReturnValue:
    return ask_for_link(
        "partner", actions.ask_link, page="kits/ask_link.html", asked="kits/link_asked.html"
    )  # fmt: skip


@bp.get("/partner/<token>")
def partner(token: str) -> ResponseReturnValue:
    web.private()
    organisation, versions = _open(token), queries.for_partners(clock.now())
    figures = queries.figures_of(organisation)
    return render_template(
        "kits/partner.html", organisation=organisation, token=token, versions=versions,
        figures=figures, known=lifecycle.known, is_overtaken=lifecycle.is_overtaken,
    )  # fmt: skip


@bp.get("/partner/<token>/kits/<code>")
def kit(token: str, code: str) -> ResponseReturnValue:
    web.private()
    organisation, found = _open(token), _kit(code)
    version = _last(found)
    is_overtaken = lifecycle.is_overtaken(version)
    kit_request = on_demand.request_for(found, version, organisation, text.language())
    items = [] if is_overtaken else on_demand.items(kit_request)
    taken = queries.taken(found).get(organisation.id)
    has = queries.version(found, taken.oldest) if taken else version
    return render_template(
        "kits/kit.html",
        organisation=organisation,
        token=token,
        kit=found,
        version=version,
        event=found.event,
        facts=kit_request.named,
        groups=on_demand.grouped(items),
        words=on_demand.words(items),
        share=kit_request.facts["links"][actions.SHARE],
        figures=queries.figures(found).get(organisation.id, queries.Figures()),
        known=lifecycle.known,
        has=has,
        news=changes.between(has.facts, version.facts, files.read),
        size=sum(item.file.size for item in items),
        is_over=lifecycle.is_over(found, clock.now()),
        is_overtaken=is_overtaken,
    )


@bp.get("/partner/<token>/kits/<code>/v<int:number>/<path:name>")
def file(token: str, code: str, number: int, name: str) -> ResponseReturnValue:
    """One file of a version. To look at, or with `?download=1` to keep, which is counted."""
    web.private()
    organisation, found = _open(token), _usable(code)
    version = queries.version(found, number)
    if lifecycle.is_overtaken(version):
        return redirect(url_for(".kit", token=token, code=code), 303)
    items = on_demand.items(on_demand.request_for(found, version, organisation, text.language()))
    item = next((each for each in items if each.path == name), None)
    if item is None:
        raise NotFoundError
    is_kept = request.args.get("download") == "1"
    if is_kept:
        _count(version, organisation, item.file.role)
    is_same = request.args.get("of") == item.mark
    return on_demand.sent(item, to_keep=is_kept, kept=OWN_DAY if is_same else "no-store")


@bp.get("/partner/<token>/kits/<code>/v<int:number>.zip")
def archive(token: str, code: str, number: int) -> ResponseReturnValue:
    """The whole kit; `?only=social` a part of it; `?since=2` what is new after that version."""
    web.private()
    organisation, found = _open(token), _usable(code)
    version = queries.version(found, number)
    if lifecycle.is_overtaken(version):
        return redirect(url_for(".kit", token=token, code=code), 303)
    kit_request = on_demand.request_for(found, version, organisation, text.language())
    items, role = on_demand.items(kit_request), requested.ALL
    only, since = request.args.get("only", ""), request.args.get("since", type=int)
    if only in requested.GROUPS:
        items, role = [item for item in items if item.group == only], requested.part(only)
    elif since and 0 < since < number:
        items = on_demand.newer(
            found, queries.version(found, since), organisation, items, kit_request.locale
        )
    _count(version, organisation, role)
    return on_demand.streamed(actions.pack(kit_request, items, moment=version.published_at))


def _open(token: str) -> Organisation:
    with own_page("kits.ask_link"):
        return contacts.partner_by_link(token)


def _kit(code: str) -> Kit:
    found = queries.kit_by_code(code)
    if not lifecycle.is_open(found, clock.now()):
        raise NotFoundError
    return found


def _usable(code: str) -> Kit:
    """Files are given only while they may be used."""
    found = _kit(code)
    if lifecycle.is_over(found, clock.now()):
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
    """What other sites show with a link to the event: drawn as in a kit, as the event is now."""
    item = on_demand.card(events.by_slug(slug), text.language())
    if item is None:
        return redirect(url_for("events.drawing", slug=slug), 302)
    return on_demand.shared(item.file)


@bp.get("/series/<slug>/card.png")
def series_card(slug: str) -> ResponseReturnValue:
    found = events.series(slug)
    page = Page(text.local(found.title), text.local(found.description), kicker=_("Series"))
    return on_demand.shared(on_demand.page_card(page, text.language()))


# -- short links


@bp.get("/r/<code>/banner.png")
def banner(code: str) -> ResponseReturnValue:
    """The banner under somebody's e-mails, as it is now; never a broken picture: one of ours where
    there is nothing to show any more.
    """
    link = queries.short_link(code.upper())
    kit, now = link.kit, clock.now()
    version = queries.last_version(kit)
    is_shown = lifecycle.is_open(kit, now) and not lifecycle.is_past(kit, now)
    if version and is_shown and not lifecycle.is_overtaken(version):
        kit_request = on_demand.request_for(kit, version, link.organisation, text.language())
        for item in on_demand.items(kit_request, (email_signature.ROLE,)):
            if item.file.is_picture:
                return on_demand.shared(item.file)
    ours = Page(PROGRAMME.name, _("Work, learning and innovation on stage"))
    return on_demand.shared(on_demand.page_card(ours, text.language()))


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
