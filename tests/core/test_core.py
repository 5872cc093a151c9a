"""The journal, rich text, compare-and-set, numbers and folded texts."""

from __future__ import annotations

import pytest
from django.db import transaction

from cadran.core.business_rules import COMPANY_NAME, set_business_rule
from cadran.core.compare import take
from cadran.core.errors import InvalidInput, NotAllowed
from cadran.core.journal import record
from cadran.core.models import AppendOnly, JournalEntry
from cadran.core.numbering import next_number
from cadran.core.richtext import sanitise
from cadran.core.text import fold, plain
from cadran.core.writing import save_row
from cadran.parties.models import Customer
from tests.factories.trade import MONDAY, a_customer, person


def entry(**typed: object) -> JournalEntry:
    values = {
        "subject_kind": "customer",
        "subject_id": 1,
        "kind": "customer.created",
        "by": None,
        "at": MONDAY,
    }
    return record(**(values | typed))  # type: ignore[arg-type]


@pytest.mark.django_db
def test_a_journal_row_is_never_changed_or_removed() -> None:
    """Spec T4, R5: append-only, by the row and by the table."""
    row = entry()
    row.kind = "customer.invented"
    for attempt in (
        row.save,
        row.delete,
        lambda: JournalEntry.objects.update(kind="x"),
        lambda: JournalEntry.objects.filter(pk=row.pk).delete(),
    ):
        with pytest.raises(AppendOnly):
            attempt()
    assert JournalEntry.objects.get().kind == "customer.created"


@pytest.mark.django_db
def test_a_journal_row_keeps_its_author_s_name() -> None:
    """Spec T4: the row speaks even after what it names has changed."""
    somebody = person()
    row = entry(by=somebody)
    assert (row.author, row.author_name, row.recorded_at) == (somebody, "Someone", MONDAY)


@pytest.mark.django_db(transaction=True)
def test_a_journal_row_needs_the_transaction_of_its_act() -> None:
    """House: journal and act are one transaction; so are compare-and-set and numbers."""
    customer = Customer(pk=1)
    for attempt in (entry, lambda: take(customer, row_version=0), lambda: next_number("x")):
        with pytest.raises(transaction.TransactionManagementError):
            attempt()


@pytest.mark.django_db(transaction=True)
def test_a_refused_act_leaves_no_journal_row_and_no_gap() -> None:
    """Spec T4, T5: nothing moved, so nothing is told, and the number is given back."""
    with pytest.raises(InvalidInput):
        a_customer(email="nobody")
    assert not JournalEntry.objects.exists()
    assert a_customer().number == "C00001"


@pytest.mark.django_db
def test_a_row_is_taken_once_per_version() -> None:
    """House: the second taker of the same version is refused and sees the row as it is."""
    customer = a_customer()
    first, second = Customer.objects.get(), Customer.objects.get()
    with transaction.atomic():
        assert take(first, row_version=customer.row_version)
        assert not take(second, row_version=customer.row_version)
    assert second.row_version == customer.row_version + 1


@pytest.mark.django_db
def test_saving_what_is_there_already_writes_nothing() -> None:
    """House: an empty change is no act: no journal row, and nobody else's form gets stale."""
    customer = a_customer()
    with transaction.atomic():
        save_row(row=customer, values={"name": customer.name}, by=None, at=MONDAY)
    assert customer.row_version == 0
    assert JournalEntry.objects.of("customer", customer.pk).count() == 1


@pytest.mark.parametrize(
    ("hostile", "clean"),
    [
        ("<script>alert(1)</script>", ""),
        ("<p onclick='x()'>a</p>", "<p>a</p>"),
        ('<a href="javascript:alert(1)">a</a>', '<a rel="noopener noreferrer nofollow">a</a>'),
        ('<img src="https://spy.example/x.png"><p>a</p>', "<p>a</p>"),
        ('<img src=x onerror="alert(1)">a', "a"),
        ("<svg><script>alert(1)</script></svg>a", "a"),
        ("<iframe src='//evil'></iframe>a", "a"),
        ("<p style='position:fixed'>a</p>", "<p>a</p>"),
        ("<style>p{}</style><math><mtext></p><img src=x onerror=alert(1)>a", None),
        ("<p>&nbsp;</p><p> </p>", ""),
        ("<!-- a --><b>a", "<b>a</b>"),
    ],
)
def test_hostile_rich_text_is_made_harmless(hostile: str, clean: str | None) -> None:
    """Spec T14: sanitised on the server; no script, handler, style or picture from elsewhere is left."""
    result = sanitise(hostile)
    if clean is not None:
        assert result == clean
    for word in ("script", "onerror", "onclick", "javascript:", "style", "spy.example", "iframe"):
        assert word not in result
    assert sanitise(result) == result


def test_our_own_pictures_stay() -> None:
    """Spec T14: attachments stand inline in a text."""
    picture = '<p>Look:</p><img src="/attachments/abc/x.png" alt="x">'
    assert sanitise(picture) == picture
    assert sanitise('<img src="/attachments/abc/x.png">') != ""


def test_texts_are_folded_alike_everywhere() -> None:
    """Spec T6: searches ignore case, accents and ligatures."""
    assert fold("  Échéance  d’Œuvre ") == "echeance d'oeuvre"
    assert plain("<p>a &amp; b</p><p>c</p>") == "a & b c"


@pytest.mark.django_db
def test_a_business_rule_is_changed_with_its_right_alone() -> None:
    """Spec R2: the operation on a single rule asks for the right like the one on several."""
    with pytest.raises(NotAllowed, match="190004"):
        set_business_rule(definition=COMPANY_NAME, value="Mine", by=person(), at=MONDAY)
    assert not JournalEntry.objects.filter(kind="business_rule.changed").exists()


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ('<p>a <img src="file:///C:/x.png" alt="Capture"> b</p>', "<p>a [Capture] b</p>"),
        ('<p>a <img src="data:image/png;base64,AAAA" alt="x > y"> b</p>', "<p>a [x &gt; y] b</p>"),
        ('<p>a<img src="https://example.org/p.png"></p>', "<p>a</p>"),
        ('<p>a<img alt="&lt;b&gt;" width="3"></p>', "<p>a[&lt;b&gt;]</p>"),
        (
            '<p>a<img src="/attachments/abc/x.png" alt="y"></p>',
            '<p>a<img src="/attachments/abc/x.png" alt="y"></p>',
        ),
        ('<img src="cid:1" alt=" ">', ""),
    ],
)
def test_a_picture_that_cannot_be_shown_leaves_its_word(pasted: str, kept: str) -> None:
    """Spec T14: no broken picture stays in a text."""
    assert sanitise(pasted) == kept
    assert sanitise(kept) == kept
