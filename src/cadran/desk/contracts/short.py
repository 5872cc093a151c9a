"""The short form of a contract, created in a dialog over the ticket that is being typed (Spec T7)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadran.contracts.details import ContractDetails
from cadran.contracts.models import ContractStatus
from cadran.contracts.operations import create_contract_and_project, save_contract
from cadran.desk.components.answers import sent
from cadran.desk.records.dialogs import answer, key_in, words_in
from cadran.desk.records.forms import RecordForm
from cadran.desk.settings.common import now, person
from cadran.desk.tickets.forms.fields import RowField
from cadran.parties.models import Customer, Project
from cadran.parties.operations import ProjectDetails

from .forms import ContractForm

_KEPT = ("label", "status", "customer", "project", "start_on", "end_on", "renewal")


class ShortContractForm(RecordForm):
    """What a contract cannot go without; the rest is as a new contract proposes it.

    A project is chosen, or made from its ``code``: a prospect has none yet.
    """

    label = ContractForm.base_fields["label"]
    status = ContractForm.base_fields["status"]
    customer = ContractForm.base_fields["customer"]
    project = RowField(
        Project.objects.none(),
        label=gettext_lazy("Project"),
        required=False,
        help_text=gettext_lazy("Time and revenue are booked on it."),
    )
    code = forms.CharField(
        label=gettext_lazy("Code of a new project"),
        required=False,
        help_text=gettext_lazy("Where none can be chosen; it gets the contract’s label."),
    )
    start_on = ContractForm.base_fields["start_on"]
    end_on = ContractForm.base_fields["end_on"]
    renewal = ContractForm.base_fields["renewal"]

    def prepare(self) -> None:
        self.offer("customer", Customer)
        self.offer("project", Project)

    @property
    def details(self) -> ContractDetails:
        """The contract as the operation takes it; only of a valid form."""
        return ContractDetails(**{name: self.values[name] for name in _KEPT})

    @property
    def new_project(self) -> ProjectDetails | None:
        """The project to be made along; None where one was chosen, or nothing typed."""
        typed = self.values
        if typed["project"] is not None or not typed["code"].strip():
            return None
        name = typed["label"].strip() or typed["code"]
        return ProjectDetails(code=typed["code"], name=name, customer=typed["customer"])


def contract_dialog(request: HttpRequest) -> HttpResponseBase:
    """Create a contract that the picker below takes at once."""
    user, at = person(request), now()
    customer = Customer.objects.visible_to(user).filter(pk=key_in(request, "customer")).first()
    first: dict[str, Any] = {
        "label": words_in(request),
        "status": ContractStatus.RUNNING.value,
        "start_on": timezone.localdate(at),
        "customer": customer and customer.pk,
    }
    projects = list(Project.objects.visible_to(user).filter(customer=customer, is_active=True)[:2])
    if customer is not None and len(projects) == 1:
        first["project"] = projects[0].pk
    form = ShortContractForm(sent(request), user=user, initial=first)

    def act() -> Any:
        project = form.new_project
        if project is None:
            return save_contract(contract=None, details=form.details, by=user, at=at)
        return create_contract_and_project(details=form.details, project=project, by=user, at=at)

    return answer(
        request,
        form=form,
        template="desk/contracts/contract_new.html",
        act=act,
        told=lambda saved: _("Contract %(number)s is saved.") % {"number": saved.number},
        go=lambda saved: reverse("desk:contract", args=[saved.number]),
        back=reverse("desk:contract_list"),
    )
