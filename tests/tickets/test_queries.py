"""What screens read: deductions, fillings, the timeline, allowed acts, lists (Spec T2, T4, T6, T11)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from cadran.accounts.rights import Right
from cadran.contracts.models import Level
from cadran.core.business_rules import set_business_rule
from cadran.core.models import JournalEntry
from cadran.parties.models import Site, Team
from cadran.tickets.business_rules import INTAKE_TEAM
from cadran.tickets.choices import Closing, Coverage, Phase
from cadran.tickets.models import InterventionType, Ticket
from cadran.tickets.operations import (
    InterventionDetails,
    add_intervention,
    assign_ticket,
    cancel_ticket,
    change_status,
    close_ticket,
    edit_intervention,
    edit_ticket,
    open_ticket,
    reopen_ticket,
    resume_ticket,
    suspend_ticket,
    take_ticket,
)
from cadran.tickets.queries import (
    actions_for,
    clock_view,
    deduce,
    field_label,
    fill_in,
    statuses_of,
    tickets_of_agent,
    timeline,
    value_text,
    with_nothing_open,
)
from cadran.tickets.queries.filling import still_to_choose
from cadran.tickets.queries.sentences import _SENTENCES
from tests.factories.desk import Desk, colleague, paris
from tests.factories.trade import a_contract, a_customer, a_product, a_service, an_asset

AT = paris("2026-03-02 10:00")
HOUR = timedelta(hours=1)


def suspend(desk: Desk, ticket: Ticket, at: Any) -> None:
    suspend_ticket(ticket=ticket, began_at=at, reason=desk.reason(), status=None, by=desk.user, at=at)


class TestDeduce:
    def test_agrees_with_the_ticket_that_is_opened(self, desk: Desk) -> None:
        """Coverage, commitment and due dates shown while typing are those of the saved ticket (Spec T6, C9)."""
        fields = desk.fields(AT - HOUR)
        found = deduce(fields=fields, at=AT)
        ticket = desk.open(AT - HOUR, at=AT)
        assert found.coverage == ticket.coverage
        assert found.commitment.version == ticket.commitment_version
        assert found.commitment.level == Level.SERVICE
        assert (found.response.clock.due_at, found.resolution.clock.due_at) == (
            ticket.response_due_at, ticket.resolution_due_at,
        )  # fmt: skip
        assert (found.response.clock.guarantee_text, found.response.schedule) == ("4 h", str(desk.schedule))
        assert found.response.clock.used_fraction == 0.25

    def test_an_intake_that_responds_is_told_while_typing(self, desk: Desk) -> None:
        """What entering the ticket counts for is not counted down any more (Spec T12, C10)."""
        InterventionType.objects.filter(is_intake=True).update(counts_as_response=True)
        fields = desk.fields(AT - HOUR)
        found = deduce(fields=fields, at=AT, form_opened_at=AT - HOUR / 2)
        ticket = open_ticket(fields=fields, team=desk.team, by=desk.user, at=AT, form_opened_at=AT - HOUR / 2)
        clocks = clock_view(ticket, AT)
        assert (found.response.clock, found.resolution.clock) == (clocks.response, clocks.resolution)
        assert found.response.clock.met_at == AT - HOUR / 2

    def test_an_empty_form(self, desk: Desk) -> None:
        """Nothing chosen yet: pay per incident, no clock, the intake team (Spec T8, T11)."""
        set_business_rule(definition=INTAKE_TEAM, value=desk.team.pk, by=None, at=AT)
        found = deduce(fields={}, at=AT)
        assert (found.coverage, found.coverage_reason["code"]) == (Coverage.PAY_PER_INCIDENT, "no_customer")
        assert (found.commitment.version, found.response.clock.due_at, found.team) == (None, None, desk.team)

    def test_the_services_team_comes_first(self, desk: Desk) -> None:
        """Default from the service, else the company's intake team (Spec T11)."""
        team = Team.objects.create(code="network", name_fr="Réseau")
        desk.service.default_team = team
        assert deduce(fields=desk.fields(AT), at=AT).team == team


class TestFillIn:
    def test_backwards_from_an_asset(self, desk: Desk) -> None:
        """Customer, site, contract and service follow from the asset, each with its reason (Spec T6)."""
        a_service(desk.contract, label="Other")
        filled = fill_in(at=AT, asset=desk.asset)
        values = {name: one.value for name, one in filled.items()}
        assert values == {
            "customer": desk.customer, "site": desk.site, "product": desk.product, "requester": desk.requester,
            "contract": desk.contract, "service": desk.service,
        }  # fmt: skip
        with translation.override("en"):
            assert str(desk.asset) in filled["service"].reason

    def test_where_one_value_is_possible(self, desk: Desk) -> None:
        """The only site, requester, contract, service and asset (Spec T6)."""
        assert {"site", "requester", "contract", "service", "asset"} == set(
            fill_in(at=AT, customer=desk.customer)
        )
        other = a_contract(desk.customer, label="Second")
        a_service(other)
        Site.objects.create(customer=desk.customer, name="Depot")
        filled = fill_in(at=AT, customer=desk.customer)
        assert "contract" not in filled
        assert filled["site"].value == desk.site  # the main one

    def test_what_was_chosen_stays(self, desk: Desk) -> None:
        """Only empty fields are filled (Spec T6)."""
        depot = Site.objects.create(customer=desk.customer, name="Depot")
        filled = fill_in(at=AT, customer=desk.customer, site=depot, asset=desk.asset)
        assert "customer" not in filled
        assert "site" not in filled

    def test_the_services_defaults(self, desk: Desk) -> None:
        """Severity, nature and team of the service (Spec C2)."""
        desk.service.default_severity = desk.severity("minor")
        desk.service.default_team = desk.team
        filled = fill_in(at=AT, customer=desk.customer, contract=desk.contract, service=desk.service)
        assert (filled["severity"].value, filled["team"].value) == (desk.severity("minor"), desk.team)

    def test_a_stranger_fills_nothing(self, desk: Desk) -> None:
        """Several possible values, or none: nothing is filled in (Spec T6)."""
        assert fill_in(at=AT) == {}
        other = a_customer("Verre Martin")
        assert set(fill_in(at=AT, customer=other)) == {"site"}
        asset = an_asset(other, a_product("crm"), name="CRM")
        assert "contract" not in fill_in(at=AT, asset=asset)

    def test_what_is_still_to_choose(self, desk: Desk) -> None:
        """Contract or service, while several are possible and none is chosen (Spec T6)."""

        def left(contract: Any = None, service: Any = None, customer: Any = desk.customer) -> str:
            return still_to_choose(at=AT, customer=customer, contract=contract, service=service)

        assert (left(), left(desk.contract), left(customer=None)) == ("", "", "")
        a_service(desk.contract, label="Night line")
        assert (left(), left(desk.contract), left(desk.contract, desk.service)) == ("", "service", "")
        a_contract(desk.customer)
        assert (left(), left(desk.contract)) == ("contract", "service")


class TestTimeline:
    def everything(self, desk: Desk) -> Ticket:
        ticket = desk.open(AT, external_description="<p>Mute</p>", internal_description="<p>Old one</p>")
        take_ticket(ticket=ticket, by=desk.user, at=AT)
        assign_ticket(ticket=ticket, team=desk.team, assignee=None, by=desk.user, at=AT)
        change_status(ticket=ticket, status=desk.status("to-qualify"), state=None, by=desk.user, at=AT)
        edit_ticket(ticket=ticket, changes={"out_of_scope_override": True}, base={}, by=desk.user, at=AT)
        edit_ticket(ticket=ticket, changes={"out_of_scope_override": None}, base={}, by=desk.user, at=AT)
        suspend_ticket(
            ticket=ticket, began_at=AT, reason=desk.reason(), status=None, appointment_at=AT + 9 * HOUR,
            by=desk.user, at=AT,
        )  # fmt: skip
        resume_ticket(ticket=ticket, ended_at=AT + HOUR, status=None, by=desk.user, at=AT + HOUR)
        work = desk.work(ticket, AT + HOUR)
        edit_intervention(intervention=work, changes={"label": "Drum"}, base={}, by=desk.user, at=AT + HOUR)
        desk.finish(work, AT + 2 * HOUR, intervened=False, external_report="<p>Swapped</p>")
        desk.resolve(ticket, AT + 3 * HOUR)
        close_ticket(
            ticket=ticket, closing=Closing.INTERNALLY, closed_at=AT + 4 * HOUR, status=None, state=None,
            by=desk.user, at=AT + 4 * HOUR,
        )  # fmt: skip
        reopen_ticket(
            ticket=ticket,
            reason="<b>Again</b>",
            status=None,
            state=None,
            copy=None,
            by=desk.user,
            at=AT + 5 * HOUR,
        )
        cancel_ticket(
            ticket=ticket, closed_at=AT + 6 * HOUR, status=None, state=None, reason="100 %", by=desk.user,
            at=AT + 6 * HOUR,
        )  # fmt: skip
        return ticket

    @pytest.mark.parametrize("language", ["en", "fr"])
    def test_every_act_has_its_sentence(self, desk: Desk, language: str) -> None:
        """Each row is told in the reader's language, names escaped, in the order of instants (Spec T4)."""
        ticket = self.everything(desk)
        with translation.override(language):
            items = timeline(ticket, desk.user)
            texts = {item.code: item.text for item in items if item.kind == "journal"}
            pages = [item.html for item in items]
        kinds = {row.kind.removeprefix("ticket.") for row in JournalEntry.objects.of("ticket", ticket.pk)}
        assert kinds == set(texts) <= set(_SENTENCES)
        assert all(text and "%(" not in text for text in texts.values())
        assert "<b>&lt;b&gt;Again&lt;/b&gt;.</b>" in "".join(pages)
        assert [item.at for item in items] == sorted(item.at for item in items)
        assert items[0].code == "opened"
        reports = [item for item in items if item.kind == "report"]
        assert [(one.seen, one.body) for one in reports] == [("external", "<p>Swapped</p>")]
        assert {one.seen for one in items if one.kind == "description"} == {"external", "internal"}

    def test_without_the_right_it_is_empty(self, desk: Desk) -> None:
        """Seeing tickets is a right (Spec R2)."""
        assert timeline(desk.open(AT), colleague(desk, Right.SEE_CUSTOMERS), None) == []

    def test_what_a_field_was_and_is_now(self, desk: Desk) -> None:
        """Who changed what from what to what; texts can be opened, due dates are instants (Spec T4, T24)."""
        ticket = self.everything(desk)
        edit_ticket(ticket=ticket, changes={"title": "Drum", "external_description": "<p>Mute!</p>"}, base={},
                    by=desk.user, at=AT + 7 * HOUR)  # fmt: skip
        with translation.override("en"):
            items = timeline(ticket, desk.user)
        shown = [one for item in items if item.code == "edited" for one in item.changes]
        title, text = shown[-2:]
        assert (title.before, title.after, title.is_text) == ("Printer is mute", "Drum", False)
        assert (text.before, text.after, text.is_text) == ("<p>Mute</p>", "<p>Mute!</p>", True)
        label = next(item for item in items if item.code == "intervention_edited").changes[0]
        assert (label.field, label.before, label.after) == ("label", "–", "Drum")
        given = next(item for item in items if item.code == "assigned").changes
        assert [(one.field, one.before, one.after) for one in given] == [("assignee", "Karim Benali", "–")]
        dues = {one.field: one for item in items if item.code == "resumed" for one in item.dues}
        assert dues["resolution"].before_at == paris("2026-03-02 18:00")
        assert dues["resolution"].after_at == paris("2026-03-03 10:00")
        assert not any(item.dues for item in items if item.code == "suspended")

    def test_the_opening_comes_first(self, desk: Desk) -> None:
        """The intake began before the form was saved; the response it gives stands after the opening (Spec T4)."""
        InterventionType.objects.filter(is_intake=True).update(counts_as_response=True)
        ticket = open_ticket(
            fields=desk.fields(AT), team=desk.team, by=desk.user, at=AT + timedelta(seconds=50),
            form_opened_at=AT + timedelta(seconds=5),
        )  # fmt: skip
        codes = [item.code for item in timeline(ticket, desk.user)]
        assert codes[0] == "opened"
        assert "responded" in codes

    def test_names_and_values_of_changes(self, desk: Desk) -> None:
        """Fields and values for people (Spec T4)."""
        with translation.override("en"):
            assert field_label("severity") == "severity"
            assert field_label("out_of_scope_override") == "out of scope"
            assert value_text({"fr": "Majeure", "en": "Major"}) == "Major"
            assert (value_text(None), value_text(True)) == ("–", "yes")
            assert value_text("A Title with T") == "A Title with T"


class TestActions:
    def codes(self, desk: Desk, ticket: Ticket, **given: Any) -> tuple[set[str], str]:
        found = actions_for(ticket, given.get("user", desk.user), now=AT + 5 * HOUR)
        primary = [action.code for action in found if action.is_primary]
        assert len(primary) <= 1
        return {action.code for action in found}, primary[0] if primary else ""

    def test_the_likely_act_follows_the_life_cycle(self, desk: Desk) -> None:
        """One primary button: the most likely next act (design: ui)."""
        ticket = desk.open(AT)
        assert self.codes(desk, ticket)[1] == "take"
        take_ticket(ticket=ticket, by=desk.user, at=AT)
        assert self.codes(desk, ticket)[1] == "add_intervention"
        add_intervention(ticket=ticket, details=InterventionDetails(type=desk.type()), by=desk.user, at=AT)
        assert self.codes(desk, ticket)[1] == "start"
        work = desk.work(ticket, AT + HOUR)
        assert self.codes(desk, ticket)[1] == "finish"
        suspend(desk, ticket, AT + HOUR)
        codes, primary = self.codes(desk, ticket)
        assert primary == "resume"
        assert "start" in codes  # it asks to resume first (Spec T23)
        assert not {"suspend", "close", "reopen"} & codes
        work.ticket = ticket
        desk.finish(work, AT + 2 * HOUR, resolved=True)
        assert self.codes(desk, ticket)[1] == "close"
        close_ticket(
            ticket=ticket, closing=Closing.INTERNALLY, closed_at=AT + 3 * HOUR, status=None, state=None,
            by=desk.user, at=AT + 3 * HOUR,
        )  # fmt: skip
        codes, primary = self.codes(desk, ticket)
        assert (primary, "reopen" in codes, "add_intervention" in codes) == ("", True, False)

    def test_without_rights_nothing_is_offered(self, desk: Desk) -> None:
        """Every act by its right (Spec R2)."""
        user = colleague(desk, Right.SEE_TICKETS)
        assert self.codes(desk, desk.open(AT), user=user) == (set(), "")


def test_forgotten_tickets(desk: Desk) -> None:
    """In progress with nothing open on it (Spec T2)."""
    ticket = desk.open(AT)
    work = desk.work(ticket, AT)
    assert not with_nothing_open(Ticket.objects.all())
    desk.finish(work, AT + HOUR)
    assert list(with_nothing_open(Ticket.objects.all())) == [ticket]


def test_tickets_of_an_agent(desk: Desk) -> None:
    """Assigned, or with unfinished work of theirs; open ones only."""
    mine, worked, done = desk.open(AT), desk.open(AT), desk.open(AT)
    take_ticket(ticket=mine, by=desk.user, at=AT)
    details = InterventionDetails(type=desk.type(), assignee=desk.agent)
    add_intervention(ticket=worked, details=details, by=desk.user, at=AT)
    desk.resolve(done, AT + HOUR, closed_internally=True)
    assert set(tickets_of_agent(desk.agent)) == {mine, worked}


def test_statuses_of_a_phase(desk: Desk) -> None:
    """Those of the phase that are in use, the default first (Spec T1)."""
    assert [row.code for row in statuses_of(Phase.CREATED)] == ["created", "to-qualify"]
    row = desk.status("to-qualify")
    row.is_retired = True
    row.save()
    assert [row.code for row in statuses_of(Phase.CREATED)] == ["created"]
