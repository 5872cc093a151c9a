"""Editing what a ticket's custom fields hold, in one dialog (Spec T17, T30)."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from cadran.accounts.access import needs
from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import CadranError
from cadran.desk.components.answers import sent
from cadran.desk.components.conflicts import Choice
from cadran.tickets.errors import EditConflict
from cadran.tickets.operations import edit_custom_values
from cadran.tickets.queries import custom_text

from ..forms.custom import CustomFieldsForm
from ..page import get_ticket
from . import dialogs

_TEMPLATE = "desk/tickets/dialogs/custom_fields.html"


@needs(Right.EDIT_TICKETS)
@dialogs.in_a_dialog
def edit(request: HttpRequest, number: str) -> HttpResponseBase:
    """Draw the form, or save it; two who edit the same field at once choose, nothing is overwritten unseen."""
    user = cast(User, request.user)
    ticket = get_ticket(user, number)
    form = CustomFieldsForm(sent(request), person=user, ticket=ticket, now=timezone.now())
    if request.method == "POST" and form.is_valid():
        changes, seen = form.changes_by_field(), form.seen_by_field()
        try:
            edit_custom_values(ticket=ticket, changes=changes, base=seen, by=user, at=form.now)
            return dialogs.finished(request, ticket, _("Saved."))
        except EditConflict as conflict:
            return _ask(request, form, conflict)
        except CadranError as error:
            form.refuse(error)
    return dialogs.draw(request, _TEMPLATE, ticket, form, {"controls": controls_of(form)})


def controls_of(form: CustomFieldsForm) -> list[Any]:
    """The controls in the order of the fields."""
    return [form[key] for key in form.custom]


def _ask(request: HttpRequest, form: CustomFieldsForm, conflict: EditConflict) -> HttpResponse:
    """The same form, having now seen what the others stored, with what is to be chosen."""
    form.see(form.ticket, [one.field for one in conflict.conflicts])
    more = {"controls": controls_of(form), "conflicts": _choices_of(form, conflict)}
    response = dialogs.draw(request, _TEMPLATE, form.ticket, form, more)
    response.status_code = 409
    return response


def _choices_of(form: CustomFieldsForm, conflict: EditConflict) -> list[Choice]:
    def words(value: Any) -> str:
        return custom_text(value) or _("nothing")

    return [
        Choice(
            one.field,
            str(form.labels[one.field]),
            words(one.base),
            words(one.theirs),
            words(one.mine),
            one.by_name,
            one.at,
        )
        for one in conflict.conflicts
    ]
