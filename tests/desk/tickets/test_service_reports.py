"""The page on which a service report is read and signed (Spec T14)."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from cadran.accounts.rights import Right
from cadran.tickets.models import Intervention, ServiceReport, Ticket
from cadran.tickets.operations import edit_intervention
from tests.desk.work import TEN, signed_in
from tests.factories.desk import Desk, colleague

from .conftest import text_of

DRAWN = json.dumps([[[100, 200], [300, 90], [480, 260], [700, 120]]])


@pytest.fixture
def visit(desk: Desk, ticket: Ticket, files: Any) -> Intervention:
    """A visit at work, told to the customer; the customer reads French, the agent English."""
    found = desk.work(ticket, TEN, "on-site-visit")
    changes = {"external_report": "<p>Rouleau changé</p>", "internal_report": "<p>Client fâché</p>"}
    return edit_intervention(intervention=found, changes=changes, base={}, by=desk.user, at=TEN)


def path(visit: Intervention, end: str = "/") -> str:
    return f"/tickets/{visit.ticket.number}/interventions/{visit.number}/service-report{end}"


def typed(answer: Any, **values: Any) -> dict[str, Any]:
    seen = re.search(r'name="seen" value="(\w+)"', answer.content.decode())
    assert seen is not None
    given = {"signer_name": "Élodie Vidal", "place": "Lyon", "language": "fr", "signature": DRAWN}
    return {**given, "seen": seen[1], **values}


def test_it_proposes_who_signs_where_in_which_language(
    browser: Client, desk: Desk, visit: Intervention
) -> None:
    """The requester, the site’s city, the requester’s language; nothing internal is shown (Spec T14)."""
    answer = browser.get(path(visit))
    html = answer.content.decode()
    assert f'value="{desk.requester}"' in html
    assert f'<option value="{desk.requester.language}" selected>' in html
    assert "Rouleau changé" in html and "fâché" not in html


def test_what_cannot_be_signed_is_told_before_anybody_reads_it(browser: Client, visit: Intervention) -> None:
    """Nobody signs in vain, nor is what is not shared held out to the customer (Spec T14)."""
    assert "data-sign " in browser.get(path(visit)).content.decode()
    Ticket.objects.filter(pk=visit.ticket_id).update(is_shared=False)
    html = browser.get(path(visit)).content.decode()
    assert "Share it first." in html and "data-sign " not in html and "service-report.pdf" not in html
    intake = visit.ticket.interventions.get(type__is_intake=True)
    html = browser.get(path(intake)).content.decode()
    assert "The intake has no service report." in html and "data-sign " not in html


def test_signed_it_stands_on_the_page_of_the_intervention(browser: Client, visit: Intervention) -> None:
    """With its file, who signed and where; the next one is announced as another."""
    answer = browser.post(path(visit), typed(browser.get(path(visit)), remarks="Merci"), follow=True)
    report = ServiceReport.objects.get()
    assert answer.redirect_chain == [(f"/tickets/DEM-1/interventions/{visit.number}/", 302)]
    text = text_of(answer)
    assert report.attachment.name in text and "Élodie Vidal · Lyon" in text and "Merci" in text
    assert "One report of this intervention is signed already" in text_of(browser.get(path(visit)))
    assert report.attachment.name in text_of(browser.get(f"/tickets/{visit.ticket.number}/"))


def test_what_was_typed_and_drawn_stays_when_something_is_refused(
    browser: Client, visit: Intervention
) -> None:
    """Spec R7."""
    answer = browser.post(path(visit), typed(browser.get(path(visit)), place="", remarks="Merci"))
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "Type the place where it is signed." in html
    assert 'value="Élodie Vidal"' in html and "Merci</textarea>" in html
    assert "[[[100, 200]" in html.replace("&quot;", '"')
    assert not ServiceReport.objects.exists()


def test_what_changed_is_read_anew_and_signed_anew(browser: Client, desk: Desk, visit: Intervention) -> None:
    """The signature was given to other words, so it goes; what was typed stays (Spec T17)."""
    sent = typed(browser.get(path(visit)))
    edit_intervention(
        intervention=visit, changes={"external_report": "<p>Autre</p>"}, base={}, by=desk.user, at=TEN
    )
    answer = browser.post(path(visit), sent)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "has changed since it was read" in html and "Autre" in html and "[[[100" not in html
    assert browser.post(path(visit), typed(answer)).status_code == 302


def test_in_the_language_that_is_chosen(browser: Client, visit: Intervention) -> None:
    """Only the sheet speaks the customer’s language, the page the agent’s."""
    answer = browser.get(path(visit), {"language": "fr"})
    assert 'lang="fr"' in answer.content.decode() and "Réalisée par" in text_of(answer)
    assert "Carried out by" in text_of(browser.get(path(visit), {"language": "en"}))
    assert browser.get(path(visit), {"language": "xx"}).status_code == 200


def test_signed_on_paper(browser: Client, visit: Intervention) -> None:
    """A photograph in place of the signature, an empty file with a sentence."""
    page = browser.get(path(visit))
    sent = typed(page, signature="", paper=ContentFile(b"", name="scan.jpg"))
    assert "is a picture" in text_of(browser.post(path(visit), sent))
    sent = typed(page, signature="", paper=ContentFile(b"\xff\xd8\xff\xe0 x", name="scan.jpg"))
    assert browser.post(path(visit), sent).status_code == 302
    assert ServiceReport.objects.get().attachment.name == "scan.jpg"


def test_it_can_be_printed_unsigned(browser: Client, visit: Intervention) -> None:
    """As PDF, in either language, nothing kept."""
    answer = browser.get(path(visit, ".pdf"), {"in": "fr"})
    assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF")
    assert "rapport-intervention" in answer["Content-Disposition"]
    assert not ServiceReport.objects.exists()


def test_only_who_intervenes_is_offered_it(browser: Client, desk: Desk, visit: Intervention) -> None:
    """Spec R3."""
    page = f"/tickets/{visit.ticket.number}/interventions/{visit.number}/"
    assert path(visit) in browser.get(page).content.decode()
    other = signed_in(colleague(desk, Right.SEE_TICKETS))
    assert path(visit) not in other.get(page).content.decode()
    assert other.get(path(visit)).status_code == 403
    assert other.get(path(visit, ".pdf")).status_code == 403


def test_work_that_has_not_begun_offers_none(browser: Client, ticket: Ticket) -> None:
    """Nor does the intake."""
    intake = ticket.interventions.get(type__is_intake=True)
    page = browser.get(f"/tickets/{ticket.number}/interventions/{intake.number}/")
    assert "service-report" not in page.content.decode()
