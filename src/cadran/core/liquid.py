"""Rich texts with placeholders that people write, such as ``{{ customer.name }}`` (Spec T30).

The language is Liquid, cut down to choosing and showing: nothing is included, called, assigned or repeated, and a text
reaches only the plain values it is given. Every limit of the engine is set all the same.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from html import unescape
from typing import Any

from django.utils.translation import gettext_lazy as _
from liquid import BoundTemplate, Environment, StrictUndefined, Undefined
from liquid.exceptions import LiquidError, ResourceLimitError

from .errors import InvalidInput
from .richtext import sanitise

Values = Mapping[str, Mapping[str, str]]

#: The longest text with placeholders, and the longest one that filling it in may give, in characters.
LONGEST = 20_000
#: What may stand between ``{%`` and ``%}``; the last ones are the engine's own.
TAGS = ("if", "unless", "case", "comment")
_OWN_TAGS = ("content", "output", "illegal")
FILTERS = ("default", "upcase", "downcase", "capitalize", "strip")

_BRACES = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_MARKUP = re.compile(r"<[^>]*>")
_LINE_ENDS = re.compile(r"</(?:p|li|h[1-6]|pre|tr|blockquote)>|<br\s*/?>", re.IGNORECASE)


class _Engine(Environment):
    """Liquid with nothing that repeats, loads or reaches out."""

    block_nesting_limit = 10
    context_depth_limit = 10
    loop_iteration_limit = 1
    local_namespace_limit = 1
    output_stream_limit = 2 * LONGEST


class _Absent(Undefined):
    """What a condition sees of an empty value: nothing, which equals ``''`` all the same."""

    def __eq__(self, other: object) -> bool:
        return other == ""

    __hash__ = None  # type: ignore[assignment]


class _Empty(str):
    """An empty value. Liquid takes ``''`` for true, but ``{% if requester.name %}`` asks whether there is one."""

    force_liquid_default = True

    def __liquid__(self) -> _Absent:
        return _Absent("")


@lru_cache(maxsize=1)
def _engine() -> Environment:
    engine = _Engine(autoescape=True, undefined=StrictUndefined, strict_filters=True)
    engine.tags = {name: tag for name, tag in engine.tags.items() if name in (*TAGS, *_OWN_TAGS)}
    engine.filters = {name: engine.filters[name] for name in FILTERS}
    return engine


def check_text(text: str, known: Collection[str], *, field: str) -> None:
    """Raise ``InvalidInput`` on ``field`` for a text that can't be filled in, naming the line and what stands there.

    ``text`` is sanitised rich text, ``known`` the placeholders that may be used (``customer.name``).
    """
    if len(text) > LONGEST:
        raise InvalidInput(
            _("At most %(limit)s characters fit. Shorten the text."), field=field, params={"limit": LONGEST}
        )
    source = _source(text)
    analysis = _parsed(source, field).analyze()
    for name, spans in analysis.filters.items():
        if name not in FILTERS:
            raise _refusal(
                _("Line %(line)s, “%(place)s”: there is no filter “%(name)s”. Use one of these: %(good)s."),
                source, spans[0].index, field, name=name, good=", ".join(FILTERS),
            )  # fmt: skip
    for variables in analysis.variables.values():
        for variable in variables:
            name = ".".join(str(part) for part in variable.segments)
            if name not in known:
                raise _unknown(source, variable.span.index, field, name, known)


def fill_text(text: str, values: Values, *, field: str = "") -> str:
    """The rich text with its placeholders filled in, escaped and sanitised. Raises ``InvalidInput``."""
    template = _parsed(_source(text), field)
    known = {name: {key: value or _Empty() for key, value in of.items()} for name, of in values.items()}
    try:
        filled = template.render(**known)
    except ResourceLimitError:
        raise InvalidInput(_("Filled in, the text gets too long. Shorten it."), field=field) from None
    except LiquidError:
        raise InvalidInput(
            _("The text names a placeholder that there is no value for. Correct the text."), field=field
        ) from None
    return sanitise(filled)


def _parsed(source: str, field: str) -> BoundTemplate:
    try:
        return _engine().from_string(source)
    except LiquidError as refused:
        token: Any = refused.token
        index = getattr(token, "start_index", -1)
        if getattr(token, "kind", "") == "tag":
            sentence = _("Line %(line)s, “%(place)s”: this can’t stand here. Use one of these: %(good)s.")
            good = ", ".join(f"{{% {name} %}}" for name in TAGS)
            raise _refusal(sentence, source, index, field, good=good) from None
        if index < 0 and "{%" in source:
            sentence = _(
                "Line %(line)s, “%(place)s”: this is never closed. Write its end, such as {%% endif %%}."
            )
            raise _refusal(sentence, source, _last_tag(source), field) from None
        sentence = _(
            "Line %(line)s, “%(place)s”: this can’t be read. Write one name between two pairs of braces, such as "
            "{{ %(good)s }}."
        )
        raise _refusal(sentence, source, max(index, 0), field, good="customer.name") from None


def _unknown(source: str, index: int, field: str, name: str, known: Collection[str]) -> InvalidInput:
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    if near:
        sentence = _("Line %(line)s, “%(place)s”: there is no such placeholder. Do you mean {{ %(good)s }}?")
        return _refusal(sentence, source, index, field, good=near[0])
    sentence = _("Line %(line)s, “%(place)s”: there is no such placeholder. Choose one of the list.")
    return _refusal(sentence, source, index, field)


def _refusal(sentence: Any, source: str, index: int, field: str, **params: str) -> InvalidInput:
    line = len(_LINE_ENDS.findall(source[:index])) + 1
    return InvalidInput(
        sentence, field=field, params={"line": line, "place": _place(source, index), **params}
    )


def _place(source: str, index: int) -> str:
    """The pair of braces around ``index``, or the words that follow it."""
    around = next((found[0] for found in _braces(source) if found.start() <= index < found.end()), "")
    return around or _MARKUP.sub(" ", source[index : index + 40]).strip()


def _last_tag(source: str) -> int:
    return max((found.start() for found in _braces(source) if found[0].startswith("{%")), default=0)


def _braces(source: str) -> Iterator[re.Match[str]]:
    return _BRACES.finditer(source)


def _source(text: str) -> str:
    """The text as the engine reads it: between braces stand plain characters, whatever the editor made of them."""
    return _BRACES.sub(lambda found: _plain(found[0]), text)


def _plain(braces: str) -> str:
    return unescape(_MARKUP.sub("", braces)).replace("\N{NO-BREAK SPACE}", " ")
