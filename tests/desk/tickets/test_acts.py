"""The dialogs: each does its act, and a refusal keeps what was typed and moves nothing (Spec R7)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from cadran.accounts.rights import Right
from cadran.core.business_rules import set_business_rules
from cadran.core.models import JournalEntry
from cadran.tickets.choices import Phase
from cadran.tickets.models import Intervention, State, Ticket
from cadran.tickets.operations import (
    InterventionDetails,
    add_intervention,
    change_status,
    hold_closing,
    resume_ticket,
    suspend_ticket,
    take_ticket,
)
from tests.desk.work import signed_in
from tests.factories.desk import Desk, colleague, paris

from .conftest import EMPTY_REQUESTS, HTMX, buttons, get, post, text_of

HALF_PAST = paris("2026-03-02 09:30")


def traces(ticket: Ticket) -> int:
    return JournalEntry.objects.of("ticket", ticket.pk).count()


def test_suspending(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec T23: start, reason, details, appointment; the reason proposes the status."""
    dialog = text_of(get(browser, ticket, "suspend/"))
    assert "The clocks stand still from the start of the suspension. 7 h 00 are left" in dialog
    answer = post(
        browser, ticket, "suspend/", began_at="2026-03-02T09:30", reason=desk.reason().pk, details="Waiting",
        appointment_at="2026-03-03T14:00",
    )  # fmt: skip
    assert answer.status_code == 200
    assert "dialog-close" in answer["HX-Trigger"]
    assert "SUSPENDED" in text_of(answer)
    suspension = ticket.suspensions.get()
    assert suspension.began_at == paris("2026-03-02 09:30")
    assert suspension.appointment_at == paris("2026-03-03 14:00")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"began_at": "2026-03-02T11:00"}, "This lies in the future."),
        ({"began_at": "2026-03-02T08:00"}, "before the ticket’s reception"),
        ({"began_at": "soon"}, "Type a date and a time"),
        ({"began_at": "2026-03-02T09:30", "reason": ""}, "required"),
    ],
)
def test_a_wrong_suspension_keeps_what_was_typed(
    browser: Client, desk: Desk, ticket: Ticket, typed: dict[str, str], sentence: str
) -> None:
    """Spec R7, T23."""
    before = traces(ticket)
    answer = post(
        browser, ticket, "suspend/", **{"reason": desk.reason().pk, "details": "Kept words"} | typed
    )
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert "Kept words" in answer.content.decode()
    assert (traces(ticket), ticket.suspensions.count()) == (before, 0)


def test_resuming_says_what_was_lost_and_moves_the_due_date(
    browser: Client, desk: Desk, ticket: Ticket
) -> None:
    """Spec T24: received 09:00 with 8 h, suspended 09:30 to 10:00: due 17:30."""
    at = paris("2026-03-02 09:30")
    suspend_ticket(ticket=ticket, began_at=at, reason=desk.reason(), status=None, by=desk.user, at=at)
    dialog = text_of(get(browser, ticket, "resume/"))
    assert "Working time lost 0 h 30" in dialog
    assert "Resolution due today 17:30" in dialog
    earlier = text_of(post(browser, ticket, "resume/?refresh=1", ended_at="2026-03-02T09:45"))
    assert "Working time lost 0 h 15" in earlier
    post(browser, ticket, "resume/", ended_at="2026-03-02T10:00")
    ticket.refresh_from_db()
    assert (ticket.phase, ticket.resolution_due_at) == (Phase.CREATED, paris("2026-03-02 17:30"))


def test_starting_on_a_suspended_ticket_resumes_first(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec T23: the dialog that was asked for comes after the resumption."""
    at = paris("2026-03-02 09:30")
    suspend_ticket(ticket=ticket, began_at=at, reason=desk.reason(), status=None, by=desk.user, at=at)
    answer = get(browser, ticket, "interventions/add/?start=1")
    assert answer["Location"].endswith("/resume/?then=add")
    resumed = post(browser, ticket, "resume/?then=add", ended_at="2026-03-02T10:00")
    assert f"/tickets/{ticket.number}/interventions/add/?start=1" in resumed["HX-Trigger"]


def test_a_planned_intervention_of_a_suspended_ticket(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec T23: it is planned without resuming; starting it is offered, and leads to the resumption first."""
    at = paris("2026-03-02 09:30")
    suspend_ticket(ticket=ticket, began_at=at, reason=desk.reason(), status=None, by=desk.user, at=at)
    dialog = text_of(get(browser, ticket, "interventions/add/"))
    assert "starting it asks to resume the ticket first" in dialog
    assert "Start it now" not in dialog
    added = post(browser, ticket, "interventions/add/", type=desk.type().pk, start="on", **EMPTY_REQUESTS)
    work = ticket.interventions.get(number=2)
    ticket.refresh_from_db()
    assert (work.is_started, ticket.phase) == (False, Phase.SUSPENDED)
    assert "start" in buttons(added)
    page = browser.get(f"/tickets/{ticket.number}/interventions/2/").content.decode()
    assert f"/tickets/{ticket.number}/interventions/2/start/" in page
    assert get(browser, ticket, "interventions/2/start/")["Location"].endswith("/resume/?then=2")
    resumed = post(browser, ticket, "resume/?then=2", ended_at="2026-03-02T10:00")
    assert f"/tickets/{ticket.number}/interventions/2/start/" in resumed["HX-Trigger"]


def test_resuming_goes_on_from_every_page(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec T23: on the page of the intervention, too, the dialog that was asked for comes next."""
    at = paris("2026-03-02 09:30")
    suspend_ticket(ticket=ticket, began_at=at, reason=desk.reason(), status=None, by=desk.user, at=at)
    answer = browser.post(
        f"/tickets/{ticket.number}/resume/?then=2",
        {"ended_at": "2026-03-02T10:00"},
        headers={**HTMX, "HX-Current-URL": f"http://testserver/tickets/{ticket.number}/interventions/2/"},
    )
    assert "HX-Refresh" not in answer
    told = json.loads(answer["HX-Trigger"])
    assert told["open-dialog"]["url"] == f"/tickets/{ticket.number}/interventions/2/start/"
    assert "dialog-close" in told


def test_the_dialog_of_cancelling_proposes_its_status(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec T26: the supplied status “cancelled” is chosen, not “closed”."""
    dialog = get(browser, ticket, "cancel/").content.decode()
    assert f'<option value="{desk.status("cancelled").pk}" selected>' in dialog


def test_closing_from_resolved(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec T26: which closing, date, status of that phase."""
    desk.resolve(ticket, paris("2026-03-02 09:50"))
    assert "Closed by customer" in text_of(get(browser, ticket, "close/"))
    internally = post(browser, ticket, "close/?refresh=1", closing="internally", closed_at="2026-03-02T10:00")
    assert internally.status_code == 200
    assert "Cancelled" in text_of(internally), "the statuses follow the closing"
    answer = post(
        browser,
        ticket,
        "close/",
        closing="internally",
        closed_at="2026-03-02T10:00",
        external_report="<p>Done</p>",
    )
    ticket.refresh_from_db()
    assert ticket.phase == Phase.CLOSED_INTERNALLY
    assert ticket.closed_by_customer_at == paris("2026-03-02 10:00")
    assert "Done" in text_of(answer)


def test_closing_before_the_resolution_is_refused(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec T26, R7."""
    desk.resolve(ticket, paris("2026-03-02 09:50"))
    answer = post(browser, ticket, "close/", closing="by_customer", closed_at="2026-03-02T09:20")
    assert answer.status_code == 422
    assert "The closing can’t lie before the resolution" in text_of(answer)
    ticket.refresh_from_db()
    assert ticket.phase == Phase.RESOLVED


def test_closing_what_is_not_resolved_says_which_act_would_do(browser: Client, ticket: Ticket) -> None:
    """Spec T2."""
    answer = post(browser, ticket, "close/", closing="by_customer", closed_at="2026-03-02T10:00")
    assert answer.status_code == 422
    assert "DEM-1 is not resolved. Finish an intervention with “Resolved” first." in text_of(answer)


def test_cancelling_asks_why(browser: Client, ticket: Ticket) -> None:
    """Spec T26."""
    refused = post(browser, ticket, "cancel/", closed_at="2026-03-02T10:00", reason="")
    assert refused.status_code == 422
    done = post(browser, ticket, "cancel/", closed_at="2026-03-02T10:00", reason="Entered twice")
    ticket.refresh_from_db()
    assert ticket.is_cancelled
    assert "Entered twice" in text_of(done)
    assert done.content.decode().count('data-clock="none"') == 2


def test_what_is_open_is_named_before_it_ends(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Work that runs ends with a cancelled ticket and keeps one from being closed internally (Spec T2, T26)."""
    planned = InterventionDetails(type=desk.type(), label="Visit")
    add_intervention(ticket=ticket, details=planned, by=desk.user, at=HALF_PAST)
    desk.work(ticket, HALF_PAST)
    shown = text_of(get(browser, ticket, "cancel/"))
    assert "Visit Planned: it will not be done any more." in shown
    assert "running since today 09:30. It ends with the ticket, at that instant." in shown
    desk.resolve(ticket, HALF_PAST)
    assert "What is open on it" not in text_of(get(browser, ticket, "close/"))
    typed = {"closing": "internally", "closed_at": "2026-03-02T10:00"}
    assert "Finish it before closing internally." in text_of(
        post(browser, ticket, "close/?refresh=1", **typed)
    )
    refused = post(browser, ticket, "close/", **typed)
    assert (refused.status_code, "is still running" in text_of(refused)) == (422, True)
    ticket.refresh_from_db()
    assert ticket.phase == Phase.RESOLVED, "nothing moved"


def test_the_next_action_follows_the_phase(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """What was planned is not to be done once the ticket is closed (Spec T2, T3)."""

    def close(closing: str) -> str:
        return text_of(post(browser, ticket, "close/", closing=closing, closed_at="2026-03-02T10:00"))

    desk.resolve(ticket, HALF_PAST)
    assert "Close the ticket once it is confirmed" in text_of(get(browser, ticket, ""))
    assert "Close the ticket internally once all is done" in close("by_customer")
    planned = InterventionDetails(type=desk.type(), label="Visit")
    add_intervention(ticket=Ticket.objects.get(), details=planned, by=desk.user, at=HALF_PAST)
    closed = close("internally")
    assert "Nothing is left to do" in closed
    assert "Support · not done" in closed


def test_work_found_running_on_a_closed_ticket_can_be_finished(
    browser: Client, desk: Desk, ticket: Ticket
) -> None:
    """No work runs on unseen, however it came there."""
    work = desk.work(ticket, HALF_PAST)
    post(browser, ticket, "cancel/", closed_at="2026-03-02T10:00", reason="Entered twice")
    assert "finish" not in buttons(get(browser, ticket, ""))
    Intervention.objects.filter(pk=work.pk).update(ended_at=None)
    assert "finish" in buttons(get(browser, ticket, ""))
    work = Intervention.objects.get(pk=work.pk)
    assert desk.finish(work, paris("2026-03-02 10:00")).is_finished
    ticket.refresh_from_db()
    assert (ticket.phase, ticket.is_cancelled) == (Phase.CLOSED_INTERNALLY, True)


def test_changing_the_status_stays_inside_the_phase(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec T1."""
    wrong = post(browser, ticket, "status/", status=desk.status("resolved").pk)
    assert wrong.status_code == 422
    post(browser, ticket, "status/", status=desk.status("to-qualify").pk)
    ticket.refresh_from_db()
    assert ticket.status.code == "to-qualify"


def test_assigning_outside_the_team_is_refused(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec T11, R7."""
    outsider = colleague(desk, Right.SEE_TICKETS, member=False).agent
    answer = post(browser, ticket, "assign/", team=desk.team.pk, assignee=outsider.pk)
    assert answer.status_code == 422
    assert "is not a member of the team" in text_of(answer)
    post(browser, ticket, "assign/", team=desk.team.pk, assignee=desk.agent.pk)
    ticket.refresh_from_db()
    assert ticket.assignee == desk.agent


def test_what_stands_already_is_not_said_to_be_changed(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec T4, T11: assigning, taking and setting a status as they are leave no trace, and the message says so."""

    def said(answer: Any) -> tuple[str, str]:
        toast = json.loads(answer["HX-Trigger"])["toast"]
        return toast["text"], toast["level"]

    typed = {"team": desk.team.pk, "assignee": desk.agent.pk}
    assert said(post(browser, ticket, "assign/", **typed)) == ("Assigned.", "done")
    before = traces(ticket)
    same = ("Nothing changed: the ticket was assigned so already.", "info")
    assert said(post(browser, ticket, "assign/", **typed)) == same
    same = ("Nothing changed: the ticket is with you already.", "info")
    assert said(post(browser, ticket, "take/")) == same
    same = ("Nothing changed: the ticket had this status and state already.", "info")
    assert said(post(browser, ticket, "status/", status=ticket.status_id)) == same
    assert traces(ticket) == before


def test_one_held_open_says_so_only_while_tickets_close_by_themselves(
    browser: Client, desk: Desk, ticket: Ticket
) -> None:
    """Spec T28: with automatic closing off there is nothing to hold off; the hold itself is kept."""
    desk.resolve(ticket, HALF_PAST)
    set_business_rules(values={"AUTO_CLOSE_DAYS": 10}, by=None, at=HALF_PAST)
    hold_closing(ticket=ticket, held=True, by=desk.user, at=HALF_PAST)
    line = "Does not close by itself"
    assert line in text_of(get(browser, ticket, ""))
    set_business_rules(values={"AUTO_CLOSE_DAYS": 0}, by=None, at=HALF_PAST)
    assert line not in text_of(get(browser, ticket, ""))
    late = post(browser, ticket, "hold/", held="yes")
    assert "automatic closing is switched off" in json.loads(late["HX-Trigger"])["toast"]["text"]
    set_business_rules(values={"AUTO_CLOSE_DAYS": 10}, by=None, at=HALF_PAST)
    assert line in text_of(get(browser, ticket, ""))


def test_a_status_that_somebody_changed_meanwhile_is_not_overwritten_unseen(
    browser: Client, desk: Desk, ticket: Ticket
) -> None:
    """Spec T17: refused with what it is now and by whom; sent once more, it is a choice."""
    base = get(browser, ticket, "status/").context["form"]["base"].value()
    other = colleague(desk, Right.SEE_TICKETS, Right.EDIT_TICKETS)
    state = State.objects.get(code="to-call-back")
    change_status(ticket=ticket, status=desk.status("to-qualify"), state=state, by=other, at=HALF_PAST)
    answer = post(browser, ticket, "status/", status=desk.status("created").pk, base=base)
    assert answer.status_code == 422
    assert "Someone changed this meanwhile: it now is “To qualify · To call back”" in text_of(answer)
    ticket.refresh_from_db()
    assert (ticket.status.code, ticket.state) == ("to-qualify", state)
    base = answer.context["form"]["base"].value()
    assert f'name="base" value="{escape(base)}"' in answer.content.decode()
    assert post(browser, ticket, "status/", status=desk.status("created").pk, base=base).status_code == 200
    ticket.refresh_from_db()
    assert (ticket.status.code, ticket.state) == ("created", None)


def test_an_assignment_made_meanwhile_is_not_overwritten_unseen(
    browser: Client, desk: Desk, ticket: Ticket
) -> None:
    """Spec T11, T17."""
    base = get(browser, ticket, "assign/").context["form"]["base"].value()
    other = colleague(desk, Right.SEE_TICKETS, Right.INTERVENE)
    take_ticket(ticket=ticket, by=other, at=HALF_PAST)
    typed = {"team": desk.team.pk, "assignee": desk.agent.pk}
    answer = post(browser, ticket, "assign/", **typed, base=base)
    assert answer.status_code == 422
    assert "Someone changed this meanwhile: it now is “Support · Nadia Nadia”" in text_of(answer)
    ticket.refresh_from_db()
    assert ticket.assignee == other.agent
    post(browser, ticket, "assign/", **typed, base=answer.context["form"]["base"].value())
    ticket.refresh_from_db()
    assert ticket.assignee == desk.agent


@pytest.mark.parametrize("copies", [True, False])
def test_reopening_with_or_without_a_copy(browser: Client, desk: Desk, ticket: Ticket, copies: bool) -> None:
    """Spec T27: the express copy of the last intervention may be skipped; the earlier one is read-only."""
    desk.resolve(ticket, paris("2026-03-02 09:50"))
    assert "Express copy" in text_of(get(browser, ticket, "reopen/"))
    typed: dict[str, Any] = {"reason": "It broke again", "type": desk.type().pk, "label": "Again"}
    if copies:
        typed["with_copy"] = "on"
    answer = post(browser, ticket, "reopen/", **typed)
    assert answer.status_code == 200
    ticket.refresh_from_db()
    assert (ticket.phase, ticket.resolved_at) == (Phase.IN_PROGRESS, None)
    assert ticket.interventions.filter(label="Again").count() == copies
    page = browser.get(f"/tickets/{ticket.number}/interventions/2/")
    assert "Read-only, from before the reopening" in text_of(page)


def test_a_pause_of_seconds_reads_as_one(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec T24: no due date that reads the same twice, and no “0 min”."""
    reason, soon = desk.reason(), HALF_PAST + timedelta(seconds=4)
    suspend_ticket(ticket=ticket, began_at=HALF_PAST, reason=reason, status=None, by=desk.user, at=HALF_PAST)
    resume_ticket(ticket=ticket, ended_at=soon, status=None, by=desk.user, at=soon)
    page = text_of(browser.get(f"/tickets/{ticket.number}/"))
    assert "resumed the ticket; less than a minute of working time was lost. Explain" in page


def test_the_copy_proposes_who_worked_on_it_last(desk: Desk, ticket: Ticket) -> None:
    """Spec T27: type, team and assignee are those of the copied work, whoever reopens."""
    work = desk.work(ticket, HALF_PAST, "on-site-visit")
    desk.finish(work, paris("2026-03-02 09:50"), resolved=True)
    other = colleague(desk, Right.SEE_TICKETS, Right.REOPEN_TICKETS)
    form = get(signed_in(other), ticket, "reopen/").context["next"]
    shown = {name: form[name].value() for name in ("type", "team", "assignee")}
    assert shown == {"type": work.type_id, "team": work.team_id, "assignee": desk.agent.pk}


def test_reopening_without_a_reason_keeps_the_copy(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec R7."""
    desk.resolve(ticket, paris("2026-03-02 09:50"))
    answer = post(
        browser, ticket, "reopen/", reason="", with_copy="on", type=desk.type().pk, label="Kept label"
    )
    assert answer.status_code == 422
    assert "Kept label" in answer.content.decode()
    ticket.refresh_from_db()
    assert ticket.phase == Phase.RESOLVED


ACTS = ("suspend/", "resume/", "close/", "cancel/", "reopen/", "status/", "assign/", "edit/details/",
        "interventions/add/", "interventions/1/finish/", "interventions/1/start/", "interventions/1/edit/")  # fmt: skip


@pytest.mark.parametrize("path", [*ACTS, "take/", "notes/", "attachments/"])
def test_no_right_no_act(desk: Desk, ticket: Ticket, path: str) -> None:
    """Spec R2: who may only look gets 403 from every act, and nothing moves."""
    before = traces(ticket)
    browser = signed_in(colleague(desk, Right.SEE_TICKETS))
    assert post(browser, ticket, path, **EMPTY_REQUESTS).status_code == 403
    assert traces(ticket) == before


@pytest.mark.parametrize("path", ACTS)
def test_a_dialog_opened_by_its_address_leads_to_the_page(browser: Client, ticket: Ticket, path: str) -> None:
    """A dialog is no page: its address alone shows the ticket."""
    answer = browser.get(f"/tickets/{ticket.number}/{path}")
    assert answer.status_code == 302
    assert answer["Location"] == f"/tickets/{ticket.number}/"
