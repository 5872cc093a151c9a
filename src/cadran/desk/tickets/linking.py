"""Parents, children and the tickets to link with, as the ticket's page and the new-ticket form show them (Spec T10)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.catalogue.models import Asset
from cadran.desk.components.clocks import ClockFace, nearest
from cadran.parties.models import Customer
from cadran.tickets.choices import Cascade, LinkRole
from cadran.tickets.models import Ticket
from cadran.tickets.queries import clock_view
from cadran.tickets.queries.cascades import cascade_of
from cadran.tickets.queries.links import Criteria, Found, cascades_for, customer_tickets, family_of

from .faces import face_of
from .forms.fields import is_key

#: The boxes of the panel: what is sent -> the criterion.
BOXES = {"ct_closed": "closed", "ct_all_dates": "all_dates", "ct_everywhere": "everywhere"}
LONGEST_WORDS = 200
LAST_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Line:
    """A ticket in a list of tickets to link with, or linked already in ``role``."""

    ticket: Ticket
    face: ClockFace
    is_same_asset: bool = False
    is_elsewhere: bool = False
    role: LinkRole | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What the children may do as their parent did."""

    cascade: Cascade
    url: str


def line_of(
    ticket: Ticket,
    now: datetime,
    *,
    customer: Customer | None,
    asset: Asset | None = None,
    role: LinkRole | None = None,
) -> Line:
    """One line, seen from a ticket of ``customer`` on ``asset``; its clock is the one that is due first."""
    clocks = clock_view(ticket, now, with_openings=True)
    return Line(
        ticket,
        nearest(face_of(clocks.response), face_of(clocks.resolution)),
        is_same_asset=asset is not None and ticket.asset_id == asset.pk,
        is_elsewhere=customer is not None and ticket.customer_id != customer.pk,
        role=role,
    )


def linked_context(ticket: Ticket, user: User, now: datetime) -> dict[str, Any]:
    """The section *linked tickets* of the ticket's page."""
    family = family_of(ticket, user)
    parents = [line_of(one, now, customer=ticket.customer, role=LinkRole.PARENT) for one in family.parents]
    children = [line_of(one, now, customer=ticket.customer, role=LinkRole.CHILD) for one in family.children]
    progress = cascade_of(ticket, now) if family.total else None
    waits = progress is not None and progress.is_running
    offers = [] if waits else cascades_for(ticket, family.phases, user)
    return {
        "family": family,
        "parents": parents,
        "children": children,
        "cascade": progress,
        "offers": [Offer(one, children_url(ticket, one)) for one in offers],
        "may_link": ticket.merged_into_id is None and user.has_right(Right.EDIT_TICKETS),
    }


def children_url(ticket: Ticket, cascade: Cascade) -> str:
    """The dialog in which the children that follow are chosen."""
    return reverse("desk:ticket_children", args=[ticket.number, cascade.value])


def read_criteria(sent: QueryDict, asset: Asset | None) -> Criteria:
    """What the panel was asked to list."""
    boxes = {name: sent.get(box) == "on" for box, name in BOXES.items()}
    words = sent.get("ct_words", "")[:LONGEST_WORDS].strip()
    return Criteria(words=words, asset=asset if sent.get("ct_same_asset") == "on" else None, **boxes)


def read_page(sent: QueryDict) -> int:
    """Which page of the panel was asked for, from 1."""
    asked = sent.get("ct_page", "")
    return min(max(int(asked), 1), LAST_PAGE) if is_key(asked) else 1


def listed_context(
    sent: QueryDict,
    user: User,
    now: datetime,
    *,
    customer: Customer | None,
    asset: Asset | None,
    without: Collection[int] = (),
    roles: Mapping[int, LinkRole] | None = None,
) -> dict[str, Any]:
    """The panel *tickets of this customer*: its criteria as they were sent, one page of lines, where to go on."""
    criteria, page = read_criteria(sent, asset), read_page(sent)
    found = customer_tickets(customer, criteria, user, now=now, page=page, without=without)
    roles = roles or {}
    return {
        "criteria": criteria,
        "same_asset": sent.get("ct_same_asset") == "on",
        "asset": asset,
        "lines": [
            line_of(one, now, customer=customer, asset=asset, role=roles.get(one.pk)) for one in found.tickets
        ],
        "merged_note": _merged_note(found),
        "page": page,
        "previous": page - 1,
        "next": page + 1 if found.has_more else 0,
    }


def _merged_note(found: Found) -> str:
    """That the number which was typed leads to another ticket now (Spec T29); empty for none."""
    if found.merged is None:
        return ""
    words = {"number": found.merged.duplicate.number, "kept": found.merged.kept.number}
    if found.tickets:
        return _("%(number)s was merged into %(kept)s: link that one.") % words
    return _("%(number)s was merged into %(kept)s: there is nothing more to link.") % words


def asked_children(sent: QueryDict, offers: list[Offer]) -> str:
    """The dialog that the address asks for, once an act on another page led here; empty for none."""
    return next((offer.url for offer in offers if offer.cascade == sent.get("children")), "")
