"""What following, mentioning and macros share: followers of a ticket that is taken for writing (Spec T30)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.core.errors import InvalidInput
from cadran.parties.models import Agent

from .. import rules
from ..models import Ticket
from ._shared import tell


def put_followers(
    ticket: Ticket,
    *,
    added: Iterable[Agent],
    removed: Iterable[Agent] = (),
    by: User | None,
    at: datetime,
    mentioned: bool = False,
) -> None:
    """Change who follows a taken ticket, and tell the timeline; ``mentioned``: because a note names them.

    Raises ``InvalidInput`` for somebody who no longer works here, or may not see the ticket.
    """
    before = set(ticket.followers.all())
    new = [agent for agent in dict.fromkeys(added) if agent not in before]
    gone = [agent for agent in dict.fromkeys(removed) if agent in before]
    for agent in new:
        if not agent.is_active:
            raise InvalidInput(
                _("%(agent)s no longer works here. Choose somebody else."),
                field="followers",
                params={"agent": agent},
            )
        if not rules.can_read(agent, ticket):
            raise InvalidInput(
                _("%(agent)s may not see this ticket, so there is nothing to follow. Choose somebody else."),
                field="followers",
                params={"agent": agent},
            )
    if not new and not gone:
        return
    ticket.followers.add(*new)
    ticket.followers.remove(*gone)
    me = rules.agent_of(by)
    tell(
        ticket,
        "followed",
        by=by,
        at=at,
        added=[str(agent) for agent in new],
        removed=[str(agent) for agent in gone],
        myself=[*new, *gone] == [me],
        mentioned=mentioned,
    )
