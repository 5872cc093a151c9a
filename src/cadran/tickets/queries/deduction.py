"""What the system deduces while a ticket is typed: coverage, commitment, due dates, team (Spec T6, T8, T11, C9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model

from cadran.contracts.queries import CommitmentChosen, choose_commitment
from cadran.core.instants import whole_second
from cadran.parties.models import Team

from .. import clock
from ..business_rules import intake_team
from ..choices import Coverage
from ..context import day_of
from ..models import InterventionType, Ticket
from .clocks import ClockView, clock_view
from .coverage import judge_coverage, reason_sentence


@dataclass(frozen=True)
class DuePreview:
    """What one clock of the ticket would be, were it opened now; ``schedule`` is the one that it runs on."""

    clock: ClockView
    schedule: str


@dataclass(frozen=True)
class Deduction:
    """Everything deduced from the fields typed so far; ``pay_per_incident`` and ``out_of_scope`` without overrides."""

    coverage: Coverage
    coverage_reason: dict[str, Any]
    pay_per_incident: bool
    out_of_scope: bool
    commitment: CommitmentChosen
    response: DuePreview
    resolution: DuePreview
    team: Team | None

    @property
    def coverage_sentence(self) -> str:
        """The reason of the verdict in the reader's language."""
        return reason_sentence(self.coverage_reason)


def deduce(*, fields: Any, at: datetime, form_opened_at: datetime | None = None) -> Deduction:
    """Deduce from ``fields``: a ``TicketFields``, or anything with some of its attributes (or a mapping of them).

    ``at`` stands for the entry, ``form_opened_at`` for its beginning. Writes nothing; a field that is missing counts as
    empty.
    """
    at = whole_second(at)
    values = {name: _read(fields, name) for name in _READ}
    received_at = whole_second(values["received_at"] or at)
    product = values["product"] or (values["asset"].product if values["asset"] is not None else None)
    judged = judge_coverage(
        customer=values["customer"],
        contract=values["contract"],
        service=values["service"],
        asset=values["asset"],
        product=product,
        day=day_of(received_at),
        pay_per_incident_override=values["pay_per_incident_override"],
        out_of_scope_override=values["out_of_scope_override"],
    )
    chosen = choose_commitment(
        requester=values["requester"],
        service=values["service"],
        contract=values["contract"],
        customer=values["customer"],
        severity=values["severity"],
        covered=judged.verdict == Coverage.COVERED,
    )
    ticket = Ticket(received_at=received_at, entered_at=at, commitment_version=chosen.version)
    clock.recompute(ticket, at=at)
    if chosen.version is not None and _intake_responds():
        ticket.responded_at = max(received_at, whole_second(form_opened_at or at))
        clock.settle(ticket, "response", at=at)
        clock.recompute(ticket, at=at)
    clocks = clock_view(ticket, at)
    return Deduction(
        coverage=judged.verdict,
        coverage_reason=judged.reason,
        pay_per_incident=judged.deduced_pay_per_incident,
        out_of_scope=judged.deduced_out_of_scope,
        commitment=chosen,
        response=_preview(ticket, clocks.response),
        resolution=_preview(ticket, clocks.resolution),
        team=default_team(values["service"]),
    )


def default_team(service: Any) -> Team | None:
    """The team proposed for a new ticket: the service's, else the company's intake team (Spec T11)."""
    team: Team | None = service.default_team if service is not None else None
    return team if team is not None and not team.is_retired else intake_team()


_READ = (
    "customer",
    "requester",
    "contract",
    "service",
    "asset",
    "product",
    "severity",
    "received_at",
    "pay_per_incident_override",
    "out_of_scope_override",
)


def _read(fields: Any, name: str) -> Any:
    value = (
        fields.get(name)
        if hasattr(fields, "get") and not isinstance(fields, Model)
        else getattr(fields, name, None)
    )
    return None if value == "" else value


def _intake_responds() -> bool:
    """Whether entering a ticket is its response, by the setting of the intake's type (Spec T12)."""
    return InterventionType.objects.filter(is_intake=True, counts_as_response=True).exists()


def _preview(ticket: Ticket, view: ClockView) -> DuePreview:
    version = ticket.commitment_version
    if version is None:
        return DuePreview(view, "")
    return DuePreview(
        view, str(version.reception_schedule if view.kind == "response" else version.action_schedule)
    )
