"""The dialog that chooses a holder's commitments: one for customers and contacts, one for contracts and services."""

from __future__ import annotations

from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cadran.accounts.access import needs
from cadran.accounts.rights import Right
from cadran.contracts.models import Contract, Service
from cadran.contracts.operations import set_commitment_choices
from cadran.contracts.queries.commitments import Holder
from cadran.desk.components.answers import sent
from cadran.desk.settings.common import now, person
from cadran.parties.models import Contact, Customer

from .commitments import ChoicesForm
from .dialogs import answer

_OF_CUSTOMERS: dict[str, Any] = {"customer": Customer, "contact": Contact}
_OF_CONTRACTS: dict[str, Any] = {"contract": Contract, "service": Service}


@needs(Right.SEE_CUSTOMERS, Right.EDIT_CUSTOMERS)
@require_http_methods(["GET", "POST"])
def customer_choices(request: HttpRequest, kind: str, pk: int) -> HttpResponseBase:
    """The commitments of a customer, or of a contact as requester."""
    return _choices(request, _OF_CUSTOMERS, kind, pk)


@needs(Right.SEE_CONTRACTS, Right.EDIT_CONTRACTS)
@require_http_methods(["GET", "POST"])
def contract_choices(request: HttpRequest, kind: str, pk: int) -> HttpResponseBase:
    """The commitments of a contract, or of one of its services."""
    return _choices(request, _OF_CONTRACTS, kind, pk)


def _choices(request: HttpRequest, kinds: dict[str, Any], kind: str, pk: int) -> HttpResponseBase:
    if kind not in kinds:
        raise Http404(kind)
    user, at = person(request), now()
    holder = cast(Holder, get_object_or_404(kinds[kind].objects.visible_to(user), pk=pk))
    form = ChoicesForm(sent(request), user=user, row=holder)
    page = _page_of(holder)
    return answer(
        request,
        form=form,
        template="desk/records/choices.html",
        act=lambda: (
            set_commitment_choices(
                holder=holder, choices=form.choices, by=user, at=at, seen=form.version_seen
            )
            or [None]
        ),
        told=lambda _saved: _("The commitments of %(name)s are saved.") % {"name": holder},
        go=lambda _saved: page,
        back=page,
        more={"holder": holder, "kind": kind},
    )


def _page_of(holder: Holder) -> str:
    if isinstance(holder, Customer):
        return reverse("desk:customer", args=[holder.number])
    if isinstance(holder, Contact):
        return reverse("desk:contact", args=[holder.pk])
    contract = holder if isinstance(holder, Contract) else holder.contract
    return f"{reverse('desk:contract', args=[contract.number])}?tab=delays"
