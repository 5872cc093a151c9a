"""Tags by what is typed of them, and tickets by their tags and followers (Spec T30)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db.models import QuerySet

from cadran.accounts.models import User
from cadran.core.text import fold

from ..models import Tag, Ticket

_BETWEEN = re.compile(r"[\W_]+")


def spelling(word: str) -> str:
    """What different spellings of a word have in common: « Hors-ligne » and « hors ligne » are the same."""
    return _BETWEEN.sub("", fold(word))


def filed_under(tickets: QuerySet[Ticket], tags: Iterable[Tag]) -> QuerySet[Ticket]:
    """Those of ``tickets`` that have every one of ``tags``."""
    for tag in tags:
        tickets = tickets.filter(pk__in=Ticket.tags.through.objects.filter(tag=tag).values("ticket"))
    return tickets


def followed_by(tickets: QuerySet[Ticket], user: User, *, followed: bool) -> QuerySet[Ticket]:
    """Those of ``tickets`` that the person follows, or those that they don't."""
    rows = Ticket.followers.through.objects.filter(agent__user=user).values("ticket")
    return tickets.filter(pk__in=rows) if followed else tickets.exclude(pk__in=rows)


def tag_spelt(word: str) -> Tag | None:
    """The tag of that name in either language, however it is spelt; one in use before a retired one."""
    wanted = spelling(word)
    rows = Tag.objects.order_by("is_retired", "position", "id")
    return next(
        (tag for tag in rows if wanted and wanted in (spelling(tag.name_fr), spelling(tag.name_en))), None
    )
