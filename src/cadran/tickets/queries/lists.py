"""Lists of tickets and of what may be chosen on them (Spec T1, T11, T18)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cadran.core.errors import InvalidInput
from cadran.parties.models import Agent, Team

from ..choices import OPEN_PHASES, Phase
from ..context import ResourceRequestDetails
from ..models import Intervention, InterventionType, Status, SuspensionReason, Ticket


def statuses_of(phase: str) -> QuerySet[Status]:
    """The statuses in use of a phase, the default first."""
    rows: QuerySet[Status] = Status.objects.in_use().filter(phase=phase)
    return rows.order_by("-is_default", "position", "id")


def status_of_cancelling() -> Status | None:
    """The supplied status of cancelled tickets, as long as it is in use; else their phase's default serves."""
    return statuses_of(Phase.CLOSED_INTERNALLY).filter(code="cancelled").first()


def suspension_reasons() -> QuerySet[SuspensionReason]:
    """The reasons for which a ticket may be suspended."""
    rows: QuerySet[SuspensionReason] = SuspensionReason.objects.in_use()
    return rows.select_related("status")


def available_types(ticket: Ticket | None, team: Team | None) -> QuerySet[InterventionType]:
    """The types of intervention that may be added: by nature, product type and team, never the intake (Spec T18)."""
    rows: QuerySet[InterventionType] = InterventionType.objects.in_use().filter(is_intake=False)
    limits: dict[str, Any] = {
        "natures": ticket.nature_id if ticket is not None else None,
        "product_types": ticket.product.type_id
        if ticket is not None and ticket.product is not None
        else None,
        "teams": team.pk if team is not None else None,
    }
    for name, value in limits.items():
        through = getattr(InterventionType, name).through.objects.filter(interventiontype=OuterRef("pk"))
        column = {"natures": "nature", "product_types": "producttype", "teams": "team"}[name]
        fits = Q(~Exists(through))
        if value is not None:
            fits |= Q(Exists(through.filter(**{column: value})))
        rows = rows.filter(fits)
    return rows.select_related("team", "assignee", "status", "state", "next_type")


def teams_led_by(agent: Agent, day: date) -> QuerySet[Team]:
    """The teams whose work the agent distributes on ``day``, as manager or as stand-in."""
    stands_in = Q(stand_in=agent, stand_in_from__lte=day) & (
        Q(stand_in_until=None) | Q(stand_in_until__gte=day)
    )
    rows: QuerySet[Team] = Team.objects.in_use()
    return rows.filter(Q(manager=agent) | stands_in)


def to_distribute(agent: Agent, day: date) -> QuerySet[Ticket]:
    """The open tickets without an assignee, of the teams that the agent leads on ``day`` (Spec T11)."""
    rows: QuerySet[Ticket] = Ticket.objects.open().filter(assignee=None, team__in=teams_led_by(agent, day))
    return rows.exclude(phase=Phase.RESOLVED)


def to_take(agent: Agent) -> QuerySet[Ticket]:
    """The open tickets without an assignee that the agent may take from their teams."""
    rows: QuerySet[Ticket] = Ticket.objects.open().filter(
        assignee=None, team__members=agent, team__members_may_take=True
    )
    return rows.exclude(phase=Phase.RESOLVED).distinct()


def tickets_of_agent(agent: Agent) -> QuerySet[Ticket]:
    """The open tickets assigned to the agent, or with an unfinished intervention of theirs."""
    work = Intervention.objects.filter(
        ticket=OuterRef("pk"), assignee=agent, ended_at=None, type__is_intake=False
    )
    rows: QuerySet[Ticket] = Ticket.objects.filter(Q(assignee=agent) | Exists(work), phase__in=OPEN_PHASES)
    return rows


def with_nothing_open(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Those of ``tickets`` that are in progress with no unfinished intervention: the forgotten ones (Spec T2)."""
    work = Intervention.objects.filter(ticket=OuterRef("pk"), ended_at=None, type__is_intake=False)
    return tickets.filter(~Exists(work), phase=Phase.IN_PROGRESS)


def worked_on(ticket: Ticket) -> bool:
    """Whether an intervention other than the intake was ever started (Spec T2)."""
    return _work_begun(ticket).exists()


def last_work(ticket: Ticket) -> Intervention | None:
    """The intervention begun last, of which a reopening offers a copy (Spec T27); never the intake."""
    return _work_begun(ticket).select_related("type").order_by("started_at", "number").last()


def _work_begun(ticket: Ticket) -> QuerySet[Intervention]:
    rows: QuerySet[Intervention] = ticket.interventions.filter(
        type__is_intake=False, started_at__isnull=False
    )
    return rows


def running_work(ticket: Ticket) -> list[Intervention]:
    """The interventions at work on the ticket, without the intake, which ends by itself (Spec T12)."""
    rows = ticket.interventions.filter(
        started_at__isnull=False, ended_at=None, is_archived=False, type__is_intake=False
    )
    return list(rows.select_related("type", "assignee").order_by("number"))


def still_running(ticket: Ticket, running: Sequence[Intervention]) -> InvalidInput:
    """The refusal to close a ticket internally, which means that all is done (Spec T2), while work runs."""
    return InvalidInput(
        _(
            "Work on %(ticket)s is still running: %(works)s. Finish it before the ticket is closed internally."
        ),
        params={"ticket": ticket.number, "works": ", ".join(f"{one} ({one.number})" for one in running)},
    )


def planned_work(ticket: Ticket) -> list[Intervention]:
    """The interventions of the ticket that nobody has started."""
    return list(
        ticket.interventions.filter(started_at=None).select_related("type", "assignee").order_by("number")
    )


def requests_of(intervention: Intervention) -> list[ResourceRequestDetails]:
    """What an intervention needs, as it is typed (Spec T18)."""
    return [
        ResourceRequestDetails(
            profile=row.profile,
            needed_on=row.needed_on,
            circumstances=row.circumstances,
            duration=row.duration,
        )
        for row in intervention.resource_requests.all()
    ]
