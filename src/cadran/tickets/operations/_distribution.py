"""What assigning, taking and macros share: a ticket that is taken for writing goes to somebody (Spec T11)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.core.errors import InvalidInput, NotAllowed
from cadran.parties.models import Agent, Team

from .. import rules
from ..context import day_of
from ..models import Ticket
from ._shared import agent_name, tell
from ._work import check_not_closed


def give_to_team(
    ticket: Ticket, team: Team, *, by: User | None, at: datetime, told: Mapping[str, Any] | None = None
) -> None:
    """Give a ticket that is taken for writing to another team; its assignee keeps it as a member of that team.

    ``told`` goes along with the timeline's row. Raises ``NotAllowed``, ``InvalidInput``, ``TransitionRefused``.
    """
    require_distributor(ticket, by, at)
    stays = ticket.assignee is not None and rules.belongs(ticket.assignee, team)
    assignee = ticket.assignee if stays else None
    check_assignee(team, assignee)
    give(ticket, team, assignee, "assigned", by=by, at=at, told=told)


def require_distributor(ticket: Ticket, by: User | None, at: datetime) -> None:
    """Raise ``NotAllowed`` unless the person distributes the work of the ticket's team (Spec T11)."""
    if not rules.may_distribute(by, ticket.team, day_of(at)):
        raise NotAllowed(
            _("Only who leads the team %(team)s may distribute its tickets. Ask them, or take it yourself."),
            params={"team": ticket.team},
        )


def check_assignee(team: Team, assignee: Agent | None) -> None:
    """Raise ``InvalidInput`` for a retired team, or an assignee who doesn't work in it."""
    if team.is_retired:
        raise InvalidInput(
            _("The team %(team)s is no longer in use. Choose another one."),
            field="team",
            params={"team": team},
        )
    if assignee is None:
        return
    names = {"agent": assignee, "team": team}
    if not assignee.is_active:
        raise InvalidInput(
            _("%(agent)s no longer works here. Choose somebody else."), field="assignee", params=names
        )
    if not rules.belongs(assignee, team):
        raise InvalidInput(
            _("%(agent)s is not a member of the team %(team)s. Choose one of its members, or another team."),
            field="assignee",
            params=names,
        )


def give(
    ticket: Ticket,
    team: Team,
    assignee: Agent | None,
    kind: str,
    *,
    by: User | None,
    at: datetime,
    told: Mapping[str, Any] | None = None,
) -> None:
    """Write who has a taken ticket and tell the timeline; nothing when they have it already."""
    check_not_closed(ticket)
    before = ticket.team, ticket.assignee
    if before == (team, assignee):
        return
    ticket.team, ticket.assignee = team, assignee
    ticket.save()
    tell(
        ticket,
        kind,
        by=by,
        at=at,
        team_before=before[0],
        team=team,
        assignee_before=agent_name(before[1]),
        assignee=agent_name(assignee),
        **(told or {}),
    )
