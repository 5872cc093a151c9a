"""A schedule laid out: open intervals in UTC seconds with running sums, and the window of them that is kept.

Every question becomes a binary search. Positions are told in *worked* seconds: the open seconds between the
layout's low end and an instant. They mean nothing outside the layout they come from.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import lru_cache
from itertools import accumulate
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from slaclock.instants import DAY, EPOCH, HIGHEST, LOWEST

Spans = tuple[tuple[int, int], ...]
NeverOpenReason = Literal["no_opening", "not_enough", "beyond_horizon"]

CYCLE: Final = 146_097 * DAY
"""400 years: a whole number of weeks after which the calendar repeats itself. The search goes no further."""
BEFORE: Final = 60 * DAY
AFTER: Final = 430 * DAY
"""A new window reaches this far around the instant asked about: some sixteen months."""
KEPT: Final = 20_000 * DAY
"""A wider window answers its question and is forgotten."""
MARGIN: Final = 2 * DAY
"""Dates this near to a window's end may be cut short by it."""
_BLOCK: Final = 512 * DAY
_STEP: Final = 3 * DAY
_SETTLED: Final = 530 * 365 * DAY
"""From the year 2500 on, the zones' data has only yearly rules left."""
_BEFORE_ZONES: Final = -200 * 365 * DAY
"""Before 1770 there is local mean time only."""


class Plan(NamedTuple):
    """What a layout is made of; its value is the key under which layouts are shared.

    ``weekly`` has seven entries from Monday, ``special`` the dates that differ (days since 1970), each with
    merged ``(begin, end)`` in seconds of wall time.
    """

    zone: str
    weekly: tuple[Spans, ...]
    special: tuple[tuple[int, Spans], ...]


class Layout:
    """The open intervals of ``[low, high)``, cut at midnight and at the zone's clock changes. Never changes.

    Entry 0 is an empty interval at ``low`` that spares every search its special case. ``totals[i]`` are the worked
    seconds at the end of interval i, ``shift[i]`` what turns a worked position inside it into UTC seconds.
    """

    __slots__ = ("_days", "arrays", "begins", "dates", "ends", "high", "low", "shift", "totals")

    def __init__(self, low: int, high: int, begins: list[int], ends: list[int], dates: list[int]) -> None:
        self.low, self.high = low, high
        self.begins, self.ends, self.dates = begins, ends, dates
        self.totals = list(accumulate(map(int.__sub__, ends, begins)))
        self.shift = list(map(int.__sub__, ends, self.totals))
        self._days: tuple[list[int], list[int]] | None = None
        self.arrays: object = None

    def worked(self, at: int) -> int:
        """Open seconds between the layout's low end and ``at``."""
        index = bisect_right(self.begins, at) - 1
        end = self.ends[index]
        return (at if at < end else end) - self.shift[index]

    def instant(self, worked: int) -> int:
        """The earliest instant by which that many seconds have been worked (1 or more, at most the total)."""
        return worked + self.shift[bisect_left(self.totals, worked)]

    def next_open(self, at: int) -> int | None:
        """``at`` if open, else the next opening; None when the layout holds none."""
        index = bisect_right(self.ends, at)
        if index == len(self.ends):
            return None
        begin = self.begins[index]
        return at if begin <= at else begin

    @property
    def days(self) -> tuple[list[int], list[int]]:
        """Working dates in order, and the end of the last open interval of each."""
        if self._days is None:
            last = dict(zip(self.dates[1:], self.ends[1:], strict=True))
            ordered = sorted(last)
            self._days = ordered, [last[day] for day in ordered]
        return self._days

    def day_end(self, at: int, number: int, trusted: int) -> int | None:
        """End of the ``number``-th working date after the one of the first open instant from ``at`` on.

        None when that date is not in the layout or ends after ``trusted``.
        """
        index = bisect_right(self.ends, at)
        if index == len(self.ends):
            return None
        dates, ends = self.days
        place = bisect_left(dates, self.dates[index]) + number
        return ends[place] if place < len(ends) and ends[place] <= trusted else None


def utc_offset(zone: ZoneInfo, at: int) -> int:
    """Seconds by which the zone's wall clock is ahead of UTC at that instant."""
    offset = (EPOCH + timedelta(0, at)).astimezone(zone).utcoffset()
    assert offset is not None  # a ZoneInfo always knows
    return offset.days * DAY + offset.seconds


@lru_cache(maxsize=2048)
def _stretches_of_block(zone: ZoneInfo, block: int) -> tuple[tuple[int, int, int], ...]:
    """``(begin, end, offset)`` of the stretches of one block of days between two clock changes.

    Looks every three days: no zone has ever kept an offset for less (Freetown kept one for four, in 1939).
    """
    begin, high = max(block * _BLOCK, LOWEST), min((block + 1) * _BLOCK, HIGHEST)
    offset, stretches = utc_offset(zone, begin), []
    seen = begin
    for probe in range(begin + _STEP, high + _STEP, _STEP):
        later = min(probe, high)
        other = utc_offset(zone, later)
        if other != offset:
            before = seen
            while later - before > 1:
                middle = (before + later) // 2
                if utc_offset(zone, middle) == offset:
                    before = middle
                else:
                    later = middle
            stretches.append((begin, later, offset))
            begin, offset = later, other
        seen = min(probe, high)
    if begin < high:
        stretches.append((begin, high, offset))
    return tuple(stretches)


def constant_stretches(zone: ZoneInfo, low: int, high: int) -> Iterator[tuple[int, int, int]]:
    """``(begin, end, offset)`` of the stretches of ``[low, high)`` between two clock changes."""
    begin, offset = low, utc_offset(zone, low)
    for block in range(low // _BLOCK, (high - 1) // _BLOCK + 1):
        for later, _, other in _stretches_of_block(zone, block):
            if other != offset and begin < later < high:
                yield begin, later, offset
                begin, offset = later, other
    yield begin, high, offset


def lay_out(
    zone: ZoneInfo, weekly: tuple[Spans, ...], special: Mapping[int, Spans], low: int, high: int
) -> Layout:
    """The open intervals of ``[low, high)``: wall times that are skipped never come, repeated ones come twice."""
    begins, ends, dates = [low], [low], [(low // DAY) - 2]
    for stretch_begin, stretch_end, offset in constant_stretches(zone, low, high):
        for day in range((stretch_begin + offset) // DAY, (stretch_end + offset - 1) // DAY + 1):
            spans = special.get(day)
            if spans is None:
                spans = weekly[(day + 3) % 7]
            midnight = day * DAY - offset
            for begin, end in spans:
                begin += midnight
                end += midnight
                if begin < stretch_begin:
                    begin = stretch_begin
                if end > stretch_end:
                    end = stretch_end
                if begin < end:
                    begins.append(begin)
                    ends.append(end)
                    dates.append(day)
    return Layout(low, high, begins, ends, dates)


class Timeline:
    """A plan with the window of it that is laid out, widened on demand and bounded.

    Layouts never change and are swapped whole, so threads may share a timeline.
    """

    __slots__ = (
        "_extra",
        "_last",
        "_settled",
        "_unsettled",
        "layout",
        "plan",
        "special",
        "week_days",
        "week_seconds",
        "zone",
    )

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.zone = ZoneInfo(plan.zone)
        self.special = dict(plan.special)
        self.week_seconds = sum(end - begin for spans in plan.weekly for begin, end in spans)
        self.week_days = sum(bool(spans) for spans in plan.weekly)
        self._extra = sum(end - begin for spans in self.special.values() for begin, end in spans)
        open_dates = [day for day, spans in self.special.items() if spans]
        last = max(open_dates, default=None)
        self._last = (
            HIGHEST if self.week_seconds else (LOWEST if last is None else (last + MARGIN // DAY) * DAY)
        )
        self._settled = max(_SETTLED, (max(self.special, default=0) + 2) * DAY)
        self._unsettled = min(_BEFORE_ZONES, (min(self.special, default=0) - 2) * DAY)
        self.layout = Layout(0, 0, [0], [0], [0])

    # -- the window ---------------------------------------------------------------------------------------------

    def covering(self, low: int, high: int) -> Layout:
        """A layout that holds ``[low, high]`` as far as the calendar goes."""
        kept = self.layout
        low, high = max(low, LOWEST), min(high, HIGHEST)
        if kept.low <= low and high <= kept.high and kept.low < kept.high:
            return kept
        new_low, new_high = low - BEFORE, high + AFTER
        if kept.low < kept.high:
            wide_low = kept.low if low >= kept.low else new_low
            wide_high = (
                kept.high if high <= kept.high else max(new_high, kept.high + (kept.high - kept.low) // 2)
            )
            if wide_high - wide_low <= KEPT:
                new_low, new_high = wide_low, wide_high
        new_low = min(max(new_low, LOWEST), HIGHEST - DAY)
        new_high = max(min(new_high, HIGHEST), new_low + DAY)
        layout = lay_out(self.zone, self.plan.weekly, self.special, new_low, new_high)
        if new_high - new_low <= KEPT:
            self.layout = layout
        return layout

    def _search(self, at: int, stretch: int, find: Callable[[Layout, int], int | None]) -> int | None:
        """Ask ever wider layouts from ``at`` on, the first one ``stretch`` seconds long; None at the horizon."""
        limit = min(at + CYCLE, self._last)
        if at >= limit:
            return None
        high = min(at + stretch, limit)
        while True:
            layout = self.covering(at, high)
            whole = layout.high >= self._last and not self.week_seconds
            found = find(layout, layout.high if whole else layout.high - MARGIN)
            if found is not None or high >= limit:
                return found
            high = min(at + 2 * (high - at) + AFTER, limit)

    # -- questions ----------------------------------------------------------------------------------------------

    def add(self, at: int, seconds: int) -> int | None:
        """The earliest instant by which ``seconds`` of open time have passed since ``at``; None if never.

        0 seconds: ``at`` if open, else the next opening.
        """
        layout = self.layout
        if not seconds:
            return self.next_open(at)
        if layout.low <= at < layout.high:
            target = layout.worked(at) + seconds
            if target <= layout.totals[-1]:
                return layout.instant(target)
        at = max(at, LOWEST)
        days = (seconds - self._extra) * 7 // self.week_seconds if self.week_seconds else 0
        if days * DAY > CYCLE + CYCLE // 8:
            return None

        def find(layout: Layout, trusted: int) -> int | None:
            target = layout.worked(at) + seconds
            return layout.instant(target) if target <= layout.totals[-1] else None

        return self._search(at, max(days, 0) * DAY, find)

    def add_days(self, at: int, number: int) -> int | None:
        """End of the ``number``-th working date after the one ``at`` belongs to; None if never."""
        layout = self.layout
        if layout.low <= at < layout.high:
            found = layout.day_end(at, number, layout.high - MARGIN)
            if found is not None:
                return found
        at = max(at, LOWEST)
        days = (number - len(self.special)) * 7 // self.week_days if self.week_days else 0
        if days * DAY > CYCLE + CYCLE // 8:
            return None
        return self._search(
            at, max(days, 0) * DAY, lambda layout, trusted: layout.day_end(at, number, trusted)
        )

    def next_open(self, at: int) -> int | None:
        """``at`` if open, else the next opening; None if there is none."""
        layout = self.layout
        if layout.low <= at < layout.high:
            found = layout.next_open(at)
            if found is not None:
                return found
        at = max(at, LOWEST)
        return self._search(at, 0, lambda layout, trusted: layout.next_open(at))

    def between(self, begin: int, end: int) -> int:
        """Open seconds between two instants; 0 when the second is not later."""
        begin, end = max(begin, LOWEST), min(end, self._last)
        total = 0
        while end - begin > CYCLE:
            cycles = 1
            if begin >= self._settled:  # nothing but the calendar's own cycle lies ahead
                cycles = (end - begin) // CYCLE
            elif begin < self._unsettled:  # local mean time: one offset, whole weeks
                cycles = max(1, (min(end, self._unsettled) - begin) // CYCLE)
            total += cycles * self._between_near(begin, begin + CYCLE)
            begin += cycles * CYCLE
        return total + self._between_near(begin, end)

    def _between_near(self, begin: int, end: int) -> int:
        if end <= begin:
            return 0
        layout = self.layout
        if begin < layout.low or end > layout.high:
            layout = self.covering(begin, end)
        return layout.worked(end) - layout.worked(begin)

    def intervals(self, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
        """``(begin, end, date)`` of the open intervals that meet ``[begin, end)``, each whole."""
        first = begin = max(begin, LOWEST)
        end = min(end, self._last)
        while begin < end:
            upto = min(end, begin + CYCLE)
            layout = self.covering(begin - MARGIN, upto + MARGIN)
            index = bisect_right(layout.ends, begin)
            while index < len(layout.begins) and layout.begins[index] < upto:
                if begin == first or layout.begins[index] >= begin:
                    yield layout.begins[index], layout.ends[index], layout.dates[index]
                index += 1
            begin = upto

    def never_open_reason(self) -> NeverOpenReason:
        """Why a search came back empty."""
        if self.week_seconds:
            return "beyond_horizon"
        return "not_enough" if self._extra else "no_opening"


@lru_cache(maxsize=256)
def timeline_of(plan: Plan) -> Timeline:
    """The timeline shared by all schedules of that plan."""
    return Timeline(plan)
