"""Each person's language and time zone, for the time of their request (Spec F5)."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation


class PreferencesMiddleware:
    """Activates the signed-in person's language and time zone; a stranger's browser chooses the language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        with timezone.override(ZoneInfo(user.time_zone)):
            if user.language:
                translation.activate(user.language)
                request.LANGUAGE_CODE = user.language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "fr")
            return response
