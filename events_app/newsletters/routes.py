from datetime import UTC, datetime

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events_app.core import clock, files, idempotency, installation, links, seen, text, tokens, web
from events_app.core.db import saving
from events_app.core.errors import NotFoundError, TooMany
from events_app.core.text import _
from events_app.kits import on_demand
from events_app.kits.rules.values import Page
from events_app.newsletters import blocks, queries, rules
from events_app.newsletters.actions import subscribing
from events_app.newsletters.forms.subscribing import PreferencesForm, SubscribeForm
from events_app.newsletters.models import Issue, SubscriptionStatus
from events_app.newsletters.rules import LINK, TEST, facts
from events_app.themes import queries as themes
from events_app.themes.models import Kind

bp = web.public("newsletters", __name__)

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""When an empty feed last changed."""

bp.template_folder = ".."  # block.html is beside the letter's block.mjml


@bp.route("/newsletter/", methods=["GET", "POST"])
def subscribe() -> ResponseReturnValue:
    form = SubscribeForm()
    form.themes.offer(themes.of_kind(Kind.SECTOR))
    if not form.is_submitted():
        form.language.data = text.language()
    if not form.validate_on_submit():
        return render_template("newsletters/subscribe.html", form=form)
    try:
        with saving():
            subscribing.ask(
                form.wish(request.path), visitor=request.remote_addr or "", now=clock.now()
            )
    except TooMany as why:
        form.form_errors.append(why.sentence)
        page = render_template("newsletters/subscribe.html", form=form)
        return page, why.status, {"Retry-After": str(why.retry_after)}
    return redirect(url_for(".asked"), 303)


@bp.get("/newsletter/asked")
def asked() -> ResponseReturnValue:
    return render_template("newsletters/asked.html")


@bp.route("/newsletter/confirm/<token>", methods=["GET", "POST"])
def confirm(token: str) -> ResponseReturnValue:
    web.private()
    now = clock.now()
    try:
        if request.method != "POST":  # scanners open links too: only the button subscribes
            found = queries.request_by_token(token, now=now)
            reader = queries.reader(found.email)
            return render_template(
                "newsletters/confirm.html", request_found=found, is_reader=reader is not None
            )
        with saving():
            # what it removes is the request; and no table holds the personal link
            idempotency.spend(now=now, removes=True).leads_to(url_for(".archive"))
            found = queries.request_by_token(token, now=now)
            subscription, is_new = subscribing.confirm(found, now=now)
    except NotFoundError:
        return render_template("newsletters/confirm.html", request_found=None), 404
    if is_new:
        flash(_("You are subscribed. Below you can choose your topics."), "success")
    else:
        flash(_("You were subscribed already. Your choices have stayed as they were."), "info")
    own_page = url_for(".preferences", token=tokens.derived(LINK, subscription.seed))
    return redirect(own_page, 303)


@bp.route("/newsletter/preferences/<token>", methods=["GET", "POST"])
def preferences(token: str) -> ResponseReturnValue:
    web.private()
    subscription = queries.subscription_by_link(token)
    form = PreferencesForm()
    form.themes.offer(themes.of_kind(Kind.SECTOR, chosen=subscription.themes))
    is_active, status = subscription.status is SubscriptionStatus.ACTIVE, 200
    choices = rules.choices(subscription)
    shown = seen.shown(choices)
    if is_active and form.validate_on_submit():
        if not shown.has_changed or form.chosen() == choices:  # the latter: pressed twice
            with saving():
                subscribing.prefer(
                    subscription,
                    name=form.name.data or "",
                    language=form.language.data,
                    themes=form.themes.data or [],
                )
            flash(_("Your choices are saved."), "success")
            return redirect(url_for(".preferences", token=token), 303)
        why = rules.ChangedElsewhere()
        form.form_errors.append(str(why.sentence))
        status = why.status
    if not form.is_submitted():
        form.show(subscription)
    return render_template(
        "newsletters/preferences.html",
        form=form,
        subscription=subscription,
        token=token,
        shown=shown.mark,
    ), status


@bp.route("/unsubscribe/<token>", methods=["GET", "POST"])
def unsubscribe(token: str) -> ResponseReturnValue:
    """One click (RFC 8058): the POST has no cookie and gets no redirect; GET changes nothing."""
    web.private()
    subscription = None if token == TEST else queries.subscription_by_link(token)
    if request.method == "POST" and subscription:
        is_button = request.form.get("by") == "page"
        how = "button on the unsubscribe page" if is_button else "one-click unsubscribe"
        with saving():
            subscribing.leave(subscription, how=how, now=clock.now())
    return render_template("newsletters/unsubscribe.html", subscription=subscription, token=token)


web.csrf.exempt(unsubscribe)


@bp.get("/newsletter/archive")
def archive() -> ResponseReturnValue:
    """Of one day, those in the reader's language come first."""

    def order(issue: Issue) -> tuple[int, bool]:
        sent_at = issue.sent_at or issue.created_at
        day = sent_at.astimezone(text.AMSTERDAM).date()
        return -day.toordinal(), issue.language != text.language()

    return render_template("newsletters/archive.html", issues=sorted(queries.archive(), key=order))


@bp.get("/newsletter/archive.atom")
def feed() -> ResponseReturnValue:
    """RFC 4287; the newest entry says when it changed, so that a reader may get a 304."""
    issues = queries.archive()
    feed = render_template(
        "newsletters/archive.xml",
        issues=issues,
        updated=issues[0].sent_at if issues else EPOCH,
        here=links.to("newsletters.feed"),
        to=links.to,
        host=installation.name(),
    )
    return web.if_fresh(Response(feed, mimetype="application/atom+xml"))


@bp.get("/newsletter/pictures/<key>")
def picture(key: str) -> ResponseReturnValue:
    """Under the name of its content: it never changes, and mail programs keep it."""
    found = queries.picture(key)
    answer = Response(files.read(found.key), mimetype=found.mime)
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # shown by mail programs
    return answer


@bp.get("/newsletter/<slug>/card.png")
def card(slug: str) -> ResponseReturnValue:
    issue = queries.issue_by_slug(slug)
    with text.speaking(issue.language):
        name = _("Newsletter")
        day = f"{name} · {text.day(issue.sent_at)}" if issue.sent_at else ""
    colour = issue.theme.colour if issue.theme else ""
    page = Page(issue.subject, issue.preheader, kicker=day, colour=colour)
    return on_demand.shared(on_demand.page_card(page, issue.language))


@bp.get("/newsletter/<slug>", endpoint="web")
def web_version(slug: str) -> ResponseReturnValue:
    """As it was sent, in its own language; what changed since is shown above it."""
    issue = queries.issue_by_slug(slug)
    draft, then = rules.draft_of(issue), facts.kept(issue.events)
    with text.speaking(issue.language):
        scene = blocks.scene_of(draft, issue.source, events=then)
        page = render_template(
            "newsletters/web.html",
            issue=issue,
            drawn=blocks.drawn(draft.blocks, scene),
            corrections=facts.corrected(then, queries.event_facts(then.keys(), issue.language)),
        )
    return web.if_fresh(make_response(page))
