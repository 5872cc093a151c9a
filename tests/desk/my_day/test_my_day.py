"""My day: interventions, what turns next, what to distribute, what was said to me (Spec D1, T11, T17)."""

import re
from datetime import timedelta
from typing import Any

from django.test import Client

from cadran.accounts.rights import Right
from cadran.parties.models import Team
from cadran.tickets.models import Intervention, Ticket
from cadran.tickets.operations import InterventionDetails, add_intervention, add_note, assign_ticket
from tests.desk.work import TEN, signed_in
from tests.factories.desk import Desk, colleague, paris
from tests.factories.trade import person

#: Session, person, rights, agent, teams, and two at most for each part.
QUERIES = 14


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
    page = browser.get("/").content.decode()
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
    body = "<p>Please look at the <b>cable</b></p>"
    add_note(ticket=ticket, body=body, mentions=[desk.agent], by=nadia, at=TEN - timedelta(minutes=5))
    add_note(ticket=ticket, body="<p>To myself</p>", mentions=[desk.agent], by=desk.user, at=TEN)
    page = browser.get("/").content.decode()
    assert "Please look at the cable" in page
    assert "To myself" not in page


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
        add_note(ticket=ticket, body="<p>See</p>", mentions=[desk.agent], by=nadia, at=TEN)

    nadia = colleague(desk, *Right)
    one_more("First")
    browser.get("/")
    with django_assert_num_queries(QUERIES):
        browser.get("/")
    one_more("Second")
    one_more("Third")
    with django_assert_num_queries(QUERIES):
        assert len(lines(browser.get("/").content.decode())) == 6
