"""What the front page tells of a report."""

import pytest

from events_app.events.rules import highlights

pytestmark = pytest.mark.once

REPORT = """
### Kort

**19 mensen** kwamen naar de loods.
Zij bleven lang.

1. Klein beginnen werkt.

| | Bij de start | Na een jaar |
|---|---|---|
| Monteurs | 6 | 48 |
| Wie | Ana | Rui |
| Wachttijd | 5 weken | 2 weken |
"""


def test_it_opens_with_the_first_paragraph():
    assert highlights(REPORT).opening == "**19 mensen** kwamen naar de loods.\nZij bleven lang."


def test_the_rows_of_its_table_that_tell_numbers_are_figures():
    told = [(f.label, f.now, f.when_before, f.before) for f in highlights(REPORT).figures]
    assert told == [
        ("Monteurs", "48", "Bij de start", "6"),
        ("Wachttijd", "2 weken", "Bij de start", "5 weken"),
    ]


@pytest.mark.parametrize("report", ["", "# Kop", "|", "| a |\n|---|\n| b |", "a | b\n---"])
def test_without_figures_it_has_none(report):
    assert highlights(report).figures == ()
