"""Internal notes (Spec T17)."""

from __future__ import annotations

import pytest

from cadran.accounts.rights import Right
from cadran.core.errors import InvalidInput, NotAllowed
from cadran.core.models import JournalEntry
from cadran.tickets.models import Note
from cadran.tickets.operations import add_note
from cadran.tickets.queries import timeline
from tests.factories.desk import Desk, colleague, paris

AT = paris("2026-03-02 10:00")


def test_a_note_is_internal_sanitised_and_told_once(desk: Desk) -> None:
    """Rich text with mentions, for the staff alone (Spec T14, T17)."""
    ticket = desk.open(AT)
    note = add_note(
        ticket=ticket, body='<p onclick="x()">Ask <b>Ana</b></p>', mentions=[desk.agent], by=desk.user, at=AT
    )
    assert (note.body, list(note.mentions.all())) == ("<p>Ask <b>Ana</b></p>", [desk.agent])
    assert JournalEntry.objects.get(kind="ticket.note_added").is_internal
    (item,) = timeline(ticket, desk.user, kinds=["note"])
    assert (item.seen, item.body, item.data["mentions"]) == ("internal", note.body, [str(desk.agent)])


def test_an_empty_note_or_no_right(desk: Desk) -> None:
    """A note says something; writing notes is a right of its own (Spec T17, R2)."""
    ticket = desk.open(AT)
    with pytest.raises(InvalidInput):
        add_note(ticket=ticket, body="<p> &nbsp; </p>", by=desk.user, at=AT)
    with pytest.raises(NotAllowed):
        add_note(ticket=ticket, body="<p>x</p>", by=colleague(desk, Right.SEE_TICKETS), at=AT)
    assert not Note.objects.exists()
