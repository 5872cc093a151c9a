"""Forms of merging, undoing and splitting (Spec T29)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cadran.catalogue.models import Nature, Severity
from cadran.catalogue.severity_alerts import alerts_of
from cadran.core.errors import CadranError
from cadran.tickets.choices import LinkRole
from cadran.tickets.errors import AnswerNeeded
from cadran.tickets.models import Attachment, Intervention, Note, Ticket
from cadran.tickets.operations import Part
from cadran.tickets.queries.merging import splittable_files, splittable_notes, splittable_work

from .answers import AskingForm, is_question
from .base import DeskForm, put_choices
from .fields import InstantField, RowField, RowsField

_PARTS = ("interventions", "notes", "attachments")


class TicketField(RowField):
    """A ticket chosen in a picker, shown with its number and title."""

    def label_from_instance(self, obj: Ticket) -> str:
        return f"{obj.number} {obj.title}"


class MergeForm(DeskForm):
    """Merge the ticket into another one."""

    into = TicketField(
        Ticket.objects.none(),
        label=_("Ticket that is kept"),
        help_text=_("An open ticket of the same customer: by its number, or by words of its title."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))

    def prepare(self) -> None:
        field = self.fields["into"]
        assert isinstance(field, RowField)
        field.queryset = Ticket.objects.visible_to(self.person).select_related("customer")

    @property
    def kept(self) -> Ticket | None:
        """The ticket chosen so far, for the preview."""
        try:
            found: Ticket | None = self.fields["into"].clean(self["into"].value())
        except forms.ValidationError:
            return None
        return found


class UndoMergerForm(DeskForm):
    """Undo a merger: nothing to type."""


class SplitForm(AskingForm, DeskForm):
    """Split a part of the ticket off; the asset may ask something for the severity (Spec T13)."""

    title = forms.CharField(label=_("Title"), max_length=200)
    nature = forms.ModelChoiceField(Nature.objects.none(), label=_("Nature"))
    severity = forms.ModelChoiceField(Severity.objects.none(), label=_("Severity"))
    received_at = InstantField(label=_("Received at"))
    role = forms.ChoiceField(
        label=_("The new ticket is"),
        widget=forms.RadioSelect,
        choices=[(LinkRole.CHILD, _("A child of this one")), (LinkRole.PARENT, _("Its parent, the cause"))],
    )
    interventions = RowsField(Intervention.objects.none(), label=_("Interventions"), required=False)
    notes = RowsField(Note.objects.none(), label=_("Internal notes"), required=False)
    attachments = RowsField(Attachment.objects.none(), label=_("Attachments"), required=False)

    def prepare(self) -> None:
        ticket = self.ticket
        put_choices(self, "nature", Nature.objects.visible_to(self.person).in_use())
        put_choices(self, "severity", Severity.objects.visible_to(self.person).in_use())
        for name, rows in zip(
            _PARTS, (splittable_work(ticket), splittable_notes(ticket), splittable_files(ticket)), strict=True
        ):
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        for name in ("nature", "severity", "received_at"):
            self.initial[name] = getattr(ticket, name)
        self.initial["role"] = LinkRole.CHILD
        self.ask(alerts_of(ticket.asset, self.chosen("severity")))

    def offered(self, name: str) -> list[dict[str, Any]]:
        """The rows that may be ticked, and which are."""
        ticked = {str(getattr(value, "pk", value)) for value in self[name].value() or ()}
        rows = self.fields[name].queryset  # type: ignore[attr-defined]
        return [{"row": row, "ticked": str(row.pk) in ticked} for row in rows]

    def part(self) -> Part:
        """What was chosen; the form must be valid."""
        typed = {name: value for name, value in self.cleaned_data.items() if not is_question(name)}
        return Part(**{**typed, "role": LinkRole(typed["role"])}, answers=self.answers())

    def refuse(self, error: CadranError) -> None:
        if isinstance(error, AnswerNeeded):
            self.ask_again(error)
        else:
            super().refuse(error)
