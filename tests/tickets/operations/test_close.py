"""Closing and cancelling (Spec T3, T26)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from cadran.accounts.rights import Right
from cadran.core.errors import InvalidInput, NotAllowed, Stale
from cadran.core.models import JournalEntry
from cadran.tickets.choices import Closing, Phase
from cadran.tickets.models import State, Status, Ticket
from cadran.tickets.operations import (
    InterventionDetails,
    TransitionRefused,
    add_intervention,
    assign_ticket,
    cancel_ticket,
    close_ticket,
    merge_ticket,
    reopen_ticket,
    suspend_ticket,
)
from cadran.tickets.queries import timeline
from tests.factories.desk import Desk, colleague, paris

AT = paris("2026-03-02 10:00")
HOUR = timedelta(hours=1)


def test_by_the_customer_then_internally(desk: Desk) -> None:
    """Three dated milestones, kept separately (Spec T3)."""
    ticket = desk.resolve(desk.open(AT), AT + HOUR)
    state = State.objects.get(code="no-further-action")
    close_ticket(
        ticket=ticket, closing=Closing.BY_CUSTOMER, closed_at=AT + 2 * HOUR, status=None, state=state,
        by=desk.user, at=AT + 3 * HOUR,
    )  # fmt: skip
    assert (ticket.phase, ticket.state) == (Phase.CLOSED_BY_CUSTOMER, state)
    close_ticket(
        ticket=ticket, closing="internally", closed_at=AT + 4 * HOUR, status=None, state=None,
        by=desk.user, at=AT + 4 * HOUR,
    )  # fmt: skip
    assert (ticket.resolved_at, ticket.closed_by_customer_at, ticket.closed_internally_at) == (
        AT + HOUR, AT + 2 * HOUR, AT + 4 * HOUR,
    )  # fmt: skip
    assert ticket.state is None


def test_straight_to_internally_dates_the_customer_closing_too(desk: Desk) -> None:
    """Internal closing straight from resolved (Spec T26)."""
    ticket = desk.resolve(desk.open(AT), AT + HOUR)
    close_ticket(
        ticket=ticket, closing=Closing.INTERNALLY, closed_at=AT + 2 * HOUR, status=None, state=None,
        external_report="<p>All good</p>", internal_report="<p>Watch it</p>", by=desk.user, at=AT + 2 * HOUR,
    )  # fmt: skip
    assert ticket.closed_by_customer_at == ticket.closed_internally_at == AT + 2 * HOUR
    reports = JournalEntry.objects.filter(kind="ticket.closing_report")
    assert {(row.is_internal, row.data["report"]) for row in reports} == {
        (False, "<p>All good</p>"), (True, "<p>Watch it</p>"),
    }  # fmt: skip
    assert {item.seen for item in timeline(ticket, desk.user, kinds=["report"])} == {"external", "internal"}


@pytest.mark.parametrize("closed_at", [AT, AT + 3 * HOUR])
def test_closing_dates_that_are_refused(desk: Desk, closed_at: object) -> None:
    """Before the resolution, or in the future (Spec T26)."""
    ticket = desk.resolve(desk.open(AT), AT + HOUR)
    with pytest.raises(InvalidInput) as refused:
        close_ticket(
            ticket=ticket, closing=Closing.INTERNALLY, closed_at=closed_at, status=None, state=None,  # type: ignore[arg-type]
            by=desk.user, at=AT + 2 * HOUR,
        )  # fmt: skip
    assert refused.value.field == "closed_at"
    assert Ticket.objects.get().phase == Phase.RESOLVED


def test_an_unresolved_ticket_is_not_closed(desk: Desk) -> None:
    """Close from the ticket only when it is resolved (Spec T26)."""
    ticket = desk.open(AT)
    with pytest.raises(TransitionRefused):
        close_ticket(
            ticket=ticket,
            closing=Closing.BY_CUSTOMER,
            closed_at=AT,
            status=None,
            state=None,
            by=desk.user,
            at=AT,
        )


def test_cancelling_closes_internally_with_a_flag(desk: Desk) -> None:
    """Closing dates, status, state, reason; an open suspension and the intake end (Spec T12, T23, T26)."""
    ticket = desk.open(AT)
    suspend_ticket(ticket=ticket, began_at=AT, reason=desk.reason(), status=None, by=desk.user, at=AT)
    seen = Ticket.objects.get()
    with pytest.raises(InvalidInput) as refused:
        cancel_ticket(ticket=ticket, closed_at=AT, status=None, state=None, reason=" ", by=desk.user, at=AT)
    assert refused.value.field == "reason"
    cancel_ticket(
        ticket=ticket, closed_at=AT + HOUR, status=desk.status("cancelled"), state=None, reason="Sent twice",
        by=desk.user, at=AT + 2 * HOUR,
    )  # fmt: skip
    assert (ticket.phase, ticket.is_cancelled, ticket.status.code) == (
        Phase.CLOSED_INTERNALLY, True, "cancelled",
    )  # fmt: skip
    assert ticket.closed_by_customer_at == ticket.closed_internally_at == AT + HOUR
    assert (ticket.suspended_since, ticket.suspended_seconds) == (None, 3600)
    assert ticket.suspensions.get().ended_at == AT + HOUR
    assert ticket.interventions.get().ended_at == ticket.entered_at, "nothing runs on"
    assert JournalEntry.objects.get(kind="ticket.cancelled").data["reason"] == "Sent twice"
    with pytest.raises(Stale):
        cancel_ticket(ticket=seen, closed_at=AT, status=None, state=None, reason="x", by=desk.user, at=AT)


def test_cancelling_proposes_the_supplied_status(desk: Desk) -> None:
    """Spec T26: “cancelled” without a choice; once it is retired, the default of its phase."""
    assert _cancelled(desk).status.code == "cancelled"
    Status.objects.filter(code="cancelled").update(is_retired=True)
    assert _cancelled(desk).status.code == "closed"


def _cancelled(desk: Desk) -> Ticket:
    ticket = desk.open(AT)
    return cancel_ticket(
        ticket=ticket, closed_at=AT, status=None, state=None, reason="Sent twice", by=desk.user, at=AT
    )


def test_closing_straight_from_resolved_names_who_did_it(desk: Desk) -> None:
    """Spec T4, T26: both closings stand in the timeline, each with its author."""
    ticket = desk.resolve(desk.open(AT), AT + HOUR)
    close_ticket(
        ticket=ticket, closing=Closing.INTERNALLY, closed_at=AT + HOUR, status=None, state=None,
        by=desk.user, at=AT + HOUR,
    )  # fmt: skip
    told = [item.text for item in timeline(ticket, desk.user) if item.code.startswith("closed_")]
    assert told == [
        "Someone closed the ticket on the customer’s side.",
        "Someone closed the ticket internally.",
    ]


def test_a_closed_ticket_takes_no_more_work(desk: Desk) -> None:
    """Reopen it first (Spec T2)."""
    ticket = desk.resolve(desk.open(AT), AT + HOUR, closed_internally=True)
    with pytest.raises(TransitionRefused) as refused:
        add_intervention(
            ticket=ticket, details=InterventionDetails(type=desk.type()), by=desk.user, at=AT + 2 * HOUR
        )
    assert "Reopen" in refused.value.message
    with pytest.raises(TransitionRefused):
        assign_ticket(ticket=ticket, team=desk.team, assignee=None, by=desk.user, at=AT + 2 * HOUR)


def test_nothing_is_done_while_work_runs(desk: Desk) -> None:
    """Closed internally means that all is done: not while work runs, from the ticket or the dialog (Spec T2, T26)."""
    ticket = desk.open(AT)
    desk.work(ticket, AT)
    other = desk.work(ticket, AT)
    mine = Ticket.objects.get().interventions.get(number=2)
    with pytest.raises(InvalidInput, match=r"still running: Remote work \(3\)\."):
        desk.finish(mine, AT + HOUR, resolved=True, closed_internally=True)
    mine = Ticket.objects.get().interventions.get(number=2)
    assert mine.is_running, "nothing moved"
    desk.finish(mine, AT + HOUR, resolved=True)

    def close(closing: Closing) -> Ticket:
        return close_ticket(
            ticket=Ticket.objects.get(), closing=closing, closed_at=AT + HOUR, status=None, state=None,
            by=desk.user, at=AT + 2 * HOUR,
        )  # fmt: skip

    close(Closing.BY_CUSTOMER)
    with pytest.raises(InvalidInput, match="still running"):
        close(Closing.INTERNALLY)
    assert Ticket.objects.get().phase == Phase.CLOSED_BY_CUSTOMER, "nothing moved"
    desk.finish(Ticket.objects.get().interventions.get(pk=other.pk), AT + HOUR)
    assert close(Closing.INTERNALLY).phase == Phase.CLOSED_INTERNALLY


def test_work_that_runs_ends_with_a_cancelled_ticket(desk: Desk) -> None:
    """Nothing runs on unseen: it ends at that instant, and the timeline tells it; what is planned stays (Spec T26)."""
    ticket = desk.open(AT)
    details = InterventionDetails(type=desk.type())
    planned = add_intervention(ticket=ticket, details=details, by=desk.user, at=AT)
    desk.finish(desk.work(ticket, AT), AT + HOUR)
    work = desk.work(Ticket.objects.get(), AT + HOUR)

    def cancel(closed_at: datetime) -> Ticket:
        return cancel_ticket(
            ticket=Ticket.objects.get(), closed_at=closed_at, status=None, state=None, reason="Sent twice",
            by=desk.user, at=AT + 3 * HOUR,
        )  # fmt: skip

    with pytest.raises(InvalidInput, match="was started after that instant") as refused:
        cancel(AT + HOUR / 2)
    assert refused.value.field == "closed_at"
    ticket = cancel(AT + 2 * HOUR)
    work.refresh_from_db()
    planned.refresh_from_db()
    assert (work.ended_at, planned.is_started) == (AT + 2 * HOUR, False)
    told = [str(item.template) % item.params for item in timeline(ticket, desk.user)]
    assert "Remote work ended as the ticket was cancelled." in told
    reopen_ticket(
        ticket=ticket, reason="It was not", status=None, state=None, copy=None, by=desk.user, at=AT + 3 * HOUR
    )
    work.refresh_from_db()
    assert work.is_archived


def test_an_intake_left_open_ends_with_the_closing(desk: Desk) -> None:
    """Work of a duplicate may resolve the kept ticket while its intake is open (Spec T12, T29)."""
    kept, duplicate = desk.open(AT), desk.open(AT)
    work = desk.work(duplicate, AT)
    merge_ticket(ticket=work.ticket, into=kept, reason="Twice", by=desk.user, at=AT)
    work = kept.interventions.get(pk=work.pk)
    desk.finish(work, AT + HOUR, resolved=True, closed_internally=True)
    assert not kept.interventions.filter(ended_at=None).exists()


def test_no_right(desk: Desk) -> None:
    """Closing and cancelling are rights of their own (Spec R2)."""
    ticket = desk.resolve(desk.open(AT), AT + HOUR)
    user = colleague(desk, Right.INTERVENE, Right.EDIT_TICKETS)
    now = AT + 2 * HOUR
    with pytest.raises(NotAllowed):
        close_ticket(
            ticket=ticket, closing=Closing.INTERNALLY, closed_at=now, status=None, state=None, by=user, at=now
        )
    with pytest.raises(NotAllowed):
        cancel_ticket(ticket=ticket, closed_at=now, status=None, state=None, reason="x", by=user, at=now)
