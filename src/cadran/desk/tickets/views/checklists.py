"""Ticking an item of an intervention's checklist, where it stands (Spec T30)."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from cadran.accounts.access import needs
from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import CadranError
from cadran.desk.components.answers import toast
from cadran.tickets.operations import mark_checklist

from ..checklists import Checklist
from ..moved import leads_on
from ..page import get_ticket
from .interventions import get_intervention


@needs(Right.INTERVENE)
@require_POST
@leads_on
def mark(request: HttpRequest, number: str, n: int, check: int) -> HttpResponse:
    """Tick or untick one item; the list comes back as it is now, also when that was refused."""
    user, now = cast(User, request.user), timezone.now()
    ticket = get_ticket(user, number)
    row = get_intervention(user, ticket, n)
    refusal = ""
    try:
        mark_checklist(intervention=row, marked={check: "ticked" in request.POST}, by=user, at=now)
    except CadranError as error:
        refusal = error.message
    checklist = Checklist(get_intervention(user, ticket, n), user)
    response = render(request, "desk/tickets/_checklist.html", {"checklist": checklist, "now": now})
    return toast(response, refusal, level="error") if refusal else response
