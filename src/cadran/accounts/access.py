"""How a view declares who may use it (Spec R2). One test walks every address and fails on one that declares nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from .rights import Right

View = TypeVar("View", bound=Callable[..., HttpResponseBase])

#: Declared access of a view that anybody may use, signed in or not.
PUBLIC = "public"
#: Declared access of a view that anybody signed in may use.
SIGNED_IN = "signed-in"


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = redirect_to_login(request.headers.get("HX-Current-URL", "/"))["Location"]
        return answer
    return redirect_to_login(request.get_full_path())


def needs(*rights: Right) -> Callable[[View], View]:
    """Only who has every one of ``rights`` may use the view; others get 403, strangers the sign-in page."""

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            missing = [right for right in rights if not request.user.has_right(right)]
            if missing:
                raise PermissionDenied(missing[0].value)
            return view(request, *args, **kwargs)

        guarded.access = rights  # type: ignore[attr-defined]
        return cast(View, guarded)

    return declare


def signed_in(view: View) -> View:
    """Anybody signed in may use the view; strangers get the sign-in page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        return view(request, *args, **kwargs)

    guarded.access = SIGNED_IN  # type: ignore[attr-defined]
    return cast(View, guarded)


def public(view: View) -> View:
    """Anybody may use the view."""
    view.access = PUBLIC  # type: ignore[attr-defined]
    return view
