"""Lists of names, in the order of the alphabet whatever the accents and the database (Spec F5)."""

from __future__ import annotations

import pytest

from cadran.parties.models import Contact, Customer
from tests.factories.trade import a_contact, a_customer

pytestmark = pytest.mark.django_db


def test_accents_and_case_do_not_part_names() -> None:
    """« Étiquettes » stands between D and F, for customers and people alike."""
    for name in ("Fonderie", "étiquettes Plus", "Zinc", "École Martin", "Dubois"):
        a_customer(name)
    names = list(Customer.objects.values_list("name", flat=True))
    assert names == ["Dubois", "École Martin", "étiquettes Plus", "Fonderie", "Zinc"]
    customer = Customer.objects.get(name="Zinc")
    for name in ("Faure", "Évrard", "Dupont"):
        contact = a_contact(customer)
        contact.last_name = name
        contact.save()
    assert list(Contact.objects.values_list("last_name", flat=True)) == ["Dupont", "Évrard", "Faure"]
