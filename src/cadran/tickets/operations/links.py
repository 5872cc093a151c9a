"""Parents and children: linking tickets and taking links away (Spec T10)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import Stale
from cadran.core.instants import whole_second

from .. import rules
from ..choices import LinkRole
from ..models import Ticket, TicketLink
from ._links import put_link, take_in_order, tell_both
from ._shared import mirror


def link_tickets(
    *, ticket: Ticket, other: Ticket, role: LinkRole | str, by: User | None, at: datetime
) -> TicketLink:
    """Make ``other`` a parent or a child of ``ticket``, as ``role`` says; also across customers.

    A cause at one customer may hit others. Raises ``InvalidInput`` for a link with itself, one that exists or one
    that would close a circle, ``NotAllowed``.
    """
    rules.require(by, Right.EDIT_TICKETS)
    at = whole_second(at)
    with transaction.atomic():
        # One ticket named twice is taken once; the link is refused below.
        stored, its = take_in_order(ticket, other)
        parent, child = (its, stored) if LinkRole(role) == LinkRole.PARENT else (stored, its)
        link = put_link(parent=parent, child=child, by=by, at=at)
    mirror(ticket, stored)
    mirror(other, its)
    return link


def unlink_tickets(*, ticket: Ticket, other: Ticket, by: User | None, at: datetime) -> Ticket:
    """Take the link between two tickets away, whichever is the parent.

    Raises ``Stale`` when somebody else has taken it away, ``NotAllowed``.
    """
    rules.require(by, Right.EDIT_TICKETS)
    at = whole_second(at)
    with transaction.atomic():
        stored, its = take_in_order(ticket, other)
        for parent, child in ((stored, its), (its, stored)):
            if TicketLink.objects.filter(parent=parent, child=child).delete()[0]:
                tell_both("unlinked", parent=parent, child=child, by=by, at=at)
                break
        else:
            raise Stale(
                _("%(number)s and %(other)s are not linked any more. Look at the ticket as it is now."),
                params={"number": ticket.number, "other": other.number},
            )
    mirror(other, its)
    return mirror(ticket, stored)
