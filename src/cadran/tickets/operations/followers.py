"""Who follows a ticket without working on it (Spec T30)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.instants import whole_second
from cadran.parties.models import Agent

from .. import rules
from ..models import Ticket
from ._followers import put_followers
from ._shared import locked, mirror


def change_followers(
    *,
    ticket: Ticket,
    added: Sequence[Agent] = (),
    removed: Sequence[Agent] = (),
    by: User | None,
    at: datetime,
) -> Ticket:
    """Let agents follow a ticket, or no longer. Whoever sees it may follow it themselves; others are added and taken
    away by who may edit tickets.

    Only who is named moves: what two people change at the same time both stands (Spec T17). Raises ``InvalidInput``
    for somebody who no longer works here or may not see the ticket, ``NotAllowed``.
    """
    rules.require(by, Right.SEE_TICKETS)
    if {*added, *removed} - {rules.agent_of(by)}:
        rules.require(by, Right.EDIT_TICKETS)
    at = whole_second(at)
    with transaction.atomic():
        stored = locked(ticket)
        put_followers(stored, added=added, removed=removed, by=by, at=at)
    return mirror(ticket, stored)
