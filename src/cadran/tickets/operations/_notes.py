"""What notes and macros share: a note written inside a running transaction (Spec T17)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.core.errors import InvalidInput
from cadran.core.richtext import mentioned_in, name_mentions, sanitise
from cadran.parties.models import Agent

from .. import rules
from ..models import Note, Ticket
from ._followers import put_followers
from ._shared import claim_pasted, tell


def put_note(ticket: Ticket, body: str, *, by: User | None, at: datetime) -> Note:
    """Write a note on a ticket that is taken for writing.

    Raises ``InvalidInput`` for an empty one, and for one that mentions somebody who may not see the ticket.
    """
    text = sanitise(body, mentions=True)
    mentioned = {agent.pk: agent for agent in Agent.objects.filter(pk__in=mentioned_in(text), is_active=True)}
    text = name_mentions(text, {key: str(agent) for key, agent in mentioned.items()})
    if not text:
        raise InvalidInput(_("Type the note first."), field="body")
    agents = [mentioned[key] for key in mentioned_in(text)]
    for agent in agents:
        if not rules.can_read(agent, ticket):
            raise InvalidInput(
                _("%(agent)s may not see this ticket and would not learn of the note. Take the mention out."),
                field="body",
                params={"agent": agent},
            )
    note = Note(ticket=ticket, author=by, written_at=at, body=text)
    note.save()
    note.mentions.set(agents)
    claim_pasted([(text, False)], ticket, by=by, at=at)
    tell(ticket, "note_added", by=by, at=at, note=note.pk, mentions=[str(agent) for agent in agents])
    others = [agent for agent in agents if agent != rules.agent_of(by)]
    if others:
        put_followers(ticket, added=others, by=by, at=at, mentioned=True)
    return note
