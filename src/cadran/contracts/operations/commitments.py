"""Writes on commitments and on who gets which (Spec C9, C13)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

import slaclock
from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.catalogue.models import Severity
from cadran.core.compare import hold
from cadran.core.errors import CadranError, InvalidInput
from cadran.core.journal import record
from cadran.core.permissions import refuse_unless
from cadran.core.reference import next_position
from cadran.core.writing import readable, refuse_all, save_row, subject_kind_of, take_seen
from cadran.parties.models import Contact, Customer

from ..clock import layout_of
from ..details import CommitmentDetails
from ..models import ClockStart, Commitment, CommitmentChoice, CommitmentVersion, GuaranteeUnit, Schedule
from ..queries.commitments import Holder, choices_of, holder_field
from ..rules import may_edit_contracts, may_edit_customers, may_edit_schedules

_PROMISE = (
    "response_amount",
    "response_unit",
    "response_start",
    "resolution_amount",
    "resolution_unit",
    "resolution_start",
    "reception_schedule",
    "action_schedule",
    "warning_minutes",
)
_LARGEST = 100_000


def save_commitment(
    *,
    commitment: Commitment | None,
    details: CommitmentDetails,
    by: User | None,
    at: datetime,
    seen: int | None = None,
) -> Commitment:
    """Create or change a commitment; a changed promise makes a new version for new tickets (Spec C13).

    Open tickets keep their version. What to warn of afterwards: ``commitment_warnings(commitment.current_version)``.
    Raises ``NotAllowed``, ``Stale``, ``InvalidInput`` or ``InvalidInputs``.
    """
    refuse_unless(may_edit_schedules(by), Right.EDIT_SCHEDULES)
    with transaction.atomic():
        row = commitment or Commitment(position=next_position(Commitment))
        # No schedule that is promised on is emptied meanwhile.
        hold(Schedule, *(one.pk for one in (details.reception_schedule, details.action_schedule) if one))
        last = None if row.pk is None else row.versions.order_by("-number").first()
        promise = _checked(details, last, at)
        changes = {
            name: {
                "before": readable(getattr(last, name)) if last else None,
                "after": readable(promise[name]),
            }
            for name in _PROMISE
            if last is None or getattr(last, name) != promise[name]
        }
        values = {
            "code": details.code,
            "name_fr": details.name_fr.strip(),
            "name_en": details.name_en.strip(),
        }
        number = last.number + 1 if last else 1
        data = {"promise": changes, "version": number} if changes else None
        row = save_row(row=row, values=values, by=by, at=at, seen=seen, data=data)
        if changes:
            CommitmentVersion.objects.create(commitment=row, number=number, created_at=at, **promise)
    return row


def _checked(details: CommitmentDetails, last: CommitmentVersion | None, at: datetime) -> dict[str, Any]:
    errors: list[CadranError] = []
    promise: dict[str, Any] = {name: getattr(details, name) for name in _PROMISE}
    promise["action_schedule"] = details.action_schedule or details.reception_schedule
    if details.response_amount is None and details.resolution_amount is None:
        errors.append(
            InvalidInput(
                _("A commitment guarantees a response, a resolution, or both. Type at least one of the two."),
                field="response_amount",
            )
        )
    for name in ("response", "resolution"):
        errors += _amount_errors(name, promise)
        if promise[f"{name}_amount"] is None:
            # What isn't promised has no unit and no start: it makes no new version.
            promise[f"{name}_unit"], promise[f"{name}_start"] = (
                GuaranteeUnit.HOUR.value,
                ClockStart.RECEPTION.value,
            )
    if not 0 <= details.warning_minutes <= _LARGEST:
        errors.append(
            InvalidInput(
                _("Type the orange threshold in minutes, from 0 to %(maximum)s."),
                field="warning_minutes",
                params={"maximum": _LARGEST},
            )
        )
    for name in ("reception_schedule", "action_schedule"):
        error = _schedule_error(name, promise[name], getattr(last, name, None), at)
        if error is not None and (name == "reception_schedule" or details.action_schedule is not None):
            errors.append(error)
    refuse_all(errors)
    return promise


def _amount_errors(name: str, promise: dict[str, Any]) -> list[CadranError]:
    amount, unit, start = (promise[f"{name}_{part}"] for part in ("amount", "unit", "start"))
    errors: list[CadranError] = []
    if amount is None:
        return errors
    if not 0 <= amount <= _LARGEST:
        errors.append(
            InvalidInput(
                _("Type the guarantee as a whole number from 0 to %(maximum)s."),
                field=f"{name}_amount",
                params={"maximum": _LARGEST},
            )
        )
    if unit not in GuaranteeUnit.values:
        errors.append(InvalidInput(_("Choose minutes, hours or working days."), field=f"{name}_unit"))
    starts = [one for one in ClockStart.values if name == "resolution" or one != ClockStart.RESPONSE]
    if start not in starts:
        errors.append(
            InvalidInput(
                _("A response runs from reception or entry: it can’t start with itself.")
                if start == ClockStart.RESPONSE
                else _("Choose from which instant the guarantee runs."),
                field=f"{name}_start",
            )
        )
    return errors


def _schedule_error(
    field: str, schedule: Schedule | None, before: Schedule | None, at: datetime
) -> CadranError | None:
    if schedule is None:
        return InvalidInput(_("Choose the schedule that the guarantee runs on."), field=field)
    params = {"schedule": str(schedule)}
    if schedule.is_retired and schedule != before:
        return InvalidInput(
            _("The schedule “%(schedule)s” is retired. Restore it, or choose another."),
            field=field,
            params=params,
        )
    if slaclock.next_opening(layout_of(schedule.current_version), at) is None:
        return InvalidInput(
            _(
                "The schedule “%(schedule)s” never opens, so that nothing would ever be due. Give it openings first."
            ),
            field=field,
            params=params,
        )
    return None


def set_commitment_choices(
    *,
    holder: Holder,
    choices: Sequence[tuple[Severity | None, Commitment]],
    by: User | None,
    at: datetime,
    seen: int | None = None,
) -> list[CommitmentChoice]:
    """Give ``holder`` exactly these commitments; the severity None stands for all the others (Spec C9).

    ``seen`` is the holder’s ``row_version`` that the editor saw. Raises ``NotAllowed``, ``Stale`` or
    ``InvalidInput``.
    """
    if isinstance(holder, Contact | Customer):
        refuse_unless(may_edit_customers(by), Right.EDIT_CUSTOMERS)
    else:
        refuse_unless(may_edit_contracts(by), Right.EDIT_CONTRACTS)
    stored = list(choices_of(holder))
    before = [(row.severity, row.commitment) for row in stored]
    _check_choices(choices, [commitment for _severity, commitment in before])
    if set(before) == set(choices):
        return stored
    with transaction.atomic():
        take_seen(holder, seen)
        choices_of(holder).order_by().delete()
        CommitmentChoice.objects.bulk_create(
            CommitmentChoice(severity=severity, commitment=commitment, **{holder_field(holder): holder})
            for severity, commitment in choices
        )
        kind = subject_kind_of(type(holder))
        record(
            subject_kind=kind,
            subject_id=holder.pk,
            kind=f"{kind}.commitments_set",
            by=by,
            at=at,
            data={"name": str(holder), "before": _told(before), "after": _told(choices)},
        )
    return list(choices_of(holder))


def _check_choices(choices: Sequence[tuple[Severity | None, Commitment]], kept: list[Commitment]) -> None:
    seen: set[Severity | None] = set()
    for severity, commitment in choices:
        if severity in seen and severity is None:
            raise InvalidInput(
                _("Two commitments are entered for all other severities. Keep one of them."),
                field="commitment",
            )
        if severity in seen:
            raise InvalidInput(
                _("Two commitments are entered for the severity “%(severity)s”. Keep one of them."),
                field="commitment",
                params={"severity": str(severity)},
            )
        if commitment.is_retired and commitment not in kept:
            raise InvalidInput(
                _("The commitment “%(commitment)s” is retired. Restore it, or choose another."),
                field="commitment",
                params={"commitment": str(commitment)},
            )
        seen.add(severity)


def _told(choices: Sequence[tuple[Severity | None, Commitment]]) -> list[dict[str, Any]]:
    return [
        {"severity": readable(severity), "commitment": str(commitment)} for severity, commitment in choices
    ]
