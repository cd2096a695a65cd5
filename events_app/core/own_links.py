"""The page where people who have a page of their own ask for its link by mail."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Protocol

from flask import render_template, request, url_for
from wtforms import EmailField
from wtforms.validators import DataRequired

from events_app.core import clock, rate_limits
from events_app.core.db import saving
from events_app.core.errors import NoOwnPage, NotFoundError
from events_app.core.forms import ADDRESS, Form
from events_app.core.text import lazy as _

MOST, PER = 10, timedelta(hours=1)
"""How often one network address may ask."""


class LinkForm(Form):
    email = EmailField(_("E-mail address"), [DataRequired(_("Fill in your address.")), ADDRESS])


@contextmanager
def own_page(ask: str) -> Iterator[None]:
    """Where nobody is found by the link, the page leads to the endpoint `ask` for a new one."""
    try:
        yield
    except NotFoundError as why:
        raise NoOwnPage(url_for(ask)) from why


class Ask(Protocol):
    def __call__(self, email: str, *, now: datetime) -> None: ...


def ask_for_link(whose: str, ask: Ask, *, page: str, asked: str) -> str:
    """The same words, whether or not the address belongs to somebody.

    `whose`: what is counted apart, such as "partner". `page`, `asked`: templates with the form, and
    for who has sent it.
    """
    form = LinkForm()
    if not form.validate_on_submit():
        return render_template(page, form=form)
    now = clock.now()
    with saving():
        rate_limits.hit(
            f"{whose}-link:{rate_limits.client(request.remote_addr)}", limit=MOST, per=PER, now=now
        )
        ask(form.email.data or "", now=now)
    return render_template(asked)
