"""One's own preferences, and the business rules."""

from __future__ import annotations

import pytest
from django.test import Client

from cadran.accounts.models import User
from cadran.core.business_rules import COMPANY_NAME, set_business_rule, value_of
from cadran.core.errors import InvalidInput
from cadran.core.reference import retire_reference_row
from cadran.parties.models import Team
from cadran.tickets.business_rules import ATTACHMENT_MAX_MEGABYTES, AUTO_CLOSE_DAYS, INTAKE_TEAM, intake_team
from tests.factories.desk import Desk, paris
from tests.factories.trade import MONDAY, a_row

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


def test_there_is_always_an_intake_team(client: Client, desk: Desk) -> None:
    """Spec T11: a mandatory setting: not left empty once there is a team, and its team can't be retired."""
    page = filled(client.get("/settings/business-rules/"))
    answer = client.post("/settings/business-rules/", {**page, "INTAKE_TEAM": ""})
    assert answer.status_code == 422 and "Intake team: choose one" in said(answer)
    set_business_rule(definition=INTAKE_TEAM, value=desk.team.pk, by=None, at=MONDAY)
    with pytest.raises(InvalidInput):
        set_business_rule(definition=INTAKE_TEAM, value=None, by=None, at=MONDAY)
    with pytest.raises(InvalidInput, match="is the intake team"):
        retire_reference_row(row=desk.team, by=desk.user, at=MONDAY)
    assert intake_team() == desk.team
    other = a_row(Team, "other")
    set_business_rule(definition=INTAKE_TEAM, value=other.pk, by=None, at=MONDAY)
    retire_reference_row(row=Team.objects.get(pk=desk.team.pk), by=desk.user, at=MONDAY)
    for gone in (desk.team.pk, 10**12):
        with pytest.raises(InvalidInput, match="choose one of the values offered"):
            set_business_rule(definition=INTAKE_TEAM, value=gone, by=None, at=MONDAY)
    assert intake_team() == other


@pytest.mark.parametrize(
    ("typed", "said_beside"),
    [
        ({"AUTO_CLOSE_DAYS": "2", "AUTO_CLOSE_NOTICE_DAYS": "5"}, "type at most 2"),
        ({"AUTO_CLOSE_DAYS": "-3"}, "type a number from 0 to 365"),
    ],
)
def test_a_closing_that_could_not_be_announced_is_refused(
    client: Client, desk: Desk, typed: dict[str, str], said_beside: str
) -> None:
    """Spec T28: the notice fits into the time after which tickets close; nothing is saved."""
    page = {**filled(client.get("/settings/business-rules/")), "INTAKE_TEAM": desk.team.pk}
    answer = client.post("/settings/business-rules/", {**page, **typed})
    assert answer.status_code == 422
    assert said_beside in said(answer)
    assert value_of(AUTO_CLOSE_DAYS) == 0
    # Never by itself: the notice is of no account.
    off = {**page, "AUTO_CLOSE_DAYS": "0", "AUTO_CLOSE_NOTICE_DAYS": "5"}
    assert client.post("/settings/business-rules/", off).status_code == 302


def test_the_title_ends_with_the_company(client: Client, desk: Desk) -> None:
    """The business rule COMPANY_NAME stands in the browser's title."""
    set_business_rule(definition=COMPANY_NAME, value="Novalys & Co", by=None, at=paris("2026-03-02 09:00"))
    for address in ("/settings/business-rules/", "/nowhere/"):
        assert "· Novalys &amp; Co</title>" in client.get(address).content.decode()
    assert "· Novalys &amp; Co</title>" in Client().get("/sign-in/").content.decode()
