"""Reference data: saved, ordered, retired, restored; deleted only when never used."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cadran.accounts.rights import Right
from cadran.catalogue.models import Nature, Priority, ProductType, Severity
from cadran.contracts.models import ContractType, HolidayCalendar, ServiceTemplate
from cadran.contracts.operations import ServiceDetails, save_service
from cadran.core.errors import InvalidInput, NotAllowed, Stale
from cadran.core.models import JournalEntry, ReferenceRow
from cadran.core.reference import (
    InUse,
    delete_reference_row,
    is_used,
    move_reference_row,
    restore_reference_row,
    retire_reference_row,
    save_reference_row,
)
from cadran.parties.models import Team
from cadran.parties.operations import TeamDetails, save_team
from cadran.tickets.models import Status
from tests.factories.trade import (
    MONDAY,
    a_calendar,
    a_contract,
    a_customer,
    a_nature,
    a_product,
    a_row,
    a_schedule,
    a_severity,
    an_agent,
    person,
)

pytestmark = pytest.mark.django_db


def test_the_default_right_is_the_one_of_reference_data() -> None:
    """Spec R2: the code that core holds is the right's."""
    assert ReferenceRow.edited_with == Right.EDIT_REFERENCE_DATA.value
    assert Team.edited_with == Right.EDIT_AGENTS.value
    assert HolidayCalendar.edited_with == Right.EDIT_SCHEDULES.value


def test_a_row_is_saved_and_changed_with_before_and_after() -> None:
    """Spec T1, T4: code, names and the model's own fields."""
    row = a_severity("major", level=2)
    values = {"name_fr": " Majeure ", "name_en": "Major", "level": 3}
    row = save_reference_row(model=Severity, row=row, values=values, by=None, at=MONDAY)
    assert (row.name_fr, row.position) == ("Majeure", 1)
    entry = JournalEntry.objects.get(kind="severity.changed")
    assert entry.data["changes"]["level"] == {"before": 2, "after": 3}
    assert entry.author_name == ""


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"code": "no spaces", "name_fr": "X"}, "code"),
        ({"code": "major", "name_fr": "X"}, "code"),
        ({"code": "x", "name_fr": ""}, "name_fr"),
        ({"code": "x", "name_fr": "X", "position": 4}, "position"),
        ({"code": "x", "name_fr": "X", "colour": "red"}, "colour"),
    ],
)
def test_bad_values_are_refused(values: dict[str, object], field: str) -> None:
    """Spec R7: a sentence with the field, and no row."""
    a_severity("major")
    with pytest.raises(InvalidInput) as refused:
        save_reference_row(model=Severity, row=None, values=values, by=None, at=MONDAY)
    assert refused.value.field == field
    assert Severity.objects.count() == 1


def test_one_row_is_the_default() -> None:
    """Spec T1: a new default takes that from the former one; statuses have one for each phase."""
    first, second = a_row(Priority, "one", is_default=True), a_row(Priority, "two", is_default=True)
    first.refresh_from_db()
    assert (first.is_default, second.is_default) == (False, True)
    with pytest.raises(InvalidInput, match="stays the default"):
        save_reference_row(model=Priority, row=second, values={"is_default": False}, by=None, at=MONDAY)
    with pytest.raises(InvalidInput, match="is the default"):
        retire_reference_row(row=second, by=None, at=MONDAY)
    created = a_row(Status, "new", phase="created", is_default=True)
    a_row(Status, "working", phase="in_progress", is_default=True)
    created.refresh_from_db()
    assert created.is_default


def test_rows_are_put_in_order() -> None:
    """Spec T1: ordered; moved in front of another or to the end."""
    one, two, three = (a_nature(code) for code in ("one", "two", "three"))
    move_reference_row(row=three, before=one, by=None, at=MONDAY)
    assert [row.code for row in Nature.objects.all()] == ["three", "one", "two"]
    move_reference_row(row=one, before=None, by=None, at=MONDAY)
    assert [row.code for row in Nature.objects.all()] == ["three", "two", "one"]
    move_reference_row(row=two, before=one, by=None, at=MONDAY)
    assert JournalEntry.objects.filter(kind="nature.moved").count() == 2


def test_a_used_row_is_retired_and_an_unused_one_can_be_deleted() -> None:
    """Spec T1: retired rather than deleted once used."""
    used, unused = a_product().type, a_row(ProductType, "unused")
    with pytest.raises(InUse, match="Retire it instead"):
        delete_reference_row(row=used, by=None, at=MONDAY)
    used = retire_reference_row(row=used, by=None, at=MONDAY)
    assert list(ProductType.objects.in_use()) == [unused]
    assert restore_reference_row(row=used, by=None, at=MONDAY).is_retired is False
    delete_reference_row(row=unused, by=None, at=MONDAY)
    assert list(ProductType.objects.all()) == [used]
    with pytest.raises(Stale, match="deleted"):
        restore_reference_row(row=ProductType(pk=unused.pk or 999, name_fr="X"), by=None, at=MONDAY)


def test_lists_of_other_rows_count_as_use_and_own_parts_do_not() -> None:
    """Spec T1: a nature allowed by a service is used; a calendar's holidays and a team's members are its own."""
    nature = a_nature()
    service = save_service(
        contract=a_contract(a_customer()),
        service=None,
        details=ServiceDetails(label="X", allowed_natures=[nature]),
        by=None,
        at=MONDAY,
    )
    assert is_used(nature)
    service.delete()
    assert not is_used(nature)
    calendar = a_calendar()
    assert not is_used(calendar)
    a_schedule(calendar=calendar)
    assert is_used(calendar)
    agent = an_agent()
    details = TeamDetails(code="support", name_fr="Support", members=[agent])
    team = save_team(team=None, details=details, by=None, at=MONDAY)
    assert not is_used(team)
    a_row(ServiceTemplate, "hotline", default_team=team)
    assert is_used(team)
    assert replace(details).members == [agent]


def test_two_editors_and_retiring_twice() -> None:
    """House: the second editor is told; retiring what is retired changes nothing."""
    row = a_row(ContractType, "managed")
    mine = ContractType.objects.get()
    save_reference_row(model=ContractType, row=row, values={"name_fr": "A"}, by=None, at=MONDAY)
    with pytest.raises(Stale):
        save_reference_row(
            model=ContractType, row=mine, values={"name_fr": "B"}, by=None, at=MONDAY, seen=mine.row_version
        )
    with pytest.raises(Stale):
        retire_reference_row(row=ContractType(pk=row.pk, row_version=0), by=None, at=MONDAY)
    row = retire_reference_row(row=row, by=None, at=MONDAY)
    retire_reference_row(row=row, by=None, at=MONDAY)
    assert JournalEntry.objects.filter(kind="contract_type.retired").count() == 1


def test_each_model_asks_for_its_right() -> None:
    """Spec R2: reference data, and schedules and teams with theirs."""
    nature, calendar = a_nature(), a_calendar()
    editor = person(Right.EDIT_REFERENCE_DATA)
    retire_reference_row(row=nature, by=editor, at=MONDAY)
    with pytest.raises(NotAllowed, match="190002"):
        retire_reference_row(row=calendar, by=editor, at=MONDAY)
    with pytest.raises(NotAllowed, match=r"Edit reference data.*190001"):
        save_reference_row(
            model=Nature, row=nature, values={"name_fr": "X"}, by=person(email="b@example.com"), at=MONDAY
        )
