"""Instants are aware UTC datetimes in whole seconds, so that every clock agrees with itself."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, tzinfo

from babel.dates import format_date, format_datetime, get_timezone_location
from django.utils.translation import get_language

#: The pattern of an instant: « 12 Nov 2026 15:42 ».
INSTANT = "d MMM y HH:mm"


def whole_second(instant: datetime) -> datetime:
    """``instant`` in UTC, cut to the second. Raises ``ValueError`` for one without a zone."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(UTC).replace(microsecond=0)


def zone_words(zone: tzinfo) -> str:
    """« Paris (Europe/Paris) »: the city in the reader's language, with the zone's own name; « UTC » as it is."""
    key = str(zone)
    if "/" not in key:
        return key
    return f"{get_timezone_location(key, locale=_locale(), return_city=True)} ({key})"


def written(value: date, pattern: str = "d MMM y") -> str:
    """A date, or an instant on the clocks that it is on, in the reader's language: « 12 Nov 2026 », « 1er nov. 2026 ».

    ``pattern`` is one of Unicode's; the first day of a month is an ordinal in French.
    """
    if value.day == 1 and _locale() == "fr":
        pattern = re.sub(r"\bd\b", "d'er'", pattern)
    write = format_datetime if isinstance(value, datetime) else format_date
    return write(value, pattern, locale=_locale())


def dated(instant: datetime, zone: tzinfo) -> str:
    """« 12 Nov 2026 15:42 » on the clocks of ``zone``: for what is read on another day than it was written."""
    return written(instant.astimezone(zone), INSTANT)


def _locale() -> str:
    return (get_language() or "en").split("-")[0]
