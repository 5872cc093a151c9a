"""The desk's menu: one row per place. A row shows when its page exists and the person has its right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse
from django.utils.translation import pgettext_lazy

from cadran.accounts.rights import Right

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

    from cadran.accounts.models import User

#: Places a phone's bottom bar can hold; more of them go behind *More*.
PHONE_PLACES = 5


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the desk. Any of `rights` opens it; none needed when empty. `letter` goes there after G.

    `also`: pages that belong to it although their addresses don't begin like its own.
    """

    key: str
    icon: str
    label: StrPromise | str
    url_name: str
    rights: tuple[Right, ...]
    letter: str
    at_end: bool = False
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A place as the frame draws it."""

    place: Place
    url: str
    is_here: bool
    on_phone: bool


_SETTINGS = (
    Right.EDIT_REFERENCE_DATA,
    Right.EDIT_SCHEDULES,
    Right.EDIT_AGENTS,
    Right.EDIT_BUSINESS_RULES,
)

PLACES = (
    Place("my-day", "sun-high", pgettext_lazy("menu", "My day"), "desk:my_day", (), "d"),
    Place(
        "tickets",
        "ticket",
        pgettext_lazy("menu", "Tickets"),
        "desk:ticket_list",
        (Right.SEE_TICKETS,),
        "t",
        also=("desk:template_list", "desk:plan_list"),
    ),
    Place(
        "contracts",
        "file-certificate",
        pgettext_lazy("menu", "Contracts"),
        "desk:contract_list",
        (Right.SEE_CONTRACTS,),
        "c",
        also=("desk:supplier_list",),
    ),
    Place(
        "customers",
        "building",
        pgettext_lazy("menu", "Customers"),
        "desk:customer_list",
        (Right.SEE_CUSTOMERS,),
        "u",
    ),
    Place(
        "assets",
        "devices",
        pgettext_lazy("menu", "Assets"),
        "desk:asset_list",
        (Right.SEE_ASSETS,),
        "a",
        also=("desk:product_list", "desk:known_error_list"),
    ),
    Place(
        "settings",
        "settings",
        pgettext_lazy("menu", "Settings"),
        "desk:settings",
        _SETTINGS,
        "s",
        at_end=True,
    ),
)


def page_url(url_name: str) -> str:
    """The address of a page, empty when no area offers it."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def entries_for(user: User, path: str) -> list[Entry]:
    """The places that `user` may open, in order; the one that holds `path` is marked."""
    seen = [
        (place, url)
        for place in PLACES
        if (url := page_url(place.url_name))
        and (not place.rights or any(user.has_right(right) for right in place.rights))
    ]
    here = max((url for place, url in seen if _is_in(place, url, path)), key=len, default=None)
    room = len(seen) if len(seen) <= PHONE_PLACES else PHONE_PLACES - 1
    return [Entry(place, url, url == here, index < room) for index, (place, url) in enumerate(seen)]


def _is_in(place: Place, url: str, path: str) -> bool:
    return any(_holds(one, path) for one in (url, *map(page_url, place.also)) if one)


def _holds(url: str, path: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
