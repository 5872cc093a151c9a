"""A new ticket that starts from a template or duplicates another, on its form (Spec T16)."""

import html
import json
import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.test import Client

from cadran.accounts.rights import Right
from cadran.catalogue.models import Severity
from cadran.tickets.choices import FieldKind
from cadran.tickets.models import Status, Tag, Ticket, TicketTemplate
from cadran.tickets.operations import TemplateDetails, retire_template, save_template
from tests.desk.work import TEN, signed_in
from tests.factories.desk import Desk, colleague
from tests.factories.trade import a_contact, a_customer, a_row
from tests.tickets.operations.test_custom_fields import a_field

from .test_opening import HTMX, mark_of, typed


def a_template(**details: Any) -> TicketTemplate:
    values = replace(TemplateDetails(name="Backup check", title="Check the backup"), **details)
    return save_template(template=None, details=values, by=None, at=TEN)


def filled(response: Any) -> dict[str, Any]:
    """What the form's script is told to put into the fields."""
    found = re.search(r'data-fill="([^"]*)"', response.content.decode())
    assert found
    fields: dict[str, Any] = json.loads(html.unescape(found[1]))
    return fields


def values_of(page: str) -> dict[str, str]:
    """The value of every select and hidden field of a page."""
    chosen = re.findall(
        r'<select[^>]*name="(\w+)"[^>]*>(?:(?!</select>).)*value="(\d+)" selected', page, re.S
    )
    return dict(chosen) | dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))


def test_the_address_names_a_template(browser: Client, desk: Desk) -> None:
    """Spec T16: the form is filled, the picker shows the template, what follows is deduced."""
    row = a_template(
        service=desk.service, severity=desk.severity("minor"), external_description="<p>Tapes</p>"
    )
    page = browser.get(f"/tickets/new/?template={row.pk}").content.decode()
    values = values_of(page)
    assert (values["template"], values["service"], values["customer"]) == (
        str(row.pk),
        str(desk.service.pk),
        str(desk.customer.pk),
    )
    assert values["severity"] == str(desk.severity("minor").pk)
    assert "Filled in from the template “Backup check”." in page
    assert 'value="Check the backup"' in page
    assert "Tapes" in page


def test_a_retired_template_leaves_the_form_empty(browser: Client, desk: Desk) -> None:
    """Spec T16: with a sentence; a number that names none is as if nothing was said."""
    row = a_template()
    retire_template(template=row, retired=True, by=None, at=TEN)
    page = browser.get(f"/tickets/new/?template={row.pk}").content.decode()
    assert "is retired. Choose another one, or type the ticket." in page
    assert "Check the backup" not in page
    assert browser.get("/tickets/new/?template=99999").status_code == 200
    assert browser.get("/tickets/new/?copy=DEM-99").status_code == 200


def test_a_ticket_is_opened_from_its_template(browser: Client, desk: Desk) -> None:
    """Spec T11, T16: the template's team is proposed; status and first intervention come along."""
    status = a_row(Status, "planned", phase="created")
    row = a_template(team=desk.team, status=status, first_type=desk.type("on-site-visit"))
    sent = typed(desk, mark_of(browser), template=row.pk)
    assert "The template’s team" in browser.post("/tickets/new/", sent, headers=HTMX).content.decode()
    browser.post("/tickets/new/", sent | {"team": desk.team.pk}, headers=HTMX)
    ticket = Ticket.objects.get()
    assert (ticket.status, ticket.interventions.count()) == (status, 2)
    assert (
        f"from the template “<b>{row.name}</b>”" in browser.get(f"/tickets/{ticket.number}/").content.decode()
    )


def test_a_status_retired_while_the_form_is_open_keeps_nobody_waiting(browser: Client, desk: Desk) -> None:
    """Spec T16: the ticket opens with the usual status, and its timeline says why."""
    status = a_row(Status, "planned", phase="created", name_en="Planned")
    row = a_template(status=status)
    sent = typed(desk, mark_of(browser), template=row.pk, team=desk.team.pk)
    Status.objects.filter(pk=status.pk).update(is_retired=True)
    assert "“Planned” is no longer in use" in browser.get(f"/tickets/new/?template={row.pk}").content.decode()
    browser.post("/tickets/new/", sent, headers=HTMX)
    ticket = Ticket.objects.get()
    assert ticket.status.code == "created"
    assert "“Planned” is no longer in use" in browser.get(f"/tickets/{ticket.number}/").content.decode()


def test_a_chosen_template_fills_what_is_still_empty(browser: Client, desk: Desk) -> None:
    """Spec T16: what was typed stays and is named; on demand the template's is taken."""
    row = a_template(severity=desk.severity("minor"), internal_description="<p>Look at the log</p>")
    sent = typed(desk, "", template=row.pk)
    response = browser.post("/tickets/new/template/", sent, headers=HTMX)
    fields = filled(response)
    assert "title" not in fields
    assert fields["internal_description"]["value"] == "<p>Look at the log</p>"
    assert "Kept as typed: Title" in response.content.decode()
    all_of_it = filled(browser.post("/tickets/new/template/", sent | {"overwrite": "1"}, headers=HTMX))
    assert all_of_it["title"] == {
        "value": "Check the backup",
        "text": "Check the backup",
        "reason": "From the template",
    }
    assert "customer" not in all_of_it


def test_the_tags_of_a_chosen_template_stand_in_the_field(browser: Client, desk: Desk) -> None:
    """Spec T16, T30: where they can be taken out again; what was taken out does not come back at saving."""
    row = a_template(tags=[a_row(Tag, "tapes", name_en="Tapes")])
    response = browser.post("/tickets/new/template/", typed(desk, "", template=row.pk), headers=HTMX)
    found = re.search(r'data-tags="([^"]*)" data-template="(\d+)"', response.content.decode())
    assert found
    assert json.loads(html.unescape(found[1])) == [{"value": str(Tag.objects.get().pk), "text": "Tapes"}]
    sent = typed(desk, mark_of(browser), template=row.pk, tags_of=found[2], team=desk.team.pk)
    browser.post("/tickets/new/", sent, headers=HTMX)
    assert not Ticket.objects.get().tags.exists()


def test_what_nobody_typed_gives_way(browser: Client, desk: Desk) -> None:
    """Spec T16: deduced fields and the usual severity are as good as empty."""
    minor = desk.severity("minor")
    row = a_template(severity=minor, is_shared=False)
    sent = typed(desk, "", template=row.pk, title="", untouched="severity contract")
    fields = filled(browser.post("/tickets/new/template/", sent, headers=HTMX))
    assert fields["severity"]["value"] == str(minor.pk)
    assert (fields["title"]["value"], fields["is_shared"]["value"]) == ("Check the backup", False)


def test_a_template_of_another_customer_says_what_does_not_fit(browser: Client, desk: Desk) -> None:
    """Spec T6, T16: the customer typed stays, and what belongs to the other one is left out and told."""
    other = a_customer("Bois Lenoir")
    row = a_template(customer=other, requester=a_contact(other))
    sent = typed(desk, "", template=row.pk, requester="")
    response = browser.post("/tickets/new/template/", sent, headers=HTMX)
    assert "requester" not in filled(response)
    text = response.content.decode()
    assert "Requester: “Roche” belongs to another customer, so it was left out." in text
    assert "Kept as typed: Customer" in text


def test_a_ticket_is_duplicated(browser: Client, desk: Desk) -> None:
    """Spec T16: the form holds all its context; both timelines tell; reception, channel and pilot are new."""
    original = desk.open(
        TEN, channel="mail", customer_reference="PO 7", external_description="<p>Mute since noon</p>"
    )
    page = browser.get(f"/tickets/new/?copy={original.number}").content.decode()
    values = values_of(page)
    for name in ("customer", "site", "requester", "contract", "service", "asset"):
        assert values[name] == str(getattr(original, f"{name}_id")), name
    assert "user" not in values
    assert values["copied_from"] == original.number
    assert 'value="PO 7"' in page
    assert "Mute since noon" in page
    assert '<option value="telephone" selected>' in page
    sent = typed(desk, mark_of(browser), copied_from=original.number, team=desk.team.pk)
    browser.post("/tickets/new/", sent, headers=HTMX)
    copy = Ticket.objects.exclude(pk=original.pk).get()
    assert (
        f"as a copy of <b>{original.number}</b>" in browser.get(f"/tickets/{copy.number}/").content.decode()
    )
    assert (
        f"<b>{copy.number}</b> is a copy of it"
        in browser.get(f"/tickets/{original.number}/").content.decode()
    )


def test_a_duplicate_says_what_no_longer_fits(browser: Client, desk: Desk) -> None:
    """Spec T16: a retired severity is left to the usual one."""
    original = desk.open(TEN)
    Severity.objects.filter(pk=original.severity_id).update(is_retired=True)
    page = browser.get(f"/tickets/new/?copy={original.number}").content.decode()
    assert "Severity: “Major” is no longer in use;" in page


def test_who_may_not_see_tickets_starts_from_none(desk: Desk) -> None:
    """Spec R3: neither the page nor a hand-made post tells anything of the original."""
    original = desk.open(TEN, title="Secret")
    caller = signed_in(colleague(desk, Right.OPEN_TICKETS))
    assert "Secret" not in caller.get(f"/tickets/new/?copy={original.number}").content.decode()
    row = a_template()
    answer = caller.post("/tickets/new/template/", typed(desk, "", template=row.pk), headers=HTMX)
    assert "data-fill" not in answer.content.decode()


def test_a_template_fills_the_custom_fields(browser: Client, desk: Desk) -> None:
    """From the address and when it is chosen in the form, where what was typed stays (Spec T16, T30)."""
    weight = a_field("weight", FieldKind.NUMBER)
    row = a_template(custom_values={weight: Decimal("12.5")})
    assert 'value="12.5"' in browser.get(f"/tickets/new/?template={row.pk}").content.decode()
    sent = typed(desk, "", template=row.pk)
    assert filled(browser.post("/tickets/new/template/", sent, headers=HTMX))["cf.weight"]["value"] == "12.5"
    sent["cf.weight"] = "3"
    assert "cf.weight" not in filled(browser.post("/tickets/new/template/", sent, headers=HTMX))
    over = filled(browser.post("/tickets/new/template/", sent | {"overwrite": "1"}, headers=HTMX))
    assert over["cf.weight"]["value"] == "12.5"
