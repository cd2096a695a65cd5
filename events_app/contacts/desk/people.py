from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events_app.accounts.actions import note
from events_app.accounts.lock import allowed, staff
from events_app.accounts.rules import may_organise
from events_app.contacts import actions, queries
from events_app.contacts.forms import MembershipForm, PersonForm, SearchForm
from events_app.contacts.models import Membership, Person, Purpose
from events_app.contacts.rules import AddressTaken, AlreadyMember, Search
from events_app.core import clock, csv_export, idempotency, seen, web
from events_app.core.components import letters_to_contacts, offered
from events_app.core.db import saving
from events_app.core.editing import editing
from events_app.core.errors import NotFoundError
from events_app.core.text import _

bp = web.desk("people", __name__, prefix="/desk/contacts/people")


@bp.get("/")
@allowed(may_organise)
def people() -> ResponseReturnValue:
    form = SearchForm()
    wanted = form.wanted()
    chosen = wanted.organisation_id
    return render_template(
        "contacts/people.html",
        form=form,
        sought=wanted.words,
        among=queries.LATEST if _is_partial(wanted) else None,
        page=queries.found_people(wanted, form.page_number),
        organisation=queries.organisation(chosen) if chosen else None,
    )


def _is_partial(wanted: Search) -> bool:
    return bool(wanted.words) and not wanted.organisation_id and queries.has_more_than_latest()


@bp.get("/people.csv")
@allowed(may_organise)
def people_csv() -> ResponseReturnValue:
    if request.method == "GET":  # HEAD takes nothing along
        with saving():
            note("contacts.exported_people", staff(), staff().name, by=staff(), now=clock.now())
    heads = [_("Name"), _("E-mail address"), _("Telephone"), _("Language"), _("Organisations")]
    return csv_export.download("people", heads, queries.every_person(SearchForm().wanted()))


@bp.route("/add", methods=["GET", "POST"])
@allowed(may_organise)
def add() -> ResponseReturnValue:
    form = PersonForm()
    if form.validate_on_submit():
        try:
            with saving():
                sending = idempotency.spend(now=clock.now())
                found = actions.add_person(form.card(), by=staff(), now=clock.now())
                there = sending.leads_to(url_for(".person", key=found.id))
        except AddressTaken as why:
            form.email.errors = [str(why.sentence)]
        else:
            return redirect(there, 303)
    return render_template("contacts/add_person.html", form=form)


@bp.get("/<int:key>")
@allowed(may_organise)
def person(key: int) -> ResponseReturnValue:
    found = queries.person(key)
    return _shown(found, MembershipForm(queries.organisation_choices()))


@bp.route("/<int:key>/edit", methods=["GET", "POST"])
@allowed(may_organise)
def edit(key: int) -> ResponseReturnValue:
    found = queries.person(key)
    form = editing(lambda sent: PersonForm(sent, obj=found), found)
    if form.validate_on_submit():
        try:
            with saving():
                actions.edit_person(
                    found, form.card(), letters=letters_to_contacts(offered()), by=staff(),
                    now=clock.now(),
                )  # fmt: skip
        except AddressTaken as why:
            form.email.errors = [str(why.sentence)]
        else:
            flash(_("Saved."), "success")
            return redirect(url_for(".person", key=key), 303)
    return render_template("contacts/edit_person.html", form=form, person=found)


@bp.post("/<int:key>/organisations")
@allowed(may_organise)
def join(key: int) -> ResponseReturnValue:
    found, form = queries.person(key), MembershipForm(queries.organisation_choices())
    if form.validate():
        organisation, title = queries.organisation(int(form.organisation.data)), form.title.data
        try:
            with saving():
                there = idempotency.spend(now=clock.now()).leads_to(url_for(".person", key=key))
                actions.join(found, organisation, title or "", by=staff(), now=clock.now())
        except AlreadyMember as why:
            form.organisation.errors = [str(why.sentence)]
        else:
            return redirect(there, 303)
    return _shown(found, form)


@bp.post("/<int:key>/organisations/<int:membership>/leave")
@allowed(may_organise)
def leave(key: int, membership: int) -> ResponseReturnValue:
    there = url_for(".person", key=key)
    with saving():
        idempotency.spend(now=clock.now(), removes=True).leads_to(there)
        found = queries.membership(membership, queries.person(key))
        organisation, title = found.organisation, found.title
        seen.check(*_part(found), back=there)
        actions.leave(found, by=staff(), now=clock.now())
    web.can_undo(
        _("%(name)s has been removed here.", name=organisation.name),
        url_for(".join", key=key),
        organisation=organisation.id,
        title=title,
    )
    return redirect(there, 303)


def _part(membership: Membership) -> tuple[object, ...]:
    """What the row of the button says."""
    return membership.organisation_id, membership.title


@bp.post("/<int:key>/consents/<purpose>/withdraw")
@allowed(may_organise)
def withdraw(key: int, purpose: str) -> ResponseReturnValue:
    found = queries.person(key)
    if purpose not in list(Purpose):
        raise NotFoundError
    with saving():
        actions.withdraw_at_desk(found, Purpose(purpose), by=staff(), now=clock.now())
    flash(_("The consent has been withdrawn."), "success")
    return redirect(url_for(".person", key=key), 303)


def _shown(found: Person, form: MembershipForm) -> ResponseReturnValue:
    return render_template(
        "contacts/person.html",
        person=found,
        form=form,
        memberships=[(each, seen.shown(*_part(each)).mark) for each in queries.memberships(found)],
        consents=queries.consents(found),
    )
