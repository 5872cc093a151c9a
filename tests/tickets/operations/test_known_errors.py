"""What a resolved ticket taught becomes a known error (Spec T33)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cadran.accounts.rights import Right
from cadran.catalogue.models import KnownError
from cadran.core.errors import InvalidInput, NotAllowed
from cadran.core.models import JournalEntry
from cadran.tickets.models import Ticket
from cadran.tickets.operations import cancel_ticket, make_known_error
from cadran.tickets.queries import timeline
from cadran.tickets.queries.known_errors import known_error_from, may_become_known_error, with_uses
from tests.factories.desk import Desk, a_desk, colleague, paris
from tests.factories.parallel import at_once, refusals
from tests.factories.trade import a_product

pytestmark = pytest.mark.django_db
NINE, TEN, ELEVEN = (paris(f"2026-03-02 {hour}:00") for hour in ("09", "10", "11"))


@pytest.fixture
def desk(db: None) -> Desk:
    return a_desk()


@pytest.fixture
def ticket(desk: Desk) -> Ticket:
    picture = '<p>Page blanche<img src="/attachments/abcdefghijklmnopqrstuvwx"></p>'
    opened = desk.open(NINE, external_description=picture)
    return desk.resolve(opened, TEN, external_report="<p>Spouleur redémarré</p>")


def make(desk: Desk, ticket: Ticket, **typed: object) -> KnownError:
    details = replace(known_error_from(ticket), **typed)  # type: ignore[arg-type]
    return make_known_error(ticket=ticket, details=details, by=desk.user, at=ELEVEN)


def test_it_takes_along_what_the_ticket_knows(desk: Desk, ticket: Ticket) -> None:
    """Title, product, symptom without pictures, the last external report; the ticket has it, its timeline tells."""
    assert may_become_known_error(ticket, desk.user)
    error = make(desk, ticket)
    assert (error.title, error.product) == ("Printer is mute", desk.product)
    assert (error.symptom, error.solution) == ("<p>Page blanche</p>", "<p>Spouleur redémarré</p>")
    assert Ticket.objects.get(pk=ticket.pk).known_error == error == ticket.known_error
    told = timeline(ticket, desk.user)[-1]
    assert told.code == "made_known_error" and "ERR-00001 Printer is mute" in told.text
    assert not may_become_known_error(ticket, desk.user)
    assert with_uses(KnownError.objects.all(), user=desk.user, at=ELEVEN).get().uses == 1
    nobody = colleague(desk, Right.SEE_ASSETS)
    assert with_uses(KnownError.objects.all(), user=nobody, at=ELEVEN).get().uses == 0


def test_the_second_to_do_it_is_told(desk: Desk, ticket: Ticket) -> None:
    """Spec T17: from an object that knows nothing of the first."""
    before = Ticket.objects.get(pk=ticket.pk)
    make(desk, ticket)
    with pytest.raises(InvalidInput, match="already"):
        make(desk, before)
    assert KnownError.objects.count() == 1


def test_what_is_not_resolved_teaches_nothing(desk: Desk) -> None:
    """Open and cancelled tickets are refused; nothing is left behind."""
    opened = desk.open(NINE)
    with pytest.raises(InvalidInput, match="not resolved"):
        make(desk, opened)
    cancel_ticket(
        ticket=opened, reason="Double", closed_at=TEN, status=None, state=None, by=desk.user, at=TEN
    )
    assert not may_become_known_error(opened, desk.user)
    with pytest.raises(InvalidInput, match="not resolved"):
        make(desk, opened)
    assert not KnownError.objects.exists()


def test_another_product_is_refused(desk: Desk, ticket: Ticket) -> None:
    with pytest.raises(InvalidInput) as refused:
        make(desk, ticket, product=a_product("crm"))
    assert refused.value.field == "product"
    assert not JournalEntry.objects.filter(kind="ticket.made_known_error").exists()


@pytest.mark.parametrize("missing", [Right.EDIT_KNOWN_ERRORS, Right.EDIT_TICKETS])
def test_both_rights_are_needed(desk: Desk, ticket: Ticket, missing: Right) -> None:
    """Spec R2."""
    rights = {Right.SEE_TICKETS, Right.SEE_ASSETS, Right.EDIT_KNOWN_ERRORS, Right.EDIT_TICKETS} - {missing}
    person = colleague(desk, *rights)
    assert not may_become_known_error(ticket, person)
    with pytest.raises(NotAllowed):
        make_known_error(ticket=ticket, details=known_error_from(ticket), by=person, at=ELEVEN)
    assert Ticket.objects.get(pk=ticket.pk).known_error is None


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one(transactional_db: None) -> None:
    """Exactly one is saved, the other person is told, no number is lost (house: operations)."""
    desk = a_desk()
    ticket = desk.resolve(desk.open(NINE), TEN)
    details = known_error_from(ticket)

    def act() -> KnownError:
        own = Ticket.objects.get(pk=ticket.pk)
        return make_known_error(ticket=own, details=details, by=desk.user, at=ELEVEN)

    results = at_once(act, act)
    assert len(refusals(results)) == 1
    made = KnownError.objects.get()
    assert made.code == "ERR-00001" and Ticket.objects.get(pk=ticket.pk).known_error == made
