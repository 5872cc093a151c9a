"""Suspending and resuming (Spec T23, T24)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from cadran.accounts.rights import Right
from cadran.core.errors import InvalidInput, NotAllowed, Stale
from cadran.core.models import JournalEntry
from cadran.tickets.choices import ClockState, Phase
from cadran.tickets.clock import KINDS
from cadran.tickets.models import Suspension, Ticket
from cadran.tickets.operations import (
    TransitionRefused,
    recompute_ticket,
    reopen_ticket,
    resume_ticket,
    suspend_ticket,
)
from cadran.tickets.queries import clock_view, explain_ticket
from tests.factories.desk import Desk, colleague, paris

AT = paris("2026-03-02 10:00")
HOUR = timedelta(hours=1)


def suspend(desk: Desk, ticket: Ticket, began_at: datetime, at: datetime | None = None) -> Suspension:
    return suspend_ticket(
        ticket=ticket, began_at=began_at, reason=desk.reason(), status=None, by=desk.user, at=at or began_at
    )


def resume(desk: Desk, ticket: Ticket, ended_at: datetime, at: datetime | None = None) -> Suspension:
    return resume_ticket(ticket=ticket, ended_at=ended_at, status=None, by=desk.user, at=at or ended_at)


def test_suspended_clocks_stand_still(desk: Desk) -> None:
    """No due date, counter and colour frozen; the reason proposes the status (Spec T23)."""
    ticket = desk.open(AT)
    suspend_ticket(
        ticket=ticket, began_at=AT + HOUR, reason=desk.reason(), status=None, details=" Password missing ",
        appointment_at=AT + timedelta(days=2), by=desk.user, at=AT + 2 * HOUR,
    )  # fmt: skip
    assert (ticket.phase, ticket.status.code) == (Phase.SUSPENDED, "waiting-customer")
    assert ticket.suspended_since == AT + HOUR
    assert (ticket.resolution_clock, ticket.resolution_due_at) == (ClockState.SUSPENDED, None)
    assert (ticket.resolution_left_seconds, ticket.resolution_frozen_colour) == (7 * 3600, "green")
    row = JournalEntry.objects.get(kind="ticket.suspended")
    assert (row.at, row.recorded_at, row.is_internal) == (AT + HOUR, AT + 2 * HOUR, False)
    assert row.data["details"] == "Password missing"
    assert "appointment_at" not in row.data  # the appointment is internal
    assert row.data["reason"] == {"fr": "Attente du client", "en": "Waiting for customer"}


def test_resuming_moves_both_due_dates(desk: Desk) -> None:
    """The lost working time moves both; old and new due dates are told; sums add up (Spec T24)."""
    ticket = desk.open(AT)
    suspend(desk, ticket, AT + HOUR)
    suspension = resume(desk, ticket, AT + 3 * HOUR)
    assert (suspension.lost_seconds, ticket.suspended_seconds) == (7200, 7200)
    assert ticket.response_due_at == paris("2026-03-02 16:00")
    assert ticket.resolution_due_at == paris("2026-03-03 11:00")
    row = JournalEntry.objects.get(kind="ticket.resumed")
    assert row.data["clocks"]["resolution"] == {
        "before": paris("2026-03-02 18:00").isoformat(),
        "after": paris("2026-03-03 11:00").isoformat(),
    }
    suspend(desk, ticket, AT + 4 * HOUR)
    resume(desk, ticket, AT + 5 * HOUR)
    assert ticket.suspended_seconds == 3 * 3600


def test_starts_that_are_refused(desk: Desk) -> None:
    """Before the reception, in the future, and what would run into another suspension (Spec T23)."""
    ticket = desk.open(AT)
    suspend(desk, ticket, AT + HOUR)
    resume(desk, ticket, AT + 2 * HOUR)
    desk.work(ticket, AT + 3 * HOUR)
    now = AT + 4 * HOUR
    free_gap_before = AT + HOUR / 2
    wrong = (AT - HOUR, now + HOUR, free_gap_before, AT + HOUR, AT + 2 * HOUR - timedelta(seconds=1))
    for began_at in wrong:
        with pytest.raises(InvalidInput) as refused:
            suspend(desk, ticket, began_at, now)
        assert refused.value.field == "began_at"
    assert (ticket.suspensions.count(), Ticket.objects.get().phase) == (1, Phase.IN_PROGRESS)
    suspend(desk, ticket, AT + 2 * HOUR, now)


def test_a_start_before_the_response_leaves_the_response_as_judged(desk: Desk) -> None:
    """Recorded later, it moves the resolution alone; both clocks are still explained as stored (Spec T23, T24, C14)."""
    ticket = desk.open(AT)
    desk.work(ticket, AT + 3 * HOUR)
    judged = (
        ticket.responded_at,
        ticket.response_due_at,
        ticket.response_left_seconds,
        ticket.response_clock,
    )
    suspend(desk, ticket, AT + HOUR, AT + 4 * HOUR)
    assert (ticket.resolution_clock, ticket.resolution_left_seconds) == (ClockState.SUSPENDED, 7 * 3600)
    resume(desk, ticket, AT + 4 * HOUR)
    assert ticket.resolution_due_at == paris("2026-03-03 12:00")
    recompute_ticket(ticket=ticket, reason="schedule", by=None, at=AT + 5 * HOUR)
    stored = Ticket.objects.get()
    now = (stored.responded_at, stored.response_due_at, stored.response_left_seconds, stored.response_clock)
    assert now == judged
    for kind in KINDS:
        explained = explain_ticket(stored, kind, AT + 5 * HOUR)
        assert explained.agrees
        assert clock_view(stored, AT + 5 * HOUR)[kind].due_at == explained.stored_due_at


def test_a_response_taken_back_runs_again_without_the_time_suspended(desk: Desk) -> None:
    """Once the response is withdrawn, the suspension that was recorded before it counts (Spec T19, T24)."""
    ticket = desk.open(AT)
    work = desk.work(ticket, AT + 3 * HOUR)
    suspend(desk, ticket, AT + HOUR, AT + 4 * HOUR)
    resume(desk, ticket, AT + 4 * HOUR)
    work.ticket = ticket
    desk.finish(work, AT + 5 * HOUR, intervened=False)
    assert (work.ticket.response_clock, work.ticket.response_due_at) == (
        ClockState.RUNNING, paris("2026-03-02 17:00"),
    )  # fmt: skip


def test_touching_suspensions_are_two(desk: Desk) -> None:
    """A suspension may begin at the very end of the one before (Spec T23)."""
    ticket = desk.open(AT)
    suspend(desk, ticket, AT)
    resume(desk, ticket, AT + HOUR)
    suspend(desk, ticket, AT + HOUR)
    resume(desk, ticket, AT + 2 * HOUR)
    assert (ticket.suspended_seconds, ticket.suspensions.count()) == (7200, 2)


def test_ends_that_are_refused(desk: Desk) -> None:
    """Before its start, or in the future (Spec T23)."""
    ticket = desk.open(AT)
    suspend(desk, ticket, AT + HOUR)
    for ended_at in (AT + HOUR - timedelta(seconds=1), AT + 3 * HOUR):
        with pytest.raises(InvalidInput) as refused:
            resume(desk, ticket, ended_at, AT + 2 * HOUR)
        assert refused.value.field == "ended_at"
    assert Ticket.objects.get().phase == Phase.SUSPENDED
    assert resume(desk, ticket, AT + HOUR, AT + 2 * HOUR).lost_seconds == 0


def test_not_before_the_reopening(desk: Desk) -> None:
    """What lies before the reopening is a pause already (Spec T23, T27)."""
    ticket = desk.resolve(desk.open(AT), AT + HOUR)
    reopen_ticket(
        ticket=ticket, reason="Again", status=None, state=None, copy=None, by=desk.user, at=AT + 2 * HOUR
    )
    with pytest.raises(InvalidInput):
        suspend(desk, ticket, AT + HOUR + timedelta(minutes=30), AT + 3 * HOUR)
    suspend(desk, ticket, AT + 2 * HOUR, AT + 3 * HOUR)


def test_a_reason_is_needed_and_not_a_retired_one(desk: Desk) -> None:
    """The reason is chosen among those in use (Spec T23)."""
    ticket = desk.open(AT)
    reason = desk.reason("appointment")
    reason.is_retired = True
    reason.save()
    for given in (None, reason):
        with pytest.raises(InvalidInput) as refused:
            suspend_ticket(ticket=ticket, began_at=AT, reason=given, status=None, by=desk.user, at=AT)
        assert refused.value.field == "reason"


def test_an_appointment_lies_ahead(desk: Desk) -> None:
    """An appointment not after the start of the suspension is refused, and nothing moves (Spec T23)."""
    ticket = desk.open(AT)
    for appointment in (AT, AT - timedelta(days=1)):
        with pytest.raises(InvalidInput) as refused:
            suspend_ticket(
                ticket=ticket, began_at=AT, reason=desk.reason(), status=None, appointment_at=appointment,
                by=desk.user, at=AT,
            )  # fmt: skip
        assert refused.value.field == "appointment_at"
    assert not Suspension.objects.exists()


def test_suspended_twice(desk: Desk) -> None:
    """Who saw it running gets a sentence, who saw it suspended another (house: compare-and-set)."""
    ticket = desk.open(AT)
    seen = Ticket.objects.get()
    suspend(desk, ticket, AT)
    with pytest.raises(Stale):
        suspend(desk, seen, AT)
    with pytest.raises(TransitionRefused):
        suspend(desk, ticket, AT)
    assert Suspension.objects.count() == 1


def test_no_right(desk: Desk) -> None:
    """Suspending is a right of its own (Spec R2)."""
    ticket = desk.open(AT)
    user = colleague(desk, Right.INTERVENE)
    with pytest.raises(NotAllowed):
        suspend_ticket(ticket=ticket, began_at=AT, reason=desk.reason(), status=None, by=user, at=AT)


def test_across_the_night_the_clocks_change(desk: Desk) -> None:
    """Friday evening to Monday noon over 29 March 2026 loses Monday’s morning alone (Spec T24)."""
    ticket = desk.open(paris("2026-03-27 15:00"))
    suspend(desk, ticket, paris("2026-03-27 18:00"))
    resume(desk, ticket, paris("2026-03-30 12:00"))
    assert ticket.suspended_seconds == 3 * 3600
    assert ticket.resolution_due_at == paris("2026-03-30 17:00")
