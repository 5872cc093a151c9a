"""How a macro that is being written would read on a ticket (Spec T30)."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cadran.accounts.access import needs
from cadran.accounts.rights import Right
from cadran.core.errors import CadranError
from cadran.tickets.models import Ticket
from cadran.tickets.queries.macros import preview_text

from ..common import now, person


@dataclass(frozen=True)
class Shown:
    """One of the two texts, filled in, or why it can't be."""

    label: str
    language: str
    html: str = ""
    refusal: str = ""


@needs(Right.EDIT_REFERENCE_DATA)
@require_POST
def macro_preview(request: HttpRequest) -> HttpResponse:
    """Both texts on the ticket of the number typed, or on the newest one."""
    user = person(request)
    tickets = Ticket.objects.visible_to(user).select_related(
        "requester", "customer", "action_schedule_version__schedule", "reception_schedule_version__schedule"
    )
    typed = request.POST.get("ticket", "").strip()
    ticket = tickets.filter(number__iexact=typed).first() if typed else tickets.first()
    shown = [
        _shown(request, ticket, language, label)
        for language, label in (("fr", _("French text")), ("en", _("English text")))
        if ticket is not None and request.POST.get(f"text_{language}")
    ]
    context = {"ticket": ticket, "typed": typed, "shown": shown}
    return render(request, "desk/settings/_macro_preview.html", context)


def _shown(request: HttpRequest, ticket: Ticket, language: str, label: str) -> Shown:
    agent = getattr(person(request), "agent", None)
    try:
        html = preview_text(request.POST[f"text_{language}"], language, ticket, agent, at=now())
    except CadranError as refused:
        return Shown(label, language, refusal=refused.message)
    return Shown(label, language, html)
