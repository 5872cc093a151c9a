"""What the asset asks for a severity, as fields of whichever form gives the ticket either (Spec T13)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from cadran.catalogue.models import SeverityAlert
from cadran.tickets.errors import AnswerNeeded

_PREFIX = "answer_"
_UNANSWERED = _("Answer this question; the asset asks it for this severity.")


class AskingForm(forms.Form):
    """A form that may ask questions: a field for each, named after its alert."""

    def ask(self, alerts: Sequence[SeverityAlert]) -> None:
        """Ask what ``alerts`` ask, and nothing else."""
        for name in [name for name in self.fields if is_question(name)]:
            del self.fields[name]
        for alert in alerts:
            self._add(alert)

    def ask_again(self, error: AnswerNeeded) -> None:
        """Ask what the operation missed: questions that came while the form was open."""
        for alert in error.alerts:
            name = self._add(alert)
            if name not in self.errors:
                self.add_error(name, _UNANSWERED)

    def _add(self, alert: SeverityAlert) -> str:
        name = f"{_PREFIX}{alert.pk}"
        self.fields[name] = forms.CharField(
            label=alert.question,
            error_messages={"required": _UNANSWERED},
            widget=forms.Textarea(attrs={"rows": 2}),
        )
        return name

    @property
    def questions(self) -> list[BoundField]:
        """The fields that ask."""
        return [self[name] for name in self.fields if is_question(name)]

    @property
    def asked(self) -> str:
        """Which alerts are asked: two forms that ask the same say the same."""
        return " ".join(name.removeprefix(_PREFIX) for name in self.fields if is_question(name))

    def answers(self) -> dict[int, str]:
        """What was answered, by the alert's key; the form must be valid."""
        return {
            int(name.removeprefix(_PREFIX)): self.cleaned_data[name]
            for name in self.fields
            if is_question(name)
        }

    def chosen(self, name: str) -> Any:
        """The row that stands in the field ``name``, sent or drawn; None for none that may be chosen."""
        value = self[name].value()
        if value in (None, ""):
            return None
        try:
            return self.fields[name].clean(getattr(value, "pk", value))
        except ValidationError:
            return None


def is_question(name: str) -> bool:
    """Whether a field's name is that of a question."""
    return name.startswith(_PREFIX)
