"""Editing a ticket, also two people at once (Spec T1, T4, T16, T17)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cadran.accounts.rights import Right
from cadran.core.errors import InvalidInput, InvalidInputs, NotAllowed, Stale
from cadran.core.models import JournalEntry
from cadran.tickets.models import State, Ticket
from cadran.tickets.operations import EditConflict, change_status, edit_ticket, suspend_ticket
from tests.factories.desk import Desk, colleague, paris
from tests.factories.trade import a_contact, a_customer

AT = paris("2026-03-02 10:00")


def test_each_changed_field_is_told_before_and_after(desk: Desk) -> None:
    """The timeline holds fields before and after, reference rows in both languages (Spec T4)."""
    ticket = desk.open(AT)
    edit_ticket(
        ticket=ticket,
        changes={"title": " Printer is on fire ", "severity": desk.severity("blocking")},
        base={"title": "Printer is mute", "severity": desk.severity("major")},
        by=desk.user,
        at=AT,
    )
    row = JournalEntry.objects.get(kind="ticket.edited")
    assert row.data["changes"] == [
        {"field": "title", "before": "Printer is mute", "after": "Printer is on fire"},
        {
            "field": "severity",
            "before": {"fr": "Majeure", "en": "Major"},
            "after": {"fr": "Bloquante", "en": "Blocking"},
        },
    ]
    assert (row.author, row.author_name) == (desk.user, str(desk.user))


def test_the_second_to_save_the_same_field_chooses(desk: Desk) -> None:
    """Nothing is silently overwritten; what the first changed is shown with name and time (Spec T17)."""
    ticket = desk.open(AT)
    mine = Ticket.objects.get(pk=ticket.pk)
    other = colleague(desk, Right.EDIT_TICKETS)
    edit_ticket(ticket=ticket, changes={"title": "Theirs"}, base={"title": ticket.title}, by=other, at=AT)
    changes = {"title": "Mine", "customer_reference": "PO 7"}
    base = {"title": "Printer is mute", "customer_reference": ""}
    with pytest.raises(EditConflict) as refused:
        edit_ticket(ticket=mine, changes=changes, base=base, by=desk.user, at=AT + timedelta(minutes=1))
    (conflict,) = refused.value.conflicts
    assert (conflict.field, conflict.base, conflict.theirs, conflict.mine) == (
        "title", "Printer is mute", "Theirs", "Mine",
    )  # fmt: skip
    assert (conflict.by_name, conflict.at) == (str(other), AT)
    mine.refresh_from_db()
    assert (mine.title, mine.customer_reference) == ("Theirs", "")
    edit_ticket(ticket=mine, changes=changes, base=base | {"title": "Theirs"}, by=desk.user, at=AT)
    assert (mine.title, mine.customer_reference) == ("Mine", "PO 7")


def test_different_fields_at_once_both_stand(desk: Desk) -> None:
    """Two people may edit different fields, or type the same value (Spec T17)."""
    ticket = desk.open(AT)
    mine = Ticket.objects.get(pk=ticket.pk)
    edit_ticket(ticket=ticket, changes={"title": "Theirs"}, base={}, by=desk.user, at=AT)
    edit_ticket(
        ticket=mine,
        changes={"customer_reference": "PO 7", "title": "Theirs"},
        base={"customer_reference": "", "title": "Printer is mute"},
        by=desk.user,
        at=AT,
    )
    assert (mine.title, mine.customer_reference) == ("Theirs", "PO 7")


def test_an_empty_edit_leaves_no_trace(desk: Desk) -> None:
    """What is already so needs no entry (Spec T4)."""
    ticket = desk.open(AT)
    rows = JournalEntry.objects.count()
    edit_ticket(ticket=ticket, changes={"title": ticket.title}, base={}, by=desk.user, at=AT)
    assert JournalEntry.objects.count() == rows


def test_user_follows_the_requester_only_while_they_are_one(desk: Desk) -> None:
    """User and requester can each be changed alone (Spec T6, T16)."""
    second, third = a_contact(desk.customer, "Blanc"), a_contact(desk.customer, "Noir")
    ticket = desk.open(AT)
    edit_ticket(ticket=ticket, changes={"requester": second}, base={}, by=desk.user, at=AT)
    assert (ticket.requester, ticket.user) == (second, second)
    edit_ticket(ticket=ticket, changes={"user": third}, base={}, by=desk.user, at=AT)
    assert (ticket.requester, ticket.user) == (second, third)
    edit_ticket(ticket=ticket, changes={"requester": desk.requester}, base={}, by=desk.user, at=AT)
    assert (ticket.requester, ticket.user) == (desk.requester, third)


def test_another_customer_brings_its_own_context(desk: Desk) -> None:
    """Changing the customer alone is refused with a sentence per field that no longer fits (Spec T6)."""
    ticket = desk.open(AT)
    other = a_customer("Verre Martin")
    with pytest.raises(InvalidInputs) as refused:
        edit_ticket(ticket=ticket, changes={"customer": other}, base={}, by=desk.user, at=AT)
    assert {error.field for error in refused.value.errors} == {
        "site",
        "requester",
        "user",
        "contract",
        "asset",
    }
    ticket.refresh_from_db()
    assert ticket.customer == desk.customer
    edit_ticket(
        ticket=ticket,
        changes={
            "customer": other, "site": None, "requester": None, "user": None, "contract": None, "service": None,
            "asset": None,
        },
        base={},
        by=desk.user,
        at=AT,
    )  # fmt: skip
    assert (ticket.customer, ticket.coverage, ticket.commitment_version) == (other, "pay_per_incident", None)


@pytest.mark.parametrize("name", ["number", "phase", "resolved_at", "team"])
def test_only_the_forms_fields_can_be_edited(desk: Desk, name: str) -> None:
    """Milestones, phase and team move by their own acts (Spec T3)."""
    ticket = desk.open(AT)
    with pytest.raises(InvalidInput):
        edit_ticket(ticket=ticket, changes={name: "x"}, base={}, by=desk.user, at=AT)


def test_reception_stays_before_what_happened(desk: Desk) -> None:
    """Neither after a milestone nor after the start of a suspension (Spec T19, T23)."""
    ticket = desk.open(AT)
    desk.work(ticket, AT + timedelta(hours=1))
    with pytest.raises(InvalidInput):
        edit_ticket(
            ticket=ticket, changes={"received_at": AT + timedelta(hours=2)}, base={}, by=desk.user,
            at=AT + timedelta(hours=3),
        )  # fmt: skip
    other = desk.open(AT)
    suspend_ticket(ticket=other, began_at=AT, reason=desk.reason(), status=None, by=desk.user, at=AT)
    with pytest.raises(InvalidInput):
        edit_ticket(
            ticket=other, changes={"received_at": AT + timedelta(hours=2)}, base={}, by=desk.user,
            at=AT + timedelta(hours=3),
        )  # fmt: skip


def test_status_and_state_within_the_phase(desk: Desk) -> None:
    """A status of another phase is refused; the change is told; the second at once gets a sentence (Spec T1)."""
    ticket = desk.open(AT)
    seen = Ticket.objects.get(pk=ticket.pk)
    with pytest.raises(InvalidInput) as refused:
        change_status(ticket=ticket, status=desk.status("resolved"), state=None, by=desk.user, at=AT)
    assert refused.value.field == "status"
    state = State.objects.get(code="to-call-back")
    change_status(ticket=ticket, status=desk.status("to-qualify"), state=state, by=desk.user, at=AT)
    assert (ticket.status.code, ticket.state) == ("to-qualify", state)
    assert JournalEntry.objects.filter(kind="ticket.status_changed").count() == 1
    with pytest.raises(Stale):
        change_status(ticket=seen, status=desk.status("created"), state=None, by=desk.user, at=AT)


@pytest.mark.parametrize("channel", ["portal", "mail"])
def test_what_a_customer_wrote_stays_shared(desk: Desk, channel: str) -> None:
    """Spec T6: neither the box nor the channel alone takes back what the customer may read; both together do."""
    ticket = desk.open(AT, channel=channel)
    with pytest.raises(InvalidInput) as refused:
        edit_ticket(ticket=ticket, changes={"is_shared": False}, base={}, by=desk.user, at=AT)
    assert refused.value.field == "is_shared"
    edit_ticket(ticket=ticket, changes={"title": "Printer sings"}, base={}, by=desk.user, at=AT)
    assert Ticket.objects.get(pk=ticket.pk).is_shared
    changes = {"is_shared": False, "channel": "telephone"}
    edit_ticket(ticket=ticket, changes=changes, base={}, by=desk.user, at=AT)
    with pytest.raises(InvalidInput):
        edit_ticket(ticket=ticket, changes={"channel": channel}, base={}, by=desk.user, at=AT)
    assert not Ticket.objects.get(pk=ticket.pk).is_shared


def test_no_right(desk: Desk) -> None:
    """Editing is a right of its own (Spec R2)."""
    ticket = desk.open(AT)
    user = colleague(desk, Right.SEE_TICKETS)
    with pytest.raises(NotAllowed):
        edit_ticket(ticket=ticket, changes={"title": "x"}, base={}, by=user, at=AT)
    with pytest.raises(NotAllowed):
        change_status(ticket=ticket, status=None, state=None, by=user, at=AT)
