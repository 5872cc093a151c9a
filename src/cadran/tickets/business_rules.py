"""The business rules of tickets."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cadran.core.business_rules import RuleDefinition, define, value_of
from cadran.core.errors import InvalidInput
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
        required=True,
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


AUTO_CLOSE_DAYS = define(
    RuleDefinition(
        code="AUTO_CLOSE_DAYS",
        kind="whole_number",
        default=0,
        label=_("Automatic closing after (working days)"),
        help=_(
            "A resolved ticket on which nothing happens any more closes by customer after so many working days. "
            "0: never by itself."
        ),
        minimum=0,
        maximum=365,
    )
)

AUTO_CLOSE_NOTICE_DAYS = define(
    RuleDefinition(
        code="AUTO_CLOSE_NOTICE_DAYS",
        kind="whole_number",
        default=3,
        label=_("Automatic closing announced before (working days)"),
        help=_("So many working days pass between the announcement and the closing, whatever else changes."),
        minimum=1,
        maximum=60,
        not_above="AUTO_CLOSE_DAYS",
        not_above_help=_(
            "The closing can’t be announced longer before than it takes: type at most %(maximum)s, "
            "or have tickets close later."
        ),
    )
)

AUTO_CLOSE_SCHEDULE = define(
    RuleDefinition(
        code="AUTO_CLOSE_SCHEDULE",
        kind="row",
        default=None,
        label=_("Working days of tickets without commitment"),
        help=_(
            "The schedule on which the automatic closing counts where no commitment gives one. None: Monday to Friday."
        ),
        model="contracts.Schedule",
    )
)


def keep_intake_team(team: Team) -> None:
    """Raise ``InvalidInput`` for the intake team: the setting is mandatory, so its team stays in use (Spec T11)."""
    if team.pk == value_of(INTAKE_TEAM):
        raise InvalidInput(
            _(
                "“%(team)s” is the intake team: tickets whose service names no team go there. Choose another one in "
                "the business rules first."
            ),
            params={"team": team.name},
        )


def intake_team() -> Team | None:
    """The company's intake team, when one is set and in use (Spec T11)."""
    return Team.objects.in_use().filter(pk=value_of(INTAKE_TEAM) or 0).first()
