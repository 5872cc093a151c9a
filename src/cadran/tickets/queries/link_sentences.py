"""The sentences of the timeline about parents and children (Spec T4, T10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..choices import Cascade, LinkRole
from .coverage import in_reader_language

_PARENT, _CHILD = LinkRole.PARENT.value, LinkRole.CHILD.value
_RESOLUTION, _CLOSING = Cascade.RESOLUTION.value, Cascade.CLOSING.value
_LINKS: dict[tuple[str, str], Any] = {
    ("linked", _PARENT): _("%(author)s made %(other)s a parent of this ticket."),
    ("linked", _CHILD): _("%(author)s made %(other)s a child of this ticket."),
    ("unlinked", _PARENT): _("%(author)s took the parent %(other)s away."),
    ("unlinked", _CHILD): _("%(author)s took the child %(other)s away."),
    ("followed_parent", _RESOLUTION): _("%(author)s resolved the ticket together with its parent %(other)s."),
    ("followed_parent", _CLOSING): _("%(author)s closed the ticket together with its parent %(other)s."),
}
#: By the cascade, whether any child followed and whether any was left.
_CHILDREN: dict[tuple[str, bool, bool], Any] = {
    (_RESOLUTION, True, False): _("%(author)s resolved children of the ticket too: %(done)s."),
    (_RESOLUTION, True, True): _(
        "%(author)s resolved children of the ticket too: %(done)s. Left as they were: %(left)s"
    ),
    (_CLOSING, True, False): _("%(author)s closed children of the ticket too: %(done)s."),
    (_CLOSING, True, True): _(
        "%(author)s closed children of the ticket too: %(done)s. Left as they were: %(left)s"
    ),
}
_NONE_FOLLOWED = _("No child of the ticket could follow it: %(left)s")
#: Rows whose sentence is chosen here.
LINK_CODES = frozenset({"linked", "unlinked", "followed_parent", "children_followed"})
#: How many children a sentence names.
NAMED = 10


def link_sentence(code: str, data: dict[str, Any]) -> Any:
    """The template of a row about parents and children, lazy; ``code`` is one of :data:`LINK_CODES`."""
    if code != "children_followed":
        return _LINKS[code, data.get("role") or data["cascade"]]
    return _CHILDREN.get((data["cascade"], bool(data["done"]), bool(data["left"])), _NONE_FOLLOWED)


def numbers_text(numbers: Sequence[str]) -> str:
    """« DEM-2, DEM-3 », and how many more."""
    return _some(numbers, ", ")


def reasons_text(left: Sequence[dict[str, Any]]) -> str:
    """Why children were left as they were, one sentence each, and how many more."""
    return _some([reason_text(one) for one in left], " ")


def reason_text(left: dict[str, Any]) -> str:
    """Why one child was left as it was; the sentence names it."""
    why, number = in_reader_language(left["why"]), left["number"]
    return why if number in why else gettext("%(number)s: %(why)s") % {"number": number, "why": why}


def _some(texts: Sequence[str], between: str) -> str:
    shown, more = between.join(texts[:NAMED]), len(texts) - NAMED
    return shown if more <= 0 else gettext("%(some)s and %(more)s more") % {"some": shown, "more": more}
