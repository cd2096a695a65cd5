from wtforms import ColorField, StringField
from wtforms.validators import Regexp

from events_app.core.forms import Filled, Form, Length
from events_app.core.text import lazy as _

MOST = 120


def _lower(value: str | None) -> str | None:
    return value.lower() if isinstance(value, str) else value


class ThemeForm(Form):
    name_nl = StringField(
        _("Name in Dutch"),
        [
            Filled(_("Fill in a name in Dutch.")),
            Length(max=MOST),
            Regexp(r".*\w", message=_("Use at least one letter or figure.")),
        ],
    )
    name_en = StringField(
        _("Name in English"),
        [
            Filled(_("Fill in a name in English.")),
            Length(max=MOST),
        ],
    )
    colour = ColorField(
        _("Colour"),
        [Regexp(r"^#[0-9a-f]{6}$", message=_("Choose a colour, such as #2d83e0."))],
        filters=[_lower],
    )
