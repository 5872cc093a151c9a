"""Who must know when a schedule moves: domains above register here, since contracts don't know them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from cadran.accounts.models import User

from .models import ScheduleVersion

NewScheduleVersion = Callable[[ScheduleVersion, User | None, datetime], None]
_callbacks: list[NewScheduleVersion] = []


def on_new_schedule_version(callback: NewScheduleVersion) -> NewScheduleVersion:
    """Call ``callback(version, by, at)`` for every new version, in the transaction that makes it (Spec C13)."""
    if callback not in _callbacks:
        _callbacks.append(callback)
    return callback


def announce_schedule_version(version: ScheduleVersion, by: User | None, at: datetime) -> None:
    """Tell everybody who registered; an exception of theirs undoes the change."""
    for callback in _callbacks:
        callback(version, by, at)
