"""Known errors and resolved tickets like the one that is typed or looked at (Spec S5)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cadran.accounts.access import needs
from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.catalogue.known_errors import errors_alike
from cadran.catalogue.models import KnownError, Product, ProductVersion
from cadran.core.errors import CadranError
from cadran.core.stemming import words_with
from cadran.core.text import plain
from cadran.desk.settings.common import now, person
from cadran.desk.tickets.forms.fields import is_key
from cadran.desk.tickets.page import fragments, get_ticket
from cadran.desk.tickets_new.forms import TicketForm
from cadran.tickets.models import Ticket
from cadran.tickets.operations import edit_ticket
from cadran.tickets.queries.alike import AlikeTicket, tickets_alike

#: So many known errors and so many tickets are proposed.
_SHOWN = 4


@dataclass(frozen=True)
class ErrorProposal:
    """A known error with what it has in common; ``is_chosen``: the ticket has it already."""

    known_error: KnownError
    words: str = ""
    is_chosen: bool = False

    @property
    def filling(self) -> str:
        """What the form of a new ticket puts into its fields when it is taken over."""
        product = self.known_error.product
        reason = _("From the known error")
        return json.dumps(
            {
                "known_error": {
                    "value": str(self.known_error.pk),
                    "text": str(self.known_error),
                    "reason": "",
                },
                "product": {"value": str(product.pk), "text": str(product), "reason": reason},
            }
        )


@dataclass(frozen=True)
class TicketProposal:
    """A resolved ticket with what it has in common."""

    alike: AlikeTicket
    words: str


def proposals(
    *,
    text: str,
    product: Product | None,
    version: ProductVersion | None,
    chosen: KnownError | None,
    user: User,
    without: Ticket | None = None,
) -> dict[str, Any]:
    """The context of the panel: the known error that is chosen, then others and tickets like ``text`` (plain)."""
    errors = [ErrorProposal(chosen, is_chosen=True)] if chosen else []
    alike = errors_alike(text=text, product=product, version=version, user=user, limit=_SHOWN)
    errors += [
        ErrorProposal(one.known_error, _common(text, one.stems)) for one in alike if one.known_error != chosen
    ]
    tickets = tickets_alike(text=text, product=product, user=user, without=without, limit=_SHOWN)
    return {
        "errors": errors,
        "tickets": [TicketProposal(one, _common(text, one.stems)) for one in tickets],
    }


def _common(text: str, stems: Iterable[str]) -> str:
    return ", ".join(words_with(text, set(stems)))


@needs(Right.OPEN_TICKETS)
@require_POST
def on_new_ticket(request: HttpRequest) -> HttpResponse:
    """What is like the ticket that is being typed."""
    user = person(request)
    form = TicketForm(request.POST, person=user, now=now(), is_bare=True)
    asset, product = form.chosen("asset"), form.chosen("product")
    description = plain(request.POST.get("external_description", ""))
    context = proposals(
        text=f"{request.POST.get('title', '')} {description}",
        product=product or (asset.product if asset else None),
        version=form.chosen("version"),
        chosen=form.chosen("known_error"),
        user=user,
    )
    return render(request, "desk/known_errors/_proposals.html", {**context, "fills": True})


@needs(Right.SEE_TICKETS)
@require_GET
def on_ticket(request: HttpRequest, number: str) -> HttpResponse:
    """What is like a ticket, beside it."""
    user = person(request)
    ticket = get_ticket(user, number)
    chosen = KnownError.objects.visible_to(user).filter(pk=ticket.known_error_id).first()
    context = proposals(
        text=f"{ticket.title} {plain(ticket.external_description)}",
        product=ticket.product,
        version=ticket.version,
        chosen=chosen,
        user=user,
        without=ticket,
    )
    may_take = user.has_right(Right.EDIT_TICKETS) and ticket.merged_into_id is None
    return render(
        request, "desk/known_errors/_proposals.html", {**context, "ticket": ticket, "may_take": may_take}
    )


@needs(Right.SEE_ASSETS, Right.EDIT_TICKETS)
@require_POST
def take_over(request: HttpRequest, number: str) -> HttpResponse:
    """Give a ticket the known error that was proposed, unless somebody gave it another one meanwhile."""
    user = person(request)
    ticket = get_ticket(user, number)
    visible = KnownError.objects.visible_to(user)
    wanted, seen = request.POST.get("known_error", ""), request.POST.get("seen", "")
    error = get_object_or_404(visible, pk=wanted if is_key(wanted) else None)
    base = {"known_error": visible.filter(pk=seen if is_key(seen) else None).first()}
    try:
        edit_ticket(ticket=ticket, changes={"known_error": error}, base=base, by=user, at=now())
    except CadranError as refused:
        return fragments(request, ticket, refused.message, level="error")
    return fragments(
        request,
        ticket,
        _("%(number)s has the known error %(code)s.") % {"number": ticket.number, "code": error.code},
    )
