"""Instants are aware UTC datetimes in whole seconds, so that every clock agrees with itself."""

from __future__ import annotations

from datetime import UTC, datetime


def whole_second(instant: datetime) -> datetime:
    """``instant`` in UTC, cut to the second. Raises ``ValueError`` for one without a zone."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(UTC).replace(microsecond=0)
