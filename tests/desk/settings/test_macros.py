"""Macros in the settings: written, refused where a mistake stands, previewed on a ticket (Spec T30)."""

from __future__ import annotations

from django.test import Client

from cadran.accounts.rights import Right
from cadran.tickets.models import Macro
from tests.desk.work import browser, desk, now, signed_in
from tests.factories.desk import Desk, colleague, paris

__all__ = ["browser", "desk", "now"]

TYPED = {"name_fr": "Accueil", "name_en": "", "code": "", "place": "note", "seen": "0"}


def test_a_macro_is_written(browser: Client, desk: Desk) -> None:
    """Both texts, the fields, and the placeholders to choose from beside them."""
    page = browser.get("/settings/macros/new/").content.decode()
    assert "{{ requester.first_name }}" in page
    sent = {**TYPED, "text_fr": "<p>Bonjour {{ requester.name }}</p>", "teams": [desk.team.pk]}
    assert browser.post("/settings/macros/new/", sent).status_code == 302
    macro = Macro.objects.get()
    assert (macro.code, list(macro.teams.all())) == ("accueil", [desk.team])
    assert "Accueil" in browser.get("/settings/macros/").content.decode()


def test_a_mistake_is_refused_beside_its_text(browser: Client) -> None:
    """With the line and what stands there; what was typed stays (Spec R7)."""
    answer = browser.post("/settings/macros/new/", {**TYPED, "text_fr": "<p>a</p><p>{{ who.am.i }}</p>"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Line 2, “{{ who.am.i }}”" in page
    assert 'href="#id_text_fr"' in page
    assert not Macro.objects.exists()


def test_the_preview_shows_both_texts_on_a_real_ticket(browser: Client, desk: Desk) -> None:
    """The newest ticket, or the one of the number typed; a mistake shows at once."""
    sent = {"text_fr": "<p>Bonjour {{ ticket.number }}</p>", "text_en": "<p>{{ nothing }}</p>"}
    assert "no ticket" in browser.post("/settings/macros/preview/", sent).content.decode()
    desk.open(paris("2026-03-02 09:00"))
    desk.open(paris("2026-03-02 09:00"))
    page = browser.post("/settings/macros/preview/", sent).content.decode()
    assert "Bonjour DEM-2" in page
    assert "Line 1, “{{ nothing }}”" in page
    assert (
        "Bonjour DEM-1"
        in browser.post("/settings/macros/preview/", {**sent, "ticket": "dem-1"}).content.decode()
    )
    assert (
        "There is no ticket X"
        in browser.post("/settings/macros/preview/", {**sent, "ticket": "X"}).content.decode()
    )


def test_macros_are_for_who_edits_reference_data(desk: Desk) -> None:
    """Spec R2."""
    reader = signed_in(colleague(desk, Right.SEE_TICKETS))
    assert reader.get("/settings/macros/").status_code == 403
    assert reader.post("/settings/macros/preview/", {}).status_code == 403
