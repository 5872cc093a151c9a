"""The reference data that an empty company starts from (Spec T1)."""

from __future__ import annotations

import pytest

from cadran.catalogue.models import Severity
from cadran.core.errors import InvalidInput
from cadran.tickets.choices import Phase
from cadran.tickets.models import InterventionType, Status
from cadran.tickets.operations import supply_reference_data
from tests.factories.desk import Desk, paris

AT = paris("2026-03-02 10:00")


@pytest.mark.django_db
def test_every_phase_has_its_default_once() -> None:
    """Each phase has one default status; there is one intake; a second run adds nothing (Spec T1, T12)."""
    assert supply_reference_data(by=None, at=AT) > 30
    assert supply_reference_data(by=None, at=AT) == 0
    for phase in Phase:
        assert Status.objects.filter(phase=phase, is_default=True).count() == 1
    assert InterventionType.objects.filter(is_intake=True).count() == 1
    assert all(row.name_fr and row.name_en for row in Status.objects.all())


@pytest.mark.django_db
def test_what_a_company_made_stays() -> None:
    """Existing rows and defaults are left alone (Spec T1)."""
    Status.objects.create(code="new", name_fr="Neuve", phase=Phase.CREATED, is_default=True)
    Severity.objects.create(code="major", name_fr="Grave", level=3)
    supply_reference_data(by=None, at=AT)
    assert Status.objects.get(phase=Phase.CREATED, is_default=True).code == "new"
    assert Severity.objects.get(code="major").name_fr == "Grave"


def test_without_any_status_of_a_phase(desk: Desk) -> None:
    """A sentence says which setting is missing (Spec T1)."""
    Status.objects.filter(phase=Phase.CREATED).update(is_retired=True)
    with pytest.raises(InvalidInput) as refused:
        desk.open(AT)
    assert refused.value.field == "status"
