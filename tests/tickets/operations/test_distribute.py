"""Assigning and taking tickets (Spec T11)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from cadran.accounts.rights import Right
from cadran.core.errors import InvalidInput, NotAllowed, Stale
from cadran.parties.models import Team
from cadran.tickets.models import Ticket
from cadran.tickets.operations import assign_ticket, take_ticket
from cadran.tickets.queries import to_distribute, to_take
from tests.factories.desk import Desk, agent_of, colleague, paris
from tests.factories.trade import person

AT = paris("2026-03-02 10:00")


def test_the_manager_finds_it_and_gives_it_to_a_member(desk: Desk) -> None:
    """Without the right to distribute, the manager of the team may (Spec T11)."""
    ticket = desk.open(AT)
    chief = colleague(desk, Right.SEE_TICKETS, email="chief@example.com")
    member = colleague(desk, Right.INTERVENE)
    Team.objects.filter(pk=desk.team.pk).update(manager=chief.agent)
    ticket.refresh_from_db()
    day = date(2026, 3, 2)
    assert list(to_distribute(chief.agent, day)) == [ticket]
    assign_ticket(ticket=ticket, team=desk.team, assignee=member.agent, by=chief, at=AT)
    assert ticket.assignee == member.agent
    assert not to_distribute(chief.agent, day)


def test_the_stand_in_distributes_only_in_the_absence(desk: Desk) -> None:
    """A manager may name a stand-in for absences (Spec T11)."""
    ticket = desk.open(AT)
    member = colleague(desk, Right.INTERVENE)
    stand_in = colleague(desk, Right.SEE_TICKETS, email="paul@example.com")
    Team.objects.filter(pk=desk.team.pk).update(
        stand_in=stand_in.agent, stand_in_from=date(2026, 3, 3), stand_in_until=date(2026, 3, 4)
    )
    for day, allowed in ((2, False), (3, True), (4, True), (5, False)):
        seen = Ticket.objects.get(pk=ticket.pk)
        at = AT + timedelta(days=day - 2)
        assert bool(to_distribute(stand_in.agent, date(2026, 3, day))) is allowed
        if not allowed:
            with pytest.raises(NotAllowed):
                assign_ticket(ticket=seen, team=desk.team, assignee=member.agent, by=stand_in, at=at)
        else:
            assign_ticket(ticket=seen, team=desk.team, assignee=member.agent, by=stand_in, at=at)
            assign_ticket(ticket=seen, team=seen.team, assignee=None, by=stand_in, at=at)


def test_members_take_where_the_team_allows(desk: Desk) -> None:
    """Members may take a ticket themselves, strangers not; a team may forbid it (Spec T11)."""
    ticket = desk.open(AT)
    member = colleague(desk, Right.INTERVENE)
    stranger = colleague(desk, Right.INTERVENE, email="eve@example.com", member=False)
    with pytest.raises(NotAllowed):
        take_ticket(ticket=ticket, by=stranger, at=AT)
    Team.objects.filter(pk=desk.team.pk).update(members_may_take=False)
    with pytest.raises(NotAllowed):
        take_ticket(ticket=Ticket.objects.get(pk=ticket.pk), by=member, at=AT)
    Team.objects.filter(pk=desk.team.pk).update(members_may_take=True)
    seen, also_seen = Ticket.objects.get(pk=ticket.pk), Ticket.objects.get(pk=ticket.pk)
    assert list(to_take(member.agent)) == [ticket]
    take_ticket(ticket=seen, by=member, at=AT)
    assert seen.assignee == member.agent
    with pytest.raises(Stale):
        take_ticket(ticket=also_seen, by=desk.user, at=AT)


def test_only_members_are_given_work(desk: Desk) -> None:
    """Assigned to a member of the team; a plain user may give it to themselves (Spec T11)."""
    ticket = desk.open(AT)
    stranger = agent_of(person(email="eve@example.com"), "Eve", "Novak")
    with pytest.raises(InvalidInput) as refused:
        assign_ticket(ticket=ticket, team=desk.team, assignee=stranger, by=desk.user, at=AT)
    assert refused.value.field == "assignee"
    member = colleague(desk, Right.EDIT_TICKETS, Right.INTERVENE)
    Team.objects.filter(pk=desk.team.pk).update(members_may_take=False)
    seen = Ticket.objects.get(pk=ticket.pk)
    with pytest.raises(NotAllowed):
        assign_ticket(ticket=seen, team=desk.team, assignee=member.agent, by=member, at=AT)
    Team.objects.filter(pk=desk.team.pk).update(members_may_take=True)
    seen = Ticket.objects.get(pk=ticket.pk)
    assign_ticket(ticket=seen, team=seen.team, assignee=member.agent, by=member, at=AT)
    assert seen.assignee == member.agent
    with pytest.raises(NotAllowed):
        assign_ticket(ticket=seen, team=seen.team, assignee=desk.agent, by=member, at=AT)


def test_what_somebody_has_is_not_taken_away(desk: Desk) -> None:
    """Neither by taking nor by assigning it to oneself, however fresh the page; leaders assign (Spec T11, T17)."""
    ticket = desk.open(AT)
    first = colleague(desk, Right.INTERVENE, Right.EDIT_TICKETS)
    second = colleague(desk, Right.INTERVENE, Right.EDIT_TICKETS, email="eve@example.com")
    take_ticket(ticket=ticket, by=first, at=AT)
    fresh = Ticket.objects.get(pk=ticket.pk)
    for taker in (second, desk.user):
        with pytest.raises(Stale) as refused:
            take_ticket(ticket=fresh, by=taker, at=AT)
        assert "DEM-1 is with Nadia Nadia already." in refused.value.message
    with pytest.raises(NotAllowed):
        assign_ticket(ticket=fresh, team=fresh.team, assignee=second.agent, by=second, at=AT)
    assert Ticket.objects.get().assignee == first.agent
    take_ticket(ticket=fresh, by=first, at=AT)
    assign_ticket(ticket=fresh, team=fresh.team, assignee=second.agent, by=desk.user, at=AT)
    assert Ticket.objects.get().assignee == second.agent


def test_team_and_assignee_follow_the_intervention_started_last(desk: Desk) -> None:
    """Starting an intervention brings its team and assignee to the ticket (Spec T11)."""
    ticket = desk.open(AT)
    desk.work(ticket, AT)
    assert (ticket.team, ticket.assignee) == (desk.team, desk.agent)
