"""Tables for spreadsheets (Spec T30)."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cadran.core.spreadsheets import Cell, Head, Table, csv_lines, duration_cell, neutral, write_xlsx

PARIS = ZoneInfo("Europe/Paris")
HEADS = [Head(cell.value, cell) for cell in Cell]
AT = datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC)


def table(*rows: list[Any]) -> Table:
    return Table(HEADS, rows, len(rows))


@pytest.mark.parametrize("text", ["=1+1", "+33", "-2", "@SUM(A1)", "\tx", "\r=1", "\n=1", "＝1"])
def test_no_text_begins_a_formula(text: str) -> None:
    """An apostrophe goes before it; everything else stays as it is."""
    assert neutral(text) == f"'{text}"
    assert neutral("a=1") == "a=1"
    assert neutral("") == ""


def test_durations_are_hours_and_minutes() -> None:
    """However long, and never rounded up."""
    assert [duration_cell(seconds) for seconds in (0, 59, 93_959, -60)] == ["0:00", "0:00", "26:05", "-0:01"]


@pytest.mark.parametrize(
    ("with_commas", "line"),
    [
        (False, "'=1,1234.5,2026-03-29 01:59:59,2026-05-01,26:05"),
        (True, "'=1;1234,5;2026-03-29 01:59:59;2026-05-01;26:05"),
    ],
)
def test_csv_writes_what_the_language_reads(with_commas: bool, line: str) -> None:
    """Decimals and separators by the language, instants on the reader's clocks, empty cells for nothing."""
    rows = table(["=1", Decimal("1234.50"), AT, date(2026, 5, 1), 93_959], [None] * 5)
    lines = "".join(csv_lines(rows, zone=PARIS, with_commas=with_commas)).split("\r\n")
    assert lines[0].startswith("\ufefftext")
    assert lines[1] == line
    assert lines[2] == (";" if with_commas else ",") * 4


def test_csv_comes_in_chunks() -> None:
    """No more than some hundred rows are held at once."""
    seen = []

    def rows() -> Any:
        for number in range(1200):
            seen.append(number)
            yield [str(number), None, None, None, None]

    lines = csv_lines(Table(HEADS, rows(), 1200), zone=PARIS, with_commas=False)
    next(lines)
    next(lines)
    assert len(seen) == 500


def test_xlsx_holds_values_and_no_formula() -> None:
    """Numbers and dates are numbers, a text is a text whatever it begins with (Spec T30)."""
    file = io.BytesIO()
    rows = table(
        ["=1+1", Decimal("1234.50"), AT, date(2026, 5, 1), 5400], ["http://x", None, None, None, None]
    )
    write_xlsx(file, rows, zone=PARIS, sheet="Tickets")
    with zipfile.ZipFile(file) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert not [name for name in book.namelist() if "rels" in name and "sheet" in name]
    assert "<f>" not in sheet
    assert "<is><t>=1+1</t></is>" in sheet
    assert "<v>1234.5</v>" in sheet
    assert "<v>0.0625</v>" in sheet
