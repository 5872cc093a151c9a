"""Lists of records: criteria from the address, pages, and the part that htmx swaps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from cadran.accounts.models import User

PAGE_ROWS = 50


class ListForm(forms.Form):
    """Criteria of a list. An unusable value is said and narrows nothing."""

    q = forms.CharField(required=False, max_length=200)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        self.user = user
        options.setdefault("label_suffix", "")
        super().__init__(*args, **options)
        self.prepare()

    def prepare(self) -> None:
        """Fill the choices; called once the fields stand."""

    def given(self, name: str) -> Any:
        """The criterion ``name``, empty when it was not given or cannot be used."""
        self.is_valid()
        return self.cleaned_data.get(name)

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that fit."""
        raise NotImplementedError

    @property
    def is_narrowed(self) -> bool:
        """Whether any criterion is in force."""
        self.is_valid()
        return any(value not in (None, "", False) for value in self.cleaned_data.values())

    @property
    def selects(self) -> list[Any]:
        """The criteria chosen from short lists, which the bar shows."""
        return [
            field
            for field in self
            if isinstance(field.field, forms.ChoiceField) and field.name not in self.pickers
        ]

    #: Names of criteria chosen in a picker.
    pickers: Sequence[str] = ()


@dataclass(frozen=True)
class RecordList:
    """What a list page shows. ``rows_template`` draws the rows of ``page``."""

    template: str
    rows_template: str
    form: ListForm
    rows: QuerySet[Any]
    decorate: Callable[[Sequence[Any]], Sequence[Any]] = list


def show_list(request: HttpRequest, screen: RecordList, **more: Any) -> HttpResponse:
    """The page; for htmx its rows and foot alone."""
    page: Page[Any] = Paginator(screen.form.narrow(screen.rows), PAGE_ROWS).get_page(request.GET.get("page"))
    is_fragment = request.headers.get("HX-Target") == "list"
    context = {
        "form": screen.form,
        "page": page,
        "rows": screen.decorate(list(page)),
        "rows_template": screen.rows_template,
        **more,
    }
    response = render(request, "desk/records/_list.html" if is_fragment else screen.template, context)
    if is_fragment:
        response["HX-Push-Url"] = _tidy(request)
    # One address, two answers: the browser must not take the rows for the page.
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def _tidy(request: HttpRequest) -> str:
    query = request.GET.copy()
    for name in [name for name, value in query.items() if not value]:
        query.pop(name)
    return f"{request.path}?{query.urlencode()}".rstrip("?")
