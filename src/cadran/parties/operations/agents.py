"""Writes on agents and teams (Spec T11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.compare import hold
from cadran.core.errors import CadranError, InvalidInput, NotAllowed
from cadran.core.permissions import refuse_unless
from cadran.core.reference import next_position
from cadran.core.writing import refuse_all, save_row, typed_values

from ..models import Agent, Team
from ..rules import may_edit_agents, may_name_stand_in


@dataclass(frozen=True)
class AgentDetails:
    """An agent as typed; ``user`` is who signs in as this agent, if anybody."""

    first_name: str
    last_name: str
    function: str = ""
    email: str = ""
    phone: str = ""
    user: User | None = None
    is_active: bool = True


@dataclass(frozen=True, kw_only=True)
class StandInDetails:
    """Who leads a team while its manager is away, from ``stand_in_from`` to ``stand_in_until`` (both included)."""

    stand_in: Agent | None = None
    stand_in_from: date | None = None
    stand_in_until: date | None = None


@dataclass(frozen=True, kw_only=True)
class TeamDetails(StandInDetails):
    """A team as typed."""

    code: str
    name_fr: str
    name_en: str = ""
    public_name: str = ""
    manager: Agent | None = None
    members: Sequence[Agent] = ()
    members_may_take: bool = True


def save_agent(
    *, agent: Agent | None, details: AgentDetails, by: User | None, at: datetime, seen: int | None = None
) -> Agent:
    """Create or change an agent; one who manages a team stays active.

    Raises ``NotAllowed``, ``Stale``, ``InvalidInput`` or ``InvalidInputs``.
    """
    refuse_unless(may_edit_agents(by), Right.EDIT_AGENTS)
    values = typed_values(details)
    errors: list[CadranError] = []
    for field, sentence in (
        ("first_name", _("Type the agent’s first name.")),
        ("last_name", _("Type the agent’s last name.")),
    ):
        if not values[field]:
            errors.append(InvalidInput(sentence, field=field))
    if details.user is not None:
        other = Agent.objects.filter(user=details.user).exclude(pk=agent and agent.pk).first()
        if other is not None:
            errors.append(
                InvalidInput(
                    _("%(user)s signs in as %(agent)s already. Choose somebody else."),
                    field="user",
                    params={"user": str(details.user), "agent": str(other)},
                )
            )
    with transaction.atomic():
        if agent is not None and not details.is_active:
            hold(Agent, agent.pk)  # nobody is given a team to lead while they leave
            errors += _leading_errors(agent, at)
        refuse_all(errors)
        return save_row(row=agent or Agent(), values=values, by=by, at=at, seen=seen)


def _leading_errors(agent: Agent, at: datetime) -> list[CadranError]:
    leads = (
        Q(manager=agent)
        | Q(stand_in=agent, stand_in_until=None)
        | Q(stand_in=agent, stand_in_until__gte=at.date())
    )
    return [
        InvalidInput(
            _("%(agent)s leads the team “%(team)s”. Name somebody else there first."),
            field="is_active",
            params={"agent": str(agent), "team": team.name},
        )
        for team in Team.objects.in_use().filter(leads)
    ]


def save_team(
    *, team: Team | None, details: TeamDetails, by: User | None, at: datetime, seen: int | None = None
) -> Team:
    """Create or change a team. Raises ``NotAllowed``, ``Stale``, ``InvalidInput`` or ``InvalidInputs``."""
    refuse_unless(may_edit_agents(by), Right.EDIT_AGENTS)
    values = typed_values(details)
    members = values.pop("members")
    with transaction.atomic():
        row = team or Team(position=next_position(Team))
        gone = _gone(details.manager, details.stand_in, *details.members)
        errors = [
            *_leader_errors(gone, manager=details.manager, stand_in=details.stand_in),
            *_member_errors(gone, details.members, team),
            *_stand_in_errors(details, details.manager),
        ]
        refuse_all(errors)
        return save_row(row=row, values=values, many={"members": members}, by=by, at=at, seen=seen)


def name_stand_in(
    *, team: Team, details: StandInDetails, by: User | None, at: datetime, seen: int | None = None
) -> Team:
    """Say who leads a team while its manager is away, or nobody (Spec T11).

    For its manager, and for who edits teams. Raises ``NotAllowed``, ``Stale``, ``InvalidInput`` or ``InvalidInputs``.
    """
    if not may_name_stand_in(by, team):
        raise NotAllowed(
            _("Only its manager names a stand-in for the team %(team)s. Ask them, or an administrator."),
            params={"team": team.name},
        )
    with transaction.atomic():
        gone = _gone(details.stand_in)
        left = _leader_errors(gone, stand_in=details.stand_in)
        refuse_all([*left, *_stand_in_errors(details, team.manager)])
        return save_row(row=team, values=typed_values(details), by=by, at=at, seen=seen)


def _gone(*agents: Agent | None) -> set[int]:
    """The keys of those who have left; all are held, so that nobody leaves while they are named."""
    held = hold(Agent, *(one.pk for one in agents if one is not None))
    return {key for key, agent in held.items() if not agent.is_active}


def _leader_errors(gone: set[int], **leaders: Agent | None) -> list[CadranError]:
    return [
        InvalidInput(
            _("%(agent)s is no longer active. Choose somebody who is."),
            field=field,
            params={"agent": str(agent)},
        )
        for field, agent in leaders.items()
        if agent is not None and agent.pk in gone
    ]


def _member_errors(gone: set[int], members: Sequence[Agent], team: Team | None) -> list[CadranError]:
    """Who can't join as they have left; a member who has stays one."""
    before = set() if team is None else set(team.members.values_list("pk", flat=True))
    return [
        InvalidInput(
            _("%(agent)s is no longer active and can’t join a team. Choose somebody who is."),
            field="members",
            params={"agent": str(member)},
        )
        for member in members
        if member.pk in gone - before
    ]


def _stand_in_errors(details: StandInDetails, manager: Agent | None) -> list[CadranError]:
    errors: list[CadranError] = []
    begins, ends = details.stand_in_from, details.stand_in_until
    if details.stand_in is None:
        if begins or ends:
            errors.append(
                InvalidInput(_("Choose who stands in on these dates, or empty them."), field="stand_in")
            )
        return errors
    if manager is None:
        errors.append(
            InvalidInput(_("Choose the manager for whom the stand-in leads the team."), field="manager")
        )
    if details.stand_in == manager:
        errors.append(
            InvalidInput(_("The stand-in is the manager already. Choose somebody else."), field="stand_in")
        )
    if begins is None:
        errors.append(InvalidInput(_("Type the first day of the stand-in."), field="stand_in_from"))
    elif ends is not None and ends < begins:
        errors.append(
            InvalidInput(
                _("The stand-in would end before it begins. Correct one of the two dates."),
                field="stand_in_until",
            )
        )
    return errors
