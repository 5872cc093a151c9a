"""Tables for spreadsheets: CSV as a stream of lines, XLSX in the memory of one row (Spec T30).

Cells hold plain values: texts, ``Decimal`` numbers, aware instants, days, whole seconds of a duration, or None.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from enum import Enum
from itertools import islice
from typing import IO, Any

import xlsxwriter

#: How many rows a sheet holds below its heading.
SHEET_ROWS = 1_048_575
#: Rows that go out together.
_CHUNK = 500
#: What a spreadsheet takes for the beginning of a formula or a command, wide forms included.
_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")


class Cell(Enum):
    """What the cells of a column hold."""

    TEXT = "text"
    NUMBER = "number"
    INSTANT = "instant"
    DAY = "day"
    DURATION = "duration"


@dataclass(frozen=True)
class Head:
    """A column: its heading in the reader's language, and what its cells hold."""

    label: str
    cell: Cell = Cell.TEXT


@dataclass(frozen=True)
class Table:
    """Headings and rows; ``count`` is how many rows there are."""

    heads: Sequence[Head]
    rows: Iterable[Sequence[Any]]
    count: int


def neutral(text: str) -> str:
    """``text`` so that no spreadsheet takes it for a formula: an apostrophe goes before what would begin one."""
    return f"'{text}" if text[:1] in _FORMULA and text else text


def duration_cell(seconds: int) -> str:
    """Seconds as ``26:05``, hours and minutes."""
    sign = "-" if seconds < 0 else ""
    return f"{sign}{abs(seconds) // 3600}:{abs(seconds) % 3600 // 60:02d}"


class _Line:
    """What the csv module writes to, one line at a time."""

    def write(self, line: str) -> str:
        return line


def csv_lines(table: Table, *, zone: tzinfo, with_commas: bool) -> Iterator[str]:
    """The table as CSV, some hundred lines at a time; instants on the clocks of ``zone``.

    ``with_commas``: the language writes decimals with a comma, so that a semicolon parts the cells. The byte-order mark
    in front tells spreadsheets that the text is UTF-8.
    """
    texts = [_csv_text(head.cell, zone, with_commas) for head in table.heads]
    write = csv.writer(_Line(), delimiter=";" if with_commas else ",").writerow
    yield "\ufeff" + str(write([neutral(head.label) for head in table.heads]))
    rows = iter(table.rows)
    while chunk := list(islice(rows, _CHUNK)):
        yield "".join(
            str(write(["" if one is None else text(one) for text, one in zip(texts, row, strict=True)]))
            for row in chunk
        )


def _csv_text(cell: Cell, zone: tzinfo, with_commas: bool) -> Callable[[Any], str]:
    def number(value: Decimal) -> str:
        plain = format(value.normalize(), "f")
        return plain.replace(".", ",") if with_commas else plain

    def instant(value: datetime) -> str:
        return value.astimezone(zone).isoformat(" ", "seconds")[:19]

    made: dict[Cell, Callable[[Any], str]] = {
        Cell.TEXT: neutral,
        Cell.NUMBER: number,
        Cell.INSTANT: instant,
        Cell.DAY: date.isoformat,
        Cell.DURATION: duration_cell,
    }
    return made[cell]


def write_xlsx(file: IO[bytes], table: Table, *, zone: tzinfo, sheet: str) -> None:
    """Write the table as a workbook of one sheet; at most :data:`SHEET_ROWS` rows.

    Every text is written as a text, never as a formula or a link, whatever it begins with.
    """
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    page = book.add_worksheet(sheet[:31])
    formats = {
        Cell.INSTANT: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        Cell.DAY: book.add_format({"num_format": "yyyy-mm-dd"}),
        Cell.DURATION: book.add_format({"num_format": "[h]:mm"}),
    }
    bold = book.add_format({"bold": True})
    for column, head in enumerate(table.heads):
        page.set_column(column, column, max(12, min(len(head.label) + 2, 40)))
        page.write_string(0, column, head.label, bold)
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, max(table.count, 1), len(table.heads) - 1)
    put = [_xlsx_put(page, head.cell, formats, zone) for head in table.heads]
    for number, row in enumerate(islice(table.rows, SHEET_ROWS), 1):
        for column, value in enumerate(row):
            if value is not None and value != "":
                put[column](number, column, value)
    book.close()


def _xlsx_put(
    page: Any, cell: Cell, formats: dict[Cell, Any], zone: tzinfo
) -> Callable[[int, int, Any], Any]:
    def instant(row: int, column: int, value: datetime) -> None:
        page.write_datetime(row, column, value.astimezone(zone).replace(tzinfo=None), formats[cell])

    made: dict[Cell, Callable[[int, int, Any], Any]] = {
        Cell.TEXT: page.write_string,
        Cell.NUMBER: lambda row, column, value: page.write_number(row, column, float(value)),
        Cell.INSTANT: instant,
        Cell.DAY: lambda row, column, value: page.write_datetime(row, column, value, formats[cell]),
        Cell.DURATION: lambda row, column, value: page.write_number(
            row, column, value / 86400, formats[cell]
        ),
    }
    return made[cell]
