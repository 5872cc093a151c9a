"""Resolved tickets are found by their words, and by nobody who may not see them (Spec S5)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from cadran.accounts.rights import Right
from cadran.core.errors import NotAllowed
from cadran.core.models import IndexedStem, JournalEntry, Sequence
from cadran.tickets.models import Ticket
from cadran.tickets.operations import (
    alike,
    cancel_ticket,
    edit_ticket,
    index_resolved_tickets,
    merge_ticket,
    reopen_ticket,
)
from cadran.tickets.queries.alike import tickets_alike
from tests.factories.desk import Desk, a_desk, colleague, paris
from tests.factories.trade import a_product

pytestmark = pytest.mark.django_db
NINE, TEN, ELEVEN = (paris(f"2026-03-02 {hour}:00") for hour in ("09", "10", "11"))


@pytest.fixture
def desk(db: None) -> Desk:
    return a_desk()


def resolved(desk: Desk, title: str = "Écran figé à la réception", **typed: Any) -> Ticket:
    ticket = desk.open(NINE, title=title, **typed)
    return desk.resolve(ticket, TEN, external_report="<p>Redémarrer le spouleur</p>")


def index(at: datetime = ELEVEN) -> int:
    return index_resolved_tickets(by=None, at=at)


def found(desk: Desk, text: str, **asked: Any) -> list[str]:
    typed = {"product": None, "user": desk.user, **asked}
    return [one.ticket.title for one in tickets_alike(text=text, **typed)]


def test_a_resolved_ticket_is_found_with_what_helped(desk: Desk) -> None:
    """By title, description and the last external report; an open one never (Spec S5)."""
    ticket = resolved(desk, external_description="<p>Le curseur clignote</p>")
    desk.open(NINE, title="Écran figé ailleurs")
    index()
    for words in ("ecran figee", "curseur clignotant", "spouleur"):
        assert found(desk, words) == [ticket.title], words
    assert tickets_alike(text="spouleur", product=None, user=desk.user)[0].report == (
        "<p>Redémarrer le spouleur</p>"
    )
    assert found(desk, "ecran figee", without=ticket) == []


def test_the_index_follows_the_ticket(desk: Desk) -> None:
    """Reopened, cancelled and merged tickets are no longer found, edited ones by their new words (Spec S5)."""
    reopened, merged = resolved(desk, "Lenteur du matin"), resolved(desk, "Lenteur du soir")
    edited, cancelled = resolved(desk, "Lenteur de midi"), resolved(desk, "Lenteur de la nuit")
    kept = desk.open(NINE, title="Panne générale")
    index()
    assert len(found(desk, "lenteur")) == 4
    later = ELEVEN + timedelta(minutes=1)
    reopen_ticket(
        ticket=reopened, reason="Encore", status=None, state=None, copy=None, by=desk.user, at=later
    )
    merge_ticket(ticket=merged, into=kept, reason="Double", by=desk.user, at=later)
    edit_ticket(ticket=edited, changes={"title": "Blocage"}, base={}, by=desk.user, at=later)
    reopen_ticket(
        ticket=cancelled, reason="Encore", status=None, state=None, copy=None, by=desk.user, at=later
    )
    cancel_ticket(
        ticket=cancelled, reason="Erreur", closed_at=later, status=None, state=None, by=desk.user, at=later
    )
    assert found(desk, "lenteur") == ["Blocage"]
    index(later)
    assert found(desk, "lenteur") == []
    assert found(desk, "blocage") == ["Blocage"]
    assert {row.subject_id for row in IndexedStem.objects.filter(subject_kind="ticket")} == {edited.pk}


def test_the_product_comes_first(desk: Desk) -> None:
    """Spec S5: those of the product alone; others where it has none."""
    resolved(desk, "Écran figé")
    index()
    assert found(desk, "écran figé", product=desk.product) == ["Écran figé"]
    assert found(desk, "écran figé", product=a_product("crm")) == ["Écran figé"]
    resolved(desk, "Écran figé du CRM", asset=None, service=None, product=a_product("wms"))
    index()
    assert found(desk, "écran figé", product=desk.product) == ["Écran figé"]
    assert len(found(desk, "écran figé")) == 2


def test_only_what_the_person_may_see(desk: Desk) -> None:
    """Spec R2."""
    resolved(desk)
    index()
    assert found(desk, "écran", user=colleague(desk, Right.SEE_ASSETS)) == []
    with pytest.raises(NotAllowed):
        index_resolved_tickets(by=colleague(desk, Right.SEE_TICKETS, email="paul@example.com"), at=ELEVEN)


def test_the_journal_is_read_in_batches_and_its_end_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call is bounded and the next goes on; what is young is read again, what is old never."""
    for number in range(3):
        resolved(desk, f"Écran {number}")
    monkeypatch.setattr(alike, "_BATCH", 5)
    monkeypatch.setattr(alike, "_BATCHES", 1)
    read, cursors = 0, [0]
    while True:
        read += index()
        cursors.append(Sequence.objects.get(name="ticket.alike").last)
        if cursors[-1] == cursors[-2]:
            break
    assert cursors[1] == JournalEntry.objects.order_by("id")[4].pk and len(cursors) > 4
    assert read >= 3 and len(found(desk, "écran")) == 3
    assert index() == 0
    monkeypatch.setattr(alike, "_BATCH", 400)
    ticket = resolved(desk, "Imprimante muette")
    IndexedStem.objects.all().delete()
    assert index(TEN + timedelta(minutes=1)) == 1
    assert index(TEN + timedelta(minutes=1)) == 1
    assert found(desk, "imprimante") == [ticket.title]
    assert index(TEN + timedelta(minutes=3)) == 1
    assert index(TEN + timedelta(minutes=3)) == 0
