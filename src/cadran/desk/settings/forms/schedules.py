"""A schedule: its week as typed hours, and the dates that differ (Spec C8)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.dateparse import parse_date
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from cadran.contracts.details import ExceptionDetails, ScheduleDetails
from cadran.contracts.models import HolidayCalendar, Schedule
from cadran.contracts.openings import IntervalsRead, intervals_text, read_date, read_week, weekday_name
from cadran.core.errors import CadranError
from cadran.core.instants import written
from cadran.desk.records.seen import RowForm, Texts
from cadran.desk.tickets.forms.fields import json_in, within_reach

from ..common import code_from, fix_code, show_refusal
from .me import time_zones

CLOSED, INSTEAD, BESIDES = "closed", "instead", "besides"

_EXCEPTIONS, _PARTS = "exceptions", ("date", "kind", "hours", "name_fr", "name_en")
#: What a new schedule starts with.
_OFFICE_HOURS = {str(day): [[540, 750], [810, 1080]] for day in range(1, 6)}

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


class ScheduleForm(RowForm):
    """Names, zone, calendar, the seven days and the dates that differ. ``notes`` tell what was read differently."""

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

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        fix_code(self, self.row)
        self.notes: list[str] = []
        self.weekly: dict[int, list[list[int]]] = {}
        calendars = HolidayCalendar.objects.visible_to(self.user)
        used = self.initial.get("calendar")
        self.fields["calendar"].queryset = calendars.filter(Q(is_retired=False) | Q(pk=used))  # type: ignore[attr-defined]
        hours = _OFFICE_HOURS if self.row is None else self.row.weekly
        for day in range(1, 8):
            self.fields[f"weekly_{day}"] = forms.CharField(
                label=weekday_name(day).capitalize(),
                required=False,
                max_length=200,
                initial=intervals_text(hours.get(str(day), [])),
                widget=forms.TextInput(attrs={"data-week-day": str(day), "autocomplete": "off"}),
            )
        self.exceptions = ExceptionFormSet(
            data=self.data if self.is_bound else None,
            initial=None if self.is_bound else exceptions_of(self.row),
            prefix=_EXCEPTIONS,
        )

    def is_valid(self) -> bool:
        """Whether the schedule and its dates that differ can be read."""
        return super().is_valid() and self.exceptions.is_valid()

    def compared(self) -> list[str]:
        """The dates that differ are compared as a whole."""
        return [*super().compared(), _EXCEPTIONS]

    def drawn(self, name: str) -> list[str]:
        if name != _EXCEPTIONS:
            return super().drawn(name)
        return [_line([one[part] for part in _PARTS]) for one in exceptions_of(self.row)]

    def typed(self, name: str) -> list[str]:
        if name != _EXCEPTIONS:
            return super().typed(name)
        kept = [form for form in self.exceptions if not form["DELETE"].value()]
        return [_line([form[part].value() for part in _PARTS]) for form in kept]

    def put(self, data: Any, name: str, texts: Texts) -> None:
        if name != _EXCEPTIONS:
            super().put(data, name, texts)
            return
        for key in [key for key in data if key.startswith(f"{_EXCEPTIONS}-")]:
            data.pop(key)
        data[f"{_EXCEPTIONS}-TOTAL_FORMS"], data[f"{_EXCEPTIONS}-INITIAL_FORMS"] = str(len(texts)), "0"
        for index, text in enumerate(texts):
            for part, value in zip(_PARTS, _values(text), strict=True):
                data[f"{_EXCEPTIONS}-{index}-{part}"] = value

    def meaning(self, name: str, texts: Texts) -> Any:
        return frozenset(texts) if name == _EXCEPTIONS else super().meaning(name, texts)

    def label_of(self, name: str) -> str:
        return gettext("Dates that differ") if name == _EXCEPTIONS else super().label_of(name)

    def in_words(self, name: str, texts: Texts) -> str:
        if name != _EXCEPTIONS:
            return super().in_words(name, texts)
        return " · ".join(_in_words(*_values(text)) for text in texts) or gettext("nothing")

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

    @property
    def details(self) -> ScheduleDetails:
        """The schedule as the operation and the preview take it; only of a valid form."""
        data, dates = self.cleaned_data, self.exceptions
        return ScheduleDetails(
            code=data.get("code", ""),
            name_fr=data.get("name_fr", ""),
            name_en=data.get("name_en", ""),
            time_zone=data["time_zone"],
            calendar=data["calendar"],
            weekly=self.weekly,
            exceptions=[form.details for form in dates if form not in dates.deleted_forms],
        )


def _line(values: Sequence[Any]) -> str:
    """What is typed of a date that differs, as one text."""
    return json.dumps([str(value or "").strip() for value in values], ensure_ascii=False)


def _values(text: str) -> list[str]:
    """What :func:`_line` made one text of; nothing of a text that it did not make."""
    values = json_in(text)
    known = isinstance(values, list) and len(values) == len(_PARTS)
    return [str(value) for value in values] if known else [""] * len(_PARTS)


def _in_words(day: str, kind: str, hours: str, name_fr: str, name_en: str) -> str:
    """A date that differs as people read it."""
    kinds = dict(ExceptionForm.base_fields["kind"].choices)  # type: ignore[attr-defined]
    french = (get_language() or "fr").startswith("fr")
    name = (name_fr or name_en) if french else (name_en or name_fr)
    try:
        known = parse_date(day)
    except ValueError:  # such as 30 February
        known = None
    what = str(kinds.get(kind, kind))
    said = [
        f"{written(known) if known else day},",
        what[:1].lower() + what[1:],
        "" if kind == CLOSED else hours,
        f"({name})" if name else "",
    ]
    return " ".join(filter(None, said))
