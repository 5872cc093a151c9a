"""Children that follow their parent: resolved or closed as it was, each in an act of its own (Spec T10)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.compare import hold
from cadran.core.errors import CadranError, InvalidInput
from cadran.core.instants import whole_second
from cadran.core.models import JournalEntry
from cadran.core.richtext import without_pictures

from .. import rules
from ..choices import Cascade
from ..context import Finish, InterventionDetails
from ..models import InterventionType, Ticket, TicketLink
from ..queries.cascades import Course, cascade_of, closing_of, course_of, followed_at, resolving_work
from ..queries.lists import available_types
from ._shared import locked, mirror, tell
from ._work import add
from .closing import close_ticket
from .finishing import finish_intervention

#: What a cascade follows of the parent.
_MILESTONES = ("phase", "is_cancelled", "resolved_at", "closed_by_customer_at", "closed_internally_at")

#: The right that each cascade needs.
_NEEDS = {Cascade.RESOLUTION: Right.INTERVENE, Cascade.CLOSING: Right.CLOSE_TICKETS}

Progress = Callable[[int, int], None]


@dataclass
class Followed:
    """What a cascade came to: the numbers of the children that followed, and of those left with the reason.

    The reasons are kept in both languages, as the journal keeps names.
    """

    done: list[str] = field(default_factory=list)
    left: list[dict[str, Any]] = field(default_factory=list)


def order_cascade(
    *,
    parent: Ticket,
    children: Sequence[Ticket],
    cascade: Cascade | str,
    external_report: str = "",
    by: User | None,
    at: datetime,
) -> Ticket:
    """Have the chosen children follow their parent in the background; one cascade on a parent at a time.

    ``external_report`` is that of :func:`cascade_resolution`. Raises ``InvalidInput`` when none is chosen, the parent
    itself is not that far or a cascade is under way, ``NotAllowed``.
    """
    from ..tasks import cascade as task

    cascade, at = Cascade(cascade), whole_second(at)
    rules.require(by, _NEEDS[cascade])
    if not children:
        raise InvalidInput(_("Choose at least one child, or leave them as they are."), field="children")
    with transaction.atomic():
        stored = locked(parent)
        followed_at(stored, cascade)
        current = cascade_of(stored, at)
        if current is not None and current.is_running:
            raise InvalidInput(
                _("The children of %(number)s are following it already. Wait until that is done."),
                field="children",
                params={"number": stored.number},
            )
        task.enqueue(
            stored.pk,
            cascade.value,
            [child.pk for child in children],
            by=None if by is None else by.pk,
            order=get_random_string(12),
            external_report=without_pictures(external_report),
        )
    return mirror(parent, stored)


def cascade_resolution(
    *,
    parent: Ticket,
    children: Sequence[Ticket],
    external_report: str = "",
    order: str = "",
    by: User | None,
    at: datetime,
    progress: Progress | None = None,
) -> Followed:
    """Resolve children of a resolved ticket, each by a finished intervention of its own at the parent's instant.

    The intervention is of a plain type and takes no time: the work was done there, and a child whose customer read
    of a visit would have had none.
    ``external_report`` is what its customer reads, without pictures, as those belong to the parent. Each child is an
    act in its own transaction; one refused does not stop the others. ``order`` names the cascade, so that one that was
    interrupted goes on where it stopped. ``progress`` gets how many are done, of how many. Raises ``InvalidInput``
    when the parent is not resolved, ``NotAllowed``.
    """
    at = whole_second(at)

    def follow(child: Ticket, course: Course) -> None:
        _resolve(child, parent, course, external_report, by=by, at=at)

    return _cascade(parent, children, Cascade.RESOLUTION, follow, order, by=by, at=at, progress=progress)


def cascade_closing(
    *,
    parent: Ticket,
    children: Sequence[Ticket],
    external_report: str = "",
    order: str = "",
    by: User | None,
    at: datetime,
    progress: Progress | None = None,
) -> Followed:
    """Close children of a closed ticket as it is closed: by the customer, or internally.

    Each at the parent's instant, or at its own resolution where that came later. One still at work is resolved first,
    in the same transaction, where ``by`` may intervene. Otherwise as :func:`cascade_resolution`.
    """
    at = whole_second(at)

    def follow(child: Ticket, course: Course) -> None:
        if course.resolved_at is not None:
            child = _resolve(child, parent, course, external_report, by=by, at=at)
        assert course.closed_at is not None
        close_ticket(
            ticket=child,
            closing=closing_of(parent),
            closed_at=course.closed_at,
            status=None,
            state=child.state,
            by=by,
            at=at,
        )

    return _cascade(parent, children, Cascade.CLOSING, follow, order, by=by, at=at, progress=progress)


def _resolve(
    child: Ticket, parent: Ticket, course: Course, report: str, *, by: User | None, at: datetime
) -> Ticket:
    """Resolve a child by a finished intervention of its own, which takes no time."""
    instant = course.resolved_at
    assert instant is not None
    work = resolving_work(parent)
    details = InterventionDetails(
        type=_type_for(child),
        team=None if child.team.is_retired else child.team,
        assignee=work.assignee if work and work.assignee and work.assignee.is_active else None,
        external_report=without_pictures(report),
    )
    # It takes effect with its end, so that the timeline tells of them in this order.
    own = add(locked(child, phase=child.phase), details, by=by, at=at, effective_at=instant)
    # The checklist was gone through where the work was done.
    own.checks.all().delete()
    finish = Finish(
        started_at=instant,
        ended_at=instant,
        intervened=work.counts_as_response if work else own.type.counts_as_response,
        resolved=True,
        external_report=own.external_report,
    )
    return finish_intervention(intervention=own, finish=finish, by=by, at=at).ticket


def _type_for(child: Ticket) -> InterventionType:
    """The type of what resolves a child: the supplied remote work, else the first that proposes nothing of its own."""
    rows = available_types(child, child.team)
    plain = rows.filter(status=None, state=None, next_type=None, team=None, assignee=None, initial_report="")
    found = rows.filter(code="remote-work").first() or plain.first() or rows.first()
    if found is None:
        raise InvalidInput(
            _("No type of intervention is in use. Add one in the settings first."), field="type"
        )
    return found


def _cascade(
    parent: Ticket,
    children: Sequence[Ticket],
    cascade: Cascade,
    act: Callable[[Ticket, Course], None],
    order: str,
    *,
    by: User | None,
    at: datetime,
    progress: Progress | None,
) -> Followed:
    rules.require(by, _NEEDS[cascade])
    followed_at(parent, cascade)
    followed = Followed()
    for count, child in enumerate(children, 1):
        try:
            _follow(child, parent, cascade, act, order, by=by, at=at)
            followed.done.append(child.number)
        except CadranError as refused:
            followed.left.append({"number": child.number, "why": _both_languages(refused)})
        if progress is not None:
            progress(count, len(children))
    with transaction.atomic():
        tell(parent, "children_followed", by=by, at=at, cascade=cascade.value, order=order,
             done=followed.done, left=followed.left)  # fmt: skip
    return followed


def _follow(
    child: Ticket,
    parent: Ticket,
    cascade: Cascade,
    act: Callable[[Ticket, Course], None],
    order: str,
    *,
    by: User | None,
    at: datetime,
) -> None:
    """One child's act, in one transaction with the row of its timeline that names the parent.

    Nothing when an interrupted run of the same cascade, or one that still goes on elsewhere, has taken it along.
    """
    with transaction.atomic():
        # Both as they are now, until the act is done: neither is reopened, closed, merged or unlinked meanwhile.
        hold(Ticket, parent.pk, child.pk)
        if order and _has_followed(child, order):
            return
        # The parent may have been reopened; its other children then stay as they are.
        parent.refresh_from_db(fields=_MILESTONES)
        stored = Ticket.objects.select_related("team", "state").get(pk=child.pk)
        if not TicketLink.objects.filter(parent=parent, child=stored).exists():
            raise InvalidInput(
                _("%(number)s is no child of %(parent)s any more."),
                params={"number": stored.number, "parent": parent.number},
            )
        course = course_of(stored, parent, cascade, resolves=rules.has(by, Right.INTERVENE))
        act(stored, course)
        tell(stored, "followed_parent", by=by, at=at, effective_at=course.closed_at or course.resolved_at,
             cascade=cascade.value, other=parent.number, order=order)  # fmt: skip


def _has_followed(child: Ticket, order: str) -> bool:
    rows = JournalEntry.objects.of("ticket", child.pk).filter(kind="ticket.followed_parent")
    return any(data.get("order") == order for data in rows.values_list("data", flat=True))


def _both_languages(refused: CadranError) -> dict[str, str]:
    told = {}
    for language in ("fr", "en"):
        with override(language):
            told[language] = str(refused.message)
    return told
