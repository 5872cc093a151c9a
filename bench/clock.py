"""How fast the clock is, beside the least that could answer the same question, in one run.

    pip install -r requirements/bench.in
    PYTHONPATH=src python bench/clock.py            print a table
    PYTHONPATH=src python bench/clock.py --check    exit code 1 when a target is missed

The bare forms know no time zones, no suspensions, no zero, no days, no refusals and no end of their arrays: they are
what remains when everything but the search is left out. The contenders take turns in every round, so that a noisy
machine disturbs them alike; ratios are between medians of the rounds.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from time import perf_counter
from typing import Any

from slaclock import Guarantee, Schedule, Suspension, compute, due_at, due_batch, due_batch_array, explain
from slaclock.layout import _stretches_of_block as remembered_changes
from slaclock.layout import constant_stretches, lay_out

DAY = 86_400
MONTHS_14 = 426 * DAY
WEEKLY = {day: ["09:00-12:30", "13:30-18:00"] for day in range(1, 6)}
FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (11, 11), (12, 25))
HOLIDAYS = [date(year, month, day) for year in (2026, 2027, 2028) for month, day in FIXED]
OFFICE = Schedule("Europe/Paris", WEEKLY, HOLIDAYS)
EIGHT = Guarantee(8, "hour")
FIRST = datetime(2026, 1, 5, tzinfo=UTC)

Rounds = dict[str, list[float]]


def rounds(contenders: dict[str, Callable[[], object]], count: int, per: int) -> Rounds:
    """Seconds per answer of each contender, once per round, taking turns."""
    found: Rounds = {name: [] for name in contenders}
    for run in contenders.values():
        run()
    for _ in range(count):
        for name, run in contenders.items():
            began = perf_counter()
            run()
            found[name].append((perf_counter() - began) / per)
    return found


def arrays() -> tuple[list[int], list[int], list[int], list[int]]:
    """Begins, ends, worked seconds before and after each open interval of a year and a half."""
    due_at(OFFICE, FIRST, EIGHT)
    layout = OFFICE.timeline.covering(int(FIRST.timestamp()) - 30 * DAY, int(FIRST.timestamp()) + 540 * DAY)
    before = [
        total - (end - begin)
        for begin, end, total in zip(layout.begins, layout.ends, layout.totals, strict=True)
    ]
    return layout.begins[1:], layout.ends[1:], before[1:], layout.totals[1:]


def one_due_date() -> Rounds:
    """One due date: bare bisect with datetimes, slaclock, with suspensions, the ledger, businesstimedelta."""
    begins, ends, before, after = arrays()

    def bare(start: datetime, seconds: int) -> datetime:
        at = int(start.timestamp())
        index = bisect_right(begins, at) - 1
        target = before[index] + min(at, ends[index]) - begins[index] + seconds
        place = bisect_left(after, target)
        return datetime.fromtimestamp(begins[place] + target - before[place], UTC)

    chance = random.Random(1)  # noqa: S311
    starts = [FIRST + timedelta(seconds=chance.randrange(400 * DAY)) for _ in range(2000)]
    few = starts[:200]
    pauses = [(Suspension(start + timedelta(hours=2), start + timedelta(hours=30)),) for start in few]
    if [bare(start, 28_800) for start in starts] != [due_at(OFFICE, start, EIGHT) for start in starts]:
        raise SystemExit("The bare bisect and slaclock disagree.")

    def full() -> None:
        for start, pause in zip(few, pauses, strict=True):
            compute(
                schedule=OFFICE,
                start=start,
                guarantee=EIGHT,
                suspensions=pause,
                now=start + timedelta(hours=50),
            )

    def ledger() -> None:
        for start, pause in zip(few, pauses, strict=True):
            explain(schedule=OFFICE, start=start, guarantee=EIGHT, suspensions=pause)

    found = rounds(
        {
            "bare bisect": lambda: [bare(start, 28_800) for start in starts],
            "slaclock due_at": lambda: [due_at(OFFICE, start, EIGHT) for start in starts],
            "slaclock due_batch, datetimes": lambda: due_batch(OFFICE, starts, EIGHT),
        },
        25,
        len(starts),
    )
    found |= rounds(
        {"slaclock compute, suspended once": full, "slaclock explain, suspended once": ledger}, 15, len(few)
    )
    other = businesstimedelta_due()
    if other is not None:
        some = starts[:40]
        if [other(start) for start in some] != [due_at(OFFICE, start, EIGHT) for start in some]:
            raise SystemExit("businesstimedelta and slaclock disagree.")
        found |= rounds({"businesstimedelta": lambda: [other(start) for start in some]}, 7, len(some))
    return found


def businesstimedelta_due() -> Callable[[datetime], datetime] | None:
    """The same due date by businesstimedelta, if it is installed."""
    try:
        import businesstimedelta
        import pytz  # the only zones it knows
    except ImportError:
        return None
    paris = pytz.timezone("Europe/Paris")
    days = [0, 1, 2, 3, 4]
    morning, afternoon = (
        businesstimedelta.WorkDayRule(start_time=begin, end_time=end, working_days=days, tz=paris)
        for begin, end in ((time(9), time(12, 30)), (time(13, 30), time(18)))
    )
    holidays = businesstimedelta.HolidayRule(dict.fromkeys(HOLIDAYS, "closed"), tz=paris)
    eight = businesstimedelta.BusinessTimeDelta(
        businesstimedelta.Rules([morning, afternoon, holidays]), hours=8
    )
    return lambda start: start + eight


def a_million() -> Rounds:
    """A million due dates: numpy's searchsorted alone, the bare two-step answer, slaclock."""
    try:
        import numpy as np
    except ImportError:
        print("numpy is not installed: no batch measured.", file=sys.stderr)
        return {}
    begins, ends, before, after = (np.array(values) for values in arrays())
    low = int(FIRST.timestamp())
    starts = np.random.default_rng(1).integers(low, low + 400 * DAY, 1_000_000)

    def bare() -> Any:
        index = np.searchsorted(begins, starts, "right") - 1
        target = before[index] + np.minimum(starts, ends[index]) - begins[index] + 28_800
        place = np.searchsorted(after, target, "left")
        return begins[place] + target - before[place]

    if not (bare() == due_batch_array(OFFICE, starts, EIGHT)).all():
        raise SystemExit("numpy and slaclock disagree.")
    return rounds(
        {
            "numpy searchsorted, once": lambda: np.searchsorted(begins, starts, "right"),
            "numpy, bare due date": bare,
            "slaclock due_batch_array, 8 h": lambda: due_batch_array(OFFICE, starts, EIGHT),
            "slaclock due_batch_array, 2 days": lambda: due_batch_array(OFFICE, starts, Guarantee(2, "day")),
        },
        9,
        len(starts),
    )


def layouts() -> Rounds:
    """14 months laid out, with the zone's clock changes to find and with them known."""
    timeline, low = OFFICE.timeline, int(FIRST.timestamp())
    zone, weekly = timeline.zone, timeline.plan.weekly

    def cold() -> None:
        remembered_changes.cache_clear()
        lay_out(zone, weekly, timeline.special, low, low + MONTHS_14)

    def warm() -> None:
        lay_out(zone, weekly, timeline.special, low, low + MONTHS_14)

    assert len(list(constant_stretches(zone, low, low + MONTHS_14))) >= 3
    return rounds({"14 months laid out": cold, "14 months, clock changes known": warm}, 25, 1)


def show(title: str, found: Rounds, base: str) -> None:
    """A Markdown table: minimum and median, and the median beside that of the base."""
    print(f"\n{title}\n\n| contender | min | median | to {base} |\n| --- | ---: | ---: | ---: |")
    for name, values in found.items():
        ratio = median(values) / median(found[base])
        print(f"| {name} | {told(min(values))} | {told(median(values))} | {ratio:.2f} |")


def told(seconds: float) -> str:
    """A duration in the unit that suits it."""
    for unit, factor in (("ms", 1e3), ("µs", 1e6), ("ns", 1e9)):
        if seconds * factor >= 1:
            return f"{seconds * factor:.3g} {unit}"
    return "0"


def main() -> int:
    """Measure everything, print it, and compare it with the targets of the design."""
    parser = argparse.ArgumentParser(description="How fast the clock is.")
    parser.add_argument("--check", action="store_true", help="exit code 1 when a target is missed")
    options = parser.parse_args()
    machine = f"CPython {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}"
    print(f"{datetime.now(UTC):%Y-%m-%d}, {machine}")
    one, million, laid = one_due_date(), a_million(), layouts()
    show(
        "One due date (8 working hours, lunch break, holidays), each of 2,000 random starts",
        one,
        "bare bisect",
    )
    if million:
        show("A million due dates, per start", million, "numpy searchsorted, once")
    show("Laying out", laid, "14 months laid out")
    targets = {
        "one due date at most twice the bare bisect": median(one["slaclock due_at"])
        <= 2 * median(one["bare bisect"]),
        "14 months laid out in 5 ms": median(laid["14 months laid out"]) <= 0.005,
    }
    if million:
        batch = median(million["slaclock due_batch_array, 8 h"])
        targets["a million at most twice numpy's searchsorted"] = batch <= 2 * median(
            million["numpy searchsorted, once"]
        )
    print(
        "\n"
        + "\n".join(f"{'reached' if reached else 'MISSED'}: {target}" for target, reached in targets.items())
    )
    return 1 if options.check and not all(targets.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
