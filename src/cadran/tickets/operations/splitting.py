"""Splitting a part of a ticket off into a linked one (Spec T29)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.catalogue.models import Nature, Severity
from cadran.core.errors import InvalidInput
from cadran.core.files import secrets_in
from cadran.core.instants import whole_second

from .. import rules
from ..choices import LinkRole, Phase
from ..context import NewLink, OpeningDetails, TicketFields
from ..errors import Stale
from ..models import Attachment, Intervention, Note, Ticket
from ..queries.custom_fields import offered, values_for
from ..queries.lists import worked_on
from ..queries.merging import splittable_files, splittable_notes, splittable_work
from ..queries.starting import ROWS, fitting
from ..transitions import Act
from ._moving import keep_numbers
from ._shared import choose_status, locked, mirror, move, tell
from ._work import finish_intake, follow_response, next_work_number, response_of
from .opening import open_ticket

#: What the new ticket has from the first one as it is; rows of its context come along where they still fit.
_TAKEN = ("environment", "is_shared", "channel")


@dataclass(frozen=True)
class Part:
    """What belongs to the other matter, and what it is: ``role`` says what the new ticket is to the first one.

    ``answers``: to what the asset asks for the severity, by the alert's key (Spec T13).
    """

    title: str
    nature: Nature
    severity: Severity
    received_at: datetime
    role: LinkRole = LinkRole.CHILD
    interventions: Sequence[Intervention] = ()
    notes: Sequence[Note] = ()
    attachments: Sequence[Attachment] = ()
    answers: Mapping[int, str] = field(default_factory=dict)


def split_ticket(*, ticket: Ticket, part: Part, by: User | None, at: datetime) -> Ticket:
    """Open a ticket of the same context with a part of what ``ticket`` holds, linked with it; returns the new one.

    It takes along what the first one's custom fields hold, as far as its nature has them; mandatory ones are not asked
    for. Interventions (planned or finished) go with their efforts, requests and files, notes with the images they show;
    no sum changes. No milestone of the first ticket moves: work that gave its response or its resolution stays. The new
    ticket has clocks of its own, and its milestones follow the work that came along, as everywhere (Spec T2, T19).

    Raises ``InvalidInput`` or ``InvalidInputs``, ``Stale`` for a part that is there no more, ``TransitionRefused`` on
    a merged duplicate, ``NotAllowed``, and whatever keeps a ticket from being opened.
    """
    rules.require(by, Right.MERGE_TICKETS)
    at = whole_second(at)
    with transaction.atomic():
        first = locked(ticket)
        work, notes, files = _taken(first, part)
        if not (work or notes or files):
            raise InvalidInput(_("Choose at least one thing that belongs to the other matter."))
        _check_milestones(first, work)
        _check_reception(part, work)
        role = LinkRole.PARENT if part.role == LinkRole.CHILD else LinkRole.CHILD
        new = open_ticket(
            fields=_fields(first, part),
            team=first.team,
            by=by,
            at=at,
            details=OpeningDetails(
                links=[NewLink(first, role)],
                answers=part.answers,
                custom_values=offered(values_for(first, part.nature)),
                asks_fields=False,
            ),
        )
        moved = _move(first, new, work, notes, files)
        _follow(new, by=by, at=at)
        tell(first, "split_off", by=by, at=at, other=new.number, moved=moved)
        tell(new, "split_from", by=by, at=at, other=first.number, moved=moved)
    mirror(ticket, first)
    return new


def _fields(first: Ticket, part: Part) -> TicketFields:
    typed = {"nature": part.nature, "severity": part.severity}
    context = {name: getattr(first, name) for name in ROWS if name not in ("known_error", *typed)}
    fits, _left_out = fitting(context, at=part.received_at, given=typed)
    return TicketFields(
        title=part.title,
        received_at=part.received_at,
        **fits,
        **{name: getattr(first, name) for name in _TAKEN},
    )


def _taken(first: Ticket, part: Part) -> tuple[list[Intervention], list[Note], list[Attachment]]:
    """The chosen rows as stored. Raises ``Stale`` for one that can't be split off, or no longer."""
    found = (
        list(splittable_work(first).filter(pk__in=[one.pk for one in part.interventions])),
        list(splittable_notes(first).filter(pk__in=[one.pk for one in part.notes])),
        list(splittable_files(first).filter(pk__in=[one.pk for one in part.attachments])),
    )
    asked = [len(rows) for rows in (part.interventions, part.notes, part.attachments)]
    if [len(rows) for rows in found] != asked:
        raise Stale(
            _(
                "Something of what you chose can’t be split off any more: work that runs, or was taken elsewhere. Look "
                "at %(number)s as it is now, then choose again."
            ),
            params={"number": first.number},
        )
    return found


def _check_milestones(first: Ticket, work: Sequence[Intervention]) -> None:
    """No milestone of the first ticket loses the work that it rests on."""
    stays = _("“%(work)s” (intervention %(number)s) resolved %(ticket)s, so it stays there. Leave it out.")
    kept = next((own for own in work if _resolved(first, own)), None)
    if kept is None and response_of(first, without=[own.pk for own in work]) != response_of(first):
        stays = _(
            "“%(work)s” (intervention %(number)s) is the response to %(ticket)s, so it stays. Leave it out."
        )
        started = [own for own in work if own.counts_as_response and own.started_at is not None]
        kept = min(started, key=lambda own: (own.started_at, own.number))
    if kept is not None:
        raise InvalidInput(
            stays,
            field="interventions",
            params={"work": str(kept), "number": kept.number, "ticket": first.number},
        )


def _resolved(first: Ticket, own: Intervention) -> bool:
    """Whether ``own`` resolved the ticket, now or before a reopening; what had resolved a duplicate did not."""
    return own.resolved_ticket and (not own.is_inherited or own.ended_at == first.resolved_at)


def _check_reception(part: Part, work: Sequence[Intervention]) -> None:
    """No work ends before its ticket is received (Spec T22)."""
    first = min((own.ended_at for own in work if own.ended_at is not None), default=None)
    if first is not None and whole_second(part.received_at) > first:
        raise InvalidInput(
            _("The reception lies after the end of work that goes along. Type an earlier instant."),
            field="received_at",
        )


def _move(
    first: Ticket,
    new: Ticket,
    work: Sequence[Intervention],
    notes: Sequence[Note],
    files: Sequence[Attachment],
) -> dict[str, int]:
    """Move the chosen rows with what belongs to them; how many of each kind moved."""
    keep_numbers(work)
    for number, own in enumerate(sorted(work, key=lambda one: one.number), start=next_work_number(new)):
        Intervention.objects.filter(pk=own.pk).update(
            ticket=new, number=number, row_version=F("row_version") + 1
        )
    attached = Attachment.objects.filter(ticket=first)
    shown = {secret for note in notes for secret in secrets_in(note.body)}
    went = attached.filter(intervention__in=work).update(ticket=new)
    went += attached.filter(pk__in=[one.pk for one in files]).update(ticket=new)
    attached.filter(secret__in=shown, is_inline=True, intervention=None).update(ticket=new)
    Note.objects.filter(pk__in=[one.pk for one in notes]).update(ticket=new)
    return {"interventions": len(work), "notes": len(notes), "attachments": went}


def _follow(new: Ticket, *, by: User | None, at: datetime) -> None:
    """Let phase and response of the new ticket follow the work that came along, as if it had been done there."""
    if worked_on(new) and new.phase == Phase.CREATED:
        finish_intake(new, by=by, at=at)
        move(new, Act.START)
        choose_status(new, None)
    follow_response(new, by=by, at=at)
    new.save()
