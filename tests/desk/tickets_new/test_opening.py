"""Opening a ticket in the desk: deductions, team, refusals, draft, sending twice (Spec T6, T8, T11, T12, R7)."""

import json
import re
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from cadran.accounts.rights import Right
from cadran.catalogue.known_errors import KnownErrorDetails, save_known_error
from cadran.contracts.models import Contract, Service
from cadran.core.models import Draft
from cadran.parties.operations import SiteDetails, save_site
from cadran.tickets.models import Attachment, Ticket
from tests.desk.work import TEN, signed_in
from tests.factories.desk import Desk, paris
from tests.factories.trade import a_contact, a_customer, a_nature, person

#: Session, person, rights, the fields’ rows, coverage, commitment, intake’s type, customer's tickets, suppliers.
QUERIES = 27
HTMX = {"HX-Request": "true"}


def mark_of(browser: Client) -> str:
    page = browser.get("/tickets/new/").content.decode()
    found = re.search(r'name="mark" value="([^"]+)"', page)
    assert found
    return found[1]


def typed(desk: Desk, mark: str = "", **more: Any) -> dict[str, Any]:
    sent = {
        "mark": mark,
        "customer": desk.customer.pk,
        "site": desk.site.pk,
        "requester": desk.requester.pk,
        "contract": desk.contract.pk,
        "service": desk.service.pk,
        "asset": desk.asset.pk,
        "product": desk.product.pk,
        "title": "Printer is mute",
        "nature": desk.nature.pk,
        "severity": desk.severity().pk,
        "received_at": "2026-03-02T10:00",
        "channel": "telephone",
        "is_shared": "on",
    }
    return sent | more


def told(response: Any) -> dict[str, Any]:
    """What the form's script is told to put into the fields."""
    answer: dict[str, Any] = json.loads(response["HX-Trigger"])["deduced"]
    return answer


def test_the_form_asks_for_the_team_then_opens_the_ticket(
    browser: Client, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Spec T11, T12: the team is asked for and mandatory; the intake begins when the form was opened."""
    mark = mark_of(browser)
    monkeypatch.setattr(timezone, "now", lambda: paris("2026-03-02 10:06"))
    asked = browser.post("/tickets/new/", typed(desk, mark), headers=HTMX)
    assert "Who is in charge?" in asked.content.decode()
    missing = browser.post("/tickets/new/", typed(desk, mark, team=""), headers=HTMX)
    assert missing.status_code == 422
    assert "Choose the team in charge" in missing.content.decode()
    assert not Ticket.objects.exists()
    done = browser.post("/tickets/new/", typed(desk, mark, team=desk.team.pk), headers=HTMX)
    ticket = Ticket.objects.get()
    assert done["HX-Redirect"] == f"/tickets/{ticket.number}/"
    assert (ticket.team, ticket.pilot, ticket.user) == (desk.team, desk.agent, desk.requester)
    assert (ticket.coverage, ticket.is_shared) == ("covered", True)
    assert ticket.interventions.get().started_at == TEN
    assert ticket.entered_at == paris("2026-03-02 10:06")


def test_the_team_proposed_is_the_services(browser: Client, desk: Desk) -> None:
    """Spec T11: the default comes from the service."""
    type(desk.service).objects.filter(pk=desk.service.pk).update(default_team=desk.team)
    page = browser.post("/tickets/new/", typed(desk, mark_of(browser)), headers=HTMX).content.decode()
    assert f'<option value="{desk.team.pk}" selected>' in page
    assert "The service’s team" in page


def test_sending_twice_opens_one_ticket(browser: Client, desk: Desk) -> None:
    """House: a double submit is harmless; the second leads to the same ticket."""
    sent = typed(desk, mark_of(browser), team=desk.team.pk)
    first, second = (browser.post("/tickets/new/", sent) for _turn in range(2))
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert Ticket.objects.count() == 1
    again = typed(desk, mark_of(browser), team=desk.team.pk)
    browser.post("/tickets/new/", again)
    assert Ticket.objects.count() == 2


def test_a_refused_form_can_be_sent_again(browser: Client, desk: Desk) -> None:
    """House: a refusal leaves no mark; the mended form opens the ticket."""
    stranger = a_contact(a_customer("Elsewhere"))
    mark = mark_of(browser)
    refused = browser.post("/tickets/new/", typed(desk, mark, team=desk.team.pk, requester=stranger.pk))
    assert refused.status_code == 422
    assert not Ticket.objects.exists()
    assert browser.post("/tickets/new/", typed(desk, mark, team=desk.team.pk)).status_code == 302


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("customer", "", "Choose the customer."),
        ("title", "", "Type a few words"),
        ("received_at", "yesterday", "Type a date and a time"),
        ("received_at", "0001-01-01T00:10", "between the years 2000 and 2100"),
        ("received_at", "9999-12-31T23:59", "between the years 2000 and 2100"),
        ("desired_on", "9999-12-31", "between the years 2000 and 2100"),
        ("received_at", "2026-03-03T10:00", "received in the future"),
        ("customer", "999999", "Choose one of the list."),
        ("severity", "x", "Select a valid choice"),
    ],
)
def test_wrong_input_says_what_to_mend_and_keeps_what_was_typed(
    browser: Client, desk: Desk, field: str, value: str, sentence: str
) -> None:
    """Spec R7: a sentence beside the field and on top, the typed values stay, nothing is saved."""
    sent = typed(
        desk, mark_of(browser), team=desk.team.pk, external_description="<p>It says <b>nothing</b></p>"
    )
    page = browser.post("/tickets/new/", sent | {field: value}, headers=HTMX)
    text = page.content.decode()
    assert page.status_code == 422
    assert page["HX-Retarget"] == "#new-ticket"
    assert text.count(sentence) >= 2
    assert "&lt;p&gt;It says &lt;b&gt;nothing&lt;/b&gt;&lt;/p&gt;" in text
    assert f'<option value="{desk.asset.pk}" selected>{desk.asset.name}</option>' in text
    assert not Ticket.objects.exists()


def test_an_asset_fills_backwards_and_the_panel_says_why(browser: Client, desk: Desk) -> None:
    """Spec T6, C9: choosing an asset fills customer, site, contract and service, each with its reason."""
    sent = {
        "asset": desk.asset.pk,
        "changed": "asset",
        "severity": desk.severity().pk,
        "received_at": "2026-03-02T10:00",
    }
    response = browser.post("/tickets/new/deduced/", sent)
    fields = told(response)["fields"]
    assert fields["customer"]["value"] == str(desk.customer.pk)
    assert fields["customer"]["reason"] == "From the asset"
    assert (fields["contract"]["value"], fields["service"]["value"]) == (
        str(desk.contract.pk),
        str(desk.service.pk),
    )
    assert fields["site"]["text"] == str(desk.site)
    assert told(response)["boxes"] == {"pay_per_incident": False, "out_of_scope": False}
    panel = response.content.decode()
    assert 'data-verdict="covered"' in panel
    assert "Why commitment Gold" in panel
    assert "Service Hotline: Gold, for severity Major" in panel
    assert "today 14:00" in panel
    assert "Mon 18:00" in panel or "today 18:00" in panel


def test_an_emptied_contract_stays_empty(browser: Client, desk: Desk) -> None:
    """Spec T8: the agent empties the contract, which means pay per incident; another change does not fill it again."""
    sent = typed(desk, contract="", service="", changed="contract")
    response = browser.post("/tickets/new/deduced/", sent)
    assert told(response)["fields"] == {}
    assert told(response)["boxes"]["pay_per_incident"] is True
    for changed in ("severity", "requester", "user", "site"):
        again = browser.post("/tickets/new/deduced/", sent | {"changed": changed, "user": desk.requester.pk})
        assert told(again)["fields"] == {}
    assert 'data-verdict="incident"' in again.content.decode()


def test_choices_made_faster_than_they_are_answered_all_have_their_consequences(
    browser: Client, desk: Desk
) -> None:
    """Spec T6, T8: each is followed in its order, and none touches what was chosen or emptied after it."""
    first = {"customer": desk.customer.pk, "received_at": "2026-03-02T10:00"}
    both = first | {"requester": desk.requester.pk, "changed": "customer requester"}
    fields = told(browser.post("/tickets/new/deduced/", both))["fields"]
    assert fields["contract"]["value"] == str(desk.contract.pk)
    emptied = first | {"changed": "customer contract"}
    assert "contract" not in told(browser.post("/tickets/new/deduced/", emptied))["fields"]
    other = a_customer("Other")
    corrected = first | {"customer": other.pk, "asset": desk.asset.pk, "changed": "asset customer"}
    fields = told(browser.post("/tickets/new/deduced/", corrected))["fields"]
    assert "customer" not in fields
    assert fields["asset"]["value"] == ""


def test_another_customer_takes_back_what_no_longer_fits(browser: Client, desk: Desk) -> None:
    """Spec T6: site, requester, contract, service and asset of the former customer are emptied."""
    other = a_customer("Other")
    fields = told(browser.post("/tickets/new/deduced/", typed(desk, customer=other.pk, changed="customer")))[
        "fields"
    ]
    assert {name for name, field in fields.items() if not field["value"]} >= {
        "requester",
        "contract",
        "service",
        "asset",
    }
    assert fields["site"]["text"] == str(other.sites.get())


def test_a_main_site_among_several_is_not_guessed(browser: Client, desk: Desk) -> None:
    """Spec T6: only where one value is possible it is filled in."""
    save_site(customer=desk.customer, site=None, details=SiteDetails(name="Annexe"), by=None, at=TEN)
    sent = {"customer": desk.customer.pk, "changed": "customer"}
    assert "site" not in told(browser.post("/tickets/new/deduced/", sent))["fields"]


def test_the_panel_lists_the_customers_open_tickets_of_eight_days(browser: Client, desk: Desk) -> None:
    """Spec T10: open tickets of the last 8 days, marked when they are on the same asset."""
    fresh = desk.open(paris("2026-02-27 10:00"))
    old = desk.open(paris("2026-02-20 10:00"))
    resolved_elsewhere = desk.open(paris("2026-02-27 11:00"), asset=None, product=desk.product)
    page = browser.post("/tickets/new/deduced/", typed(desk, changed="")).content.decode()
    assert fresh.number in page
    assert resolved_elsewhere.number in page
    assert old.number not in page
    assert page.count("same asset") == 1


def test_an_override_needs_its_right_and_is_kept(browser: Client, desk: Desk) -> None:
    """Spec T8: the agent may override either box; without the right the boxes are as deduced."""
    sent = typed(desk, team=desk.team.pk, out_of_scope_override="1")
    browser.post("/tickets/new/", sent | {"mark": mark_of(browser)})
    assert Ticket.objects.get().coverage == "out_of_scope"
    agent = person(
        Right.OPEN_TICKETS, Right.SEE_TICKETS, Right.SEE_CUSTOMERS, Right.SEE_CONTRACTS, Right.SEE_ASSETS
    )
    few = signed_in(agent)
    few.post("/tickets/new/", sent | {"mark": mark_of(few)})
    assert Ticket.objects.latest("id").coverage == "covered"


def test_files_wait_for_the_ticket_and_belong_to_who_added_them(browser: Client, desk: Desk) -> None:
    """Spec T15: files added before saving are claimed by the ticket, external or internal; nobody else's are."""
    sent = {
        "file": [SimpleUploadedFile("log.txt", b"one"), SimpleUploadedFile("b.txt", b"two")],
        "files_seen": "external",
    }
    page = browser.post("/tickets/new/files/", sent).content.decode()
    ids = re.findall(r'name="files" value="(\d+)"', page)
    assert len(ids) == 2
    other = signed_in(person(*Right, email="other@example.com"))
    theirs = re.findall(
        r'value="(\d+)"',
        other.post("/tickets/new/files/", {"file": SimpleUploadedFile("c", b"3")}).content.decode(),
    )
    browser.post("/tickets/new/", typed(desk, mark_of(browser), team=desk.team.pk, files=[ids[0], theirs[0]]))
    assert [one.name for one in Ticket.objects.get().attachments.all()] == ["log.txt"]
    assert Attachment.objects.get(pk=ids[0]).is_external
    assert Attachment.objects.get(pk=theirs[0]).ticket is None


def test_a_draft_is_kept_restored_and_dropped(browser: Client, desk: Desk, now: datetime) -> None:
    """Spec T6: a draft is kept until saved or dropped, with the pickers' labels and without the box taken off."""
    sent = typed(desk, mark_of(browser), internal_description="<p>half a sentence</p>")
    del sent["is_shared"]
    kept = browser.post("/tickets/new/draft/", sent)
    assert (kept.status_code, kept["X-Draft-Kept-At"]) == (204, "10:00")
    page = browser.get("/tickets/new/").content.decode()
    assert "draft kept" in page
    assert f'<option value="{desk.requester.pk}" selected>{desk.requester}</option>' in page
    assert "half a sentence" in page
    assert 'id="id_is_shared" checked' not in page
    assert "csrf" not in Draft.objects.get().data["form"]
    browser.post("/tickets/new/draft/drop/")
    assert "half a sentence" not in browser.get("/tickets/new/").content.decode()


def test_a_draft_is_not_replaced_unsaid(browser: Client, desk: Desk) -> None:
    """Spec T6, T17: a form that begins with something else says that a draft waits, and leads to it."""
    address = f"/tickets/new/?customer={desk.customer.pk}"
    assert "Go on with the draft" not in browser.get(address).content.decode()
    browser.post("/tickets/new/draft/", typed(desk, mark_of(browser), title="Half a sentence"))
    page = browser.get(address).content.decode()
    assert "Go on with the draft" in page and "Half a sentence" not in page
    assert "Half a sentence" in browser.get("/tickets/new/").content.decode()


def test_saving_drops_the_draft_even_when_it_arrives_late(browser: Client, desk: Desk) -> None:
    """Spec T6: a draft sent just before saving and arriving just after it does not come back."""
    sent = typed(desk, mark_of(browser), team=desk.team.pk)
    browser.post("/tickets/new/draft/", sent)
    browser.post("/tickets/new/", sent)
    browser.post("/tickets/new/draft/", sent)
    assert not Draft.objects.exists()


def test_the_address_fills_customer_and_contact(browser: Client, desk: Desk) -> None:
    """A ticket can be begun from a customer's or a contact's page."""
    page = browser.get(
        "/tickets/new/", {"customer": desk.customer.pk, "contact": desk.requester.pk}
    ).content.decode()
    assert f'<option value="{desk.requester.pk}" selected>{desk.requester}</option>' in page
    filled = re.findall(r'id="id_(\w+)" data-picker=(?:(?!id="id_).)*?class="cd-deduced">', page, re.DOTALL)
    assert {"contract", "service", "asset"} <= set(filled)
    assert not {"customer", "requester"} & set(filled)
    assert browser.get("/tickets/new/", {"customer": "x'"}).status_code == 200


def test_without_the_right_the_form_is_closed(desk: Desk) -> None:
    """Spec R2: opening tickets needs its right, on every address of the form."""
    reader = signed_in(person(Right.SEE_TICKETS, Right.SEE_CUSTOMERS, email="reader@example.com"))
    assert reader.get("/tickets/new/").status_code == 403
    for path in ("", "deduced/", "files/", "draft/", "draft/drop/"):
        assert reader.post(f"/tickets/new/{path}", typed(desk)).status_code == 403
    assert not Ticket.objects.exists()


def test_the_contracts_memo_is_read_while_typing(browser: Client, desk: Desk) -> None:
    """The contract's form promises that agents read it when they open a ticket under this contract."""
    sent = typed(desk, changed="")
    assert "Alert memo" not in browser.post("/tickets/new/deduced/", sent).content.decode()
    Contract.objects.filter(pk=desk.contract.pk).update(alert_memo="Ask for the badge")
    panel = browser.post("/tickets/new/deduced/", sent).content.decode()
    assert "Alert memo" in panel and "Ask for the badge" in panel


def test_the_form_speaks_french(desk: Desk) -> None:
    """Spec F5: labels, the panel and the refusals in the reader's language."""
    french = signed_in(desk.user, "fr")
    page = french.get("/tickets/new/").content.decode()
    assert "Nouvelle demande" in page
    assert "Diffusable" in page
    refused = french.post("/tickets/new/", typed(desk, title=""), headers=HTMX).content.decode()
    assert "Saisissez quelques mots" in refused
    panel = french.post("/tickets/new/deduced/", typed(desk, changed="")).content.decode()
    assert "Pourquoi le contrat d’engagement" in panel


def test_what_the_service_proposes_takes_no_typed_value_s_place(browser: Client, desk: Desk) -> None:
    """Spec T6: its severity and nature stand in for the usual and for deduced ones; what was typed stays."""
    blocking, minor = desk.severity("blocking"), desk.severity("minor")
    Service.objects.filter(pk=desk.service.pk).update(default_severity=minor)

    def severity_after(**more: Any) -> Any:
        sent = typed(desk, changed="service", **more)
        return told(browser.post("/tickets/new/deduced/", sent))["fields"].get("severity", {}).get("value")

    assert severity_after() == str(minor.pk)
    assert severity_after(severity=blocking.pk) is None
    assert severity_after(severity=blocking.pk, untouched="severity title") == str(minor.pk)


def test_the_only_nature_that_the_service_takes_is_filled_in(browser: Client, desk: Desk) -> None:
    """Spec T6, C2: where one value is possible."""
    only = a_nature("audit")
    desk.service.allowed_natures.add(only)
    fields = told(browser.post("/tickets/new/deduced/", typed(desk, changed="service")))["fields"]
    assert (fields["nature"]["value"], fields["nature"]["reason"]) == (str(only.pk), "The only one possible")


def test_user_and_known_error_bring_what_they_belong_to(browser: Client, desk: Desk) -> None:
    """Spec T6: the customer of the person affected, the product of the error."""
    sent = {"user": desk.requester.pk, "changed": "user", "received_at": "2026-03-02T10:00"}
    fields = told(browser.post("/tickets/new/deduced/", sent))["fields"]
    assert fields["customer"]["value"] == str(desk.customer.pk)
    details = KnownErrorDetails(code="ERR-1", title="Mute", product=desk.product)
    error = save_known_error(known_error=None, details=details, by=None, at=TEN)
    sent = {"known_error": error.pk, "changed": "known_error", "received_at": "2026-03-02T10:00"}
    product = told(browser.post("/tickets/new/deduced/", sent))["fields"]["product"]
    assert (product["value"], product["reason"]) == (str(desk.product.pk), "From its product")


def test_the_draft_of_another_call_waits_on(browser: Client, desk: Desk) -> None:
    """Spec T6: a draft is kept until it is saved or dropped, not until any other ticket is."""
    browser.post("/tickets/new/draft/", typed(desk, mark_of(browser), title="Half a sentence"))
    page = browser.get("/tickets/new/", {"customer": desk.customer.pk}).content.decode()
    found = re.search(r'name="mark" value="([^"]+)"', page)
    assert found
    browser.post("/tickets/new/", typed(desk, found[1], team=desk.team.pk))
    page = browser.get("/tickets/new/").content.decode()
    assert Ticket.objects.count() == 1 and "Half a sentence" in page
    mark, draft_of = (re.search(rf'name="{name}" value="([^"]+)"', page) for name in ("mark", "draft_of"))
    assert mark and draft_of
    browser.post("/tickets/new/", typed(desk, mark[1], draft_of=draft_of[1], team=desk.team.pk))
    assert Ticket.objects.count() == 2 and not Draft.objects.exists()


def test_as_many_queries_for_three_tickets_as_for_one(
    browser: Client, desk: Desk, django_assert_num_queries: Any
) -> None:
    """House: the panel asks as often for three tickets of the customer as for one."""
    desk.open(paris("2026-03-02 09:00"))
    sent = typed(desk, changed="")
    browser.post("/tickets/new/deduced/", sent)
    with django_assert_num_queries(QUERIES):
        browser.post("/tickets/new/deduced/", sent)
    desk.open(paris("2026-03-02 09:10"))
    desk.open(paris("2026-03-02 09:20"))
    with django_assert_num_queries(QUERIES):
        assert browser.post("/tickets/new/deduced/", sent).content.count(b"cd-linkable") == 3


def test_a_reception_in_the_future_is_refused_before_the_team_is_asked(browser: Client, desk: Desk) -> None:
    """Spec T6: what is wrong with the form is said before the dialog opens."""
    answer = browser.post("/tickets/new/", {"received_at": "2999-01-01T10:00"})
    assert answer.status_code == 422
    assert "received_at" in answer.context["form"].errors
