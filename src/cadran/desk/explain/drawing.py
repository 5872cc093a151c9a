"""The time strip: the days of a clock drawn from its ledger. Pure: the ledger, the openings and now in, shapes out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from cadran.contracts.models import ScheduleVersion
from cadran.core.instants import written
from cadran.desk.components.strips import Box, Label, Line, TimeStrip
from cadran.desk.components.words import duration_text, grid_text
from cadran.tickets.queries import DayOpening, Ledger, openings_on

LEFT, RIGHT = 120.0, 1228.0
GAP, SKIP = 10.0, 30.0
#: More days than these don't fit: the first and the last ones are drawn, with a gap between them.
FIRST_DAYS, LAST_DAYS = 3, 4
_OPEN_Y, _COUNT_Y, _LOST_Y = 66.0, 111.0, 157.0
#: Where the words of a mark stand: above the openings, else between them and what was counted.
_MARK_Y, _BELOW_Y = 58.0, 104.0
_SHORT = 31.0
#: Width of a letter of the strip's small type.
_LETTER = 6.4


def day_words(day: date) -> str:
    """« Mon 9 Nov »."""
    return written(day, "EEE d MMM")


def minute_of(local: datetime, day: date) -> float:
    """Minutes of the wall clock since ``day`` began; midnight at its end is 1440."""
    minutes = local.hour * 60 + local.minute + local.second / 60
    return minutes + 1440 * (local.date() - day).days


@dataclass(frozen=True)
class Scale:
    """Where a date and a minute of it stand."""

    days: tuple[date, ...]
    low: float
    high: float

    @property
    def skipped(self) -> list[bool]:
        """For each day but the first, whether days are left out before it."""
        return [after - before > timedelta(days=1) for before, after in pairwise(self.days)]

    @property
    def width(self) -> float:
        gaps = sum(SKIP if skips else GAP for skips in self.skipped)
        return (RIGHT - LEFT - gaps) / len(self.days)

    def left(self, day: date) -> float:
        index = self.days.index(day)
        return LEFT + index * self.width + sum(SKIP if skips else GAP for skips in self.skipped[:index])

    def x(self, day: date, minute: float) -> float:
        inside = min(max(minute, self.low), self.high)
        return self.left(day) + (inside - self.low) / (self.high - self.low) * self.width


def days_of(ledger: Ledger) -> list[date]:
    """The dates worth drawing: all from the first line to the last, or the first and last of many."""
    dated = sorted({line.date for line in ledger.lines})
    if not dated:
        return [ledger.local_start.date()]
    every = [dated[0] + timedelta(days=step) for step in range((dated[-1] - dated[0]).days + 1)]
    if len(every) <= FIRST_DAYS + LAST_DAYS:
        return every
    if len(dated) <= FIRST_DAYS + LAST_DAYS:
        return dated
    return [*dated[:FIRST_DAYS], *dated[-LAST_DAYS:]]


def draw(ledger: Ledger, version: ScheduleVersion, now: datetime, *, words: StripWords) -> TimeStrip:
    """The strip of ``ledger`` on the schedule it was counted on, in that schedule's zone."""
    days = tuple(days_of(ledger))
    opened = openings_on(version, days)
    zone = ZoneInfo(ledger.time_zone)
    scale = Scale(days, *_hours(opened, ledger))
    strip = TimeStrip(
        title=words.title,
        text=words.text,
        schedule=words.schedule,
        counted=duration_text(ledger.counted_seconds),
        lost=_("%(time)s lost") % {"time": duration_text(ledger.lost_seconds)} if ledger.lost_seconds else "",
    )
    _draw_days(strip, scale, opened)
    _draw_closed(strip, scale, ledger)
    _draw_counted(strip, scale, ledger, now.astimezone(zone))
    _draw_lost(strip, scale, ledger)
    _draw_marks(strip, scale, ledger, now.astimezone(zone), words)
    return strip


@dataclass(frozen=True)
class StripWords:
    """What the strip says in words."""

    title: str
    text: str
    schedule: str
    started: str


def _hours(opened: Iterable[DayOpening], ledger: Ledger) -> tuple[float, float]:
    minutes = [minute_of(at, one.date) for one in opened for at in (one.begin, one.end)]
    minutes += [
        minute_of(at, line.date)
        for line in ledger.lines
        for at in (line.local_begin, line.local_end)
        if at is not None
    ]
    minutes = [minute for minute in minutes if 0 <= minute <= 1440] or [480, 1080]
    return max(0.0, min(minutes) // 60 * 60 - 60), min(1440.0, -(-max(minutes) // 60) * 60 + 60)


def _box(strip: TimeStrip, part: str, left: float, right: float, y: float, height: float) -> None:
    strip.boxes.append(Box(part, round(left, 1), y, round(max(1.0, right - left), 1), height))  # type: ignore[arg-type]


def _draw_days(strip: TimeStrip, scale: Scale, opened: Sequence[DayOpening]) -> None:
    for index, day in enumerate(scale.days):
        left = scale.left(day)
        _box(strip, "day", left, left + scale.width, 44, 150)
        strip.labels.append(Label("strong", left + scale.width / 2, 34, day_words(day)))
        if index and scale.skipped[index - 1]:
            strip.labels.append(Label("mute", left - SKIP / 2, 122, "…"))
        spans = [(minute_of(one.begin, day), minute_of(one.end, day)) for one in opened if one.date == day]
        for begin, end in spans:
            _box(strip, "open", scale.x(day, begin), scale.x(day, end), _OPEN_Y, 26)
        _draw_hours(strip, scale, day, spans)


def _draw_hours(strip: TimeStrip, scale: Scale, day: date, spans: Sequence[tuple[float, float]]) -> None:
    for minute in {minute for span in spans for minute in span}:
        x = scale.x(day, minute)
        strip.lines.append(Line("tick", x, 190, 197))
    if not spans:
        return
    strip.labels.append(Label("mute", scale.x(day, spans[0][0]), 209, _clock(spans[0][0])))
    last = scale.x(day, spans[-1][1])
    if last - scale.x(day, spans[0][0]) > _SHORT:
        strip.labels.append(Label("mute", last, 209, _clock(spans[-1][1])))
    if len(spans) == 2 and scale.width > 200:
        pause = f"{_clock(spans[0][1], full=True)}–{_clock(spans[1][0], full=True)}"
        strip.labels.append(
            Label("mute", (scale.x(day, spans[0][1]) + scale.x(day, spans[1][0])) / 2, 209, pause)
        )


def _clock(minute: float, *, full: bool = False) -> str:
    hours, rest = divmod(int(minute), 60)
    return f"{hours:02d}:{rest:02d}" if full else f"{hours}:{rest:02d}" if rest else str(hours)


def _draw_closed(strip: TimeStrip, scale: Scale, ledger: Ledger) -> None:
    for line in ledger.lines:
        if line.code == "closed_date" and line.date in scale.days:
            left = scale.left(line.date) + scale.width * 0.08
            _box(strip, "holiday", left, left + scale.width * 0.84, _OPEN_Y, 26)
            name = line.name if len(line.name) * 6.2 < scale.width * 0.8 else _("closed")
            strip.labels.append(
                Label("mute", scale.left(line.date) + scale.width / 2, 83, name or _("closed"))
            )


def _draw_counted(strip: TimeStrip, scale: Scale, ledger: Ledger, now: datetime) -> None:
    figures: list[tuple[float, float, float, float, float, int, str]] = []
    for line in ledger.lines:
        if line.code != "opening" or line.date not in scale.days or line.local_end is None:
            continue
        begin, end = minute_of(line.local_begin, line.date), minute_of(line.local_end, line.date)
        present = minute_of(now, line.date)
        cut = min(max(present, begin), end)
        if cut > begin:
            _box(strip, "count", scale.x(line.date, begin), scale.x(line.date, cut), _COUNT_Y, 28)
        if cut < end:
            _box(strip, "ahead", scale.x(line.date, cut), scale.x(line.date, end), _COUNT_Y, 28)
        left, right = scale.x(line.date, begin), scale.x(line.date, end)
        solid = cut > (begin + end) / 2
        edges = scale.left(line.date), scale.left(line.date) + scale.width
        figures.append((*edges, left, right, 129.0, line.counted_seconds, "in" if solid else "strong"))
    for figure in figures:
        _figure(strip, *figure)


def _figure(
    strip: TimeStrip,
    day_left: float,
    day_right: float,
    left: float,
    right: float,
    y: float,
    seconds: int,
    part: str,
) -> None:
    """Write how much a box counts: inside it, else on the side where there is room in its day."""
    if not seconds:
        return
    text = grid_text(seconds)
    if right - left >= _SHORT:
        strip.labels.append(Label(part, (left + right) / 2, y, text))  # type: ignore[arg-type]
        return
    width = _LETTER * len(text)
    for x, side in ((right + 6, "start"), (left - 6, "end")):
        first, last = (x, x + width) if side == "start" else (x - width, x)
        # A figure that would stand on another box or figure is left out: the ledger below says it.
        if first > day_left and last < day_right and not _is_taken(strip, first, last, y):
            strip.labels.append(Label("strong", x, y, text, side))  # type: ignore[arg-type]
            return


def _is_taken(strip: TimeStrip, first: float, last: float, y: float) -> bool:
    boxes = [
        (box.x, box.x + box.width)
        for box in strip.boxes
        if box.part in ("count", "ahead", "lost") and box.y < y < box.y + box.height
    ]
    for label in strip.labels:
        if label.y == y:
            width = _LETTER * len(label.text)
            left = label.x - {"start": 0.0, "middle": width / 2, "end": width}[label.anchor]
            boxes.append((left, left + width))
    return any(first < right and left < last for left, right in boxes)


def _draw_lost(strip: TimeStrip, scale: Scale, ledger: Ledger) -> None:
    figures: list[tuple[float, float, float, float, float, int, str]] = []
    for line in ledger.lines:
        if line.code == "suspended" and line.date in scale.days and line.local_end is not None:
            left = scale.x(line.date, minute_of(line.local_begin, line.date))
            right = scale.x(line.date, minute_of(line.local_end, line.date))
            _box(strip, "lost", left, right, _LOST_Y, 26)
            edges = scale.left(line.date), scale.left(line.date) + scale.width
            figures.append((*edges, left, right, 174.0, line.lost_seconds, "strong"))
    for figure in figures:
        _figure(strip, *figure)


def _draw_marks(strip: TimeStrip, scale: Scale, ledger: Ledger, now: datetime, words: StripWords) -> None:
    """The due date as a flag, then the start and now beside their lines, wherever their words stand clear."""
    due, start = ledger.local_due, ledger.local_start
    if due is not None and due.date() in scale.days:
        x = scale.x(due.date(), minute_of(due, due.date()))
        strip.lines.append(Line("line", x, 46, 190))
        text = _("due %(when)s") % {"when": f"{due:%H:%M}"}
        width = 14 + _LETTER * len(text)
        left = x if x + width < RIGHT + 10 else x - width
        strip.boxes.append(Box("flag", left, 46, width, 17))
        strip.labels.append(Label("flag-t", left + width / 2, 58.5, text))
    marks: list[tuple[float, str, str, float, bool]] = []
    if start.date() in scale.days:
        x = scale.x(start.date(), minute_of(start, start.date()))
        strip.lines.append(Line("line", x, 50, 190))
        marks.append((x, "strong", f"{words.started} {start:%H:%M}", 8, x - LEFT <= 110))
    if now.date() in scale.days and (due is None or now < due):
        x = scale.x(now.date(), minute_of(now, now.date()))
        strip.lines.append(Line("now", x, 44, 146))
        label = _("now %(time)s") % {"time": f"{now:%H:%M}"}
        marks.append((x, "now-t", label, 6, x + 70 < scale.left(now.date()) + scale.width))
    for mark in marks:
        _write_beside(strip, *mark)


def _write_beside(strip: TimeStrip, x: float, part: str, text: str, gap: float, right_first: bool) -> None:
    """Write a mark's words on the better side of its line, on the other, or below, where nothing else stands."""
    width = _LETTER * len(text)
    sides = [("start", x + gap, x + gap, x + gap + width), ("end", x - gap, x - gap - width, x - gap)]
    if not right_first:
        sides.reverse()
    places = [(y, *side) for y in (_MARK_Y, _BELOW_Y) for side in sides]
    free = [
        place
        for place in places
        if place[3] >= 0 and place[4] <= RIGHT + 10 and not _stands_on(strip, place[3], place[4], place[0])
    ]
    y, side, at, _first, _last = (free or places)[0]
    strip.labels.append(Label(part, at, y, text, side))  # type: ignore[arg-type]


def _stands_on(strip: TimeStrip, first: float, last: float, y: float) -> bool:
    """Whether words at that place would lie on a flag, a mark's line or other words."""
    flags = (box for box in strip.boxes if box.part == "flag" and box.y < y < box.y + box.height)
    return (
        _is_taken(strip, first, last, y)
        or any(first < box.x + box.width and last > box.x for box in flags)
        or any(first < line.x < last and line.top < y < line.bottom for line in strip.lines)
    )
