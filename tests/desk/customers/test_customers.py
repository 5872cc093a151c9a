"""Customers, sites and contacts: lists, pages and dialogs."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cadran.accounts.rights import Right
from cadran.contracts.operations import set_commitment_choices
from cadran.contracts.queries import choices_of
from cadran.parties.models import Contact, Customer, Site
from tests.factories.desk import a_desk
from tests.factories.trade import MONDAY, a_commitment, a_contact, a_contract, a_customer, a_severity, person

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true"}


def client_of(*rights: Right, email: str = "eva@example.com") -> Client:
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(person(*rights, email=email))
    return browser


@pytest.fixture
def editor() -> Client:
    return client_of(Right.SEE_CUSTOMERS, Right.EDIT_CUSTOMERS, Right.SEE_CONTRACTS, Right.SEE_TICKETS)


@pytest.fixture
def reader() -> Client:
    return client_of(Right.SEE_CUSTOMERS, email="otto@example.com")


def typed_of(browser: Client, address: str, **changes: Any) -> dict[str, Any]:
    """What the dialog at ``address`` would send, with ``changes``."""
    form = browser.get(address, headers=HX).context["form"]
    values = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in values.items() if value is not None and value is not False}
    return {name: value for name, value in (sent | changes).items() if value is not None}


def test_the_list_finds_without_accents_and_narrows(editor: Client) -> None:
    """Spec S6: words ignore accents; with or without a running contract; only active ones at first."""
    held = a_customer("Crèche Étoile")
    a_contract(held, end_on=None, start_on=MONDAY.date())
    group = a_customer("Groupe Zénith")
    a_contract(a_customer("Holding"), beneficiaries=[group], end_on=None)
    a_customer("Garage fermé", is_active=False)

    def names(**asked: str) -> list[str]:
        return [row.customer.name for row in editor.get("/customers/", asked).context["rows"]]

    assert names(q="creche etoile") == ["Crèche Étoile"]
    assert names() == ["Crèche Étoile", "Groupe Zénith", "Holding"]
    assert names(contract="with") == ["Crèche Étoile", "Groupe Zénith", "Holding"]
    assert names(contract="without", active="all") == ["Garage fermé"]
    assert names(active="no") == ["Garage fermé"]
    assert "Nothing fits these criteria" in editor.get("/customers/", {"q": "zzz"}).content.decode()


def test_rows_count_tickets_and_contracts_in_as_many_queries(
    django_assert_num_queries: DjangoAssertNumQueries, editor: Client
) -> None:
    """House: as many queries for three rows as for one; a benefited contract counts too."""
    desk = a_desk()
    desk.open()
    editor.get("/customers/")
    with django_assert_num_queries(9):
        rows = editor.get("/customers/").context["rows"]
    assert [(row.open_tickets, row.running_contracts) for row in rows] == [(1, 1)]
    for name in ("Un", "Deux"):
        a_contract(a_customer(name), beneficiaries=[desk.customer])
    with django_assert_num_queries(9):
        rows = editor.get("/customers/").context["rows"]
    assert {row.customer.name: row.running_contracts for row in rows} == {
        "Acier Dubois": 3,
        "Un": 1,
        "Deux": 1,
    }


def test_the_page_shows_what_hangs_on_the_customer(reader: Client, editor: Client) -> None:
    """Spec C1, R2: contracts with their coverage, open tickets, sites, contacts; acts only for who may."""
    desk = a_desk()
    ticket = desk.open()
    page = editor.get(f"/customers/{desk.customer.number}/").content.decode()
    for shown in (desk.contract.number, ticket.number, "Roche", desk.site.name, "New contact"):
        assert shown in page
    plain = reader.get(f"/customers/{desk.customer.number}/").content.decode()
    for hidden in ("New contact", "Edit", "New ticket", desk.contract.number, ticket.number):
        assert hidden not in plain


def test_the_page_takes_as_many_queries_for_three_tickets(
    django_assert_num_queries: DjangoAssertNumQueries, editor: Client
) -> None:
    """House: no query per ticket or contact."""
    desk = a_desk()
    desk.open()
    address = f"/customers/{desk.customer.number}/"
    editor.get(address)
    with django_assert_num_queries(16):
        editor.get(address)
    for name in ("Un", "Deux"):
        desk.open()
        a_contact(desk.customer, name)
    with django_assert_num_queries(16):
        editor.get(address)


def test_creating_a_customer(editor: Client) -> None:
    """Spec T7: the number is given, the main site is made."""
    answer = editor.post(
        "/customers/new/", {"name": "Verrerie", "kind": "customer", "language": "fr"}, headers=HX
    )
    made = Customer.objects.get()
    assert answer["HX-Redirect"] == f"/customers/{made.number}/"
    assert made.sites.get().is_main


def test_a_picker_takes_the_prospect_it_asked_for(editor: Client) -> None:
    """Spec T7: created from a ticket's form it is a prospect, and goes back into the picker."""
    address = "/customers/new/?for=id_customer"
    sent = typed_of(editor, address, name="Nouveau")
    assert sent["kind"] == "prospect"
    unnamed = editor.post(address, sent | {"name": ""}, headers=HX)
    assert unnamed.status_code == 422 and "Type the customer’s name." in unnamed.content.decode()
    answer = editor.post(address, sent, headers=HX)
    made = Customer.objects.get()
    assert answer.status_code == 204
    assert f'"value": "{made.pk}"' in answer["HX-Trigger"]
    contact = editor.get(f"/contacts/new/?for=id_requester&site=&customer={made.pk}", headers=HX)
    assert contact.status_code == 200 and 'id="new_last_name"' in contact.content.decode()
    nobody = editor.get("/contacts/new/?for=id_requester&customer=", headers=HX)
    assert "Choose the customer first." in nobody["HX-Trigger"]


def test_what_was_looked_up_is_not_typed_again(editor: Client) -> None:
    """Spec T7: the letters of the picker are the name of the new row; a contact's last word is the last name."""
    owner = a_customer("Acier")
    customer = typed_of(editor, "/customers/new/?for=id_customer&words=Menuiserie+Dupuis")
    site = typed_of(editor, f"/sites/new/?for=id_site&customer={owner.pk}&words=Annexe")
    contact = typed_of(editor, f"/contacts/new/?for=id_requester&customer={owner.pk}&words=Anne+Dupuis")
    single = typed_of(editor, f"/contacts/new/?for=id_requester&customer={owner.pk}&words=Dupuis")
    assert (customer["name"], site["name"]) == ("Menuiserie Dupuis", "Annexe")
    assert (contact["first_name"], contact["last_name"]) == ("Anne", "Dupuis")
    assert (single.get("first_name", ""), single["last_name"]) == ("", "Dupuis")


def test_a_refused_customer_keeps_what_was_typed(editor: Client) -> None:
    """Spec R7: the sentence beside the field, typed values kept, nothing saved."""
    a_customer("Acier", number="C7")
    sent = {"name": "Deuxième", "number": "C7", "kind": "customer", "language": "fr", "phone": "04 78"}
    answer = editor.post("/customers/new/", sent, headers=HX)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "“C7” is taken already" in page and "04 78" in page and "Deuxième" in page
    assert Customer.objects.count() == 1


def test_two_editors_at_once(editor: Client) -> None:
    """Spec T17: who saves on an old version is asked; the first one's change stands meanwhile."""
    customer = a_customer()
    address = f"/customers/{customer.number}/edit/"
    first, second = (typed_of(editor, address, phone=phone) for phone in ("01", "02"))
    editor.post(address, first, headers=HX)
    answer = editor.post(address, second, headers=HX)
    assert answer.status_code == 422
    assert "changed the same fields meanwhile" in answer.content.decode()
    customer.refresh_from_db()
    assert customer.phone == "01"


def test_one_main_site(editor: Client) -> None:
    """Glossary, site: a new main site takes over; the main one cannot simply stop being it."""
    customer = a_customer()
    sent = {"name": "Atelier", "country": "FR", "is_main": "on", "is_active": "on"}
    editor.post(f"/sites/new/?customer={customer.pk}", sent, headers=HX)
    assert [site.name for site in Site.objects.filter(is_main=True)] == ["Atelier"]
    main = Site.objects.get(name="Atelier")
    address = f"/sites/{main.pk}/edit/"
    answer = editor.post(address, typed_of(editor, address, is_main=None, city="Lyon"), headers=HX)
    assert answer.status_code == 422
    assert "A customer has one main site" in answer.content.decode() and "Lyon" in answer.content.decode()


def test_contacts_are_made_and_changed(editor: Client) -> None:
    """Spec T7: a contact of this customer; its page leads to a new ticket only for who may open one."""
    customer = a_customer()
    address = f"/contacts/new/?customer={customer.pk}"
    answer = editor.post(address, typed_of(editor, address, last_name="Rey", note="<b>VIP</b>"), headers=HX)
    assert answer.status_code == 200
    contact = Contact.objects.get()
    page = editor.get(f"/contacts/{contact.pk}/").content.decode()
    assert "VIP" in page and "New ticket" not in page
    wrong = editor.post(address, typed_of(editor, address, last_name="", phone="06"), headers=HX)
    assert wrong.status_code == 422 and "06" in wrong.content.decode()
    assert Contact.objects.count() == 1


def test_commitments_of_a_customer_and_of_a_requester(editor: Client) -> None:
    """Spec C9: chosen by severity, the others by one; who saves on an old version is refused."""
    customer, severity = a_customer(), a_severity()
    gold, silver = a_commitment(), a_commitment("silver")
    contact = a_contact(customer)
    for kind, holder in (("customer", customer), ("contact", contact)):
        address = f"/customers/commitments/{kind}/{holder.pk}/"
        seen = holder.row_version
        sent = {f"severity_{severity.pk}": gold.pk, "others": silver.pk, "seen": seen}
        assert editor.post(address, sent, headers=HX).status_code == 200
        assert {(row.severity, row.commitment) for row in choices_of(holder)} == {
            (severity, gold),
            (None, silver),
        }
        late = editor.post(address, {"others": gold.pk, "seen": seen}, headers=HX)
        assert late.status_code == 422 and "Somebody else has changed" in late.content.decode()
        assert choices_of(holder).count() == 2
    page = editor.get(f"/contacts/{contact.pk}/").content.decode()
    assert "All other severities" in page and "Silver" in page
    customer.refresh_from_db()
    set_commitment_choices(holder=customer, choices=[], by=None, at=MONDAY)
    assert "None of its own" in editor.get(f"/customers/{customer.number}/").content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/customers/new/",
        "/customers/C00001/edit/",
        "/sites/new/?customer=1",
        "/customers/commitments/customer/1/",
    ],
)
def test_without_the_right_nothing_opens(reader: Client, address: str) -> None:
    """Spec R2."""
    a_customer()
    assert reader.get(address, headers=HX).status_code == 403
    assert reader.post(address, {}, headers=HX).status_code == 403


def test_french(editor: Client) -> None:
    """Spec F5."""
    customer = a_customer()
    page = editor.get(f"/customers/{customer.number}/", headers={"accept-language": "fr"}).content.decode()
    assert "Demandes en cours" in page and "Nouveau site" in page


def test_a_number_with_a_slash_has_its_page(editor: Client) -> None:
    """Whatever is typed as a number leads to its page."""
    customer = a_customer(number="AC/12 %b")
    found = editor.get("/customers/")
    address = next(row for row in found.context["rows"]).customer.number
    assert address == customer.number
    assert b"/customers/AC%252F12" in found.content
    assert editor.get("/customers/AC%252F12%20%2525b/").status_code == 200
