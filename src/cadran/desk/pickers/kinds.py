"""What each picker offers: one function per kind, from what was asked to the rows that may be chosen (Spec T6).

With the filter on, a picker offers only what fits what the form holds already; without it, everything the reader may
see, and a row that does not fit says why in its hint.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadran.accounts.models import User
from cadran.accounts.queries import users_with
from cadran.accounts.rights import Right
from cadran.catalogue.models import Asset, KnownError, Product, ProductVersion
from cadran.contracts.models import Contract, Service, SupplierContract
from cadran.contracts.queries import contract_coverage, running_contracts
from cadran.core.text import fold
from cadran.desk.tickets.forms.filing import NEW
from cadran.parties.models import (
    Agent,
    Contact,
    Customer,
    Project,
    Site,
    Supplier,
    SupplierContact,
    Team,
)
from cadran.tickets.models import Macro, Tag, TicketTemplate
from cadran.tickets.queries.macros import macros_for
from cadran.tickets.queries.tags import spelling, tag_spelt

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

#: Rows of tables that hold few of them and have no search key; a picker looks through at most this many.
SMALL_TABLE = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """What a picker was asked: words, the form's other choices (name -> id), the filter, and by whom for which day.

    ``has_filter``: the form offers only what fits, if its person wants it so; ``narrow``: so it is here and now.
    """

    user: User
    day: date
    words: str = ""
    narrow: bool = True
    has_filter: bool = False
    chosen: Mapping[str, int] = field(default_factory=dict)
    beneficiaries: Sequence[int] = ()

    def id_of(self, name: str) -> int | None:
        """The id chosen in the field ``name``."""
        return self.chosen.get(name)

    @property
    def customers(self) -> list[int]:
        """The customer chosen and, on a contract's forms, those who benefit from it."""
        customer = self.id_of("customer")
        return [*([customer] if customer else []), *self.beneficiaries]


@dataclass(frozen=True, slots=True)
class Choice:
    """A row as a picker shows it; ``hint`` stands in small type under ``text``."""

    value: str
    text: str
    hint: str = ""

    def as_json(self) -> dict[str, str]:
        """The shape that the picker's script expects."""
        return {"value": self.value, "text": self.text, "hint": self.hint}


Rows = QuerySet[Any] | Sequence[Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of picker.

    Any of ``rights`` opens it; ``depends``: the form fields whose values it takes into account.
    """

    rows: Callable[[Asked], Rows]
    show: Callable[[Any, Asked], Choice]
    title: StrPromise
    rights: tuple[Right, ...]
    depends: tuple[str, ...] = ()


def _looked_up(rows: QuerySet[Any], words: str) -> QuerySet[Any]:
    """The rows that hold all words, those in which a word begins with the first one before the others."""
    folded = fold(words)
    if not folded:
        return rows
    first = folded.split()[0]
    starts = Q(search_key__startswith=first) | Q(search_key__contains=f" {first}")
    rank = Case(When(starts, then=Value(0)), default=Value(1), output_field=IntegerField())
    return rows.matching(words).order_by(rank, *rows.model._meta.ordering)  # type: ignore[attr-defined,no-any-return]


def _folded(rows: Iterable[Any], words: str, text_of: Callable[[Any], str]) -> list[Any]:
    """The rows of a small table whose text holds all words."""
    wanted = fold(words).split()
    return [row for row in rows if all(word in fold(text_of(row)) for word in wanted)]


def _joined(*parts: object) -> str:
    return " · ".join(str(part) for part in parts if part)


def _covering(asked: Asked, customer: str) -> Q:
    """Whether the customer in the outer column ``customer`` holds or benefits from a contract that covers."""
    running = running_contracts(asked.day, asked.user)
    return Q(Exists(running.filter(customer=OuterRef(customer)))) | Q(
        Exists(running.filter(beneficiaries=OuterRef(customer)))
    )


def _customers(asked: Asked) -> Rows:
    rows = Customer.objects.visible_to(asked.user)
    if asked.narrow:
        rows = rows.filter(_covering(asked, "pk"), is_active=True)
    elif asked.has_filter:
        covered = Case(When(_covering(asked, "pk"), then=True), default=False, output_field=BooleanField())
        rows = rows.annotate(is_covered=covered)
    return _looked_up(rows, asked.words)


def _sites(asked: Asked) -> Rows:
    rows = Site.objects.visible_to(asked.user).select_related("customer")
    if asked.customers:
        rows = rows.filter(customer__in=asked.customers)
    if asked.narrow:
        rows = rows.filter(_covering(asked, "customer"), is_active=True)
        listed = running_contracts(asked.day, asked.user).filter(
            Q(customer=OuterRef("customer")) | Q(beneficiaries=OuterRef("customer"))
        )
        # A contract that names no site is good for all of them.
        rows = rows.filter(Exists(listed.filter(Q(sites=OuterRef("pk")) | Q(sites=None))))
    return _looked_up(rows, asked.words)


def _contacts(asked: Asked) -> Rows:
    rows = Contact.objects.visible_to(asked.user).select_related("customer", "site")
    if customer := asked.id_of("customer"):
        rows = rows.filter(customer=customer)
    if asked.narrow:
        rows = rows.filter(is_active=True)
        if site := asked.id_of("site"):
            # Somebody without a site of their own belongs to all of them.
            rows = rows.filter(Q(site=site) | Q(site=None))
    return _looked_up(rows, asked.words)


def _contracts(asked: Asked) -> Rows:
    rows = Contract.objects.visible_to(asked.user).select_related("customer")
    if customer := asked.id_of("customer"):
        rows = rows.for_customer(customer)
    if asked.narrow:
        rows = rows.running_on(asked.day)
    return _looked_up(rows, asked.words)


def _services(asked: Asked) -> Rows:
    rows = Service.objects.visible_to(asked.user).filter(is_active=True).select_related("contract")
    customer, contract = asked.id_of("customer"), asked.id_of("contract")
    if asked.narrow and contract:
        rows = rows.filter(contract=contract)
    elif customer:
        rows = rows.filter(contract__in=Contract.objects.visible_to(asked.user).for_customer(customer))
    if asked.narrow:
        rows = rows.filter(contract__in=running_contracts(asked.day, asked.user))
    return _folded(rows[:SMALL_TABLE], asked.words, lambda row: f"{row.label} {row.contract.number}")


def _assets(asked: Asked) -> Rows:
    rows = Asset.objects.visible_to(asked.user).select_related("product", "customer", "site")
    if asked.customers:
        rows = rows.filter(customer__in=asked.customers)
    if asked.narrow:
        rows = rows.filter(is_active=True)
        if site := asked.id_of("site"):
            rows = rows.filter(site=site)
        if service := asked.id_of("service"):
            covering = Service.objects.visible_to(asked.user).filter(pk=service)
            rows = rows.filter(
                Exists(covering.filter(Q(assets=OuterRef("pk")) | Q(products=OuterRef("product"))))
            )
    return _looked_up(rows, asked.words)


def _products(asked: Asked) -> Rows:
    rows = Product.objects.visible_to(asked.user).filter(is_retired=False).select_related("type")
    return _looked_up(rows, asked.words)


def _versions(asked: Asked) -> Rows:
    product = asked.id_of("product")
    if not product:
        return []
    rows = ProductVersion.objects.visible_to(asked.user).filter(product=product)
    if asked.narrow:
        rows = rows.filter(is_retired=False)
    return _folded(rows[:SMALL_TABLE], asked.words, str)


def _known_errors(asked: Asked) -> Rows:
    rows = KnownError.objects.visible_to(asked.user).filter(is_retired=False).select_related("product")
    if product := asked.id_of("product"):
        rows = rows.filter(product=product)
    return _looked_up(rows, asked.words)


def _projects(asked: Asked) -> Rows:
    rows = Project.objects.visible_to(asked.user).filter(is_active=True).select_related("customer")
    if customer := asked.id_of("customer"):
        rows = rows.filter(Q(customer=customer) | Q(customer=None))
    return _looked_up(rows, asked.words)


def _suppliers(asked: Asked) -> Rows:
    return _looked_up(Supplier.objects.visible_to(asked.user).filter(is_active=True), asked.words)


def _supplier_contacts(asked: Asked) -> Rows:
    rows = SupplierContact.objects.visible_to(asked.user).filter(is_active=True).select_related("supplier")
    if supplier := asked.id_of("supplier"):
        rows = rows.filter(supplier=supplier)
    return _looked_up(rows, asked.words)


def _supplier_contracts(asked: Asked) -> Rows:
    rows = SupplierContract.objects.visible_to(asked.user).select_related("supplier")
    if asset := asked.id_of("asset"):
        rows = rows.filter(assets=asset)
    if asked.narrow:
        rows = rows.running_on(asked.day)
    return _looked_up(rows, asked.words)


def _agents(asked: Asked) -> Rows:
    rows = Agent.objects.visible_to(asked.user).filter(is_active=True)
    if team := asked.id_of("team"):
        rows = rows.filter(teams=team)
    return _looked_up(rows, asked.words)


def _readers(asked: Asked) -> Rows:
    rows = Agent.objects.visible_to(asked.user).filter(is_active=True, user__in=users_with(Right.SEE_TICKETS))
    return _looked_up(rows, asked.words)


def _teams(asked: Asked) -> Rows:
    rows = Team.objects.visible_to(asked.user).in_use()
    return _folded(rows[:SMALL_TABLE], asked.words, lambda row: f"{row.name_fr} {row.name_en} {row.code}")


def _tags(asked: Asked) -> list[Any]:
    rows = Tag.objects.visible_to(asked.user).in_use()[:SMALL_TABLE]
    wanted = spelling(asked.words)
    return [row for row in rows if wanted in spelling(row.name_fr) or wanted in spelling(row.name_en)]


@dataclass(frozen=True, slots=True)
class NewTag:
    """A word that would make a new tag."""

    word: str


def _tags_or_new(asked: Asked) -> Rows:
    rows, word = _tags(asked), " ".join(asked.words.split())
    is_new = bool(spelling(word)) and tag_spelt(word) is None and asked.user.has_right(Right.EDIT_TICKETS)
    return [*rows, NewTag(word)] if is_new else rows


def _macros(asked: Asked) -> Rows:
    return _folded(macros_for(asked.user), asked.words, lambda row: f"{row.name_fr} {row.name_en}")


def _templates(asked: Asked) -> Rows:
    rows = TicketTemplate.objects.visible_to(asked.user).filter(is_retired=False)
    if customer := asked.id_of("customer"):
        # One that names no customer is good for all of them.
        rows = rows.filter(Q(customer=customer) | Q(customer=None))
    return _looked_up(rows.select_related("group", "customer"), asked.words)


def _show_customer(row: Customer, asked: Asked) -> Choice:
    gone = "" if row.is_active else _("no longer active")
    bare = "" if getattr(row, "is_covered", True) else _("no running contract")
    return Choice(str(row.pk), row.name, _joined(row.number, gone or bare))


def _show_site(row: Site, asked: Asked) -> Choice:
    owner = "" if asked.customers == [row.customer_id] else row.customer.name
    gone = "" if row.is_active else _("no longer active")
    return Choice(
        str(row.pk), row.name, _joined(owner, row.city, _("main site") if row.is_main else "", gone)
    )


def _show_contact(row: Contact, asked: Asked) -> Choice:
    owner = "" if asked.id_of("customer") else row.customer.name
    gone = "" if row.is_active else _("no longer active")
    return Choice(
        str(row.pk), str(row), _joined(owner, row.site, row.function, row.phone or row.mobile, gone)
    )


def _show_contract(row: Contract, asked: Asked) -> Choice:
    owner = "" if asked.id_of("customer") == row.customer_id else row.customer.name
    coverage = contract_coverage(row, asked.day)
    return Choice(str(row.pk), str(row), _joined(owner, "" if coverage.covers else coverage.reason))


def _show_service(row: Service, asked: Asked) -> Choice:
    coverage = contract_coverage(row.contract, asked.day)
    return Choice(
        str(row.pk), row.label, _joined(row.contract.number, "" if coverage.covers else coverage.reason)
    )


def _show_asset(row: Asset, asked: Asked) -> Choice:
    owner = "" if asked.customers == [row.customer_id] else row.customer.name
    gone = "" if row.is_active else _("no longer in service")
    return Choice(str(row.pk), f"{row.name}", _joined(row.number, row.product.name, owner, row.site, gone))


def _show_product(row: Product, asked: Asked) -> Choice:
    return Choice(str(row.pk), row.name, _joined(row.code, row.type))


def _show_version(row: ProductVersion, asked: Asked) -> Choice:
    return Choice(str(row.pk), str(row), _("retired") if row.is_retired else "")


def _show_known_error(row: KnownError, asked: Asked) -> Choice:
    return Choice(str(row.pk), str(row), row.product.name)


def _show_project(row: Project, asked: Asked) -> Choice:
    return Choice(str(row.pk), str(row), row.customer.name if row.customer else "")


def _show_supplier(row: Supplier, asked: Asked) -> Choice:
    return Choice(str(row.pk), row.name, row.phone)


def _show_supplier_contact(row: SupplierContact, asked: Asked) -> Choice:
    owner = "" if asked.id_of("supplier") else row.supplier.name
    return Choice(str(row.pk), row.name, _joined(owner, row.function))


def _show_supplier_contract(row: SupplierContract, asked: Asked) -> Choice:
    coverage = contract_coverage(row, asked.day)
    return Choice(
        str(row.pk), str(row), _joined(row.supplier.name, "" if coverage.covers else coverage.reason)
    )


def _show_agent(row: Agent, asked: Asked) -> Choice:
    return Choice(str(row.pk), str(row), row.function)


def _show_team(row: Team, asked: Asked) -> Choice:
    return Choice(str(row.pk), row.name)


def _show_tag(row: Tag | NewTag, asked: Asked) -> Choice:
    if isinstance(row, NewTag):
        return Choice(f"{NEW}{row.word}", row.word, _("new tag"))
    return Choice(str(row.pk), row.name)


def _show_macro(row: Macro, asked: Asked) -> Choice:
    return Choice(str(row.pk), row.name, str(row.get_place_display()) if row.text_fr or row.text_en else "")


def _show_template(row: TicketTemplate, asked: Asked) -> Choice:
    owner = row.customer.name if row.customer and not asked.id_of("customer") else ""
    return Choice(str(row.pk), row.name, _joined(row.group, owner, row.title))


_CUSTOMERS, _CONTRACTS, _ASSETS = (Right.SEE_CUSTOMERS,), (Right.SEE_CONTRACTS,), (Right.SEE_ASSETS,)
#: Whoever works at the desk, on whatever: the people of the portal see no agents and no teams.
_STAFF = (Right.SEE_TICKETS, *(right for right in Right if not right.value.startswith("147")))

KINDS: dict[str, Kind] = {
    "customer": Kind(_customers, _show_customer, gettext_lazy("Customers"), _CUSTOMERS),
    "site": Kind(_sites, _show_site, gettext_lazy("Sites"), _CUSTOMERS, ("customer",)),
    "contact": Kind(_contacts, _show_contact, gettext_lazy("Contacts"), _CUSTOMERS, ("customer", "site")),
    "contract": Kind(_contracts, _show_contract, gettext_lazy("Contracts"), _CONTRACTS, ("customer",)),
    "service": Kind(_services, _show_service, gettext_lazy("Services"), _CONTRACTS, ("customer", "contract")),
    "asset": Kind(_assets, _show_asset, gettext_lazy("Assets"), _ASSETS, ("customer", "site", "service")),
    "product": Kind(_products, _show_product, gettext_lazy("Products"), _ASSETS),
    "version": Kind(_versions, _show_version, gettext_lazy("Versions"), _ASSETS, ("product",)),
    "known_error": Kind(
        _known_errors, _show_known_error, gettext_lazy("Known errors"), _ASSETS, ("product",)
    ),
    "project": Kind(_projects, _show_project, gettext_lazy("Projects"), _CONTRACTS, ("customer",)),
    "supplier": Kind(_suppliers, _show_supplier, gettext_lazy("Suppliers"), _CONTRACTS),
    "supplier_contact": Kind(
        _supplier_contacts,
        _show_supplier_contact,
        gettext_lazy("Contacts of suppliers"),
        _CONTRACTS,
        ("supplier",),
    ),
    "supplier_contract": Kind(
        _supplier_contracts,
        _show_supplier_contract,
        gettext_lazy("Supplier contracts"),
        _CONTRACTS,
        ("asset",),
    ),
    "agent": Kind(_agents, _show_agent, gettext_lazy("Agents"), _STAFF, ("team",)),
    "reader": Kind(_readers, _show_agent, gettext_lazy("Agents who may see tickets"), _STAFF),
    "team": Kind(_teams, _show_team, gettext_lazy("Teams"), _STAFF),
    "tag": Kind(_tags, _show_tag, gettext_lazy("Tags"), _STAFF),
    "tag_or_new": Kind(
        _tags_or_new, _show_tag, gettext_lazy("Tags"), (Right.EDIT_TICKETS, Right.OPEN_TICKETS)
    ),
    "macro": Kind(_macros, _show_macro, gettext_lazy("Macros"), (Right.SEE_TICKETS,)),
    "template": Kind(
        _templates, _show_template, gettext_lazy("Templates"), (Right.OPEN_TICKETS,), ("customer",)
    ),
}
