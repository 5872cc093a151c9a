"""The screens of ticket templates (Spec T16)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cadran.accounts.rights import Right
from cadran.tickets.choices import FieldKind
from cadran.tickets.models import Status, TemplateGroup, TicketTemplate
from cadran.tickets.operations import TemplateDetails, save_template
from tests.desk.work import TEN, signed_in
from tests.factories.desk import Desk, colleague
from tests.factories.trade import a_customer, a_row
from tests.tickets.operations.test_custom_fields import a_field

HTMX = {"HX-Request": "true"}


def a_template(name: str = "Printer", **typed: Any) -> TicketTemplate:
    details = replace(TemplateDetails(name=name, title="Printer is mute"), **typed)
    return save_template(template=None, details=details, by=None, at=TEN)


def retire(status: Status) -> None:
    Status.objects.filter(pk=status.pk).update(is_retired=True)


def test_the_list_groups_and_narrows(browser: Client, desk: Desk) -> None:
    """Spec T16: by group, customer, nature and words; what is open to any customer stays."""
    group = a_row(TemplateGroup, "visits")
    a_template("Quarterly visit", group=group)
    a_template("For Bois Lenoir", customer=a_customer("Bois Lenoir"))
    a_template("Ask Lyon", nature=desk.nature)
    everything = browser.get("/templates/").content.decode()
    assert everything.index("Quarterly visit") < everything.index("For Bois Lenoir")
    for query, shown, hidden in (
        (f"group={group.pk}", "Quarterly visit", "Ask Lyon"),
        (f"customer={desk.customer.pk}", "Quarterly visit", "For Bois Lenoir"),
        (f"nature={desk.nature.pk}", "Ask Lyon", "Quarterly visit"),
        ("q=quart+vis", "Quarterly visit", "Ask Lyon"),
        ("retired=yes", "Nothing here", "Ask Lyon"),
    ):
        page = browser.get(f"/templates/?{query}").content.decode()
        assert shown in page, query
        assert hidden not in page, query


def test_the_list_takes_as_many_queries_for_many_rows(browser: Client, desk: Desk) -> None:
    """One row or three: the same."""
    counts = []
    for wanted in (1, 3):
        for number in range(TicketTemplate.objects.count(), wanted):
            a_template(f"No {number}", service=desk.service, asset=desk.asset, tags=[])
        with CaptureQueriesContext(
            connection,
        ) as caught:
            browser.get("/templates/")
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_a_template_to_mend_is_marked(browser: Client, desk: Desk) -> None:
    """Spec T16: in the list, on its page with the sentence, and in its form."""
    status = a_row(Status, "planned", phase="created", name_en="Planned")
    row = a_template(status=status)
    assert "to mend" not in browser.get("/templates/").content.decode()
    retire(status)
    assert "to mend" in browser.get("/templates/").content.decode()
    for address in (f"/templates/{row.pk}/", f"/templates/{row.pk}/edit/"):
        assert "Status: “Planned” is no longer in use" in browser.get(address).content.decode()


def test_a_template_is_written_and_edited(browser: Client, desk: Desk) -> None:
    """Spec T16: from nothing; what was typed comes back with a refusal."""
    refused = browser.post("/templates/new/", {"title": "Mute"})
    assert refused.status_code == 422
    assert "Type a name, by which the template is found." in refused.content.decode()
    assert 'value="Mute"' in refused.content.decode()
    browser.post("/templates/new/", {"name": "Printer", "service": desk.service.pk, "is_shared": "on"})
    row = TicketTemplate.objects.get()
    assert (row.contract, row.is_shared) == (desk.contract, True)
    browser.post(f"/templates/{row.pk}/edit/", {"name": "Printers", "seen": row.row_version})
    row.refresh_from_db()
    assert (row.name, row.service, row.is_shared) == ("Printers", None, False)


def test_the_second_editor_is_told(browser: Client, desk: Desk) -> None:
    """Spec T17: nothing is overwritten, what was typed stays."""
    row = a_template()
    browser.post(f"/templates/{row.pk}/edit/", {"name": "First", "seen": row.row_version})
    second = browser.post(f"/templates/{row.pk}/edit/", {"name": "Second", "seen": row.row_version})
    assert second.status_code == 422
    page = second.content.decode()
    assert "Somebody else has changed" in page
    assert 'value="Second"' in page
    assert TicketTemplate.objects.get().name == "First"


def test_a_template_is_retired_and_put_back(browser: Client, desk: Desk) -> None:
    """Spec T16: retired ones are offered nowhere; a page that is out of date retires nothing."""
    row = a_template()
    browser.post(f"/templates/{row.pk}/retire/", {"seen": row.row_version, "retired": "yes"})
    row.refresh_from_db()
    assert row.is_retired
    assert browser.get("/pick/template/?q=print").json()["results"] == []
    browser.post(f"/templates/{row.pk}/retire/", {"seen": 0})
    row.refresh_from_db()
    assert row.is_retired
    browser.post(f"/templates/{row.pk}/retire/", {"seen": row.row_version})
    row.refresh_from_db()
    assert not row.is_retired


def test_a_ticket_is_turned_into_a_template(browser: Client, desk: Desk) -> None:
    """Spec T16: the dialog proposes the title as name and leaves the customer open."""
    ticket = desk.open(TEN)
    dialog = browser.get(f"/tickets/{ticket.number}/template/", headers=HTMX).content.decode()
    assert 'value="Printer is mute"' in dialog
    sent = {"name": "Mute printer", "parts": ["product", "texts"]}
    answer = browser.post(f"/tickets/{ticket.number}/template/", sent, headers=HTMX)
    row = TicketTemplate.objects.get()
    assert answer["HX-Redirect"] == f"/templates/{row.pk}/"
    assert (row.name, row.customer, row.product) == ("Mute printer", None, desk.product)
    nameless = browser.post(f"/tickets/{ticket.number}/template/", {}, headers=HTMX)
    assert nameless.status_code == 422


@pytest.mark.parametrize("rights", [(Right.SEE_TICKETS,), (Right.SEE_TICKETS, Right.OPEN_TICKETS)])
def test_who_may_only_use_templates_is_offered_no_edit(desk: Desk, rights: tuple[Right, ...]) -> None:
    """Spec R2: EDIT_TEMPLATES to write, OPEN_TICKETS to use."""
    row = a_template()
    page = signed_in(colleague(desk, *rights)).get(f"/templates/{row.pk}/").content.decode()
    assert f"/templates/{row.pk}/edit/" not in page
    assert (f"?template={row.pk}" in page) == (Right.OPEN_TICKETS in rights)


def test_custom_fields_of_the_nature_are_filled_in(browser: Client, desk: Desk) -> None:
    """They follow the nature that stands in the form, none is asked for, and the page shows them (Spec T16, T30)."""
    weight = a_field("weight", FieldKind.NUMBER, natures=["incident"], is_required=True)
    assert "cf.weight" not in browser.get("/templates/new/").content.decode()
    asked = {"name": "Visit", "nature": desk.nature.pk, "cf.weight": "12.5"}
    part = browser.post("/templates/custom-fields/", asked, headers=HTMX).content.decode()
    assert 'name="cf.weight"' in part and 'value="12.5"' in part
    assert "heavy" in browser.post("/templates/new/", asked | {"cf.weight": "heavy"}).content.decode()
    assert not TicketTemplate.objects.exists()
    browser.post("/templates/new/", asked)
    row = TicketTemplate.objects.get()
    assert row.custom_values == {str(weight.pk): "12.5"}
    assert "12.5" in browser.get(f"/templates/{row.pk}/").content.decode()
    assert 'value="12.5"' in browser.get(f"/templates/{row.pk}/edit/").content.decode()
    browser.post(f"/templates/{row.pk}/edit/", asked | {"cf.weight": "", "seen": row.row_version})
    row.refresh_from_db()
    assert row.custom_values == {}
