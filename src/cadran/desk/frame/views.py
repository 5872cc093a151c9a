"""The choices that the frame offers on every page: theme, language, row height."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from cadran.accounts.access import public, signed_in
from cadran.accounts.models import User
from cadran.accounts.operations import set_preferences
from cadran.core.errors import InvalidInput


@require_POST
def _choices(request: HttpRequest) -> HttpResponse:
    person = cast(User, request.user)
    chosen = {key: request.POST[key] for key in ("theme", "language", "density") if request.POST.get(key)}
    try:
        set_preferences(user=person, by=person, at=timezone.now().replace(microsecond=0), **chosen)
    except InvalidInput as error:
        return HttpResponse(str(error), status=400, content_type="text/plain; charset=utf-8")
    back = request.POST.get("next", "")
    if not back:
        return HttpResponse(status=204)
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(back if safe else "/")


#: Keep the person's choices; answers 204, or goes back to `next` when given.
choices = signed_in(_choices)


@require_safe
def _favicon(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(static("cadran/icon.svg"))


#: Where browsers look for an icon on answers that name none, such as an attachment's.
favicon = public(_favicon)
