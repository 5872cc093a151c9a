"""The one way in which a link between two tickets is made and taken away (Spec T10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.core.errors import InvalidInput
from cadran.core.numbering import take_turn

from ..choices import LinkRole
from ..context import NewLink
from ..models import Ticket, TicketLink
from ._shared import locked, tell


def take_in_order(*tickets: Ticket) -> list[Ticket]:
    """The tickets as stored, taken for writing by ascending key, so that two acts never wait for each other."""
    taken = {one.pk: locked(one) for one in sorted(tickets, key=lambda one: one.pk)}
    return [taken[one.pk] for one in tickets]


def take_linked(links: Sequence[NewLink]) -> list[NewLink]:
    """Links of a ticket to come, their tickets taken for writing. Raises ``InvalidInput`` for one named twice."""
    keys = [link.ticket.pk for link in links]
    twice = next((link.ticket for link in links if keys.count(link.ticket.pk) > 1), None)
    if twice is not None:
        raise InvalidInput(
            _("%(number)s can’t be parent and child of the same ticket. Choose one of the two."),
            field="links",
            params={"number": twice.number},
        )
    taken = take_in_order(*(link.ticket for link in links))
    return [NewLink(ticket, link.role) for ticket, link in zip(taken, links, strict=True)]


def put_links(ticket: Ticket, links: Sequence[NewLink], *, by: User | None, at: datetime) -> None:
    """Link a taken ticket with others taken before it. Raises ``InvalidInput`` as :func:`put_link` does."""
    for link in links:
        parent, child = (link.ticket, ticket) if link.role == LinkRole.PARENT else (ticket, link.ticket)
        put_link(parent=parent, child=child, by=by, at=at)


def put_link(*, parent: Ticket, child: Ticket, by: User | None, at: datetime) -> TicketLink:
    """Link two taken tickets and tell both timelines. Raises ``InvalidInput`` for a circle, or a link there is.

    The rows are internal: a timeline that a customer reads never names another customer's ticket.
    """
    if parent.pk == child.pk:
        raise InvalidInput(
            _("%(number)s can’t be linked with itself. Choose another ticket."),
            field="other",
            params={"number": parent.number},
        )
    # One link after the other: four tickets, two by two, may close a circle and share no row to wait for.
    take_turn("ticket_link")
    names = {"parent": parent.number, "child": child.number}
    if TicketLink.objects.filter(parent=parent, child=child).exists():
        raise InvalidInput(_("%(parent)s is a parent of %(child)s already."), field="other", params=names)
    way = _way_up(parent.pk, child.pk)
    if way:
        numbers = dict(Ticket.objects.filter(pk__in=way).values_list("pk", "number"))
        raise InvalidInput(
            _(
                "%(parent)s can’t become a parent of %(child)s, as it stands below it: %(way)s. Take one of these "
                "links away first, or choose another ticket."
            ),
            field="other",
            params={**names, "way": " → ".join(numbers[key] for key in way)},
        )
    link: TicketLink = TicketLink.objects.create(parent=parent, child=child, created_by=by, created_at=at)
    tell_both("linked", parent=parent, child=child, by=by, at=at)
    return link


def tell_both(kind: str, *, parent: Ticket, child: Ticket, by: User | None, at: datetime) -> None:
    """Write a row about a link into the timelines of both of its tickets."""
    for ticket, other, role in ((parent, child, LinkRole.CHILD), (child, parent, LinkRole.PARENT)):
        tell(ticket, kind, by=by, at=at, role=role.value, other=other.number)


def _way_up(below: int, above: int) -> list[int]:
    """The shortest way between a ticket and one of its ancestors, from top to bottom; empty when it is none."""
    came_from: dict[int, int | None] = {below: None}
    level = [below]
    while level and above not in came_from:
        links = TicketLink.objects.filter(child__in=level).values_list("parent_id", "child_id")
        level = []
        for parent, child in links:
            if parent not in came_from:
                came_from[parent] = child
                level.append(parent)
    way: list[int] = []
    step: int | None = above if above in came_from else None
    while step is not None:
        way.append(step)
        step = came_from[step]
    return way
