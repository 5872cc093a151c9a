"""A slow clock that looks at every minute, written from the rules of ``sla-vectors/1`` and nothing else.

Everything is in whole minutes since 1970 (UTC). Each zone has one stretch of weeks around a clock change, whose wall
time is noted minute by minute once.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

Spans = Sequence[tuple[int, int]]
STRETCHES = {
    "Europe/Paris/spring": ("Europe/Paris", datetime(2026, 3, 23, tzinfo=UTC)),
    "Europe/Paris/autumn": ("Europe/Paris", datetime(2025, 10, 20, tzinfo=UTC)),
    "America/New_York": ("America/New_York", datetime(2025, 10, 27, tzinfo=UTC)),
    "Australia/Lord_Howe": ("Australia/Lord_Howe", datetime(2025, 3, 31, tzinfo=UTC)),
    "Pacific/Apia": ("Pacific/Apia", datetime(2011, 12, 26, tzinfo=UTC)),
    "America/St_Johns": ("America/St_Johns", datetime(2010, 11, 1, tzinfo=UTC)),
}
MINUTES = 24 * 24 * 60
"""A stretch is 24 days long."""


@cache
def wall(stretch: str) -> list[tuple[date, int]]:
    """Local date and minute of day of each minute of a stretch."""
    name, begin = STRETCHES[stretch]
    zone = ZoneInfo(name)
    local = (
        begin.astimezone(zone) if not n else (begin + timedelta(minutes=n)).astimezone(zone)
        for n in range(MINUTES)
    )
    return [(moment.date(), moment.hour * 60 + moment.minute) for moment in local]


def open_minutes(stretch: str, weekly, closed, exceptional) -> list[bool]:
    """Rule 1, for each minute of a stretch."""
    plans: dict[date, list[bool]] = {}
    for day in {day for day, _ in wall(stretch)}:
        hours = list(exceptional.get(day, ()))
        if day not in closed:
            hours += weekly.get(day.isoweekday(), ())
        minutes = {minute for begin, end in hours for minute in range(begin, end)}
        plans[day] = [minute in minutes for minute in range(24 * 60)]
    return [plans[day][minute] for day, minute in wall(stretch)]


def after(opened: Sequence[bool], at: int, amount: int) -> int | None:
    """Rules 3 and 4: the earliest minute by which ``amount`` open ones have passed."""
    if amount == 0:
        return next((n for n in range(at, len(opened)) if opened[n]), None)
    for n in range(at, len(opened)):
        amount -= opened[n]
        if amount == 0:
            return n + 1
    return None


def after_days(stretch: str, opened: Sequence[bool], at: int, amount: int) -> int | None:
    """Rule 5; None when the stretch may be too short to tell."""
    days = wall(stretch)
    first = next((n for n in range(at, len(opened)) if opened[n]), None)
    if first is None:
        return None
    dates = sorted({days[n][0] for n in range(len(opened)) if opened[n]})
    place = dates.index(days[first][0]) + amount
    if place >= len(dates) or dates[place] >= days[-1][0] - timedelta(days=1):
        return None
    return 1 + max(n for n in range(len(opened)) if opened[n] and days[n][0] == dates[place])


def paused(suspensions: Spans, start: int, minute: int) -> bool:
    """Whether a minute from the start on lies in a suspension."""
    return minute >= start and any(begin <= minute < end for begin, end in suspensions)


def joined(suspensions: Spans, start: int, length: int) -> list[tuple[int, int]]:
    """The union of the suspensions after the start, found minute by minute."""
    spans: list[tuple[int, int]] = []
    for n in range(start, min(length, max((end for _, end in suspensions), default=0))):
        if paused(suspensions, start, n):
            if spans and spans[-1][1] == n:
                spans[-1] = (spans[-1][0], n + 1)
            else:
                spans.append((n, n + 1))
    return spans


def due(
    base: int | None, opened: Sequence[bool], action: Sequence[bool], spans: Sequence[tuple[int, int]]
) -> int | None:
    """Rule 6."""
    for begin, end in spans:
        if base is None or begin >= base:
            break
        lost = sum(action[begin:end])
        base = after(opened, base, lost) if lost else base
    return base


def counter(
    opened: Sequence[bool], spans: Sequence[tuple[int, int]], start: int, total: int, due_at: int, now: int
) -> int:
    """Rule 9 on a single schedule, by ticking: down while open and not paused, below zero from the due date on."""
    left = total
    late = 0
    for n in range(start, now):
        running = opened[n] and not any(begin <= n < end for begin, end in spans)
        if n < due_at:
            left -= running
        else:
            late += running
    return -late if now >= due_at else left
