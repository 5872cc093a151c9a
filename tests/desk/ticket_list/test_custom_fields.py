"""Custom fields as criteria of the list, and the list as a file (Spec T30, S1)."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cadran.accounts.rights import Right
from cadran.core.reference import retire_reference_row, save_reference_row
from cadran.tickets.choices import FieldKind
from cadran.tickets.models import CustomChoice, CustomField, Tag, Ticket
from cadran.tickets.operations import edit_custom_values
from tests.factories.desk import Desk, paris
from tests.factories.trade import MONDAY, a_row, person

AT = paris("2026-03-02 09:00")


def a_field(code: str, kind: FieldKind = FieldKind.TEXT) -> CustomField:
    field: CustomField = a_row(CustomField, code, kind=kind, name_en=code.title())
    return field


def hold(desk: Desk, ticket: Ticket, values: dict[CustomField, Any]) -> Ticket:
    return edit_custom_values(ticket=ticket, changes=values, base={}, by=desk.user, at=AT)


@pytest.fixture
def tickets(desk: Desk) -> list[Ticket]:
    """Three tickets: two with values of each kind, one with none."""
    fields = [a_field(kind.value, kind) for kind in FieldKind]
    morning, noon = (
        a_row(CustomChoice, code, name_en=code.title(), field=fields[3]) for code in ("morning", "noon")
    )
    rows = [desk.open(AT, title=title) for title in ("First", "Second", "Third")]
    for ticket, number, slot in ((rows[0], "1.5", morning), (rows[1], "-2", noon)):
        text = "Écran n° 12" if ticket is rows[0] else "=clavier"
        day = date(2026, 5, int(number[-1]))
        hold(desk, ticket, dict(zip(fields, (text, Decimal(number), day, slot), strict=True)))
    return rows


def found(browser: Client, query: str) -> list[str]:
    page = browser.get(f"/tickets/?view=all&sort=number&{query}")
    return [row.ticket.title for row in page.context["screen"].rows]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("cf.text=ecran", ["First"]),
        ("cf.text=12+ECRAN", ["First"]),
        ("cf.text=%25", []),
        ("cf.number.from=0", ["First"]),
        ("cf.number.until=1,4", ["Second"]),
        ("cf.number.from=-2&cf.number.until=1.5", ["Second", "First"]),
        ("cf.date.from=2026-05-03", ["First"]),
        ("cf.date.until=2026-05-02", ["Second"]),
        ("cf.choice=morning", ["First"]),
        ("cf.choice=", ["Third", "Second", "First"]),
        ("cf.choice=&cf.choice=morning", ["First"]),
        ("cf.choice=morning&cf.choice=noon", ["Second", "First"]),
        ("cf.choice=unheard", ["Third", "Second", "First"]),
        ("cf.unheard=1", ["Third", "Second", "First"]),
    ],
)
def test_the_list_is_narrowed_by_custom_fields(
    browser: Client, tickets: list[Ticket], query: str, titles: list[str]
) -> None:
    """By addresses that can be handed on; what can't be used is said and narrows nothing (Spec S1)."""
    assert sorted(found(browser, query)) == sorted(titles)


def test_criteria_in_force_are_shown_as_chips(browser: Client, tickets: list[Ticket]) -> None:
    """In the reader's words, each with the address without it."""
    query = "cf.text=ecran&cf.number.from=1.5&cf.choice=morning&cf.date.until=2026-05-09"
    chips = browser.get(f"/tickets/?view=all&{query}").context["screen"].filter.chips()
    assert {(str(chip.label), chip.value) for chip in chips} == {
        ("Text", "ecran"),
        ("Number from", "1.5"),
        ("Choice", "Morning"),
        ("Date until", "9 May 2026"),
    }
    assert all("cf.text" not in chip.query for chip in chips if str(chip.label) == "Text")


def test_a_retired_field_narrows_by_its_old_address(browser: Client, tickets: list[Ticket]) -> None:
    """It is offered no longer, but an address that was handed on still works."""
    retire_reference_row(row=CustomField.objects.get(code="text"), by=None, at=AT)
    assert found(browser, "cf.text=ecran") == ["First"]
    assert "cf.text" not in browser.get("/tickets/").content.decode()


def exported(browser: Client, query: str = "", **headers: str) -> list[dict[str, str]]:
    answer = browser.get(f"/tickets/export.csv?view=all&sort=number&{query}", headers=headers)
    assert answer.status_code == 200
    text = b"".join(answer).decode("utf-8-sig")
    return list(
        csv.DictReader(io.StringIO(text), delimiter=";" if "\ufeffNuméro" in f"\ufeff{text}" else ",")
    )


def test_the_export_holds_the_list_as_it_stands(browser: Client, desk: Desk, tickets: list[Ticket]) -> None:
    """The same criteria and order, a column for each custom field, no formula (Spec T30)."""
    tag = save_reference_row(
        model=Tag, row=None, values={"code": "vip", "name_fr": "VIP"}, by=None, at=MONDAY
    )
    tickets[0].tags.add(tag)
    tickets[0].followers.add(desk.agent)
    rows = exported(browser, "cf.number.from=-9")
    assert [row["Title"] for row in rows] == ["First", "Second"]
    first, second = rows
    assert (first["Text"], first["Number"], first["Date"], first["Choice"]) == (
        "Écran n° 12",
        "1.5",
        "2026-05-05",
        "Morning",
    )
    assert (second["Text"], second["Number"]) == ("'=clavier", "-2")
    assert first["Customer"] == str(desk.customer)
    assert first["Requester"] == str(desk.requester)
    assert first["Received (Europe/Paris)"] == "2026-03-02 09:00:00"
    assert first["Phase"] == "Created"
    assert first["Suspended working time (h:mm)"] == "0:00"
    assert (first["Tags"], first["Followers"]) == ("VIP", str(desk.agent))
    assert (second["Tags"], second["Followers"]) == ("", "")


def test_the_export_speaks_the_readers_language(desk: Desk, tickets: list[Ticket]) -> None:
    """Headings, words and decimals; a semicolon parts the cells where the comma parts decimals (Spec F5)."""
    user = person(Right.SEE_TICKETS, email="fr@example.com")
    user.language = "fr"
    user.save()
    reader = Client()
    reader.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    answer = reader.get("/tickets/export.csv?view=all&sort=number")
    lines = b"".join(answer).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Numéro;Titre;Client;")
    assert ";1,5;2026-05-05;" in lines[1]


def test_the_workbook_holds_the_same_rows(browser: Client, tickets: list[Ticket]) -> None:
    """One sheet, a heading and a row for each ticket."""
    answer = browser.get("/tickets/export.xlsx?view=all&sort=-number&cf.choice=morning&cf.choice=noon")
    assert answer["Content-Disposition"].endswith('.xlsx"')
    with zipfile.ZipFile(io.BytesIO(b"".join(answer))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == 3
    assert sheet.index(">Second<") < sheet.index(">First<")
    assert ">=clavier<" in sheet
    assert "<f>" not in sheet


def test_nothing_is_exported_without_the_right(desk: Desk, tickets: list[Ticket]) -> None:
    """Spec R2."""
    stranger = Client()
    stranger.force_login(
        person(Right.SEE_ASSETS, email="stranger@example.com"),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    assert stranger.get("/tickets/export.csv").status_code == 403
    assert stranger.get("/tickets/export.xlsx").status_code == 403


def test_an_export_asks_as_often_for_three_as_for_none(browser: Client, desk: Desk) -> None:
    """House: no query per row; an empty list is a heading alone."""

    def asked() -> int:
        with CaptureQueriesContext(connection) as context:
            rows = exported(browser)
        assert len(rows) == Ticket.objects.count()
        return len(context)

    empty = asked()
    desk.open(AT)
    one = asked()
    for _one in range(2):
        desk.open(AT)
    assert asked() == one
    assert empty < one
