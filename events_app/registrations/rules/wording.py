"""The words of a registration form that can name a day or an hour."""

from collections.abc import Iterator

from events_app.core.text import lazy as _
from events_app.events.rules import Said, in_each_language
from events_app.registrations.models import RegistrationForm


def texts(form: RegistrationForm) -> Iterator[Said]:
    for question in form.questions:
        yield from in_each_language(_("A question"), question.label)
        yield from in_each_language(_("Why a question is asked"), question.purpose)
    for group in form.option_groups:
        yield from in_each_language(_("A choice"), group.label)
        yield from in_each_language(_("Help at a choice"), group.help)
        for option in group.options:
            yield from in_each_language(_("An option"), option.label)
