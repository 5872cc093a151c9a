"""The list, the page and the form of ticket templates, and the dialog that turns a ticket into one (Spec T16)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cadran.accounts.access import needs
from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import CadranError
from cadran.desk.components.answers import sent
from cadran.desk.records.dialogs import answer, answer_page
from cadran.desk.records.lists import RecordList, show_list
from cadran.desk.settings.common import now, person
from cadran.desk.tickets.page import get_ticket
from cadran.desk.tickets.views.dialogs import calm
from cadran.tickets.choices import TemplatePart
from cadran.tickets.models import TicketTemplate
from cadran.tickets.operations import make_template, retire_template, save_template
from cadran.tickets.queries import (
    TEMPLATE_ROWS,
    custom_fields_of,
    field_label,
    fields_from_template,
    parts_to_mend,
)
from cadran.tickets.queries.custom_fields import HeldValue, held_by_template

from .forms import MakeTemplateForm, TemplateForm, TemplateListForm

_SEE, _EDIT = Right.SEE_TICKETS, Right.EDIT_TEMPLATES


def acts_of(user: User) -> dict[str, bool]:
    """What the person may do, so that nothing else is offered."""
    return {
        "may_edit": user.has_right(_EDIT),
        "may_open": user.has_right(Right.OPEN_TICKETS),
        "sees_customers": user.has_right(Right.SEE_CUSTOMERS),
    }


def _templates(user: User) -> QuerySet[Any]:
    rows: QuerySet[Any] = TicketTemplate.objects.visible_to(user)
    return rows.select_related(*TEMPLATE_ROWS).prefetch_related("tags")


@needs(_SEE)
@require_GET
def template_list(request: HttpRequest) -> HttpResponse:
    """Templates by group, those that need mending marked."""
    user = person(request)

    def decorate(rows: Sequence[Any]) -> list[Any]:
        return [(row, bool(parts_to_mend(row))) for row in rows]

    screen = RecordList(
        template="desk/ticket_templates/list.html",
        rows_template="desk/ticket_templates/_rows.html",
        form=TemplateListForm(request.GET, user=user),
        rows=_templates(user).order_by(
            F("group__position").asc(nulls_last=True), "group_id", "search_key", "id"
        ),
        decorate=decorate,
    )
    return show_list(request, screen, **acts_of(user))


@needs(_SEE)
@require_GET
def template(request: HttpRequest, pk: int) -> HttpResponse:
    """One template: what a ticket opened from it today would start with, and what would be left out."""
    user = person(request)
    row = get_object_or_404(_templates(user), pk=pk)
    context = {
        "template": row,
        "left_out": fields_from_template(row, at=now()).sentences,
        "tags": row.tags.all(),
        "custom": _custom(row),
        "texts": _texts(row),
        **acts_of(user),
    }
    return render(request, "desk/ticket_templates/template.html", context)


def _custom(row: TicketTemplate) -> list[HeldValue]:
    """The custom fields that the template fills in."""
    held = held_by_template(row, custom_fields_of(row.nature_id)) if row.custom_values else {}
    return [HeldValue(field, value) for field, value in held.items()]


def _texts(row: TicketTemplate) -> list[dict[str, str]]:
    """The texts that the template holds, with who reads them."""
    names = {"external_description": "external", "internal_description": "internal",
             "external_report": "external", "internal_report": "internal"}  # fmt: skip
    return [
        {"label": capfirst(field_label(name)), "seen": seen, "html": getattr(row, name)}
        for name, seen in names.items()
        if getattr(row, name)
    ]


@needs(_SEE, _EDIT)
@require_http_methods(["GET", "POST"])
def template_new(request: HttpRequest) -> HttpResponseBase:
    """Write a template from nothing."""
    return _form_page(request, None)


@needs(_SEE, _EDIT)
@require_http_methods(["GET", "POST"])
def template_edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change a template."""
    return _form_page(request, get_object_or_404(_templates(person(request)), pk=pk))


def _form_page(request: HttpRequest, row: TicketTemplate | None) -> HttpResponseBase:
    user, at = person(request), now()
    form = TemplateForm(sent(request), user=user, row=row)

    def stored() -> dict[str, Any]:
        found = _templates(user).filter(pk=row.pk).first() if row else None
        return {"template": found, "mend": parts_to_mend(found) if found else []}

    return answer_page(
        request,
        form=form,
        template="desk/ticket_templates/template_edit.html",
        act=lambda: save_template(template=row, details=form.details, by=user, at=at, seen=form.version_seen),
        told=lambda saved: _("The template “%(name)s” is saved.") % {"name": saved},
        go=lambda saved: reverse("desk:template", args=[saved.pk]),
        more=stored,
    )


@needs(_SEE, _EDIT)
@require_POST
def template_custom_fields(request: HttpRequest) -> HttpResponse:
    """The custom fields of the nature that stands in the form, with what was typed so far; nothing is judged yet."""
    form = TemplateForm(request.POST, user=person(request))
    calm(form)
    context = {"form": form, "address": request.path}
    return render(request, "desk/tickets_new/_custom_fields.html", context)


@needs(_SEE, _EDIT)
@require_POST
def template_retire(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Offer the template no longer, or again."""
    user = person(request)
    row = get_object_or_404(TicketTemplate.objects.visible_to(user), pk=pk)
    seen, retired = request.POST.get("seen", ""), request.POST.get("retired") == "yes"
    try:
        retire_template(
            template=row, retired=retired, by=user, at=now(), seen=int(seen) if seen.isdecimal() else None
        )
    except CadranError as refusal:
        messages.error(request, refusal.message)
    else:
        told = (
            _("The template “%(name)s” is retired.")
            if retired
            else _("The template “%(name)s” is offered again.")
        )
        messages.success(request, told % {"name": row})
    return redirect("desk:template", pk=pk)


@needs(_SEE, _EDIT)
@require_http_methods(["GET", "POST"])
def template_from_ticket(request: HttpRequest, number: str) -> HttpResponseBase:
    """Turn a ticket into a template: its name, its group, and what it takes along."""
    user, at = person(request), now()
    ticket = get_ticket(user, number)
    first = {
        "name": ticket.title[:150],
        "parts": [TemplatePart.PRODUCT, TemplatePart.TEXTS, TemplatePart.TAGS, TemplatePart.FIELDS],
    }
    form = MakeTemplateForm(sent(request), user=user, initial=first)
    return answer(
        request,
        form=form,
        template="desk/ticket_templates/make.html",
        act=lambda: make_template(
            ticket=ticket,
            name=form.cleaned_data["name"],
            group=form.cleaned_data["group"],
            parts=[TemplatePart(part) for part in form.cleaned_data["parts"]],
            by=user,
            at=at,
        ),
        told=lambda made: _("The template “%(name)s” is saved.") % {"name": made},
        go=lambda made: reverse("desk:template", args=[made.pk]),
        back=reverse("desk:ticket", args=[ticket.number]),
        more={
            "ticket": ticket,
            "has_images": "<img" in ticket.external_description + ticket.internal_description,
        },
    )
