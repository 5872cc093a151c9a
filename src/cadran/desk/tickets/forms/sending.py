"""The form that prepares a ticket for mail or fax (Spec T16)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cadran.accounts.rights import Right
from cadran.core.text import plain
from cadran.outbox.models import MessageKind
from cadran.parties.models import Agent, Contact
from cadran.tickets.choices import Audience
from cadran.tickets.models import Attachment
from cadran.tickets.operations import TicketMessage
from cadran.tickets.queries import proposed_letter

from .base import DeskForm
from .fields import RowsField


class SendForm(DeskForm):
    """To whom, in which language, with which text and files. What another kind asks for waits in hidden controls."""

    aliases = {"agents": "colleagues"}
    kind = forms.ChoiceField(label=_("By"), choices=MessageKind.choices, widget=forms.RadioSelect)
    audience = forms.ChoiceField(label=_("Content"), choices=Audience.choices, widget=forms.RadioSelect)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    contacts = RowsField(Contact.objects.none(), label=_("Contacts of the customer"), required=False)
    colleagues = RowsField(Agent.objects.none(), label=_("Agents"), required=False)
    addresses = forms.CharField(
        label=_("Other mail addresses"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One to a line, with a name where wished: Claire Fontaine <claire@example.org>"),
    )
    numbers = forms.CharField(
        label=_("Fax numbers"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One to a line, with a name where wished: Claire Fontaine <+33 1 23 45 67 89>"),
    )
    title = forms.CharField(label=pgettext_lazy("mail", "Subject"), max_length=200)
    body = forms.CharField(label=_("Text"), required=False, widget=forms.Textarea)
    attachments = RowsField(
        Attachment.objects.none(),
        label=_("Files that go along"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    #: The language of the proposed text that stands in the form.
    proposed = forms.CharField(widget=forms.HiddenInput, required=False)

    def prepare(self) -> None:
        self.initial.setdefault("kind", MessageKind.MAIL)
        self.initial.setdefault(
            "audience", Audience.CUSTOMER if self.ticket.is_shared else Audience.COLLEAGUES
        )
        reader = self.ticket.requester or self.ticket.customer
        self.initial.setdefault("language", reader.language)
        self._offer_rows()
        if self.is_fax:
            self.aliases = {"addresses": "numbers", "contacts": "numbers"}
        self._propose()

    @property
    def is_fax(self) -> bool:
        return bool(self["kind"].value() == MessageKind.FAX)

    @property
    def is_internal(self) -> bool:
        """Whether the text is for colleagues; a fax never is."""
        return bool(self["audience"].value() == Audience.COLLEAGUES) and not self.is_fax

    @property
    def sees_contacts(self) -> bool:
        return self.person.has_right(Right.SEE_CUSTOMERS)

    @property
    def written_in(self) -> str:
        """The language chosen; the first one proposed for a value that is none."""
        chosen = str(self["language"].value() or "")
        return chosen if chosen in dict(settings.LANGUAGES) else str(self.initial["language"])

    def _offer_rows(self) -> None:
        contacts = Contact.objects.visible_to(self.person).filter(customer=self.ticket.customer_id)
        self.fields["contacts"].queryset = contacts  # type: ignore[attr-defined]
        self.fields["colleagues"].queryset = self.agents()  # type: ignore[attr-defined]
        files = Attachment.objects.visible_to(self.person).filter(ticket=self.ticket, is_inline=False)
        files = files if self.is_internal else files.filter(is_external=True)
        self.fields["attachments"].queryset = files  # type: ignore[attr-defined]
        requester = self.ticket.requester
        if self.ticket.is_shared and requester is not None and requester.email and self.sees_contacts:
            self.initial.setdefault("contacts", [requester.pk])

    def _propose(self) -> None:
        """Fill in the proposed text; in another language again, unless the person has changed it."""
        language = self.written_in
        title, body = proposed_letter(self.ticket, language, self.person)
        if not self.is_bound:
            self.initial = {**self.initial, "title": title, "body": body, "proposed": language}
            return
        before = self.data.get("proposed", "")
        if before == language or before not in dict(settings.LANGUAGES):
            return
        old_title, old_body = proposed_letter(self.ticket, before, self.person)
        kept = {
            "title": title if self.data.get("title") == old_title else None,
            "body": body if plain(self.data.get("body", "")) == plain(old_body) else None,
        }
        self.retype(proposed=language, **{name: text for name, text in kept.items() if text is not None})

    def message(self) -> TicketMessage:
        """What is to be prepared. The form must be valid."""
        typed: dict[str, Any] = self.cleaned_data
        common = {"title": typed["title"], "body": typed["body"], "language": typed["language"]}
        if self.is_fax:
            return TicketMessage(kind=MessageKind.FAX, addresses=typed["numbers"], **common)
        return TicketMessage(
            kind=MessageKind.MAIL,
            audience=Audience(typed["audience"]),
            contacts=list(typed["contacts"]),
            agents=list(typed["colleagues"]),
            addresses=typed["addresses"],
            attachments=list(typed["attachments"]),
            **common,
        )
