"""A list of tickets as a table: every column in the reader's language, in a memory that does not grow (Spec T30)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cadran.catalogue.models import Nature, Priority, Severity
from cadran.core.spreadsheets import Cell, Head, Table
from cadran.parties.models import Team

from ..choices import Channel, ClockState, Coverage, FieldKind, Phase
from ..models import CustomChoice, CustomField, CustomValue, State, Status, Tag, Ticket

#: Tickets that are read together.
BATCH = 1_000

_CELLS = {FieldKind.NUMBER: Cell.NUMBER, FieldKind.DATE: Cell.DAY}


@dataclass(frozen=True)
class Column:
    """A column of the ticket's own: heading, what it holds, what it is read from, and how that becomes a cell.

    ``names`` is a reference model or a list of choices that gives the word for what was read.
    """

    label: Any
    paths: tuple[str, ...]
    cell: Cell = Cell.TEXT
    names: Any = None


def _text(label: Any, *paths: str) -> Column:
    return Column(label, paths)


def _instant(label: Any, path: str) -> Column:
    return Column(label, (path,), Cell.INSTANT)


COLUMNS = (
    _text(gettext_lazy("Number"), "number"),
    _text(gettext_lazy("Title"), "title"),
    _text(gettext_lazy("Customer"), "customer__name"),
    _text(gettext_lazy("Customer number"), "customer__number"),
    _text(gettext_lazy("Site"), "site__name"),
    _text(gettext_lazy("Requester"), "requester__first_name", "requester__last_name"),
    _text(gettext_lazy("Customer’s reference"), "customer_reference"),
    _text(gettext_lazy("Contract"), "contract__number", "contract__label"),
    _text(gettext_lazy("Service"), "service__label"),
    _text(gettext_lazy("Asset number"), "asset__number"),
    _text(gettext_lazy("Asset"), "asset__name"),
    _text(gettext_lazy("Product"), "product__name"),
    Column(gettext_lazy("Nature"), ("nature",), names=Nature),
    Column(gettext_lazy("Severity"), ("severity",), names=Severity),
    Column(gettext_lazy("Priority"), ("priority",), names=Priority),
    Column(gettext_lazy("Phase"), ("phase",), names=Phase),
    Column(gettext_lazy("Status"), ("status",), names=Status),
    Column(gettext_lazy("State"), ("state",), names=State),
    Column(gettext_lazy("Team"), ("team",), names=Team),
    _text(gettext_lazy("Assignee"), "assignee__first_name", "assignee__last_name"),
    Column(gettext_lazy("Channel"), ("channel",), names=Channel),
    Column(gettext_lazy("Coverage verdict"), ("coverage",), names=Coverage),
    _instant(gettext_lazy("Received"), "received_at"),
    _instant(gettext_lazy("Entered"), "entered_at"),
    _instant(gettext_lazy("Response due"), "response_due_at"),
    _instant(pgettext_lazy("milestone", "Response"), "responded_at"),
    Column(gettext_lazy("Response verdict"), ("response_clock",), names=ClockState),
    _instant(gettext_lazy("Resolution due"), "resolution_due_at"),
    _instant(pgettext_lazy("milestone", "Resolution"), "resolved_at"),
    Column(gettext_lazy("Resolution verdict"), ("resolution_clock",), names=ClockState),
    _instant(gettext_lazy("Closed by customer"), "closed_by_customer_at"),
    _instant(gettext_lazy("Closed internally"), "closed_internally_at"),
    Column(gettext_lazy("Suspended working time"), ("suspended_seconds",), Cell.DURATION),
)


def ticket_table(tickets: QuerySet[Ticket]) -> Table:
    """``tickets`` in their order, one row each, with the company's own fields at the end.

    The keys are read first, so that nothing holds the database while a slow line takes the rows; everything else comes
    :data:`BATCH` tickets at a time, in a number of queries that does not depend on how many there are.
    """
    keys = list(tickets.values_list("pk", flat=True))
    reader = _Reader()
    return Table(reader.heads(), reader.rows(keys), len(keys))


class _Reader:
    """Words and fields that every row needs, read once, in the language of whoever asked."""

    def __init__(self) -> None:
        self.tags = _names_of(Tag)
        self.choices = _names_of(CustomChoice)
        held = CustomValue.objects.filter(field=OuterRef("pk"))
        self.fields: list[CustomField] = list(
            CustomField.objects.filter(Q(is_retired=False) | Q(Exists(held)))
        )
        paths = ["pk"]
        self.makers: list[Callable[[Sequence[Any]], Any]] = []
        for column in COLUMNS:
            self.makers.append(_maker(column, len(paths)))
            paths.extend(column.paths)
        self.paths = paths

    def heads(self) -> list[Head]:
        """The headings; those of instants name the time zone, those of durations their form."""
        heads = [Head(_heading(str(column.label), column.cell), column.cell) for column in COLUMNS]
        heads += [Head(_("Tags")), Head(_("Followers"))]
        return heads + [
            Head(field.name, _CELLS.get(FieldKind(field.kind), Cell.TEXT)) for field in self.fields
        ]

    def rows(self, keys: Sequence[int]) -> Iterator[list[Any]]:
        """One row for each key, in the order of the keys; what was deleted meanwhile is left out."""
        for start in range(0, len(keys), BATCH):
            yield from self._batch(keys[start : start + BATCH])

    def _batch(self, keys: Sequence[int]) -> Iterator[list[Any]]:
        found = {
            row[0]: row for row in Ticket.objects.filter(pk__in=keys).order_by().values_list(*self.paths)
        }
        tags, followers, own = self._tags(keys), _followers(keys), self._own(keys)
        for key in keys:
            if (row := found.get(key)) is None:
                continue
            made = [make(row) for make in self.makers]
            values = own.get(key, {})
            made += [", ".join(tags.get(key, ())), ", ".join(followers.get(key, ()))]
            made += [values.get(field.pk) for field in self.fields]
            yield made

    def _tags(self, keys: Sequence[int]) -> Mapping[int, list[str]]:
        given: dict[int, set[int]] = defaultdict(set)
        for ticket, tag in Ticket.tags.through.objects.filter(ticket__in=keys).values_list("ticket", "tag"):
            given[ticket].add(tag)
        return {
            ticket: [name for tag, name in self.tags.items() if tag in mine] for ticket, mine in given.items()
        }

    def _own(self, keys: Sequence[int]) -> Mapping[int, dict[int, Any]]:
        kinds = {field.pk: field.kind for field in self.fields}
        values: dict[int, dict[int, Any]] = defaultdict(dict)
        rows = CustomValue.objects.filter(ticket__in=keys).order_by()
        for ticket, field, text, number, day, choice in rows.values_list(
            "ticket", "field", "text", "number", "date", "choice"
        ):
            kept = {
                FieldKind.TEXT: text,
                FieldKind.NUMBER: number,
                FieldKind.DATE: day,
                FieldKind.CHOICE: self.choices.get(choice),
            }
            values[ticket][field] = kept[FieldKind(kinds[field])] if field in kinds else None
        return values


def _followers(keys: Sequence[int]) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    through = Ticket.followers.through.objects.filter(ticket__in=keys)
    pairs = through.order_by("agent__last_name", "agent__first_name").values_list(
        "ticket", "agent__first_name", "agent__last_name"
    )
    for ticket, first_name, last_name in pairs:
        found[ticket].append(f"{first_name} {last_name}".strip())
    return found


def _names_of(model: Any) -> dict[int, str]:
    return {row.pk: row.name for row in model.objects.all()}


def _maker(column: Column, at: int) -> Callable[[Sequence[Any]], Any]:
    """How what was read becomes a cell; what the column is read from begins at ``at``."""
    if column.names is not None:
        is_choice = hasattr(column.names, "choices")
        words = (
            {one: str(label) for one, label in column.names.choices} if is_choice else _names_of(column.names)
        )
        return lambda row: words.get(row[at])
    if len(column.paths) > 1:
        parts = slice(at, at + len(column.paths))
        return lambda row: " ".join(filter(None, row[parts]))
    return itemgetter(at)


def _heading(label: str, cell: Cell) -> str:
    if cell == Cell.INSTANT:
        return _("%(label)s (%(zone)s)") % {"label": label, "zone": timezone.get_current_timezone_name()}
    if cell == Cell.DURATION:
        return _("%(label)s (h:mm)") % {"label": label}
    return capfirst(label)
