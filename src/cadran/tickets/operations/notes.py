"""Internal notes (Spec T17)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import InvalidInput
from cadran.core.instants import whole_second
from cadran.core.richtext import sanitise
from cadran.parties.models import Agent

from .. import rules
from ..models import Note, Ticket
from ._shared import claim_pasted, tell


def add_note(
    *, ticket: Ticket, body: str, mentions: Sequence[Agent] = (), by: User | None, at: datetime
) -> Note:
    """Add an internal note to a ticket in whatever phase. Raises ``InvalidInput`` for an empty one, ``NotAllowed``."""
    rules.require(by, Right.WRITE_NOTES)
    at = whole_second(at)
    text = sanitise(body)
    if not text:
        raise InvalidInput(_("Type the note first."), field="body")
    with transaction.atomic():
        note = Note(ticket=ticket, author=by, written_at=at, body=text)
        note.save()
        note.mentions.set(mentions)
        claim_pasted([(text, False)], ticket, by=by, at=at)
        tell(ticket, "note_added", by=by, at=at, note=note.pk, mentions=[str(agent) for agent in mentions])
    return note
