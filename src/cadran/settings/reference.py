"""The reference table of the environment variables, made from their schema."""

from pathlib import Path
from typing import Any

from cadran.environment import HOME, Environment

INTRODUCTION = """\
# Configuration

Cadran reads these environment variables, and nothing else. A value it cannot use stops it with a sentence that
names the variable. This page is generated: `make docs`.

| variable | default | meaning |
|---|---|---|
"""


def configuration_page() -> str:
    """The text of `docs/configuration.md`."""
    rows = []
    for field in Environment.model_fields.values():
        name = field.validation_alias.choices[0]  # type: ignore[union-attr]
        rows.append(f"| `{name}` | {_shown(field.default)} | {field.description} |\n")
    return INTRODUCTION + "".join(rows)


def _shown(default: Any) -> str:
    if isinstance(default, Path):
        return f"`{default.relative_to(HOME)}`"
    if default == "":
        return "(empty)"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"
