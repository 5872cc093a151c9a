"""Two people who edit the same record or row of the settings (Spec T17)."""

from __future__ import annotations

import json
from datetime import date, time
from html import unescape
from typing import Any

import pytest
from django.db.models import F
from django.test import Client

from cadran.accounts.models import Profile
from cadran.accounts.operations import edit_user
from cadran.catalogue.known_errors import KnownErrorDetails, save_known_error
from cadran.catalogue.models import Nature
from cadran.contracts.details import LineDetails
from cadran.contracts.models import Contract, ContractLine, ContractStatus, Schedule
from cadran.contracts.operations import add_holiday, delete_line, remove_holiday, save_line
from cadran.core.business_rules import set_business_rules
from cadran.core.errors import Stale
from cadran.core.models import BusinessRule
from cadran.core.reference import delete_reference_row
from cadran.desk.customers import views as customers
from cadran.parties.models import Customer
from cadran.parties.operations import CustomerDetails, save_customer
from cadran.tickets.models import InterventionType, Status
from cadran.tickets.operations import PlanDetails, TemplateDetails, save_plan, save_template
from tests.desk.work import TEN, browser, desk, now, signed_in
from tests.factories.desk import ALL, Desk, a_desk, colleague
from tests.factories.parallel import at_once, refusals
from tests.factories.trade import (
    a_calendar,
    a_commitment,
    a_contract,
    a_customer,
    a_row,
    a_schedule,
    a_supplier,
    a_supplier_contact,
    a_supplier_contract,
)

__all__ = ["browser", "desk", "now"]

HX = {"HX-Request": "true"}


@pytest.fixture
def other(desk: Desk) -> Client:
    """A second browser, of somebody else who may do everything."""
    return somebody(desk, "Paula Petit")


def somebody(desk: Desk, name: str) -> Client:
    """A browser of a colleague called ``name``, who may do everything."""
    user = colleague(desk, *ALL, email=f"{name.split()[0].lower()}@example.com")
    edit_user(user=user, email=user.email, name=name, language="", by=None, at=TEN)
    return signed_in(user)


def drawn(client: Client, address: str) -> dict[str, Any]:
    """What the form at ``address`` sends when nothing is touched."""
    form = client.get(address, headers=HX).context["form"]
    fields = {name: form[name].value() for name in form.fields}
    sent = {
        name: [getattr(one, "pk", one) for one in value] if isinstance(value, list) else value
        for name, value in fields.items()
        if value is not None and value is not False
    }
    if hasattr(form, "exceptions"):
        sent |= {f"exceptions-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    return sent


def said(answer: Any) -> str:
    return unescape(answer.content.decode())


def sent_again(answer: Any, **chosen: str) -> dict[str, Any]:
    """What a form that asks sends once it has been chosen: its controls as they were drawn again."""
    form = answer.context["form"]
    values = {name: form[name].value() for name in form.fields}
    again = {name: value for name, value in values.items() if value is not None and value is not False}
    return again | {f"keep_{name}": which for name, which in chosen.items()}


def test_different_fields_both_stand(browser: Client, other: Client) -> None:
    """Spec T17: field by field; what was left alone takes what the other stored."""
    customer = a_customer("Acier")
    address = f"/customers/{customer.number}/edit/"
    mine, theirs = drawn(browser, address), drawn(other, address)
    assert other.post(address, theirs | {"phone": "01"}, headers=HX).status_code == 200
    assert browser.post(address, mine | {"email": "a@example.com"}, headers=HX).status_code == 200
    customer.refresh_from_db()
    assert (customer.phone, customer.email) == ("01", "a@example.com")


@pytest.mark.parametrize(("which", "stands"), [("mine", "02"), ("theirs", "01")])
def test_a_field_that_both_changed_is_chosen(browser: Client, other: Client, which: str, stands: str) -> None:
    """Spec T17: the second sees theirs with who and when, keeps what was typed, and chooses; other fields stand."""
    customer = a_customer("Acier")
    address = f"/customers/{customer.number}/edit/"
    mine = drawn(browser, address)
    other.post(address, drawn(other, address) | {"phone": "01", "name": "Aciers"}, headers=HX)
    asked = browser.post(address, mine | {"phone": "02", "email": "a@example.com"}, headers=HX)
    page = said(asked)
    assert asked.status_code == 422
    assert "Paula Petit changed the same fields meanwhile." in page and "Paula Petit, today 10:00" in page
    assert 'name="keep_phone"' in page and 'name="keep_name"' not in page
    assert 'value="02"' in page and 'value="Aciers"' in page
    customer.refresh_from_db()
    assert (customer.phone, customer.email, customer.row_version) == ("01", "", 1)

    assert browser.post(address, sent_again(asked, phone=which), headers=HX).status_code == 200
    customer.refresh_from_db()
    assert (customer.phone, customer.name, customer.email) == (stands, "Aciers", "a@example.com")


def test_a_choice_lasts_while_something_else_is_refused(browser: Client, other: Client) -> None:
    """Spec T17, R7: theirs was chosen; a name that is missing doesn't bring one's own back."""
    customer = a_customer("Acier")
    address = f"/customers/{customer.number}/edit/"
    mine = drawn(browser, address)
    other.post(address, drawn(other, address) | {"phone": "01"}, headers=HX)
    asked = browser.post(address, mine | {"phone": "02"}, headers=HX)
    refused = browser.post(address, sent_again(asked, phone="theirs") | {"name": ""}, headers=HX)
    assert refused.status_code == 422 and "keep_phone" not in said(refused)
    browser.post(address, sent_again(refused) | {"name": "Acier"}, headers=HX)
    customer.refresh_from_db()
    assert customer.phone == "01"


def test_a_third_editor(browser: Client, other: Client, desk: Desk) -> None:
    """Spec T17: who chose is asked again when a third one changed the same field, and only then."""
    third = somebody(desk, "Tom Tissot")
    customer = a_customer("Acier")
    address = f"/customers/{customer.number}/edit/"
    mine = drawn(browser, address)
    other.post(address, drawn(other, address) | {"phone": "01"}, headers=HX)
    asked = browser.post(address, mine | {"phone": "02"}, headers=HX)
    third.post(address, drawn(third, address) | {"phone": "03"}, headers=HX)
    again = browser.post(address, sent_again(asked, phone="mine"), headers=HX)
    assert again.status_code == 422 and "Tom Tissot, today 10:00" in said(again)
    third.post(address, drawn(third, address) | {"email": "t@example.com"}, headers=HX)
    assert browser.post(address, sent_again(again, phone="mine"), headers=HX).status_code == 200
    customer.refresh_from_db()
    assert (customer.phone, customer.email) == ("02", "t@example.com")


def test_the_same_change_twice_is_none(browser: Client, other: Client) -> None:
    """Spec T17: nobody is asked to choose between two that are the same."""
    customer = a_customer("Acier")
    address = f"/customers/{customer.number}/edit/"
    mine = drawn(browser, address)
    other.post(address, drawn(other, address) | {"phone": "01"}, headers=HX)
    assert browser.post(address, mine | {"phone": " 01 "}, headers=HX).status_code == 200
    customer.refresh_from_db()
    assert (customer.phone, customer.row_version) == ("01", 1)


@pytest.mark.parametrize("seen", ["0", '{"version": 0}', '{"version": 0, "values": 7}'])
def test_without_what_was_seen_nothing_is_taken_over(browser: Client, other: Client, seen: str) -> None:
    """Spec R7: a form that doesn't tell what it was drawn with is refused, and nothing moves."""
    customer = a_customer("Acier")
    address = f"/customers/{customer.number}/edit/"
    mine = drawn(browser, address)
    other.post(address, drawn(other, address) | {"phone": "01"}, headers=HX)
    refused = browser.post(address, mine | {"phone": "02", "seen": seen}, headers=HX)
    assert refused.status_code == 422 and "Somebody else has changed" in said(refused)
    customer.refresh_from_db()
    assert customer.phone == "01"


def test_somebody_saves_between_the_check_and_the_save(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Spec T17: the operation refuses, the form looks once more, and what doesn't meet stands."""
    customer = a_customer("Acier")
    address = f"/customers/{customer.number}/edit/"
    mine = drawn(browser, address)
    late = [CustomerDetails(name="Aciers", number=customer.number)]

    def overtaken(**given: Any) -> Customer:
        while late:
            save_customer(customer=Customer.objects.get(pk=customer.pk), details=late.pop(), by=None, at=TEN)
        return save_customer(**given)

    monkeypatch.setattr(customers, "save_customer", overtaken)
    assert browser.post(address, mine | {"phone": "02"}, headers=HX).status_code == 200
    customer.refresh_from_db()
    assert (customer.name, customer.phone) == ("Aciers", "02")

    mine = drawn(browser, address)
    late.append(CustomerDetails(name="Acier", number=customer.number, phone="03"))
    asked = browser.post(address, mine | {"phone": "04"}, headers=HX)
    assert asked.status_code == 422 and 'name="keep_phone"' in said(asked)
    customer.refresh_from_db()
    assert customer.phone == "03"


@pytest.mark.django_db(transaction=True)
def test_two_save_at_the_same_time(now: Any) -> None:
    """Spec T17: of two operations on the same version one is refused; the pages let both changes stand."""
    desk = a_desk()
    customer = a_customer("Acier")

    def save(name: str) -> Customer:
        row = Customer.objects.get(pk=customer.pk)
        return save_customer(
            customer=row, details=CustomerDetails(name=name, number=row.number), by=None, at=TEN, seen=0
        )

    refused = refusals(at_once(lambda: save("One"), lambda: save("Two")))
    assert [type(one) for one in refused] == [Stale]
    first, second = signed_in(desk.user), somebody(desk, "Paula Petit")
    address = f"/customers/{customer.number}/edit/"
    one, two = drawn(first, address) | {"phone": "01"}, drawn(second, address) | {"email": "a@example.com"}
    answers = at_once(
        lambda: first.post(address, one, headers=HX), lambda: second.post(address, two, headers=HX)
    )
    customer.refresh_from_db()
    assert [answer.status_code for answer in answers] == [200, 200]
    assert (customer.phone, customer.email) == ("01", "a@example.com")


def test_rows_days_and_choices_of_a_contract_in_words(browser: Client, other: Client) -> None:
    """Spec T17: several rows, a day, one of a list, yes or no: both are said as people read them."""
    contract = a_contract(a_customer("Acier"), end_on=None)
    group, guest = a_customer("Groupe"), a_customer("Invité")
    address = f"/contracts/{contract.number}/edit/"
    mine, theirs = drawn(browser, address), drawn(other, address)
    theirs |= {
        "beneficiaries": [group.pk],
        "reminder_on": "2026-05-04",
        "status": "on_hold",
        "label": "Theirs",
    }
    assert other.post(address, {**theirs, "shows_clocks": ""}).status_code == 302
    mine |= {"beneficiaries": [guest.pk], "reminder_on": "2026-06-01", "alert_memo": "Ring first"}
    asked = browser.post(address, mine)
    by_field = {one.field: (one.base, one.theirs, one.mine) for one in asked.context["form"].conflicts}
    assert by_field == {
        "beneficiaries": ("nothing", "Groupe", "Invité"),
        "reminder_on": ("nothing", "4 May 2026", "1 Jun 2026"),
    }
    chosen = sent_again(asked, beneficiaries="theirs", reminder_on="mine")
    assert browser.post(address, chosen).status_code == 302
    contract.refresh_from_db()
    assert list(contract.beneficiaries.all()) == [group] and contract.reminder_on.isoformat() == "2026-06-01"
    assert (contract.label, contract.status, contract.alert_memo) == (
        "Theirs", ContractStatus.ON_HOLD, "Ring first",
    )  # fmt: skip


def test_rich_texts_are_both_shown_and_shown_safely(browser: Client, other: Client, desk: Desk) -> None:
    """Spec T17, T14: in full, formatted, sanitised; the editor keeps one's own."""
    details = KnownErrorDetails(title="Frozen", product=desk.product, symptom="<p>Before</p>")
    error = save_known_error(known_error=None, details=details, by=None, at=TEN)
    address = f"/known-errors/{error.pk}/edit/"
    mine = drawn(browser, address)
    other.post(
        address, drawn(other, address) | {"symptom": "<p>Theirs <b>bold</b></p>", "workaround": "<p>Wait</p>"}
    )
    asked = browser.post(
        address, mine | {"symptom": "<p>Mine</p><script>alert(1)</script>", "title": "Frozen screen"}
    )
    page = asked.content.decode()
    assert asked.status_code == 422
    assert "<p>Theirs <b>bold</b></p>" in page and "<p>Mine</p>" in page and "<script>alert" not in page
    assert browser.post(address, sent_again(asked, symptom="mine")).status_code == 302
    error.refresh_from_db()
    assert (error.title, error.symptom, error.workaround) == ("Frozen screen", "<p>Mine</p>", "<p>Wait</p>")


def test_a_row_of_the_settings(browser: Client, other: Client) -> None:
    """Spec T17: reference data is met in the same way."""
    row = a_row(Nature, "study", name_en="Study")
    address = f"/settings/natures/{row.pk}/"
    mine = drawn(browser, address)
    other.post(address, drawn(other, address) | {"name_en": "Survey", "name_fr": "Étude"})
    asked = browser.post(address, mine | {"name_en": "Audit"})
    assert asked.status_code == 422 and "Paula Petit, today 10:00" in said(asked)
    assert browser.post(address, sent_again(asked, name_en="mine")).status_code == 302
    row.refresh_from_db()
    assert (row.name_fr, row.name_en) == ("Étude", "Audit")


def test_a_row_that_was_deleted_meanwhile(browser: Client, desk: Desk) -> None:
    """Spec T17, R7: said; nothing comes back by itself, and what was typed can be saved as a new row."""
    row = a_row(Nature, "study", name_en="Study")
    address = f"/settings/natures/{row.pk}/"
    mine = drawn(browser, address) | {"name_en": "Audit"}
    delete_reference_row(row=row, by=desk.user, at=TEN)
    told = browser.post(address, mine)
    page = said(told)
    assert told.status_code == 422 and "Somebody else has deleted this row" in page
    assert 'value="Audit"' in page and 'action="/settings/natures/new/"' in page
    assert not Nature.objects.filter(name_en="Audit").exists()
    assert browser.get(address).status_code == 404
    assert browser.post("/settings/natures/new/", sent_again(told)).status_code == 302
    assert Nature.objects.filter(name_en="Audit").exists()


def a_line(label: str = "Forfait", contract: Contract | None = None) -> ContractLine:
    """A line of ``contract``, or of one of its own."""
    owner = contract or a_contract(a_customer("Acier"), end_on=None)
    details = LineDetails(label=label, valid_from=owner.start_on)
    return save_line(contract=owner, line=None, details=details, by=None, at=TEN)


def test_a_line_that_was_deleted_meanwhile(browser: Client, desk: Desk) -> None:
    """Spec T17, R7: said in the dialog with what was typed, to be saved as a new line; nothing comes back by itself."""
    line = a_line()
    address = f"/contracts/lines/{line.pk}/edit/"
    mine = drawn(browser, address) | {"contract": line.contract.number}
    delete_line(line=line, by=desk.user, at=TEN)
    told = browser.post(address, mine | {"label": "Later"}, headers=HX)
    page, anew = said(told), f"/contracts/{line.contract.number}/lines/new/"
    assert told.status_code == 422 and "Somebody else has deleted this row" in page
    assert 'value="Later"' in page and f'hx-post="{anew}"' in page
    assert not ContractLine.objects.exists()
    assert browser.post(anew, sent_again(told), headers=HX).status_code == 200
    assert ContractLine.objects.get().label == "Later"
    assert browser.post(address, {"contract": "none"}, headers=HX).status_code == 404
    assert browser.get(address, headers=HX).status_code == 404


def test_a_line_that_two_people_delete(browser: Client, desk: Desk) -> None:
    """Spec T17: the second one comes back to the contract and is told; a form that does not say whose it was is 404."""
    line = a_line()
    address = f"/contracts/lines/{line.pk}/delete/"
    assert f'name="contract" value="{line.contract.number}"' in said(browser.get(address, headers=HX))
    delete_line(line=line, by=desk.user, at=TEN)
    assert browser.post(address, {"seen": "0"}, headers=HX).status_code == 404
    told = browser.post(address, {"seen": "0", "contract": line.contract.number}, follow=True)
    assert told.status_code == 200 and "had deleted the line already" in said(told)


def test_several_lines_of_which_some_were_deleted_meanwhile(browser: Client, desk: Desk) -> None:
    """Spec C3, T17: all of them change or none does, so that the person looks at those that are left first."""
    first = a_line("One")
    second = a_line("Two", first.contract)
    marks = {"line": [f"{one.pk}.{one.row_version}" for one in (first, second)], "is_invoiced": "no"}
    delete_line(line=second, by=desk.user, at=TEN)
    address = "/contracts/lines/update/"
    told = browser.post(address, marks, headers=HX)
    assert told.status_code == 422 and "has deleted 1 of the selected lines" in said(told)
    first.refresh_from_db()
    assert first.is_invoiced
    left = {"line": told.context["marks"], "is_invoiced": "no"}
    assert browser.post(address, left, headers=HX).status_code == 200
    first.refresh_from_db()
    assert not first.is_invoiced
    delete_line(line=first, by=desk.user, at=TEN)
    none = browser.post(address, left, headers=HX)
    assert none.status_code == 204 and "deleted the selected lines" in none["HX-Trigger"]


def test_a_schedule_that_was_deleted_meanwhile(browser: Client, desk: Desk) -> None:
    """Spec T17, R7: as any row of the settings; who watched its tickets being computed stops asking."""
    schedule = a_schedule("workshop")
    address = f"/settings/schedules/{schedule.code}/"
    mine = drawn(browser, address) | {"name_en": "Night watch"}
    mine |= {
        "exceptions-TOTAL_FORMS": "1",
        "exceptions-INITIAL_FORMS": "1",
        "exceptions-0-date": "2026-12-24",
    }
    mine |= {"exceptions-0-kind": "closed", "exceptions-0-name_en": "Feast"}
    schedule.versions.all().delete()
    delete_reference_row(row=schedule, by=desk.user, at=TEN)
    told = browser.post(address, mine)
    page = said(told)
    assert told.status_code == 422 and "Somebody else has deleted this row" in page
    assert 'value="Night watch"' in page and 'value="Feast"' in page
    assert 'action="/settings/schedules/new/"' in page
    assert not Schedule.objects.filter(name_en="Night watch").exists()
    again = {name: value for name, value in mine.items() if name != "code"}
    assert browser.post("/settings/schedules/new/", again).status_code == 302
    assert Schedule.objects.get(name_en="Night watch").exceptions.count() == 1
    assert browser.get(f"{address}progress/").content == b""
    assert browser.get(address).status_code == 404


def test_a_commitment_that_was_deleted_meanwhile(browser: Client, desk: Desk) -> None:
    """Spec T17, R7."""
    commitment = a_commitment("urgent")
    address = f"/settings/commitments/{commitment.code}/"
    mine = drawn(browser, address) | {"name_en": "Much sooner"}
    commitment.versions.all().delete()
    delete_reference_row(row=commitment, by=desk.user, at=TEN)
    told = browser.post(address, mine)
    assert told.status_code == 422 and "Somebody else has deleted this row" in said(told)
    assert 'value="Much sooner"' in said(told) and 'action="/settings/commitments/new/"' in said(told)


def test_a_calendar_that_was_deleted_meanwhile(browser: Client, desk: Desk) -> None:
    """Spec T17, R7: its form keeps what was typed; its dates and its buttons lead back and say so."""
    calendar = a_calendar("works", country="")
    key = calendar.pk
    day = add_holiday(calendar=calendar, date=date(2026, 12, 24), name_fr="Fête", by=None, at=TEN)
    address = f"/settings/calendars/{calendar.code}/"
    mine = drawn(browser, address) | {"name_en": "Feasts"}
    remove_holiday(holiday=day, by=desk.user, at=TEN)
    late = browser.post(f"{address}dates/{day.pk}/", {"remove": "1"}, follow=True)
    assert late.status_code == 200 and "has taken this date out of the calendar" in said(late)
    delete_reference_row(row=calendar, by=desk.user, at=TEN)
    told = browser.post(address, mine)
    assert told.status_code == 422 and "Somebody else has deleted this row" in said(told)
    assert 'value="Feasts"' in said(told) and 'action="/settings/calendars/new/"' in said(told)
    for late_address in (f"{address}dates/", f"{address}dates/{day.pk}/"):
        late = browser.post(late_address, {"date": "2026-12-25"}, follow=True)
        assert late.status_code == 200 and "has deleted this calendar" in said(late)
    late = browser.post(f"/settings/calendars/{key}/delete/", follow=True)
    assert late.status_code == 200 and "has deleted this row" in said(late)


def test_the_days_of_a_schedule(browser: Client, other: Client) -> None:
    """Spec T17: one weekday each stands; the dates that differ are chosen as a whole, and said in words."""
    schedule = a_schedule("workshop")
    address = f"/settings/schedules/{schedule.code}/"
    mine, theirs = drawn(browser, address), drawn(other, address)
    count = {"exceptions-TOTAL_FORMS": "1", "exceptions-INITIAL_FORMS": "0"}
    added = count | {"exceptions-0-kind": "closed", "exceptions-0-name_en": "Feast"}
    theirs |= added | {"exceptions-0-date": "2026-12-24", "weekly_1": "9-12"}
    assert other.post(address, theirs).status_code == 302
    opened = {"exceptions-0-date": "2026-12-31", "exceptions-0-kind": "besides", "exceptions-0-hours": "9-12"}
    asked = browser.post(address, mine | added | opened | {"weekly_2": "9-12"})
    (choice,) = asked.context["form"].conflicts
    assert (choice.label, choice.base) == ("Dates that differ", "nothing")
    assert choice.theirs == "24 Dec 2026, closed all day (Feast)"
    assert choice.mine == "31 Dec 2026, open besides 9-12 (Feast)"
    again = sent_again(asked, exceptions="theirs") | added | {"exceptions-0-date": "2026-12-31"}
    assert browser.post(address, again).status_code == 302
    schedule = Schedule.objects.get(pk=schedule.pk)
    assert [one.date.isoformat() for one in schedule.exceptions.all()] == ["2026-12-24"]
    assert schedule.weekly["1"] == schedule.weekly["2"] == [[540, 720]]


def test_how_an_agent_signs_in_is_part_of_the_agent(browser: Client, other: Client, desk: Desk) -> None:
    """Spec T17: who types a telephone number doesn't give profiles back that were taken away meanwhile."""
    user = colleague(desk, email="nora@example.com")
    agent = user.agent
    address = f"/settings/agents/{agent.pk}/"
    mine, theirs = drawn(browser, address), drawn(other, address)
    auditor = Profile.objects.get(code="auditor")
    assert other.post(address, theirs | {"profiles": [auditor.pk]}).status_code == 302
    assert browser.post(address, mine | {"phone": "06"}).status_code == 302
    agent.refresh_from_db()
    assert agent.phone == "06" and list(user.profiles.all()) == [auditor]
    late = browser.post(address, mine | {"profiles": [Profile.objects.get(code="support-agent").pk]})
    assert late.status_code == 422 and "Paula Petit" in said(late)


def test_business_rules(browser: Client, other: Client, desk: Desk) -> None:
    """Spec T17: all rules stand on one form; two people change one each, or choose."""
    address, team = "/settings/business-rules/", {"INTAKE_TEAM": desk.team.pk}
    mine, theirs = drawn(browser, address) | team, drawn(other, address) | team
    assert other.post(address, theirs | {"COMPANY_NAME": "Novalys"}).status_code == 302
    assert browser.post(address, mine | {"ATTACHMENT_MAX_MEGABYTES": "7"}).status_code == 302
    stored = dict(BusinessRule.objects.values_list("code", "value"))
    assert (stored["COMPANY_NAME"], stored["ATTACHMENT_MAX_MEGABYTES"]) == ("Novalys", 7)
    asked = browser.post(address, mine | {"COMPANY_NAME": "Novalis"})
    assert asked.status_code == 422 and "Paula Petit, today 10:00" in said(asked)
    assert browser.post(address, sent_again(asked, COMPANY_NAME="mine")).status_code == 302
    assert BusinessRule.objects.get(code="COMPANY_NAME").value == "Novalis"
    with pytest.raises(Stale):
        set_business_rules(values={"COMPANY_NAME": "Late"}, by=None, at=TEN, seen=0)
    assert BusinessRule.objects.get(code="COMPANY_NAME").value == "Novalis"


def every_record(desk: Desk) -> dict[str, Any]:
    """The address of each form on a record, and its record."""
    supplier = a_supplier()
    template = save_template(template=None, details=TemplateDetails(name="Visit"), by=None, at=TEN)
    line = LineDetails(label="Forfait", valid_from=desk.contract.start_on)
    plan = PlanDetails(
        label="Visit",
        template=template,
        contract=desk.contract,
        schedule=desk.schedule,
        starts_on=TEN.date(),
        due_time=time(9),
    )
    made: dict[str, Any] = {
        "/sites/{pk}/edit/": desk.site,
        "/contacts/{pk}/edit/": desk.requester,
        "/assets/{number}/edit/": desk.asset,
        "/products/{pk}/edit/": desk.product,
        "/contracts/services/{pk}/edit/": desk.service,
        "/contracts/lines/{pk}/edit/": save_line(
            contract=desk.contract, line=None, details=line, by=None, at=TEN
        ),
        "/suppliers/{pk}/edit/": supplier,
        "/suppliers/contacts/{pk}/edit/": a_supplier_contact(supplier),
        "/suppliers/contracts/{number}/edit/": a_supplier_contract(supplier=supplier),
        "/templates/{pk}/edit/": template,
        "/plans/{pk}/edit/": save_plan(plan=None, details=plan, by=None, at=TEN),
        "/customers/{number}/call-taking/": desk.customer,
        "/assets/{number}/alerts/": desk.asset,
        "/contracts/commitments/service/{pk}/": desk.service,
        "/settings/calendars/{code}/": a_calendar(),
        "/settings/commitments/{code}/": desk.commitment,
        "/settings/teams/{pk}/": desk.team,
        "/settings/statuses/{pk}/": Status.objects.first(),
        "/settings/intervention-types/{pk}/": InterventionType.objects.first(),
    }
    return {address.format(**vars(row), pk=row.pk): row for address, row in made.items()}


def test_every_form_meets_another_version(browser: Client, desk: Desk) -> None:
    """Spec T17: where only the version moved nobody is asked; drawn again, each form means what it meant."""
    for address, row in every_record(desk).items():
        mine = drawn(browser, address)
        assert json.loads(mine["seen"])["values"], address
        type(row).objects.filter(pk=row.pk).update(row_version=F("row_version") + 1)
        answer = browser.post(address, mine, headers=HX)
        assert answer.status_code in (200, 302), (address, answer.context["form"].errors)


def test_what_the_form_remembers(browser: Client) -> None:
    """Spec T17: the hidden control holds what each control was drawn with, and nothing for a new record."""
    customer = a_customer("Acier")
    held = json.loads(drawn(browser, f"/customers/{customer.number}/edit/")["seen"])
    assert (
        held["version"] == 0 and held["values"]["name"] == ["Acier"] and held["values"]["is_active"] == ["on"]
    )
    assert drawn(browser, "/customers/new/")["seen"] == ""


#: Texts that no form of ours remembers: nothing, NUL, half a character, no JSON, too deep, too long, other keys.
_FORGED: list[list[Any]] = [
    [],
    ["\x00"],
    ["\ud800"],
    ["[" * 10_000],
    ["9" * 5000],
    ["2026-02-30"],
    ['["2026-02-30", "?", "", "", ""]'],
    ["<script>alert(1)</script>", "-1", "1e400"],
    [{"a": [None]}],
]


def test_a_forged_memory_harms_nobody(browser: Client, desk: Desk) -> None:
    """Spec T17: whatever the hidden control is made to hold, the answer is a page, and nobody's script is in it."""
    for address, row in every_record(desk).items():
        mine = drawn(browser, address)
        names = [*json.loads(mine["seen"])["values"], "exceptions", "seen", "csrfmiddlewaretoken"]
        choices = {f"keep_{name}": "theirs" for name in names[::2]}
        type(row).objects.filter(pk=row.pk).update(row_version=F("row_version") + 1)
        for shift in range(3):
            values = {name: _FORGED[(shift + index) % len(_FORGED)] for index, name in enumerate(names)}
            seen = json.dumps({"version": 0, "values": values})
            answer = browser.post(address, mine | choices | {"seen": seen}, headers=HX)
            assert answer.status_code in (200, 302, 422), address
            assert "<script>alert(1)" not in answer.content.decode(), address


@pytest.mark.parametrize(
    "seen", ["?", "null", "[" * 100_000, '{"version": 0, "values": {"phone": ["\\ud800"]}}', f"{2**63}"]
)
def test_a_memory_that_cannot_be_read(browser: Client, other: Client, seen: str) -> None:
    """Spec T17, R7: it counts as an old one: what somebody else stored stays, and the page says so."""
    customer = a_customer("Acier")
    address = f"/customers/{customer.number}/edit/"
    mine = drawn(browser, address)
    other.post(address, drawn(other, address) | {"phone": "01"}, headers=HX)
    refused = browser.post(address, mine | {"phone": "02", "seen": seen}, headers=HX)
    customer.refresh_from_db()
    assert (refused.status_code, customer.phone) == (422, "01")
