"""Editing in place, and two people at once (Spec T17)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from cadran.accounts.rights import Right
from cadran.catalogue.models import Severity
from cadran.core.models import JournalEntry
from cadran.tickets.models import Ticket
from cadran.tickets.operations import edit_ticket
from tests.desk.work import signed_in
from tests.factories.desk import Desk, colleague, paris

from .conftest import get, post, text_of


def form_of(browser: Client, ticket: Ticket, section: str) -> dict[str, Any]:
    """What a browser would send of the section as it is drawn."""
    form = get(browser, ticket, f"edit/{section}/").context["form"]
    typed = {name: form[name].value() for name in form.fields}
    sent = {
        name: getattr(value, "pk", value) for name, value in typed.items() if value not in (None, "", False)
    }
    if "received_at" in sent:
        local = typed["received_at"].astimezone(paris("2026-03-02 09:00").astimezone().tzinfo)
        sent["received_at_exact"] = typed["received_at"].isoformat()
        sent["received_at"] = local.isoformat()
    return sent


@pytest.mark.parametrize("section", ["context", "people", "details", "descriptions"])
def test_saving_what_is_drawn_changes_nothing(browser: Client, ticket: Ticket, section: str) -> None:
    """Spec T4: no change, no entry in the timeline."""
    before = JournalEntry.objects.count()
    answer = post(browser, ticket, f"edit/{section}/", **form_of(browser, ticket, section))
    assert answer.status_code == 200, text_of(answer)[:500]
    assert JournalEntry.objects.count() == before


def test_changing_the_severity_computes_the_clocks_anew(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec C13: header and context follow without the page being loaded again."""
    typed = form_of(browser, ticket, "details") | {"severity": Severity.objects.get(code="blocking").pk}
    answer = text_of(post(browser, ticket, "edit/details/", **typed))
    assert "Blocking" in answer
    ticket.refresh_from_db()
    assert ticket.severity.code == "blocking"


def test_an_empty_title_is_refused_and_the_rest_stays(browser: Client, ticket: Ticket) -> None:
    """Spec R7."""
    typed = form_of(browser, ticket, "details") | {"title": "", "customer_reference": "PO 12"}
    answer = post(browser, ticket, "edit/details/", **typed)
    assert answer.status_code == 422
    assert "PO 12" in answer.content.decode()
    ticket.refresh_from_db()
    assert (ticket.title, ticket.customer_reference) == ("Printer is mute", "")


def test_the_second_to_save_sees_what_the_first_changed_and_chooses(
    browser: Client, desk: Desk, ticket: Ticket
) -> None:
    """Spec T17: both values, by whom; keeping theirs keeps theirs, the other fields are saved."""
    typed = form_of(browser, ticket, "details") | {"title": "My title", "customer_reference": "PO 12"}
    other = colleague(desk, Right.SEE_TICKETS, Right.EDIT_TICKETS)
    at = paris("2026-03-02 09:55")
    edit_ticket(ticket=ticket, changes={"title": "Their title"}, base={}, by=other, at=at)
    answer = post(browser, ticket, "edit/details/", **typed)
    assert answer.status_code == 409
    words = text_of(answer)
    for part in ("Their title", "My title", "Before: Printer is mute", "Someone, today 09:55"):
        assert part in words
    ticket.refresh_from_db()
    assert (ticket.title, ticket.customer_reference) == ("Their title", "")

    base = answer.context["form"]["base"].value()
    kept = post(browser, ticket, "edit/details/", **typed | {"base": base, "keep_title": "theirs"})
    assert kept.status_code == 200
    ticket.refresh_from_db()
    assert (ticket.title, ticket.customer_reference) == ("Their title", "PO 12")


def test_one_may_knowingly_overwrite(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec T17."""
    typed = form_of(browser, ticket, "details") | {"title": "My title"}
    edit_ticket(
        ticket=ticket, changes={"title": "Theirs"}, base={}, by=desk.user, at=paris("2026-03-02 09:55")
    )
    base = post(browser, ticket, "edit/details/", **typed).context["form"]["base"].value()
    post(browser, ticket, "edit/details/", **typed | {"base": base, "keep_title": "mine"})
    ticket.refresh_from_db()
    assert ticket.title == "My title"


def test_two_who_edit_different_fields_don_t_meet(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec T17: a field that only one of them changed is no conflict, and is not set back."""
    typed = form_of(browser, ticket, "details") | {"customer_reference": "PO 12"}
    edit_ticket(
        ticket=ticket, changes={"title": "Theirs"}, base={}, by=desk.user, at=paris("2026-03-02 09:55")
    )
    assert post(browser, ticket, "edit/details/", **typed).status_code == 200
    ticket.refresh_from_db()
    assert (ticket.title, ticket.customer_reference) == ("Theirs", "PO 12")


def test_overriding_the_verdict_needs_its_right(desk: Desk, ticket: Ticket) -> None:
    """Spec T8, R2: without the right the boxes are not offered, and sending them changes nothing."""
    other = signed_in(colleague(desk, Right.SEE_TICKETS, Right.EDIT_TICKETS, Right.SEE_CUSTOMERS, Right.SEE_CONTRACTS,
                                Right.SEE_ASSETS))  # fmt: skip
    typed = form_of(other, ticket, "context")
    assert "pay_per_incident_override" not in typed
    post(other, ticket, "edit/context/", **typed | {"pay_per_incident_override": "yes"})
    ticket.refresh_from_db()
    assert ticket.pay_per_incident is False


def test_overriding_the_verdict(browser: Client, ticket: Ticket) -> None:
    """Spec T8: the override stands and the page says so."""
    typed = form_of(browser, ticket, "context") | {"pay_per_incident_override": "yes"}
    answer = text_of(post(browser, ticket, "edit/context/", **typed))
    assert "Pay per incident" in answer
    assert "ticked by hand" in answer
    ticket.refresh_from_db()
    assert ticket.pay_per_incident is True


def test_a_description_is_cleaned_on_its_way_in(browser: Client, ticket: Ticket) -> None:
    """Spec T14."""
    typed = form_of(browser, ticket, "descriptions") | {
        "external_description": '<p onclick="x()">Mute</p><script>y</script>'
    }
    post(browser, ticket, "edit/descriptions/", **typed)
    ticket.refresh_from_db()
    assert ticket.external_description == "<p>Mute</p>"


def test_an_unknown_section_is_404(browser: Client, ticket: Ticket) -> None:
    """An address that nobody offers."""
    assert get(browser, ticket, "edit/secrets/").status_code == 404


def test_a_pilot_who_has_left_can_be_kept_and_replaced(browser: Client, desk: Desk, ticket: Ticket) -> None:
    """Spec T17: somebody gone is no conflict."""
    gone = colleague(desk, Right.SEE_TICKETS).agent
    edit_ticket(ticket=ticket, changes={"pilot": gone}, base={}, by=desk.user, at=paris("2026-03-02 09:30"))
    type(gone).objects.filter(pk=gone.pk).update(is_active=False)
    typed = form_of(browser, ticket, "people")
    for pilot in (gone, desk.agent):
        answer = post(browser, ticket, "edit/people/", **typed | {"pilot": pilot.pk})
        assert answer.status_code == 200, text_of(answer)[:500]
        ticket.refresh_from_db()
        assert ticket.pilot == pilot
