"""The form of *finish* (Spec T19, T20)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cadran.catalogue.models import ProductVersion
from cadran.tickets.choices import Phase
from cadran.tickets.models import Intervention, InterventionCheck, State, Status
from cadran.tickets.transitions import Act, TransitionRefused, after

from .base import put_choices
from .fields import EffortField, InstantField, RowsField, is_key
from .interventions import versions_of
from .seen import SeenForm, plain_list

_REPORTED = (
    "versions_corrected",
    "versions_to_correct",
    "external_report",
    "internal_report",
    "remaining_effort",
)


class ChecksField(forms.MultipleChoiceField):
    """Items of a checklist, by key; whether each is still on it is the operation's to say."""

    widget = forms.CheckboxSelectMultiple

    def valid_value(self, value: Any) -> bool:
        return is_key(str(value))


class FinishForm(SeenForm):
    """Finish an intervention: dates, what was done, status and state, versions, reports."""

    #: The context inside the dialog has a control of its own for what was seen of the ticket.
    base_name = "work_base"
    base = None  # type: ignore[assignment]
    work_base = forms.CharField(widget=forms.HiddenInput, required=False)
    started_at = InstantField(label=_("Started"))
    ended_at = InstantField(label=_("Ended"), help_text=_("Not later than now"))
    intervened = forms.BooleanField(label=_("Intervened"), required=False)
    resolved = forms.BooleanField(label=_("Resolved"), required=False)
    closed_by_customer = forms.BooleanField(label=_("Closed by customer"), required=False)
    closed_internally = forms.BooleanField(label=_("Closed internally"), required=False)
    status = forms.ModelChoiceField(Status.objects.none(), label=_("New status"), required=False)
    state = forms.ModelChoiceField(State.objects.none(), label=_("State"), required=False)
    versions_corrected = RowsField(ProductVersion.objects.none(), label=_("Corrected in"), required=False)
    versions_to_correct = RowsField(ProductVersion.objects.none(), label=_("To correct in"), required=False)
    external_report = forms.CharField(label=_("External report"), required=False, widget=forms.Textarea)
    internal_report = forms.CharField(label=_("Internal report"), required=False, widget=forms.Textarea)
    remaining_effort = EffortField(label=_("Remaining effort"), required=False)
    with_next = forms.BooleanField(label=_("Open a next one"), required=False)
    start_next = forms.BooleanField(label=_("Start it now"), required=False)
    with_context = forms.BooleanField(required=False, widget=forms.HiddenInput)
    checked = ChecksField(label=_("Checklist"), required=False)
    checked_seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, intervention: Intervention, **options: Any) -> None:
        self.intervention = intervention
        super().__init__(*args, **options)

    @property
    def editable(self) -> list[str]:
        """What stands in the intervention before it is finished, and might be a colleague’s."""
        return [name for name in self.fields if name in _REPORTED]

    def prepare(self) -> None:
        row = self.intervention
        for name, value in {
            "started_at": row.started_at or self.now,
            "ended_at": self.now,
            "intervened": row.type.counts_as_response,
            "external_report": row.external_report or row.type.initial_report,
            "state": self._proposed_state(),
        }.items():
            self.initial.setdefault(name, value)
        for name in ("versions_corrected", "versions_to_correct"):
            self.fields[name].queryset = versions_of(self)  # type: ignore[attr-defined]
        self.show(row)
        self._show_checks()
        self.resulting_phase = self._resulting_phase()
        self.offer_statuses(self.resulting_phase, first=self._proposed_status())
        put_choices(self, "state", self.states(), empty=_("No state"))

    def _proposed_status(self) -> int | None:
        """The status the ticket has as long as its phase stays; else what the type proposes, if it fits."""
        if self.ticket.phase == self.resulting_phase:
            return self.ticket.status_id
        row = self.intervention.type.status
        return row.pk if row is not None and row.phase == self.resulting_phase else None

    def _proposed_state(self) -> int | None:
        """What the type proposes as long as it is in use; else the state the ticket has."""
        state = self.intervention.type.state
        return self.ticket.state_id if state is None or state.is_retired else state.pk

    def _show_checks(self) -> None:
        """The checklist, and which of its items were ticked when the dialog was drawn first."""
        self.checks = list(self.intervention.checks.select_related("checked_by"))
        if not self.checks:
            del self.fields["checked"], self.fields["checked_seen"]
            return
        self.initial["checked"] = [str(check.pk) for check in self.checks if check.is_checked]
        self.initial["checked_seen"] = " ".join(self.initial["checked"])

    def marked(self) -> dict[int, bool]:
        """The items that the person ticked or unticked, by key: no others, so that a colleague's ticks stand."""
        if not self.checks:
            return {}
        ticked = {int(key) for key in self["checked"].value() or () if is_key(str(key))}
        seen = {int(key) for key in str(self["checked_seen"].value() or "").split() if is_key(key)}
        return {key: key in ticked for key in ticked ^ seen}

    def check_rows(self) -> list[tuple[InterventionCheck, bool]]:
        """Each item of the checklist and whether its box is ticked."""
        marked = self.marked()
        return [(check, marked.get(check.pk, check.is_checked)) for check in self.checks]

    def reported(self) -> dict[str, Any]:
        """What was typed of what a colleague may have typed too; theirs where the person chose it."""
        seen = self.seen()
        return {
            name: seen[name]
            if self.keeps_theirs(name) and name in seen
            else plain_list(self.cleaned_data[name])
            for name in self.editable
        }

    def is_ticked(self, name: str) -> bool:
        return bool(self[name].value())

    def _resulting_phase(self) -> str:
        """The phase the ticket will be in, as the boxes stand; the operation has the last word."""
        phase: str = self.ticket.phase
        acts = (
            ("resolved", Act.RESOLVE),
            ("closed_by_customer", Act.CLOSE_BY_CUSTOMER),
            ("closed_internally", Act.CLOSE_INTERNALLY),
        )
        if phase == Phase.CREATED and not self.intervention.type.is_intake:
            phase = Phase.IN_PROGRESS
        for name, act in acts:
            if self.is_ticked(name):
                try:
                    phase = after(phase, act, number=self.ticket.number)
                except TransitionRefused:
                    break
        return phase

    @property
    def phase_label(self) -> str:
        return str(Phase(self.resulting_phase).label)
