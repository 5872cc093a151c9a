"""Ticking a checklist on the pages and in the finish dialog (Spec T30)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cadran.accounts.rights import Right
from cadran.tickets.models import ChecklistItem, Intervention, InterventionCheck, Ticket
from cadran.tickets.operations import mark_checklist
from tests.desk.work import signed_in
from tests.factories.desk import Desk, colleague, paris
from tests.factories.trade import a_row, person

from .conftest import HTMX, get, post, text_of

AT = paris("2026-03-02 09:30")


@pytest.fixture
def visit(desk: Desk, ticket: Ticket) -> Intervention:
    """A visit at work, with a mandatory item and one that is not."""
    for code, is_required in (("backup", True), ("tidy", False)):
        a_row(ChecklistItem, code, name_en=code, type=desk.type("on-site-visit"), is_required=is_required)
    return desk.work(ticket, AT, "on-site-visit")


def check_of(visit: Intervention, name: str) -> InterventionCheck:
    found: InterventionCheck = visit.checks.get(name_en=name)
    return found


def mark(browser: Client, visit: Intervention, name: str, **typed: str) -> Any:
    path = f"interventions/{visit.number}/checks/{check_of(visit, name).pk}/"
    return post(browser, visit.ticket, path, **typed)


def finish(browser: Client, visit: Intervention, **typed: Any) -> Any:
    times = {"started_at": "2026-03-02T09:30", "ended_at": "2026-03-02T10:00"}
    return post(browser, visit.ticket, f"interventions/{visit.number}/finish/", **times, **typed)


def test_an_item_is_ticked_where_it_stands(browser: Client, desk: Desk, visit: Intervention) -> None:
    """The list comes back with who ticked it and when; unticking takes that back."""
    answer = mark(browser, visit, "backup", ticked="1")
    assert "1 of 2" in text_of(answer)
    assert f"{desk.user}, today 10:00" in text_of(answer)
    assert check_of(visit, "backup").is_checked
    assert "0 of 2" in text_of(mark(browser, visit, "backup"))
    assert not check_of(visit, "backup").is_checked


def test_the_pages_show_the_list(browser: Client, ticket: Ticket, visit: Intervention) -> None:
    """On the ticket's page and on the intervention's; what is finished can't be ticked."""
    for path in ("", f"interventions/{visit.number}/"):
        page = browser.get(f"/tickets/{ticket.number}/{path}").content.decode()
        assert f'hx-post="/tickets/{ticket.number}/interventions/{visit.number}/checks/' in page
    finish(browser, visit, checked=[str(check_of(visit, "backup").pk)])
    assert "Checklist: 1 of 2" in text_of(browser.get(f"/tickets/{ticket.number}/"))
    page = browser.get(f"/tickets/{ticket.number}/interventions/{visit.number}/").content.decode()
    assert "/checks/" not in page


def test_a_refused_tick_shows_the_list_as_it_is(browser: Client, visit: Intervention) -> None:
    """Somebody else has finished it: a sentence, and boxes that can't be ticked (Spec R7)."""
    finish(browser, visit, checked=[str(check_of(visit, "backup").pk)])
    answer = mark(browser, visit, "tidy", ticked="1")
    assert "finished already" in answer["HX-Trigger"]
    assert "disabled" in answer.content.decode()
    assert not check_of(visit, "tidy").is_checked


def test_who_may_only_look_ticks_nothing(desk: Desk, visit: Intervention) -> None:
    """Spec R2."""
    reader = signed_in(person(Right.SEE_TICKETS, email="reader@example.com"))
    page = reader.get(f"/tickets/{visit.ticket.number}/").content.decode()
    assert "backup" in page
    assert "/checks/" not in page
    assert mark(reader, visit, "backup", ticked="1").status_code == 403


def test_ticked_and_finished_in_one_act(browser: Client, visit: Intervention) -> None:
    """A mandatory item left open is named beside the list, what was typed stays (Spec R7)."""
    tidy, backup = (str(check_of(visit, name).pk) for name in ("tidy", "backup"))
    answer = finish(browser, visit, checked=[tidy], external_report="<p>Done</p>")
    assert answer.status_code == 422
    assert "Still to be ticked before the intervention can be finished: backup." in text_of(answer)
    assert f'value="{tidy}" id="id_checked_{tidy}" checked' in answer.content.decode()
    assert not visit.checks.exclude(checked_at=None).exists()
    assert finish(browser, visit, checked=[tidy, backup]).status_code == 200
    assert visit.checks.exclude(checked_at=None).count() == 2


def test_what_a_colleague_ticks_meanwhile_stands(browser: Client, desk: Desk, visit: Intervention) -> None:
    """The dialog sends what was changed in it, not the whole list (Spec T17)."""
    page = get(browser, visit.ticket, f"interventions/{visit.number}/finish/").content.decode()
    assert 'name="checked_seen"' in page
    other = colleague(desk, Right.INTERVENE)
    mark_checklist(intervention=visit, marked={check_of(visit, "backup").pk: True}, by=other, at=AT)
    assert finish(browser, visit, checked_seen="", checked=[]).status_code == 200
    assert check_of(visit, "backup").checked_by == other


def test_unticked_in_the_dialog(browser: Client, desk: Desk, visit: Intervention) -> None:
    """What was ticked when the dialog was drawn and is not any more is unticked, then asked for."""
    key = check_of(visit, "backup").pk
    mark_checklist(intervention=visit, marked={key: True}, by=desk.user, at=AT)
    answer = finish(browser, visit, checked_seen=str(key), checked=[])
    assert answer.status_code == 422
    assert check_of(visit, "backup").is_checked


def test_a_page_asks_as_often_for_three_lists_as_for_one(
    browser: Client, desk: Desk, ticket: Ticket, visit: Intervention
) -> None:
    """House: no query per intervention."""

    def asked() -> int:
        with CaptureQueriesContext(connection) as context:
            browser.get(f"/tickets/{ticket.number}/", headers=HTMX)
        return len(context)

    asked()
    one = asked()
    for _one in range(2):
        desk.work(ticket, AT, "on-site-visit")
    assert asked() == one
