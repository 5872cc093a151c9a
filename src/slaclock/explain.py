"""The ledger of a due date: every opening counted, so that anybody can check it by hand (Spec C14).

Language-neutral: codes, instants and seconds; the wording is the reader's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from typing import Literal
from zoneinfo import ZoneInfo

from slaclock.deadline import DEFAULT_WARNING_MINUTES, Clock, Course, Facts, Move, NoDueBecause, compute
from slaclock.guarantee import Guarantee
from slaclock.instants import day_of_number, from_seconds, to_seconds
from slaclock.layout import utc_offset
from slaclock.schedule import Schedule
from slaclock.suspension import Pause, Suspension

LineCode = Literal[
    "start",  # the clock starts
    "opening",  # an opening, or the part of it that counts
    "suspended",  # open time lost to a suspension; the last one of a clock still suspended has no end
    "given_back",  # two schedules only: what a suspension lost, less the reception time that passed meanwhile
    "closed_date",  # a holiday or closure that skipped the weekly hours
    "due",  # the guarantee is used up
    "still_suspended",  # no due date for now
    "never_open",  # no due date: not enough openings
]
Begins = Literal["opening", "start", "resumption"]
Ends = Literal["closing", "suspension", "used_up"]

_RANK = {"start": 0, "closed_date": 1, "given_back": 2, "opening": 3, "suspended": 4}
_LONG = 3660 * 86_400
"""A suspension longer than ten years stands in one line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a ledger; instants are UTC with their local twin in the ledger's time zone."""

    code: LineCode
    begin: datetime
    end: datetime | None
    local_begin: datetime
    local_end: datetime | None
    date: date
    """Local date the line belongs to; an opening until 24:00 ends on the next one."""
    counted_seconds: int = 0
    """Working time taken from the guarantee by this line."""
    lost_seconds: int = 0
    """Open time of the action schedule lost to a suspension in this line."""
    used_seconds: int = 0
    """Of the guarantee, used up to the end of this line."""
    name: str = ""
    """Name of the closed date."""
    day: int | None = None
    """Guarantee in days: the number of the working date, 0 being the one of the start."""
    exceptional: bool = False
    """Whether the date has exceptional openings."""
    opening: tuple[datetime, datetime] | None = None
    """The whole opening this line is part of, local."""
    begins_with: Begins | None = None
    ends_with: Ends | None = None
    suspensions: tuple[Suspension, ...] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """What one stretch of suspension did to the due date; None ``end``: it lasts."""

    begin: datetime
    end: datetime | None
    lost_seconds: int
    due_before: datetime
    due_after: datetime | None
    """Equal to ``due_before`` when it began at or after the due date, or lost nothing; None when it took it away."""
    suspensions: tuple[Suspension, ...]


@dataclass(frozen=True, slots=True)
class Ledger:
    """How a due date comes about. The lines add up: see `adds_up`."""

    time_zone: str
    guarantee: Guarantee
    start: datetime
    local_start: datetime
    due: datetime | None
    local_due: datetime | None
    no_due_because: NoDueBecause | None
    guarantee_seconds: int | None
    counted_seconds: int
    lost_seconds: int
    """Lost to the suspensions that moved the due date."""
    lines: tuple[Line, ...]
    moves: tuple[Moved, ...]
    """Every suspension in order, with the due date before and after it."""
    clock: Clock
    """The same facts computed, at ``now`` if given."""

    @property
    def left_seconds(self) -> int | None:
        """Of the guarantee, not counted by the lines: 0 with a due date, the frozen counter while suspended."""
        return None if self.guarantee_seconds is None else self.guarantee_seconds - self.counted_seconds

    @property
    def adds_up(self) -> bool:
        """Whether the columns add up to the totals, and a due date has its guarantee used up exactly."""
        counted = sum(line.counted_seconds for line in self.lines)
        lost = sum(line.lost_seconds for line in self.lines)
        whole = self.due is None or counted == self.guarantee_seconds
        return whole and (counted, lost) == (self.counted_seconds, self.lost_seconds)


def explain(
    *,
    schedule: Schedule,
    start: datetime,
    guarantee: Guarantee,
    action_schedule: Schedule | None = None,
    suspensions: Iterable[Suspension] = (),
    now: datetime | None = None,
    met_at: datetime | None = None,
    warning_minutes: int = DEFAULT_WARNING_MINUTES,
    counted_kinds: Collection[str] | None = None,
) -> Ledger:
    """The ledger of the due date that `compute` gives for the same facts; same arguments, same errors."""
    suspensions = tuple(suspensions)
    facts = Facts.gather(schedule, start, guarantee, action_schedule, suspensions, met_at)
    clock = compute(
        schedule=schedule,
        start=start,
        guarantee=guarantee,
        action_schedule=action_schedule,
        suspensions=suspensions,
        now=now,
        met_at=met_at,
        warning_minutes=warning_minutes,
        counted_kinds=counted_kinds,
    )
    writer = _Writer(
        schedule, action_schedule or schedule, facts, None if now is None else to_seconds(now), guarantee
    )
    lines = writer.lines()
    return Ledger(
        time_zone=schedule.time_zone,
        guarantee=guarantee,
        start=from_seconds(facts.start),
        local_start=writer.local(facts.start),
        due=clock.due,
        local_due=None if clock.due is None else clock.due.astimezone(schedule.zone),
        no_due_because=clock.no_due_because,
        guarantee_seconds=clock.guarantee_seconds,
        counted_seconds=sum(line.counted_seconds for line in lines),
        lost_seconds=sum(writer.lost_by(move) for move in facts.course.moves),
        lines=tuple(lines),
        moves=tuple(writer.moves()),
        clock=clock,
    )


class _Writer:
    """Writes the lines of one ledger."""

    def __init__(
        self,
        schedule: Schedule,
        action_schedule: Schedule,
        facts: Facts,
        now: int | None,
        guarantee: Guarantee,
    ) -> None:
        self.schedule, self.action_schedule = schedule, action_schedule
        self.timeline, self.action = facts.timeline, facts.action
        self.course: Course = facts.course
        self.start, self.now = facts.start, now
        self.pauses = facts.effective
        self.in_days = guarantee.unit == "day"
        self.zone: ZoneInfo = schedule.zone
        self.two_schedules = facts.action is not facts.timeline

    # -- lines --------------------------------------------------------------------------------------------------

    def lines(self) -> list[Line]:
        """All lines in order, with the running total of the guarantee used."""
        body = [self.line("start", self.start)]
        stop, last = self.stop()
        if stop is not None:
            body += self.opening_lines(stop)
            for move in self.course.moves:
                body += self.suspended_lines(move.pause)
                body += self.given_back(move, stop)
            body += self.closed_lines(stop)
        body.sort(key=lambda line: (line.begin, _RANK[line.code]))
        body.append(last)
        used, numbered = 0, []
        for line in body:
            used += line.counted_seconds
            numbered.append(replace(line, used_seconds=used))
        return numbered

    def stop(self) -> tuple[int | None, Line]:
        """Up to where openings are counted, and the last line."""
        course = self.course
        if course.due is not None:
            return course.due, self.line("due", course.due)
        if course.because == "suspended":
            pause = course.moves[-1].pause
            return pause.begin, replace(
                self.line("still_suspended", max(pause.begin, self.now or pause.begin)),
                suspensions=pause.parts,
            )
        return None, self.line("never_open", self.start)

    def opening_lines(self, stop: int) -> Iterator[Line]:
        """The openings between start and ``stop``, less what suspensions cover."""
        number = _DayNumbers(self.course.base if self.in_days else None)
        pauses = [move.pause for move in self.course.moves]
        for begin, end, day in self.timeline.intervals(self.start, stop):
            day_of_guarantee = number.of(begin, day)
            for part_begin, part_end in _outside(max(begin, self.start), min(end, stop), pauses):
                yield replace(
                    self.line("opening", part_begin, part_end),
                    date=day_of_number(day),
                    counted_seconds=part_end - part_begin,
                    day=day_of_guarantee,
                    exceptional=day_of_number(day) in self.schedule.exceptional_openings,
                    opening=(self.local(begin), self.local_end(end)),
                    begins_with="opening" if part_begin == begin else self.cause(part_begin),
                    ends_with="used_up"
                    if part_end == self.course.due
                    else "closing"
                    if part_end == end
                    else "suspension",
                )

    def cause(self, begin: int) -> Begins:
        """Why a counted part begins inside its opening."""
        return "start" if begin == self.start else "resumption"

    def suspended_lines(self, pause: Pause) -> Iterator[Line]:
        """The openings of the action schedule that a suspension lost; one line if it lost none."""
        until = self.until(pause)
        if until - pause.begin > _LONG:
            lost = [(pause.begin, until, self.action.between(pause.begin, until))]
        else:
            lost = [
                (max(begin, pause.begin), min(end, until), min(end, until) - max(begin, pause.begin))
                for begin, end, _ in self.action.intervals(pause.begin, until)
            ]
        for begin, end, seconds in lost or [(pause.begin, until, 0)]:
            lasting = pause.end is None and end == until
            line = self.line("suspended", begin, None if lasting else end)
            yield replace(line, lost_seconds=seconds, suspensions=pause.parts)

    def given_back(self, move: Move, stop: int) -> Iterator[Line]:
        """With two schedules, a suspension may give back more, or less, than the reception time it covers."""
        if not self.two_schedules or move.pause.end is None:
            return
        passed = self.timeline.between(move.pause.begin, min(move.pause.end, stop))
        if passed != move.lost:
            line = self.line("given_back", move.pause.end)
            yield replace(line, counted_seconds=passed - move.lost, suspensions=move.pause.parts)

    def closed_lines(self, stop: int) -> Iterator[Line]:
        """The closed dates met between start and the end that had weekly hours to skip."""
        upto = max([stop, *(self.until(move.pause) for move in self.course.moves)])
        closed: dict[tuple[date, str], None] = {}
        spans = [(self.schedule, self.start, upto)]
        if self.two_schedules:
            spans = [(self.schedule, self.start, stop)]
            spans += [(self.action_schedule, m.pause.begin, self.until(m.pause)) for m in self.course.moves]
        for schedule, begin, end in spans:
            first, last = self.dates_in(schedule.zone, begin, end)
            for day, name in schedule.closed_dates.items():
                if first <= day <= last and day.isoweekday() in schedule.weekly:
                    closed[day, name] = None
        for day, name in closed:
            at = max(self.start, self.midnight(day))
            yield replace(self.line("closed_date", at), date=day, name=name)

    # -- moves --------------------------------------------------------------------------------------------------

    def moves(self) -> Iterator[Moved]:
        """Every suspension with the due date before and after it."""
        moved = {move.pause.begin: move for move in self.course.moves}
        for pause in self.pauses if self.course.base is not None else ():
            move = moved.get(pause.begin)
            before = self.course.due if move is None else move.before
            after = self.course.due if move is None else move.after
            if before is None:
                return
            yield Moved(
                begin=from_seconds(pause.begin),
                end=None if pause.end is None else from_seconds(pause.end),
                lost_seconds=self.action.between(pause.begin, self.until(pause)),
                due_before=from_seconds(before),
                due_after=None if after is None else from_seconds(after),
                suspensions=pause.parts,
            )

    def lost_by(self, move: Move) -> int:
        """Open time a moving suspension lost as far as it is known."""
        never = self.course.because == "never_open"
        return 0 if never else self.action.between(move.pause.begin, self.until(move.pause))

    # -- helpers ------------------------------------------------------------------------------------------------

    def until(self, pause: Pause) -> int:
        """The end of a suspension, ``now`` while it lasts, or its begin when neither is known."""
        if pause.end is not None:
            return pause.end
        return pause.begin if self.now is None else max(pause.begin, self.now)

    def local(self, at: int) -> datetime:
        return from_seconds(at).astimezone(self.zone)

    def local_end(self, at: int) -> datetime:
        """An end as the wall clock shows it on arriving there: where the clocks change, still in the old time."""
        offset = utc_offset(self.zone, at - 1)
        if offset == utc_offset(self.zone, at):
            return self.local(at)
        return from_seconds(at).astimezone(timezone(timedelta(seconds=offset)))

    def line(self, code: LineCode, begin: int, end: int | None = None) -> Line:
        local_begin = self.local(begin)
        return Line(
            code=code,
            begin=from_seconds(begin),
            end=None if end is None else from_seconds(end),
            local_begin=local_begin,
            local_end=None if end is None else self.local_end(end),
            date=local_begin.date(),
        )

    def midnight(self, day: date) -> int:
        """The beginning of a local date; one that is skipped begins where its zone jumps over it."""
        return to_seconds(datetime(day.year, day.month, day.day, tzinfo=self.zone))

    @staticmethod
    def dates_in(zone: ZoneInfo, begin: int, end: int) -> tuple[date, date]:
        return from_seconds(begin).astimezone(zone).date(), from_seconds(max(end - 1, begin)).astimezone(
            zone
        ).date()


class _DayNumbers:
    """Numbers the working dates of a guarantee in days, up to the last one it promises."""

    def __init__(self, base: int | None) -> None:
        self.base = base
        self.seen: dict[int, int] = {}

    def of(self, begin: int, day: int) -> int | None:
        """Number of the working date of an opening that begins then."""
        if self.base is None or begin >= self.base:
            return None
        return self.seen.setdefault(day, len(self.seen))


def _outside(begin: int, end: int, pauses: list[Pause]) -> Iterator[tuple[int, int]]:
    """The parts of an interval that no pause covers."""
    for pause in pauses:
        if pause.begin >= end:
            break
        if begin < pause.begin:
            yield begin, pause.begin
        begin = max(begin, end if pause.end is None else pause.end)
    if begin < end:
        yield begin, end
