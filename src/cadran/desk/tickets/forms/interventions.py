"""Forms of interventions (Spec T18)."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from datetime import date
from typing import Any, cast

from django import forms
from django.db.models import Model, Q
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.catalogue.models import ProductVersion
from cadran.parties.models import Agent, Team
from cadran.tickets.choices import Phase
from cadran.tickets.context import InterventionDetails, ResourceRequestDetails
from cadran.tickets.models import Intervention, InterventionType
from cadran.tickets.queries import available_types, requests_of

from .base import DeskForm, put_choices
from .fields import EffortField, InstantField, RowsField, is_key, within_reach
from .seen import SeenForm

_REQUESTS = "resource_requests"
_TEXT = forms.Textarea(attrs={"rows": 3})


class NextForm(DeskForm):
    """A new intervention: what the type proposes, and what the person makes of it."""

    aliases = {"planned_effort": "planned_effort"}
    type = forms.ModelChoiceField(InterventionType.objects.none(), label=_("Type"))
    label = forms.CharField(label=_("Label"), required=False, max_length=200)
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Team"), required=False)
    assignee = forms.ModelChoiceField(Agent.objects.none(), label=_("Assignee"), required=False)
    planned_start_at = InstantField(label=_("Planned start"), required=False)
    planned_end_at = InstantField(label=_("Planned end"), required=False)
    planned_effort = EffortField(label=_("Planned effort"), required=False)

    def __init__(self, *args: Any, proposed: InterventionType | None = None, **options: Any) -> None:
        self.proposed = proposed
        super().__init__(*args, **options)

    def prepare(self) -> None:
        put_choices(self, "type", available_types(self.ticket, self.ticket.team))
        put_choices(self, "team", self.teams(), empty=_("The ticket’s team"))
        put_choices(self, "assignee", self.agents(), empty=_("Nobody yet"))
        if self.proposed is not None:
            self.initial.setdefault("type", self.proposed.pk)
        self.initial.setdefault("team", self.ticket.team_id)
        kind = self.chosen_type()
        if kind is not None and kind.team_id:
            self.initial["team"] = kind.team_id
        self.initial["assignee"] = assignee_proposed(
            kind, team=self.chosen_team(kind), agent=agent_of(self.person)
        )

    def chosen_type(self) -> InterventionType | None:
        """The type that stands in the form, to propose by; the first one offered at the beginning."""
        rows = cast("forms.ModelChoiceField[Any]", self.fields["type"]).queryset
        assert rows is not None
        chosen = self["type"].value()
        if chosen and is_key(str(chosen)):
            return cast("InterventionType | None", rows.filter(pk=chosen).first())
        first = rows.first()
        if first is not None:
            self.initial["type"] = first.pk
        return cast("InterventionType | None", first)

    def chosen_team(self, kind: InterventionType | None) -> Any:
        """The key of the team that the type or the form names; the ticket's where neither does."""
        if kind is not None and kind.team_id:
            return kind.team_id
        typed = self["team"].value()
        return typed if typed and is_key(str(typed)) else self.ticket.team_id

    def details(self, **more: Any) -> InterventionDetails:
        """What was typed, as the operations take it. The form must be valid."""
        typed = {name: self.cleaned_data[name] for name in self.fields if name != "start"}
        return InterventionDetails(**typed, **more)


def agent_of(user: User) -> Agent | None:
    """The agent that ``user`` is, if any."""
    return getattr(user, "agent", None)


def assignee_proposed(kind: InterventionType | None, *, team: Any, agent: Agent | None) -> int | None:
    """Whom a new intervention is proposed to: the type's assignee, else oneself as a member of the team (Spec T18).

    ``team`` is the key of the chosen team.
    """
    if kind is not None and kind.assignee_id:
        return int(kind.assignee_id)
    if agent is not None and agent.teams.filter(pk=team).exists():
        return int(agent.pk)
    return None


class AddInterventionForm(NextForm):
    """Add an intervention, planned for later or started now."""

    remaining_effort = EffortField(label=_("Remaining effort"), required=False)
    external_report = forms.CharField(label=_("External report"), required=False, widget=forms.Textarea)
    internal_report = forms.CharField(label=_("Internal report"), required=False, widget=forms.Textarea)
    error_message = forms.CharField(
        label=_("Error message"),
        required=False,
        widget=_TEXT,
        help_text=_("As it was shown, to be found again."),
    )
    start = forms.BooleanField(label=_("Start it now"), required=False)

    def prepare(self) -> None:
        super().prepare()
        if self.ticket.phase == Phase.SUSPENDED:
            del self.fields["start"]  # it is only planned: starting it resumes the ticket first (Spec T23)
        kind = self.chosen_type()
        if kind is not None and kind.initial_report:
            self.initial.setdefault("external_report", kind.initial_report)


class StartForm(DeskForm):
    """Start a planned intervention."""

    started_at = InstantField(label=_("Started at"), help_text=_("Not later than now"))

    def prepare(self) -> None:
        self.initial.setdefault("started_at", self.now)


class EditInterventionForm(SeenForm):
    """All of an intervention that may be edited while it is not finished (Spec T18)."""

    label = forms.CharField(label=_("Label"), required=False, max_length=200)
    type = forms.ModelChoiceField(InterventionType.objects.none(), label=_("Type"))
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Team"), required=False)
    assignee = forms.ModelChoiceField(Agent.objects.none(), label=_("Assignee"), required=False)
    planned_start_at = InstantField(label=_("Planned start"), required=False)
    planned_end_at = InstantField(label=_("Planned end"), required=False)
    planned_effort = EffortField(label=_("Planned effort"), required=False)
    remaining_effort = EffortField(label=_("Remaining effort"), required=False)
    external_report = forms.CharField(label=_("External report"), required=False, widget=forms.Textarea)
    internal_report = forms.CharField(label=_("Internal report"), required=False, widget=forms.Textarea)
    error_message = forms.CharField(label=_("Error message"), required=False, widget=_TEXT)
    versions_corrected = RowsField(ProductVersion.objects.none(), label=_("Corrected in"), required=False)
    versions_to_correct = RowsField(ProductVersion.objects.none(), label=_("To correct in"), required=False)

    def __init__(self, *args: Any, intervention: Intervention, **options: Any) -> None:
        self.intervention = intervention
        super().__init__(*args, **options)

    def prepare(self) -> None:
        row = self.intervention
        types = InterventionType.objects.visible_to(self.person)
        teams = Team.objects.visible_to(self.person)
        agents = Agent.objects.visible_to(self.person)
        put_choices(self, "type", types.filter(Q(is_retired=False) | Q(pk=row.type_id)))
        put_choices(self, "team", teams.filter(Q(is_retired=False) | Q(pk=row.team_id)), empty=_("No team"))
        put_choices(
            self,
            "assignee",
            agents.filter(Q(is_active=True) | Q(pk=row.assignee_id)),
            empty=_("Nobody yet"),
        )
        for name in ("versions_corrected", "versions_to_correct"):
            self.fields[name].queryset = versions_of(self)  # type: ignore[attr-defined]
        self.show(row)

    @property
    def labels(self) -> dict[str, Any]:
        return {**super().labels, _REQUESTS: _("Resource requests")}

    def values_of(self, row: Model, names: Iterable[str]) -> dict[str, Any]:
        rest = [name for name in names if name != _REQUESTS]
        values = super().values_of(row, rest)
        if _REQUESTS in names:
            values[_REQUESTS] = [asdict(one) for one in requests_of(cast(Intervention, row))]
        return values

    def seen(self) -> dict[str, Any]:
        found = super().seen()
        with suppress(KeyError, TypeError, ValueError):
            found[_REQUESTS] = [_request(one) for one in self.raw_base()[_REQUESTS]]
        return found


def _request(raw: Any) -> ResourceRequestDetails:
    day = raw["needed_on"]
    return ResourceRequestDetails(**{**raw, "needed_on": date.fromisoformat(day) if day else None})


def versions_of(form: DeskForm) -> Any:
    """The versions of the ticket's product."""
    rows = ProductVersion.objects.visible_to(form.person).select_related("product")
    return rows.filter(product=form.ticket.product_id) if form.ticket.product_id else rows.none()


class RequestForm(forms.Form):
    """Somebody or something the intervention needs (Spec T18)."""

    profile = forms.CharField(label=_("Profile"), required=False, max_length=120)
    needed_on = forms.DateField(
        label=_("Needed by"),
        required=False,
        validators=[within_reach],
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    circumstances = forms.CharField(label=_("Circumstances"), required=False, max_length=200)
    duration = EffortField(label=_("Duration"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        others = [cleaned.get(name) for name in ("needed_on", "circumstances", "duration")]
        if not cleaned.get("profile") and any(others):
            self.add_error("profile", _("Say who or what is needed."))
        return cleaned


RequestsFormSet = forms.formset_factory(RequestForm, extra=1, max_num=20, can_delete=True)
