"""What can be edited by the one mechanism of reference data (Spec T1, T18), one declaration for each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.catalogue.models import Nature, Priority, ProductType, Severity
from cadran.contracts.models import Commitment, ContractType, HolidayCalendar, Schedule, ServiceTemplate
from cadran.core.models import ReferenceRow
from cadran.core.reference import save_reference_row
from cadran.parties.models import Team
from cadran.parties.operations import TeamDetails, save_team
from cadran.tickets.choices import FieldKind, Phase
from cadran.tickets.models import (
    ChecklistItem,
    CustomChoice,
    CustomField,
    InterventionType,
    Macro,
    State,
    Status,
    SuspensionReason,
    Tag,
    TemplateGroup,
)
from cadran.tickets.operations.checklists import save_checklist_item
from cadran.tickets.operations.custom_fields import save_custom_choice, save_custom_field
from cadran.tickets.operations.macros import save_macro
from cadran.tickets.operations.statuses import save_status
from cadran.tickets.queries.macros import FIELDS


class Saver(Protocol):
    """The operation that saves one row of a kind."""

    def __call__(
        self,
        *,
        model: type[ReferenceRow],
        row: Any,
        values: Mapping[str, Any],
        many: Mapping[str, Sequence[Model]],
        by: User,
        at: datetime,
        seen: int | None,
    ) -> ReferenceRow: ...


@dataclass(frozen=True)
class Column:
    """One more column of a list: its heading and what a row shows there."""

    label: Any
    text: Callable[[Any], Any]


@dataclass(frozen=True)
class Kind:
    """One kind of reference data: how its rows are called, listed, edited and saved.

    ``fields`` are those of the form beside names and code. ``badge`` draws the name as a ``status`` or ``severity``.
    ``group`` parts the list; the order then counts inside a group. ``related`` and ``lists`` are loaded with the rows.
    ``own_pages``: list and form stand elsewhere, only order, retiring and deleting are shared. ``template`` draws the
    form.
    """

    slug: str
    model: type[ReferenceRow]
    label: Any
    new_label: Any
    line: Any
    icon: str
    right: Right = Right.EDIT_REFERENCE_DATA
    fields: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    badge: str = ""
    group: Callable[[Any], Any] | None = None
    related: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    operation: Saver = save_reference_row
    own_pages: bool = False
    template: str = "desk/settings/reference_edit.html"


def _save_status(
    *, model: Any, row: Any, values: Any, many: Any, by: User, at: datetime, seen: int | None
) -> Status:
    return save_status(status=row, values=values, by=by, at=at, seen=seen)


def _save_team(
    *, model: Any, row: Any, values: Any, many: Any, by: User, at: datetime, seen: int | None
) -> Team:
    return save_team(team=row, details=TeamDetails(**values, **many), by=by, at=at, seen=seen)


def _save_checklist_item(
    *, model: Any, row: Any, values: Any, many: Any, by: User, at: datetime, seen: int | None
) -> ChecklistItem:
    return save_checklist_item(item=row, values=values, by=by, at=at, seen=seen)


def _save_custom_field(
    *, model: Any, row: Any, values: Any, many: Any, by: User, at: datetime, seen: int | None
) -> CustomField:
    return save_custom_field(field=row, values=values, many=many, by=by, at=at, seen=seen)


def _save_custom_choice(
    *, model: Any, row: Any, values: Any, many: Any, by: User, at: datetime, seen: int | None
) -> CustomChoice:
    return save_custom_choice(choice=row, values=values, by=by, at=at, seen=seen)


def _save_macro(
    *, model: Any, row: Any, values: Any, many: Any, by: User, at: datetime, seen: int | None
) -> Macro:
    return save_macro(macro=row, values=values, many=many, by=by, at=at, seen=seen)


def _yes(value: bool) -> Any:
    return pgettext_lazy("a list", "yes") if value else ""


def _names(rows: Any) -> str:
    return ", ".join(str(row) for row in rows.all())


_DEFAULT = Column(_("Default"), lambda row: _yes(row.is_default))

STATUSES = Kind(
    slug="statuses",
    model=Status,
    label=_("Statuses"),
    new_label=_("New status"),
    line=_("Label and colour of a ticket, inside its phase"),
    icon="tag",
    fields=("phase", "hue", "is_default"),
    columns=(Column(_("Default of the phase"), lambda row: _yes(row.is_default)),),
    badge="status",
    group=lambda row: Phase(row.phase).label,
    operation=_save_status,
)
TEAMS = Kind(
    slug="teams",
    model=Team,
    label=_("Teams"),
    new_label=_("New team"),
    line=_("Managers, stand-ins, members"),
    icon="users",
    right=Right.EDIT_AGENTS,
    fields=(
        "public_name",
        "manager",
        "stand_in",
        "stand_in_from",
        "stand_in_until",
        "members_may_take",
        "members",
    ),
    columns=(
        Column(_("Manager"), lambda row: row.manager or ""),
        Column(_("Stand-in"), lambda row: row.stand_in or ""),
        Column(_("Members"), lambda row: _names(row.members)),
        Column(_("Members may take"), lambda row: _yes(row.members_may_take)),
    ),
    related=("manager", "stand_in"),
    lists=("members",),
    operation=_save_team,
)

#: The kinds of the reference data proper, in the order of the index.
KINDS = (
    STATUSES,
    Kind(
        slug="states",
        model=State,
        label=_("States"),
        new_label=_("New state"),
        line=_("An optional second label: answer to send …"),
        icon="checkbox",
    ),
    Kind(
        slug="natures",
        model=Nature,
        label=_("Natures"),
        new_label=_("New nature"),
        line=_("Incident, fix, change, question …"),
        icon="sitemap",
    ),
    Kind(
        slug="severities",
        model=Severity,
        label=_("Severities"),
        new_label=_("New severity"),
        line=_("Seen from the customer; chooses the commitment"),
        icon="alert-triangle",
        fields=("level", "is_default"),
        columns=(_DEFAULT,),
        badge="severity",
    ),
    Kind(
        slug="priorities",
        model=Priority,
        label=_("Priorities"),
        new_label=_("New priority"),
        line=_("The internal order of work"),
        icon="list",
        fields=("is_default",),
        columns=(_DEFAULT,),
    ),
    Kind(
        slug="intervention-types",
        model=InterventionType,
        label=_("Intervention types"),
        new_label=_("New intervention type"),
        line=_("What each kind of work proposes"),
        icon="bolt",
        fields=(
            "team",
            "assignee",
            "status",
            "state",
            "next_type",
            "counts_as_response",
            "initial_report",
            "natures",
            "product_types",
            "teams",
        ),
        columns=(
            Column(_("Counts as response"), lambda row: _yes(row.counts_as_response)),
            Column(_("Proposes"), lambda row: ", ".join(str(one) for one in _proposed(row))),
            Column(_("Only for"), lambda row: ", ".join(filter(None, map(_names, _limits(row))))),
        ),
        related=("team", "assignee", "status", "state", "next_type"),
        lists=("natures", "product_types", "teams"),
    ),
    Kind(
        slug="checklists",
        model=ChecklistItem,
        label=_("Checklists"),
        new_label=_("New checklist item"),
        line=_("What is ticked in an intervention of each type"),
        icon="checkbox",
        fields=("type", "is_required"),
        columns=(Column(_("Must be ticked"), lambda row: _yes(row.is_required)),),
        group=lambda row: row.type.name,
        related=("type",),
        operation=_save_checklist_item,
    ),
    Kind(
        slug="custom-fields",
        model=CustomField,
        label=_("Custom fields"),
        new_label=_("New custom field"),
        line=_("Fields of your own on tickets, for all natures or some"),
        icon="table",
        fields=("kind", "is_required", "is_external", "natures"),
        columns=(
            Column(_("What it holds"), lambda row: FieldKind(row.kind).label),
            Column(_("Mandatory"), lambda row: _yes(row.is_required)),
            Column(_("The customer sees it"), lambda row: _yes(row.is_external)),
            Column(_("Only for"), lambda row: _names(row.natures)),
            Column(_("Choices"), lambda row: _names(row.choices)),
        ),
        lists=("natures", "choices"),
        operation=_save_custom_field,
    ),
    Kind(
        slug="custom-choices",
        model=CustomChoice,
        label=_("Choices of custom fields"),
        new_label=_("New choice"),
        line=_("What a custom field of the kind “choice” offers"),
        icon="list",
        fields=("field",),
        group=lambda row: row.field.name,
        related=("field",),
        operation=_save_custom_choice,
    ),
    Kind(
        slug="suspension-reasons",
        model=SuspensionReason,
        label=_("Suspension reasons"),
        new_label=_("New suspension reason"),
        line=_("Why a ticket may stand still"),
        icon="player-pause",
        fields=("status", "waits_for_customer"),
        columns=(
            Column(_("Waits for the customer"), lambda row: _yes(row.waits_for_customer)),
            Column(_("Proposed status"), lambda row: row.status or ""),
        ),
        related=("status",),
    ),
    Kind(
        slug="template-groups",
        model=TemplateGroup,
        label=_("Groups of templates"),
        new_label=_("New group of templates"),
        line=_("What ticket templates are grouped under"),
        icon="template",
    ),
    Kind(
        slug="tags",
        model=Tag,
        label=_("Tags"),
        new_label=_("New tag"),
        line=_("Words that tickets are filed under"),
        icon="tag",
        fields=("hue",),
        badge="tag",
    ),
    Kind(
        slug="macros",
        model=Macro,
        label=_("Macros"),
        new_label=_("New macro"),
        line=_("Canned answers that may also set fields"),
        icon="wand",
        fields=("place", "text_fr", "text_en", *FIELDS, "tags", "teams"),
        columns=(
            Column(_("Text"), lambda row: row.get_place_display() if row.text_fr or row.text_en else ""),
            Column(_("Sets"), lambda row: ", ".join(str(one) for one in _set_by(row))),
            Column(_("Only for"), lambda row: _names(row.teams)),
        ),
        related=FIELDS,
        lists=("tags", "teams"),
        operation=_save_macro,
        template="desk/settings/macro_edit.html",
    ),
    Kind(
        slug="product-types",
        model=ProductType,
        label=_("Product types"),
        new_label=_("New product type"),
        line=_("Server, software, printer …"),
        icon="devices",
    ),
    Kind(
        slug="contract-types",
        model=ContractType,
        label=_("Contract types"),
        new_label=_("New contract type"),
        line=_("Managed services, maintenance …"),
        icon="file-certificate",
    ),
    Kind(
        slug="service-templates",
        model=ServiceTemplate,
        label=_("Service templates"),
        new_label=_("New service template"),
        line=_("What a new service starts from"),
        icon="template",
        fields=("default_team", "default_severity", "default_nature"),
        columns=(
            Column(_("Team"), lambda row: row.default_team or ""),
            Column(_("Severity"), lambda row: row.default_severity or ""),
            Column(_("Nature"), lambda row: row.default_nature or ""),
        ),
        related=("default_team", "default_severity", "default_nature"),
    ),
)

#: Rows with pages of their own that are ordered, retired and deleted like the others.
OWN_PAGES = tuple(
    Kind(
        slug=slug,
        model=model,
        label=label,
        new_label="",
        line="",
        icon="",
        right=Right.EDIT_SCHEDULES,
        own_pages=True,
    )
    for slug, model, label in (
        ("schedules", Schedule, _("Schedules")),
        ("calendars", HolidayCalendar, _("Holiday calendars")),
        ("commitments", Commitment, _("Commitments")),
    )
)


def _proposed(row: InterventionType) -> list[Any]:
    return [one for one in (row.team, row.assignee, row.status, row.state, row.next_type) if one is not None]


def _limits(row: InterventionType) -> tuple[Any, ...]:
    return (row.natures, row.product_types, row.teams)


def _set_by(row: Macro) -> list[Any]:
    chosen = [getattr(row, name) for name in FIELDS]
    return [*(one for one in chosen if one is not None), *row.tags.all()]
