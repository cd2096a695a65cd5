"""Who may do what at the desk."""

from events_app.accounts.models import Role, StaffMember

_RANK = {Role.DOOR: 0, Role.EDITOR: 1, Role.ORGANISER: 2, Role.OWNER: 3}


def _at_least(staff: StaffMember, role: Role) -> bool:
    return staff.is_active and _RANK[staff.role] >= _RANK[role]


def may_enter(staff: StaffMember) -> bool:
    return staff.is_active


def may_edit(staff: StaffMember) -> bool:
    """Write content; not send or publish."""
    return _at_least(staff, Role.EDITOR)


def may_organise(staff: StaffMember) -> bool:
    """Publish, send, and see the people who registered."""
    return _at_least(staff, Role.ORGANISER)


def may_own(staff: StaffMember) -> bool:
    return _at_least(staff, Role.OWNER)
