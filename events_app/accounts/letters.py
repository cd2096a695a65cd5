from events_app.accounts.models import StaffMember
from events_app.core import links
from events_app.core.letters import Letter, Names, Url, write
from events_app.core.text import speaking
from events_app.delivery.rules import named


def sign_in(member: StaffMember, token: str) -> Letter:
    with speaking(member.language):
        address = Url(links.to("accounts.link", token=token))
    return write(
        "accounts/sign_in",
        to=member.email,
        to_name=member.name,
        language=member.language,
        values={"name": member.name, "link": address},
    )


def invited(member: StaffMember, *, by: StaffMember) -> Letter:
    with speaking(member.language):
        address = Url(links.to("accounts.sign_in"))
    return write(
        "accounts/invited",
        to=member.email,
        to_name=member.name,
        language=member.language,
        values={
            "name": member.name,
            "by": Names(named(by.name, email=by.email)),
            "email": member.email,
            "link": address,
        },
    )
