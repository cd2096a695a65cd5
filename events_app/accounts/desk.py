from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from events_app.accounts import actions, lock, queries, rules
from events_app.accounts.forms import InviteForm, JournalForm, MeForm, MemberForm
from events_app.accounts.journal import Told
from events_app.accounts.lock import allowed, staff
from events_app.accounts.models import Role
from events_app.accounts.queries import JournalFilter
from events_app.core import clock, components, idempotency, text, web
from events_app.core.db import saving
from events_app.core.editing import editing
from events_app.core.errors import Refusal
from events_app.core.text import _

bp = web.desk("accounts", __name__, prefix="/desk")


# -- the journal


@bp.get("/accounts/journal")
@allowed(rules.may_organise)
def journal() -> ResponseReturnValue:
    known = ((member.id, member.name, member.email) for member in queries.members())
    people = [(str(id), name) for id, name in text.told_apart(known)]
    form = JournalForm(people)
    wanted = form.wanted() if form.validate() else JournalFilter()
    lines = queries.journal(wanted)
    older = lines[queries.A_PAGE - 1].id if len(lines) > queries.A_PAGE else None
    return render_template(
        "accounts/journal.html",
        form=form,
        lines=lines[: queries.A_PAGE],
        older=older,
        told=Told(components.offered()),
    )


# -- colleagues


@bp.get("/accounts/colleagues")
@allowed(rules.may_own)
def colleagues() -> ResponseReturnValue:
    return render_template("accounts/colleagues.html", members=queries.members())


@bp.route("/accounts/colleagues/invite", methods=["GET", "POST"])
@allowed(rules.may_own)
def invite() -> ResponseReturnValue:
    form = InviteForm(role=Role.EDITOR.value)
    if form.validate_on_submit():
        try:
            with saving():
                there = idempotency.spend(now=clock.now()).leads_to(url_for(".colleagues"))
                member = actions.invite(
                    form.colleague(form.email.data or ""), by=staff(), now=clock.now()
                )
        except Refusal as why:
            form.email.errors = [str(why.sentence)]
        else:
            flash(_("%(name)s has a seat. The e-mail is on its way.", name=member.name), "success")
            return redirect(there, 303)
    return render_template("accounts/invite.html", form=form)


@bp.route("/accounts/colleagues/<int:key>", methods=["GET", "POST"])
@allowed(rules.may_own)
def colleague(key: int) -> ResponseReturnValue:
    member = queries.member(key)
    form = editing(lambda sent: MemberForm(sent, obj=member), member)
    if form.validate_on_submit():
        try:
            with saving():
                actions.edit(member, form.colleague(member.email), by=staff(), now=clock.now())
        except Refusal as why:
            form.role.errors = [str(why.sentence)]
        else:
            flash(_("Saved."), "success")
            return redirect(url_for(".colleagues"), 303)
    return render_template("accounts/colleague.html", form=form, member=member)


@bp.post("/accounts/colleagues/<int:key>/close")
@allowed(rules.may_own)
def close_access(key: int) -> ResponseReturnValue:
    return _done(key, actions.close_access, _("The access has been taken away."))


@bp.post("/accounts/colleagues/<int:key>/open")
@allowed(rules.may_own)
def give_access_again(key: int) -> ResponseReturnValue:
    return _done(key, actions.give_access_again, _("The colleague has access again."))


@bp.post("/accounts/colleagues/<int:key>/remove")
@allowed(rules.may_own)
def remove(key: int) -> ResponseReturnValue:
    there = url_for(".colleagues")
    try:
        with saving():
            idempotency.spend(now=clock.now(), removes=True).leads_to(there)
            actions.remove(queries.member(key), by=staff(), now=clock.now())
    except Refusal as why:
        flash(str(why.sentence), "error")
    else:
        flash(_("The colleague has been removed."), "success")
    return redirect(there, 303)


# -- one's own seat


@bp.route("/accounts/me", methods=["GET", "POST"])
@allowed(rules.may_enter)
def me() -> ResponseReturnValue:
    member = staff()
    form = editing(lambda sent: MeForm(sent, obj=member), member)
    if form.validate_on_submit():
        with saving():
            actions.edit(member, form.colleague(member), by=member, now=clock.now())
        flash(_("Saved."), "success")
        return redirect(url_for(".me"), 303)
    return render_template("accounts/me.html", form=form)


@bp.post("/accounts/me/sign-out-everywhere")
@allowed(rules.may_enter)
def sign_out_everywhere() -> ResponseReturnValue:
    with saving():
        actions.sign_out_everywhere(staff(), by=staff(), now=clock.now())
    lock.end_session()
    flash(_("You are signed out in every browser."), "success")
    return redirect(url_for("accounts.sign_in"), 303)


def _done(key: int, act: Callable[..., None], words: str) -> ResponseReturnValue:
    try:
        with saving():
            act(queries.member(key), by=staff(), now=clock.now())
    except Refusal as why:
        flash(str(why.sentence), "error")
    else:
        flash(words, "success")
    return redirect(url_for(".colleagues"), 303)
