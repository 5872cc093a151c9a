"""Forms of the acts on a ticket, fields in the manual's order."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from cadran.parties.models import Agent, Team
from cadran.tickets.choices import Closing, Phase
from cadran.tickets.models import State, Status, SuspensionReason
from cadran.tickets.queries import status_of_cancelling, worked_on
from cadran.tickets.transitions import Act, allowed

from .base import DeskForm, put_choices
from .fields import InstantBound, InstantField
from .seen import ChoiceForm

_NO_STATE = _("No state")


def _status(**options: Any) -> forms.ModelChoiceField[Any]:
    return forms.ModelChoiceField(Status.objects.none(), label=_("New status"), required=False, **options)


def _state() -> forms.ModelChoiceField[Any]:
    return forms.ModelChoiceField(State.objects.none(), label=_("State"), required=False)


def typed_instant(form: DeskForm, name: str) -> datetime:
    """The instant that stands in the form, for a preview; now when it can't be read."""
    bound = form[name]
    try:
        typed = form.fields[name].clean(bound.value())
    except forms.ValidationError:
        return form.now
    return cast(datetime, InstantField.restore(cast(InstantBound, bound), typed))


class SuspendForm(DeskForm):
    """Suspend (Spec T23)."""

    aliases = {"began_at": "began_at"}
    began_at = InstantField(label=_("Suspended from"))
    reason = forms.ModelChoiceField(SuspensionReason.objects.none(), label=_("Reason"))
    details = forms.CharField(
        label=_("Details"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    appointment_at = InstantField(
        label=_("Internal appointment"),
        required=False,
        help_text=_("When to look at it again. Only staff see it."),
    )
    status = _status()

    def prepare(self) -> None:
        self.initial.setdefault("began_at", self.now)
        put_choices(self, "reason", SuspensionReason.objects.visible_to(self.person).in_use(), empty="")
        self.fields["reason"].empty_label = _("Choose a reason")  # type: ignore[attr-defined]
        rows = self.statuses(Phase.SUSPENDED)
        put_choices(self, "status", rows, empty=_("As the reason proposes"))


class ResumeForm(DeskForm):
    """Resume (Spec T23, T24)."""

    ended_at = InstantField(label=_("Resumed at"))
    status = _status()

    def prepare(self) -> None:
        self.initial.setdefault("ended_at", self.now)
        self.offer_statuses(self.target_phase())

    def target_phase(self) -> str:
        """Back to work, or to *created* when nothing but the intake was ever started (Spec T2)."""
        return Phase.IN_PROGRESS if worked_on(self.ticket) else Phase.CREATED


class CloseForm(DeskForm):
    """Close (Spec T26)."""

    closing = forms.ChoiceField(label=_("Which closing"), widget=forms.RadioSelect)
    closed_at = InstantField(label=_("Closed at"))
    status = _status()
    state = _state()
    external_report = forms.CharField(label=_("External report"), required=False, widget=forms.Textarea)
    internal_report = forms.CharField(label=_("Internal report"), required=False, widget=forms.Textarea)

    def prepare(self) -> None:
        acts = {Closing.BY_CUSTOMER: Act.CLOSE_BY_CUSTOMER, Closing.INTERNALLY: Act.CLOSE_INTERNALLY}
        offered = [
            (c.value, c.label) for c in Closing if allowed(self.ticket.phase, acts[c])
        ] or Closing.choices
        self.fields["closing"].choices = offered  # type: ignore[attr-defined]
        self.initial.setdefault("closing", offered[0][0])
        self.initial.setdefault("closed_at", self.now)
        self.offer_statuses(self.target_phase())
        put_choices(self, "state", self.states(), empty=_NO_STATE)
        self.initial.setdefault("state", self.ticket.state_id)

    def target_phase(self) -> str:
        return Phase.CLOSED_INTERNALLY if self.closes_all else Phase.CLOSED_BY_CUSTOMER

    @property
    def closes_all(self) -> bool:
        """Whether the internal closing is chosen, after which nothing is left to do."""
        return bool(self["closing"].value() != Closing.BY_CUSTOMER)


class CancelForm(DeskForm):
    """Cancel (Spec T26)."""

    closed_at = InstantField(label=_("Closed at"))
    status = _status()
    state = _state()
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def prepare(self) -> None:
        self.initial.setdefault("closed_at", self.now)
        proposed = status_of_cancelling()
        self.offer_statuses(Phase.CLOSED_INTERNALLY, first=proposed.pk if proposed else None)
        put_choices(self, "state", self.states(), empty=_NO_STATE)


class StatusForm(ChoiceForm):
    """Change the status inside its phase (Spec T1)."""

    status = _status()
    state = _state()

    def prepare(self) -> None:
        self.fields["status"].required = True
        put_choices(self, "status", self.statuses(self.ticket.phase))
        put_choices(self, "state", self.states(), empty=_NO_STATE)
        self.show(self.ticket)


class AssignForm(ChoiceForm):
    """Give the ticket to a team and to somebody in it (Spec T11)."""

    team = forms.ModelChoiceField(Team.objects.none(), label=_("Team"))
    assignee = forms.ModelChoiceField(
        Agent.objects.none(),
        label=_("Assignee"),
        required=False,
        help_text=_("Nobody: the team’s manager distributes it."),
    )

    def prepare(self) -> None:
        put_choices(self, "team", self.teams())
        put_choices(self, "assignee", self.agents(), empty=_("Nobody yet"))
        self.show(self.ticket)


class ReopenForm(DeskForm):
    """Reopen, with an express copy of the last intervention (Spec T27); the copy's fields are a form of its own."""

    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    status = _status()
    state = _state()
    with_copy = forms.BooleanField(label=_("Copy the last intervention"), required=False)

    def prepare(self) -> None:
        self.offer_statuses(self.target_phase())
        put_choices(self, "state", self.states(), empty=_NO_STATE)

    def target_phase(self) -> str:
        return Phase.IN_PROGRESS if worked_on(self.ticket) else Phase.CREATED
