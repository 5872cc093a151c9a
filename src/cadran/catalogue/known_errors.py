"""Known errors: what is understood already, so that nobody looks for it twice (Spec T33, S5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cadran.accounts.models import User
from cadran.accounts.rights import Right
from cadran.core.compare import hold
from cadran.core.errors import CadranError, InvalidInput
from cadran.core.likeness import forget_texts, index_texts, rows_alike, surely_alike
from cadran.core.models import IndexedStem
from cadran.core.numbering import free_number
from cadran.core.permissions import refuse_unless
from cadran.core.reference import is_used
from cadran.core.richtext import without_pictures
from cadran.core.stemming import stems_of
from cadran.core.text import fold, plain
from cadran.core.writing import refuse_all, save_row

from .models import KnownError, Product, ProductVersion
from .rules import may_edit_known_errors

_KIND = "known_error"
_TEXTS = ("symptom", "workaround", "solution")
#: What the words of a title, a symptom and the rest weigh when it is looked for what is alike.
_TITLE, _SYMPTOM, _REST = 3, 2, 1


@dataclass(frozen=True)
class KnownErrorDetails:
    """A known error as typed; texts are rich, without pictures. Without ``code`` the next one is given."""

    title: str
    product: Product | None
    code: str = ""
    versions: Sequence[ProductVersion] = ()
    symptom: str = ""
    workaround: str = ""
    solution: str = ""
    is_published: bool = False
    is_retired: bool = False


@dataclass(frozen=True)
class AlikeError:
    """A known error like a text: ``score`` tells how much, ``stems`` what both have."""

    known_error: KnownError
    score: float
    stems: tuple[str, ...]


def save_known_error(
    *,
    known_error: KnownError | None,
    details: KnownErrorDetails,
    by: User | None,
    at: datetime,
    seen: int | None = None,
) -> KnownError:
    """Create or change a known error; it is found by its words at once, unless it is retired.

    Raises ``NotAllowed``, ``Stale``, ``InvalidInput`` or ``InvalidInputs``.
    """
    refuse_unless(may_edit_known_errors(by), Right.EDIT_KNOWN_ERRORS)
    refuse_all(_errors(details, known_error))
    values: dict[str, Any] = {
        "code": details.code.strip(),
        "title": details.title.strip(),
        "product": details.product,
        "is_published": details.is_published,
        "is_retired": details.is_retired,
        **{name: without_pictures(getattr(details, name)) for name in _TEXTS},
    }
    with transaction.atomic():
        row = known_error or KnownError()
        values["code"] = values["code"] or row.code or free_number(KnownError, "ERR-", field="code")
        saved = save_row(
            row=row, values=values, many={"versions": list(details.versions)}, by=by, at=at, seen=seen
        )
        _index(saved)
    return saved


def index_known_errors(*, by: User | None, at: datetime) -> int:
    """Let known errors in use that were saved before there was an index be found by their words; returns how many.

    Each in a transaction of its own. Running it again does nothing. Raises ``NotAllowed``.
    """
    refuse_unless(may_edit_known_errors(by), Right.EDIT_KNOWN_ERRORS)
    indexed = IndexedStem.objects.filter(subject_kind=_KIND).order_by().values("subject_id").distinct()
    missing = KnownError.objects.filter(is_retired=False).exclude(pk__in=indexed)
    found = list(missing)
    for row in found:
        with transaction.atomic():
            _index(hold(KnownError, row.pk)[row.pk])
    return len(found)


def errors_alike(
    *, text: str, product: Product | None, version: ProductVersion | None, user: User, limit: int = 5
) -> list[AlikeError]:
    """The known errors in use that ``user`` may see and that share words with ``text``, the most alike first.

    With a product those of that product alone, and of them those that concern the version, or any. Without one only
    those that are surely about the same matter: a word such as “slow” is said of every product.
    """
    found = rows_alike(subject_kind=_KIND, text=text, scope=product.pk if product else None)
    if product is None and found:
        known = KnownError.objects.filter(is_retired=False).count()
        found = surely_alike(found, text, known=known, naming=_SYMPTOM, heading=_TITLE)
    # More than asked for: some may be hidden from the person, or concern another version.
    best = {one.subject_id: one for one in found[: 4 * limit + 16]}
    rows: QuerySet[KnownError] = KnownError.objects.visible_to(user).filter(pk__in=best, is_retired=False)
    kept = [
        AlikeError(row, best[row.pk].score, best[row.pk].stems)
        for row in rows.select_related("product").prefetch_related("versions")
        if version is None or not row.versions.all() or version in row.versions.all()
    ]
    return sorted(kept, key=lambda one: (-one.score, -one.known_error.pk))[:limit]


def errors_holding(rows: QuerySet[Any], words: str) -> QuerySet[Any]:
    """The known errors among ``rows`` that hold every one of ``words``, as it is typed or in another of its forms.

    The index of words knows the forms; a retired one is not in it, and is found by what is typed alone. Words that say
    nothing count only where there is no other.
    """
    typed = fold(words).split()[:10]
    telling = [word for word in typed if stems_of(word)]
    for word in telling or typed:
        alike = IndexedStem.objects.filter(subject_kind=_KIND, stem__in=stems_of(word)[:1])
        rows = rows.filter(Q(search_key__contains=word) | Q(pk__in=alike.values("subject_id")))
    return rows


def _errors(details: KnownErrorDetails, row: KnownError | None) -> list[CadranError]:
    errors: list[CadranError] = []
    if not details.title.strip():
        errors.append(InvalidInput(_("Type the title of the known error."), field="title"))
    product = details.product
    if product is None:
        errors.append(InvalidInput(_("Choose the product that the error belongs to."), field="product"))
        return errors
    kept = row is not None and row.product_id == product.pk
    if product.is_retired and not kept:
        errors.append(
            InvalidInput(
                _("“%(name)s” is no longer in use. Restore it, or choose another."),
                field="product",
                params={"name": str(product)},
            )
        )
    if row is not None and not kept and is_used(row):
        errors.append(
            InvalidInput(
                _(
                    "“%(error)s” stands on tickets or templates about its product, so that it stays with it. "
                    "Write another known error for this one."
                ),
                field="product",
                params={"error": str(row)},
            )
        )
    foreign = [str(one) for one in details.versions if one.product_id != product.pk]
    if foreign:
        errors.append(
            InvalidInput(
                _("No version of %(product)s: %(versions)s. Choose among the product’s own versions."),
                field="versions",
                params={"product": str(product), "versions": ", ".join(foreign)},
            )
        )
    return errors


def _index(row: KnownError) -> None:
    if row.is_retired:
        forget_texts(subject_kind=_KIND, subject_id=row.pk)
        return
    texts = [(f"{row.code} {row.title}", _TITLE), (plain(row.symptom), _SYMPTOM)]
    texts += [(plain(text), _REST) for text in (row.workaround, row.solution)]
    index_texts(subject_kind=_KIND, subject_id=row.pk, texts=texts, scope=row.product_id)
