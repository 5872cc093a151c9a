"""The ticket list and its bulk act."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import trigger_client_event

from cadran.accounts.access import needs
from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.business_rules import value_of
from cadran.core.errors import CadranError
from cadran.core.instants import whole_second
from cadran.desk.components.answers import close_dialog, toast
from cadran.tickets.business_rules import TICKET_PREFIX
from cadran.tickets.models import Ticket
from cadran.tickets.operations import assign_ticket

from .forms import AssignForm
from .screen import GROUPS, PAGE_ROWS, Screen


@needs(Right.SEE_TICKETS)
@require_GET
def ticket_list(request: HttpRequest) -> HttpResponse:
    """The list; for htmx its rows and chips alone. A ticket's number leads to the ticket; its digits do, too."""
    user = cast(User, request.user)
    is_fragment = request.headers.get("HX-Target") == "list"
    words = request.GET.get("q", "").strip()
    if words and not is_fragment:
        number = f"{value_of(TICKET_PREFIX)}{words}" if words.isdecimal() else words
        exact = (
            Ticket.objects.visible_to(user)
            .filter(number__iexact=number)
            .values_list("number", flat=True)
            .first()
        )
        if exact:
            return HttpResponseRedirect(reverse("desk:ticket", args=[exact]))
    screen = Screen(user, request.GET, whole_second(timezone.now()))
    context: dict[str, Any] = {"screen": screen, "form": screen.filter.form, "is_fragment": is_fragment}
    if not is_fragment:
        context |= {"tabs": screen.tabs(), "groups": GROUPS}
    response = render(request, f"desk/ticket_list/{'_rows' if is_fragment else 'list'}.html", context)
    if is_fragment:
        response["HX-Push-Url"] = f"{request.path}?{screen.tidy_query}".rstrip("?")
    # One address, two answers: the browser must not take the rows for the page.
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


@needs(Right.SEE_TICKETS)
@require_http_methods(["GET", "POST"])
def assign_selected(request: HttpRequest) -> HttpResponse:
    """Assign the selected tickets; each by itself, so that one refusal keeps none of the others."""
    user = cast(User, request.user)
    sent = request.POST if request.method == "POST" else request.GET
    ids = [int(value) for value in sent.getlist("ticket") if value.isdecimal() and len(value) < 19][
        :PAGE_ROWS
    ]
    tickets = list(Ticket.objects.visible_to(user).filter(pk__in=ids).order_by("-id"))
    form = AssignForm(request.POST if request.method == "POST" else None, user=user)
    refused: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        refused = _assign(tickets, form.cleaned_data, user)
        if not refused:
            count = len(tickets)
            told = ngettext("%(count)s ticket assigned.", "%(count)s tickets assigned.", count) % {
                "count": count
            }
            return _changed(toast(close_dialog(), told))
    context = {"form": form, "tickets": tickets, "refused": refused, "done": len(tickets) - len(refused)}
    is_wrong = form.is_bound and not form.is_valid()
    response = render(request, "desk/ticket_list/_assign.html", context, status=422 if is_wrong else 200)
    return _changed(response) if refused else response


def _assign(tickets: list[Ticket], choice: dict[str, Any], user: User) -> list[tuple[str, str]]:
    """Assign each ticket; the number and the sentence of every refusal."""
    refused = []
    at = whole_second(timezone.now())
    for ticket in tickets:
        try:
            assign_ticket(
                ticket=ticket, team=choice["team"] or ticket.team, assignee=choice["assignee"], by=user, at=at
            )
        except CadranError as error:
            refused.append((ticket.number, error.message))
    return refused


def _changed(response: HttpResponse) -> HttpResponse:
    """Have the list drawn anew."""
    return trigger_client_event(response, "tickets-changed", {})
