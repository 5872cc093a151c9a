"""The tickets ticked in the list, each with the team and the assignee that its row stood for (Spec S3, T17)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cadran.accounts.models import User
from cadran.core.errors import CadranError, Stale
from cadran.parties.models import Agent, Team
from cadran.tickets.models import Ticket
from cadran.tickets.operations import assign_ticket

#: Key of the ticket, of its team and of its assignee, if any.
_MARK = re.compile(r"([0-9]{1,18}):([0-9]{1,18}):([0-9]{0,18})")


def mark_of(ticket: Ticket) -> str:
    """What the row's box sends: the ticket, and who had it when the row was drawn."""
    return f"{ticket.pk}:{ticket.team_id}:{ticket.assignee_id or ''}"


@dataclass(frozen=True)
class Ticked:
    """A ticket as it is now, and who had it when the person saw it."""

    ticket: Ticket
    team: Team | None
    assignee: Agent | None
    mark: str


@dataclass(frozen=True)
class Refusal:
    """A ticket that was not assigned, and the sentence that says why."""

    number: str
    sentence: str


def read_ticked(marks: Iterable[str], user: User) -> list[Ticked]:
    """The tickets of ``marks`` that the person may see, the last opened first."""
    found = [match for mark in marks if (match := _MARK.fullmatch(mark))]
    seen = {int(match[1]): match for match in found}
    teams = Team.objects.visible_to(user).in_bulk([int(match[2]) for match in found])
    agents = Agent.objects.visible_to(user).in_bulk([int(match[3]) for match in found if match[3]])
    tickets = Ticket.objects.visible_to(user).filter(pk__in=seen).select_related("team").order_by("-id")
    ticked = []
    for ticket in tickets:
        mark, _ticket, team, assignee = seen[ticket.pk].group(0, 1, 2, 3)
        ticked.append(Ticked(ticket, teams.get(int(team)), agents.get(int(assignee or 0)), mark))
    return ticked


@dataclass
class Assigned:
    """What became of the tickets: how many changed hands, how many were assigned so already, and those refused.

    ``again``: the marks of those that somebody else gave away meanwhile, as they are now: who was told so may choose
    again.
    """

    changed: int = 0
    same: int = 0
    refused: list[Refusal] = field(default_factory=list)
    again: list[str] = field(default_factory=list)


def assign_all(
    ticked: Sequence[Ticked], *, team: Team | None, assignee: Agent | None, by: User, at: datetime
) -> Assigned:
    """Assign each ticket by itself, so that one refusal keeps none of the others; without a team each keeps its own."""
    done = Assigned()
    for one in ticked:
        base = {"team": one.team, "assignee": one.assignee}
        before = (one.ticket.team_id, one.ticket.assignee_id)
        try:
            given = assign_ticket(
                ticket=one.ticket,
                team=team or one.ticket.team,
                assignee=assignee,
                base=base,
                by=by,
                at=at,
            )
        except CadranError as error:
            done.refused.append(Refusal(one.ticket.number, error.message))
            if isinstance(error, Stale):
                one.ticket.refresh_from_db(fields=["team", "assignee"])
                done.again.append(mark_of(one.ticket))
            continue
        if (given.team_id, given.assignee_id) == before:
            done.same += 1
        else:
            done.changed += 1
    return done
