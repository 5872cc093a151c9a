"""A ticket's parents and children, and the tickets that it may be linked with (Spec T10)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.catalogue.models import Asset
from cadran.core.text import fold
from cadran.parties.models import Customer

from ..choices import OPEN_PHASES, Cascade, LinkRole, Phase
from ..models import Ticket, TicketLink
from .merging import MergedNumber, merged_number

#: How far back the tickets of a customer are listed unless all dates are asked for.
RECENT = timedelta(days=8)
#: How many children a ticket's page names; how many tickets a page of the panel.
CHILDREN_SHOWN = 6
PAGE = 8

_AT_WORK = (Phase.CREATED, Phase.IN_PROGRESS, Phase.SUSPENDED)
_CLOSED = (Phase.CLOSED_BY_CUSTOMER, Phase.CLOSED_INTERNALLY)


@dataclass(frozen=True)
class Family:
    """A ticket's parents, its first children (those at work first, the soonest due first) and how many there are."""

    parents: tuple[Ticket, ...] = ()
    children: tuple[Ticket, ...] = ()
    phases: tuple[str, ...] = field(default=(), repr=False)

    @property
    def total(self) -> int:
        """How many children there are."""
        return len(self.phases)

    @property
    def all(self) -> int:
        """How many tickets are linked with it."""
        return len(self.parents) + self.total

    @property
    def unresolved(self) -> int:
        """How many of them are still to be resolved."""
        return sum(phase in _AT_WORK for phase in self.phases)

    @property
    def more(self) -> int:
        """How many children are not named."""
        return self.total - len(self.children)


def family_of(ticket: Ticket, user: User) -> Family:
    """The tickets above and below one, as ``user`` may see them; three queries at most, however many there are."""
    seen = Ticket.objects.visible_to(user)
    links = list(
        TicketLink.objects.visible_to(user)
        .filter(Q(parent=ticket) | Q(child=ticket))
        .values_list("parent_id", "child_id", "child__phase", "child__resolution_due_at")
    )
    if not links:
        return Family()
    parents = [parent for parent, child, _phase, _due in links if child == ticket.pk]
    below = [(phase, due, child) for parent, child, phase, due in links if parent == ticket.pk]
    below.sort(key=lambda one: (one[0] not in _AT_WORK, one[1] is None, one[1] or ticket.entered_at, -one[2]))
    first = [child for _phase, _due, child in below[:CHILDREN_SHOWN]]
    rows = {row.pk: row for row in seen.filter(pk__in=[*parents, *first]).for_lists()}
    return Family(
        parents=tuple(rows[key] for key in parents if key in rows),
        children=tuple(rows[key] for key in first if key in rows),
        phases=tuple(phase for phase, _due, _child in below),
    )


def cascades_for(ticket: Ticket, phases: Collection[str], user: User) -> list[Cascade]:
    """What ``user`` may have the children in ``phases`` do as the ticket did, the furthest first.

    Closing takes those still at work along for who may resolve them.
    """
    offered: list[Cascade] = []
    if ticket.is_cancelled or not user.has_right(Right.SEE_TICKETS):
        return offered
    is_closed = ticket.phase in _CLOSED
    at_work = user.has_right(Right.INTERVENE) and any(phase in _AT_WORK for phase in phases)
    closable = [Phase.RESOLVED]
    if ticket.phase == Phase.CLOSED_INTERNALLY:
        closable.append(Phase.CLOSED_BY_CUSTOMER)
    follows = at_work or any(phase in closable for phase in phases)
    if is_closed and follows and user.has_right(Right.CLOSE_TICKETS):
        offered.append(Cascade.CLOSING)
    if at_work and (is_closed or ticket.phase == Phase.RESOLVED):
        offered.append(Cascade.RESOLUTION)
    return offered


def child_phases(ticket: Ticket) -> list[str]:
    """The phases of a ticket's children."""
    return list(TicketLink.objects.filter(parent=ticket).values_list("child__phase", flat=True))


def links_of(ticket: Ticket, others: Sequence[Ticket]) -> dict[int, LinkRole]:
    """What each of ``others`` that is linked with the ticket is to it."""
    keys = [other.pk for other in others]
    found = dict.fromkeys(
        TicketLink.objects.filter(child=ticket, parent__in=keys).values_list("parent_id", flat=True),
        LinkRole.PARENT,
    )
    below = TicketLink.objects.filter(parent=ticket, child__in=keys).values_list("child_id", flat=True)
    return found | dict.fromkeys(below, LinkRole.CHILD)


@dataclass(frozen=True)
class Criteria:
    """What the panel *tickets of this customer* lists: by default the open ones received in the last 8 days.

    ``words`` are looked for in number, title and customer's reference; ``everywhere``: those of other customers too.
    """

    closed: bool = False
    all_dates: bool = False
    asset: Asset | None = None
    words: str = ""
    everywhere: bool = False


@dataclass(frozen=True)
class Found:
    """One page of the panel, newest first; ``merged``: the number that was typed is a duplicate's."""

    tickets: tuple[Ticket, ...]
    has_more: bool
    merged: MergedNumber | None = None


def customer_tickets(
    customer: Customer | None,
    criteria: Criteria,
    user: User,
    *,
    now: datetime,
    page: int = 1,
    without: Collection[int] = (),
) -> Found:
    """The tickets that the criteria leave, ``without`` some by key; few queries, and none counts all there are.

    A whole number is found whatever else is asked: who types it means that ticket, and for a duplicate's number the one
    into which it was merged.
    """
    rows: QuerySet[Ticket] = Ticket.objects.visible_to(user).filter(merged_into=None)
    if criteria.words[-1:].isdecimal():
        numbers = {criteria.words, criteria.words.upper()}
        if named := list(rows.filter(number__in=numbers).exclude(pk__in=without).for_lists()[:1]):  # type: ignore[attr-defined]
            return Found(tuple(named), False)
        if merged := merged_number(criteria.words, user):
            return Found(() if merged.kept.pk in without else (merged.kept,), False, merged)
    if not criteria.everywhere:
        rows = rows.filter(customer=customer)
    if not criteria.closed:
        rows = rows.filter(phase__in=OPEN_PHASES)
    if not criteria.all_dates:
        rows = rows.filter(received_at__gte=now - RECENT)
    if criteria.asset is not None:
        rows = rows.filter(asset=criteria.asset)
    for word in fold(criteria.words).split()[:10]:
        rows = rows.filter(search_key__contains=word)
    if without:
        rows = rows.exclude(pk__in=without)
    first = (page - 1) * PAGE
    found = list(rows.for_lists().order_by("-received_at", "-id")[first : first + PAGE + 1])  # type: ignore[attr-defined]
    return Found(tuple(found[:PAGE]), len(found) > PAGE)


def with_links(tickets: QuerySet[Ticket], role: LinkRole, *, linked: bool = True) -> QuerySet[Ticket]:
    """Those of ``tickets`` that have, or have not, a parent or a child."""
    own = "child" if role == LinkRole.PARENT else "parent"
    links = Exists(TicketLink.objects.filter(**{own: OuterRef("pk")}))
    return tickets.filter(links if linked else ~links)
