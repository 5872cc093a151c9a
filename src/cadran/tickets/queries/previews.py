"""What an act would do to the clocks, and what a clock's schedule looks like, for the screens that show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import slaclock
from cadran.contracts.models import ScheduleVersion
from cadran.contracts.queries import layout_of

from ..choices import ClockState
from ..clock import KINDS, Kind, basis_of
from ..models import Suspension, Ticket


@dataclass(frozen=True)
class ResumePreview:
    """What resuming would do: the working time lost (None without a schedule), and the due dates it would give."""

    suspension: Suspension | None
    lost_seconds: int | None
    due_at: dict[Kind, datetime]


def resume_preview(ticket: Ticket, ended_at: datetime) -> ResumePreview:
    """What ending the ticket's open suspension at ``ended_at`` would do (Spec T24); empty when none is open."""
    suspension = ticket.suspensions.filter(ended_at=None).select_related("reason").first()
    if suspension is None or ended_at < suspension.began_at:
        return ResumePreview(suspension, None, {})
    version = ticket.action_schedule_version
    lost = None
    if version is not None:
        lost = slaclock.working_seconds(layout_of(version), suspension.began_at, ended_at)
    dues: dict[Kind, datetime] = {}
    for kind in KINDS:
        basis = basis_of(ticket, kind) if getattr(ticket, f"{kind}_clock") == ClockState.SUSPENDED else None
        due = basis.due_if_resumed_at(ended_at) if basis is not None else None
        if due is not None:
            dues[kind] = due
    return ResumePreview(suspension, lost, dues)


@dataclass(frozen=True)
class DayOpening:
    """A stretch of open time on one local date; both instants in the schedule's zone."""

    date: date
    begin: datetime
    end: datetime


def openings_on(version: ScheduleVersion, days: tuple[date, ...]) -> list[DayOpening]:
    """The openings of a schedule version on ``days``, in their order."""
    layout = layout_of(version)
    found: list[DayOpening] = []
    for day in days:
        midnight = datetime(day.year, day.month, day.day, tzinfo=layout.zone)
        following = date.fromordinal(day.toordinal() + 1)
        end = datetime(following.year, following.month, following.day, tzinfo=layout.zone)
        found += [
            DayOpening(one.date, one.begin.astimezone(layout.zone), one.end.astimezone(layout.zone))
            for one in slaclock.openings(layout, midnight, end)
            if one.date == day
        ]
    return found
