"""The shape of what people and organisers fill in."""

from events_app.registrations.forms.allotting import AllotmentForm, HoldForm, allotment_form
from events_app.registrations.forms.options import OptionGroupForm, group_form
from events_app.registrations.forms.page import page_of
from events_app.registrations.forms.passing import (
    AddressForm,
    HandOverForm,
    TakeForm,
    take_form,
)
from events_app.registrations.forms.people import (
    AskedAgain,
    ChangeForm,
    LeaveForm,
    RegisterForm,
    change_form,
    form_for,
)
from events_app.registrations.forms.settings import (
    QuestionForm,
    SearchForm,
    SettingsForm,
    question_form,
    settings_form,
)

__all__ = [
    "AddressForm",
    "AllotmentForm",
    "AskedAgain",
    "ChangeForm",
    "HandOverForm",
    "HoldForm",
    "LeaveForm",
    "OptionGroupForm",
    "QuestionForm",
    "RegisterForm",
    "SearchForm",
    "SettingsForm",
    "TakeForm",
    "allotment_form",
    "change_form",
    "form_for",
    "group_form",
    "page_of",
    "question_form",
    "settings_form",
    "take_form",
]
