from collections.abc import Iterable
from typing import get_args

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events_app.accounts.lock import allowed, staff
from events_app.accounts.rules import may_organise
from events_app.capacity.models import Pool
from events_app.capacity.queries import parties_in_line
from events_app.core import clock, idempotency, links, seen, text, web
from events_app.core.db import saving
from events_app.core.editing import Sent, editing
from events_app.core.errors import NotFoundError, Refusal
from events_app.core.text import _
from events_app.events import queries as events
from events_app.events.models import Event
from events_app.registrations import actions, queries, rules
from events_app.registrations.forms import (
    AllotmentForm,
    OptionGroupForm,
    QuestionForm,
    SearchForm,
    SettingsForm,
    allotment_form,
    group_form,
    question_form,
    settings_form,
)
from events_app.registrations.models import (
    Access,
    Allotment,
    OptionGroup,
    Question,
    RegistrationForm,
    Status,
)
from events_app.registrations.queries.listing import LATEST, Sort, Wanted
from events_app.registrations.questions import KINDS, Kind

bp = web.desk("registrations", __name__)


@bp.get("/")
@allowed(rules.may_see_list)
def index() -> ResponseReturnValue:
    is_past = request.args.get("past") == "1"
    lines = queries.events(clock.now(), is_past=is_past)
    return render_template(
        "registrations/index.html",
        lines=lines,
        is_past=is_past,
        may_organise=may_organise(staff()),
    )


# -- the people of one event


@bp.get("/<int:event_id>")
@allowed(rules.may_see_list)
def people(event_id: int) -> ResponseReturnValue:
    event = events.by_id(event_id)
    groups = rules.seen_by(staff(), queries.option_groups(event_id))
    wanted, sees_all = _wanted(groups), rules.may_see_all(staff())
    found, after = queries.listed(event.id, wanted, finds_addresses=sees_all)
    counts = queries.counts(event.id)
    return render_template(
        "registrations/people.html",
        event=event,
        places=queries.places([event.id], now=clock.now()).get(event.id),
        counts=counts,
        groups=groups,
        among=LATEST if wanted.q and sum(counts.values()) > LATEST else None,
        form=SearchForm(formdata=None, q=wanted.q, meta={"csrf": False}),
        wanted=wanted,
        typed=request.args.get("q", ""),
        states=rules.STATES,
        people=found,
        after=after,
        sees_all=sees_all,
        may_organise=may_organise(staff()),
    )


def _wanted(groups: Iterable[OptionGroup]) -> Wanted:
    """What the address asks for; what it asks wrongly is left out."""
    option = request.args.get("option", type=web.key)
    status, sort = request.args.get("status", ""), request.args.get("sort", "")
    return Wanted(
        status=Status(status) if status in set(Status) else None,
        q=text.sought(request.args.get("q", "")),
        sort=sort if sort in get_args(Sort) else "new",  # type: ignore[arg-type] # just looked
        after=request.args.get("after", type=web.key),
        option=option if any(option == o.id for g in groups for o in g.options) else None,
    )


@bp.post("/<int:event_id>/tell")
@allowed(may_organise)
def tell(event_id: int) -> ResponseReturnValue:
    """The letters about a change that wait for the end of the quiet period leave now."""
    with saving():
        actions.tell_now(events.by_id(event_id), by=staff(), now=clock.now())
    flash(_("The e-mails leave now."), "success")
    return redirect(url_for("site_desk.event", id=event_id), 303)


# -- one person


@bp.post("/<int:event_id>/<int:id>/promote")
@allowed(rules.may_see_all)
def promote(event_id: int, id: int) -> ResponseReturnValue:
    registration = queries.by_id(id, event_id=event_id)
    try:
        with saving():
            actions.promote(registration, by=staff(), now=clock.now())
    except Refusal as why:
        flash(str(why.sentence), "error")
    else:
        flash(_("This person has a place. The e-mail is on its way."), "success")
    return redirect(url_for("site_desk.registration", event_id=event_id, id=id), 303)


@bp.post("/<int:event_id>/<int:id>/guests/<int:guest>/erase")
@allowed(rules.may_see_all)
def erase_guest(event_id: int, id: int, guest: int) -> ResponseReturnValue:
    registration = queries.by_id(id, event_id=event_id)
    there = url_for("site_desk.registration", event_id=event_id, id=id)
    with saving():
        idempotency.spend(now=clock.now(), removes=True).leads_to(there)
        seen.check(rules.guest(registration, guest).name, back=there)
        actions.erase_guest(registration, guest, by=staff(), now=clock.now())
    flash(_("The guest is wiped."), "success")
    return redirect(there, 303)


@bp.get("/<int:event_id>/<int:id>/files/<int:answer>")
@allowed(rules.may_see_list)
def file(event_id: int, id: int, answer: int) -> ResponseReturnValue:
    people = queries.by_id(id, event_id=event_id).participants
    answers = [answer for person in people for answer in person.answers]
    asked = rules.seen_by(staff(), [each.question for each in answers])
    seen_here = [each for each in answers if each.question in asked]
    return web.sent_file(*queries.file_of(seen_here, answer))


# -- how registration goes


@bp.route("/<int:event_id>/settings", methods=["GET", "POST"])
@allowed(may_organise)
def settings(event_id: int) -> ResponseReturnValue:
    event, known = events.by_id(event_id), queries.maybe_form(event_id)
    form = editing(
        lambda sent: settings_form(event, known, sent),
        *((known, *known.pools) if known else ()),
    )
    is_whole = form.validate_on_submit()
    follows = _follows(event, known, form) if is_whole else None
    looked = seen.shown(follows)
    if is_whole and (not follows or looked.is_confirmed):
        try:
            with saving():
                actions.set_up(
                    event, form.settings(), size=form.size.data or 0, online_size=form.online,
                    form=known, by=staff(), now=clock.now(),
                )  # fmt: skip
        except rules.TooFewPlaces as why:
            field = form.online_size if why.is_online else form.size
            field.errors = [str(why.sentence)]
        else:
            flash(_("Saved."), "success")
            return redirect(url_for(".settings", event_id=event_id), 303)
    is_closed = known is not None and known.access is Access.INVITATION
    page = render_template(
        "registrations/settings.html",
        event=event,
        known=known,
        form=form,
        held=rules.Held.of(queries.allotments(event_id)),
        follows=None if form.errors else follows,
        seen=looked,
        invitation=links.to(
            "registrations.register", slug=event.slug, **{"pass": queries.pass_for(event_id)}
        )
        if is_closed
        else "",
    )
    return page, 422 if form.errors else 200


def _follows(
    event: Event, known: RegistrationForm | None, form: SettingsForm
) -> rules.Consequences:
    now, said = clock.now(), form.settings()
    made = 0
    if known and rules.may_offer(event, hours=said.offer_hours, now=now):
        made = _offers(known.pool, form.size.data) + _offers(known.online_pool, form.online)
    return rules.consequences(known, event, said, offers=made, now=now)


def _offers(pool: Pool, size: int | None) -> int:
    """How many in line are offered places when the pool gets this size; None: room for all."""
    if pool.size is None or (size is not None and size <= pool.size):
        return 0
    free = None if size is None else size + pool.over_allowance - pool.taken
    return rules.offers(free, parties_in_line(pool.id))


# -- places that are held for somebody's guests


@bp.route("/<int:event_id>/held", methods=["GET", "POST"])
@allowed(may_organise)
def held(event_id: int) -> ResponseReturnValue:
    event, now, form = events.by_id(event_id), clock.now(), AllotmentForm()
    if form.validate_on_submit():
        try:
            with saving():
                there = idempotency.spend(now=now).leads_to(url_for(".held", event_id=event_id))
                terms = form.terms(form.name.data or "")
                actions.allot(queries.form_of(event_id), terms, by=staff(), now=now)
        except Refusal as why:
            form.refuse(why)
        else:
            flash(_("The places are held."), "success")
            return redirect(there, 303)
    if form.release_at.raw_data is None:
        form.release_at.data = rules.default_release(event, now=now)
    found = queries.allotments(event_id)
    page = render_template(
        "registrations/held.html",
        event=event,
        places=queries.places([event_id], now=now).get(event_id),
        allotments=[(each, _link(event, each), seen.shown(*_held(each)).mark) for each in found],
        has_guests=queries.with_guests(event_id),
        may_hold=rules.is_to_come(event, now=now),
        form=form,
    )
    return page, 422 if form.errors else 200


def _link(event: Event, allotment: Allotment) -> str:
    given = {"pass": queries.allotment_pass(allotment)}
    return links.to("registrations.register", slug=event.slug, **given)


def _held(allotment: Allotment) -> tuple[object, ...]:
    """What whoever releases it has looked at."""
    return allotment.name, allotment.pool.size, allotment.pool.taken


@bp.route("/<int:event_id>/held/<int:id>", methods=["GET", "POST"])
@allowed(may_organise)
def allotment(event_id: int, id: int) -> ResponseReturnValue:
    known = queries.allotment(id, event_id=event_id)
    form = editing(lambda sent: allotment_form(known, sent), known.form.pool, known, known.pool)
    if form.validate_on_submit():
        try:
            with saving():
                terms = form.terms(form.name.data or "")
                actions.change_allotment(known, terms, by=staff(), now=clock.now())
        except Refusal as why:
            form.refuse(why)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for(".held", event_id=event_id), 303)
    event = events.by_id(event_id)
    page = render_template("registrations/allotment.html", event=event, allotment=known, form=form)
    return page, 422 if form.errors else 200


@bp.post("/<int:event_id>/held/<int:id>/release")
@allowed(may_organise)
def release(event_id: int, id: int) -> ResponseReturnValue:
    there = url_for(".held", event_id=event_id)
    with saving():
        idempotency.spend(now=clock.now(), removes=True).leads_to(there)
        known = queries.allotment(id, event_id=event_id)
        seen.check(*_held(known), back=there)
        actions.release(known, by=staff(), now=clock.now())
    flash(_("The places are released."), "success")
    return redirect(there, 303)


@bp.post("/<int:event_id>/held/<int:id>/remove")
@allowed(may_organise)
def remove_allotment(event_id: int, id: int) -> ResponseReturnValue:
    there = url_for(".held", event_id=event_id)
    try:
        with saving():
            idempotency.spend(now=clock.now(), removes=True).leads_to(there)
            known = queries.allotment(id, event_id=event_id)
            actions.remove_allotment(known, by=staff(), now=clock.now())
    except rules.GuestsCame as why:
        flash(str(why.sentence), "error")
    else:
        flash(_("The places are not held any more."), "success")
    return redirect(there, 303)


@bp.get("/<int:event_id>/questions/new")
@allowed(may_organise)
def kinds(event_id: int) -> ResponseReturnValue:
    """The first step of a new question: what people answer with."""
    event = queries.form_of(event_id).event
    return render_template("registrations/kinds.html", event=event, kinds=KINDS.values())


@bp.route("/<int:event_id>/questions/new/<kind>", methods=["GET", "POST"])
@allowed(may_organise)
def add_question(event_id: int, kind: str) -> ResponseReturnValue:
    if kind not in KINDS:
        raise NotFoundError
    return _question(event_id, KINDS[kind], None)


@bp.route("/<int:event_id>/questions/<int:id>", methods=["GET", "POST"])
@allowed(may_organise)
def question(event_id: int, id: int) -> ResponseReturnValue:
    known = queries.question(queries.form_of(event_id), id)
    return _question(event_id, KINDS[known.kind], known)


def _question(event_id: int, kind: Kind, known: Question | None) -> ResponseReturnValue:
    registration_form = queries.form_of(event_id)

    def made(sent: Sent) -> QuestionForm:
        others = [each for each in registration_form.questions if each is not known]
        form = question_form(kind, sent, others=others)
        if known and sent is None:
            form.show(known)
        return form

    sent = request.form if request.method == "POST" else None
    if sent and known is None:
        idempotency.must_be_new()
    form = editing(made, known) if known else made(sent)
    if form.validate_on_submit():
        there = url_for(".settings", event_id=event_id, _anchor="questions")
        with saving():
            if known is None:
                idempotency.spend(now=clock.now()).leads_to(there)
            actions.ask(
                registration_form, form.question(known), question=known, by=staff(), now=clock.now()
            )
        flash(_("Saved."), "success")
        return redirect(there, 303)
    answered = queries.answered(known.id) if known else 0
    return render_template(
        "registrations/question.html",
        event=registration_form.event,
        question=known,
        kind=kind,
        answered=answered,
        seen=seen.shown(*_asked(known)) if known else None,
        form=form,
    ), 422 if form.errors else 200


@bp.post("/<int:event_id>/questions/<int:id>/move")
@allowed(may_organise)
def move_question(event_id: int, id: int) -> ResponseReturnValue:
    registration_form = queries.form_of(event_id)
    known = queries.question(registration_form, id)
    with saving():
        actions.move_question(registration_form, known, up=request.form.get("up") == "1")
    return redirect(url_for(".settings", event_id=event_id) + "#questions", 303)


@bp.post("/<int:event_id>/questions/<int:id>/remove")
@allowed(may_organise)
def remove_question(event_id: int, id: int) -> ResponseReturnValue:
    registration_form = queries.form_of(event_id)
    there = url_for(".settings", event_id=event_id, _anchor="questions")
    with saving():
        idempotency.spend(now=clock.now(), removes=True).leads_to(there)
        known = queries.question(registration_form, id)
        seen.check(*_asked(known), back=url_for(".question", event_id=event_id, id=id))
        actions.remove_question(registration_form, known, by=staff(), now=clock.now())
    flash(_("The question and its answers are removed."), "success")
    return redirect(there, 303)


def _asked(question: Question) -> tuple[object, ...]:
    """What whoever removes it has looked at."""
    return question.label, queries.answered(question.id)


# -- options with places of their own


@bp.route("/<int:event_id>/options/new", methods=["GET", "POST"])
@allowed(may_organise)
def add_options(event_id: int) -> ResponseReturnValue:
    return _options(queries.form_of(event_id), None)


@bp.route("/<int:event_id>/options/<int:id>", methods=["GET", "POST"])
@allowed(may_organise)
def options(event_id: int, id: int) -> ResponseReturnValue:
    registration_form = queries.form_of(event_id)
    return _options(registration_form, queries.option_group(registration_form, id))


def _options(registration_form: RegistrationForm, known: OptionGroup | None) -> ResponseReturnValue:
    event, there = registration_form.event, _to_options(registration_form.event_id)
    form = _group_form(event, known)
    if form.validate_on_submit():
        try:
            with saving():
                if known is None:
                    idempotency.spend(now=clock.now()).leads_to(there)
                actions.set_options(
                    registration_form, form.settings(), group=known, by=staff(), now=clock.now()
                )
        except rules.OptionTaken as why:
            form.options.errors = [str(why.sentence)]
        else:
            flash(_("Saved."), "success")
            return redirect(there, 303)
    return render_template(
        "registrations/options.html",
        event=event,
        group=known,
        seen=seen.shown(*_offered(known)) if known else None,
        form=form,
    ), 422 if form.errors else 200


def _group_form(event: Event, known: OptionGroup | None) -> OptionGroupForm:
    if known is None:
        return group_form(event, None, request.form if request.method == "POST" else None)
    pools = sorted((option.pool for option in known.options), key=lambda pool: pool.id)
    return editing(lambda sent: group_form(event, known, sent), known, *pools)


def _to_options(event_id: int) -> str:
    return url_for(".settings", event_id=event_id, _anchor="options")


@bp.post("/<int:event_id>/options/<int:id>/move")
@allowed(may_organise)
def move_options(event_id: int, id: int) -> ResponseReturnValue:
    registration_form = queries.form_of(event_id)
    known = queries.option_group(registration_form, id)
    with saving():
        actions.move_options(registration_form, known, up=request.form.get("up") == "1")
    return redirect(_to_options(event_id), 303)


@bp.post("/<int:event_id>/options/<int:id>/remove")
@allowed(may_organise)
def remove_options(event_id: int, id: int) -> ResponseReturnValue:
    registration_form, there = queries.form_of(event_id), _to_options(event_id)
    back = url_for(".options", event_id=event_id, id=id)
    try:
        with saving():
            idempotency.spend(now=clock.now(), removes=True).leads_to(there)
            known = queries.option_group(registration_form, id)
            seen.check(*_offered(known), back=back)
            actions.remove_options(registration_form, known, by=staff(), now=clock.now())
    except rules.OptionTaken as why:
        flash(str(why.sentence), "error")
        return redirect(back, 303)
    flash(_("These options are removed."), "success")
    return redirect(there, 303)


def _offered(group: OptionGroup) -> tuple[object, ...]:
    """What whoever removes it has looked at."""
    return group.label, [option.label for option in group.options]
