"""Checklists of interventions (Spec T30)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from cadran.accounts.rights import Right
from cadran.core.errors import InvalidInput, NotAllowed, Stale
from cadran.core.models import JournalEntry
from cadran.core.reference import retire_reference_row
from cadran.tickets.models import ChecklistItem, Intervention, InterventionCheck
from cadran.tickets.operations import (
    InterventionDetails,
    add_intervention,
    edit_intervention,
    mark_checklist,
    save_checklist_item,
)
from cadran.tickets.queries import timeline
from tests.factories.desk import Desk, colleague, paris
from tests.factories.trade import MONDAY, person

AT = paris("2026-03-02 10:00")
HOUR = timedelta(hours=1)


def an_item(desk: Desk, code: str, kind: str = "on-site-visit", **values: Any) -> ChecklistItem:
    typed = {"code": code, "name_fr": f"{code} fr", "name_en": code, "type": desk.type(kind), **values}
    return save_checklist_item(item=None, values=typed, by=None, at=MONDAY)


@pytest.fixture
def items(desk: Desk) -> list[ChecklistItem]:
    return [an_item(desk, "badge"), an_item(desk, "backup", is_required=True), an_item(desk, "tidy")]


@pytest.fixture
def visit(desk: Desk, items: list[ChecklistItem]) -> Intervention:
    """A visit at work."""
    return desk.work(desk.open(AT), AT + HOUR, "on-site-visit")


def keys(visit: Intervention) -> dict[str, int]:
    return {check.name_en: check.pk for check in visit.checks.all()}


def ticked(visit: Intervention) -> list[str]:
    return [check.name_en for check in visit.checks.all() if check.is_checked]


def test_an_intervention_gets_the_items_of_its_type_in_their_order(visit: Intervention) -> None:
    """A copy of its own, retired items left out (Spec T30)."""
    assert list(keys(visit)) == ["badge", "backup", "tidy"]
    assert [check.is_required for check in visit.checks.all()] == [False, True, False]
    retire_reference_row(row=ChecklistItem.objects.get(code="badge"), by=None, at=AT)
    details = InterventionDetails(type=visit.type)
    second = add_intervention(ticket=visit.ticket, details=details, by=None, at=AT + HOUR)
    assert list(keys(second)) == ["backup", "tidy"]
    assert list(keys(visit)) == ["badge", "backup", "tidy"]


def test_a_later_edit_of_the_type_changes_no_list(visit: Intervention, items: list[ChecklistItem]) -> None:
    """What was asked stays as it was asked: words and whether it is mandatory (Spec T30)."""
    values = {"name_fr": "Autre", "name_en": "Other", "is_required": True}
    save_checklist_item(item=items[0], values=values, by=None, at=AT)
    first = visit.checks.first()
    assert (first.name_en, first.is_required) == ("badge", False)


def test_another_type_brings_its_own_list_and_keeps_what_was_ticked(desk: Desk, visit: Intervention) -> None:
    """Unticked items give way, ticked ones stay (Spec T30)."""
    an_item(desk, "ping", "remote-work")
    mark_checklist(intervention=visit, marked={keys(visit)["badge"]: True}, by=desk.user, at=AT + HOUR)
    edit_intervention(
        intervention=visit, changes={"type": desk.type("remote-work")}, base={}, by=desk.user, at=AT + HOUR
    )
    assert sorted(keys(visit)) == ["badge", "ping"]
    assert ticked(visit) == ["badge"]


def test_a_tick_keeps_who_and_when(desk: Desk, visit: Intervention) -> None:
    """Ticked twice the first stands; unticked, nobody does; each act is in the intervention's journal (Spec T30)."""
    key = keys(visit)["badge"]
    other = colleague(desk, Right.INTERVENE)
    mark_checklist(intervention=visit, marked={key: True}, by=desk.user, at=AT + HOUR)
    mark_checklist(intervention=visit, marked={key: True}, by=other, at=AT + 2 * HOUR)
    check = InterventionCheck.objects.get(pk=key)
    assert (check.checked_at, check.checked_by) == (AT + HOUR, desk.user)
    mark_checklist(intervention=visit, marked={key: False}, by=other, at=AT + 3 * HOUR)
    check.refresh_from_db()
    assert (check.checked_at, check.checked_by) == (None, None)
    told = JournalEntry.objects.of("intervention", visit.pk).filter(kind="intervention.checklist_marked")
    assert [row.author for row in told] == [desk.user, other]
    assert not JournalEntry.objects.of("ticket", visit.ticket.pk).filter(kind__contains="check").exists()


def test_two_who_saw_nothing_ticked_both_stand(desk: Desk, visit: Intervention) -> None:
    """Ticks are changes of single items, never the whole list (Spec T17)."""
    first, second = (Intervention.objects.select_related("ticket").get(pk=visit.pk) for _one in range(2))
    mark_checklist(intervention=first, marked={keys(visit)["badge"]: True}, by=desk.user, at=AT + HOUR)
    mark_checklist(intervention=second, marked={keys(visit)["tidy"]: True}, by=desk.user, at=AT + HOUR)
    assert ticked(visit) == ["badge", "tidy"]


def test_without_the_right_nothing_is_ticked(desk: Desk, visit: Intervention) -> None:
    """Spec R2."""
    onlooker = person(Right.SEE_TICKETS)
    with pytest.raises(NotAllowed):
        mark_checklist(intervention=visit, marked={keys(visit)["badge"]: True}, by=onlooker, at=AT + HOUR)
    assert not ticked(visit)


def test_an_item_of_another_list_is_refused(desk: Desk, visit: Intervention) -> None:
    """A list that changed under the reader's eyes is said, and nothing is ticked."""
    with pytest.raises(InvalidInput, match="no longer on the checklist"):
        mark_checklist(
            intervention=visit, marked={keys(visit)["badge"]: True, 0: True}, by=desk.user, at=AT + HOUR
        )
    assert not ticked(visit)


def test_finishing_with_a_mandatory_item_open_is_refused(desk: Desk, visit: Intervention) -> None:
    """The sentence names it, and nothing has moved (Spec T30)."""
    with pytest.raises(InvalidInput, match=r"finished: backup\.") as refused:
        desk.finish(visit, AT + 2 * HOUR, resolved=True, checked={keys(visit)["badge"]: True})
    assert refused.value.field == "checked"
    visit.refresh_from_db()
    visit.ticket.refresh_from_db()
    assert visit.ended_at is None
    assert visit.ticket.resolved_at is None
    assert not ticked(visit)


def test_finishing_ticks_and_tells_the_list_once(desk: Desk, visit: Intervention) -> None:
    """One act, one row: what was ticked and what was left open, in the reader's language (Spec T4, T30)."""
    mark_checklist(intervention=visit, marked={keys(visit)["badge"]: True}, by=desk.user, at=AT + HOUR)
    desk.finish(visit, AT + 2 * HOUR, checked={keys(visit)["backup"]: True})
    assert ticked(visit) == ["badge", "backup"]
    for language, list_of in {"en": "badge, backup", "fr": "badge fr, backup fr"}.items():
        with translation.override(language):
            rows = [one for one in timeline(visit.ticket, desk.user) if one.code == "intervention_finished"]
            assert list_of in rows[-1].text
            assert "tidy" in rows[-1].text


def test_a_finished_list_is_read_only(desk: Desk, visit: Intervention) -> None:
    """Spec T18: what is finished stays as it is."""
    desk.finish(visit, AT + 2 * HOUR, checked={keys(visit)["backup"]: True})
    with pytest.raises(Stale, match="finished already"):
        mark_checklist(intervention=visit, marked={keys(visit)["tidy"]: True}, by=desk.user, at=AT + 3 * HOUR)
    assert ticked(visit) == ["backup"]


def test_the_intake_has_no_checklist(desk: Desk) -> None:
    """It ends by itself, so nobody could tick anything (Spec T12)."""
    with pytest.raises(InvalidInput, match="The intake ends by itself") as refused:
        an_item(desk, "phone", "intake")
    assert refused.value.field == "type"
