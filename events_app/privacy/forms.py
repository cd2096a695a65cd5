from wtforms import EmailField
from wtforms.validators import DataRequired

from events_app.core.forms import ADDRESS, Form
from events_app.core.text import lazy as _


class AddressForm(Form):
    email = EmailField(
        _("E-mail address"),
        [
            DataRequired(_("Fill in an address.")),
            ADDRESS,
        ],
    )

    @property
    def address(self) -> str:
        return (self.email.data or "").lower()
