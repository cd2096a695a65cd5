from events_app.accounts.models import Role, StaffMember
from events_app.core.db import db, saving
from tests.conftest import NOON


def make_staff(email="colleague@example.org", *, name="Demo Colleague", role=Role.EDITOR, **more):
    with saving():
        member = StaffMember(
            email=email, name=name, role=role, created_at=NOON,
            **{"language": "nl", "is_active": True, **more},
        )  # fmt: skip
        db.session.add(member)
    return member
