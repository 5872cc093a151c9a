"""Signing in and out (Spec R4)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cadran.accounts.models import SignInLink, User
from cadran.accounts.operations import create_sign_in_link, set_active, set_password
from cadran.accounts.rights import Right
from tests.factories.trade import MONDAY, person

PASSWORD = "correct horse battery"


@pytest.fixture
def user(db: None) -> User:
    """Somebody with a password."""
    found = person(email="nora@example.com")
    return set_password(user=found, password=PASSWORD, by=None, at=MONDAY)


def sign_in(client: Client, password: str = PASSWORD, **more: str) -> object:
    return client.post("/sign-in/", {"login": "Nora@Example.com", "password": password, **more})


def test_an_address_and_its_password_lead_to_my_day(client: Client, user: User) -> None:
    """Spec R4: after sign-in the desk's first page, or the page one came for; never another site."""
    answer = sign_in(client)
    assert answer.headers["Location"] == "/"  # type: ignore[attr-defined]
    assert client.get("/settings/me/").status_code == 200
    client.post("/sign-out/")
    assert client.get("/settings/me/").headers["Location"] == "/sign-in/?next=/settings/me/"
    assert sign_in(client, next="/settings/me/").headers["Location"] == "/settings/me/"  # type: ignore[attr-defined]
    client.post("/sign-out/")
    assert sign_in(client, next="https://evil.example/").headers["Location"] == "/"  # type: ignore[attr-defined]


def test_a_wrong_password_gets_a_sentence_and_keeps_the_address(client: Client, user: User) -> None:
    """Spec R7: the same sentence for an address nobody has; the password never comes back."""
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    page = sign_in(client, password="not this one").content.decode()  # type: ignore[attr-defined]
    assert "don’t go together" in page and 'value="Nora@Example.com"' in page and "not this one" not in page
    page = client.post("/sign-in/", {"login": "nobody@example.com", "password": "x"}).content.decode()
    assert "don’t go together" in page


def test_guessing_is_throttled(client: Client, user: User) -> None:
    """Spec R4: after five failures even the right password has to wait; many requests get a page that says so."""
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    for _attempt in range(5):
        sign_in(client, password="guess")
    assert "Too many failed attempts" in sign_in(client).content.decode()  # type: ignore[attr-defined]
    answers = [
        client.post("/sign-in/", {"login": "a@example.com", "password": "x"}) for _attempt in range(30)
    ]
    assert answers[-1].status_code == 429
    assert "Wait a minute, then try again." in answers[-1].content.decode()


def test_who_may_no_longer_sign_in_is_told_so(client: Client, user: User) -> None:
    """Spec R4: only with the right password."""
    person(Right.EDIT_AGENTS, email="other@example.com")
    set_active(user=user, is_active=False, by=None, at=MONDAY)
    assert sign_in(client).headers["Location"] == "/sign-in/closed/"  # type: ignore[attr-defined]
    assert sign_in(client, password="guess").status_code == 200  # type: ignore[attr-defined]
    assert client.get("/settings/me/").status_code == 302


def test_looking_at_a_link_does_not_use_it_up(client: Client, user: User) -> None:
    """Spec R4: a mail program may open the address; only the button signs in, and once."""
    secret = create_sign_in_link(user=user, by=None, at=timezone.now())
    assert client.get(f"/sign-in/{secret}/").status_code == 200
    assert client.get("/settings/me/").status_code == 302
    assert client.post(f"/sign-in/{secret}/").headers["Location"] == "/"
    assert client.get("/settings/me/").status_code == 200
    again = Client(headers={"accept-language": "en"}).post(f"/sign-in/{secret}/")
    assert again.status_code == 422
    assert "This link was used already, or is too old." in again.content.decode()


def test_an_old_link_and_a_made_up_one_are_refused(user: User) -> None:
    """Spec R4: a link lives a day."""
    secret = create_sign_in_link(user=user, by=None, at=timezone.now() - timedelta(hours=25))
    assert Client().post(f"/sign-in/{secret}/").status_code == 422
    assert Client().post("/sign-in/made-up/").status_code == 422
    assert SignInLink.objects.get().used_at is None


def test_nobody_signs_up(client: Client, db: None) -> None:
    """Spec R4: people are created by who may edit agents; no other page of the sign-in kit is mounted."""
    for address in ("/signup/", "/accounts/signup/", "/sign-in/signup/x/", "/password/reset/"):
        assert client.get(address).status_code == 404


def test_a_stranger_chooses_the_language(client: Client, db: None) -> None:
    """Spec F5: the browser's first, then the one that was pressed; back to the same page and no other."""
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    assert "Se connecter" in client.get("/sign-in/").content.decode()
    answer = client.post("/language/", {"language": "en", "next": "/sign-in/"})
    assert answer.headers["Location"] == "/sign-in/"
    assert "Sign in" in client.get("/sign-in/").content.decode()
    assert client.post("/language/", {"language": "en", "next": "//evil.example/"}).headers["Location"] == "/"
