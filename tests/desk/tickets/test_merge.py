"""Merging, undoing and splitting from the ticket's page (Spec T29)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.test import Client

from cadran.accounts.rights import Right
from cadran.outbox.models import MessageKind
from cadran.tickets.choices import Phase
from cadran.tickets.models import Ticket
from cadran.tickets.operations import TicketMessage, add_note, merge_ticket, prepare_ticket_message
from tests.factories.desk import Desk, colleague, paris
from tests.factories.trade import a_customer
from tests.tickets.operations.test_custom_fields import a_field, put

from .conftest import buttons, get, post, text_of

AT = paris("2026-03-02 09:10")


def test_the_dialog_shows_what_moves(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Both tickets' sums and those together, before anything is done."""
    kept = desk.open(AT)
    desk.finish(desk.work(ticket, AT), paris("2026-03-02 09:40"))
    drawn = post(browser, ticket, "merge/?refresh=1", into=kept.pk, reason="")
    text = text_of(drawn)
    assert "What moves" in text
    assert "Interventions 2 1 3" in text
    assert "Time worked 0:30 0:00 0:30" in text
    assert not Ticket.objects.exclude(merged_into=None).exists()


def test_merged_and_undone(browser: Client, desk: Desk, ticket: Ticket, now: datetime) -> None:
    """The agent comes to the kept ticket; the duplicate's page says where it went and offers only to undo."""
    kept = desk.open(AT)
    answer = post(browser, ticket, "merge/", into=kept.pk, reason="Same call")
    assert answer["HX-Redirect"] == f"/tickets/{kept.number}/"
    ticket.refresh_from_db()
    assert ticket.merged_into == kept
    page = get(browser, ticket, "")
    assert f"Merged into {kept.number}." in text_of(page)
    assert buttons(page) == {"undo_merge"}
    assert 'id="t-composer" method' not in page.content.decode()
    assert f"from {ticket.number}" in text_of(get(browser, kept, ""))
    listed = browser.get("/tickets/?view=all&merged=yes&phase=closed").content.decode()
    assert (ticket.number in listed, kept.number in listed) == (True, False)
    assert "1 intervention" in text_of(get(browser, ticket, "merge/undo/"))
    assert post(browser, ticket, "merge/undo/")["HX-Redirect"] == f"/tickets/{ticket.number}/"
    ticket.refresh_from_db()
    assert (ticket.merged_into, ticket.phase) == (None, Phase.CREATED)


def test_an_intervention_is_found_where_it_moved(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Its former address leads to its new place, and back once the merger is undone; nothing is done there."""
    kept, work = desk.open(AT), desk.work(ticket, AT)
    old = f"/tickets/{ticket.number}/interventions/2/"
    merge_ticket(ticket=ticket, into=kept, reason="Twice", by=desk.user, at=AT)
    work.refresh_from_db()
    new = f"/tickets/{kept.number}/interventions/{work.number}/"
    assert browser.get(f"{old}?x=1").headers["Location"] == f"{new}?x=1"
    assert browser.get(f"{old}service-report.pdf").headers["Location"] == f"{new}service-report.pdf"
    assert get(browser, ticket, "interventions/2/finish/").headers["Location"] == f"{new}finish/"
    refused = post(browser, ticket, "interventions/2/finish/", ended_at="2026-03-02T09:30")
    told = f"it is intervention {work.number} of {kept.number} now"
    assert (refused.status_code, told in refused["HX-Trigger"]) == (204, True)
    signed = browser.post(f"{old}service-report/", {}, follow=True)
    assert signed.redirect_chain == [(f"{new}service-report/", 302)]
    assert told in text_of(signed)
    work.refresh_from_db()
    assert work.is_running
    post(browser, ticket, "merge/undo/")
    assert browser.get(old).status_code == 200
    assert browser.get(new).headers["Location"] == old
    assert browser.get(f"/tickets/{kept.number}/interventions/99/").status_code == 404


def test_a_refusal_keeps_what_was_typed(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Another customer's ticket: the sentence says why, the reason stays."""
    foreign = desk.open(
        AT,
        customer=a_customer("Elsewhere"),
        site=None,
        requester=None,
        contract=None,
        service=None,
        asset=None,
    )
    answer = post(browser, ticket, "merge/", into=foreign.pk, reason="Same call")
    assert answer.status_code == 422
    assert "different customers" in text_of(answer)
    assert "Same call" in answer.content.decode()


def test_acts_on_a_merged_ticket_are_refused(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """A page that stood open: the sentence names the kept ticket."""
    kept = desk.open(AT)
    merge_ticket(ticket=ticket, into=kept, reason="Twice", by=desk.user, at=AT)
    answer = post(browser, ticket, "cancel/", closed_at="2026-03-02T09:30", reason="x")
    assert answer.status_code == 422
    assert f"was merged into {kept.number}" in text_of(answer)


def test_the_picker_offers_this_customers_open_tickets_first(
    browser: Client, desk: Desk, ticket: Ticket
) -> None:
    """With words, other customers' tickets follow, named as such."""
    foreign = desk.open(
        AT,
        customer=a_customer("Elsewhere"),
        site=None,
        requester=None,
        contract=None,
        service=None,
        asset=None,
    )
    kept = desk.open(AT)

    def offered(words: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = get(browser, ticket, f"merge/candidates/?q={words}").json()["results"]
        return found

    assert [row["value"] for row in offered("")] == [str(kept.pk)]
    assert [row["value"] for row in offered("printer")] == [str(kept.pk), str(foreign.pk)]
    assert "Elsewhere" in offered("printer")[1]["hint"]


def test_split_off(browser: Client, desk: Desk, ticket: Ticket, now: datetime) -> None:
    """What is ticked goes to a new ticket, to which the agent comes."""
    note = add_note(ticket=ticket, body="<p>The scanner</p>", by=desk.user, at=AT)
    drawn = get(browser, ticket, "split/")
    assert "The scanner" in text_of(drawn)
    typed: dict[str, Any] = {
        "title": "Scanner is blind", "nature": desk.nature.pk, "severity": desk.severity("minor").pk,
        "received_at": "2026-03-02T09:00", "role": "child", "asked": "",
    }  # fmt: skip
    refused = post(browser, ticket, "split/", **typed)
    assert (refused.status_code, "at least one thing" in text_of(refused)) == (422, True)
    answer = post(browser, ticket, "split/", notes=[note.pk], **typed)
    new = Ticket.objects.latest("id")
    assert answer["HX-Redirect"] == f"/tickets/{new.number}/"
    assert (new.title, new.notes.count()) == ("Scanner is blind", 1)


def test_without_the_right(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """No button, and the addresses refuse (Spec R2)."""
    browser.force_login(colleague(desk, Right.SEE_TICKETS, Right.EDIT_TICKETS))
    assert not {"merge", "split"} & buttons(get(browser, ticket, ""))
    for path in ("merge/", "split/", "merge/undo/"):
        assert get(browser, ticket, path).status_code == 403


def test_what_stays_is_said_and_reached(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Custom fields and letters stay with the duplicate: said before, and one click from the kept ticket after."""
    kept, field, same = desk.open(AT), a_field("asset-tag"), a_field("floor")
    put(desk, ticket, {field: "A 12", same: "3"})
    put(desk, kept, {same: "3"})
    message = TicketMessage(
        kind=MessageKind.MAIL, title="We are on it", body="", language="en", addresses="a@example.org"
    )
    sent = prepare_ticket_message(
        ticket=Ticket.objects.get(pk=ticket.pk), message=message, by=desk.user, at=AT
    )
    text = text_of(post(browser, ticket, "merge/?refresh=1", into=kept.pk, reason=""))
    assert f"Its further fields stay with {ticket.number}: asset-tag A 12 ." in text
    assert f"1 prepared mail or fax stays with {ticket.number}" in text
    post(browser, ticket, "merge/", into=kept.pk, reason="Same call")
    page = get(browser, kept, "")
    assert "Prepared there: We are on it" in text_of(page)
    address = f"/tickets/{ticket.number}/prepared/{sent.pk}/"
    assert f'hx-get="{address}"' in page.content.decode()
    assert browser.get(address, HTTP_HX_REQUEST="true").status_code == 200


def test_the_number_of_a_duplicate_offers_the_ticket_that_is_kept(
    browser: Client, desk: Desk, ticket: Ticket
) -> None:
    """Spec T29: with the reason; when it cannot be chosen, the picker says why."""
    kept, old, own = desk.open(AT), desk.open(AT), desk.open(AT)
    merge_ticket(ticket=old, into=kept, reason="Twice", by=desk.user, at=AT)
    merge_ticket(ticket=own, into=ticket, reason="Twice", by=desk.user, at=AT)

    def asked(number: str) -> dict[str, Any]:
        answer: dict[str, Any] = get(browser, ticket, f"merge/candidates/?q={number}").json()
        return answer

    (offered,) = asked(old.number)["results"]
    assert offered["value"] == str(kept.pk)
    assert offered["hint"].startswith(f"{old.number} was merged into it")
    none = asked(own.number)
    assert (none["results"], none["note"]) == ([], f"{own.number} was merged into this ticket already.")
    desk.resolve(kept, paris("2026-03-02 09:30"), closed_internally=True)
    note = asked(old.number)["note"]
    assert note == f"{old.number} was merged into {kept.number}, which is no longer open."
