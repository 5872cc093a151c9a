"""Opening hours as people type them."""

import pytest

from cadran.contracts.openings import read_date, read_intervals, read_week, week_text
from cadran.core.errors import InvalidInput, InvalidInputs


@pytest.mark.parametrize(
    ("typed", "intervals"),
    [
        ("9-18", [[540, 1080]]),
        ("09:00-12:30, 13:30-18:00", [[540, 750], [810, 1080]]),
        ("9h30 – 12h ; 14h-17h15", [[570, 720], [840, 1035]]),
        ("0-24", [[0, 1440]]),
        ("", []),
    ],
)
def test_hours_are_read_as_people_type_them(typed: str, intervals: list[list[int]]) -> None:
    """Spec C8: several intervals a day, round the clock, or none."""
    read = read_intervals(typed)
    assert (read.intervals, read.next_day, read.notes) == (intervals, [], [])


def test_a_night_is_stored_as_two_and_sunday_runs_into_monday() -> None:
    """Spec C8, clock: 22:00-06:00 may be typed and is stored as two, the second under the next weekday."""
    week = read_week({5: "22:00-06:00", 7: "22-6"})
    assert week.weekly == {1: [[0, 360]], 5: [[1320, 1440]], 6: [[0, 360]], 7: [[1320, 1440]]}
    assert len(week.notes) == 2
    assert read_week({1: "18:00-0:00"}).weekly == {1: [[1080, 1440]]}


def test_one_minute_before_midnight_means_midnight_and_says_so() -> None:
    """Clock: 23:59 as an end is read as 24:00 and says so."""
    read = read_intervals("09:00-23:59")
    assert read.intervals == [[540, 1440]]
    assert read.notes == ["The end 23:59 in “09:00-23:59” is read as 24:00."]


def test_openings_that_touch_or_overlap_are_made_one_and_say_so() -> None:
    """Spec C8: no minute is open twice."""
    read = read_intervals("9-12, 12-15, 14-18")
    assert read.intervals == [[540, 1080]]
    assert read.notes == ["Openings that touch or overlap are made one: 09:00-18:00."]
    assert read_week({1: "22-8", 2: "6-10"}).weekly == {1: [[1320, 1440]], 2: [[0, 600]]}


@pytest.mark.parametrize("typed", ["nine to five", "9", "9-25", "24-25", "9:60-12", "9-9", "9-12-14"])
def test_what_can_not_be_read_is_quoted_back(typed: str) -> None:
    """Spec R7: a sentence that says what is wrong and how to mend it."""
    with pytest.raises(InvalidInput) as refused:
        read_week({3: typed})
    assert typed in refused.value.message
    assert refused.value.field == "weekly_3"


def test_every_bad_day_is_told_at_once() -> None:
    """Spec R7: no fishing for errors one by one."""
    with pytest.raises(InvalidInputs) as refused:
        read_week({1: "x", 2: "9-18", 3: "y"})
    assert [error.field for error in refused.value.errors] == ["weekly_1", "weekly_3"]


def test_an_exceptional_opening_ends_by_midnight() -> None:
    """Spec C8: a date's own openings don't leak into the next date."""
    with pytest.raises(InvalidInput, match="next date"):
        read_date("22-6")


def test_a_week_is_told_in_words() -> None:
    """Spec C8: equal days in a row are taken together."""
    week = {1: [[540, 1080]], 2: [[540, 1080]], 3: [[540, 1080]], 6: [[540, 720]]}
    assert week_text(week) == "Monday to Wednesday 09:00-18:00, Saturday 09:00-12:00"
