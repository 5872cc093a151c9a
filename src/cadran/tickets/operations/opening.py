"""Opening a ticket (Spec T5, T6, T8, T11, T12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields as fields_of
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.business_rules import value_of
from cadran.core.errors import InvalidInput
from cadran.core.instants import whole_second
from cadran.core.numbering import next_number
from cadran.core.richtext import sanitise
from cadran.core.writing import refuse_all
from cadran.parties.models import Team

from .. import clock, rules
from ..business_rules import TICKET_PREFIX
from ..choices import ALWAYS_SHARED
from ..context import OVERRIDES, Found, OpeningDetails, TicketFields, check_context, put, tidy
from ..models import Attachment, Intervention, InterventionType, Ticket
from ._answers import check_answers, nobody_answers, tell_answers
from ._call_taking import refuse_blocked
from ._context import choose, commitment_data, judge, opening_data
from ._custom_fields import opening_values, put_custom_values
from ._links import put_links, take_linked
from ._shared import choose_state, choose_status, claim_pasted, tell
from ._starting import require_start, take_along
from ._supplier import find_supplier_contract, tell_followed
from ._tags import put_tags, tag_called
from ._work import claim_reports, follow_response


def open_ticket(
    *,
    fields: TicketFields,
    team: Team | None,
    by: User | None,
    at: datetime,
    form_opened_at: datetime | None = None,
    external_report: str = "",
    internal_report: str = "",
    attachments: Sequence[Attachment] = (),
    details: OpeningDetails | None = None,
) -> Ticket:
    """Open a ticket under a fresh number, with its intake intervention and its clocks.

    ``form_opened_at`` is when its entry began; ``attachments`` are files that were added before saving. Raises
    ``CustomerBlocked``, ``AnswerNeeded``, ``InvalidInput`` or ``InvalidInputs``, ``NotAllowed``.
    """
    rules.require(by, Right.OPEN_TICKETS)
    at, details = whole_second(at), details or OpeningDetails()
    require_start(details, by)
    ticket = _filled(fields, team, by=by, at=at)
    asks = details.asks_answers and not nobody_answers(ticket, by=by)
    alerts = check_answers(ticket, details.answers, asks=asks)
    custom = opening_values(ticket, details.custom_values, asks=details.asks_fields and by is not None)
    with transaction.atomic():
        links = take_linked(details.links)
        _save(ticket, details, at=at)
        put_custom_values(ticket, custom)
        words = [tag_called(word, by=by, at=at) for word in details.tag_words]
        put_tags(ticket, added=[*details.tags, *words], by=by, at=at)
        tell(ticket, "opened", by=by, at=at, internal=False, **opening_data(ticket))
        if ticket.commitment_version is not None:
            tell(ticket, "commitment_applied", by=by, at=at, **commitment_data(ticket))
        tell_answers(ticket, alerts, details.answers, by=by, at=at)
        if fields.supplier_contract is Found.BY_ITSELF:
            tell_followed(ticket, None, by=by, at=at)
        intake = _intake(ticket, by=by, at=at, form_opened_at=form_opened_at)
        intake.external_report, intake.internal_report = sanitise(external_report), sanitise(internal_report)
        _save_intake(intake, by=by, at=at)
        claim_pasted(
            [(ticket.external_description, True), (ticket.internal_description, False)],
            ticket,
            by=by,
            at=at,
            others=attachments,
        )
        claim_reports(intake, by=by, at=at)
        put_links(ticket, links, by=by, at=at)
        take_along(ticket, details, by=by, at=at)
    return ticket


def _filled(fields: TicketFields, team: Team | None, *, by: User | None, at: datetime) -> Ticket:
    """A new ticket with its typed fields, checked."""
    if fields.customer is None:
        raise InvalidInput(_("Choose the customer; a ticket can’t be saved without one."), field="customer")
    refuse_blocked(fields.customer)
    values = {field.name: tidy(field.name, getattr(fields, field.name)) for field in fields_of(fields)}
    if any(values[name] is not None for name in OVERRIDES):
        rules.require(by, Right.OVERRIDE_COVERAGE)
    if values["user"] is None:
        values["user"] = values["requester"]
    if values["pilot"] is None:
        values["pilot"] = rules.agent_of(by)
    if values["asset"] is not None and values["product"] is None:
        values["product"] = values["asset"].product
    find_supplier_contract(values)
    if values["channel"] in ALWAYS_SHARED:
        values["is_shared"] = True
    ticket = Ticket(entered_at=at)
    put(ticket, values)
    errors = check_context(ticket, frozenset(values), at=at)
    if team is None:
        errors.append(InvalidInput(_("Choose the team in charge; a ticket needs one."), field="team"))
    elif team.is_retired:
        errors.append(
            InvalidInput(
                _("The team %(team)s is no longer in use. Choose another one."),
                field="team",
                params={"team": team},
            )
        )
    refuse_all(errors)
    assert team is not None
    ticket.team = team
    return ticket


def _save(ticket: Ticket, details: OpeningDetails, *, at: datetime) -> None:
    """Number and save a new ticket with its status, its coverage verdict and its clocks."""
    # The number first: its row lock makes parallel openings wait for each other, not fail.
    ticket.number = f"{value_of(TICKET_PREFIX)}{next_number('ticket')}"
    choose_status(ticket, details.status)
    choose_state(ticket, details.state)
    judge(ticket)
    choose(ticket)
    clock.recompute(ticket, at=at)
    ticket.save()


def _save_intake(intake: Intervention, *, by: User | None, at: datetime) -> None:
    """Save the intake, which is the response too where its type says so (Spec T12)."""
    intake.save()
    if intake.counts_as_response:
        follow_response(intake.ticket, by=by, at=at)
        intake.ticket.save()


def _intake(
    ticket: Ticket, *, by: User | None, at: datetime, form_opened_at: datetime | None
) -> Intervention:
    """The intervention that traces the entry, from the opening of the form to saving (Spec T12)."""
    kind = InterventionType.objects.filter(is_intake=True).first()
    if kind is None:
        raise InvalidInput(_("No intervention type is the intake. Mark one as intake in the settings first."))
    began = at if form_opened_at is None else min(whole_second(form_opened_at), at)
    return Intervention(
        ticket=ticket,
        number=1,
        type=kind,
        team=ticket.team,
        assignee=rules.agent_of(by),
        started_at=began,
        counts_as_response=kind.counts_as_response,
        created_by=by,
        created_at=at,
    )
