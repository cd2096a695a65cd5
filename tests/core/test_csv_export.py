import csv
import io
import tracemalloc

import pytest

from events_app.core import csv_export


def read(text):
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


@pytest.mark.parametrize(
    "cell", ["=1+1", "+31 6 12345678", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("x")']
)
def test_no_cell_is_a_formula(cell):
    text = "".join(csv_export.lines(["Name"], [[cell]]))
    assert read(text)[1] == ["'" + cell]


def test_numbers_and_plain_words_stay_as_they_are():
    text = "".join(csv_export.lines(["Name", "Number"], [['a;b "c"\nd', -2], ["Zoë", 3.5]]))
    assert read(text) == [["Name", "Number"], ['a;b "c"\nd', "-2"], ["Zoë", "3.5"]]


def test_a_long_list_is_sent_while_it_is_read():
    rows = ((f"Person {number}", "x" * 100) for number in range(50_000))
    tracemalloc.start()
    total = sum(len(part) for part in csv_export.lines(["Name", "Words"], rows))
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert total > 5_000_000
    assert most < 1_000_000
