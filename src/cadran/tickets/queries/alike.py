"""Resolved tickets alike: how something was helped before (Spec S5)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from cadran.accounts.models import User
from cadran.catalogue.models import Product
from cadran.core.likeness import rows_alike
from cadran.core.text import fold

from ..choices import Phase
from ..models import Intervention, Ticket

#: What the index of words calls tickets.
SUBJECT_KIND = "ticket"
#: The phases in which it is known what helped.
DONE = (Phase.RESOLVED, Phase.CLOSED_BY_CUSTOMER, Phase.CLOSED_INTERNALLY)
#: Tickets that somebody may learn from: resolved or closed, neither cancelled nor merged into another one.
TELLING = Q(phase__in=DONE, is_cancelled=False, merged_into=None)


@dataclass(frozen=True)
class AlikeTicket:
    """A ticket like a text: ``score`` tells how much, ``stems`` what both have, ``report`` what helped (rich text)."""

    ticket: Ticket
    score: float
    stems: tuple[str, ...]
    report: str


def tickets_alike(
    *, text: str, product: Product | None, user: User, without: Ticket | None = None, limit: int = 5
) -> list[AlikeTicket]:
    """Resolved tickets that ``user`` may see and that share words with ``text``, the most alike first.

    With a product those on that product; those on others only where it has none. Of several with the same title one.
    """
    left_out = without.pk if without else None
    found = (
        rows_alike(subject_kind=SUBJECT_KIND, text=text, scope=product.pk, without=left_out)
        if product
        else []
    )
    found = found or rows_alike(subject_kind=SUBJECT_KIND, text=text, without=left_out)
    # More than asked for: some may have been reopened since they were indexed, others have the same title.
    best = {one.subject_id: one for one in found[: 8 * limit + 16]}
    rows: QuerySet[Ticket] = Ticket.objects.visible_to(user).filter(TELLING, pk__in=best)
    rows = rows.select_related("status", "customer").defer("external_description", "internal_description")
    in_order = sorted(rows, key=lambda row: (best[row.pk].score, row.pk))
    tickets = list({fold(row.title): row for row in in_order}.values())
    tickets = sorted(tickets, key=lambda row: (-best[row.pk].score, -row.pk))[:limit]
    reports = last_external_reports([row.pk for row in tickets])
    return [
        AlikeTicket(row, best[row.pk].score, best[row.pk].stems, reports.get(row.pk, "")) for row in tickets
    ]


def last_external_reports(tickets: Collection[int]) -> dict[int, str]:
    """The external report that was written last on each of ``tickets``, by the ticket's key; one query."""
    rows = Intervention.objects.filter(ticket__in=tickets).exclude(external_report="")
    told = sorted(
        rows.values_list("ticket_id", "ended_at", "started_at", "created_at", "number", "external_report"),
        key=lambda row: (row[1] or row[2] or row[3], row[4]),
    )
    return {row[0]: row[5] for row in told}
