"""The criteria of the ticket list (Spec S1): how each narrows, and the chips that show which are in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cadran.accounts.models import User
from cadran.catalogue.models import Asset, Nature, Priority, Severity
from cadran.contracts.models import Contract
from cadran.core.text import fold
from cadran.desk.tickets.forms.fields import within_reach
from cadran.parties.models import Agent, Contact, Customer, Team
from cadran.tickets.choices import Coverage, Phase
from cadran.tickets.models import Status, Ticket
from cadran.tickets.queries import with_nothing_open

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
#: Criteria that the bar always shows; the others stand behind *Criterion*.
ALWAYS_SHOWN = ("q", "team", "phase", "severity", "received")


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
    cancelled = filters.ChoiceFilter(label=_("Cancelled"), choices=YES_NO, method="was_cancelled")

    class Meta:
        model = Ticket
        fields: list[str] = []

    def __init__(self, data: Any, *, queryset: QuerySet[Any], user: User, now: datetime) -> None:
        self.now = now
        super().__init__(data, queryset=queryset)
        chosen: dict[str, Any] = {
            "customer": Customer,
            "contract": Contract,
            "asset": Asset,
            "requester": Contact,
            "team": Team,
            "assignee": Agent,
            "status": Status,
            "nature": Nature,
            "severity": Severity,
            "priority": Priority,
        }
        for name, model in chosen.items():
            self.filters[name].queryset = model.objects.visible_to(user)
        usual = filters.conf.settings.EMPTY_CHOICE_LABEL
        for one in self.filters.values():
            if isinstance(one, filters.ChoiceFilter) and one.extra.get("empty_label", usual) == usual:
                one.extra["empty_label"] = _("Any")

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

    def was_cancelled(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Cancelled or not."""
        return rows.filter(is_cancelled=value == "yes")

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
            and (value := self.form.cleaned_data.get(name)) not in (None, "")
        ]

    def _text(self, name: str, value: Any) -> str:
        choices = dict(getattr(self.form.fields[name], "choices", ())) if isinstance(value, str) else {}
        if name == "clock" and (kind := self.data.get("clock_of")) in CLOCKS:
            return f"{choices[value]} · {dict(WHICH_CLOCK)[kind]}"
        return str(choices.get(value, date_format(value) if hasattr(value, "toordinal") else value))

    def query_without(self, *names: str) -> str:
        """The address of the list without some of its criteria, from its first page."""
        query = self.data.copy()
        for name in (*names, "page"):
            query.pop(name, None)
        return str(query.urlencode())
