"""The form in which the children that follow their parent are chosen (Spec T10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cadran.core.richtext import without_pictures
from cadran.tickets.choices import Cascade
from cadran.tickets.models import Ticket
from cadran.tickets.queries.cascades import Fate, fates_of, resolving_work

from .base import DeskForm
from .fields import RowsField


class ChildrenForm(DeskForm):
    """Which children follow, and what the customers of those that are resolved read."""

    children = RowsField(Ticket.objects.none(), label=_("Children"), required=False)
    external_report = forms.CharField(
        label=_("External report"),
        required=False,
        help_text=_("What the customer of each child reads. Pictures stay with the parent."),
        widget=forms.Textarea,
    )

    def __init__(self, *args: Any, cascade: Cascade, **options: Any) -> None:
        self.cascade = cascade
        super().__init__(*args, **options)

    def prepare(self) -> None:
        rows = Ticket.objects.visible_to(self.person).filter(parent_links__parent=self.ticket)
        self.fields["children"].queryset = rows  # type: ignore[attr-defined]
        self.fates = fates_of(self.ticket, self.cascade, self.person)
        resolved = [fate.ticket for fate in self.fates if fate.course and fate.course.resolved_at]
        if resolved:
            self._propose_report(resolved)
        else:
            del self.fields["external_report"]

    def _propose_report(self, children: Sequence[Ticket]) -> None:
        """The report of the work that resolved the parent, unless another customer would read it."""
        if any(child.customer_id != self.ticket.customer_id for child in children):
            self.fields["external_report"].help_text = _(
                "Some children belong to other customers, who all read it: write nothing that names one of them."
            )
            return
        work = resolving_work(self.ticket)
        self.initial.setdefault("external_report", without_pictures(work.external_report) if work else "")

    @property
    def chosen(self) -> set[str]:
        """The keys of the children that are ticked: at first all that can follow."""
        if self.is_bound:
            return set(self["children"].value() or ())
        return {str(fate.ticket.pk) for fate in self.fates if fate.course is not None}

    @property
    def left(self) -> list[Fate]:
        """The children that can't follow."""
        return [fate for fate in self.fates if fate.course is None]
