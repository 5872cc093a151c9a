"""Folding of texts for searches that ignore case and accents, the same on every database."""

from __future__ import annotations

import re
import unicodedata
from html import unescape

_SPACES = re.compile(r"\s+")
_TAGS = re.compile(r"<[^>]*>")


def fold(text: str) -> str:
    """``text`` in lower case, without accents, with single spaces: « Échéance » becomes ``echeance``."""
    text = text.replace("œ", "oe").replace("Œ", "oe").replace("æ", "ae").replace("Æ", "ae").replace("’", "'")
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return _SPACES.sub(" ", bare.casefold()).strip()


def plain(html: str) -> str:
    """The words of sanitised rich text, without its tags."""
    return _SPACES.sub(" ", unescape(_TAGS.sub(" ", html))).strip()
