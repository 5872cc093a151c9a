"""Public holidays by country and region, named in French and English, from the ``holidays`` package."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib import import_module
from typing import Any

_LENGTH = 120


@cache
def _package() -> Any:
    """The ``holidays`` package, loaded when it is first asked: every start would wait for it otherwise."""
    return import_module("holidays")


@cache
def known_countries() -> frozenset[str]:
    """The two-letter codes of the countries whose holidays are known."""
    # The package also knows each country by its three-letter code, and GB as UK.
    return frozenset(code for code in _package().list_supported_countries() if len(code) == 2) - {"UK"}


@cache
def regions_of(country: str) -> tuple[str, ...]:
    """The region codes that a country's holidays differ by: for ``FR`` « 57 » and « 6AE », the Moselle and Alsace."""
    if country not in known_countries():
        return ()
    found = _package().country_holidays(country).subdivisions
    return tuple(code for code in found if not code.startswith("Zone "))


@cache
def region_names(country: str) -> dict[str, str]:
    """A region's code -> its name in its own language, where the package has one."""
    if country not in known_countries():
        return {}
    names: dict[str, str] = {}
    for name, code in (
        getattr(_package().country_holidays(country), "subdivisions_aliases", None) or {}
    ).items():
        if len(name) > len(names.get(code, "")):
            names[code] = name
    return names


def holiday_names(country: str, region: str, years: Iterable[int]) -> dict[date, tuple[str, str]]:
    """Each holiday of ``years`` with its French and English name; where one is missing, the country's own name."""
    wanted = list(years)
    known = _package().country_holidays(country)
    spoken = getattr(known, "supported_languages", ()) or ()

    def named(language: str) -> dict[date, str]:
        chosen = language if language in spoken else getattr(known, "default_language", None)
        found = _package().country_holidays(country, subdiv=region or None, years=wanted, language=chosen)
        return {day: name.replace("'", "’") for day, name in found.items() if day.year in wanted}

    french, english = named("fr"), named("en_US")
    if "fr" not in spoken:
        french = english
    if "en_US" not in spoken and "fr" in spoken:
        english = french
    return {day: (french[day][:_LENGTH], english.get(day, french[day])[:_LENGTH]) for day in sorted(french)}
