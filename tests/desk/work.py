"""What the tests of the desk's work screens share: a desk at ten o'clock on a Monday, and people signed in."""

from datetime import datetime

import pytest
from django.test import Client
from django.utils import timezone

from cadran.accounts.models import User
from cadran.accounts.operations import set_preferences
from tests.factories.desk import Desk, a_desk, paris

#: The Monday that the screens are looked at.
TEN = paris("2026-03-02 10:00")


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The screens' present: Monday 2 March 2026, 10:00 in Paris."""
    monkeypatch.setattr(timezone, "now", lambda: TEN)
    return TEN


@pytest.fixture
def desk(db: None, now: datetime) -> Desk:
    """One customer under contract: response 4 h, resolution 8 h, Monday to Friday 9 to 18 in Paris."""
    return a_desk()


def signed_in(user: User, language: str = "en") -> Client:
    """A browser in which ``user`` is signed in."""
    set_preferences(user=user, language=language, by=user, at=TEN)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def browser(desk: Desk) -> Client:
    """A browser in which the desk's agent, who has every right, is signed in."""
    return signed_in(desk.user)
