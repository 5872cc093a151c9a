"""The supplier's side of a ticket (Spec T9)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cadran.accounts.rights import Right
from cadran.contracts.operations import save_supplier_contract
from cadran.core.errors import InvalidInput, NotAllowed
from cadran.core.models import JournalEntry
from cadran.tickets.models import Ticket
from cadran.tickets.operations import EditConflict, edit_ticket
from cadran.tickets.queries import timeline
from tests.factories.desk import Desk, colleague, paris
from tests.factories.trade import MONDAY, a_supplier_contract, an_asset, supplier_contract_details

AT = paris("2026-03-02 10:00")
FOLLOWED = ("ticket.supplier_linked", "ticket.supplier_dropped")


def edit(desk: Desk, ticket: Ticket, **changes: Any) -> Ticket:
    return edit_ticket(ticket=ticket, changes=changes, base={}, by=desk.user, at=AT)


def told(ticket: Ticket) -> list[JournalEntry]:
    """What followed by itself, the last first."""
    return list(JournalEntry.objects.of("ticket", ticket.pk).filter(kind__in=FOLLOWED).order_by("-id"))


def said(desk: Desk, ticket: Ticket) -> list[str]:
    """The timeline's sentences of it."""
    return [item.text for item in timeline(ticket, desk.user) if f"ticket.{item.code}" in FOLLOWED]


def test_the_only_running_contract_is_linked_by_itself(desk: Desk) -> None:
    """Opening links it and the timeline says so."""
    contract = a_supplier_contract(desk.asset)
    a_supplier_contract(desk.asset, label="Former", start_on=date(2025, 1, 1), end_on=date(2026, 3, 1))
    ticket = desk.open(AT)
    assert ticket.supplier_contract == contract
    (row,) = told(ticket)
    assert row.is_internal
    assert said(desk, ticket) == [
        f"The supplier contract {contract} was linked by itself: no other running one covers the asset "
        "ERP, head office."
    ]


def test_the_day_of_reception_counts(desk: Desk) -> None:
    """A ticket entered late is under the contract that ran when it was received."""
    former = a_supplier_contract(desk.asset, end_on=date(2026, 3, 1))
    current = a_supplier_contract(desk.asset, start_on=date(2026, 3, 2))
    assert desk.open(paris("2026-03-01 23:30"), at=AT).supplier_contract == former
    assert desk.open(paris("2026-03-02 00:30"), at=AT).supplier_contract == current


def test_none_or_several_are_left_to_the_agent(desk: Desk) -> None:
    """With several running ones none is linked; an explicit choice is, and an explicit none too."""
    assert desk.open(AT).supplier_contract is None
    first = a_supplier_contract(desk.asset)
    without = desk.open(AT, supplier_contract=None)
    assert without.supplier_contract is None and told(without) == []
    second = a_supplier_contract(desk.asset)
    undecided = desk.open(AT)
    assert undecided.supplier_contract is None and told(undecided) == []
    for contract in (first, second):
        chosen = desk.open(AT, supplier_contract=contract)
        assert chosen.supplier_contract == contract and told(chosen) == []


@pytest.mark.parametrize("without_asset", [True, False])
def test_a_contract_that_does_not_cover_the_asset_is_refused(desk: Desk, without_asset: bool) -> None:
    """At opening and later; nothing moves."""
    other = a_supplier_contract(an_asset(desk.customer, desk.product, name="SRV-9"))
    sentence = "Choose the asset first" if without_asset else "doesn’t cover the asset ERP, head office"
    about: dict[str, Any] = {"asset": None} if without_asset else {}
    with pytest.raises(InvalidInput, match=sentence) as refused:
        desk.open(AT, supplier_contract=other, **about)
    assert refused.value.field == "supplier_contract" and not Ticket.objects.exists()
    ticket = desk.open(AT, **about)
    rows = JournalEntry.objects.count()
    with pytest.raises(InvalidInput, match=sentence):
        edit(desk, ticket, supplier_contract=other)
    ticket.refresh_from_db()
    assert ticket.supplier_contract is None and JournalEntry.objects.count() == rows


def test_linking_and_unlinking_at_any_time(desk: Desk) -> None:
    """Also an ended contract, and on a resolved ticket; told before and after; twice changes nothing."""
    contract = a_supplier_contract(desk.asset, end_on=date(2026, 2, 1))
    ticket = desk.open(AT)
    edit(desk, ticket, supplier_contract=contract)
    edit(desk, ticket, supplier_contract=contract)
    assert ticket.supplier_contract == contract
    row = JournalEntry.objects.get(kind="ticket.edited")
    assert row.data["changes"] == [{"field": "supplier_contract", "before": None, "after": str(contract)}]
    assert told(ticket) == []
    ticket = desk.resolve(ticket, AT)
    edit(desk, ticket, supplier_contract=None)
    ticket.refresh_from_db()
    assert ticket.supplier_contract is None


def test_another_asset_brings_its_own_contract(desk: Desk) -> None:
    """It drops one that doesn't cover the new asset, keeps one that does, and says which way."""
    server = an_asset(desk.customer, desk.product, name="SRV-1")
    both = a_supplier_contract(desk.asset, server)
    ticket = desk.open(AT)
    a_supplier_contract(server, label="Software")
    edit(desk, ticket, asset=server)
    assert ticket.supplier_contract == both and len(told(ticket)) == 1

    single = an_asset(desk.customer, desk.product, name="SRV-2")
    own = a_supplier_contract(single)
    edit(desk, ticket, asset=single)
    assert ticket.supplier_contract == own
    change = told(ticket)[0].data["changes"][0]
    assert (change["before"], change["after"]) == (str(both), str(own))

    for asset in (an_asset(desk.customer, desk.product, name="SRV-3"), None):
        edit(desk, ticket, asset=single)
        assert ticket.supplier_contract == own
        edit(desk, ticket, asset=asset)
        assert ticket.supplier_contract is None
    unlinked = (
        f"The supplier contract {own} was unlinked by itself: it doesn’t cover what the ticket is about now."
    )
    assert said(desk, ticket).count(unlinked) == 2


def test_an_explicit_choice_wins_over_the_asset(desk: Desk) -> None:
    """Asset and contract changed at once: the chosen one, or none, stands."""
    server = an_asset(desk.customer, desk.product, name="SRV-1")
    running, ended = a_supplier_contract(server), a_supplier_contract(server, end_on=date(2026, 2, 1))
    a_supplier_contract(desk.asset)
    ticket = desk.open(AT)
    edit(desk, ticket, asset=server, supplier_contract=ended)
    assert ticket.supplier_contract == ended
    edit(desk, ticket, asset=desk.asset, supplier_contract=None)
    assert ticket.supplier_contract is None
    edit(desk, ticket, asset=server)
    assert ticket.supplier_contract == running


def test_two_who_link_at_once_choose(desk: Desk) -> None:
    """Spec T17: the second sees what the first linked, and what followed by itself from what another did."""
    first, second = a_supplier_contract(desk.asset), a_supplier_contract(desk.asset)
    ticket = desk.open(AT)
    mine = Ticket.objects.get(pk=ticket.pk)
    edit(desk, ticket, supplier_contract=first)
    for theirs in (first, None):
        with pytest.raises(EditConflict) as refused:
            edit_ticket(
                ticket=mine,
                changes={"supplier_contract": second},
                base={"supplier_contract": second if theirs is None else None},
                by=desk.user,
                at=AT,
            )
        (conflict,) = refused.value.conflicts
        assert (conflict.field, conflict.theirs, conflict.by_name) == ("supplier_contract", theirs, "Someone")
        edit(desk, ticket, asset=None)


def test_linking_needs_the_right_to_edit(desk: Desk) -> None:
    """Spec R2."""
    contract = a_supplier_contract(desk.asset, end_on=date(2026, 2, 1))
    ticket = desk.open(AT)
    reader = colleague(desk, Right.SEE_TICKETS, Right.SEE_CONTRACTS)
    with pytest.raises(NotAllowed):
        edit_ticket(ticket=ticket, changes={"supplier_contract": contract}, base={}, by=reader, at=AT)
    ticket.refresh_from_db()
    assert ticket.supplier_contract is None


def test_a_contract_that_gives_up_an_asset_stays_on_its_tickets(desk: Desk) -> None:
    """What was true when it was linked stays; other fields can be changed all the same."""
    contract = a_supplier_contract(desk.asset)
    ticket = desk.open(AT)
    details = supplier_contract_details(contract.supplier, number=contract.number)
    save_supplier_contract(contract=contract, details=details, by=None, at=MONDAY)
    edit(desk, ticket, title="Still mute")
    assert (ticket.title, ticket.supplier_contract) == ("Still mute", contract)
