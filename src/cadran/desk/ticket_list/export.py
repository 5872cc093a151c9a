"""The list of tickets as a file, narrowed and ordered as it stands on the screen (Spec T30)."""

from __future__ import annotations

from tempfile import TemporaryFile
from typing import IO, cast

from django.contrib import messages
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cadran.accounts.access import needs
from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.instants import whole_second
from cadran.core.spreadsheets import SHEET_ROWS, Table, csv_lines, write_xlsx
from cadran.tickets.queries.export import ticket_table

from .screen import Screen

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@needs(Right.SEE_TICKETS)
@require_GET
def as_csv(request: HttpRequest) -> HttpResponseBase:
    """The list as CSV, written while it goes out."""
    with_commas = (get_language() or "en").startswith("fr")
    lines = csv_lines(_table(request), zone=timezone.get_current_timezone(), with_commas=with_commas)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_name("csv")}"'
    return response


@needs(Right.SEE_TICKETS)
@require_GET
def as_xlsx(request: HttpRequest) -> HttpResponseBase:
    """The list as a workbook, written to a file that is gone once it was sent."""
    table = _table(request)
    if table.count > SHEET_ROWS:
        messages.error(
            request, _("A sheet holds no more than a million rows. Narrow the list, or export it as CSV.")
        )
        return HttpResponseRedirect(f"{reverse('desk:ticket_list')}?{request.GET.urlencode()}")
    file = cast(IO[bytes], TemporaryFile())  # noqa: SIM115  the response closes it
    write_xlsx(file, table, zone=timezone.get_current_timezone(), sheet=_("Tickets"))
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=_name("xlsx"), content_type=_XLSX)


def _table(request: HttpRequest) -> Table:
    screen = Screen(cast(User, request.user), request.GET, whole_second(timezone.now()))
    return ticket_table(screen.in_order)


def _name(ending: str) -> str:
    # Translators: the name of the exported file, without blanks or accents
    return _("tickets-%(day)s.%(ending)s") % {"day": f"{timezone.localdate():%Y-%m-%d}", "ending": ending}
