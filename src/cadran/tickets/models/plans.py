"""Plans: tickets that open by themselves, ahead of time (Spec T31)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cadran.accounts.rights import Right
from cadran.catalogue.models import Asset
from cadran.contracts.models import Contract, Schedule
from cadran.core.models import Searchable, SearchableQuerySet

from ..choices import ClosedDay, Frequency
from .templates import TicketTemplate
from .ticket import Ticket


class PlanQuerySet(SearchableQuerySet):
    seen_with = Right.SEE_TICKETS.value


class Plan(Searchable):
    """A recurring piece of work for a contract or an asset (Spec T31).

    It comes round every ``interval`` days, weeks, months or years from ``starts_on``. ``weekdays``: the ISO days of
    the week (1 Monday) of a weekly plan. A monthly or yearly plan falls on the day of the month of ``starts_on`` (the
    last one in shorter months), or, with ``nth``, on the nth ``weekdays[0]`` of the month (-1: the last one).
    ``due_time`` is wall time of the schedule; the ticket opens ``days_ahead`` days before.
    """

    label = models.CharField(_("label"), max_length=150)
    contract = models.ForeignKey(
        Contract,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="plans",
        verbose_name=_("contract"),
    )
    asset = models.ForeignKey(
        Asset, null=True, blank=True, on_delete=models.PROTECT, related_name="plans", verbose_name=_("asset")
    )
    template = models.ForeignKey(
        TicketTemplate, on_delete=models.PROTECT, related_name="plans", verbose_name=_("template")
    )
    schedule = models.ForeignKey(
        Schedule, on_delete=models.PROTECT, related_name="+", verbose_name=_("schedule")
    )
    frequency = models.CharField(_("frequency"), max_length=7, choices=Frequency, default=Frequency.MONTHLY)
    interval = models.PositiveSmallIntegerField(_("every"), default=1)
    weekdays = models.JSONField(_("days of the week"), default=list, blank=True)
    nth = models.SmallIntegerField(_("which one of the month"), null=True, blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    due_time = models.TimeField(_("time of day"))
    days_ahead = models.PositiveSmallIntegerField(_("opened ahead (days)"), default=7)
    closed_day = models.CharField(
        _("on a closed day"), max_length=8, choices=ClosedDay, default=ClosedDay.NEXT
    )
    is_active = models.BooleanField(_("active"), default=True)
    #: The day on which the plan was made, changed or taken up again: what was planned before is nobody's any more.
    opens_from = models.DateField(editable=False)
    row_version = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[Any] = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan")
        ordering = ["search_key", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="plan_ends_after_start"
            ),
            models.CheckConstraint(condition=Q(interval__gte=1), name="plan_has_an_interval"),
            models.CheckConstraint(
                condition=Q(contract__isnull=False) | Q(asset__isnull=False), name="plan_is_for_something"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def search_words(self) -> list[str]:
        return [self.label]


class PlanOccurrence(models.Model):
    """One time that a plan came round: the ticket opened for it, or why none was.

    ``due_on`` is the day that the plan's rule gives, ``planned_at`` the instant after closed days were honoured.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="occurrences")
    due_on = models.DateField(_("day of the plan"))
    planned_at = models.DateTimeField(_("planned"))
    ticket = models.ForeignKey(
        Ticket, null=True, blank=True, on_delete=models.PROTECT, related_name="occurrences"
    )
    #: Why no ticket was opened, in both languages: ``{"fr": ..., "en": ...}``.
    refusal = models.JSONField(_("why no ticket was opened"), default=dict, blank=True)
    tried_at = models.DateTimeField()

    objects: ClassVar[Any] = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("occurrence of a plan")
        ordering = ["-due_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "due_on"], name="one_occurrence_per_day"),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.due_on}"
