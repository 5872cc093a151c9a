"""The index: only what the person may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cadran.accounts.access import signed_in
from cadran.accounts.rights import Right

from ..common import person
from ..kinds import KINDS


@dataclass(frozen=True)
class Entry:
    """One settings page on the index."""

    label: Any
    line: Any
    icon: str
    url: str


@dataclass(frozen=True)
class Group:
    """Pages that one right opens; everybody's when there is none."""

    label: Any
    right: Right | None
    entries: list[Entry]


def groups() -> list[Group]:
    """Every settings page, grouped by the right it needs."""
    return [
        Group(
            _("Mine"),
            None,
            [
                Entry(
                    _("My preferences"),
                    _("Language, theme, time zone, password"),
                    "user",
                    reverse("desk:settings_me"),
                )
            ],
        ),
        Group(
            _("Reference data"),
            Right.EDIT_REFERENCE_DATA,
            [
                Entry(kind.label, kind.line, kind.icon, reverse(f"desk:settings_{kind.slug}"))
                for kind in KINDS
            ],
        ),
        Group(
            _("Schedules and commitments"),
            Right.EDIT_SCHEDULES,
            [
                Entry(
                    _("Schedules"),
                    _("Weekly openings, exceptions"),
                    "calendar-time",
                    reverse("desk:settings_schedules"),
                ),
                Entry(
                    _("Holiday calendars"),
                    _("Public holidays, dates of your own"),
                    "calendar",
                    reverse("desk:settings_calendars"),
                ),
                Entry(
                    _("Commitments"),
                    _("Response and resolution guarantees"),
                    "gauge",
                    reverse("desk:settings_commitments"),
                ),
            ],
        ),
        Group(
            _("People"),
            Right.EDIT_AGENTS,
            [
                Entry(_("Teams"), _("Managers, stand-ins, members"), "users", reverse("desk:settings_teams")),
                Entry(
                    _("Agents"),
                    _("Who works here, who signs in"),
                    "user-plus",
                    reverse("desk:settings_agents"),
                ),
                Entry(
                    _("Profiles"),
                    _("Which profile gives which right"),
                    "shield-check",
                    reverse("desk:settings_profiles"),
                ),
            ],
        ),
        Group(
            pgettext_lazy("settings", "Behaviour"),
            Right.EDIT_BUSINESS_RULES,
            [
                Entry(
                    _("Business rules"),
                    _("Numbers, files, reopening, intake"),
                    "settings",
                    reverse("desk:settings_business_rules"),
                )
            ],
        ),
    ]


@signed_in
def index(request: HttpRequest) -> HttpResponse:
    """What the person may set."""
    rights = person(request).rights
    mine = [group for group in groups() if group.right is None or group.right.value in rights]
    return render(request, "desk/settings/index.html", {"groups": mine})
