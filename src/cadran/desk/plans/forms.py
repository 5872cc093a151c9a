"""The criteria of the list of plans, and the form of one."""

from __future__ import annotations

from dataclasses import fields
from datetime import time
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cadran.catalogue.models import Asset
from cadran.contracts.models import Contract, Schedule
from cadran.desk.records.forms import DayField, RecordForm
from cadran.desk.records.lists import ListForm
from cadran.desk.tickets.forms.fields import RowField
from cadran.parties.models import Customer
from cadran.tickets.choices import ClosedDay, Frequency
from cadran.tickets.models import TicketTemplate
from cadran.tickets.operations import PlanDetails, PlanRule

#: The date of the first day, or which one of the month a day of the week is.
NTH = (
    ("", pgettext_lazy("plan", "the same date as the first day")),
    ("1", pgettext_lazy("plan", "the first")),
    ("2", pgettext_lazy("plan", "the second")),
    ("3", pgettext_lazy("plan", "the third")),
    ("4", pgettext_lazy("plan", "the fourth")),
    ("-1", pgettext_lazy("plan", "the last")),
)
FREQUENCIES = (
    (Frequency.DAILY.value, pgettext_lazy("plan", "days")),
    (Frequency.WEEKLY.value, pgettext_lazy("plan", "weeks")),
    (Frequency.MONTHLY.value, pgettext_lazy("plan", "months")),
    (Frequency.YEARLY.value, pgettext_lazy("plan", "years")),
)


class PlanListForm(ListForm):
    """Words, customer, active or paused."""

    pickers = ("customer",)
    customer = RowField(Customer.objects.none(), label=_("Customer"), required=False)
    active = forms.ChoiceField(
        label=pgettext_lazy("plan", "Active"),
        required=False,
        choices=[("", _("Yes")), ("no", _("No")), ("all", _("All"))],
    )

    def prepare(self) -> None:
        field: Any = self.fields["customer"]
        field.queryset = Customer.objects.visible_to(self.user)

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        rows = rows.matching(self.given("q") or "")  # type: ignore[attr-defined]
        if customer := self.given("customer"):
            rows = rows.filter(Q(contract__customer=customer) | Q(asset__customer=customer))
        active = self.given("active")
        return rows if active == "all" else rows.filter(is_active=active != "no")


class PlanForm(RecordForm):
    """What opens, for what, and when."""

    label = forms.CharField(label=_("Label"), max_length=150)
    template = RowField(TicketTemplate.objects.none(), label=_("Template"))
    contract = RowField(Contract.objects.none(), label=_("Contract"), required=False)
    asset = RowField(Asset.objects.none(), label=_("Asset"), required=False)
    interval = forms.IntegerField(label=pgettext_lazy("plan", "Every"), initial=1, min_value=1)
    frequency = forms.ChoiceField(
        label=pgettext_lazy("plan", "Unit"), choices=FREQUENCIES, initial=Frequency.MONTHLY.value
    )
    nth = forms.TypedChoiceField(
        label=_("Day of the month"), choices=NTH, coerce=int, empty_value=None, required=False
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days of the week"),
        choices=[(str(day + 1), capfirst(name)) for day, name in WEEKDAYS.items()],
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    starts_on = DayField(label=_("First day"))
    ends_on = DayField(label=_("Last day"), required=False)
    due_time = forms.TimeField(
        label=_("Time of day"),
        initial=time(9),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("Type a time of day, such as 09:00.")},
    )
    schedule = forms.ModelChoiceField(
        Schedule.objects.none(), label=_("Schedule"), help_text=_("Its closed days are honoured.")
    )
    closed_day = forms.ChoiceField(
        label=_("On a closed day"), choices=ClosedDay.choices, initial=ClosedDay.NEXT.value
    )
    days_ahead = forms.IntegerField(
        label=_("Opened ahead (days)"),
        initial=7,
        min_value=0,
        help_text=_("So many days before, the ticket opens with its intervention planned."),
    )

    def prepare(self) -> None:
        self.initial.setdefault("starts_on", timezone.localdate())
        for name, model in (("template", TicketTemplate), ("contract", Contract), ("asset", Asset)):
            self.offer(name, model)
        self.offer("schedule", Schedule)
        usual = self.fields["schedule"].queryset.first()  # type: ignore[attr-defined]
        self.initial.setdefault("schedule", usual.pk if usual else None)

    def stored(self, row: Any) -> dict[str, Any]:
        return super().stored(row) | {
            "nth": "" if row.nth is None else str(row.nth),
            "weekdays": [str(day) for day in row.weekdays],
        }

    def own_required(self) -> list[forms.Field]:
        """Without these the operation cannot be asked."""
        names = ("template", "schedule", "starts_on", "due_time", "interval", "days_ahead")
        return [*super().own_required(), *(self.fields[name] for name in names)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("frequency") in (Frequency.DAILY, Frequency.WEEKLY):
            cleaned["nth"] = None
        return cleaned

    @property
    def details(self) -> PlanDetails:
        """The plan as the operation takes it; only of a valid form."""
        return PlanDetails(**self.values)

    @property
    def rule(self) -> PlanRule | None:
        """When the plan comes round, as far as it can be read, whatever else is still missing."""
        self.is_valid()
        names = [field.name for field in fields(PlanRule)]
        if any(name not in self.cleaned_data or name in self.errors for name in names):
            return None
        return PlanRule(**{name: self.values[name] for name in names})
