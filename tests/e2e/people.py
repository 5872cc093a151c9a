"""People at their browsers."""

from typing import Any

from django.test import Client
from playwright.sync_api import Browser, Page

from cadran.accounts.models import User


def signed_in(browser: Browser, url: str, user: User, errors: list[str], **options: Any) -> Page:
    """An empty page in which ``user`` is signed in at ``url``; what its scripts throw is added to ``errors``.

    ``options`` are those of a browser's context; without them it is a desktop of 1440 by 900.
    """
    client = Client()
    client.force_login(user)
    context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, "base_url": url, **options})
    session = client.cookies["cadran_session"].value
    context.add_cookies([{"name": "cadran_session", "value": session, "url": url}])
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    return page
