"""The list, the page and the form of contracts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cadran.accounts.access import needs
from cadran.accounts.rights import Right
from cadran.contracts.models import Contract
from cadran.contracts.operations import save_contract
from cadran.contracts.queries import contract_coverage
from cadran.desk.components.answers import sent
from cadran.desk.records.dialogs import answer, answer_page, is_for_picker, key_in
from cadran.desk.records.lists import RecordList, show_list
from cadran.desk.settings.common import now, person
from cadran.parties.models import Customer
from cadran.parties.operations import save_project

from .forms import ContractForm, ContractListForm, ProjectForm
from .screen import TABS, acts_of, contract_page, ends_soon
from .short import contract_dialog

_SEE, _EDIT = Right.SEE_CONTRACTS, Right.EDIT_CONTRACTS
_SHOWN = (
    "customer",
    "invoiced_customer",
    "project",
    "type",
    "maintenance_site",
    "sales_manager",
    "administrative_manager",
    "technical_manager",
)


@needs(_SEE)
@require_GET
def contract_list(request: HttpRequest) -> HttpResponse:
    """Contracts, whether each covers today, and why not."""
    user, day = person(request), timezone.localtime(now()).date()

    def decorate(rows: Sequence[Any]) -> list[Any]:
        return [(row, contract_coverage(row, day), ends_soon(row, day)) for row in rows]

    screen = RecordList(
        template="desk/contracts/list.html",
        rows_template="desk/contracts/_rows.html",
        form=ContractListForm(request.GET, user=user, day=day),
        rows=Contract.objects.visible_to(user).select_related("customer"),
        decorate=decorate,
    )
    return show_list(request, screen, **acts_of(user))


@needs(_SEE)
@require_GET
def contract(request: HttpRequest, number: str) -> HttpResponse:
    """One contract, tab by tab."""
    user = person(request)
    rows = Contract.objects.visible_to(user).select_related(*_SHOWN)
    row = get_object_or_404(rows.prefetch_related("beneficiaries", "sites__customer"), number=number)
    tab = request.GET.get("tab", "")
    context = contract_page(row, tab if tab in TABS else "general", request.GET, user=user, now=now())
    return render(request, "desk/contracts/contract.html", context)


@needs(_SEE, _EDIT)
@require_http_methods(["GET", "POST"])
def contract_new(request: HttpRequest) -> HttpResponseBase:
    """Create a contract; the address may name its customer. From a ticket's form in a dialog (Spec T7)."""
    return contract_dialog(request) if is_for_picker(request) else _form_page(request, None)


@needs(_SEE, _EDIT)
@require_http_methods(["GET", "POST"])
def contract_edit(request: HttpRequest, number: str) -> HttpResponseBase:
    """Change a contract."""
    return _form_page(request, get_object_or_404(Contract.objects.visible_to(person(request)), number=number))


def _form_page(request: HttpRequest, row: Contract | None) -> HttpResponseBase:
    user, at = person(request), now()
    customer = key_in(request, "customer")
    first = {"customer": customer} if row is None and customer else {}
    form = ContractForm(sent(request), user=user, row=row, initial=first)
    stored = Contract.objects.visible_to(user).filter(pk=row.pk if row else None)
    return answer_page(
        request,
        form=form,
        template="desk/contracts/contract_edit.html",
        act=lambda: save_contract(contract=row, details=form.details, by=user, at=at, seen=form.version_seen),
        told=lambda saved: _("Contract %(number)s is saved.") % {"number": saved.number},
        go=lambda saved: reverse("desk:contract", args=[saved.number]),
        more=lambda: {"contract": stored.first()},
    )


@needs(_SEE, _EDIT)
@require_http_methods(["GET", "POST"])
def project_new(request: HttpRequest) -> HttpResponseBase:
    """Create a project from a contract's form."""
    user, at = person(request), now()
    customer = Customer.objects.visible_to(user).filter(pk=key_in(request, "customer")).first()
    form = ProjectForm(sent(request), user=user, customer=customer)
    page = reverse("desk:contract_list")
    return answer(
        request,
        form=form,
        template="desk/contracts/project_new.html",
        act=lambda: save_project(project=None, details=form.details, by=user, at=at),
        go=lambda _saved: page,
        back=page,
        more={"customer": customer},
    )
