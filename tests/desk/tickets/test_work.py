"""Interventions: adding, starting, editing and finishing them by their dialogs."""

from __future__ import annotations

from typing import Any

from django.test import Client

from cadran.accounts.rights import Right
from cadran.catalogue.models import Severity
from cadran.core.models import JournalEntry
from cadran.tickets.choices import Phase
from cadran.tickets.models import Intervention, State, Ticket
from cadran.tickets.operations import (
    InterventionDetails,
    ResourceRequestDetails,
    add_intervention,
    change_status,
    edit_intervention,
)
from tests.factories.desk import Desk, colleague, paris

from .conftest import EMPTY_REQUESTS, get, post, text_of

HALF_PAST = paris("2026-03-02 09:30")


def finish(browser: Client, work: Intervention, query: str = "", **typed: Any) -> Any:
    typed.setdefault("started_at", "2026-03-02T09:30")
    typed.setdefault("ended_at", "2026-03-02T10:00")
    return post(browser, work.ticket, f"interventions/{work.number}/finish/{query}", **typed)


def test_oneself_is_proposed_only_in_one_s_team(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec T18: somebody of another team plans for the ticket’s team, not for themselves."""
    assert get(browser, ticket, "interventions/add/").context["form"]["assignee"].value() == desk.agent.pk
    desk.team.members.clear()
    assert get(browser, ticket, "interventions/add/").context["form"]["assignee"].value() is None


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


def test_finishing_does_not_overwrite_a_colleague_s_report_unseen(
    browser: Client, desk: Desk, ticket: Ticket
) -> None:
    """Spec T17: both texts are shown, by whom; what was left as it was drawn keeps the colleague’s."""
    work = desk.work(ticket, HALF_PAST)
    form = get(browser, ticket, "interventions/2/finish/").context["form"]
    other = colleague(desk, Right.SEE_TICKETS, Right.INTERVENE)
    changes = {
        "external_report": "<p>Their words</p>",
        "internal_report": "<p>Their secret</p>",
        "remaining_effort": 45,
    }
    edit_intervention(intervention=work, changes=changes, base={}, by=other, at=paris("2026-03-02 09:40"))
    typed = {"external_report": "<p>My words</p>", "resolved": "on", "work_base": form["work_base"].value()}
    answer = finish(browser, work, **typed)
    assert answer.status_code == 409
    words = text_of(answer)
    for part in ("Their words", "My words", "Before: nothing", "Someone, today 09:40"):
        assert part in words
    work.refresh_from_db()
    assert work.is_running
    assert work.external_report == "<p>Their words</p>"

    typed["work_base"] = answer.context["form"]["work_base"].value()
    kept = finish(browser, work, **typed, keep_external_report="theirs", remaining_effort="0:30")
    assert kept.status_code == 409, "the effort is another conflict"
    typed["work_base"] = kept.context["form"]["work_base"].value()
    finish(
        browser,
        work,
        **typed,
        keep_external_report="theirs",
        remaining_effort="0:30",
        keep_remaining_effort="mine",
    )
    work.refresh_from_db()
    assert (work.is_finished, work.external_report, work.internal_report, work.remaining_effort) == (
        True, "<p>Their words</p>", "<p>Their secret</p>", 30,
    )  # fmt: skip


def test_finishing_says_what_its_reports_replaced(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec T4: fields before and after."""
    work = desk.work(ticket, HALF_PAST)
    edit_intervention(
        intervention=work, changes={"internal_report": "<p>Old</p>"}, base={}, by=desk.user, at=HALF_PAST
    )
    base = get(browser, ticket, "interventions/2/finish/").context["form"]["work_base"].value()
    finish(browser, work, work_base=base, internal_report="<p>New</p>")
    row = JournalEntry.objects.get(kind="ticket.intervention_finished", data__intervention=2)
    assert row.data["changes"] == [
        {"field": "internal_report", "before": "<p>Old</p>", "after": "<p>New</p>"}
    ]


def test_no_state_takes_the_state_away(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec T19: the dialog’s “No state” is what it says."""
    work = desk.work(ticket, HALF_PAST)
    state = State.objects.get(code="to-call-back")
    ticket.refresh_from_db()
    change_status(ticket=ticket, status=None, state=state, by=desk.user, at=HALF_PAST)
    assert get(browser, ticket, "interventions/2/finish/").context["form"]["state"].value() == state.pk
    finish(browser, work, state="")
    ticket.refresh_from_db()
    assert ticket.state is None


def test_a_colleague_s_resource_requests_are_not_overwritten_unseen(
    browser: Client, desk: Desk, ticket: Ticket
) -> None:
    """Spec T17, T18: left alone they stay as the colleague made them; changed by both, one chooses."""
    work = desk.work(ticket, HALF_PAST)

    def need(*profiles: str) -> None:
        requests = [ResourceRequestDetails(profile=one, duration=90) for one in profiles]
        edit_intervention(
            intervention=work, changes={"resource_requests": requests}, base={}, by=desk.user, at=HALF_PAST
        )

    def needed() -> list[str]:
        return [one.profile for one in work.resource_requests.all()]

    need("Cabler")
    form = get(browser, ticket, "interventions/2/edit/").context["form"]
    typed = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "", [])}
    typed |= {"requests-TOTAL_FORMS": "2", "requests-INITIAL_FORMS": "1"}
    typed |= {"requests-0-profile": "Cabler", "requests-0-duration": "1:30"}
    need("Crane")
    assert post(browser, ticket, "interventions/2/edit/", **typed, label="Mine").status_code == 200
    assert needed() == ["Crane"]
    answer = post(browser, ticket, "interventions/2/edit/", **typed | {"requests-1-profile": "Ladder"})
    assert answer.status_code == 409
    words = text_of(answer)
    for part in ("Crane · 1:30", "Cabler · 1:30, Ladder", "Before: Cabler · 1:30"):
        assert part in words
    assert needed() == ["Crane"]
    typed["base"] = answer.context["form"]["base"].value()
    mine = typed | {"requests-1-profile": "Ladder", "keep_resource_requests": "mine"}
    assert post(browser, ticket, "interventions/2/edit/", **mine).status_code == 200
    assert needed() == ["Cabler", "Ladder"]


def test_who_has_left_stays_on_an_intervention_until_replaced(
    browser: Client, desk: Desk, ticket: Ticket
) -> None:
    """Spec T17, T18: somebody gone is no conflict, whether the assignee is left alone or replaced."""
    gone = colleague(desk, Right.SEE_TICKETS).agent
    details = InterventionDetails(type=desk.type(), assignee=gone)
    work = add_intervention(ticket=ticket, details=details, by=desk.user, at=HALF_PAST)
    type(gone).objects.filter(pk=gone.pk).update(is_active=False)
    form = get(browser, ticket, "interventions/2/edit/").context["form"]
    typed = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "", [])}
    for assignee in (gone, desk.agent):
        typed |= {"label": "Mine", "assignee": assignee.pk}
        answer = post(browser, ticket, "interventions/2/edit/", **typed, **EMPTY_REQUESTS)
        assert answer.status_code == 200, text_of(answer)[:500]
        work.refresh_from_db()
        assert work.assignee == assignee
