"""When the demo company's people act: Monday to Friday, 08:30 to 18:00 in Paris."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
OPENS, CLOSES = time(8, 30), time(18, 0)


def _next_open(local: datetime) -> datetime:
    while local.weekday() >= 5 or local.time() >= CLOSES:
        local = datetime.combine(local.date() + timedelta(days=1), OPENS, PARIS)
    return max(local, datetime.combine(local.date(), OPENS, PARIS))


def later(instant: datetime, minutes: int) -> datetime:
    """The instant ``minutes`` of office time after ``instant``, in UTC."""
    local = _next_open(instant.astimezone(PARIS))
    left = timedelta(minutes=minutes)
    while True:
        close = datetime.combine(local.date(), CLOSES, PARIS)
        if close - local >= left:
            return (local + left).astimezone(UTC)
        left -= close - local
        local = _next_open(close)


def random_working_instant(chance: Random, begin: datetime, end: datetime) -> datetime:
    """An instant between the two, nearly always within office hours, some at night by mail."""
    span = int((end - begin).total_seconds())
    while True:
        instant = begin + timedelta(seconds=chance.randrange(span))
        local = instant.astimezone(PARIS)
        in_hours = local.weekday() < 5 and OPENS <= local.time() < CLOSES
        if in_hours or chance.random() < 0.01:
            return instant.astimezone(UTC).replace(microsecond=0)
