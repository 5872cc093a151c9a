"""How a record is created or changed in a dialog: drawn by GET, saved by POST, or back with the reason (Spec R7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render

from cadran.desk.components.answers import done, picked
from cadran.desk.settings.common import attempt


def is_for_picker(request: HttpRequest) -> bool:
    """Whether the dialog was opened from a picker, which takes what is created (Spec T7)."""
    return bool(request.GET.get("for"))


def key_in(request: HttpRequest, name: str) -> str | None:
    """The key that the address gives for ``name``; None where it gives none that could be one."""
    key = request.GET.get(name, "")
    return key if key.isdecimal() and len(key) < 19 else None


def answer(
    request: HttpRequest,
    *,
    form: Any,
    template: str,
    act: Callable[[], Any],
    told: Callable[[Any], str],
    go: Callable[[Any], str],
    back: str,
    more: Mapping[str, Any] | None = None,
) -> HttpResponseBase:
    """Draw the dialog, or do ``act`` and go on to ``go`` of its answer, having ``told`` it there.

    Without htmx a dialog has no page of its own: its address leads ``back``.
    """
    if request.method == "GET" and not request.headers.get("HX-Request"):
        return HttpResponseRedirect(back)
    if is_for_picker(request):
        form.auto_id = "new_%s"  # the form below the dialog has fields of the same names
    if request.method == "POST" and form.is_valid():
        saved = attempt(form, act)
        if saved is not None:
            return _finished(request, saved, told, go)
    context = {
        "form": form,
        "action": request.get_full_path(),
        "host": "dialog-over" if is_for_picker(request) else "dialog",
        **(more or {}),
    }
    return render(request, template, context, status=422 if form.errors else 200)


def _finished(
    request: HttpRequest, saved: Any, told: Callable[[Any], str], go: Callable[[Any], str]
) -> HttpResponseBase:
    if is_for_picker(request):
        return picked(field_id=request.GET["for"][:80], value=str(saved.pk), text=str(saved))
    messages.success(request, told(saved))
    return done(request, go(saved))
