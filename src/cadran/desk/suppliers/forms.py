"""The criteria of the lists of suppliers and their contracts, and the forms of both (Spec C7)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cadran.accounts.models import User
from cadran.catalogue.models import Asset
from cadran.contracts.details import SupplierContractDetails
from cadran.contracts.models import ContractStatus, GuaranteeUnit, Schedule, SupplierContract
from cadran.desk.contracts.forms import SOON_DAYS
from cadran.desk.records.forms import DayField, OptionalRowsField, RecordForm
from cadran.desk.records.lists import ListForm
from cadran.desk.tickets.forms.fields import RowField
from cadran.parties.models import Supplier, SupplierContact
from cadran.parties.operations import SupplierContactDetails, SupplierDetails


class SupplierListForm(ListForm):
    """Words, in use or not."""

    active = forms.ChoiceField(
        label=_("In use"),
        required=False,
        choices=[("", _("active")), ("no", _("no longer active")), ("all", _("All"))],
    )

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        rows = rows.matching(self.given("q") or "")  # type: ignore[attr-defined]
        active = self.given("active")
        return rows if active == "all" else rows.filter(is_active=active != "no")


class ContractListForm(ListForm):
    """Words, covers today, status, ends soon, supplier."""

    pickers = ("supplier",)
    today = forms.ChoiceField(
        label=_("Today"),
        required=False,
        choices=[
            ("", _("All")),
            ("covers", pgettext_lazy("a contract", "Covers")),
            ("not", pgettext_lazy("a contract", "Doesn’t cover")),
        ],
    )
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("All")), *ContractStatus.choices]
    )
    ends = forms.ChoiceField(
        label=_("Ends"),
        required=False,
        choices=[("", pgettext_lazy("a contract", "Always")), ("soon", _("within 90 days"))],
    )
    supplier = RowField(Supplier.objects.none(), label=_("Supplier"), required=False)

    def __init__(self, *args: Any, user: User, day: date, **options: Any) -> None:
        self.day = day
        super().__init__(*args, user=user, **options)

    def prepare(self) -> None:
        field: Any = self.fields["supplier"]
        field.queryset = Supplier.objects.visible_to(self.user)

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        rows = rows.matching(self.given("q") or "")  # type: ignore[attr-defined]
        if today := self.given("today"):
            running = SupplierContract.objects.running_on(self.day)
            rows = rows.filter(pk__in=running) if today == "covers" else rows.exclude(pk__in=running)
        if status := self.given("status"):
            rows = rows.filter(status=status)
        if supplier := self.given("supplier"):
            rows = rows.filter(supplier=supplier)
        if self.given("ends"):
            rows = rows.filter(end_on__gte=self.day, end_on__lte=self.day + timedelta(days=SOON_DAYS))
        return rows


class SupplierForm(RecordForm):
    """A supplier."""

    name = forms.CharField(label=_("Name"))
    phone = forms.CharField(label=_("Telephone"), required=False)
    email = forms.EmailField(label=_("E-mail address"), required=False)
    is_active = forms.BooleanField(label=_("Active"), required=False, initial=True)

    def prepare(self) -> None:
        if self.row is None:
            del self.fields["is_active"]

    @property
    def details(self) -> SupplierDetails:
        """The supplier as the operation takes it; only of a valid form."""
        return SupplierDetails(**self.values)


class SupplierContactForm(RecordForm):
    """A person at a supplier."""

    name = forms.CharField(label=_("Name"))
    function = forms.CharField(label=_("Function"), required=False)
    phone = forms.CharField(label=_("Telephone"), required=False)
    email = forms.EmailField(label=_("E-mail address"), required=False)
    is_active = forms.BooleanField(label=_("Active"), required=False, initial=True)

    def prepare(self) -> None:
        if self.row is None:
            del self.fields["is_active"]

    @property
    def details(self) -> SupplierContactDetails:
        """The contact as the operation takes it; only of a valid form."""
        return SupplierContactDetails(**self.values)


def _amount(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, help_text=_("Left empty: none is promised."))


def _unit(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=GuaranteeUnit.choices, initial=GuaranteeUnit.HOUR)


class SupplierContractForm(RecordForm):
    """Everything of a supplier contract."""

    label = forms.CharField(label=_("Label"))
    number = forms.CharField(
        label=_("Number"), required=False, help_text=_("Left empty: the next one is given.")
    )
    supplier = RowField(Supplier.objects.none(), label=_("Supplier"))
    reference = forms.CharField(
        label=_("Supplier’s reference"),
        required=False,
        help_text=_("What the supplier asks for when one calls."),
    )
    status = forms.ChoiceField(
        label=_("Status"), choices=ContractStatus.choices, initial=ContractStatus.RUNNING
    )
    start_on = DayField(label=pgettext_lazy("a contract", "Start"))
    end_on = DayField(label=_("End"), required=False, help_text=_("The last day that is covered."))
    assets = OptionalRowsField(Asset.objects.none(), label=_("Covered assets"))
    contacts = OptionalRowsField(
        SupplierContact.objects.none(),
        label=_("Contacts"),
        help_text=_("Whom to call. None: all contacts of the supplier."),
    )
    response_amount = _amount(_("Response guarantee"))
    response_unit = _unit(_("Unit of the response"))
    resolution_amount = _amount(_("Resolution guarantee"))
    resolution_unit = _unit(_("Unit of the resolution"))
    schedule = forms.ModelChoiceField(
        label=_("Supplier’s working hours"),
        queryset=Schedule.objects.none(),
        required=False,
        empty_label=_("not known"),
        help_text=_("With them, tickets show when the supplier’s answer is due."),
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def prepare(self) -> None:
        rows: dict[str, Any] = {
            "supplier": Supplier,
            "assets": Asset,
            "contacts": SupplierContact,
            "schedule": Schedule,
        }
        for name, model in rows.items():
            self.offer(name, model)

    @property
    def details(self) -> SupplierContractDetails:
        """The contract as the operation takes it; only of a valid form."""
        return SupplierContractDetails(**self.values)
