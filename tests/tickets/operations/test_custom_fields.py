"""The company's own fields of tickets (Spec T30)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from cadran.accounts.rights import Right
from cadran.catalogue.models import Nature
from cadran.core.errors import InvalidInput, InvalidInputs, NotAllowed
from cadran.core.models import JournalEntry
from cadran.core.reference import retire_reference_row
from cadran.tickets.choices import FieldKind
from cadran.tickets.errors import EditConflict
from cadran.tickets.models import CustomChoice, CustomField, CustomValue, Ticket
from cadran.tickets.operations import (
    OpeningDetails,
    edit_custom_values,
    edit_ticket,
    open_ticket,
    save_custom_choice,
    save_custom_field,
)
from cadran.tickets.queries import custom_values_of, shown_values, timeline
from tests.factories.desk import Desk, colleague, paris
from tests.factories.trade import MONDAY, person

AT = paris("2026-03-02 10:00")


def a_field(
    code: str, kind: FieldKind = FieldKind.TEXT, natures: Iterable[str] = (), **values: Any
) -> CustomField:
    typed = {"code": code, "name_fr": f"{code} fr", "name_en": code, "kind": kind, **values}
    rows = list(Nature.objects.filter(code__in=natures))
    return save_custom_field(field=None, values=typed, many={"natures": rows}, by=None, at=MONDAY)


def a_choice(field: CustomField, code: str) -> CustomChoice:
    values = {"code": code, "name_fr": f"{code} fr", "name_en": code, "field": field}
    return save_custom_choice(choice=None, values=values, by=None, at=MONDAY)


def put(desk: Desk, ticket: Ticket, changes: dict[CustomField, Any], **typed: Any) -> Ticket:
    given: dict[str, Any] = {"base": {}, "by": desk.user, "at": AT, **typed}
    return edit_custom_values(ticket=ticket, changes=changes, **given)


@pytest.fixture
def tag(desk: Desk) -> CustomField:
    return a_field("asset-tag")


def test_each_kind_holds_its_own(desk: Desk) -> None:
    """Text, number, date and choice, shown as the reader writes them (Spec T30)."""
    fields = [a_field(kind.value, kind) for kind in FieldKind]
    text, number, day, choice = fields
    slot = a_choice(choice, "morning")
    ticket = desk.open(AT)
    values = {text: "  A \n 12 ", number: Decimal("1234.50"), day: date(2026, 5, 1), choice: slot}
    put(desk, ticket, values)
    assert custom_values_of(ticket) == {
        text: "A 12",
        number: Decimal("1234.5"),
        day: date(2026, 5, 1),
        choice: slot,
    }
    assert [held.text for held in shown_values(ticket)] == ["A 12", "1,234.5", "1 May 2026", "morning"]
    with translation.override("fr"):
        assert [held.text for held in shown_values(ticket)][1:] == [
            "1\N{NARROW NO-BREAK SPACE}234,5",
            "1er mai 2026",
            "morning fr",
        ]
    put(desk, ticket, dict.fromkeys(fields, ""))
    assert not CustomValue.objects.exists()


@pytest.mark.parametrize(
    ("kind", "typed", "sentence"),
    [
        (FieldKind.TEXT, "x" * 301, "at most 300 characters"),
        (FieldKind.NUMBER, "12", "type a number"),
        (FieldKind.NUMBER, Decimal("NaN"), "type a number"),
        (FieldKind.NUMBER, Decimal("1e15"), "at most 14 figures"),
        (FieldKind.NUMBER, Decimal("0.00001"), "4 decimals"),
        (FieldKind.DATE, date(1899, 12, 31), "between the years 1900 and 2100"),
        (FieldKind.DATE, AT, "between the years 1900 and 2100"),
        (FieldKind.CHOICE, "morning", "choose one of the values offered"),
    ],
)
def test_what_a_field_cannot_hold_is_refused(desk: Desk, kind: FieldKind, typed: Any, sentence: str) -> None:
    """A sentence beside the field, and nothing stored (Spec R7)."""
    field, ticket = a_field("own", kind), desk.open(AT)
    with pytest.raises(InvalidInput, match=sentence) as refused:
        put(desk, ticket, {field: typed})
    assert refused.value.field == "cf.own"
    assert not CustomValue.objects.exists()


def test_a_choice_of_another_field_or_a_retired_one_is_refused(desk: Desk) -> None:
    """A retired choice stays where it is, and is given to no other ticket (Spec T30)."""
    slot, other = a_field("slot", FieldKind.CHOICE), a_field("other", FieldKind.CHOICE)
    morning, foreign = a_choice(slot, "morning"), a_choice(other, "foreign")
    tag = a_field("tag")
    first, second = desk.open(AT), desk.open(AT)
    put(desk, first, {slot: morning})
    morning = retire_reference_row(row=morning, by=None, at=AT)
    put(desk, first, {slot: morning, tag: "A"})
    for wrong in (morning, foreign):
        with pytest.raises(InvalidInput):
            put(desk, second, {slot: wrong})
    assert custom_values_of(first)[slot] == morning
    assert custom_values_of(second) == {}


def test_nobody_is_overwritten_unseen(desk: Desk, tag: CustomField) -> None:
    """Two on the same field: the second is told what the first typed, and who it was (Spec T17)."""
    ticket, other, room = desk.open(AT), colleague(desk, Right.EDIT_TICKETS), a_field("room")
    put(desk, ticket, {tag: "A"}, base={tag: None}, by=other)
    put(desk, ticket, {room: "12"}, base={room: None})
    with pytest.raises(EditConflict) as refused:
        put(desk, ticket, {tag: "B"}, base={tag: None})
    (conflict,) = refused.value.conflicts
    assert (conflict.field, conflict.base, conflict.theirs, conflict.mine) == ("cf.asset-tag", None, "A", "B")
    assert conflict.by_name == str(other)
    assert custom_values_of(ticket) == {tag: "A", room: "12"}
    put(desk, ticket, {tag: "A"}, base={tag: None})


def test_without_the_right_nothing_changes(desk: Desk, tag: CustomField) -> None:
    """Spec R2."""
    ticket = desk.open(AT)
    with pytest.raises(NotAllowed):
        put(desk, ticket, {tag: "A"}, by=person(Right.SEE_TICKETS))
    assert custom_values_of(ticket) == {}


def test_the_timeline_tells_before_and_after_in_both_languages(desk: Desk) -> None:
    """With the field's names as they were, numbers as the reader writes them (Spec T4)."""
    ticket, weight = desk.open(AT), a_field("weight", FieldKind.NUMBER)
    put(desk, ticket, {weight: Decimal("12.5")})
    save_custom_field(field=weight, values={"name_fr": "Autre", "name_en": "Other"}, many={}, by=None, at=AT)
    (row,) = [one for one in timeline(ticket, desk.user) if one.code == "edited"]
    assert row.text.endswith("changed weight.")
    assert [(change.label, change.before, change.after) for change in row.changes] == [
        ("weight", "–", "12.5")
    ]
    with translation.override("fr"):
        (row,) = [one for one in timeline(ticket, desk.user) if one.code == "edited"]
        assert [(change.label, change.after) for change in row.changes] == [("weight fr", "12,5")]


def test_nothing_changed_tells_nothing(desk: Desk, tag: CustomField) -> None:
    """Saved twice is saved once."""
    ticket = desk.open(AT)
    for _one in range(2):
        put(desk, ticket, {tag: "A"})
    assert JournalEntry.objects.filter(kind="ticket.edited").count() == 1


def opened(desk: Desk, values: dict[CustomField, Any], by: Any = ..., **typed: Any) -> Ticket:
    return open_ticket(
        fields=desk.fields(AT, **typed),
        team=desk.team,
        details=OpeningDetails(custom_values=values),
        by=desk.user if by is ... else by,
        at=AT,
    )


def test_a_new_ticket_takes_its_values_along(desk: Desk, tag: CustomField) -> None:
    """In the transaction of the opening; all that is wrong is said at once (Spec T30)."""
    assert custom_values_of(opened(desk, {tag: "A", a_field("room"): ""})) == {tag: "A"}
    weight, must = a_field("weight", FieldKind.NUMBER), a_field("must", is_required=True)
    with pytest.raises(InvalidInputs) as refused:
        opened(desk, {weight: "heavy"})
    assert [one.field for one in refused.value.errors] == ["cf.weight", "cf.must"]
    assert Ticket.objects.count() == 1
    assert custom_values_of(opened(desk, {must: "M"})) == {must: "M"}


def test_mandatory_fields_are_asked_of_people_alone(desk: Desk) -> None:
    """What Cadran opens by itself does not fail for a field that nobody could fill in (Spec T31)."""
    a_field("must", is_required=True)
    assert opened(desk, {}, by=None).pk
    with pytest.raises(InvalidInput, match="must: fill this in"):
        opened(desk, {})


def test_mandatory_fields_are_asked_whenever_edited_and_not_before(desk: Desk, tag: CustomField) -> None:
    """A ticket from before the field goes on; whoever edits its fields fills it in (Spec T30)."""
    ticket = desk.open(AT)
    must, empty = a_field("must", is_required=True), a_field("empty", FieldKind.CHOICE, is_required=True)
    edit_ticket(ticket=ticket, changes={"title": "Mute"}, base={}, by=desk.user, at=AT)
    with pytest.raises(InvalidInput) as refused:
        put(desk, ticket, {tag: "A"})
    assert refused.value.field == "cf.must"
    put(desk, ticket, {tag: "A", must: "M"})
    assert empty not in custom_values_of(ticket)


def test_another_nature_keeps_what_no_longer_shows(desk: Desk) -> None:
    """It comes back with the nature (Spec T30)."""
    field = a_field("asset-tag", natures=["incident"])
    ticket = opened(desk, {field: "A"})
    question = Nature.objects.get(code="question")
    edit_ticket(ticket=ticket, changes={"nature": question}, base={}, by=desk.user, at=AT)
    assert shown_values(ticket) == []
    with pytest.raises(InvalidInput, match="nature Question don’t have the field"):
        put(desk, ticket, {field: "B"})
    edit_ticket(ticket=ticket, changes={"nature": desk.nature}, base={}, by=desk.user, at=AT)
    assert [held.text for held in shown_values(ticket)] == ["A"]


def test_a_retired_field_shows_what_it_holds_and_takes_nothing(desk: Desk, tag: CustomField) -> None:
    """Retired rather than deleted (Spec T1)."""
    first, second = opened(desk, {tag: "A"}), desk.open(AT)
    tag = retire_reference_row(row=tag, by=None, at=AT)
    assert [held.text for held in shown_values(first)] == ["A"]
    assert shown_values(second) == []
    with pytest.raises(InvalidInput):
        put(desk, first, {tag: "B"})


def test_the_kind_stays_once_values_exist(desk: Desk, tag: CustomField) -> None:
    """A sentence says what to do instead (Spec T30)."""
    save_custom_field(field=tag, values={"kind": FieldKind.NUMBER}, many={}, by=None, at=AT)
    tag = save_custom_field(field=tag, values={"kind": FieldKind.TEXT}, many={}, by=None, at=AT)
    opened(desk, {tag: "A"})
    with pytest.raises(InvalidInput, match="its kind can’t change") as refused:
        save_custom_field(field=tag, values={"kind": FieldKind.DATE}, many={}, by=None, at=AT)
    assert refused.value.field == "kind"


def test_only_fields_of_the_kind_choice_offer_values(desk: Desk, tag: CustomField) -> None:
    """And a value in use stays with its field (Spec T30)."""
    with pytest.raises(InvalidInput, match="not a field of the kind"):
        a_choice(tag, "morning")
    slot, other = a_field("slot", FieldKind.CHOICE), a_field("other", FieldKind.CHOICE)
    morning = a_choice(slot, "morning")
    opened(desk, {slot: morning})
    with pytest.raises(InvalidInput, match="in use in its field"):
        save_custom_choice(choice=morning, values={"field": other}, by=None, at=AT)
