"""Schedules, holiday calendars and their versions (Spec C8)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from cadran.accounts.rights import Right
from cadran.core.models import Bilingual, ReferenceRow


class HolidayCalendar(ReferenceRow):
    """Public holidays of a country and region, and dates of one's own.

    ``country`` and ``region`` are the codes of the ``holidays`` package; without a country only the rows count.
    """

    edited_with: ClassVar[str] = Right.EDIT_SCHEDULES.value

    country = models.CharField(_("country"), max_length=2, blank=True)
    region = models.CharField(_("region"), max_length=10, blank=True)

    class Meta(ReferenceRow.Meta):
        verbose_name = _("holiday calendar")


class Holiday(Bilingual):
    """One closed date of a calendar. Generated ones are stored too, so that no upgrade moves a past due date."""

    calendar = models.ForeignKey(HolidayCalendar, on_delete=models.CASCADE, related_name="holidays")
    date = models.DateField(_("date"))
    is_generated = models.BooleanField(default=False)
    is_worked = models.BooleanField(_("worked all the same"), default=False)

    class Meta:
        verbose_name = _("holiday")
        ordering = ["date"]
        constraints = [models.UniqueConstraint(fields=["calendar", "date"], name="one_holiday_per_date")]


class Schedule(ReferenceRow):
    """When work is done: weekly openings in a zone, holidays, exceptional closures and openings.

    ``weekly`` is ``{"1": [[540, 750], [810, 1080]], ...}``: ISO weekday to intervals in minutes of the day, the end at
    most 1440. An interval past midnight is stored as two.
    """

    edited_with: ClassVar[str] = Right.EDIT_SCHEDULES.value

    time_zone = models.CharField(_("time zone"), max_length=60, default="Europe/Paris")
    calendar = models.ForeignKey(
        HolidayCalendar,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="schedules",
        verbose_name=_("holiday calendar"),
    )
    weekly = models.JSONField(_("weekly openings"), default=dict, blank=True)

    class Meta(ReferenceRow.Meta):
        verbose_name = _("schedule")

    @property
    def current_version(self) -> ScheduleVersion:
        """The version that new computations use."""
        return self.versions.latest("number")


class ScheduleException(Bilingual):
    """A date on which a schedule differs: closed the whole day, or open for ``intervals`` besides its weekly hours."""

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="exceptions")
    date = models.DateField(_("date"))
    is_closed = models.BooleanField(_("closed"), default=True)
    intervals = models.JSONField(_("openings"), default=list, blank=True)

    class Meta:
        verbose_name = _("exception")
        ordering = ["date"]
        constraints = [models.UniqueConstraint(fields=["schedule", "date"], name="one_exception_per_date")]


class ScheduleVersion(models.Model):
    """A schedule as it stood: the immutable layout that due dates are computed on.

    ``layout`` is a schedule of the format ``sla-vectors/1`` whose ``closed_dates`` map each date to its names
    ``{"fr": ..., "en": ...}``. ``fingerprint`` covers only what moves time, so that a renamed schedule moves nothing.
    """

    schedule = models.ForeignKey(Schedule, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    layout = models.JSONField()
    fingerprint = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    objects: Any = models.Manager()

    class Meta:
        verbose_name = _("schedule version")
        ordering = ["schedule_id", "number"]
        constraints = [models.UniqueConstraint(fields=["schedule", "number"], name="one_schedule_version")]

    def __str__(self) -> str:
        return f"{self.schedule} v{self.number}"
