"""Filing tickets under tags (Spec T30)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.instants import whole_second

from .. import rules
from ..models import Tag, Ticket
from ._shared import locked, mirror
from ._tags import put_tags, tag_called


def tag_ticket(
    *,
    ticket: Ticket,
    added: Sequence[Tag] = (),
    removed: Sequence[Tag] = (),
    words: Sequence[str] = (),
    by: User | None,
    at: datetime,
) -> Ticket:
    """Add and take away tags of a ticket in whatever phase; ``words`` name tags that may be new.

    A word takes the tag that is spelt alike, and makes one when there is none. Only what is named moves, so that the
    tags that two people add at the same time all stand (Spec T17). Raises ``InvalidInput``, ``NotAllowed``.
    """
    rules.require(by, Right.EDIT_TICKETS)
    at = whole_second(at)
    with transaction.atomic():
        stored = locked(ticket)
        made = [tag_called(word, by=by, at=at) for word in words]
        put_tags(stored, added=[*added, *made], removed=removed, by=by, at=at)
    return mirror(ticket, stored)
