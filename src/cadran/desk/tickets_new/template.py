"""A template put into the form while it is typed: what it fills, and what stays as it was typed (Spec T16)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cadran.accounts.access import needs
from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.instants import whole_second
from cadran.desk.tickets.forms.custom import control_of
from cadran.tickets.models import TicketTemplate
from cadran.tickets.queries import USUAL, Start, field_label, fields_from_template, usual

from .forms import LISTS, ROWS, TicketForm

#: Texts and boxes that a template may hold, besides its rows.
_PLAIN = (
    "title",
    "environment",
    "external_description",
    "internal_description",
    "external_report",
    "internal_report",
    "is_shared",
)


@dataclass(frozen=True)
class Filling:
    """A template put into a form: the values for its fields, and what stays as it was typed."""

    start: Start
    values: dict[str, Any]
    kept: list[str]

    @property
    def as_json(self) -> str:
        """What the form's script puts into the fields."""
        template = self.start.details.template
        return json.dumps(
            {
                name: {**_shown(value), "reason": _("From the template") if _holds(template, name) else ""}
                for name, value in self.values.items()
            }
        )

    @property
    def tags_as_json(self) -> str:
        """The template's tags, for the field that holds several."""
        return json.dumps([_shown(tag) for tag in self.start.details.tags])

    @property
    def kept_labels(self) -> str:
        """The fields that keep what was typed, in the reader's words."""
        return ", ".join(capfirst(field_label(name)) for name in self.kept)


def _holds(template: Any, name: str) -> bool:
    return getattr(template, name, None) not in (None, "")


def _shown(value: Any) -> dict[str, Any]:
    if isinstance(value, Model):
        return {"value": str(value.pk), "text": str(value)}
    if isinstance(value, date):
        value = value.isoformat()
    return {"value": value, "text": value}


def fill(
    template: TicketTemplate,
    standing: dict[str, Any],
    *,
    custom: Mapping[str, str],
    untouched: set[str],
    overwrite: bool,
    at: datetime,
) -> Filling:
    """Put a template into a form in which ``standing`` stands; ``untouched`` are fields that nobody has typed.

    Fills what is empty or untouched; with ``overwrite`` everything that the template holds. ``custom`` is what the
    controls of the custom fields hold.
    """
    typed = {
        name: value
        for name, value in standing.items()
        if value not in (None, "") and name not in untouched and not (overwrite and _holds(template, name))
    }
    start = fields_from_template(template, at=at, context=typed)
    given = {
        **start.values,
        "external_report": start.external_report,
        "internal_report": start.internal_report,
    }
    values = {
        name: value
        for name, value in given.items()
        if name in standing and name not in typed and value not in (None, "") and value != standing[name]
    }
    values |= {
        one.key: control_of(one).prepare_value(value)
        for one, value in start.details.custom_values.items()
        if overwrite or not custom.get(one.key)
    }
    kept = [name for name in typed if _holds(template, name) and getattr(template, name) != typed[name]]
    return Filling(start, values, kept)


@needs(Right.OPEN_TICKETS)
@require_POST
def put_template(request: HttpRequest) -> HttpResponse:
    """Fill the form from the template that was just chosen; what was typed stays, unless asked otherwise."""
    now = whole_second(timezone.now())
    form = TicketForm(request.POST, person=cast(User, request.user), now=now, is_bare=True)
    template = form.chosen("template")
    if template is None:
        return render(request, "desk/tickets_new/_started.html", {})
    standing = {name: form.chosen(name) for name in (*ROWS, *LISTS) if name not in ("pilot", "user")}
    standing |= {name: request.POST.get(name, "") for name in _PLAIN if name != "is_shared"}
    standing["is_shared"] = "is_shared" in request.POST
    untouched = set(request.POST.get("untouched", "").split())
    untouched |= {name for name in USUAL if standing[name] == usual(name)}
    untouched |= {"is_shared"} if standing["is_shared"] else set()
    filling = fill(
        template,
        standing,
        custom={name: text for name, text in request.POST.items() if name.startswith("cf.")},  # type: ignore[misc]
        untouched=untouched,
        overwrite="overwrite" in request.POST,
        at=form.chosen("received_at") or now,
    )
    return render(request, "desk/tickets_new/_started.html", {"filling": filling, "start": filling.start})
