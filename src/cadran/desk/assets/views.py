"""The list, the page and the dialogs of assets."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from cadran.accounts.access import needs
from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.catalogue.models import Asset, SeverityAlert
from cadran.catalogue.operations import save_asset
from cadran.contracts.models import Service
from cadran.contracts.queries import contract_coverage
from cadran.desk.components.answers import sent
from cadran.desk.plans.screen import plans_section
from cadran.desk.records.dialogs import answer, key_in, words_in
from cadran.desk.records.lists import RecordList, show_list
from cadran.desk.records.tickets import all_lines
from cadran.desk.settings.common import now, person
from cadran.desk.suppliers.screen import rows_of_asset
from cadran.tickets.models import Ticket

from .forms import AssetForm, AssetListForm

_SEE, _EDIT = Right.SEE_ASSETS, Right.EDIT_ASSETS
#: The fields of a new asset that the address may fill.
_PREFILL = ("customer", "site", "product")


def acts_of(user: User) -> dict[str, bool]:
    """What the person may do, so that nothing else is offered."""
    return {
        "may_edit": user.has_right(_EDIT),
        "may_open": user.has_right(Right.OPEN_TICKETS),
        "sees_contracts": user.has_right(Right.SEE_CONTRACTS),
        "sees_customers": user.has_right(Right.SEE_CUSTOMERS),
        "sees_tickets": user.has_right(Right.SEE_TICKETS),
    }


@needs(_SEE)
@require_GET
def asset_list(request: HttpRequest) -> HttpResponse:
    """What is installed and under maintenance."""
    user = person(request)
    screen = RecordList(
        template="desk/assets/list.html",
        rows_template="desk/assets/_rows.html",
        form=AssetListForm(request.GET, user=user),
        rows=Asset.objects.visible_to(user).select_related("customer", "product", "version", "site"),
    )
    return show_list(request, screen, **acts_of(user))


@needs(_SEE)
@require_GET
def asset(request: HttpRequest, number: str) -> HttpResponse:
    """One asset: what it is, which services cover it, its tickets."""
    user, at = person(request), now()
    rows = Asset.objects.visible_to(user).select_related("customer", "product", "version", "site")
    row = get_object_or_404(rows, number=number)
    day = timezone.localtime(at).date()
    covering = Service.objects.visible_to(user).filter(
        Q(assets=row) | Q(products=row.product), is_active=True
    )
    # A service that names a product covers it at the contract's own customers alone.
    theirs = Q(contract__customer=row.customer) | Q(contract__beneficiaries=row.customer)
    services = [
        (service, contract_coverage(service.contract, day))
        for service in covering.filter(theirs).select_related("contract").distinct()
    ]
    context = {
        "asset": row,
        "alerts": SeverityAlert.objects.visible_to(user).filter(asset=row).select_related("severity"),
        "services": sorted(services, key=lambda pair: not pair[1].covers),
        "supplies": rows_of_asset(row, user=user, day=day),
        "may_enter_contracts": user.has_right(Right.SEE_CONTRACTS) and user.has_right(Right.EDIT_CONTRACTS),
        "tickets": all_lines(Ticket.objects.visible_to(user).filter(asset=row), at),
        **plans_section(row, user=user, now=at),
        "now": at,
        **acts_of(user),
    }
    return render(request, "desk/assets/asset.html", context)


@needs(_SEE, _EDIT)
@require_http_methods(["GET", "POST"])
def asset_new(request: HttpRequest) -> HttpResponseBase:
    """Create an asset; the address may name its customer, site and product."""
    return _dialog(request, None)


@needs(_SEE, _EDIT)
@require_http_methods(["GET", "POST"])
def asset_edit(request: HttpRequest, number: str) -> HttpResponseBase:
    """Change an asset."""
    return _dialog(request, get_object_or_404(Asset.objects.visible_to(person(request)), number=number))


def _dialog(request: HttpRequest, row: Asset | None) -> HttpResponseBase:
    user, at = person(request), now()
    first = {name: key for name in _PREFILL if (key := key_in(request, name))}
    first["name"] = words_in(request)
    form = AssetForm(sent(request), user=user, row=row, initial=first if row is None else {})
    return answer(
        request,
        form=form,
        template="desk/assets/asset_edit.html",
        act=lambda: save_asset(asset=row, details=form.details, by=user, at=at, seen=form.version_seen),
        go=lambda saved: reverse("desk:asset", args=[saved.number]),
        back=reverse("desk:asset", args=[row.number]) if row else reverse("desk:asset_list"),
        more={"asset": row, "sees_customers": user.has_right(Right.SEE_CUSTOMERS)},
    )
