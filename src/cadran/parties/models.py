"""Who is involved: customers with their sites and contacts; agents and teams; suppliers and projects."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cadran.accounts.rights import Right
from cadran.core.models import ReferenceRow, Searchable, SearchableQuerySet


class CustomerKind(models.TextChoices):
    CUSTOMER = "customer", _("Customer")
    PROSPECT = "prospect", _("Prospect")


class CustomerQuerySet(SearchableQuerySet):
    seen_with = Right.SEE_CUSTOMERS.value


class Customer(Searchable):
    """A company that asks for help; the holder of contracts (glossary: customer, prospect)."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=150)
    kind = models.CharField(_("kind"), max_length=10, choices=CustomerKind, default=CustomerKind.CUSTOMER)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="fr")
    note = models.TextField(_("note"), blank=True)
    unpaid_since = models.DateField(_("invoices unpaid since"), null=True, blank=True)
    unpaid_cents = models.BigIntegerField(_("amount unpaid"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    row_version = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[Any] = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        ordering = ["search_key", "id"]

    def __str__(self) -> str:
        return self.name

    def search_words(self) -> list[str]:
        return [self.name, self.number]


class CallTakingEffect(models.TextChoices):
    WARN = "warn", _("Warn")
    BLOCK = "block", _("Block")


class CallTakingCondition(models.TextChoices):
    UNPAID = "unpaid", _("While invoices are unpaid")
    ALWAYS = "always", _("Always")


class CallTakingRule(models.Model):
    """What a customer's calls meet (Spec T13): a warning on each of its tickets, or a refusal to open one."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="call_taking_rules")
    effect = models.CharField(_("effect"), max_length=5, choices=CallTakingEffect)
    condition = models.CharField(_("condition"), max_length=6, choices=CallTakingCondition)
    message = models.CharField(_("message"), max_length=300)
    row_version = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[Any] = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("call-taking rule")
        ordering = ["customer_id", "effect", "condition"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "effect", "condition"], name="one_call_taking_rule_of_a_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.message


class Site(Searchable):
    """A customer's place; one of them is its main site."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="sites")
    name = models.CharField(_("name"), max_length=120)
    address = models.CharField(_("address"), max_length=200, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=12, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    country = models.CharField(_("country"), max_length=2, default="FR")
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    is_main = models.BooleanField(_("main site"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    row_version = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[Any] = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("site")
        ordering = ["-is_main", "search_key", "id"]
        constraints = [
            models.UniqueConstraint(fields=["customer"], condition=Q(is_main=True), name="one_main_site"),
        ]

    def __str__(self) -> str:
        return self.name

    def search_words(self) -> list[str]:
        return [self.name, self.city, self.postal_code]


class Contact(Searchable):
    """A person at the customer; the requester of tickets."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="contacts")
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.PROTECT, related_name="contacts")
    first_name = models.CharField(_("first name"), max_length=80, blank=True)
    last_name = models.CharField(_("last name"), max_length=80)
    function = models.CharField(_("function"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    mobile = models.CharField(_("mobile"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="fr")
    note = models.TextField(_("note"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    row_version = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[Any] = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        ordering = ["search_key", "id"]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def search_words(self) -> list[str]:
        return [self.last_name, self.first_name, self.email, self.phone, self.mobile]


class Agent(Searchable):
    """A person on the provider's side."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="agent"
    )
    first_name = models.CharField(_("first name"), max_length=80)
    last_name = models.CharField(_("last name"), max_length=80)
    function = models.CharField(_("function"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    row_version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("agent")
        ordering = ["search_key", "id"]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def initials(self) -> str:
        """One letter of the first and one of the last name, for the round sign beside the name."""
        return f"{self.first_name[:1]}{self.last_name[:1]}".upper()

    @property
    def short_name(self) -> str:
        """« É. Marchand », for lists."""
        return f"{self.first_name[:1]}. {self.last_name}" if self.first_name else self.last_name

    def search_words(self) -> list[str]:
        return [self.last_name, self.first_name, self.email]


class Team(ReferenceRow):
    """A group of agents with a manager who distributes the work (Spec T11)."""

    edited_with: ClassVar[str] = Right.EDIT_AGENTS.value

    public_name = models.CharField(_("name that customers read"), max_length=120, blank=True)
    manager = models.ForeignKey(
        Agent,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="managed_teams",
        verbose_name=_("manager"),
    )
    stand_in = models.ForeignKey(
        Agent, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("stand-in")
    )
    stand_in_from = models.DateField(_("stand-in from"), null=True, blank=True)
    stand_in_until = models.DateField(_("stand-in until"), null=True, blank=True)
    members = models.ManyToManyField(Agent, related_name="teams", verbose_name=_("members"), blank=True)
    members_may_take = models.BooleanField(_("members may take tickets themselves"), default=True)

    class Meta(ReferenceRow.Meta):
        verbose_name = _("team")

    def is_led_by(self, agent: Agent, day: date) -> bool:
        """Whether ``agent`` distributes the team's work on ``day``: its manager, or the stand-in in their absence."""
        if agent.pk == self.manager_id:
            return True
        if agent.pk != self.stand_in_id or self.stand_in_from is None:
            return False
        return self.stand_in_from <= day and (self.stand_in_until is None or day <= self.stand_in_until)


class Supplier(Searchable):
    """A company that stands behind assets."""

    name = models.CharField(_("name"), max_length=150)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    row_version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("supplier")
        ordering = ["search_key", "id"]

    def __str__(self) -> str:
        return self.name

    def search_words(self) -> list[str]:
        return [self.name]


class SupplierContactQuerySet(SearchableQuerySet):
    seen_with = Right.SEE_CONTRACTS.value


class SupplierContact(Searchable):
    """A person at a supplier, to call when what it stands behind fails."""

    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(_("name"), max_length=150)
    function = models.CharField(_("function"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    row_version = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[Any] = SupplierContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("supplier’s contact")
        ordering = ["search_key", "id"]

    def __str__(self) -> str:
        return self.name

    def search_words(self) -> list[str]:
        return [self.name, self.email, self.phone]


def note_image_path(image: NoteImage, _name: str) -> str:
    """Where an image of a note is kept: under a name that nobody chose."""
    return f"notes/{image.uploaded_at:%Y/%m}/{image.secret}"


class NoteImage(models.Model):
    """An image in the rich-text note of a customer or contact (Spec T7); with neither, of a form not saved yet."""

    customer = models.ForeignKey(Customer, null=True, on_delete=models.CASCADE, related_name="note_images")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.CASCADE, related_name="note_images")
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    file = models.FileField(upload_to=note_image_path, max_length=200)
    secret = models.CharField(max_length=43, unique=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField()

    objects: ClassVar[Any] = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("image of a note")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class Project(Searchable):
    """What time and revenue are booked on."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=150)
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="projects"
    )
    is_active = models.BooleanField(_("active"), default=True)
    row_version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("project")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def search_words(self) -> list[str]:
        return [self.code, self.name]
