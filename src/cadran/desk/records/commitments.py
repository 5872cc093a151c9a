"""Which commitment a holder gets, by severity: shown on its page and edited in one dialog (Spec C9)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cadran.catalogue.models import Severity
from cadran.contracts.models import Commitment
from cadran.contracts.queries import choices_of
from cadran.contracts.queries.commitments import Holder
from cadran.contracts.queries.usage import newest_versions
from cadran.desk.settings.promises import Promise, promise_of

from .forms import RecordForm

OTHERS = _("All other severities")
_PREFIX = "severity_"


@dataclass(frozen=True)
class ChoiceLine:
    """One severity, or all others without one, with its commitment and what that promises today."""

    severity: Severity | None
    commitment: Commitment
    promise: Promise


def choice_lines(holder: Holder) -> list[ChoiceLine]:
    """What ``holder`` chose, the severities in their order, all others last. Two queries."""
    rows = list(choices_of(holder))
    newest = newest_versions([row.commitment for row in rows])
    lines = [ChoiceLine(row.severity, row.commitment, promise_of(newest[row.commitment_id])) for row in rows]
    return sorted(lines, key=lambda line: line.severity is None)


class ChoicesForm(RecordForm):
    """One field for each severity in use, and one for all others."""

    others = forms.ModelChoiceField(
        label=OTHERS, queryset=Commitment.objects.none(), required=False, empty_label=_("none")
    )

    def prepare(self) -> None:
        holder: Holder = self.row
        chosen = {row.severity_id: row.commitment_id for row in choices_of(holder)}
        rows = Commitment.objects.visible_to(self.user)
        offered = rows.filter(Q(is_retired=False) | Q(pk__in=chosen.values()))
        severities = Severity.objects.visible_to(self.user)
        self.severities = list(
            severities.filter(Q(is_retired=False) | Q(pk__in=[key for key in chosen if key]))
        )
        last: Any = self.fields.pop("others")
        last.queryset = offered
        for severity in self.severities:
            self.fields[f"{_PREFIX}{severity.pk}"] = forms.ModelChoiceField(
                label=severity.name,
                queryset=offered,
                required=False,
                empty_label=str(_("as all other severities")),
            )
            self.initial.setdefault(f"{_PREFIX}{severity.pk}", chosen.get(severity.pk))
        self.fields["others"] = last
        self.initial.setdefault("others", chosen.get(None))

    def choice_fields(self) -> Iterable[Any]:
        """The fields to draw, worst severity first."""
        return self.visible_fields()

    @property
    def choices(self) -> list[tuple[Severity | None, Commitment]]:
        """What the operation takes; only of a valid form."""
        typed = self.cleaned_data
        pairs: list[tuple[Severity | None, Commitment]] = [
            (severity, typed[f"{_PREFIX}{severity.pk}"])
            for severity in self.severities
            if typed[f"{_PREFIX}{severity.pk}"]
        ]
        return [*pairs, (None, typed["others"])] if typed["others"] else pairs
