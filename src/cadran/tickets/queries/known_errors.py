"""Known errors as tickets know them: how often they happen, and what a ticket would make of one (Spec T33)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.catalogue.known_errors import KnownErrorDetails
from cadran.core.richtext import without_pictures

from ..models import Ticket
from .alike import DONE, last_external_reports

#: How far back uses are counted.
COUNTED = timedelta(days=365)


def with_uses(rows: QuerySet[Any], *, user: User, at: datetime) -> QuerySet[Any]:
    """Known errors with ``uses``: the tickets of the last twelve months that have them, as far as ``user`` sees any.

    A duplicate counts with the ticket that it was merged into.
    """
    seen = Ticket.objects.visible_to(user).filter(
        known_error=OuterRef("pk"), received_at__gte=at - COUNTED, merged_into=None
    )
    counted = seen.order_by().values("known_error").annotate(count=Count("pk")).values("count")
    counting: QuerySet[Any] = rows.annotate(uses=Coalesce(Subquery(counted, output_field=IntegerField()), 0))
    return counting


def may_become_known_error(ticket: Ticket, user: User) -> bool:
    """Whether ``user`` may turn the ticket into a known error: it is resolved, and has none yet."""
    is_done = ticket.phase in DONE and not ticket.is_cancelled and ticket.merged_into_id is None
    rights = (Right.SEE_ASSETS, Right.EDIT_KNOWN_ERRORS, Right.EDIT_TICKETS)
    return is_done and ticket.known_error_id is None and all(user.has_right(one) for one in rights)


def known_error_from(ticket: Ticket) -> KnownErrorDetails:
    """The known error that a ticket would make: what was reported as symptom, what was told last as solution."""
    report = last_external_reports([ticket.pk]).get(ticket.pk, "")
    return KnownErrorDetails(
        title=ticket.title,
        product=ticket.product,
        versions=[ticket.version] if ticket.version else [],
        symptom=without_pictures(ticket.external_description),
        solution=without_pictures(report),
    )
