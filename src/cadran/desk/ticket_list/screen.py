"""What one page of the ticket list shows, worked out in a number of queries that does not depend on its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, QuerySet
from django.http import QueryDict
from django.template.loader import get_template
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cadran.accounts.models import User
from cadran.catalogue.models import Severity
from cadran.core.business_rules import value_of
from cadran.desk.components.clocks import nearest
from cadran.desk.tickets.faces import face_of
from cadran.tickets.business_rules import TICKET_PREFIX
from cadran.tickets.models import Status, Ticket
from cadran.tickets.queries import clock_view
from cadran.tickets.queries.merging import MergedNumber, merged_number

from .filters import TicketFilter
from .order import colour_of_nearest, is_column, ordered
from .selection import mark_of
from .tabs import COUNTED, TABS, Tab, count_text, count_up_to

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

PAGE_ROWS = 25
#: The list counts no further and says « more than ».
COUNT_LIMIT = 10_000
GROUPS: dict[str, StrPromise] = {
    "clock": _("Clock"),
    "status": _("Status"),
    "severity": _("Severity"),
    "none": pgettext_lazy("grouping", "None"),
}
_CLOCK_GROUPS: dict[str, StrPromise] = {
    "red": pgettext_lazy("clock", "Late"),
    "orange": pgettext_lazy("clock", "Soon due"),
    "green": pgettext_lazy("clock", "On time"),
    "still": pgettext_lazy("clock", "Stands still"),
    "none": pgettext_lazy("clock", "No clock runs"),
}
COLUMN_NAMES: dict[str, StrPromise] = {
    "number": _("Number"),
    "title": _("Title"),
    "customer": _("Customer"),
    "status": _("Status"),
    "severity": _("Severity"),
    "assignee": _("Assignee"),
    "response": pgettext_lazy("clock", "Response"),
    "resolution": pgettext_lazy("clock", "Resolution"),
    "received": _("Received"),
}
#: Columns of which the interesting end comes first when one begins to sort by them.
_NEWEST_FIRST = {"number", "received"}
#: The CSS class of a column's heading; *low* columns give way on narrow screens.
_CLASSES = {"severity": "cd-c-low", "assignee": "cd-c-who", "received": "cd-c-low"}


class CappedPaginator(Paginator[Any]):
    """Counts no further than :data:`COUNT_LIMIT` + 1, so that a count stays quick whatever the table holds."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        assert isinstance(rows, QuerySet)
        return count_up_to(rows, COUNT_LIMIT)


def whole_number(words: str) -> str:
    """The number of a ticket as typed in the search; its digits do, too."""
    return f"{value_of(TICKET_PREFIX)}{words}" if words.isdecimal() else words


@dataclass(frozen=True, slots=True)
class Row:
    """A ticket with its drawn parts, for the table and for the cards; ``group`` opens a new group above it.

    ``nearest`` is the clock that a card shows: the running one that is due first, else the resolution clock.
    """

    ticket: Ticket
    address: str
    mark: str
    tags: str
    status: str
    severity: str
    assignee: str
    response: str
    resolution: str
    nearest: str
    group: Group | None = None


class Parts:
    """Draws the parts of rows, each different one once: many rows share a status, a severity, an assignee."""

    def __init__(self) -> None:
        self._drawn: dict[Any, str] = {}

    def draw(self, part: str, key: Any, /, **context: Any) -> str:
        """The part; ``key`` tells equal ones."""
        if (part, key) not in self._drawn:
            self._drawn[part, key] = get_template(f"desk/{part}.html").render(context)
        return self._drawn[part, key]

    def row(self, ticket: Ticket, now: datetime, group: Group | None) -> Row:
        """A whole row of ``ticket`` at ``now``."""
        views = clock_view(ticket, now, with_openings=True)
        faces = face_of(views.response), face_of(views.resolution)
        clocks = [self.draw("components/_clock_line", (ticket.pk, face.kind), face=face) for face in faces]
        status, severity, assignee = ticket.status, ticket.severity, ticket.assignee
        tags = tuple(ticket.tags.all())
        return Row(
            ticket=ticket,
            address=reverse("desk:ticket", args=[ticket.number]),
            mark=mark_of(ticket),
            tags=self.draw("ticket_list/_tags", tags, tags=tags) if tags else "",
            status=self.draw(
                "components/_status",
                (status.pk, ticket.phase),
                label=status.name,
                hue=status.hue,
                phase=ticket.phase,
                plain=True,
            ),
            severity=self.draw(
                "components/_severity", severity.pk, label=severity.name, level=severity.level
            ),
            assignee=self.draw(
                "components/_agent",
                ticket.assignee_id,
                name=assignee.short_name if assignee else "",
                size="s",
            ),
            response=clocks[0],
            resolution=clocks[1],
            nearest=clocks[faces.index(nearest(*faces))],
            group=group,
        )


@dataclass(frozen=True, slots=True)
class Group:
    """A heading in the list: its name and how many tickets of the whole list it holds."""

    label: StrPromise | str
    count: int


@dataclass(frozen=True, slots=True)
class Column:
    """A heading: ``query`` is the address sorted by it, ``sorted``: ascending, descending or empty."""

    name: str
    label: StrPromise
    query: str
    sorted: str
    css: str


@dataclass
class Screen:
    """The ticket list for ``user`` at ``now``, as the address ``query`` asks for it."""

    user: User
    query: QueryDict
    now: datetime
    with_panel: bool = False
    tickets: QuerySet[Any] = field(init=False)
    filter: TicketFilter = field(init=False)

    def __post_init__(self) -> None:
        self.tickets = Ticket.objects.visible_to(self.user)
        self.filter = TicketFilter(
            self.query,
            queryset=self.tab.narrow(self.tickets, self.user, self.now),
            user=self.user,
            now=self.now,
            with_panel=self.with_panel,
        )

    @cached_property
    def tab(self) -> Tab:
        """The view the address names. Words looked for without one are looked for everywhere."""
        name = self.query.get("view", "")
        if name not in TABS:
            name = "all" if self.query.get("q") else self._first_tab
        return TABS[name]

    @property
    def _first_tab(self) -> str:
        agent = getattr(self.user, "agent", None)
        return "team" if agent is not None and agent.teams.exists() else "all"

    @property
    def group(self) -> str:
        """What the list is grouped by."""
        asked = self.query.get("group", "")
        return asked if asked in GROUPS else ("clock" if self.tab.by_clock else "none")

    @property
    def sort(self) -> str:
        """The column sorted by, ``-`` before it when it is turned round."""
        asked = self.query.get("sort", "")
        return asked if is_column(asked) else ("resolution" if self.tab.by_clock else "-received")

    @cached_property
    def found(self) -> QuerySet[Any]:
        """Every ticket of the list, in no order."""
        found: QuerySet[Any] = self.filter.qs
        return found.order_by()

    @property
    def in_order(self) -> QuerySet[Any]:
        """Every ticket of the list, in the order asked for."""
        return ordered(self.found, sort=self.sort, group=self.group, now=self.now)

    @cached_property
    def page(self) -> Page[Any]:
        """The page asked for; the nearest there is for a number out of range."""
        rows = self.in_order.for_lists().prefetch_related("tags")  # type: ignore[attr-defined]
        if self.group == "clock":
            rows = rows.annotate(clock_group=colour_of_nearest(self.now))
        return CappedPaginator(rows, PAGE_ROWS).get_page(self.query.get("page"))

    @property
    def count(self) -> int:
        """How many tickets there are, at most :data:`COUNT_LIMIT`."""
        return min(self.page.paginator.count, COUNT_LIMIT)

    @property
    def is_count_cut(self) -> bool:
        """Whether there are more than counted."""
        return self.page.paginator.count > COUNT_LIMIT

    @property
    def sorted_by(self) -> str:
        """The name of the column sorted by, for the middle of a sentence; abbreviations keep their capitals."""
        name = str(COLUMN_NAMES[self.sort.removeprefix("-")])
        return name[:1].lower() + name[1:]

    @cached_property
    def rows(self) -> list[Row]:
        """The rows of the page, with a group heading above the first of each group."""
        return list(self._rows())

    def _rows(self) -> Iterator[Row]:
        tickets = list(self.page)
        groups = self._groups() if tickets else {}
        before: Any = None
        parts = Parts()
        for ticket in tickets:
            key = self._key(ticket)
            heading = groups.get(key) if key != before else None
            before = key
            yield parts.row(ticket, self.now, heading)

    def _key(self, ticket: Ticket) -> Any:
        match self.group:
            case "clock":
                return ticket.clock_group  # type: ignore[attr-defined]
            case "status":
                return ticket.status_id
            case "severity":
                return ticket.severity_id
        return None

    def _groups(self) -> Mapping[Any, Group]:
        if self.group == "none":
            return {}
        column: Any = {
            "clock": colour_of_nearest(self.now),
            "status": F("status_id"),
            "severity": F("severity_id"),
        }
        counted = self.found.annotate(key=column[self.group]).values_list("key").annotate(n=Count("pk"))
        names: Mapping[Any, Any] = _CLOCK_GROUPS
        if self.group != "clock":
            model = Status if self.group == "status" else Severity
            names = {row.pk: row.name for row in model.objects.visible_to(self.user)}
        return {key: Group(names[key], count) for key, count in counted}

    @cached_property
    def merged(self) -> MergedNumber | None:
        """Where the number that is looked for leads to now, when it is a duplicate's (Spec T29)."""
        return merged_number(whole_number(self.query.get("q", "").strip()), self.user)

    @property
    def columns(self) -> list[Column]:
        """The headings, each with the address that sorts by it, or turns the order round."""
        return [self._column(name, label) for name, label in COLUMN_NAMES.items()]

    def _column(self, name: str, label: StrPromise) -> Column:
        turned = f"-{name}"
        first = turned if name in _NEWEST_FIRST else name
        other = name if name in _NEWEST_FIRST else turned
        wanted = other if self.sort == first else first
        direction = {name: "ascending", turned: "descending"}.get(self.sort, "")
        return Column(name, label, self.query_with(sort=wanted), direction, _CLASSES.get(name, ""))

    def query_with(self, **values: str) -> str:
        """The address with other values, from its first page."""
        query = self.query.copy()
        query.pop("page", None)
        for name, value in values.items():
            query[name] = value
        return query.urlencode()

    @property
    def tidy_query(self) -> str:
        """The address without its empty criteria, as the browser shows it."""
        query = self.query.copy()
        for name in list(query):
            is_idle = name == "clock_of" and (query[name] == "nearest" or not query.get("clock"))
            if is_idle or not any(query.getlist(name)):
                query.pop(name)
        return query.urlencode()

    def tabs(self) -> list[dict[str, Any]]:
        """The views with their counts; a view keeps no criteria of another."""
        return [
            {
                "tab": tab,
                "is_here": tab.name == self.tab.name,
                # All tickets are many and their number says little.
                "count": ""
                if tab.name == "all"
                else count_text(count_up_to(tab.narrow(self.tickets, self.user, self.now), COUNTED)),
            }
            for tab in TABS.values()
        ]
