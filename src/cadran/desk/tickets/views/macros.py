"""Macros on a ticket: applied in one act, or their texts put into what one writes (Spec T30)."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_htmx.http import trigger_client_event

from cadran.accounts.access import needs
from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import CadranError
from cadran.core.text import fold
from cadran.desk.components.answers import sent
from cadran.tickets.choices import MacroPlace
from cadran.tickets.operations import apply_macro
from cadran.tickets.queries.macros import macro_text, macros_for

from ..forms.macros import MacroForm
from ..page import get_ticket
from . import dialogs

#: Texts that the list beside an editor offers at most.
OFFERED = 30


@needs(Right.SEE_TICKETS)
@dialogs.in_a_dialog
def macro(request: HttpRequest, number: str) -> HttpResponseBase:
    """Choose a macro, see what it will do, and do it; ``then`` opens the finish dialog behind it."""
    user, now = cast(User, request.user), timezone.now()
    ticket = get_ticket(user, number)
    form = MacroForm(sent(request), person=user, ticket=ticket, now=now)
    if request.method == "POST":
        if dialogs.REFRESH in request.GET:
            dialogs.calm(form)
        elif form.is_valid() and dialogs.attempt(form, lambda: _apply(form)):
            response = dialogs.finished(request, ticket, _("“%(macro)s” applied.") % {"macro": form.chosen})
            return _then_finish(request, form, response)
    return dialogs.draw(request, "desk/tickets/dialogs/macro.html", ticket, form, {})


def _apply(form: MacroForm) -> object:
    typed = form.cleaned_data
    return apply_macro(
        ticket=form.ticket,
        macro=typed["macro"],
        text=typed["text"],
        intervention=form.running,
        base=form.seen(),
        by=form.person,
        at=form.now,
    )


def _then_finish(request: HttpRequest, form: MacroForm, response: HttpResponse) -> HttpResponse:
    if request.POST.get("then") != "finish" or form.running is None or "HX-Refresh" in response:
        return response
    url = reverse("desk:intervention_finish", args=[form.ticket.number, form.running.number])
    return trigger_client_event(response, "open-dialog", {"url": url})


@needs(Right.SEE_TICKETS)
@require_safe
def macro_texts(request: HttpRequest, number: str) -> HttpResponse:
    """The texts that may go into an editor, filled in: an external one is offered those for external reports alone."""
    user, now = cast(User, request.user), timezone.now()
    ticket = get_ticket(user, number)
    rows = macros_for(user).exclude(text_fr="", text_en="")
    if request.GET.get("seen") != "internal":
        rows = rows.filter(place=MacroPlace.EXTERNAL_REPORT)
    words = fold(request.GET.get("q", "")).split()
    results: list[dict[str, str]] = []
    for row in rows:
        if len(results) < OFFERED and all(word in fold(f"{row.name_fr} {row.name_en}") for word in words):
            try:
                html = macro_text(row, ticket, getattr(user, "agent", None), at=now)
            except CadranError:
                continue  # its text must be mended in the settings first
            results.append({"text": row.name, "hint": str(row.get_place_display()), "html": html})
    return JsonResponse({"results": results, "note": _("No macro has a text for this field.")})
