"""Contracts, services and lines: lists, pages, forms and the bulk update."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from cadran.accounts.rights import Right
from cadran.contracts.details import LineDetails
from cadran.contracts.models import Contract, ContractLine, Service, ServiceTemplate
from cadran.contracts.operations import save_line, set_commitment_choices
from cadran.core.money import euros_text
from cadran.desk.records.money import read_cents
from tests.factories.trade import (
    MONDAY,
    a_commitment,
    a_contract,
    a_customer,
    a_project,
    a_row,
    a_service,
    a_severity,
    an_asset,
    person,
)

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true"}


@pytest.fixture
def editor() -> Client:
    browser = Client(headers={"accept-language": "en"})
    rights = (
        Right.SEE_CONTRACTS,
        Right.EDIT_CONTRACTS,
        Right.SEE_CUSTOMERS,
        Right.SEE_ASSETS,
        Right.SEE_TICKETS,
    )
    browser.force_login(person(*rights, email="isa@example.com"))
    return browser


@pytest.fixture
def reader() -> Client:
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(person(Right.SEE_CONTRACTS, email="otto@example.com"))
    return browser


@pytest.fixture
def contract() -> Contract:
    return a_contract(a_customer(), end_on=None)


def a_line(contract: Contract, label: str, **typed: Any) -> ContractLine:
    details = LineDetails(label=label, valid_from=date(2026, 1, 1), **typed)
    return save_line(contract=contract, line=None, details=details, by=None, at=MONDAY)


def marks(*lines: ContractLine) -> list[str]:
    return [f"{line.pk}.{line.row_version}" for line in lines]


def typed_contract(**changes: Any) -> dict[str, Any]:
    typed = {
        "label": "Support",
        "status": "running",
        "customer": changes.pop("customer").pk,
        "project": a_project().pk,
        "start_on": "2026-01-01",
        "renewal": "tacit",
        "periodicity": "year",
        "billing": "advance",
    }
    return typed | changes


def test_the_list_says_what_covers_and_why_not(editor: Client) -> None:
    """Spec C1, S6: status, dates, today's coverage with its reason; ends soon; filters."""
    a_contract(a_customer(), label="Tous les jours", end_on=None)
    a_contract(a_customer("Autre"), label="Devis", status="quotation", number="Q-1")
    page = editor.get("/contracts/")
    assert "Contract Q-1 is a quotation" in page.content.decode()

    def labels(**asked: Any) -> list[str]:
        return sorted(row[0].label for row in editor.get("/contracts/", asked).context["rows"])

    assert labels() == ["Devis", "Tous les jours"]
    assert labels(status="quotation") == ["Devis"]
    assert labels(q="tous les") == ["Tous les jours"]
    assert labels(ends="soon", status="running") == []


def test_the_list_takes_as_many_queries_for_three_rows(
    django_assert_num_queries: DjangoAssertNumQueries, editor: Client
) -> None:
    """House: one literal for one row and for three."""
    a_contract(a_customer())
    editor.get("/contracts/")
    with django_assert_num_queries(6):
        editor.get("/contracts/")
    for name in ("Un", "Deux"):
        a_contract(a_customer(name))
    with django_assert_num_queries(6):
        editor.get("/contracts/")


def test_a_contract_is_made_on_its_page(editor: Client) -> None:
    """Spec C1."""
    customer, other = a_customer(), a_customer("Filiale")
    site = other.sites.get()
    typed = typed_contract(
        customer=customer, beneficiaries=[other.pk], sites=[site.pk], maintenance_site=site.pk
    )
    answer = editor.post("/contracts/new/", typed)
    made = Contract.objects.get()
    assert answer.status_code == 302 and answer["Location"] == f"/contracts/{made.number}/"
    assert list(made.beneficiaries.all()) == [other] and made.maintenance_site == site
    assert made.invoiced_customer == customer


def test_a_refused_contract_keeps_what_was_typed(editor: Client) -> None:
    """Spec R7, C1: every sentence beside its field and summed on top; nothing is saved."""
    typed = typed_contract(
        customer=a_customer(), renewal="none", reminder_on="2025-12-01", alert_memo="Ring Ms Rey"
    )
    answer = editor.post("/contracts/new/", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count("A contract without renewal needs an end") == 2
    assert "The reminder lies before the start" in page
    assert "Ring Ms Rey" in page and 'value="2025-12-01"' in page
    assert not Contract.objects.exists()


def test_two_editors_of_a_contract(editor: Client, contract: Contract) -> None:
    """Spec R7: the second to save is told, with their words kept."""
    address = f"/contracts/{contract.number}/edit/"
    seen = contract.row_version
    sent = typed_contract(customer=contract.customer, seen=seen, number=contract.number)
    assert editor.post(address, sent | {"label": "First"}).status_code == 302
    answer = editor.post(address, sent | {"label": "Second"})
    assert answer.status_code == 422
    assert "Somebody else has changed" in answer.content.decode() and "Second" in answer.content.decode()
    contract.refresh_from_db()
    assert contract.label == "First"


@pytest.mark.parametrize("tab", ["general", "services", "delays", "lines", "tickets"])
def test_every_tab_opens_and_offers_no_act_without_the_right(
    reader: Client, editor: Client, contract: Contract, tab: str
) -> None:
    """Spec C2, R2."""
    a_service(contract)
    a_line(contract, "Forfait")
    address = f"/contracts/{contract.number}/?tab={tab}"
    assert editor.get(address).status_code == 200
    page = reader.get(address).content.decode()
    assert contract.label in page
    for hidden in ("Edit", "New service", "New line", "data-bulk", "Choose"):
        assert hidden not in page


def test_the_preview_tells_the_commitment_and_its_level(editor: Client, contract: Contract) -> None:
    """Spec C9: the service's own before the contract's."""
    severity = a_severity()
    a_severity("minor")
    service = a_service(contract)
    gold, silver = a_commitment(), a_commitment("silver")
    set_commitment_choices(holder=service, choices=[(severity, gold)], by=None, at=MONDAY)
    set_commitment_choices(holder=contract, choices=[(None, silver)], by=None, at=MONDAY)
    previews = editor.get(f"/contracts/{contract.number}/?tab=delays").context["previews"]
    told = {one.severity.code: (one.chosen.commitment.code, one.level) for one in previews}
    assert told == {"major": ("gold", "service"), "minor": ("silver", "contract")}


def test_a_service_begins_from_its_template(editor: Client, contract: Contract) -> None:
    """Spec C2: the template's defaults stand in the dialog; a foreign asset is refused and kept."""
    severity = a_severity()
    template = a_row(ServiceTemplate, "hotline", default_severity=severity)
    address = f"/contracts/{contract.number}/services/new/?template={template.pk}"
    form = editor.get(address, headers=HX).context["form"]
    assert (form["label"].value(), form["default_severity"].value()) == ("Hotline", severity.pk)
    foreign = an_asset(a_customer("Autre"), name="PC-9")
    sent = {"label": "Hotline", "template": template.pk, "is_active": "on", "assets": [foreign.pk]}
    answer = editor.post(address, sent, headers=HX)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "neither holds contract" in page and ">PC-9</option>" in page
    assert not Service.objects.exists()
    own = an_asset(contract.customer, foreign.product, name="PC-1")
    assert editor.post(address, sent | {"assets": [own.pk]}, headers=HX).status_code == 200
    service = Service.objects.get()
    assert service.template == template and list(service.assets.all()) == [own]


def test_lines_are_typed_in_euros(editor: Client, contract: Contract) -> None:
    """Spec C2: « 1 234,50 » and “1,234.50” are the same cents; what cannot be read is said and kept."""
    address = f"/contracts/{contract.number}/lines/new/"
    sent = {"label": "Forfait", "quantity": "1.5", "valid_from": "2026-01-01", "unit_price_cents": "1 234,50"}
    assert editor.post(address, sent, headers=HX).status_code == 200
    line = ContractLine.objects.get()
    assert (line.unit_price_cents, line.quantity) == (123450, Decimal("1.5"))
    wrong = editor.post(address, sent | {"unit_price_cents": "a lot"}, headers=HX)
    page = wrong.content.decode()
    assert wrong.status_code == 422
    assert "“a lot” can’t be read as an amount" in page and "1,234.50" in page and 'value="a lot"' in page
    assert ContractLine.objects.count() == 1
    assert "€1,851.75" in editor.get(f"/contracts/{contract.number}/?tab=lines").content.decode()


@pytest.mark.parametrize(
    ("typed", "language", "cents"),
    [
        ("1 234,50", "fr", 123450),
        ("1\u202f234,50\u00a0€", "fr", 123450),
        ("1,234.50", "en", 123450),
        ("1.234,50", "fr", 123450),
        ("1,234", "en", 123400),
        ("1,234", "fr", None),
        ("1.234", "en", None),
        ("12,5", "en", 1250),
        ("0", "fr", 0),
        ("-3.20", "en", -320),
        ("12,34.5", "en", None),
        ("1.2.3", "fr", None),
        ("", "fr", None),
        ("٣", "fr", None),
    ],
)
def test_amounts_are_read_as_people_write_them(typed: str, language: str, cents: int | None) -> None:
    """Spec F5, R7: what is uncertain is refused rather than guessed."""
    with translation.override(language):
        assert read_cents(typed) == cents


def test_amounts_are_shown_as_the_language_does() -> None:
    """Spec F5."""
    with translation.override("fr"):
        assert euros_text(123450) == "1\u202f234,50\u00a0€"
    with translation.override("en"):
        assert euros_text(123450) == "€1,234.50"


def test_several_lines_change_at_once(editor: Client, contract: Contract) -> None:
    """Spec C3: the result says how many changed."""
    first, second = a_line(contract, "Un"), a_line(contract, "Deux", is_invoiced=False)
    sent = {"line": marks(first, second), "is_invoiced": "no"}
    answer = editor.post("/contracts/lines/update/", sent, headers=HX)
    assert answer["HX-Redirect"] == f"/contracts/{contract.number}/?tab=lines"
    page = editor.get(answer["HX-Redirect"]).content.decode()
    assert "1 line changed. 1 was so already." in page
    assert not ContractLine.objects.filter(is_invoiced=True).exists()


def test_one_refused_line_means_none_changed(editor: Client, contract: Contract) -> None:
    """Spec C3: the reason names the line; typed values stay; nothing moved."""
    first = a_line(contract, "Un")
    second = a_line(contract, "Deux", valid_until=date(2026, 6, 30))
    sent = {"line": marks(first, second), "valid_from": "2026-07-01"}
    answer = editor.post("/contracts/lines/update/", sent, headers=HX)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "The line “Deux” was refused" in page and "None of the 2 lines was changed" in page
    assert 'value="2026-07-01"' in page and all(f'value="{mark}"' in page for mark in sent["line"])
    assert {line.valid_from for line in ContractLine.objects.all()} == {date(2026, 1, 1)}


def test_a_line_changed_meanwhile_keeps_all_from_changing(editor: Client, contract: Contract) -> None:
    """Spec C3, R7: the versions that were shown count, not those of the moment of sending."""
    first, second = a_line(contract, "Un"), a_line(contract, "Deux")
    sent = {"line": marks(first, second), "unit_price_cents": "10"}
    details = LineDetails(label="Deux bis", valid_from=date(2026, 1, 1))
    save_line(contract=contract, line=second, details=details, by=None, at=MONDAY)
    answer = editor.post("/contracts/lines/update/", sent, headers=HX)
    assert answer.status_code == 422 and "Somebody else has changed" in answer.content.decode()
    assert not ContractLine.objects.filter(unit_price_cents=1000).exists()
    again = editor.post("/contracts/lines/update/", {**sent, "unit_price_cents": ""}, headers=HX)
    assert "Nothing would change" in again.content.decode()


def test_a_line_is_deleted_in_the_version_shown(editor: Client, contract: Contract) -> None:
    """Spec R7: not if somebody changed it in between."""
    line = a_line(contract, "Un")
    address, seen = f"/contracts/lines/{line.pk}/delete/", line.row_version
    details = LineDetails(label="Un bis", valid_from=date(2026, 1, 1))
    line = save_line(contract=contract, line=line, details=details, by=None, at=MONDAY)
    assert editor.post(address, {"seen": seen}, headers=HX).status_code == 409
    assert ContractLine.objects.exists()
    assert editor.post(address, {"seen": line.row_version}, headers=HX).status_code == 200
    assert not ContractLine.objects.exists()


@pytest.mark.parametrize(
    "what", ["new/", "{number}/edit/", "{number}/lines/new/", "lines/update/", "commitments/contract/{pk}/"]
)
def test_without_the_right_nothing_opens(reader: Client, contract: Contract, what: str) -> None:
    """Spec R2."""
    address = "/contracts/" + what.format(number=contract.number, pk=contract.pk)
    assert reader.get(address, headers=HX).status_code == 403
    assert reader.post(address, {}, headers=HX).status_code == 403


def test_french(editor: Client, contract: Contract) -> None:
    """Spec F5."""
    page = editor.get(f"/contracts/{contract.number}/", headers={"accept-language": "fr"}).content.decode()
    assert "Délais et plans" in page and "Titulaire" in page


def test_a_project_is_made_while_a_contract_is_typed(editor: Client) -> None:
    """Spec C1: the project is mandatory; a missing one goes back into its picker."""
    customer = a_customer()
    address = f"/contracts/projects/new/?for=id_project&customer={customer.pk}"
    answer = editor.post(address, {"code": "P1", "name": "Projet"}, headers=HX)
    assert '"picked"' in answer["HX-Trigger"]
    assert (
        editor.get("/pick/project/", {"q": "p1", "customer": customer.pk}).json()["results"][0]["text"]
        == "P1 Projet"
    )


def test_pickers_offer_what_beneficiaries_have(editor: Client) -> None:
    """Spec C2: assets and sites of the holder and of those who benefit."""
    holder, other, third = a_customer("A"), a_customer("B"), a_customer("C")
    asked = {"customer": holder.pk, "beneficiaries": [other.pk]}
    found = editor.get("/pick/site/", asked).json()["results"]
    assert {row["text"] for row in found} == {"A", "B"} and third.name not in str(found)
