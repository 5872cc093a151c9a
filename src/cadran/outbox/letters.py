"""A prepared mail as a draft that opens in the mail program of whoever sends it (Spec T16)."""

from __future__ import annotations

from collections.abc import Iterable
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from html import escape

from cadran.core.blocks import Block, blocks_of

from .models import OutgoingMessage


def draft_of(message: OutgoingMessage) -> bytes:
    """The mail as an ``.eml`` file: ``X-Unsent`` has mail programs open it as a draft, ready to be sent.

    The headers are encoded by the standard library, which refuses a line break in any of them.
    """
    mail = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    mail["X-Unsent"] = "1"
    mail["To"] = [_address(one["name"], one["address"]) for one in message.recipients]
    mail["Subject"] = message.title
    blocks = blocks_of(message.body)
    mail.set_content(plain_text(blocks) + "\n")
    page = f'<!DOCTYPE html><html lang="{escape(message.language)}"><body>{message.body}</body></html>'
    mail.add_alternative(page, subtype="html")
    for file in message.files.all():
        main, _slash, sub = file.content_type.partition("/")
        with file.file.open("rb") as content:
            mail.add_attachment(
                content.read(), maintype=main, subtype=sub or "octet-stream", filename=file.name
            )
    return mail.as_bytes()


def _address(name: str, address: str) -> Address:
    """The address, a domain with accents as mail servers write it."""
    user, _at, domain = address.rpartition("@")
    return Address(name, user, domain.encode("idna").decode() if not domain.isascii() else domain)


def plain_text(blocks: Iterable[Block]) -> str:
    """Rich text for programs that show none: paragraphs, lists with signs, links with their address."""
    return "\n\n".join(filter(None, map(_block_text, blocks)))


def _block_text(block: Block) -> str:
    match block["kind"]:
        case "par" | "head":
            return "".join(_run_text(run) for run in block["runs"]).strip()
        case "code" | "note":
            return str(block["text"])
        case "rule":
            return "----"
        case "quote":
            return _prefixed(plain_text(block["blocks"]), "> ", "> ")
        case "list":
            return "\n".join(_item_text(block, n, item) for n, item in enumerate(block["items"]))
        case "table":
            rows: dict[int, list[str]] = {}
            for cell in block["cells"]:
                rows.setdefault(cell["y"], []).append(plain_text(cell["blocks"]).replace("\n", " "))
            return "\n".join(" | ".join(rows[y]) for y in sorted(rows))
        case _:
            return f"[{block['alt']}]"


def _item_text(block: Block, n: int, item: list[Block]) -> str:
    sign = f"{block['start'] + n}. " if block["ordered"] else "- "
    return _prefixed("\n".join(filter(None, map(_block_text, item))), sign, " " * len(sign))


def _run_text(run: dict[str, str]) -> str:
    shown = run["to"].removeprefix("mailto:").removeprefix("tel:")
    return f"{run['text']} ({shown})" if run["to"] and shown != run["text"] else run["text"]


def _prefixed(text: str, first: str, others: str) -> str:
    return "\n".join((others if n else first) + line for n, line in enumerate(text.split("\n")))
