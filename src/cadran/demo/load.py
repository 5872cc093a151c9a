"""Loading the demo company into an empty database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from cadran.core.instants import whole_second

from .call_taking import prepare_call_taking
from .calls import play
from .duplicates import call_twice
from .families import make_families
from .filing import file_tickets, save_macros, save_tags
from .known_errors import tie_tickets
from .letters import prepare_letters
from .own_fields import tick_begun_visits
from .plans import announce_closings, run_plans
from .reports import sign_reports
from .ticket_templates import save_templates, use_templates
from .world import build

#: The company is the same wherever it is loaded on the same day.
SEED = 20260101


#: The part of the loading that the calls take, of 1.
_CALLS = 0.85


def load(*, at: datetime, progress: Callable[[float], None] = lambda _part: None) -> int:
    """Found the company and play its last three months up to ``at``. Returns the number of acts on tickets.

    ``progress`` gets about how far it has come, from 0 to 1.

    One transaction: a start that is interrupted leaves an empty database. Needs one without people.
    """
    now = whole_second(at)
    chance = Random(SEED)
    with transaction.atomic():
        world = build(now, chance)
        save_tags(now - timedelta(days=120))
        save_macros(world, now - timedelta(days=120))
        save_templates(world, now - timedelta(days=120))
        acts = play(world, now, chance, lambda part: progress(_CALLS * part))
        tick_begun_visits(now)
        use_templates(world, now)
        run_plans(world, now)
        call_twice(world, now)
        make_families(now)
        prepare_call_taking(world, now)
        file_tickets(world, now, Random(SEED))
        sign_reports(now, Random(SEED))
        prepare_letters(now)
        tie_tickets(world, now)
        announce_closings(now)
        progress(1)
        return acts
