"""Writes on contract lines, one by one and many at once (Spec C2, C3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.errors import CadranError, InvalidInput, InvalidInputs
from cadran.core.journal import record
from cadran.core.permissions import refuse_unless
from cadran.core.writing import refuse_all, save_row, take_seen

from ..details import LineDetails
from ..models import Contract, ContractLine
from ..rules import may_edit_contracts

#: What can be changed on many lines at once.
CHANGEABLE = ("is_invoiced", "valid_from", "valid_until", "unit_price_cents")
_HIGHEST_CENTS = 100_000_000_00


class LineRefused(CadranError):
    """One line could not be changed, so that none was; ``line`` is the refused one."""

    code = "line_refused"

    def __init__(self, line: ContractLine, reason: CadranError, count: int) -> None:
        self.line = line
        self.reason = reason
        super().__init__(
            _("The line “%(line)s” was refused: %(reason)s It was not changed.")
            if count == 1
            else _("The line “%(line)s” was refused: %(reason)s None of the %(count)s lines was changed."),
            field=reason.field,
            params={"line": line.label, "reason": reason, "count": count},
        )


def save_line(
    *,
    contract: Contract,
    line: ContractLine | None,
    details: LineDetails,
    by: User | None,
    at: datetime,
    seen: int | None = None,
) -> ContractLine:
    """Create or change a line. Raises ``NotAllowed``, ``Stale``, ``InvalidInput`` or ``InvalidInputs``."""
    refuse_unless(may_edit_contracts(by), Right.EDIT_CONTRACTS)
    values = {field.name: getattr(details, field.name) for field in fields(details)}
    values["label"] = details.label.strip()
    refuse_all(_errors(contract, values))
    row = line or ContractLine(contract=contract)
    with transaction.atomic():
        return save_row(row=row, values=values, by=by, at=at, seen=seen)


def delete_line(*, line: ContractLine, by: User | None, at: datetime, seen: int | None = None) -> None:
    """Remove a line; the contract's journal keeps what it was. Raises ``NotAllowed`` or ``Stale``."""
    refuse_unless(may_edit_contracts(by), Right.EDIT_CONTRACTS)
    with transaction.atomic():
        take_seen(line, seen)
        record(
            subject_kind="contract",
            subject_id=line.contract_id,
            kind="contract.line_deleted",
            by=by,
            at=at,
            data={
                "line": line.label,
                "quantity": str(line.quantity),
                "unit_price_cents": line.unit_price_cents,
                "valid_from": line.valid_from.isoformat(),
                "valid_until": line.valid_until.isoformat() if line.valid_until else None,
            },
        )
        line.delete()


def update_lines(
    *, lines: Sequence[ContractLine], changes: Mapping[str, Any], by: User | None, at: datetime
) -> int:
    """Make the same ``changes`` (keys of :data:`CHANGEABLE`) on all ``lines`` or on none; return how many changed.

    Each line is taken in the version it was loaded in. Raises ``NotAllowed`` or :class:`LineRefused`.
    """
    refuse_unless(may_edit_contracts(by), Right.EDIT_CONTRACTS)
    for name in changes:
        if name not in CHANGEABLE:
            raise InvalidInput(
                _("Only dates, the price and “invoiced” can be changed on several lines."), field=name
            )
    changed = 0
    with transaction.atomic():
        for line in sorted(lines, key=lambda line: line.pk):
            before = ContractLine.objects.filter(pk=line.pk).values_list("row_version", flat=True).first()
            values = {name: getattr(line, name) for name in asdict(_blank())} | dict(changes)
            try:
                refuse_all(_errors(line.contract, values))
                saved = save_row(row=line, values=dict(changes), by=by, at=at)
            except InvalidInputs as refused:
                raise LineRefused(line, refused.errors[0], len(lines)) from None
            except CadranError as refused:
                raise LineRefused(line, refused, len(lines)) from None
            changed += saved.row_version != before
    return changed


def _blank() -> LineDetails:
    return LineDetails(label="", valid_from=None)


def _errors(contract: Contract, values: Mapping[str, Any]) -> list[CadranError]:
    errors: list[CadranError] = []
    begins, ends, asset = values["valid_from"], values["valid_until"], values["asset"]
    if not values["label"]:
        errors.append(InvalidInput(_("Type the line’s label."), field="label"))
    if begins is None:
        errors.append(InvalidInput(_("Type the date from which the line is valid."), field="valid_from"))
    elif ends is not None and ends < begins:
        errors.append(
            InvalidInput(
                _("The line would end before it begins. Correct one of the two dates."), field="valid_until"
            )
        )
    if values["quantity"] <= 0:
        errors.append(InvalidInput(_("Type a quantity above zero."), field="quantity"))
    if not 0 <= values["unit_price_cents"] <= _HIGHEST_CENTS:
        errors.append(InvalidInput(_("Type a price of zero or more."), field="unit_price_cents"))
    customers = (
        {contract.customer_id, *contract.beneficiaries.values_list("pk", flat=True)} if asset else set()
    )
    if asset is not None and asset.customer_id not in customers:
        errors.append(
            InvalidInput(
                _(
                    "The asset “%(asset)s” belongs to %(customer)s, who neither holds the contract nor benefits "
                    "from it. Choose another."
                ),
                field="asset",
                params={"asset": str(asset), "customer": str(asset.customer)},
            )
        )
    return errors
