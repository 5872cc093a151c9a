"""What a file is, by its content, and how its name can be shown safely (Spec T15)."""

from __future__ import annotations

import re
import unicodedata

from .richtext import ATTACHMENTS

_NAME_LENGTH = 200
#: Control characters, and those that turn the direction of writing: with them an ending could pass for another.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+")
#: How browsers write a quote and line ends inside the name of a file that a form sends.
_SENT_AS = {"%22": '"', "%0D": "\r", "%0A": "\n"}
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
)


def secrets_in(html: str, *, images: str = ATTACHMENTS) -> list[str]:
    """The secrets of the files under ``images`` that sanitised rich text shows."""
    return re.findall(rf'src="{images}([A-Za-z0-9_-]{{20,43}})(?:[/?"]|$)', html)


def sniff(head: bytes) -> str:
    """The content type that the first bytes of a file show; never one that a browser would execute.

    Text stays text whatever it claims to be, so that HTML or SVG is read, not run.
    """
    for signature, content_type in _SIGNATURES:
        if head.startswith(signature):
            return content_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if not head or b"\x00" in head:
        return "application/octet-stream"
    for cut in range(4):
        # The last character may be cut in two.
        try:
            head[: len(head) - cut].decode()
        except UnicodeDecodeError:
            continue
        return "text/plain"
    return "application/octet-stream"


def safe_name(name: str) -> str:
    """A file name without folders, control characters or a length that breaks a header; its ending is kept.

    Quotes, brackets and the like stay: pages escape them, addresses and headers encode them.
    """
    for sent, meant in _SENT_AS.items():
        name = name.replace(sent, meant)
    bare = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    bare = _UNSAFE.sub("_", bare).strip(" .")
    if len(bare) > _NAME_LENGTH:
        stem, dot, ending = bare.rpartition(".")
        keep = ending if dot and len(ending) <= 20 else ""
        bare = (
            f"{(stem if keep else bare)[: _NAME_LENGTH - len(keep) - 1]}.{keep}"
            if keep
            else bare[:_NAME_LENGTH]
        )
    return bare or "file"
