"""Notes that wait for somebody they mention (Spec T17)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from cadran.accounts.models import User
from cadran.core.models import JournalEntry
from cadran.parties.models import Agent

from ..models import Note


def open_mentions(agent: Agent, user: User, *, since: datetime) -> QuerySet[Note]:
    """Notes of others that name the agent, newest first, until the agent has done anything on the ticket after it."""
    done = JournalEntry.objects.filter(
        subject_kind="ticket",
        subject_id=OuterRef("ticket"),
        author=user,
        recorded_at__gte=OuterRef("written_at"),
    )
    rows: QuerySet[Note] = Note.objects.visible_to(user).filter(mentions=agent, written_at__gte=since)
    return rows.exclude(author=user).filter(~Exists(done)).select_related("author", "ticket").order_by("-id")
