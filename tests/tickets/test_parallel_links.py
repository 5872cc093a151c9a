"""Links made at the same time: no two of them close a circle together (Spec T10, house: operations)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from cadran.core.errors import CadranError
from cadran.core.models import JournalEntry
from cadran.jobs.models import Job
from cadran.tickets.choices import Cascade, LinkRole
from cadran.tickets.models import Ticket, TicketLink
from cadran.tickets.operations import link_tickets, order_cascade, unlink_tickets
from tests.factories.desk import Desk, a_desk, paris
from tests.factories.parallel import at_once, refusals

AT = paris("2026-03-02 10:00")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(transactional_db: None) -> Desk:
    return a_desk()


def linking(desk: Desk, parent: Ticket, child: Ticket) -> Callable[[], Any]:
    def act() -> Any:
        rows = {one.pk: one for one in Ticket.objects.filter(pk__in=(parent.pk, child.pk))}
        return link_tickets(
            ticket=rows[child.pk], other=rows[parent.pk], role=LinkRole.PARENT, by=desk.user, at=AT
        )

    return act


def has_circle() -> bool:
    below: dict[int, set[int]] = {}
    for parent, child in TicketLink.objects.values_list("parent_id", "child_id"):
        below.setdefault(parent, set()).add(child)

    def reaches(start: int, target: int, seen: set[int]) -> bool:
        return any(
            one == target or (one not in seen and reaches(one, target, seen | {one}))
            for one in below.get(start, ())
        )

    return any(reaches(one, one, set()) for one in below)


@pytest.mark.parametrize("turn", range(3))
def test_two_that_close_a_circle_between_two_tickets(desk: Desk, turn: int) -> None:
    """One wins, the other is told."""
    one, two = desk.open(AT), desk.open(AT)
    results = at_once(linking(desk, one, two), linking(desk, two, one))
    assert len(refusals(results)) == 1
    assert TicketLink.objects.count() == 1
    assert JournalEntry.objects.filter(kind="ticket.linked").count() == 2


@pytest.mark.parametrize("turn", range(3))
def test_two_that_close_a_circle_and_share_no_ticket(desk: Desk, turn: int) -> None:
    """A is above B, C above D; B above C and D above A at once would close it, and lock different rows."""
    a, b, c, d = (desk.open(AT) for _one in range(4))
    for parent, child in ((a, b), (c, d)):
        linking(desk, parent, child)()
    results = at_once(linking(desk, b, c), linking(desk, d, a))
    (refused,) = refusals(results)
    assert isinstance(refused, CadranError)
    assert "stands below it" in refused.message
    assert not has_circle()
    assert TicketLink.objects.count() == 3


def test_the_same_link_by_four(desk: Desk) -> None:
    """There is one; it is taken away once."""
    one, two = desk.open(AT), desk.open(AT)
    assert len(refusals(at_once(*[linking(desk, one, two)] * 4))) == 3

    def unlink() -> Any:
        first, second = Ticket.objects.order_by("pk")
        return unlink_tickets(ticket=first, other=second, by=desk.user, at=AT)

    assert len(refusals(at_once(*[unlink] * 4))) == 3
    assert JournalEntry.objects.filter(kind="ticket.unlinked").count() == 2


def test_two_cascades_ordered_at_once(desk: Desk) -> None:
    """The children follow once; the second is told that they are following already."""
    parent, child = desk.open(AT), desk.open(AT)
    linking(desk, parent, child)()
    desk.resolve(parent, AT + timedelta(hours=1))

    def order() -> Any:
        return order_cascade(
            parent=Ticket.objects.get(pk=parent.pk),
            children=[child],
            cascade=Cascade.RESOLUTION,
            by=desk.user,
            at=AT + timedelta(hours=1),
        )

    (refused,) = refusals(at_once(order, order))
    assert "are following it already" in refused.message
    assert Job.objects.filter(task="cadran.tickets.tasks.cascade").count() == 1


def test_many_links_at_once_make_no_circle(desk: Desk) -> None:
    """Five tickets in a ring, every link at the same time: exactly one is refused."""
    ring = [desk.open(AT) for _one in range(5)]
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    results = at_once(*(linking(desk, parent, child) for parent, child in pairs))
    assert len(refusals(results)) == 1
    assert not has_circle()
