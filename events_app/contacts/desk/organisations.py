from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events_app.accounts.lock import allowed, staff
from events_app.accounts.rules import may_edit, may_organise
from events_app.contacts import actions, queries
from events_app.contacts.forms import COLOUR, KINDS, LogoForm, OrganisationForm, SearchForm
from events_app.contacts.models import Organisation
from events_app.contacts.rules import NameTaken
from events_app.core import clock, csv_export, idempotency, seen, web
from events_app.core.db import saving
from events_app.core.editing import Sent, editing
from events_app.core.pictures import PictureRefused
from events_app.core.text import _

bp = web.desk("contacts", __name__)
SHOWN = 200


@bp.get("/")
@allowed(may_edit)
def organisations() -> ResponseReturnValue:
    form = SearchForm()
    wanted = form.wanted()
    page = queries.found_organisations(wanted, form.page_number)
    return render_template(
        "contacts/organisations.html",
        form=form,
        sought=wanted.words,
        page=page,
        kinds=dict(KINDS),
        may_see_people=may_organise(staff()),
    )


@bp.get("/organisations.csv")
@allowed(may_edit)
def organisations_csv() -> ResponseReturnValue:
    kinds = dict(KINDS)
    rows = (
        (
            each.name,
            str(kinds[each.kind.value]),
            each.website,
            _("yes") if each.is_partner else _("no"),
        )
        for each in queries.every_organisation(SearchForm().wanted())
    )
    heads = [_("Name"), _("Kind"), _("Website"), _("Partner")]
    return csv_export.download("organisations", heads, rows)


@bp.route("/organisations/add", methods=["GET", "POST"])
@allowed(may_edit)
def add_organisation() -> ResponseReturnValue:
    form = OrganisationForm()
    if form.validate_on_submit():
        profile = form.profile(may_make_partner=may_organise(staff()), is_partner=False)
        try:
            with saving():
                sending = idempotency.spend(now=clock.now())
                organisation = actions.add_organisation(profile, by=staff(), now=clock.now())
                there = sending.leads_to(url_for(".organisation", key=organisation.id))
        except NameTaken as why:
            form.name.errors = [str(why.sentence)]
        else:
            return redirect(there, 303)
    return render_template(
        "contacts/add_organisation.html", form=form, may_make_partner=may_organise(staff())
    )


@bp.get("/organisations/<int:key>")
@allowed(may_edit)
def organisation(key: int) -> ResponseReturnValue:
    found, may_see_people = queries.organisation(key), may_organise(staff())
    return render_template(
        "contacts/organisation.html",
        organisation=found,
        kinds=dict(KINDS),
        members=queries.members(found, SHOWN) if may_see_people else [],
        may_see_people=may_see_people,
        link_seen=seen.shown(found.link_digest).mark,
    )


@bp.route("/organisations/<int:key>/edit", methods=["GET", "POST"])
@allowed(may_edit)
def edit_organisation(key: int) -> ResponseReturnValue:
    found = queries.organisation(key)
    form = editing(lambda sent: OrganisationForm(sent, obj=found), found)
    may_make_partner, proposed = may_organise(staff()), request.args.get("accent", "")
    if COLOUR.fullmatch(proposed) and not form.is_submitted():
        form.accent.data = proposed
    if form.validate_on_submit():
        profile = form.profile(may_make_partner=may_make_partner, is_partner=found.is_partner)
        try:
            with saving():
                actions.edit_organisation(found, profile, by=staff(), now=clock.now())
        except NameTaken as why:
            form.name.errors = [str(why.sentence)]
        else:
            flash(_("Saved."), "success")
            return redirect(url_for(".organisation", key=key), 303)
    return render_template(
        "contacts/edit_organisation.html",
        form=form,
        organisation=found,
        may_make_partner=may_make_partner,
        is_proposed=bool(proposed),
    )


@bp.route("/organisations/<int:key>/logo", methods=["GET", "POST"])
@allowed(may_edit)
def logo(key: int) -> ResponseReturnValue:
    """The colour that a new logo proposes is filled in on the next page, for a person to save."""
    found = queries.organisation(key)
    drawn, refused = _logos_sent()

    def made(sent: Sent) -> LogoForm:
        return LogoForm(sent, {"light": found.logo_key, "dark": found.logo_dark_key})

    form = editing(made, found)
    for name, why in refused.items():
        form.refuse(name, why)
    if not form.validate_on_submit():
        form.lose(drawn)
        page = render_template("contacts/logo.html", form=form, organisation=found)
        return page, 422 if form.errors else 200
    kept = {name: None if form.removes(name) else key for name, key in form.stored.items()}
    logos, accent = kept | {name: key for name, (key, _colour) in drawn.items()}, found.accent
    _key, proposed = drawn.get("light", ("", None))
    with saving():
        actions.set_logos(found, **logos, by=staff(), now=clock.now())
    flash(_("The logo has been saved."), "success")
    if proposed and proposed != accent:
        return redirect(url_for(".edit_organisation", key=key, accent=proposed), 303)
    return redirect(url_for(".organisation", key=key), 303)


def _logos_sent() -> tuple[dict[str, tuple[str, str]], dict[str, PictureRefused]]:
    """Key and colour of each. It takes a second: so it comes before the organisation is held."""
    drawn, refused = {}, {}
    for name in ("light", "dark"):
        upload = request.files.get(name)
        try:
            if upload:
                drawn[name] = actions.keep_logo(upload.read())
        except PictureRefused as why:
            refused[name] = why
    return drawn, refused


@bp.post("/organisations/<int:key>/link")
@allowed(may_organise)
def renew_link(key: int) -> ResponseReturnValue:
    found: Organisation = queries.organisation(key)
    with saving():
        there = idempotency.spend(now=clock.now()).leads_to(url_for(".organisation", key=key))
        seen.check(found.link_digest, back=there)
        actions.renew_link(found, by=staff(), now=clock.now())
    flash(_("There is a new link. The old one no longer works."), "success")
    return redirect(there, 303)
