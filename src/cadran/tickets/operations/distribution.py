"""Who does the work: assigning and taking tickets (Spec T11)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import NotAllowed, Stale
from cadran.core.instants import whole_second
from cadran.parties.models import Agent, Team

from .. import rules
from ..context import day_of
from ..models import Ticket
from ._distribution import check_assignee, give, require_distributor
from ._shared import check_seen, locked, mirror

#: What tells who gave a ticket to whom.
_ASSIGNED = ("ticket.assigned", "ticket.taken", "ticket.intervention_started", "ticket.opened")


def assign_ticket(
    *,
    ticket: Ticket,
    team: Team,
    assignee: Agent | None,
    base: Mapping[str, Any] | None = None,
    by: User | None,
    at: datetime,
) -> Ticket:
    """Give the ticket to a team, and to one of its members or to nobody yet.

    For who may distribute tickets, leads the ticket's team, or may take the ticket as it is free. ``base``: the team
    and assignee that the person saw (Spec T17). Raises ``NotAllowed``, ``InvalidInput``, ``Stale``,
    ``TransitionRefused``.
    """
    at = whole_second(at)
    with transaction.atomic():
        stored = locked(ticket, team=ticket.team_id, assignee=ticket.assignee_id)
        if not _to_oneself(stored, team, assignee, by, at):
            require_distributor(stored, by, at)
        check_seen(stored, base, {"team": team, "assignee": assignee}, _ASSIGNED)
        check_assignee(team, assignee)
        give(stored, team, assignee, "assigned", by=by, at=at)
    return mirror(ticket, stored)


def take_ticket(*, ticket: Ticket, by: User | None, at: datetime) -> Ticket:
    """Take a free ticket as its assignee; for members where the team allows it, and for who leads the team.

    Raises ``NotAllowed``, ``Stale`` when somebody else has it already, ``TransitionRefused``.
    """
    at = whole_second(at)
    agent = rules.agent_of(by)
    with transaction.atomic():
        stored = locked(ticket, team=ticket.team_id, assignee=ticket.assignee_id)
        if agent is None or not rules.may_take(by, stored, day_of(at)):
            raise NotAllowed(
                _(
                    "Only members of the team %(team)s may take its tickets, where the team allows it. Ask its manager."
                ),
                params={"team": stored.team},
            )
        if stored.assignee_id not in (None, agent.pk):
            raise Stale(
                _(
                    "%(number)s is with %(agent)s already. Whoever leads the team %(team)s may assign it anew."
                ),
                params={"number": stored.number, "agent": stored.assignee, "team": stored.team},
            )
        give(stored, stored.team, agent, "taken", by=by, at=at)
    return mirror(ticket, stored)


def _to_oneself(ticket: Ticket, team: Team, assignee: Agent | None, by: User | None, at: datetime) -> bool:
    """Whether this is taking a ticket by another way: it is free, and its team lets the person take it (Spec T11)."""
    return (
        assignee is not None
        and assignee == rules.agent_of(by)
        and team.pk == ticket.team_id
        and ticket.assignee_id in (None, assignee.pk)
        and rules.has(by, Right.EDIT_TICKETS)
        and rules.may_take(by, ticket, day_of(at))
    )
