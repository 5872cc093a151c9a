"""Schedules and commitments that change under open tickets (Spec C13)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import translation

from cadran.accounts.rights import Right
from cadran.contracts.details import CalendarDetails
from cadran.contracts.operations import add_holiday, save_calendar, save_commitment
from cadran.core.errors import NotAllowed
from cadran.core.models import JournalEntry
from cadran.jobs.models import Job, JobStatus
from cadran.jobs.worker import run_due
from cadran.tickets.choices import ClockState
from cadran.tickets.models import Ticket
from cadran.tickets.operations import (
    move_to_current_commitment,
    recompute_for_schedule,
    recompute_stragglers,
    recompute_ticket,
    suspend_ticket,
)
from cadran.tickets.queries import explain_ticket, timeline
from cadran.tickets.queries.usage import open_tickets_by_version, open_tickets_on, recomputation_of
from tests.factories.desk import Desk, colleague, paris
from tests.factories.trade import OFFICE, commitment_details

AT = paris("2026-03-02 10:00")
HOUR = timedelta(hours=1)
SHORT = {day: [[540, 720]] for day in range(1, 6)}  # 9 to 12


def recomputed() -> int:
    return JournalEntry.objects.filter(kind="ticket.clock_recomputed").count()


def test_a_new_schedule_moves_open_tickets_in_the_background(desk: Desk) -> None:
    """Every open ticket, each told before and after; met milestones don't move; progress shown (Spec C13)."""
    plain = desk.open(AT)
    answered = desk.open(AT)
    desk.work(answered, AT + HOUR)
    resolved = desk.resolve(desk.open(AT), AT + HOUR)
    kept = (resolved.resolution_due_at, resolved.action_schedule_version)
    response = (answered.response_due_at, answered.reception_schedule_version)
    desk.reschedule(SHORT, AT + HOUR)
    version = desk.schedule.current_version
    assert open_tickets_on(desk.schedule) == 2
    assert recomputation_of(desk.schedule, AT).is_running  # type: ignore[union-attr]
    assert run_due() >= 1
    for ticket in (plain, answered, resolved):
        ticket.refresh_from_db()
    assert plain.resolution_due_at == paris("2026-03-04 12:00")
    assert plain.response_due_at == paris("2026-03-03 11:00")
    assert (answered.response_due_at, answered.reception_schedule_version) == response
    assert (answered.resolution_due_at, answered.action_schedule_version) == (
        plain.resolution_due_at,
        version,
    )
    assert (resolved.resolution_due_at, resolved.action_schedule_version) == kept
    assert recomputed() == 2
    row = JournalEntry.objects.filter(kind="ticket.clock_recomputed", subject_id=plain.pk).get()
    assert row.author is None
    assert row.data["reason"] == "schedule"
    assert row.data["clocks"]["resolution"]["after"] == plain.resolution_due_at.isoformat()
    job = Job.objects.get(task="cadran.tickets.tasks.recompute_for_schedule")
    assert (job.status, job.progress_done, job.progress_total) == (JobStatus.SUCCESSFUL, 2, 2)
    for ticket in (plain, answered, resolved):
        for guarantee in ("response", "resolution"):
            assert explain_ticket(ticket, guarantee, AT + 2 * HOUR).agrees  # type: ignore[arg-type]


def test_a_holiday_says_what_moved_and_by_whom(desk: Desk) -> None:
    """The recomputation names the schedule, the holiday and who added it (Spec C13)."""
    calendar = save_calendar(
        calendar=None,
        details=CalendarDetails(code="own", name_fr="Les nôtres", name_en="Ours", country="", region=""),
        by=None,
        at=AT,
    )
    desk.reschedule(OFFICE, AT, calendar=calendar)
    ticket = desk.open(AT + 4 * HOUR)
    add_holiday(
        calendar=calendar, date=date(2026, 3, 3), name_fr="Fête", name_en="Feast", by=desk.user, at=AT + HOUR
    )
    run_due()
    with translation.override("en"):
        item = next(item for item in timeline(ticket, desk.user) if item.code == "clock_recomputed")
    for part in (str(desk.user), "added the holiday Feast", "3 Mar 2026", desk.schedule.name_en):
        assert part in item.text
    assert [one.field for one in item.dues] == ["resolution"]
    assert item.author_name == ""


def test_run_twice_it_does_nothing_more(desk: Desk) -> None:
    """Robust to being run again (Spec C13)."""
    desk.open(AT)
    desk.reschedule(SHORT, AT)
    version = desk.schedule.current_version
    assert recompute_for_schedule(version=version, by=None, at=AT) == 1
    assert recompute_for_schedule(version=version, by=None, at=AT) == 0
    assert recomputed() == 1


def test_stragglers_are_caught_up(desk: Desk) -> None:
    """A ticket saved on the old version while the schedule changed is recomputed later (Spec C13)."""
    ticket = desk.open(AT)
    assert recompute_stragglers(by=None, at=AT) == 0
    desk.reschedule(SHORT, AT)
    assert recompute_stragglers(by=None, at=AT) == 1
    assert recompute_stragglers(by=None, at=AT) == 0
    ticket.refresh_from_db()
    assert ticket.action_schedule_version == desk.schedule.current_version


def test_a_version_that_moves_nothing_leaves_no_row(desk: Desk) -> None:
    """Old and new due date go to the timeline only when they differ (Spec C13)."""
    ticket = desk.open(AT)
    desk.reschedule({**{day: [[540, 1080]] for day in range(1, 6)}, 7: [[540, 600]]}, AT)
    assert recompute_for_schedule(version=desk.schedule.current_version, by=None, at=AT) == 1
    ticket.refresh_from_db()
    assert ticket.action_schedule_version == desk.schedule.current_version
    assert recomputed() == 0


def test_suspended_tickets_and_their_lost_time_follow(desk: Desk) -> None:
    """Lost time is measured on the new schedule too; a suspended clock stays frozen (Spec T24, C13)."""
    from cadran.tickets.operations import resume_ticket

    ticket = desk.open(AT)
    suspend_ticket(ticket=ticket, began_at=AT, reason=desk.reason(), status=None, by=desk.user, at=AT)
    resume_ticket(ticket=ticket, ended_at=AT + 4 * HOUR, status=None, by=desk.user, at=AT + 4 * HOUR)
    suspend_ticket(
        ticket=ticket,
        began_at=AT + 5 * HOUR,
        reason=desk.reason(),
        status=None,
        by=desk.user,
        at=AT + 5 * HOUR,
    )
    assert (ticket.suspended_seconds, ticket.resolution_left_seconds) == (4 * 3600, 7 * 3600)
    desk.reschedule(SHORT, AT + 6 * HOUR)
    recompute_for_schedule(version=desk.schedule.current_version, by=None, at=AT + 6 * HOUR)
    ticket.refresh_from_db()
    assert ticket.resolution_clock == ClockState.SUSPENDED
    assert (ticket.suspended_seconds, ticket.resolution_left_seconds) == (2 * 3600, 8 * 3600)


def test_an_edited_commitment_is_for_new_tickets(desk: Desk) -> None:
    """Open tickets keep their version, also when recomputed, until they are moved on request (Spec C13)."""
    ticket = desk.open(AT)
    old = ticket.commitment_version
    details = replace(commitment_details("gold", desk.schedule), resolution_amount=2)
    save_commitment(commitment=desk.commitment, details=details, by=None, at=AT)
    recompute_ticket(ticket=ticket, reason="edited", by=desk.user, at=AT)
    from cadran.tickets.operations import edit_ticket

    edit_ticket(ticket=ticket, changes={"severity": desk.severity("minor")}, base={}, by=desk.user, at=AT)
    assert ticket.commitment_version == old
    assert desk.open(AT).resolution_due_at == AT + 2 * HOUR
    assert open_tickets_by_version([desk.commitment])[old.pk] == 1
    with pytest.raises(NotAllowed):
        move_to_current_commitment(commitment=desk.commitment, by=colleague(desk, Right.EDIT_TICKETS), at=AT)
    assert move_to_current_commitment(commitment=desk.commitment, by=desk.user, at=AT) == 1
    assert move_to_current_commitment(commitment=desk.commitment, by=desk.user, at=AT) == 0
    ticket.refresh_from_db()
    assert (ticket.commitment_version.number, ticket.resolution_due_at) == (2, AT + 2 * HOUR)
    assert Ticket.objects.filter(commitment_version=old).count() == 0
