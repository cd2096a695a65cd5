"""Numbers as Dutch and English people write them: 1,5 and 1.5, 1.000 and 1,000."""

import re
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from wtforms import Field
from wtforms.widgets import TextInput

from events_app.core import text
from events_app.core.text import _

MOST_DIGITS = 15
_UNSAID = dict.fromkeys(map(ord, " \u00a0\u202f\u2009'’"))
"""Between thousands."""
_MINUS = {ord("−"): "-", ord("–"): "-"}
_NUMBER = re.compile(r"([+-]?)([0-9.,]*[0-9])")
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*")
"""None begins with 0: 0.500 is a half in each language."""
_ONCE = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
_UNCLEAR = re.compile(r"0[0-9]+[.,][0-9]{3}")
"""Neither thousands nor a number that anybody writes: it is asked again."""


class NumberField(Field):
    """`data` is a Decimal or None; what was typed stays in the field."""

    widget = TextInput()

    def __init__(
        self, label: Any = None, validators: Any = None, *, is_whole: bool = False, **more: Any
    ) -> None:
        super().__init__(label, validators, **more)
        self.is_whole = is_whole
        self.render_kw = {"inputmode": "numeric" if is_whole else "decimal", "autocomplete": "off"}

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        typed = valuelist[0].strip() if valuelist and isinstance(valuelist[0], str) else ""
        if typed:
            self.data = read(typed, is_whole=self.is_whole, language=text.language())
            if self.data is None:
                raise ValueError(
                    _("Fill in a number in digits, such as 12.")
                    if self.is_whole
                    else _("Fill in a number in digits, such as 12 or 1.5.")
                )

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else words(self.data, groups=False)


def words(number: Decimal, *, groups: bool = True) -> str:
    """In the reader's language."""
    return str(format_decimal(number, locale=text.language(), group_separator=groups))


def read(typed: str, *, is_whole: bool, language: str) -> Decimal | None:
    """None: it is no number. One mark before three digits is read as the reader's language does,
    and as that of thousands where only a whole number fits.
    """
    found = _NUMBER.fullmatch(typed.translate({**_UNSAID, **_MINUS}))
    if not found or len(re.findall("[0-9]", found[2])) > MOST_DIGITS or _UNCLEAR.match(found[2]):
        return None
    sign, digits = found.groups()
    here = "." if language == "nl" else ","
    is_once = _ONCE.fullmatch(digits) is not None
    if _THOUSANDS.fullmatch(digits) and (not is_once or is_whole or here in digits):
        return _made(sign, re.sub("[.,]", "", digits), "")
    whole, _mark, after = digits.replace(",", ".").rpartition(".")
    if not _mark:
        return _made(sign, digits, "")
    mark = digits[len(whole)]
    other = "," if mark == "." else "."
    plain = digits[: len(whole)]
    is_grouped = other in plain and mark not in plain and _THOUSANDS.fullmatch(plain)
    if is_grouped or re.fullmatch("[0-9]*", plain):
        return _made(sign, plain.replace(other, ""), after)
    return None


def _made(sign: str, whole: str, after: str) -> Decimal:
    number = Decimal(f"{sign}{whole or 0}.{after or 0}").normalize()
    return number or Decimal(0)
