"""My day: interventions, what turns next, what to distribute, what was said to me (Spec D1, T11, T17)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from cadran.accounts.rights import Right
from cadran.core.errors import NotAllowed
from cadran.core.models import JournalEntry
from cadran.parties.models import Team
from cadran.parties.operations import StandInDetails, name_stand_in
from cadran.tickets.models import Intervention, Ticket
from cadran.tickets.operations import (
    InterventionDetails,
    add_intervention,
    add_note,
    assign_ticket,
    cancel_ticket,
    change_followers,
)
from tests.desk.work import TEN, signed_in
from tests.factories.desk import Desk, colleague, mention, paris
from tests.factories.trade import person

#: Session, person, rights, agent, teams, and two at most for each part.
QUERIES = 19


def taken(desk: Desk, received_at: str, **typed: Any) -> Ticket:
    """A ticket assigned to the desk's agent."""
    ticket = desk.open(paris(received_at), **typed)
    assign_ticket(ticket=ticket, team=desk.team, assignee=desk.agent, by=desk.user, at=TEN)
    return ticket


def planned(desk: Desk, ticket: Ticket, at: str, label: str) -> Intervention:
    details = InterventionDetails(
        type=desk.type(), label=label, assignee=desk.agent, team=desk.team, planned_start_at=paris(at)
    )
    return add_intervention(ticket=ticket, details=details, by=desk.user, at=TEN - timedelta(days=4))


def lines(page: str) -> list[str]:
    """The numbers of the ticket lines, in order."""
    return re.findall(r'<li class="cd-line"[^>]*data-href="/tickets/([^/]+)/"', page)


def test_an_empty_day_says_so(browser: Client, desk: Desk) -> None:
    """Spec D1: nothing to do is said in each part."""
    page = browser.get("/").content.decode()
    assert "Monday 2 March" in page
    assert "No open ticket is assigned to you." in page
    assert "Nothing is running or planned for today." in page
    assert "Nothing waits to be distributed." in page
    assert "Nobody mentioned you" in page


def test_my_tickets_stand_by_what_turns_first(browser: Client, desk: Desk) -> None:
    """Spec D1: what turns red next comes first, clock-less tickets last; those of others are not mine."""
    none = taken(desk, "2026-03-02 09:00", contract=None, service=None, asset=None)
    calm = taken(desk, "2026-03-02 09:30")
    late = taken(desk, "2026-02-26 09:00")
    Team.objects.update(manager=None)
    desk.open(paris("2026-03-02 09:10"))
    page = browser.get("/").content.decode()
    assert lines(page) == [late.number, calm.number, none.number]
    assert "data-countdown=" in page
    assert "To distribute" not in page


def test_the_agenda_holds_today_and_what_is_late(browser: Client, desk: Desk) -> None:
    """Spec D1: done today, running, planned for today or earlier; tomorrow's stand under *next*."""
    ticket = taken(desk, "2026-02-26 09:00")
    planned(desk, ticket, "2026-02-27 09:00", "Forgotten visit")
    planned(desk, ticket, "2026-03-02 15:00", "This afternoon")
    planned(desk, ticket, "2026-03-03 00:00", "Tomorrow at midnight")
    desk.work(ticket, paris("2026-03-02 09:30"))
    cancelled = taken(desk, "2026-02-26 10:00")
    planned(desk, cancelled, "2026-02-27 09:00", "Late on what is cancelled")
    planned(desk, cancelled, "2026-03-03 09:00", "Next on what is cancelled")
    cancel_ticket(
        ticket=Ticket.objects.get(pk=cancelled.pk), closed_at=cancelled.received_at, status=None, state=None,
        reason="Twice", by=desk.user, at=TEN,
    )  # fmt: skip
    page = browser.get("/").content.decode()
    assert "on what is cancelled" not in page
    today, after = page.split("cd-agenda-now")[0], page.split("cd-agenda-now")[1]
    assert "Forgotten visit" in today
    assert "planned earlier, not started" in today
    assert "0:30" in today
    assert after.index("This afternoon") < after.index("Next") < after.index("Tomorrow at midnight")


def test_a_manager_sees_what_waits_in_their_teams_alone(browser: Client, desk: Desk) -> None:
    """Spec T11: the manager finds it in *to distribute*; so does the stand-in, while the absence lasts."""
    ticket = desk.open(paris("2026-03-02 09:00"))
    nadia = colleague(desk, *Right)
    assert lines(browser.get("/").content.decode()) == [ticket.number]
    assert lines(signed_in(nadia).get("/").content.decode()) == []
    Team.objects.update(stand_in=nadia.agent, stand_in_from=TEN.date(), stand_in_until=TEN.date())  # type: ignore[attr-defined]
    page = signed_in(nadia).get("/").content.decode()
    assert lines(page) == [ticket.number]
    assert "you stand in for Karim Benali" in page
    Team.objects.update(stand_in_until=TEN.date() - timedelta(days=1), stand_in_from=None)
    assert lines(signed_in(nadia).get("/").content.decode()) == []


def test_notes_that_mention_me(browser: Client, desk: Desk) -> None:
    """Spec T17: a mention leads to the ticket; one's own notes are no news."""
    ticket = desk.open(paris("2026-03-02 09:00"))
    nadia = colleague(desk, *Right)
    body = f"<p>Please look at the <b>cable</b> {mention(desk.agent)}</p>"
    add_note(ticket=ticket, body=body, by=nadia, at=TEN - timedelta(minutes=5))
    add_note(
        ticket=ticket,
        body=f"<p>To myself {mention(desk.agent)}</p>",
        by=desk.user,
        at=TEN - timedelta(minutes=6),
    )
    page = browser.get("/").content.decode()
    assert "Please look at the cable" in page
    assert "To myself" not in page


def test_a_mention_leaves_once_one_has_done_something_about_it(browser: Client, desk: Desk) -> None:
    """Whatever one does on the ticket after the note; not what one did before, nor what others do (Spec T17)."""
    ticket = desk.open(paris("2026-03-02 09:00"))
    nadia = colleague(desk, *Right)
    change_followers(ticket=ticket, added=[desk.agent], by=desk.user, at=TEN - timedelta(minutes=9))
    add_note(
        ticket=ticket, body=f"<p>Look {mention(desk.agent)}</p>", by=nadia, at=TEN - timedelta(minutes=5)
    )
    add_note(ticket=ticket, body="<p>More</p>", by=nadia, at=TEN - timedelta(minutes=4))
    assert "Look @Karim Benali" in browser.get("/").content.decode()
    add_note(ticket=ticket, body="<p>Done</p>", by=desk.user, at=TEN - timedelta(minutes=3))
    assert "Look @Karim Benali" not in browser.get("/").content.decode()


def test_somebody_without_an_agent_or_right_sees_an_empty_day(desk: Desk) -> None:
    """Spec R2: the page is for everybody signed in; it shows nothing one may not see."""
    desk.open(paris("2026-03-02 09:00"))
    stranger = signed_in(person(email="few@example.com"))
    assert lines(stranger.get("/").content.decode()) == []
    assert Client().get("/").status_code == 302


def test_the_day_speaks_french(desk: Desk) -> None:
    """Spec F5: parts and dates in the reader's language."""
    page = signed_in(desk.user, "fr").get("/").content.decode()
    for words in ("Lundi 2 mars", "Mes interventions", "À distribuer"):
        assert words in page, words


def test_as_many_queries_for_three_rows_as_for_one(
    browser: Client, desk: Desk, django_assert_num_queries: Any
) -> None:
    """House: the page asks as often for three rows of each part as for one."""

    def one_more(label: str) -> None:
        ticket = taken(desk, "2026-02-26 09:00")
        planned(desk, ticket, "2026-03-02 15:00", label)
        planned(desk, ticket, "2026-03-04 15:00", label)
        desk.open(paris("2026-03-02 09:00"))
        add_note(ticket=ticket, body=f"<p>See {mention(desk.agent)}</p>", by=nadia, at=TEN)

    nadia = colleague(desk, *Right)
    one_more("First")
    browser.get("/")
    with django_assert_num_queries(QUERIES):
        browser.get("/")
    one_more("Second")
    one_more("Third")
    with django_assert_num_queries(QUERIES):
        assert len(lines(browser.get("/").content.decode())) == 6


def test_a_manager_names_a_stand_in_for_an_absence(browser: Client, desk: Desk) -> None:
    """Spec T11: without any right over teams; the stand-in then distributes; taken out again, nobody does."""
    manager = colleague(desk, Right.SEE_TICKETS, email="chief@example.com")
    Team.objects.filter(pk=desk.team.pk).update(manager=manager.agent)
    chief, address = signed_in(manager), f"/my-teams/{desk.team.pk}/stand-in/"
    assert "nobody stands in for you" in chief.get("/").content.decode()
    drawn = chief.get(address, headers={"HX-Request": "true"})
    assert "Stand-in of the team Support" in drawn.content.decode()
    seen = {"seen": drawn.context["form"]["seen"].value()}
    wrong = {**seen, "stand_in": manager.agent.pk, "stand_in_from": "2026-03-02"}
    refused = chief.post(address, wrong, headers={"HX-Request": "true"})
    assert refused.status_code == 422 and "is the manager already" in refused.content.decode()
    typed = {"stand_in": desk.agent.pk, "stand_in_from": "2026-03-02", "stand_in_until": "2026-03-06"}
    assert chief.post(address, {**seen, **typed}).status_code in (204, 302)
    desk.team.refresh_from_db()
    assert (desk.team.stand_in, str(desk.team.stand_in_until)) == (desk.agent, "2026-03-06")
    assert JournalEntry.objects.filter(kind="team.changed").latest("id").author_name == manager.name
    assert "stands in for you from 2 Mar 2026 to 6 Mar 2026." in chief.get("/").content.decode()
    assert "you stand in for" in browser.get("/").content.decode()


def test_somebody_else_s_team_gets_no_stand_in(desk: Desk) -> None:
    """Spec T11, R2: the operation itself refuses, and nothing moves."""
    other = colleague(desk, Right.SEE_TICKETS, Right.DISTRIBUTE_TICKETS)
    details = StandInDetails(stand_in=other.agent, stand_in_from=TEN.date())
    with pytest.raises(NotAllowed):
        name_stand_in(team=desk.team, details=details, by=other, at=TEN)
    typed = {"stand_in": other.agent.pk, "stand_in_from": "2026-03-02"}
    sent = signed_in(other).post(f"/my-teams/{desk.team.pk}/stand-in/", typed)
    assert sent.status_code == 422 and "Only its manager" in sent.content.decode()
    assert Team.objects.get(pk=desk.team.pk).stand_in is None
    administrator = person(Right.EDIT_AGENTS, email="admin@example.com")
    assert name_stand_in(team=desk.team, details=details, by=administrator, at=TEN).stand_in == other.agent
