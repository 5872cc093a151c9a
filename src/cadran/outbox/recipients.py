"""Who a message is for: mail addresses and fax numbers as people type them (Spec T16)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from cadran.core.errors import CadranError, InvalidInput
from cadran.core.writing import refuse_all

from .models import MessageKind

#: What ends a header, or turns the direction of writing.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+")
_FAX = re.compile(r"\+?[0-9][0-9 ().\-/]*")
_NAMED = re.compile(r"^(?P<name>[^<>]*)<(?P<address>[^<>]*)>$")


@dataclass(frozen=True)
class Recipient:
    """Somebody that a message is for: a mail address or a fax number, and a name where one is known."""

    address: str
    name: str = ""


def typed_recipients(text: str, kind: MessageKind) -> list[Recipient]:
    """The recipients typed, one to a line: an address, or « Name <address> »; bare ones may be parted by commas.

    Raises ``InvalidInput`` or ``InvalidInputs`` with a sentence for each that can't be read.
    """
    found: list[Recipient] = []
    errors: list[CadranError] = []
    lines = (line.strip() for line in re.split(r"[\n;]", text))
    for part in (part for line in lines for part in ([line] if "<" in line else line.split(","))):
        if not part.strip():
            continue
        named = _NAMED.match(part)
        one = Recipient(named["address"].strip(), named["name"].strip(' "')) if named else Recipient(part)
        try:
            found.append(checked(one, kind))
        except InvalidInput as error:
            errors.append(error)
    refuse_all(errors)
    return found


def checked(one: Recipient, kind: MessageKind) -> Recipient:
    """The recipient with a name fit for a header. Raises ``InvalidInput`` for a wrong address or number."""
    name, address = CONTROL.sub(" ", one.name).strip()[:150], one.address.strip()
    if kind == MessageKind.FAX:
        figures = sum(letter.isdigit() for letter in address)
        if not _FAX.fullmatch(address) or not 6 <= figures <= 15:
            raise InvalidInput(
                _("“%(address)s” is no fax number. Type 6 to 15 figures, such as +33 1 23 45 67 89."),
                field="addresses",
                params={"address": address[:80]},
            )
        return Recipient(address, name)
    if not _is_mail_address(address):
        raise InvalidInput(
            _("“%(address)s” is no mail address. Type one such as claire@example.org."),
            field="addresses",
            params={"address": address[:80]},
        )
    return Recipient(address, name)


def _is_mail_address(text: str) -> bool:
    """Whether mail programs and servers take it; none knows what to do with quotes before the sign."""
    user = text.rpartition("@")[0]
    try:
        validate_email(text)
    except ValidationError:
        return False
    return user.isascii() and '"' not in user
