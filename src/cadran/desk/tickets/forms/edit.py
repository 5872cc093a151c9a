"""Editing a ticket in place, section by section (Spec T6, T17)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cadran.accounts.rights import Right
from cadran.catalogue.models import (
    Asset,
    Environment,
    KnownError,
    Nature,
    Priority,
    Product,
    ProductVersion,
    Severity,
)
from cadran.catalogue.severity_alerts import alerts_of
from cadran.contracts.models import Contract, Service, SupplierContract
from cadran.core.errors import CadranError
from cadran.parties.models import Agent, Contact, Customer, Site
from cadran.tickets.choices import Channel
from cadran.tickets.errors import AnswerNeeded

from .answers import AskingForm, is_question
from .base import put_choices
from .fields import InstantField, RowField, within_reach
from .seen import SeenForm


@dataclass(frozen=True)
class Section:
    """A part of the ticket that is edited together: its heading and its fields."""

    title: Any
    fields: tuple[str, ...]


SECTIONS = {
    "context": Section(
        _("Contract and product"),
        (
            "customer",
            "site",
            "contract",
            "service",
            "asset",
            "supplier_contract",
            "product",
            "version",
            "environment",
            "severity",
            "pay_per_incident_override",
            "out_of_scope_override",
        ),
    ),
    "people": Section(_("People"), ("requester", "user", "pilot")),
    "details": Section(
        _("Details"),
        (
            "title",
            "nature",
            "severity",
            "priority",
            "received_at",
            "desired_on",
            "customer_reference",
            "known_error",
            "channel",
            "is_shared",
        ),
    ),
    "descriptions": Section(_("Descriptions"), ("external_description", "internal_description")),
}

_AS_DEDUCED, _YES, _NO = "", "yes", "no"
_OVERRIDE = (
    (_AS_DEDUCED, _("As deduced")),
    (_YES, _("Yes, whatever is deduced")),
    (_NO, _("No, whatever is deduced")),
)


class OverrideField(forms.TypedChoiceField):
    """An override of one of the two coverage boxes: as deduced (None), yes or no (Spec T8)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            choices=_OVERRIDE, required=False, empty_value=None, coerce=lambda v: v == _YES, **options
        )

    def prepare_value(self, value: Any) -> Any:
        return {None: _AS_DEDUCED, True: _YES, False: _NO}.get(value, value)


def _row(model: Any, label: Any, *, required: bool = False) -> RowField:
    return RowField(model.objects.none(), label=label, required=required)


class EditForm(AskingForm, SeenForm):
    """The fields of a ticket; a section keeps only its own. Another asset or severity may ask questions (Spec T13)."""

    customer = _row(Customer, _("Customer"), required=True)
    site = _row(Site, _("Site"))
    requester = _row(Contact, _("Requester"))
    user = RowField(
        Contact.objects.none(), label=_("User"), required=False, help_text=_("The person affected.")
    )
    pilot = forms.ModelChoiceField(Agent.objects.none(), label=_("Pilot"), required=False)
    contract = _row(Contract, _("Contract"))
    service = _row(Service, _("Service"))
    asset = _row(Asset, _("Asset"))
    supplier_contract = _row(SupplierContract, _("Supplier contract"))
    product = _row(Product, _("Product"))
    version = _row(ProductVersion, _("Version"))
    environment = forms.ChoiceField(label=_("Environment"), required=False)
    pay_per_incident_override = OverrideField(label=_("Pay per incident"))
    out_of_scope_override = OverrideField(label=_("Out of scope"))
    title = forms.CharField(label=_("Title"), max_length=200)
    nature = forms.ModelChoiceField(Nature.objects.none(), label=_("Nature"))
    severity = forms.ModelChoiceField(Severity.objects.none(), label=_("Severity"))
    priority = forms.ModelChoiceField(Priority.objects.none(), label=_("Priority"), required=False)
    received_at = InstantField(label=_("Received at"))
    desired_on = forms.DateField(
        label=_("Desired date"),
        required=False,
        validators=[within_reach],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    customer_reference = forms.CharField(label=_("Customer’s reference"), required=False, max_length=80)
    known_error = _row(KnownError, _("Known error"))
    channel = forms.ChoiceField(label=_("Channel"), choices=Channel.choices)
    is_shared = forms.BooleanField(label=_("Shared with customer"), required=False)
    external_description = forms.CharField(
        label=_("External description"), required=False, widget=forms.Textarea
    )
    internal_description = forms.CharField(
        label=_("Internal description"), required=False, widget=forms.Textarea
    )

    def __init__(self, *args: Any, only: tuple[str, ...], **options: Any) -> None:
        self.only = only
        super().__init__(*args, **options)

    def prepare(self) -> None:
        kept = set(self.only)
        if not self.person.has_right(Right.OVERRIDE_COVERAGE):
            kept -= {"pay_per_incident_override", "out_of_scope_override"}
        for name in [name for name in self.fields if name not in kept and name != "base"]:
            del self.fields[name]
        self.order_fields([*self.only, "base"])
        self._fill_choices()
        self.show(self.ticket)
        if "severity" in self.fields:
            self._ask()

    @property
    def editable(self) -> list[str]:
        return [name for name in super().editable if not is_question(name)]

    def refuse(self, error: CadranError) -> None:
        if isinstance(error, AnswerNeeded):
            self.ask_again(error)
        else:
            super().refuse(error)

    def _ask(self) -> None:
        asset = self.chosen("asset") if "asset" in self.fields else self.ticket.asset
        severity = self.chosen("severity")
        if (asset, severity) != (self.ticket.asset, self.ticket.severity):
            self.ask(alerts_of(asset, severity))

    def _fill_choices(self) -> None:
        ticket = self.ticket
        for name in ("nature", "severity", "priority"):
            if name in self.fields:
                rows = self.fields[name].queryset.model.objects.visible_to(self.person)  # type: ignore[attr-defined]
                now = getattr(ticket, f"{name}_id")
                put_choices(self, name, rows.filter(Q(is_retired=False) | Q(pk=now)), empty=_("No priority"))
        if "pilot" in self.fields:
            agents = Agent.objects.visible_to(self.person)
            now = self.ticket.pilot_id
            put_choices(self, "pilot", agents.filter(Q(is_active=True) | Q(pk=now)), empty=_("Nobody"))
        if "environment" in self.fields:
            self.fields["environment"].choices = [("", "–"), *Environment.choices]  # type: ignore[attr-defined]
        for name, field in self.fields.items():
            if isinstance(field, RowField):
                field.queryset = field.queryset.model.objects.visible_to(self.person)  # type: ignore[union-attr]
                if name in ("service", "version"):
                    field.queryset = field.queryset.select_related()
