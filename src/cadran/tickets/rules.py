"""Who may do what to a ticket: named predicates over rights, teams and stand-ins (Spec R2, T11)."""

from __future__ import annotations

from datetime import date

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.permissions import refuse_unless
from cadran.parties.models import Agent, Team

from .models import Ticket


def agent_of(user: User | None) -> Agent | None:
    """The agent behind a user; None for Cadran itself and for a user who is no agent."""
    return None if user is None else getattr(user, "agent", None)


def has(user: User | None, right: Right) -> bool:
    """Whether ``user`` has ``right``; Cadran itself may do everything."""
    return user is None or user.has_right(right)


def require(user: User | None, *rights: Right) -> None:
    """Raise ``NotAllowed`` naming the first of ``rights`` that ``user`` lacks."""
    for right in rights:
        refuse_unless(has(user, right), right)


def can_read(agent: Agent, ticket: Ticket) -> bool:
    """Whether ``agent`` may see the ticket: nobody else is mentioned on it, or follows it (Spec T17, T30)."""
    if agent.user is None:
        return False
    mine: bool = Ticket.objects.visible_to(agent.user).filter(pk=ticket.pk).exists()
    return mine


def leads(user: User | None, team: Team | None, day: date) -> bool:
    """Whether ``user`` distributes the work of ``team`` on ``day``: its manager, or the stand-in."""
    agent = agent_of(user)
    return agent is not None and team is not None and team.is_led_by(agent, day)


def belongs(agent: Agent, team: Team) -> bool:
    """Whether ``agent`` works in ``team``: a member, its manager or its stand-in."""
    return agent.pk in (team.manager_id, team.stand_in_id) or team.members.filter(pk=agent.pk).exists()


def may_distribute(user: User | None, team: Team | None, day: date) -> bool:
    """Whether ``user`` may assign the tickets of ``team`` (Spec T11)."""
    return has(user, Right.DISTRIBUTE_TICKETS) or leads(user, team, day)


def may_take(user: User | None, ticket: Ticket, day: date) -> bool:
    """Whether ``user`` may take the ticket: a member where the team allows it, or who leads the team (Spec T11)."""
    agent = agent_of(user)
    if agent is None or not agent.is_active or not has(user, Right.INTERVENE):
        return False
    if leads(user, ticket.team, day):
        return True
    return ticket.team.members_may_take and ticket.team.members.filter(pk=agent.pk).exists()
