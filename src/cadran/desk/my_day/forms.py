"""The form in which a manager names a stand-in (Spec T11)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cadran.desk.records.forms import DayField, RecordForm
from cadran.desk.tickets.forms.fields import RowField
from cadran.parties.models import Agent
from cadran.parties.operations import StandInDetails


class StandInForm(RecordForm):
    """Who leads a team while its manager is away."""

    stand_in = RowField(
        Agent.objects.none(), label=_("Stand-in"), required=False, help_text=_("Left empty: nobody.")
    )
    stand_in_from = DayField(label=_("First day"), required=False)
    stand_in_until = DayField(
        label=_("Last day"), required=False, help_text=_("Left empty: until you take the name out.")
    )

    def prepare(self) -> None:
        self.offer("stand_in", Agent)

    @property
    def details(self) -> StandInDetails:
        """The stand-in as the operation takes it; only of a valid form."""
        return StandInDetails(**self.values)
