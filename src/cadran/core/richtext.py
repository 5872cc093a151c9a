"""Rich text is sanitised on the server, in the operation that stores it (Spec T14)."""

from __future__ import annotations

import re
from html import unescape

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
_ATTACHMENT_PATH = "/attachments/"
_PICTURE = re.compile(r"<img[^>]*\ssrc=")


def _keep(tag: str, attribute: str, value: str) -> str | None:
    # Images are attachments of ours; one from elsewhere would tell its host who reads the ticket, and when.
    if tag == "img" and attribute == "src" and not value.startswith(_ATTACHMENT_PATH):
        return None
    return value


def sanitise(html: str) -> str:
    """``html`` with the allowed tags and attributes only; empty when no word and no image is left."""
    clean = nh3.clean(
        html or "",
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_keep,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    ).strip()
    words = unescape(nh3.clean(clean, tags=set())).strip()
    return clean if words or _PICTURE.search(clean) else ""
