"""The bulk act of the ticket list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.desk.tickets.forms.fields import RowField
from cadran.parties.models import Agent, Team


class AssignForm(forms.Form):
    """Give several tickets to a team, a person, or both. Without a team each keeps its own."""

    team = forms.ModelChoiceField(
        label=_("Team"), queryset=Team.objects.none(), required=False, empty_label=_("The ticket’s own team")
    )
    assignee = RowField(Agent.objects.none(), label=_("Assignee"), required=False)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        options.setdefault("label_suffix", "")
        super().__init__(*args, **options)
        self.fields["team"].queryset = Team.objects.visible_to(user).in_use()  # type: ignore[attr-defined]
        self.fields["assignee"].queryset = Agent.objects.visible_to(user).filter(is_active=True)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("team") and not cleaned.get("assignee"):
            raise forms.ValidationError(_("Choose a team, an assignee, or both."))
        return cleaned
