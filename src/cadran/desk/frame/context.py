"""What every page's frame needs: the menu, the person, languages, theme and the addresses of the top bar."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language_info

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.business_rules import COMPANY_NAME, values_of
from cadran.desk.frame.menu import entries_for, page_url
from cadran.tickets.business_rules import ATTACHMENT_MAX_MEGABYTES


def frame(request: HttpRequest) -> dict[str, Any]:
    """Give templates `frame`, worked out only when a page draws its frame."""
    return {"frame": SimpleLazyObject(lambda: _frame(request))}


def _frame(request: HttpRequest) -> dict[str, Any]:
    languages = [get_language_info(code) for code, _name in settings.LANGUAGES]
    company, file_limit = values_of(COMPANY_NAME, ATTACHMENT_MAX_MEGABYTES)
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {
            "company": company,
            "languages": languages,
            "theme": "system",
            "density": "regular",
            "entries": [],
        }
    person = cast(User, user)
    entries = entries_for(person, request.path)
    return {
        "company": company,
        "person": person,
        "entries": entries,
        "more": [entry for entry in entries if not entry.on_phone],
        "languages": languages,
        "theme": person.theme,
        "density": person.density,
        "home_url": page_url("desk:my_day") or "/",
        "search_url": page_url("desk:ticket_list") if person.has_right(Right.SEE_TICKETS) else "",
        "new_ticket_url": page_url("desk:ticket_new") if person.has_right(Right.OPEN_TICKETS) else "",
        "preferences_url": page_url("desk:settings_me"),
        "choices_url": page_url("desk:choices"),
        "file_limit": file_limit,
        "sign_out_url": page_url("account_logout"),
    }
