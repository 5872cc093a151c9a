"""Linking a ticket with others, and taking its children along (Spec T10)."""

from __future__ import annotations

from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from cadran.accounts.access import needs
from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import CadranError
from cadran.desk.components.answers import sent, toast
from cadran.tickets.choices import Cascade, LinkRole
from cadran.tickets.models import Ticket
from cadran.tickets.operations import link_tickets, order_cascade, unlink_tickets
from cadran.tickets.queries.cascades import cascade_of
from cadran.tickets.queries.links import cascades_for, child_phases, links_of

from ..forms.children import ChildrenForm
from ..linking import children_url, linked_context, listed_context
from ..page import fragments, get_ticket
from . import dialogs


@needs(Right.EDIT_TICKETS)
@dialogs.in_a_dialog
def links(request: HttpRequest, number: str) -> HttpResponseBase:
    """The panel of tickets to link with; sent, the one chosen is linked and the panel stays open."""
    user = cast(User, request.user)
    ticket = get_ticket(user, number)
    if request.method == "GET":
        whole = "ct_page" not in request.GET
        return render(
            request,
            f"desk/tickets/{'dialogs/links' if whole else '_link_list'}.html",
            _listed(request, ticket),
        )
    other, role = _other(request, user), request.POST.get("role")
    if role not in LinkRole.values:
        raise Http404
    try:
        link_tickets(ticket=ticket, other=other, role=role, by=user, at=timezone.now())
    except CadranError as error:
        return toast(_list_again(request, ticket, other), error.message, level="error")
    return toast(_list_again(request, ticket, other), _("%(number)s is linked.") % {"number": other.number})


def _listed(request: HttpRequest, ticket: Ticket) -> dict[str, Any]:
    """What the panel lists on a ticket's page; linked ones say what they are."""
    user, now = cast(User, request.user), timezone.now()
    sent = request.POST if request.method == "POST" else request.GET
    context = listed_context(
        sent, user, now, customer=ticket.customer, asset=ticket.asset, without=[ticket.pk]
    )
    roles = links_of(ticket, [line.ticket for line in context["lines"]])
    lines = [(line, roles.get(line.ticket.pk)) for line in context["lines"]]
    return {**context, "lines": lines, "ticket": ticket, "customer": ticket.customer, "now": now}


def _list_again(request: HttpRequest, ticket: Ticket, other: Ticket) -> HttpResponse:
    """The list as it is now, the cursor still on the line of ``other``, and the parts of the page behind it."""
    context = {**_listed(request, ticket), "acted": other}
    response = render(request, "desk/tickets/_link_list.html", context)
    response.content += fragments(request, ticket).content
    return response


def _other(request: HttpRequest, user: User) -> Ticket:
    rows = Ticket.objects.visible_to(user)
    return cast(Ticket, get_object_or_404(rows, number=request.POST.get("other", "")))


@needs(Right.EDIT_TICKETS)
@require_POST
def unlink(request: HttpRequest, number: str) -> HttpResponse:
    """Take a link away, from the page or from the panel."""
    user = cast(User, request.user)
    ticket, other = get_ticket(user, number), _other(request, user)
    said, level = _("%(number)s is no longer linked.") % {"number": other.number}, "done"
    try:
        unlink_tickets(ticket=ticket, other=other, by=user, at=timezone.now())
    except CadranError as error:
        said, level = error.message, "error"
    if "ct_page" in request.POST:
        return toast(_list_again(request, ticket, other), said, level=level)  # type: ignore[arg-type]
    return fragments(request, ticket, said, level=level)  # type: ignore[arg-type]


@needs(Right.SEE_TICKETS)
@require_safe
def linked(request: HttpRequest, number: str) -> HttpResponse:
    """How far the children have come that follow the ticket; asks again until they are done."""
    user, now = cast(User, request.user), timezone.now()
    ticket = get_ticket(user, number)
    context = {"ticket": ticket, "now": now, **linked_context(ticket, user, now)}
    return render(request, "desk/tickets/_links.html", context)


@needs(Right.SEE_TICKETS)
@dialogs.in_a_dialog
def children(request: HttpRequest, number: str, cascade: str) -> HttpResponseBase:
    """Choose the children that are resolved or closed as the ticket was; they follow in the background."""
    user = cast(User, request.user)
    ticket = get_ticket(user, number)
    if cascade not in Cascade.values:
        raise Http404
    wanted = Cascade(cascade)
    if wanted not in cascades_for(ticket, child_phases(ticket), user):
        return fragments(request, ticket, _("No child of the ticket can follow it now."), level="error")
    form = ChildrenForm(sent(request), person=user, ticket=ticket, now=timezone.now(), cascade=wanted)
    if request.method == "POST" and form.is_valid() and _ordered(form, ticket, user):
        return dialogs.finished(request, ticket, _("The children follow."))
    return dialogs.draw(request, "desk/tickets/dialogs/children.html", ticket, form, {"cascade": wanted})


def _ordered(form: ChildrenForm, ticket: Ticket, user: User) -> bool:
    typed = form.cleaned_data
    return dialogs.attempt(
        form,
        lambda: order_cascade(
            parent=ticket,
            children=list(typed["children"]),
            cascade=form.cascade,
            external_report=typed.get("external_report", ""),
            by=user,
            at=form.now,
        ),
    )


def ask_children(request: HttpRequest, number: str, response: HttpResponse) -> HttpResponse:
    """Let the question whether the children follow come after an act that resolved or closed the ticket."""
    user = cast(User, request.user)
    ticket = get_ticket(user, number)
    offers = cascades_for(ticket, child_phases(ticket), user)
    waits = cascade_of(ticket, timezone.now()) if offers else None
    if not offers or (waits is not None and waits.is_running):
        return response
    if "HX-Refresh" in response:  # another page than the ticket's: the question stands on the ticket's
        page = reverse("desk:ticket", args=[number])
        return HttpResponseClientRedirect(f"{page}?children={offers[0].value}")
    return trigger_client_event(response, "open-dialog", {"url": children_url(ticket, offers[0])})
