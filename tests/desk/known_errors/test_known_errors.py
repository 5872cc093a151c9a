"""The screens of known errors (Spec T33)."""

from __future__ import annotations

from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cadran.accounts.rights import Right
from cadran.catalogue.known_errors import KnownErrorDetails, save_known_error
from cadran.catalogue.models import KnownError, ProductVersion
from cadran.catalogue.operations import ProductVersionDetails, save_product_version
from cadran.tickets.models import Ticket
from tests.desk.work import TEN, signed_in
from tests.factories.desk import Desk, colleague, paris
from tests.factories.trade import a_product


def an_error(desk: Desk, title: str, **typed: Any) -> KnownError:
    details = replace(KnownErrorDetails(title=title, product=desk.product), **typed)
    return save_known_error(known_error=None, details=details, by=None, at=TEN)


def a_version(desk: Desk, number: str) -> ProductVersion:
    details = ProductVersionDetails(version=number)
    return save_product_version(product=desk.product, version=None, details=details, by=None, at=TEN)


def titles(browser: Client, **asked: Any) -> list[str]:
    return [row.title for row in browser.get("/known-errors/", asked).context["rows"]]


def sent(error: KnownError, **typed: Any) -> dict[str, Any]:
    """What the form sends for a known error as it stands."""
    first = {"title": error.title, "code": error.code, "product": error.product_id, "seen": error.row_version}
    return {**first, **typed}


def test_the_list_narrows(browser: Client, desk: Desk) -> None:
    """Spec S6: words of title, code and symptom, product, version, published, retired."""
    old, new = a_version(desk, "1.0"), a_version(desk, "2.0")
    an_error(desk, "Écran figé", symptom="<p>Curseur immobile</p>", versions=[old], is_published=True)
    an_error(desk, "Page blanche", product=a_product("crm"))
    an_error(desk, "Panne ancienne", is_retired=True)
    an_error(desk, "Lenteur")
    assert titles(browser) == ["Écran figé", "Page blanche", "Lenteur"]
    assert titles(browser, q="curseur") == titles(browser, q="ecran") == ["Écran figé"]
    assert titles(browser, product=desk.product.pk) == ["Écran figé", "Lenteur"]
    assert titles(browser, version=old.pk) == ["Écran figé", "Lenteur"]
    assert titles(browser, version=new.pk) == ["Lenteur"]
    assert titles(browser, published="yes") == ["Écran figé"]
    assert titles(browser, retired="yes") == ["Panne ancienne"]
    assert titles(browser, q="nothing like it") == []


def test_the_most_frequent_come_first(browser: Client, desk: Desk) -> None:
    """Sorted by the tickets of twelve months; the page names them."""
    an_error(desk, "Rare")
    often = an_error(desk, "Frequent")
    ticket = desk.open(paris("2026-03-02 09:00"), known_error=often)
    desk.open(paris("2025-02-03 09:00"), at=TEN, known_error=often)
    assert titles(browser) == ["Frequent", "Rare"]
    page = browser.get(f"/known-errors/{often.pk}/")
    assert page.context["known_error"].uses == 1 and page.context["tickets"].count == 2
    assert ticket.number in page.content.decode()
    listed = browser.get(f"/tickets/?view=all&known_error={often.pk}").content.decode()
    assert ticket.number in listed and "Frequent" in listed


def test_the_list_takes_as_many_queries_for_many_rows(browser: Client, desk: Desk) -> None:
    """One row or three: the same."""
    counts = []
    for wanted in (1, 3):
        for number in range(KnownError.objects.count(), wanted):
            an_error(desk, f"No {number}", versions=[a_version(desk, str(number))])
        with CaptureQueriesContext(connection) as caught:
            browser.get("/known-errors/")
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_one_is_written_and_edited(browser: Client, desk: Desk) -> None:
    """From a product's page; a refusal keeps what was typed; the second to save is told (Spec R7, T17)."""
    assert (
        f'value="{desk.product.pk}" selected'
        in browser.get(f"/known-errors/new/?product={desk.product.pk}").content.decode()
    )
    refused = browser.post("/known-errors/new/", {"symptom": "<p>Blank</p>"})
    assert refused.status_code == 422 and "Blank" in refused.content.decode()
    typed = {"title": "Blank page", "product": desk.product.pk, "solution": "<p>Restart</p>"}
    assert browser.post("/known-errors/new/", typed).status_code == 302
    error = KnownError.objects.get()
    page = browser.get(f"/known-errors/{error.pk}/").content.decode()
    assert "Restart" in page and error.code in page
    address = f"/known-errors/{error.pk}/edit/"
    assert "Blank page" in browser.get(address).content.decode()
    assert browser.post(address, sent(error, title="White page", is_retired="on")).status_code == 302
    late = browser.post(address, sent(error, title="Grey page"))
    assert late.status_code == 422 and "Somebody else has changed" in late.content.decode()
    error.refresh_from_db()
    assert (error.title, error.is_retired) == ("White page", True)


def test_a_code_in_use_is_refused_and_names_its_field_once(browser: Client, desk: Desk) -> None:
    """What was typed stays; the summary says the field with the reason, not before it again (Spec R7)."""
    error = an_error(desk, "Page blanche")
    typed = {"title": "Autre", "code": error.code, "product": desk.product.pk, "symptom": "<p>Curseur</p>"}
    answer = browser.post("/known-errors/new/", typed)
    page = unescape(answer.content.decode())
    assert answer.status_code == 422 and "Curseur" in page and KnownError.objects.count() == 1
    assert f'<a href="#id_code">Code: “{error.code}” is taken already.' in page


def test_a_resolved_ticket_becomes_one(browser: Client, desk: Desk) -> None:
    """Prefilled from the ticket; saved, the ticket has it and is no longer offered to become one."""
    opened = desk.open(paris("2026-03-02 09:00"), external_description="<p>No paper</p>")
    address = f"/tickets/{opened.number}/known-error/new/"
    assert address not in browser.get(f"/tickets/{opened.number}/").content.decode()
    ticket = desk.resolve(opened, paris("2026-03-02 09:30"), external_report="<p>Tray filled</p>")
    assert address in browser.get(f"/tickets/{ticket.number}/").content.decode()
    form = browser.get(address).content.decode()
    assert "Printer is mute" in form and "No paper" in form and "Tray filled" in form
    typed = {"title": "Mute printer", "product": desk.product.pk, "solution": "<p>Fill the tray</p>"}
    assert browser.post(address, typed).status_code == 302
    assert Ticket.objects.get(pk=ticket.pk).known_error == KnownError.objects.get()
    assert address not in browser.get(f"/tickets/{ticket.number}/").content.decode()
    twice = browser.post(address, typed)
    assert twice.status_code == 422 and "already" in twice.content.decode()
    assert KnownError.objects.count() == 1


@pytest.mark.parametrize("path", ["new/", "1/edit/"])
def test_readers_change_nothing(desk: Desk, path: str) -> None:
    """Spec R2: who sees assets reads known errors; writing them has a right of its own."""
    reader = signed_in(colleague(desk, Right.SEE_ASSETS, Right.EDIT_ASSETS))
    error = an_error(desk, "Page blanche")
    assert reader.get(f"/known-errors/{path}").status_code == 403
    assert reader.post(f"/known-errors/{path}", {}).status_code == 403
    assert "/edit/" not in reader.get(f"/known-errors/{error.pk}/").content.decode()
    assert "/known-errors/new/" not in reader.get("/known-errors/").content.decode()
