"""What every request must keep to before anything reads it, a body of known, sensible length and text without NUL; and
what is told when two requests met in the database."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.http.request import UnreadablePostError
from django.shortcuts import render
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from cadran.accounts.models import User
from cadran.core.business_rules import value_of
from cadran.core.compare import is_collision
from cadran.tickets.business_rules import ATTACHMENT_MAX_MEGABYTES

logger = logging.getLogger(__name__)

#: The most that is read of somebody who has not signed in, in bytes: a sign-in form is far below.
STRANGERS = 64 * 1024
_MEGABYTE = 1024 * 1024

Next = Callable[[HttpRequest], HttpResponseBase]


class BodyLimitMiddleware:
    """Refuses what is too long before a byte of it is read (Spec T15); stands before whatever reads a form.

    Strangers may send a small form and cost no query; who is signed in a large form, or files up to the size of one
    attachment and such a form. A body whose length is not told is refused.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
            return _refusal(request, _("The length of what was sent is missing. Send it with a length."), 411)
        length = _length_of(request)
        if length <= STRANGERS:
            return self.get_response(request)
        user = _person_of(request)
        if user is None:
            text = _("This is more than can be sent without signing in. Sign in, then send it again.")
            return _refusal(request, text, 413)
        limit = _limit_of(request)
        if length <= limit:
            return self.get_response(request)
        with override(user.language or get_language()):
            text = _("At most %(limit)s MB can be sent at once. Send less, or one file after the other.")
            return _refusal(request, text % {"limit": limit // _MEGABYTE}, 413)


def _length_of(request: HttpRequest) -> int:
    told = request.META.get("CONTENT_LENGTH") or "0"
    return int(told) if told.isdecimal() and len(told) < 19 else 0


def _person_of(request: HttpRequest) -> User | None:
    """Who is signed in; asked without a query where no session's cookie came along."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    found = get_user(request)
    return found if isinstance(found, User) else None


def _limit_of(request: HttpRequest) -> int:
    """The most bytes that somebody who is signed in may send with this request."""
    form = int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or STRANGERS)
    if request.content_type != "multipart/form-data":
        return form
    return int(value_of(ATTACHMENT_MAX_MEGABYTES)) * _MEGABYTE + form


def _refusal(request: HttpRequest, text: str, status: int) -> HttpResponse:
    if request.accepts("text/html") or not request.accepts("application/json"):
        return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    return JsonResponse({"error": text}, status=status)


class NoNulMiddleware:
    """Takes NUL characters out of every typed text: nobody types them, and PostgreSQL stores none (Spec R7)."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\x00" in request.path_info:
            raise Http404
        if _has_nul(request.GET):
            request.GET = _without_nul(request.GET)  # type: ignore[assignment]
        if request.method == "POST":
            try:
                typed: Any = request.POST
            except UnreadablePostError:  # the browser went away
                typed = QueryDict()
            if _has_nul(typed):
                request.POST = _without_nul(typed)  # type: ignore[assignment]
        return self.get_response(request)


class CollisionMiddleware:
    """Tells whoever saved in the same moment as somebody else, where the database had to stop one of the two.

    Operations take what they change in one order and wait for each other, so that this is the last resort: a
    deadlock, a wait that took too long, or a row that was deleted or given the same name in that moment.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A page, or a sentence for a part of one, instead of “something went wrong”; nothing was saved."""
        if not is_collision(error):
            return None
        logger.warning("Stopped by somebody else's act: %s", request.path, exc_info=error)
        if request.headers.get("HX-Request") or not request.accepts("text/html"):
            text = _("Somebody else saved in the same moment, so nothing of yours was saved. Send it again.")
            return _refusal(request, text, 409)
        return render(request, "409.html", status=409)


def _has_nul(typed: QueryDict) -> bool:
    return any("\x00" in text for name, texts in typed.lists() for text in (name, *texts))


def _without_nul(typed: QueryDict) -> QueryDict:
    clean = QueryDict(mutable=True)
    for name, texts in typed.lists():
        for text in texts:
            clean.appendlist(name.replace("\x00", ""), str(text).replace("\x00", ""))
    clean._mutable = False
    return clean
