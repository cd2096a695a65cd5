from wtforms import EmailField
from wtforms.validators import DataRequired, Email

from events_app.core.forms import Form
from events_app.core.text import lazy as _


class AddressForm(Form):
    email = EmailField(
        _("E-mail address"),
        [
            DataRequired(_("Fill in an address.")),
            Email(_("Fill in an e-mail address, such as name@example.org.")),
        ],
    )

    @property
    def address(self) -> str:
        return (self.email.data or "").lower()
