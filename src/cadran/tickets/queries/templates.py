"""What new tickets start from: a template, or another ticket (Spec T16)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields as fields_of
from dataclasses import replace
from datetime import datetime
from typing import Any

from cadran.catalogue.models import Nature
from cadran.contracts.queries import running_supplier_contracts
from cadran.parties.models import Team

from ..choices import Phase
from ..context import OpeningDetails, TicketFields, day_of
from ..models import CustomField, Status, Ticket, TicketTemplate
from .custom_fields import offered, template_values, values_for
from .deduction import default_team
from .filling import MAIN_SITE, fill_in
from .lists import statuses_of
from .starting import ROWS, LeftOut, Start, fitting, is_gone, usual

#: What is loaded with a template, so that judging it asks for nothing more.
TEMPLATE_ROWS = (
    "group",
    "customer",
    "site",
    "requester",
    "contract",
    "service",
    "asset__product",
    "product",
    "version",
    "nature",
    "severity",
    "priority",
    "known_error",
    "team",
    "status",
    "state",
    "first_type",
)
_TEXTS = ("title", "environment", "external_description", "internal_description", "is_shared")
#: A ticket's own fields that its duplicate takes along besides rows and texts.
_COPIED = (*_TEXTS, "customer_reference")
_CONTEXT = ("customer", "site", "requester", "contract", "service", "asset")


def fields_from_template(
    template: TicketTemplate, *, at: datetime, context: Mapping[str, Any] | None = None
) -> Start:
    """What a ticket received ``at`` that instant starts from, were it opened from the template (Spec T16).

    ``context`` are fields known otherwise (a plan's contract, what a form holds already): they win over the template's.
    What was retired since, or doesn't fit, is left out and told; what is possible only one way is filled in.
    """
    known = _backwards({name: row for name, row in (context or {}).items() if row not in (None, "")})
    rows, left_out = fitting(_rows(template), at=at, given=known)
    _fill(rows, {one.field for one in left_out}, at)
    values = {name: getattr(template, name) for name in _TEXTS}
    values = {name: value for name, value in values.items() if value != ""}
    more, details = _details(template)
    team, missing_team = _team(template, known, rows)
    nature = rows.get("nature") or usual("nature", rows.get("service"))
    custom = template_values(template, nature)
    details = replace(details, custom_values=offered(custom))
    return Start(
        at=at,
        values={**values, **rows, **_own_fields(known)},
        left_out=[*left_out, *missing_team, *more, *_gone(custom)],
        details=details,
        team=team,
        external_report=template.external_report,
        internal_report=template.internal_report,
    )


def fields_from_ticket(ticket: Ticket, *, at: datetime) -> Start:
    """What a duplicate of the ticket starts from: all its context, none of its history (Spec T16).

    Reception (``at``), channel and pilot are the new ticket's own; the coverage verdict is judged anew. What doesn't
    fit on that day is left out and told.
    """
    rows = _rows(ticket)
    if ticket.user_id != ticket.requester_id:
        rows["user"] = ticket.user
    kept, left_out = fitting(rows, at=at, given={})
    values = {name: getattr(ticket, name) for name in _COPIED}
    if ticket.desired_on is not None and ticket.desired_on >= day_of(at):
        values["desired_on"] = ticket.desired_on
    elif ticket.desired_on is not None:
        left_out.append(LeftOut("desired_on", ticket.desired_on, "past"))
    linked = ticket.supplier_contract
    if (
        linked is not None
        and "asset" in kept
        and linked in running_supplier_contracts(kept["asset"], day_of(at))
    ):
        values["supplier_contract"] = linked
    tags, retired = _tags(ticket)
    custom = values_for(ticket, ticket.nature)
    return Start(
        at=at,
        values={**values, **kept},
        left_out=[*left_out, *retired, *_gone(custom)],
        details=OpeningDetails(tags=tags, copied_from=ticket, custom_values=offered(custom)),
        team=None if is_gone(ticket.team) else ticket.team,
    )


def details_from_template(template: TicketTemplate) -> OpeningDetails:
    """Status, state, tags and first intervention of a ticket opened from the template, as far as they are in use."""
    return _details(template)[1]


def parts_to_mend(template: TicketTemplate) -> list[LeftOut]:
    """What of the template was retired since it was written, so that new tickets go without it."""
    rows = {**_rows(template), "team": template.team}
    found = [LeftOut(name, row, "retired") for name, row in rows.items() if row is not None and is_gone(row)]
    return [*found, *_details(template)[0]]


def choices_to_mend(template: TicketTemplate, nature: Nature | None) -> list[LeftOut]:
    """What the template's custom fields hold and no ticket of ``nature`` can start with any more."""
    return _gone(template_values(template, nature))


def _gone(custom: Mapping[CustomField, Any]) -> list[LeftOut]:
    kept = offered(custom)
    return [
        LeftOut(one.key, value, "retired", custom=one) for one, value in custom.items() if one not in kept
    ]


def _rows(source: Any) -> dict[str, Any]:
    return {name: getattr(source, name) for name in ROWS if name != "user"}


def _backwards(given: dict[str, Any]) -> dict[str, Any]:
    """What the given rows belong to comes along: the contract of a service, the customer of a contract or asset."""
    known = dict(given)
    if (service := known.get("service")) is not None:
        known.setdefault("contract", service.contract)
    if (asset := known.get("asset")) is not None:
        known |= {"product": asset.product, "customer": known.get("customer") or asset.customer}
        known.setdefault("site", asset.site)
    if (contract := known.get("contract")) is not None:
        known.setdefault("customer", contract.customer)
    return known


def _fill(rows: dict[str, Any], left_out: set[str], at: datetime) -> None:
    """Fill in what is possible only one way, but never anew what was left out."""
    context = {name: rows.get(name) for name in _CONTEXT}
    for name, filled in fill_in(at=at, **context).items():
        # The main site of several would only be a guess.
        if name in ROWS and name not in left_out and filled.template is not MAIN_SITE:
            rows.setdefault(name, filled.value)
    asset = rows.get("asset")
    if asset is not None and "product" not in left_out:
        rows.setdefault("product", asset.product)


def _own_fields(known: Mapping[str, Any]) -> dict[str, Any]:
    """The given fields of a ticket that are no rows."""
    names = {one.name for one in fields_of(TicketFields)} - {*ROWS, "received_at"}
    return {name: value for name, value in known.items() if name in names}


def _team(
    template: TicketTemplate, known: Mapping[str, Any], rows: Mapping[str, Any]
) -> tuple[Team | None, list[LeftOut]]:
    """The given team, else the template's, else the service's or the intake team."""
    usual = known.get("team") or default_team(rows.get("service"))
    if known.get("team") is not None or template.team is None:
        return usual, []
    if is_gone(template.team):
        return usual, [LeftOut("team", template.team, "retired", usual)]
    return template.team, []


def _details(template: TicketTemplate) -> tuple[list[LeftOut], OpeningDetails]:
    """Initial status, state, tags and first intervention, less those that can't be given any more."""
    left_out: list[LeftOut] = []
    status = _status(template.status, left_out)
    found = {"state": template.state, "first_type": template.first_type}
    for name, row in found.items():
        if row is not None and is_gone(row):
            left_out.append(LeftOut(name, row, "retired"))
    tags, retired = _tags(template)
    return [*left_out, *retired], OpeningDetails(
        status=status,
        tags=tags,
        template=template,
        **{name: None if row is None or is_gone(row) else row for name, row in found.items()},  # type: ignore[arg-type]
    )


def _status(status: Status | None, left_out: list[LeftOut]) -> Status | None:
    """The status if a new ticket can have it."""
    if status is None or (not status.is_retired and status.phase == Phase.CREATED):
        return status
    why = "retired" if status.is_retired else "phase"
    left_out.append(LeftOut("status", status, why, statuses_of(Phase.CREATED).first()))
    return None


def _tags(source: Ticket | TicketTemplate) -> tuple[list[Any], list[LeftOut]]:
    tags = list(source.tags.all())
    gone = [LeftOut("tags", tag, "retired") for tag in tags if tag.is_retired]
    return [tag for tag in tags if not tag.is_retired], gone
