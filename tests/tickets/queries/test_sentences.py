"""Every kind of row that the timeline can hold is told (Spec T4)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import cadran
from cadran.tickets.queries.filing_sentences import FILING_CODES
from cadran.tickets.queries.link_sentences import LINK_CODES
from cadran.tickets.queries.sentences import _SENTENCES, ICONS

SOURCE = Path(cadran.__file__).parent
OPERATIONS = SOURCE / "tickets" / "operations"
#: The functions that write a row of a ticket, and the place of its kind among their arguments.
TELLERS = {"tell": 1, "tell_both": 0}
#: Kinds that a module chooses as it goes: the calls that name none, and what they may write.
CHOSEN = {
    "_answers": {"answered", "asked"},
    "_distribution": {"assigned", "taken"},
    "_links": set(),  # told by who calls it
    "_starting": {"from_template", "from_template_partly"},
    "closing": {"closed_by_customer", "closed_internally"},
    "finishing": {"resolved", "closed_by_customer", "closed_internally"},
}
#: Rows whose thing stands in the timeline itself.
SHOWN_THEMSELVES = {"note_added", "attached", "closing_report"}


def kinds_told() -> Iterator[tuple[str, str | None]]:
    """Each call that writes a row: its module, and the kind where the call names it."""
    for path in sorted(OPERATIONS.glob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in TELLERS:
                kind = call.args[TELLERS[call.func.id]]
                for one in (kind.body, kind.orelse) if isinstance(kind, ast.IfExp) else (kind,):
                    yield path.stem, str(one.value) if isinstance(one, ast.Constant) else None


def test_each_kind_of_row_has_its_sentence_and_icon() -> None:
    """A row without a sentence would say no more than that somebody acted (Spec T4)."""
    calls = list(kinds_told())
    assert {module for module, kind in calls if kind is None} == set(CHOSEN)
    kinds = {kind for _module, kind in calls if kind} | set().union(*CHOSEN.values())
    told = {*_SENTENCES, *FILING_CODES, *LINK_CODES, *SHOWN_THEMSELVES}
    assert kinds - told == set()
    assert kinds - {*ICONS, "note_added", "attached"} == set()
    assert told - SHOWN_THEMSELVES - kinds == set(), "a sentence that nothing writes"


def test_each_icon_is_in_the_sprite() -> None:
    """An icon that is missing leaves a hole in the line."""
    sprite = (SOURCE / "desk" / "static" / "cadran" / "icons.svg").read_text(encoding="utf-8")
    known = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    drawn_as = {"rotate": "refresh"}
    assert {drawn_as.get(icon, icon) for icon in ICONS.values()} - known == set()
