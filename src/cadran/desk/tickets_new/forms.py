"""The form of a new ticket, in the manual's order (Spec T6), and the dialog that asks for the team (Spec T11)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django import forms
from django.http import QueryDict
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
from cadran.catalogue.severity_alerts import alerts_of
from cadran.contracts.models import Contract, Service, SupplierContract
from cadran.core.errors import CadranError, InvalidInputs
from cadran.desk.tickets.forms.answers import AskingForm
from cadran.desk.tickets.forms.custom import WithCustomFields
from cadran.desk.tickets.forms.fields import InstantBound, InstantField, RowField, is_key, within_reach
from cadran.desk.tickets.forms.filing import TagsField
from cadran.parties.models import Agent, Contact, Customer, Site, Team
from cadran.tickets.choices import ALWAYS_SHARED, Channel
from cadran.tickets.context import Found, OpeningDetails, TicketFields
from cadran.tickets.errors import AnswerNeeded
from cadran.tickets.models import Attachment
from cadran.tickets.queries import custom_fields_of, usual
from cadran.tickets.queries.call_taking import block_of

from .customer_tickets import chosen_links
from .start import StartingForm

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
    "supplier_contract": SupplierContract,
    "product": Product,
    "version": ProductVersion,
    "known_error": KnownError,
}
#: What is loaded with a row, as what follows from it is always asked for: field -> its references.
ALONG: dict[str, tuple[str, ...]] = {
    "asset": ("customer", "site", "product", "version"),
    "service": ("contract", "default_severity", "default_nature", "default_team"),
}
#: Short lists, shown as selects.
LISTS: dict[str, Any] = {"nature": Nature, "severity": Severity, "priority": Priority}
#: How an agent may have received a ticket; the portal and the API open theirs themselves.
CHANNELS = [(one.value, one.label) for one in (Channel.TELEPHONE, Channel.MAIL, Channel.ON_SITE)]


def _row(label: Any, required: bool = False) -> RowField:
    return RowField(None, label=label, required=required)


def _text(label: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, widget=forms.Textarea)


class TicketForm(StartingForm, AskingForm, WithCustomFields):
    """Everything of a ticket but its team. What fits together is judged by the operation, not here.

    ``is_bare`` leaves custom fields and questions out, where nothing is drawn or sent of them.
    """

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
    supplier_contract = _row(_("Supplier contract"))
    supplier_for = forms.CharField(required=False, widget=forms.HiddenInput)
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
    tags = TagsField()
    external_description = _text(_("External description"))
    is_shared = forms.BooleanField(label=_("Shared with customer"), required=False, initial=True)
    internal_description = _text(_("Internal description"))
    external_report = _text(_("External report"))
    internal_report = _text(_("Internal report"))

    def __init__(
        self, *args: Any, person: User, now: datetime, is_bare: bool = False, **options: Any
    ) -> None:
        options.setdefault("label_suffix", "")
        super().__init__(*args, **options)
        self.person, self.now = person, now
        #: Why Cadran filled a field in, by name, where the form is drawn with it.
        self.deduced: dict[str, str] = {}
        for name, model in ROWS.items():
            rows = model.objects.visible_to(person)
            if name in ALONG:
                rows = rows.select_related(*ALONG[name])
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        for name, model in LISTS.items():
            self.fields[name].queryset = model.objects.visible_to(person).in_use()  # type: ignore[attr-defined]
        self.offer_starts(person)
        self.fields["tags"].offer(person)  # type: ignore[attr-defined]
        self.fields["environment"].choices = [("", ""), *Environment.choices]  # type: ignore[attr-defined]
        self.fields["customer"].error_messages["required"] = _("Choose the customer.")
        self.fields["title"].error_messages["required"] = _("Type a few words that say what it is about.")
        self.fields["received_at"].error_messages["required"] = _("Type when the ticket was received.")
        if not person.has_right(Right.OVERRIDE_COVERAGE):
            for box in BOXES:
                self.fields[box].disabled = self.fields[f"{box}_override"].disabled = True
        if not self.is_bound:
            self.set_first_values(now)
        nature = str(self["nature"].value())
        self.add_custom([] if is_bare else custom_fields_of(int(nature) if is_key(nature) else None))
        if not is_bare:
            self.ask(alerts_of(self.chosen("asset"), self.chosen("severity")))

    def set_first_values(self, now: datetime) -> None:
        """What stands in an empty form: now, the usual severity, nature and priority, and the agent as pilot."""
        for name in LISTS:
            self.initial.setdefault(name, getattr(usual(name), "pk", None))
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
        blocked = block_of(cleaned["customer"]) if cleaned.get("customer") else None
        if blocked is not None:
            self.add_error("customer", blocked.message)
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
        if values["asset"] is None or typed["supplier_for"] != str(values["asset"].pk):
            # The section was not open for this asset: nobody has chosen, or chosen none.
            values["supplier_contract"] = Found.BY_ITSELF
        return TicketFields(**values)

    def opening_details(self) -> OpeningDetails:
        """What the operation is given besides the ticket's own fields."""
        details = OpeningDetails(
            links=chosen_links(cast(QueryDict, self.data).getlist("links"), self.person),
            answers=self.answers(),
            custom_values={field: self.cleaned_data[field.key] for field in self.custom},
            tags=self.cleaned_data["tags"].tags,
            tag_words=self.cleaned_data["tags"].words,
        )
        return self.with_start(details)

    @property
    def always_shared(self) -> str:
        """The channels whose tickets are always shared, for the box that stays ticked (Spec T6)."""
        return " ".join(ALWAYS_SHARED)

    def refuse(self, error: CadranError) -> None:
        """Show a refusal of the operation beside its field, or on top when it is about none."""
        if isinstance(error, InvalidInputs):
            for one in error.errors:
                self.refuse(one)
            return
        if isinstance(error, AnswerNeeded):
            self.ask_again(error)
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
    wanted = [int(one) for one in ids if is_key(one)]
    rows = Attachment.objects.visible_to(person).filter(pk__in=wanted, ticket=None, uploaded_by=person)
    return list(rows.order_by("pk"))
