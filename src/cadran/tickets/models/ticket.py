"""The ticket."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cadran.accounts.rights import Right
from cadran.catalogue.models import (
    Asset,
    Environment,
    KnownError,
    Nature,
    Priority,
    Product,
    ProductVersion,
    Severity,
)
from cadran.contracts.models import (
    CommitmentVersion,
    Contract,
    Level,
    ScheduleVersion,
    Service,
    SupplierContract,
)
from cadran.core.models import Searchable, SearchableQuerySet
from cadran.parties.models import Agent, Contact, Customer, Site, Team

from ..choices import OPEN_PHASES, Channel, ClockState, Coverage, Phase
from .settings import State, Status, Tag
from .versions import read_versions


class TicketQuerySet(SearchableQuerySet):
    seen_with = Right.SEE_TICKETS.value

    def open(self) -> Self:
        """Created, in progress, suspended or resolved (glossary: open)."""
        return self.filter(phase__in=OPEN_PHASES)

    def for_lists(self) -> Self:
        """With everything that a list row and its clocks show: no further query per row."""
        return (
            self.select_related("status", "customer", "team", "assignee", "severity")
            .defer("external_description", "internal_description")
            .prefetch_related("suspensions")
            .with_versions()
        )

    def with_versions(self) -> Self:
        """With the versions of commitments and schedules that the tickets run on, in two queries for all of them."""
        versioned = self.all()
        versioned._has_versions = True
        return versioned

    _has_versions = False

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]  # the stubs leave it out
        clone._has_versions = self._has_versions
        return clone

    def _fetch_all(self) -> None:
        is_first = self._result_cache is None
        super()._fetch_all()
        if is_first and self._has_versions:
            read_versions(row for row in self._result_cache or () if isinstance(row, Ticket))


class Ticket(Searchable):
    """A customer's request for help, change or fix.

    All instants are UTC in whole seconds; all durations are seconds of working time. What stands under *clocks* is
    computed by ``tickets.clock`` from the facts above it and stored, so that lists sort and filter by SQL alone.
    """

    # identity
    number = models.CharField(_("number"), max_length=30, unique=True)
    title = models.CharField(_("title"), max_length=200)
    row_version = models.PositiveIntegerField(default=0, editable=False)

    # life cycle
    phase = models.CharField(_("phase"), max_length=20, choices=Phase, default=Phase.CREATED)
    status = models.ForeignKey(
        Status, on_delete=models.PROTECT, related_name="tickets", verbose_name=_("status")
    )
    state = models.ForeignKey(
        State,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tickets",
        verbose_name=_("state"),
    )
    is_cancelled = models.BooleanField(_("cancelled"), default=False)

    # who
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="tickets", verbose_name=_("customer")
    )
    site = models.ForeignKey(
        Site, null=True, blank=True, on_delete=models.PROTECT, related_name="tickets", verbose_name=_("site")
    )
    requester = models.ForeignKey(
        Contact,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="requested_tickets",
        verbose_name=_("requester"),
    )
    user = models.ForeignKey(
        Contact,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="affecting_tickets",
        verbose_name=_("user"),
    )
    pilot = models.ForeignKey(
        Agent,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="piloted_tickets",
        verbose_name=_("pilot"),
    )
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="tickets", verbose_name=_("team"))
    assignee = models.ForeignKey(
        Agent,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="assigned_tickets",
        verbose_name=_("assignee"),
    )

    # under what
    contract = models.ForeignKey(
        Contract,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tickets",
        verbose_name=_("contract"),
    )
    service = models.ForeignKey(
        Service,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tickets",
        verbose_name=_("service"),
    )
    pay_per_incident = models.BooleanField(_("pay per incident"), default=False)
    out_of_scope = models.BooleanField(_("out of scope"), default=False)
    pay_per_incident_override = models.BooleanField(null=True, blank=True)
    out_of_scope_override = models.BooleanField(null=True, blank=True)
    coverage = models.CharField(_("coverage verdict"), max_length=20, choices=Coverage)
    coverage_reason = models.JSONField(default=dict)

    # on what
    asset = models.ForeignKey(
        Asset,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tickets",
        verbose_name=_("asset"),
    )
    product = models.ForeignKey(
        Product,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tickets",
        verbose_name=_("product"),
    )
    version = models.ForeignKey(
        ProductVersion,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tickets",
        verbose_name=_("version"),
    )
    environment = models.CharField(_("environment"), max_length=20, choices=Environment, blank=True)
    supplier_contract = models.ForeignKey(
        SupplierContract,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tickets",
        verbose_name=_("supplier contract"),
    )

    # what
    nature = models.ForeignKey(
        Nature, on_delete=models.PROTECT, related_name="tickets", verbose_name=_("nature")
    )
    severity = models.ForeignKey(
        Severity, on_delete=models.PROTECT, related_name="tickets", verbose_name=_("severity")
    )
    priority = models.ForeignKey(
        Priority,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tickets",
        verbose_name=_("priority"),
    )
    known_error = models.ForeignKey(
        KnownError,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tickets",
        verbose_name=_("known error"),
    )
    customer_reference = models.CharField(_("customer’s reference"), max_length=80, blank=True)
    desired_on = models.DateField(_("desired date"), null=True, blank=True)
    external_description = models.TextField(_("external description"), blank=True)
    internal_description = models.TextField(_("internal description"), blank=True)
    is_shared = models.BooleanField(_("shared with customer"), default=True)
    channel = models.CharField(_("channel"), max_length=12, choices=Channel, default=Channel.TELEPHONE)

    # who else cares, and what it is filed under
    tags = models.ManyToManyField(Tag, related_name="tickets", verbose_name=_("tags"), blank=True)
    followers = models.ManyToManyField(
        Agent, related_name="followed_tickets", verbose_name=_("followers"), blank=True
    )

    # a duplicate points at the ticket that took it over (Spec T29)
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="duplicates",
        verbose_name=_("merged into"),
    )

    # instants: facts
    received_at = models.DateTimeField(_("received at"))
    entered_at = models.DateTimeField(_("entered at"))
    responded_at = models.DateTimeField(_("response"), null=True, blank=True)
    resolved_at = models.DateTimeField(_("resolution"), null=True, blank=True)
    closed_by_customer_at = models.DateTimeField(_("closed by customer"), null=True, blank=True)
    closed_internally_at = models.DateTimeField(_("closed internally"), null=True, blank=True)
    resolution_restarted_at = models.DateTimeField(null=True, blank=True)
    closing_announced_at = models.DateTimeField(_("closing announced"), null=True, blank=True)
    #: Somebody decided that the ticket is not closed by itself, however long it stays resolved (Spec T28).
    closing_is_held = models.BooleanField(_("not closed automatically"), default=False)

    # commitment that applies
    commitment_version = models.ForeignKey(
        CommitmentVersion,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tickets",
        verbose_name=_("commitment"),
    )
    commitment_level = models.CharField(max_length=10, choices=Level, blank=True)
    reception_schedule_version = models.ForeignKey(
        ScheduleVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    action_schedule_version = models.ForeignKey(
        ScheduleVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    # what each clock was computed on; kept as it was once its milestone is met, so that it can be explained for ever:
    # the response runs on reception_schedule_version, the resolution on action_schedule_version
    response_commitment_version = models.ForeignKey(
        CommitmentVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    response_action_version = models.ForeignKey(
        ScheduleVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    response_started_at = models.DateTimeField(null=True, blank=True)
    resolution_commitment_version = models.ForeignKey(
        CommitmentVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    resolution_started_at = models.DateTimeField(null=True, blank=True)

    # clocks
    response_clock = models.CharField(max_length=12, choices=ClockState, default=ClockState.NONE)
    response_due_at = models.DateTimeField(_("response due"), null=True, blank=True)
    response_warns_at = models.DateTimeField(null=True, blank=True)
    response_total_seconds = models.BigIntegerField(null=True, blank=True)
    response_left_seconds = models.BigIntegerField(null=True, blank=True)
    response_frozen_colour = models.CharField(max_length=6, blank=True)
    resolution_clock = models.CharField(max_length=12, choices=ClockState, default=ClockState.NONE)
    resolution_due_at = models.DateTimeField(_("resolution due"), null=True, blank=True)
    resolution_warns_at = models.DateTimeField(null=True, blank=True)
    resolution_total_seconds = models.BigIntegerField(null=True, blank=True)
    resolution_left_seconds = models.BigIntegerField(null=True, blank=True)
    resolution_frozen_colour = models.CharField(max_length=6, blank=True)
    suspended_seconds = models.BigIntegerField(_("suspended working time"), default=0)
    suspended_since = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("ticket")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["phase", "team", "-id"], name="ticket_phase_team"),
            models.Index(fields=["assignee", "phase"], name="ticket_assignee_phase"),
            models.Index(fields=["customer", "-received_at"], name="ticket_customer_received"),
            models.Index(fields=["-received_at", "-id"], name="ticket_received"),
            models.Index(
                fields=["resolution_due_at", "id"],
                condition=Q(phase__in=OPEN_PHASES),
                name="ticket_open_resolution",
            ),
            models.Index(
                fields=["response_due_at", "id"],
                condition=Q(phase__in=OPEN_PHASES),
                name="ticket_open_response",
            ),
            models.Index(
                fields=["reception_schedule_version"],
                condition=Q(phase__in=OPEN_PHASES),
                name="ticket_open_reception",
            ),
            models.Index(
                fields=["action_schedule_version"],
                condition=Q(phase__in=OPEN_PHASES),
                name="ticket_open_action",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(phase=Phase.SUSPENDED, suspended_since__isnull=False)
                | (~Q(phase=Phase.SUSPENDED) & Q(suspended_since=None)),
                name="ticket_suspended_since",
            ),
            models.CheckConstraint(
                condition=~Q(phase=Phase.CLOSED_INTERNALLY) | Q(closed_internally_at__isnull=False),
                name="ticket_closed_internally_is_dated",
            ),
            models.CheckConstraint(
                condition=~Q(phase__in=[Phase.RESOLVED, Phase.CLOSED_BY_CUSTOMER])
                | Q(resolved_at__isnull=False),
                name="ticket_resolved_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def search_words(self) -> list[str]:
        return [self.number, self.title, self.customer_reference]

    @property
    def is_open(self) -> bool:
        return self.phase in OPEN_PHASES
