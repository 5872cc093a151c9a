"""Merging a duplicate into the ticket that is kept, and undoing it (Spec T29)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import InvalidInput
from cadran.core.instants import whole_second
from cadran.core.numbering import take_turn

from .. import clock, rules
from ..choices import OPEN_PHASES, Phase
from ..errors import stale
from ..models import Merger, Status, Ticket
from ..queries.lists import worked_on
from ..queries.merging import counts_of, merger_of
from ..queries.sending import prepared_messages
from ..transitions import Act
from . import _moving
from ._shared import (
    choose_status,
    default_status,
    locked,
    mirror,
    move,
    recompute,
    tell,
    tell_clocks,
)
from ._work import end_suspension, open_suspension


def merge_ticket(*, ticket: Ticket, into: Ticket, reason: str, by: User | None, at: datetime) -> Merger:
    """Merge the duplicate ``ticket`` into an open ticket of the same customer, which takes over all that was done.

    Interventions with their efforts, requests and service reports, notes, attachments, tags, followers and links go to
    ``into``; no sum changes. Its clocks, milestones and suspensions don't move: what was *begun* on the duplicate is
    history there (finished) or can be finished there (running) and never gives its response. What was only *planned*
    becomes its own work in full. It goes from *created* to *in progress* when something started comes to it (T2).

    The duplicate is closed internally, an open suspension and its intake end, its unmet clocks are void; whatever its
    phase was, also closed or cancelled. It keeps its address, its timeline, its descriptions and custom fields, its
    suspensions and clocks, and nothing is done to it until :func:`undo_merger`. Links that would close a circle stay
    on it, and so do the letters prepared for sending, as they name it; the kept ticket's timeline leads to them.

    Raises ``InvalidInput`` (itself, another customer, a closed ticket, no reason), ``TransitionRefused`` when one of
    them was merged already, ``NotAllowed``, ``Stale``.
    """
    rules.require(by, Right.MERGE_TICKETS)
    at = whole_second(at)
    if ticket.pk == into.pk:
        raise InvalidInput(
            _("A ticket can’t be merged into itself. Choose the one that is kept."), field="into"
        )
    if not reason.strip():
        raise InvalidInput(_("Say why the tickets are merged."), field="reason")
    with transaction.atomic():
        duplicate, kept = _both(ticket, into, phase=ticket.phase)
        _check(duplicate, kept)
        merger = Merger(kept=kept, duplicate=duplicate, merged_by=by, merged_at=at)
        merger.before = {
            "ticket": _moving.columns_of(duplicate),
            "kept_status": kept.status_id if kept.phase == Phase.CREATED else None,
            **_moving.labels_of(duplicate),
            **_moving.end_intake(duplicate, by=by, at=at),
            "suspension": _end(duplicate, at=at),
        }
        take_turn("ticket_link")  # one act on links after the other: see put_link
        merger.moved = _moving.move_all(duplicate, kept)
        duplicate.merged_into = kept
        duplicate.save()
        if kept.phase == Phase.CREATED and worked_on(kept):
            move(kept, Act.START)
            choose_status(kept, None)
            kept.save()
        merger.save()
        counts = counts_of(merger.moved)
        tell(duplicate, "merged", by=by, at=at, other=kept.number, reason=reason.strip(), moved=counts)
        letters = [{"key": one.pk, "title": one.title} for one in prepared_messages(duplicate)]
        tell(kept, "took_over", by=by, at=at, other=duplicate.number, reason=reason.strip(), moved=counts,
             messages=letters)  # fmt: skip
    merger.duplicate, merger.kept = mirror(ticket, duplicate), mirror(into, kept)
    return merger


def undo_merger(*, ticket: Ticket, by: User | None, at: datetime) -> Ticket:
    """Undo the merger of the duplicate ``ticket``: what moved goes back, with what was added to it since.

    What was taken elsewhere since stays there. The duplicate is as it was before; its unmet clocks are computed anew
    on the schedules of today. The kept ticket goes back to *created* when nothing started is left on it.

    Raises ``InvalidInput`` when it can't be exact (planned work of the duplicate was begun on the kept ticket, or
    running work has resolved it; a link going back would close a circle), ``TransitionRefused`` when the kept ticket
    was itself merged since: that merger is undone first. ``Stale`` when it is undone already, ``NotAllowed``.
    """
    rules.require(by, Right.MERGE_TICKETS)
    at = whole_second(at)
    with transaction.atomic():
        if ticket.merged_into is None:
            raise stale(ticket.number)
        duplicate, kept = _both(ticket, ticket.merged_into, merged_into=ticket.merged_into)
        merger = merger_of(duplicate)
        assert merger is not None, "a merged ticket has its merger"
        _moving.check_exact(duplicate, kept, merger.moved)
        take_turn("ticket_link")  # one act on links after the other: see put_link
        counts = _moving.move_back(duplicate, kept, merger.moved, merger.before)
        _restore(duplicate, merger.before, by=by, at=at)
        _go_back(kept, merger.before["kept_status"])
        merger.undone_by, merger.undone_at = by, at
        merger.save()
        tell(
            duplicate, "merger_undone", by=by, at=at, other=kept.number, moved=counts, status=duplicate.status
        )
        tell(kept, "gave_back", by=by, at=at, other=duplicate.number, moved=counts, status=kept.status)
    return mirror(ticket, duplicate)


def _both(duplicate: Ticket, kept: Ticket, **expected: Any) -> tuple[Ticket, Ticket]:
    """Both tickets as stored, taken by ascending key: two mergers at once wait for each other, one after the other."""
    wanted = {duplicate.pk: expected, kept.pk: {}}
    taken = {
        one.pk: locked(one, **wanted[one.pk]) for one in sorted((duplicate, kept), key=lambda one: one.pk)
    }
    return taken[duplicate.pk], taken[kept.pk]


def _check(duplicate: Ticket, kept: Ticket) -> None:
    params = {"number": duplicate.number, "kept": kept.number}
    if duplicate.customer_id != kept.customer_id:
        raise InvalidInput(
            _(
                "%(number)s and %(kept)s belong to different customers, with messages and contracts of their own, so "
                "they can’t be merged. Link them as parent and child instead."
            ),
            field="into",
            params=params,
        )
    if kept.phase not in OPEN_PHASES:
        raise InvalidInput(
            _("%(kept)s is closed, so it takes nothing over. Reopen it first, or choose an open ticket."),
            field="into",
            params=params,
        )


def _end(duplicate: Ticket, *, at: datetime) -> int | None:
    """Close the duplicate internally, its unmet clocks void; the key of the suspension that this ended."""
    suspension = open_suspension(duplicate)
    move(duplicate, Act.MERGE)
    end_suspension(duplicate, at, field="into")
    clock.void(duplicate)
    duplicate.closed_internally_at = duplicate.closed_internally_at or at
    duplicate.closed_by_customer_at = duplicate.closed_by_customer_at or at
    choose_status(duplicate, None)
    return None if suspension is None else suspension.pk


def _restore(duplicate: Ticket, before: dict[str, Any], *, by: User | None, at: datetime) -> None:
    """Give a duplicate back the columns it had; clocks that run again stand on the schedules of today."""
    _moving.put_columns(duplicate, before["ticket"])
    duplicate.merged_into = None
    duplicate.suspensions.filter(pk=before["suspension"]).update(ended_at=None, lost_seconds=None)
    clock.forget_pauses(duplicate)
    if duplicate.phase in OPEN_PHASES:
        shots = clock.shots(duplicate)
        recompute(duplicate, at=at)
        tell_clocks(duplicate, shots, reason="merger_undone", by=by, at=at)
    duplicate.save()


def _go_back(kept: Ticket, status: Any) -> None:
    """Let the kept ticket be *created* again when nothing that was started is left on it (Spec T2)."""
    if kept.phase != Phase.IN_PROGRESS or worked_on(kept):
        return
    kept.phase = Phase.CREATED
    former = Status.objects.filter(pk=status, phase=Phase.CREATED).first()
    kept.status = former or default_status(Phase.CREATED)
    kept.save()
