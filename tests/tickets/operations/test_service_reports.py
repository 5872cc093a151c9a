"""The report of an intervention that the customer signs (Spec T14, T15)."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone, translation
from pypdf import PdfReader

from cadran.accounts.rights import Right
from cadran.core.errors import InvalidInput, InvalidInputs, NotAllowed, Stale
from cadran.core.models import JournalEntry
from cadran.tickets.choices import Closing, Phase
from cadran.tickets.documents import service_report_pdf, sheet_of
from cadran.tickets.models import Attachment, Intervention, ServiceReport
from cadran.tickets.operations import (
    InterventionDetails,
    Signing,
    add_intervention,
    close_ticket,
    edit_intervention,
    edit_ticket,
    mark_checklist,
    reopen_ticket,
    sign_service_report,
    suspend_ticket,
)
from cadran.tickets.queries import timeline
from cadran.tickets.signatures import MAX_POINTS, read_signature
from tests.factories.desk import Desk, colleague, paris
from tests.tickets.operations.test_checklists import an_item

AT = paris("2026-03-02 10:00")
HOUR = timedelta(hours=1)
DRAWN = json.dumps([[[100, 200], [300, 90], [480, 260], [700, 120]], [[720, 80]]])
SIGNING = Signing(signer_name="Élodie Vidal", place="Lyon", language="fr", signature=DRAWN)
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    with timezone.override("Europe/Paris"):
        yield


@pytest.fixture
def visit(desk: Desk) -> Intervention:
    """A visit at work, of which something was written for the customer and something for colleagues."""
    found = desk.work(desk.open(AT), AT + HOUR, "on-site-visit")
    changes = {"external_report": "<p>Rouleau changé</p>", "internal_report": "<p>Client fâché</p>"}
    return edit_intervention(intervention=found, changes=changes, base={}, by=desk.user, at=AT + HOUR)


def sign(visit: Intervention, desk: Desk, seen: str | None = None, **typed: Any) -> ServiceReport:
    signing = replace(SIGNING, **typed)
    return sign_service_report(
        intervention=visit,
        signing=signing,
        seen=sheet_of(visit, signing.language).mark if seen is None else seen,
        by=desk.user,
        at=AT + 2 * HOUR,
    )


def words(report: ServiceReport) -> str:
    pages = PdfReader(io.BytesIO(report.attachment.file.read())).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def nothing_kept(tmp_path: Path) -> bool:
    return not ServiceReport.objects.exists() and not [one for one in tmp_path.rglob("*") if one.is_file()]


def test_a_signed_report_is_kept_as_pdf_for_the_customer(desk: Desk, visit: Intervention) -> None:
    """What was done, who signed where and when, the zone named, nothing internal (Spec T14)."""
    report = sign(visit, desk, signer_function="Responsable", remarks="Merci, à surveiller\n<b>x</b>")
    text = words(report)
    for expected in (
        "Rapport d’intervention", "Rouleau changé", "Élodie Vidal", "Responsable", "Lyon", "2 mars 2026 12:00",
        "Paris (Europe/Paris)", "Merci, à surveiller", "<b>x</b>", str(desk.customer), visit.ticket.number,
    ):  # fmt: skip
        assert expected in text, expected
    assert "fâché" not in text
    kept = report.attachment
    assert (kept.ticket, kept.intervention, kept.is_external) == (visit.ticket, visit, True)
    assert (kept.content_type, kept.name) == (
        "application/pdf",
        f"rapport-intervention-DEM-1-{visit.number}.pdf",
    )


def test_a_label_stays_with_the_team(desk: Desk, visit: Intervention) -> None:
    """Neither the sheet nor the row that the customer may read says what the team calls the work (Spec T14)."""
    labelled = edit_intervention(
        intervention=visit, changes={"label": "Client pénible"}, base={}, by=desk.user, at=AT + HOUR
    )
    assert "pénible" not in words(sign(labelled, desk))
    assert "pénible" not in json.dumps(JournalEntry.objects.get(kind="ticket.service_report_signed").data)


def test_the_timeline_tells_it_with_its_file_to_the_customer_too(desk: Desk, visit: Intervention) -> None:
    """One row, external, which carries the file (Spec T4, T14)."""
    report = sign(visit, desk)
    assert not JournalEntry.objects.get(kind="ticket.service_report_signed").is_internal
    item = next(one for one in timeline(visit.ticket, desk.user) if one.code == "service_report_signed")
    assert item.text == f"Élodie Vidal signed the service report of {visit} in Lyon."
    assert item.attachments == (report.attachment,)
    assert not [one for one in timeline(visit.ticket, desk.user) if one.kind == "attachment"]
    with translation.override("fr"):
        assert "a signé le rapport d’intervention" in item.text


def test_in_the_signers_language(desk: Desk, visit: Intervention) -> None:
    """Headings, dates and the file’s name, whoever holds the telephone (Spec T14)."""
    with translation.override("fr"):
        report = sign(visit, desk, language="en")
    assert "Service report" in words(report)
    assert report.attachment.name == f"service-report-DEM-1-{visit.number}.pdf"


def test_the_checklist_is_part_of_it(desk: Desk) -> None:
    """What was ticked and what was not (Spec T30); ticks alone are enough to sign."""
    an_item(desk, "badge")
    an_item(desk, "backup")
    visit = desk.work(desk.open(AT), AT + HOUR, "on-site-visit")
    first = visit.checks.first()
    assert first is not None
    mark_checklist(intervention=visit, marked={first.pk: True}, by=desk.user, at=AT + HOUR)
    assert sheet_of(visit, "en").checks == (("badge", True), ("backup", False))
    text = words(sign(visit, desk))
    assert "badge fr" in text and "backup fr" in text


@pytest.mark.parametrize(
    ("signature", "sentence"),
    [
        ("", "Nobody has signed"),
        ("[]", "Nobody has signed"),
        ("[[[500, 200]]]", "dot"),
        ("[[[500, 200], [510, 205], [500, 200]]]", "dot"),
        (json.dumps([[[500, 200], [530, 230]] * 50]), "dot"),
        ("[[]]", "whole"),
        ("{", "whole"),
        ("null", "whole"),
        ("[[[1, 2, 3]]]", "whole"),
        ("[[[0.5, 2], [900, 300]]]", "whole"),
        ("[[[true, 2], [900, 300]]]", "whole"),
        ("[[[NaN, 2], [900, 300]]]", "whole"),
        ("[[[-1, 2], [900, 300]]]", "whole"),
        ("[[[0, 2], [1001, 300]]]", "whole"),
        ("[" * 50_000, "whole"),
        ("[[[1,1]" + ",[1,1]" * 20_000 + "]]", "whole"),
        (json.dumps([[[1, 1], [900, 300]] * (MAX_POINTS // 2 + 1)]), "too long"),
    ],
)
def test_what_is_no_signature_is_refused(
    desk: Desk, visit: Intervention, tmp_path: Path, signature: str, sentence: str
) -> None:
    """Empty, a dot, or nothing that a pad sends: a sentence, and nothing is kept (Spec R7)."""
    with pytest.raises(InvalidInput, match=sentence) as refused:
        sign(visit, desk, signature=signature)
    assert refused.value.field == "signature"
    assert nothing_kept(tmp_path)


def test_a_signature_is_read_as_it_was_drawn() -> None:
    """Strokes and points in their order."""
    strokes = read_signature(DRAWN)
    assert strokes == (((100, 200), (300, 90), (480, 260), (700, 120)), ((720, 80),))


def test_all_that_is_missing_is_said_at_once(desk: Desk, visit: Intervention, tmp_path: Path) -> None:
    """Each beside its field (Spec R7)."""
    with pytest.raises(InvalidInputs) as refused:
        sign(visit, desk, signer_name=" ", place="", signature="", remarks="x" * 5001)
    assert [one.field for one in refused.value.errors] == ["signer_name", "place", "remarks", "signature"]
    assert nothing_kept(tmp_path)


def test_what_changed_since_it_was_read_is_not_signed(
    desk: Desk, visit: Intervention, tmp_path: Path
) -> None:
    """A report edited meanwhile must be read again (Spec T17)."""
    seen = sheet_of(visit, "fr").mark
    edit_intervention(
        intervention=visit,
        changes={"external_report": "<p>Et facturé</p>"},
        base={},
        by=desk.user,
        at=AT + HOUR,
    )
    with pytest.raises(Stale, match="has changed since it was read"):
        sign(visit, desk, seen)
    assert nothing_kept(tmp_path)


def test_what_the_customer_never_sees_does_not_matter(desk: Desk, visit: Intervention) -> None:
    """An internal report written while the customer signs changes nothing of what is signed."""
    seen = sheet_of(visit, "fr").mark
    edit_intervention(
        intervention=visit, changes={"internal_report": "<p>Vu</p>"}, base={}, by=desk.user, at=AT + HOUR
    )
    assert sign(visit, desk, seen).pk


def test_sent_twice_it_is_signed_once_and_several_may_be_signed(desk: Desk, visit: Intervention) -> None:
    """The same sheet is signed once; read anew, the next one stands beside the first (Spec T15)."""
    seen = sheet_of(visit, "fr").mark
    first = sign(visit, desk, seen)
    before = first.attachment.sha256
    with pytest.raises(Stale, match="just been signed"):
        sign(visit, desk, seen)
    second = sign(visit, desk, signer_name="Paul Roy")
    assert ServiceReport.objects.count() == 2
    assert second.attachment.name == f"rapport-intervention-DEM-1-{visit.number}-2.pdf"
    first.attachment.refresh_from_db()
    assert first.attachment.sha256 == before


def test_signed_on_paper(desk: Desk, visit: Intervention, tmp_path: Path) -> None:
    """A picture of the paper stands in for the drawn signature; another kind of file doesn’t."""
    with pytest.raises(InvalidInput, match="picture") as refused:
        sign(visit, desk, signature="", paper=ContentFile(b"<svg/>", name="x.png"))
    assert refused.value.field == "paper"
    assert nothing_kept(tmp_path)
    report = sign(visit, desk, signature="", paper=ContentFile(PNG, name="scan.png"))
    assert (report.attachment.name, report.attachment.content_type) == ("scan.png", "image/png")
    assert report.attachment.is_external
    item = next(one for one in timeline(visit.ticket, desk.user) if one.code == "service_report_signed")
    assert "signed on paper in Lyon" in item.text


def test_only_who_intervenes(desk: Desk, visit: Intervention, tmp_path: Path) -> None:
    """Spec R3."""
    seen = sheet_of(visit, "fr").mark
    other = colleague(desk, Right.SEE_TICKETS, Right.EDIT_TICKETS)
    with pytest.raises(NotAllowed):
        sign_service_report(intervention=visit, signing=SIGNING, seen=seen, by=other, at=AT + HOUR)
    assert nothing_kept(tmp_path)


def test_when_there_is_nothing_to_sign(desk: Desk, visit: Intervention, tmp_path: Path) -> None:
    """The intake, work not begun, a blank page, a ticket that isn’t shared: each with its sentence (Spec R7)."""
    ticket = visit.ticket
    details = InterventionDetails(type=desk.type("on-site-visit"), external_report="<p>x</p>")
    planned = add_intervention(ticket=ticket, details=details, by=desk.user, at=AT + HOUR)
    blank = desk.work(ticket, AT + HOUR, "on-site-visit")
    intake = ticket.interventions.get(type__is_intake=True)
    for row, sentence in ((planned, "not started"), (blank, "blank page"), (intake, "intake")):
        with pytest.raises(InvalidInput, match=sentence):
            sign(row, desk)
    edit_ticket(ticket=ticket, changes={"is_shared": False}, base={}, by=desk.user, at=AT + HOUR)
    visit.refresh_from_db()
    with pytest.raises(InvalidInput, match="shared"):
        sign(visit, desk)
    assert nothing_kept(tmp_path)


def test_on_a_suspended_and_on_a_closed_ticket(desk: Desk, visit: Intervention) -> None:
    """Signing changes nothing of the ticket, so a part on order or a late signature don’t stand in its way."""
    ticket = visit.ticket
    suspend_ticket(
        ticket=ticket, began_at=AT + HOUR, reason=desk.reason(), status=None, by=desk.user, at=AT + HOUR
    )
    visit.refresh_from_db()
    assert sign(visit, desk).pk
    done = desk.work(desk.open(AT), AT + HOUR, "on-site-visit")
    desk.finish(done, AT + HOUR, resolved=True, external_report="<p>Fait</p>")
    for closing in (Closing.BY_CUSTOMER, Closing.INTERNALLY):
        close_ticket(ticket=done.ticket, closing=closing, closed_at=AT + HOUR, status=None, state=None, by=desk.user,
                     at=AT + HOUR)  # fmt: skip
    done.refresh_from_db()
    assert done.ticket.phase == Phase.CLOSED_INTERNALLY
    assert sign(done, desk).pk


def test_before_a_reopening_it_stays_as_it_is(desk: Desk, visit: Intervention, tmp_path: Path) -> None:
    """Spec T27."""
    desk.finish(visit, AT + HOUR, resolved=True, external_report="<p>Fait</p>")
    reopen_ticket(
        ticket=visit.ticket, reason="again", status=None, state=None, copy=None, by=desk.user, at=AT + HOUR
    )
    visit.refresh_from_db()
    with pytest.raises(Stale, match="before the reopening"):
        sign(visit, desk)
    assert nothing_kept(tmp_path)


def test_it_can_be_printed_before_it_is_signed(desk: Desk, visit: Intervention) -> None:
    """With lines to sign on, nothing kept (Spec T14)."""
    content = service_report_pdf(visit, sheet_of(visit, "fr"), None, at=AT)
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    assert "Rouleau changé" in text and "Signature" in text and "fâché" not in text
    assert not Attachment.objects.exists()
