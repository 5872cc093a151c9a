"""The days of a plan against a slow oracle that looks at every day (Spec T31)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadran.tickets.choices import ClosedDay, Frequency
from cadran.tickets.recurrence import REACH, Fate, Recurrence, occurrences

DAY = timedelta(days=1)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def is_due(rule: Recurrence, day: date) -> bool:
    """Whether the rule names ``day``, decided from that day alone."""
    if day < rule.starts_on or (rule.ends_on is not None and day > rule.ends_on):
        return False
    months = (day.year - rule.starts_on.year) * 12 + day.month - rule.starts_on.month
    length = monthrange(day.year, day.month)[1]
    if rule.frequency == Frequency.DAILY:
        return (day - rule.starts_on).days % rule.interval == 0
    if rule.frequency == Frequency.WEEKLY:
        weeks = (monday_of(day) - monday_of(rule.starts_on)).days // 7
        wanted = rule.weekdays or [rule.starts_on.isoweekday()]
        return weeks % rule.interval == 0 and day.isoweekday() in wanted
    if months % (rule.interval * (12 if rule.frequency == Frequency.YEARLY else 1)):
        return False
    if rule.nth is None:
        return day.day == min(rule.starts_on.day, length)
    if day.isoweekday() != rule.weekdays[0]:
        return False
    return day.day + 7 > length if rule.nth == -1 else (day.day - 1) // 7 + 1 == rule.nth


dates = st.dates(date(2019, 1, 1), date(2033, 12, 31))


@st.composite
def rules(draw: st.DrawFn) -> Recurrence:
    frequency = draw(st.sampled_from(Frequency))
    nth = draw(st.sampled_from([None, 1, 2, 3, 4, -1]))
    if frequency in (Frequency.DAILY, Frequency.WEEKLY):
        nth = None
    weekdays = draw(st.lists(st.integers(1, 7), unique=True, min_size=1 if nth else 0, max_size=4))
    start = draw(dates)
    end = draw(st.none() | st.integers(0, 900).map(lambda days: start + timedelta(days=days)))
    return Recurrence(frequency, draw(st.integers(1, 5)), start, end, weekdays, nth)


@given(rules(), dates, st.integers(0, 800))
def test_days_agree_with_looking_at_each_one(rule: Recurrence, first: date, span: int) -> None:
    """Spec T31."""
    last = first + timedelta(days=span)
    slow = [day for n in range(span + 1) if is_due(rule, day := first + n * DAY)]
    assert list(rule.days(first, last)) == slow


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (
            Recurrence(Frequency.MONTHLY, 1, date(2027, 1, 4), weekdays=[1], nth=1),
            ["2027-01-04", "2027-02-01", "2027-03-01", "2027-04-05"],
        ),
        (
            Recurrence(Frequency.MONTHLY, 1, date(2027, 1, 31)),
            ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"],
        ),
        (
            Recurrence(Frequency.YEARLY, 1, date(2024, 2, 29)),
            ["2027-02-28", "2028-02-29", "2029-02-28"],
        ),
        (
            Recurrence(Frequency.MONTHLY, 3, date(2027, 1, 29), weekdays=[5], nth=-1),
            ["2027-01-29", "2027-04-30", "2027-07-30", "2027-10-29"],
        ),
        (
            Recurrence(Frequency.WEEKLY, 2, date(2027, 12, 27), weekdays=[1, 4]),
            ["2027-12-27", "2027-12-30", "2028-01-10", "2028-01-13"],
        ),
    ],
)
def test_what_people_say(rule: Recurrence, expected: list[str]) -> None:
    """Spec T31: every first Monday, the 31st, 29 February, the last Friday each quarter, over the year's end."""
    days = rule.days(date(2027, 1, 1), date(2030, 12, 31))
    assert [next(days).isoformat() for _ in expected] == expected


def test_a_chain_of_holidays_moves_or_leaves_out() -> None:
    """Spec T31: 25 and 26 December 2027 fall on a weekend, Monday 27 is bridged."""
    closed = {date(2027, 12, 24) + n * DAY for n in range(4)}
    rule = Recurrence(Frequency.YEARLY, 1, date(2027, 12, 25))

    def planned(what: ClosedDay) -> tuple[date | None, Fate]:
        found = occurrences(rule, what, lambda day: day not in closed, date(2027, 12, 1), date(2027, 12, 31))
        return found[0].planned_on, found[0].fate

    assert planned(ClosedDay.NEXT) == (date(2027, 12, 28), Fate.MOVED)
    assert planned(ClosedDay.PREVIOUS) == (date(2027, 12, 23), Fate.MOVED)
    assert planned(ClosedDay.SKIP) == (None, Fate.LEFT_OUT)


def test_days_that_fall_together_give_one_ticket() -> None:
    """Spec T31: a daily plan over a weekend doesn't open three tickets on Monday."""
    rule = Recurrence(Frequency.DAILY, 1, date(2027, 1, 1))
    found = occurrences(
        rule, ClosedDay.NEXT, lambda day: day.isoweekday() < 6, date(2027, 1, 8), date(2027, 1, 11)
    )
    assert [one.fate for one in found] == [Fate.KEPT, Fate.JOINED, Fate.JOINED, Fate.KEPT]


@given(
    rules(), dates, st.integers(0, 120), st.sampled_from(ClosedDay), st.sets(st.integers(1, 7), max_size=6)
)
def test_what_is_planned_is_open_and_once_a_day(
    rule: Recurrence, first: date, span: int, closed_day: ClosedDay, weekend: set[int]
) -> None:
    """Spec T31; and what is asked for a day does not depend on what else was asked for."""
    last = first + timedelta(days=span)

    def is_open(day: date) -> bool:
        return day.isoweekday() not in weekend

    found = occurrences(rule, closed_day, is_open, first, last)
    assert [one.due_on for one in found] == list(rule.days(first, last))
    standing = [one.planned_on for one in found if one.fate in (Fate.KEPT, Fate.MOVED)]
    assert len(standing) == len(set(standing))
    assert all(on is not None and is_open(on) for on in standing)
    for one in found:
        assert occurrences(rule, closed_day, is_open, one.due_on, one.due_on) == [one]


def test_a_schedule_that_never_opens_leaves_everything_out() -> None:
    """Spec T31."""
    rule = Recurrence(Frequency.WEEKLY, 1, date(2027, 1, 4))
    found = occurrences(rule, ClosedDay.NEXT, lambda _day: False, date(2027, 1, 1), date(2027, 1, 31))
    assert {one.fate for one in found} == {Fate.LEFT_OUT}
    assert REACH.days > 60
