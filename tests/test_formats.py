"""Dates read the same wherever they are written (Spec F5)."""

from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from cadran.core.instants import INSTANT, dated, written
from cadran.desk.components.words import when_text


@pytest.mark.parametrize(
    ("language", "day", "text"),
    [
        ("en", 1, "1 Nov 2026"),
        ("fr", 1, "1er nov. 2026"),
        ("en", 21, "21 Nov 2026"),
        ("fr", 21, "21 nov. 2026"),
    ],
)
def test_dates_are_written_day_first_and_in_24_hours(language: str, day: int, text: str) -> None:
    """One form in sentences, templates, documents and screens; the first of a month is an ordinal in French."""
    instant = datetime(2026, 11, day, 15, 42, tzinfo=UTC)
    with translation.override(language), timezone.override(UTC):
        assert written(instant.date()) == text
        assert written(instant, INSTANT) == dated(instant, UTC) == f"{text} 15:42"
        assert when_text(instant, datetime(2027, 1, 1, tzinfo=UTC)) == f"{text} 15:42"
        shown = Template("{% load records %}{{ day|day }}").render(Context({"day": instant}))
        assert shown == text


def test_every_form_knows_the_first_of_a_month() -> None:
    """With the day's name, in full or short, with the time."""
    day = datetime(2026, 2, 1, 9, 5, tzinfo=UTC)
    with translation.override("fr"):
        assert written(day, "EEEE d MMMM y, HH:mm") == "dimanche 1er février 2026, 09:05"
        assert written(day, "EEE d MMM") == "dim. 1er févr."
        assert written(date(2026, 2, 11), "d MMMM") == "11 février"
