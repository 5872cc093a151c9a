"""Rich text as a tree of blocks that a document can draw: paragraphs, lists, tables, pictures (Spec T14).

Nothing in a text can fail a document. It is sanitised again on its way, what is nested too deep is drawn flat, and a
text without end is cut with a sentence that says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import product
from typing import Any

from django.utils.translation import gettext as _

from .richtext import sanitise

#: One block as JSON: its ``kind`` says what else it has (see ``typst/house.typ``).
Block = dict[str, Any]
#: Finds the picture of an address: ``{"file": …, "width": …, "height": …}`` in pixels, or None.
FindPicture = Callable[[str], dict[str, Any] | None]

MAX_CHARACTERS = 200_000
MAX_DEPTH = 12
MAX_CELLS = 4_000
_MARKS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "under", "s": "struck", "code": "code",
    "sub": "sub", "sup": "super",
}  # fmt: skip
_VOID = {"br", "hr", "img"}
_SPACES = re.compile(r"[ \t\r\n\f]+")
#: What no font draws, and what turns the direction of writing for the rest of the page.
_UNDRAWN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufff9-\uffff]")
_ADDRESS = re.compile(r"(?:https?://|mailto:|tel:)\S", re.IGNORECASE)


@dataclass
class _Node:
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[_Node | str] = field(default_factory=list)


class _Reader(HTMLParser):
    """Reads sanitised HTML into nodes; what lies deeper than ``MAX_DEPTH`` blocks and marks becomes flat."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = _Node("")
        self._path = [self.root]
        self._flat: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = _Node(tag, {name: value or "" for name, value in attrs})
        if tag in _VOID:
            self._path[-1].children.append(node)
        elif len(self._path) > MAX_DEPTH * 2:
            self._flat.append(tag)
        else:
            self._path[-1].children.append(node)
            self._path.append(node)

    def handle_endtag(self, tag: str) -> None:
        if self._flat:
            self._flat.pop()
        elif len(self._path) > 1 and self._path[-1].tag == tag:
            self._path.pop()

    def handle_data(self, data: str) -> None:
        self._path[-1].children.append(data)


def blocks_of(html: str, find_picture: FindPicture | None = None) -> list[Block]:
    """The blocks of rich text; pictures that ``find_picture`` doesn't know stand as their name in brackets."""
    reader = _Reader()
    reader.feed(sanitise(html))
    reader.close()
    budget = _Budget()
    blocks = _Writer(find_picture or (lambda _src: None), budget).write(reader.root.children)
    if budget.is_spent:
        blocks.append({"kind": "note", "text": _("The text is too long for a document: it is cut here.")})
    return blocks


def drawable(text: str) -> str:
    """``text`` without the characters that no font draws or that turn the direction of writing."""
    return _UNDRAWN.sub("", text)


class _Budget:
    """What a text may still fill: characters and cells of tables."""

    def __init__(self) -> None:
        self.characters, self.cells, self.is_spent = MAX_CHARACTERS, MAX_CELLS, False

    def characters_of(self, text: str) -> str:
        text = drawable(text)
        self.is_spent = self.is_spent or len(text) > self.characters
        text = text[: self.characters]
        self.characters -= len(text)
        return text

    def cell(self) -> bool:
        self.cells -= 1
        self.is_spent = self.is_spent or self.cells < 0
        return not self.is_spent


class _Writer:
    """Writes the nodes of one flow as blocks."""

    def __init__(self, find_picture: FindPicture, budget: _Budget) -> None:
        self.find_picture, self.budget = find_picture, budget
        self.blocks: list[Block] = []
        self.runs: list[dict[str, Any]] = []

    def write(self, nodes: Iterable[_Node | str]) -> list[Block]:
        self._flow(nodes, (), "")
        self._end_paragraph()
        return self.blocks

    def _flow(self, nodes: Iterable[_Node | str], marks: tuple[str, ...], to: str) -> None:
        for node in nodes:
            if self.budget.is_spent:
                return
            if isinstance(node, str):
                self._run(_SPACES.sub(" ", node), marks, to)
            elif node.tag == "br":
                self._run("\n", (), "")
            elif node.tag in _MARKS:
                self._flow(node.children, tuple(sorted({*marks, _MARKS[node.tag]})), to)
            elif node.tag == "a":
                address = node.attributes.get("href", "")
                self._flow(node.children, marks, address if _ADDRESS.match(address) else to)
            else:
                self._end_paragraph()
                self._block(node, marks, to)
                self._end_paragraph()

    def _run(self, text: str, marks: tuple[str, ...], to: str) -> None:
        if text != "\n" and (not self.runs or self.runs[-1]["text"][-1:] in (" ", "\n")):
            text = text.lstrip(" ")
        if text := self.budget.characters_of(text):
            self.runs.append({"text": text, "marks": list(marks), "to": to})

    def _end_paragraph(self) -> None:
        while self.runs and not self.runs[-1]["text"].strip(" \n"):
            self.runs.pop()
        if self.runs:
            self.blocks.append({"kind": "par", "runs": self.runs})
        self.runs = []

    def _block(self, node: _Node, marks: tuple[str, ...], to: str) -> None:
        match node.tag:
            case "hr":
                self.blocks.append({"kind": "rule"})
            case "img":
                self._picture(node)
            case "pre":
                self.blocks.append(
                    {"kind": "code", "text": self.budget.characters_of(_words(node)).rstrip("\n")}
                )
            case "ul" | "ol":
                self._list(node)
            case "blockquote":
                self.blocks.append({"kind": "quote", "blocks": self._inside(node)})
            case "table":
                self._table(node)
            case "h2" | "h3" | "h4":
                inside = self._inside(node)
                self.blocks += [{**one, "kind": "head"} if one["kind"] == "par" else one for one in inside]
            case _:
                self._flow(node.children, marks, to)

    def _inside(self, node: _Node) -> list[Block]:
        return _Writer(self.find_picture, self.budget).write(node.children)

    def _picture(self, node: _Node) -> None:
        name = drawable(node.attributes.get("alt", "")) or _("Picture")
        found = self.find_picture(node.attributes.get("src", "")) or {"file": "", "width": 0, "height": 0}
        self.blocks.append({"kind": "picture", "alt": name, **found})

    def _list(self, node: _Node) -> None:
        items = [self._inside(one) for one in node.children if isinstance(one, _Node)]
        start = _number(node.attributes.get("start", ""), default=1, most=9_999)
        if items:
            self.blocks.append({"kind": "list", "ordered": node.tag == "ol", "start": start, "items": items})

    def _table(self, node: _Node) -> None:
        """Cells by place, so that no span can push another one out of the table."""
        taken: set[tuple[int, int]] = set()
        cells: list[Block] = []
        rows = list(_rows(node))
        for y, row in enumerate(rows):
            x = 0
            for cell in (one for one in row.children if isinstance(one, _Node)):
                while (x, y) in taken:
                    x += 1
                if not self.budget.cell():
                    break
                across = _number(cell.attributes.get("colspan", ""), default=1, least=1, most=20)
                down = _number(cell.attributes.get("rowspan", ""), default=1, least=1, most=len(rows) - y)
                while any((x + step, y) in taken for step in range(across)):
                    across -= 1
                taken.update(product(range(x, x + across), range(y, y + down)))
                cells.append({
                    "x": x, "y": y, "across": across, "down": down, "head": cell.tag == "th",
                    "blocks": self._inside(cell),
                })  # fmt: skip
                x += across
        if cells:
            self.blocks.append({"kind": "table", "columns": max(x for x, _y in taken) + 1, "cells": cells})


def _rows(table: _Node) -> Iterable[_Node]:
    for node in table.children:
        if isinstance(node, _Node) and node.tag == "tr":
            yield node
        elif isinstance(node, _Node):
            yield from _rows(node)


def _words(node: _Node) -> str:
    return "".join(
        one if isinstance(one, str) else "\n" if one.tag == "br" else _words(one) for one in node.children
    )


def _number(text: str, *, default: int, least: int = 0, most: int) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default
    return max(least, min(number, most))
