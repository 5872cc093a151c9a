"""What would become of the children of a ticket if they followed it, and how far they have come (Spec T10)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import CadranError, InvalidInput
from cadran.jobs.models import Job, JobStatus

from ..choices import Cascade, Closing, Phase
from ..models import Intervention, Ticket
from ..transitions import Act, after, allowed
from .link_sentences import reason_text
from .lists import still_running

#: How long the outcome of a cascade is shown on the parent's page; its timeline keeps it.
SHOWN_FOR = timedelta(minutes=30)
TASK = "cadran.tickets.tasks.cascade"

_CLOSED = (Phase.CLOSED_BY_CUSTOMER, Phase.CLOSED_INTERNALLY)
_NOT_YET = {
    Cascade.RESOLUTION: gettext_lazy("%(number)s is not resolved, so its children can’t follow it."),
    Cascade.CLOSING: gettext_lazy("%(number)s is not closed, so its children can’t follow it."),
}


@dataclass(frozen=True)
class Course:
    """When a child that follows is resolved, and when it is closed; None for what it does not undergo."""

    resolved_at: datetime | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True)
class Fate:
    """What a cascade would do to a child: its ``course``, None where it is left out.

    ``notes`` are full sentences: why it is left out, or what happens besides.
    """

    ticket: Ticket
    course: Course | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Left:
    """A child that a cascade left as it was, and why: a sentence that names it."""

    number: str
    why: str


@dataclass(frozen=True)
class CascadeProgress:
    """How far a cascade has come; once it ended, the numbers of the children that ``followed``, and those ``left``."""

    is_running: bool
    failed: bool
    cascade: Cascade
    done: int
    total: int | None
    followed: tuple[str, ...] = ()
    left: tuple[Left, ...] = ()

    @property
    def percent(self) -> int:
        """From 0 to 100."""
        if not self.is_running:
            return 100
        return round(100 * self.done / self.total) if self.total else 0


def followed_at(parent: Ticket, cascade: Cascade) -> datetime:
    """The instant of the parent's milestone. Raises ``InvalidInput`` as long as it is not reached, or cancelled."""
    instant = parent.resolved_at
    if cascade == Cascade.CLOSING:
        instant = parent.closed_internally_at or parent.closed_by_customer_at
    reached = parent.phase in (_CLOSED if cascade == Cascade.CLOSING else (Phase.RESOLVED, *_CLOSED))
    if instant is None or not reached or parent.is_cancelled:
        raise InvalidInput(_NOT_YET[cascade], params={"number": parent.number})
    return instant


def closing_of(parent: Ticket) -> Closing:
    """The closing that the children of a closed ticket follow."""
    return Closing.BY_CUSTOMER if parent.phase == Phase.CLOSED_BY_CUSTOMER else Closing.INTERNALLY


def resolving_work(parent: Ticket) -> Intervention | None:
    """The intervention that resolved the ticket; None when work done elsewhere did."""
    rows = parent.interventions.filter(resolved_ticket=True, is_archived=False, merged_from=None)
    found: Intervention | None = rows.select_related("type", "assignee").order_by("-ended_at", "-pk").first()
    return found


def course_of(child: Ticket, parent: Ticket, cascade: Cascade, *, resolves: bool = True) -> Course:
    """When the child's milestones would be: the parent's instants, or the first ones after them that it allows.

    ``resolves``: a child still at work is resolved before it is closed. Raises the refusal that the act itself would
    meet.
    """
    if cascade == Cascade.RESOLUTION:
        return Course(resolved_at=_resolution_of(child, parent))
    resolved_at = None
    if resolves and allowed(child.phase, Act.RESOLVE):
        resolved_at = _resolution_of(child, parent)
    phase = child.phase if resolved_at is None else Phase.RESOLVED
    by_customer = closing_of(parent) == Closing.BY_CUSTOMER
    after(phase, Act.CLOSE_BY_CUSTOMER if by_customer else Act.CLOSE_INTERNALLY, number=child.number)
    own = filter(None, (resolved_at, child.resolved_at, child.closed_by_customer_at))
    return Course(resolved_at, max(followed_at(parent, cascade), *own))


def _resolution_of(child: Ticket, parent: Ticket) -> datetime:
    after(child.phase, Act.RESOLVE, number=child.number)
    instant = max(followed_at(parent, Cascade.RESOLUTION), child.received_at)
    if child.suspended_since is not None and child.suspended_since > instant:
        raise InvalidInput(
            gettext_lazy(
                "%(number)s was suspended after that instant. Resume it, then resolve it by itself."
            ),
            params={"number": child.number},
        )
    return instant


def fates_of(parent: Ticket, cascade: Cascade, user: User) -> list[Fate]:
    """What would become of each child that ``user`` sees, the ones that would follow first.

    Raises ``InvalidInput`` while the parent itself is not that far. Two queries, however many children.
    """
    followed_at(parent, cascade)
    rows = Ticket.objects.visible_to(user).filter(parent_links__parent=parent)
    children = list(rows.select_related("status", "customer").order_by("-received_at", "-id"))
    resolves = user.has_right(Right.INTERVENE)
    work = _open_work(children)
    fates = [_fate(child, parent, cascade, resolves, work.get(child.pk, [])) for child in children]
    return sorted(fates, key=lambda fate: fate.course is None)


def _fate(
    child: Ticket, parent: Ticket, cascade: Cascade, resolves: bool, work: Sequence[Intervention]
) -> Fate:
    running = [one for one in work if one.is_started]
    planned = [one for one in work if not one.is_started]
    try:
        course = course_of(child, parent, cascade, resolves=resolves)
        is_over = course.closed_at is not None and closing_of(parent) == Closing.INTERNALLY
        if running and is_over:
            raise still_running(child, running)
    except CadranError as refused:
        return Fate(child, None, (refused.message,))
    notes = _notes(child, parent, course, running)
    if is_over:
        notes += [
            _("The planned intervention “%(name)s” will not be done any more.") % {"name": one}
            for one in planned
        ]
    return Fate(child, course, tuple(notes))


def _notes(child: Ticket, parent: Ticket, course: Course, running: Sequence[Intervention]) -> list[str]:
    """What else becomes of a child that follows."""
    if course.resolved_at is None:
        later = course.closed_at != followed_at(parent, Cascade.CLOSING)
        return [_("It was resolved later: it is closed as of then.")] if later else []
    notes = []
    if child.phase == Phase.SUSPENDED:
        notes.append(_("Its suspension ends at that instant."))
    notes += [_("The intervention “%(name)s” stays open.") % {"name": one} for one in running]
    if course.resolved_at > followed_at(parent, Cascade.RESOLUTION):
        notes.append(_("It came in later: it is resolved as of its reception."))
    return notes


def _open_work(children: Iterable[Ticket]) -> dict[int, list[Intervention]]:
    """The interventions on each ticket that are at work or planned."""
    rows = Intervention.objects.filter(
        ticket__in=children, ended_at=None, is_archived=False, type__is_intake=False
    )
    found: dict[int, list[Intervention]] = {}
    for row in rows.select_related("type").order_by("number"):
        found.setdefault(row.ticket_id, []).append(row)
    return found


def cascade_of(parent: Ticket, now: datetime) -> CascadeProgress | None:
    """The cascade under way on the children of a ticket, or the last one if it just ended."""
    jobs = Job.objects.filter(task=TASK, args__0=parent.pk).filter(
        Q(status__in=[JobStatus.READY, JobStatus.RUNNING]) | Q(finished_at__gte=now - SHOWN_FOR)
    )
    job = jobs.order_by("-pk").first()
    if job is None:
        return None
    waits = job.status in (JobStatus.READY, JobStatus.RUNNING)
    result = job.return_value or {}
    return CascadeProgress(
        is_running=waits,
        failed=job.status == JobStatus.FAILED,
        cascade=Cascade(job.args[1]),
        done=job.progress_done,
        total=job.progress_total,
        followed=tuple(result.get("done", ())),
        left=tuple(Left(one["number"], reason_text(one)) for one in result.get("left", ())),
    )
