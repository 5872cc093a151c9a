"""Attachments: served so that nothing in them ever runs in the desk's origin (Spec T15)."""

from __future__ import annotations

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from cadran.accounts.access import needs
from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import CadranError
from cadran.core.files import sniff
from cadran.desk.components.files import IMAGES, serve_file
from cadran.tickets.models import Attachment, Intervention
from cadran.tickets.operations import add_attachment

from ..forms.fields import is_key
from ..page import fragments, get_ticket


def visible_attachment(user: User, secret: str) -> Attachment:
    """The attachment with this secret: of a ticket that ``user`` sees, or pasted by themselves and not saved yet."""
    rows = Attachment.objects.visible_to(user).filter(Q(ticket__isnull=False) | Q(uploaded_by=user))
    return cast(Attachment, get_object_or_404(rows, secret=secret))


@needs(Right.SEE_TICKETS)
@require_safe
def show(request: HttpRequest, secret: str, name: str) -> HttpResponseBase:
    """One file."""
    attachment = visible_attachment(cast(User, request.user), secret)
    if name != attachment.name:
        raise Http404
    return serve_file(request, attachment)


@needs(Right.SEE_TICKETS)
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Keep an image that was pasted into a text; answers its address as JSON ``{"url": …}``."""
    user = cast(User, request.user)
    content = request.FILES.get("file")
    if content is None:
        return JsonResponse({"error": _("No file came with it. Paste the image again.")}, status=422)
    kind = sniff(content.read(16))
    content.seek(0)
    if kind not in IMAGES:
        text = _("Only PNG, JPEG, GIF and WebP images can stand in a text. Attach other files to the ticket.")
        return JsonResponse({"error": text}, status=422)
    try:
        attachment = add_attachment(
            ticket=None,
            name=content.name or "image",
            content=content,
            is_external=False,
            is_inline=True,
            by=user,
            at=timezone.now(),
        )
    except CadranError as error:
        return JsonResponse({"error": error.message}, status=422)
    return JsonResponse({"url": address_of(attachment), "name": attachment.name})


def address_of(attachment: Attachment) -> str:
    """Where an attachment is served."""
    return reverse("desk:attachment", args=[attachment.secret, attachment.name])


@needs(Right.SEE_TICKETS)
@require_POST
def add(request: HttpRequest, number: str) -> HttpResponseBase:
    """Attach the files sent to a ticket, or to one of its interventions; each is external or internal."""
    user = cast(User, request.user)
    if not (user.has_right(Right.EDIT_TICKETS) or user.has_right(Right.INTERVENE)):
        raise PermissionDenied(Right.EDIT_TICKETS.value)
    ticket = get_ticket(user, number)
    is_external = request.POST.get("seen") == "external"
    taken, refused = list[str](), list[str]()
    intervention = _intervention(user, ticket, request.POST.get("intervention", ""))
    for content in request.FILES.getlist("files"):
        try:
            kept = add_attachment(
                ticket=ticket,
                intervention=intervention,
                name=content.name or "file",
                content=content,
                is_external=is_external,
                by=user,
                at=timezone.now(),
            )
        except CadranError as error:
            refused.append(error.message)
        else:
            taken.append(kept.name)
    if refused and taken:
        refused.append(_("Attached: %(names)s.") % {"names": ", ".join(taken)})
    if refused:
        return fragments(request, ticket, " ".join(refused), level="error")
    if not request.FILES.getlist("files"):
        return fragments(request, ticket, _("No file was chosen."), level="error")
    said = ngettext("Attached.", "%(count)s files attached.", len(taken)) % {"count": len(taken)}
    return fragments(request, ticket, said)


def _intervention(user: User, ticket: Any, number: str) -> Intervention | None:
    if not is_key(number):
        return None
    rows = Intervention.objects.visible_to(user)
    return cast(Intervention, get_object_or_404(rows, ticket=ticket, number=int(number)))
