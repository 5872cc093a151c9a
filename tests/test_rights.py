"""Every address declares who may use it, and every supplied profile gets exactly that (Spec R2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, resolve, reverse

from cadran.accounts.access import PUBLIC, SIGNED_IN
from cadran.accounts.models import Profile, User
from cadran.accounts.operations import create_user, ensure_supplied_profiles
from cadran.accounts.rights import SUPPLIED_PROFILES
from cadran.desk.frame.menu import PLACES, entries_for, page_url
from cadran.tickets.operations import supply_reference_data
from tests.factories.trade import MONDAY


def views(resolver: URLResolver, names: tuple[str, ...] = ()) -> Iterator[tuple[str, URLPattern]]:
    """Every pattern of the whole URLconf with its full name."""
    inside = (*names, resolver.namespace) if resolver.namespace else names
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from views(pattern, inside)
        else:
            yield ":".join((*inside, pattern.name or str(pattern.pattern))), pattern


def access_of(callback: Any) -> Any:
    return getattr(callback, "access", None)


def pages() -> dict[str, Any]:
    """The address of every view without parameters, with the access it declares."""
    found = {}
    for name, pattern in views(get_resolver()):
        try:
            found[reverse(name)] = access_of(pattern.callback)
        except NoReverseMatch:
            continue
    return found


def may(user: User, access: Any) -> bool:
    return access in (PUBLIC, SIGNED_IN) or all(user.has_right(right) for right in access)


@pytest.fixture
def people(db: None) -> dict[str, User]:
    """One person for each supplied profile."""
    ensure_supplied_profiles(by=None, at=MONDAY)
    supply_reference_data(by=None, at=MONDAY)
    return {
        code: create_user(
            email=f"{code}@example.com",
            name=code,
            profiles=[Profile.objects.get(code=code)],
            by=None,
            at=MONDAY,
            language="en",
        )
        for code in SUPPLIED_PROFILES
    }


def test_every_view_declares_who_may_use_it() -> None:
    """Spec R2: a view that declares no access is a defect, wherever it is mounted."""
    silent = [name for name, pattern in views(get_resolver()) if access_of(pattern.callback) is None]
    assert not silent, "Declare @needs(…), @signed_in or @public: " + ", ".join(silent)


def test_every_profile_opens_what_its_rights_allow_and_nothing_else(people: dict[str, User]) -> None:
    """Spec R2: with the right a page answers (404 where it needs more than its address), without it 403."""
    wrong = []
    for code, user in people.items():
        client = Client(raise_request_exception=True)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        for address, access in pages().items():
            if address == reverse("account_logout"):
                continue
            status = client.get(address).status_code
            good = status != 403 and status < 500 if may(user, access) else status in (403, 405)
            if not good:
                wrong.append(f"{code} {address}: {status}")
    assert not wrong, "\n".join(wrong)


def test_strangers_are_led_to_the_sign_in_page(db: None) -> None:
    """Spec R2: without a session nothing but public pages answers."""
    wrong = []
    for address, access in pages().items():
        answer = Client().get(address)
        if access == PUBLIC or answer.status_code == 405:
            continue
        if answer.status_code != 302 or not answer["Location"].startswith(reverse("account_login")):
            wrong.append(f"{address}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_the_menu_offers_exactly_what_opens(people: dict[str, User]) -> None:
    """Spec R2: each menu entry declares its rights; who sees it may open it, who may not open it doesn't see it."""
    for code, user in people.items():
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        shown = {entry.url for entry in entries_for(user, "/")}
        for url in shown:
            assert client.get(url).status_code == 200, f"{code} sees {url} and can't open it"
        for place in PLACES:
            url = page_url(place.url_name)
            if url and url not in shown:
                assert access_of(resolve(url).func) == SIGNED_IN or client.get(url).status_code == 403, (
                    f"{code} {url}"
                )
