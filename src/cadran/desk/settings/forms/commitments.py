"""A commitment: what is promised, counted how (Spec C9, C10)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cadran.contracts.details import CommitmentDetails
from cadran.contracts.models import ClockStart, Commitment, GuaranteeUnit, Schedule
from cadran.desk.records.seen import RowForm

from ..common import code_from, fix_code

_STARTS = [
    (ClockStart.RECEPTION.value, _("from reception")),
    (ClockStart.ENTRY.value, _("from entry")),
    (ClockStart.RESPONSE.value, _("from the response")),
]


class CommitmentForm(RowForm):
    """Names, the two guarantees, the two schedules and the orange threshold."""

    name_fr = forms.CharField(label=_("French name"), max_length=120)
    name_en = forms.CharField(label=_("English name"), max_length=120, required=False)
    code = forms.CharField(label=_("Code"), max_length=60)
    response_amount = forms.IntegerField(
        label=_("Response guarantee"), required=False, help_text=_("Left empty: none is promised.")
    )
    response_unit = forms.ChoiceField(
        label=_("Unit"), choices=GuaranteeUnit.choices, initial=GuaranteeUnit.HOUR
    )
    response_start = forms.ChoiceField(label=_("It runs"), choices=_STARTS[:2])
    resolution_amount = forms.IntegerField(
        label=_("Resolution guarantee"), required=False, help_text=_("Left empty: none is promised.")
    )
    resolution_unit = forms.ChoiceField(
        label=_("Unit"), choices=GuaranteeUnit.choices, initial=GuaranteeUnit.HOUR
    )
    resolution_start = forms.ChoiceField(label=_("It runs"), choices=_STARTS)
    reception_schedule = forms.ModelChoiceField(
        label=_("Reception schedule"),
        queryset=Schedule.objects.none(),
        help_text=_("When tickets are received and assessed; the response clock runs on it."),
    )
    action_schedule = forms.ModelChoiceField(
        label=_("Action schedule"),
        queryset=Schedule.objects.none(),
        required=False,
        empty_label=_("The reception schedule"),
        help_text=_("When they are worked on; the resolution clock runs on it, lost time is measured on it."),
    )
    warning_minutes = forms.IntegerField(
        label=_("Orange threshold (minutes)"),
        initial=120,
        help_text=_("A clock turns orange when that much working time is left."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        fix_code(self, self.row)
        names = ("reception_schedule", "action_schedule")
        used = [key for key in map(self.initial.get, names) if key]
        schedules = Schedule.objects.visible_to(self.user).filter(Q(is_retired=False) | Q(pk__in=used))
        for name in names:
            self.fields[name].queryset = schedules  # type: ignore[attr-defined]

    def stored(self, row: Commitment) -> dict[str, Any]:
        """The names, and the promise of today."""
        version = row.current_version
        same = version.action_schedule_id == version.reception_schedule_id
        return {
            **super().stored(row),
            "response_amount": version.response_amount,
            "response_unit": version.response_unit,
            "response_start": version.response_start,
            "resolution_amount": version.resolution_amount,
            "resolution_unit": version.resolution_unit,
            "resolution_start": version.resolution_start,
            "reception_schedule": version.reception_schedule_id,
            "action_schedule": None if same else version.action_schedule_id,
            "warning_minutes": version.warning_minutes,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["code"] = code_from(data.get("code", ""), data.get("name_en", ""), data.get("name_fr", ""))
        return data

    @property
    def details(self) -> CommitmentDetails:
        """The promise as the operation takes it; only of a valid form."""
        return CommitmentDetails(
            **{name: value for name, value in self.cleaned_data.items() if name != "seen"}
        )
