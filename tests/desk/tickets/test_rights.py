"""What the page offers and what its addresses take agree, whatever is typed into them (Spec R2, R7)."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cadran.accounts.rights import Right
from cadran.desk.tickets.views.acts import after_resuming
from cadran.parties.models import Team
from cadran.tickets.models import Attachment, Ticket
from tests.desk.work import signed_in
from tests.factories.desk import Desk, colleague

from .conftest import EMPTY_REQUESTS, buttons, get, post


def test_who_leads_the_team_assigns_without_the_right_to_edit(desk: Desk, ticket: Ticket) -> None:
    """Spec T11, R2: the dialog opens for whom the page offers it, and for nobody else."""
    leader = colleague(desk, Right.SEE_TICKETS, email="leader@example.com")
    Team.objects.filter(pk=desk.team.pk).update(manager=leader.agent)
    mine = signed_in(leader)
    assert "assign" in buttons(get(mine, ticket, ""))
    assert get(mine, ticket, "assign/").status_code == 200
    assert post(mine, ticket, "assign/", team=desk.team.pk, assignee=desk.agent.pk).status_code == 200
    ticket.refresh_from_db()
    assert ticket.assignee == desk.agent
    reader = signed_in(colleague(desk, Right.SEE_TICKETS, email="reader@example.com"))
    assert get(reader, ticket, "assign/").status_code == 403
    assert post(reader, ticket, "assign/", team=desk.team.pk).status_code == 403


def test_who_intervenes_attaches_without_the_right_to_edit(desk: Desk, ticket: Ticket, files: Any) -> None:
    """Spec T15, R2: the page offers it, the address takes it; who only reads gets 403."""
    worker = signed_in(colleague(desk, Right.SEE_TICKETS, Right.INTERVENE, email="worker@example.com"))
    assert 'id="t-attach"' in get(worker, ticket, "").text
    sent = {"files": SimpleUploadedFile("a.txt", b"a"), "intervention": "²"}
    assert post(worker, ticket, "attachments/", **sent).status_code == 200
    assert Attachment.objects.get().ticket == ticket
    reader = signed_in(colleague(desk, Right.SEE_TICKETS, email="reader@example.com"))
    assert post(reader, ticket, "attachments/", files=SimpleUploadedFile("a", b"a")).status_code == 403


def test_figures_that_are_no_numbers_are_no_error(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec R7: « ² » is a figure to Python's eye and no number; forty figures are more than a column holds."""
    for odd in ("²", "9" * 40):
        body = f'<p>a<span data-mention="{odd}">@b</span></p>'
        assert post(browser, ticket, "notes/", body=body).status_code == 200
        assert (
            post(browser, ticket, "interventions/add/?refresh=1", type=odd, **EMPTY_REQUESTS).status_code
            == 200
        )
        assert not after_resuming(ticket.number, odd)
