"""Documents: one function that draws a PDF from a typst template and data.

A document is a template (`*.typ`, beside the code that fills it) and plain data. The data reaches typst as JSON and
pictures as files of their own; nothing that anybody typed is ever part of the source. The template sees the folder that
:func:`render_pdf` makes for it and nothing else: no other file, no package of the network, no font of the machine but
those of the folder that the setting CADRAN_FONTS names.

    pictures = Pictures(read=lambda address: ...)
    frame = Frame(mark="DEM-1042", title=_("Service report"), at=now, foot=...)
    data = {"report": blocks_of(html, pictures.find)}
    pdf = render_pdf(Path(__file__).parent / "report.typ", data, frame=frame, pictures=pictures)

Words are in the active language, so `translation.override` chooses it for both the words and the typography. A template
begins with ``#import "house.typ": *`` and ``#show: page-of``; `typst/house.typ` says what it may draw with.

The same data gives the same bytes: a document holds no instant but those it is given.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .blocks import drawable
from .business_rules import COMPANY_NAME, value_of
from .files import sniff

_HOUSE = Path(__file__).parent / "typst"
_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}
_REGIONS = {"fr": "FR", "en": "GB"}
#: For the archives: PDF/A-2u needs a drawn sign for each character, so a text in a script that no font of ours
#: has makes an ordinary PDF instead.
_STANDARDS: tuple[list[str], ...] = (["a-2u"], [])

MAX_PICTURES = 60
MAX_PICTURE_BYTES = 64 * 1024 * 1024
MAX_PIXELS = 40_000_000


class PdfFailed(Exception):
    """A template can't be drawn: a fault of the template, never of what people typed."""


@dataclass(frozen=True)
class Frame:
    """What stands on every page: the company, ``mark`` (a ticket's number) and a line at the ``foot``.

    ``title`` and ``at``, the instant of drawing, are told by the file itself.
    """

    mark: str
    title: str
    at: datetime
    foot: str = ""


@dataclass
class Pictures:
    """The pictures of one document. ``read`` gives the bytes behind an address, None for one that may not be shown.

    A picture that is none, too large, or one too many is left out: its name stands in its place.
    """

    read: Callable[[str], bytes | None] = lambda _address: None
    files: dict[str, bytes] = field(default_factory=dict)
    _found: dict[str, dict[str, Any] | None] = field(default_factory=dict)

    def find(self, address: str) -> dict[str, Any] | None:
        """The file of an address with its size in pixels, for :func:`cadran.core.blocks.blocks_of`."""
        if address not in self._found:
            self._found[address] = self._take(address)
        return self._found[address]

    def _take(self, address: str) -> dict[str, Any] | None:
        if len(self.files) >= MAX_PICTURES:
            return None
        content = self.read(address)
        room = MAX_PICTURE_BYTES - sum(map(len, self.files.values()))
        if content is None or len(content) > room:
            return None
        ending = _ENDINGS.get(sniff(content[:16]))
        width, height = pixels_of(content) if ending else (0, 0)
        if not 0 < width * height <= MAX_PIXELS:
            return None
        name = f"picture-{len(self.files) + 1}.{ending}"
        self.files[name] = content
        return {"file": name, "width": width, "height": height}


def render_pdf(
    template: Path, data: Mapping[str, Any], *, frame: Frame, pictures: Pictures | None = None
) -> bytes:
    """The PDF that ``template`` draws from ``data`` (what JSON knows: texts, numbers, lists, blocks).

    Raises ``PdfFailed`` when the template itself is at fault. Pictures that can't be decoded are left out.
    """
    language = (get_language() or "en").split("-")[0]
    given = {
        "data": data,
        "frame": {
            "company": value_of(COMPANY_NAME),
            "mark": frame.mark,
            "title": frame.title,
            "foot": frame.foot,
            "at": list(frame.at.astimezone(UTC).timetuple()[:6]),
            "language": language,
            "region": _REGIONS.get(language),
            "page-words": _("page %(page)s of %(pages)s") % {"page": "{page}", "pages": "{pages}"},
        },
    }
    files = dict(pictures.files) if pictures else {}
    with TemporaryDirectory(prefix="cadran-pdf-") as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        try:
            return _compile(template, _drawable(given), list(files), folder)
        except typst.TypstError:
            sound = [name for name in files if _is_sound(name, folder)]
            try:
                return _compile(template, _drawable(given), sound, folder)
            except typst.TypstError as error:
                raise PdfFailed(f"{template.name}: {error}") from error


def _compile(template: Path, given: dict[str, Any], pictures: list[str], folder: str) -> bytes:
    sources = {
        "main.typ": template.read_bytes(),
        "house.typ": (_HOUSE / "house.typ").read_bytes(),
        "data.json": json.dumps({**given, "pictures": pictures}).encode(),
    }
    for standards in _STANDARDS:
        try:
            return _typst(sources, folder, standards)
        except typst.TypstError as error:
            if not standards or not str(error).startswith("PDF/A"):
                raise
    raise AssertionError("the last standard is none at all")


def _typst(sources: dict[str, bytes], folder: str, standards: list[str]) -> bytes:
    # Its stubs know no sources in memory. The folder of the document is also where packages would lie: there are none.
    draw: Callable[..., bytes] = typst.compile
    return draw(
        sources,
        root=folder,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        pdf_standards=standards,
        package_path=folder,
        package_cache_path=folder,
    )


@cache
def _fonts() -> typst.Fonts:
    folders = [str(_HOUSE / "fonts"), settings.CADRAN_FONTS]
    return typst.Fonts(include_system_fonts=False, font_paths=[one for one in folders if one])


def _is_sound(name: str, folder: str) -> bool:
    try:
        _typst({"main.typ": f'#image("{name}", width: 1cm)'.encode()}, folder, [])
    except typst.TypstError:
        return False
    return True


def _drawable(value: Any) -> Any:
    """``value`` with every text fit to be drawn."""
    if isinstance(value, str):
        return drawable(value)
    if isinstance(value, Mapping):
        return {key: _drawable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_drawable(one) for one in value]
    return value if value is None or isinstance(value, bool | int | float) else drawable(str(value))


def pixels_of(content: bytes) -> tuple[int, int]:
    """The width and height that an image claims, read from its head alone; (0, 0) for what is no image.

    Asked before anything is decoded: a few kilobytes may claim to unfold into gigabytes.
    """
    try:
        match sniff(content[:16]):
            case "image/png":
                return struct.unpack(">II", content[16:24])
            case "image/gif":
                return struct.unpack("<HH", content[6:10])
            case "image/jpeg":
                return _jpeg_pixels(content)
            case "image/webp":
                return _webp_pixels(content)
    except (struct.error, IndexError):
        pass
    return (0, 0)


def _jpeg_pixels(content: bytes) -> tuple[int, int]:
    at = 2
    while at < len(content):
        if content[at] != 0xFF:
            return (0, 0)
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return (width, height)
        else:
            at += 2 + int(struct.unpack(">H", content[at + 2 : at + 4])[0])
    return (0, 0)


def _webp_pixels(content: bytes) -> tuple[int, int]:
    match content[12:16]:
        case b"VP8X":
            width, height = (int.from_bytes(content[at : at + 3], "little") + 1 for at in (24, 27))
            return (width, height)
        case b"VP8L":
            bits = int.from_bytes(content[21:25], "little")
            return ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        case b"VP8 ":
            width, height = struct.unpack("<HH", content[26:30])
            return (width & 0x3FFF, height & 0x3FFF)
        case _:
            return (0, 0)
