"""Commitments, their versions, and which one applies."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from cadran.accounts.rights import Right
from cadran.catalogue.models import Severity
from cadran.contracts.models import Commitment, CommitmentVersion, Contract, Service
from cadran.contracts.operations import save_commitment, save_schedule, set_commitment_choices
from cadran.contracts.queries import CommitmentChosen, choices_of, choose_commitment, commitment_warnings
from cadran.core.errors import CadranError, InvalidInput, NotAllowed, Stale
from cadran.core.models import JournalEntry
from cadran.core.reference import retire_reference_row
from cadran.parties.models import Contact, Customer
from tests.factories.trade import (
    MONDAY,
    OFFICE,
    a_calendar,
    a_commitment,
    a_contact,
    a_contract,
    a_customer,
    a_schedule,
    a_service,
    a_severity,
    commitment_details,
    person,
    schedule_details,
)

pytestmark = pytest.mark.django_db


class Company:
    """A customer with a contract, a service and a contact."""

    def __init__(self) -> None:
        self.customer: Customer = a_customer()
        self.requester: Contact = a_contact(self.customer)
        self.contract: Contract = a_contract(self.customer)
        self.service: Service = a_service(self.contract)
        self.blocking = a_severity("blocking", level=3)

    def choose(self, severity: Severity | None = None, *, covered: bool = True) -> CommitmentChosen:
        return choose_commitment(
            requester=self.requester,
            service=self.service,
            contract=self.contract,
            customer=self.customer,
            severity=severity or self.blocking,
            covered=covered,
        )


@pytest.fixture
def company() -> Company:
    return Company()


def promise(
    holder: Contact | Service | Contract | Customer, *choices: tuple[Severity | None, Commitment]
) -> None:
    set_commitment_choices(holder=holder, choices=choices, by=None, at=MONDAY)


def test_the_first_level_that_has_one_wins(company: Company) -> None:
    """Spec C9: requester, service, contract, customer; the answer says what each had and where it stopped."""
    names = ("requester", "service", "contract", "customer")
    for name in reversed(names):
        promise(getattr(company, name), (None, a_commitment(f"of-{name}")))
        chosen = company.choose()
        assert (chosen.level, chosen.commitment and chosen.commitment.code) == (name, f"of-{name}")
    assert [(one.level, one.applies, one.reached) for one in chosen.considered] == [
        ("requester", True, True),
        ("service", True, False),
        ("contract", True, False),
        ("customer", True, False),
    ]
    assert chosen.considered[1].holder_label == "Hotline"
    assert chosen.considered[1].found == "Of-service"


def test_the_severity_s_own_comes_before_the_general_one(company: Company) -> None:
    """Spec C9: chosen by severity; but a general one at an earlier level beats a special one further on."""
    gold, silver, bronze = (a_commitment(code) for code in ("gold", "silver", "bronze"))
    promise(company.contract, (None, silver), (company.blocking, gold))
    assert company.choose().commitment == gold
    assert company.choose(a_severity("minor", level=1)).commitment == silver
    promise(company.requester, (None, bronze))
    assert company.choose().commitment == bronze


def test_a_commitment_of_another_severity_alone_does_not_apply(company: Company) -> None:
    """Spec C9: a level that has one for other severities only is passed over."""
    gold, silver = a_commitment("gold"), a_commitment("silver")
    promise(company.service, (a_severity("minor", level=1), gold))
    promise(company.customer, (None, silver))
    assert company.choose().level == "customer"


def test_out_of_scope_only_requester_and_customer_apply(company: Company) -> None:
    """Spec C9: without a contract, or out of scope, the service's and the contract's don't count."""
    gold, silver = a_commitment("gold"), a_commitment("silver")
    promise(company.service, (None, gold))
    promise(company.contract, (None, gold))
    assert company.choose(covered=False).version is None
    promise(company.customer, (None, silver))
    chosen = company.choose(covered=False)
    assert chosen.commitment == silver
    assert [(one.level, one.applies) for one in chosen.considered] == [
        ("requester", True),
        ("service", False),
        ("contract", False),
        ("customer", True),
    ]
    alone = choose_commitment(
        requester=None, service=None, contract=None, customer=company.customer, severity=None, covered=True
    )
    assert alone.commitment == silver


def test_nobody_and_nothing_gives_no_commitment() -> None:
    """Spec C9: a ticket without anybody has no clock."""
    nothing = choose_commitment(
        requester=None, service=None, contract=None, customer=None, severity=None, covered=False
    )
    assert nothing == CommitmentChosen(None, "", [])


def test_choosing_asks_the_database_twice(company: Company, django_assert_num_queries: object) -> None:
    """F6: the choices of all levels in one query, the version in another."""
    promise(company.customer, (None, a_commitment()))
    with django_assert_num_queries(2):  # type: ignore[operator]
        company.choose()


def test_a_new_promise_is_a_new_version_for_new_tickets(company: Company) -> None:
    """Spec C13: a new name makes no version, a new amount does; the old version stays as it was."""
    gold = a_commitment("gold")
    promise(company.customer, (None, gold))
    first = company.choose().version
    schedule = gold.current_version.reception_schedule
    renamed = commitment_details("gold", schedule, name_fr="Platine")
    save_commitment(commitment=gold, details=renamed, by=None, at=MONDAY)
    assert company.choose().version == first
    save_commitment(commitment=gold, details=replace(renamed, response_amount=2), by=None, at=MONDAY)
    second = company.choose().version
    assert first is not None and second is not None
    assert (second.number, second.response_amount) == (2, 2)
    assert CommitmentVersion.objects.get(pk=first.pk).response_amount == 4
    last = JournalEntry.objects.of("commitment", gold.pk).last()
    assert last is not None and last.data["promise"] == {"response_amount": {"before": 4, "after": 2}}


def test_the_second_of_two_editors_of_a_commitment_is_told() -> None:
    """House: compare-and-set; no second version slips in."""
    gold = a_commitment("gold")
    mine = Commitment.objects.get(pk=gold.pk)
    schedule = gold.current_version.reception_schedule
    details = commitment_details("gold", schedule, response_amount=2)
    save_commitment(commitment=gold, details=details, by=None, at=MONDAY)
    with pytest.raises(Stale):
        save_commitment(
            commitment=mine,
            details=replace(details, response_amount=1),
            by=None,
            at=MONDAY,
            seen=mine.row_version,
        )
    assert [one.response_amount for one in gold.versions.all()] == [4, 2]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"response_amount": None, "resolution_amount": None}, "response_amount"),
        ({"response_amount": -1}, "response_amount"),
        ({"response_start": "response"}, "response_start"),
        ({"resolution_unit": "weeks"}, "resolution_unit"),
        ({"reception_schedule": None}, "reception_schedule"),
        ({"warning_minutes": -1}, "warning_minutes"),
        ({"name_fr": ""}, "name_fr"),
    ],
)
def test_a_promise_that_makes_no_sense_is_refused(typed: dict[str, object], field: str) -> None:
    """Spec C9, C10, R7: at least one guarantee, sensible amounts, a response that doesn't wait for itself."""
    schedule = a_schedule()
    with pytest.raises(CadranError) as refused:
        save_commitment(
            commitment=None, details=commitment_details("gold", schedule, **typed), by=None, at=MONDAY
        )
    assert refused.value.field == field
    assert not Commitment.objects.exists()


def test_a_resolution_may_run_from_the_response() -> None:
    """Spec C10: the start is chosen per guarantee."""
    version = a_commitment(resolution_start="response", response_start="entry").current_version
    assert (version.response_start, version.resolution_start) == ("entry", "response")


def test_reception_wider_than_action_warns_and_says_where() -> None:
    """Clock: when reception is wider than action, saving the commitment warns and says which."""
    wide = a_schedule("wide", weekly={day: [[420, 1140]] for day in range(1, 7)})
    office = a_schedule("office", weekly=OFFICE)
    [warning] = commitment_warnings(a_commitment("gold", wide, action_schedule=office).current_version)
    assert "“Wide” receives tickets while “Office” is closed" in warning
    assert "Monday to Friday 07:00-09:00, 18:00-19:00, Saturday 07:00-19:00" in warning
    narrower = a_commitment("silver", office, action_schedule=wide)
    assert commitment_warnings(narrower.current_version) == []
    closed_on_holidays = a_schedule("holidays", weekly=OFFICE, calendar=a_calendar())
    [about_dates] = commitment_warnings(
        a_commitment("bronze", office, action_schedule=closed_on_holidays).current_version
    )
    assert "dates such as 6 Apr 2026" in about_dates


def test_choices_are_replaced_as_a_whole(company: Company) -> None:
    """Spec C9: one commitment per severity and holder; the journal says what was there."""
    gold, silver = a_commitment("gold"), a_commitment("silver")
    promise(company.contract, (company.blocking, gold), (None, silver))
    promise(company.contract, (None, gold))
    assert [(row.severity, row.commitment) for row in choices_of(company.contract)] == [(None, gold)]
    with pytest.raises(InvalidInput, match="Two commitments are entered for the severity “Blocking”"):
        promise(company.contract, (company.blocking, gold), (company.blocking, silver))
    with pytest.raises(InvalidInput, match="all other severities"):
        promise(company.contract, (None, gold), (None, silver))
    assert choices_of(company.contract).count() == 1
    last = JournalEntry.objects.of("contract", company.contract.pk).last()
    assert last is not None and last.kind == "contract.commitments_set"
    assert len(last.data["before"]) == 2


def test_a_retired_commitment_is_kept_but_not_chosen_anew(company: Company) -> None:
    """Spec T1: retired rows stay where they are used."""
    gold = a_commitment("gold")
    promise(company.contract, (None, gold))
    gold = retire_reference_row(row=gold, by=None, at=MONDAY)
    promise(company.contract, (None, gold), (company.blocking, gold))
    with pytest.raises(InvalidInput, match="is retired"):
        promise(company.customer, (None, gold))
    assert company.choose().commitment == gold


def test_two_editors_of_a_holder_s_commitments(company: Company) -> None:
    """House: the second editor's form is refused, the first one's choice stays."""
    gold, silver = a_commitment("gold"), a_commitment("silver")
    mine = Contract.objects.get(pk=company.contract.pk)
    promise(company.contract, (None, gold))
    with pytest.raises(Stale):
        set_commitment_choices(
            holder=mine, choices=[(None, silver)], by=None, at=MONDAY, seen=mine.row_version
        )
    assert company.choose().commitment == gold


def test_a_holder_s_commitments_need_the_holder_s_right(company: Company) -> None:
    """Spec R2: contracts and services with the contracts' right, customers and contacts with theirs."""
    gold = a_commitment("gold")
    somebody = person(Right.EDIT_CUSTOMERS)
    set_commitment_choices(holder=company.requester, choices=[(None, gold)], by=somebody, at=MONDAY)
    for holder in (company.contract, company.service):
        with pytest.raises(NotAllowed, match="140202"):
            set_commitment_choices(holder=holder, choices=[(None, gold)], by=somebody, at=MONDAY)
    with pytest.raises(NotAllowed, match="190002"):
        save_commitment(
            commitment=None,
            details=commitment_details("silver", gold.current_version.reception_schedule),
            by=somebody,
            at=MONDAY,
        )


def test_a_schedule_edit_leaves_the_commitment_s_version_alone() -> None:
    """Spec C13: the commitment names the schedule, the schedule has its own versions."""
    gold = a_commitment("gold")
    schedule = gold.current_version.reception_schedule
    save_schedule(
        schedule=schedule, details=schedule_details(weekly={1: [[0, 60]]}), by=None, at=MONDAY + timedelta(1)
    )
    assert gold.versions.count() == 1
    assert schedule.versions.count() == 2
