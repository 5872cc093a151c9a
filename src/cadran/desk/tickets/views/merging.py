"""Merging a ticket into another one, undoing it, and splitting a part off (Spec T29)."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cadran.accounts.access import needs
from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.desk.components.answers import done, sent
from cadran.tickets.choices import OPEN_PHASES
from cadran.tickets.models import Ticket
from cadran.tickets.operations import merge_ticket, split_ticket, undo_merger
from cadran.tickets.queries.merging import MergedNumber, merge_candidates, merge_preview, merged_number

from ..forms.merging import MergeForm, SplitForm, UndoMergerForm
from ..merged import merger_context, preview_context
from ..page import get_ticket
from . import dialogs

#: Tickets that the picker shows while one types.
LIMIT = 20


@needs(Right.MERGE_TICKETS)
@dialogs.in_a_dialog
def merge(request: HttpRequest, number: str) -> HttpResponseBase:
    """Merge the ticket into the one that is kept; shows beforehand what moves, with sums."""
    user = cast(User, request.user)
    ticket = get_ticket(user, number)
    form = MergeForm(sent(request), person=user, ticket=ticket, now=timezone.now())
    if request.method == "POST":
        if dialogs.REFRESH in request.GET:
            dialogs.calm(form)
        elif form.is_valid() and dialogs.attempt(
            form, lambda: merge_ticket(ticket=ticket, by=user, at=form.now, **form.cleaned_data)
        ):
            kept = form.cleaned_data["into"]
            return _go(request, kept, _("%(number)s is merged into this ticket.") % {"number": number})
    kept = form.kept
    fits = kept is not None and kept.pk != ticket.pk and kept.customer_id == ticket.customer_id
    more = preview_context(merge_preview(ticket, kept) if kept is not None and fits else None)
    return dialogs.draw(request, "desk/tickets/dialogs/merge.html", ticket, form, more)


@needs(Right.MERGE_TICKETS)
@require_GET
def candidates(request: HttpRequest, number: str) -> JsonResponse:
    """The tickets that the picker offers as the one that is kept, this customer's first."""
    user = cast(User, request.user)
    ticket = get_ticket(user, number)
    words = request.GET.get("q", "")[:200].strip()
    rows = list(merge_candidates(ticket, user, words)[: LIMIT + 1])
    merged = merged_number(words, user)
    if merged and merged.kept.pk != ticket.pk and merged.kept.phase in OPEN_PHASES:
        rows = [merged.kept, *(row for row in rows if row.pk != merged.kept.pk)]
    return JsonResponse(
        {
            "results": [
                {
                    "value": str(row.pk),
                    "text": f"{row.number} {row.title}",
                    "hint": _hint(row, ticket, merged),
                }
                for row in rows[:LIMIT]
            ],
            "more": len(rows) > LIMIT,
            "note": "" if rows else _no_candidate(ticket, merged),
        }
    )


def _hint(row: Ticket, ticket: Ticket, merged: MergedNumber | None) -> str:
    other = "" if row.customer_id == ticket.customer_id else str(row.customer)
    took_over = ""
    if merged is not None and merged.kept.pk == row.pk:
        took_over = _("%(number)s was merged into it") % {"number": merged.duplicate.number}
    return " · ".join(filter(None, [took_over, other, str(row.status)]))


def _no_candidate(ticket: Ticket, merged: MergedNumber | None) -> str:
    """Why there is nothing to choose; the number that was typed may be a duplicate's."""
    if merged is None:
        return _("No other ticket of this customer is open.")
    words = {"number": merged.duplicate.number, "kept": merged.kept.number}
    if merged.kept.pk == ticket.pk:
        return _("%(number)s was merged into this ticket already.") % words
    return _("%(number)s was merged into %(kept)s, which is no longer open.") % words


@needs(Right.MERGE_TICKETS)
@dialogs.in_a_dialog
def undo_merge(request: HttpRequest, number: str) -> HttpResponseBase:
    """Undo the merger of the ticket."""
    user = cast(User, request.user)
    ticket = get_ticket(user, number)
    form = UndoMergerForm(sent(request), person=user, ticket=ticket, now=timezone.now())
    if request.method == "POST" and dialogs.attempt(
        form, lambda: undo_merger(ticket=ticket, by=user, at=form.now)
    ):
        return _go(request, ticket, _("The merger is undone."))
    return dialogs.draw(
        request, "desk/tickets/dialogs/undo_merge.html", ticket, form, merger_context(ticket, user)
    )


@needs(Right.MERGE_TICKETS)
@dialogs.in_a_dialog
def split(request: HttpRequest, number: str) -> HttpResponseBase:
    """Split a part of the ticket off into a new one."""
    user = cast(User, request.user)
    ticket = get_ticket(user, number)
    form = SplitForm(sent(request), person=user, ticket=ticket, now=timezone.now())
    made: list[Ticket] = []
    if request.method == "POST":
        if dialogs.REFRESH in request.GET:
            dialogs.calm(form)
        elif form.is_valid() and dialogs.attempt(
            form,
            lambda: made.append(split_ticket(ticket=ticket, part=form.part(), by=user, at=form.now)),
        ):
            return _go(request, made[0], _("Split off %(number)s.") % {"number": number})
    more = {name: form.offered(name) for name in ("interventions", "notes", "attachments")}
    return dialogs.draw(request, "desk/tickets/dialogs/split.html", ticket, form, more)


def _go(request: HttpRequest, ticket: Ticket, said: str) -> HttpResponseBase:
    messages.success(request, said)
    return done(request, reverse("desk:ticket", args=[ticket.number]))
