"""A message as its recipients get it: addresses, words, and the files that go with it (Spec T16, A7)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cadran.accounts.rights import Right
from cadran.core.models import ScopedQuerySet


class MessageKind(models.TextChoices):
    MAIL = "mail", _("Mail")
    FAX = "fax", _("Fax")


class OutgoingQuerySet(ScopedQuerySet):
    seen_with = Right.SEE_TICKETS.value


def message_file_path(row: OutgoingFile, _name: str) -> str:
    """Where a file of a message is kept: under a name that nobody chose."""
    return f"outbox/{row.message.prepared_at:%Y/%m}/{row.secret}"


class OutgoingMessage(models.Model):
    """A message prepared for recipients; ``subject_kind`` and ``subject_id`` name what it is about, as in the journal.

    ``recipients`` is a list of ``{"name": ..., "address": ...}``: mail addresses, or fax numbers.
    """

    kind = models.CharField(_("kind"), max_length=4, choices=MessageKind, default=MessageKind.MAIL)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    recipients = models.JSONField(_("recipients"), default=list)
    title = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"), blank=True)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="fr")
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    prepared_at = models.DateTimeField()

    objects: ClassVar[Any] = OutgoingQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing message")
        ordering = ["-id"]
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="outgoing_subject")]

    def __str__(self) -> str:
        return self.title


class OutgoingFile(models.Model):
    """A file that goes with a message, as it was when the message was prepared."""

    message = models.ForeignKey(OutgoingMessage, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    file = models.FileField(upload_to=message_file_path, max_length=200)
    secret = models.CharField(max_length=43, unique=True)

    objects: ClassVar[Any] = OutgoingQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a message")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
