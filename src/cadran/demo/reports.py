"""Reports of visits that customers signed on the spot (Spec T14)."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from cadran.tickets.documents import sheet_of
from cadran.tickets.models import Intervention
from cadran.tickets.operations import Signing, sign_service_report
from cadran.tickets.signatures import HEIGHT, WIDTH

_REMARKS = {
    "fr": ("", "Merci d’être passé si vite.", ""),
    "en": ("", "Thank you for coming so quickly.", ""),
}


def sign_reports(now: datetime, chance: Random) -> None:
    """Some of the last finished visits, signed by the requester before the technician left."""
    visits = Intervention.objects.filter(
        type__code="on-site-visit", ended_at__isnull=False, is_archived=False, merged_from=None,
        ticket__merged_into=None, ticket__is_shared=True, ticket__requester__isnull=False, ticket__site__isnull=False,
        assignee__user__isnull=False,
    ).exclude(external_report="")  # fmt: skip
    rows = visits.select_related("ticket__requester", "ticket__site", "type", "assignee__user")
    for n, visit in enumerate(rows.order_by("-ended_at", "-id")[:3]):
        signer, site = visit.ticket.requester, visit.ticket.site
        assert visit.ended_at is not None and visit.assignee and signer and site
        signing = Signing(
            signer_name=str(signer),
            signer_function=signer.function,
            place=site.city or site.name,
            language=signer.language,
            remarks=_REMARKS[signer.language][n],
            signature=_scrawl(chance),
        )
        sign_service_report(
            intervention=visit,
            signing=signing,
            seen=sheet_of(visit, signer.language).mark,
            by=visit.assignee.user,
            at=min(now, visit.ended_at + timedelta(minutes=4)),
        )


def _scrawl(chance: Random) -> str:
    """A few loops from left to right and a line under them, as quick hands sign."""
    x, loops = WIDTH // 8, []
    while x < WIDTH * 5 // 8:
        loops.append([x, HEIGHT // 2 - chance.randint(20, HEIGHT // 3)])
        loops.append([x + chance.randint(5, 25), HEIGHT // 2 + chance.randint(10, HEIGHT // 5)])
        x += chance.randint(25, 60)
    line = [[WIDTH // 6, HEIGHT * 3 // 4], [WIDTH * 3 // 4, HEIGHT * 3 // 4 - chance.randint(10, 40)]]
    return str([loops, line])
