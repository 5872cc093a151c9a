"""Dates in sentences read as the screens write them (Spec F5)."""

from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template
from django.utils import timezone, translation
from django.utils.formats import date_format

from cadran.desk.components.words import when_text


@pytest.mark.parametrize(("language", "month"), [("en", "Nov"), ("fr", "nov.")])
def test_dates_are_written_day_first_and_in_24_hours(language: str, month: str) -> None:
    """One form in sentences, templates and screens; none ends with a point that a sentence would double."""
    day, instant = date(2026, 11, 1), datetime(2026, 11, 1, 15, 42)  # noqa: DTZ001  only written
    with translation.override(language):
        assert date_format(day) == date_format(day, "SHORT_DATE_FORMAT") == f"1 {month} 2026"
        assert date_format(instant, "DATETIME_FORMAT") == f"1 {month} 2026 15:42"
        assert date_format(instant, "SHORT_DATETIME_FORMAT") == f"1 {month} 2026 15:42"
        assert Template("{{ day|date }}").render(Context({"day": day})) == f"1 {month} 2026"


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("month", range(1, 13))
def test_sentences_and_screens_agree_on_every_month(language: str, month: int) -> None:
    """The same instant never reads in two ways."""
    instant = datetime(2025, month, 9, 15, 42, tzinfo=UTC)
    with translation.override(language), timezone.override(UTC):
        told = date_format(timezone.localtime(instant), "SHORT_DATETIME_FORMAT")
        assert told == when_text(instant, datetime(2027, 1, 1, tzinfo=UTC))
