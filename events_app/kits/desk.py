from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString

from events_app.accounts.lock import allowed, staff
from events_app.accounts.rules import may_edit, may_organise
from events_app.contacts import queries as contacts
from events_app.contacts.models import Organisation
from events_app.core import clock, idempotency, pdf_libraries, seen, text, web
from events_app.core.db import saving
from events_app.core.editing import Sent, editing
from events_app.core.errors import NotFoundError, Refusal
from events_app.core.text import _
from events_app.events import queries as events
from events_app.events.models import Status
from events_app.events.rules import contradictions, is_public
from events_app.kits import actions, on_demand, queries
from events_app.kits.assets.drawing import signs
from events_app.kits.forms import KitForm
from events_app.kits.models import Kit, KitStatus, KitVersion
from events_app.kits.rules import frozen, lifecycle, wording
from events_app.kits.rules.frozen import Frozen
from events_app.kits.rules.requested import KitRequest
from events_app.kits.rules.values import Facts
from events_app.registrations import queries as registrations

bp = web.desk("kits", __name__)


@bp.get("/")
@allowed(may_edit)
def index() -> ResponseReturnValue:
    return render_template(
        "kits/index.html",
        kits=queries.for_desk(),
        partners=contacts.partners(),
        may_organise=may_organise(staff()),
    )


@bp.post("/new/<int:event_id>")
@allowed(may_edit)
def create(event_id: int) -> ResponseReturnValue:
    """The kit of an event, made now if it has none."""
    with saving():
        sending = idempotency.spend(now=clock.now())
        kit = actions.draft(events.by_id(event_id), by=staff(), now=clock.now())
        there = sending.leads_to(url_for(".show", id=kit.id))
    return redirect(there, 303)


@bp.get("/<int:id>")
@allowed(may_edit)
def show(id: int) -> ResponseReturnValue:
    """As a partner would see it: in its brand (`?partner=`), in a language (`?in=`)."""
    kit, now = queries.kit(id), clock.now()
    versions, partner = queries.versions(kit), _partner()
    fresh = actions.said_now(kit, kit.fields, now=now)
    news = actions.news(fresh)
    version = versions[0] if versions and not news else None
    kit_request = on_demand.request_for(kit, version, partner, _spoken())
    items = on_demand.items(kit_request)
    brand = frozen.brand(kit_request.brand, frozen.unread)
    return render_template(
        "kits/show.html",
        kit=kit,
        event=kit.event,
        versions=versions,
        number=version.number if version else 0,
        news=news,
        waiting=next(iter(queries.waiting_letters(now, limit=1, of=kit)), None),
        letters_wait=lifecycle.letters_wait,
        follows=lifecycle.follows(kit, now),
        said=kit_request.named,
        lacking=signs.lacking(_in_all(version.facts if version else fresh), brand),
        groups=on_demand.grouped(items),
        words=on_demand.words(items),
        partner=partner,
        partners=contacts.partners(),
        spoken=_spoken(),
        figures=queries.figures(kit),
        contradictions=_contradictions(kit),
        may_publish=may_organise(staff()) and is_public(kit.event),
        may_withdraw=may_organise(staff())
        and lifecycle.may_become(kit.status, KitStatus.WITHDRAWN),
        seen_withdrawn=seen.shown(kit.status is KitStatus.WITHDRAWN).mark,
        is_event_public=is_public(kit.event),
        can_draw=pdf_libraries.pdf_ready(),
    )


@bp.route("/<int:id>/edit", methods=["GET", "POST"])
@allowed(may_edit)
def edit(id: int) -> ResponseReturnValue:
    kit = queries.kit(id)

    def made(sent: Sent) -> KitForm:
        form = KitForm(sent)
        if sent is None:
            form.show(kit)
        return form

    form = editing(made, kit)
    if not form.validate_on_submit():
        return render_template(
            "kits/edit.html", kit=kit, event=kit.event, form=form,
            contradictions=_contradictions(kit),
        )  # fmt: skip
    with saving():
        actions.edit(kit, form.wording(), by=staff(), now=clock.now())
    flash(_saved(kit), "success")
    flash(f"kit-{id}", "saved")
    return redirect(url_for(".show", id=id), 303)


def _contradictions(kit: Kit) -> list[LazyString]:
    record = registrations.record_of(kit.event)
    return contradictions(wording.texts(kit), record, now=clock.now())


def _saved(kit: Kit) -> str:
    """What partners see of it, and from when."""
    now, until = clock.now(), kit.embargo_until
    if kit.event.status is Status.ARCHIVED:
        return _("Saved. The event is in the archive: partners see nothing of this kit any more.")
    if until and until > now:
        moment = f"{text.day(until)}, {text.clock_time(until)}"
        return _("Saved. Partners do not see this kit until %(moment)s.", moment=moment)
    if lifecycle.is_over(kit, now):
        return _("Saved. Partners can download nothing of this kit any more.")
    if kit.status is not KitStatus.PUBLISHED:
        return _("Saved. Partners see it when the kit is published.")
    return _("Saved. Partners see it with the next version.")


@bp.post("/<int:id>/publish")
@allowed(may_organise)
def publish(id: int) -> ResponseReturnValue:
    try:
        with saving():
            kit = queries.kit(id)
            seen.check(kit.status is KitStatus.WITHDRAWN)
            version = actions.publish(kit, by=staff(), now=clock.now())
    except Refusal as why:
        flash(str(why.sentence), "error")
    else:
        flash(_("Version %(number)s is with the partners now.", number=version.number), "success")
    return redirect(url_for(".show", id=id), 303)


@bp.post("/<int:id>/withdraw")
@allowed(may_organise)
def withdraw(id: int) -> ResponseReturnValue:
    with saving():
        actions.withdraw(queries.kit(id), by=staff(), now=clock.now())
    flash(_("Partners no longer see this kit."), "success")
    return redirect(url_for(".show", id=id), 303)


@bp.post("/partners/<int:key>/link")
@allowed(may_organise)
def send_link(key: int) -> ResponseReturnValue:
    organisation = contacts.organisation(key)
    if not organisation.is_partner:
        raise NotFoundError
    try:
        with saving():
            idempotency.spend(now=clock.now()).leads_to(url_for(".index"))
            count = actions.send_link(organisation, now=clock.now())
    except lifecycle.NoReaders as why:
        flash(str(why.sentence), "error")
    else:
        flash(
            text.plural(
                "The link is on its way to %(num)d person.",
                "The link is on its way to %(num)d people.",
                count,
            ),
            "success",
        )
    return redirect(url_for(".index"), 303)


# -- files, as a partner would get them


@bp.get("/<int:id>/v<int:number>/<path:name>")
@allowed(may_edit)
def file(id: int, number: int, name: str) -> ResponseReturnValue:
    """Version 0 is the kit as it would be published now."""
    items = on_demand.items(_request_for(queries.kit(id), number))
    item = next((each for each in items if each.path == name), None)
    if item is None:
        raise NotFoundError
    return on_demand.sent(item, to_keep=request.args.get("download") == "1", kept="no-store")


@bp.get("/<int:id>/v<int:number>.zip")
@allowed(may_edit)
def archive(id: int, number: int) -> ResponseReturnValue:
    kit = queries.kit(id)
    kit_request = _request_for(kit, number)
    return on_demand.streamed(
        actions.pack(kit_request, on_demand.items(kit_request), moment=clock.now())
    )


def _in_all(said: Mapping[str, Frozen]) -> dict[str, Facts]:
    return {code: frozen.facts(each, frozen.unread) for code, each in said.items()}


def _request_for(kit: Kit, number: int) -> KitRequest:
    version: KitVersion | None = queries.version(kit, number) if number else None
    return on_demand.request_for(kit, version, _partner(), _spoken())


def _partner() -> Organisation | None:
    key = request.args.get("partner", type=int)
    return next((each for each in contacts.partners() if each.id == key), None)


def _spoken() -> str:
    wanted = request.args.get("in", "")
    return wanted if wanted in text.LANGUAGES else text.language()
