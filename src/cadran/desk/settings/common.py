"""What all settings views share: who acts and when, and refusals shown beside what was typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar, cast

from django import forms
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.core.errors import CadranError, InvalidInputs, Stale
from cadran.core.instants import whole_second
from cadran.core.models import ReferenceRow
from cadran.desk.records.seen import SeenRow

Answer = TypeVar("Answer")


def person(request: HttpRequest) -> User:
    """Who is signed in; the view's access has made sure of it."""
    return cast(User, request.user)


def now() -> datetime:
    """The instant of the request, once per act."""
    return whole_second(timezone.now())


def show_refusal(form: forms.BaseForm, refusal: CadranError) -> None:
    """Put each sentence beside the field it is about, or on top of the form (Spec R7)."""
    refusals = refusal.errors if isinstance(refusal, InvalidInputs) else [refusal]
    for one in refusals:
        field = one.field if one.field in form.fields else None
        form.add_error(field, one.message)


def attempt(form: forms.BaseForm, act: Callable[[], Answer]) -> Answer | None:
    """The answer of one operation, or None with its refusal on the form.

    ``act`` reads what it saves from the form when it is called: after somebody else's save it is called once more.
    """
    try:
        return act()
    except CadranError as refusal:
        if isinstance(refusal, Stale) and isinstance(form, SeenRow) and form.was_overtaken():
            # Somebody else saved at once: what is typed is compared with theirs, then saved or asked about.
            return attempt(form, act) if form.is_valid() else None
        show_refusal(form, refusal)
        return None


def is_deleted(request: HttpRequest, form: Any, *, asked: object) -> bool:
    """Whether somebody else has deleted the row ``asked`` for that the form was opened on; then the form says so.

    What was typed isn't lost: its page sends it on as a new row. Asked for by its address alone, such a row is 404.
    """
    if not asked or form.row is not None:
        return False
    if request.method != "POST":
        raise Http404
    form.is_valid()  # settles what was chosen where two people met
    form.add_error(
        None,
        _(
            "Somebody else has deleted this row since you opened it. Save what you typed as a new one, or leave."
        ),
    )
    return True


def fix_code(form: forms.BaseForm, stored: ReferenceRow | None) -> None:
    """A code is chosen once: it names the row for good."""
    code = form.fields["code"]
    code.required, code.disabled = False, stored is not None
    if stored is None:
        code.help_text = _("Left empty: made from the name.")
    else:
        form.initial["code"] = stored.code


def code_from(typed: str, *names: str) -> str:
    """The typed code, or one made from the first name that gives any."""
    return typed.strip() or next((slugify(name)[:60] for name in names if slugify(name)), "")
