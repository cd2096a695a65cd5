from typing import Any

from flask import request
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import NumberRange, Optional

from events_app.core.db import LARGEST_KEY
from events_app.core.forms import Form, Length
from events_app.core.text import lazy as _
from events_app.delivery.models import State
from events_app.delivery.queries import Wanted


class FindForm(Form):
    """The filters of the list of letters, in the query string."""

    address = StringField(_("E-mail address"), [Length(max=320)])
    state = SelectField(_("How it stands"), [Optional()])
    before = IntegerField(validators=[Optional(), NumberRange(1, LARGEST_KEY)])

    class Meta(Form.Meta):
        csrf = False

    def __init__(self, **more: Any) -> None:
        super().__init__(formdata=request.args, **more)
        self.state.choices = [("", ""), *((state.value, state.value) for state in State)]

    def wanted(self) -> Wanted:
        return Wanted(
            address=self.address.data or "",
            state=State(self.state.data) if self.state.data else None,
            before=self.before.data,
        )
