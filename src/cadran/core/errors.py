"""Typed errors with a code and a full sentence.

Every refusal of an operation is a :class:`CadranError`: a stable ``code`` for programs, a translated sentence for
people that says what is wrong and how to mend it, and the ``field`` it is about where there is one (Spec R7).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class CadranError(Exception):
    """A refusal. Nothing has changed when it is raised.

    ``code`` is stable and belongs to the class; ``message`` may be lazy and is rendered in the reader's language
    when it is shown, not when it is raised.
    """

    code = "refused"

    def __init__(self, message: Any, *, field: str = "", params: dict[str, Any] | None = None) -> None:
        self._message = message
        self.field = field
        self.params = params or {}
        super().__init__(message)

    @property
    def message(self) -> str:
        """The full sentence in the active language."""
        text = str(self._message)
        return text % self.params if self.params else text

    def __str__(self) -> str:
        return self.message


class NotAllowed(CadranError):
    """The person lacks the right for this act."""

    code = "not_allowed"


class InvalidInput(CadranError):
    """A typed value can't be accepted; ``field`` names it."""

    code = "invalid_input"


class InvalidInputs(CadranError):
    """Several typed values can't be accepted; ``errors`` holds one error for each."""

    code = "invalid_inputs"

    def __init__(self, errors: Sequence[CadranError]) -> None:
        self.errors = list(errors)
        super().__init__(" ".join(str(error) for error in self.errors))


class Stale(CadranError):
    """The row is no longer in the state the caller saw; somebody else acted first."""

    code = "stale"
