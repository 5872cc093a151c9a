"""Merging a duplicate and undoing it: sums stay equal, clocks don't move (Spec T29)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cadran.accounts.rights import Right
from cadran.core.errors import InvalidInput, NotAllowed, Stale
from cadran.core.models import JournalEntry
from cadran.tickets.choices import ClockState, Closing, LinkRole, Phase
from cadran.tickets.models import Attachment, Intervention, Merger, Note, Tag, Ticket, TicketLink
from cadran.tickets.operations import (
    InterventionDetails,
    ResourceRequestDetails,
    TransitionRefused,
    add_attachment,
    add_intervention,
    add_note,
    close_ticket,
    edit_intervention,
    edit_ticket,
    link_tickets,
    merge_ticket,
    recomputing,
    reopen_ticket,
    resume_ticket,
    start_intervention,
    suspend_ticket,
    undo_merger,
    unlink_tickets,
)
from cadran.tickets.queries import timeline
from cadran.tickets.queries.merging import holdings_of, links_to_move, merge_preview, moved_work
from tests.factories.desk import Desk, colleague, paris
from tests.factories.trade import a_customer
from tests.tickets.test_transitions import brought_to

AT = paris("2026-03-02 10:00")
HOUR = timedelta(hours=1)
NOW = AT + 5 * HOUR
#: What shows that the clocks and milestones of a ticket stand still.
CLOCKS = tuple(
    field.attname
    for field in Ticket._meta.concrete_fields
    if field.name.startswith(("response", "resolution", "suspended", "resolved", "closed", "commitment"))
    or field.name.endswith("schedule_version")
)


def clocks_of(ticket: Ticket) -> dict[str, Any]:
    return Ticket.objects.filter(pk=ticket.pk).values(*CLOCKS).get()


def plan(desk: Desk, ticket: Ticket, at: Any = AT, **details: Any) -> Intervention:
    return add_intervention(
        ticket=ticket, details=InterventionDetails(type=desk.type(), **details), by=desk.user, at=at
    )


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def merge(desk: Desk, ticket: Ticket, into: Ticket, at: Any = NOW) -> Merger:
    return merge_ticket(ticket=fresh(ticket), into=fresh(into), reason="Same fault", by=desk.user, at=at)


def undo(desk: Desk, ticket: Ticket, at: Any = NOW + HOUR) -> Ticket:
    return undo_merger(ticket=fresh(ticket), by=desk.user, at=at)


@pytest.fixture
def kept(desk: Desk) -> Ticket:
    return desk.open(AT)


@pytest.fixture
def duplicate(desk: Desk, settings: Any, tmp_path: Any) -> Ticket:
    """Worked on, suspended once, with a plan, a note, a file, a tag and a follower."""
    settings.MEDIA_ROOT = tmp_path
    ticket = desk.open(AT - HOUR, title="Mute printer, again")
    desk.finish(desk.work(ticket, AT), AT + HOUR, remaining_effort=20)
    request = ResourceRequestDetails("Electrician", duration=90)
    plan(desk, ticket, AT + HOUR, label="Visit", planned_effort=120, resource_requests=[request])
    suspend_ticket(
        ticket=ticket, began_at=AT + HOUR, reason=desk.reason(), status=None, by=desk.user, at=AT + 2 * HOUR
    )
    add_note(ticket=ticket, body="<p>Same room</p>", by=desk.user, at=AT + HOUR)
    add_attachment(
        ticket=ticket, name="log.txt", content=ContentFile(b"mute"), is_external=True, by=desk.user, at=AT
    )
    ticket.tags.add(Tag.objects.create(code="printers", name_fr="Imprimantes", name_en="Printers"))
    ticket.followers.add(desk.agent)
    return fresh(ticket)


def test_everything_moves_and_sums_stay_equal(desk: Desk, kept: Ticket, duplicate: Ticket) -> None:
    """The duplicate's work, notes, files, tags, followers go to the kept ticket (Spec T29)."""
    preview = merge_preview(duplicate, kept)
    before, clocks = holdings_of(duplicate) + holdings_of(kept), clocks_of(kept)
    assert preview.together == before
    merger = merge(desk, duplicate, kept)
    assert holdings_of(kept) == before
    assert holdings_of(duplicate) == replace(before, **dict.fromkeys(before.__dataclass_fields__, 0))
    assert clocks_of(kept) == clocks
    assert [one.number for one in kept.interventions.all()] == [1, 2, 3, 4]
    begun = kept.interventions.filter(merged_from=duplicate)
    assert [one.is_finished for one in begun] == [True, True]
    assert kept.interventions.get(merged_from=None, label="Visit").resource_requests.count() == 1
    assert list(kept.tags.values_list("code", flat=True)) == ["printers"]
    assert list(kept.followers.all()) == [desk.agent]
    assert not duplicate.tags.exists()
    assert merger.kept == kept


def test_the_duplicate_is_closed_and_points_there(desk: Desk, kept: Ticket, duplicate: Ticket) -> None:
    """Closed internally, its suspension ended, its unmet clocks void, its met one kept (Spec T29)."""
    merge(desk, duplicate, kept)
    duplicate.refresh_from_db()
    assert (duplicate.phase, duplicate.merged_into) == (Phase.CLOSED_INTERNALLY, kept)
    assert duplicate.status.phase == Phase.CLOSED_INTERNALLY
    assert duplicate.closed_internally_at == NOW
    assert not duplicate.is_cancelled
    assert duplicate.suspended_since is None
    assert duplicate.suspensions.get().ended_at == NOW
    assert (duplicate.response_clock, duplicate.resolution_clock) == (ClockState.MET, ClockState.VOID)
    assert [item.text for item in timeline(duplicate, desk.user)][-1] == (
        f"Someone merged the ticket into {kept.number}, which took over 3 interventions, 1 internal note, "
        "1 attachment, 1 tag, 1 follower: Same fault."
    )
    row = JournalEntry.objects.get(kind="ticket.took_over", subject_id=kept.pk)
    assert row.data["other"] == duplicate.number


def test_work_begun_on_a_duplicate_puts_the_kept_ticket_in_progress(
    desk: Desk, kept: Ticket, duplicate: Ticket
) -> None:
    """In progress once an intervention other than the intake is started (Spec T2); undoing leads back."""
    assert kept.phase == Phase.CREATED
    merge(desk, duplicate, kept)
    kept.refresh_from_db()
    assert (kept.phase, kept.status.phase, kept.responded_at) == (Phase.IN_PROGRESS, Phase.IN_PROGRESS, None)
    undo(desk, duplicate)
    kept.refresh_from_db()
    assert (kept.phase, kept.status.code) == (Phase.CREATED, "created")


def test_a_suspended_kept_ticket_stays_so(desk: Desk, kept: Ticket, duplicate: Ticket) -> None:
    """Its suspensions don't move; resumed, it is in progress: what it took over was begun (Spec T2, T29)."""
    suspend_ticket(ticket=kept, began_at=AT, reason=desk.reason(), status=None, by=desk.user, at=AT + HOUR)
    clocks = clocks_of(kept)
    merge(desk, duplicate, kept)
    assert clocks_of(kept) == clocks
    assert fresh(kept).phase == Phase.SUSPENDED
    assert kept.suspensions.count() == 1
    resume_ticket(ticket=fresh(kept), ended_at=NOW, status=None, by=desk.user, at=NOW)
    assert fresh(kept).phase == Phase.IN_PROGRESS


def test_no_work_gets_the_number_of_work_that_moved(desk: Desk, kept: Ticket, duplicate: Ticket) -> None:
    """An address leads to the same work for ever, merged, undone or merged anew (Spec T29)."""
    visit = duplicate.interventions.get(label="Visit")
    merge(desk, duplicate, kept)
    first = kept.interventions.get(pk=visit.pk).number
    assert moved_work(duplicate, visit.number, desk.user) == visit
    undo(desk, duplicate)
    assert moved_work(kept, first, desk.user) == visit
    assert plan(desk, fresh(kept), NOW + HOUR).number > first
    merge(desk, duplicate, kept, NOW + 2 * HOUR)
    numbers = set(kept.interventions.values_list("number", flat=True))
    assert not numbers & set(kept.former_numbers.values_list("number", flat=True))
    assert moved_work(kept, first, desk.user) == visit
    stranger = colleague(desk, Right.INTERVENE)
    assert moved_work(kept, first, stranger) is None


def test_what_was_planned_becomes_the_kept_tickets_own(desk: Desk, kept: Ticket, duplicate: Ticket) -> None:
    """Planned work carries no mark of the duplicate and gives the kept ticket its response when it starts."""
    merge(desk, duplicate, kept)
    planned = kept.interventions.select_related("ticket").get(started_at=None)
    assert planned.merged_from is None
    start_intervention(intervention=planned, started_at=None, by=desk.user, at=NOW + HOUR)
    assert fresh(kept).responded_at == NOW + HOUR


def test_what_runs_can_be_finished_there_and_gives_no_response(desk: Desk, kept: Ticket) -> None:
    """Begun on the duplicate, also before the kept ticket's reception: its start moves no milestone (Spec T29)."""
    other = desk.open(AT - 2 * HOUR)
    running = desk.work(other, AT - HOUR)
    clocks = clocks_of(kept)
    merge(desk, other, kept)
    assert fresh(kept).phase == Phase.IN_PROGRESS
    running = Intervention.objects.select_related("ticket", "type").get(pk=running.pk)
    desk.finish(running, NOW, intervened=True)
    assert clocks_of(kept) == clocks
    with pytest.raises(Stale, match="done on a duplicate"):
        edit_intervention(
            intervention=Intervention.objects.get(pk=running.pk), changes={"label": "Mine"}, base={"label": ""},
            by=desk.user, at=NOW,
        )  # fmt: skip


def test_what_runs_may_resolve_the_kept_ticket(desk: Desk, kept: Ticket) -> None:
    """The resolution is the end that was typed; it is the response too when none came earlier (Spec T12, T19)."""
    other = desk.open(AT)
    running = desk.work(other, AT + HOUR)
    merge(desk, other, kept)
    running = Intervention.objects.select_related("ticket", "type").get(pk=running.pk)
    desk.finish(running, NOW + HOUR, resolved=True)
    kept.refresh_from_db()
    assert (kept.responded_at, kept.resolved_at) == (NOW + HOUR, NOW + HOUR)
    with pytest.raises(InvalidInput, match="has resolved"):
        undo(desk, other, NOW + 2 * HOUR)
    reopen_ticket(
        ticket=kept, reason="Mute again", status=None, state=None, copy=None, by=desk.user, at=NOW + 2 * HOUR
    )
    undo(desk, other, NOW + 3 * HOUR)
    assert other.interventions.get(pk=running.pk).ended_at == NOW + HOUR


def test_nothing_is_done_to_a_merged_duplicate(desk: Desk, kept: Ticket, duplicate: Ticket) -> None:
    """Every act is refused with a sentence that names the kept ticket; nothing moves (Spec T29)."""
    merge(desk, duplicate, kept)
    third, rows = desk.open(AT), JournalEntry.objects.count()
    stored = Ticket.objects.filter(pk=duplicate.pk).values().get()
    by: dict[str, Any] = {"by": desk.user, "at": NOW}
    acts = [
        lambda t: reopen_ticket(ticket=t, reason="No", status=None, state=None, copy=None, **by),
        lambda t: edit_ticket(ticket=t, changes={"title": "x"}, base={}, **by),
        lambda t: add_note(ticket=t, body="<p>x</p>", **by),
        lambda t: add_attachment(ticket=t, name="x", content=ContentFile(b"x"), is_external=False, **by),
        lambda t: add_intervention(ticket=t, details=InterventionDetails(type=desk.type()), **by),
        lambda t: close_ticket(
            ticket=t, closing=Closing.INTERNALLY, closed_at=NOW, status=None, state=None, **by
        ),
        lambda t: link_tickets(ticket=t, other=fresh(third), role=LinkRole.CHILD, **by),
        lambda t: merge_ticket(ticket=t, into=fresh(third), reason="x", **by),
        lambda t: merge_ticket(ticket=fresh(third), into=t, reason="x", **by),
    ]
    for act in acts:
        with pytest.raises(TransitionRefused, match=f"was merged into {kept.number}"):
            act(fresh(duplicate))
    assert JournalEntry.objects.count() == rows
    assert Ticket.objects.filter(pk=duplicate.pk).values().get() == stored


def test_an_intervention_that_moved_meanwhile(desk: Desk, kept: Ticket, duplicate: Ticket) -> None:
    """Who still looks at it on the duplicate is refused, and nothing is written back there (Spec T29)."""
    seen = duplicate.interventions.select_related("ticket").get(started_at=None)
    merge(desk, duplicate, kept)
    with pytest.raises(TransitionRefused):
        start_intervention(intervention=seen, started_at=None, by=desk.user, at=NOW)
    seen = kept.interventions.select_related("ticket").get(pk=seen.pk)
    undo(desk, duplicate)
    with pytest.raises(Stale):
        start_intervention(intervention=seen, started_at=None, by=desk.user, at=NOW + 2 * HOUR)
    assert duplicate.interventions.get(pk=seen.pk).started_at is None


def test_refusals(desk: Desk, kept: Ticket, duplicate: Ticket) -> None:
    """Itself, another customer, a closed ticket, no reason, no right: a sentence, and nothing moved (Spec T29)."""
    elsewhere = a_customer("Elsewhere")
    foreign = desk.open(
        AT, customer=elsewhere, site=None, requester=None, contract=None, service=None, asset=None
    )
    closed = desk.resolve(desk.open(AT), AT + HOUR, closed_by_customer=True)
    other = colleague(desk, Right.EDIT_TICKETS)
    rows = JournalEntry.objects.count()

    def refused(into: Ticket, error: type[Exception], words: str, **changed: Any) -> None:
        given = {"ticket": fresh(duplicate), "into": fresh(into), "reason": "x", "by": desk.user, "at": NOW}
        with pytest.raises(error, match=words):
            merge_ticket(**{**given, **changed})

    refused(duplicate, InvalidInput, "into itself")
    refused(foreign, InvalidInput, "different customers")
    refused(closed, InvalidInput, "takes nothing over")
    refused(kept, InvalidInput, "Say why", reason="  ")
    refused(kept, NotAllowed, "Merge and split", by=other)
    assert JournalEntry.objects.count() == rows
    assert duplicate.interventions.count() == 3
    assert not Merger.objects.exists()


def test_twice(desk: Desk, kept: Ticket, duplicate: Ticket) -> None:
    """Merged or undone twice: the second is told (Spec T29)."""
    merge(desk, duplicate, kept)
    with pytest.raises(TransitionRefused):
        merge(desk, duplicate, kept)
    seen = fresh(duplicate)
    undo(desk, duplicate)
    with pytest.raises(Stale):
        undo_merger(ticket=seen, by=desk.user, at=NOW + HOUR)
    with pytest.raises(Stale):
        undo(desk, duplicate)
    merge(desk, duplicate, kept, NOW + 2 * HOUR)
    assert Merger.objects.count() == 2


@pytest.mark.parametrize("phase", list(Phase))
def test_a_duplicate_of_any_phase_comes_back_as_it_was(desk: Desk, kept: Ticket, phase: Phase) -> None:
    """Also one closed already; its own milestones stay (Spec T29)."""
    ticket = brought_to(desk, phase)
    before = Ticket.objects.filter(pk=ticket.pk).values().get()
    merge(desk, ticket, kept, AT + 24 * HOUR)
    after = fresh(ticket)
    assert after.phase == Phase.CLOSED_INTERNALLY
    assert after.resolved_at == before["resolved_at"]
    assert after.closed_internally_at == before["closed_internally_at"] or phase != Phase.CLOSED_INTERNALLY
    undo(desk, ticket, AT + 25 * HOUR)
    restored = Ticket.objects.filter(pk=ticket.pk).values().get()
    assert {**restored, "row_version": 0} == {**before, "row_version": 0}


def test_undo_restores_clocks_on_the_schedules_of_today(desk: Desk, kept: Ticket) -> None:
    """The schedule was changed while the duplicate was merged: its unmet clocks follow (Spec T29, C13)."""
    other = desk.open(AT)
    due = other.resolution_due_at
    merge(desk, other, kept)
    desk.reschedule({day: [[540, 720]] for day in range(1, 6)}, NOW)
    assert fresh(other).resolution_clock == ClockState.VOID
    undo(desk, other)
    other.refresh_from_db()
    assert due is not None
    assert other.resolution_due_at is not None
    assert other.resolution_due_at > due
    row = JournalEntry.objects.filter(kind="ticket.clock_recomputed", subject_id=other.pk).get()
    assert row.data["reason"] == "merger_undone"


def test_what_was_added_since_goes_back_with_its_work(desk: Desk, kept: Ticket, duplicate: Ticket) -> None:
    """A file added to moved work goes back with it; a note on the kept ticket stays there (Spec T29)."""
    merge(desk, duplicate, kept)
    planned = kept.interventions.select_related("ticket").get(started_at=None)
    added = add_attachment(
        ticket=None, intervention=planned, name="plan.txt", content=ContentFile(b"p"), is_external=False,
        by=desk.user, at=NOW,
    )  # fmt: skip
    mine = add_note(ticket=fresh(kept), body="<p>Mine</p>", by=desk.user, at=NOW)
    undo(desk, duplicate)
    assert Attachment.objects.get(pk=added.pk).ticket == duplicate
    assert Note.objects.get(pk=mine.pk).ticket == kept
    assert kept.interventions.count() == 1


def test_undo_is_refused_when_planned_work_was_begun(desk: Desk, kept: Ticket, duplicate: Ticket) -> None:
    """The kept ticket lives on it: taking it away would not be exact (Spec T29)."""
    merge(desk, duplicate, kept)
    planned = kept.interventions.select_related("ticket").get(started_at=None)
    start_intervention(intervention=planned, started_at=None, by=desk.user, at=NOW)
    with pytest.raises(InvalidInput, match="was begun on"):
        undo(desk, duplicate)
    assert fresh(duplicate).merged_into == kept
    assert duplicate.interventions.count() == 0


def test_mergers_one_upon_the_other(desk: Desk, kept: Ticket, duplicate: Ticket) -> None:
    """Undone in turn, the last first; work keeps the name of the duplicate on which it was begun (Spec T29)."""
    last = desk.open(AT)
    before = holdings_of(duplicate)
    merge(desk, duplicate, kept)
    merge(desk, kept, last)
    assert last.interventions.filter(merged_from=duplicate).count() == 2
    with pytest.raises(TransitionRefused, match="undo the merger first"):
        undo(desk, duplicate)
    undo(desk, kept)
    undo(desk, duplicate)
    assert holdings_of(duplicate) == before
    assert not Intervention.objects.exclude(merged_from=None).exists()


def test_links_move_unless_they_close_a_circle(desk: Desk, kept: Ticket, duplicate: Ticket) -> None:
    """The kept ticket's own child, and what would make it its own ancestor, stay on the duplicate (Spec T10, T29)."""
    above, below, both = (desk.open(AT) for _one in range(3))
    by: dict[str, Any] = {"by": desk.user, "at": AT}

    def link(parent: Ticket, child: Ticket) -> TicketLink:
        return link_tickets(ticket=fresh(parent), other=fresh(child), role=LinkRole.CHILD, **by)

    moving = [link(above, duplicate), link(duplicate, below)]
    left = [link(kept, duplicate), link(duplicate, both)]
    own = link(kept, both)
    found = links_to_move(duplicate, kept)
    assert [*found.parents, *found.children] == moving
    assert list(found.left) == left
    before = list(TicketLink.objects.values_list("pk", "parent", "child"))
    merge(desk, duplicate, kept)
    assert set(TicketLink.objects.values_list("parent", "child")) == {
        (above.pk, kept.pk), (kept.pk, below.pk), (kept.pk, duplicate.pk), (duplicate.pk, both.pk),
        (own.parent_id, own.child_id),
    }  # fmt: skip
    undo(desk, duplicate)
    assert list(TicketLink.objects.values_list("pk", "parent", "child")) == before


def test_a_link_that_would_close_a_circle_now(desk: Desk, kept: Ticket, duplicate: Ticket) -> None:
    """Linked otherwise since: the undoing is refused until that link is taken away (Spec T10, T29)."""
    above, below = desk.open(AT), desk.open(AT)
    by: dict[str, Any] = {"by": desk.user, "at": NOW}
    link_tickets(ticket=fresh(kept), other=fresh(below), role=LinkRole.CHILD, **by)
    link_tickets(ticket=fresh(duplicate), other=fresh(below), role=LinkRole.CHILD, **by)
    link_tickets(ticket=fresh(duplicate), other=fresh(above), role=LinkRole.PARENT, **by)
    merge(desk, duplicate, kept)
    unlink_tickets(ticket=fresh(kept), other=fresh(below), **by)
    link_tickets(ticket=fresh(below), other=fresh(above), role=LinkRole.CHILD, **by)
    with pytest.raises(InvalidInput, match="their link can’t go back"):
        undo(desk, duplicate)
    assert fresh(duplicate).merged_into == kept
    unlink_tickets(ticket=fresh(below), other=fresh(above), **by)
    undo(desk, duplicate)


def test_merging_asks_the_same_whatever_the_duplicate_holds(desk: Desk) -> None:
    """Ten notes and children move in as many statements as three."""

    def statements(many: int) -> int:
        ticket, target = desk.open(AT), desk.open(AT)
        for _one in range(many):
            add_note(ticket=ticket, body="<p>x</p>", by=desk.user, at=AT)
            link_tickets(ticket=fresh(ticket), other=desk.open(AT), role=LinkRole.CHILD, by=desk.user, at=AT)
        with CaptureQueriesContext(connection) as found:
            merge(desk, ticket, target)
        return len(found)

    assert statements(10) == statements(3)


def test_a_schedule_changes_while_a_ticket_is_merged(
    desk: Desk, kept: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Merged after the recomputation looked for it: the other tickets are computed all the same (Spec C13, T29)."""
    other = desk.open(AT)
    due = kept.resolution_due_at
    found = [fresh(other), fresh(kept)]
    merge(desk, other, kept)
    batches = iter([found, []])
    schedule = desk.reschedule({day: [[540, 720]] for day in range(1, 6)}, NOW)
    monkeypatch.setattr(recomputing, "list", lambda _rows: next(batches), raising=False)
    recomputing.recompute_for_schedule(version=schedule.versions.latest("number"), by=None, at=NOW)
    assert fresh(kept).resolution_due_at != due
    assert fresh(other).resolution_clock == ClockState.VOID
