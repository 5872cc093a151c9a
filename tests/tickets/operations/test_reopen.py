"""Reopening (Spec T27)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cadran.accounts.rights import Right
from cadran.core.business_rules import set_business_rule
from cadran.core.errors import InvalidInput, NotAllowed, Stale
from cadran.core.models import JournalEntry
from cadran.tickets.business_rules import REOPEN_CLOCK
from cadran.tickets.choices import ClockState, Phase, SuspensionKind
from cadran.tickets.models import Ticket
from cadran.tickets.operations import (
    InterventionDetails,
    add_intervention,
    cancel_ticket,
    edit_intervention,
    edit_ticket,
    merge_ticket,
    reopen_ticket,
    suspend_ticket,
)
from cadran.tickets.queries import explain_ticket, last_work
from tests.factories.desk import Desk, colleague, paris

AT = paris("2026-03-02 10:00")
HOUR = timedelta(hours=1)


def reopen(desk: Desk, ticket: Ticket, after: int, copy: InterventionDetails | None = None) -> Ticket:
    return reopen_ticket(
        ticket=ticket,
        reason="Mute again",
        status=None,
        state=None,
        copy=copy,
        by=desk.user,
        at=AT + after * HOUR,
    )


def test_the_time_between_is_a_pause_of_its_own(desk: Desk) -> None:
    """Continue: the pause moves the due date but is no suspension of the customer's (Spec T27)."""
    ticket = desk.resolve(desk.open(AT), AT + HOUR, closed_internally=True)
    response = (ticket.response_clock, ticket.response_due_at, ticket.responded_at)
    reopen(desk, ticket, 3)
    assert (ticket.phase, ticket.status.code) == (Phase.IN_PROGRESS, "in-progress")
    assert (ticket.resolved_at, ticket.closed_by_customer_at, ticket.closed_internally_at) == (
        None,
        None,
        None,
    )
    assert (ticket.resolution_clock, ticket.resolution_due_at) == (
        ClockState.RUNNING, paris("2026-03-03 11:00"),
    )  # fmt: skip
    assert (ticket.response_clock, ticket.response_due_at, ticket.responded_at) == response
    pause = ticket.suspensions.get()
    assert (pause.kind, pause.began_at, pause.ended_at, pause.lost_seconds) == (
        SuspensionKind.REOPENED, AT + HOUR, AT + 3 * HOUR, 7200,
    )  # fmt: skip
    assert ticket.suspended_seconds == 0
    row = JournalEntry.objects.get(kind="ticket.reopened")
    assert row.data["resolved_at"] == (AT + HOUR).isoformat()
    assert row.data["closed_internally_at"] == (AT + HOUR).isoformat()


def test_restart_starts_the_resolution_anew(desk: Desk) -> None:
    """Restart: the resolution clock runs from the reopening (Spec T27)."""
    set_business_rule(definition=REOPEN_CLOCK, value="restart", by=None, at=AT)
    ticket = desk.resolve(desk.open(AT), AT + HOUR)
    reopen(desk, ticket, 3)
    assert ticket.resolution_due_at == paris("2026-03-03 12:00")
    assert not ticket.suspensions.exists()
    assert explain_ticket(ticket, "resolution", AT + 4 * HOUR).started_from == "reopening"


def test_earlier_work_stays_read_only(desk: Desk) -> None:
    """The earlier intervention stays read-only in the history; an express copy is offered (Spec T27)."""
    ticket = desk.resolve(desk.open(AT), AT + HOUR)
    reopen(desk, ticket, 3, copy=InterventionDetails(type=desk.type(), label="Once more"))
    archived = ticket.interventions.filter(is_archived=True)
    assert archived.count() == 2
    with pytest.raises(Stale):
        edit_intervention(
            intervention=archived[1], changes={"label": "x"}, base={}, by=desk.user, at=AT + 3 * HOUR
        )
    copy = ticket.interventions.get(label="Once more")
    assert (copy.is_archived, copy.is_started) == (False, False)


def test_the_copy_offered_is_of_the_work_begun_last(desk: Desk) -> None:
    """Not of what a merger numbered last, nor of a plan or the intake (Spec T27, T29)."""
    kept, duplicate = desk.open(AT), desk.open(AT)
    assert last_work(kept) is None
    earlier = desk.work(duplicate, AT)
    desk.finish(earlier, AT + HOUR)
    later = desk.work(kept, AT + HOUR)
    desk.finish(later, AT + 2 * HOUR, resolved=True)
    add_intervention(
        ticket=later.ticket, details=InterventionDetails(type=desk.type()), by=desk.user, at=AT + 2 * HOUR
    )
    merge_ticket(ticket=earlier.ticket, into=later.ticket, reason="Same", by=desk.user, at=AT + 2 * HOUR)
    kept.refresh_from_db()
    assert kept.interventions.last() == earlier
    assert last_work(kept) == later


def test_never_worked_on_leads_back_to_created(desk: Desk) -> None:
    """To created if no intervention was ever started (Spec T27)."""
    ticket = desk.open(AT)
    intake = ticket.interventions.get()
    intake.ticket = ticket
    desk.finish(intake, AT + HOUR, resolved=True)
    reopen(desk, ticket, 3)
    assert (ticket.phase, ticket.status.code) == (Phase.CREATED, "created")


def test_the_response_stays_the_first_one(desk: Desk) -> None:
    """The response verdict is kept, whatever starts after the reopening (Spec T27)."""
    ticket = desk.resolve(desk.open(AT), AT + HOUR)
    responded_at = ticket.responded_at
    reopen(desk, ticket, 3)
    work = desk.work(ticket, AT + 4 * HOUR)
    desk.finish(work, AT + 5 * HOUR, resolved=True)
    assert (ticket.responded_at, ticket.resolved_at) == (responded_at, AT + 5 * HOUR)
    assert ticket.resolution_clock == ClockState.MET


def test_a_resolution_before_the_reopening_is_refused(desk: Desk) -> None:
    """The ticket was reopened after that instant (Spec T19, T27)."""
    ticket = desk.resolve(desk.open(AT), AT + HOUR)
    reopen(desk, ticket, 3)
    work = desk.work(ticket, AT + 3 * HOUR)
    with pytest.raises(InvalidInput) as refused:
        desk.finish(work, AT + 2 * HOUR, started_at=AT + 2 * HOUR, at=AT + 4 * HOUR, resolved=True)
    assert refused.value.field == "ended_at"


def test_a_cancelled_ticket_comes_back_to_life(desk: Desk) -> None:
    """Void clocks run again; the time between cancelling and reopening counts for neither (Spec T26, T27)."""
    ticket = desk.open(AT)
    suspend_ticket(ticket=ticket, began_at=AT, reason=desk.reason(), status=None, by=desk.user, at=AT)
    cancel_ticket(
        ticket=ticket,
        closed_at=AT + HOUR,
        status=None,
        state=None,
        reason="Twice",
        by=desk.user,
        at=AT + HOUR,
    )
    assert ticket.response_clock == ClockState.VOID
    reopen(desk, ticket, 2)
    assert (ticket.is_cancelled, ticket.phase, ticket.suspended_seconds) == (False, Phase.CREATED, 3600)
    assert (ticket.response_clock, ticket.response_due_at) == (ClockState.RUNNING, AT + 6 * HOUR)


def test_a_contract_found_after_cancelling_starts_no_clock(desk: Desk) -> None:
    """A cancelled ticket's clocks don't run, whatever is promised later; reopened, they do (Spec T26, C13)."""
    ticket = desk.open(AT, contract=None, service=None, asset=None)
    cancel_ticket(
        ticket=ticket, closed_at=AT, status=None, state=None, reason="Twice", by=desk.user, at=AT + HOUR
    )
    edit_ticket(
        ticket=ticket,
        changes={"contract": desk.contract, "service": desk.service, "asset": desk.asset},
        base={},
        by=desk.user,
        at=AT + HOUR,
    )
    assert ticket.commitment_version is not None
    assert (ticket.response_clock, ticket.resolution_clock) == (ClockState.NONE, ClockState.NONE)
    assert (ticket.response_due_at, ticket.resolution_due_at) == (None, None)
    reopen(desk, ticket, 2)
    assert (ticket.response_clock, ticket.resolution_clock) == (ClockState.RUNNING, ClockState.RUNNING)


def test_cancelling_before_the_reopening_is_refused(desk: Desk) -> None:
    """The ticket was reopened after that instant (Spec T26, T27)."""
    ticket = desk.open(AT)
    typed: Any = {"status": None, "state": None, "reason": "Twice", "by": desk.user}
    cancel_ticket(ticket=ticket, closed_at=AT, at=AT + HOUR, **typed)
    reopen(desk, ticket, 2)
    with pytest.raises(InvalidInput) as refused:
        cancel_ticket(ticket=ticket, closed_at=AT + HOUR, at=AT + 3 * HOUR, **typed)
    assert refused.value.field == "closed_at"
    assert Ticket.objects.get().phase == Phase.CREATED
    cancel_ticket(ticket=ticket, closed_at=AT + 2 * HOUR, at=AT + 3 * HOUR, **typed)
    assert ticket.is_cancelled


def test_reopened_twice(desk: Desk) -> None:
    """A second resolution and reopening make a second pause (Spec T27)."""
    ticket = desk.resolve(desk.open(AT), AT + HOUR)
    reopen(desk, ticket, 2)
    desk.resolve(ticket, AT + 3 * HOUR)
    reopen(desk, ticket, 4)
    assert [pause.lost_seconds for pause in ticket.suspensions.all()] == [3600, 3600]
    assert ticket.resolution_due_at == paris("2026-03-03 11:00")
    assert explain_ticket(ticket, "resolution", AT + 5 * HOUR).agrees


def test_reason_and_right_are_needed(desk: Desk) -> None:
    """Reopen asks for a reason; it is a right of its own (Spec T27, R2)."""
    ticket = desk.resolve(desk.open(AT), AT + HOUR)
    with pytest.raises(InvalidInput):
        reopen_ticket(
            ticket=ticket, reason="", status=None, state=None, copy=None, by=desk.user, at=AT + HOUR
        )
    user = colleague(desk, Right.CLOSE_TICKETS)
    with pytest.raises(NotAllowed):
        reopen_ticket(ticket=ticket, reason="x", status=None, state=None, copy=None, by=user, at=AT + HOUR)
    assert Ticket.objects.get().phase == Phase.RESOLVED
