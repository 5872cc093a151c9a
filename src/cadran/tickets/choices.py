"""The fixed words of tickets and interventions."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Phase(models.TextChoices):
    """The six fixed phases (Spec T2)."""

    CREATED = "created", pgettext_lazy("phase", "Created")
    IN_PROGRESS = "in_progress", pgettext_lazy("phase", "In progress")
    SUSPENDED = "suspended", pgettext_lazy("phase", "Suspended")
    RESOLVED = "resolved", pgettext_lazy("phase", "Resolved")
    CLOSED_BY_CUSTOMER = "closed_by_customer", pgettext_lazy("phase", "Closed by customer")
    CLOSED_INTERNALLY = "closed_internally", pgettext_lazy("phase", "Closed internally")


#: Open means created, in progress, suspended or resolved (glossary).
OPEN_PHASES = (Phase.CREATED, Phase.IN_PROGRESS, Phase.SUSPENDED, Phase.RESOLVED)


class Hue(models.TextChoices):
    """The eight hues of statuses."""

    SLATE = "slate", _("Slate")
    BLUE = "blue", _("Blue")
    INDIGO = "indigo", _("Indigo")
    VIOLET = "violet", _("Violet")
    TEAL = "teal", _("Teal")
    GREEN = "green", _("Green")
    OCHRE = "ochre", _("Ochre")
    ROSE = "rose", _("Rose")


class Channel(models.TextChoices):
    """How a ticket came in."""

    TELEPHONE = "telephone", _("Telephone")
    MAIL = "mail", _("Mail")
    PORTAL = "portal", _("Portal")
    ON_SITE = "on_site", _("On site")
    API = "api", _("API")


class Coverage(models.TextChoices):
    """The coverage verdict (Spec T8)."""

    COVERED = "covered", _("Covered")
    OUT_OF_SCOPE = "out_of_scope", _("Out of scope")
    PAY_PER_INCIDENT = "pay_per_incident", _("Pay per incident")


class ClockState(models.TextChoices):
    """What a ticket's clock does; its colour follows from the stored instants and now."""

    NONE = "none", _("No guarantee")
    WAITING = "waiting", _("Waiting for the response")
    RUNNING = "running", _("Running")
    SUSPENDED = "suspended", _("Suspended")
    NEVER_OPEN = "never_open", _("The schedule never opens")
    MET = "met", _("Met")
    MISSED = "missed", _("Missed")
    VOID = "void", _("Void")


class SuspensionKind(models.TextChoices):
    """Why the clock stood still: a suspension, or the pause between resolution and reopening (Spec T27)."""

    CUSTOMER = "customer", _("Suspension")
    REOPENED = "reopened", _("Between resolution and reopening")


class Closing(models.TextChoices):
    """Which closing is meant (Spec T26)."""

    BY_CUSTOMER = "by_customer", _("By the customer")
    INTERNALLY = "internally", _("Internally")


class ReopenClock(models.TextChoices):
    """The values of the business rule REOPEN_CLOCK (Spec T27)."""

    CONTINUE = "continue", _("Continue: the time since the resolution is a pause")
    RESTART = "restart", _("Restart: the resolution clock starts anew")
