"""One's own preferences, and the business rules."""

from __future__ import annotations

from django.test import Client

from cadran.accounts.models import User
from cadran.core.business_rules import COMPANY_NAME, value_of
from cadran.tickets.business_rules import ATTACHMENT_MAX_MEGABYTES
from tests.factories.desk import Desk

from .conftest import client_of, filled, said


def test_everybody_sets_their_own_preferences(desk: Desk) -> None:
    """Spec F5: language, theme, zone and row height; the answer speaks the new language."""
    client = client_of(desk.user)
    typed = {"language": "fr", "theme": "dark", "time_zone": "America/Montreal", "density": "compact"}
    answer = client.post("/settings/me/", typed, follow=True)
    desk.user.refresh_from_db()
    assert (desk.user.language, desk.user.theme, desk.user.density) == ("fr", "dark", "compact")
    assert "Vos préférences sont enregistrées." in said(answer)
    answer = client.post("/settings/me/", typed | {"time_zone": "Mars/Olympus"})
    assert answer.status_code == 422
    desk.user.refresh_from_db()
    assert desk.user.time_zone == "America/Montreal"


def test_a_password_is_chosen_then_asked_for(desk: Desk) -> None:
    """Spec R4: the present one is checked; a weak one is refused in a sentence; the session stays, others end."""
    client, elsewhere = client_of(desk.user), client_of(desk.user)
    new = "correct horse battery"
    assert client.post("/settings/me/password/", {"password": new, "again": new}).status_code == 302
    assert client.get("/settings/me/").status_code == 200
    assert elsewhere.get("/settings/me/").status_code == 302
    answer = client.post("/settings/me/password/", {"present": "wrong", "password": new, "again": "other"})
    assert "This isn’t your present password." in said(answer) and "The two new passwords differ." in said(
        answer
    )
    answer = client.post("/settings/me/password/", {"present": new, "password": "1234", "again": "1234"})
    assert answer.status_code == 422
    assert User.objects.get(pk=desk.user.pk).check_password(new)


def test_business_rules_are_saved_all_or_none(client: Client, desk: Desk) -> None:
    """Glossary, business rule: typed; one refused value keeps all from being saved."""
    page = filled(client.get("/settings/business-rules/"))
    wrong = page | {"COMPANY_NAME": "Atlas", "ATTACHMENT_MAX_MEGABYTES": "-3"}
    answer = client.post("/settings/business-rules/", wrong)
    assert answer.status_code == 422 and 'value="Atlas"' in said(answer)
    assert value_of(COMPANY_NAME) != "Atlas"
    right = page | {"COMPANY_NAME": "Atlas", "ATTACHMENT_MAX_MEGABYTES": "40", "INTAKE_TEAM": desk.team.pk}
    assert client.post("/settings/business-rules/", right).status_code == 302
    assert (value_of(COMPANY_NAME), value_of(ATTACHMENT_MAX_MEGABYTES)) == ("Atlas", 40)
    assert f'<option value="{desk.team.pk}" selected>' in said(client.get("/settings/business-rules/"))
