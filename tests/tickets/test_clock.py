"""The clock through the real operations: the manual's case and what other desks fail (Spec C10 to C13)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from cadran.contracts.models import ContractStatus
from cadran.contracts.operations import save_contract, set_commitment_choices
from cadran.tickets.choices import ClockState, Phase
from cadran.tickets.models import Ticket
from cadran.tickets.operations import (
    InterventionDetails,
    add_intervention,
    cancel_ticket,
    edit_ticket,
    resume_ticket,
    start_intervention,
    suspend_ticket,
)
from cadran.tickets.queries import clock_view, clock_views
from tests.factories.desk import Desk, a_desk, paris
from tests.factories.trade import (
    MONDAY,
    OFFICE,
    ROUND_THE_CLOCK,
    a_commitment,
    a_contract,
    a_schedule,
    a_service,
    contract_details,
)

DAYS = range(1, 6)


def pause(desk: Desk, ticket: Ticket, begin: datetime, end: datetime | None) -> None:
    suspend_ticket(
        ticket=ticket,
        began_at=begin,
        reason=desk.reason(),
        status=None,
        by=desk.user,
        at=max(begin, end or begin),
    )
    if end is not None:
        resume_ticket(ticket=ticket, ended_at=end, status=None, by=desk.user, at=end)


def promise(desk: Desk, **promised: Any) -> None:
    """Give the desk's service another commitment."""
    commitment = a_commitment("other", desk.schedule, **promised)
    set_commitment_choices(holder=desk.service, choices=[(None, commitment)], by=None, at=MONDAY)


@pytest.mark.django_db
class TestTheManual:
    """A request mailed at 02:00 is read at 09:00 and entered at 17:00, on 9 to 18 (Spec C10)."""

    @pytest.mark.parametrize(
        ("promised", "due"),
        [
            ({"resolution_amount": 4, "resolution_start": "entry"}, "2026-03-03 12:00"),
            ({"resolution_amount": 4, "resolution_start": "reception"}, "2026-03-02 13:00"),
            (
                {"resolution_amount": 2, "resolution_unit": "day", "resolution_start": "reception"},
                "2026-03-04 18:00",
            ),
            (
                {"resolution_amount": 2, "resolution_unit": "day", "resolution_start": "entry"},
                "2026-03-04 18:00",
            ),
        ],
    )
    def test_hours_and_days_from_reception_or_entry(self, promised: dict[str, Any], due: str) -> None:
        """Hours differ with the start, two working days don't (Spec C10, C11)."""
        desk = a_desk(**promised)
        ticket = desk.open(paris("2026-03-02 02:00"), at=paris("2026-03-02 17:00"))
        assert ticket.resolution_due_at == paris(due)

    def test_received_at_says_which_instant_is_meant(self, desk: Desk) -> None:
        """Correcting the reception recomputes from the start (Spec C13)."""
        promise(desk, response_amount=None, resolution_amount=4)
        ticket = desk.open(paris("2026-03-02 02:00"), at=paris("2026-03-02 17:00"))
        assert ticket.resolution_due_at == paris("2026-03-02 13:00")
        edit_ticket(
            ticket=ticket,
            changes={"received_at": paris("2026-03-02 17:00")},
            base={"received_at": ticket.received_at},
            by=desk.user,
            at=paris("2026-03-02 17:05"),
        )
        assert ticket.resolution_due_at == paris("2026-03-03 12:00")


@pytest.mark.django_db
class TestWhatOtherDesksFail:
    """The checks of design/clock.md, through the real operations."""

    def test_pause_over_the_weekend(self) -> None:
        """Friday 17:00 to Monday 10:00 paused, 9 to 18, 8 h from Friday 15:00: due Monday 16:00 (Spec T24)."""
        desk = a_desk(resolution_amount=8)
        ticket = desk.open(paris("2026-03-06 15:00"))
        pause(desk, ticket, paris("2026-03-06 17:00"), paris("2026-03-09 10:00"))
        assert ticket.suspended_seconds == 2 * 3600
        # 15 to 17 on Friday, 10 to 16 on Monday: 8 hours of work
        assert ticket.resolution_due_at == paris("2026-03-09 16:00")

    def test_friday_afternoon_runs_over_to_monday(self) -> None:
        """4 h from Friday 16:00 on 8 to 17 is due Monday 11:00 (Spec C10)."""
        desk = a_desk(weekly={key: [[480, 1020]] for key in DAYS}, resolution_amount=4, response_amount=4)
        assert desk.open(paris("2026-03-06 16:00")).resolution_due_at == paris("2026-03-09 11:00")

    def test_start_at_lunch(self) -> None:
        """2 h from 12:30 on 9-13/14-17 is due 15:30 (Spec C10)."""
        desk = a_desk(
            weekly={key: [[540, 780], [840, 1020]] for key in DAYS}, resolution_amount=2, response_amount=2
        )
        assert desk.open(paris("2026-03-02 12:30")).resolution_due_at == paris("2026-03-02 15:30")

    def test_severity_changed_after_a_pause_keeps_the_pause(self, desk: Desk) -> None:
        """A change recomputes from the start with all suspensions (Spec C13)."""
        quick = a_commitment("quick", desk.schedule, resolution_amount=2)
        choices = [(None, desk.commitment), (desk.severity("blocking"), quick)]
        set_commitment_choices(holder=desk.service, choices=choices, by=None, at=MONDAY)
        ticket = desk.open(paris("2026-03-02 09:00"))
        pause(desk, ticket, paris("2026-03-02 10:00"), paris("2026-03-02 11:00"))
        edit_ticket(
            ticket=ticket,
            changes={"severity": desk.severity("blocking")},
            base={},
            by=desk.user,
            at=paris("2026-03-02 11:30"),
        )
        assert ticket.commitment_version.commitment == quick
        assert ticket.resolution_due_at == paris("2026-03-02 12:00")
        assert ticket.suspended_seconds == 3600

    def test_priority_moves_nothing(self, desk: Desk) -> None:
        """The priority is the internal order of work; no clock looks at it (Spec C9, C13)."""
        from cadran.catalogue.models import Priority

        ticket = desk.open(paris("2026-03-02 09:00"))
        due = ticket.resolution_due_at
        priority = Priority.objects.get(code="priority-1")
        edit_ticket(ticket=ticket, changes={"priority": priority}, base={}, by=desk.user, at=MONDAY)
        assert ticket.resolution_due_at == due

    def test_suspended_from_reception_never_starts(self, desk: Desk) -> None:
        """A ticket created suspended has no due date and keeps its whole guarantee (Spec T23)."""
        at = paris("2026-03-02 09:00")
        ticket = desk.open(at)
        pause(desk, ticket, at, None)
        later = clock_view(ticket, at + timedelta(days=30))
        assert ticket.resolution_due_at is None
        assert (later.resolution.left_seconds, later.resolution.colour) == (8 * 3600, "still")

    def test_a_renamed_schedule_moves_nothing(self, desk: Desk) -> None:
        """Names are no part of a schedule's layout (Spec C8)."""
        ticket = desk.open(paris("2026-03-02 09:00"))
        before = desk.schedule.current_version
        desk.reschedule(OFFICE, MONDAY, name_fr="Bureau", name_en="Office hours")
        assert desk.schedule.current_version == before == ticket.action_schedule_version

    def test_an_expired_contract_gives_no_clock(self, desk: Desk) -> None:
        """An expired contract never covers, so none of its commitments applies (Spec T8, C9)."""
        details = contract_details(desk.customer, end_on=date(2026, 1, 31))
        save_contract(contract=desk.contract, details=details, by=None, at=MONDAY)
        desk.contract.refresh_from_db()
        ticket = desk.open(paris("2026-03-02 09:00"))
        assert ticket.commitment_version is None
        assert {ticket.response_clock, ticket.resolution_clock} == {ClockState.NONE}

    def test_the_chosen_contract_counts_not_the_strictest(self, desk: Desk) -> None:
        """Of two contracts the chosen one counts (Spec C9)."""
        strict = a_commitment("strict", desk.schedule, resolution_amount=1, response_amount=1)
        other = a_contract(desk.customer, label="Premium")
        service = a_service(other, label="Premium", assets=[desk.asset])
        set_commitment_choices(holder=service, choices=[(None, strict)], by=None, at=MONDAY)
        at = paris("2026-03-02 09:00")
        assert desk.open(at).resolution_due_at == paris("2026-03-02 17:00")
        chosen = desk.open(at, contract=other, service=service)
        assert chosen.resolution_due_at == paris("2026-03-02 10:00")

    def test_a_long_closure_and_a_short_guarantee_give_a_date(self, desk: Desk) -> None:
        """Closed for 30 days, 1 hour promised: due an hour after the doors open again (Spec C8)."""
        from cadran.contracts.details import ExceptionDetails

        promise(desk, resolution_amount=1, response_amount=1)
        first = date(2026, 3, 2)
        closed = tuple(
            ExceptionDetails(date=first + timedelta(days=day), name_fr="Fermé", is_closed=True)
            for day in range(30)
        )
        desk.reschedule(OFFICE, MONDAY, exceptions=closed)
        ticket = desk.open(paris("2026-03-02 09:00"))
        assert ticket.resolution_due_at == paris("2026-04-01 10:00")


@pytest.mark.django_db
class TestStates:
    """What the stored clock says (design: clock)."""

    def test_a_guarantee_from_the_response_waits_for_it(self) -> None:
        """No resolution clock before the ticket is taken in hand (Spec C10)."""
        desk = a_desk(resolution_start="response", resolution_amount=2)
        ticket = desk.open(paris("2026-03-02 09:00"))
        assert (ticket.resolution_clock, ticket.resolution_due_at) == (ClockState.WAITING, None)
        desk.work(ticket, paris("2026-03-02 11:00"))
        assert (ticket.resolution_clock, ticket.resolution_due_at) == (
            ClockState.RUNNING,
            paris("2026-03-02 13:00"),
        )

    def test_response_at_the_very_due_date_is_in_time_a_second_later_is_not(self, desk: Desk) -> None:
        """A target met at the very deadline is in time (vectors, rule 11)."""
        for second, state in ((0, ClockState.MET), (1, ClockState.MISSED)):
            ticket = desk.open(paris("2026-03-02 09:00"))
            desk.work(ticket, paris("2026-03-02 13:00") + timedelta(seconds=second))
            assert ticket.response_clock == state
            assert ticket.response_due_at == paris("2026-03-02 13:00")

    def test_suspended_after_the_due_date_stays_late(self, desk: Desk) -> None:
        """A suspension that began after the due date moves nothing (Spec T24)."""
        ticket = desk.open(paris("2026-03-02 09:00"))
        pause(desk, ticket, paris("2026-03-03 09:00"), None)
        view = clock_view(ticket, paris("2026-03-04 12:00")).resolution
        assert (view.colour, view.frozen_colour) == ("still", "red")
        assert view.due_at == paris("2026-03-02 17:00")
        assert view.left_seconds == -3600
        resume_ticket(
            ticket=ticket,
            ended_at=paris("2026-03-04 12:00"),
            status=None,
            by=desk.user,
            at=paris("2026-03-04 12:00"),
        )
        assert ticket.resolution_due_at == paris("2026-03-02 17:00")
        assert ticket.suspended_seconds == 12 * 3600
        assert clock_view(ticket, paris("2026-03-04 13:00")).resolution.left_seconds == -2 * 3600

    def test_a_suspension_outside_hours_loses_nothing(self, desk: Desk) -> None:
        """Wholly outside working hours (Spec T24)."""
        ticket = desk.open(paris("2026-03-02 16:00"))
        due = ticket.resolution_due_at
        pause(desk, ticket, paris("2026-03-02 19:00"), paris("2026-03-03 08:00"))
        assert (ticket.resolution_due_at, ticket.suspended_seconds) == (due, 0)

    def test_lost_time_is_measured_on_the_action_schedule_for_both(self) -> None:
        """Received round the clock, worked on 9 to 18: a night lost moves neither due date (Spec T24, C10)."""
        desk = a_desk(weekly=ROUND_THE_CLOCK)
        action = a_schedule("action")
        commitment = a_commitment(
            "wide", desk.schedule, action_schedule=action, response_amount=20, resolution_amount=8
        )
        set_commitment_choices(holder=desk.service, choices=[(None, commitment)], by=None, at=MONDAY)
        ticket = desk.open(paris("2026-03-02 12:00"))
        assert ticket.response_due_at == paris("2026-03-03 08:00")
        pause(desk, ticket, paris("2026-03-02 17:00"), paris("2026-03-02 23:00"))
        assert ticket.suspended_seconds == 3600
        assert ticket.response_due_at == paris("2026-03-03 09:00")
        assert ticket.resolution_due_at == paris("2026-03-03 12:00")

    def test_cancelled_clocks_are_void(self, desk: Desk) -> None:
        """Unmet clocks of a cancelled ticket are void, met ones keep their verdict (Spec T26)."""
        ticket = desk.open(paris("2026-03-02 09:00"))
        desk.work(ticket, paris("2026-03-02 10:00"))
        at = paris("2026-03-02 11:00")
        cancel_ticket(
            ticket=ticket, closed_at=at, status=None, state=None, reason="Twice", by=desk.user, at=at
        )
        assert (ticket.response_clock, ticket.resolution_clock) == (ClockState.MET, ClockState.VOID)
        assert ticket.resolution_due_at is None
        assert clock_view(ticket, at).resolution.colour == "none"

    def test_the_night_clocks_change(self) -> None:
        """8 h round the clock over the night of 29 March 2026 end an hour later on the wall (vectors, rule 2)."""
        desk = a_desk(weekly=ROUND_THE_CLOCK)
        ticket = desk.open(paris("2026-03-28 22:00"))
        assert ticket.resolution_due_at == paris("2026-03-29 07:00")

    def test_countdown_agrees_to_the_second(self, desk: Desk) -> None:
        """Seconds left equal the openings up to the due date, as the page counts them (Spec C12)."""
        ticket = desk.open(paris("2026-03-06 15:00"))
        now = paris("2026-03-06 17:59") + timedelta(seconds=30)
        view = clock_view(ticket, now, with_openings=True).resolution
        due = view.due_at.timestamp()
        counted = sum(max(0, min(end, due) - max(begin, now.timestamp())) for begin, end in view.openings)
        assert counted == view.left_seconds == 5 * 3600 + 30

    def test_lists_ask_nothing_per_row(self, desk: Desk, django_assert_num_queries: Any) -> None:
        """The clocks of one and of three rows cost the same four queries (house: reads)."""
        for _number in range(3):
            ticket = desk.open(paris("2026-03-02 09:00"))
        pause(desk, ticket, paris("2026-03-02 10:00"), None)
        now = paris("2026-03-02 12:00")
        clock_views(Ticket.objects.for_lists(), now)
        for count in (1, 3):
            with django_assert_num_queries(4):
                views = clock_views(Ticket.objects.for_lists()[:count], now)
            assert len(views) == count


@pytest.mark.django_db
class TestSettled:
    """A milestone that is met is settled (design: clock)."""

    def test_a_new_commitment_leaves_the_response_and_moves_the_resolution(self, desk: Desk) -> None:
        """Clocks of finished milestones don't move (Spec C13)."""
        quick = a_commitment("quick", desk.schedule, response_amount=1, resolution_amount=3)
        choices = [(None, desk.commitment), (desk.severity("blocking"), quick)]
        set_commitment_choices(holder=desk.service, choices=choices, by=None, at=MONDAY)
        ticket = desk.open(paris("2026-03-02 09:00"))
        desk.work(ticket, paris("2026-03-02 11:00"))
        edit_ticket(
            ticket=ticket,
            changes={"severity": desk.severity("blocking")},
            base={},
            by=desk.user,
            at=paris("2026-03-02 11:30"),
        )
        assert ticket.response_due_at == paris("2026-03-02 13:00")
        assert ticket.response_commitment_version.commitment == desk.commitment
        assert ticket.resolution_due_at == paris("2026-03-02 12:00")

    def test_a_suspension_after_the_response_does_not_touch_it(self, desk: Desk) -> None:
        """Suspensions after the milestone move nothing (vectors, rule 11)."""
        ticket = desk.open(paris("2026-03-02 09:00"))
        desk.work(ticket, paris("2026-03-02 10:00"))
        pause(desk, ticket, paris("2026-03-02 10:30"), paris("2026-03-02 12:30"))
        assert ticket.response_due_at == paris("2026-03-02 13:00")
        assert ticket.resolution_due_at == paris("2026-03-03 10:00")

    def test_the_earliest_start_is_the_response(self, desk: Desk) -> None:
        """The first intervention by its actual start, whichever was entered first (Spec T19)."""
        ticket = desk.open(paris("2026-03-02 09:00"))
        desk.work(ticket, paris("2026-03-02 14:00"))
        assert ticket.response_clock == ClockState.MISSED
        late = add_intervention(
            ticket=ticket,
            details=InterventionDetails(type=desk.type()),
            by=desk.user,
            at=paris("2026-03-02 15:00"),
        )
        late.ticket = ticket
        start_intervention(
            intervention=late,
            started_at=paris("2026-03-02 12:00"),
            by=desk.user,
            at=paris("2026-03-02 15:00"),
        )
        assert (ticket.responded_at, ticket.response_clock) == (paris("2026-03-02 12:00"), ClockState.MET)
        assert ticket.phase == Phase.IN_PROGRESS


def test_disputed_contracts_do_not_cover(desk: Desk) -> None:
    """Only a running contract covers tickets (Spec C1, T8)."""
    details = contract_details(desk.customer, status=ContractStatus.DISPUTED)
    save_contract(contract=desk.contract, details=details, by=None, at=MONDAY)
    desk.contract.refresh_from_db()
    assert desk.open().commitment_version is None
