"""The finish dialog: one dialog, one transaction (Spec T12, T19, T20, T22, T26)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cadran.accounts.rights import Right
from cadran.catalogue.models import ProductVersion
from cadran.contracts.operations import set_commitment_choices
from cadran.core.errors import InvalidInput, NotAllowed, Stale
from cadran.core.models import JournalEntry
from cadran.tickets.choices import ClockState, Phase
from cadran.tickets.models import Intervention, Ticket
from cadran.tickets.operations import (
    EditConflict,
    Finish,
    InterventionDetails,
    TransitionRefused,
    add_intervention,
    edit_ticket,
    finish_intervention,
    suspend_ticket,
)
from tests.factories.desk import Desk, colleague, paris
from tests.factories.trade import MONDAY, a_commitment

AT = paris("2026-03-02 10:00")
HOUR = timedelta(hours=1)


def snapshot() -> tuple[Any, ...]:
    return (
        list(Ticket.objects.order_by("pk").values()),
        list(Intervention.objects.order_by("pk").values()),
        JournalEntry.objects.count(),
    )


def test_resolving_dates_both_milestones_as_typed(desk: Desk) -> None:
    """Response: start of the first that counts; resolution: end of the one that resolved, as typed (Spec T19)."""
    ticket = desk.open(AT)
    work = desk.work(ticket, AT + 3 * HOUR)
    desk.finish(
        work, AT + 2 * HOUR, started_at=AT + HOUR, at=AT + 4 * HOUR, resolved=True,
        external_report="<p>Done</p>", internal_report="<p>Hidden</p>", remaining_effort=0,
    )  # fmt: skip
    ticket = work.ticket
    assert (ticket.responded_at, ticket.resolved_at) == (AT + HOUR, AT + 2 * HOUR)
    assert (ticket.response_clock, ticket.resolution_clock) == (ClockState.MET, ClockState.MET)
    assert (ticket.phase, ticket.status.code) == (Phase.RESOLVED, "resolved")
    assert (work.started_at, work.ended_at, work.external_report) == (AT + HOUR, AT + 2 * HOUR, "<p>Done</p>")
    row = JournalEntry.objects.get(kind="ticket.resolved")
    assert (row.at, row.recorded_at) == (AT + 2 * HOUR, AT + 4 * HOUR)


def test_unticking_intervened_takes_the_response_back(desk: Desk) -> None:
    """The dialog says whether the work counts as response; without, the response clock goes on (Spec T19)."""
    ticket = desk.open(AT)
    work = desk.work(ticket, AT + HOUR)
    assert ticket.response_clock == ClockState.MET
    desk.finish(work, AT + 2 * HOUR, intervened=False)
    assert (work.ticket.responded_at, work.ticket.response_clock) == (None, ClockState.RUNNING)
    assert JournalEntry.objects.filter(kind="ticket.response_withdrawn").exists()


def test_a_resolution_on_the_telephone_is_the_response_too(desk: Desk) -> None:
    """The intake, which does not count as response, resolves (Spec T12)."""
    ticket = desk.open(AT, at=AT + HOUR)
    intake = ticket.interventions.get()
    intake.ticket = ticket
    desk.finish(intake, AT + 2 * HOUR, resolved=True, intervened=False)
    assert (ticket.responded_at, ticket.resolved_at) == (AT + 2 * HOUR, AT + 2 * HOUR)
    assert (ticket.phase, ticket.response_clock) == (Phase.RESOLVED, ClockState.MET)


@pytest.mark.parametrize(
    ("ticked", "phase", "dated"),
    [
        ({"resolved": True, "closed_by_customer": True}, Phase.CLOSED_BY_CUSTOMER, (True, True, False)),
        ({"resolved": True, "closed_internally": True}, Phase.CLOSED_INTERNALLY, (True, True, True)),
        (
            {"resolved": True, "closed_by_customer": True, "closed_internally": True},
            Phase.CLOSED_INTERNALLY,
            (True, True, True),
        ),
        ({}, Phase.IN_PROGRESS, (False, False, False)),
    ],
)
def test_ticked_milestones(
    desk: Desk, ticked: dict[str, bool], phase: Phase, dated: tuple[bool, ...]
) -> None:
    """Internal closing straight from resolved dates the customer closing too (Spec T26)."""
    work = desk.work(desk.open(AT), AT + HOUR)
    desk.finish(work, AT + 2 * HOUR, **ticked)
    ticket = work.ticket
    milestones = (ticket.resolved_at, ticket.closed_by_customer_at, ticket.closed_internally_at)
    assert ticket.phase == phase
    assert tuple(one == AT + 2 * HOUR for one in milestones) == dated
    assert ticket.status.phase == phase


@pytest.mark.parametrize("closing", ["closed_by_customer", "closed_internally"])
def test_closing_unresolved_is_refused(desk: Desk, closing: str) -> None:
    """Closing while not resolved and not ticking resolved: a sentence, and nothing moved (Spec T26)."""
    work = desk.work(desk.open(AT), AT + HOUR)
    before = snapshot()
    with pytest.raises(TransitionRefused) as refused:
        desk.finish(work, AT + 2 * HOUR, **{closing: True})
    assert "not resolved" in refused.value.message
    assert snapshot() == before
    assert work.ended_at is None


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"ended_at": AT + 3 * HOUR}, "ended_at"),
        ({"started_at": AT + 2 * HOUR, "ended_at": AT + HOUR}, "ended_at"),
        ({"started_at": AT - 2 * HOUR, "ended_at": AT - HOUR}, "ended_at"),
        ({"started_at": AT - HOUR, "ended_at": AT + HOUR, "intervened": True}, "started_at"),
        ({"started_at": AT, "ended_at": AT + HOUR, "status": "resolved"}, "status"),
    ],
)
def test_wrong_instants_and_statuses(desk: Desk, typed: dict[str, Any], field: str) -> None:
    """In the future, before the start, before the reception, or a status of another phase (Spec T19, T22)."""
    work = desk.work(desk.open(AT), AT + HOUR)
    before = snapshot()
    if "status" in typed:
        typed = typed | {"status": desk.status("resolved")}
    with pytest.raises(InvalidInput) as refused:
        desk.finish(work, **({"at": AT + 2 * HOUR} | typed))
    assert refused.value.field == field
    assert snapshot() == before


def test_finishing_ends_an_open_suspension(desk: Desk) -> None:
    """Finishing with resolved ends an open suspension at that instant (Spec T23)."""
    ticket = desk.open(AT)
    work = desk.work(ticket, AT + HOUR)
    suspend_ticket(
        ticket=ticket,
        began_at=AT + 2 * HOUR,
        reason=desk.reason(),
        status=None,
        by=desk.user,
        at=AT + 2 * HOUR,
    )
    work.ticket = ticket
    with pytest.raises(InvalidInput) as refused:
        desk.finish(work, AT + HOUR, at=AT + 4 * HOUR, resolved=True)
    assert refused.value.field == "ended_at"
    desk.finish(work, AT + 3 * HOUR, at=AT + 4 * HOUR, resolved=True)
    assert (ticket.phase, ticket.suspended_since, ticket.suspended_seconds) == (Phase.RESOLVED, None, 3600)
    assert ticket.suspensions.get().ended_at == AT + 3 * HOUR


def test_unresolved_work_leaves_a_suspension_open(desk: Desk) -> None:
    """Finishing without a milestone leaves the phase (Spec T19, T23)."""
    ticket = desk.open(AT)
    work = desk.work(ticket, AT + HOUR)
    suspend_ticket(
        ticket=ticket,
        began_at=AT + 2 * HOUR,
        reason=desk.reason(),
        status=None,
        by=desk.user,
        at=AT + 2 * HOUR,
    )
    work.ticket = ticket
    desk.finish(work, AT + 3 * HOUR)
    assert (ticket.phase, ticket.suspended_since) == (Phase.SUSPENDED, AT + 2 * HOUR)


def test_the_next_intervention_starts_in_the_same_transaction(desk: Desk) -> None:
    """Finish and start the next; refused together when the next can't start (Spec T19)."""
    ticket = desk.open(AT)
    work = desk.work(ticket, AT + HOUR)
    following = InterventionDetails(type=desk.type("development"), label="Patch")
    before = snapshot()
    with pytest.raises(TransitionRefused):
        desk.finish(
            work, AT + 2 * HOUR, resolved=True, closed_internally=True, next=following, start_next=True
        )
    assert snapshot() == before
    desk.finish(work, AT + 2 * HOUR, next=following, start_next=True)
    second = ticket.interventions.get(label="Patch")
    assert (second.started_at, second.number) == (AT + 2 * HOUR, 3)
    assert work.ticket.status.code == "development"


def test_a_planned_intervention_can_be_finished_at_once(desk: Desk) -> None:
    """Start and end are typed in the dialog; the ticket is at work from then on (Spec T19)."""
    ticket = desk.open(AT)
    work = add_intervention(ticket=ticket, details=InterventionDetails(type=desk.type()), by=desk.user, at=AT)
    desk.finish(work, AT + 2 * HOUR, started_at=AT + HOUR)
    assert (ticket.phase, ticket.responded_at) == (Phase.IN_PROGRESS, AT + HOUR)
    assert ticket.interventions.get(type__is_intake=True).ended_at == AT


def test_a_new_context_applies_first(desk: Desk) -> None:
    """Context, then clocks, then milestones: with 1 h promised the resolution is late (Spec T20)."""
    quick = a_commitment("quick", desk.schedule, response_amount=1, resolution_amount=1)
    choices = [(None, desk.commitment), (desk.severity("blocking"), quick)]
    set_commitment_choices(holder=desk.service, choices=choices, by=None, at=MONDAY)
    ticket = desk.open(AT)
    work = desk.work(ticket, AT + HOUR, kind="control")
    desk.finish(
        work, AT + 2 * HOUR, resolved=True, intervened=False,
        context_changes={"severity": desk.severity("blocking")}, context_base={"severity": desk.severity()},
    )  # fmt: skip
    assert (ticket.resolution_clock, ticket.resolution_due_at) == (ClockState.MISSED, AT + HOUR)
    assert ticket.response_clock == ClockState.MISSED


def test_a_context_changed_meanwhile_stops_the_dialog(desk: Desk) -> None:
    """The dialog comes back; nothing is half-saved (Spec T17, T20)."""
    ticket = desk.open(AT)
    work = desk.work(ticket, AT + HOUR)
    edit_ticket(
        ticket=Ticket.objects.get(pk=ticket.pk),
        changes={"title": "Theirs"},
        base={},
        by=desk.user,
        at=AT + HOUR,
    )
    before = snapshot()
    with pytest.raises(EditConflict):
        desk.finish(
            work, AT + 2 * HOUR, resolved=True, context_changes={"title": "Mine"},
            context_base={"title": "Printer is mute"},
        )  # fmt: skip
    assert snapshot()[1:] == before[1:]


def test_work_on_a_resolved_ticket_leaves_the_phase(desk: Desk) -> None:
    """An intervention on a resolved ticket leaves the phase as it is; resolving twice is refused (Spec T26)."""
    ticket = desk.resolve(desk.open(AT), AT + HOUR)
    work = desk.work(ticket, AT + 2 * HOUR)
    assert ticket.phase == Phase.RESOLVED
    with pytest.raises(TransitionRefused):
        desk.finish(work, AT + 3 * HOUR, resolved=True)
    desk.finish(work, AT + 3 * HOUR, closed_internally=True)
    assert (ticket.phase, ticket.resolved_at, ticket.closed_by_customer_at) == (
        Phase.CLOSED_INTERNALLY, AT + HOUR, AT + 3 * HOUR,
    )  # fmt: skip
    assert ticket.responded_at == AT + HOUR - timedelta(minutes=5)


def test_finished_twice(desk: Desk) -> None:
    """The second to finish gets a sentence (house: compare-and-set)."""
    work = desk.work(desk.open(AT), AT + HOUR)
    again = Intervention.objects.get(pk=work.pk)
    desk.finish(work, AT + 2 * HOUR)
    with pytest.raises(Stale) as refused:
        desk.finish(again, AT + 2 * HOUR)
    assert "finished already" in refused.value.message


def test_versions_are_kept(desk: Desk) -> None:
    """Versions corrected and to correct (Spec T18, T19)."""
    version = ProductVersion.objects.create(product=desk.product, version="8.4")
    work = desk.work(desk.open(AT), AT + HOUR)
    desk.finish(work, AT + 2 * HOUR, versions_corrected=[version], versions_to_correct=[version])
    assert list(work.versions_corrected.all()) == list(work.versions_to_correct.all()) == [version]


def test_closing_and_editing_need_their_rights(desk: Desk) -> None:
    """The dialog gives nobody more than their rights (Spec R2)."""
    user = colleague(desk, Right.INTERVENE)
    work = desk.work(desk.open(AT), AT + HOUR)
    for more in ({"closed_internally": True}, {"context_changes": {"title": "x"}}):
        finish = Finish(started_at=AT + HOUR, ended_at=AT + 2 * HOUR, resolved=True, **more)  # type: ignore[arg-type]
        with pytest.raises(NotAllowed):
            finish_intervention(intervention=work, finish=finish, by=user, at=AT + 2 * HOUR)
    work.refresh_from_db()
    assert work.ended_at is None
