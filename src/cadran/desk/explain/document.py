"""An explanation as a document, from the facts that the page shows (Spec C14)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cadran.core.pdf import Frame, render_pdf
from cadran.desk.components.words import grid_text

_TEMPLATE = Path(__file__).parent / "explanation.typ"


def explanation_pdf(facts: dict[str, Any]) -> bytes:
    """The PDF of what :func:`cadran.desk.explain.facts.facts_of` found, in the active language."""
    ticket = facts["ticket"]
    title = _("Why is it due then?")
    return render_pdf(
        _TEMPLATE,
        {
            "title": title,
            "about": f"{ticket.number} · {ticket.title}",
            "customer": str(ticket.customer),
            "answer": [facts["answer"]["name"], facts["answer"]["text"], _state(facts)],
            "sum": _sum(facts["sum"]),
            "ledger": _ledger(facts),
            "rules": {"title": _("Rules used"), "facts": _rules(facts["rules"])},
            "moves": {
                "title": _("What moved it"),
                "facts": [[when, move.due, move.what] for when, move in facts["moves"]],
            },
            "considered": {
                "title": _("How the commitment is chosen"),
                "facts": [[one.label, one.found, one.more] for one in facts["considered"]],
            },
            "agrees": facts.get("agreement", ""),
        },
        frame=Frame(
            mark=ticket.number, title=f"{ticket.number} · {title}", at=facts["now"], foot=facts["printed"]
        ),
    )


def _state(facts: dict[str, Any]) -> str:
    """« 4 h 14 left · orange from Thu 12 Nov 13:42 », as it was when the document was drawn."""
    warns = _("orange from %(warns)s") % {"warns": facts["warns"]} if facts["warns"] else ""
    return " · ".join(part for part in (facts["face"].left_text, warns) if part)


def _sum(figures: dict[str, str] | None) -> list[list[str]]:
    if figures is None:
        return []
    return [
        [figures["total"], _("guaranteed")],
        [figures["used"], _("used so far")],
        [figures["left"], pgettext("time", "left")],
    ]


def _ledger(facts: dict[str, Any]) -> dict[str, Any] | None:
    """The lines with the figures of the page's table; None for a clock that counts nothing."""
    if not facts.get("rows"):
        return None

    def figure(seconds: int | None) -> str:
        return "" if seconds is None else grid_text(seconds, exact=facts["exact"])

    return {
        "title": _("Ledger"),
        "zone": _("times in %(zone)s") % {"zone": facts["zone"]},
        "heads": [
            _("Day"),
            pgettext("ledger", "From"),
            pgettext("ledger", "To"),
            pgettext("ledger", "What"),
            pgettext("ledger", "Lost"),
            pgettext("ledger", "Counted"),
            _("Used of %(of)s") % {"of": facts["of"]},
        ],
        "rows": [
            {
                "kind": row.kind,
                "cells": [
                    row.day,
                    row.start,
                    row.end,
                    row.what,
                    *map(figure, (row.lost, row.counted, row.used)),
                ],
            }
            for row in facts["rows"]
        ],
    }


def _rules(rules: dict[str, Any]) -> list[list[str]]:
    def version(name: str) -> str:
        if not rules[name]:
            return ""
        parts = {"name": rules[name], "number": rules[f"{name}_version"]}
        return _("%(name)s, version %(number)s") % parts

    rows = [
        [_("Guarantee"), rules["guarantee"], ""],
        [_("Commitment"), version("commitment"), rules["why"]],
        [_("Schedule"), version("schedule"), " · ".join(rules["week"])],
        [_("Holidays"), str(rules["holidays"] or ""), ""],
        [_("Lost time on"), version("action"), " · ".join(rules["action_week"])],
        [_("Starts at"), rules["starts"], ""],
        [_("Orange below"), rules["warning"], ""],
    ]
    return [row for row in rows if row[1]]
