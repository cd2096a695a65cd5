import click
from flask.cli import with_appcontext

from events_app.accounts import actions
from events_app.core import clock, links
from events_app.core.db import saving
from events_app.core.errors import NotFoundError


@click.command("sign-in-link")
@click.argument("email")
@with_appcontext
def sign_in_link(email: str) -> None:
    """Print a single-use link that signs EMAIL in: the way back in when no letter arrives."""
    try:
        with saving():
            token = actions.link_for_owner(email, now=clock.now())
    except NotFoundError as why:
        raise click.ClickException(f"Nobody with the address {email} has access.") from why
    click.echo(links.to("accounts.link", token=token))
