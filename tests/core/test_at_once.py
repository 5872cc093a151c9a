"""Settings changed at the same time: what must hold across rows still holds (house: operations)."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from time import sleep
from typing import Any

import pytest
from django.db import transaction

from cadran.catalogue.models import Nature, Severity
from cadran.core.business_rules import set_business_rules, value_of, values_of
from cadran.core.errors import InvalidInput, InvalidInputs, Stale
from cadran.core.numbering import take_turn
from cadran.core.reference import (
    InUse,
    delete_reference_row,
    move_reference_row,
    retire_reference_row,
    save_reference_row,
)
from cadran.parties.models import Team
from cadran.tickets.business_rules import AUTO_CLOSE_DAYS, AUTO_CLOSE_NOTICE_DAYS, INTAKE_TEAM
from cadran.tickets.choices import Phase
from cadran.tickets.models import Macro, Status, Tag
from cadran.tickets.operations import save_macro, save_status, supply_reference_data
from tests.factories.parallel import at_once, refusals
from tests.factories.trade import MONDAY, a_nature, a_row, a_severity

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_turn_is_taken_inside_a_transaction() -> None:
    """Outside of one it would end at once and keep nobody waiting."""
    from django.db.transaction import TransactionManagementError

    with pytest.raises(TransactionManagementError):
        take_turn("tag")


def test_rules_judged_beside_each_other() -> None:
    """Spec T28: never more days of notice than days, also when each is changed by somebody else."""
    start = {AUTO_CLOSE_DAYS.code: 10, AUTO_CLOSE_NOTICE_DAYS.code: 3}
    set_business_rules(values=start, by=None, at=MONDAY)

    def setting(code: str, value: int) -> Callable[[], Any]:
        return lambda: set_business_rules(values={code: value}, by=None, at=MONDAY)

    results = at_once(setting(AUTO_CLOSE_DAYS.code, 5), setting(AUTO_CLOSE_NOTICE_DAYS.code, 8))
    assert [type(one) for one in refusals(results)] == [InvalidInputs]
    days, notice = values_of(AUTO_CLOSE_DAYS, AUTO_CLOSE_NOTICE_DAYS)
    assert notice <= days


@pytest.mark.parametrize("leave", [retire_reference_row, delete_reference_row])
def test_a_team_that_goes_while_it_becomes_the_intake_team(leave: Callable[..., Any]) -> None:
    """Spec T11: the intake team stays in use: it is chosen or it goes, never both; who comes second gets a sentence."""
    a_row(Team, "desk")
    team = a_row(Team, "first-line")
    results = at_once(
        lambda: leave(row=Team.objects.get(pk=team.pk), by=None, at=MONDAY),
        lambda: set_business_rules(values={INTAKE_TEAM.code: team.pk}, by=None, at=MONDAY),
    )
    assert len(refusals(results)) == 1
    in_use = Team.objects.in_use().filter(pk=team.pk).exists()
    assert in_use == (value_of(INTAKE_TEAM) == team.pk)


def test_two_first_statuses_of_a_phase() -> None:
    """Spec T1: exactly one becomes its default, and both are saved."""

    def saving(code: str) -> Callable[[], Any]:
        values = {"code": code, "name_fr": code, "phase": Phase.RESOLVED}
        return lambda: save_status(status=None, values=values, by=None, at=MONDAY)

    assert not refusals(at_once(*(saving(code) for code in ("one", "two", "three"))))
    assert Status.objects.get(phase=Phase.RESOLVED, is_default=True).position == 1
    assert sorted(Status.objects.values_list("position", flat=True)) == [1, 2, 3]


def test_two_rows_made_the_default() -> None:
    """Spec T1: one default, whoever comes second takes over; nobody meets a broken page."""
    for code in ("major", "minor", "blocking"):
        a_severity(code)

    def making(code: str) -> Callable[[], Any]:
        row = Severity.objects.get(code=code)
        values = {"is_default": True}
        return lambda: save_reference_row(model=Severity, row=row, values=values, by=None, at=MONDAY)

    at_once(*(making(code) for code in ("major", "minor", "blocking")))
    assert Severity.objects.filter(is_default=True).count() == 1


def test_the_default_is_not_retired_while_it_is_made_so() -> None:
    """Spec T1: the default of a phase is always in use."""
    row = a_severity("major")
    other = Severity.objects.get(pk=row.pk)
    results = at_once(
        lambda: save_reference_row(model=Severity, row=row, values={"is_default": True}, by=None, at=MONDAY),
        lambda: retire_reference_row(row=other, by=None, at=MONDAY),
    )
    assert len(refusals(results)) == 1
    assert not Severity.objects.filter(is_default=True, is_retired=True).exists()


def test_rows_moved_and_deleted() -> None:
    """Spec T1: each position is given once; a row that has just gone is told, no page breaks."""
    rows = [a_nature(code) for code in ("incident", "fix", "change", "question")]
    gone = Nature.objects.get(code="fix")

    def moving(row: Nature) -> Callable[[], Any]:
        return lambda: move_reference_row(row=row, before=rows[0], by=None, at=MONDAY)

    results = at_once(*map(moving, rows[1:]), lambda: delete_reference_row(row=gone, by=None, at=MONDAY))
    assert {type(one) for one in refusals(results)} <= {Stale}
    positions = list(Nature.objects.values_list("position", flat=True))
    assert len(positions) == 3
    assert len(set(positions)) == 3


def test_a_row_deleted_while_it_is_chosen() -> None:
    """Spec T1: it is deleted or in use, never both; who comes second gets a sentence."""
    nature = a_nature("incident")
    results = at_once(
        lambda: delete_reference_row(row=nature, by=None, at=MONDAY),
        lambda: a_row(Nature, "other"),
    )
    assert not refusals(results)
    status = a_row(Status, "created", phase=Phase.CREATED)
    values = {
        "code": "ask",
        "name_fr": "Demander",
        "text_fr": "<p>Bonjour</p>",
        "text_en": "",
        "status": status,
    }
    seen = Status.objects.get(pk=status.pk)
    Status.objects.filter(pk=status.pk).update(is_default=False)
    results = at_once(
        lambda: delete_reference_row(row=seen, by=None, at=MONDAY),
        lambda: save_macro(macro=None, values=values, many={}, by=None, at=MONDAY),
    )
    assert {type(one) for one in refusals(results)} <= {InUse, InvalidInput}
    assert Macro.objects.count() == Status.objects.count()


def test_a_row_chosen_while_it_is_being_deleted() -> None:
    """Spec T1, R7: whoever saves it meanwhile is told which way on, and neither a row nor a link is left."""
    status, tag = a_row(Status, "spare", phase=Phase.CREATED), a_row(Tag, "spare")
    texts = {"name_fr": "Demander", "text_fr": "<p>Bonjour</p>", "text_en": ""}
    begun = Event()

    def delete() -> None:
        with transaction.atomic():
            for row in (Status.objects.get(pk=status.pk), Tag.objects.get(pk=tag.pk)):
                delete_reference_row(row=row, by=None, at=MONDAY)
            begun.set()
            sleep(0.3)

    def save(code: str, values: dict[str, Any], many: dict[str, Any]) -> Callable[[], Any]:
        def act() -> Any:
            begun.wait(20)
            return save_macro(
                macro=None, values={"code": code, **texts, **values}, many=many, by=None, at=MONDAY
            )

        return act

    refused = refusals(at_once(delete, save("one", {"status": status}, {}), save("two", {}, {"tags": [tag]})))
    assert [type(one) for one in refused] == [InvalidInput] * 2
    assert not Macro.objects.exists()


def test_a_company_supplied_twice() -> None:
    """Spec T1: two processes that start a new company make each row once."""
    results = at_once(*[lambda: supply_reference_data(by=None, at=MONDAY)] * 3)
    assert not refusals(results)
    assert sorted(map(bool, results)) == [False, False, True]
