"""What a view is sent and what it answers: forms, toasts, closed dialogs, a choice made, a page; and documents."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.utils.http import content_disposition_header
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

Level = Literal["done", "info", "error"]


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with; None while it is only shown."""
    return request.POST if request.method == "POST" else None


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


def pdf_answer(content: bytes, name: str) -> HttpResponse:
    """A document of ours, to be shown by the browser under `name`; nothing in it can reach the page's origin."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
