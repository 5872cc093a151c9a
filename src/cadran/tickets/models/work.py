"""What happens on a ticket: interventions, suspensions, notes and attachments."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cadran.accounts.rights import Right
from cadran.catalogue.models import ProductVersion
from cadran.core.models import ScopedQuerySet
from cadran.parties.models import Agent, Team

from ..choices import SuspensionKind
from .settings import InterventionType, SuspensionReason
from .ticket import Ticket


class WorkQuerySet(ScopedQuerySet):
    seen_with = Right.SEE_TICKETS.value


class AttachmentQuerySet(WorkQuerySet):
    def visible_to(self, user: Any) -> Self:
        """The files of tickets that ``user`` may see, and what they have pasted into a form that is not saved."""
        rows = super().visible_to(user)
        return rows.filter(Q(ticket__isnull=False) | Q(uploaded_by=user))


class Intervention(models.Model):
    """A traced piece of work on a ticket; planned, running (started) or finished (started and ended).

    Efforts are minutes. The intake is the intervention of the intake type; it traces the ticket's entry (Spec T12).
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="interventions")
    number = models.PositiveIntegerField(_("number"))
    label = models.CharField(_("label"), max_length=200, blank=True)
    type = models.ForeignKey(
        InterventionType, on_delete=models.PROTECT, related_name="interventions", verbose_name=_("type")
    )
    team = models.ForeignKey(
        Team,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="interventions",
        verbose_name=_("team"),
    )
    assignee = models.ForeignKey(
        Agent,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="interventions",
        verbose_name=_("assignee"),
    )
    planned_start_at = models.DateTimeField(_("planned start"), null=True, blank=True)
    planned_end_at = models.DateTimeField(_("planned end"), null=True, blank=True)
    started_at = models.DateTimeField(_("start"), null=True, blank=True)
    ended_at = models.DateTimeField(_("end"), null=True, blank=True)
    external_report = models.TextField(_("external report"), blank=True)
    internal_report = models.TextField(_("internal report"), blank=True)
    error_message = models.TextField(_("error message"), blank=True)
    planned_effort = models.PositiveIntegerField(_("planned effort"), null=True, blank=True)
    remaining_effort = models.PositiveIntegerField(_("remaining effort"), null=True, blank=True)
    versions_corrected = models.ManyToManyField(
        ProductVersion, blank=True, related_name="+", verbose_name=_("versions corrected")
    )
    versions_to_correct = models.ManyToManyField(
        ProductVersion, blank=True, related_name="+", verbose_name=_("versions to correct")
    )
    counts_as_response = models.BooleanField(_("counts as response"), default=False)
    resolved_ticket = models.BooleanField(_("resolved the ticket"), default=False)
    is_archived = models.BooleanField(_("read-only, from before a reopening"), default=False)
    #: The duplicate on which the work was begun: its start never gives the ticket that took it over a response (T29).
    merged_from = models.ForeignKey(
        Ticket,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("merged from"),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("author"),
    )
    created_at = models.DateTimeField()
    row_version = models.PositiveIntegerField(default=0, editable=False)

    objects: Any = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("intervention")
        ordering = ["ticket_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "number"], name="one_intervention_number"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(started_at__isnull=False, ended_at__gte=F("started_at")),
                name="intervention_ends_after_start",
            ),
        ]
        indexes = [
            models.Index(fields=["assignee", "ended_at", "planned_start_at"], name="intervention_assignee"),
            models.Index(fields=["team", "ended_at"], name="intervention_team"),
        ]

    def __str__(self) -> str:
        return self.label or str(self.type)

    @property
    def is_started(self) -> bool:
        return self.started_at is not None

    @property
    def is_finished(self) -> bool:
        return self.ended_at is not None

    @property
    def is_running(self) -> bool:
        return self.started_at is not None and self.ended_at is None

    @property
    def is_inherited(self) -> bool:
        """Whether it was begun on a duplicate that was merged into its ticket (Spec T29)."""
        return self.merged_from_id is not None

    @property
    def is_read_only(self) -> bool:
        """Whether it is history: from before a reopening, or done on a duplicate."""
        return self.is_archived or (self.is_inherited and self.is_finished)


class ResourceRequest(models.Model):
    """Somebody or something an intervention needs (Spec T18); the duration is in minutes."""

    intervention = models.ForeignKey(Intervention, on_delete=models.CASCADE, related_name="resource_requests")
    profile = models.CharField(_("profile"), max_length=120)
    needed_on = models.DateField(_("needed by"), null=True, blank=True)
    circumstances = models.CharField(_("circumstances"), max_length=200, blank=True)
    duration = models.PositiveIntegerField(_("duration"), null=True, blank=True)

    objects: Any = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("resource request")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.profile


class Suspension(models.Model):
    """A dated pause with a reason (Spec T23); ``lost_seconds`` is working time on the action schedule (Spec T24)."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="suspensions")
    kind = models.CharField(max_length=10, choices=SuspensionKind, default=SuspensionKind.CUSTOMER)
    began_at = models.DateTimeField(_("start"))
    ended_at = models.DateTimeField(_("end"), null=True, blank=True)
    reason = models.ForeignKey(
        SuspensionReason,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("reason"),
    )
    details = models.TextField(_("details shown to the customer"), blank=True)
    appointment_at = models.DateTimeField(_("internal appointment"), null=True, blank=True)
    lost_seconds = models.BigIntegerField(_("working time lost"), null=True, blank=True)
    #: Recorded once the response was given, from an instant before it: the response stays as it was judged.
    spares_response = models.BooleanField(default=False, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: Any = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("suspension")
        ordering = ["ticket_id", "began_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(ended_at=None), name="one_open_suspension"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")),
                name="suspension_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket} {self.began_at:%Y-%m-%d %H:%M}"


class Note(models.Model):
    """An internal note; never leaves the staff side (Spec T17)."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField()
    body = models.TextField()
    mentions = models.ManyToManyField(Agent, blank=True, related_name="mentioning_notes")

    objects: Any = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("internal note")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.ticket} {self.written_at:%Y-%m-%d %H:%M}"


def attachment_path(attachment: Attachment, _name: str) -> str:
    """Where a file is kept: under a name that nobody chose, whatever the uploaded one was (Spec T15)."""
    return f"attachments/{attachment.uploaded_at:%Y/%m}/{attachment.secret}"


class Attachment(models.Model):
    """A file on a ticket, or on one of its interventions; external ones are for the customer too (Spec T15).

    Without a ticket it was pasted into a form that is not saved: only its uploader sees it, until the form is saved
    or the file is cleared away.
    """

    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.PROTECT, related_name="attachments")
    intervention = models.ForeignKey(
        Intervention, null=True, blank=True, on_delete=models.PROTECT, related_name="attachments"
    )
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to=attachment_path, max_length=200)
    is_external = models.BooleanField(_("the customer sees it"), default=False)
    is_inline = models.BooleanField(default=False)
    secret = models.CharField(max_length=43, unique=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField()

    objects: Any = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
