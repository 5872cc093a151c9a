"""The house rules that no linter knows. Import arrows are import-linter's (`make lint`)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src"
CADRAN = SOURCE / "cadran"
INTERFACES = [CADRAN / name for name in ("desk", "portal", "api", "mailin") if (CADRAN / name).is_dir()]
#: The set-up around the domains: the command, the queue's own machinery and what starts them reads the time.
AROUND = {"jobs", "demo", "settings"}
DOMAINS = [
    path.parent
    for path in CADRAN.glob("*/apps.py")
    if path.parent not in INTERFACES and path.parent.name not in AROUND
]
WRITES = {
    "save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create",
    "asave", "acreate", "aupdate", "adelete",
}  # fmt: skip
READS_THE_TIME = {
    ("timezone", "now"), ("timezone", "localdate"), ("datetime", "now"),
    ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time"), ("time", "localtime"),
    ("time", "gmtime"),
}  # fmt: skip
#: Operations nobody signed in performs: who acts is their result.
WITHOUT_ACTOR = {"use_sign_in_link"}


def python_files(*folders: Path) -> list[Path]:
    return sorted(
        path for folder in folders for path in folder.rglob("*.py") if "migrations" not in path.parts
    )


def calls(path: Path) -> Iterator[tuple[int, ast.Call]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            yield node.lineno, node


def where(path: Path, line: int) -> str:
    return f"{path.relative_to(SOURCE.parent)}:{line}"


def test_interfaces_write_only_through_operations() -> None:
    """House: no `.save( .create( .update( .delete(` in an interface."""
    found = [
        f"{where(path, line)} .{call.func.attr}("
        for path in python_files(*INTERFACES)
        for line, call in calls(path)
        if isinstance(call.func, ast.Attribute) and call.func.attr in WRITES
    ]
    assert not found, "Call an operation instead: " + ", ".join(found)


def test_interfaces_read_only_what_the_person_may_see() -> None:
    """House: rows reach an interface through `visible_to(user)`; reference rows through their named queries."""
    found = [
        f"{where(path, line)} .objects.{call.func.attr}("
        for path in python_files(*INTERFACES)
        for line, call in calls(path)
        if isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Attribute)
        and call.func.value.attr in {"objects", "_default_manager", "_base_manager"}
        and call.func.attr in {"get", "aget", "filter", "all", "exclude", "first", "last", "raw", "in_bulk"}
    ]
    assert not found, "Read through .objects.visible_to(user): " + ", ".join(found)


def test_nothing_below_the_interfaces_reads_the_time() -> None:
    """House: the time is read once, in an interface or a `tasks.py`, and handed down as `at`."""
    found = []
    for path in python_files(*DOMAINS, SOURCE / "slaclock"):
        if path.name == "tasks.py":
            continue
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and (node.value.id, node.attr) in READS_THE_TIME
            ):
                found.append(where(path, node.lineno))
            if isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}:
                found.append(where(path, node.value.lineno))
    assert not found, "Take the time as `at=`: " + ", ".join(found)


def operation_files() -> list[Path]:
    return [
        path
        for path in python_files(*DOMAINS)
        if path.name == "operations.py"
        or (path.parent.name == "operations" and not path.name.startswith("_"))
    ]


def test_operations_take_named_arguments_with_who_and_when() -> None:
    """House: an operation is keyword-only, fully annotated, and takes `by` and `at`."""
    found = []
    for path in operation_files():
        for node in ast.parse(path.read_text("utf-8")).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            names = {argument.arg for argument in node.args.kwonlyargs}
            needed = {"at"} if node.name in WITHOUT_ACTOR else {"by", "at"}
            if node.args.args or node.args.posonlyargs:
                found.append(f"{where(path, node.lineno)} {node.name}: arguments must be keyword-only")
            if needed - names:
                found.append(
                    f"{where(path, node.lineno)} {node.name}: lacks {', '.join(sorted(needed - names))}"
                )
            if node.returns is None or any(argument.annotation is None for argument in node.args.kwonlyargs):
                found.append(f"{where(path, node.lineno)} {node.name}: is not fully annotated")
    assert not found, "\n".join(found)


TEMPLATES = sorted(path for path in CADRAN.rglob("*.html") if "static" not in path.parts)
FORBIDDEN = [
    (re.compile(r"<script(?![^>]*\bsrc=)", re.I), "an inline script"),
    (re.compile(r"<style\b", re.I), "an inline style sheet"),
    (re.compile(r"[\s\"']style\s*=", re.I), "a style attribute"),
    (re.compile(r"[\s\"']on[a-z]+\s*=", re.I), "an inline handler"),
    (re.compile(r"[\s\"'](data-)?hx-on", re.I), "an inline htmx handler"),
    (re.compile(r"javascript:|\bjs:\{", re.I), "script in an attribute"),
    (
        re.compile(r"<(script|link|img|iframe|source)\b[^>]*(src|href)\s*=\s*[\"'](https?:)?//", re.I),
        "a foreign asset",
    ),
]


def markup_alone(template: str) -> str:
    """The template without comments and tags, whose arguments are no attributes; line numbers stay."""
    return re.sub(
        r"{#.*?#}|{% comment.*?%}.*?{% endcomment %}|{%.*?%}",
        lambda match: " " + "\n" * match[0].count("\n"),
        template,
        flags=re.S,
    )


@pytest.mark.parametrize(("pattern", "what"), FORBIDDEN, ids=[what for _pattern, what in FORBIDDEN])
def test_templates_fit_the_strict_content_policy(pattern: re.Pattern[str], what: str) -> None:
    """Spec F9: no inline script, handler or style in a template, and nothing fetched from elsewhere."""
    found = [
        where(path, text.count("\n", 0, match.start()) + 1)
        for path in TEMPLATES
        for text in [markup_alone(path.read_text("utf-8"))]
        for match in pattern.finditer(text)
    ]
    assert not found, f"{what} in " + ", ".join(found)


def test_every_screen_area_is_seen() -> None:
    """The walk above finds what it is meant to look at (a moved folder would pass in silence)."""
    assert {path.name for path in DOMAINS} >= {
        "core",
        "accounts",
        "parties",
        "catalogue",
        "contracts",
        "tickets",
    }
    assert INTERFACES and TEMPLATES and operation_files()
