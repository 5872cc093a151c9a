"""What stands beside a ticket's own fields: its tags, who follows it, and whether macros may be applied (Spec T30)."""

from __future__ import annotations

from dataclasses import dataclass

from cadran.accounts.models import User
from cadran.parties.models import Agent
from cadran.tickets import rules
from cadran.tickets.models import Tag, Ticket


@dataclass(frozen=True)
class Beside:
    """Tags and followers of a ticket, and what the reader is to it."""

    tags: list[Tag]
    followers: list[Agent]
    follows: bool
    may_follow: bool


def beside(ticket: Ticket, user: User) -> Beside:
    """Tags and followers, in two queries."""
    me = rules.agent_of(user)
    followers = list(ticket.followers.all())
    return Beside(
        list(ticket.tags.all()), followers, me in followers, me is not None and ticket.merged_into_id is None
    )
