"""From stored plans to their days: the rule, the schedule's open days, the instants (Spec T31)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import get_language

from cadran.catalogue.models import Asset
from cadran.contracts.clock import Layout
from cadran.contracts.models import Contract, Schedule, ScheduleVersion
from cadran.contracts.queries import day_openings

from .choices import ClosedDay, Frequency
from .models import Plan, TicketTemplate
from .recurrence import REACH, Fate, Occurrence, Recurrence, occurrences

#: How far ahead the next days of a plan are looked for.
HORIZON = timedelta(days=366 * 12)
_STRETCH = timedelta(days=400)


@dataclass(frozen=True, kw_only=True)
class PlanRule:
    """When a plan comes round, as typed; the fields of the same names in ``Plan`` say what each means."""

    schedule: Schedule
    starts_on: date
    due_time: time
    frequency: str = Frequency.MONTHLY.value
    interval: int = 1
    weekdays: Sequence[int] = ()
    nth: int | None = None
    ends_on: date | None = None
    closed_day: str = ClosedDay.NEXT.value


@dataclass(frozen=True, kw_only=True)
class PlanDetails(PlanRule):
    """A plan as typed: its rule, what it opens, for what, and how long before."""

    label: str
    template: TicketTemplate
    contract: Contract | None = None
    asset: Asset | None = None
    days_ahead: int = 7


def rule_of(plan: Plan | PlanRule) -> Recurrence:
    """The rule by which a plan comes round."""
    return Recurrence(
        frequency=plan.frequency,
        interval=plan.interval,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        weekdays=tuple(plan.weekdays),
        nth=plan.nth,
    )


@dataclass(frozen=True)
class PlannedDay:
    """One day of a plan and what becomes of it. ``closed_by`` names the holiday that moved it, if one did."""

    due_on: date
    planned_at: datetime | None
    planned_on: date | None
    fate: Fate
    closed_by: str


class Planner:
    """The days of one plan on the schedule as it stands: ``version``, read when it is not given."""

    def __init__(self, plan: Plan | PlanRule, version: ScheduleVersion | None = None) -> None:
        self.plan = plan
        self.rule = rule_of(plan)
        self.layout: Layout = (version or plan.schedule.current_version).layout
        self.zone = ZoneInfo(self.layout["time_zone"])

    def is_open(self, day: date) -> bool:
        """Whether the schedule opens at all on ``day``."""
        return not day_openings(self.layout, day).is_closed

    def instant(self, day: date) -> datetime:
        """The plan's time of day on ``day``, in UTC; an hour that the clock change leaves out counts as one later."""
        return datetime.combine(day, self.plan.due_time, tzinfo=self.zone).astimezone(UTC)

    def day_of(self, at: datetime) -> date:
        """The schedule's calendar day of an instant."""
        return at.astimezone(self.zone).date()

    def between(self, first: date, last: date) -> list[PlannedDay]:
        """The plan's days from ``first`` to ``last``, both included, by the day that the rule gives."""
        return [
            self._planned(one)
            for one in occurrences(self.rule, self.plan.closed_day, self.is_open, first, last)
        ]

    def coming(self, first: date, count: int) -> list[PlannedDay]:
        """The next ``count`` days from ``first`` on, by the day on which each is planned, or would have been.

        Fewer where the plan ends or nothing comes within twelve years.
        """
        found: list[PlannedDay] = []
        # A closed day may have moved one from before ``first`` behind it.
        start = max(first - REACH, self.rule.starts_on)
        until = max(first, start) + HORIZON
        while len(found) < count and start <= until:
            days = self.between(start, start + _STRETCH)
            found += [one for one in days if (one.planned_on or one.due_on) >= first]
            start += _STRETCH + timedelta(days=1)
        return found[:count]

    def _planned(self, one: Occurrence) -> PlannedDay:
        return PlannedDay(
            due_on=one.due_on,
            planned_at=None if one.planned_on is None else self.instant(one.planned_on),
            planned_on=one.planned_on,
            fate=one.fate,
            closed_by="" if one.fate == Fate.KEPT else self._closed_by(one.due_on),
        )

    def _closed_by(self, day: date) -> str:
        named = self.layout["closed_dates"].get(day.isoformat())
        if not named:
            return ""
        return str(named["fr" if (get_language() or "fr").startswith("fr") else "en"])
