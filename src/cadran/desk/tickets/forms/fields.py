"""Fields that the ticket's forms share: instants, efforts and rows chosen with a picker."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from typing import Any, cast

from django import forms
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

_EFFORT = re.compile(
    r"^(?:(?P<hours>\d{1,4})\s*(?:h|:)\s*)?(?P<minutes>\d{1,4})?\s*(?:min|m)?$", re.IGNORECASE
)

#: The first and last day that can be typed: beyond, a year was mistyped, and instants soon leave the calendar.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
OUT_OF_REACH = _("Type a date between the years 2000 and 2100.")


def within_reach(day: date) -> None:
    """A validator of days: within the years that Cadran plans in (Spec R7)."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise forms.ValidationError(OUT_OF_REACH)


def is_key(text: str) -> bool:
    """Whether ``text`` can be a row's key or number: plain figures (« ² » is none), no more than a column holds."""
    return text.isascii() and text.isdecimal() and len(text) < 19


def json_in(text: Any) -> Any:
    """What a hidden control holds as JSON; None for any other text, and for one that nobody could be shown."""
    try:
        held = json.loads(text or "null")
        json.dumps(held, ensure_ascii=False).encode()  # half a character is none
    except (ValueError, RecursionError):
        return None
    return held


class InstantBound(BoundField):
    """An instant on a form, with the whole instant behind the minute that the control shows."""

    @property
    def exact_name(self) -> str:
        return f"{self.html_name}_exact"

    @property
    def exact(self) -> str:
        """The instant to the second that the control was filled with, in ISO 8601; empty for none."""
        if self.form.is_bound:
            return str(self.form.data.get(self.exact_name, ""))
        value = self.value()
        return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else ""


class InstantField(forms.Field):
    """An instant typed to the minute in the reader's time zone; cleaned to an aware instant.

    A minute that the reader left as it was stands for the whole instant it came from: an intervention started at
    10:28:45 and finished in the same minute doesn't end before it began.
    """

    widget = forms.DateTimeInput

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        if isinstance(value, datetime):
            return value
        try:
            typed = datetime.fromisoformat(str(value).strip())
        except ValueError:
            raise forms.ValidationError(_("Type a date and a time, such as 2026-11-12 15:42.")) from None
        if not FIRST_DAY <= typed.date() <= LAST_DAY:
            raise forms.ValidationError(OUT_OF_REACH)
        if typed.tzinfo is not None:
            return typed.replace(microsecond=0)
        local = typed.replace(tzinfo=timezone.get_current_timezone(), microsecond=0)
        # In the night when clocks go forward an hour is missing on every wall.
        if local.astimezone(UTC).astimezone(local.tzinfo).replace(tzinfo=None) != typed.replace(
            microsecond=0
        ):
            raise forms.ValidationError(
                _("This time doesn’t exist: clocks go forward that night. Type an hour more.")
            )
        return local

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> InstantBound:
        return InstantBound(form, self, field_name)

    @staticmethod
    def restore(bound: InstantBound, typed: datetime | None) -> datetime | None:
        """The instant meant by ``typed``: the whole one that the control was filled with, if its minute stayed."""
        exact = parse_datetime(bound.exact) if typed is not None else None
        if typed is None or exact is None or exact.tzinfo is None:
            return typed
        # By the wall: in the night when clocks go back a minute comes twice, and both read the same.
        same = f"{exact.astimezone(typed.tzinfo):%Y%m%d%H%M}" == f"{typed:%Y%m%d%H%M}"
        return exact.replace(microsecond=0) if same else typed


class EffortField(forms.Field):
    """An effort typed as ``1:30``, ``1 h 30`` or ``90``; cleaned to whole minutes."""

    widget = forms.TextInput(attrs={"autocomplete": "off"})

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        found = _EFFORT.match(str(value).replace("\N{NO-BREAK SPACE}", " ").strip())
        if found is None or (found["hours"] is None and found["minutes"] is None):
            raise forms.ValidationError(_("Type a duration in hours and minutes, such as 1:30."))
        minutes = int(found["minutes"] or 0)
        if found["hours"] is not None and minutes > 59:
            raise forms.ValidationError(_("Type at most 59 minutes after the hours, such as 1:30."))
        return int(found["hours"] or 0) * 60 + minutes

    def prepare_value(self, value: Any) -> Any:
        return f"{value // 60}:{value % 60:02d}" if isinstance(value, int) else value


class RowField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One row, chosen in a picker: the list of them all is never drawn."""

    def __init__(self, queryset: Any, **options: Any) -> None:
        super().__init__(queryset, **options)
        self.error_messages["invalid_choice"] = cast(str, _("Choose one of the list."))


class RowsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several rows out of a short list."""

    def __init__(self, queryset: Any, **options: Any) -> None:
        super().__init__(queryset, **options)
        self.error_messages["invalid_choice"] = cast(str, _("Choose among the list."))

    def clean(self, value: Any) -> Any:
        """The rows chosen; a key that no row can have is none of the list."""
        keys = value if isinstance(value, list | tuple) else ()
        if any(isinstance(key, str) and not is_key(key) for key in keys):
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().clean(value)
