"""The translation catalogues: collect the texts, check the French, compile. Needs no gettext programs.

Each app keeps `locale/fr/LC_MESSAGES/django.po`, and so does each screen area of the desk (`desk/<area>/`). The
English source is the key; no dates and no line numbers stand in the files, entries are sorted, and a text that
changed needs a new translation (nothing is guessed).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parents[1]
LOCALE = "fr"
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
#: What French typography forbids, and the sentence that says so.
TYPOGRAPHY = [
    (re.compile(r"(?<=\w)'(?=\w)"), "a straight apostrophe; write ’"),
    (re.compile(r" [:;?!»]"), "an ordinary space before : ; ? ! or »; write a no-break space"),
    (re.compile(r"« "), "an ordinary space after «; write a no-break space"),
    (re.compile(r"[^\s\u00a0\u202f?!….;&/=(][?!](\s|$)"), "no space before ? or !; write a no-break space"),
    (re.compile(r"(?<!&)\b[\w)%]+(?<!&amp)(?<!&nbsp)[:](\s|$)"), "no space before :; write a no-break space"),
    (re.compile(r"\.\.\."), "three points; write …"),
]


class Text(NamedTuple):
    """One text of the source: its key (singular, plural or None), context and the files it stands in."""

    id: str
    plural: str | None
    context: str | None
    files: list[str]


def _areas(app: Path) -> list[Path]:
    """The screen areas of an interface: each keeps its own catalogue beside its views."""
    return [path.parent for path in sorted(app.glob("*/urls.py"))]


def apps(only: Sequence[str] = ()) -> list[Path]:
    """The folders that may hold a catalogue: `tickets`, `desk/tickets`. Raises ValueError for a name that is none."""
    folders = [
        folder for path in sorted(PACKAGE.glob("*/apps.py")) for folder in (path.parent, *_areas(path.parent))
    ]
    found = {folder.relative_to(PACKAGE).as_posix(): folder for folder in folders}
    unknown = sorted(set(only) - set(found))
    if unknown:
        raise ValueError(f"No app is called {', '.join(unknown)}. Apps: {', '.join(found)}.")
    return [path for name, path in found.items() if not only or name in only]


def catalogue_path(app: Path) -> Path:
    """Where the app's French catalogue stands."""
    return app / "locale" / LOCALE / "LC_MESSAGES" / "django.po"


def texts_of(app: Path) -> dict[tuple[str, str | None], Text]:
    """Every text of the app's Python files and templates, by key and context."""
    found: dict[tuple[str, str | None], Text] = {}
    areas = _areas(app)
    for path in sorted([*app.rglob("*.py"), *app.rglob("*.html"), *app.rglob("*.txt")]):
        if "static" in path.parts or any(path.is_relative_to(area) for area in areas):
            continue
        source = path.read_text("utf-8")
        if path.suffix != ".py":
            # What is left is read as Python, to which an element's indentation would mean something.
            source = "\n".join(line.lstrip() for line in templatize(source).splitlines())
        name = path.relative_to(PACKAGE.parent).as_posix()
        stream = BytesIO(source.encode())
        for _line, ids, _comments, context in extract(
            "python", stream, KEYWORDS, options={"encoding": "utf-8"}
        ):
            single, plural = ids if isinstance(ids, tuple) else (ids, None)
            if not single:
                continue
            text = found.setdefault((single, context), Text(single, plural, context, []))
            if plural and not text.plural:
                text = found[single, context] = text._replace(plural=plural)
            if name not in text.files:
                text.files.append(name)
    return found


def read_catalogue(path: Path) -> Catalog:
    """The catalogue as it stands; an empty one where there is none."""
    if not path.is_file():
        return Catalog(locale=LOCALE)
    with path.open("rb") as file:
        return read_po(file, locale=LOCALE)


def known_translations() -> dict[tuple[str, str | None], Any]:
    """The French of every text that has one in some catalogue: the same English gets the same French everywhere."""
    known: dict[tuple[str, str | None], Any] = {}
    for app in apps():
        for message in read_catalogue(catalogue_path(app)):
            if message.id and not message.fuzzy and all(_all(message.string)):
                known.setdefault((_first(message.id), message.context), message.string)
    return known


def updated(app: Path, elsewhere: dict[tuple[str, str | None], Any]) -> bytes | None:
    """What the app's catalogue has to contain: the source's texts with their present translations.

    A text without one takes what `elsewhere` (see `known_translations`) has for it. None when the app has no text.
    """
    texts = texts_of(app)
    if not texts:
        return None
    before = read_catalogue(catalogue_path(app))
    after = Catalog(locale=LOCALE, charset="utf-8", fuzzy=False)
    for text in texts.values():
        known = before.get(text.id, text.context)
        flags = {"fuzzy"} if known is not None and known.fuzzy else set()
        translation: Any = known.string if known is not None else ""
        if not any(_all(translation)):
            translation = elsewhere.get((text.id, text.context), "")
        if text.plural and not isinstance(translation, tuple):
            translation = (translation, "")
        if not text.plural and isinstance(translation, tuple):
            translation = translation[0]
        after.add(
            (text.id, text.plural) if text.plural else text.id,
            translation,
            locations=[(file, 0) for file in text.files],
            flags=flags,
            context=text.context,
        )
    stream = BytesIO()
    write_po(stream, after, width=110, sort_output=True, include_lineno=False)
    return _without_noise(stream.getvalue())


def _without_noise(po: bytes) -> bytes:
    """Keep only the header lines that gettext readers need."""
    lines = po.decode().split("\n")
    start = next(index for index, line in enumerate(lines) if line.startswith("msgid "))
    wanted = ("msgid", "msgstr", '"Language:', '"Plural-Forms:', '"MIME', '"Content', "")
    end = lines.index("", start)
    header = [line for line in lines[start:end] if line.startswith(wanted[:-1])]
    return "\n".join([*header, *lines[end:]]).encode()


def collect(only: Sequence[str] = ()) -> list[Path]:
    """Write the catalogues of all apps (or of those named) again; return the files that changed."""
    changed = []
    elsewhere = known_translations()
    for app in apps(only):
        path = catalogue_path(app)
        content = updated(app, elsewhere)
        if content is None:
            continue
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            changed.append(path)
    return changed


def compile_catalogues() -> list[Path]:
    """Compile every catalogue that is newer than its compiled form; return those written."""
    written = []
    for path in sorted(PACKAGE.glob("**/locale/*/LC_MESSAGES/*.po")):
        target = path.with_suffix(".mo")
        if target.is_file() and target.stat().st_mtime_ns >= path.stat().st_mtime_ns:
            continue
        with path.open("rb") as source:
            catalogue = read_po(source, locale=path.parents[1].name)
        stream = BytesIO()
        write_mo(stream, catalogue)
        draft = target.with_suffix(".mo.new")
        draft.write_bytes(stream.getvalue())
        draft.replace(target)
        written.append(target)
    return written


def problems(only: Sequence[str] = ()) -> Iterator[str]:
    """One sentence for everything that is wrong with the catalogues of all apps (or of those named)."""
    first_seen: dict[tuple[str, str | None], tuple[str, Any]] = {}
    elsewhere = known_translations()
    for app in apps(only):
        name = app.relative_to(PACKAGE).as_posix()
        path = catalogue_path(app)
        content = updated(app, elsewhere)
        if content is None:
            continue
        if not path.is_file() or path.read_bytes() != content:
            yield f"{name}: the catalogue is not up to date; run: make messages"
        for message in read_po(BytesIO(content), locale=LOCALE):
            if not message.id:
                continue
            for reason in wrong_with(message):
                yield f"{name}: {_first(message.id)!r}: {reason}"
            if message.string:
                first_app, first = first_seen.setdefault(
                    (_first(message.id), message.context), (name, message.string)
                )
                if first != message.string:
                    yield f"{name}: {_first(message.id)!r} is translated differently in {first_app}"


def _first(value: Any) -> str:
    return str(value[0] if isinstance(value, tuple | list) else value)


def _all(value: Any) -> list[str]:
    return [str(part) for part in value] if isinstance(value, tuple | list) else [str(value)]


def wrong_with(message: Message) -> Iterator[str]:
    """What is wrong with one French translation."""
    sources, translations = _all(message.id), _all(message.string)
    if message.fuzzy:
        yield "the French is marked as uncertain (fuzzy)"
    if any(not text.strip() for text in translations):
        yield "the French is missing"
        return
    if len(sources) != len(translations):
        yield "the French needs one form for one and one for many"
        return
    # The form for one may spell the number out, so that it may lack the count.
    for index, translation in enumerate(translations):
        allowed = (
            _placeholders(sources) if index == 0 and len(sources) > 1 else _placeholders(sources[index:])
        )
        used = _placeholders([translation])
        needed = set() if index == 0 and len(sources) > 1 else allowed
        if used - allowed:
            yield f"the French has a placeholder the English lacks: {', '.join(sorted(used - allowed))}"
        if needed - used:
            yield f"the French lacks the placeholder: {', '.join(sorted(needed - used))}"
        for pattern, reason in TYPOGRAPHY:
            if pattern.search(translation):
                yield f"the French has {reason} ({translation!r})"


def _placeholders(texts: Iterable[str]) -> set[str]:
    return {name for text in texts for name in PLACEHOLDER.findall(text)}
