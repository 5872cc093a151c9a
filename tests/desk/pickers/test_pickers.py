"""The pickers: matches, what fits, rights (Spec T6)."""

from datetime import date
from typing import Any

from django.test import Client

from cadran.accounts.rights import Right
from cadran.contracts.models import Contract
from cadran.parties.models import Customer, Site
from cadran.parties.operations import ContactDetails, SiteDetails, save_contact, save_site
from tests.desk.work import TEN, signed_in
from tests.factories.desk import Desk, colleague
from tests.factories.trade import a_contact, a_contract, a_customer, an_asset, person


def texts(browser: Client, kind: str, **sent: Any) -> list[str]:
    answer = browser.get(f"/pick/{kind}/", sent).json()
    return [result["text"] for result in answer["results"]]


def test_words_match_without_accents_and_case(browser: Client, desk: Desk) -> None:
    """Spec T6: a picker finds « Élodie » when one types ELOD; a word's beginning comes before its middle."""
    a_customer("Élodie Fromages")
    a_customer("Le Modelodie")
    assert texts(browser, "customer", q="ELOD") == ["Élodie Fromages", "Le Modelodie"]
    assert texts(browser, "customer", q="nobody at all") == []


def test_at_most_twenty_and_says_that_there_are_more(browser: Client, desk: Desk) -> None:
    """A picker shows 20 rows at most."""
    for number in range(21):
        a_customer(f"Atelier {number:02d}")
    answer = browser.get("/pick/customer/", {"q": "atelier"}).json()
    assert len(answer["results"]) == 20
    assert answer["more"] is True


def test_filter_leaves_customers_and_sites_with_a_running_contract(browser: Client, desk: Desk) -> None:
    """Spec T6: only customers and sites with a running contract, those that benefit from one included."""
    without, benefits = a_customer("Without"), a_customer("Benefits")
    ended = a_customer("Ended")
    a_contract(ended, end_on=date(2026, 3, 1))
    a_contract(desk.customer, beneficiaries=[benefits])
    assert set(texts(browser, "customer", fit="1")) == {"Acier Dubois", "Benefits"}
    assert {"Without", "Ended"} <= set(texts(browser, "customer"))
    assert texts(browser, "site", fit="1", customer=without.pk) == []
    assert texts(browser, "site", customer=without.pk) == [without.sites.get().name]


def test_filter_leaves_only_the_sites_that_the_contract_names(browser: Client, desk: Desk) -> None:
    """Spec T6, C1: a contract that names its sites runs for those alone."""
    customer = a_customer("Two sites")
    other = save_site(customer=customer, site=None, details=SiteDetails(name="Annexe"), by=None, at=TEN)
    a_contract(customer, sites=[other])
    assert texts(browser, "site", fit="1", customer=customer.pk) == ["Annexe"]


def test_filter_leaves_contacts_of_the_site_and_services_of_the_contract(browser: Client, desk: Desk) -> None:
    """Spec T6: contacts of the chosen site, services of the contract, assets of the service and site."""
    other = an_asset(desk.customer, desk.product, name="Not covered")
    annexe = save_site(customer=desk.customer, site=None, details=SiteDetails(name="Annexe"), by=None, at=TEN)
    details = ContactDetails(last_name="Elsewhere", site=annexe)
    save_contact(customer=desk.customer, contact=None, details=details, by=None, at=TEN)
    sent = {"customer": desk.customer.pk, "contract": desk.contract.pk, "service": desk.service.pk}
    assert texts(browser, "contact", fit="1", site=desk.site.pk, **sent) == [str(desk.requester)]
    assert texts(browser, "contact", site=desk.site.pk, **sent) == ["Elsewhere", str(desk.requester)]
    assert texts(browser, "service", fit="1", **sent) == ["Hotline"]
    assert texts(browser, "asset", fit="1", **sent) == [desk.asset.name]
    assert set(texts(browser, "asset", **sent)) == {desk.asset.name, other.name}
    assert texts(browser, "version", product=0) == []


def test_a_contract_that_does_not_cover_says_why(browser: Client, desk: Desk) -> None:
    """Spec C1: the reason why a contract does not cover is shown where it is picked."""
    late = a_contract(desk.customer, status="on_hold")
    answer = browser.get("/pick/contract/", {"customer": desk.customer.pk, "q": late.number}).json()
    assert "is on hold" in answer["results"][0]["hint"]
    assert texts(browser, "contract", customer=desk.customer.pk, q=late.number, fit="1") == []


def test_the_filter_is_remembered_per_agent(browser: Client, desk: Desk) -> None:
    """Spec T6: the choice of the filter is remembered per agent."""
    a_customer("Without")
    assert "Without" not in texts(browser, "customer", fit="1")
    assert b'aria-pressed="false"' in browser.post("/pick/filter/", {"on": "0"}).content
    assert "Without" in texts(browser, "customer", fit="1")
    somebody = signed_in(person(*Right, email="other@example.com"))
    assert "Without" not in texts(somebody, "customer", fit="1")


def test_the_list_dialog_pages_and_hands_the_choice_over(browser: Client, desk: Desk) -> None:
    """Spec T6: the list-help dialog is searchable and paged; its own requests get the rows alone."""
    for number in range(13):
        a_contact(desk.customer, f"Contact{number:02d}")
    dialog = browser.get(
        "/pick/contact/list/", {"for": "id_requester", "customer": desk.customer.pk}
    ).content.decode()
    assert 'data-pick-for="id_requester"' in dialog
    assert "cd-dialog" in dialog
    rows = browser.get(
        "/pick/contact/list/", {"customer": desk.customer.pk, "page": "2"}, headers={"HX-Target": "pick-rows"}
    ).content.decode()
    assert "cd-dialog" not in rows
    assert rows.count("data-pick-value") == 2


def test_without_the_right_nothing_is_offered(desk: Desk) -> None:
    """Spec R2: a kind's picker needs the right to see it; an unknown kind does not exist."""
    stranger = signed_in(person(Right.SEE_TICKETS, email="few@example.com"))
    assert stranger.get("/pick/customer/").status_code == 403
    assert stranger.get("/pick/contract/list/").status_code == 403
    assert stranger.get("/pick/team/").status_code == 200
    assert stranger.get("/pick/planet/").status_code == 404
    assert Client().get("/pick/team/").status_code == 302


def test_nonsense_narrows_nothing(browser: Client, desk: Desk) -> None:
    """Spec R7: an id that is none is ignored, whatever its size."""
    for value in ("x", "-1", "9" * 40, ""):
        assert texts(browser, "site", customer=value) == [Site.objects.get().name]
    assert Customer.objects.count() == 1


def test_as_many_queries_for_three_rows_as_for_one(
    browser: Client, desk: Desk, django_assert_num_queries: Any
) -> None:
    """House: a list asks as often for three rows as for one."""
    browser.get("/pick/contact/")
    with django_assert_num_queries(4):
        assert len(texts(browser, "contact", q="roche")) == 1
    a_contact(desk.customer, "Rochefort")
    a_contact(desk.customer, "Rocher")
    with django_assert_num_queries(4):
        assert len(texts(browser, "contact", q="roche")) == 3


def test_the_portal_sees_neither_agents_nor_teams(desk: Desk) -> None:
    """Spec R2: names of staff are for staff; whoever has a right at the desk is offered both."""
    portal = signed_in(person(Right.PORTAL_MESSAGES, email="portal@example.com"))
    staff = signed_in(person(Right.EDIT_CUSTOMERS, email="staff@example.com"))
    for address in ("/pick/agent/", "/pick/agent/list/", "/pick/team/", "/pick/team/list/"):
        assert portal.get(address).status_code == 403, address
        assert staff.get(address).status_code == 200, address


def test_the_last_line_brings_what_the_filter_hides(browser: Client, desk: Desk) -> None:
    """Spec T6: whoever does not fit is counted and shown on demand, with the reason; the filter stays on."""
    without = a_customer("Acier Without")

    def answer(kind: str = "customer", **sent: Any) -> dict[str, Any]:
        found: dict[str, Any] = browser.get(f"/pick/{kind}/", {"fit": "1", **sent}).json()
        return found

    assert answer(q="without")["hidden"] == "1 more that doesn’t fit: show it"
    assert answer(q="without")["results"] == []
    some = answer(q="acier")
    assert ([row["text"] for row in some["results"]], some["hidden"][:6]) == (["Acier Dubois"], "1 more")
    both = answer(q="acier", all="1")
    assert {row["text"]: "no running contract" in row["hint"] for row in both["results"]} == {
        "Acier Dubois": False,
        "Acier Without": True,
    }
    assert both["hidden"] == ""
    a_customer("Acier Third")
    assert answer(q="acier")["hidden"] == "2 more that don’t fit: show them"
    assert answer("site", customer=without.pk)["hidden"].startswith("1 more")


def test_the_list_dialog_brings_what_the_filter_hides(browser: Client, desk: Desk) -> None:
    """Spec T6: so does the list; asked for everything it goes on so, whatever is typed next."""
    a_customer("Acier Without")
    narrow = browser.get("/pick/customer/list/", {"fit": "1", "q": "acier", "for": "id_customer"})
    assert "Acier Without" not in narrow.content.decode()
    assert "data-pick-hidden" in narrow.content.decode()
    assert (
        "Nothing found"
        not in browser.get("/pick/customer/list/", {"fit": "1", "q": "without"}).content.decode()
    )
    wide = browser.get("/pick/customer/list/", {"fit": "1", "all": "1", "q": "acier"}).content.decode()
    assert "Acier Without" in wide
    assert "data-pick-hidden" not in wide
    assert '<input type="hidden" name="all" value="1">' in wide


def test_an_empty_answer_says_why(browser: Client, desk: Desk) -> None:
    """Spec T6: nothing at all is not nothing that fits; without words there are no letters to try."""
    without = a_customer("Without")

    def note(kind: str = "site", **sent: Any) -> str:
        return str(browser.get(f"/pick/{kind}/", sent).json()["note"])

    assert note(fit="1", customer=without.pk) == note(customer=without.pk, q="nowhere") == ""
    assert note(customer=desk.customer.pk) == ""
    assert note("version") == "There is nothing to choose from."


def test_the_day_of_reception_says_which_contracts_run(browser: Client, desk: Desk) -> None:
    """Spec T6, T8: a ticket received before the contract ended is offered it; what can't be read is today."""
    Contract.objects.filter(pk=desk.contract.pk).update(end_on="2026-02-28")

    def offered(kind: str, **asked: str) -> list[str]:
        answer = browser.get(f"/pick/{kind}/", {"fit": "1", "customer": desk.customer.pk, **asked}).json()
        return [one["value"] for one in answer["results"]]

    for kind in ("customer", "site", "contract", "service"):
        assert offered(kind, received_at="2026-02-27T17:00") == [str(getattr(desk, kind).pk)]
        assert offered(kind) == offered(kind, received_at="soon") == []


def test_only_those_who_may_see_tickets_are_offered_to_be_mentioned(browser: Client, desk: Desk) -> None:
    """Nobody else would learn of it (Spec T17, T30)."""
    reader = colleague(desk, Right.SEE_TICKETS, email="reader@example.com")
    colleague(desk, Right.EDIT_CONTRACTS, email="blind@example.com")
    left = colleague(desk, Right.SEE_TICKETS, email="left@example.com")
    type(left).objects.filter(pk=left.pk).update(is_active=False)
    colleague(desk, Right.SEE_TICKETS, email="former@example.com").profiles.update(is_retired=True)
    assert texts(browser, "reader", q="nadia") == [str(reader.agent)]
