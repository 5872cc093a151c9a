"""What opening, tagging and macros share: tags put on a ticket that is taken for writing (Spec T30)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.core.errors import InvalidInput
from cadran.core.reference import next_position, take_turn_of
from cadran.core.text import fold
from cadran.core.writing import save_row

from ..models import Tag, Ticket
from ..queries.tags import tag_spelt
from ._shared import names, tell

#: The longest word that makes a tag on the spot, in characters.
LONGEST_WORD = 40


def put_tags(
    ticket: Ticket,
    *,
    added: Iterable[Tag],
    removed: Iterable[Tag] = (),
    by: User | None,
    at: datetime,
    told: Mapping[str, Any] | None = None,
) -> bool:
    """Add and take away tags, and tell the timeline; whether any moved. What two people add both stands (Spec T17).

    ``told`` goes along with the row. Raises ``InvalidInput`` for a tag that is retired and not on the ticket yet.
    """
    added, removed = list(added), list(removed)
    before = list(ticket.tags.all()) if added or removed else []
    new = [tag for tag in dict.fromkeys(added) if tag not in before]
    gone = [tag for tag in dict.fromkeys(removed) if tag in before]
    for tag in new:
        if tag.is_retired:
            raise InvalidInput(
                _("The tag “%(tag)s” is retired. Choose another one."), field="tags", params={"tag": tag}
            )
    if not new and not gone:
        return False
    ticket.tags.add(*new)
    ticket.tags.remove(*gone)
    tell(
        ticket,
        "tagged",
        by=by,
        at=at,
        added=[names(tag) for tag in new],
        removed=[names(tag) for tag in gone],
        before=[names(tag) for tag in before],
        after=[names(tag) for tag in ticket.tags.all()],
        **(told or {}),
    )
    return True


def tag_called(word: str, *, by: User | None, at: datetime) -> Tag:
    """The tag that ``word`` spells, accents, case and hyphens ignored; a new one when there is none.

    Raises ``InvalidInput`` for a word that is empty, too long, or the name of a retired tag.
    """
    text = " ".join(word.split())
    if not slugify(fold(text)):
        raise InvalidInput(_("Type a word for the tag."), field="tags")
    if len(text) > LONGEST_WORD:
        raise InvalidInput(
            _("A tag has at most %(limit)s characters. Shorten it."),
            field="tags",
            params={"limit": LONGEST_WORD},
        )
    found = tag_spelt(text)
    if found is None:
        take_turn_of(Tag)  # one new word after the other: whoever waited here sees the tag made meanwhile
        found = tag_spelt(text) or _new_tag(text, by=by, at=at)
    if found.is_retired:
        raise InvalidInput(
            _("The tag “%(tag)s” is retired. Choose another one."), field="tags", params={"tag": found}
        )
    return found


def _new_tag(text: str, *, by: User | None, at: datetime) -> Tag:
    code = wanted = slugify(fold(text))
    taken = set(Tag.objects.filter(code__startswith=wanted).values_list("code", flat=True))
    for number in range(2, len(taken) + 3):
        if code not in taken:
            break
        code = f"{wanted}-{number}"
    return save_row(
        row=Tag(position=next_position(Tag)), values={"code": code, "name_fr": text}, by=by, at=at
    )
