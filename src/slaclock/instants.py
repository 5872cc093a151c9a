"""Instants in and out: aware datetimes outside, whole UTC seconds since 1970 inside."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final

from slaclock.errors import InstantError

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
DAY: Final = 86_400
EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()

LOWEST: Final = (date(1, 1, 4).toordinal() - EPOCH_ORDINAL) * DAY
"""First second the engine lays out: a few days inside the calendar, so that no zone's offset leaves it."""
HIGHEST: Final = (date(9999, 12, 28).toordinal() - EPOCH_ORDINAL) * DAY
"""End of the calendar the engine lays out."""


def to_seconds(instant: datetime) -> int:
    """UTC seconds of an aware datetime; a fraction of a second is dropped.

    Raises InstantError (``naive_instant``, ``not_an_instant``).
    """
    try:
        since = instant - EPOCH
        return since.days * DAY + since.seconds
    except (TypeError, AttributeError):
        raise refused_instant(instant) from None


def refused_instant(value: object) -> InstantError:
    """The error for something that is not an aware datetime."""
    if isinstance(value, datetime):
        return InstantError(
            "naive_instant",
            f"{value.isoformat()} has no time zone; give an instant with an offset.",
            value=value.isoformat(),
        )
    return InstantError("not_an_instant", f"{value!r} is not a date and time.", value=repr(value))


def from_seconds(seconds: int) -> datetime:
    """Aware UTC datetime of UTC seconds."""
    return EPOCH + timedelta(0, seconds)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - EPOCH_ORDINAL


def day_of_number(number: int) -> date:
    """The date that is ``number`` days after 1970-01-01."""
    return date.fromordinal(number + EPOCH_ORDINAL)
