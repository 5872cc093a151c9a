"""The list and page of suppliers, and the dialogs of suppliers and their contacts (Spec C7)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from cadran.accounts.access import needs
from cadran.accounts.rights import Right
from cadran.desk.components.answers import sent
from cadran.desk.records.dialogs import answer
from cadran.desk.records.lists import RecordList, show_list
from cadran.desk.settings.common import now, person
from cadran.parties.models import Supplier, SupplierContact
from cadran.parties.operations import save_supplier, save_supplier_contact

from .forms import SupplierContactForm, SupplierForm, SupplierListForm
from .screen import acts_of, supplier_page, supplier_rows

_SEE, _EDIT = Right.SEE_CONTRACTS, Right.EDIT_CONTRACTS


@needs(_SEE)
@require_GET
def supplier_list(request: HttpRequest) -> HttpResponse:
    """Suppliers, with the contracts that run today and the open tickets under them."""
    user, day = person(request), timezone.localtime(now()).date()
    screen = RecordList(
        template="desk/suppliers/list.html",
        rows_template="desk/suppliers/_rows.html",
        form=SupplierListForm(request.GET, user=user),
        rows=Supplier.objects.visible_to(user),
        decorate=lambda rows: supplier_rows(rows, user=user, day=day),
    )
    return show_list(request, screen, **acts_of(user))


@needs(_SEE)
@require_GET
def supplier(request: HttpRequest, pk: int) -> HttpResponse:
    """One supplier with its contacts, contracts and open tickets."""
    user = person(request)
    row = get_object_or_404(Supplier.objects.visible_to(user), pk=pk)
    return render(request, "desk/suppliers/supplier.html", supplier_page(row, user=user, now=now()))


@needs(_SEE, _EDIT)
@require_http_methods(["GET", "POST"])
def supplier_new(request: HttpRequest) -> HttpResponseBase:
    """Create a supplier, also from a contract's form."""
    return _supplier_dialog(request, None)


@needs(_SEE, _EDIT)
@require_http_methods(["GET", "POST"])
def supplier_edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change a supplier."""
    return _supplier_dialog(request, get_object_or_404(Supplier.objects.visible_to(person(request)), pk=pk))


@needs(_SEE, _EDIT)
@require_http_methods(["GET", "POST"])
def contact_new(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Create a contact of a supplier."""
    owner = get_object_or_404(Supplier.objects.visible_to(person(request)), pk=pk)
    return _contact_dialog(request, owner, None)


@needs(_SEE, _EDIT)
@require_http_methods(["GET", "POST"])
def contact_edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change a contact of a supplier."""
    rows = SupplierContact.objects.visible_to(person(request)).select_related("supplier")
    row = get_object_or_404(rows, pk=pk)
    return _contact_dialog(request, row.supplier, row)


def _supplier_dialog(request: HttpRequest, row: Supplier | None) -> HttpResponseBase:
    user, at = person(request), now()
    form = SupplierForm(sent(request), user=user, row=row)
    return answer(
        request,
        form=form,
        template="desk/suppliers/supplier_edit.html",
        act=lambda: save_supplier(supplier=row, details=form.details, by=user, at=at, seen=form.version_seen),
        go=lambda saved: reverse("desk:supplier", args=[saved.pk]),
        back=reverse("desk:supplier", args=[row.pk]) if row else reverse("desk:supplier_list"),
        more={"supplier": row},
    )


def _contact_dialog(request: HttpRequest, owner: Supplier, row: SupplierContact | None) -> HttpResponseBase:
    user, at = person(request), now()
    form = SupplierContactForm(sent(request), user=user, row=row)
    page = reverse("desk:supplier", args=[owner.pk])
    return answer(
        request,
        form=form,
        template="desk/suppliers/contact_edit.html",
        act=lambda: save_supplier_contact(
            supplier=owner, contact=row, details=form.details, by=user, at=at, seen=form.version_seen
        ),
        go=lambda _saved: page,
        back=page,
        more={"supplier": owner, "contact": row},
    )
