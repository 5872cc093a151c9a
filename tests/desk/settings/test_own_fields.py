"""Checklists, custom fields and their choices in the settings (Spec T30)."""

from __future__ import annotations

from django.test import Client

from cadran.tickets.choices import FieldKind
from cadran.tickets.models import ChecklistItem, CustomChoice, CustomField
from cadran.tickets.operations import edit_custom_values
from tests.factories.desk import Desk
from tests.factories.trade import MONDAY, a_row

from .conftest import filled, said


def test_an_item_is_added_to_a_type(client: Client, desk: Desk) -> None:
    """The intake is not offered; the list is grouped by type."""
    page = client.get("/settings/checklists/new/")
    offered = page.context["form"].fields["type"].queryset
    assert not offered.filter(is_intake=True).exists()
    sent = {"name_fr": "Sauvegarde vérifiée", "type": desk.type().pk, "is_required": "on"}
    assert client.post("/settings/checklists/new/", sent).status_code == 302
    item = ChecklistItem.objects.get()
    assert (item.code, item.type, item.is_required) == ("sauvegarde-verifiee", desk.type(), True)
    assert str(desk.type()) in said(client.get("/settings/checklists/"))


def test_a_field_of_the_kind_choice_gets_its_values(client: Client, desk: Desk) -> None:
    """Only such fields are offered; the list of fields names the values."""
    a_row(CustomField, "tag")
    sent = {"name_fr": "Créneau", "kind": "choice", "natures": [desk.nature.pk]}
    assert client.post("/settings/custom-fields/new/", sent).status_code == 302
    field = CustomField.objects.get(code="creneau")
    assert list(field.natures.all()) == [desk.nature]
    form = client.get("/settings/custom-choices/new/").context["form"]
    assert list(form.fields["field"].queryset) == [field]
    client.post("/settings/custom-choices/new/", {"name_fr": "Matin", "field": field.pk})
    assert CustomChoice.objects.get().field == field
    assert "Matin" in said(client.get("/settings/custom-fields/"))


def test_a_field_in_use_keeps_its_kind_and_can_only_be_retired(client: Client, desk: Desk) -> None:
    """A sentence beside the field; deleting says where it is used (Spec T1)."""
    field = a_row(CustomField, "tag")
    edit_custom_values(ticket=desk.open(), changes={field: "A"}, base={}, by=None, at=MONDAY)
    page = filled(client.get(f"/settings/custom-fields/{field.pk}/"))
    answer = client.post(f"/settings/custom-fields/{field.pk}/", page | {"kind": "number"})
    assert answer.status_code == 422
    assert "its kind can’t change" in said(answer)
    assert CustomField.objects.get().kind == FieldKind.TEXT
    answer = client.post(f"/settings/custom-fields/{field.pk}/delete/")
    assert answer.status_code == 409
    assert "1 ticket" in said(answer)
    client.post(f"/settings/custom-fields/{field.pk}/retire/")
    assert CustomField.objects.get().is_retired
