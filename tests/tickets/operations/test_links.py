"""Parents and children: linking, circles, what the timelines tell (Spec T10)."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from cadran.accounts.rights import Right
from cadran.core.models import JournalEntry
from cadran.tickets.choices import LinkRole
from cadran.tickets.context import NewLink, OpeningDetails
from cadran.tickets.errors import InvalidInput, NotAllowed, Stale
from cadran.tickets.models import Ticket, TicketLink
from cadran.tickets.operations import link_tickets, open_ticket, unlink_tickets
from cadran.tickets.queries import timeline
from tests.factories.desk import Desk, a_desk, colleague
from tests.factories.trade import MONDAY, a_customer

PARENT, CHILD = LinkRole.PARENT, LinkRole.CHILD


@pytest.fixture
def desk(db: None) -> Desk:
    return a_desk()


def family(desk: Desk, count: int) -> list[Ticket]:
    """So many tickets, none linked."""
    return [desk.open(MONDAY) for _one in range(count)]


def link(desk: Desk, parent: Ticket, child: Ticket) -> TicketLink:
    return link_tickets(ticket=parent, other=child, role=CHILD, by=desk.user, at=MONDAY)


def links() -> set[tuple[str, str]]:
    return set(TicketLink.objects.values_list("parent__number", "child__number"))


def acts(desk: Desk, ticket: Ticket) -> list[str]:
    return [item.text for item in timeline(ticket, desk.user) if item.code in ("linked", "unlinked")]


def test_several_parents_and_several_children(desk: Desk) -> None:
    """Spec T10: from either side; each of the two timelines tells it."""
    one, two, three = family(desk, 3)
    link_tickets(ticket=one, other=two, role=CHILD, by=desk.user, at=MONDAY)
    link_tickets(ticket=one, other=three, role="child", by=desk.user, at=MONDAY)
    link_tickets(ticket=three, other=two, role=PARENT, by=desk.user, at=MONDAY)
    assert links() == {("DEM-1", "DEM-2"), ("DEM-1", "DEM-3"), ("DEM-2", "DEM-3")}
    assert acts(desk, two) == [
        "Someone made DEM-1 a parent of this ticket.",
        "Someone made DEM-3 a child of this ticket.",
    ]


@pytest.mark.parametrize("length", [1, 2, 3, 6])
def test_a_circle_is_refused_at_whatever_depth(desk: Desk, length: int) -> None:
    """Spec T10: with itself, straight back, and round a chain; the sentence shows the way, nothing moves."""
    chain = family(desk, length)
    for parent, child in pairwise(chain):
        link(desk, parent, child)
    before = links(), JournalEntry.objects.count()
    with pytest.raises(InvalidInput) as refused:
        link(desk, chain[-1], chain[0])
    assert " → ".join(one.number for one in chain) in refused.value.message or length == 1
    assert (links(), JournalEntry.objects.count()) == before


def test_a_diamond_is_no_circle(desk: Desk) -> None:
    """Spec T10: two parents may share a parent and a child."""
    top, left, right, bottom = family(desk, 4)
    for parent, child in ((top, left), (top, right), (left, bottom), (right, bottom), (top, bottom)):
        link(desk, parent, child)
    with pytest.raises(InvalidInput, match="stands below it"):
        link(desk, bottom, top)


def test_linking_twice_is_told_plainly(desk: Desk) -> None:
    """House: the second of two says so and writes nothing."""
    one, two = family(desk, 2)
    link(desk, one, two)
    before = JournalEntry.objects.count()
    with pytest.raises(InvalidInput, match="DEM-1 is a parent of DEM-2 already"):
        link_tickets(ticket=two, other=one, role=PARENT, by=desk.user, at=MONDAY)
    assert JournalEntry.objects.count() == before


def test_unlinking_from_either_side_and_twice(desk: Desk) -> None:
    """Spec T10; the second is told that somebody else was first."""
    one, two = family(desk, 2)
    link(desk, one, two)
    unlink_tickets(ticket=two, other=one, by=desk.user, at=MONDAY)
    assert not links()
    assert acts(desk, one)[-1] == "Someone took the child DEM-2 away."
    assert acts(desk, two)[-1] == "Someone took the parent DEM-1 away."
    with pytest.raises(Stale, match="not linked any more"):
        unlink_tickets(ticket=one, other=two, by=desk.user, at=MONDAY)
    link(desk, two, one)
    assert links() == {("DEM-2", "DEM-1")}


def test_across_customers_nothing_is_told_to_either(desk: Desk) -> None:
    """Spec T10, T14: a cause at one customer hits others; what a customer reads never names another's ticket."""
    elsewhere = a_customer("Elsewhere")
    stranger = desk.open(
        MONDAY, customer=elsewhere, site=None, requester=None, contract=None, service=None, asset=None
    )
    mine = desk.open(MONDAY)
    link(desk, stranger, mine)
    unlink_tickets(ticket=stranger, other=mine, by=desk.user, at=MONDAY)
    rows = JournalEntry.objects.filter(kind__in=("ticket.linked", "ticket.unlinked"))
    assert rows.count() == 4
    assert all(row.is_internal for row in rows)


def test_without_the_right_nothing_is_linked(desk: Desk) -> None:
    """Spec R2."""
    one, two = family(desk, 2)
    reader = colleague(desk, Right.SEE_TICKETS)
    with pytest.raises(NotAllowed):
        link_tickets(ticket=one, other=two, role=CHILD, by=reader, at=MONDAY)
    link(desk, one, two)
    with pytest.raises(NotAllowed):
        unlink_tickets(ticket=one, other=two, by=reader, at=MONDAY)
    assert links() == {("DEM-1", "DEM-2")}


def opened_with(desk: Desk, *chosen: NewLink) -> Ticket:
    details = OpeningDetails(links=chosen)
    return open_ticket(fields=desk.fields(MONDAY), team=desk.team, by=desk.user, at=MONDAY, details=details)


def test_a_new_ticket_is_linked_as_it_opens(desk: Desk) -> None:
    """Spec T10: parent of several and child of one, in the same transaction; their timelines tell it too."""
    one, two, three = family(desk, 3)
    made = opened_with(desk, NewLink(one, CHILD), NewLink(two, CHILD), NewLink(three, PARENT))
    assert links() == {("DEM-4", "DEM-1"), ("DEM-4", "DEM-2"), ("DEM-3", "DEM-4")}
    assert acts(desk, one) == ["Someone made DEM-4 a parent of this ticket."]
    assert len(acts(desk, made)) == 3


@pytest.mark.parametrize("closing", [True, False])
def test_a_link_that_is_refused_opens_nothing(desk: Desk, closing: bool) -> None:
    """House: all or nothing; also the number is given back."""
    one, two = family(desk, 2)
    chosen: Any = (NewLink(one, PARENT), NewLink(one, CHILD))
    if closing:
        link(desk, one, two)
        chosen = (NewLink(two, PARENT), NewLink(one, CHILD))
    before = links(), JournalEntry.objects.count()
    with pytest.raises(InvalidInput):
        opened_with(desk, *chosen)
    assert (links(), JournalEntry.objects.count(), Ticket.objects.count()) == (*before, 2)
    assert desk.open(MONDAY).number == "DEM-3"
