"""Many due dates at once. Uses numpy where it is installed and the caller passes an array of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from importlib import import_module
from typing import Any, Final

from slaclock.errors import ClockError
from slaclock.guarantee import Guarantee
from slaclock.instants import DAY, EPOCH, from_seconds, refused_instant
from slaclock.layout import KEPT, MARGIN, Layout
from slaclock.schedule import Schedule

NEVER: Final = -(2**63)
"""What an array holds where no due date ever comes."""
_BLOCK: Final = 16_384
_TABLE: Final = 1 << 20


def due_batch(schedule: Schedule, starts: Iterable[datetime], guarantee: Guarantee) -> list[datetime | None]:
    """`due_at` for each start, in order."""
    timeline, seconds, amount = schedule.timeline, guarantee.seconds, guarantee.amount
    found: list[datetime | None] = []
    for start in starts:
        try:
            since = start - EPOCH
        except TypeError:
            raise refused_instant(start) from None
        at = since.days * DAY + since.seconds
        due = timeline.add_days(at, amount) if seconds is None else timeline.add(at, seconds)
        found.append(None if due is None else from_seconds(due))
    return found


def due_batch_array(schedule: Schedule, starts: Any, guarantee: Guarantee) -> Any:
    """Due dates of a numpy array of starts, both int64 UTC seconds since 1970; NEVER where none comes.

    Raises ClockError (``no_numpy``) where numpy is not installed, (``bad_array``) for anything but whole numbers.
    """
    try:
        np = import_module("numpy")
    except ImportError:
        raise ClockError("no_numpy", "Arrays need numpy: install it, or use due_batch.") from None
    starts = np.asarray(starts)
    if starts.dtype.kind not in "iu":
        raise ClockError("bad_array", "Starts are whole UTC seconds since 1970.")
    starts = starts.astype(np.int64, copy=False)
    if not starts.size:
        return starts.copy()
    layout = _covering(schedule, int(starts.min()), int(starts.max()), guarantee)
    if layout is None:
        one_by_one = [_one(schedule, int(at), guarantee) for at in starts.ravel()]
        return np.array(one_by_one, dtype=np.int64).reshape(starts.shape)
    arrays = layout.arrays
    if not isinstance(arrays, _Arrays):
        arrays = layout.arrays = _Arrays(np, layout)
    flat, due = starts.ravel(), np.empty(starts.size, dtype=np.int64)
    for low in range(0, flat.size, _BLOCK):
        block = flat[low : low + _BLOCK]
        due[low : low + _BLOCK] = arrays.due(block, guarantee)
    return due.reshape(starts.shape)


def _one(schedule: Schedule, at: int, guarantee: Guarantee) -> int:
    timeline = schedule.timeline
    seconds = guarantee.seconds
    due = timeline.add_days(at, guarantee.amount) if seconds is None else timeline.add(at, seconds)
    return NEVER if due is None else due


def _covering(schedule: Schedule, first: int, last: int, guarantee: Guarantee) -> Layout | None:
    """A layout that holds all starts and their due dates; None where one would be too wide, or there is none."""
    latest = _one(schedule, last, guarantee)
    if latest == NEVER or latest - first > KEPT:
        return None
    layout = schedule.timeline.covering(first, latest + 2 * MARGIN)
    return layout if layout.low <= first and latest + MARGIN <= layout.high else None


class _Arrays:
    """A layout in arrays, with tables that turn most of a binary search into one look-up."""

    def __init__(self, np: Any, layout: Layout) -> None:
        self.np = np
        self.begins = np.array([*layout.begins, 2**62], dtype=np.int64)
        self.ends = np.array(layout.ends, dtype=np.int64)
        self.totals = np.array(layout.totals, dtype=np.int64)
        self.shift = np.array(layout.shift, dtype=np.int64)
        dates, ends = layout.days
        self.day_ends = np.array(ends, dtype=np.int64)
        self.day_of = np.searchsorted(np.array(dates, dtype=np.int64), np.array(layout.dates, dtype=np.int64))
        self.by_begin = _Finder(np, self.begins[:-1], layout.high)
        self.by_total = _Finder(np, self.totals, layout.totals[-1] + 1)

    def due(self, starts: Any, guarantee: Guarantee) -> Any:
        """Due dates of one block; every one of them is in the layout."""
        np = self.np
        if guarantee.seconds:
            index = self.by_begin.right(starts) - 1
            target = np.minimum(starts, self.ends[index])
            target -= self.shift[index]
            target += guarantee.seconds
            target += self.shift[self.by_total.left(target)]
            return target
        index = np.searchsorted(self.ends, starts, "right")
        if guarantee.seconds == 0:
            return np.maximum(starts, self.begins[index])
        return self.day_ends[self.day_of[index] + guarantee.amount]


class _Finder:
    """``searchsorted`` in ascending values, by a table of equal steps no wider than the narrowest gap."""

    def __init__(self, np: Any, values: Any, high: int) -> None:
        self.np, self.values = np, values
        self.low = int(values[0])
        gap = int(np.diff(values).min()) if values.size > 1 else high - self.low
        self.bits = max(gap.bit_length() - 1, 0)
        size = ((high - self.low) >> self.bits) + 2
        self.padded = np.append(values, 2**62)
        self.table: Any = None
        if size <= _TABLE:
            steps = self.low + (np.arange(size, dtype=np.int64) << self.bits)
            self.table = np.searchsorted(values, steps, "left")

    def _step(self, wanted: Any) -> Any:
        index = wanted - self.low
        index >>= self.bits
        return self.table[index]

    def left(self, wanted: Any) -> Any:
        """Index of the first value not below each wanted one."""
        if self.table is None:
            return self.np.searchsorted(self.values, wanted, "left")
        index = self._step(wanted)
        index += self.padded[index] < wanted
        return index

    def right(self, wanted: Any) -> Any:
        """Index of the first value above each wanted one."""
        if self.table is None:
            return self.np.searchsorted(self.values, wanted, "right")
        index = self._step(wanted)
        index += self.padded[index] <= wanted
        return index
