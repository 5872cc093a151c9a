"""Internal notes (Spec T17)."""

from __future__ import annotations

import pytest

from cadran.accounts.rights import Right
from cadran.core.errors import InvalidInput, NotAllowed
from cadran.core.models import JournalEntry
from cadran.parties.models import Agent
from cadran.tickets.choices import Phase
from cadran.tickets.models import Note, Ticket
from cadran.tickets.operations import add_note
from cadran.tickets.queries import timeline
from tests.factories.desk import Desk, colleague, mention, paris
from tests.tickets.test_transitions import brought_to

AT = paris("2026-03-02 10:00")


def test_a_note_is_internal_sanitised_and_told_once(desk: Desk) -> None:
    """Rich text with mentions, for the staff alone (Spec T14, T17)."""
    ticket = desk.open(AT)
    note = add_note(ticket=ticket, body='<p onclick="x()">Ask <b>Ana</b></p>', by=desk.user, at=AT)
    assert note.body == "<p>Ask <b>Ana</b></p>"
    assert JournalEntry.objects.get(kind="ticket.note_added").is_internal
    (item,) = timeline(ticket, desk.user, kinds=["note"])
    assert (item.seen, item.body, item.data["mentions"]) == ("internal", note.body, [])


@pytest.mark.parametrize("phase", list(Phase))
def test_a_note_at_any_time(desk: Desk, phase: Phase) -> None:
    """In whatever phase; nothing of the ticket moves by it (Spec T17)."""
    ticket = brought_to(desk, phase)
    before = Ticket.objects.filter(pk=ticket.pk).values().get()
    add_note(ticket=ticket, body="<p>Still</p>", by=desk.user, at=AT)
    after = Ticket.objects.filter(pk=ticket.pk).values().get()
    before.pop("row_version"), after.pop("row_version")
    assert after == before
    assert timeline(ticket, desk.user, kinds=["note"])[-1].body == "<p>Still</p>"


def test_an_empty_note_or_no_right(desk: Desk) -> None:
    """A note says something; writing notes is a right of its own (Spec T17, R2)."""
    ticket = desk.open(AT)
    with pytest.raises(InvalidInput):
        add_note(ticket=ticket, body="<p> &nbsp; </p>", by=desk.user, at=AT)
    with pytest.raises(NotAllowed):
        add_note(ticket=ticket, body="<p>x</p>", by=colleague(desk, Right.SEE_TICKETS), at=AT)
    assert not Note.objects.exists()


def test_whom_a_note_mentions_is_read_from_its_text(desk: Desk) -> None:
    """The mark names a key, the server writes the name; who is mentioned follows the ticket (Spec T17, T30)."""
    ticket = desk.open(AT)
    nadia = colleague(desk, Right.SEE_TICKETS)
    body = (
        f'<p>Ask <span data-mention="{nadia.agent.pk}" class="x">@The <b>boss</b></span> and {mention(desk.agent)}, '
        'not <span data-mention="999999">@Nobody</span> or <span data-mention="x">@Word</span></p>'
    )
    note = add_note(ticket=ticket, body=body, by=desk.user, at=AT)
    assert note.body == (
        f"<p>Ask {mention(nadia.agent)} and {mention(desk.agent)}, not @Nobody or <span>@Word</span></p>"
    )
    assert set(note.mentions.all()) == {nadia.agent, desk.agent}
    assert list(ticket.followers.all()) == [nadia.agent]
    told = JournalEntry.objects.get(kind="ticket.followed")
    assert (told.is_internal, told.data["added"], told.data["mentioned"]) == (True, [str(nadia.agent)], True)
    *_before, said, item = timeline(ticket, desk.user)
    assert (said.kind, item.code) == ("note", "followed")
    assert item.text == f"A note of {desk.user.name} names {nadia.agent}, who now follows the ticket."


def test_who_may_not_see_the_ticket_is_not_mentioned(desk: Desk) -> None:
    """Nobody is left believing that somebody was told: a sentence, no note, no follower (Spec T17, R7)."""
    ticket = desk.open(AT)
    blind, nobody = (
        colleague(desk, Right.EDIT_CONTRACTS).agent,
        Agent.objects.create(first_name="No", last_name="Account"),
    )
    for agent in (blind, nobody):
        with pytest.raises(InvalidInput, match="may not see this ticket") as refused:
            add_note(ticket=ticket, body=f"<p>Look {mention(agent)}</p>", by=desk.user, at=AT)
        assert refused.value.field == "body"
    assert not Note.objects.exists()
    assert not ticket.followers.exists()


def test_who_left_is_not_mentioned(desk: Desk) -> None:
    """The words stay, the mark goes, nobody follows (Spec T17)."""
    ticket = desk.open(AT)
    nadia = colleague(desk).agent
    type(nadia).objects.filter(pk=nadia.pk).update(is_active=False)
    note = add_note(ticket=ticket, body=f"<p>{mention(nadia)}</p>", by=desk.user, at=AT)
    assert note.body == f"<p>@{nadia}</p>"
    assert not note.mentions.exists()
    assert not ticket.followers.exists()
