"""Who must know when a schedule moves: domains above register here, since contracts don't know them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypedDict

from cadran.accounts.models import User

from .models import ScheduleVersion


class Cause(TypedDict, total=False):
    """What moved a schedule, as the journal keeps it: for the timelines of the tickets that it moves (Spec C13).

    ``what`` is ``schedule``, ``calendar``, ``holiday_added``, ``holiday_removed``, ``holiday_worked`` or
    ``holiday_closed``; the latter four name their holiday and its date (ISO).
    """

    what: str
    holiday_fr: str
    holiday_en: str
    date: str


NewScheduleVersion = Callable[[ScheduleVersion, Cause, User | None, datetime], None]
_callbacks: list[NewScheduleVersion] = []


def on_new_schedule_version(callback: NewScheduleVersion) -> NewScheduleVersion:
    """Call ``callback(version, cause, by, at)`` for every new version, in the transaction that makes it (Spec C13)."""
    if callback not in _callbacks:
        _callbacks.append(callback)
    return callback


def announce_schedule_version(version: ScheduleVersion, cause: Cause, by: User | None, at: datetime) -> None:
    """Tell everybody who registered; an exception of theirs undoes the change."""
    for callback in _callbacks:
        callback(version, cause, by, at)
