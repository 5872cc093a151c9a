"""Two who tick at once (Spec T17, T30)."""

from __future__ import annotations

from typing import Any

import pytest

from cadran.core.models import JournalEntry
from cadran.tickets.models import ChecklistItem, CustomField, Intervention, InterventionCheck
from cadran.tickets.operations import edit_custom_values, mark_checklist
from cadran.tickets.queries import custom_values_of
from tests.factories.desk import Desk, a_desk, paris
from tests.factories.parallel import at_once, refusals
from tests.factories.trade import a_row

AT = paris("2026-03-02 10:00")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(transactional_db: None) -> Desk:
    return a_desk()


def marking(desk: Desk, visit: Intervention, key: int) -> Any:
    def act() -> Intervention:
        seen = Intervention.objects.select_related("ticket").get(pk=visit.pk)
        return mark_checklist(intervention=seen, marked={key: True}, by=desk.user, at=AT)

    return act


def test_different_items_and_the_same_one(desk: Desk) -> None:
    """Both stand; of the same item one stands, nobody is refused."""
    for code in ("one", "two"):
        a_row(ChecklistItem, code, type=desk.type())
    visit = desk.work(desk.open(AT), AT)
    first, second = visit.checks.values_list("pk", flat=True)
    acts = [marking(desk, visit, key) for key in (first, second, first, second)]
    assert not refusals(at_once(*acts))
    assert InterventionCheck.objects.filter(checked_at=AT, checked_by=desk.user).count() == 2
    assert JournalEntry.objects.filter(kind="intervention.checklist_marked").count() == 2


def test_the_same_field_by_two(desk: Desk) -> None:
    """One value, one row, and the other is told."""
    field = a_row(CustomField, "tag")
    ticket = desk.open(AT)

    def editing(text: str) -> Any:
        return lambda: edit_custom_values(
            ticket=type(ticket).objects.get(pk=ticket.pk),
            changes={field: text},
            base={field: None},
            by=desk.user,
            at=AT,
        )

    results = at_once(editing("A"), editing("B"), editing("C"))
    assert len(refusals(results)) == 2
    assert custom_values_of(ticket)[field] in ("A", "B", "C")
