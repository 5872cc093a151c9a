"""Many starts at once give the answers of one at a time."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from slaclock import NEVER, ClockError, Guarantee, Schedule, due_at, due_batch, due_batch_array

OFFICE = Schedule(
    "Europe/Paris", {day: ["09:00-12:30", "13:30-18:00"] for day in range(1, 6)}, [date(2026, 11, 11)]
)
NIGHTS = Schedule("Australia/Lord_Howe", {day: ["00:00-06:00", "22:00-24:00"] for day in range(1, 8)})
ONCE = Schedule("Europe/Paris", {}, (), {date(2026, 11, 11): ["09:00-12:00"]})
GUARANTEES = [
    Guarantee(8, "hour"),
    Guarantee(0, "hour"),
    Guarantee(1, "minute"),
    Guarantee(0, "day"),
    Guarantee(2, "day"),
]


def some_starts(count):
    chance = random.Random(7)
    return [
        datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.randrange(500 * 86_400))
        for _ in range(count)
    ]


@pytest.mark.parametrize("schedule", [OFFICE, NIGHTS, ONCE], ids=["office", "nights", "once"])
@pytest.mark.parametrize("guarantee", GUARANTEES, ids=str)
def test_a_batch_answers_like_single_questions(schedule, guarantee):
    """Datetimes with the standard library, arrays with numpy where it is installed."""
    starts = some_starts(300)
    expected = [due_at(schedule, start, guarantee) for start in starts]
    assert due_batch(schedule, starts, guarantee) == expected
    numpy = pytest.importorskip("numpy")
    seconds = numpy.array([int(start.timestamp()) for start in starts])
    found = due_batch_array(schedule, seconds, guarantee)
    assert [None if at == NEVER else datetime.fromtimestamp(at, UTC) for at in found.tolist()] == expected


def test_arrays_may_be_empty_wide_or_of_another_shape():
    """Starts centuries apart are answered one by one; shapes are kept; only whole numbers are taken."""
    numpy = pytest.importorskip("numpy")
    eight = Guarantee(8, "hour")
    assert due_batch_array(OFFICE, numpy.array([], dtype=int), eight).size == 0
    far = [int(datetime(year, 6, 1, tzinfo=UTC).timestamp()) for year in (1900, 2026, 2300)]
    found = due_batch_array(OFFICE, numpy.array([far, far]), eight)
    assert found.shape == (2, 3)
    assert found[0].tolist() == [
        int(due_at(OFFICE, datetime.fromtimestamp(at, UTC), eight).timestamp()) for at in far
    ]
    with pytest.raises(ClockError):
        due_batch_array(OFFICE, numpy.array([0.5]), eight)
    assert due_batch(OFFICE, [], eight) == []
