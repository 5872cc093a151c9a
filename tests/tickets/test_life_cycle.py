"""Any sequence of acts keeps a ticket consistent (Spec T2, T3, T4, T24, C14)."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.db import transaction
from django.db.models import Model
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

import slaclock
from cadran.contracts.operations import set_commitment_choices
from cadran.contracts.queries import layout_of
from cadran.core.business_rules import set_business_rule
from cadran.core.errors import CadranError
from cadran.core.models import JournalEntry
from cadran.tickets.business_rules import REOPEN_CLOCK
from cadran.tickets.choices import ClockState, Closing, Phase, SuspensionKind
from cadran.tickets.models import Intervention, Suspension, Ticket
from cadran.tickets.operations import (
    Finish,
    InterventionDetails,
    add_intervention,
    cancel_ticket,
    close_ticket,
    edit_ticket,
    finish_intervention,
    recompute_for_schedule,
    reopen_ticket,
    resume_ticket,
    start_intervention,
    suspend_ticket,
)
from cadran.tickets.queries import clock_view, explain_ticket, timeline
from tests.factories.desk import Desk, paris
from tests.factories.trade import MONDAY, OFFICE, a_commitment

LUNCH = {day: [[540, 720], [780, 1080]] for day in range(1, 7)}
minutes = st.integers(0, 600)
steps = st.sampled_from([0, 1, 29, 60, 61, 300, 1440, 4000])
ticks = st.booleans()


def facts() -> tuple[Any, ...]:
    return tuple(list(model.objects.order_by("pk").values()) for model in (Ticket, Suspension, Intervention))


def fresh(desk: Desk) -> Desk:
    """The desk with every row as stored, whatever the example before did to the objects."""
    rows = {name: row for name, row in vars(desk).items() if isinstance(row, Model)}
    return replace(desk, **{name: type(row)._default_manager.get(pk=row.pk) for name, row in rows.items()})  # type: ignore[arg-type]


class LifeCycle(RuleBasedStateMachine):
    """One ticket, an agent who tries everything at times that may make no sense, and a clock that goes on."""

    common: ClassVar[Desk]

    def __init__(self) -> None:
        super().__init__()
        self.now = paris("2026-03-05 16:30")
        self.rows: list[int] = []
        self.example = transaction.atomic()
        self.example.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    @initialize(back=minutes, start=st.sampled_from(["reception", "entry", "response"]), restart=ticks)
    def open(self, back: int, start: str, restart: bool) -> None:
        self.desk = fresh(self.common)
        usual = a_commitment("usual", self.desk.schedule, resolution_amount=6, resolution_start=start)
        quick = a_commitment(
            "quick", self.desk.schedule, response_amount=1, resolution_amount=1, resolution_unit="day"
        )
        choices = [(None, usual), (self.desk.severity("blocking"), quick)]
        set_commitment_choices(holder=self.desk.service, choices=choices, by=None, at=MONDAY)
        set_business_rule(
            definition=REOPEN_CLOCK, value="restart" if restart else "continue", by=None, at=self.now
        )
        self.ticket = self.desk.open(self.now - timedelta(minutes=back), at=self.now)

    def seen(self) -> Ticket:
        found: Ticket = Ticket.objects.get(pk=self.ticket.pk)
        return found

    def attempt(self, act: Callable[[Ticket], Any]) -> None:
        """Do it; a refusal must have changed nothing and say something."""
        before, rows = facts(), JournalEntry.objects.count()
        try:
            act(self.seen())
        except CadranError as refused:
            assert refused.message
            assert facts()[1:] == before[1:]
            assert facts()[0] == before[0]
            assert JournalEntry.objects.count() == rows

    def unfinished(self, *, started: bool) -> Intervention | None:
        work = Intervention.objects.select_related("ticket").filter(
            ended_at=None, started_at__isnull=not started
        )
        return work.order_by("-number").first()  # type: ignore[no-any-return]

    @rule(step=steps)
    def wait(self, step: int) -> None:
        self.now += timedelta(minutes=step)

    @rule(kind=st.sampled_from(["remote-work", "control"]), start=ticks)
    def add(self, kind: str, start: bool) -> None:
        details = InterventionDetails(type=self.desk.type(kind))
        self.attempt(
            lambda ticket: add_intervention(
                ticket=ticket, details=details, by=self.desk.user, at=self.now, start=start
            )
        )

    @rule(back=minutes)
    def start(self, back: int) -> None:
        planned = self.unfinished(started=False)
        if planned is not None:
            started_at = self.now - timedelta(minutes=back)
            self.attempt(
                lambda _ticket: start_intervention(
                    intervention=planned, started_at=started_at, by=self.desk.user, at=self.now
                )
            )

    @rule(
        started=ticks, back=minutes, length=minutes, intervened=ticks, resolved=ticks, by_customer=ticks,
        internally=ticks, following=ticks,
    )  # fmt: skip
    def finish(
        self, started: bool, back: int, length: int, intervened: bool, resolved: bool, by_customer: bool,
        internally: bool, following: bool,
    ) -> None:  # fmt: skip
        work = self.unfinished(started=started)
        if work is None:
            return
        ended_at = self.now - timedelta(minutes=back)
        finish = Finish(
            started_at=ended_at - timedelta(minutes=length),
            ended_at=ended_at,
            intervened=intervened,
            resolved=resolved,
            closed_by_customer=by_customer and internally,
            closed_internally=internally and back % 2 == 0,
            next=InterventionDetails(type=self.desk.type()) if following else None,
            start_next=following,
        )
        self.attempt(
            lambda _ticket: finish_intervention(
                intervention=work, finish=finish, by=self.desk.user, at=self.now
            )
        )

    @rule(back=minutes)
    def suspend(self, back: int) -> None:
        began_at = self.now - timedelta(minutes=back // 4)
        self.attempt(
            lambda ticket: suspend_ticket(
                ticket=ticket, began_at=began_at, reason=self.desk.reason(), status=None, by=self.desk.user,
                at=self.now,
            )
        )  # fmt: skip

    @rule(back=minutes)
    def resume(self, back: int) -> None:
        ended_at = self.now - timedelta(minutes=back // 8)
        self.attempt(
            lambda ticket: resume_ticket(
                ticket=ticket, ended_at=ended_at, status=None, by=self.desk.user, at=self.now
            )
        )

    @rule(closing=st.sampled_from(Closing), back=minutes)
    def close(self, closing: Closing, back: int) -> None:
        closed_at = self.now - timedelta(minutes=back // 8)
        self.attempt(
            lambda ticket: close_ticket(
                ticket=ticket, closing=closing, closed_at=closed_at, status=None, state=None, by=self.desk.user,
                at=self.now,
            )
        )  # fmt: skip

    @rule(rarely=st.integers(0, 3))
    def cancel(self, rarely: int) -> None:
        if rarely == 0:
            self.attempt(
                lambda ticket: cancel_ticket(
                    ticket=ticket, closed_at=self.now, status=None, state=None, reason="Twice", by=self.desk.user,
                    at=self.now,
                )
            )  # fmt: skip

    @rule(copy=ticks)
    def reopen(self, copy: bool) -> None:
        details = InterventionDetails(type=self.desk.type()) if copy else None
        self.attempt(
            lambda ticket: reopen_ticket(
                ticket=ticket,
                reason="Again",
                status=None,
                state=None,
                copy=details,
                by=self.desk.user,
                at=self.now,
            )
        )

    @rule(
        severity=st.sampled_from(["blocking", "major"]), outside=st.sampled_from([True, None]), back=minutes
    )
    def edit(self, severity: str, outside: bool | None, back: int) -> None:
        changes = {
            "severity": self.desk.severity(severity),
            "out_of_scope_override": outside,
            "received_at": self.seen().received_at - timedelta(minutes=back // 20),
        }
        self.attempt(
            lambda ticket: edit_ticket(
                ticket=ticket, changes=changes, base={}, by=self.desk.user, at=self.now
            )
        )

    @rule(lunch=ticks)
    def reschedule(self, lunch: bool) -> None:
        self.desk.reschedule(LUNCH if lunch else OFFICE, self.now)
        recompute_for_schedule(version=self.desk.schedule.current_version, by=None, at=self.now)

    @invariant()
    def phase_milestones_and_suspension_agree(self) -> None:
        ticket = self.seen()
        phase = Phase(ticket.phase)
        assert ticket.status.phase == phase
        lasting = ticket.suspensions.filter(ended_at=None)
        assert (phase == Phase.SUSPENDED) == lasting.exists() == (ticket.suspended_since is not None)
        if lasting:
            assert lasting.get().began_at == ticket.suspended_since
        closed = phase == Phase.CLOSED_INTERNALLY
        assert closed == (ticket.closed_internally_at is not None)
        assert (closed or phase == Phase.CLOSED_BY_CUSTOMER) == (ticket.closed_by_customer_at is not None)
        done = phase in (Phase.RESOLVED, Phase.CLOSED_BY_CUSTOMER) or (closed and not ticket.is_cancelled)
        assert not done or ticket.resolved_at is not None
        assert ticket.resolved_at is None or ticket.phase not in (
            Phase.CREATED,
            Phase.IN_PROGRESS,
            Phase.SUSPENDED,
        )
        instants = [ticket.received_at, ticket.responded_at, ticket.resolved_at]
        known = [instant for instant in instants if instant is not None]
        assert known == sorted(known)
        assert all(instant <= self.now for instant in known)
        worked_on = ticket.interventions.filter(type__is_intake=False, started_at__isnull=False).exists()
        assert worked_on or phase != Phase.IN_PROGRESS
        assert not worked_on or phase != Phase.CREATED

    @invariant()
    def stored_clocks_are_explained(self) -> None:
        ticket = self.seen()
        view = clock_view(ticket, self.now, with_openings=True)
        for kind in ("response", "resolution"):
            told = explain_ticket(ticket, kind, self.now)  # type: ignore[arg-type]
            assert told.agrees
            if told.ledger is not None:
                assert told.ledger.adds_up
            clock = getattr(view, kind)
            milestone = ticket.responded_at if kind == "response" else ticket.resolved_at
            if clock.state in (ClockState.MET, ClockState.MISSED):
                assert clock.in_time == (milestone <= clock.due_at)
            if clock.state in (ClockState.RUNNING, ClockState.SUSPENDED):
                assert milestone is None
                assert (clock.state == ClockState.SUSPENDED) == (ticket.phase == Phase.SUSPENDED)
            if clock.state == ClockState.RUNNING:
                is_red = self.now >= clock.due_at
                warns = clock.warns_at is not None and self.now >= clock.warns_at
                assert clock.colour == ("red" if is_red else "orange" if warns else "green")

    @invariant()
    def lost_time_adds_up(self) -> None:
        ticket = self.seen()
        version = ticket.action_schedule_version
        customers = ticket.suspensions.filter(kind=SuspensionKind.CUSTOMER).exclude(ended_at=None)
        assert ticket.suspended_seconds == sum(row.lost_seconds or 0 for row in customers)
        if version is not None:
            for row in ticket.suspensions.exclude(ended_at=None):
                assert row.lost_seconds == slaclock.working_seconds(
                    layout_of(version), row.began_at, row.ended_at
                )
        spans = sorted((row.began_at, row.ended_at or self.now) for row in customers)
        assert all(first[1] <= second[0] for first, second in itertools.pairwise(spans))

    @invariant()
    def the_journal_only_grows(self) -> None:
        rows = list(JournalEntry.objects.of("ticket", self.ticket.pk).values_list("pk", flat=True))
        assert rows[: len(self.rows)] == self.rows
        self.rows = rows
        assert all(item.text for item in timeline(self.seen(), self.desk.user, kinds=["journal"]))


@pytest.mark.slow
def test_life_cycle(desk: Desk) -> None:
    """Phase, milestones, suspension, clocks and journal agree after every act, refused ones change nothing."""
    LifeCycle.common = desk
    run_state_machine_as_test(
        LifeCycle,
        settings=settings(
            max_examples=10, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
