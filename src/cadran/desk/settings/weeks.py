"""The four weeks of a schedule as the page draws them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    name: str
    is_closed: bool
    is_exception: bool


def four_weeks(days: Sequence[DayOpenings], names: Mapping[date, str]) -> list[DrawnDay]:
    """The days of the preview, each with its bar; ``names`` are those of the exceptions by date."""
    return [
        DrawnDay(
            day.date,
            day.openings,
            bars_of(read_date(", ".join(day.openings)).intervals),
            day.closed_name or names.get(day.date, ""),
            day.is_closed,
            day.is_exception,
        )
        for day in days
    ]
