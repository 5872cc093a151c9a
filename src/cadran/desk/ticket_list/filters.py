"""The criteria of the ticket list (Spec S1): how each narrows, and the chips that show which are in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cadran.accounts.models import User
from cadran.catalogue.models import Asset, KnownError, Nature, Priority, Severity
from cadran.contracts.models import Contract, SupplierContract
from cadran.core.instants import written
from cadran.core.text import fold
from cadran.desk.tickets.forms.fields import within_reach
from cadran.parties.models import Agent, Contact, Customer, Supplier, Team
from cadran.tickets.choices import Coverage, LinkRole, Phase
from cadran.tickets.models import Status, Tag, Ticket
from cadran.tickets.queries import with_nothing_open
from cadran.tickets.queries.links import with_links
from cadran.tickets.queries.merging import merged_number
from cadran.tickets.queries.tags import filed_under, followed_by

from .custom_criteria import asked_fields, chip_text, criteria_of, is_custom
from .order import CLOCKS, COLOURS, coloured, nearest_coloured

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

OPEN = "open"
CLOSED = "closed"
PHASES = [(OPEN, pgettext_lazy("phases", "Open (4)")), *Phase.choices, (CLOSED, _("Closed"))]
YES_NO = [("yes", _("Yes")), ("no", _("No"))]
CLOCK_COLOURS = [
    ("red", pgettext_lazy("clock", "Late")),
    ("orange", pgettext_lazy("clock", "Soon due")),
    ("green", pgettext_lazy("clock", "On time")),
    ("still", pgettext_lazy("clock", "Stands still")),
    ("none", pgettext_lazy("clock", "No clock runs")),
]
WHICH_CLOCK = [
    ("nearest", _("the nearest")),
    ("response", pgettext_lazy("clock", "Response")),
    ("resolution", pgettext_lazy("clock", "Resolution")),
]
PERIODS = [
    ("1", _("today")),
    ("7", _("7 days")),
    ("30", _("30 days")),
    ("90", _("90 days")),
    ("365", _("a year")),
]
LINKED = [
    (LinkRole.PARENT.value, _("Has a parent")),
    (LinkRole.CHILD.value, _("Has children")),
    ("neither", _("Neither")),
]
#: Criteria that the bar always shows; the others stand behind *Criterion*.
ALWAYS_SHOWN = ("q", "team", "phase", "severity", "received")


def asks_panel(query: QueryDict) -> bool:
    """Whether the address holds a criterion that stands in the panel."""
    kept = {*TicketFilter.base_filters, *(name for name in query if is_custom(name))}
    # Which clock is meant says nothing by itself.
    return any(any(query.getlist(name)) for name in kept - {*ALWAYS_SHOWN, "clock_of"})


@dataclass(frozen=True, slots=True)
class Chip:
    """A criterion in force; ``query`` is the address without it."""

    label: StrPromise | str
    value: str
    query: str


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


class DateInput(forms.DateInput):
    """A day, typed in the browser's own field."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class TicketFilter(filters.FilterSet):  # type: ignore[misc]
    """What the list can be narrowed by. An unusable value is said beside its field and narrows nothing."""

    q = filters.CharFilter(label=_("Words"), method="with_words")
    customer = filters.ModelChoiceFilter(label=_("Customer"), queryset=Customer.objects.none())
    team = filters.ModelChoiceFilter(
        label=_("Team"), queryset=Team.objects.none(), empty_label=pgettext_lazy("teams", "All")
    )
    contract = filters.ModelChoiceFilter(label=_("Contract"), queryset=Contract.objects.none())
    asset = filters.ModelChoiceFilter(label=_("Asset"), queryset=Asset.objects.none())
    known_error = filters.ModelChoiceFilter(label=_("Known error"), queryset=KnownError.objects.none())
    supplier = filters.ModelChoiceFilter(
        label=_("Supplier"), queryset=Supplier.objects.none(), field_name="supplier_contract__supplier"
    )
    supplier_contract = filters.ModelChoiceFilter(
        label=_("Supplier contract"), queryset=SupplierContract.objects.none()
    )
    requester = filters.ModelChoiceFilter(label=_("Requester"), queryset=Contact.objects.none())
    assignee = filters.ModelChoiceFilter(label=_("Assignee"), queryset=Agent.objects.none())
    assigned = filters.ChoiceFilter(label=_("Assigned"), choices=YES_NO, method="has_assignee")
    phase = filters.ChoiceFilter(
        label=_("Phase"),
        choices=PHASES,
        method="in_phase",
        empty_label=pgettext_lazy("phases", "All"),
    )
    status = filters.ModelChoiceFilter(label=_("Status"), queryset=Status.objects.none())
    nature = filters.ModelChoiceFilter(label=_("Nature"), queryset=Nature.objects.none())
    severity = filters.ModelChoiceFilter(
        label=_("Severity"),
        queryset=Severity.objects.none(),
        empty_label=pgettext_lazy("severities", "All"),
    )
    priority = filters.ModelChoiceFilter(label=_("Priority"), queryset=Priority.objects.none())
    coverage = filters.ChoiceFilter(label=_("Coverage verdict"), choices=Coverage.choices)
    pay_per_incident = filters.ChoiceFilter(label=_("Pay per incident"), choices=YES_NO, method="ticked")
    out_of_scope = filters.ChoiceFilter(label=_("Out of scope"), choices=YES_NO, method="ticked")
    clock = filters.ChoiceFilter(label=_("Clock"), choices=CLOCK_COLOURS, method="clock_coloured")
    clock_of = filters.ChoiceFilter(
        label=_("Which clock"), choices=WHICH_CLOCK, method="keep", empty_label=None
    )
    idle = filters.ChoiceFilter(label=_("Nothing open on it"), choices=YES_NO, method="forgotten")
    received = filters.ChoiceFilter(
        label=_("Received"), choices=PERIODS, method="received_within", empty_label=_("Always")
    )
    received_from = filters.DateFilter(
        label=_("Received from"), method="received_since", widget=DateInput, validators=[within_reach]
    )
    received_until = filters.DateFilter(
        label=_("Received until"), method="received_before", widget=DateInput, validators=[within_reach]
    )
    linked = filters.ChoiceFilter(label=_("Linked"), choices=LINKED, method="in_a_family")
    parent = filters.CharFilter(label=_("Children of (number)"), method="below")
    tags = filters.ModelMultipleChoiceFilter(label=_("Tags"), queryset=Tag.objects.none(), method="tagged")
    followed = filters.ChoiceFilter(label=_("Followed by me"), choices=YES_NO, method="is_followed")
    cancelled = filters.ChoiceFilter(label=_("Cancelled"), choices=YES_NO, method="was_cancelled")
    merged = filters.ChoiceFilter(label=_("Merged"), choices=YES_NO, method="was_merged")

    class Meta:
        model = Ticket
        fields: list[str] = []

    def __init__(
        self, data: Any, *, queryset: QuerySet[Any], user: User, now: datetime, with_panel: bool = False
    ) -> None:
        """``with_panel``: for the panel of criteria, which offers every custom field in use."""
        self.now, self.user = now, user
        super().__init__(data, queryset=queryset)
        chosen: dict[str, Any] = {
            "customer": Customer,
            "contract": Contract,
            "asset": Asset,
            "known_error": KnownError,
            "supplier": Supplier,
            "supplier_contract": SupplierContract,
            "requester": Contact,
            "team": Team,
            "assignee": Agent,
            "status": Status,
            "nature": Nature,
            "severity": Severity,
            "priority": Priority,
            "tags": Tag,
        }
        for name, model in chosen.items():
            self.filters[name].queryset = model.objects.visible_to(user)
        self.custom: list[str] = []
        for field in asked_fields(data, in_use=with_panel):
            for name, one in criteria_of(field):
                one.parent, one.model = self, Ticket
                self.filters[name] = one
                self.custom.append(name)
        usual = filters.conf.settings.EMPTY_CHOICE_LABEL
        for one in self.filters.values():
            if isinstance(one, filters.ChoiceFilter) and one.extra.get("empty_label", usual) == usual:
                one.extra["empty_label"] = _("Any")

    @property
    def custom_controls(self) -> list[forms.BoundField]:
        """The controls of the custom fields' criteria (Spec T30)."""
        return [self.form[name] for name in self.custom]

    def keep(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """Says how another criterion is meant; narrows nothing by itself."""
        return rows

    def with_words(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Number, title, customer's reference, customer or requester, accents and case ignored."""
        for word in fold(value).split()[:10]:
            named = Q(customer__search_key__contains=word) | Q(requester__search_key__contains=word)
            rows = rows.filter(Q(search_key__contains=word) | named)
        return rows

    def in_phase(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """One phase, or the open or the closed ones (glossary: open)."""
        if value == OPEN:
            return rows.open()  # type: ignore[attr-defined,no-any-return]
        if value == CLOSED:
            return rows.filter(phase__in=(Phase.CLOSED_BY_CUSTOMER, Phase.CLOSED_INTERNALLY))
        return rows.filter(phase=value)

    def has_assignee(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """With or without an assignee."""
        return rows.filter(assignee__isnull=value == "no")

    def ticked(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """One of the two boxes of the verdict (Spec T8)."""
        return rows.filter(**{name: value == "yes"})

    def tagged(self, rows: QuerySet[Any], name: str, value: QuerySet[Any]) -> QuerySet[Any]:
        """Filed under every tag that was chosen (Spec T30)."""
        return filed_under(rows, value)

    def is_followed(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Followed by the reader or not (Spec T30)."""
        return followed_by(rows, self.user, followed=value == "yes")

    def was_cancelled(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Cancelled or not."""
        return rows.filter(is_cancelled=value == "yes")

    def was_merged(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """A duplicate merged into another ticket, or not (Spec T29)."""
        return rows.filter(merged_into__isnull=value == "no")

    def in_a_family(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """With a parent, with children, or with neither (Spec T10)."""
        if value in LinkRole.values:
            return with_links(rows, LinkRole(value))
        return with_links(with_links(rows, LinkRole.PARENT, linked=False), LinkRole.CHILD, linked=False)

    def below(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """The children of the ticket with that number; for a duplicate's, of the one that took them over (Spec T10)."""
        merged = merged_number(value.strip(), self.user)
        number = merged.kept.number if merged else value.strip()
        return rows.filter(parent_links__parent__number__iexact=number)

    def clock_coloured(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """The colour of the nearest unmet clock, or of the one that ``clock_of`` names (Spec S1)."""
        kind = self.data.get("clock_of")
        if value not in COLOURS:
            return rows
        return rows.filter(
            coloured(kind, value, self.now) if kind in CLOCKS else nearest_coloured(value, self.now)
        )

    def forgotten(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """In progress with no intervention planned or running: a forgotten ticket (Spec T2)."""
        forgotten = with_nothing_open(rows)
        return forgotten if value == "yes" else rows.exclude(pk__in=forgotten.values("pk"))

    def received_within(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Received in the last so many days, today included, in the reader's zone."""
        first = timezone.localtime(self.now).date() - timedelta(days=int(value) - 1)
        return rows.filter(received_at__gte=_midnight(first))

    def received_since(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """Received on that day or later."""
        return rows.filter(received_at__gte=_midnight(value))

    def received_before(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """Received on that day or earlier."""
        return rows.filter(received_at__lt=_midnight(value + timedelta(days=1)))

    def chips(self) -> list[Chip]:
        """The criteria in force that the bar does not show by itself."""
        self.is_valid()
        return [
            Chip(field.label, self._text(name, value), self.query_without(name))
            for name, field in self.form.fields.items()
            if name not in ALWAYS_SHOWN
            and name != "clock_of"
            and (value := self.form.cleaned_data.get(name)) not in (None, "", [])
            and not (isinstance(value, QuerySet) and not value)
        ]

    def _text(self, name: str, value: Any) -> str:
        if name in self.custom:
            return chip_text(self.form[name], value)
        choices = dict(getattr(self.form.fields[name], "choices", ())) if isinstance(value, str) else {}
        if name == "clock" and (kind := self.data.get("clock_of")) in CLOCKS:
            return f"{choices[value]} · {dict(WHICH_CLOCK)[kind]}"
        if isinstance(value, QuerySet | list):
            return ", ".join(str(row) for row in value)
        return str(choices.get(value, written(value) if hasattr(value, "toordinal") else value))

    def query_without(self, *names: str) -> str:
        """The address of the list without some of its criteria, from its first page."""
        query = self.data.copy()
        for name in (*names, "page"):
            query.pop(name, None)
        return str(query.urlencode())
