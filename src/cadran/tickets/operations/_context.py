"""The context of a ticket applied: coverage judged, commitment chosen, clocks computed (Spec T8, C9, C13)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.contracts.models import CommitmentVersion
from cadran.contracts.queries import choose_commitment
from cadran.core.errors import InvalidInput
from cadran.core.models import JournalEntry
from cadran.core.writing import refuse_all

from .. import clock, rules
from ..choices import Channel, Coverage
from ..context import (
    CLOCK_FIELDS,
    COVERAGE_FIELDS,
    OVERRIDES,
    RICH_TEXTS,
    TicketFields,
    check_context,
    day_of,
    put,
    tidy,
)
from ..errors import Conflict, EditConflict
from ..models import Ticket
from ..queries.coverage import judge_coverage, override_coverage
from ._answers import check_answers, tell_answers
from ._call_taking import refuse_blocked
from ._shared import claim_pasted, iso, names, recompute, tell, tell_clocks
from ._supplier import follow_asset, tell_followed

EDITABLE = frozenset(TicketFields.__dataclass_fields__)
_NEEDED = {"customer": _("Choose the customer; a ticket can’t be without one.")}


def check_names(changes: Mapping[str, Any]) -> None:
    """Raise ``InvalidInput`` for a field that can't be edited, or one emptied that a ticket needs."""
    for name, value in changes.items():
        if name not in EDITABLE:
            raise InvalidInput(
                _("The field “%(field)s” can’t be edited."), field=name, params={"field": name}
            )
        if value is None and name in ("customer", "nature", "severity", "received_at"):
            raise InvalidInput(_NEEDED.get(name, _("Choose one; a ticket needs it.")), field=name)


def judge(ticket: Ticket, *, anew: bool = True) -> None:
    """Set the coverage boxes, verdict and reason from the ticket's fields; not ``anew``: from its overrides alone."""
    overrides = {name: getattr(ticket, name) for name in OVERRIDES}
    if anew or "deduced" not in ticket.coverage_reason:
        judged = judge_coverage(
            customer=ticket.customer,
            contract=ticket.contract,
            service=ticket.service,
            asset=ticket.asset,
            product=ticket.product,
            day=day_of(ticket.received_at),
            **overrides,
        )
    else:
        judged = override_coverage(ticket.coverage_reason, **overrides)
    ticket.pay_per_incident = judged.pay_per_incident
    ticket.out_of_scope = judged.out_of_scope
    ticket.coverage = judged.verdict
    ticket.coverage_reason = judged.reason


def choose(ticket: Ticket) -> None:
    """Set the commitment that applies. Open tickets keep their version of a commitment that was edited (Spec C13).

    On a ticket that a plan opened ahead of time no guarantee runs: what was promised is its day (Spec T31).
    """
    if ticket.channel == Channel.PLAN:
        ticket.commitment_version, ticket.commitment_level = None, ""
        return
    chosen = choose_commitment(
        requester=ticket.requester,
        service=ticket.service,
        contract=ticket.contract,
        customer=ticket.customer,
        severity=ticket.severity,
        covered=ticket.coverage == Coverage.COVERED,
    )
    kept = ticket.commitment_version
    same = (
        kept is not None and chosen.version is not None and kept.commitment_id == chosen.version.commitment_id
    )
    ticket.commitment_version = kept if same else chosen.version
    ticket.commitment_level = chosen.level


def choose_and_tell(ticket: Ticket, *, by: User | None, at: datetime, before: dict[str, Any]) -> None:
    """Choose the commitment and tell the timeline when another one, or one from elsewhere, applies."""
    choose(ticket)
    if commitment_data(ticket) != before:
        tell(ticket, "commitment_applied", by=by, at=at, before=before, **commitment_data(ticket))


def commitment_data(ticket: Ticket) -> dict[str, Any]:
    """The commitment as the timeline tells it."""
    version: CommitmentVersion | None = ticket.commitment_version
    return {
        "commitment": names(version.commitment) if version else None,
        "version": version.number if version else None,
        "level": str(ticket.commitment_level),
        "severity": names(ticket.severity),
    }


def differing(
    ticket: Ticket, seen: Ticket, changes: Mapping[str, Any], base: Mapping[str, Any]
) -> dict[str, Any]:
    """The changes that really change something, tidied. Raises :class:`EditConflict` (Spec T17).

    A field that ``base`` does not name was seen as the caller's own ticket object shows it.
    """
    wanted: dict[str, Any] = {}
    conflicts: list[Conflict] = []
    for name, typed in changes.items():
        mine, theirs = tidy(name, typed), getattr(ticket, name)
        if mine == theirs:
            continue
        was = tidy(name, base[name] if name in base else getattr(seen, name))
        if theirs != was:
            who, when = last_editor(ticket, name)
            conflicts.append(Conflict(name, was, theirs, mine, who, when))
        wanted[name] = mine
    if conflicts:
        raise EditConflict(conflicts)
    return wanted


def last_editor(ticket: Ticket, field: str) -> tuple[str, datetime | None]:
    """Who changed a field of the ticket last, and when, where the timeline tells."""
    told = ("ticket.edited", "ticket.supplier_linked", "ticket.supplier_dropped")
    rows = JournalEntry.objects.of("ticket", ticket.pk).filter(kind__in=told).order_by("-id")
    for row in rows[:50]:
        if any(change["field"] == field for change in row.data.get("changes", ())):
            return row.author_name, row.recorded_at
    return "", None


def apply_changes(
    ticket: Ticket,
    wanted: dict[str, Any],
    *,
    answers: Mapping[int, str] | None = None,
    told: Mapping[str, Any] | None = None,
    by: User | None,
    at: datetime,
) -> None:
    """Change fields of a taken ticket, judge and compute what depends on them, and tell the timeline.

    ``told`` goes along with the row that tells the changes.

    A ticket never moves to a customer who is blocked; ``answers`` are those to what another severity or asset asks
    (Spec T13). Raises ``InvalidInput`` or ``InvalidInputs``, ``NotAllowed``. Does not save.
    """
    if any(name in wanted for name in OVERRIDES):
        rules.require(by, Right.OVERRIDE_COVERAGE)
    before = {name: getattr(ticket, name) for name in (*wanted, "product", "user")}
    verdict, commitment, shots = _verdict(ticket), commitment_data(ticket), clock.shots(ticket)
    supplier_contract = ticket.supplier_contract
    _put_checked(ticket, wanted, at=at)
    asks = not {"severity", "asset"}.isdisjoint(wanted)
    alerts = check_answers(ticket, answers or {}) if asks else []
    changed = [name for name in before if before[name] != getattr(ticket, name)]
    changes = [
        {"field": name, "before": names(before[name]), "after": names(getattr(ticket, name))}
        for name in changed
    ]
    tell(ticket, "edited", by=by, at=at, changes=changes, **(told or {}))
    tell_answers(ticket, alerts, answers or {}, by=by, at=at)
    if "supplier_contract" not in wanted:
        tell_followed(ticket, supplier_contract, by=by, at=at)
    claim_pasted(
        [(wanted[name], name == "external_description") for name in RICH_TEXTS if name in wanted],
        ticket,
        by=by,
        at=at,
    )
    if CLOCK_FIELDS.isdisjoint(changed):
        return
    judge(ticket, anew=not COVERAGE_FIELDS.isdisjoint(changed))
    if _verdict(ticket) != verdict:
        tell(ticket, "coverage_judged", by=by, at=at, before=verdict[0], coverage=ticket.coverage,
             reason=ticket.coverage_reason)  # fmt: skip
    if ticket.resolved_at is None:
        choose_and_tell(ticket, by=by, at=at, before=commitment)
    recompute(ticket, at=at)
    tell_clocks(ticket, shots, reason="edited", by=by, at=at)


def _put_checked(ticket: Ticket, wanted: Mapping[str, Any], *, at: datetime) -> None:
    """Set fields with what follows from them: the user from the requester, the product from the asset."""
    if "requester" in wanted and "user" not in wanted and ticket.user_id in (None, ticket.requester_id):
        wanted = {**wanted, "user": wanted["requester"]}
    if "customer" in wanted:
        refuse_blocked(wanted["customer"])
    put(ticket, wanted)
    follow_asset(ticket, wanted)
    refuse_all(check_context(ticket, frozenset(wanted), at=at))


def _verdict(ticket: Ticket) -> tuple[str, Any]:
    return ticket.coverage, ticket.coverage_reason


def opening_data(ticket: Ticket) -> dict[str, Any]:
    """What the first row of the timeline keeps."""
    return {
        "number": ticket.number,
        "title": ticket.title,
        "customer": str(ticket.customer),
        "team": names(ticket.team),
        "status": names(ticket.status),
        "channel": ticket.channel,
        "coverage": ticket.coverage,
        "reason": ticket.coverage_reason,
        "received_at": iso(ticket.received_at),
        "response_due_at": iso(ticket.response_due_at),
        "resolution_due_at": iso(ticket.resolution_due_at),
    }
