"""A company with an administrator who may edit everything in the settings."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from tests.factories.desk import Desk, a_desk
from tests.factories.trade import person


def client_of(user: User, language: str = "en") -> Client:
    """A browser in which ``user`` is signed in."""
    client = Client(headers={"accept-language": language})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def desk(db: None) -> Desk:
    return a_desk()


@pytest.fixture
def admin(desk: Desk) -> User:
    """Somebody with every right over settings."""
    return person(
        Right.EDIT_REFERENCE_DATA,
        Right.EDIT_SCHEDULES,
        Right.EDIT_AGENTS,
        Right.EDIT_BUSINESS_RULES,
        email="admin@example.com",
    )


@pytest.fixture
def client(admin: User) -> Client:
    return client_of(admin)


def filled(page: Any) -> dict[str, Any]:
    """What a browser would send of a form as the page shows it."""
    form = page.context["form"]
    found: dict[str, Any] = {}
    for field in form:
        value = field.value()
        if value is None or value is False:
            continue
        found[field.html_name] = (
            [getattr(one, "pk", one) for one in value] if isinstance(value, list) else value
        )
    return found


def said(answer: Any) -> str:
    """The page's text, with typographic apostrophes as they stand."""
    return answer.content.decode().replace("&#x27;", "'").replace("&quot;", '"')
