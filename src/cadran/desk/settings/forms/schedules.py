"""A schedule: its week as typed hours, and the dates that differ (Spec C8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cadran.contracts.details import ExceptionDetails, ScheduleDetails
from cadran.contracts.models import HolidayCalendar, Schedule
from cadran.contracts.openings import IntervalsRead, intervals_text, read_date, read_week, weekday_name
from cadran.core.errors import CadranError
from cadran.desk.tickets.forms.fields import within_reach

from ..common import code_from, fix_code, show_refusal
from .me import time_zones

CLOSED, INSTEAD, BESIDES = "closed", "instead", "besides"

#: How wide a bar's day is: one unit a minute.
DAY_MINUTES = 1440


@dataclass(frozen=True)
class Bar:
    """One opening in a bar of 24 hours, in minutes."""

    begin: int
    length: int


@dataclass(frozen=True)
class WeekRow:
    """One weekday of the grid: its name, its field and its openings as bars."""

    day: int
    name: str
    field: Any
    bars: list[Bar]


def bars_of(intervals: list[list[int]]) -> list[Bar]:
    """Openings in minutes of the day as bars."""
    return [Bar(begin, end - begin) for begin, end in intervals]


class ExceptionForm(forms.Form):
    """One date that differs from its week."""

    date = forms.DateField(
        label=_("Date"),
        validators=[within_reach],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    kind = forms.ChoiceField(
        label=_("What differs"),
        choices=[
            (CLOSED, _("Closed all day")),
            (INSTEAD, _("Other hours")),
            (BESIDES, _("Open besides")),
        ],
    )
    hours = forms.CharField(label=_("Hours"), required=False, max_length=200)
    name_fr = forms.CharField(label=_("French name"), required=False, max_length=120)
    name_en = forms.CharField(label=_("English name"), required=False, max_length=120)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.read = IntervalsRead()
        if data.get("kind") == CLOSED:
            return data
        if not data.get("hours"):
            self.add_error("hours", _("Type the hours of this date, such as 09:00-12:00."))
            return data
        try:
            self.read = read_date(data["hours"], "hours")
        except CadranError as refusal:
            show_refusal(self, refusal)
        return data

    @property
    def details(self) -> ExceptionDetails:
        """The exception as the operation takes it; only of a valid form."""
        data = self.cleaned_data
        return ExceptionDetails(
            date=data["date"],
            is_closed=data["kind"] != BESIDES,
            intervals=self.read.intervals,
            name_fr=data["name_fr"],
            name_en=data["name_en"],
        )


ExceptionFormSet = forms.formset_factory(ExceptionForm, extra=0, can_delete=True, max_num=200)


def exceptions_of(schedule: Schedule | None) -> list[dict[str, Any]]:
    """The stored exceptions as the rows of the form."""
    if schedule is None:
        return []
    return [
        {
            "date": one.date,
            "kind": BESIDES if not one.is_closed else INSTEAD if one.intervals else CLOSED,
            "hours": intervals_text(one.intervals),
            "name_fr": one.name_fr,
            "name_en": one.name_en,
        }
        for one in schedule.exceptions.all()
    ]


class ScheduleForm(forms.Form):
    """Names, zone, calendar and the seven days. ``notes`` tell what was read differently."""

    name_fr = forms.CharField(label=_("French name"), max_length=120)
    name_en = forms.CharField(label=_("English name"), max_length=120, required=False)
    code = forms.CharField(label=_("Code"), max_length=60)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zones, initial="Europe/Paris")
    calendar = forms.ModelChoiceField(
        label=_("Holiday calendar"),
        queryset=HolidayCalendar.objects.none(),
        required=False,
        empty_label=_("None: open on public holidays too"),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, schedule: Schedule | None = None, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fix_code(self, schedule)
        self.notes: list[str] = []
        self.weekly: dict[int, list[list[int]]] = {}
        calendars = HolidayCalendar.objects.visible_to(user)
        used = schedule.calendar_id if schedule else None
        self.fields["calendar"].queryset = calendars.filter(Q(is_retired=False) | Q(pk=used))  # type: ignore[attr-defined]
        for day in range(1, 8):
            self.fields[f"weekly_{day}"] = forms.CharField(
                label=weekday_name(day).capitalize(),
                required=False,
                max_length=200,
                widget=forms.TextInput(attrs={"data-week-day": str(day), "autocomplete": "off"}),
            )

    @staticmethod
    def initial_of(schedule: Schedule | None) -> dict[str, Any]:
        """What the form starts with: the stored schedule, or office hours for a new one."""
        if schedule is None:
            hours: Mapping[str, Any] = {str(day): [[540, 750], [810, 1080]] for day in range(1, 6)}
            return {f"weekly_{day}": intervals_text(hours[day]) for day in hours}
        return {
            "name_fr": schedule.name_fr,
            "name_en": schedule.name_en,
            "code": schedule.code,
            "time_zone": schedule.time_zone,
            "calendar": schedule.calendar_id,
            "seen": schedule.row_version,
            **{f"weekly_{day}": intervals_text(found) for day, found in schedule.weekly.items()},
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["code"] = code_from(data.get("code", ""), data.get("name_en", ""), data.get("name_fr", ""))
        try:
            read = read_week({day: data.get(f"weekly_{day}", "") for day in range(1, 8)})
        except CadranError as refusal:
            show_refusal(self, refusal)
        else:
            self.weekly, self.notes = read.weekly, read.notes
        return data

    def rows(self) -> list[WeekRow]:
        """The grid: openings as last read, so that what can't be read has no bar."""
        weekly = self.weekly if self.is_bound else self._stored()
        return [
            WeekRow(
                day, str(self[f"weekly_{day}"].label), self[f"weekly_{day}"], bars_of(weekly.get(day, []))
            )
            for day in range(1, 8)
        ]

    def _stored(self) -> dict[int, list[list[int]]]:
        return read_week({day: self.initial.get(f"weekly_{day}", "") for day in range(1, 8)}).weekly

    def details(self, exceptions: Any) -> ScheduleDetails:
        """The schedule as the operation and the preview take it; only of a valid form and formset."""
        data = self.cleaned_data
        return ScheduleDetails(
            code=data.get("code", ""),
            name_fr=data.get("name_fr", ""),
            name_en=data.get("name_en", ""),
            time_zone=data["time_zone"],
            calendar=data["calendar"],
            weekly=self.weekly,
            exceptions=[form.details for form in exceptions if form not in exceptions.deleted_forms],
        )
