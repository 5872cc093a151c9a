"""The list narrowed by parents and children (Spec S1, T10)."""

from __future__ import annotations

import pytest
from django.test import Client

from cadran.tickets.choices import LinkRole
from cadran.tickets.operations import link_tickets, merge_ticket
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


def test_the_number_of_a_duplicate_says_where_it_was_merged(browser: Client, desk: Desk) -> None:
    """Spec S4, T29: whatever the view shows; children are asked for by either number."""
    kept, old, hit = (desk.open(TEN, title=title) for title in ("Kept", "Twice", "Hit"))
    link_tickets(ticket=kept, other=hit, role=LinkRole.CHILD, by=desk.user, at=TEN)
    merge_ticket(ticket=old, into=kept, reason="Same", by=desk.user, at=TEN)
    said = f"{old.number} was merged into {kept.number}."
    for query in ("view=mine&q=dem-2", "view=all&q=DEM-2", "view=all&q=2"):
        page = browser.get(f"/tickets/?{query}", headers={"HX-Request": "true", "HX-Target": "list"})
        assert said in page.content.decode() and f'href="/tickets/{kept.number}/"' in page.content.decode()
    for query in ("q=DEM-1", "q=merged", ""):
        page = browser.get(f"/tickets/?{query}", headers={"HX-Request": "true", "HX-Target": "list"})
        assert "was merged into" not in page.content.decode()
    assert ">Hit<" in browser.get("/tickets/?parent=dem-2").content.decode()
