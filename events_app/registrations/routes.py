from dataclasses import replace
from datetime import datetime, timedelta

from flask import (
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from events_app.capacity.queries import number_in_line
from events_app.core import calendars, clock, limits, text, web
from events_app.core.db import reading, saving
from events_app.core.errors import NotFoundError, Refusal, TooMany
from events_app.core.text import _
from events_app.events.rules import is_public, location
from events_app.registrations import actions, letters, queries, questions, rules
from events_app.registrations.forms import (
    AskedAgain,
    ChangeForm,
    LeaveForm,
    RegisterForm,
    change_form,
    form_for,
    page_of,
)
from events_app.registrations.models import (
    Answer,
    EntryState,
    Registration,
    RegistrationForm,
)

bp = web.public("registrations", __name__)
FREELY, TO_ONE_MAILBOX = 10, 10
"""An hour: what one network address sends before its places are held, and what of it may go to one
mailbox. What others do to a mailbox keeps nobody from registering with it.
"""
HOUR = timedelta(hours=1)


@bp.route("/events/<slug>/register", methods=["GET", "POST"])
def register(slug: str) -> ResponseReturnValue:
    now = clock.now()
    if request.method != "POST":
        return _empty(slug, now=now)
    with reading():
        registration_form = queries.form_at(slug)
        is_invited = queries.has_pass(registration_form.event_id, request.args.get("pass", ""))
        if not is_public(registration_form.event):
            raise NotFoundError
        form = form_for(registration_form, source=rules.source(request.args.get("source", "")))
        if not form.validate_on_submit():
            return _page(registration_form, form, now=now, is_invited=is_invited)
    try:
        _register(registration_form, form, now=now, is_invited=is_invited)
    except Refusal as why:
        choice = why if isinstance(why, rules.PartyTooLarge) else None
        if choice is None:
            form.form_errors.append(str(why.sentence))
        wait = {"Retry-After": str(why.retry_after)} if isinstance(why, TooMany) else {}
        page = _page(registration_form, form, now=now, is_invited=is_invited, choice=choice)
        return page, why.status, wait
    return redirect(url_for(".received", slug=slug), 303)


def _empty(slug: str, *, now: datetime) -> str:
    read = queries.form_read(slug)
    if not is_public(read):
        raise NotFoundError
    places = queries.places([read.event_id], now=now)[read.event_id]
    is_invited = queries.has_pass(read.event_id, request.args.get("pass", ""))

    def made() -> str:
        registration_form = queries.form_at(slug)
        form = form_for(registration_form, source=rules.source(request.args.get("source", "")))
        return _page(registration_form, form, now=now, is_invited=is_invited)

    return web.kept_form((tuple(read), places.told, is_invited), made)


def _register(
    registration_form: RegistrationForm, form: RegisterForm, *, now: datetime, is_invited: bool
) -> None:
    """What the reader's own session keeps for the next page is the same for every address."""
    with saving():  # of its own: the next may have to wait for a place
        number = _count((form.email.data or "").lower(), now=now)
    applicant = form.applicant(now=now)
    with saving():
        ended = actions.register(
            registration_form,
            applicant,
            now=now,
            is_invited=is_invited,
            must_confirm=number > FREELY,
        )
    session[rules.RECEIVED] = rules.receipt(
        registration_form.event,
        applicant,
        has_room=ended.has_room,
        is_online=ended.is_online,
        waits_for_hall=ended.waits_for_hall,
        confirm_by=ended.confirm_by,
        now=now,
    )


def _count(email: str, *, now: datetime) -> int:
    """How many came from this network address in this hour. Raises TooMany, also where one mailbox
    would get too many letters from there.
    """
    network = limits.client(request.remote_addr)
    client = f"registrations:client:{network}"
    most = {
        client: current_app.config["REGISTRATIONS_PER_HOUR"],
        f"registrations:mailbox:{limits.hidden(email)}:{network}": TO_ONE_MAILBOX,
    }
    return limits.hit_each(most, per=HOUR, now=now)[client]


def _page(
    registration_form: RegistrationForm,
    form: RegisterForm,
    *,
    now: datetime,
    is_invited: bool,
    choice: rules.PartyTooLarge | None = None,
) -> str:
    """Of `now` it may use no more than how the places stand: the empty page is kept."""
    values = page_of(registration_form, form, now=now, is_invited=is_invited, choice=choice)
    return render_template("registrations/register.html", **values)


@bp.get("/events/<slug>/register/received")
def received(slug: str) -> ResponseReturnValue:
    """The same for every address: nobody learns here who is registered, and nobody gets a page of
    an address that is not theirs. The personal link comes by letter.
    """
    web.private()
    event = queries.form_at(slug).event
    if not is_public(event):
        raise NotFoundError
    return render_template(
        "registrations/received.html",
        event=event,
        place=location(event),
        receipt=rules.received(session.get(rules.RECEIVED), event, now=clock.now()),
    )


@bp.get("/registration/<token>")
def show(token: str) -> ResponseReturnValue:
    web.private()
    return _personal(queries.by_token(token), LeaveForm(), token=token)


def _personal(registration: Registration, form: LeaveForm, *, token: str) -> str:
    return render_template(
        "registrations/show.html",
        token=token,
        registration=registration,
        event=registration.event,
        number=number_in_line(registration.hall_claim or registration.claim),
        held_until=rules.held_until(registration),
        hall_kept_until=rules.hall_kept_until(registration),
        may_wait_for_hall=rules.may_wait_for_hall(registration),
        has_lost_choice=rules.has_lost_choice(registration),
        place="" if rules.has_lost_choice(registration) else letters.place(registration),
        stream=registration.event.stream_url if rules.may_watch(registration) else "",
        answers=[_shown(answer, token) for answer in registration.contact.answers],
        is_past=not rules.is_to_come(registration.event, now=clock.now()),
        may_change=rules.may_change(registration, now=clock.now()),
        may_erase=rules.may_erase(registration, now=clock.now()),
        form=form,
    )


def _shown(answer: Answer, token: str) -> tuple[str, str, str | None]:
    """The question, the answer in words, and where what was sent can be had."""
    return (
        text.local(answer.question.label),
        questions.shown(answer.question, answer.value),
        answer.file and url_for(".file", token=token, answer=answer.id),
    )


@bp.get("/registration/<token>/files/<int:answer>")
def file(token: str, answer: int) -> ResponseReturnValue:
    """What they sent themselves."""
    web.private()
    return web.sent_file(*queries.file_of(queries.by_token(token).contact.answers, answer))


@bp.post("/registration/<token>/confirm")
def confirm(token: str) -> ResponseReturnValue:
    web.private()
    registration = queries.by_token(token)
    try:
        with saving():
            actions.confirm(registration, now=clock.now())
    except Refusal as why:
        flash(str(why.sentence), "error")
    else:
        flash(_("Your registration is confirmed."), "success")
    return redirect(url_for(".show", token=token), 303)


@bp.post("/registration/<token>/accept")
def accept(token: str) -> ResponseReturnValue:
    web.private()
    registration = queries.by_token(token)
    with saving():
        actions.accept(registration, now=clock.now())
    flash(_("The place is yours. The e-mail with the calendar entry is on its way."), "success")
    return redirect(url_for(".show", token=token), 303)


@bp.post("/registration/<token>/stay-online")
def stay_online(token: str) -> ResponseReturnValue:
    web.private()
    registration = queries.by_token(token)
    with saving():
        actions.stay_online(registration, now=clock.now())
    flash(_("You take part online. You wait for the hall no longer."), "success")
    return redirect(url_for(".show", token=token), 303)


@bp.post("/registration/<token>/cancel")
def cancel(token: str) -> ResponseReturnValue:
    web.private()
    registration, form = queries.by_token(token), LeaveForm()
    if not form.validate_on_submit():
        return _personal(registration, form, token=token), 422
    with saving():
        actions.give_up(registration, reason=form.reason.data or "", now=clock.now())
    return redirect(url_for(".show", token=token), 303)


@bp.route("/registration/<token>/change", methods=["GET", "POST"])
def change(token: str) -> ResponseReturnValue:
    web.private()
    registration = queries.by_token(token)
    if not rules.may_change(registration, now=clock.now()):
        raise rules.TooLate
    form = change_form(registration, queries.form_of(registration.event_id))
    if not form.validate_on_submit():
        return _change_page(registration, form, token=token)
    try:
        with saving():
            actions.change(registration, form.changes(now=clock.now()), now=clock.now())
    except (rules.NoPlaceInTheHall, rules.NoPlaceThere) as why:
        form.attends.errors = [str(why.sentence)]
        return _change_page(registration, form, token=token), why.status
    except rules.NoChoice as why:
        form.form_errors.append(why.sentence)
        return _change_page(registration, form, token=token), why.status
    except (rules.TooManyGuests, rules.NoPlaceForGuest) as why:
        new = form.guests[len(registration.guests) :]
        next(field for field in new if field.data).errors = [str(why.sentence)]
        return _change_page(registration, form, token=token), why.status
    flash(_("Your changes are saved."), "success")
    return redirect(url_for(".show", token=token), 303)


def _change_page(registration: Registration, form: ChangeForm, *, token: str) -> str:
    registration_form = queries.form_of(registration.event_id)
    return render_template(
        "registrations/change.html",
        token=token,
        registration=registration,
        event=registration.event,
        registration_form=registration_form,
        form=form,
        needs_wiped_on=rules.needs_wiped_on(registration_form, registration.event),
        asked=[
            (each, rules.answer_wiped_on(each.question, registration.event), _told(each, token))
            for each in form.asked
        ],
    )


def _told(asked: AskedAgain, token: str) -> tuple[str, str, str | None] | None:
    """An answer that its field cannot show, as the pages show answers."""
    return _shown(asked.answer, token) if asked.answer and asked.is_apart else None


@bp.get("/registration/<token>/calendar.ics")
def calendar(token: str) -> ResponseReturnValue:
    web.private()
    registration = queries.by_token(token)
    contact = registration.contact
    if contact.entry.state is EntryState.PLANNED:
        raise NotFoundError
    entry, event = letters.entry(contact), registration.event
    if contact.entry.state is EntryState.WITHDRAWN:
        entry = replace(letters.entry_told(entry, contact), status="CANCELLED")
    with text.speaking(registration.language):
        body = calendars.published([entry], name=text.local(event.title))
    answer = Response(body, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = f'attachment; filename="{contact.code}.ics"'
    return answer
