"""What a new ticket starts from on its form: a template, or the ticket that it duplicates (Spec T16)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadran.accounts.models import User
from cadran.desk.tickets.forms.fields import RowField, is_key
from cadran.tickets.context import OpeningDetails
from cadran.tickets.models import Ticket, TicketTemplate
from cadran.tickets.queries import (
    TEMPLATE_ROWS,
    Start,
    details_from_template,
    fields_from_template,
    fields_from_ticket,
)


class StartingForm(forms.Form):
    """The part of the form that says what the ticket starts from."""

    template = RowField(None, label=gettext_lazy("Template"), required=False)
    copied_from = forms.ModelChoiceField(
        Ticket.objects.none(), required=False, to_field_name="number", widget=forms.HiddenInput
    )

    def offer_starts(self, person: User) -> None:
        """Let the person start from what they may see."""
        rows: dict[str, Any] = {"template": TicketTemplate, "copied_from": Ticket}
        for name, model in rows.items():
            self.fields[name].queryset = model.objects.visible_to(person)  # type: ignore[attr-defined]

    @property
    def tags_of(self) -> str:
        """The key of the template whose tags stood in the form when it was drawn first; empty for none."""
        if self.is_bound:
            return str(self.data.get("tags_of", ""))
        return str(self.initial.get("tags_of", self.initial.get("template")) or "")

    def with_start(self, details: OpeningDetails) -> OpeningDetails:
        """The details of the ticket, with what it takes along beyond its fields."""
        template, original = self.cleaned_data.get("template"), self.cleaned_data.get("copied_from")
        taken = details_from_template(template) if template is not None else OpeningDetails()
        tags = list(details.tags)
        if template is not None and str(template.pk) != self.tags_of:
            # Chosen in the form: its tags did not stand in the field, where they could have been taken out.
            tags = list(dict.fromkeys([*tags, *taken.tags]))
        return replace(
            details,
            template=template,
            copied_from=original,
            status=taken.status,
            state=taken.state,
            first_type=taken.first_type,
            tags=tags,
        )


def start_named(request: HttpRequest, context: dict[str, Any], now: datetime) -> Start | None:
    """What the address asks to start from: ``?template=12`` or ``?copy=DEM-7``; ``context`` is chosen already."""
    user = cast(User, request.user)
    key, number = request.GET.get("template", ""), request.GET.get("copy", "")
    if is_key(key):
        rows = TicketTemplate.objects.visible_to(user).select_related(*TEMPLATE_ROWS)
        template = rows.filter(pk=key).first()
        if template is not None and template.is_retired:
            told = _("The template “%(name)s” is retired. Choose another one, or type the ticket.")
            messages.info(request, told % {"name": template})
        elif template is not None:
            return fields_from_template(template, at=now, context=context)
    elif number:
        original = Ticket.objects.visible_to(user).filter(number=number).first()
        return None if original is None else fields_from_ticket(original, at=now)
    return None


def initial_of(start: Start) -> dict[str, Any]:
    """What stands in the fields of a form that begins with ``start``."""
    details = start.details
    values: dict[str, Any] = {
        **start.values,
        "external_report": start.external_report,
        "internal_report": start.internal_report,
        "template": details.template,
        "copied_from": details.copied_from and details.copied_from.number,
        "tags": [tag.pk for tag in details.tags],
        **{field.key: value for field, value in details.custom_values.items()},
    }
    if values.get("supplier_contract") is not None:
        values["supplier_for"] = str(values["asset"].pk)
    return {name: value.pk if isinstance(value, Model) else value for name, value in values.items()}
