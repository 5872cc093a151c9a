"""The engine against a clock that looks at every minute, around clock changes of several zones."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from slaclock import (
    Guarantee,
    Schedule,
    Suspension,
    add_working_seconds,
    compute,
    due_at,
    explain,
    lost_seconds,
    next_opening,
    openings,
    working_seconds,
)
from tests.slaclock import oracle
from tests.slaclock.oracle import MINUTES, STRETCHES

quick = settings(
    max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
ROOM = 12 * 24 * 60  # questions start in the first half of a stretch, where the clock change is


def instant(stretch: str, minute: int) -> datetime:
    return STRETCHES[stretch][1] + timedelta(minutes=minute)


def minute_of(stretch: str, moment: datetime | None) -> int | None:
    return None if moment is None else int((moment - STRETCHES[stretch][1]).total_seconds()) // 60


TIMES = [0, 1, 30, 60, 90, 119, 120, 150, 180, 360, 540, 750, 1080, 1320, 1410, 1439, 1440]
hours = st.sampled_from([(begin, end) for begin in TIMES for end in TIMES if begin < end])


@st.composite
def plans(draw, stretch):
    """A schedule and its open minutes."""
    weekly = draw(st.dictionaries(st.integers(1, 7), st.lists(hours, min_size=1, max_size=3), max_size=7))
    first = STRETCHES[stretch][1].date()
    dates = st.integers(0, 23).map(lambda n: first + timedelta(days=n))
    closed = draw(st.sets(dates, max_size=6))
    exceptional = draw(st.dictionaries(dates, st.lists(hours, min_size=1, max_size=2), max_size=4))
    schedule = Schedule(STRETCHES[stretch][0], weekly, closed, exceptional)
    return schedule, oracle.open_minutes(stretch, weekly, closed, exceptional)


@st.composite
def cases(draw):
    """A stretch with a schedule, a start and suspensions, some of them before it."""
    stretch = draw(st.sampled_from(list(STRETCHES)))
    schedule, opened = draw(plans(stretch))
    start = draw(st.integers(0, ROOM))
    spans = []
    for _ in range(draw(st.integers(0, 4))):
        begin = draw(st.integers(max(0, start - 300), start + 4000))
        spans.append((begin, min(begin + draw(st.sampled_from([0, 1, 45, 240, 1500, 4000])), MINUTES - 1)))
    return stretch, schedule, opened, start, spans


guarantees = st.one_of(
    st.integers(0, 900).map(lambda n: Guarantee(n, "minute")),
    st.integers(0, 40).map(lambda n: Guarantee(n, "hour")),
    st.integers(0, 5).map(lambda n: Guarantee(n, "day")),
)


def slow_base(stretch, opened, start, guarantee):
    if guarantee.unit == "day":
        return oracle.after_days(stretch, opened, start, guarantee.amount)
    return oracle.after(opened, start, guarantee.seconds // 60)


def suspensions_of(stretch, spans):
    return [Suspension(instant(stretch, begin), instant(stretch, end)) for begin, end in spans]


@quick
@given(cases(), guarantees)
def test_a_due_date_is_the_one_found_minute_by_minute(case, guarantee):
    """Rules 1 to 6 (Spec C10, C11), on both sides of a clock change and of a skipped date."""
    stretch, schedule, opened, start, spans = case
    base = slow_base(stretch, opened, start, guarantee)
    assume(base is not None)
    assert minute_of(stretch, due_at(schedule, instant(stretch, start), guarantee)) == base
    union = oracle.joined(spans, start, MINUTES)
    due = oracle.due(base, opened, opened, union)
    assume(due is not None)
    clock = compute(
        schedule=schedule,
        start=instant(stretch, start),
        guarantee=guarantee,
        suspensions=suspensions_of(stretch, spans),
    )
    assert minute_of(stretch, clock.due) == due
    assert clock.suspended_seconds == 60 * sum(sum(opened[begin:end]) for begin, end in union)


@quick
@given(cases(), guarantees, st.integers(-200, 6000), st.sampled_from([0, 30, 120, 600]))
def test_the_counter_ticks_while_open_and_not_suspended(case, guarantee, later, warning):
    """Rules 9 and 10 (Spec C12): the counter at any instant is what a ticking clock would show, and its colour."""
    stretch, schedule, opened, start, spans = case
    around = spans[0][0] if spans and later % 2 else start
    now = max(0, min(around + later // 3, MINUTES - 1))
    base = slow_base(stretch, opened, start, guarantee)
    assume(base is not None)
    union = oracle.joined(spans, start, MINUTES)
    due = oracle.due(base, opened, opened, union)
    assume(due is not None)
    total = sum(opened[start:base])
    left = oracle.counter(opened, union, start, total, due, now)
    clock = compute(
        schedule=schedule,
        start=instant(stretch, start),
        guarantee=guarantee,
        suspensions=suspensions_of(stretch, spans),
        now=instant(stretch, now),
        warning_minutes=warning,
    )
    assert clock.remaining_seconds == left * 60
    assert clock.colour == ("red" if now >= due else "green" if left > warning else "orange")
    assert clock.is_suspended == oracle.paused(spans, start, now)
    if clock.warns_at is not None and start <= now < due:
        assert (instant(stretch, now) >= clock.warns_at) == (left <= warning)
    elif start <= now < due:
        assert left > warning


@quick
@given(cases(), guarantees, st.data())
def test_lost_time_is_measured_on_the_action_schedule(case, guarantee, data):
    """Rule 6 with two schedules: what is lost on one moves the due date on the other."""
    stretch, schedule, opened, start, spans = case
    action, action_opened = data.draw(plans(stretch))
    base = slow_base(stretch, opened, start, guarantee)
    assume(base is not None)
    union = oracle.joined(spans, start, MINUTES)
    due = oracle.due(base, opened, action_opened, union)
    assume(due is not None)
    facts = {
        "schedule": schedule,
        "action_schedule": action,
        "start": instant(stretch, start),
        "guarantee": guarantee,
        "suspensions": suspensions_of(stretch, spans),
    }
    clock = compute(**facts)
    assert minute_of(stretch, clock.due) == due
    assert clock.suspended_seconds == 60 * sum(sum(action_opened[begin:end]) for begin, end in union)
    ledger = explain(**facts)
    assert ledger.adds_up
    assert ledger.due == clock.due


@quick
@given(cases(), guarantees)
def test_the_ledger_adds_up_and_ends_at_the_due_date(case, guarantee):
    """Spec C14: counted time is the guarantee, lost time is the suspensions', the end is the due date."""
    stretch, schedule, opened, start, spans = case
    facts = {
        "schedule": schedule,
        "start": instant(stretch, start),
        "guarantee": guarantee,
        "suspensions": suspensions_of(stretch, spans),
    }
    clock, ledger = compute(**facts), explain(**facts)
    assert ledger.due == clock.due
    assert ledger.adds_up
    if clock.due is None:
        return
    assert ledger.lines[-1].begin == clock.due
    assert ledger.lines[-1].used_seconds == ledger.guarantee_seconds
    for line in ledger.lines:
        if line.code == "opening":
            low, high = minute_of(stretch, line.begin), minute_of(stretch, line.end)
            if high <= MINUTES:
                assert all(opened[low:high])
                assert not any(oracle.paused(spans, start, n) for n in range(low, high))
    moved = working_seconds(schedule, instant(stretch, start), clock.due)
    assert moved == ledger.guarantee_seconds + ledger.lost_seconds


@quick
@given(cases(), st.integers(0, MINUTES - 1), st.integers(0, MINUTES - 1))
def test_open_time_is_counted_minute_by_minute(case, one, other):
    """Working time between two instants, the intervals between them, the next opening, lost time."""
    stretch, schedule, opened, start, spans = case
    low, high = sorted((one, other))
    begin, end = instant(stretch, low), instant(stretch, high)
    seconds = 60 * sum(opened[low:high])
    assert working_seconds(schedule, begin, end) == seconds
    assert working_seconds(schedule, end, begin) == -seconds
    found = openings(schedule, begin, end)
    assert sum((stretch.end - stretch.begin).total_seconds() for stretch in found) == seconds
    days = oracle.wall(stretch)
    for interval in found:
        first, last = minute_of(stretch, interval.begin), minute_of(stretch, interval.end)
        assert {days[n][0] for n in range(first, last)} == {interval.date}
    expected = oracle.after(opened, low, 0)
    if expected is not None:
        assert minute_of(stretch, next_opening(schedule, begin)) == expected
    if seconds:
        reached = add_working_seconds(schedule, begin, seconds)
        assert reached <= end
        assert working_seconds(schedule, begin, reached) == seconds
    lost = lost_seconds(schedule, suspensions_of(stretch, spans), start=instant(stretch, start), until=end)
    assert lost == 60 * sum(opened[n] and oracle.paused(spans, start, n) for n in range(high))


@pytest.mark.parametrize("stretch", STRETCHES)
def test_seconds_are_kept(stretch):
    """A start with seconds moves the due date by those seconds while open: nothing is rounded to minutes."""
    schedule = Schedule(STRETCHES[stretch][0], {day: ["00:00-24:00"] for day in range(1, 8)})
    for second in range(0, 86_400 * 9, 40_009):
        start = STRETCHES[stretch][1] + timedelta(seconds=second)
        assert due_at(schedule, start, Guarantee(7, "minute")) == start + timedelta(minutes=7)
