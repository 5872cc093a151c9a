"""A holiday calendar and dates of one's own (Spec C8)."""

from __future__ import annotations

from typing import Any

from babel import Locale
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cadran.contracts.details import CalendarDetails
from cadran.contracts.public_holidays import known_countries, region_names, regions_of
from cadran.core.text import fold
from cadran.desk.records.seen import RowForm
from cadran.desk.tickets.forms.fields import within_reach

from ..common import code_from, fix_code


def countries() -> list[tuple[str, Any]]:
    """The countries whose holidays are known, by their name in the active language."""
    names = Locale(get_language() or "fr").territories
    known = [(code, names.get(code, code)) for code in known_countries()]
    return [("", _("None: dates of your own alone")), *sorted(known, key=lambda one: fold(one[1]))]


def regions(country: str) -> list[tuple[str, Any]]:
    """The regions of a country whose holidays differ; the whole country first."""
    names = region_names(country)
    known = [(code, f"{names[code]} ({code})" if code in names else code) for code in regions_of(country)]
    return [("", _("The whole country")), *sorted(known, key=lambda one: fold(one[1]))]


class CalendarForm(RowForm):
    """Names, country and region."""

    name_fr = forms.CharField(label=_("French name"), max_length=120)
    name_en = forms.CharField(label=_("English name"), max_length=120, required=False)
    code = forms.CharField(label=_("Code"), max_length=60)
    country = forms.ChoiceField(label=_("Country"), choices=countries, required=False, initial="FR")
    region = forms.ChoiceField(label=_("Region"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        fix_code(self, self.row)
        country = str(self["country"].value() or "")
        self.fields["region"].choices = regions(country)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["code"] = code_from(data.get("code", ""), data.get("name_en", ""), data.get("name_fr", ""))
        return data

    @property
    def details(self) -> CalendarDetails:
        """The calendar as the operation takes it; only of a valid form."""
        data = self.cleaned_data
        return CalendarDetails(
            code=data["code"],
            name_fr=data["name_fr"],
            name_en=data["name_en"],
            country=data["country"],
            region=data["region"],
        )


class HolidayForm(forms.Form):
    """A date of one's own."""

    date = forms.DateField(
        label=_("Date"),
        validators=[within_reach],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    name_fr = forms.CharField(label=_("French name"), max_length=120)
    name_en = forms.CharField(label=_("English name"), max_length=120, required=False)
