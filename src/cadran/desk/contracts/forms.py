"""The criteria of the contract list, and the forms of contracts, services, lines and projects (Spec C1, C2, C3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cadran.accounts.models import User
from cadran.catalogue.models import Asset, Nature, Product, Severity
from cadran.contracts.details import ContractDetails, LineDetails, ServiceDetails
from cadran.contracts.models import (
    Billing,
    ContractLine,
    ContractStatus,
    ContractType,
    Periodicity,
    Renewal,
    ServiceTemplate,
)
from cadran.desk.records.forms import DayField, OptionalRowsField, RecordForm
from cadran.desk.records.lists import ListForm
from cadran.desk.records.money import EurosField
from cadran.desk.tickets.forms.fields import RowField
from cadran.parties.models import Agent, Customer, Project, Site, Team
from cadran.parties.operations import ProjectDetails

#: A contract that ends within so many days ends soon.
SOON_DAYS = 90


class ContractListForm(ListForm):
    """Words, status, customer, ends soon."""

    pickers = ("customer",)
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("All")), *ContractStatus.choices]
    )
    ends = forms.ChoiceField(
        label=_("Ends"),
        required=False,
        choices=[("", pgettext_lazy("a contract", "Always")), ("soon", _("within 90 days"))],
    )
    customer = RowField(Customer.objects.none(), label=_("Customer"), required=False)

    def __init__(self, *args: Any, user: User, day: date, **options: Any) -> None:
        self.day = day
        super().__init__(*args, user=user, **options)

    def prepare(self) -> None:
        field: Any = self.fields["customer"]
        field.queryset = Customer.objects.visible_to(self.user)

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        rows = rows.matching(self.given("q") or "")  # type: ignore[attr-defined]
        if status := self.given("status"):
            rows = rows.filter(status=status)
        if customer := self.given("customer"):
            rows = rows.filter(Q(customer=customer) | Q(pk__in=customer.benefiting_contracts.values("pk")))
        if self.given("ends"):
            rows = rows.filter(end_on__gte=self.day, end_on__lte=self.day + timedelta(days=SOON_DAYS))
        return rows


class ContractForm(RecordForm):
    """Everything of Spec C1 but services, lines and commitments."""

    label = forms.CharField(label=_("Label"))
    number = forms.CharField(
        label=_("Number"), required=False, help_text=_("Left empty: the next one is given.")
    )
    type = forms.ModelChoiceField(
        label=_("Type"), queryset=ContractType.objects.none(), required=False, empty_label=_("none")
    )
    status = forms.ChoiceField(label=_("Status"), choices=ContractStatus.choices)
    customer = RowField(Customer.objects.none(), label=_("Customer (contract holder)"))
    invoiced_customer = RowField(
        Customer.objects.none(),
        label=_("Customer invoiced"),
        required=False,
        help_text=_("Left empty: the holder."),
    )
    beneficiaries = OptionalRowsField(
        Customer.objects.none(),
        label=_("Beneficiaries"),
        help_text=_("Other customers who may open tickets under this contract."),
    )
    sites = OptionalRowsField(
        Site.objects.none(), label=_("Sites"), help_text=_("Left empty: all sites of the customers.")
    )
    maintenance_site = RowField(Site.objects.none(), label=_("Maintenance site"), required=False)
    project = RowField(
        Project.objects.none(), label=_("Project"), help_text=_("Time and revenue are booked on it.")
    )
    start_on = DayField(label=pgettext_lazy("a contract", "Start"))
    end_on = DayField(label=_("End"), required=False, help_text=_("The last day that is covered."))
    renewal = forms.ChoiceField(label=_("Renewal"), choices=Renewal.choices)
    reminder_on = DayField(label=_("Reminder date"), required=False)
    periodicity = forms.ChoiceField(
        label=_("Periodicity"), choices=Periodicity.choices, initial=Periodicity.YEAR
    )
    billing = forms.ChoiceField(label=_("Invoiced"), choices=Billing.choices)
    sales_manager = RowField(Agent.objects.none(), label=_("Sales manager"), required=False)
    administrative_manager = RowField(Agent.objects.none(), label=_("Administrative manager"), required=False)
    technical_manager = RowField(Agent.objects.none(), label=_("Technical manager"), required=False)
    shows_clocks = forms.BooleanField(label=_("The customer sees the clocks"), required=False, initial=True)
    alert_memo = forms.CharField(
        label=_("Alert memo"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Agents read it when they open a ticket under this contract."),
    )

    def prepare(self) -> None:
        self.offer("type", ContractType)
        for name in ("customer", "invoiced_customer", "beneficiaries"):
            self.offer(name, Customer)
        for name in ("sites", "maintenance_site"):
            self.offer(name, Site)
        self.offer("project", Project)
        for name in ("sales_manager", "administrative_manager", "technical_manager"):
            self.offer(name, Agent)

    @property
    def details(self) -> ContractDetails:
        """The contract as the operation takes it; only of a valid form."""
        return ContractDetails(**self.values)


class ServiceForm(RecordForm):
    """A service: what it covers, what it proposes, who sees it."""

    template = forms.ModelChoiceField(
        queryset=ServiceTemplate.objects.none(), required=False, widget=forms.HiddenInput
    )
    label = forms.CharField(label=_("Label"))
    assets = OptionalRowsField(Asset.objects.none(), label=_("Covered assets"))
    products = OptionalRowsField(
        Product.objects.none(),
        label=_("Covered products"),
        help_text=_("Every asset of such a product is covered, and tickets that name the product alone."),
    )
    default_team = forms.ModelChoiceField(
        label=_("Default team"), queryset=Team.objects.none(), required=False, empty_label=_("none")
    )
    default_severity = forms.ModelChoiceField(
        label=_("Default severity"), queryset=Severity.objects.none(), required=False, empty_label=_("none")
    )
    default_nature = forms.ModelChoiceField(
        label=_("Default nature"), queryset=Nature.objects.none(), required=False, empty_label=_("none")
    )
    allowed_natures = forms.ModelMultipleChoiceField(
        label=_("Allowed natures"),
        queryset=Nature.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: all of them."),
    )
    is_visible_in_portal = forms.BooleanField(label=_("Visible in the portal"), required=False, initial=True)
    is_active = forms.BooleanField(
        label=pgettext_lazy("service", "Active"),
        required=False,
        initial=True,
        help_text=_("A service that is no longer active covers nothing."),
    )

    def prepare(self) -> None:
        rows: dict[str, Any] = {
            "template": ServiceTemplate,
            "assets": Asset,
            "products": Product,
            "default_team": Team,
            "default_severity": Severity,
            "default_nature": Nature,
            "allowed_natures": Nature,
        }
        for name, model in rows.items():
            self.offer(name, model)

    @property
    def details(self) -> ServiceDetails:
        """The service as the operation takes it; only of a valid form."""
        return ServiceDetails(**self.values, position=self.row.position if self.row else 0)


class LineForm(RecordForm):
    """A priced line."""

    label = forms.CharField(label=_("Label"))
    asset = RowField(Asset.objects.none(), label=_("Asset"), required=False)
    quantity = forms.DecimalField(
        label=_("Quantity"),
        max_digits=10,
        decimal_places=2,
        initial=1,
        localize=True,
        error_messages={"required": _("Type a quantity above zero.")},
    )
    unit_price_cents = EurosField(
        label=_("Unit price (€)"), error_messages={"required": _("Type the price, in euros.")}
    )
    valid_from = DayField(label=_("Valid from"))
    valid_until = DayField(label=_("Valid until"), required=False)
    is_invoiced = forms.BooleanField(
        label=pgettext_lazy("contract line", "Invoiced"), required=False, initial=True
    )

    def prepare(self) -> None:
        self.offer("asset", Asset)

    @property
    def details(self) -> LineDetails:
        """The line as the operation takes it; only of a valid form."""
        return LineDetails(**self.values)


class LinesForm(forms.Form):
    """What changes on several lines at once; what is left empty stays (Spec C3)."""

    is_invoiced = forms.ChoiceField(
        label=pgettext_lazy("contract line", "Invoiced"),
        required=False,
        choices=[
            ("", _("unchanged")),
            ("yes", pgettext_lazy("contract line", "invoiced")),
            ("no", pgettext_lazy("contract line", "not invoiced")),
        ],
    )
    unit_price_cents = EurosField(
        label=_("Unit price (€)"), required=False, help_text=_("Left empty: unchanged.")
    )
    valid_from = DayField(label=_("Valid from"), required=False, help_text=_("Left empty: unchanged."))
    valid_until = DayField(label=_("Valid until"), required=False, help_text=_("Left empty: unchanged."))
    without_end = forms.BooleanField(label=_("Take the end away"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("label_suffix", "")
        super().__init__(*args, **options)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("without_end") and typed.get("valid_until"):
            self.add_error("without_end", _("Type a last day, or take the end away: not both."))
        if not self.errors and not self.changes:
            raise forms.ValidationError(_("Nothing would change. Fill in at least one field."))
        return typed

    @property
    def changes(self) -> dict[str, Any]:
        """Field of a line -> its new value; only of what was filled in."""
        typed = self.cleaned_data
        changes: dict[str, Any] = {
            name: typed[name]
            for name in ("unit_price_cents", "valid_from", "valid_until")
            if typed.get(name) is not None
        }
        if typed.get("is_invoiced"):
            changes["is_invoiced"] = typed["is_invoiced"] == "yes"
        if typed.get("without_end"):
            changes["valid_until"] = None
        return changes


def marks_of(lines: Iterable[ContractLine]) -> list[str]:
    """The lines with the versions they were shown in, as the bulk form sends them back: ``12.3``."""
    return [f"{line.pk}.{line.row_version}" for line in lines]


class ProjectForm(RecordForm):
    """A project, created while a contract is typed."""

    code = forms.CharField(label=_("Code"))
    name = forms.CharField(label=_("Name"))

    def __init__(self, *args: Any, customer: Customer | None = None, **options: Any) -> None:
        self.customer = customer
        super().__init__(*args, **options)

    @property
    def details(self) -> ProjectDetails:
        """The project as the operation takes it; only of a valid form."""
        return ProjectDetails(**self.values, customer=self.customer)
