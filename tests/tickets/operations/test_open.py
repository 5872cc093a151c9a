"""Opening a ticket (Spec T5, T6, T11, T12)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile

from cadran.accounts.rights import Right
from cadran.core.business_rules import set_business_rule
from cadran.core.errors import CadranError, InvalidInput, InvalidInputs, NotAllowed
from cadran.core.models import JournalEntry, Sequence
from cadran.tickets.business_rules import TICKET_PREFIX
from cadran.tickets.choices import ClockState, Phase
from cadran.tickets.models import InterventionType, Ticket
from cadran.tickets.operations import add_attachment, open_ticket
from tests.factories.desk import Desk, colleague, paris
from tests.factories.trade import a_contact, a_contract, a_customer, a_nature, a_product, a_service, an_asset

AT = paris("2026-03-02 10:00")


def fields_refused(refusal: CadranError) -> set[str]:
    errors = refusal.errors if isinstance(refusal, InvalidInputs) else [refusal]
    return {error.field for error in errors}


def test_a_ticket_gets_number_status_people_and_clocks(desk: Desk) -> None:
    """Number with prefix, default status, user and pilot by default, product of the asset (Spec T5, T6)."""
    first, second = desk.open(AT), desk.open(AT)
    assert (first.number, second.number) == ("DEM-1", "DEM-2")
    assert (first.phase, first.status.code, first.entered_at) == (Phase.CREATED, "created", AT)
    assert (first.user, first.pilot, first.product) == (desk.requester, desk.agent, desk.product)
    assert (first.team, first.assignee) == (desk.team, None)
    assert first.response_clock == ClockState.RUNNING


def test_the_prefix_is_a_business_rule(desk: Desk) -> None:
    """Existing numbers stay, the sequence goes on (Spec T5)."""
    desk.open(AT)
    set_business_rule(definition=TICKET_PREFIX, value="SUP.", by=None, at=AT)
    assert desk.open(AT).number == "SUP.2"


def test_the_intake_traces_the_entry(desk: Desk) -> None:
    """From the opening of the form to saving, with the reports typed; no response by default (Spec T6, T12)."""
    opened = AT - timedelta(minutes=12)
    ticket = open_ticket(
        fields=desk.fields(AT - timedelta(hours=1)),
        team=desk.team,
        by=desk.user,
        at=AT,
        form_opened_at=opened,
        external_report="<p>Seen<script>x()</script></p>",
        internal_report="<p>Cable</p>",
    )
    intake = ticket.interventions.get()
    assert intake.type.is_intake
    assert (intake.started_at, intake.ended_at, intake.assignee) == (opened, None, desk.agent)
    assert (intake.external_report, intake.internal_report) == ("<p>Seen</p>", "<p>Cable</p>")
    assert ticket.responded_at is None


def test_an_intake_that_counts_as_response_responds(desk: Desk) -> None:
    """A setting of its type; the response never lies before the reception (Spec T12, T19)."""
    InterventionType.objects.filter(is_intake=True).update(counts_as_response=True)
    ticket = open_ticket(
        fields=desk.fields(AT), team=desk.team, by=desk.user, at=AT, form_opened_at=AT - timedelta(minutes=5)
    )
    assert (ticket.responded_at, ticket.response_clock) == (AT, ClockState.MET)
    assert JournalEntry.objects.get(kind="ticket.responded").data["clock"] == "met"


def test_an_intake_may_start_before_the_reception(desk: Desk) -> None:
    """Spec T12, T19: the form stood open before the call came; its own dates do, and the response is the reception."""
    opened = AT - timedelta(minutes=5)
    ticket = open_ticket(
        fields=desk.fields(AT - timedelta(minutes=2)),
        team=desk.team,
        by=desk.user,
        at=AT,
        form_opened_at=opened,
    )
    intake = ticket.interventions.get()
    assert intake.started_at == opened
    desk.finish(intake, AT, started_at=opened, intervened=True)
    ticket.refresh_from_db()
    assert ticket.interventions.get().ended_at == AT
    assert ticket.responded_at == AT - timedelta(minutes=2)


def test_nothing_is_saved_without_customer_team_or_title(desk: Desk) -> None:
    """Customer, team and title are mandatory; the number is not used up (Spec T8, T11)."""
    with pytest.raises(InvalidInput) as refused:
        desk.open(AT, customer=None)
    assert refused.value.field == "customer"
    with pytest.raises(InvalidInputs) as several:
        open_ticket(fields=desk.fields(AT, title="  "), team=None, by=desk.user, at=AT)
    assert fields_refused(several.value) == {"title", "team"}
    assert not Ticket.objects.exists()
    assert not JournalEntry.objects.filter(subject_kind="ticket").exists()
    assert not Sequence.objects.filter(name="ticket", last__gt=0).exists()


def test_what_belongs_to_another_customer_is_refused(desk: Desk) -> None:
    """Site, requester, contract, service, asset and version must fit together, each with its sentence (Spec T6)."""
    other = a_customer("Verre Martin")
    contact = a_contact(other, "Petit")
    asset = an_asset(other, a_product("crm"), name="CRM")
    contract = a_contract(other)
    service = a_service(contract, label="Other")
    with pytest.raises(InvalidInputs) as refused:
        desk.open(
            AT, site=other.sites.get(), requester=contact, asset=asset, contract=contract, service=service
        )
    assert fields_refused(refused.value) == {"site", "requester", "user", "asset", "contract"}
    with pytest.raises(InvalidInput) as refused_service:
        desk.open(AT, service=service)
    assert refused_service.value.field == "service"
    with pytest.raises(InvalidInput) as refused_product:
        desk.open(AT, product=a_product("scanner"))
    assert refused_product.value.field == "product"


def test_the_service_allows_natures(desk: Desk) -> None:
    """Only the allowed natures of the service (Spec C2)."""
    allowed = a_nature("audit")
    desk.service.allowed_natures.add(allowed)
    with pytest.raises(InvalidInput) as refused:
        desk.open(AT)
    assert refused.value.field == "nature"
    assert desk.open(AT, nature=allowed).nature == allowed


def test_no_reception_in_the_future(desk: Desk) -> None:
    """A ticket can't be received after it is entered (Spec T22)."""
    with pytest.raises(InvalidInput) as refused:
        desk.open(AT + timedelta(seconds=1), at=AT)
    assert refused.value.field == "received_at"


def test_retired_choices_are_refused(desk: Desk) -> None:
    """Retired reference data can't be chosen anew (Spec T1)."""
    severity = desk.severity("minor")
    severity.is_retired = True
    severity.save()
    with pytest.raises(InvalidInput) as refused:
        desk.open(AT, severity=severity)
    assert refused.value.field == "severity"


def test_no_right(desk: Desk) -> None:
    """Opening is a right of its own (Spec R2)."""
    user = colleague(desk, Right.SEE_TICKETS, Right.EDIT_TICKETS)
    with pytest.raises(NotAllowed):
        desk.open(AT, by=user)
    assert not Ticket.objects.exists()


@pytest.mark.parametrize("channel", ["portal", "mail"])
def test_tickets_of_customers_are_always_shared(desk: Desk, channel: str) -> None:
    """Shared with customer: always for tickets from the portal or mail (Spec T6)."""
    assert desk.open(AT, channel=channel, is_shared=False).is_shared
    assert not desk.open(AT, is_shared=False).is_shared


def test_pasted_images_and_added_files_go_with_the_ticket(desk: Desk, settings: Any, tmp_path: Any) -> None:
    """What was pasted or added before saving is attached at saving, external where the text is (Spec T14)."""
    settings.MEDIA_ROOT = tmp_path
    png = b"\x89PNG\r\n\x1a\n" + b"0" * 20

    def pasted() -> Any:
        return add_attachment(
            ticket=None, name="shot.png", content=ContentFile(png), is_external=False, is_inline=True,
            by=desk.user, at=AT,
        )  # fmt: skip

    outside, inside, forgotten = pasted(), pasted(), pasted()
    file = add_attachment(
        ticket=None, name="log.txt", content=ContentFile(b"log"), is_external=True, by=desk.user, at=AT
    )
    image = '<p>See <img src="/attachments/{}/shot.png"></p>'
    ticket = open_ticket(
        fields=desk.fields(
            AT,
            external_description=image.format(outside.secret),
            internal_description=image.format(inside.secret),
        ),
        team=desk.team,
        by=desk.user,
        at=AT,
        attachments=[file],
    )
    for row in (outside, inside, forgotten, file):
        row.refresh_from_db()
    assert (outside.ticket, outside.is_external) == (ticket, True)
    assert (inside.ticket, inside.is_external) == (ticket, False)
    assert (file.ticket, file.is_external) == (ticket, True)
    assert forgotten.ticket is None
    assert outside.secret in ticket.external_description


@pytest.mark.parametrize("prefix", ["DEM/", "A B-", "DEM-2", "DEM?", "%"])
def test_a_prefix_that_breaks_addresses_or_numbers_is_refused(desk: Desk, prefix: str) -> None:
    """Spec R7: a slash breaks every address of a ticket, and a figure at its end makes two numbers alike."""
    with pytest.raises(InvalidInput, match="begins with letters") as refused:
        set_business_rule(definition=TICKET_PREFIX, value=prefix, by=None, at=AT)
    assert refused.value.field == "TICKET_PREFIX"
    assert desk.open(AT).number.startswith("DEM-")


@pytest.mark.parametrize("prefix", ["", "SAV2026-", "équipe_", "A.B."])
def test_a_prefix_of_letters_figures_and_a_few_signs_is_kept(desk: Desk, prefix: str) -> None:
    """Spec R7: also none at all."""
    assert set_business_rule(definition=TICKET_PREFIX, value=prefix, by=None, at=AT) == prefix


@pytest.mark.parametrize("year", [1, 226, 1999])
def test_no_ticket_is_older_than_the_year_2000(desk: Desk, year: int) -> None:
    """Spec R7: a mistyped year of the reception is refused and nothing is saved."""
    with pytest.raises(InvalidInput, match="before the year 2000") as refused:
        desk.open(AT.replace(year=year), at=AT)
    assert refused.value.field == "received_at"
    assert not Ticket.objects.exists()
