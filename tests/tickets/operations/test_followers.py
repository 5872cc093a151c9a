"""Who follows a ticket (Spec T30)."""

from __future__ import annotations

import pytest

from cadran.accounts.rights import Right
from cadran.core.errors import InvalidInput, NotAllowed
from cadran.core.models import JournalEntry
from cadran.parties.models import Agent
from cadran.tickets.operations import change_followers
from cadran.tickets.queries import timeline
from tests.factories.desk import Desk, colleague, paris

AT = paris("2026-03-02 10:00")


def test_one_follows_and_stops_following(desk: Desk) -> None:
    """Whoever sees a ticket may; twice is once; the customer reads nothing of it (Spec T30)."""
    ticket = desk.open(AT)
    nadia = colleague(desk, Right.SEE_TICKETS)
    for _twice in range(2):
        change_followers(ticket=ticket, added=[nadia.agent], by=nadia, at=AT)
    assert list(ticket.followers.all()) == [nadia.agent]
    change_followers(ticket=ticket, removed=[nadia.agent], by=nadia, at=AT)
    assert not ticket.followers.exists()
    items = [item for item in timeline(ticket, desk.user) if item.code == "followed"]
    assert [item.text for item in items] == [
        "Someone follows the ticket.",
        "Someone no longer follows the ticket.",
    ]
    assert all(row.is_internal for row in JournalEntry.objects.filter(kind="ticket.followed"))


def test_colleagues_are_added_by_who_may_edit(desk: Desk) -> None:
    """Spec R2, T30."""
    ticket = desk.open(AT)
    nadia = colleague(desk, Right.SEE_TICKETS)
    with pytest.raises(NotAllowed):
        change_followers(ticket=ticket, added=[desk.agent], by=nadia, at=AT)
    assert not ticket.followers.exists()
    change_followers(ticket=ticket, added=[nadia.agent, desk.agent], by=desk.user, at=AT)
    assert set(ticket.followers.all()) == {nadia.agent, desk.agent}
    (item,) = [item for item in timeline(ticket, desk.user) if item.code == "followed"]
    assert item.text == f"Someone let {nadia.agent}, {desk.agent} follow the ticket."


def test_who_left_follows_nothing_more(desk: Desk) -> None:
    """Spec R7."""
    ticket = desk.open(AT)
    gone = colleague(desk).agent
    Agent.objects.filter(pk=gone.pk).update(is_active=False)
    gone.refresh_from_db()
    with pytest.raises(InvalidInput):
        change_followers(ticket=ticket, added=[desk.agent, gone], by=desk.user, at=AT)
    assert not ticket.followers.exists()


def test_who_sees_no_ticket_follows_none(desk: Desk) -> None:
    """Neither by themselves nor added by a colleague (Spec R2, T30)."""
    ticket = desk.open(AT)
    stranger = colleague(desk)
    with pytest.raises(NotAllowed):
        change_followers(ticket=ticket, added=[stranger.agent], by=stranger, at=AT)
    with pytest.raises(InvalidInput, match="may not see this ticket"):
        change_followers(ticket=ticket, added=[desk.agent, stranger.agent], by=desk.user, at=AT)
    assert not ticket.followers.exists()
