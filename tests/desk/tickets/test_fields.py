"""Instants typed to the minute (Spec T22)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from cadran.desk.tickets.forms import StartForm
from cadran.tickets.models import Ticket
from tests.factories.desk import Desk


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-10-25T02:30", datetime(2026, 10, 25, 1, 30, 12, tzinfo=UTC)),
        ("2026-10-25T02:31", datetime(2026, 10, 25, 0, 31, tzinfo=UTC)),
    ],
)
def test_a_minute_left_alone_in_the_hour_that_comes_twice(
    desk: Desk, ticket: Ticket, typed: str, meant: datetime
) -> None:
    """The second 02:30 of the DST night stays the second one, to the second; a minute typed anew is the first."""
    sent: Any = {"started_at": typed, "started_at_exact": "2026-10-25T01:30:12+00:00"}
    with timezone.override(ZoneInfo("Europe/Paris")):
        form = StartForm(sent, person=desk.user, ticket=ticket, now=datetime(2026, 10, 26, tzinfo=UTC))
        assert form.is_valid(), form.errors
        assert form.cleaned_data["started_at"].astimezone(UTC) == meant
