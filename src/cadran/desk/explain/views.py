"""The page that explains a due date, so that anybody could check it by hand, and the same as PDF (Spec C14)."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from cadran.accounts.access import needs
from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.desk.components.answers import pdf_answer
from cadran.desk.tickets.page import get_ticket
from cadran.tickets.clock import KINDS, Kind

from .document import explanation_pdf
from .facts import facts_of


@needs(Right.SEE_TICKETS)
@require_safe
def explain(request: HttpRequest, number: str, guarantee: str) -> HttpResponse:
    """Why a guarantee of a ticket is due when it is: answer, strip, ledger, rules and what moved it."""
    user = cast(User, request.user)
    ticket = get_ticket(user, number)
    facts = facts_of(ticket, _kind(guarantee), user, timezone.now().replace(microsecond=0))
    return render(request, "desk/explain/explain.html", {**facts, "languages": settings.LANGUAGES})


@needs(Right.SEE_TICKETS)
@require_safe
def explain_pdf(request: HttpRequest, number: str, guarantee: str) -> HttpResponse:
    """The same facts as a PDF, in the reader's language or the one that ``in`` names."""
    user = cast(User, request.user)
    ticket = get_ticket(user, number)
    kind = _kind(guarantee)
    language = request.GET.get("in", "")
    with translation.override(
        language if language in dict(settings.LANGUAGES) else translation.get_language()
    ):
        facts = facts_of(ticket, kind, user, timezone.now().replace(microsecond=0))
        content = explanation_pdf(facts)
    return pdf_answer(content, f"{ticket.number}-{kind}.pdf")


def _kind(guarantee: str) -> Kind:
    if guarantee not in KINDS:
        raise Http404
    return guarantee
