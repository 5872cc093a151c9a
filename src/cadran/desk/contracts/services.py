"""The dialogs of a contract's services (Spec C2)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cadran.accounts.access import needs
from cadran.accounts.rights import Right
from cadran.contracts.details import service_from_template
from cadran.contracts.models import Contract, Service, ServiceTemplate
from cadran.contracts.operations import save_service
from cadran.desk.components.answers import sent
from cadran.desk.records.dialogs import answer, key_in
from cadran.desk.settings.common import now, person

from .forms import ServiceForm

_SEE, _EDIT = Right.SEE_CONTRACTS, Right.EDIT_CONTRACTS


@needs(_SEE, _EDIT)
@require_http_methods(["GET", "POST"])
def service_new(request: HttpRequest, number: str) -> HttpResponseBase:
    """Create a service, from the template that the address names if any."""
    user = person(request)
    owner = get_object_or_404(Contract.objects.visible_to(user).select_related("customer"), number=number)
    found = ServiceTemplate.objects.visible_to(user).in_use()
    template = found.filter(pk=key_in(request, "template")).first()
    return _dialog(request, owner, None, _proposed(template) if template else {})


@needs(_SEE, _EDIT)
@require_http_methods(["GET", "POST"])
def service_edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change a service."""
    rows = Service.objects.visible_to(person(request)).select_related("contract__customer")
    row = get_object_or_404(rows, pk=pk)
    return _dialog(request, row.contract, row, {})


def _proposed(template: ServiceTemplate) -> dict[str, Any]:
    details = service_from_template(template)
    names = ("label", "template", "default_team", "default_severity", "default_nature")
    values = {name: getattr(details, name) for name in names}
    return {name: getattr(value, "pk", value) for name, value in values.items()}


def _dialog(
    request: HttpRequest, owner: Contract, row: Service | None, first: dict[str, Any]
) -> HttpResponseBase:
    user, at = person(request), now()
    form = ServiceForm(sent(request), user=user, row=row, initial=first)
    page = f"{reverse('desk:contract', args=[owner.number])}?tab=services"
    return answer(
        request,
        form=form,
        template="desk/contracts/service_edit.html",
        act=lambda: save_service(
            contract=owner, service=row, details=form.details, by=user, at=at, seen=form.version_seen
        ),
        go=lambda _saved: page,
        back=page,
        more={"contract": owner, "service": row, "owners": [owner.customer, *owner.beneficiaries.all()]},
    )
