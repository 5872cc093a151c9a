"""Instants are aware UTC datetimes in whole seconds, so that every clock agrees with itself."""

from __future__ import annotations

from datetime import UTC, datetime

from django.utils.translation import pgettext_lazy

#: Months that Django's French shortens otherwise than the screens do (« jan. », « fév. »); this app's French wins.
SHORT_MONTHS = (pgettext_lazy("abbrev. month", "Jan."), pgettext_lazy("abbrev. month", "Feb."))


def whole_second(instant: datetime) -> datetime:
    """``instant`` in UTC, cut to the second. Raises ``ValueError`` for one without a zone."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(UTC).replace(microsecond=0)
