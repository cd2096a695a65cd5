import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from flask import (
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue

from events_app.accounts.actions import note
from events_app.accounts.lock import allowed, staff
from events_app.accounts.rules import may_edit, may_organise, may_own
from events_app.core import clock, heartbeat, idempotency, letters, web
from events_app.core.db import saving
from events_app.core.errors import Forbidden, NotFoundError, Refusal
from events_app.core.letters import Letter, Stream
from events_app.core.text import LANGUAGES, _, language, plural
from events_app.delivery import actions, queries, rules
from events_app.delivery.forms import FindForm
from events_app.delivery.letters import trial
from events_app.delivery.models import OutboxMessage, State
from events_app.delivery.post.mime import BadAddress, MimeTemplate, Sender, build
from events_app.delivery.post.reading import Shown, read

bp = web.desk("delivery", __name__)
LATEST = 50
KEYS_TO_THE_DESK = "accounts/"
"""The letters of that room hold sign-in links."""


@bp.get("/")
@allowed(may_organise)
def overview() -> ResponseReturnValue:
    now = clock.now()
    return render_template(
        "delivery/overview.html",
        has_server=current_app.config["SMTP_URL"] is not None,
        domain=Sender.of(current_app.config).host,
        has_worker=heartbeat.is_fresh(heartbeat.last(), now),
        pauses=queries.paused(now),
        campaigns=queries.campaigns_paused(now),
        counts=queries.counts(now),
        doubts=queries.doubts(),
        uncertain=queries.in_state(State.UNCERTAIN, LATEST),
        failed=queries.in_state(State.FAILED, LATEST),
        states=State,
        streams=Stream,
        at_most=queries.AT_MOST,
    )


@bp.get("/signature")
@allowed(may_organise)
def signature() -> ResponseReturnValue:
    """What the mail server must do, for who runs it."""
    return render_template("delivery/signature.html", domain=Sender.of(current_app.config).host)


@bp.get("/inbox")
@allowed(may_organise)
def inbox() -> ResponseReturnValue:
    form = FindForm()
    found = queries.inbox(form.wanted()) if form.validate() else []
    older = found[queries.A_PAGE - 1].id if len(found) > queries.A_PAGE else None
    return render_template(
        "delivery/inbox.html", form=form, found=found[: queries.A_PAGE], older=older, states=State,
        has_server=current_app.config["SMTP_URL"] is not None, may_read=_may_read,
    )  # fmt: skip


@bp.get("/inbox/<int:key>")
@allowed(may_organise)
def letter(key: int) -> ResponseReturnValue:
    message = _readable(key)
    return render_template(
        "delivery/letter.html", message=message, shown=_shown(message), states=State
    )


@bp.get("/inbox/<int:key>/html")
@allowed(may_organise)
def html(key: int) -> ResponseReturnValue:
    return _framed(_existing(key).html)


@bp.get("/inbox/<int:key>/raw")
@allowed(may_organise)
def raw(key: int) -> ResponseReturnValue:
    return send_file(
        io.BytesIO(_existing(key).raw),
        mimetype="message/rfc822",
        as_attachment=True,
        download_name=f"letter-{key}.eml",
    )


@bp.get("/inbox/<int:key>/attachment/<int(max=99):number>")
@allowed(may_organise)
def attachment(key: int, number: int) -> ResponseReturnValue:
    attachments = _existing(key).attachments
    if number >= len(attachments):
        raise NotFoundError
    file = attachments[number]
    return send_file(
        io.BytesIO(file.content),
        mimetype=file.kind,
        as_attachment=True,
        download_name=file.name,
    )


@bp.post("/inbox/<int:key>/arrived")
@allowed(may_organise)
def arrived(key: int) -> ResponseReturnValue:
    message = queries.message(key)
    with _settling():
        actions.arrived(message, now=clock.now())
        note("delivery.arrived", message, message.kind, by=staff(), now=clock.now())
    return _told(_("Noted: the e-mail arrived."))


@bp.post("/inbox/<int:key>/again")
@allowed(may_organise)
def send_again(key: int) -> ResponseReturnValue:
    message = queries.message(key)
    with _settling():
        actions.send_again(message, now=clock.now())
        note("delivery.sent_again", message, message.kind, by=staff(), now=clock.now())
    return _told(_("The e-mail is on its way again."))


@bp.get("/uncertain")
@allowed(may_organise)
def uncertain() -> ResponseReturnValue:
    """All uncertain letters of a campaign, to settle them in one act."""
    try:
        doubt = _doubt(request.args.get("campaign", ""))
    except actions.AlreadySettled as why:
        flash(str(why.sentence), "info")
        return redirect(url_for(".overview"), 303)
    return render_template(
        "delivery/uncertain.html", doubt=doubt, first=queries.in_doubt(doubt.campaign, LATEST)
    )


@bp.post("/uncertain/arrived")
@allowed(may_organise)
def all_arrived() -> ResponseReturnValue:
    with _settling():
        doubt = _doubt(request.form.get("campaign", ""))
        count = actions.all_arrived(doubt.campaign, seen=_seen(), now=clock.now())
        _note_all("delivery.all_arrived", doubt, count)
    return _told(
        plural("Noted: %(num)d e-mail stays as delivered.",
                 "Noted: %(num)d e-mails stay as delivered.", count)
    )  # fmt: skip


@bp.post("/uncertain/again")
@allowed(may_organise)
def send_all_again() -> ResponseReturnValue:
    with _settling():
        doubt = _doubt(request.form.get("campaign", ""))
        count = actions.send_all_again(doubt.campaign, seen=_seen(), now=clock.now())
        _note_all("delivery.all_sent_again", doubt, count)
    return _told(
        plural("%(num)d e-mail is on its way again.",
                 "%(num)d e-mails are on their way again.", count)
    )  # fmt: skip


@contextmanager
def _settling() -> Iterator[None]:
    """What waited for a decision has one afterwards: whoever presses twice is led on."""
    with saving():
        idempotency.spend(now=clock.now(), removes=True).leads_to(url_for(".overview"))
        yield


def _doubt(campaign: str) -> queries.Doubt:
    for doubt in queries.doubts():
        if doubt.campaign == campaign:
            return doubt
    raise actions.AlreadySettled


def _seen() -> datetime:
    """`last_at` of the Doubt that the page showed: what came into doubt since is not settled."""
    try:
        return datetime.fromisoformat(request.form.get("seen", "")).astimezone(UTC)
    except (ValueError, OverflowError) as why:
        raise actions.AlreadySettled from why


def _note_all(verb: str, doubt: queries.Doubt, count: int) -> None:
    first, after = staff(), {"count": count}
    note(verb, first, doubt.subject, by=first, now=clock.now(), after=after)


@bp.post("/pause")
@allowed(may_organise)
def pause() -> ResponseReturnValue:
    with saving():
        idempotency.spend(now=clock.now()).leads_to(url_for(".overview"))
        held = actions.pause(rules.ALL, now=clock.now())
        note("delivery.paused", held, held.subject, by=staff(), now=clock.now())
    return _told(_("All sending stands still."))


@bp.post("/resume")
@allowed(may_organise)
def resume() -> ResponseReturnValue:
    with _settling():
        held = queries.paused(clock.now()).get(request.form.get("subject", ""))
        if held is None:
            raise Refusal(_("This was resumed already."))
        actions.resume(held.subject, now=clock.now())
        note("delivery.resumed", held, held.subject, by=staff(), now=clock.now())
    return _told(_("Sending goes on."))


@bp.post("/trial")
@allowed(may_organise)
def send_trial() -> ResponseReturnValue:
    member, now = staff(), clock.now()
    with saving():
        idempotency.spend(now=now).leads_to(url_for(".overview"))
        written = trial(to=member.email, name=member.name, language=language(), now=now)
        actions.enqueue(written, dedupe_key=f"trial:{member.id}:{now.isoformat()}", now=now)
    return _told(_("A trial e-mail to %(email)s is on its way.", email=member.email))


# -- every letter of the house, with the values of its samples


@bp.get("/letters")
@allowed(may_edit)
def kinds() -> ResponseReturnValue:
    spoken = language()
    found = {
        kind: _example(kind, letters.samples(kind, spoken)[0], spoken) for kind in letters.kinds()
    }
    return render_template("delivery/kinds.html", found=found, may_organise=may_organise(staff()))


@bp.get("/letters/<room>/<name>")
@allowed(may_edit)
def sample(room: str, name: str) -> ResponseReturnValue:
    return render_template(
        "delivery/sample.html",
        kind=f"{room}/{name}",
        may_organise=may_organise(staff()),
        **_sample(room, name),
    )


@bp.get("/letters/<room>/<name>/html")
@allowed(may_edit)
def sample_html(room: str, name: str) -> ResponseReturnValue:
    return _framed(_sample(room, name)["letter"].html)


def _sample(room: str, name: str) -> dict[str, Any]:
    """The letter in the wanted wording (`?sample=2`) and language (`?in=en`)."""
    kind = f"{room}/{name}"
    if kind not in letters.kinds():
        raise NotFoundError
    number = request.args.get("sample", 1, int)
    spoken = request.args.get("in", language())
    samples = letters.samples(kind, spoken)
    if not 1 <= number <= len(samples) or spoken not in LANGUAGES:
        raise NotFoundError
    written = _example(kind, samples[number - 1], spoken)
    return {"letter": written, "number": number, "count": len(samples), "spoken": spoken}


def _example(kind: str, values: dict[str, Any], spoken: str) -> Letter:
    member = staff()
    return letters.write(kind, to=member.email, to_name=member.name, language=spoken, values=values)


def _may_read(message: OutboxMessage) -> bool:
    """A letter with a key to the desk in it would make its reader its recipient."""
    return may_own(staff()) or not message.kind.startswith(KEYS_TO_THE_DESK)


def _readable(key: int) -> OutboxMessage:
    message = queries.message(key)
    if not _may_read(message):
        raise Forbidden(_("This e-mail lets someone into the desk. Only owners can read it."))
    return message


def _existing(key: int) -> Shown:
    shown = _shown(_readable(key))
    if shown is None:
        raise NotFoundError
    return shown


def _shown(message: OutboxMessage) -> Shown | None:
    """The letter as it is sent; None when it has been wiped or can never be sent."""
    if message.is_wiped:
        return None
    sender = Sender.of(current_app.config)
    moment = message.accepted_at or message.created_at
    try:
        return read(build(message, MimeTemplate(message.body), sender, now=moment))
    except (BadAddress, KeyError):
        return None


def _framed(source: str) -> Response:
    """A letter in a frame: its links open in a window of their own."""
    web.framed_here(is_letter=True)
    return Response(source.replace("<head>", '<head><base target="_blank">', 1))


def _told(sentence: str) -> ResponseReturnValue:
    flash(sentence, "success")
    return redirect(url_for(".overview"), 303)
