"""Several people at the same time, each on a connection of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from cadran.catalogue.models import Asset, Nature
from cadran.contracts.models import Commitment, Contract, ContractLine, HolidayCalendar, Schedule
from cadran.contracts.operations import (
    LineDetails,
    ServiceDetails,
    add_holiday,
    save_commitment,
    save_contract,
    save_line,
    save_schedule,
    save_service,
    update_lines,
)
from cadran.contracts.operations.lines import LineRefused
from cadran.core.errors import InvalidInput, Stale
from cadran.parties.models import Customer
from cadran.parties.operations import SiteDetails, save_site
from tests.factories.parallel import at_once, refusals
from tests.factories.trade import (
    MONDAY,
    a_calendar,
    a_commitment,
    a_contract,
    a_customer,
    a_nature,
    a_schedule,
    an_asset,
    commitment_details,
    contract_details,
    schedule_details,
)

pytestmark = pytest.mark.django_db(transaction=True)


def kinds(results: Sequence[Any]) -> list[type[Any]]:
    """The types of the refusals among the results."""
    return [type(one) for one in refusals(results)]


def test_of_two_editors_at_once_one_wins() -> None:
    """House: both forms show version 1; one version 2 comes of it, the other editor is told."""
    gold = a_commitment()
    details = commitment_details("gold", gold.current_version.reception_schedule)

    def edit(hours: int) -> Callable[[], Any]:
        mine = Commitment.objects.get(pk=gold.pk)
        return lambda: save_commitment(
            commitment=mine, details=replace(details, response_amount=hours), by=None, at=MONDAY
        )

    results = at_once(*(edit(hours) for hours in (1, 2, 3)))
    assert kinds(results) == [Stale, Stale]
    assert gold.versions.count() == 2


def test_two_new_rows_of_one_code_at_once() -> None:
    """Spec R7: the second gets a sentence, not a broken page."""
    results = at_once(*(lambda: a_nature("incident") for _ in range(3)))
    assert kinds(results) == [InvalidInput, InvalidInput]
    assert Nature.objects.count() == 1


def test_customers_created_at_once_get_numbers_of_their_own() -> None:
    """Glossary: a number is never given twice."""
    results = at_once(*(lambda name=name: a_customer(name) for name in "ABCDEF"))  # type: ignore[misc]
    assert kinds(results) == []
    assert sorted(Customer.objects.values_list("number", flat=True)) == [f"C0000{n}" for n in range(1, 7)]


def test_holidays_added_at_once_all_count() -> None:
    """Spec C8: each makes its own version, and the last one holds them all."""
    calendar = a_calendar()
    schedule = a_schedule(calendar=calendar)
    days = [date(2026, 3, day) for day in (10, 11, 12)]

    def close(day: date) -> Callable[[], Any]:
        mine = HolidayCalendar.objects.get(pk=calendar.pk)
        return lambda: add_holiday(calendar=mine, date=day, name_fr="Fermé", by=None, at=MONDAY)

    assert kinds(at_once(*(close(day) for day in days))) == []
    assert [version.number for version in schedule.versions.all()] == [1, 2, 3, 4]
    assert {day.isoformat() for day in days} <= set(schedule.current_version.layout["closed_dates"])


def test_two_main_sites_at_once_leave_one() -> None:
    """Glossary: one main site; whoever comes second takes over."""
    customer = a_customer()

    def add(name: str) -> Callable[[], Any]:
        details = SiteDetails(name=name, is_main=True)
        return lambda: save_site(customer=customer, site=None, details=details, by=None, at=MONDAY)

    assert kinds(at_once(add("Lyon"), add("Nantes"))) == []
    assert customer.sites.filter(is_main=True).count() == 1


def test_lines_changed_at_once_change_once_or_not_at_all() -> None:
    """Spec C3: of two bulk changes of the same lines one is refused whole."""
    contract = a_contract(a_customer())
    for label in ("A", "B"):
        details = LineDetails(label=label, valid_from=date(2026, 1, 1))
        save_line(contract=contract, line=None, details=details, by=None, at=MONDAY)

    def price(cents: int) -> Callable[[], Any]:
        lines = list(ContractLine.objects.select_related("contract"))
        return lambda: update_lines(lines=lines, changes={"unit_price_cents": cents}, by=None, at=MONDAY)

    results = at_once(price(5), price(7))
    assert kinds(results) == [LineRefused]
    assert len(set(ContractLine.objects.values_list("unit_price_cents", flat=True))) == 1


def test_a_beneficiary_is_not_taken_out_while_its_asset_is_added() -> None:
    """Spec C2: whoever comes second is refused; no contract covers an asset of somebody who left it."""
    holder, other = a_customer(), a_customer("Other")
    contract = a_contract(holder, beneficiaries=[other])
    asset = an_asset(other)
    mine, theirs = Contract.objects.get(pk=contract.pk), Contract.objects.get(pk=contract.pk)
    details = contract_details(holder, beneficiaries=[])
    at_once(
        lambda: save_contract(contract=mine, details=details, by=None, at=MONDAY),
        lambda: save_service(
            contract=theirs,
            service=None,
            details=ServiceDetails(label="Line", assets=[asset]),
            by=None,
            at=MONDAY,
        ),
    )
    covered = Asset.objects.filter(services__contract=contract)
    assert covered.count() + (1 - contract.beneficiaries.count()) == 1


def test_an_asset_is_judged_by_the_contract_as_it_is_stored() -> None:
    """Spec C2: by the beneficiaries of now, not by those of the page that was opened an hour ago."""
    holder, other = a_customer(), a_customer("Other")
    contract = a_contract(holder)
    stale = Contract.objects.select_related("customer").get(pk=contract.pk)
    save_contract(contract=contract, details=contract_details(other), by=None, at=MONDAY)
    with pytest.raises(InvalidInput, match="neither holds"):
        save_service(
            contract=stale,
            service=None,
            details=ServiceDetails(label="Line", assets=[an_asset(holder)]),
            by=None,
            at=MONDAY,
        )


def test_hours_changed_while_a_date_is_closed() -> None:
    """Spec C8, C13: the last version has the new hours and the closed date, whichever came first."""
    calendar = a_calendar()
    schedule = a_schedule(calendar=calendar)
    mine = Schedule.objects.get(pk=schedule.pk)
    details = schedule_details(calendar=calendar, weekly={1: [[600, 720]]})
    day = date(2026, 3, 10)
    results = at_once(
        lambda: save_schedule(schedule=mine, details=details, by=None, at=MONDAY),
        lambda: add_holiday(calendar=calendar, date=day, name_fr="Fermé", by=None, at=MONDAY),
    )
    assert kinds(results) == []
    layout = schedule.current_version.layout
    assert layout["weekly"] == layout_of_hours(details.weekly)
    assert day.isoformat() in layout["closed_dates"]


def layout_of_hours(weekly: Any) -> Any:
    """The hours as a schedule made with them lays them out."""
    return a_schedule("compared", weekly=weekly).current_version.layout["weekly"]


def test_a_schedule_takes_a_calendar_while_a_date_is_closed() -> None:
    """Spec C8: the date counts for a schedule that was put on the calendar in the same moment."""
    calendar = a_calendar()
    schedule = a_schedule()
    mine = Schedule.objects.get(pk=schedule.pk)
    day = date(2026, 3, 10)
    results = at_once(
        lambda: save_schedule(schedule=mine, details=schedule_details(calendar=calendar), by=None, at=MONDAY),
        lambda: add_holiday(calendar=calendar, date=day, name_fr="Fermé", by=None, at=MONDAY),
    )
    assert kinds(results) == []
    assert day.isoformat() in schedule.current_version.layout["closed_dates"]


def test_a_schedule_is_not_emptied_while_it_is_promised_on() -> None:
    """Spec C9: a commitment never counts on a schedule that never opens; who comes second is told."""
    schedule = a_schedule()
    mine = Schedule.objects.get(pk=schedule.pk)
    results = at_once(
        lambda: save_schedule(schedule=mine, details=schedule_details(weekly={}), by=None, at=MONDAY),
        lambda: a_commitment("gold", schedule=Schedule.objects.get(pk=schedule.pk)),
    )
    assert kinds(results) == [InvalidInput]
    assert Commitment.objects.count() == bool(schedule.current_version.layout["weekly"])
