"""Signatures as they were drawn: strokes of points, read from what a browser sends (Spec T14).

A signature is drawn anew from its points wherever it is shown, so no picture made by strangers is ever opened.
"""

from __future__ import annotations

import json
from itertools import pairwise
from math import dist

from django.utils.translation import gettext_lazy as _

from cadran.core.errors import InvalidInput

#: The box that is signed in, in the units of its points.
WIDTH, HEIGHT = 1000, 400
MAX_STROKES = 200
MAX_POINTS = 5000
_MAX_CHARACTERS = 100_000
#: A signature is at least as long as this, and reaches at least so far to one side: a dot or a tick is none.
_LEAST_INK, _LEAST_REACH = 150, 60

Point = tuple[int, int]
Stroke = tuple[Point, ...]

_BROKEN = _("The signature did not arrive whole. Have it drawn again.")


def read_signature(text: str) -> tuple[Stroke, ...]:
    """The strokes of a signature sent as JSON, ``[[[x, y], …], …]`` within the box, in whole units.

    Raises ``InvalidInput`` on ``signature`` when there is none, when it is a mere dot, too long, or no signature.
    """
    strokes = _strokes(text)
    if not strokes:
        raise _refusal(
            _("Nobody has signed yet. Have the box signed, or add the report that was signed on paper.")
        )
    points = [point for stroke in strokes for point in stroke]
    if len(strokes) > MAX_STROKES or len(points) > MAX_POINTS:
        raise _refusal(_("This drawing is too long for a signature. Clear it and have it signed again."))
    ink = sum(dist(one, other) for stroke in strokes for one, other in pairwise(stroke))
    reach = max(max(side) - min(side) for side in zip(*points, strict=True))
    if ink < _LEAST_INK or reach < _LEAST_REACH:
        raise _refusal(_("A dot or a short line is no signature. Have it drawn again, larger."))
    return strokes


def _strokes(text: str) -> tuple[Stroke, ...]:
    if len(text) > _MAX_CHARACTERS:
        raise _refusal(_BROKEN)
    try:
        sent = json.loads(text or "[]")
    except (ValueError, RecursionError):
        raise _refusal(_BROKEN) from None
    if not isinstance(sent, list) or not all(isinstance(stroke, list) and stroke for stroke in sent):
        raise _refusal(_BROKEN)
    return tuple(tuple(_point(point) for point in stroke) for stroke in sent)


def _point(sent: object) -> Point:
    match sent:
        case [int(x), int(y)] if type(x) is int and type(y) is int and 0 <= x <= WIDTH and 0 <= y <= HEIGHT:
            return (x, y)
    raise _refusal(_BROKEN)


def _refusal(sentence: object) -> InvalidInput:
    return InvalidInput(sentence, field="signature")
