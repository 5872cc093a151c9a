"""Answers to what an asset asks when a ticket on it gets a severity (Spec T13)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.catalogue.models import SeverityAlert
from cadran.catalogue.severity_alerts import alerts_of
from cadran.core.errors import InvalidInput

from ..choices import Channel
from ..errors import AnswerNeeded
from ..models import Ticket
from ._shared import tell

#: An answer is a sentence or two, in characters.
LENGTH = 1000
#: By these ways nobody is there who could answer what an agent is asked.
_NOBODY_THERE = (Channel.PORTAL, Channel.MAIL, Channel.PLAN)


def nobody_answers(ticket: Ticket, *, by: User | None) -> bool:
    """Whether a ticket comes in by itself, by a way on which nobody could answer."""
    return by is None and ticket.channel in _NOBODY_THERE


def check_answers(ticket: Ticket, answers: Mapping[int, str], *, asks: bool = True) -> list[SeverityAlert]:
    """What the ticket's asset asks for its severity. Raises ``AnswerNeeded``, or ``InvalidInput`` for a long answer.

    Without ``asks`` nothing is refused for want of an answer: the questions stand in the timeline, unanswered.
    """
    alerts = alerts_of(ticket.asset, ticket.severity)
    for alert in alerts:
        if len(_answer(alert, answers)) > LENGTH:
            raise InvalidInput(
                _("At most %(limit)s characters fit. Shorten the text."),
                field=f"answer_{alert.pk}",
                params={"limit": LENGTH},
            )
    missing = [alert for alert in alerts if not _answer(alert, answers)]
    if missing and asks:
        raise AnswerNeeded(missing, severity=ticket.severity, asset=missing[0].asset)
    return alerts


def tell_answers(
    ticket: Ticket,
    alerts: list[SeverityAlert],
    answers: Mapping[int, str],
    *,
    by: User | None,
    at: datetime,
) -> None:
    """Keep questions and answers in the timeline, in one row that the customer never reads."""
    if not alerts:
        return
    given = [{"question": alert.question, "answer": _answer(alert, answers)} for alert in alerts]
    kind = "answered" if any(one["answer"] for one in given) else "asked"
    tell(ticket, kind, by=by, at=at, severity=ticket.severity, asset=str(ticket.asset), answers=given)


def _answer(alert: SeverityAlert, answers: Mapping[int, str]) -> str:
    return answers.get(alert.pk, "").strip()
