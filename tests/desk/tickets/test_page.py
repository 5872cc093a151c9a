"""The ticket's page: what it says, what it offers, what it costs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from cadran.accounts.rights import Right
from cadran.contracts.models import Contract
from cadran.tickets.models import Ticket
from cadran.tickets.operations import add_note, assign_ticket, change_status, edit_ticket, suspend_ticket
from tests.desk.work import signed_in
from tests.factories.desk import Desk, colleague, mention, paris

from .conftest import buttons, get, post, text_of


def page(browser: Client, ticket: Ticket) -> Any:
    return browser.get(f"/tickets/{ticket.number}/")


def test_the_header_says_status_phase_and_both_clocks(browser: Client, ticket: Ticket) -> None:
    """Spec T1, T3, C12: status, phase, since when, both gauges, the three milestones."""
    words = text_of(page(browser, ticket))
    for part in ("DEM-1", "Printer is mute", "Created", "since today 09:00", "3 h 00 left", "7 h 00 left"):
        assert part in words
    for milestone in (
        "Resolved not reached",
        "Closed by customer not reached",
        "Closed internally not reached",
    ):
        assert milestone in words


def test_the_context_says_why_it_is_covered_and_which_commitment(browser: Client, ticket: Ticket) -> None:
    """Spec T8, C9: the verdict with its reason, the commitment and where it comes from."""
    words = text_of(page(browser, ticket))
    assert "Covered" in words
    assert "covers ERP, head office" in words
    assert "response 4 h, resolution 8 h From the service, for severity Major" in words


def test_the_contracts_memo_stands_under_it(browser: Client, ticket: Ticket) -> None:
    """The contract's form promises that agents read it; without one there is no empty notice."""
    assert "Alert memo" not in text_of(page(browser, ticket))
    Contract.objects.filter(pk=ticket.contract_id).update(alert_memo="Ask for the badge <b>first</b>")
    answer = page(browser, ticket)
    assert "Alert memo Ask for the badge" in text_of(answer)
    assert "&lt;b&gt;first" in answer.content.decode()


def test_suspended_stands_in_capitals_and_the_clocks_stand_still(
    browser: Client, desk: Desk, ticket: Ticket
) -> None:
    """Spec T23."""
    at = paris("2026-03-02 09:30")
    suspend_ticket(ticket=ticket, began_at=at, reason=desk.reason(), status=None, by=desk.user, at=at)
    answer = page(browser, ticket)
    assert "SUSPENDED · since today 09:30" in text_of(answer)
    assert "SUSPENDED Someone" in text_of(answer) or "SUSPENDED Karim Benali" in text_of(answer)
    assert "Resume the ticket when what it waits for has come suspended since today 09:30" in text_of(answer)
    assert "SUSPENDED" in text_of(get(browser, ticket, "interventions/1/"))
    assert answer.content.decode().count('data-clock="still"') == 2


@pytest.mark.parametrize(
    ("rights", "offered"),
    [
        ((Right.SEE_TICKETS,), set()),
        ((Right.SEE_TICKETS, Right.SUSPEND_TICKETS), {"suspend"}),
        ((Right.SEE_TICKETS, Right.EDIT_TICKETS), {"change_status", "descriptions", "apply_macro"}),
        ((Right.SEE_TICKETS, Right.CANCEL_TICKETS), {"cancel"}),
    ],
)
def test_only_what_rights_and_phase_allow_is_offered(
    desk: Desk, ticket: Ticket, rights: tuple[Right, ...], offered: set[str]
) -> None:
    """Spec R2."""
    assert buttons(page(signed_in(colleague(desk, *rights)), ticket)) == offered


def test_a_stranger_to_tickets_gets_403(desk: Desk, ticket: Ticket) -> None:
    """Spec R2: without the right the page does not answer."""
    assert page(signed_in(colleague(desk, Right.SEE_CUSTOMERS)), ticket).status_code == 403


def test_an_unknown_ticket_is_404(browser: Client, ticket: Ticket) -> None:
    """Spec R3."""
    assert browser.get("/tickets/DEM-999/").status_code == 404


def test_the_page_costs_the_same_with_more_on_it(
    browser: Client, desk: Desk, ticket: Ticket, django_assert_num_queries: Any
) -> None:
    """House: one literal query count, with one of each and with three."""
    at = paris("2026-03-02 09:10")

    def more(step: int) -> None:
        then = at + timedelta(minutes=step)
        work = desk.work(ticket, then)
        desk.finish(work, then + timedelta(minutes=1), external_report="<p>Looked.</p>")
        add_note(ticket=ticket, body=f"<p>Note {step} {mention(desk.agent)}</p>", by=desk.user, at=then)

    more(1)
    page(browser, ticket)
    with django_assert_num_queries(24):
        page(browser, ticket)
    more(3)
    more(5)
    with django_assert_num_queries(24):
        page(browser, ticket)


def test_the_open_intake_is_what_comes_next(browser: Client, ticket: Ticket) -> None:
    """design: ui: the page says what is open and what to do about it."""
    assert "Finish the intake, or start an intervention" in text_of(page(browser, ticket))


def test_the_activity_shows_what_was_and_what_is(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec T4: old values are struck, texts can be opened."""
    changes = {"title": "Mute & <b>cold</b>", "external_description": "<p>New words</p>"}
    edit_ticket(ticket=ticket, changes=changes, base={}, by=desk.user, at=paris("2026-03-02 09:20"))
    shown = page(browser, ticket).content.decode()
    assert '<del class="cd-was">Printer is mute</del>' in shown
    assert "<b>Mute &amp; &lt;b&gt;cold&lt;/b&gt;</b>" in shown
    assert "text changed</summary>" in shown


def test_the_tabs_count_and_choose(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """design: ui: the activity is read by kind."""
    add_note(ticket=ticket, body="<p>Only for us</p>", by=desk.user, at=paris("2026-03-02 09:20"))
    notes = text_of(get(browser, ticket, "feed/?show=notes"))
    assert "Notes 1" in notes
    assert "Reports 0" in text_of(get(browser, ticket, "feed/?show=reports"))
    assert "Only for us" in notes
    assert "opened the ticket" not in notes
    assert "opened the ticket" in text_of(get(browser, ticket, "feed/?show=journal"))


def test_the_page_speaks_french(desk: Desk, ticket: Ticket) -> None:
    """Spec F5."""
    words = text_of(page(signed_in(desk.user, "fr"), ticket))
    for part in ("Prochaine action", "Ajouter", "Interventions", "Note interne", "Diffusable", "Demandeur"):
        assert part in words
    assert "Requester" not in words
    assert "Next action" not in words


def test_what_others_do_arrives_and_nothing_otherwise(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec F7: 204 while nothing changed, the changed parts once somebody else acted."""
    mark = page(browser, ticket).context["mark"]
    assert get(browser, ticket, f"live/?seen={mark}").status_code == 204
    change_status(
        ticket=ticket,
        status=desk.status("to-qualify"),
        state=None,
        by=desk.user,
        at=paris("2026-03-02 09:40"),
    )
    answer = get(browser, ticket, f"live/?seen={mark}")
    assert answer.status_code == 200
    assert answer["HX-Reswap"] == "none"
    assert "To qualify" in text_of(answer)
    assert "t-composer" not in answer.content.decode(), "what is being typed is left alone"


def test_the_live_question_is_cheap(
    browser: Client, ticket: Ticket, django_assert_max_num_queries: Any
) -> None:
    """Spec F7: it is asked every few seconds by everybody who looks."""
    mark = page(browser, ticket).context["mark"]
    with django_assert_max_num_queries(5) as asked:
        get(browser, ticket, f"live/?seen={mark}")
    (of_ticket,) = (one["sql"] for one in asked if 'FROM "tickets_ticket"' in one["sql"])
    assert "JOIN" not in of_ticket
    assert "description" not in of_ticket


def test_the_page_reads_no_schedule_that_it_knows(
    browser: Client, ticket: Ticket, django_assert_max_num_queries: Any
) -> None:
    """House: layouts are long; the process keeps those that it has read."""
    page(browser, ticket)
    with django_assert_max_num_queries(23) as asked:
        page(browser, ticket)
    assert not [one["sql"] for one in asked if '"layout"' in one["sql"]]


def test_a_note_is_added_and_its_draft_dropped(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec T17."""
    assert post(browser, ticket, "notes/draft/", body="<p>Half a no").status_code == 204
    assert "Half a no" in page(browser, ticket).content.decode()
    body = f"<p>Whole<script>x()</script> {mention(desk.agent)}</p>"
    answer = post(browser, ticket, "notes/", body=body)
    note = ticket.notes.get()
    assert note.body == f"<p>Whole {mention(desk.agent)}</p>"
    assert list(note.mentions.all()) == [desk.agent]
    assert "@Karim Benali" in text_of(answer)
    assert "Half a no" not in page(browser, ticket).content.decode()


def test_an_empty_note_is_refused_with_a_sentence(browser: Client, ticket: Ticket) -> None:
    """Spec R7."""
    answer = post(browser, ticket, "notes/", body="<p></p>")
    assert answer.status_code == 422
    assert "Type the note first." in text_of(answer)
    assert not ticket.notes.exists()


def test_taking_a_ticket_that_somebody_else_just_took_says_so(
    browser: Client, desk: Desk, ticket: Ticket
) -> None:
    """Spec T11, T17: from a page that still shows it free, the second gets a sentence and the first keeps it."""
    other = colleague(desk, Right.SEE_TICKETS, Right.INTERVENE)
    assert "take" in buttons(page(browser, ticket))
    post(signed_in(other), ticket, "take/")
    answer = post(browser, ticket, "take/")
    assert "DEM-1 is with Nadia Nadia already." in answer["HX-Trigger"]
    ticket.refresh_from_db()
    assert ticket.assignee == other.agent


def test_a_stranger_to_the_team_takes_nothing(desk: Desk, ticket: Ticket) -> None:
    """Spec T11: whoever may not take it gets the sentence, and the ticket stays free."""
    other = colleague(desk, Right.SEE_TICKETS, Right.INTERVENE, member=False)
    answer = post(signed_in(other), ticket, "take/")
    assert "Only members of the team" in answer["HX-Trigger"]
    ticket.refresh_from_db()
    assert ticket.assignee is None


def test_taking_gives_it_to_oneself(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec T11."""
    post(browser, ticket, "take/")
    ticket.refresh_from_db()
    assert ticket.assignee == desk.agent
    other = colleague(desk, Right.SEE_TICKETS, Right.INTERVENE)
    assign_ticket(
        ticket=ticket, team=desk.team, assignee=other.agent, by=desk.user, at=paris("2026-03-02 10:00")
    )
    assert "take" not in buttons(page(browser, ticket))
