"""What is prepared to leave: recipients, files and the draft that opens in a mail program (Spec T16)."""

from __future__ import annotations

import email
import email.policy
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from cadran.core.blocks import blocks_of
from cadran.core.errors import CadranError, InvalidInput, InvalidInputs
from cadran.outbox import operations
from cadran.outbox.letters import draft_of, plain_text
from cadran.outbox.models import MessageKind, OutgoingFile, OutgoingMessage
from cadran.outbox.operations import FileToSend, prepare_message
from cadran.outbox.recipients import Recipient, typed_recipients
from tests.factories.trade import MONDAY

CLAIRE = Recipient("claire@example.org", "Claire Fontaine")


def prepared(**more: Any) -> OutgoingMessage:
    typed: dict[str, Any] = {
        "subject_kind": "ticket",
        "subject_id": 1,
        "kind": MessageKind.MAIL,
        "recipients": [CLAIRE],
        "title": "Your request",
        "body": "<p>Hello</p>",
        "language": "en",
        "files": [FileToSend("a.pdf", "application/pdf", b"%PDF-1.7")],
        "tell": lambda _message: None,
        "by": None,
        "at": MONDAY,
    }
    return prepare_message(**{**typed, **more})


def mail_of(message: OutgoingMessage) -> Any:
    return email.message_from_bytes(draft_of(message), policy=email.policy.default)


def kept_files() -> list[Path]:
    folder = Path(settings.MEDIA_ROOT) / "outbox"
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


@pytest.mark.django_db
def test_a_draft_holds_everything() -> None:
    """Spec T16: recipients, subject, the text twice, the files; and it opens as a draft."""
    message = prepared(
        recipients=[CLAIRE, Recipient("jean@exämple.org", 'Jean "le grand", Éric')],
        title="Votre demande n° 12 : échéance « tenue »",
        body="<p>Bonjour <b>Claire</b>,</p><ul><li>un</li></ul>",
        files=[
            FileToSend("été.pdf", "application/pdf", b"%PDF-1.7"),
            FileToSend('a"b\r\n.txt', "text/plain", b"x"),
        ],
    )
    mail = mail_of(message)
    assert mail["X-Unsent"] == "1"
    assert mail["Subject"] == message.title
    assert [one.display_name for one in mail["To"].addresses] == ["Claire Fontaine", 'Jean "le grand", Éric']
    assert mail["To"].addresses[1].addr_spec == "jean@xn--exmple-cua.org"
    assert mail["From"] is None
    assert mail.get_body(("plain",)).get_content().split() == ["Bonjour", "Claire,", "-", "un"]
    assert "<b>Claire</b>" in mail.get_body(("html",)).get_content()
    assert [part.get_filename() for part in mail.iter_attachments()] == ["été.pdf", 'a"b_.txt']
    assert next(mail.iter_attachments()).get_content() == b"%PDF-1.7"


@pytest.mark.django_db
@pytest.mark.parametrize("evil", ["x\r\nBcc: spy@example.net", "x\nTo: a@b", "x\u2028y", "x\x00y"])
def test_no_name_or_subject_adds_a_header(evil: str) -> None:
    """Line breaks in names and subjects become spaces: what is typed is one header, never two."""
    mail = mail_of(prepared(title=evil, recipients=[Recipient("claire@example.org", evil)]))
    assert mail["Bcc"] is None
    assert len(mail.get_all("To")) == 1
    assert [one.addr_spec for one in mail["To"].addresses] == ["claire@example.org"]


@pytest.mark.django_db
def test_pictures_and_scripts_stay_out_of_a_mail() -> None:
    """Spec T14: an image that only staff may fetch is no part of a mail, nor is anything that runs."""
    body = (
        '<p>a<img src="/attachments/abcdefghijklmnopqrstuvwxyz/b.png"><img src="//spy"></p><script>x</script>'
    )
    assert prepared(body=body).body.replace("<img>", "") == "<p>a</p>"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"recipients": []}, "addresses"),
        ({"recipients": [Recipient("claire")]}, "addresses"),
        ({"recipients": [Recipient("claire@example.org\nBcc: spy@example.net")]}, "addresses"),
        ({"recipients": [Recipient('"a\\"b"@example.org')]}, "addresses"),
        ({"recipients": [Recipient("ſ@example.org")]}, "addresses"),
        ({"recipients": [Recipient(f"a{n}@example.org") for n in range(51)]}, "addresses"),
        ({"title": " \r\n "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"kind": MessageKind.FAX, "recipients": [Recipient("12345")]}, "addresses"),
        ({"kind": MessageKind.FAX, "recipients": [Recipient("+33 abc 123456")]}, "addresses"),
        ({"files": [FileToSend("a", "text/plain", b"x" * (25 * 1024 * 1024 + 1))]}, "attachments"),
    ],
)
def test_what_can_not_leave_is_refused(wrong: dict[str, Any], field: str) -> None:
    """Each refusal names its field, and nothing is kept, in the database or on the disk."""
    before = kept_files()
    with pytest.raises(InvalidInput) as refused:
        prepared(**wrong)
    assert refused.value.field == field
    assert not OutgoingMessage.objects.exists()
    assert kept_files() == before


@pytest.mark.django_db
def test_no_file_stays_behind_when_the_act_fails() -> None:
    """The files and the message go with the act that they belong to."""
    before = kept_files()

    def failing(_message: OutgoingMessage) -> None:
        raise RuntimeError("the journal is full")

    with pytest.raises(RuntimeError):
        prepared(tell=failing)
    assert not OutgoingMessage.objects.exists() and not OutgoingFile.objects.exists()
    assert kept_files() == before


def test_recipients_as_people_type_them() -> None:
    """Spec T16: one to a line, with a name or without; all that can't be read is told at once."""
    text = "claire@example.org, jean@example.org\n\nÉric Dupont <eric@example.org>; Fontaine, Zoé <zoe@example.org>"
    found = typed_recipients(text, MessageKind.MAIL)
    assert [(one.name, one.address) for one in found] == [
        ("", "claire@example.org"),
        ("", "jean@example.org"),
        ("Éric Dupont", "eric@example.org"),
        ("Fontaine, Zoé", "zoe@example.org"),
    ]
    assert typed_recipients("Accueil <+33 (0)1-23.45.67/89>", MessageKind.FAX)[0].name == "Accueil"
    with pytest.raises(InvalidInputs) as refused:
        typed_recipients("nobody\n<>\nclaire@example.org", MessageKind.MAIL)
    assert len(refused.value.errors) == 2
    with pytest.raises(CadranError):
        typed_recipients("claire@example.org", MessageKind.FAX)


@pytest.mark.django_db
def test_each_address_gets_it_once() -> None:
    """Whoever is chosen and typed as well is one recipient, under the name chosen first."""
    message = prepared(recipients=[CLAIRE, Recipient("CLAIRE@example.org")])
    assert message.recipients == [{"name": "Claire Fontaine", "address": "claire@example.org"}]
    assert operations.MAX_RECIPIENTS == 50


def test_rich_text_reads_well_without_its_marks() -> None:
    """The plain half of a mail: lists, links, quotes and tables."""
    html = (
        '<h2>Head</h2><p>see <a href="https://example.org/a">this</a> <a href="mailto:a@b.c">a@b.c</a></p>'
        '<ol start="3"><li><p>one</p><p>more</p></li><li>two</li></ol><blockquote>said</blockquote><hr>'
        "<table><tr><td>a</td><td>b</td></tr></table><pre>x  y</pre>"
    )
    assert plain_text(blocks_of(html)) == (
        "Head\n\nsee this (https://example.org/a) a@b.c\n\n3. one\n   more\n4. two\n\n> said\n\n----\n\na | b\n\nx  y"
    )
