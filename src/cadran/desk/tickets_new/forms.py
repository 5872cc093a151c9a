"""The form of a new ticket, in the manual's order (Spec T6), and the dialog that asks for the team (Spec T11)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
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
from cadran.contracts.models import Contract, Service
from cadran.core.errors import CadranError, InvalidInputs
from cadran.desk.tickets.forms.fields import InstantBound, InstantField, RowField, within_reach
from cadran.parties.models import Agent, Contact, Customer, Site, Team
from cadran.tickets.choices import Channel
from cadran.tickets.context import TicketFields
from cadran.tickets.models import Attachment

#: The two boxes of the coverage verdict (Spec T8).
BOXES = ("pay_per_incident", "out_of_scope")
#: Rows that the form refers to: field -> model.
ROWS: dict[str, Any] = {
    "customer": Customer,
    "site": Site,
    "requester": Contact,
    "user": Contact,
    "pilot": Agent,
    "contract": Contract,
    "service": Service,
    "asset": Asset,
    "product": Product,
    "version": ProductVersion,
    "known_error": KnownError,
}
#: Short lists, shown as selects.
LISTS: dict[str, Any] = {"nature": Nature, "severity": Severity, "priority": Priority}
#: How an agent may have received a ticket; the portal and the API open theirs themselves.
CHANNELS = [(one.value, one.label) for one in (Channel.TELEPHONE, Channel.MAIL, Channel.ON_SITE)]


def _row(label: Any, required: bool = False) -> RowField:
    return RowField(None, label=label, required=required)


def _text(label: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, widget=forms.Textarea)


class TicketForm(forms.Form):
    """Everything of a ticket but its team. What fits together is judged by the operation, not here."""

    customer = _row(_("Customer"), required=True)
    site = _row(_("Site"))
    requester = _row(_("Requester"))
    contract = _row(_("Contract"))
    service = _row(_("Service"))
    pay_per_incident = forms.BooleanField(label=_("Pay per incident"), required=False)
    out_of_scope = forms.BooleanField(label=_("Out of scope"), required=False)
    pay_per_incident_override = forms.CharField(required=False, widget=forms.HiddenInput)
    out_of_scope_override = forms.CharField(required=False, widget=forms.HiddenInput)
    asset = _row(_("Asset"))
    product = _row(_("Product"))
    version = _row(_("Version, revision"))
    environment = forms.ChoiceField(label=_("Environment"), required=False)
    title = forms.CharField(
        label=_("Title"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    nature = forms.ModelChoiceField(Nature.objects.none(), label=_("Nature"), empty_label=None)
    severity = forms.ModelChoiceField(Severity.objects.none(), label=_("Severity"), empty_label=None)
    priority = forms.ModelChoiceField(
        Priority.objects.none(), label=_("Priority"), required=False, empty_label=""
    )
    customer_reference = forms.CharField(
        label=_("Customer’s reference"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    user = _row(_("User"))
    pilot = _row(_("Pilot"))
    channel = forms.ChoiceField(label=_("Channel"), choices=CHANNELS)
    received_at = InstantField(label=_("Received at"))
    desired_on = forms.DateField(
        label=_("Desired date"),
        required=False,
        validators=[within_reach],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    known_error = _row(_("Known error"))
    external_description = _text(_("External description"))
    is_shared = forms.BooleanField(label=_("Shared with customer"), required=False, initial=True)
    internal_description = _text(_("Internal description"))
    external_report = _text(_("External report"))
    internal_report = _text(_("Internal report"))

    def __init__(self, *args: Any, person: User, now: datetime, **options: Any) -> None:
        options.setdefault("label_suffix", "")
        super().__init__(*args, **options)
        self.person, self.now = person, now
        for name, model in ROWS.items():
            self.fields[name].queryset = model.objects.visible_to(person)  # type: ignore[attr-defined]
        for name, model in LISTS.items():
            self.fields[name].queryset = model.objects.visible_to(person).in_use()  # type: ignore[attr-defined]
        self.fields["environment"].choices = [("", ""), *Environment.choices]  # type: ignore[attr-defined]
        self.fields["customer"].error_messages["required"] = _("Choose the customer.")
        self.fields["title"].error_messages["required"] = _("Type a few words that say what it is about.")
        self.fields["received_at"].error_messages["required"] = _("Type when the ticket was received.")
        if not person.has_right(Right.OVERRIDE_COVERAGE):
            for box in BOXES:
                self.fields[box].disabled = self.fields[f"{box}_override"].disabled = True
        if not self.is_bound:
            self.set_first_values(now)

    def set_first_values(self, now: datetime) -> None:
        """What stands in an empty form: now, the usual severity, nature and priority, and the agent as pilot."""
        for name in LISTS:
            rows = list(self.fields[name].queryset)  # type: ignore[attr-defined]
            usual = next((row for row in rows if getattr(row, "is_default", name == "nature")), None)
            self.initial.setdefault(name, usual.pk if usual else None)
        self.initial.setdefault("received_at", now)
        self.initial.setdefault("channel", Channel.TELEPHONE)
        agent = getattr(self.person, "agent", None)
        self.initial.setdefault("pilot", agent.pk if agent else None)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        bound = self["received_at"]
        if isinstance(bound, InstantBound) and "received_at" in cleaned:
            cleaned["received_at"] = InstantField.restore(bound, cleaned["received_at"])
        if cleaned.get("received_at") and cleaned["received_at"] > self.now:
            refusal = _("A ticket can’t be received in the future. Correct the reception.")
            self.add_error("received_at", refusal)
        return cleaned

    def ticket_fields(self) -> TicketFields:
        """What the operation is given."""
        typed = self.cleaned_data
        plain = (
            "title",
            "environment",
            "customer_reference",
            "desired_on",
            "is_shared",
            "channel",
            "received_at",
        )
        texts = ("external_description", "internal_description")
        values = {name: typed[name] for name in (*ROWS, *LISTS, *plain, *texts)}
        values |= {f"{box}_override": override_of(typed[f"{box}_override"]) for box in BOXES}
        return TicketFields(**values)

    def refuse(self, error: CadranError) -> None:
        """Show a refusal of the operation beside its field, or on top when it is about none."""
        if isinstance(error, InvalidInputs):
            for one in error.errors:
                self.refuse(one)
            return
        name = error.field.removesuffix("_override") if error.field not in ROWS else error.field
        self.add_error(name if name in self.fields else None, error.message)


def override_of(value: str) -> bool | None:
    """What the agent made of a box: ticked, unticked, or (None) left as deduced."""
    return {"1": True, "0": False}.get(value)


class TeamForm(forms.Form):
    """Who is in charge (Spec T11)."""

    team = RowField(None, label=_("Team in charge"), required=True)

    def __init__(self, *args: Any, person: User, **options: Any) -> None:
        options.setdefault("label_suffix", "")
        super().__init__(*args, **options)
        self.fields["team"].queryset = Team.objects.visible_to(person).in_use()  # type: ignore[attr-defined]
        self.fields["team"].error_messages["required"] = _("Choose the team in charge; a ticket needs one.")


def unsaved_files(person: User, ids: list[str]) -> list[Attachment]:
    """The files among ``ids`` that the person added to a form and did not save yet."""
    wanted = [int(one) for one in ids if one.isdecimal() and len(one) < 19]
    rows = Attachment.objects.visible_to(person).filter(pk__in=wanted, ticket=None, uploaded_by=person)
    return list(rows.order_by("pk"))
