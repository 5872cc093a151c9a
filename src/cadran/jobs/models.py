"""One row per piece of background work."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class JobStatus(models.TextChoices):
    """The states of `django_tasks.TaskResultStatus`, as stored."""

    READY = "READY", _("Waiting")
    RUNNING = "RUNNING", _("Running")
    SUCCESSFUL = "SUCCESSFUL", _("Done")
    FAILED = "FAILED", _("Failed")


class Job(models.Model):
    """A task to run: written in the transaction that asks for it, taken by one worker at a time.

    `attempts` counts how often a worker took it and is the fencing token: a worker writes only where the row
    still carries the number it got, so that one whose lease ran out can no longer change anything.
    """

    key = models.CharField(max_length=32, unique=True)
    task = models.CharField(max_length=200)
    queue = models.CharField(max_length=50)
    priority = models.SmallIntegerField(default=0)
    args = models.JSONField(default=list)
    kwargs = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=JobStatus, default=JobStatus.READY)
    periodic_name = models.CharField(max_length=200, null=True, unique=True)
    enqueued_at = models.DateTimeField()
    run_after = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    last_attempted_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    workers = models.JSONField(default=list)
    errors = models.JSONField(default=list)
    return_value = models.JSONField(null=True)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(null=True)
    progress_text = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["-priority", "run_after"],
                name="job_to_take",
                condition=models.Q(status__in=["READY", "RUNNING"]),
            ),
            models.Index(fields=["finished_at"], name="job_finished"),
        ]

    def __str__(self) -> str:
        return f"{self.task} ({self.status})"
