"""Rich text is sanitised on the server, in the operation that stores it (Spec T14)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape, unescape

import nh3

TAGS = {
    "a", "b", "blockquote", "br", "code", "em", "h2", "h3", "h4", "hr", "i", "img", "li", "ol", "p", "pre", "s",
    "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "ol": {"start"},
}
#: Where the images of a text are served: those of tickets, and those of the notes on customers and contacts.
ATTACHMENTS = "/attachments/"
NOTE_IMAGES = "/notes/images/"
#: A picture whose address was taken away, as nh3 writes it.
_LOST = re.compile(r'<img((?: [a-z]+="[^"]*")*)>')
_ALT = re.compile(r' alt="([^"]*)"')
_PICTURE = re.compile(r"<img[^>]*\ssrc=")
_KEY = re.compile(r"[0-9]{1,18}")
_MENTION = re.compile(r'<span data-mention="([0-9]{1,18})">(.*?)</span>', re.DOTALL)


def sanitise(html: str, *, images: str = ATTACHMENTS, mentions: bool = False) -> str:
    """``html`` with the allowed tags and attributes only; empty when no word and no image is left.

    Images stay when they are ours and of the text's own kind, served under ``images``: one from elsewhere would tell
    its host who reads the text, and when; one of another kind is shown to other people than the text. With
    ``mentions`` the names of people stay marked by their keys: ``<span data-mention="12">@Karim Benali</span>``.
    """

    def keep(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "data-mention":
            return value if _KEY.fullmatch(value) else None
        is_foreign = tag == "img" and attribute == "src" and not value.startswith(images)
        return None if is_foreign else value

    clean = nh3.clean(
        html or "",
        tags=TAGS | {"span"} if mentions else TAGS,
        attributes=ATTRIBUTES | {"span": {"data-mention"}} if mentions else ATTRIBUTES,
        attribute_filter=keep,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    ).strip()
    clean = _LOST.sub(_without_broken, clean)
    words = unescape(nh3.clean(clean, tags=set())).strip()
    return clean if words or _PICTURE.search(clean) else ""


def _without_broken(found: re.Match[str]) -> str:
    """A picture as it is, or the words in its place where it has no address that may be shown."""
    if ' src="' in found[1]:
        return found[0]
    alt = _ALT.search(found[1])
    return f"[{escape(unescape(alt[1]))}]" if alt and alt[1].strip() else ""


def without_pictures(html: str) -> str:
    """``html`` sanitised, its pictures left out: for a text that goes where they may not be shown."""
    return sanitise(nh3.clean(html or "", tags=TAGS - {"img"}, attributes=ATTRIBUTES, link_rel=None))


def mentioned_in(html: str) -> list[int]:
    """The keys of the people that a sanitised text marks, each once, in their order."""
    return list(dict.fromkeys(int(found[1]) for found in _MENTION.finditer(html)))


def name_mentions(html: str, names: Mapping[int, str]) -> str:
    """The sanitised text with each mark saying the name of its key, whatever stood there.

    A mark whose key is not in ``names`` is taken away, its words stay.
    """

    def named(found: re.Match[str]) -> str:
        key = int(found[1])
        return f'<span data-mention="{key}">@{escape(names[key])}</span>' if key in names else found[2]

    return sanitise(_MENTION.sub(named, html), mentions=True)
