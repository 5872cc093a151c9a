"""The criteria of the list of templates, the form of one, and what is asked when a ticket becomes one (Spec T16)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cadran.accounts.models import User
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
from cadran.desk.records.forms import OptionalRowsField, RecordForm
from cadran.desk.records.lists import ListForm
from cadran.desk.records.seen import RichField
from cadran.desk.tickets.forms.custom import WithCustomFields
from cadran.desk.tickets.forms.fields import RowField, is_key
from cadran.parties.models import Contact, Customer, Site, Team
from cadran.tickets.choices import Phase, TemplatePart
from cadran.tickets.models import InterventionType, State, Status, Tag, TemplateGroup
from cadran.tickets.operations import TemplateDetails
from cadran.tickets.queries import custom_fields_of
from cadran.tickets.queries.custom_fields import held_by_template

#: Rows chosen in pickers.
_PICKED: dict[str, Any] = {
    "customer": Customer,
    "site": Site,
    "requester": Contact,
    "contract": Contract,
    "service": Service,
    "asset": Asset,
    "product": Product,
    "version": ProductVersion,
    "known_error": KnownError,
    "team": Team,
    "tags": Tag,
}
#: Rows chosen in short lists; what an empty choice says, since it is left open.
_LISTED: dict[str, Any] = {
    "group": (TemplateGroup, _("none")),
    "nature": (Nature, _("left open")),
    "severity": (Severity, _("left open")),
    "priority": (Priority, _("left open")),
    "status": (Status, _("the usual one")),
    "state": (State, _("none")),
    "first_type": (InterventionType, _("none")),
}


class TemplateListForm(ListForm):
    """Words, group, nature, customer, retired or not."""

    pickers = ("customer",)
    group = forms.ModelChoiceField(
        label=pgettext_lazy("template", "Group"),
        queryset=TemplateGroup.objects.none(),
        required=False,
        empty_label=_("All"),
    )
    nature = forms.ModelChoiceField(
        label=_("Nature"), queryset=Nature.objects.none(), required=False, empty_label=_("All")
    )
    retired = forms.ChoiceField(
        label=_("Retired"), required=False, choices=[("", _("No")), ("yes", _("Yes")), ("all", _("All"))]
    )
    customer = RowField(Customer.objects.none(), label=_("Customer"), required=False)

    def prepare(self) -> None:
        for name, model in (("group", TemplateGroup), ("nature", Nature), ("customer", Customer)):
            field: Any = self.fields[name]
            field.queryset = model.objects.visible_to(self.user)

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        rows = rows.matching(self.given("q") or "")  # type: ignore[attr-defined]
        for name in ("group", "nature"):
            if chosen := self.given(name):
                rows = rows.filter(**{name: chosen})
        if customer := self.given("customer"):
            # A template that names no customer is good for all of them.
            rows = rows.filter(Q(customer=customer) | Q(customer=None))
        retired = self.given("retired")
        return rows if retired == "all" else rows.filter(is_retired=retired == "yes")


def _picked(label: Any) -> RowField:
    return RowField(None, label=label, required=False)


def _listed(label: Any, *, hint: Any = "") -> Any:
    return forms.ModelChoiceField(None, label=label, required=False, help_text=hint)


class TemplateForm(RecordForm, WithCustomFields):
    """A template; everything but its name may be left open."""

    name = forms.CharField(label=_("Name"), max_length=150)
    group = _listed(pgettext_lazy("template", "Group"))
    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    customer = _picked(_("Customer"))
    site = _picked(_("Site"))
    requester = _picked(_("Requester"))
    contract = _picked(_("Contract"))
    service = _picked(_("Service"))
    asset = _picked(_("Asset"))
    product = _picked(_("Product"))
    version = _picked(_("Version, revision"))
    environment = forms.ChoiceField(
        label=_("Environment"), required=False, choices=[("", _("left open")), *Environment.choices]
    )
    nature = _listed(_("Nature"))
    severity = _listed(_("Severity"))
    priority = _listed(_("Priority"))
    known_error = _picked(_("Known error"))
    is_shared = forms.BooleanField(label=_("Shared with customer"), required=False, initial=True)
    team = RowField(
        None, label=_("Team in charge"), required=False, help_text=_("Left open: the service’s, as always.")
    )
    status = _listed(_("Status"))
    state = _listed(_("State"))
    tags = OptionalRowsField(None, label=_("Tags"))
    first_type = _listed(_("First intervention"), hint=_("Planned at once, with what its type proposes."))
    external_description = RichField(label=_("External description"), required=False)
    internal_description = RichField(label=_("Internal description"), required=False)
    external_report = RichField(label=_("External report"), required=False)
    internal_report = RichField(label=_("Internal report"), required=False)

    def prepare(self) -> None:
        for name, model in _PICKED.items():
            self.offer(name, model)
        for name, (model, empty) in _LISTED.items():
            self.offer(name, model, empty=empty)
        for name, good in (("status", Q(phase=Phase.CREATED)), ("first_type", Q(is_intake=False))):
            field: Any = self.fields[name]
            field.queryset = field.queryset.filter(good | Q(pk=self.initial.get(name)))
        nature = str(self["nature"].value())
        fields = custom_fields_of(int(nature) if is_key(nature) else None)
        held = {} if self.row is None else held_by_template(self.row, fields)
        self.add_custom(fields, held)
        for one in fields:
            self.fields[one.key].required = False  # asked for when the ticket is opened
            self.initial.setdefault(one.key, held.get(one))

    @property
    def details(self) -> TemplateDetails:
        """The template as the operation takes it; only of a valid form."""
        values = self.values
        custom = {one: values.pop(one.key) for one in self.custom}
        return TemplateDetails(**values, custom_values=custom)


class MakeTemplateForm(forms.Form):
    """How the template of a ticket is called, and what it takes along."""

    name = forms.CharField(label=_("Name"), max_length=150)
    group = _listed(pgettext_lazy("template", "Group"))
    parts = forms.MultipleChoiceField(
        label=_("Takes along"),
        required=False,
        choices=TemplatePart.choices,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        help_text=pgettext_lazy("template", "Title, nature, severity, priority and team always."),
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        options.setdefault("label_suffix", "")
        super().__init__(*args, **options)
        group: Any = self.fields["group"]
        group.queryset, group.empty_label = TemplateGroup.objects.visible_to(user).in_use(), _("none")
        self.fields["name"].error_messages["required"] = _("Type a name, by which the template is found.")
