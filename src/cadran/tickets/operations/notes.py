"""Internal notes (Spec T17)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.instants import whole_second

from .. import rules
from ..models import Note, Ticket
from ._notes import put_note
from ._shared import locked


def add_note(*, ticket: Ticket, body: str, by: User | None, at: datetime) -> Note:
    """Add an internal note to a ticket in whatever phase.

    Whom it mentions is read from the text: ``<span data-mention="12">`` marks an agent by key. They follow the ticket
    from then on. Raises ``InvalidInput`` for an empty note or a mention of somebody who may not see the ticket,
    ``TransitionRefused`` on a merged ticket, ``NotAllowed``.
    """
    rules.require(by, Right.WRITE_NOTES)
    at = whole_second(at)
    with transaction.atomic():
        locked(ticket)
        return put_note(ticket, body, by=by, at=at)
