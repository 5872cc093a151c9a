"""The panel of criteria, which comes when it is opened (Spec S1)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from cadran.accounts.rights import Right
from cadran.core.reference import retire_reference_row
from cadran.tickets.choices import FieldKind
from cadran.tickets.models import CustomField
from tests.desk.work import TEN, signed_in
from tests.factories.desk import Desk, paris
from tests.factories.trade import a_row, person

ADDRESS = "/tickets/criteria/"
#: Session, person, rights, two for the custom fields, three selects.
QUERIES = 8


def drawn(browser: Client, **query: str) -> bool:
    """Whether the page of the list holds the panel itself; else it holds where the panel comes from."""
    text = browser.get("/tickets/", query).content.decode()
    assert (f'hx-get="{ADDRESS}"' in text) != ('name="requester"' in text)
    return 'name="requester"' in text


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"view": "all", "sort": "customer", "group": "none", "page": "2"},
        {"q": "words", "phase": "open", "received": "7"},
        {"customer": "", "clock_of": "resolution"},
        {"cf.unheard": ""},
    ],
)
def test_it_is_left_out_while_none_of_its_criteria_is_in_force(
    browser: Client, desk: Desk, query: dict[str, str]
) -> None:
    """The bar's own criteria and the order need it not."""
    assert not drawn(browser, **query)


@pytest.mark.parametrize(
    "query", [{"assigned": "yes"}, {"cancelled": "no"}, {"received_from": "soon"}, {"cf.site": "x"}]
)
def test_it_is_drawn_with_the_page_that_one_of_its_criteria_narrows(
    browser: Client, desk: Desk, query: dict[str, str]
) -> None:
    """Also by a value that can't be used: the error stands beside its field (Spec R7)."""
    a_row(CustomField, "site", kind=FieldKind.TEXT, name_en="Site")
    assert drawn(browser, **query)
    text = browser.get("/tickets/", query).content.decode()
    assert 'name="cf.site"' in text
    assert ("is-invalid" in text) == ("received_from" in query)


def test_it_comes_by_itself_with_every_criterion(browser: Client, desk: Desk) -> None:
    """Those of the page's form that the bar doesn't show, and the custom fields in use (Spec T30)."""
    for code in ("site", "floor"):
        a_row(CustomField, code, kind=FieldKind.TEXT, name_en=code.title())
    retire_reference_row(row=CustomField.objects.get(code="floor"), by=None, at=TEN)
    text = browser.get(ADDRESS).content.decode()
    for name in ("customer", "nature", "idle", "received_from", "tags", "merged", "cf.site"):
        assert f'name="{name}"' in text, name
    assert "cf.floor" not in text
    assert 'name="severity"' not in text


def test_rows_alone_ask_nothing_for_it(
    browser: Client, desk: Desk, django_assert_max_num_queries: Any
) -> None:
    """House: what is swapped while one narrows holds neither panel nor its choices."""
    desk.open(paris("2026-03-02 09:00"))
    with django_assert_max_num_queries(QUERIES + 2):
        rows = browser.get("/tickets/", {"view": "all"}, headers={"HX-Request": "true", "HX-Target": "list"})
    assert "cd-criteria" not in rows.content.decode()


def test_it_asks_as_often_for_many_custom_fields_as_for_one(
    browser: Client, desk: Desk, django_assert_num_queries: Any
) -> None:
    """House: no query per field."""
    for code in ("first", "second", "third"):
        a_row(CustomField, code, kind=FieldKind.CHOICE, name_en=code.title())
        with django_assert_num_queries(QUERIES):
            browser.get(ADDRESS)


def test_it_needs_the_right_to_see_tickets(desk: Desk) -> None:
    """Spec R2."""
    few = signed_in(person(Right.SEE_CUSTOMERS, email="few@example.com"))
    assert few.get(ADDRESS).status_code == 403
