"""When resolved tickets close by themselves (Spec T28)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, Max, OuterRef, QuerySet, Subquery

import slaclock
from cadran.contracts.models import Schedule
from cadran.contracts.queries import layout_of
from cadran.core.business_rules import values_of

from ..business_rules import AUTO_CLOSE_DAYS, AUTO_CLOSE_NOTICE_DAYS, AUTO_CLOSE_SCHEDULE
from ..choices import Phase
from ..models import Intervention, Ticket


@dataclass(frozen=True)
class ClosingRule:
    """The company's rule: after how many working days, announced how many before. Off with ``days`` 0."""

    days: int
    notice_days: int
    fallback: slaclock.Schedule

    @property
    def is_on(self) -> bool:
        return self.days > 0


def closing_rule() -> ClosingRule:
    """The rule as it is set."""
    days, notice_days, key = values_of(AUTO_CLOSE_DAYS, AUTO_CLOSE_NOTICE_DAYS, AUTO_CLOSE_SCHEDULE)
    schedule = Schedule.objects.in_use().filter(pk=key).first() if key else None
    fallback = _weekdays() if schedule is None else layout_of(schedule.current_version)
    return ClosingRule(days, notice_days, fallback)


@lru_cache(maxsize=1)
def _weekdays() -> slaclock.Schedule:
    week = {str(day): ["00:00-24:00"] for day in range(1, 6)}
    return slaclock.Schedule.from_json({"time_zone": settings.TIME_ZONE, "weekly": week})


def quiet_tickets(rule: ClosingRule, at: datetime) -> QuerySet[Ticket]:
    """The resolved tickets that may have to be announced or closed at ``at``, with ``quiet_since`` of each.

    Left out are those that somebody holds open and those with work planned or running.
    """
    work = Intervention.objects.filter(ticket=OuterRef("pk"), is_archived=False, type__is_intake=False)
    last = work.order_by().values("ticket").annotate(last=Max("ended_at")).values("last")
    first_day = timedelta(days=max(rule.days - rule.notice_days - 1, 0))
    found: QuerySet[Ticket] = (
        Ticket.objects.filter(phase=Phase.RESOLVED, closing_is_held=False, resolved_at__lte=at - first_day)
        .filter(~Exists(work.filter(ended_at=None)))
        .annotate(last_work_at=Subquery(last))
        .select_related("action_schedule_version")
        .defer("action_schedule_version__layout", "external_description", "internal_description")
    )
    return found


@dataclass(frozen=True)
class SelfClosing:
    """When a ticket is to be announced and closed; ``announced_at`` is None while no announcement stands."""

    announce_at: datetime
    close_at: datetime
    announced_at: datetime | None


def self_closing(ticket: Ticket, rule: ClosingRule) -> SelfClosing | None:
    """The instants for one ticket of :func:`quiet_tickets`; None when the schedule never opens so often.

    Counted from the resolution, or from the end of work done after it. An announcement made before that is void; the
    notice is kept whole however late it was given.
    """
    assert ticket.resolved_at is not None
    since = max(filter(None, [ticket.resolved_at, getattr(ticket, "last_work_at", None)]))
    version = ticket.action_schedule_version
    schedule = rule.fallback if version is None else layout_of(version)
    announced_at = ticket.closing_announced_at
    if announced_at is not None and announced_at < since:
        announced_at = None
    announce_at = _after(schedule, since, rule.days - rule.notice_days)
    close_at = _after(schedule, since, rule.days)
    if announced_at is not None and close_at is not None:
        noticed = _after(schedule, announced_at, rule.notice_days)
        close_at = None if noticed is None else max(close_at, noticed)
    if announce_at is None or close_at is None:
        return None
    return SelfClosing(announce_at, close_at, announced_at)


def closes_by_itself_at(ticket: Ticket) -> datetime | None:
    """When a resolved ticket will close unless something happens; None when it will not by itself."""
    rule = closing_rule()
    if not rule.is_on or ticket.phase != Phase.RESOLVED or ticket.closing_is_held:
        return None
    assert ticket.resolved_at is not None
    long_after = ticket.resolved_at + timedelta(days=3660)
    found = quiet_tickets(rule, long_after).filter(pk=ticket.pk).first()
    closing = None if found is None else self_closing(found, rule)
    return None if closing is None or closing.announced_at is None else closing.close_at


def _after(schedule: slaclock.Schedule, start: datetime, days: int) -> datetime | None:
    """The end of the ``days``-th working day after that of ``start``, whatever its hour; ``start`` itself for none."""
    if days <= 0:
        return start
    morning = start.astimezone(ZoneInfo(schedule.time_zone)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    return slaclock.compute(
        schedule=schedule,
        action_schedule=schedule,
        start=morning.astimezone(UTC),
        guarantee=slaclock.Guarantee(days, "day"),
    ).due
