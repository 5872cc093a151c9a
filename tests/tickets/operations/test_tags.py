"""Tags of tickets (Spec T30)."""

from __future__ import annotations

import pytest
from django.utils import translation

from cadran.accounts.rights import Right
from cadran.core.errors import InvalidInput, NotAllowed
from cadran.core.models import JournalEntry
from cadran.core.reference import retire_reference_row
from cadran.tickets.context import OpeningDetails
from cadran.tickets.models import Tag, Ticket
from cadran.tickets.operations import open_ticket, tag_ticket
from cadran.tickets.queries import timeline
from tests.factories.desk import Desk, colleague, paris
from tests.factories.trade import a_row

AT = paris("2026-03-02 10:00")


def names(ticket: Ticket) -> list[str]:
    return [str(tag) for tag in ticket.tags.all()]


def test_tags_are_added_and_removed_and_told(desk: Desk) -> None:
    """The timeline says which, in the reader's language (Spec T4, T30)."""
    ticket = desk.open(AT)
    print_, quay = a_row(Tag, "impression", name_en="printing"), a_row(Tag, "quai")
    tag_ticket(ticket=ticket, added=[print_, quay], by=desk.user, at=AT)
    tag_ticket(ticket=ticket, removed=[quay], by=desk.user, at=AT)
    assert names(ticket) == ["printing"]
    texts = [item.text for item in timeline(ticket, desk.user) if item.code == "tagged"]
    assert texts == [
        "Someone added the tags printing, Quai.",
        "Someone removed the tags Quai.",
    ]
    with translation.override("fr"):
        assert "Impression" in next(one for one in timeline(ticket, desk.user) if one.code == "tagged").text
    rows = JournalEntry.objects.filter(kind="ticket.tagged")
    assert all(row.is_internal for row in rows)
    assert [len(row.data["before"]) for row in rows.order_by("id")] == [0, 2]


def test_what_is_there_already_moves_nothing(desk: Desk) -> None:
    """Adding twice, or removing what is not there, is no act (Spec T17)."""
    ticket = desk.open(AT)
    tag = a_row(Tag, "vpn")
    tag_ticket(ticket=ticket, added=[tag], by=desk.user, at=AT)
    tag_ticket(ticket=ticket, added=[tag, tag], removed=[a_row(Tag, "other")], by=desk.user, at=AT)
    assert names(ticket) == ["Vpn"]
    assert JournalEntry.objects.filter(kind="ticket.tagged").count() == 1


@pytest.mark.parametrize("typed", ["hors-ligne", "Hors  ligne", "HORS LIGNE", "offline"])
def test_a_word_takes_the_tag_that_is_spelt_alike(desk: Desk, typed: str) -> None:
    """Accents, case, blanks and hyphens make no second tag, in neither language (Spec T30)."""
    a_row(Tag, "offline", name_fr="Hors ligne", name_en="Off-line")
    ticket = desk.open(AT)
    tag_ticket(ticket=ticket, words=[typed], by=desk.user, at=AT)
    assert Tag.objects.count() == 1
    assert names(ticket) == ["Off-line"]


def test_a_new_word_makes_a_tag_behind_the_others(desk: Desk) -> None:
    """Its code is free even where another tag took the word's (Spec T1, T30)."""
    a_row(Tag, "quai-no-4", name_fr="Autre chose")
    ticket = desk.open(AT)
    tag_ticket(ticket=ticket, words=["  Quai  nº 4 "], by=desk.user, at=AT)
    made = Tag.objects.latest("id")
    assert (made.code, made.name_fr, made.position) == ("quai-no-4-2", "Quai nº 4", 2)
    assert JournalEntry.objects.filter(kind="tag.created", author=desk.user).count() == 1


@pytest.mark.parametrize("word", ["", " — ", "x" * 41, "old"])
def test_a_word_that_can_be_no_tag_is_refused_and_nothing_moves(desk: Desk, word: str) -> None:
    """Empty, too long, or retired (Spec T1, R7)."""
    retire_reference_row(row=a_row(Tag, "old"), by=None, at=AT)
    ticket = desk.open(AT)
    with pytest.raises(InvalidInput) as refused:
        tag_ticket(ticket=ticket, words=["good", word], by=desk.user, at=AT)
    assert refused.value.field == "tags"
    assert Tag.objects.count() == 1
    assert not ticket.tags.exists()


def test_tags_need_the_right_to_edit(desk: Desk) -> None:
    """Spec R2."""
    ticket = desk.open(AT)
    with pytest.raises(NotAllowed):
        tag_ticket(ticket=ticket, words=["x"], by=colleague(desk, Right.SEE_TICKETS), at=AT)
    assert not Tag.objects.exists()


def test_a_new_ticket_brings_its_tags_along(desk: Desk) -> None:
    """Those of the list and new words (Spec T16, T30)."""
    details = OpeningDetails(tags=[a_row(Tag, "vpn")], tag_words=["quai", "VPN"])
    ticket = open_ticket(fields=desk.fields(AT), team=desk.team, by=desk.user, at=AT, details=details)
    assert names(ticket) == ["Vpn", "quai"]
