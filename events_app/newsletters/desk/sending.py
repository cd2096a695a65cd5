from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events_app.accounts.lock import allowed, staff
from events_app.accounts.rules import may_edit, may_organise
from events_app.core import clock, seen, text
from events_app.core.db import saving
from events_app.core.errors import Refusal
from events_app.core.text import _, plural
from events_app.delivery import queries as outbox
from events_app.newsletters import blocks, queries, rules
from events_app.newsletters.actions import sending
from events_app.newsletters.desk.writing import bp
from events_app.newsletters.forms.issues import WhenForm
from events_app.newsletters.models import Issue, IssueStatus
from events_app.newsletters.queries import reports


@bp.get("/<int:id>/check")
@allowed(may_edit)
def check(id: int) -> ResponseReturnValue:
    issue = queries.issue(id)
    if not rules.may_change(issue):
        return redirect(url_for(".report", id=id), 303)
    return _check(issue, WhenForm())


def _check(issue: Issue, form: WhenForm) -> str:
    now = clock.now()
    letter, audience, problems = sending.checked(issue, today=text.there(now).date())
    seal = sending.seal(issue, letter)
    return render_template(
        "newsletters/check.html",
        issue=issue,
        form=form,
        audience=audience,
        problems=problems,
        names=blocks.names(issue.blocks),
        doubts=sending.doubts(issue),
        begun=queries.begun(blocks.event_ids(rules.draft_of(issue)), by=issue.send_at or now),
        seal=seal,
        is_as_approved=seal == issue.content_hash,
        seen_plan=seen.shown(*rules.plan(issue)).mark,
        may_send=may_organise(staff()),
    )


@bp.post("/<int:id>/approve")
@allowed(may_organise)
def approve(id: int) -> ResponseReturnValue:
    seal = request.form.get("seal", "")
    with saving():
        sending.approve(queries.issue_for_change(id), seen=seal, by=staff(), now=clock.now())
    flash(_("Approved. The newsletter can be sent now."), "success")
    return redirect(url_for(".check", id=id), 303)


@bp.post("/<int:id>/take-back")
@allowed(may_organise)
def take_back(id: int) -> ResponseReturnValue:
    with saving():
        issue = queries.issue_for_change(id)
        seen.check(*rules.plan(issue), back=url_for(".check", id=id))
        sending.take_back(issue, by=staff(), now=clock.now())
    flash(_("The approval is withdrawn."), "success")
    return redirect(url_for(".check", id=id), 303)


@bp.post("/<int:id>/send")
@allowed(may_organise)
def send(id: int) -> ResponseReturnValue:
    with saving():
        issue = queries.issue_for_change(id)
        is_first = rules.may_change(issue)
        if is_first:
            seen.check(*rules.plan(issue), back=url_for(".check", id=id))
            sending.send(issue, by=staff(), now=clock.now())
    if issue.status is IssueStatus.CANCELLED:
        flash(
            _("The sending was stopped. To send the newsletter after all, make a copy of it."),
            "info",
        )
    elif not is_first:
        flash(_("The sending had begun already."), "info")
    return redirect(url_for(".report", id=id), 303)


@bp.post("/<int:id>/schedule")
@allowed(may_organise)
def schedule(id: int) -> ResponseReturnValue:
    form = WhenForm()
    if not form.validate_on_submit() or form.send_at.data is None:
        return _check(queries.issue(id), form)
    try:
        with saving():
            issue = queries.issue_for_change(id)
            if issue.send_at != form.send_at.data:  # else it was sent twice
                seen.check(*rules.plan(issue))
                sending.schedule(issue, form.send_at.data, by=staff(), now=clock.now())
    except Refusal as why:
        form.send_at.errors = [str(why.sentence)]
        return _check(queries.issue(id), form), why.status
    flash(_("The newsletter will be sent at the time you chose."), "success")
    return redirect(url_for(".check", id=id), 303)


@bp.post("/<int:id>/unschedule")
@allowed(may_organise)
def unschedule(id: int) -> ResponseReturnValue:
    with saving():
        issue = queries.issue_for_change(id)
        seen.check(*rules.plan(issue), back=url_for(".check", id=id))
        sending.unschedule(issue, by=staff(), now=clock.now())
    flash(_("The newsletter is not sent by itself any more."), "success")
    return redirect(url_for(".check", id=id), 303)


@bp.post("/<int:id>/pause")
@allowed(may_organise)
def pause(id: int) -> ResponseReturnValue:
    with saving():
        sending.pause(queries.issue_for_change(id), by=staff(), now=clock.now())
    flash(_("Sending stands still."), "success")
    return redirect(url_for(".report", id=id), 303)


@bp.post("/<int:id>/resume")
@allowed(may_organise)
def resume(id: int) -> ResponseReturnValue:
    with saving():
        sending.resume(queries.issue_for_change(id), by=staff(), now=clock.now())
    flash(_("Sending goes on."), "success")
    return redirect(url_for(".report", id=id), 303)


@bp.post("/<int:id>/cancel")
@allowed(may_organise)
def cancel(id: int) -> ResponseReturnValue:
    with saving():
        stopped = sending.cancel(queries.issue_for_change(id), by=staff(), now=clock.now())
    said = plural("Sending has stopped. %(count)s e-mail that waited is not sent.",
                  "Sending has stopped. %(count)s e-mails that waited are not sent.",
                  stopped, count=text.number(stopped))  # fmt: skip
    flash(said if stopped else _("Sending has stopped."), "success")
    return redirect(url_for(".report", id=id), 303)


@bp.get("/<int:id>/report")
@allowed(may_edit)
def report(id: int) -> ResponseReturnValue:
    issue = queries.issue(id)
    if issue.sent_at is None:
        return redirect(url_for(".check", id=id), 303)
    campaign = sending.campaign(issue)
    return render_template(
        "newsletters/report.html",
        issue=issue,
        campaign=campaign,
        figures=reports.figures(issue, campaign),
        is_in_doubt=bool(outbox.in_doubt(campaign, 1)),
        registrations=reports.registrations(issue, blocks.event_ids(rules.draft_of(issue))),
        troubled=reports.troubled(campaign) if may_organise(staff()) else [],
        may_send=may_organise(staff()),
    )
