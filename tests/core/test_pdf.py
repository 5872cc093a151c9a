"""Documents: what reaches a PDF, and what must never stop one (Spec T14)."""

from __future__ import annotations

import base64
import hashlib
import io
import struct
import tomllib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from pypdf import PdfReader

from cadran.core import pdf
from cadran.core.blocks import MAX_CHARACTERS, blocks_of
from cadran.core.pdf import Frame, PdfFailed, Pictures, pixels_of, render_pdf

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
FRAME = Frame(
    mark="DEM-1042",
    title="A document",
    at=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
    foot="Printed for Camille",
)
SOURCE = '#import "house.typ": *\n#show: page-of\n= #frame.title\n#blocks(data.blocks)\n'


def drawn(html: str, folder: Path, pictures: Pictures | None = None, source: str = SOURCE) -> bytes:
    template = folder / "template.typ"
    template.write_text(source)
    find = pictures.find if pictures else None
    return render_pdf(template, {"blocks": blocks_of(html, find)}, frame=FRAME, pictures=pictures)


def words(content: bytes) -> str:
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


pytestmark = pytest.mark.django_db


def test_every_kind_of_text_is_drawn(tmp_path: Path) -> None:
    """Spec T14: bold, lists, links, code, tables and quotes reach the page; so do the frame's words."""
    html = (
        "<h2>Cause</h2><p>One <b>bold <i>both</i></b> <a href='https://example.org/x'>there</a></p>"
        "<ul><li>first<ol start='4'><li>inner</li></ol></li></ul><pre>x = 1\n  y = 2</pre><blockquote>said</blockquote>"
        "<table><thead><tr><th colspan='2'>Head</th></tr></thead>"
        "<tbody><tr><td>left</td><td>right</td></tr></tbody></table><hr>"
    )
    content = drawn(html, tmp_path)
    text = words(content)
    for expected in ("Cause", "bold both", "there", "4. inner", "y = 2", "said", "Head", "left", "right"):
        assert expected in text
    for expected in ("DEM-1042", "A document", "Printed for Camille", "page 1 of 1", "Cadran"):
        assert expected in text
    reader = PdfReader(io.BytesIO(content))
    links = [one.get_object()["/A"]["/URI"] for one in reader.pages[0]["/Annots"]]
    assert links == ["https://example.org/x"]
    assert b"pdfaid" in content  # fit for archives


def test_words_and_typography_follow_the_language(tmp_path: Path) -> None:
    """The language that is active writes the frame and is named in the file."""
    with translation.override("fr"):
        content = drawn("<p>« Échéance » : 8 h</p>", tmp_path)
    assert "page 1 sur 1" in words(content)
    assert PdfReader(io.BytesIO(content)).trailer["/Root"]["/Lang"] == "fr-FR"


def test_the_same_data_gives_the_same_bytes(tmp_path: Path) -> None:
    """No instant of the machine stands in a document; several at once don't disturb each other."""
    first = drawn("<p>once</p>", tmp_path)
    with ThreadPoolExecutor(4) as threads:
        blocks = [{"kind": "par", "runs": [{"text": "once", "marks": [], "to": ""}]}]
        given = {"data": {"blocks": blocks}}
        frame = {"company": "Cadran", "mark": "DEM-1042", "title": "A document", "foot": "Printed for Camille",
                 "at": [2026, 11, 20, 9, 30, 0],
                 "language": "en", "region": "GB", "page-words": "page {page} of {pages}"}  # fmt: skip
        job = (tmp_path / "template.typ", {**given, "frame": frame}, [], str(tmp_path))
        others = list(threads.map(lambda _n: pdf._compile(*job), range(8)))
    assert set(others) == {first}


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<p>",
        "</p></b><li>stray<td>cell",
        "<b>" * 3000 + "deep" + "</b>" * 3000,
        "<ul><li>" * 400 + "deep",
        "<blockquote>" * 200 + "deep",
        "<table><tr><td colspan=99999 rowspan=99999>a</td><td rowspan=3>b</td></tr>"
        "<tr><td colspan=5>c</td></tr></table>",
        "<table><tr><td rowspan=2>a</td><td>b</td></tr><tr><td colspan=3>c</td></tr></table><table></table>",
        "<table><tr><td><table><tr><td>inner</td></tr></table></td></tr></table>",
        '<ol start="-5"><li>x</li></ol><ol start="99999999999999"><li>y</li></ol>'
        '<ol start="٣"><li>z</li></ol><ul></ul>',
        "<p>#panic() $x$ *not* _bold_ `code` \\ @ref &lt;b&gt; //c</p><pre>```#read(\"/etc/passwd\")```</pre>",
        "<p>\x00\x07\u202eabc\ufffe\ud7ff 漢字 😀 ﷽ кириллица → ≠</p>",
        '<a href="">none</a><a href="/tickets/x">ours</a><a href="https:// \x01">odd</a><a href="mailto:a@b">m</a>',
        '<img src="/attachments/none" alt="#x"><img><p><img src="https://example.org/spy.png">text</p>',
        "<p>" + "w" * 5000 + "</p><pre>" + "w" * 5000 + "</pre>",
        "<p>a<br><br>b<br></p><p><br></p><h2><br></h2><h3><img></h3><code></code><sub>x</sub><sup>2</sup><s>y</s><u>z</u>",
    ],
)  # fmt: skip
def test_no_text_stops_a_document(html: str, tmp_path: Path) -> None:
    """Whatever is typed or pasted, the document is drawn."""
    assert PdfReader(io.BytesIO(drawn(html, tmp_path))).pages


def archived(content: bytes) -> bool:
    """Whether every character has a drawn sign: only then is it a file for archives."""
    return b"pdfaid:part" in content


def test_emoji_are_drawn_and_other_scripts_by_fonts_of_the_machine(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Spec T14: what the fonts supplied lack comes from the folder that CADRAN_FONTS names; without it, the document
    is drawn all the same.
    """
    assert archived(drawn("<p>Merci 🙂👍🏽 ✅</p>", tmp_path))
    assert not archived(drawn("<p>打印机</p>", tmp_path))
    asked = []
    monkeypatch.setattr(pdf.typst, "Fonts", lambda **options: asked.append(options["font_paths"]))
    settings.CADRAN_FONTS = str(tmp_path)
    pdf._fonts.__wrapped__()
    settings.CADRAN_FONTS = ""
    pdf._fonts.__wrapped__()
    assert [folders[1:] for folders in asked] == [[str(tmp_path)], []]


def test_what_is_typed_is_never_source(tmp_path: Path) -> None:
    """Marks of the template language stand in the page as they were typed."""
    typed = '#panic("x") *a* $1+1$ #read("/etc/passwd")'
    assert typed in words(drawn(f"<p>{typed}</p>", tmp_path))


@pytest.mark.parametrize(
    "source", ['#read("/etc/passwd")', '#read("../../etc/passwd")', '#import "@local/x:1.0.0"', "#nothing"]
)
def test_a_template_sees_nothing_else(source: str, tmp_path: Path) -> None:
    """A template reads what it is handed, and its own fault is told as one."""
    with pytest.raises(PdfFailed):
        drawn("<p>x</p>", tmp_path, source=source)


def test_a_text_without_end_is_cut_and_says_so(tmp_path: Path) -> None:
    """A document has an end: the text is cut with a sentence."""
    blocks = blocks_of(f"<p>{'word ' * MAX_CHARACTERS}</p><p>after</p>")
    assert sum(len(run["text"]) for block in blocks[:-1] for run in block["runs"]) <= MAX_CHARACTERS
    assert blocks[-1] == {"kind": "note", "text": "The text is too long for a document: it is cut here."}


def test_long_tables_repeat_their_heading(tmp_path: Path) -> None:
    """The heading of a table stands on each of its pages."""
    source = (
        '#import "house.typ": *\n#show: page-of\n'
        '#lines-table(("Day", "Used"), range(150).map(n => ([#n], [x])))\n'
    )
    reader = PdfReader(io.BytesIO(drawn("", tmp_path, source=source)))
    assert len(reader.pages) > 1
    assert all("Used" in page.extract_text() for page in reader.pages)


def test_long_tables_of_a_text_repeat_their_heading_too(tmp_path: Path) -> None:
    """Spec T14: a typed table whose first row is a heading shows it on each of its pages."""
    rows = "".join(f"<tr><td>P{n}</td><td>x</td></tr>" for n in range(90))
    html = f"<table><thead><tr><th>Printer</th><th>State</th></tr></thead><tbody>{rows}</tbody></table>"
    reader = PdfReader(io.BytesIO(drawn(html, tmp_path)))
    assert len(reader.pages) > 1
    assert all("Printer" in page.extract_text() for page in reader.pages)


def test_pictures_are_handed_in(tmp_path: Path) -> None:
    """A picture that may be shown is drawn; one that may not leaves its name."""
    known = Pictures(read=lambda address: PNG if address.startswith("/attachments/known") else None)
    content = drawn(
        '<p>see <img src="/attachments/known/a.png" alt="shown"> and <img src="/attachments/other" alt="hidden"></p>',
        tmp_path,
        known,
    )
    assert len(known.files) == 1
    assert len(PdfReader(io.BytesIO(content)).pages[0].images) == 1
    assert "[hidden]" in words(content)
    assert "[shown]" not in words(content)


@pytest.mark.parametrize(
    "content",
    [
        PNG[:40],
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 8 + struct.pack(">II", 10, 10) + b"junk",
        b"\xff\xd8\xff\xe0\x00\x04xx\xff\xc0\x00\x0b\x08\x00\x10\x00\x10junk",
        b"GIF89a\x05\x00\x05\x00junk",
        b"RIFF\x00\x00\x00\x00WEBPVP8X" + b"\x00" * 20,
    ],
)
def test_broken_pictures_are_left_out(content: bytes, tmp_path: Path) -> None:
    """An image that can't be decoded leaves its name; the sound one beside it is drawn."""
    pictures = Pictures(read=lambda address: PNG if "known" in address else content)
    made = drawn(
        '<img src="/attachments/broken" alt="broken"><img src="/attachments/known">', tmp_path, pictures
    )
    assert "[broken]" in words(made)
    assert len(PdfReader(io.BytesIO(made)).pages[0].images) == 1


def test_pictures_too_large_are_not_decoded() -> None:
    """What claims to unfold into gigabytes is refused by its head."""
    bomb = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + struct.pack(">II", 60_000, 60_000)
    assert pixels_of(bomb) == (60_000, 60_000)
    assert Pictures(read=lambda _address: bomb).find("/attachments/bomb") is None
    assert pixels_of(PNG) == (1, 1)
    assert pixels_of(b"\xff\xd8\xff") == (0, 0)


def test_vendored_fonts_are_the_recorded_ones() -> None:
    """What documents ship of others is recorded with version, licence and hash."""
    house = Path(pdf.__file__).parent / "typst"
    recorded = tomllib.loads((house / "vendor.toml").read_text())["package"]
    files = {entry["path"]: entry["sha256"] for package in recorded for entry in package["file"]}
    shipped = {
        str(path.relative_to(house)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (house / "fonts").iterdir()
    }
    assert shipped == files
