"""The panel *tickets of this customer*: what the new ticket is to be linked with (Spec T10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import QueryDict

from cadran.accounts.models import User
from cadran.desk.tickets.forms.fields import is_key
from cadran.desk.tickets.linking import line_of, listed_context
from cadran.tickets.choices import LinkRole
from cadran.tickets.context import NewLink
from cadran.tickets.models import Ticket

#: The most links that a form sends; more are made on the ticket's page.
MOST = 200


def chosen_links(sent: Sequence[str], user: User) -> list[NewLink]:
    """The links that the form names (``parent:12``), each ticket once, in the order in which they were chosen."""
    wanted: dict[int, LinkRole] = {}
    for one in sent[:MOST]:
        role, _colon, key = one.partition(":")
        if role in LinkRole.values and is_key(key):
            wanted[int(key)] = LinkRole(role)
    rows = Ticket.objects.visible_to(user).for_lists().in_bulk(list(wanted)) if wanted else {}
    return [NewLink(rows[key], role) for key, role in wanted.items() if key in rows]


def customer_tickets(sent: QueryDict, values: dict[str, Any], user: User, now: datetime) -> dict[str, Any]:
    """The context of the panel: the tickets chosen on top, one page of others below them."""
    customer = values.get("customer")
    chosen = chosen_links(sent.getlist("links"), user)
    if customer is None and not chosen:
        return {}
    context = listed_context(
        sent,
        user,
        now,
        customer=customer,
        asset=values.get("asset"),
        without=[link.ticket.pk for link in chosen],
    )
    linked = [line_of(link.ticket, now, customer=customer, role=link.role) for link in chosen]
    return {**context, "linked": linked, "customer": customer, "now": now}
