"""Due dates, time left, colour and verdict: rules 3 to 11 of ``sla-vectors/1`` (Spec C10 to C13)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from slaclock.errors import ClockError
from slaclock.guarantee import Guarantee
from slaclock.instants import from_seconds, to_seconds
from slaclock.layout import NeverOpenReason, Timeline
from slaclock.schedule import Schedule
from slaclock.suspension import Pause, Suspension, cut_at, lost, union

Colour = Literal["green", "orange", "red"]
NoDueBecause = Literal["suspended", "never_open"]

DEFAULT_WARNING_MINUTES = 120


@dataclass(frozen=True, slots=True)
class Clock:
    """The state of one clock. Instants are aware UTC datetimes, durations whole seconds of working time."""

    due: datetime | None
    """The due date; None while suspended, or if the schedule never opens long enough."""
    no_due_because: NoDueBecause | None
    """Why there is no due date."""
    never_open_reason: NeverOpenReason | None
    """With ``never_open``: no opening at all, not enough of them, or none within 400 years."""
    guarantee_seconds: int | None
    """What was promised, in working time from the start (a guarantee in days counted out); None if never open."""
    suspended_seconds: int
    """Working time lost to suspensions on the action schedule, up to ``now`` if given."""
    remaining_seconds: int | None
    """With ``now``: working time left, negative once late."""
    colour: Colour | None
    """With ``now``: green, orange, red."""
    warns_at: datetime | None
    """From when on the counter is orange; None if it never is, or as long as there is no due date."""
    in_time: bool | None
    """With ``met_at``: whether it was met by the due date."""
    is_suspended: bool
    """Whether the clock stands still at ``now`` because of a suspension; without ``now``: for want of a due date."""


class Move(NamedTuple):
    """A pause that moved a due date, in UTC seconds; ``after`` is None when it took the due date away."""

    pause: Pause
    lost: int
    before: int
    after: int | None


class Course(NamedTuple):
    """How a due date came about: the one without suspensions, then each pause that moved it."""

    base: int | None
    moves: list[Move]
    due: int | None
    because: NoDueBecause | None

    def due_before(self, at: int) -> int | None:
        """The due date as moved by the pauses that began before ``at``."""
        due = self.base
        for move in self.moves:
            if move.pause.begin < at:
                due = move.before if move.after is None else move.after
        return due


def base_due(timeline: Timeline, start: int, guarantee: Guarantee) -> int | None:
    """The due date without suspensions, in UTC seconds (rules 3 to 5)."""
    if guarantee.seconds is None:
        return timeline.add_days(start, guarantee.amount)
    return timeline.add(start, guarantee.seconds)


def run(timeline: Timeline, action: Timeline, base: int | None, pauses: Iterable[Pause]) -> Course:
    """Let the pauses move the due date, in order of time (rules 6 to 8)."""
    if base is None:
        return Course(None, [], None, "never_open")
    due, moves = base, []
    for pause in pauses:
        if pause.begin >= due:
            break
        if pause.end is None:
            moves.append(Move(pause, 0, due, None))
            return Course(base, moves, None, "suspended")
        seconds = action.between(pause.begin, pause.end)
        after = timeline.add(due, seconds) if seconds else due
        moves.append(Move(pause, seconds, due, after))
        if after is None:
            return Course(base, moves, None, "never_open")
        due = after
    return Course(base, moves, due, None)


def remaining(
    timeline: Timeline, course: Course, pauses: Sequence[Pause], start: int, now: int
) -> int | None:
    """The counter at ``now`` (rule 9); None if never open."""
    if course.because == "never_open":
        return None
    if course.due is not None and now >= course.due:
        late = timeline.between(course.due, now)
        for begin, end, _ in pauses:
            late -= timeline.between(max(begin, course.due), now if end is None else min(end, now))
        return -late
    at = max(now, start)
    for pause in pauses:
        if pause.covers(at):
            at = pause.begin
    due = course.due_before(at)
    return None if due is None else timeline.between(at, due)


def warning_instant(timeline: Timeline, course: Course, start: int, warning: int) -> int | None:
    """From which instant on, up to the due date, the counter stands at ``warning`` seconds or less."""
    due = course.due
    if due is None:
        return None
    for move in reversed(course.moves):
        pause = move.pause
        resumed = pause.begin if pause.end is None else pause.end
        if timeline.between(resumed, due) > warning:
            return _falls_to(timeline, resumed, due, warning)
        due = move.before
        if timeline.between(pause.begin, due) > warning:
            return resumed
    return _falls_to(timeline, start, due, warning)


def _falls_to(timeline: Timeline, begin: int, due: int, warning: int) -> int:
    """The first instant from ``begin`` on after which at most ``warning`` open seconds come before ``due``."""
    spare = timeline.between(begin, due) - warning
    reached = timeline.add(begin, spare) if spare > 0 else begin
    return due if reached is None else reached


def colour_of(left: int, late: bool, warning: int) -> Colour:
    """Rule 10."""
    if late:
        return "red"
    return "green" if left > warning else "orange"


def compute(
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
) -> Clock:
    """The clock of one guarantee, from the stored facts alone.

    - ``schedule`` is the one the guarantee runs on, ``action_schedule`` the one suspensions are measured on
      (absent: the same).
    - ``now`` asks for the counter and its colour, ``met_at`` for the verdict. A clock that was met stands still
      since, and is red only if it was met late.
    - ``counted_kinds``: the kinds of suspension that add up in ``suspended_seconds``; all of them move the due date.

    Raises InstantError, ClockError (``bad_warning``).
    """
    facts = Facts.gather(schedule, start, guarantee, action_schedule, suspensions, met_at)
    timeline, course = facts.timeline, facts.course
    warning = checked_warning(warning_minutes) * 60
    now_s = None if now is None else to_seconds(now)

    counted = facts.pauses
    if counted_kinds is not None:
        counted = union((s for s in facts.suspensions if s.kind in counted_kinds), facts.start)
    suspended = _lost_so_far(facts, counted) if now_s is None else lost(facts.action, counted, now_s)

    in_time = None if facts.met is None or course.due is None else facts.met <= course.due
    left: int | None = None
    colour: Colour | None = None
    if now_s is not None:
        at = now_s if facts.met is None else min(now_s, facts.met)
        left = remaining(timeline, course, facts.effective, facts.start, at)
        if left is not None:
            late = course.due is not None and at >= course.due and not (in_time and at == facts.met)
            colour = colour_of(left, late, warning)

    warns = warning_instant(timeline, course, facts.start, warning)
    if warns is not None and course.due is not None and warns >= course.due:
        warns = None
    never = course.because == "never_open"
    return Clock(
        due=None if course.due is None else from_seconds(course.due),
        no_due_because=course.because,
        never_open_reason=timeline.never_open_reason() if never else None,
        guarantee_seconds=facts.guarantee_seconds,
        suspended_seconds=suspended,
        remaining_seconds=left,
        colour=colour,
        warns_at=None if warns is None else from_seconds(warns),
        in_time=in_time,
        is_suspended=(
            course.because == "suspended"
            if now_s is None
            else (facts.met is None or now_s < facts.met)
            and any(pause.covers(now_s) for pause in facts.pauses)
        ),
    )


def due_if_resumed_at(
    *,
    at: datetime,
    schedule: Schedule,
    start: datetime,
    guarantee: Guarantee,
    action_schedule: Schedule | None = None,
    suspensions: Iterable[Suspension] = (),
) -> datetime | None:
    """The due date if the suspensions that last were ended at ``at``; None if never open."""
    timeline, start_s, at_s = schedule.timeline, to_seconds(start), to_seconds(at)
    ended = [
        pause._replace(end=at_s) if pause.end is None else pause
        for pause in union(suspensions, start_s)
        if pause.end is not None or pause.begin < at_s
    ]
    action = timeline if action_schedule is None else action_schedule.timeline
    due = run(timeline, action, base_due(timeline, start_s, guarantee), ended).due
    return None if due is None else from_seconds(due)


class Facts(NamedTuple):
    """The inputs of one clock turned into seconds, and the course of its due date."""

    timeline: Timeline
    action: Timeline
    start: int
    met: int | None
    suspensions: tuple[Suspension, ...]
    pauses: list[Pause]
    effective: list[Pause]
    """The pauses that count for the due date: those before the milestone was met."""
    course: Course
    guarantee_seconds: int | None

    @classmethod
    def gather(
        cls,
        schedule: Schedule,
        start: datetime,
        guarantee: Guarantee,
        action_schedule: Schedule | None,
        suspensions: Iterable[Suspension],
        met_at: datetime | None,
    ) -> Facts:
        """Read the inputs once. Raises InstantError."""
        timeline = schedule.timeline
        action = timeline if action_schedule is None else action_schedule.timeline
        start_s = to_seconds(start)
        met = None if met_at is None else to_seconds(met_at)
        suspensions = tuple(suspensions)
        pauses = union(suspensions, start_s)
        effective = pauses if met is None else cut_at(pauses, met)
        base = base_due(timeline, start_s, guarantee)
        promised = guarantee.seconds
        if base is None:
            promised = None
        elif promised is None:
            promised = timeline.between(start_s, base)
        course = run(timeline, action, base, effective)
        return cls(timeline, action, start_s, met, suspensions, pauses, effective, course, promised)


def _lost_so_far(facts: Facts, pauses: Iterable[Pause]) -> int:
    """Lost time with no ``now``: a pause that lasts counts up to the instant the milestone was met, if it was."""
    known = [
        pause._replace(end=max(pause.begin, facts.met))
        if pause.end is None and facts.met is not None
        else pause
        for pause in pauses
    ]
    return lost(facts.action, known, None)


def checked_warning(minutes: int) -> int:
    """The warning time itself. Raises ClockError (``bad_warning``) unless it is a whole number, 0 or more."""
    if not isinstance(minutes, int) or isinstance(minutes, bool) or minutes < 0:
        raise ClockError(
            "bad_warning",
            f"{minutes!r} is not a warning time; give whole minutes, 0 or more.",
            value=repr(minutes),
        )
    return minutes
