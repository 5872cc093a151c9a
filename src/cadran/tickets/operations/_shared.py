"""What every operation on tickets does: take the row, move the phase, save, tell the journal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.core.compare import take
from cadran.core.errors import InvalidInput
from cadran.core.files import secrets_in
from cadran.core.journal import record
from cadran.core.models import Bilingual, JournalEntry
from cadran.parties.models import Agent

from .. import clock
from ..choices import Phase, SuspensionKind
from ..errors import Stale, stale
from ..models import Attachment, State, Status, Ticket
from ..queries.lists import worked_on
from ..transitions import MERGED, Act, TransitionRefused, after

Row = TypeVar("Row", bound=models.Model)

#: What nearly every act on a ticket reads besides its own columns.
_BOUND = ("status", "commitment_version", "response_commitment_version", "resolution_commitment_version")


def locked(ticket: Ticket, **expected: Any) -> Ticket:
    """The ticket as stored, taken for writing; a fresh object, so that a refusal changes nothing in the caller's.

    Raises ``Stale`` when it no longer is as ``expected``, ``TransitionRefused`` for a duplicate that was merged into
    another ticket (Spec T29): nothing is done to it but what expects its ``merged_into``.
    """
    row = Ticket(pk=ticket.pk)
    taken = take(row, related=_BOUND, **expected)
    if row.merged_into is not None and "merged_into" not in expected:
        raise TransitionRefused(MERGED, params={"number": row.number, "kept": row.merged_into.number})
    if not taken:
        raise stale(ticket.number)
    row._state.adding = False
    return row


def check_seen(
    ticket: Ticket, base: Mapping[str, Any] | None, wanted: Mapping[str, Any], told_by: Sequence[str]
) -> None:
    """Raise ``Stale`` when a value no longer is as the person saw it in ``base``, nor as they want it (Spec T17).

    The sentence says what it is now, and by whom: the author of the newest journal row of the kinds ``told_by``.
    """
    now = {name: getattr(ticket, name) for name in wanted}
    moved = [name for name in wanted if base is not None and name in base and base[name] != now[name]]
    if not moved or now == dict(wanted):
        return
    rows = JournalEntry.objects.of("ticket", ticket.pk).filter(kind__in=told_by)
    last = rows.order_by("-recorded_at", "-id").first()
    raise Stale(
        _(
            "%(who)s changed this meanwhile: it now is “%(now)s”. Look whether your choice still holds, "
            "then send it again."
        ),
        params={
            "who": (last.author_name if last else "") or _("Somebody else"),
            "now": " · ".join(str(value) for value in now.values() if value is not None),
        },
    )


def mirror(seen: Row, stored: Row) -> Row:
    """Let the caller's object show what was stored, and return it."""
    if seen is not stored:
        seen.__dict__.clear()
        seen.__dict__.update(stored.__dict__)
    return seen


def move(ticket: Ticket, act: Act) -> None:
    """Move the phase, or raise ``TransitionRefused`` with the sentence that says what to do."""
    back = act in (Act.RESUME, Act.REOPEN)
    ticket.phase = after(ticket.phase, act, number=ticket.number, worked_on=not back or worked_on(ticket))


def default_status(phase: str) -> Status:
    """The default status of a phase. Raises ``InvalidInput`` when the settings name none."""
    found = Status.objects.in_use().filter(phase=phase).order_by("-is_default", "position", "id").first()
    if found is None:
        raise InvalidInput(
            _("No status exists for the phase “%(phase)s”. Add one in the settings first."),
            field="status",
            params={"phase": Phase(phase).label},
        )
    return found  # type: ignore[no-any-return]


def choose_status(ticket: Ticket, status: Status | None, *, proposed: Status | None = None) -> None:
    """Give the ticket a status of its phase: the chosen one, else the one it has if it fits, else a proposed one,
    else the phase's default. Raises ``InvalidInput`` for one of another phase, or retired.
    """
    if status is not None:
        if status.phase != ticket.phase:
            raise InvalidInput(
                _("The status “%(status)s” does not belong to the phase “%(phase)s”. Choose one that does."),
                field="status",
                params={"status": status, "phase": Phase(ticket.phase).label},
            )
        if status.is_retired and status.pk != ticket.status_id:
            raise InvalidInput(
                _("The status “%(status)s” is retired. Choose another one."),
                field="status",
                params={"status": status},
            )
        ticket.status = status
    elif proposed is not None and proposed.phase == ticket.phase and not proposed.is_retired:
        ticket.status = proposed
    elif ticket.status_id is None or ticket.status.phase != ticket.phase:
        ticket.status = default_status(ticket.phase)


def choose_state(ticket: Ticket, state: State | None) -> None:
    """Give the ticket a state. Raises ``InvalidInput`` for a retired one."""
    if state is not None and state.is_retired and state.pk != ticket.state_id:
        raise InvalidInput(
            _("The state “%(state)s” is retired. Choose another one."), field="state", params={"state": state}
        )
    ticket.state = state


def check_instant(instant: datetime, *, field: str, at: datetime, received_at: datetime) -> None:
    """Raise ``InvalidInput`` for a milestone in the future, or before the ticket's reception."""
    if instant > at:
        raise InvalidInput(_("This lies in the future. Type an instant up to now."), field=field)
    if instant < received_at:
        raise InvalidInput(
            _("This lies before the ticket’s reception. Type a later instant, or correct the reception."),
            field=field,
        )


def remeasure(ticket: Ticket) -> None:
    """Measure every ended suspension on the action schedule of today and add them up (Spec T24)."""
    total = 0
    for suspension in clock.pauses_of(ticket):
        if suspension.ended_at is None:
            continue
        lost = clock.lost_seconds(ticket, suspension)
        if lost != suspension.lost_seconds:
            suspension.lost_seconds = lost
            suspension.save(update_fields=["lost_seconds"])
        if suspension.kind == SuspensionKind.CUSTOMER:
            total += lost or 0
    ticket.suspended_seconds = total


def recompute(ticket: Ticket, *, at: datetime) -> None:
    """Compute the unmet clocks anew, and the lost time with them as long as the resolution is not settled."""
    clock.recompute(ticket, at=at)
    if ticket.resolved_at is None:
        remeasure(ticket)


def iso(instant: datetime | date | None) -> str | None:
    """An instant or date as the journal keeps it."""
    return None if instant is None else instant.isoformat()


def names(value: Any) -> Any:
    """A value as the journal keeps it: reference rows in both languages, other rows by name, instants in ISO."""
    if isinstance(value, Bilingual):
        return {"fr": value.name_fr or value.name_en, "en": value.name_en or value.name_fr}
    if isinstance(value, datetime | date):
        return iso(value)
    if isinstance(value, models.Model):
        return str(value)
    return value


def tell(
    ticket: Ticket,
    kind: str,
    *,
    by: User | None,
    at: datetime,
    effective_at: datetime | None = None,
    internal: bool = True,
    **data: Any,
) -> None:
    """Write a row of the ticket's timeline. ``effective_at``: when it took effect, when that was not now."""
    record(
        subject_kind="ticket",
        subject_id=ticket.pk,
        kind=f"ticket.{kind}",
        by=by,
        at=effective_at or at,
        recorded_at=at,
        data={name: names(value) for name, value in data.items()},
        is_internal=internal,
    )


def tell_clocks(
    ticket: Ticket,
    before: dict[clock.Kind, clock.ClockShot],
    *,
    reason: str,
    cause: Mapping[str, Any] | None = None,
    by: User | None,
    at: datetime,
) -> bool:
    """Write which due dates moved and why; nothing when none did (Spec C13). Returns whether one did."""
    moved = due_changes(ticket, before)
    if moved:
        more: dict[str, Any] = {"cause": dict(cause)} if cause else {}
        tell(ticket, "clock_recomputed", by=by, at=at, reason=reason, clocks=moved, **more)
    return bool(moved)


def due_changes(ticket: Ticket, before: dict[clock.Kind, clock.ClockShot]) -> dict[str, dict[str, Any]]:
    """The clocks that differ from ``before``: due dates and states, old and new."""
    now = clock.shots(ticket)
    return {
        kind: {
            "before": iso(before[kind].due_at),
            "after": iso(now[kind].due_at),
            "state_before": str(before[kind].state),
            "state_after": str(now[kind].state),
        }
        for kind in clock.KINDS
        if now[kind] != before[kind]
    }


def agent_name(agent: Agent | None) -> str:
    """An agent's name for the journal; empty for none."""
    return "" if agent is None else str(agent)


def claim_pasted(
    texts: Iterable[tuple[str, bool]],
    ticket: Ticket,
    *,
    by: User | None,
    at: datetime,
    intervention: Any = None,
    others: Iterable[Attachment] = (),
) -> None:
    """Attach the files that rich texts show and that were pasted before anything was saved (Spec T14).

    ``texts`` are pairs of sanitised text and whether the customer sees it; ``others`` were added beside the texts.
    """
    external: dict[str, bool] = {}
    for text, is_external in texts:
        for secret in secrets_in(text):
            external[secret] = external.get(secret, False) or is_external
    mine = Attachment.objects.filter(ticket=None, uploaded_by=by)
    for secret, is_external in external.items():
        found = mine.filter(secret=secret)
        found.update(ticket=ticket, intervention=intervention, is_external=is_external, is_inline=True)
    for attachment in others:
        if mine.filter(pk=attachment.pk).update(ticket=ticket, intervention=intervention):
            tell(ticket, "attached", by=by, at=at, name=attachment.name,
                 size=attachment.size, is_external=attachment.is_external)  # fmt: skip
