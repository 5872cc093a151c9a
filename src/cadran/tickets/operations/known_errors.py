"""Turning what a ticket taught into a known error (Spec T33)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.catalogue.known_errors import KnownErrorDetails, save_known_error
from cadran.catalogue.models import KnownError
from cadran.core.errors import InvalidInput
from cadran.core.instants import whole_second

from .. import rules
from ..models import Ticket
from ..queries.alike import DONE
from ._shared import locked, mirror, tell


def make_known_error(
    *, ticket: Ticket, details: KnownErrorDetails, by: User | None, at: datetime
) -> KnownError:
    """Save a known error from a resolved or closed ticket, which has it from then on.

    Raises ``InvalidInput`` for a ticket that is not resolved, was cancelled, or has a known error already, for one of
    another product than the ticket's; what saving the known error raises; ``NotAllowed``, ``TransitionRefused``.
    """
    rules.require(by, Right.EDIT_KNOWN_ERRORS, Right.EDIT_TICKETS)
    at = whole_second(at)
    with transaction.atomic():
        stored = locked(ticket)
        _check(stored, details)
        made = save_known_error(known_error=None, details=details, by=by, at=at)
        stored.known_error = made
        stored.save()
        tell(stored, "made_known_error", by=by, at=at, known_error=str(made))
    mirror(ticket, stored)
    return made


def _check(ticket: Ticket, details: KnownErrorDetails) -> None:
    params = {"number": ticket.number, "error": str(ticket.known_error), "product": str(ticket.product)}
    if ticket.phase not in DONE or ticket.is_cancelled:
        raise InvalidInput(
            _("%(number)s is not resolved, so what helps is not known yet. Resolve it first."), params=params
        )
    if ticket.known_error is not None:
        raise InvalidInput(
            _("%(number)s has the known error “%(error)s” already. Add to that one what is new."),
            params=params,
        )
    if ticket.product is not None and details.product is not None and details.product != ticket.product:
        raise InvalidInput(
            _("%(number)s is about %(product)s, and so is what it taught. Choose that product."),
            field="product",
            params=params,
        )
