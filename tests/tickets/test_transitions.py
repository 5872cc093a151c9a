"""Each phase and act: the allowed ones work, the others are refused and change nothing (Spec T2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from cadran.core.models import JournalEntry
from cadran.tickets.choices import Closing, Phase
from cadran.tickets.models import Ticket
from cadran.tickets.operations import (
    Finish,
    InterventionDetails,
    TransitionRefused,
    add_intervention,
    cancel_ticket,
    close_ticket,
    finish_intervention,
    merge_ticket,
    reopen_ticket,
    resume_ticket,
    start_intervention,
    suspend_ticket,
)
from cadran.tickets.transitions import TRANSITIONS, WHAT_TO_DO, Act, allowed
from tests.factories.desk import Desk, paris

BEGIN = paris("2026-03-02 09:00")
NOW = BEGIN + timedelta(hours=5)


def brought_to(desk: Desk, phase: Phase) -> Ticket:
    """A ticket in a phase, reached by the acts that lead there, with a planned intervention on it."""
    ticket = desk.open(BEGIN)
    details = InterventionDetails(type=desk.type())
    if phase != Phase.CREATED:
        desk.finish(desk.work(ticket, BEGIN + timedelta(hours=1)), BEGIN + timedelta(hours=2))
        ticket.refresh_from_db()
    add_intervention(ticket=ticket, details=details, by=desk.user, at=BEGIN + timedelta(hours=2))
    if phase == Phase.SUSPENDED:
        suspend(desk, ticket, BEGIN + timedelta(hours=3))
    if phase in (Phase.RESOLVED, Phase.CLOSED_BY_CUSTOMER, Phase.CLOSED_INTERNALLY):
        ticket = desk.resolve(ticket, BEGIN + timedelta(hours=3))
    if phase == Phase.CLOSED_BY_CUSTOMER:
        close(desk, ticket, Closing.BY_CUSTOMER, BEGIN + timedelta(hours=4))
    if phase == Phase.CLOSED_INTERNALLY:
        close(desk, ticket, Closing.INTERNALLY, BEGIN + timedelta(hours=4))
    assert ticket.phase == phase
    return ticket


def suspend(desk: Desk, ticket: Ticket, at: datetime) -> Any:
    return suspend_ticket(ticket=ticket, began_at=at, reason=desk.reason(), status=None, by=desk.user, at=at)


def close(desk: Desk, ticket: Ticket, closing: Closing, at: datetime) -> Any:
    return close_ticket(
        ticket=ticket, closing=closing, closed_at=at, status=None, state=None, by=desk.user, at=at
    )


def start(desk: Desk, ticket: Ticket, at: datetime) -> Any:
    planned = ticket.interventions.get(started_at=None)
    planned.ticket = ticket
    return start_intervention(intervention=planned, started_at=at, by=desk.user, at=at)


def resolve(desk: Desk, ticket: Ticket, at: datetime) -> Any:
    """Resolve by the intake, which needs no start."""
    intake = ticket.interventions.filter(ended_at=None, started_at__isnull=False).first()
    if intake is None:  # it ended by itself: a fresh one stands for whatever is still at work
        intake = ticket.interventions.get(number=1)
        type(intake).objects.filter(pk=intake.pk).update(ended_at=None)
        intake.refresh_from_db()
    intake.ticket = ticket
    finish = Finish(started_at=intake.started_at, ended_at=at, resolved=True)
    return finish_intervention(intervention=intake, finish=finish, by=desk.user, at=at)


ACTS: dict[Act, Callable[[Desk, Ticket, datetime], Any]] = {
    Act.START: start,
    Act.SUSPEND: suspend,
    Act.RESUME: lambda desk, ticket, at: resume_ticket(
        ticket=ticket, ended_at=at, status=None, by=desk.user, at=at
    ),
    Act.RESOLVE: resolve,
    Act.CLOSE_BY_CUSTOMER: lambda desk, ticket, at: close(desk, ticket, Closing.BY_CUSTOMER, at),
    Act.CLOSE_INTERNALLY: lambda desk, ticket, at: close(desk, ticket, Closing.INTERNALLY, at),
    Act.CANCEL: lambda desk, ticket, at: cancel_ticket(
        ticket=ticket, closed_at=at, status=None, state=None, reason="Twice", by=desk.user, at=at
    ),
    Act.REOPEN: lambda desk, ticket, at: reopen_ticket(
        ticket=ticket, reason="Not solved", status=None, state=None, copy=None, by=desk.user, at=at
    ),
    Act.MERGE: lambda desk, ticket, at: merge_ticket(
        ticket=ticket, into=desk.open(BEGIN), reason="Twice", by=desk.user, at=at
    ),
}


def test_every_pair_is_decided() -> None:
    """Each phase and act stands in one of the two tables, never in both (Spec T2)."""
    pairs = {(phase, act) for phase in Phase for act in Act}
    assert set(TRANSITIONS) | set(WHAT_TO_DO) == pairs
    assert not set(TRANSITIONS) & set(WHAT_TO_DO)


@pytest.mark.parametrize("phase", list(Phase))
def test_acts_lead_where_the_table_says_or_change_nothing(desk: Desk, phase: Phase) -> None:
    """A refused act changes nothing and its sentence says which act would do (Spec T2)."""
    from django.db import transaction

    ticket = brought_to(desk, phase)
    before = Ticket.objects.filter(pk=ticket.pk).values().get()
    for act, do in ACTS.items():
        seen = Ticket.objects.get(pk=ticket.pk)
        rows = JournalEntry.objects.count()
        if allowed(phase, act):
            with transaction.atomic():
                do(desk, seen, NOW)
                after = Ticket.objects.get(pk=ticket.pk)
                assert after.phase == TRANSITIONS[phase, act] or (act, phase) == (
                    Act.RESUME,
                    Phase.CREATED,
                ), act
                assert after.status.phase == after.phase
                transaction.set_rollback(True)
        else:
            with transaction.atomic():
                with pytest.raises(TransitionRefused) as refused:
                    do(desk, seen, NOW)
                assert ticket.number in refused.value.message
                assert Ticket.objects.filter(pk=ticket.pk).values().get() == before
                assert JournalEntry.objects.count() == rows
                transaction.set_rollback(True)


def test_resuming_a_ticket_never_worked_on_leads_back_to_created(desk: Desk) -> None:
    """A ticket is created until an intervention other than the intake is started (Spec T2)."""
    ticket = desk.open(BEGIN)
    suspend(desk, ticket, BEGIN)
    resume_ticket(ticket=ticket, ended_at=NOW, status=None, by=desk.user, at=NOW)
    assert ticket.phase == Phase.CREATED
    assert ticket.status.phase == Phase.CREATED
