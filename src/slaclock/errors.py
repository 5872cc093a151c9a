"""What the engine refuses, each with a code that an application can translate."""

from __future__ import annotations


class ClockError(ValueError):
    """A question that cannot be answered as it was put.

    ``code`` names the mistake, ``params`` holds the values to show; ``str(error)`` is a full English sentence.
    """

    def __init__(self, code: str, message: str, **params: str) -> None:
        super().__init__(message)
        self.code = code
        self.params = params

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.code, str(self), self.params)


def _rebuild(kind: type[ClockError], code: str, message: str, params: dict[str, str]) -> ClockError:
    return kind(code, message, **params)


class ScheduleError(ClockError):
    """A schedule whose zone, day or opening hours cannot be read."""


class InstantError(ClockError):
    """An instant without a time zone, or one that is not a date and time."""


class GuaranteeError(ClockError):
    """A guarantee whose amount or unit makes no sense."""


class SuspensionError(ClockError):
    """A suspension that ends before it begins."""


class VectorFileError(ClockError):
    """A vector file that does not follow ``sla-vectors/1``."""
