"""Addresses of the settings pages."""

from functools import partial
from typing import Any

from django.urls import URLPattern, path, re_path

from cadran.accounts.access import needs

from .kinds import KINDS, OWN_PAGES, TEAMS, Kind
from .views import (
    agents,
    business_rules,
    calendars,
    commitments,
    index,
    macros,
    me,
    profiles,
    reference,
    schedules,
)


def _given(kind: Kind, view: Any) -> Any:
    return needs(kind.right)(partial(view, kind=kind))


def reference_urls(kind: Kind) -> list[URLPattern]:
    """The addresses of one kind: list, form, order; retiring, restoring and deleting."""
    base, name = f"settings/{kind.slug}/", f"settings_{kind.slug}"
    act = re_path(
        rf"^{base}(?P<pk>\d+)/(?P<act>retire|restore|delete)/$",
        _given(kind, reference.reference_act),
        name=f"{name}_act",
    )
    if kind.own_pages:
        return [act]
    return [
        path(base, _given(kind, reference.reference_list), name=name),
        path(f"{base}new/", _given(kind, reference.reference_edit), name=f"{name}_new"),
        path(f"{base}order/", _given(kind, reference.reference_move), name=f"{name}_move"),
        path(f"{base}<int:pk>/", _given(kind, reference.reference_edit), name=f"{name}_edit"),
        act,
    ]


urlpatterns: list[URLPattern] = [
    path("settings/", index.index, name="settings"),
    path("settings/me/", me.me, name="settings_me"),
    path("settings/me/password/", me.password, name="settings_password"),
    path("settings/business-rules/", business_rules.business_rules, name="settings_business_rules"),
    path("settings/profiles/", profiles.profiles, name="settings_profiles"),
    path("settings/profiles/new/", profiles.profile, name="settings_profile_new"),
    path("settings/profiles/<slug:code>/", profiles.profile, name="settings_profile"),
    path("settings/profiles/<slug:code>/retired/", profiles.profile_retired, name="settings_profile_retired"),
    path("settings/agents/", agents.agents, name="settings_agents"),
    path("settings/agents/new/", agents.agent, name="settings_agent_new"),
    path("settings/agents/<int:pk>/", agents.agent, name="settings_agent"),
    path("settings/agents/<int:pk>/link/", agents.agent_link, name="settings_agent_link"),
    path("settings/schedules/", schedules.schedules, name="settings_schedules"),
    path("settings/schedules/new/", schedules.schedule, name="settings_schedule_new"),
    path("settings/schedules/preview/", schedules.schedule_preview, name="settings_schedule_preview"),
    path("settings/schedules/<slug:code>/", schedules.schedule, name="settings_schedule"),
    path(
        "settings/schedules/<slug:code>/progress/",
        schedules.schedule_progress,
        name="settings_schedule_progress",
    ),
    path("settings/calendars/", calendars.calendars, name="settings_calendars"),
    path("settings/calendars/new/", calendars.calendar, name="settings_calendar_new"),
    path("settings/calendars/regions/", calendars.regions, name="settings_regions"),
    path("settings/calendars/<slug:code>/", calendars.calendar, name="settings_calendar"),
    path("settings/calendars/<slug:code>/dates/", calendars.holiday_add, name="settings_holiday_add"),
    path("settings/calendars/<slug:code>/dates/<int:pk>/", calendars.holiday_change, name="settings_holiday"),
    path("settings/commitments/", commitments.commitments, name="settings_commitments"),
    path("settings/commitments/new/", commitments.commitment, name="settings_commitment_new"),
    path("settings/commitments/<slug:code>/", commitments.commitment, name="settings_commitment"),
    path(
        "settings/commitments/<slug:code>/move/", commitments.commitment_move, name="settings_commitment_move"
    ),
]
urlpatterns.append(path("settings/macros/preview/", macros.macro_preview, name="settings_macro_preview"))
for _kind in (*KINDS, TEAMS, *OWN_PAGES):
    urlpatterns += reference_urls(_kind)
