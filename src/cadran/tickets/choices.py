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
    PLAN = "plan", pgettext_lazy("channel", "Plan")


#: By these ways the customer wrote it: such a ticket is always shared with them (Spec T6).
ALWAYS_SHARED = (Channel.PORTAL, Channel.MAIL)


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


class LinkRole(models.TextChoices):
    """What a linked ticket is to the one looked at (Spec T10)."""

    PARENT = "parent", pgettext_lazy("ticket", "Parent")
    CHILD = "child", pgettext_lazy("ticket", "Child")


class Cascade(models.TextChoices):
    """What the children of a ticket do as it did (Spec T10)."""

    RESOLUTION = "resolution", _("Resolve the children too")
    CLOSING = "closing", _("Close the children too")


class FieldKind(models.TextChoices):
    """What a custom field holds (Spec T30)."""

    TEXT = "text", _("Text")
    NUMBER = "number", _("Number")
    DATE = "date", _("Date")
    CHOICE = "choice", _("Choice")


class MacroPlace(models.TextChoices):
    """Where the text of a macro goes (Spec T30)."""

    EXTERNAL_REPORT = "external_report", _("External report")
    INTERNAL_REPORT = "internal_report", _("Internal report")
    NOTE = "note", _("Internal note")


class Frequency(models.TextChoices):
    """How often a plan comes round (Spec T31)."""

    DAILY = "daily", _("day")
    WEEKLY = "weekly", _("week")
    MONTHLY = "monthly", _("month")
    YEARLY = "yearly", _("year")


class ClosedDay(models.TextChoices):
    """What becomes of an occurrence of a plan that falls on a day on which the schedule is closed (Spec T31)."""

    NEXT = "next", _("Moved to the next open day")
    PREVIOUS = "previous", _("Moved to the open day before")
    SKIP = "skip", _("Left out")


class TemplatePart(models.TextChoices):
    """What a template takes along from the ticket it is made from, as wished (Spec T16)."""

    CUSTOMER = "customer", _("Customer, site, requester, contract, service and asset")
    PRODUCT = "product", _("Product, version, environment and known error")
    TEXTS = "texts", _("External and internal description")
    TAGS = "tags", _("Tags")
    FIELDS = "fields", _("Custom fields")


class Audience(models.TextChoices):
    """Whom a document is for: only one for colleagues holds what is internal (Spec T14, T16)."""

    CUSTOMER = "customer", _("For the customer")
    COLLEAGUES = "colleagues", _("For colleagues, with what is internal")
