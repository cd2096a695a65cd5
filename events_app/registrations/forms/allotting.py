"""Places that are held for somebody's guests."""

from wtforms import IntegerField
from wtforms.validators import DataRequired, InputRequired, NumberRange

from events_app.core.editing import Sent
from events_app.core.errors import Refusal
from events_app.core.forms import Form, LocalTimeField
from events_app.core.text import lazy as _
from events_app.registrations.forms.settings import MOST_PLACES
from events_app.registrations.models import Allotment
from events_app.registrations.questions.fields import NAME, line
from events_app.registrations.rules import Terms


class HoldForm(Form):
    """How many, and until when; for whom is known."""

    places = IntegerField(
        _("Number of places"),
        [
            InputRequired(_("Fill in how many places.")),
            NumberRange(1, MOST_PLACES, _("Fill in a number between 1 and 1,000,000.")),
        ],
        render_kw={"min": 1, "inputmode": "numeric"},
    )
    release_at = LocalTimeField(
        _("Held until"), [InputRequired(_("Fill in until when the places are held."))]
    )

    def refuse(self, why: Refusal) -> None:
        """Say it where it can be put right; what was typed stays."""
        field = getattr(why, "field", None)
        (self[field].errors if field else self.form_errors).append(str(why.sentence))

    def terms(self, name: str) -> Terms:
        assert self.release_at.data  # noqa: S101 -- the form was validated
        return Terms(name=name, places=self.places.data or 0, release_at=self.release_at.data)


class AllotmentForm(HoldForm):
    name = line(_("For whom"), DataRequired(_("Fill in for whom.")), most=NAME)


def allotment_form(known: Allotment, sent: Sent) -> AllotmentForm:
    return AllotmentForm(sent, obj=known, places=known.pool.size)
