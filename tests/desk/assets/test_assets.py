"""Assets, products, versions and known errors."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cadran.accounts.rights import Right
from cadran.catalogue.known_errors import KnownErrorDetails, save_known_error
from cadran.catalogue.models import Asset, KnownError, Product, ProductVersion, SeverityAlert
from tests.factories.desk import a_desk
from tests.factories.trade import MONDAY, a_customer, a_product, a_severity, an_asset, person

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true"}


@pytest.fixture
def editor() -> Client:
    browser = Client(headers={"accept-language": "en"})
    rights = (
        Right.SEE_ASSETS,
        Right.EDIT_ASSETS,
        Right.SEE_CUSTOMERS,
        Right.SEE_CONTRACTS,
        Right.SEE_TICKETS,
    )
    browser.force_login(person(*rights, email="eva@example.com"))
    return browser


@pytest.fixture
def reader() -> Client:
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(person(Right.SEE_ASSETS, email="otto@example.com"))
    return browser


def test_the_list_narrows(editor: Client) -> None:
    """Spec S6: words, customer, product, in service."""
    customer, product = a_customer(), a_product()
    an_asset(customer, product, name="Café PC")
    an_asset(a_customer("Autre"), product, name="Serveur")

    def names(**asked: object) -> list[str]:
        return [row.name for row in editor.get("/assets/", asked).context["rows"]]

    assert names(q="cafe") == ["Café PC"]
    assert names(q="autre") == names(q="autre serv") == ["Serveur"]
    assert names(q="autre cafe") == []
    assert names(customer=customer.pk) == ["Café PC"]
    assert names(product=product.pk) == ["Café PC", "Serveur"]
    assert names(active="no") == []


def test_lists_take_as_many_queries_for_three_rows(
    django_assert_num_queries: DjangoAssertNumQueries, editor: Client
) -> None:
    """House: one literal for one row and for three."""
    customer = a_customer()
    an_asset(customer, a_product())
    editor.get("/assets/"), editor.get("/products/")
    for _round in range(2):
        with django_assert_num_queries(6):
            assert editor.get("/assets/").context["rows"]
        with django_assert_num_queries(7):
            assert editor.get("/products/").context["rows"]
        for code in ("crm", "hr"):
            if not Product.objects.filter(code=code).exists():
                an_asset(customer, a_product(code))


def test_the_page_tells_what_covers_the_asset(editor: Client, reader: Client) -> None:
    """Spec C2: the services that cover it, with their contract; its tickets; acts only for who may."""
    desk = a_desk()
    ticket = desk.open()
    page = editor.get(f"/assets/{desk.asset.number}/").content.decode()
    for shown in (desk.service.label, desk.contract.number, ticket.number, "Edit"):
        assert shown in page
    plain = reader.get(f"/assets/{desk.asset.number}/").content.decode()
    for hidden in ("Edit", "New ticket", desk.contract.number, ticket.number):
        assert hidden not in plain
    alone = an_asset(a_customer("Autre"), desk.product)
    assert "No service covers it" in editor.get(f"/assets/{alone.number}/").content.decode()


def test_a_new_ticket_begins_from_the_asset() -> None:
    """Spec T6: choosing an asset first fills the rest backwards."""
    desk = a_desk()
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(desk.user)
    page = browser.get(f"/assets/{desk.asset.number}/").content.decode()
    assert f"/tickets/new/?asset={desk.asset.pk}" in page
    ticket = desk.open()
    asked = {
        "view": "all",
        "asset": desk.asset.pk,
        "contract": desk.contract.pk,
        "requester": desk.requester.pk,
    }
    assert [row.ticket for row in browser.get("/tickets/", asked).context["screen"].rows] == [ticket]
    assert browser.get(f"/tickets/new/?asset={desk.asset.pk}").status_code == 200


def test_an_asset_is_made_and_refused(editor: Client) -> None:
    """Spec R7: the sentence beside the field, typed values kept, nothing saved."""
    customer, product = a_customer(), a_product()
    other = a_customer("Autre")
    typed = {
        "customer": customer.pk,
        "product": product.pk,
        "site": other.sites.get().pk,
        "serial_number": "SN-1",
    }
    answer = editor.post("/assets/new/", typed, headers=HX)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose one of that customer’s sites." in page and "SN-1" in page
    assert not Asset.objects.exists()
    done = editor.post("/assets/new/", typed | {"site": customer.sites.get().pk}, headers=HX)
    made = Asset.objects.get()
    assert done["HX-Redirect"] == f"/assets/{made.number}/" and made.is_active


def test_two_editors_of_an_asset(editor: Client) -> None:
    """Spec R7: the second to save is told; the first one's change stands."""
    asset = an_asset(a_customer())
    typed = {
        "customer": asset.customer_id,
        "product": asset.product_id,
        "site": asset.site_id,
        "is_active": "on",
        "seen": asset.row_version,
    }
    address = f"/assets/{asset.number}/edit/"
    assert editor.post(address, typed | {"serial_number": "1"}, headers=HX).status_code == 200
    late = editor.post(address, typed | {"serial_number": "2"}, headers=HX)
    assert late.status_code == 422 and "Somebody else has changed" in late.content.decode()
    asset.refresh_from_db()
    assert asset.serial_number == "1"


def test_products_with_versions_and_known_errors(editor: Client) -> None:
    """Glossary: a product has versions and known errors; the same version twice is refused."""
    product = a_product()
    version = {"version": "4.2", "revision": "b"}
    address = f"/products/{product.pk}/versions/new/"
    assert editor.post(address, version, headers=HX).status_code == 200
    twice = editor.post(address, version, headers=HX)
    assert twice.status_code == 422 and "has this version and revision already" in twice.content.decode()
    known = KnownErrorDetails(code="E-7", title="No paper", product=product)
    save_known_error(known_error=None, details=known, by=None, at=MONDAY)
    page = editor.get(f"/products/{product.pk}/").content.decode()
    assert "4.2 rev. b" in page and "No paper" in page
    assert (ProductVersion.objects.count(), KnownError.objects.count()) == (1, 1)


@pytest.mark.parametrize("address", ["/assets/new/", "/products/new/", "/products/1/versions/new/"])
def test_without_the_right_nothing_opens(reader: Client, address: str) -> None:
    """Spec R2."""
    assert reader.get(address, headers=HX).status_code == 403
    assert reader.post(address, {}, headers=HX).status_code == 403


def test_french(editor: Client) -> None:
    """Spec F5."""
    asset = an_asset(a_customer())
    page = editor.get(f"/assets/{asset.number}/", headers={"accept-language": "fr"}).content.decode()
    assert "Couvert par" in page and "Numéro de série" not in page


def test_questions_are_typed_a_line_each_and_stand_on_the_page(editor: Client, reader: Client) -> None:
    """Spec T13: for each severity in use; the second to save is told (T17); readers change nothing (R2)."""
    asset, severity = an_asset(a_customer()), a_severity()
    address, field = f"/assets/{asset.number}/alerts/", f"severity_{severity.pk}"
    sent = {"seen": "0", field: "Which line stands?\r\n\r\nSince when?"}
    assert editor.post(address, sent, headers=HX).status_code == 200
    assert [one.question for one in SeverityAlert.objects.order_by("id")] == [
        "Which line stands?",
        "Since when?",
    ]
    assert b"Since when?" in editor.get(f"/assets/{asset.number}/").content
    drawn = editor.get(address, headers=HX).context["form"]
    assert drawn[field].value() == "Which line stands?\nSince when?"
    late = editor.post(address, {"seen": "0", field: ""}, headers=HX)
    assert late.status_code == 422 and SeverityAlert.objects.count() == 2
    assert b"alerts/" not in reader.get(f"/assets/{asset.number}/").content
    assert reader.post(address, sent, headers=HX).status_code == 403
