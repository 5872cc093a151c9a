"""How a record is created or changed: drawn by GET, saved by POST, or back with the reason (Spec R7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from cadran.desk.components.answers import done, picked
from cadran.desk.settings.common import attempt
from cadran.desk.tickets.forms.fields import is_key

_LONGEST_WORDS = 150


def is_for_picker(request: HttpRequest) -> bool:
    """Whether the dialog was opened from a picker, which takes what is created (Spec T7)."""
    return bool(request.GET.get("for"))


def key_in(request: HttpRequest, name: str) -> str | None:
    """The key that the address gives for ``name``; None where it gives none that could be one."""
    key = request.GET.get(name, "")
    return key if is_key(key) else None


def words_in(request: HttpRequest) -> str:
    """What was looked up in the picker before the dialog was opened: it need not be typed again (Spec T7)."""
    return request.GET.get("words", "").strip()[:_LONGEST_WORDS]


def _is_saved(saved: Any) -> str:
    return _("%(name)s is saved.") % {"name": saved}


def answer(
    request: HttpRequest,
    *,
    form: Any,
    template: str,
    act: Callable[[], Any],
    go: Callable[[Any], str],
    back: str,
    told: Callable[[Any], str] = _is_saved,
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


def answer_page(
    request: HttpRequest,
    *,
    form: Any,
    template: str,
    act: Callable[[], Any],
    go: Callable[[Any], str],
    more: Callable[[], Mapping[str, Any]],
    told: Callable[[Any], str] = _is_saved,
) -> HttpResponseBase:
    """The same for a form with a page of its own. ``more`` is read last: a refused act may have filled the row."""
    if request.method == "POST" and form.is_valid():
        saved = attempt(form, act)
        if saved is not None:
            messages.success(request, told(saved))
            return HttpResponseRedirect(go(saved))
    return render(request, template, {"form": form, **more()}, status=422 if form.errors else 200)


def _finished(
    request: HttpRequest, saved: Any, told: Callable[[Any], str], go: Callable[[Any], str]
) -> HttpResponseBase:
    if is_for_picker(request):
        return picked(field_id=request.GET["for"][:80], value=str(saved.pk), text=str(saved))
    messages.success(request, told(saved))
    return done(request, go(saved))
