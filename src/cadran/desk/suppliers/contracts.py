"""The list, the page and the form of supplier contracts (Spec C7)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cadran.accounts.access import needs
from cadran.accounts.rights import Right
from cadran.contracts.models import SupplierContract
from cadran.contracts.operations import save_supplier_contract
from cadran.desk.components.answers import sent
from cadran.desk.records.dialogs import answer_page, key_in
from cadran.desk.records.lists import RecordList, show_list
from cadran.desk.settings.common import now, person

from .forms import ContractListForm, SupplierContractForm
from .screen import acts_of, contract_page, contract_rows, contracts_of

_SEE, _EDIT = Right.SEE_CONTRACTS, Right.EDIT_CONTRACTS


@needs(_SEE)
@require_GET
def contract_list(request: HttpRequest) -> HttpResponse:
    """Supplier contracts, whether each covers today, and why not."""
    user, day = person(request), timezone.localtime(now()).date()
    screen = RecordList(
        template="desk/suppliers/contract_list.html",
        rows_template="desk/suppliers/_contract_rows.html",
        form=ContractListForm(request.GET, user=user, day=day),
        rows=contracts_of(user).select_related("supplier"),
        decorate=lambda rows: contract_rows(rows, day=day),
    )
    return show_list(request, screen, **acts_of(user))


@needs(_SEE)
@require_GET
def contract(request: HttpRequest, number: str) -> HttpResponse:
    """One contract with what it covers, what the supplier promises, and the tickets under it."""
    user = person(request)
    rows = SupplierContract.objects.visible_to(user).select_related("supplier", "schedule")
    row = get_object_or_404(rows, number=number)
    with_all = request.GET.get("assets") == "all"
    context = contract_page(row, with_all=with_all, user=user, now=now())
    return render(request, "desk/suppliers/contract.html", context)


@needs(_SEE, _EDIT)
@require_http_methods(["GET", "POST"])
def contract_new(request: HttpRequest) -> HttpResponseBase:
    """Create a supplier contract; the address may name its supplier or an asset."""
    return _form_page(request, None)


@needs(_SEE, _EDIT)
@require_http_methods(["GET", "POST"])
def contract_edit(request: HttpRequest, number: str) -> HttpResponseBase:
    """Change a supplier contract."""
    rows = SupplierContract.objects.visible_to(person(request))
    return _form_page(request, get_object_or_404(rows, number=number))


def _form_page(request: HttpRequest, row: SupplierContract | None) -> HttpResponseBase:
    user, at = person(request), now()
    form = SupplierContractForm(sent(request), user=user, row=row, initial=None if row else _named(request))
    stored = SupplierContract.objects.visible_to(user).filter(pk=row.pk if row else None)
    return answer_page(
        request,
        form=form,
        template="desk/suppliers/contract_edit.html",
        act=lambda: save_supplier_contract(
            contract=row, details=form.details, by=user, at=at, seen=form.version_seen
        ),
        told=lambda saved: _("Contract %(number)s is saved.") % {"number": saved.number},
        go=lambda saved: reverse("desk:supplier_contract", args=[saved.number]),
        more=lambda: {"contract": stored.first()},
    )


def _named(request: HttpRequest) -> dict[str, Any]:
    """What the address fills in."""
    supplier, asset = key_in(request, "supplier"), key_in(request, "asset")
    first: dict[str, Any] = {"supplier": supplier} if supplier else {}
    return first | ({"assets": [asset]} if asset else {})
