"""Linking a ticket with a supplier contract, and unlinking it, with one click each (Spec T9)."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cadran.accounts.access import needs
from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.contracts.models import SupplierContract
from cadran.core.errors import CadranError
from cadran.tickets.errors import EditConflict
from cadran.tickets.operations import edit_ticket

from ..forms.fields import is_key
from ..page import fragments, get_ticket


@needs(Right.EDIT_TICKETS, Right.SEE_CONTRACTS)
@require_POST
def link(request: HttpRequest, number: str) -> HttpResponse:
    """Link the contract that was sent, or none; ``seen`` is the one that the page showed (Spec T17)."""
    user = cast(User, request.user)
    ticket = get_ticket(user, number)
    wanted, seen = (_contract(request.POST.get(name, ""), user) for name in ("contract", "seen"))
    try:
        edit_ticket(
            ticket=ticket,
            changes={"supplier_contract": wanted},
            base={"supplier_contract": seen},
            by=user,
            at=timezone.now(),
        )
    except EditConflict as conflict:
        who = conflict.conflicts[0].by_name or _("Somebody else")
        told = _("%(who)s has changed the supplier contract meanwhile. Look whether your choice still holds.")
        return fragments(request, ticket, told % {"who": who}, level="error")
    except CadranError as error:
        return fragments(request, ticket, error.message, level="error")
    if wanted is None:
        return fragments(request, ticket, _("The supplier contract is unlinked."))
    return fragments(request, ticket, _("%(contract)s is linked.") % {"contract": wanted})


def _contract(key: str, user: User) -> SupplierContract | None:
    if not is_key(key):
        return None
    found: SupplierContract = get_object_or_404(SupplierContract.objects.visible_to(user), pk=key)
    return found
