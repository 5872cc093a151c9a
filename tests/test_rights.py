"""Every address declares who may use it, and every supplied profile gets exactly that (Spec R2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, resolve, reverse
from django.utils import timezone

from cadran.accounts.access import PUBLIC, SIGNED_IN
from cadran.accounts.models import Profile, User
from cadran.accounts.operations import create_user, ensure_supplied_profiles
from cadran.accounts.rights import SUPPLIED_PROFILES, Right
from cadran.catalogue.known_errors import KnownErrorDetails, save_known_error
from cadran.catalogue.operations import (
    ProductVersionDetails,
    save_product_version,
)
from cadran.contracts.models import Holiday
from cadran.contracts.operations import LineDetails, save_line
from cadran.desk.frame.menu import PLACES, entries_for, page_url
from cadran.desk.pickers.kinds import KINDS as PICKERS
from cadran.desk.settings.kinds import KINDS, OWN_PAGES, TEAMS
from cadran.desk.tickets.forms import SECTIONS
from cadran.outbox.models import MessageKind
from cadran.parties.operations import CustomerDetails, add_note_image, save_customer
from cadran.tickets.choices import FieldKind
from cadran.tickets.models import ChecklistItem, CustomChoice, CustomField, Ticket
from cadran.tickets.operations import (
    InterventionDetails,
    PlanDetails,
    TemplateDetails,
    TicketMessage,
    add_attachment,
    add_intervention,
    prepare_ticket_message,
    save_plan,
    save_template,
    supply_reference_data,
)
from tests.factories.desk import Desk, a_desk
from tests.factories.trade import MONDAY, a_calendar, a_row, a_supplier_contact, a_supplier_contract


def views(resolver: URLResolver, names: tuple[str, ...] = ()) -> Iterator[tuple[str, URLPattern]]:
    """Every pattern of the whole URLconf with its full name."""
    inside = (*names, resolver.namespace) if resolver.namespace else names
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from views(pattern, inside)
        else:
            yield ":".join((*inside, pattern.name or str(pattern.pattern))), pattern


def access_of(callback: Any) -> Any:
    return getattr(callback, "access", None)


def pages() -> dict[str, Any]:
    """The address of every view without parameters, with the access it declares."""
    found = {}
    for name, pattern in views(get_resolver()):
        try:
            found[reverse(name)] = access_of(pattern.callback)
        except NoReverseMatch:
            continue
    return found


def may(user: User, access: Any) -> bool:
    return access in (PUBLIC, SIGNED_IN) or all(user.has_right(right) for right in access)


@pytest.fixture
def people(db: None) -> dict[str, User]:
    """One person for each supplied profile."""
    ensure_supplied_profiles(by=None, at=MONDAY)
    supply_reference_data(by=None, at=MONDAY)
    return {
        code: create_user(
            email=f"{code}@example.com",
            name=code,
            profiles=[Profile.objects.get(code=code)],
            by=None,
            at=MONDAY,
            language="en",
        )
        for code in SUPPLIED_PROFILES
    }


def test_every_view_declares_who_may_use_it() -> None:
    """Spec R2: a view that declares no access is a defect, wherever it is mounted."""
    silent = [name for name, pattern in views(get_resolver()) if access_of(pattern.callback) is None]
    assert not silent, "Declare @needs(…), @signed_in or @public: " + ", ".join(silent)


def test_every_profile_opens_what_its_rights_allow_and_nothing_else(people: dict[str, User]) -> None:
    """Spec R2: with the right a page answers (404 where it needs more than its address), without it 403."""
    wrong = []
    for code, user in people.items():
        client = Client(raise_request_exception=True)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        for address, access in pages().items():
            if address == reverse("account_logout"):
                continue
            status = client.get(address).status_code
            good = status != 403 and status < 500 if may(user, access) else status in (403, 405)
            if not good:
                wrong.append(f"{code} {address}: {status}")
    assert not wrong, "\n".join(wrong)


def test_strangers_are_led_to_the_sign_in_page(db: None) -> None:
    """Spec R2: without a session nothing but public pages answers."""
    wrong = []
    for address, access in pages().items():
        answer = Client().get(address)
        if access == PUBLIC or answer.status_code == 405:
            continue
        if answer.status_code != 302 or not answer["Location"].startswith(reverse("account_login")):
            wrong.append(f"{address}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_the_menu_offers_exactly_what_opens(people: dict[str, User]) -> None:
    """Spec R2: each menu entry declares its rights; who sees it may open it, who may not open it doesn't see it."""
    for code, user in people.items():
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        shown = {entry.url for entry in entries_for(user, "/")}
        for url in shown:
            assert client.get(url).status_code == 200, f"{code} sees {url} and can't open it"
        for place in PLACES:
            url = page_url(place.url_name)
            if url and url not in shown:
                assert access_of(resolve(url).func) == SIGNED_IN or client.get(url).status_code == 403, (
                    f"{code} {url}"
                )


#: What an address asks for beyond what its view declares: the act's own rule says who may do it.
ALSO_NEEDED: dict[str, tuple[Right, ...]] = {"desk:ticket_assign": (Right.EDIT_TICKETS,)}


def samples(desk: Desk) -> dict[str, list[tuple[Any, ...]]]:
    """For addresses with parameters of their own one row or more to fill them with, by the name of the address."""
    ticket = desk.open(MONDAY)
    details = InterventionDetails(type=desk.type(), team=desk.team)
    a_row(ChecklistItem, "sample", type=desk.type())
    work = add_intervention(ticket=ticket, details=details, by=desk.user, at=MONDAY)
    found = {
        **sample_records(desk),
        **sample_settings(desk),
        **sample_files(desk, ticket),
        "pick": [(kind,) for kind in PICKERS],
        "pick_list": [(kind,) for kind in PICKERS],
        "sign_in_link": [("unknown",)],
        "ticket_explain": [(ticket.number, "response"), (ticket.number, "resolution")],
        "ticket_explain_pdf": [(ticket.number, "response"), (ticket.number, "resolution")],
        "ticket_children": [(ticket.number, one) for one in ("resolution", "closing")],
        "ticket_edit": [(ticket.number, section) for section in SECTIONS],
        "intervention_check": [(ticket.number, work.number, work.checks.get().pk)],
    }
    for name, pattern in views(get_resolver()):
        short, route = name.removeprefix("desk:"), str(pattern.pattern)
        if short not in found and re.fullmatch(r"tickets/<ticket_number:number>/[a-z./-]*", route):
            found[short] = [(ticket.number,)]
        if re.fullmatch(r"tickets/<ticket_number:number>/interventions/<int:n>/[a-z./-]*", route):
            found[short] = [(ticket.number, work.number)]
    return {f"desk:{name}": rows for name, rows in found.items()}


def sample_records(desk: Desk) -> dict[str, list[tuple[Any, ...]]]:
    """Rows of customers, assets, contracts, suppliers, templates and plans."""
    charge = LineDetails(label="Line", valid_from=date(2026, 1, 1))
    line = save_line(contract=desk.contract, line=None, details=charge, by=None, at=MONDAY)
    release = ProductVersionDetails(version="1.0")
    version = save_product_version(product=desk.product, version=None, details=release, by=None, at=MONDAY)
    known = KnownErrorDetails(code="KE-1", title="Mute", product=desk.product)
    error = save_known_error(known_error=None, details=known, by=None, at=MONDAY)
    supplied = a_supplier_contract(desk.asset)
    model = save_template(template=None, details=TemplateDetails(name="Template"), by=None, at=MONDAY)
    rule = PlanDetails(
        label="Plan",
        template=model,
        asset=desk.asset,
        schedule=desk.schedule,
        starts_on=MONDAY.date(),
        due_time=MONDAY.time(),
    )
    plan = save_plan(plan=None, details=rule, by=None, at=MONDAY)
    found: dict[str, list[tuple[Any, ...]]] = {
        "version_edit": [(version.pk,)],
        "service_edit": [(desk.service.pk,)],
        "line_edit": [(line.pk,)],
        "line_delete": [(line.pk,)],
        "site_edit": [(desk.site.pk,)],
        "supplier_contact_edit": [(a_supplier_contact(supplied.supplier).pk,)],
        "team_stand_in": [(desk.team.pk,)],
        "customer_choices": [("customer", desk.customer.pk), ("contact", desk.requester.pk)],
        "contract_choices": [("contract", desk.contract.pk), ("service", desk.service.pk)],
    }
    for row, names in (
        (error.pk, ("known_error", "known_error_edit")),
        (desk.asset.number, ("asset", "asset_edit", "asset_alerts")),
        (desk.requester.pk, ("contact", "contact_edit")),
        (model.pk, ("template", "template_edit", "template_retire")),
        (plan.pk, ("plan", "plan_edit", "plan_pause", "plan_resume", "plan_open")),
        (desk.product.pk, ("product", "product_edit", "version_new")),
        (desk.contract.number, ("contract", "contract_edit", "service_new", "line_new")),
        (supplied.number, ("supplier_contract", "supplier_contract_edit")),
        (supplied.supplier_id, ("supplier", "supplier_edit", "supplier_contact_new")),
        (desk.customer.number, ("call_taking", "customer", "customer_edit")),
    ):
        found |= {name: [(row,)] for name in names}
    return found


def sample_settings(desk: Desk) -> dict[str, list[tuple[Any, ...]]]:
    """Rows of the settings pages."""
    own = a_row(CustomField, "sample", kind=FieldKind.CHOICE)
    a_row(CustomChoice, "sample", field=own)
    calendar = a_calendar()
    holiday = Holiday.objects.filter(calendar=calendar)[0]
    found: dict[str, list[tuple[Any, ...]]] = {"settings_holiday": [(calendar.code, holiday.pk)]}
    for row, names in (
        (desk.agent.pk, ("agent", "agent_link")),
        ("auditor", ("profile", "profile_retired")),
        (desk.schedule.code, ("schedule", "schedule_progress")),
        (calendar.code, ("calendar", "holiday_add")),
        (desk.commitment.code, ("commitment", "commitment_move")),
    ):
        found |= {f"settings_{name}": [(row,)] for name in names}
    for kind in (*KINDS, TEAMS, *OWN_PAGES):
        row = kind.model._default_manager.first() or a_row(kind.model, "sample")
        found[f"settings_{kind.slug}_edit"] = [(row.pk,)]
        found[f"settings_{kind.slug}_act"] = [(row.pk, "retire")]
    return found


def sample_files(desk: Desk, ticket: Ticket) -> dict[str, list[tuple[Any, ...]]]:
    """Kept files: an attachment, a picture of a note, a prepared message and its document."""
    file = add_attachment(
        ticket=ticket, name="a.txt", content=ContentFile(b"a"), is_external=False, by=desk.user, at=MONDAY
    )
    letter = TicketMessage(
        kind=MessageKind.MAIL, title="T", body="", language="en", addresses="a@example.org"
    )
    message = prepare_ticket_message(ticket=ticket, message=letter, by=desk.user, at=MONDAY)
    document = message.files.get()
    picture = ContentFile(b"\x89PNG\r\n\x1a\n", name="a.png")
    image = add_note_image(name="a.png", content=picture, by=None, at=MONDAY)
    note = CustomerDetails(name="Noted", note=f'<img src="/notes/images/{image.secret}/a.png">')
    save_customer(customer=None, details=note, by=None, at=MONDAY)
    return {
        "attachment": [(file.secret, file.name)],
        "note_image": [(image.secret, image.name)],
        "ticket_prepared": [(ticket.number, message.pk)],
        "ticket_draft": [(ticket.number, message.pk)],
        "ticket_prepared_file": [(ticket.number, message.pk, document.secret, document.name)],
    }


def filled(desk: Desk) -> Iterator[tuple[str, str, Any]]:
    """The name, an address and the access of every view with parameters."""
    given = samples(desk)
    for name, pattern in views(get_resolver()):
        try:
            reverse(name)
        except NoReverseMatch:
            assert name in given, f"Give {name} a sample row in samples()."
            for row in given[name]:
                yield name, reverse(name, args=row), access_of(pattern.callback)


def may_open(user: User, name: str, address: str, access: Any) -> bool:
    if name in ("desk:pick", "desk:pick_list"):
        return any(user.has_right(right) for right in PICKERS[address.split("/")[2]].rights)
    return may(user, access) and all(user.has_right(right) for right in ALSO_NEEDED.get(name, ()))


@pytest.fixture
def desk(people: dict[str, User], settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """One row of everything, in the morning that it was made."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(timezone, "now", lambda: MONDAY)
    return a_desk()


def test_every_address_of_a_row_opens_with_its_right_alone(people: dict[str, User], desk: Desk) -> None:
    """Spec R2: dialogs and parts of pages too; without the right neither reading nor sending does anything."""
    addresses, wrong = list(filled(desk)), []
    for code, user in people.items():
        client = Client(raise_request_exception=False)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        for name, address, access in addresses:
            status = client.get(address, headers={"HX-Request": "true"}).status_code
            if may_open(user, name, address, access):
                good = status in (200, 204, 302, 405)
            else:
                sent = client.post(address).status_code
                good = status in (403, 405) and sent in (403, 405) and 403 in (status, sent)
            if not good:
                wrong.append(f"{code} {address}: {status}")
    assert not wrong, "\n".join(wrong)
