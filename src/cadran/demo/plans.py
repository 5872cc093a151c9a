"""Plans of the demo company, the tickets they opened, and resolved tickets that are about to close (Spec T28, T31)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from itertools import islice
from typing import Any, NamedTuple

from cadran.catalogue.models import Asset
from cadran.contracts.models import Contract, Schedule
from cadran.contracts.queries import contract_coverage
from cadran.core.business_rules import set_business_rule
from cadran.parties.models import Agent
from cadran.tickets.business_rules import AUTO_CLOSE_DAYS, AUTO_CLOSE_NOTICE_DAYS
from cadran.tickets.choices import ClosedDay, Frequency
from cadran.tickets.models import Intervention, TicketTemplate
from cadran.tickets.operations import (
    Finish,
    PlanDetails,
    close_quiet_tickets,
    finish_intervention,
    open_due_tickets,
    pause_plan,
    save_plan,
)

from .own_fields import ticks_of
from .world import World

_WEEK = timedelta(weeks=1)
#: For so long the plans have been at work.
_WEEKS = 11


class PlanSeed(NamedTuple):
    template: str
    label: str
    rule: dict[str, Any]
    at: time
    closed_day: str = ClosedDay.NEXT
    is_paused: bool = False


PLANS = (
    PlanSeed(
        "Contrôle mensuel des sauvegardes",
        "Sauvegardes, chaque premier lundi",
        {"frequency": Frequency.MONTHLY, "nth": 1, "weekdays": (1,)},
        time(8, 30),
    ),
    PlanSeed(
        "Visite préventive trimestrielle",
        "Visite préventive, dernier jeudi du trimestre",
        {"frequency": Frequency.MONTHLY, "interval": 3, "nth": -1, "weekdays": (4,)},
        time(14, 0),
        ClosedDay.PREVIOUS,
    ),
    PlanSeed(
        "Contrôle mensuel des sauvegardes",
        "Essai de restauration, tous les quinze jours",
        {"frequency": Frequency.WEEKLY, "interval": 2, "weekdays": (3,)},
        time(10, 0),
        ClosedDay.SKIP,
    ),
    PlanSeed(
        "Contrôle annuel du réseau",
        "Contrôle annuel du réseau",
        {"frequency": Frequency.YEARLY},
        time(9, 0),
        is_paused=True,
    ),
)


def run_plans(world: World, now: datetime) -> int:
    """Make the plans eleven weeks ago and let them open what came due since; what is past is done.

    Returns how many tickets they opened.
    """
    begun = now - _WEEKS * _WEEK
    schedule = Schedule.objects.in_use().order_by("position", "id")[0]
    for seed, (contract, asset) in zip(PLANS, _covered(now), strict=False):
        plan = save_plan(
            plan=None,
            details=PlanDetails(
                label=seed.label,
                template=TicketTemplate.objects.get(name=seed.template),
                contract=contract,
                asset=asset,
                schedule=schedule,
                starts_on=begun.date(),
                due_time=seed.at,
                days_ahead=10,
                closed_day=seed.closed_day,
                **seed.rule,
            ),
            by=None,
            at=begun,
        )
        if seed.is_paused:
            pause_plan(plan=plan, by=None, at=begun)
    opened = sum(open_due_tickets(by=None, at=begun + week * _WEEK) for week in range(_WEEKS + 1))
    _do_what_is_past(now)
    return opened


def announce_closings(now: datetime) -> int:
    """Let quiet resolved tickets close by themselves from now on; returns how many were announced."""
    set_business_rule(definition=AUTO_CLOSE_DAYS, value=10, by=None, at=now)
    set_business_rule(definition=AUTO_CLOSE_NOTICE_DAYS, value=3, by=None, at=now)
    return close_quiet_tickets(by=None, at=now).announced


def _covered(now: datetime) -> list[tuple[Contract, Asset]]:
    """Contracts that cover today and an asset of each, one for every plan."""
    found = (
        (contract, asset)
        for contract in Contract.objects.order_by("number").select_related("customer")
        if contract_coverage(contract, now.date()).covers
        and contract_coverage(contract, (now - _WEEKS * _WEEK).date()).covers
        for asset in Asset.objects.filter(services__contract=contract, is_active=True).order_by("number")[:1]
    )
    return list(islice(found, len(PLANS)))


def _do_what_is_past(now: datetime) -> None:
    """The planned visits whose day is past were made, by somebody of the team, within an hour and a half."""
    planned = Intervention.objects.filter(
        ticket__occurrences__isnull=False, started_at=None, planned_start_at__lt=now - timedelta(hours=3)
    )
    for work in planned.select_related("ticket", "team").order_by("planned_start_at"):
        agent: Agent | None = work.team.members.order_by("id").first() if work.team else None
        start = work.planned_start_at
        assert start is not None
        finish = Finish(
            started_at=start,
            ended_at=start + timedelta(minutes=90),
            intervened=True,
            resolved=True,
            external_report="<p>Contrôle effectué, rien à signaler.</p>",
            checked=ticks_of(work),
        )
        by = agent.user if agent else None
        finish_intervention(intervention=work, finish=finish, by=by, at=start + timedelta(minutes=95))
