"""Loading the demo company into an empty database."""

from __future__ import annotations

from datetime import datetime
from random import Random

from django.db import transaction

from cadran.core.instants import whole_second

from .calls import play
from .world import build

#: The company is the same wherever it is loaded on the same day.
SEED = 20260101


def load(*, at: datetime) -> int:
    """Found the company and play its last three months up to ``at``. Returns the number of acts on tickets.

    One transaction: a start that is interrupted leaves an empty database. Needs one without people.
    """
    now = whole_second(at)
    chance = Random(SEED)
    with transaction.atomic():
        world = build(now, chance)
        return play(world, now, chance)
