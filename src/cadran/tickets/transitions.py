"""The one table of allowed transitions (Spec T2); the user guide draws it.

Each row says in which phase an act is allowed and to which phase it leads. An act that is missing in a phase is
refused with the sentence of :data:`WHAT_TO_DO`, which names the act that would do.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from cadran.core.errors import CadranError

from .choices import Phase


class Act(StrEnum):
    """What may move a ticket's phase. *Start* and *finish* mean an intervention other than the intake.

    *Merge* is what happens to the duplicate; undoing it brings back the phase it had (Spec T29).
    """

    START = "start"
    SUSPEND = "suspend"
    RESUME = "resume"
    RESOLVE = "resolve"
    CLOSE_BY_CUSTOMER = "close_by_customer"
    CLOSE_INTERNALLY = "close_internally"
    CANCEL = "cancel"
    REOPEN = "reopen"
    MERGE = "merge"


C, P, S, R, X, I = Phase  # noqa: E741  the table reads as a table

#: (phase, act) -> phase after it.
TRANSITIONS: dict[tuple[Phase, Act], Phase] = {
    (C, Act.START): P,
    (P, Act.START): P,
    (R, Act.START): R,
    (X, Act.START): X,
    (C, Act.SUSPEND): S,
    (P, Act.SUSPEND): S,
    (S, Act.RESUME): P,
    (C, Act.RESOLVE): R,
    (P, Act.RESOLVE): R,
    (S, Act.RESOLVE): R,
    (R, Act.CLOSE_BY_CUSTOMER): X,
    (R, Act.CLOSE_INTERNALLY): I,
    (X, Act.CLOSE_INTERNALLY): I,
    (C, Act.CANCEL): I,
    (P, Act.CANCEL): I,
    (S, Act.CANCEL): I,
    (R, Act.CANCEL): I,
    (R, Act.REOPEN): P,
    (X, Act.REOPEN): P,
    (I, Act.REOPEN): P,
    (C, Act.MERGE): I,
    (P, Act.MERGE): I,
    (S, Act.MERGE): I,
    (R, Act.MERGE): I,
    (X, Act.MERGE): I,
    (I, Act.MERGE): I,
}

#: Why nothing is done to a duplicate that was merged, whatever its phase (Spec T29).
MERGED = _("%(number)s was merged into %(kept)s. Work on that one, or undo the merger first.")

_RESUME_FIRST = _("%(number)s is suspended. Resume it first.")
_RESOLVE_FIRST = _("%(number)s is not resolved. Finish an intervention with “Resolved” first.")
_REOPEN_FIRST = _("%(number)s is closed. Reopen it first.")
_NOT_SUSPENDED = _("%(number)s is not suspended, so there is nothing to resume.")
_STILL_OPEN = _("%(number)s is still at work. It can be suspended, resolved or cancelled, but not reopened.")
_RESOLVED = _("%(number)s is resolved. Close it, or reopen it if the work goes on.")

#: (phase, act) -> the sentence of a refusal, which says what to do instead.
WHAT_TO_DO: dict[tuple[Phase, Act], Any] = {
    (S, Act.START): _RESUME_FIRST,
    (I, Act.START): _REOPEN_FIRST,
    (S, Act.SUSPEND): _("%(number)s is suspended already. Resume it before suspending it anew."),
    (R, Act.SUSPEND): _RESOLVED,
    (X, Act.SUSPEND): _REOPEN_FIRST,
    (I, Act.SUSPEND): _REOPEN_FIRST,
    (C, Act.RESUME): _NOT_SUSPENDED,
    (P, Act.RESUME): _NOT_SUSPENDED,
    (R, Act.RESUME): _NOT_SUSPENDED,
    (X, Act.RESUME): _NOT_SUSPENDED,
    (I, Act.RESUME): _NOT_SUSPENDED,
    (R, Act.RESOLVE): _RESOLVED,
    (X, Act.RESOLVE): _REOPEN_FIRST,
    (I, Act.RESOLVE): _REOPEN_FIRST,
    (C, Act.CLOSE_BY_CUSTOMER): _RESOLVE_FIRST,
    (P, Act.CLOSE_BY_CUSTOMER): _RESOLVE_FIRST,
    (S, Act.CLOSE_BY_CUSTOMER): _RESOLVE_FIRST,
    (X, Act.CLOSE_BY_CUSTOMER): _(
        "%(number)s is closed by the customer already. Close it internally, or reopen it."
    ),
    (I, Act.CLOSE_BY_CUSTOMER): _("%(number)s is closed already. Reopen it if the work goes on."),
    (C, Act.CLOSE_INTERNALLY): _RESOLVE_FIRST,
    (P, Act.CLOSE_INTERNALLY): _RESOLVE_FIRST,
    (S, Act.CLOSE_INTERNALLY): _RESOLVE_FIRST,
    (I, Act.CLOSE_INTERNALLY): _("%(number)s is closed already. Reopen it if the work goes on."),
    (X, Act.CANCEL): _REOPEN_FIRST,
    (I, Act.CANCEL): _("%(number)s is closed already, so it can’t be cancelled. Reopen it first."),
    (C, Act.REOPEN): _STILL_OPEN,
    (P, Act.REOPEN): _STILL_OPEN,
    (S, Act.REOPEN): _STILL_OPEN,
}


class TransitionRefused(CadranError):
    """The phase does not allow the act; the sentence names the act that would do (Spec T2)."""

    code = "transition_refused"


def allowed(phase: Phase | str, act: Act) -> bool:
    """Whether a ticket in ``phase`` may undergo ``act``."""
    return (Phase(phase), act) in TRANSITIONS


def after(phase: Phase | str, act: Act, *, number: str, worked_on: bool = True) -> Phase:
    """The phase that ``act`` leads to.

    ``worked_on`` says whether an intervention other than the intake was ever started: resuming or reopening a ticket
    that was never worked on leads back to *created* (Spec T2, T27). Raises :class:`TransitionRefused`.
    """
    key = (Phase(phase), act)
    if key not in TRANSITIONS:
        raise TransitionRefused(WHAT_TO_DO[key], params={"number": number})
    target = TRANSITIONS[key]
    if act in (Act.RESUME, Act.REOPEN) and not worked_on:
        return Phase.CREATED
    return target
