"""Files served so that nothing in them ever runs in the desk's origin (Spec T15)."""

from __future__ import annotations

from typing import Protocol

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, HttpRequest
from django.utils.translation import gettext as _

from cadran.core.files import sniff

#: Content that a browser may show inside the page; all else is handed over as a file.
SHOWN = {
    "image/png": "image/png",
    "image/jpeg": "image/jpeg",
    "image/gif": "image/gif",
    "image/webp": "image/webp",
    "application/pdf": "application/pdf",
}
#: Content types that are named as they are when downloaded; everything else is only bytes.
HANDED_OVER = {
    "text/plain": "text/plain; charset=utf-8",
    "text/csv": "text/csv; charset=utf-8",
    "application/zip": "application/zip",
}
IMAGES = tuple(kind for kind in SHOWN if kind.startswith("image/"))
#: The endings of names that claim one of the shown kinds.
_CLAIMS = ("png", "jpg", "jpeg", "gif", "webp", "pdf")
_LONGEST_ENDING = 5


def type_word(name: str, content_type: str) -> str:
    """What kind of file it is, for people: a kind that is shown by its content, any other by the ending of its name.

    An ending that claims a kind which the content is not is never repeated (Spec T15).
    """
    if content_type in SHOWN:
        return content_type.rpartition("/")[2].upper()
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending.isalnum() and len(ending) <= _LONGEST_ENDING and ending not in _CLAIMS:
        return ending.upper()
    return _("Text") if content_type == "text/plain" else _("File")


class Kept(Protocol):
    """A file that was kept, with the type its content showed."""

    name: str
    content_type: str
    file: FieldFile


def serve_file(request: HttpRequest, kept: Kept) -> FileResponse:
    """One file. Shown only if both its stored type and its first bytes say that it is a safe kind."""
    content = kept.file.open("rb")
    head = content.read(16)
    content.seek(0)
    shown = kept.content_type in SHOWN and sniff(head) == kept.content_type
    kind = SHOWN[kept.content_type] if shown else HANDED_OVER.get(kept.content_type, "")
    response = FileResponse(
        content,
        as_attachment=not shown or "download" in request.GET,
        filename=kept.name,
        content_type=kind or "application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    # PDF viewers of browsers refuse to draw in a sandbox; a PDF can't reach the page's origin anyway.
    sandbox = "" if kind == "application/pdf" else "; sandbox"
    response["Content-Security-Policy"] = f"default-src 'none'; style-src 'unsafe-inline'{sandbox}"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, max-age=3600, immutable"
    return response
