"""A ticket received at nine, looked at by its agent at ten."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from cadran.tickets.models import Ticket
from tests.desk.work import browser, desk, now
from tests.factories.desk import Desk, paris

__all__ = ["browser", "desk", "now"]

HTMX = {"HX-Request": "true"}
EMPTY_REQUESTS = {"requests-TOTAL_FORMS": "0", "requests-INITIAL_FORMS": "0"}


@pytest.fixture
def ticket(desk: Desk) -> Ticket:
    """DEM-1, received today at 09:00, not worked on yet."""
    return desk.open(paris("2026-03-02 09:00"))


@pytest.fixture
def files(settings: Any, tmp_path: Any) -> Any:
    """Attachments go to a folder of the test's own."""
    settings.MEDIA_ROOT = tmp_path
    return default_storage


def get(browser: Client, ticket: Ticket, path: str) -> Any:
    return browser.get(f"/tickets/{ticket.number}/{path}", headers=HTMX)


def post(browser: Client, ticket: Ticket, path: str, **typed: Any) -> Any:
    return browser.post(f"/tickets/{ticket.number}/{path}", typed, headers=HTMX)


def text_of(answer: Any) -> str:
    """The words of an answer, without its tags, with single spaces."""
    html = answer.content.decode()
    plain = re.sub(r"<[^>]+>", " ", html).replace("&#x27;", "’").replace("&amp;", "&").replace("&quot;", '"')
    return re.sub(r"[\s\u00a0]+", " ", plain)


def buttons(answer: Any) -> set[str]:
    """The acts that a page offers, by the ids of their buttons."""
    return set(re.findall(r'id="(?:act|more|people)-([a-z_]+?)(?:-(?:top|phone))?"', answer.content.decode()))
