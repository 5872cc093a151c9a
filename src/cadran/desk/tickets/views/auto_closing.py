"""Keeping a resolved ticket from closing by itself (Spec T28)."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cadran.accounts.access import needs
from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import CadranError
from cadran.tickets.operations import hold_closing
from cadran.tickets.queries.auto_closing import closing_rule

from ..page import fragments, get_ticket


@needs(Right.SEE_TICKETS, Right.CLOSE_TICKETS)
@require_POST
def hold(request: HttpRequest, number: str) -> HttpResponseBase:
    """Keep the ticket open, or let it close by itself again."""
    user, held = cast(User, request.user), request.POST.get("held") == "yes"
    ticket = get_ticket(user, number)
    try:
        hold_closing(ticket=ticket, held=held, by=user, at=timezone.now())
    except CadranError as refused:
        return fragments(request, ticket, refused.message, level="error")
    if not closing_rule().is_on:
        said = _("No ticket closes by itself now: automatic closing is switched off in the settings.")
        return fragments(request, ticket, said, level="info")
    said = _("The ticket stays open until somebody closes it.") if held else _("It closes by itself again.")
    return fragments(request, ticket, said)
