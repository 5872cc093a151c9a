"""The images in the notes of customers and contacts: kept when pasted, shown to who may see customers (Spec T7)."""

from __future__ import annotations

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cadran.accounts.access import needs
from cadran.accounts.rights import Right
from cadran.core.errors import CadranError
from cadran.desk.components.files import serve_file
from cadran.desk.settings.common import now, person
from cadran.parties.models import NoteImage
from cadran.parties.operations import add_note_image


@needs(Right.SEE_CUSTOMERS, Right.EDIT_CUSTOMERS)
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Keep an image that was pasted into a note; answers its address as JSON ``{"url": …}``."""
    content = request.FILES.get("file")
    if content is None:
        return JsonResponse({"error": _("No file came with it. Paste the image again.")}, status=422)
    try:
        image = add_note_image(name=content.name or "image", content=content, by=person(request), at=now())
    except CadranError as error:
        return JsonResponse({"error": error.message}, status=422)
    return JsonResponse(
        {"url": reverse("desk:note_image", args=[image.secret, image.name]), "name": image.name}
    )


@needs(Right.SEE_CUSTOMERS)
@require_safe
def show(request: HttpRequest, secret: str, name: str) -> HttpResponseBase:
    """One image: of a note that was saved, or pasted by oneself and not saved yet."""
    user = person(request)
    is_saved = Q(customer__isnull=False) | Q(contact__isnull=False)
    rows = NoteImage.objects.visible_to(user).filter(is_saved | Q(uploaded_by=user))
    image = get_object_or_404(rows, secret=secret)
    if name != image.name:
        raise Http404
    return serve_file(request, image)
