"""Due dates, counter, colour and verdict: the cases other desks get wrong, and the edges."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from slaclock import (
    ClockError,
    Guarantee,
    GuaranteeError,
    Schedule,
    Suspension,
    SuspensionError,
    compute,
    due_at,
    due_if_resumed_at,
    explain,
    lost_seconds,
)

PARIS = ZoneInfo("Europe/Paris")


def paris(*parts):
    return datetime(*parts, tzinfo=PARIS)


def weekdays(*openings):
    return Schedule("Europe/Paris", dict.fromkeys(range(1, 6), openings))


NINE_SIX = weekdays("09:00-18:00")
H4, H8 = Guarantee(4, "hour"), Guarantee(8, "hour")


def test_a_pause_over_a_weekend_counts_only_its_working_time():
    """clock.md: pause Friday 17:00 to Monday 10:00 on 9-18, 8 h from Friday 15:00, is due Monday 16:00."""
    pause = Suspension(paris(2026, 3, 6, 17), paris(2026, 3, 9, 10))
    clock = compute(schedule=NINE_SIX, start=paris(2026, 3, 6, 15), guarantee=H8, suspensions=[pause])
    assert clock.due == paris(2026, 3, 9, 16)
    assert clock.suspended_seconds == 2 * 3600


def test_hours_run_over_a_weekend_and_over_lunch():
    """clock.md: 4 h from Friday 16:00 on 8-17 is due Monday 11:00; 2 h from 12:30 on 9-13/14-17 is due 15:30."""
    assert due_at(weekdays("08:00-17:00"), paris(2026, 3, 6, 16), H4) == paris(2026, 3, 9, 11)
    lunch = weekdays("09:00-13:00", "14:00-17:00")
    assert due_at(lunch, paris(2026, 3, 3, 12, 30), Guarantee(2, "hour")) == paris(2026, 3, 3, 15, 30)


def test_a_new_guarantee_keeps_the_pause():
    """clock.md: what is recomputed with another guarantee after a pause still gives the pause back."""
    pause = Suspension(paris(2026, 3, 3, 11), paris(2026, 3, 3, 12))
    facts = {"schedule": NINE_SIX, "start": paris(2026, 3, 3, 10), "suspensions": [pause]}
    assert compute(**facts, guarantee=H4).due == paris(2026, 3, 3, 15)
    assert compute(**facts, guarantee=Guarantee(6, "hour")).due == paris(2026, 3, 3, 17)


def test_a_ticket_created_suspended_never_starts():
    """clock.md: suspended from the start, the counter stands at the whole guarantee and there is no due date."""
    start = paris(2026, 3, 3, 10)
    for begin in (start, start - timedelta(days=3)):
        clock = compute(
            schedule=NINE_SIX,
            start=start,
            guarantee=H4,
            suspensions=[Suspension(begin)],
            now=paris(2026, 3, 20, 10),
        )
        assert (clock.due, clock.no_due_because) == (None, "suspended")
        assert (clock.remaining_seconds, clock.colour, clock.is_suspended) == (4 * 3600, "green", True)
        assert clock.warns_at is None


def test_zero_promised_while_suspended():
    """Rule 6: nothing moves a due date that comes no later than the suspension; closed hours leave it some room."""
    open_start, closed_start = paris(2026, 3, 3, 10), paris(2026, 3, 3, 7)
    zero = Guarantee(0, "minute")
    at_once = compute(
        schedule=NINE_SIX, start=open_start, guarantee=zero, suspensions=[Suspension(open_start)]
    )
    assert at_once.due == open_start
    later = compute(
        schedule=NINE_SIX, start=closed_start, guarantee=zero, suspensions=[Suspension(closed_start)]
    )
    assert later.no_due_because == "suspended"
    waiting = compute(schedule=NINE_SIX, start=closed_start, guarantee=zero, now=paris(2026, 3, 3, 8))
    assert (waiting.remaining_seconds, waiting.colour, waiting.warns_at) == (0, "orange", closed_start)


def test_the_closure_of_a_month_ends():
    """clock.md: a 30-day closure and a 1-hour guarantee give a date."""
    closed = [date(2026, 8, 1) + timedelta(days=n) for n in range(31)]
    august = Schedule("Europe/Paris", {day: ["09:00-18:00"] for day in range(1, 6)}, closed)
    assert due_at(august, paris(2026, 7, 31, 17, 30), Guarantee(1, "hour")) == paris(2026, 9, 1, 9, 30)


def test_the_example_of_the_clock_page():
    """Spec C12, C14: 8 h from Monday 17:12, suspended Tuesday 11:00 to Thursday 09:30, 11 November between."""
    office = Schedule(
        "Europe/Paris",
        {day: ["09:00-12:30", "13:30-18:00"] for day in range(1, 6)},
        {date(2026, 11, 11): "Armistice 1918"},
    )
    pause = Suspension(paris(2026, 11, 10, 11), paris(2026, 11, 12, 9, 30), label="Waiting for customer")
    facts = {"schedule": office, "start": paris(2026, 11, 9, 17, 12), "guarantee": H8, "suspensions": [pause]}
    ledger = explain(**facts, now=paris(2026, 11, 12, 10, 28))
    clock = ledger.clock
    assert clock.due == paris(2026, 11, 12, 15, 42)
    assert clock.warns_at == paris(2026, 11, 12, 13, 42)
    assert clock.suspended_seconds == 23_400
    assert (clock.remaining_seconds, clock.colour) == (4 * 3600 + 14 * 60, "green")
    assert [
        (
            line.code,
            f"{line.local_begin:%a %H:%M}",
            line.lost_seconds,
            line.counted_seconds,
            line.used_seconds,
        )
        for line in ledger.lines
    ] == [
        ("start", "Mon 17:12", 0, 0, 0),
        ("opening", "Mon 17:12", 0, 2880, 2880),
        ("opening", "Tue 09:00", 0, 7200, 10_080),
        ("suspended", "Tue 11:00", 5400, 0, 10_080),
        ("suspended", "Tue 13:30", 16_200, 0, 10_080),
        ("closed_date", "Wed 00:00", 0, 0, 10_080),
        ("suspended", "Thu 09:00", 1800, 0, 10_080),
        ("opening", "Thu 09:30", 0, 10_800, 20_880),
        ("opening", "Thu 13:30", 0, 7920, 28_800),
        ("due", "Thu 15:42", 0, 0, 28_800),
    ]
    assert ledger.lines[5].name == "Armistice 1918"
    assert ledger.lines[2].begins_with == "opening"
    assert ledger.lines[2].ends_with == "suspension"
    assert ledger.lines[7].begins_with == "resumption"
    (move,) = ledger.moves
    assert (move.due_before, move.due_after, move.lost_seconds) == (
        paris(2026, 11, 10, 17, 12),
        clock.due,
        23_400,
    )
    assert move.suspensions == (pause,)


def test_a_suspension_that_lasts_freezes_the_counter_and_resuming_gives_the_date():
    """clock.md: no due date while suspended; lists may show the one if resumed now."""
    facts = {
        "schedule": NINE_SIX,
        "start": paris(2026, 3, 3, 10),
        "guarantee": H4,
        "suspensions": [Suspension(paris(2026, 3, 3, 11))],
    }
    for now in (paris(2026, 3, 3, 11), paris(2026, 3, 3, 16), paris(2026, 3, 9, 16)):
        clock = compute(**facts, now=now)
        assert (clock.due, clock.remaining_seconds, clock.is_suspended) == (None, 3 * 3600, True)
    assert due_if_resumed_at(**facts, at=paris(2026, 3, 3, 16)) == paris(2026, 3, 4, 10)
    assert due_if_resumed_at(**facts, at=paris(2026, 3, 3, 10, 30)) == paris(2026, 3, 3, 14)
    assert compute(**facts, now=paris(2026, 3, 3, 10, 30)).remaining_seconds == 12_600
    assert compute(**facts).suspended_seconds == 0


def test_the_ledger_of_a_clock_still_suspended():
    """Spec C14: it shows what was counted and lost so far, and what is left."""
    facts = {
        "schedule": NINE_SIX,
        "start": paris(2026, 3, 3, 10),
        "guarantee": H4,
        "suspensions": [Suspension(paris(2026, 3, 3, 11))],
    }
    ledger = explain(**facts, now=paris(2026, 3, 4, 10))
    assert [line.code for line in ledger.lines] == [
        "start",
        "opening",
        "suspended",
        "suspended",
        "still_suspended",
    ]
    assert (ledger.counted_seconds, ledger.lost_seconds, ledger.left_seconds) == (3600, 8 * 3600, 3 * 3600)
    assert ledger.adds_up
    assert ledger.lines[-2].end is None
    assert explain(**facts).lines[-1].code == "still_suspended"


def test_days_are_numbered_in_the_ledger():
    """Spec C11: the working dates counted, then the time a suspension gave back."""
    pause = Suspension(paris(2026, 3, 3, 11), paris(2026, 3, 3, 14))
    ledger = explain(
        schedule=NINE_SIX, start=paris(2026, 3, 3, 10), guarantee=Guarantee(2, "day"), suspensions=[pause]
    )
    assert ledger.due == paris(2026, 3, 6, 12)
    assert [line.day for line in ledger.lines if line.code == "opening"] == [0, 0, 1, 2, None]
    assert ledger.adds_up


def test_a_ledger_without_end_says_so():
    """Rule 8: no lines to add up, a reason instead."""
    facts = {"start": paris(2026, 3, 3, 10), "guarantee": H4, "now": paris(2026, 3, 4, 10)}
    for schedule, reason in [
        (Schedule("Europe/Paris"), "no_opening"),
        (Schedule("Europe/Paris", {}, (), {date(2026, 3, 3): ["10:00-12:00"]}), "not_enough"),
        (Schedule("Europe/Paris", {1: ["09:00-09:01"]}), None),
    ]:
        ledger = explain(schedule=schedule, **facts)
        clock = ledger.clock
        assert clock.never_open_reason == reason
        if reason:
            assert (clock.due, clock.no_due_because, clock.remaining_seconds, clock.colour) == (
                None,
                "never_open",
                None,
                None,
            )
            assert ledger.lines[-1].code == "never_open"
            assert ledger.left_seconds is None
    absurd = compute(schedule=NINE_SIX, start=paris(2026, 3, 3), guarantee=Guarantee(10**12, "hour"))
    assert (absurd.no_due_because, absurd.never_open_reason) == ("never_open", "beyond_horizon")


def test_lost_time_that_finds_no_opening_is_never_open():
    """Rule 8 after a suspension: the time given back must come too."""
    once = Schedule("Europe/Paris", {}, (), {date(2026, 3, 3): ["10:00-12:00"]})
    pause = Suspension(paris(2026, 3, 3, 10), paris(2026, 3, 3, 11))
    facts = {"schedule": once, "start": paris(2026, 3, 3, 9), "suspensions": [pause]}
    assert compute(**facts, guarantee=Guarantee(60, "minute")).due == paris(2026, 3, 3, 12)
    clock = compute(**facts, guarantee=Guarantee(61, "minute"), now=paris(2026, 3, 3, 11, 30))
    assert (clock.no_due_because, clock.remaining_seconds) == ("never_open", None)
    assert explain(**facts, guarantee=Guarantee(61, "minute")).adds_up


def test_reception_wider_than_action_may_fall_due_while_suspended():
    """clock.md warns of it: nothing is lost while the action schedule is closed, so the response falls due."""
    always = Schedule("Europe/Paris", {day: ["00:00-24:00"] for day in range(1, 8)})
    pause = Suspension(paris(2026, 3, 3, 20), paris(2026, 3, 4, 8))
    facts = {
        "schedule": always,
        "action_schedule": NINE_SIX,
        "start": paris(2026, 3, 3, 18),
        "guarantee": H4,
        "suspensions": [pause],
    }
    clock = compute(**facts, now=paris(2026, 3, 3, 21))
    assert (clock.due, clock.remaining_seconds) == (paris(2026, 3, 3, 22), 2 * 3600)
    assert compute(**facts, now=paris(2026, 3, 4, 7)).remaining_seconds == 0
    assert compute(**facts, now=paris(2026, 3, 4, 9)).remaining_seconds == -3600
    ledger = explain(**facts)
    assert ledger.adds_up
    assert [line.counted_seconds for line in ledger.lines if line.code == "given_back"] == [2 * 3600]


def test_a_met_clock_is_settled():
    """Rule 11: later suspensions do not move it, one in progress counts up to it, and it stands still."""
    met = paris(2026, 3, 3, 13)
    facts = {"schedule": NINE_SIX, "start": paris(2026, 3, 3, 10), "guarantee": H4, "met_at": met}
    pause = Suspension(paris(2026, 3, 3, 12))
    clock = compute(**facts, suspensions=[pause], now=paris(2026, 3, 5, 10))
    assert (clock.due, clock.in_time, clock.is_suspended) == (paris(2026, 3, 3, 15), True, False)
    assert (clock.remaining_seconds, clock.colour) == (2 * 3600, "orange")
    assert compute(**facts, suspensions=[pause]).suspended_seconds == 3600
    at_the_due_date = {**facts, "met_at": paris(2026, 3, 3, 14)}
    clock = compute(**at_the_due_date, now=paris(2026, 3, 4, 14))
    assert (clock.in_time, clock.remaining_seconds, clock.colour) == (True, 0, "orange")
    late = compute(**{**facts, "met_at": paris(2026, 3, 3, 14, 0, 1)}, now=paris(2026, 3, 4, 14))
    assert (late.in_time, late.remaining_seconds, late.colour) == (False, -1, "red")
    before = compute(**{**facts, "met_at": paris(2026, 3, 2, 9)}, suspensions=[pause])
    assert (before.in_time, before.due) == (True, paris(2026, 3, 3, 14))


def test_pauses_of_a_reopening_move_the_date_and_stay_out_of_the_figures():
    """clock.md, Reopened: its own cause, left out of the customer's suspension figures."""
    customer = Suspension(paris(2026, 3, 3, 11), paris(2026, 3, 3, 12))
    reopened = Suspension(paris(2026, 3, 3, 11, 30), paris(2026, 3, 3, 13), kind="reopened")
    facts = {
        "schedule": NINE_SIX,
        "start": paris(2026, 3, 3, 10),
        "guarantee": H4,
        "suspensions": [customer, reopened],
    }
    clock = compute(**facts, counted_kinds={"customer"})
    assert (clock.due, clock.suspended_seconds) == (paris(2026, 3, 3, 16), 3600)
    assert compute(**facts).suspended_seconds == 2 * 3600
    assert (
        lost_seconds(NINE_SIX, [customer, reopened], start=paris(2026, 3, 3, 10), kinds=["reopened"]) == 5400
    )


def test_orange_begins_where_the_counter_reaches_the_warning():
    """Spec C12: a threshold reached at a closing, one longer than the guarantee, one of 0."""
    facts = {"schedule": NINE_SIX, "start": paris(2026, 3, 3, 14), "guarantee": Guarantee(6, "hour")}
    assert compute(**facts).warns_at == paris(2026, 3, 3, 18)
    assert compute(**facts, warning_minutes=10_000).warns_at == paris(2026, 3, 3, 14)
    assert compute(**facts, warning_minutes=0).warns_at is None
    pause = Suspension(paris(2026, 3, 4, 9, 30), paris(2026, 3, 4, 11))
    assert compute(**facts, suspensions=[pause]).warns_at == paris(2026, 3, 3, 18)


def test_with_two_schedules_orange_may_end_and_begin_again():
    """A suspension that gives back more than it covers: orange counts from the last time the counter falls to it."""
    long_day = weekdays("08:00-20:00")
    pause = Suspension(paris(2026, 3, 3, 17), paris(2026, 3, 3, 20))
    clock = compute(
        schedule=NINE_SIX,
        action_schedule=long_day,
        start=paris(2026, 3, 3, 15),
        guarantee=H4,
        suspensions=[pause],
    )
    assert clock.due == paris(2026, 3, 4, 13)
    assert clock.warns_at == paris(2026, 3, 4, 11)


def test_what_makes_no_sense_is_refused():
    """Amounts, units, warnings, suspensions that end before they begin."""
    for amount in (-1, 1.0, True, "4", None):
        with pytest.raises(GuaranteeError):
            Guarantee(amount, "hour")
    with pytest.raises(GuaranteeError):
        Guarantee(1, "week")
    with pytest.raises(SuspensionError):
        Suspension(paris(2026, 3, 3, 11), paris(2026, 3, 3, 10))
    for warning in (-1, 1.5, None):
        with pytest.raises(ClockError):
            compute(schedule=NINE_SIX, start=paris(2026, 3, 3), guarantee=H4, warning_minutes=warning)


def test_a_clock_change_in_the_ledger_shows_the_time_that_was():
    """Spec C14 by hand: an opening cut where clocks go back ends at 03:00 and goes on from 02:00."""
    nights = Schedule("Europe/Paris", {day: ["00:00-06:00"] for day in range(1, 8)})
    ledger = explain(schedule=nights, start=paris(2025, 10, 26), guarantee=Guarantee(7, "hour"))
    lines = [line for line in ledger.lines if line.code == "opening"]
    assert [(f"{line.local_begin:%H:%M}", f"{line.local_end:%H:%M}") for line in lines] == [
        ("00:00", "03:00"),
        ("02:00", "06:00"),
    ]
    assert all(line.local_end == line.end for line in lines)
    assert ledger.due == datetime(2025, 10, 26, 5, tzinfo=UTC)


def test_fractions_of_a_second_are_dropped():
    """The engine counts whole seconds."""
    start = paris(2026, 3, 3, 10) + timedelta(microseconds=999_999)
    assert due_at(NINE_SIX, start, H4) == paris(2026, 3, 3, 14)


ALWAYS = Schedule("Europe/Paris", {day: ["00:00-24:00"] for day in range(1, 8)})


def test_touching_suspensions_are_one():
    """Rule 6, the union: the second one begins at the due date only if it were alone."""
    facts = {"schedule": ALWAYS, "action_schedule": NINE_SIX, "start": paris(2026, 3, 3, 18), "guarantee": H4}
    first = Suspension(paris(2026, 3, 3, 20), paris(2026, 3, 3, 22))
    second = Suspension(paris(2026, 3, 3, 22), paris(2026, 3, 4, 10))
    assert compute(**facts, suspensions=[second]).due == paris(2026, 3, 3, 22)
    assert compute(**facts, suspensions=[second, first]).due == paris(2026, 3, 3, 23)


def test_inside_a_suspension_that_has_ended_since_the_counter_stood_still():
    """Rule 9 looked at afterwards: any instant inside the suspension shows what it was when it began."""
    pause = Suspension(paris(2026, 3, 3, 11), paris(2026, 3, 3, 15))
    facts = {"schedule": NINE_SIX, "start": paris(2026, 3, 3, 10), "guarantee": H4, "suspensions": [pause]}
    for now in (paris(2026, 3, 3, 11), paris(2026, 3, 3, 14), paris(2026, 3, 3, 15)):
        assert compute(**facts, now=now).remaining_seconds == 3 * 3600


def test_orange_may_begin_as_a_suspension_ends():
    """Reception wider than action: frozen green, the counter drops when the clock runs again."""
    pause = Suspension(paris(2026, 3, 3, 19), paris(2026, 3, 3, 23))
    facts = {
        "schedule": ALWAYS,
        "action_schedule": NINE_SIX,
        "start": paris(2026, 3, 3, 18),
        "guarantee": Guarantee(6, "hour"),
        "suspensions": [pause],
    }
    assert compute(**facts).warns_at == paris(2026, 3, 3, 23)
    assert compute(**facts, now=paris(2026, 3, 3, 22, 59)).colour == "green"
    assert compute(**facts, now=paris(2026, 3, 3, 23)).colour == "orange"


def test_only_closed_dates_that_skip_something_are_listed():
    """Spec C14: a holiday on a Sunday skips nothing; one on a Monday does, with its name."""
    closed = {
        date(2026, 3, 8): "Sunday feast",
        date(2026, 3, 9): "Monday feast",
        date(2026, 3, 11): "Later feast",
    }
    schedule = Schedule("Europe/Paris", {day: ["09:00-18:00"] for day in range(1, 6)}, closed)
    ledger = explain(schedule=schedule, start=paris(2026, 3, 6, 17), guarantee=H4)
    assert [line.name for line in ledger.lines if line.code == "closed_date"] == ["Monday feast"]
