"""Interventions: adding, starting, editing and finishing them by their dialogs."""

from __future__ import annotations

from typing import Any

from django.test import Client

from cadran.catalogue.models import Severity
from cadran.core.models import JournalEntry
from cadran.tickets.choices import Phase
from cadran.tickets.models import Intervention, Ticket
from cadran.tickets.operations import InterventionDetails, add_intervention, edit_intervention
from tests.factories.desk import Desk, paris

from .conftest import EMPTY_REQUESTS, get, post, text_of

HALF_PAST = paris("2026-03-02 09:30")


def finish(browser: Client, work: Intervention, query: str = "", **typed: Any) -> Any:
    typed.setdefault("started_at", "2026-03-02T09:30")
    typed.setdefault("ended_at", "2026-03-02T10:00")
    return post(browser, work.ticket, f"interventions/{work.number}/finish/{query}", **typed)


def test_adding_and_starting_at_once(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec T12, T18: the dialog proposes what the type proposes; starting ends the intake."""
    assert "Remote work" in text_of(get(browser, ticket, "interventions/add/"))
    typed = {"type": desk.type().pk, "label": "Look at it", "planned_effort": "1:30", "start": "on",
             "requests-TOTAL_FORMS": "1", "requests-INITIAL_FORMS": "0", "requests-0-profile": "Cabler"}  # fmt: skip
    answer = post(browser, ticket, "interventions/add/", **typed)
    work = ticket.interventions.get(number=2)
    assert (work.is_running, work.planned_effort, work.label) == (True, 90, "Look at it")
    assert work.resource_requests.get().profile == "Cabler"
    assert ticket.interventions.get(number=1).is_finished
    assert "Finish the intervention" in text_of(answer)


def test_a_wrong_effort_keeps_the_rest(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec R7."""
    typed = {"type": desk.type().pk, "label": "Kept label", "planned_effort": "soon", **EMPTY_REQUESTS}
    answer = post(browser, ticket, "interventions/add/", **typed)
    assert answer.status_code == 422
    assert "Type a duration in hours and minutes, such as 1:30." in text_of(answer)
    assert "Kept label" in answer.content.decode()
    assert ticket.interventions.count() == 1


def test_starting_a_planned_one_in_the_future_is_refused(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec T22."""
    add_intervention(ticket=ticket, details=InterventionDetails(type=desk.type()), by=desk.user, at=HALF_PAST)
    answer = post(browser, ticket, "interventions/2/start/", started_at="2026-03-02T10:30")
    assert answer.status_code == 422
    assert "This lies in the future." in text_of(answer)
    assert post(browser, ticket, "interventions/2/start/", started_at="2026-03-02T09:45").status_code == 200
    assert ticket.interventions.get(number=2).started_at == paris("2026-03-02 09:45")


def test_the_finish_dialog_says_what_each_box_would_do(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """design: mock finish; C12."""
    work = desk.work(ticket, HALF_PAST)
    words = text_of(get(browser, ticket, f"interventions/{work.number}/finish/"))
    assert "Response was met today 09:30" in words
    assert "Stops the clock, 7 h 00 left" in words
    assert "Only those of the phase In progress" in words


def test_the_status_follows_the_boxes(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec T19: only statuses of the resulting phase, as boxes are ticked; nothing is done."""
    work = desk.work(ticket, HALF_PAST)
    answer = text_of(finish(browser, work, "?refresh=outcome", resolved="on"))
    assert "Only those of the phase Resolved" in answer
    assert "Finish and resolve" in answer
    answer = text_of(finish(browser, work, "?refresh=outcome", resolved="on", closed_internally="on"))
    assert "Only those of the phase Closed internally" in answer
    assert "Finish and close" in answer
    work.refresh_from_db()
    assert work.is_running


def test_finishing_with_the_resolution_and_the_next_one(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec T19: one dialog, one transaction."""
    work = desk.work(ticket, HALF_PAST)
    answer = finish(
        browser, work, intervened="on", resolved="on", external_report="<p>Mended</p>", with_next="on",
        type=desk.type().pk, label="Check tomorrow",
    )  # fmt: skip
    assert answer.status_code == 200
    ticket.refresh_from_db()
    assert (ticket.phase, ticket.resolved_at) == (Phase.RESOLVED, paris("2026-03-02 10:00"))
    assert ticket.interventions.get(label="Check tomorrow").started_at is None
    assert "Mended" in text_of(answer)


def test_a_refusal_comes_back_with_all_that_was_typed(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec R7, T22: an end before the start."""
    work = desk.work(ticket, HALF_PAST)
    before = JournalEntry.objects.count()
    answer = finish(
        browser, work, ended_at="2026-03-02T09:20", resolved="on", external_report="<p>Long story</p>",
        with_next="on", type=desk.type().pk, label="Kept label",
    )  # fmt: skip
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "The end lies before the start. Correct one of them." in text_of(answer)
    assert "Long story" in page
    assert "Kept label" in page
    assert JournalEntry.objects.count() == before


def test_a_minute_left_alone_keeps_its_seconds(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec T22: started at 09:59:45 and finished within the minute, the end doesn't lie before the start."""
    started = paris("2026-03-02 09:59:45")
    work = desk.work(ticket, started)
    typed = {"started_at": "2026-03-02T09:59", "started_at_exact": started.isoformat()}
    assert finish(browser, work, ended_at="2026-03-02T10:00", **typed).status_code == 200
    work.refresh_from_db()
    assert work.started_at == started


def test_the_context_changes_while_finishing(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec T20: the context opens inside, what was typed stays, the new one applies first."""
    work = desk.work(ticket, HALF_PAST)
    opened = finish(
        browser, work, "?refresh=1&context=1", external_report="<p>Typed before</p>", resolved="on"
    )
    page = opened.content.decode()
    assert "Typed before" in page
    assert "It applies first" in page
    form = opened.context["about"]
    base = form["base"].value()
    typed = {name: form[name].value() for name in form.editable if form[name].value() not in (None, "")}
    typed |= {"severity": Severity.objects.get(code="minor").pk, "pay_per_incident_override": ""}
    typed["out_of_scope_override"] = ""
    answer = finish(browser, work, resolved="on", with_context="on", base=base, **typed)
    assert answer.status_code == 200, text_of(answer)[:600]
    ticket.refresh_from_db()
    assert (ticket.severity.code, ticket.phase) == ("minor", Phase.RESOLVED)


def test_finishing_twice_says_that_it_is_done(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec R7: the second of two who finish at once changes nothing."""
    work = desk.work(ticket, HALF_PAST)
    finish(browser, work)
    again = finish(browser, work, resolved="on")
    assert again.status_code == 422
    assert "is finished already" in text_of(again)
    ticket.refresh_from_db()
    assert ticket.phase == Phase.IN_PROGRESS


def test_the_intervention_page_shows_all_and_offers_what_is_possible(
    browser: Client, desk: Desk, ticket: Ticket
) -> None:
    """Spec T18: editable while it runs, read-only once finished."""
    work = desk.work(ticket, HALF_PAST)
    address = f"/tickets/{ticket.number}/interventions/2/"
    page = browser.get(address)
    assert "Finish the intervention" in text_of(page)
    assert page.content.decode().count('class="cd-gauge') >= 2
    desk.finish(work, paris("2026-03-02 09:50"), internal_report="<p>Secret</p>")
    done = text_of(browser.get(address))
    assert "Secret" in done
    assert "Finish the intervention" not in done
    assert browser.get(f"/tickets/{ticket.number}/interventions/9/").status_code == 404


def test_two_who_edit_an_intervention_choose(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec T17."""
    work = desk.work(ticket, HALF_PAST)
    form = get(browser, ticket, "interventions/2/edit/").context["form"]
    typed = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "", [])}
    edit_intervention(intervention=work, changes={"label": "Theirs"}, base={}, by=desk.user, at=HALF_PAST)
    answer = post(browser, ticket, "interventions/2/edit/", **{**typed, "label": "Mine"}, **EMPTY_REQUESTS)
    assert answer.status_code == 409
    assert "Theirs" in text_of(answer)
    base = answer.context["form"]["base"].value()
    chosen = {**typed, "label": "Mine", "base": base, "keep_label": "mine"}
    assert post(browser, ticket, "interventions/2/edit/", **chosen, **EMPTY_REQUESTS).status_code == 200
    work.refresh_from_db()
    assert work.label == "Mine"
