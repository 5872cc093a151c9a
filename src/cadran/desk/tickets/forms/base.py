"""What every form of a ticket knows: who fills it in, on what, and when; how a refusal lands on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict

from cadran.accounts.models import User
from cadran.core.errors import CadranError, InvalidInputs
from cadran.parties.models import Agent, Team
from cadran.tickets.models import State, Status, Ticket

from .fields import InstantBound, InstantField


class DeskForm(forms.Form):
    """A form on ``ticket`` for ``person``, drawn or sent at ``now``."""

    #: Names of an operation's inputs that the form calls otherwise.
    aliases: dict[str, str] = {}

    def __init__(self, *args: Any, person: User, ticket: Ticket, now: datetime, **options: Any) -> None:
        self.person, self.ticket, self.now = person, ticket, now
        options.setdefault("label_suffix", "")
        super().__init__(*args, **options)
        self.prepare()

    def prepare(self) -> None:
        """Fill the choices and the first values; called once the fields stand."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, field in self.fields.items():
            bound = self[name]
            if isinstance(field, InstantField) and isinstance(bound, InstantBound) and name in cleaned:
                cleaned[name] = field.restore(bound, cleaned[name])
            elif isinstance(field, forms.CharField) and isinstance(cleaned.get(name), str):
                # Browsers send text areas with CRLF, whatever stood in them.
                cleaned[name] = cleaned[name].replace("\r\n", "\n")
        return cleaned

    def refuse(self, error: CadranError) -> None:
        """Show a refusal of the operation beside its field, or on top when it is about none."""
        if isinstance(error, InvalidInputs):
            for one in error.errors:
                self.refuse(one)
            return
        name = self.aliases.get(error.field, error.field)
        self.add_error(name if name in self.fields else None, error.message)

    def retype(self, **values: str) -> None:
        """Put ``values`` in place of what was sent."""
        data = self.data.copy() if isinstance(self.data, QueryDict) else QueryDict(mutable=True)
        for name, value in values.items():
            data[name] = value
        self.data = data

    def statuses(self, phase: str) -> QuerySet[Status]:
        rows: QuerySet[Status] = Status.objects.visible_to(self.person).in_use().filter(phase=phase)
        return rows

    def offer_statuses(self, phase: str, first: int | None = None) -> None:
        """Let ``status`` offer those of a phase: ``first`` chosen, or the phase's default."""
        rows = list(self.statuses(phase))
        put_choices(self, "status", self.statuses(phase), empty=None)
        default = next((row.pk for row in rows if row.is_default), None)
        self.initial.setdefault("status", first if first in [row.pk for row in rows] else default)
        if self.is_bound and self["status"].value() not in {str(row.pk) for row in rows}:
            # What was chosen belongs to another phase than the one the ticket will be in.
            self.retype(status=str(self.initial["status"] or ""))

    def states(self) -> QuerySet[State]:
        """Those in use, and the one that the ticket has."""
        rows: QuerySet[State] = State.objects.visible_to(self.person)
        return rows.filter(Q(is_retired=False) | Q(pk=self.ticket.state_id))

    def teams(self) -> QuerySet[Team]:
        rows: QuerySet[Team] = Team.objects.visible_to(self.person).in_use()
        return rows

    def agents(self) -> QuerySet[Agent]:
        rows: QuerySet[Agent] = Agent.objects.visible_to(self.person).filter(is_active=True)
        return rows


def put_choices(form: forms.Form, name: str, rows: Any, *, empty: Any = "") -> forms.ModelChoiceField[Any]:
    """Let the select ``name`` offer ``rows``; ``empty`` is what its first line says when it may stay empty."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows
    field.empty_label = empty if not field.required else None
    return field
