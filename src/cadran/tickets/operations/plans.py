"""Plans of recurring and preventive tickets, and the tickets they open (Spec T31)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.catalogue.models import Asset
from cadran.contracts.models import Contract, Service
from cadran.contracts.queries import contract_coverage, covers
from cadran.core.compare import hold
from cadran.core.errors import CadranError, InvalidInput, Stale
from cadran.core.instants import whole_second
from cadran.core.journal import record
from cadran.core.writing import refuse_all, save_row, take_seen

from .. import rules
from ..choices import Channel, Frequency
from ..context import InterventionDetails
from ..models import InterventionType, Plan, PlanOccurrence, Ticket
from ..plan_checks import plan_refusals
from ..planning import PlanDetails, PlannedDay, Planner
from ..queries.lists import available_types
from ..queries.templates import fields_from_template
from ..recurrence import Fate
from ._shared import tell
from .interventions import add_intervention
from .opening import open_ticket

#: A day that the worker slept through is noted as missed for so long; what lies farther back is left alone.
NOTED_FOR = timedelta(days=92)


class OccurrenceRefused(CadranError):
    """The plan's day can't have a ticket: it has one already, or is none of the plan's days."""

    code = "occurrence_refused"


def save_plan(
    *, plan: Plan | None, details: PlanDetails, seen: int | None = None, by: User | None, at: datetime
) -> Plan:
    """Create or change a plan; tickets that it opened already stay as they are.

    What was planned before today's day is nobody's any more: a changed rule opens nothing for the past. Raises
    ``InvalidInput`` or ``InvalidInputs``, ``NotAllowed``, ``Stale``.
    """
    rules.require(by, Right.EDIT_PLANS)
    values: dict[str, Any] = {field.name: getattr(details, field.name) for field in fields(details)}
    values |= {"label": details.label.strip(), "weekdays": sorted(set(details.weekdays))}
    if details.frequency in (Frequency.DAILY, Frequency.WEEKLY):
        values["nth"] = None
    if values["nth"] is None and details.frequency != Frequency.WEEKLY:
        values["weekdays"] = []
    refuse_all(plan_refusals(details, plan))
    row = plan or Plan()
    with transaction.atomic():
        if plan is None or _moves(plan, values):
            values["opens_from"] = Planner(details).day_of(at)
        return save_row(row=row, values=values, by=by, at=at, seen=seen)


def pause_plan(*, plan: Plan, seen: int | None = None, by: User | None, at: datetime) -> Plan:
    """Let a plan open nothing until it is taken up again. Raises ``NotAllowed``, ``Stale``."""
    return _switch(plan, False, seen, by, at)


def resume_plan(*, plan: Plan, seen: int | None = None, by: User | None, at: datetime) -> Plan:
    """Take a paused plan up again, from today's day on. Raises ``NotAllowed``, ``Stale``."""
    return _switch(plan, True, seen, by, at)


def open_due_tickets(*, by: User | None, at: datetime) -> int:
    """Open the tickets of every plan whose day has come near enough; returns how many.

    Each day has a transaction of its own and one row, so that a crash, a second worker or a long standstill neither
    loses nor doubles one. What can't be opened says why on the plan and is tried again while its day is not past.
    """
    opened = 0
    for plan in Plan.objects.filter(is_active=True).select_related("schedule", "template"):
        planner = Planner(plan)
        today = planner.day_of(at)
        settled = list(plan.occurrences.filter(planned_at__gte=at - 3 * NOTED_FOR))
        for day in _due(planner, today):
            if not _is_open_still(planner, day, settled, today):
                continue
            try:
                occurrence = _settle(plan, day, today, by=by, at=at)
            except Stale:
                break  # paused or changed meanwhile: the next round sees it as it is
            opened += occurrence is not None and occurrence.ticket_id is not None
    return opened


def open_planned_ticket(*, plan: Plan, due_on: date, by: User | None, at: datetime) -> Ticket:
    """Open the ticket of one coming day of a plan now, by hand.

    Raises ``OccurrenceRefused`` for a day that has its ticket or is none of the plan's, ``Stale`` when the plan has
    changed meanwhile, else what opening raises.
    """
    rules.require(by, Right.EDIT_PLANS, Right.OPEN_TICKETS)
    planner = Planner(plan)
    found = [one for one in planner.between(due_on, due_on) if one.fate in (Fate.KEPT, Fate.MOVED)]
    if not found or found[0].planned_on is None or found[0].planned_on < planner.day_of(at):
        raise OccurrenceRefused(_("The plan has no coming ticket on that day. Choose one of its next days."))
    with transaction.atomic():
        _hold(plan)
        row = _taken(plan, found[0], at=at)
        if row is None:
            raise OccurrenceRefused(_("The ticket of that day is open already."))
        ticket = _open(plan, found[0], by=by, at=at)
        _give(row, ticket, at=at)
    return ticket


def _switch(plan: Plan, active: bool, seen: int | None, by: User | None, at: datetime) -> Plan:
    rules.require(by, Right.EDIT_PLANS)
    with transaction.atomic():
        take_seen(plan, seen)
        if plan.is_active == active:
            return plan
        plan.is_active = active
        if active:
            plan.opens_from = Planner(plan).day_of(at)
        plan.save(update_fields=["is_active", "opens_from"])
        record(
            subject_kind="plan",
            subject_id=plan.pk,
            kind="plan.resumed" if active else "plan.paused",
            by=by,
            at=at,
            data={"name": plan.label},
        )
    return plan


def _moves(plan: Plan, values: Mapping[str, Any]) -> bool:
    """Whether a change moves the plan's days."""
    names = ("schedule", "starts_on", "frequency", "interval", "weekdays", "nth", "closed_day")
    return any(getattr(plan, name) != values[name] for name in names)


# -- opening what is due -----------------------------------------------------------------------------------------------


def _due(planner: Planner, today: date) -> list[PlannedDay]:
    """The days to look at: those near enough to open, and those missed lately."""
    plan = planner.plan
    assert isinstance(plan, Plan)
    first = max(plan.opens_from, today - NOTED_FOR)
    # A closed day may move an occurrence across the edge, on either side.
    days = planner.between(first - NOTED_FOR, today + timedelta(days=plan.days_ahead) + NOTED_FOR)
    wanted = [one for one in days if one.fate in (Fate.KEPT, Fate.MOVED) and one.planned_on is not None]
    near = today + timedelta(days=plan.days_ahead)
    return [one for one in wanted if one.planned_on is not None and first <= one.planned_on <= near]


def _is_open_still(planner: Planner, day: PlannedDay, settled: Sequence[PlanOccurrence], today: date) -> bool:
    """Whether a day still wants its ticket, or the note that it was missed.

    One planned on the same day stands for it: opened for a day that a schedule has moved since.
    """
    assert day.planned_on is not None
    known = next((row for row in settled if row.due_on == day.due_on), None)
    if known is not None:
        return known.ticket_id is None and day.planned_on >= today
    return not any(
        row.ticket_id is not None and planner.day_of(row.planned_at) == day.planned_on for row in settled
    )


def _settle(
    plan: Plan, day: PlannedDay, today: date, *, by: User | None, at: datetime
) -> PlanOccurrence | None:
    """Open one day's ticket, or note why not; None when somebody else was first."""
    assert day.planned_on is not None
    with transaction.atomic():
        _hold(plan)
        row = _taken(plan, day, at=at)
        if row is None:
            return None
        if day.planned_on < today:
            return _refuse(row, _MISSED, at=at)
        try:
            # The savepoint is Django's own: a refusal undoes what it began.
            with transaction.atomic():
                ticket = _open(plan, day, by=by, at=at)
        except CadranError as error:
            return _refuse(row, error, at=at)
        return _give(row, ticket, at=at)


def _hold(plan: Plan) -> None:
    """Keep the plan as it is while a day of it is settled. Raises ``Stale`` once it was changed, paused or taken up."""
    stored = hold(Plan, plan.pk).get(plan.pk)
    if stored is None or stored.row_version != plan.row_version:
        raise Stale(_("The plan has changed meanwhile. Look at it as it is now."))


def _taken(plan: Plan, day: PlannedDay, *, at: datetime) -> PlanOccurrence | None:
    """The day's row, taken for this transaction; None when its ticket is open already."""
    assert day.planned_at is not None
    try:
        with transaction.atomic():
            row = PlanOccurrence(plan=plan, due_on=day.due_on, planned_at=day.planned_at, tried_at=at)
            row.save()
            return row
    except IntegrityError:
        pass
    rows = PlanOccurrence.objects.filter(plan=plan, due_on=day.due_on, ticket=None)
    if not rows.update(tried_at=at, planned_at=day.planned_at):
        return None
    return rows.get()  # type: ignore[no-any-return]


def _give(row: PlanOccurrence, ticket: Ticket, *, at: datetime) -> PlanOccurrence:
    row.ticket, row.refusal, row.tried_at = ticket, {}, at
    row.save()
    return row


_MISSED = OccurrenceRefused(_("The day was past before a ticket could be opened: nothing was at work then."))


def _refuse(row: PlanOccurrence, error: CadranError, *, at: datetime) -> PlanOccurrence:
    sentences = {}
    for language in ("fr", "en"):
        with override(language):
            sentences[language] = error.message
    row.refusal, row.tried_at = sentences, at
    row.save()
    return row


def _open(plan: Plan, day: PlannedDay, *, by: User | None, at: datetime) -> Ticket:
    """The ticket of one day, with its planned intervention.

    No guarantee runs on it (channel *plan*): what was promised is the day, which is the desired date and the planned
    start. Its reception is the instant at which it opens. Raises what opening raises.
    """
    at = whole_second(at)
    assert day.planned_at is not None and day.planned_on is not None
    if plan.template.is_retired:
        raise InvalidInput(
            _("The template “%(template)s” is retired. Give the plan another one."),
            params={"template": plan.template},
        )
    if plan.contract is not None:
        coverage = contract_coverage(plan.contract, day.planned_on)
        if not coverage.covers:
            raise InvalidInput(lazy(lambda: coverage.reason, str)())  # told in each reader's language
    start = fields_from_template(plan.template, at=at, context=_context(plan))
    ticket = open_ticket(
        fields=replace(
            start.fields,
            title=start.fields.title or plan.label,
            desired_on=day.planned_on,
            channel=Channel.PLAN.value,
        ),
        team=start.team,
        details=replace(start.details, first_type=None, asks_answers=False, asks_fields=False),
        external_report=start.external_report,
        internal_report=start.internal_report,
        by=by,
        at=at,
    )
    first_type = start.details.first_type or available_types(ticket, ticket.team).first() or _any_type()
    if first_type is not None:
        work = InterventionDetails(type=first_type, label=plan.label, planned_start_at=day.planned_at)
        add_intervention(ticket=ticket, details=work, by=by, at=at)
    tell(
        ticket,
        "opened_by_plan",
        by=by,
        at=at,
        plan=plan.label,
        due_on=day.due_on,
        planned_on=day.planned_on,
        closed_by=day.closed_by,
    )
    return ticket


def _any_type() -> InterventionType | None:
    found: InterventionType | None = InterventionType.objects.in_use().filter(is_intake=False).first()
    return found


def _context(plan: Plan) -> dict[str, Any]:
    """The fields that the plan itself gives, over those of its template."""
    asset, contract = plan.asset, plan.contract
    given: dict[str, Any] = {"asset": asset, "contract": contract}
    if asset is not None:
        given |= {"version": asset.version, "environment": asset.environment}
    elif contract is not None:
        given["site"] = contract.maintenance_site
    if contract is not None:
        given["service"] = _service_of(contract, asset)
    return given


def _service_of(contract: Contract, asset: Asset | None) -> Service | None:
    """The service that covers the asset; without an asset, the only one there is."""
    services = list(contract.services.filter(is_active=True))
    if asset is not None:
        return next((one for one in services if covers(one, asset, asset.product)), None)
    return services[0] if len(services) == 1 else None
