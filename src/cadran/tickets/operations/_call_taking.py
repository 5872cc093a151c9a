"""What a customer's call-taking rules forbid (Spec T13)."""

from __future__ import annotations

from cadran.parties.models import Customer

from ..queries.call_taking import block_of


def refuse_blocked(customer: Customer) -> None:
    """Raise ``CustomerBlocked`` when no ticket may be opened for ``customer``, whoever asks and whatever the way."""
    blocked = block_of(customer)
    if blocked is not None:
        raise blocked
