from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from events_app.accounts import actions, lock, queries, rules
from events_app.accounts.forms import AskForm
from events_app.core import clock, tokens, web
from events_app.core.db import saving
from events_app.core.errors import NotFoundError, Refusal, TooMany
from events_app.core.text import _

bp = web.public("accounts", __name__)


@bp.before_request
def _private() -> None:
    web.private()


@bp.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    form = AskForm(next=request.args.get("next", ""))
    if lock.current_staff():
        return redirect(_wanted(form.next.data), 303)
    if not form.validate_on_submit():
        return render_template("accounts/sign_in.html", form=form)
    browser = session.setdefault("browser", tokens.new_token())
    session["next"] = _wanted(form.next.data)
    try:
        with saving():
            actions.ask_for_link(
                form.email.data or "",
                browser=browser,
                client=request.remote_addr or "",
                known=lock.known_here(),
                now=clock.now(),
            )
    except TooMany as why:
        page = render_template("accounts/sign_in.html", form=form, wait=why.retry_after)
        return page, why.status, {"Retry-After": str(why.retry_after)}
    return redirect(url_for(".link_sent"), 303)


@bp.get("/sign-in/sent")
def link_sent() -> ResponseReturnValue:
    return render_template("accounts/link_sent.html")


@bp.get("/sign-in/<token>")
def link(token: str) -> ResponseReturnValue:
    """Uses nothing up: mail scanners look at links, only a person presses the button."""
    try:
        found = queries.link(token)
        actions.check_link(found, browser=session.get("browser", ""), now=clock.now())
    except NotFoundError:
        return _no_good(rules.LinkSpent())
    except Refusal as why:
        return _no_good(why)
    return render_template("accounts/link.html", token=token, member=found.staff)


@bp.post("/sign-in/<token>")
def enter(token: str) -> ResponseReturnValue:
    now = clock.now()
    try:
        with saving():
            member = actions.enter(token, browser=session.get("browser", ""), now=now)
            actions.end_session(lock.session_key())  # whoever was signed in here before
            key = actions.begin_session(member, now=now)
    except Refusal as why:
        return redirect(_wanted(""), 303) if _is_in(token) else _no_good(why)
    wanted = _wanted(session.get("next", ""))
    lock.start_session(member, key)
    return redirect(wanted, 303)


def _is_in(token: str) -> bool:
    """The button was pressed twice: this link let this browser in just now."""
    member = lock.current_staff()
    try:
        return member is not None and queries.link(token).staff_id == member.id
    except NotFoundError:
        return False


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """On the server too: a copy of the cookie opens nothing any more."""
    with saving():
        actions.end_session(lock.session_key())
    lock.end_session()
    flash(_("You are signed out."), "success")
    return redirect(url_for(".sign_in"), 303)


def _wanted(path: str | None) -> str:
    """Where they were going before they had to sign in; never to another site."""
    return web.local_path(path) if path else url_for("site_desk.today")


def _no_good(why: Refusal) -> ResponseReturnValue:
    return render_template("accounts/link_no_good.html", sentence=why.sentence), why.status
