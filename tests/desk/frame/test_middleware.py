"""What is refused or mended before a view sees it (Spec T15, R7)."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, OperationalError
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cadran.accounts.operations import set_preferences
from cadran.core.business_rules import set_business_rule
from cadran.core.models import Draft
from cadran.tickets.business_rules import ATTACHMENT_MAX_MEGABYTES
from tests.desk.work import TEN
from tests.desk.work import browser as browser
from tests.desk.work import desk as desk
from tests.desk.work import now as now
from tests.factories.desk import Desk

MEGABYTE = 1024 * 1024


@pytest.mark.django_db
@pytest.mark.parametrize("cookie", ["", "invented"])
def test_a_stranger_sends_only_small_forms(
    cookie: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    """Spec T15: refused with a sentence before it is read; without a session's cookie at the cost of no query."""
    client = Client()
    if cookie:
        client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    with django_assert_max_num_queries(1 if cookie else 0):
        answer = client.post("/sign-in/", {"login": "x", "file": SimpleUploadedFile("a", b"0" * 70_000)})
    assert answer.status_code == 413
    assert "Sign in, then send it again" in answer.text


def test_who_is_signed_in_sends_an_attachment_and_no_more(browser: Client, desk: Desk) -> None:
    """Spec T15: up to the business rule's size with a form beside it; a form without files stays a form."""
    set_business_rule(definition=ATTACHMENT_MAX_MEGABYTES, value=1, by=None, at=TEN)

    def status(size: int, **more: Any) -> int:
        file = SimpleUploadedFile("a.bin", b"0" * size)
        return browser.post("/tickets/new/files/", {"file": file}, **more).status_code

    assert status(MEGABYTE) == 200
    assert status(4 * MEGABYTE) == 413
    answer = browser.post("/tickets/new/draft/", {"x": "y" * (4 * MEGABYTE)}, HTTP_ACCEPT="application/json")
    assert (answer.status_code, answer.json()) == (
        413,
        {"error": "At most 3 MB can be sent at once. Send less, or one file after the other."},
    )
    set_preferences(user=desk.user, language="fr", by=desk.user, at=TEN)
    told = browser.post("/tickets/new/draft/", {"x": "y" * (4 * MEGABYTE)}, HTTP_ACCEPT_LANGUAGE="en")
    assert told.text.startswith("On peut envoyer au plus 3")
    flat = "application/x-www-form-urlencoded"
    assert browser.post("/tickets/new/draft/", "x=" + "y" * (3 * MEGABYTE), flat).status_code == 413


def test_a_body_of_unknown_length_is_refused() -> None:
    """Spec T15: in chunks, it could be endless."""
    answer = Client().post("/sign-in/", HTTP_TRANSFER_ENCODING="chunked", CONTENT_LENGTH="")
    assert answer.status_code == 411


def test_nul_characters_are_taken_out(browser: Client, desk: Desk) -> None:
    """Spec R7: PostgreSQL stores none; nobody types them."""
    assert browser.get("/pick/customer/?q=%00dubois").json()["results"]
    assert browser.get("/tickets/?q=a%00&customer=%00").status_code == 200
    assert browser.get(f"/tickets/{desk.open(TEN).number}%00/").status_code == 404
    number = desk.open(TEN).number
    assert browser.post(f"/tickets/{number}/notes/draft/", {"body": "<p>a\x00b</p>"}).status_code == 204
    assert Draft.objects.get().data["body"] == "<p>ab</p>"


class _Told(Exception):
    """What the driver says, with the code of the database."""

    def __init__(self, sqlstate: str) -> None:
        self.sqlstate = sqlstate


def _stopped(error: type[DatabaseError], sqlstate: str, text: str = "") -> DatabaseError:
    raised = error(text)
    raised.__cause__ = _Told(sqlstate)
    return raised


@pytest.mark.parametrize(
    ("error", "is_told"),
    [
        (_stopped(OperationalError, "40P01"), True),
        (_stopped(IntegrityError, "23503"), True),
        (_stopped(OperationalError, "", "database is locked"), True),
        (_stopped(OperationalError, "08006", "connection lost"), False),
        (_stopped(IntegrityError, "23514"), False),
    ],
)
def test_who_met_somebody_else_in_the_database_is_told(
    browser: Client, monkeypatch: pytest.MonkeyPatch, error: DatabaseError, is_told: bool
) -> None:
    """Spec R7: a deadlock or a row that has just gone is a sentence, not a broken page; any other error stays one."""

    def meet(**_typed: object) -> None:
        raise error

    monkeypatch.setattr("cadran.desk.frame.views.set_preferences", meet)
    browser.raise_request_exception = False
    page = browser.post("/choices/", {"theme": "dark"}, HTTP_ACCEPT="text/html")
    part = browser.post("/choices/", {"theme": "dark"}, HTTP_HX_REQUEST="true")
    assert (page.status_code, part.status_code) == ((409, 409) if is_told else (500, 500))
    assert (b"Send it again." in part.content) == is_told
    assert (b"in the same moment" in page.content) == is_told
