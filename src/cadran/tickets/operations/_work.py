"""What starting and finishing interventions share: the response, the intake, the pauses (Spec T12, T18, T23)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.core.compare import take
from cadran.core.errors import InvalidInput, Stale
from cadran.core.instants import whole_second
from cadran.core.richtext import sanitise

from .. import clock, rules
from ..choices import ClockState, Phase, SuspensionKind
from ..context import InterventionDetails
from ..models import Intervention, Suspension, Ticket
from ..queries.lists import running_work, still_running
from ..transitions import WHAT_TO_DO, Act, TransitionRefused
from ._checklists import put_checklist
from ._edits import put_requests
from ._shared import (
    agent_name,
    check_instant,
    choose_status,
    claim_pasted,
    iso,
    move,
    names,
    recompute,
    remeasure,
    tell,
)


def locked_intervention(intervention: Intervention, ticket: Ticket, **expected: Any) -> Intervention:
    """The intervention as stored, taken for writing. Raises ``Stale`` when it no longer is as ``expected``."""
    row = Intervention(pk=intervention.pk)
    related = ("type__status", "type__state", "team", "assignee")
    # It may have moved to another ticket meanwhile: merged, undone or split off (Spec T29).
    taken = take(row, related=related, ticket=ticket.pk, **expected)
    if row.is_inherited and row.is_finished:
        raise Stale(
            _(
                "The intervention %(number)s of %(ticket)s was done on a duplicate, so it stays as it is. "
                "Add a new one."
            ),
            params={"number": intervention.number, "ticket": ticket.number},
        )
    if not taken:
        sentence = _(
            "The intervention %(number)s of %(ticket)s has changed meanwhile. Look at it as it is now."
        )
        if row.is_archived:
            sentence = _(
                "The intervention %(number)s of %(ticket)s dates from before the reopening, so it stays as it is. "
                "Add a new one."
            )
        elif row.is_finished:
            sentence = _(
                "The intervention %(number)s of %(ticket)s is finished already. Look at it as it is now."
            )
        elif row.is_started:
            sentence = _(
                "The intervention %(number)s of %(ticket)s is started already. Look at it as it is now."
            )
        raise Stale(sentence, params={"number": intervention.number, "ticket": ticket.number})
    row._state.adding = False
    row.ticket = ticket
    return row


def add(
    ticket: Ticket,
    details: InterventionDetails,
    *,
    by: User | None,
    at: datetime,
    effective_at: datetime | None = None,
) -> Intervention:
    """A new intervention on a taken ticket; what the details leave open comes from its type (Spec T18).

    ``effective_at``: where the timeline tells of it, when that is not now.
    """
    _check_details(details)
    kind = details.type
    intervention = Intervention(
        ticket=ticket,
        number=next_work_number(ticket),
        label=details.label.strip(),
        type=kind,
        team=details.team or kind.team or ticket.team,
        assignee=details.assignee or kind.assignee,
        planned_start_at=_cut(details.planned_start_at),
        planned_end_at=_cut(details.planned_end_at),
        planned_effort=details.planned_effort,
        remaining_effort=details.remaining_effort,
        external_report=sanitise(details.external_report or kind.initial_report),
        internal_report=sanitise(details.internal_report),
        error_message=details.error_message,
        counts_as_response=kind.counts_as_response,
        created_by=by,
        created_at=at,
    )
    intervention.save()
    put_requests(intervention, details.resource_requests)
    put_checklist(intervention, is_new=True)
    claim_reports(intervention, by=by, at=at)
    tell(ticket, "intervention_added", by=by, at=at, effective_at=effective_at, **work_data(intervention),
         planned_start_at=intervention.planned_start_at)  # fmt: skip
    return intervention


def next_work_number(ticket: Ticket) -> int:
    """The number of the ticket's next intervention; one that moved away left its own behind."""
    rows = (ticket.interventions, ticket.former_numbers)
    return max(one.aggregate(last=Max("number"))["last"] or 0 for one in rows) + 1


def _cut(instant: datetime | None) -> datetime | None:
    return None if instant is None else whole_second(instant)


def _check_details(details: InterventionDetails) -> None:
    if details.type.is_intake:
        raise InvalidInput(_("The intake is created with the ticket. Choose another type."), field="type")
    check_choices({name: getattr(details, name) for name in ("type", "team", "assignee")})
    check_plan(details.planned_start_at, details.planned_end_at)


def check_choices(chosen: Mapping[str, Any]) -> None:
    """Raise ``InvalidInput`` for a type or team that is retired, or an assignee who has left."""
    for name in ("type", "team"):
        row = chosen.get(name)
        if row is not None and row.is_retired:
            raise InvalidInput(
                _("%(row)s is no longer in use. Choose another one."), field=name, params={"row": str(row)}
            )
    assignee = chosen.get("assignee")
    if assignee is not None and not assignee.is_active:
        raise InvalidInput(
            _("%(agent)s no longer works here. Choose somebody else."),
            field="assignee",
            params={"agent": str(assignee)},
        )


def check_plan(start: datetime | None, end: datetime | None) -> None:
    """Raise ``InvalidInput`` for a plan that ends before it starts."""
    if start is not None and end is not None and end < start:
        raise InvalidInput(
            _("The planned end lies before the planned start. Correct one of them."), field="planned_end_at"
        )


def work_data(intervention: Intervention) -> dict[str, Any]:
    """An intervention as the timeline names it."""
    return {
        "intervention": intervention.number,
        "label": intervention.label,
        "type": intervention.type,
        "team": intervention.team,
        "assignee": agent_name(intervention.assignee),
    }


def check_not_closed(ticket: Ticket) -> None:
    """Raise ``TransitionRefused`` on a ticket that is closed internally."""
    if ticket.phase == Phase.CLOSED_INTERNALLY:
        raise TransitionRefused(
            WHAT_TO_DO[Phase.CLOSED_INTERNALLY, Act.START], params={"number": ticket.number}
        )


def claim_reports(intervention: Intervention, *, by: User | None, at: datetime) -> None:
    """Attach what was pasted into the intervention's reports."""
    reports = [(intervention.external_report, True), (intervention.internal_report, False)]
    claim_pasted(reports, intervention.ticket, by=by, at=at, intervention=intervention)


def begin(
    ticket: Ticket, intervention: Intervention, started_at: datetime, *, by: User | None, at: datetime
) -> None:
    """Start an intervention other than the intake on a taken ticket, and let phase, team, status and response follow.

    Saves the intervention, not the ticket. Raises ``TransitionRefused``, ``InvalidInput``.
    """
    move(ticket, Act.START)
    earliest = ticket.received_at if intervention.counts_as_response else min(started_at, ticket.received_at)
    check_instant(started_at, field="started_at", at=at, received_at=earliest)
    finish_intake(ticket, by=by, at=at)
    intervention.started_at = started_at
    if intervention.assignee is None:
        intervention.assignee = rules.agent_of(by)
    intervention.save()
    ticket.team = intervention.team or ticket.team
    ticket.assignee = intervention.assignee or ticket.assignee
    kind = intervention.type
    choose_status(ticket, None, proposed=kind.status)
    if kind.state is not None and not kind.state.is_retired:
        ticket.state = kind.state
    tell(ticket, "intervention_started", by=by, at=at, effective_at=started_at, **work_data(intervention),
         status=ticket.status)  # fmt: skip
    follow_response(ticket, by=by, at=at)


def finish_intake(ticket: Ticket, *, by: User | None, at: datetime) -> None:
    """Let the intake end by itself, from the opening of the form to saving (Spec T12)."""
    intake = ticket.interventions.filter(type__is_intake=True, ended_at=None).first()
    if intake is None:
        return
    intake.started_at = min(intake.started_at or ticket.entered_at, ticket.entered_at)
    intake.ended_at = ticket.entered_at
    intake.row_version += 1
    intake.save()
    tell(ticket, "intervention_finished", by=by, at=at, effective_at=intake.ended_at, **work_data(intake),
         started_at=intake.started_at, ended_at=intake.ended_at, by_itself=True)  # fmt: skip


def response_of(ticket: Ticket, *, without: Collection[int] = ()) -> datetime | None:
    """The response instant that the facts give: the first start of an intervention that counts as response, or the
    resolution when none came earlier (Spec T12, T19). What stood before a reopening is kept (Spec T27).

    What was begun on a duplicate gives none: it never moves a milestone of the ticket that took it over (Spec T29).
    ``without``: keys of interventions to leave out, to tell whether the response rests on them.
    """
    own = ticket.interventions.filter(merged_from=None).exclude(pk__in=without)
    work = list(own.values_list("is_archived", "counts_as_response", "started_at"))
    if ticket.responded_at is not None and any(archived for archived, _counts, _start in work):
        return ticket.responded_at
    starts = [max(start, ticket.received_at) for _archived, counts, start in work if counts and start]
    return min([*starts, *filter(None, [ticket.resolved_at])], default=None)


def follow_response(ticket: Ticket, *, by: User | None, at: datetime) -> None:
    """Let the response milestone follow the facts, judge it, and tell the timeline when it moved."""
    if ticket.is_cancelled:
        return
    before, now = ticket.responded_at, response_of(ticket)
    if now == before:
        return
    ticket.responded_at = now
    if now is not None:
        clock.settle(ticket, "response", at=at, again=before is not None)
        tell(ticket, "responded", by=by, at=at, effective_at=now, internal=False, before=before,
             clock=str(ticket.response_clock), due_at=ticket.response_due_at)  # fmt: skip
    else:
        tell(ticket, "response_withdrawn", by=by, at=at, before=before)
    recompute(ticket, at=at)


def close_by_customer(ticket: Ticket, closed_at: datetime, *, field: str) -> None:
    """Reach the customer's closing. Raises ``TransitionRefused``, ``InvalidInput``."""
    move(ticket, Act.CLOSE_BY_CUSTOMER)
    _check_after(ticket, closed_at, field=field)
    ticket.closed_by_customer_at = closed_at


def close_internally(
    ticket: Ticket, closed_at: datetime, *, field: str, by: User | None, at: datetime
) -> list[str]:
    """Reach the internal closing; straight from resolved the customer's side closes too (Spec T26).

    It means that all is done (Spec T2): refused while work runs, and an intake still open ends by itself.
    """
    straight = ticket.phase == Phase.RESOLVED
    move(ticket, Act.CLOSE_INTERNALLY)
    running = running_work(ticket)
    if running:
        raise still_running(ticket, running)
    _check_after(ticket, closed_at, field=field)
    finish_intake(ticket, by=by, at=at)
    ticket.closed_internally_at = closed_at
    if straight:
        ticket.closed_by_customer_at = closed_at
        return ["closed_by_customer", "closed_internally"]
    return ["closed_internally"]


def end_running(ticket: Ticket, ended_at: datetime, *, field: str, by: User | None, at: datetime) -> None:
    """Let the work on a ticket that is cancelled end with it. Raises ``InvalidInput`` for an end before its start."""
    for own in running_work(ticket):
        if own.started_at is not None and ended_at < own.started_at:
            raise InvalidInput(
                _("“%(work)s” (intervention %(number)s) was started after that instant. Type a later one."),
                field=field,
                params={"work": str(own), "number": own.number},
            )
        own.ended_at = ended_at
        own.row_version += 1
        own.save(update_fields=["ended_at", "row_version"])
        tell(ticket, "intervention_finished", by=by, at=at, effective_at=ended_at, **work_data(own),
             started_at=own.started_at, ended_at=ended_at, with_ticket=True)  # fmt: skip


def _check_after(ticket: Ticket, closed_at: datetime, *, field: str) -> None:
    earlier = max(filter(None, [ticket.resolved_at, ticket.closed_by_customer_at]), default=None)
    if earlier is not None and closed_at < earlier:
        raise InvalidInput(
            _("The closing can’t lie before the resolution or an earlier closing. Type a later instant."),
            field=field,
        )


def open_suspension(ticket: Ticket) -> Suspension | None:
    """The suspension that lasts, if one does."""
    return next((one for one in clock.pauses_of(ticket) if one.ended_at is None), None)


def end_suspension(ticket: Ticket, ended_at: datetime, *, field: str) -> Suspension | None:
    """End the suspension that lasts and measure what it lost. Raises ``InvalidInput`` for an end before its start."""
    suspension = open_suspension(ticket)
    ticket.suspended_since = None
    if suspension is None:
        return None
    if ended_at < suspension.began_at:
        raise InvalidInput(
            _("The ticket was suspended after that instant. Type a later one, or resume the ticket first."),
            field=field,
        )
    suspension.ended_at = ended_at
    suspension.lost_seconds = clock.lost_seconds(ticket, suspension)
    suspension.save()
    remeasure(ticket)
    return suspension


def reopened_at(ticket: Ticket) -> datetime | None:
    """When the ticket was last reopened, if ever."""
    pauses = clock.pauses_of(ticket)
    instants = [one.ended_at for one in pauses if one.kind == SuspensionKind.REOPENED]
    instants.append(ticket.resolution_restarted_at)
    return max(filter(None, instants), default=None)


def dues_without(ticket: Ticket, suspension: Suspension) -> dict[str, str | None]:
    """The due dates of the clocks that run, as they would be without a suspension."""
    found: dict[str, str | None] = {}
    for kind in clock.KINDS:
        basis = clock.basis_of(ticket, kind, without=suspension.pk)
        if basis is not None and basis.met_at is None and getattr(ticket, f"{kind}_clock") != ClockState.VOID:
            found[kind] = iso(basis.compute().due)
    return found


def verdict_data(ticket: Ticket) -> dict[str, Any]:
    """The resolution's verdict as the timeline tells it."""
    return {
        "clock": str(ticket.resolution_clock),
        "due_at": iso(ticket.resolution_due_at),
        "status": names(ticket.status),
    }
