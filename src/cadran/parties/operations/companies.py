"""Writes on suppliers with their contacts, and on projects (Spec C7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import CadranError, InvalidInput
from cadran.core.permissions import refuse_unless
from cadran.core.writing import refuse_all, save_row, typed_values

from ..models import Customer, Project, Supplier, SupplierContact
from ..rules import may_edit_projects, may_edit_suppliers


@dataclass(frozen=True)
class SupplierDetails:
    """A supplier as typed."""

    name: str
    phone: str = ""
    email: str = ""
    is_active: bool = True


@dataclass(frozen=True)
class SupplierContactDetails:
    """A person at a supplier as typed."""

    name: str
    function: str = ""
    email: str = ""
    phone: str = ""
    is_active: bool = True


@dataclass(frozen=True)
class ProjectDetails:
    """A project as typed."""

    code: str
    name: str
    customer: Customer | None = None
    is_active: bool = True


def save_supplier(
    *,
    supplier: Supplier | None,
    details: SupplierDetails,
    by: User | None,
    at: datetime,
    seen: int | None = None,
) -> Supplier:
    """Create or change a supplier. Raises ``NotAllowed``, ``Stale``, ``InvalidInput`` or ``InvalidInputs``."""
    refuse_unless(may_edit_suppliers(by), Right.EDIT_CONTRACTS)
    values = typed_values(details)
    if not values["name"]:
        raise InvalidInput(_("Type the supplier’s name."), field="name")
    with transaction.atomic():
        return save_row(row=supplier or Supplier(), values=values, by=by, at=at, seen=seen)


def save_supplier_contact(
    *,
    supplier: Supplier,
    contact: SupplierContact | None,
    details: SupplierContactDetails,
    by: User | None,
    at: datetime,
    seen: int | None = None,
) -> SupplierContact:
    """Create or change a contact of ``supplier``; one who has left is deactivated rather than removed.

    Raises ``NotAllowed``, ``Stale``, ``InvalidInput`` or ``InvalidInputs``.
    """
    refuse_unless(may_edit_suppliers(by), Right.EDIT_CONTRACTS)
    values = typed_values(details)
    errors: list[CadranError] = []
    if not values["name"]:
        errors.append(InvalidInput(_("Type the contact’s name."), field="name"))
    if contact is not None and contact.supplier_id != supplier.pk:
        errors.append(InvalidInput(_("This contact belongs to another supplier.")))
    refuse_all(errors)
    with transaction.atomic():
        row = contact or SupplierContact(supplier=supplier)
        return save_row(row=row, values=values, by=by, at=at, seen=seen)


def save_project(
    *,
    project: Project | None,
    details: ProjectDetails,
    by: User | None,
    at: datetime,
    seen: int | None = None,
) -> Project:
    """Create or change a project. Raises ``NotAllowed``, ``Stale``, ``InvalidInput`` or ``InvalidInputs``."""
    refuse_unless(may_edit_projects(by), Right.EDIT_CONTRACTS)
    values = typed_values(details)
    errors: list[CadranError] = []
    if not values["code"]:
        errors.append(InvalidInput(_("Type the project’s code."), field="code"))
    if not values["name"]:
        errors.append(InvalidInput(_("Type the project’s name."), field="name"))
    refuse_all(errors)
    with transaction.atomic():
        return save_row(row=project or Project(), values=values, by=by, at=at, seen=seen)
