"""Writes on schedules; every change that moves time makes a new version and is announced (Spec C8, C13)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

import slaclock
from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.compare import hold
from cadran.core.errors import CadranError, InvalidInput
from cadran.core.permissions import refuse_unless
from cadran.core.reference import next_position
from cadran.core.writing import refuse_all, save_row

from ..announcements import Cause, announce_schedule_version
from ..clock import fingerprint_of, interval_text, lay_out, schedule_of
from ..details import ExceptionDetails, ScheduleDetails
from ..models import CommitmentVersion, HolidayCalendar, Schedule, ScheduleException, ScheduleVersion
from ..openings import checked_intervals
from ..rules import may_edit_schedules


def save_schedule(
    *,
    schedule: Schedule | None,
    details: ScheduleDetails,
    by: User | None,
    at: datetime,
    seen: int | None = None,
) -> Schedule:
    """Create or change a schedule, with all its exceptions.

    Makes a new version only when time moves: a new name changes nothing. ``seen`` is the ``row_version`` that the
    editor saw.
    Raises ``NotAllowed``, ``Stale``, ``InvalidInput`` or ``InvalidInputs``.
    """
    refuse_unless(may_edit_schedules(by), Right.EDIT_SCHEDULES)
    values, exceptions = _checked(details)
    with transaction.atomic():
        row = schedule or Schedule(position=next_position(Schedule))
        if details.calendar is not None:
            hold(HolidayCalendar, details.calendar.pk)  # before the schedule, as whoever closes a date does
        changes = _exception_changes(row, exceptions)
        row = save_row(
            row=row,
            values=values,
            by=by,
            at=at,
            seen=seen,
            data={"exceptions": changes} if changes else None,
        )
        if changes:
            _replace_exceptions(row, exceptions)
        renew_version(schedule=row, by=by, at=at)
    return row


def renew_version(
    *, schedule: Schedule, cause: Cause | None = None, by: User | None, at: datetime
) -> ScheduleVersion | None:
    """Inside a transaction: make and announce a new version if time moves by what is stored now; else None.

    ``cause``: what moved it, when that was not the schedule itself.

    Raises ``InvalidInput`` when the schedule would never open and a commitment still counts on it.
    """
    # One version after the other, of what is stored: its hours may have changed since the caller read them.
    held = hold(Schedule, schedule.pk).get(schedule.pk)
    if held is None:
        return None  # somebody has just deleted it
    schedule = held
    calendar = schedule.calendar
    layout = lay_out(
        time_zone=schedule.time_zone,
        weekly=schedule.weekly,
        holidays=calendar.holidays.all() if calendar else [],
        exceptions=schedule.exceptions.all(),
    )
    fingerprint = fingerprint_of(layout)
    last = schedule.versions.order_by("-number").first()
    if last is not None and last.fingerprint == fingerprint:
        return None
    if slaclock.next_opening(schedule_of(layout), at) is None:
        _refuse_if_promised(schedule)
    version: ScheduleVersion = ScheduleVersion.objects.create(
        schedule=schedule,
        number=last.number + 1 if last else 1,
        layout=layout,
        fingerprint=fingerprint,
        created_at=at,
    )
    announce_schedule_version(version, cause or {"what": "schedule"}, by, at)
    return version


def renew_versions_of(
    *, calendar: HolidayCalendar, cause: Cause, by: User | None, at: datetime
) -> list[ScheduleVersion]:
    """Inside a transaction: the new versions of the schedules whose time moved with ``calendar``."""
    schedules = Schedule.objects.filter(calendar=calendar).order_by("id")
    versions = [renew_version(schedule=one, cause=cause, by=by, at=at) for one in schedules]
    return [version for version in versions if version is not None]


def _checked(details: ScheduleDetails) -> tuple[dict[str, Any], list[ExceptionDetails]]:
    errors: list[CadranError] = []
    weekly: dict[str, list[list[int]]] = {}
    try:
        slaclock.Schedule(details.time_zone)
    except slaclock.ScheduleError:
        errors.append(
            InvalidInput(
                _("“%(zone)s” is not a known time zone. Choose one such as Europe/Paris."),
                field="time_zone",
                params={"zone": details.time_zone},
            )
        )
    for day in sorted(int(day) for day in details.weekly):
        intervals = details.weekly[day] if day in details.weekly else details.weekly[str(day)]  # type: ignore[index]
        if not 1 <= day <= 7:
            errors.append(
                InvalidInput(_("A weekday is a number from 1 (Monday) to 7 (Sunday)."), field="weekly")
            )
            continue
        try:
            found = checked_intervals(intervals, f"weekly_{day}")
        except InvalidInput as error:
            errors.append(error)
            continue
        if found:
            weekly[str(day)] = found
    exceptions, refused = _checked_exceptions(details.exceptions)
    refuse_all(errors + refused)
    values = {
        "code": details.code,
        "name_fr": details.name_fr.strip(),
        "name_en": details.name_en.strip(),
        "time_zone": details.time_zone,
        "calendar": details.calendar,
        "weekly": weekly,
    }
    return values, exceptions


def _checked_exceptions(
    typed: Sequence[ExceptionDetails],
) -> tuple[list[ExceptionDetails], list[CadranError]]:
    errors: list[CadranError] = []
    checked: dict[date, ExceptionDetails] = {}
    for one in typed:
        params = {"date": one.date.isoformat()}
        if one.date in checked:
            errors.append(
                InvalidInput(
                    _("%(date)s is entered twice among the exceptions. Keep one of them."),
                    field="exceptions",
                    params=params,
                )
            )
            continue
        try:
            intervals = checked_intervals(one.intervals, "exceptions")
        except InvalidInput as error:
            errors.append(error)
            continue
        if not one.is_closed and not intervals:
            errors.append(
                InvalidInput(
                    _(
                        "%(date)s is an exceptional opening without hours. Type its hours, or mark it as closed."
                    ),
                    field="exceptions",
                    params=params,
                )
            )
            continue
        checked[one.date] = ExceptionDetails(
            one.date, one.is_closed, intervals, one.name_fr.strip(), one.name_en.strip()
        )
    return [checked[day] for day in sorted(checked)], errors


def _told(one: ExceptionDetails | ScheduleException) -> dict[str, Any]:
    return {
        "date": one.date.isoformat(),
        "closed": one.is_closed,
        "openings": [interval_text(interval) for interval in one.intervals],
        "name_fr": one.name_fr,
        "name_en": one.name_en,
    }


def _exception_changes(schedule: Schedule, exceptions: list[ExceptionDetails]) -> dict[str, Any]:
    stored = [] if schedule.pk is None else list(schedule.exceptions.order_by("date"))
    before, after = [_told(one) for one in stored], [_told(one) for one in exceptions]
    if before == after:
        return {}
    return {
        "before": [one for one in before if one not in after],
        "after": [one for one in after if one not in before],
    }


def _replace_exceptions(schedule: Schedule, exceptions: list[ExceptionDetails]) -> None:
    schedule.exceptions.all().delete()
    ScheduleException.objects.bulk_create(
        ScheduleException(
            schedule=schedule,
            date=one.date,
            is_closed=one.is_closed,
            intervals=list(one.intervals),
            name_fr=one.name_fr,
            name_en=one.name_en,
        )
        for one in exceptions
    )


def _refuse_if_promised(schedule: Schedule) -> None:
    versions = CommitmentVersion.objects.select_related("commitment").order_by("commitment_id", "-number")
    newest: dict[int, CommitmentVersion] = {}
    for version in versions:
        newest.setdefault(version.commitment_id, version)
    for version in newest.values():
        if schedule.pk in (version.reception_schedule_id, version.action_schedule_id):
            raise InvalidInput(
                _(
                    "“%(schedule)s” would never open, but the commitment “%(commitment)s” counts on it. Leave at least "
                    "one opening, or give that commitment another schedule first."
                ),
                field="weekly",
                params={"schedule": str(schedule), "commitment": str(version.commitment)},
            )
