from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

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
from events_app.core import calendars, clock, idempotency, rate_limits, text, web
from events_app.core.db import reading, saving
from events_app.core.errors import NotFoundError, Refusal, TooMany
from events_app.core.text import _
from events_app.events.models import Event
from events_app.events.rules import is_public, location
from events_app.registrations import actions, letters, queries, questions, rules
from events_app.registrations.forms import (
    AddressForm,
    AnswersForm,
    AskedAgain,
    ChangeForm,
    HandOverForm,
    LeaveForm,
    RegisterForm,
    TakeForm,
    answers_form,
    change_form,
    form_for,
    page_of,
    take_form,
)
from events_app.registrations.models import (
    Allotment,
    Answer,
    EntryState,
    Participant,
    Registration,
    RegistrationForm,
    Status,
    Transfer,
)

bp = web.public("registrations", __name__)
FREELY, TO_ONE_MAILBOX = 10, 10
"""An hour: what one network address sends before its places are held, and what of it may go to one
mailbox. What others do to a mailbox keeps nobody from registering with it.
"""
HOUR = timedelta(hours=1)
Shown = tuple[str, str, str | None]
"""A question, the answer in words, and where what was sent can be had."""


@bp.route("/events/<slug>/register", methods=["GET", "POST"])
def register(slug: str) -> ResponseReturnValue:
    now = clock.now()
    if request.method != "POST":
        return _empty(slug, now=now)
    with reading():
        registration_form = queries.form_at(slug)
        by = _pass(registration_form.event_id)
        if not is_public(registration_form.event):
            raise NotFoundError
        form = form_for(registration_form, held=by.free, source=_source())
        if not form.validate_on_submit():
            return _page(registration_form, form, now=now, by=by)
    try:
        _register(registration_form, form, now=now, by=by)
    except Refusal as why:
        choice = why if isinstance(why, rules.PartyTooLarge) else None
        if choice is None:
            form.form_errors.append(str(why.sentence))
        wait = {"Retry-After": str(why.retry_after)} if isinstance(why, TooMany) else {}
        page = _page(registration_form, form, now=now, by=by, choice=choice)
        return page, why.status, wait
    return redirect(url_for(".received", slug=slug), 303)


def _source() -> str:
    return rules.source(request.args.get("source", ""))


def _empty(slug: str, *, now: datetime) -> str:
    read = queries.form_read(slug)
    if not is_public(read):
        raise NotFoundError
    places, by = queries.places([read.event_id], now=now)[read.event_id], _pass(read.event_id)
    places = places.with_held(by.free)

    def made() -> str:
        registration_form = queries.form_at(slug)
        form = form_for(registration_form, held=by.free, source=_source())
        return _page(registration_form, form, now=now, by=by)

    return web.kept_form((tuple(read), places.told, by.is_invited), made)


@dataclass(frozen=True, slots=True)
class Pass:
    """What the link that they came by opens."""

    is_invited: bool
    allotment: Allotment | None

    @property
    def free(self) -> int:
        """Places that are held for them, and that nobody has yet."""
        return self.allotment.pool.free or 0 if self.allotment else 0


def _pass(event_id: int) -> Pass:
    given = request.args.get("pass", "")
    allotment = queries.by_pass(event_id, given) if given else None
    return Pass(allotment is not None or queries.has_pass(event_id, given), allotment)


def _register(
    registration_form: RegistrationForm, form: RegisterForm, *, now: datetime, by: Pass
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
            is_invited=by.is_invited,
            must_confirm=number > FREELY,
            allotment=by.allotment,
        )
    session[rules.RECEIVED] = rules.receipt(
        registration_form.event,
        applicant,
        has_room=ended.has_room,
        is_online=ended.is_online,
        waits_for_hall=ended.waits_for_hall,
        confirm_by=ended.confirm_by,
        now=now,
    ) | rules.receipt_of_options(applicant.options, ended.missed)


def _count(email: str, *, now: datetime) -> int:
    """How many came from this network address in this hour. Raises TooMany, also where one mailbox
    would get too many letters from there.
    """
    network = rate_limits.client(request.remote_addr)
    client = f"registrations:client:{network}"
    most = {
        client: current_app.config["REGISTRATIONS_PER_HOUR"],
        f"registrations:mailbox:{rate_limits.hidden(email)}:{network}": TO_ONE_MAILBOX,
    }
    return rate_limits.hit_each(most, per=HOUR, now=now)[client]


def _page(
    registration_form: RegistrationForm,
    form: RegisterForm,
    *,
    now: datetime,
    by: Pass,
    choice: rules.PartyTooLarge | None = None,
) -> str:
    """Of `now` it may use no more than how the places stand: the empty page is kept."""
    values = page_of(
        registration_form, form, now=now, is_invited=by.is_invited, held=by.free, choice=choice
    )
    return render_template("registrations/register.html", **values)


@bp.get("/events/<slug>/register/received")
def received(slug: str) -> ResponseReturnValue:
    """The same for every address: nobody learns here who is registered, and nobody gets a page of
    an address that is not theirs. The personal link comes by letter.
    """
    web.private()
    registration_form = queries.form_at(slug)
    event = registration_form.event
    if not is_public(event):
        raise NotFoundError
    receipt = rules.received(session.get(rules.RECEIVED), event, now=clock.now())
    return render_template(
        "registrations/received.html",
        event=event,
        place=location(event),
        receipt=receipt,
        options=rules.options_received(registration_form, receipt),
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
        options=rules.in_words(rules.options_of(registration.contact)),
        is_past=not rules.is_to_come(registration.event, now=clock.now()),
        may_change=rules.may_change(registration, now=clock.now()),
        may_erase=rules.may_erase(registration, now=clock.now()),
        may_change_address=rules.may_change_address(registration, now=clock.now()),
        may_hand_over=rules.may_hand_over(registration, now=clock.now()),
        asked=_open_transfer(registration),
        form=form,
    )


def _open_transfer(registration: Registration) -> Transfer | None:
    """To another address, while it can be taken."""
    asked = queries.transfer_of(registration.contact.id)
    return asked if asked and rules.may_take(asked, now=clock.now()) else None


def _shown(answer: Answer, token: str) -> Shown:
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
    registration_form, now = queries.form_of(registration.event_id), clock.now()
    form = change_form(registration, registration_form, now=now)
    if not form.validate_on_submit():
        return _change_page(registration, form, token=token)
    try:
        _must_be_in_time(registration_form, now=now)
        with saving():
            missed = actions.change(registration, form.changes(now=clock.now()), now=clock.now())
            full = rules.option_names(missed)
    except rules.NOT_CHANGED as why:
        if isinstance(why, rules.GuestsChanged):
            form = change_form(queries.by_token(token), registration_form, now=now)
        form.refuse(why, guests=len(registration.guests))
        return _change_page(registration, form, token=token), why.status
    _tell_changed(has_moved=form.has_moved, full=full)
    return redirect(url_for(".show", token=token), 303)


def _tell_changed(*, has_moved: bool, full: str) -> None:
    flash(_("Your changes are saved."), "success")
    if has_moved:
        said = _("Your guests had changed since you opened the page: look whether they are right.")
        flash(said, "info")
    if full:
        flash(_("This is full by now, so you do not have it: %(what)s.", what=full), "error")


def _must_be_in_time(registration_form: RegistrationForm, *, now: datetime) -> None:
    """Raises AnswersClosed when the form closed while a page with questions was open."""
    has_answers = any(name.startswith("question_") for name in (*request.form, *request.files))
    if has_answers and not rules.may_answer(registration_form, registration_form.event, now=now):
        raise rules.AnswersClosed


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
        asked=_asked(form, registration.event, partial(_shown, token=token)),
        answers=[
            _shown(each, token) for each in (registration.contact.answers if not form.asked else ())
        ],
        guests=[
            (guest.name, url_for(".guest_answers_for", token=token, guest=guest.id))
            for guest in registration.guests
        ]
        if registration_form.questions_of_guests
        and rules.may_answer(registration_form, registration.event, now=clock.now())
        else [],
    )


def _asked(
    form: AnswersForm, event: Event, shown: Callable[[Answer], Shown]
) -> list[tuple[AskedAgain, datetime, Shown | None]]:
    """Each question, when its answer is wiped, and the answer that its field cannot show."""
    return [
        (
            each,
            rules.answer_wiped_on(each.question, event),
            shown(each.answer) if each.answer and each.is_apart else None,
        )
        for each in form.asked
    ]


@bp.get("/registration/<token>/calendar.ics")
def calendar(token: str) -> ResponseReturnValue:
    web.private()
    return _calendar(queries.by_token(token).contact)


def _calendar(person: Participant) -> Response:
    if person.calendar_entry is None or person.entry.state is EntryState.PLANNED:
        raise NotFoundError
    entry, registration = letters.entry(person), person.registration
    if person.entry.state is EntryState.WITHDRAWN:
        entry = replace(letters.entry_told(entry, person), status="CANCELLED")
    with text.speaking(registration.language):
        body = calendars.published([entry], name=text.local(registration.event.title))
    answer = Response(body, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = f'attachment; filename="{person.code}.ics"'
    return answer


# -- a guest with an address of their own


@bp.get("/guest/<token>")
def guest(token: str) -> ResponseReturnValue:
    web.private()
    person = queries.guest_by_token(token)
    registration, event = person.registration, person.registration.event
    is_past = not rules.is_to_come(event, now=clock.now())
    is_seated = registration.status is Status.CONFIRMED
    return render_template(
        "registrations/guest.html",
        token=token,
        person=person,
        registration=registration,
        event=event,
        place=letters.place(registration),
        stream=event.stream_url if rules.may_watch(registration) else "",
        is_past=is_past,
        is_seated=is_seated,
        has_entry=person.calendar_entry is not None and person.entry.state is EntryState.SENT,
        may_leave=rules.may_change(registration, now=clock.now()),
        answers=[_shown_to_guest(answer, token=token) for answer in person.answers],
        may_answer=bool(registration.form.questions_of_guests)
        and rules.may_change(registration, now=clock.now())
        and rules.may_answer(registration.form, event, now=clock.now()),
    )


@bp.route("/guest/<token>/answers", methods=["GET", "POST"])
def guest_answers(token: str) -> ResponseReturnValue:
    """What they answer themselves."""
    web.private()
    person = queries.guest_by_token(token)
    return _answers(
        person, is_own=True, back=url_for(".guest", token=token),
        shown=partial(_shown_to_guest, token=token),
    )  # fmt: skip


@bp.get("/guest/<token>/files/<int:answer>")
def guest_file(token: str, answer: int) -> ResponseReturnValue:
    """What they sent themselves."""
    web.private()
    return web.sent_file(*queries.file_of(queries.guest_by_token(token).answers, answer))


@bp.route("/registration/<token>/guests/<int:guest>/answers", methods=["GET", "POST"])
def guest_answers_for(token: str, guest: int) -> ResponseReturnValue:
    """What the contact answers for a guest. What the guest sent is the guest's to see."""
    web.private()
    person = rules.guest(queries.by_token(token), guest)
    return _answers(
        person, is_own=False, back=url_for(".change", token=token),
        shown=lambda answer: (*_shown_to_guest(answer, token="")[:2], None),
    )  # fmt: skip


def _answers(
    person: Participant, *, is_own: bool, back: str, shown: Callable[[Answer], Shown]
) -> ResponseReturnValue:
    now = clock.now()
    registration_form = queries.form_of(person.event_id)
    event, asked = registration_form.event, registration_form.questions_of_guests
    if not asked:
        raise NotFoundError
    form = answers_form(person, asked, is_own=is_own)
    if not form.validate_on_submit():
        return render_template(
            "registrations/answers.html",
            person=person,
            event=event,
            is_own=is_own,
            back=back,
            may_answer=rules.may_answer(registration_form, event, now=now),
            form=form,
            asked=_asked(form, event, shown),
        ), 422 if form.errors else 200
    answers = form.answers(now=now)
    with saving():
        actions.answer(person, answers, now=now)
    flash(_("Your changes are saved."), "success")
    return redirect(back, 303)


def _shown_to_guest(answer: Answer, *, token: str) -> Shown:
    return (
        text.local(answer.question.label),
        questions.shown(answer.question, answer.value),
        answer.file and url_for(".guest_file", token=token, answer=answer.id),
    )


@bp.post("/guest/<token>/leave")
def leave_party(token: str) -> ResponseReturnValue:
    web.private()
    with saving():
        sending = idempotency.spend(now=clock.now(), removes=True)
        person = queries.guest_by_token(token)
        slug = person.registration.event.slug
        there = sending.leads_to(url_for("events.show", slug=slug))
        actions.leave_party(person, now=clock.now())
    flash(_("You do not come along any more. An e-mail that says so is on its way."), "success")
    return redirect(there, 303)


@bp.get("/guest/<token>/calendar.ics")
def guest_calendar(token: str) -> ResponseReturnValue:
    web.private()
    return _calendar(queries.guest_by_token(token))


# -- to another address


ASKED_A_DAY = 5
"""Letters to addresses that somebody typed on the page of one registration."""


@bp.route("/registration/<token>/address", methods=["GET", "POST"])
def address(token: str) -> ResponseReturnValue:
    """The contact gives another address; only the button in the letter there changes it."""
    web.private()
    registration, form = queries.by_token(token), AddressForm()
    if not rules.may_change_address(registration, now=clock.now()):
        raise rules.TooLate
    form.own = registration.email
    return _ask_transfer(registration, form, token=token, is_hand_over=False)


@bp.route("/registration/<token>/hand-over", methods=["GET", "POST"])
def hand_over(token: str) -> ResponseReturnValue:
    """Offer the place to somebody else, who takes it with the button in the letter there."""
    web.private()
    registration, form = queries.by_token(token), HandOverForm()
    if not rules.may_hand_over(registration, now=clock.now()):
        raise rules.TooLate
    form.own = registration.email
    return _ask_transfer(registration, form, token=token, is_hand_over=True)


def _ask_transfer(
    registration: Registration, form: AddressForm, *, token: str, is_hand_over: bool
) -> ResponseReturnValue:
    """The answer is the same for an address that is registered for this event."""
    now = clock.now()
    if not form.validate_on_submit():
        page = "registrations/hand_over.html" if is_hand_over else "registrations/address.html"
        return render_template(
            page,
            token=token,
            registration=registration,
            event=registration.event,
            until=rules.answer_until(registration, is_hand_over=is_hand_over, now=now),
            form=form,
        ), 422 if form.errors else 200
    with saving():  # of its own: the next may have to wait for a place
        key = f"registrations:transfer:{registration.id}"
        rate_limits.hit(key, limit=ASKED_A_DAY, per=timedelta(days=1), now=now)
    with saving():
        there = idempotency.spend(now=now).leads_to(url_for(".show", token=token))
        actions.transfer(
            registration,
            email=form.to,
            name=form.name.data or "" if isinstance(form, HandOverForm) else "",
            is_hand_over=is_hand_over,
            now=now,
        )
    flash(_("An e-mail is on its way to %(email)s.", email=form.to), "success")
    return redirect(there, 303)


@bp.post("/registration/<token>/take-back")
def take_back(token: str) -> ResponseReturnValue:
    web.private()
    registration = queries.by_token(token)
    with saving():
        actions.take_back(registration)
    flash(_("It is taken back. The button in that e-mail does nothing any more."), "success")
    return redirect(url_for(".show", token=token), 303)


@bp.route("/transfer/<token>", methods=["GET", "POST"])
def transfer(token: str) -> ResponseReturnValue:
    """For who holds the letter: the button that changes the address, or takes the place."""
    web.private()
    asked, now = queries.transfer_by_token(token), clock.now()
    registration_form = queries.form_of(asked.participant.event_id)
    form = take_form(asked, registration_form) if asked.is_hand_over else None
    is_sent = request.method == "POST"
    if is_sent and not rules.may_take(asked, now=now):  # the page says what has happened
        return redirect(url_for(".transfer", token=token), 303)
    if not is_sent or (form and not form.validate_on_submit()):
        page = _transfer_page(asked, registration_form, form, token=token)
        return page, 422 if form and form.errors else 200
    given = form.given(now=now) if form else None
    try:
        with saving():
            actions.take(asked, given, now=now)
    except rules.AlreadyExpected as why:
        page = _transfer_page(asked, registration_form, form, token=token, problem=why.sentence)
        return page, why.status
    flash(
        _("The place is yours. The e-mail with the calendar entry is on its way.")
        if asked.is_hand_over
        else _("Your address is changed. An e-mail with your new link is on its way."),
        "success",
    )
    return redirect(url_for(".show", token=letters.token(asked.participant)), 303)


def _transfer_page(
    asked: Transfer,
    registration_form: RegistrationForm,
    form: TakeForm | None,
    *,
    token: str,
    problem: Any = "",
) -> str:
    registration, event = asked.participant.registration, registration_form.event
    return render_template(
        "registrations/transfer.html",
        token=token,
        asked=asked,
        registration=registration,
        event=event,
        place=letters.place(registration),
        may_take=rules.may_take(asked, now=clock.now()),
        form=form,
        problem=problem,
        needs_wiped_on=rules.needs_wiped_on(registration_form, event),
        questions=[
            (field, question, rules.answer_wiped_on(question, event))
            for question, field in (form.asked if form else ())
        ],
    )


@bp.post("/transfer/<token>/decline")
def decline(token: str) -> ResponseReturnValue:
    web.private()
    asked = queries.transfer_by_token(token)
    with saving():
        actions.decline(asked, now=clock.now())
    return redirect(url_for(".transfer", token=token), 303)
