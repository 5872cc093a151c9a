"""Keeping resolved tickets findable by their words (Spec S5)."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import takewhile

from django.db import transaction

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.likeness import forget_texts, index_texts
from cadran.core.models import JournalEntry, Sequence
from cadran.core.numbering import take_turn
from cadran.core.text import plain

from .. import rules
from ..models import Ticket
from ..queries.alike import SUBJECT_KIND, TELLING, last_external_reports

#: What may move a ticket into the index, out of it, or change its words.
_TELLING_ROWS = frozenset(
    f"ticket.{kind}"
    for kind in (
        "resolved", "closed_by_customer", "closed_internally", "closed_by_itself", "closing_report", "cancelled",
        "reopened", "edited", "intervention_edited", "intervention_finished", "followed_parent", "merged", "took_over",
        "merger_undone", "gave_back", "split_off", "split_from",
    )
)  # fmt: skip
#: Where the reading of the journal stands: the last row that needs no second look.
_CURSOR = "ticket.alike"
#: Rows younger than this are read again: one with a lower key may be committed after them.
_OVERLAP = timedelta(minutes=2)
_BATCH, _BATCHES = 400, 20
#: What the words of a title, of the external description and of the last external report weigh.
_TITLE, _DESCRIPTION, _REPORT = 3, 2, 1


def index_resolved_tickets(*, by: User | None, at: datetime) -> int:
    """Take up what the journal tells since the last time; returns how many tickets were looked at.

    A ticket is judged by how it stands now, so that it may be looked at twice. Each batch has a transaction of its own
    and no call takes more than some; the next one goes on, as it does over the journal of an existing company.
    """
    rules.require(by, Right.EDIT_TICKETS)
    looked_at = 0
    for _batch in range(_BATCHES):
        with transaction.atomic():
            read = _read()
            tickets = {subject for _key, subject, kind, _recorded in read if kind in _TELLING_ROWS}
            _judge(tickets)
            settled = list(takewhile(lambda row: row[3] <= at - _OVERLAP, read))
            if settled:
                Sequence.objects.filter(name=_CURSOR).update(last=settled[-1][0])
        looked_at += len(tickets)
        if len(settled) < _BATCH:
            break
    return looked_at


def _read() -> list[tuple[int, int, str, datetime]]:
    """Key, subject, kind and instant of the next rows of the journal, whatever they tell, in the order of their keys.

    The cursor stays taken until the transaction ends.
    """
    take_turn(_CURSOR)
    last = Sequence.objects.values_list("last", flat=True).get(name=_CURSOR)
    rows = JournalEntry.objects.filter(id__gt=last).order_by("id")
    return list(rows.values_list("id", "subject_id", "kind", "recorded_at")[:_BATCH])


def _judge(keys: set[int]) -> None:
    telling = Ticket.objects.filter(TELLING, pk__in=keys).order_by("pk")
    tickets = {row.pk: row for row in telling.only("title", "external_description", "product_id")}
    reports = last_external_reports(tickets)
    for key in sorted(keys - set(tickets)):
        forget_texts(subject_kind=SUBJECT_KIND, subject_id=key)
    for key, ticket in tickets.items():
        texts = [
            (ticket.title, _TITLE),
            (plain(ticket.external_description), _DESCRIPTION),
            (plain(reports.get(key, "")), _REPORT),
        ]
        index_texts(subject_kind=SUBJECT_KIND, subject_id=key, texts=texts, scope=ticket.product_id)
