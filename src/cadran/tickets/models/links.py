"""How tickets belong together: parents and children, duplicates merged, work that moved (Spec T10, T29)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .ticket import Ticket
from .work import Intervention, WorkQuerySet


class TicketLink(models.Model):
    """The parent is the cause of the child (Spec T10). No ticket is its own ancestor."""

    parent = models.ForeignKey(
        Ticket, on_delete=models.PROTECT, related_name="child_links", verbose_name=_("parent")
    )
    child = models.ForeignKey(
        Ticket, on_delete=models.PROTECT, related_name="parent_links", verbose_name=_("child")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()

    objects: Any = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link between tickets")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["parent", "child"], name="one_link_between_two_tickets"),
            models.CheckConstraint(condition=~Q(parent=F("child")), name="no_ticket_is_its_own_parent"),
        ]

    def __str__(self) -> str:
        return f"{self.parent} → {self.child}"


class Merger(models.Model):
    """A duplicate taken over by another ticket, with all it takes to undo that (Spec T29).

    ``moved`` holds the keys of the rows that moved, by kind; ``before`` the fields of the duplicate as they were.
    """

    kept = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="mergers")
    duplicate = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    moved = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    merged_at = models.DateTimeField()
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)

    objects: Any = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("merger")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["duplicate"], condition=Q(undone_at=None), name="one_merger_of_a_duplicate"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.duplicate} → {self.kept}"


class FormerNumber(models.Model):
    """The number that an intervention had on a ticket before it moved to another one (Spec T29).

    Its address there leads on to where it is now, and no other work of that ticket gets the number.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="former_numbers")
    number = models.PositiveIntegerField()
    intervention = models.ForeignKey(Intervention, on_delete=models.PROTECT, related_name="former_numbers")

    objects: Any = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("former number of an intervention")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "number"], name="one_former_intervention_number"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket} {self.number}"
