"""The business rules of tickets."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cadran.core.business_rules import RuleDefinition, define, value_of
from cadran.parties.models import Team

from .choices import ReopenClock

TICKET_PREFIX = define(
    RuleDefinition(
        code="TICKET_PREFIX",
        kind="text",
        default="DEM-",
        label=_("Prefix of ticket numbers"),
        help=_("Stands before the sequential number of each new ticket. Existing tickets keep their number."),
        max_length=12,
        # It stands in addresses and file names, and the figures that follow it are the number's alone.
        pattern=r"(?:[^\W_]|[-_.])*(?<!\d)",
        pattern_help=_(
            "A ticket number begins with letters, figures, “-”, “_” or “.”, the last of them no figure, as in “DEM-”."
        ),
    )
)

REOPEN_CLOCK = define(
    RuleDefinition(
        code="REOPEN_CLOCK",
        kind="choice",
        default=ReopenClock.CONTINUE.value,
        label=_("Resolution clock of a reopened ticket"),
        help=_("Continue: the time from resolution to reopening is a pause. Restart: the clock starts anew."),
        choices=ReopenClock.choices,
    )
)

INTAKE_TEAM = define(
    RuleDefinition(
        code="INTAKE_TEAM",
        kind="row",
        default=None,
        label=_("Intake team"),
        help=_("Gets the tickets whose service names no team."),
        model="parties.Team",
    )
)

ATTACHMENT_MAX_MEGABYTES = define(
    RuleDefinition(
        code="ATTACHMENT_MAX_MEGABYTES",
        kind="whole_number",
        default=25,
        label=_("Largest attachment (MB)"),
        help=_("Larger files are refused when they are added."),
        minimum=1,
        maximum=2000,
    )
)


def intake_team() -> Team | None:
    """The company's intake team, when one is set and in use (Spec T11)."""
    return Team.objects.in_use().filter(pk=value_of(INTAKE_TEAM) or 0).first()
