from collections.abc import Callable

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events_app.accounts.lock import allowed, staff
from events_app.accounts.rules import may_edit
from events_app.core import clock, idempotency, seen, text, web
from events_app.core.db import saving
from events_app.core.editing import Sent, editing
from events_app.core.errors import Refusal
from events_app.core.pictures import PictureRefused
from events_app.core.text import _
from events_app.events import queries as events
from events_app.newsletters import blocks, letters, queries, rules
from events_app.newsletters.actions import sending, writing
from events_app.newsletters.blocks import BLOCKS
from events_app.newsletters.forms.issues import MOST_BLOCKS, UPLOAD, IssueForm
from events_app.newsletters.models import Issue
from events_app.newsletters.queries import audiences
from events_app.newsletters.rules.facts import PictureFacts, why_unfit
from events_app.themes import queries as themes
from events_app.themes.models import Kind

bp = web.desk("newsletters", "events_app.newsletters.desk")


@bp.get("/")
@allowed(may_edit)
def index() -> ResponseReturnValue:
    found = queries.open_issues()
    facts = blocks.facts_of(found)
    return render_template(
        "newsletters/index.html",
        open_issues=found,
        overtaken={
            issue.id for issue in found if blocks.is_overtaken(issue.blocks, facts[issue.language])
        },
        begun=queries.begun_issues(),
        totals=audiences.totals(),
    )


@bp.post("/new")
@allowed(may_edit)
def create() -> ResponseReturnValue:
    make = writing.begin if "coming" in request.form else writing.create
    with saving():
        key = idempotency.spend(now=clock.now())
        issue = make(text.language(), by=staff(), now=clock.now())
        there = key.leads_to(url_for(".edit", id=issue.id))
    return redirect(there, 303)


@bp.route("/<int:id>", methods=["GET", "POST"])
@allowed(may_edit)
def edit(id: int) -> ResponseReturnValue:
    issue = queries.issue(id)
    if not rules.may_change(issue):
        if request.method == "POST":
            raise rules.AlreadySent
        return redirect(url_for(".report", id=id), 303)
    pictures, refused = _pictures_sent()
    form = editing(_maker(issue), issue)
    form.take_pictures(pictures, refused)
    here = rules.picture_keys(issue.blocks)
    form.miss_pictures(here | queries.pictures(form.picture_keys() - here).keys())
    if not form.validate_on_submit():
        return _editor(issue, form), form.status
    try:
        key = _save(issue, form)
    except Refusal as why:
        form.form_errors.append(why.sentence)
        return _editor(queries.issue(id), form), why.status
    flash(f"issue-{id}", "saved")
    if key is None:
        flash(_("Saved."), "success")
    return redirect(url_for(".edit", id=id, _anchor=f"block-{key}" if key else None), 303)


def _maker(issue: Issue) -> Callable[[Sent], IssueForm]:
    choices, sectors = events.choices(), themes.of_kind(Kind.SECTOR, chosen=[issue.theme])
    return lambda sent: IssueForm(sent, issue, events=choices, themes=sectors)


def _pictures_sent() -> tuple[dict[str, PictureFacts], dict[str, PictureRefused]]:
    """By the name of the field. It takes a second each: so it comes before the issue is held. They
    stay chosen while other things are put right; one that no issue shows goes at night.
    """
    pictures, refused = {}, {}
    for name in UPLOAD.findall("\n".join(request.files))[:MOST_BLOCKS]:
        try:
            if request.files[name]:
                pictures[name] = writing.developed(request.files[name].read())
        except PictureRefused as why:
            refused[name] = why
    if pictures:
        with saving():
            for picture in pictures.values():
                writing.show_to_all(picture, now=clock.now())
    return pictures, refused


def _save(issue: Issue, form: IssueForm) -> str | None:
    """Keep what was typed, and take one step with the blocks; gives the key of its block."""
    draft, now, key = form.draft(), clock.now(), None
    if step := form.step():
        draft.blocks[:], key = rules.arranged(draft.blocks, step)
    with saving():
        seen.check(*rules.plan(issue))  # saved, it has no approval and no plan any more
        writing.save(issue, draft, by=staff(), now=now)
    return key


def _editor(issue: Issue, form: IssueForm) -> str:
    draft = form.draft()
    scene = blocks.scene_of(draft, issue.source)
    return render_template(
        "newsletters/edit.html",
        issue=issue,
        form=form,
        kinds=BLOCKS.values(),
        scene=scene,
        why_unfit=why_unfit,
        seen_plan=seen.shown(*rules.plan(issue)).mark,
        seen_whole=seen.shown(*_whole(issue)).mark,
        readers=audiences.counted(draft).readers,
    )


@bp.route("/<int:id>/preview", methods=["GET", "POST"])
@allowed(may_edit)
def preview(id: int) -> ResponseReturnValue:
    """The very letter that would be sent, made of what the form holds now."""
    issue = queries.issue(id)
    is_typed = request.method == "POST"
    draft = _maker(issue)(request.form).draft() if is_typed else rules.draft_of(issue)
    letter = letters.for_example(
        letters.issue(draft, blocks.scene_of(draft, issue.source), slug=issue.slug)
    )
    web.framed_here(is_letter=True)
    if request.values.get("view") == "text":
        return render_template("newsletters/preview_text.html", letter=letter)
    if request.method == "POST":
        scheme = "dark" if "dark" in request.form else "light"
        return Response(letters.in_scheme(letter.html, scheme))
    return Response(letter.html)


@bp.post("/<int:id>/test")
@allowed(may_edit)
def test(id: int) -> ResponseReturnValue:
    there = web.local_path(request.form.get("back", ""))
    with saving():
        idempotency.spend(now=clock.now()).leads_to(there)
        sending.send_test(queries.issue(id), by=staff(), now=clock.now())
    flash(_("A test e-mail is on its way to %(email)s.", email=staff().email), "success")
    return redirect(there, 303)


@bp.post("/<int:id>/copy")
@allowed(may_edit)
def copy(id: int) -> ResponseReturnValue:
    with saving():
        key = idempotency.spend(now=clock.now())
        made = writing.copy(queries.issue_for_change(id), by=staff(), now=clock.now())
        there = key.leads_to(url_for(".edit", id=made.id))
    return redirect(there, 303)


@bp.post("/<int:id>/throw-away")
@allowed(may_edit)
def throw_away(id: int) -> ResponseReturnValue:
    with saving():
        there = idempotency.spend(now=clock.now(), removes=True).leads_to(url_for(".index"))
        issue = queries.issue_for_change(id)
        seen.check(*_whole(issue), back=url_for(".edit", id=id))
        writing.throw_away(issue, by=staff(), now=clock.now())
    flash(_("The newsletter is thrown away."), "success")
    return redirect(there, 303)


def _whole(issue: Issue) -> tuple[object, ...]:
    """What whoever throws it away has looked at."""
    return issue.subject, issue.version, *rules.plan(issue)
