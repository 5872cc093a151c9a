"""Schedules, their versions, holidays and exceptions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

import slaclock
from cadran.accounts.rights import Right
from cadran.contracts import announcements
from cadran.contracts.models import Holiday, Schedule, ScheduleVersion
from cadran.contracts.operations import (
    ExceptionDetails,
    add_holiday,
    refresh_calendar,
    refresh_every_calendar,
    remove_holiday,
    save_calendar,
    save_schedule,
    set_holiday_worked,
)
from cadran.contracts.operations.calendars import CalendarDetails
from cadran.contracts.queries import layout_of, next_four_weeks
from cadran.core.errors import InvalidInput, InvalidInputs, NotAllowed, Stale
from cadran.core.models import JournalEntry
from tests.factories.trade import (
    MONDAY,
    OFFICE,
    ROUND_THE_CLOCK,
    a_calendar,
    a_commitment,
    a_schedule,
    person,
    schedule_details,
)

pytestmark = pytest.mark.django_db

HOUR = slaclock.Guarantee(4, "hour")


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> list[ScheduleVersion]:
    heard: list[ScheduleVersion] = []
    monkeypatch.setattr(announcements, "_callbacks", [lambda version, cause, by, at: heard.append(version)])
    return heard


def test_a_renamed_schedule_moves_nothing(announced: list[ScheduleVersion]) -> None:
    """Spec C8, C13: a new name makes no version and announces nothing; new hours do both."""
    schedule = a_schedule()
    save_schedule(schedule=schedule, details=schedule_details(name_fr="Bureau"), by=None, at=MONDAY)
    assert [version.number for version in announced] == [1]
    shorter = schedule_details(name_fr="Bureau", weekly=OFFICE | {5: [[540, 1020]]})
    save_schedule(schedule=schedule, details=shorter, by=None, at=MONDAY)
    assert [version.number for version in announced] == [1, 2]
    assert schedule.current_version.layout["weekly"]["5"] == ["09:00-17:00"]


def test_a_failing_listener_undoes_the_change(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spec C13: the change, the version and what listeners write are one transaction."""
    schedule = a_schedule()

    def fail(*_anything: Any) -> None:
        raise RuntimeError("no room in the queue")

    monkeypatch.setattr(announcements, "_callbacks", [fail])
    with pytest.raises(RuntimeError):
        save_schedule(schedule=schedule, details=schedule_details(weekly=ROUND_THE_CLOCK), by=None, at=MONDAY)
    stored = Schedule.objects.get()
    assert stored.weekly == {str(day): hours for day, hours in OFFICE.items()}
    assert stored.versions.count() == 1


def test_the_second_of_two_editors_is_told(announced: list[ScheduleVersion]) -> None:
    """House: compare-and-set; the second editor's form was opened before the first one saved."""
    a_schedule()
    first, second = Schedule.objects.get(), Schedule.objects.get()
    save_schedule(schedule=first, details=schedule_details(weekly={1: [[540, 600]]}), by=None, at=MONDAY)
    with pytest.raises(Stale, match="Somebody else has changed “Office”"):
        save_schedule(
            schedule=second,
            details=schedule_details(weekly={2: [[540, 600]]}),
            by=None,
            at=MONDAY,
            seen=second.row_version,
        )
    assert Schedule.objects.get().weekly == {"1": [[540, 600]]}
    assert len(announced) == 2


def test_closures_and_openings_of_single_dates() -> None:
    """Spec C8: exceptional closures and openings; an opening on a holiday opens those hours only."""
    christmas, saturday, monday = date(2026, 12, 25), date(2026, 3, 7), date(2026, 3, 9)
    exceptions = [
        ExceptionDetails(christmas, is_closed=False, intervals=[[600, 720]]),
        ExceptionDetails(
            saturday, is_closed=False, intervals=[[540, 720]], name_fr="Inventaire", name_en="Stocktaking"
        ),
        ExceptionDetails(monday, name_fr="Pont", name_en="Bridge day"),
    ]
    schedule = a_schedule(calendar=a_calendar(), exceptions=exceptions)
    engine = layout_of(schedule.current_version)
    open_on = {
        day: [
            f"{one.begin.astimezone(engine.zone):%H:%M}" for one in slaclock.openings(engine, *_bounds(day))
        ]
        for day in (christmas, saturday, monday)
    }
    assert open_on == {christmas: ["10:00"], saturday: ["09:00"], monday: []}
    days = {one.date: one for one in next_four_weeks(schedule, date(2026, 3, 2))}
    assert len(days) == 28
    assert (days[monday].closed_name, days[monday].is_closed) == ("Bridge day", True)
    assert days[saturday].openings == ["09:00-12:00"]
    assert next_four_weeks(schedule_details(exceptions=exceptions), date(2026, 3, 2))[7].is_closed


def _bounds(day: date) -> tuple[datetime, datetime]:
    return datetime(day.year, day.month, day.day, tzinfo=UTC), datetime(
        day.year, day.month, day.day, 23, tzinfo=UTC
    )


def test_the_night_when_clocks_change_lasts_what_it_lasts() -> None:
    """Vectors, rule 2: 22:00 to 06:00 is 7 hours when clocks go forward and 9 when they go back."""
    nights = {day: [[0, 360], [1320, 1440]] for day in range(1, 8)}
    engine = layout_of(a_schedule(weekly=nights).current_version)

    def hours(begin: datetime, end: datetime) -> float:
        return slaclock.working_seconds(engine, begin, end) / 3600

    assert hours(datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 12, tzinfo=UTC)) == 7
    assert hours(datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 25, 12, tzinfo=UTC)) == 9


def test_a_leap_day_is_a_day_like_any_other() -> None:
    """Spec C11: days are working dates; 29 February 2028 is one, and can be closed."""
    engine = layout_of(a_schedule().current_version)
    start = datetime(2028, 2, 28, 9, tzinfo=UTC)
    one_day = slaclock.Guarantee(1, "day")
    assert slaclock.due_at(engine, start, one_day) == datetime(2028, 2, 29, 17, tzinfo=UTC)
    closed = a_schedule("closed", exceptions=[ExceptionDetails(date(2028, 2, 29), name_fr="Fermé")])
    assert slaclock.due_at(layout_of(closed.current_version), start, one_day) == datetime(
        2028, 3, 1, 17, tzinfo=UTC
    )


def test_a_promised_schedule_keeps_an_opening() -> None:
    """Clock: a schedule that never opens can't be linked to a guarantee, nor become so afterwards."""
    schedule = a_schedule()
    save_schedule(schedule=schedule, details=schedule_details(weekly={}), by=None, at=MONDAY)
    with pytest.raises(InvalidInput, match="never opens"):
        a_commitment(schedule=schedule)
    save_schedule(schedule=schedule, details=schedule_details(), by=None, at=MONDAY)
    a_commitment(schedule=schedule)
    with pytest.raises(InvalidInput, match="would never open, but the commitment “Gold” counts on it"):
        save_schedule(schedule=schedule, details=schedule_details(weekly={}), by=None, at=MONDAY)
    assert Schedule.objects.get().weekly


def test_bad_schedules_are_refused_whole() -> None:
    """Spec R7: every mistake in one go, and nothing half-saved."""
    twice = [ExceptionDetails(date(2026, 5, 2)), ExceptionDetails(date(2026, 5, 2))]
    details = schedule_details(time_zone="Paris", weekly={1: [[600, 540]]}, exceptions=twice)
    with pytest.raises(InvalidInputs) as refused:
        save_schedule(schedule=None, details=details, by=None, at=MONDAY)
    assert [error.field for error in refused.value.errors] == ["time_zone", "weekly_1", "exceptions"]
    assert not Schedule.objects.exists()
    with pytest.raises(InvalidInput, match="Type another one"):
        a_schedule()
        a_schedule()


def test_schedules_need_their_right() -> None:
    """Spec R2: the refusal names the right."""
    somebody = person(Right.EDIT_CONTRACTS)
    with pytest.raises(NotAllowed, match=r"Edit schedules.*190002"):
        save_schedule(schedule=None, details=schedule_details(), by=somebody, at=MONDAY)
    assert not Schedule.objects.exists()


def test_holidays_have_both_names_and_follow_the_region() -> None:
    """Spec C8: by country and region; 26 December is a holiday in the Moselle only."""
    boxing_day = date(2026, 12, 26)
    assert not a_calendar().holidays.filter(date=boxing_day).exists()
    moselle = a_calendar("moselle", region="57")
    assert {one.date.year for one in moselle.holidays.all()} == set(range(2024, 2030))
    assert moselle.holidays.get(date=boxing_day).name_fr == "Saint-Étienne"
    assert moselle.holidays.get(date=date(2026, 4, 6)).name_en == "Easter Monday"
    with pytest.raises(InvalidInput, match="no region 99"):
        a_calendar("nowhere", region="99")
    with pytest.raises(InvalidInput, match="No holidays are known for the country XX"):
        a_calendar("nowhere", country="xx")


def test_moving_holidays_makes_new_versions(announced: list[ScheduleVersion]) -> None:
    """Spec C13: editing a holiday concerns every schedule of its calendar, once."""
    calendar = a_calendar()
    a_schedule("one", calendar=calendar)
    a_schedule("two", calendar=calendar)
    a_schedule("three")
    announced.clear()
    bridge = add_holiday(calendar=calendar, date=date(2026, 5, 15), name_fr="Pont", by=None, at=MONDAY)
    assert sorted(version.schedule.code for version in announced) == ["one", "two"]
    with pytest.raises(InvalidInput, match="in this calendar already"):
        add_holiday(calendar=calendar, date=date(2026, 5, 15), name_fr="Pont", by=None, at=MONDAY)
    remove_holiday(holiday=bridge, by=None, at=MONDAY)
    labour_day = calendar.holidays.get(date=date(2026, 5, 1))
    with pytest.raises(InvalidInput, match="worked all the same"):
        remove_holiday(holiday=labour_day, by=None, at=MONDAY)
    announced.clear()
    set_holiday_worked(holiday=labour_day, is_worked=True, by=None, at=MONDAY)
    set_holiday_worked(holiday=labour_day, is_worked=True, by=None, at=MONDAY)
    assert len(announced) == 2
    engine = layout_of(announced[0])
    assert slaclock.is_open(engine, datetime(2026, 5, 1, 9, tzinfo=UTC))


def test_an_upgrade_never_moves_a_past_date() -> None:
    """Clock: generated holidays are stored; those of the past stay whatever the rules say later."""
    calendar = a_calendar()
    past, future = date(2026, 1, 1), date(2026, 7, 14)
    calendar.holidays.filter(date=past).delete()
    calendar.holidays.filter(date=future).delete()
    odd = [date(2026, 2, 3), date(2026, 9, 3)]
    for day in odd:
        Holiday.objects.create(calendar=calendar, date=day, is_generated=True, name_fr="Retirée")
    refresh_calendar(calendar=calendar, by=None, at=MONDAY)
    stored = set(calendar.holidays.values_list("date", flat=True))
    assert (past in stored, future in stored) == (False, True)
    assert (odd[0] in stored, odd[1] in stored) == (True, False)


def test_the_years_ahead_are_added_year_by_year(announced: list[ScheduleVersion]) -> None:
    """Clock: run again in the same year nothing changes; in the next one a year comes."""
    calendar = a_calendar()
    a_schedule(calendar=calendar)
    assert refresh_every_calendar(by=None, at=MONDAY) == []
    [version] = refresh_every_calendar(by=None, at=MONDAY.replace(year=2027))
    assert "2030-12-25" in version.layout["closed_dates"]
    assert "2024-12-25" in version.layout["closed_dates"]


def test_a_new_country_leaves_the_past_alone() -> None:
    """Clock: a calendar that changes its country changes from tomorrow on."""
    calendar = a_calendar()
    details = CalendarDetails(code="fr", name_fr="Jours fériés", country="DE", region="BY")
    save_calendar(calendar=calendar, details=details, by=None, at=MONDAY)
    days = set(calendar.holidays.values_list("date", flat=True))
    assert date(2025, 7, 14) in days
    assert date(2026, 7, 14) not in days
    assert date(2026, 10, 3) in days


def test_every_write_says_what_was_before_and_after() -> None:
    """Spec T4: the journal holds each changed value, before and after."""
    schedule = a_schedule()
    details = replace(schedule_details(), name_en="Office hours", weekly={1: [[540, 600]]})
    save_schedule(schedule=schedule, details=details, by=None, at=MONDAY)
    last = JournalEntry.objects.of("schedule", schedule.pk).last()
    assert last is not None
    assert last.data["changes"]["name_en"] == {"before": "", "after": "Office hours"}
    assert last.data["changes"]["weekly"]["after"] == {"1": [[540, 600]]}
    save_schedule(schedule=schedule, details=details, by=None, at=MONDAY)
    assert JournalEntry.objects.of("schedule", schedule.pk).last() == last
