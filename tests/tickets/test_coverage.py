"""The coverage verdict, its reason and its overrides (Spec T8)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import translation

from cadran.accounts.rights import Right
from cadran.contracts.models import ContractStatus
from cadran.contracts.operations import save_contract
from cadran.core.errors import NotAllowed
from cadran.core.models import JournalEntry
from cadran.tickets.choices import Coverage
from cadran.tickets.operations import edit_ticket
from cadran.tickets.queries import deduce, reason_sentence
from tests.factories.desk import Desk, colleague, paris
from tests.factories.trade import MONDAY, a_contract, a_customer, a_product, a_service, contract_details

AT = paris("2026-03-02 10:00")


def verdict(desk: Desk, **typed: Any) -> tuple[bool, bool, str, str]:
    found = deduce(fields=desk.fields(typed.pop("received_at", AT), **typed), at=AT)
    return found.pay_per_incident, found.out_of_scope, found.coverage.value, found.coverage_reason["code"]


def change_contract(desk: Desk, **typed: Any) -> None:
    save_contract(
        contract=desk.contract, details=contract_details(desk.customer, **typed), by=None, at=MONDAY
    )
    desk.contract.refresh_from_db()


def test_each_cause_of_the_two_boxes(desk: Desk) -> None:
    """What ticks pay per incident and out of scope by itself, and the verdict of both (Spec T8)."""
    other = a_product("scanner")
    none = {"contract": None, "service": None}
    assert verdict(desk) == (False, False, "covered", "covered")
    assert verdict(desk, customer=None) == (True, True, "pay_per_incident", "no_customer")
    assert verdict(desk, **none) == (True, True, "pay_per_incident", "no_contract")
    assert verdict(desk, service=None) == (False, True, "out_of_scope", "no_service")
    assert verdict(desk, asset=None) == (False, True, "out_of_scope", "no_product")
    assert verdict(desk, asset=None, product=other) == (False, True, "out_of_scope", "not_covered")
    stranger = a_customer("Verre Martin")
    assert verdict(desk, customer=stranger, **none)[3] == "no_running_contract"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"status": ContractStatus.ON_HOLD}, "contract:on_hold"),
        ({"status": ContractStatus.TERMINATED}, "contract:terminated"),
        ({"end_on": date(2026, 3, 1)}, "contract:after_end"),
        ({"start_on": date(2026, 3, 3)}, "contract:before_start"),
    ],
)
def test_a_contract_that_does_not_run_never_covers(desk: Desk, typed: dict[str, Any], reason: str) -> None:
    """Expired, suspended or not started: both boxes where the customer has no other running contract (Spec T8)."""
    change_contract(desk, **typed)
    assert verdict(desk) == (True, True, "pay_per_incident", reason)
    other = a_contract(desk.customer, label="Other")
    a_service(other, assets=[desk.asset])
    assert verdict(desk) == (False, True, "out_of_scope", reason)


def test_judged_on_the_local_day_of_reception(desk: Desk) -> None:
    """The first minute of a day in Paris is that day, though still yesterday in UTC (Spec T8)."""
    change_contract(desk, end_on=date(2026, 3, 2))
    assert verdict(desk, received_at=paris("2026-03-02 23:59"))[2] == "covered"
    assert verdict(desk, received_at=paris("2026-03-03 00:00"))[2] == "pay_per_incident"
    change_contract(desk, start_on=date(2026, 3, 2))
    assert verdict(desk, received_at=paris("2026-03-02 00:30"))[2] == "covered"


def test_a_beneficiary_is_covered(desk: Desk) -> None:
    """The running contracts of a customer are those it benefits from, too (Spec T6, C1)."""
    daughter = a_customer("Acier Dubois Nord")
    change_contract(desk, beneficiaries=[daughter])
    asked = {"customer": daughter, "site": None, "requester": None, "asset": None, "product": desk.product}
    assert verdict(desk, **asked)[3] == "not_covered"
    desk.service.products.add(desk.product)
    assert verdict(desk, **asked)[2] == "covered"


def test_the_verdict_stands_when_the_contract_changes_later(desk: Desk) -> None:
    """The verdict is kept; a change of who asks does not judge it anew (Spec T8)."""
    ticket = desk.open(AT)
    change_contract(desk, status=ContractStatus.TERMINATED)
    edit_ticket(ticket=ticket, changes={"severity": desk.severity("minor")}, base={}, by=desk.user, at=AT)
    assert ticket.coverage == Coverage.COVERED
    edit_ticket(ticket=ticket, changes={"out_of_scope_override": True}, base={}, by=desk.user, at=AT)
    edit_ticket(ticket=ticket, changes={"out_of_scope_override": None}, base={}, by=desk.user, at=AT)
    assert ticket.coverage == Coverage.COVERED
    edit_ticket(ticket=ticket, changes={"asset": None, "product": desk.product}, base={}, by=desk.user, at=AT)
    assert ticket.coverage == Coverage.PAY_PER_INCIDENT


def test_an_override_stands_until_undone(desk: Desk) -> None:
    """The agent may override either box; the timeline says so; emptying it undoes it (Spec T8)."""
    ticket = desk.open(AT)
    assert ticket.commitment_version is not None
    edit_ticket(ticket=ticket, changes={"out_of_scope_override": True}, base={}, by=desk.user, at=AT)
    assert (ticket.coverage, ticket.out_of_scope) == (Coverage.OUT_OF_SCOPE, True)
    assert ticket.commitment_version is None  # out of scope, only requester and customer can apply (C9)
    assert JournalEntry.objects.filter(kind="ticket.coverage_judged").exists()
    with translation.override("en"):
        assert "ticked by hand" in reason_sentence(ticket.coverage_reason)
    edit_ticket(ticket=ticket, changes={"severity": desk.severity("minor")}, base={}, by=desk.user, at=AT)
    assert ticket.coverage == Coverage.OUT_OF_SCOPE
    edit_ticket(ticket=ticket, changes={"out_of_scope_override": None}, base={}, by=desk.user, at=AT)
    assert ticket.coverage == Coverage.COVERED
    assert ticket.commitment_version is not None


def test_overriding_needs_the_right(desk: Desk) -> None:
    """The right to override is its own (Spec R2, T8)."""
    ticket = desk.open(AT)
    user = colleague(desk, Right.EDIT_TICKETS, Right.OPEN_TICKETS)
    with pytest.raises(NotAllowed):
        edit_ticket(ticket=ticket, changes={"pay_per_incident_override": True}, base={}, by=user, at=AT)
    with pytest.raises(NotAllowed):
        desk.open(AT, by=user, pay_per_incident_override=False)
    ticket.refresh_from_db()
    assert ticket.pay_per_incident_override is None


def test_both_boxes_read_pay_per_incident(desk: Desk) -> None:
    """With both boxes ticked the verdict reads pay per incident (Spec T8)."""
    ticket = desk.open(AT, pay_per_incident_override=True, out_of_scope_override=True)
    assert ticket.coverage == Coverage.PAY_PER_INCIDENT


def test_the_reason_is_told_in_the_readers_language(desk: Desk) -> None:
    """Stored as code and values, told in French and English (Spec T8, F5)."""
    ticket = desk.open(AT)
    with translation.override("en"):
        english = reason_sentence(ticket.coverage_reason)
    with translation.override("fr"):
        french = reason_sentence(ticket.coverage_reason)
    assert desk.contract.number in english
    assert desk.contract.number in french
