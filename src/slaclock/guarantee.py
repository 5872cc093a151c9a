"""How much time was promised: minutes and hours of working time, or working days."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from slaclock.errors import GuaranteeError

Unit = Literal["minute", "hour", "day"]

UNITS: Final[tuple[str, ...]] = get_args(Unit)
_SECONDS: Final = {"minute": 60, "hour": 3600}


@dataclass(frozen=True, slots=True)
class Guarantee:
    """An amount of working time.

    Hours and minutes are working time; a guarantee in days ends with the activity of its last working day.
    Raises GuaranteeError (``bad_amount``, ``bad_unit``).
    """

    amount: int
    unit: Unit
    seconds: int | None = field(init=False, repr=False, compare=False)
    """Working seconds promised; None in days, whose length only the schedule tells."""

    def __post_init__(self) -> None:
        if not isinstance(self.amount, int) or isinstance(self.amount, bool) or self.amount < 0:
            raise GuaranteeError(
                "bad_amount",
                f"{self.amount!r} is not an amount; give a whole number, 0 or more.",
                value=repr(self.amount),
            )
        if self.unit not in UNITS:
            raise GuaranteeError(
                "bad_unit", f"{self.unit!r} is not a unit; use minute, hour or day.", value=repr(self.unit)
            )
        per_unit = _SECONDS.get(self.unit)
        object.__setattr__(self, "seconds", None if per_unit is None else self.amount * per_unit)
