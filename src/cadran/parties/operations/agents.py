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
from cadran.core.errors import CadranError, InvalidInput
from cadran.core.permissions import refuse_unless
from cadran.core.writing import refuse_all, save_row, typed_values

from ..models import Agent, Team
from ..rules import may_edit_agents


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


@dataclass(frozen=True)
class TeamDetails:
    """A team as typed. The stand-in leads from ``stand_in_from`` to ``stand_in_until`` (both included)."""

    code: str
    name_fr: str
    name_en: str = ""
    public_name: str = ""
    manager: Agent | None = None
    stand_in: Agent | None = None
    stand_in_from: date | None = None
    stand_in_until: date | None = None
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
    if agent is not None and not details.is_active:
        leads = (
            Q(manager=agent)
            | Q(stand_in=agent, stand_in_until=None)
            | Q(stand_in=agent, stand_in_until__gte=at.date())
        )
        errors += [
            InvalidInput(
                _("%(agent)s leads the team “%(team)s”. Name somebody else there first."),
                field="is_active",
                params={"agent": str(agent), "team": team.name},
            )
            for team in Team.objects.in_use().filter(leads)
        ]
    refuse_all(errors)
    with transaction.atomic():
        return save_row(row=agent or Agent(), values=values, by=by, at=at, seen=seen)


def save_team(
    *, team: Team | None, details: TeamDetails, by: User | None, at: datetime, seen: int | None = None
) -> Team:
    """Create or change a team. Raises ``NotAllowed``, ``Stale``, ``InvalidInput`` or ``InvalidInputs``."""
    refuse_unless(may_edit_agents(by), Right.EDIT_AGENTS)
    values = typed_values(details)
    members = values.pop("members")
    errors: list[CadranError] = []
    for field in ("manager", "stand_in"):
        chosen = values[field]
        if chosen is not None and not chosen.is_active:
            errors.append(
                InvalidInput(
                    _("%(agent)s is no longer active. Choose somebody who is."),
                    field=field,
                    params={"agent": str(chosen)},
                )
            )
    before = set() if team is None else set(team.members.all())
    errors += [
        InvalidInput(
            _("%(agent)s is no longer active and can’t join a team. Choose somebody who is."),
            field="members",
            params={"agent": str(member)},
        )
        for member in members
        if not member.is_active and member not in before
    ]
    refuse_all([*errors, *_stand_in_errors(details)])
    with transaction.atomic():
        row = team or Team(position=Team.objects.count() + 1)
        return save_row(row=row, values=values, many={"members": members}, by=by, at=at, seen=seen)


def _stand_in_errors(details: TeamDetails) -> list[CadranError]:
    errors: list[CadranError] = []
    begins, ends = details.stand_in_from, details.stand_in_until
    if details.stand_in is None:
        if begins or ends:
            errors.append(
                InvalidInput(_("Choose who stands in on these dates, or empty them."), field="stand_in")
            )
        return errors
    if details.manager is None:
        errors.append(
            InvalidInput(_("Choose the manager for whom the stand-in leads the team."), field="manager")
        )
    if details.stand_in == details.manager:
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
