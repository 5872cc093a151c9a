"""The four weeks of a schedule as the page draws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cadran.contracts.openings import read_date
from cadran.contracts.queries import DayOpenings

from .forms.schedules import Bar, bars_of


@dataclass(frozen=True)
class DrawnDay:
    """One date with its openings as words and bars."""

    date: date
    openings: list[str]
    bars: list[Bar]
    closed_name: str
    is_closed: bool
    is_exception: bool


def four_weeks(days: Sequence[DayOpenings]) -> list[DrawnDay]:
    """The days of the preview, each with its bar."""
    return [
        DrawnDay(
            day.date,
            day.openings,
            bars_of(read_date(", ".join(day.openings)).intervals),
            day.closed_name,
            day.is_closed,
            day.is_exception,
        )
        for day in days
    ]
