"""Tags and followers of a ticket (Spec T30)."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from cadran.accounts.access import needs
from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import CadranError
from cadran.tickets import rules
from cadran.tickets.models import Ticket
from cadran.tickets.operations import change_followers, tag_ticket

from ..forms.filing import FollowersForm, TagsForm
from ..page import fragments, get_ticket
from . import dialogs
from .dialogs import Dialog


@needs(Right.EDIT_TICKETS)
@dialogs.in_a_dialog
def tags(request: HttpRequest, number: str) -> HttpResponseBase:
    """Add and take away tags; a word that is none yet makes one."""
    return dialogs.answer(request, number, _TAGS)


def _tag(form: TagsForm, ticket: Ticket, by: User) -> object:
    return tag_ticket(ticket=ticket, by=by, at=form.now, **form.changes())


_TAGS = Dialog("desk/tickets/dialogs/tags.html", TagsForm, _tag, gettext_lazy("Tags saved."))


@needs(Right.EDIT_TICKETS)
@dialogs.in_a_dialog
def followers(request: HttpRequest, number: str) -> HttpResponseBase:
    """Let colleagues follow the ticket, or no longer."""
    return dialogs.answer(request, number, _FOLLOWERS)


def _followers(form: FollowersForm, ticket: Ticket, by: User) -> object:
    return change_followers(ticket=ticket, by=by, at=form.now, **form.changes())


_FOLLOWERS = Dialog(
    "desk/tickets/dialogs/followers.html", FollowersForm, _followers, gettext_lazy("Followers saved.")
)


@needs(Right.SEE_TICKETS)
@require_POST
def follow(request: HttpRequest, number: str) -> HttpResponse:
    """Follow the ticket oneself, or stop, by a button: ``on`` says which."""
    user = cast(User, request.user)
    ticket = get_ticket(user, number)
    agent = rules.agent_of(user)
    me = [agent] if agent is not None else []
    on = request.POST.get("on") == "1"
    named = {"added": me} if on else {"removed": me}
    try:
        change_followers(ticket=ticket, by=user, at=timezone.now(), **named)
    except CadranError as error:
        return fragments(request, ticket, error.message, level="error")
    return fragments(request, ticket, _("You follow it.") if on else _("You no longer follow it."))
