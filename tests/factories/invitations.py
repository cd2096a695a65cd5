from events_app.core.db import saving
from events_app.invitations import actions, rules
from tests.conftest import NOON


def profile(name="Noor Demo", email="noor@example.org", *, quota=20, **more):
    fields = {
        "language": "nl", "title": {"nl": "Directeur van een opleidingsbedrijf"}, "sector_id": None,
        "region_id": None, "is_active": True, "is_public": False,
    }  # fmt: skip
    return actions.Profile(name=name, email=email, quota=quota, **{**fields, **more})


def make_ambassador(*names, **more):
    with saving():
        return actions.appoint(profile(*names, **more), by=None, now=NOON).ambassador


def make_guest(name="Ben Demo", email="ben@example.org", **more):
    fields = {"organisation": "ROC Voorbeeld", "words": "", "address_source": "regionaal netwerk"}
    return rules.Guest(name=name, email=email, **{**fields, **more})


def make_invitation(event, ambassador, guest=None):
    with saving():
        return actions.invite(event, ambassador, guest or make_guest(), now=NOON)
