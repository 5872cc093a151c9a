"""The components page: every part of the desk with real parameters, in both themes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cadran.accounts.access import needs
from cadran.accounts.rights import Right
from cadran.desk.components import samples
from cadran.desk.components.answers import close_dialog, toast
from cadran.desk.components.words import HUES


@needs(Right.SEE_TICKETS)
@require_GET
def components(request: HttpRequest) -> HttpResponse:
    """Show every component."""
    now = timezone.localtime().replace(microsecond=0)
    context = {
        "now": now,
        "form": samples.sample_form(now),
        "faces": samples.faces(now),
        "statuses": samples.STATUSES,
        "severities": samples.SEVERITIES,
        "page": samples.sample_page(),
        "week": samples.sample_week(now),
        "ledger": samples.sample_ledger(),
        "strip": samples.sample_strip(),
        "hues": HUES,
    }
    return render(request, "desk/components/page.html", context)


@needs(Right.SEE_TICKETS)
def dialog(request: HttpRequest) -> HttpResponse:
    """Answer the sample dialog; sent without its details it comes back with the error."""
    start = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    form = samples.SuspendForm(request.POST or None, initial={"start": start})
    if request.method == "POST" and form.is_valid():
        return toast(close_dialog(), _("Nothing was suspended: this is the components page."), level="info")
    status = 422 if request.method == "POST" else 200
    return render(request, "desk/components/_sample_dialog.html", {"form": form}, status=status)


@needs(Right.SEE_TICKETS)
@require_GET
def names(request: HttpRequest) -> JsonResponse:
    """Answer the sample picker."""
    words = request.GET.get("q", "").casefold()
    found = [row for row in samples.PEOPLE if words in f"{row[1]} {row[2]}".casefold()]
    results = [{"value": key, "text": name, "hint": place} for key, name, place in found]
    return JsonResponse({"results": results, "more": False})


@needs(Right.SEE_TICKETS)
@require_POST
def say(request: HttpRequest) -> HttpResponse:
    """Answer with a toast."""
    return toast(HttpResponse(status=204), _("Done: this is how it is told."))
