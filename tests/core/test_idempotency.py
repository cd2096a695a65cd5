"""The key of a form that makes something: what it holds, and when it is spent."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from events_app.contacts.models import Organisation
from events_app.core import idempotency, tokens
from events_app.core.db import db
from events_app.core.idempotency import SpentKey
from events_app.delivery import jobs as delivery
from events_app.invitations.models import Invitation
from tests.conftest import NOON
from tests.factories.contacts import make_organisation
from tests.factories.events import make_event
from tests.factories.invitations import make_ambassador

ADD = "/desk/contacts/organisations/add"
KEY = re.compile(r'name="once" value="([^"]+)"')
TWICE = "U verstuurde dit formulier twee keer, en het is één keer gedaan."


def key_on(desk, path=ADD):
    return KEY.search(desk.get(path).text)[1]


def typed(key, name="Fonds Zuid"):
    return {"name": name, "kind": "fund", "website": "", "accent": "#0b1b3b", "once": key}


def organisations():
    db.session.expire_all()
    return sorted(db.session.scalars(sa.select(Organisation.name)))


def test_back_and_sent_again_with_other_words_leads_to_what_was_made_and_says_so(desk):
    key = key_on(desk)
    first = desk.post(ADD, data=typed(key))
    second = desk.post(ADD, data=typed(key, "Fonds Zuid-Holland"))
    assert (second.status_code, second.location) == (303, first.location)
    assert TWICE in desk.get(second.location).text
    assert organisations() == ["Fonds Zuid"]


def test_each_page_has_a_key_of_its_own(desk):
    keys = {key_on(desk), key_on(desk)}
    assert [desk.post(ADD, data=typed(key, key[-9:])).status_code for key in keys] == [303, 303]
    assert len(organisations()) == 2


def test_what_was_refused_spends_nothing(desk):
    make_organisation("Fonds Zuid")
    key = key_on(desk)
    assert "error-summary" in desk.post(ADD, data=typed(key)).text
    assert desk.post(ADD, data=typed(key, "Fonds Oost")).status_code == 303
    assert organisations() == ["Fonds Oost", "Fonds Zuid"]


@pytest.mark.parametrize("key", ["", "x", "é\0", "eyJ4IjoxfQ.aaaa.bbbb", "a" * 5000])
def test_a_key_that_is_none_of_ours_is_a_new_form(desk, key):
    assert desk.post(ADD, data=typed(key)).status_code == 303
    assert desk.post(ADD, data=typed(key, "Fonds Oost")).status_code == 303
    assert len(organisations()) == 2
    assert db.session.scalars(sa.select(SpentKey)).all() == []


def test_an_altered_key_is_none_of_ours(desk):
    key = key_on(desk)
    desk.post(ADD, data=typed(key))
    altered = ("B" if key[0] != "B" else "C") + key[1:]
    assert desk.post(ADD, data=typed(altered, "Fonds Oost")).status_code == 303
    assert len(organisations()) == 2


def test_a_key_is_another_one_at_another_door(desk):
    key = key_on(desk)
    desk.post(ADD, data=typed(key))
    person = {"name": "Pim Demo", "email": "pim@example.org", "language": "nl", "once": key}
    made = desk.post("/desk/contacts/people/add", data=person)
    assert made.location.startswith("/desk/contacts/people/")


def test_the_address_that_is_kept_holds_no_personal_token(app, client):
    make_event(capacity=5)
    token = tokens.derived("ambassador", make_ambassador().seed)
    page = f"/ambassador/{token}"
    guest = {"name": "Ben", "email": "ben@example.org", "language": "nl", "address_source": "Werk"}
    answers = [
        client.post(f"{page}/invite?event=1", data={**guest, "once": key})
        for key in [key_on(client, page)] * 2
    ]
    assert [answer.location for answer in answers] == [f"{page}?event=1"] * 2
    kept = db.session.scalars(sa.select(SpentKey.target)).one()
    assert token not in kept
    assert db.session.scalar(sa.select(sa.func.count(Invitation.id))) == 1


def test_a_list_of_which_nobody_could_be_invited_spends_nothing(app, client):
    make_event(capacity=5)
    page = f"/ambassador/{tokens.derived('ambassador', make_ambassador().seed)}"
    data = {"list-people": "nobody", "list-language": "nl", "list-address_source": "Werk",
            "once": KEY.findall(client.get(page).text)[-1]}  # fmt: skip
    assert client.post(f"{page}/list?event=1", data=data).status_code == 200
    data["list-people"] = "ben@example.org"
    assert client.post(f"{page}/list?event=1", data=data).status_code == 303
    assert db.session.scalar(sa.select(sa.func.count(Invitation.id))) == 1


def test_old_keys_go_at_night(desk, noon):
    desk.post(ADD, data=typed(key_on(desk)))
    for moment, left in ((idempotency.KEPT, 1), (idempotency.KEPT + timedelta(seconds=0.5), 0)):
        noon.set(NOON + moment)
        delivery.tidy()
        assert len(db.session.scalars(sa.select(SpentKey.digest)).all()) == left
