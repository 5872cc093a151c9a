"""The custom fields of a new ticket, anew when its nature changes (Spec T30)."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from cadran.accounts.access import needs
from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.instants import whole_second
from cadran.desk.tickets.views.dialogs import calm

from .forms import TicketForm


@needs(Right.OPEN_TICKETS)
@require_POST
def show(request: HttpRequest) -> HttpResponse:
    """The fields of the nature that stands in the form, with what was typed so far; nothing is judged yet."""
    form = TicketForm(request.POST, person=cast(User, request.user), now=whole_second(timezone.now()))
    calm(form)
    return render(request, "desk/tickets_new/_custom_fields.html", {"form": form, "address": request.path})
