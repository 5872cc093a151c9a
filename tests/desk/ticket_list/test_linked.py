"""The list narrowed by parents and children (Spec S1, T10)."""

from __future__ import annotations

import pytest
from django.test import Client

from cadran.tickets.choices import LinkRole
from cadran.tickets.operations import link_tickets
from tests.desk.work import TEN
from tests.factories.desk import Desk


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("linked=parent", {"Hit"}),
        ("linked=child", {"Cause"}),
        ("linked=neither", {"Alone"}),
        ("parent=dem-1", {"Hit"}),
        ("parent=DEM-9", set()),
    ],
)
def test_narrowed_by_links(browser: Client, desk: Desk, query: str, shown: set[str]) -> None:
    """With a parent, with children, with neither, and the children of one ticket by its number."""
    cause, hit, _alone = (desk.open(TEN, title=title) for title in ("Cause", "Hit", "Alone"))
    link_tickets(ticket=cause, other=hit, role=LinkRole.CHILD, by=desk.user, at=TEN)
    page = browser.get(f"/tickets/?{query}").content.decode()
    assert {title for title in ("Cause", "Hit", "Alone") if f">{title}<" in page} == shown
