"""What a view answers to a fragment request: toasts, closed dialogs, a choice made, a page to go to."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

Level = Literal["done", "info", "error"]


def toast(response: HttpResponse, text: str, *, level: Level = "done") -> HttpResponse:
    """Have the page show `text` once it received `response`."""
    return trigger_client_event(response, "toast", {"text": str(text), "level": level})


def close_dialog(response: HttpResponse | None = None) -> HttpResponse:
    """Close the dialog that asked; without a response, answer nothing else."""
    return trigger_client_event(response or HttpResponse(status=204), "dialog-close", {})


def done(request: HttpRequest, url: str) -> HttpResponseBase:
    """Go to `url` after an act: by a redirect, or by htmx when a fragment asked. Messages show on the page."""
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(url)
    return HttpResponseRedirect(url)


def picked(*, field_id: str, value: str, text: str) -> HttpResponse:
    """Hand a choice made in a dialog to the picker `field_id` and close the dialog."""
    response = close_dialog()
    return trigger_client_event(response, "picked", {"for": field_id, "value": value, "text": text})
