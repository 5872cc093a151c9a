"""The sentences of the timeline about tags and followers (Spec T4, T30)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

#: Row -> whether something was added, and whether something was taken away.
_BOTH, _ADDED, _REMOVED = (True, True), (True, False), (False, True)
_TAGGED = {
    _BOTH: _("%(author)s added the tags %(added)s and removed %(removed)s."),
    _ADDED: _("%(author)s added the tags %(added)s."),
    _REMOVED: _("%(author)s removed the tags %(removed)s."),
}
_FOLLOWED = {
    _BOTH: _("%(author)s let %(added)s follow the ticket, and %(removed)s no longer."),
    _ADDED: _("%(author)s let %(added)s follow the ticket."),
    _REMOVED: _("%(author)s took %(removed)s off the followers."),
}
_MYSELF = {
    _ADDED: _("%(author)s follows the ticket."),
    _REMOVED: _("%(author)s no longer follows the ticket."),
}
_MENTIONED = _("A note of %(author)s names %(added)s, who now follows the ticket.")
#: Rows whose sentence is chosen here.
FILING_CODES = frozenset({"tagged", "followed"})


def filing_sentence(code: str, data: dict[str, Any]) -> Any:
    """The template of a row about tags or followers, lazy; ``code`` is one of :data:`FILING_CODES`."""
    moved = bool(data.get("added")), bool(data.get("removed"))
    if code == "tagged":
        return _TAGGED[moved]
    if data.get("mentioned"):
        return _MENTIONED
    return _MYSELF[moved] if data.get("myself") and moved in _MYSELF else _FOLLOWED[moved]
