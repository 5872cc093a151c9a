"""The explanation is recomputed from stored facts and equals the stored due date (Spec C14)."""

from __future__ import annotations

from datetime import timedelta

from cadran.tickets.choices import ClockState
from cadran.tickets.models import Ticket
from cadran.tickets.operations import cancel_ticket, edit_ticket, resume_ticket, suspend_ticket
from cadran.tickets.queries import explain_ticket
from tests.factories.desk import Desk, a_desk, paris

AT = paris("2026-03-02 10:00")
HOUR = timedelta(hours=1)


def test_start_openings_suspensions_and_due_date(desk: Desk) -> None:
    """Start, each opening counted, suspensions and what they lost, due date (Spec C14)."""
    ticket = desk.open(AT)
    reason = desk.reason()
    suspend_ticket(ticket=ticket, began_at=AT + HOUR, reason=reason, status=None, by=desk.user, at=AT + HOUR)
    resume_ticket(ticket=ticket, ended_at=AT + 3 * HOUR, status=None, by=desk.user, at=AT + 3 * HOUR)
    told = explain_ticket(ticket, "resolution", AT + 4 * HOUR)
    assert told.agrees
    assert told.ledger is not None
    assert told.ledger.adds_up
    assert (told.started_from, told.ledger.start, told.ledger.due) == (
        "reception",
        AT,
        ticket.resolution_due_at,
    )
    assert [move.lost_seconds for move in told.ledger.moves] == [7200]
    reference = told.ledger.moves[0].suspensions[0].reference
    assert told.suspensions[reference].reason == reason
    assert told.ledger.time_zone == "Europe/Paris"
    assert {"ticket.opened", "ticket.suspended", "ticket.resumed"} <= {row.kind for row in told.history}
    assert told.chosen.version == told.commitment_version


def test_settled_clocks_are_explained_as_they_were_judged(desk: Desk) -> None:
    """Later edits of schedule, severity and reception leave the explanation of a met milestone (Spec C13, C14)."""
    ticket = desk.open(AT)
    desk.resolve(ticket, AT + 2 * HOUR)
    before = {kind: explain_ticket(ticket, kind, AT + 3 * HOUR).ledger for kind in ("response", "resolution")}  # type: ignore[arg-type]
    desk.reschedule({1: [[540, 600]]}, AT + 3 * HOUR)
    edit_ticket(
        ticket=ticket,
        changes={"received_at": AT - HOUR, "severity": desk.severity("minor"), "out_of_scope_override": True},
        base={},
        by=desk.user,
        at=AT + 4 * HOUR,
    )
    fresh = Ticket.objects.get()
    for kind, ledger in before.items():
        told = explain_ticket(fresh, kind, AT + 5 * HOUR)  # type: ignore[arg-type]
        assert told.agrees
        assert told.ledger is not None
        assert ledger is not None
        assert (told.ledger.due, told.ledger.lines) == (ledger.due, ledger.lines)


def test_a_clock_that_has_no_due_date_says_why(desk: Desk) -> None:
    """No guarantee, waiting for the response, cancelled, still suspended (Spec C10, T26)."""
    ticket = desk.open(AT, contract=None, service=None)
    none = explain_ticket(ticket, "resolution", AT)
    assert (none.view.state, none.ledger, none.agrees) == (ClockState.NONE, None, True)
    ticket = desk.open(AT)
    suspend_ticket(ticket=ticket, began_at=AT, reason=desk.reason(), status=None, by=desk.user, at=AT)
    told = explain_ticket(ticket, "resolution", AT + HOUR)
    assert told.ledger is not None
    assert (told.ledger.no_due_because, told.agrees) == ("suspended", True)
    cancel_ticket(
        ticket=ticket, closed_at=AT + HOUR, status=None, state=None, reason="x", by=desk.user, at=AT + HOUR
    )
    void = explain_ticket(ticket, "resolution", AT + HOUR)
    assert (void.view.state, void.ledger, void.agrees) == (ClockState.VOID, None, True)


def test_waiting_for_the_response(db: None) -> None:
    """A resolution counted from the response has no start before it (Spec C10)."""
    desk = a_desk(resolution_start="response")
    told = explain_ticket(desk.open(AT), "resolution", AT)
    assert (told.view.state, told.ledger, told.started_from) == (ClockState.WAITING, None, "response")
