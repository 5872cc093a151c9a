"""Splitting a part of a ticket off into a linked one (Spec T29)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile

from cadran.accounts.rights import Right
from cadran.core.errors import InvalidInput, NotAllowed, Stale
from cadran.core.models import JournalEntry
from cadran.tickets.choices import LinkRole, Phase
from cadran.tickets.models import Intervention, Ticket, TicketLink
from cadran.tickets.operations import (
    InterventionDetails,
    Part,
    add_attachment,
    add_intervention,
    add_note,
    edit_custom_values,
    merge_ticket,
    split_ticket,
    start_intervention,
    undo_merger,
)
from cadran.tickets.queries import custom_values_of, timeline
from cadran.tickets.queries.merging import holdings_of, moved_work
from tests.factories.desk import Desk, colleague, paris
from tests.tickets.operations.test_custom_fields import a_field
from tests.tickets.operations.test_merge import clocks_of, fresh

AT = paris("2026-03-02 10:00")
HOUR = timedelta(hours=1)
NOW = AT + 6 * HOUR


@pytest.fixture
def ticket(desk: Desk, settings: Any, tmp_path: Any) -> Ticket:
    """Answered by a first intervention; a second one, a plan, two notes and two files beside it."""
    settings.MEDIA_ROOT = tmp_path
    ticket = desk.open(AT)
    desk.finish(desk.work(ticket, AT + HOUR), AT + 2 * HOUR)
    desk.finish(desk.work(ticket, AT + 3 * HOUR), AT + 4 * HOUR, remaining_effort=15)
    details = InterventionDetails(type=desk.type(), planned_effort=60)
    planned = add_intervention(ticket=ticket, details=details, by=desk.user, at=AT + 4 * HOUR)
    for body in ("<p>The printer</p>", "<p>The scanner</p>"):
        add_note(ticket=ticket, body=body, by=desk.user, at=AT + HOUR)
    given: dict[str, Any] = {"is_external": False, "by": desk.user, "at": AT + HOUR}
    add_attachment(ticket=ticket, name="printer.txt", content=ContentFile(b"p"), **given)
    add_attachment(ticket=ticket, name="scanner.txt", content=ContentFile(b"scan"), **given)
    add_attachment(ticket=None, intervention=planned, name="plan.txt", content=ContentFile(b"pl"), **given)
    return fresh(ticket)


def part(desk: Desk, **chosen: Any) -> Part:
    chosen.setdefault("title", "Scanner is blind")
    chosen.setdefault("received_at", AT)
    return Part(nature=desk.nature, severity=desk.severity("minor"), **chosen)


def split(desk: Desk, ticket: Ticket, **chosen: Any) -> Ticket:
    return split_ticket(ticket=fresh(ticket), part=part(desk, **chosen), by=desk.user, at=NOW)


def test_custom_fields_go_along_and_none_is_asked_for(desk: Desk, ticket: Ticket) -> None:
    """The dialog has no place for a mandatory field, so that an empty one keeps nothing together (Spec T29, T30)."""
    room, must = a_field("room"), a_field("must", is_required=True)
    elsewhere = a_field("elsewhere", natures=["question"])
    edit_custom_values(ticket=ticket, changes={room: "B12", must: "M"}, base={}, by=desk.user, at=NOW)
    assert elsewhere not in custom_values_of(ticket)
    new = split(desk, ticket, notes=ticket.notes.filter(body__contains="scanner"))
    assert custom_values_of(new) == {room: "B12", must: "M"}
    edit_custom_values(ticket=ticket, changes={room: None}, base={}, by=desk.user, at=NOW)
    type(must).objects.filter(pk=must.pk).update(is_required=False)
    edit_custom_values(ticket=ticket, changes={must: None}, base={}, by=desk.user, at=NOW)
    type(must).objects.filter(pk=must.pk).update(is_required=True)
    other = split(desk, ticket, notes=ticket.notes.filter(body__contains="printer"))
    assert custom_values_of(other) == {}


def test_a_part_becomes_a_linked_ticket(desk: Desk, ticket: Ticket) -> None:
    """What is chosen goes to a new ticket of the same context; sums are equal, the clocks stay (Spec T29)."""
    before, clocks = holdings_of(ticket), clocks_of(ticket)
    _intake, _answer, second, planned = ticket.interventions.all()
    new = split(
        desk,
        ticket,
        interventions=[second, planned],
        notes=ticket.notes.filter(body__contains="scanner"),
        attachments=ticket.attachments.filter(name="scanner.txt"),
    )
    intake = holdings_of(desk.open(NOW))
    together = holdings_of(ticket) + holdings_of(new)
    assert together == before + intake
    assert clocks_of(ticket) == clocks
    assert (new.customer, new.site, new.service, new.asset) == (
        ticket.customer, ticket.site, ticket.service, ticket.asset,
    )  # fmt: skip
    assert [one.number for one in new.interventions.all()] == [1, 2, 3]
    assert set(new.attachments.values_list("name", flat=True)) == {"scanner.txt", "plan.txt"}
    assert new.notes.count() == ticket.notes.count() == 1
    link = TicketLink.objects.get()
    assert (link.parent, link.child) == (ticket, new)
    assert [item.text for item in timeline(new, desk.user) if item.code == "split_from"] == [
        f"Someone split this ticket off {ticket.number}. What came along: 2 interventions, 1 internal note, "
        "2 attachments."
    ]
    assert JournalEntry.objects.get(kind="ticket.split_off").data["other"] == new.number


def test_the_new_ticket_follows_its_work(desk: Desk, ticket: Ticket) -> None:
    """In progress, its response given by the work that came along, judged on clocks of its own (Spec T2, T19)."""
    second = ticket.interventions.get(number=3)
    new = split(desk, ticket, interventions=[second])
    new.refresh_from_db()
    assert (new.phase, new.status.phase, new.responded_at) == (
        Phase.IN_PROGRESS, Phase.IN_PROGRESS, AT + 3 * HOUR,
    )  # fmt: skip
    assert new.response_clock == "met"
    assert new.interventions.get(number=1).is_finished


def test_only_what_is_planned_leaves_it_created(desk: Desk, ticket: Ticket) -> None:
    """Created until something is started, which then counts (Spec T2)."""
    new = split(desk, ticket, interventions=[ticket.interventions.get(started_at=None)], received_at=NOW)
    new.refresh_from_db()
    assert (new.phase, new.responded_at, new.received_at) == (Phase.CREATED, None, NOW)
    planned = new.interventions.select_related("ticket").get(number=2)
    start_intervention(intervention=planned, started_at=None, by=desk.user, at=NOW)
    assert fresh(new).responded_at == NOW


def test_as_the_parent(desk: Desk, ticket: Ticket) -> None:
    """The other matter may be the cause (Spec T10)."""
    new = split(desk, ticket, notes=[ticket.notes.first()], role=LinkRole.PARENT)
    assert TicketLink.objects.get().parent == new


def test_milestones_keep_their_work(desk: Desk, ticket: Ticket) -> None:
    """What gave the response or the resolution can't be taken away; nothing is opened (Spec T29)."""
    answer = ticket.interventions.get(number=2)
    desk.resolve(ticket, AT + 5 * HOUR)
    resolution = ticket.interventions.get(resolved_ticket=True)
    tickets = Ticket.objects.count()
    for work, words in ((answer, "is the response"), (resolution, "resolved DEM-1")):
        with pytest.raises(InvalidInput, match=words) as refused:
            split(desk, ticket, interventions=[ticket.interventions.get(number=3), work])
        assert refused.value.field == "interventions"
    assert Ticket.objects.count() == tickets
    assert ticket.interventions.count() == 5


def test_refusals(desk: Desk, ticket: Ticket) -> None:
    """Nothing chosen, the intake, what runs, another ticket's, a late reception, no right (Spec T29, T22)."""
    running = desk.work(ticket, AT + 5 * HOUR)
    foreign = desk.open(AT).interventions.get()
    second = ticket.interventions.get(number=3)
    for wrong in (running, foreign, ticket.interventions.get(number=1)):
        with pytest.raises(Stale, match="split off any more"):
            split(desk, ticket, interventions=[wrong])
    with pytest.raises(InvalidInput, match="at least one"):
        split(desk, ticket)
    with pytest.raises(InvalidInput, match="reception") as refused:
        split(desk, ticket, interventions=[second], received_at=AT + 5 * HOUR)
    assert refused.value.field == "received_at"
    with pytest.raises(InvalidInput) as refused:
        split(desk, ticket, interventions=[second], title=" ")
    assert refused.value.field == "title"
    with pytest.raises(NotAllowed):
        split_ticket(
            ticket=ticket,
            part=part(desk, interventions=[second]),
            by=colleague(desk, Right.EDIT_TICKETS),
            at=NOW,
        )
    assert Intervention.objects.get(pk=second.pk).ticket == ticket
    assert not TicketLink.objects.exists()


def test_twice(desk: Desk, ticket: Ticket) -> None:
    """What went away can't be split off again (Spec T29)."""
    second = ticket.interventions.get(number=3)
    new = split(desk, ticket, interventions=[second])
    with pytest.raises(Stale):
        split(desk, ticket, interventions=[second])
    assert moved_work(ticket, 3, desk.user) == second
    assert new.interventions.filter(pk=second.pk).exists()


def test_merging_back_takes_a_split_back(desk: Desk, ticket: Ticket) -> None:
    """All that went along comes back, no sum changes and no milestone of the first ticket moves (Spec T29)."""
    before, clocks = holdings_of(ticket), clocks_of(ticket)
    second = ticket.interventions.get(number=3)
    new = split(desk, ticket, interventions=[second])
    both = holdings_of(ticket) + holdings_of(new)
    merge_ticket(ticket=fresh(new), into=fresh(ticket), reason="One matter", by=desk.user, at=NOW)
    assert holdings_of(ticket) == both
    assert (both.notes, both.attachments, both.planned_effort) == (
        before.notes, before.attachments, before.planned_effort,
    )  # fmt: skip
    assert both.interventions == before.interventions + 1, "the new ticket's intake came along"
    assert clocks_of(fresh(ticket)) == clocks
    assert not TicketLink.objects.filter(parent=ticket, child=ticket).exists()


def test_undoing_a_merger_leaves_what_was_split_off(desk: Desk, ticket: Ticket) -> None:
    """Only what still is on the kept ticket goes back (Spec T29)."""
    kept = desk.open(AT)
    merge_ticket(ticket=fresh(ticket), into=kept, reason="Twice", by=desk.user, at=NOW)
    second = kept.interventions.get(number=4)
    new = split(desk, kept, interventions=[second])
    assert fresh(new).responded_at is None
    undo_merger(ticket=fresh(ticket), by=desk.user, at=NOW)
    assert new.interventions.count() == 2
    assert ticket.interventions.count() == 3
    assert kept.interventions.count() == 1
