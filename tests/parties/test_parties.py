"""Customers, sites, contacts, agents, teams, suppliers and projects."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from cadran.accounts.rights import Right
from cadran.core.errors import CadranError, InvalidInput, InvalidInputs, NotAllowed, Stale
from cadran.core.models import JournalEntry
from cadran.parties.models import Agent, Contact, Customer, Site, Team
from cadran.parties.operations import (
    AgentDetails,
    ContactDetails,
    CustomerDetails,
    ProjectDetails,
    SiteDetails,
    SupplierDetails,
    TeamDetails,
    save_agent,
    save_contact,
    save_customer,
    save_project,
    save_site,
    save_supplier,
    save_team,
)
from tests.factories.trade import MONDAY, a_contact, a_customer, a_project, an_agent, person

pytestmark = pytest.mark.django_db


def test_a_customer_comes_with_its_main_site_and_number() -> None:
    """Glossary, T7: one site is the main one; the note is sanitised rich text."""
    lyon = SiteDetails(name="Lyon", city="Lyon")
    customer = a_customer(main_site=lyon, note="<p>Ring <b>twice</b></p><script>alert(1)</script>")
    assert customer.number == "C00001"
    assert customer.note == "<p>Ring <b>twice</b></p>"
    site = customer.sites.get()
    assert (site.name, site.is_main) == ("Lyon", True)
    assert a_customer("Nouveau", kind="prospect").sites.get().name == "Nouveau"


def test_there_is_one_main_site() -> None:
    """Glossary: a new main site takes that from the former one; the main site can't just stop being it."""
    customer = a_customer()
    first = customer.sites.get()
    second = save_site(
        customer=customer, site=None, details=SiteDetails(name="Lyon", is_main=True), by=None, at=MONDAY
    )
    assert list(customer.sites.filter(is_main=True)) == [second]
    first.refresh_from_db()
    for details in (SiteDetails(name="Lyon"), SiteDetails(name="Lyon", is_main=True, is_active=False)):
        with pytest.raises(InvalidInput, match="Make another site the main one"):
            save_site(customer=customer, site=second, details=details, by=None, at=MONDAY)
    save_site(
        customer=customer, site=first, details=SiteDetails(name="Paris", is_main=True), by=None, at=MONDAY
    )
    assert list(customer.sites.filter(is_main=True)) == [first]


def test_a_contact_s_site_is_one_of_its_customer() -> None:
    """Spec T6, R7: a foreign site is refused by name."""
    customer, other = a_customer(), a_customer("Autre")
    details = ContactDetails(last_name="Roche", site=other.sites.get())
    with pytest.raises(InvalidInput, match="The site “Autre” is not one of Acier Dubois"):
        save_contact(customer=customer, contact=None, details=details, by=None, at=MONDAY)
    contact = a_contact(customer)
    with pytest.raises(InvalidInput, match="belongs to another customer"):
        save_contact(
            customer=other, contact=contact, details=ContactDetails(last_name="Roche"), by=None, at=MONDAY
        )
    assert Contact.objects.get().customer == customer


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": " "}, "name"),
        ({"email": "nobody"}, "email"),
        ({"name": "x" * 151}, "name"),
        ({"kind": "friend"}, "kind"),
        ({"language": "de"}, "language"),
    ],
)
def test_bad_customers_are_refused_with_the_field(typed: dict[str, Any], field: str) -> None:
    """Spec R7: what is wrong, in which field, and nothing is half-saved."""
    with pytest.raises(CadranError) as refused:
        save_customer(
            customer=None, details=replace(CustomerDetails(name="Dubois"), **typed), by=None, at=MONDAY
        )
    assert refused.value.field == field
    assert not Customer.objects.exists() and not Site.objects.exists()


def test_a_number_typed_twice_is_refused_by_its_value() -> None:
    """Spec R7: the sentence quotes the number."""
    a_customer(number="X1")
    with pytest.raises(InvalidInput, match="“X1” is taken already"):
        a_customer("Autre", number="X1")


def test_two_editors_of_a_customer() -> None:
    """House: the second is refused by the version that their form was opened on."""
    customer = a_customer()
    mine = Customer.objects.get()
    save_customer(customer=customer, details=CustomerDetails(name="A"), by=None, at=MONDAY)
    with pytest.raises(Stale, match="Somebody else has changed “A”"):
        save_customer(
            customer=mine, details=CustomerDetails(name="B"), by=None, at=MONDAY, seen=mine.row_version
        )
    assert Customer.objects.get().name == "A"
    entry = JournalEntry.objects.get(kind="customer.changed")
    assert entry.data["changes"] == {"name": {"before": "Acier Dubois", "after": "A"}}


def test_a_row_that_somebody_deleted_is_told_as_such() -> None:
    """Spec R7: no page of errors for a row that is gone."""
    customer = a_customer()
    contact = a_contact(customer)
    Contact.objects.filter(pk=contact.pk).delete()
    with pytest.raises(Stale, match="deleted"):
        save_contact(customer=customer, contact=contact, details=ContactDetails("X"), by=None, at=MONDAY)


def team_details(**typed: Any) -> TeamDetails:
    return replace(TeamDetails(code="support", name_fr="Support"), **typed)


def test_a_team_has_an_active_manager_and_a_dated_stand_in() -> None:
    """Spec T11: the manager distributes; in their absence the stand-in does."""
    manager, stand_in, gone = an_agent(), an_agent("Petit"), an_agent("Parti", is_active=False)
    details = team_details(
        manager=manager,
        stand_in=stand_in,
        stand_in_from=date(2026, 3, 2),
        stand_in_until=date(2026, 3, 6),
        members=[manager, stand_in],
    )
    team = save_team(team=None, details=details, by=None, at=MONDAY)
    led = {day: team.is_led_by(stand_in, date(2026, 3, day)) for day in (1, 2, 6, 7)}
    assert led == {1: False, 2: True, 6: True, 7: False}
    assert team.is_led_by(manager, date(2026, 3, 3))
    assert set(team.members.all()) == {manager, stand_in}
    for typed, field in (
        ({"manager": gone}, "manager"),
        ({"manager": manager, "stand_in": manager, "stand_in_from": date(2026, 3, 2)}, "stand_in"),
        ({"manager": manager, "stand_in": stand_in}, "stand_in_from"),
        ({"stand_in": stand_in, "stand_in_from": date(2026, 3, 2)}, "manager"),
        ({"stand_in_from": date(2026, 3, 2)}, "stand_in"),
        ({"members": [gone]}, "members"),
    ):
        with pytest.raises(InvalidInput) as refused:
            save_team(team=None, details=team_details(code="other", **typed), by=None, at=MONDAY)
        assert refused.value.field == field
    backwards = replace(details, stand_in_until=date(2026, 3, 1))
    with pytest.raises(InvalidInput, match="end before it begins"):
        save_team(team=team, details=backwards, by=None, at=MONDAY)
    assert Team.objects.count() == 1


def test_who_leads_a_team_stays_active() -> None:
    """Spec T11: a team is never left to somebody who is gone."""
    manager = an_agent()
    team = save_team(team=None, details=team_details(manager=manager), by=None, at=MONDAY)
    leaving = AgentDetails(first_name="Élise", last_name="Marchand", is_active=False)
    with pytest.raises(InvalidInput, match="leads the team “Support”"):
        save_agent(agent=manager, details=leaving, by=None, at=MONDAY)
    save_team(team=team, details=team_details(), by=None, at=MONDAY)
    assert not save_agent(agent=manager, details=leaving, by=None, at=MONDAY).is_active


def test_a_person_is_one_agent() -> None:
    """Glossary: whoever signs in acts as one agent."""
    user = person()
    an_agent(user=user)
    with pytest.raises(InvalidInput, match="signs in as Élise Marchand already"):
        an_agent("Petit", user=user)
    assert Agent.objects.count() == 1


def test_every_missing_name_is_told_at_once() -> None:
    """Spec R7: agents, projects and suppliers need their names."""
    with pytest.raises(InvalidInputs) as refused:
        save_agent(agent=None, details=AgentDetails(first_name="", last_name=" "), by=None, at=MONDAY)
    assert [error.field for error in refused.value.errors] == ["first_name", "last_name"]
    with pytest.raises(InvalidInputs):
        save_project(project=None, details=ProjectDetails(code="", name=""), by=None, at=MONDAY)
    with pytest.raises(InvalidInput):
        save_supplier(supplier=None, details=SupplierDetails(name=""), by=None, at=MONDAY)


def test_every_write_needs_its_right() -> None:
    """Spec R2: customers, agents, projects and suppliers each ask for their own right."""
    somebody = person(Right.SEE_CUSTOMERS)
    customer, project = a_customer(), a_project()
    for code, attempt in (
        (
            "100102",
            lambda: save_customer(customer=None, details=CustomerDetails("X"), by=somebody, at=MONDAY),
        ),
        (
            "100102",
            lambda: save_site(customer=customer, site=None, details=SiteDetails("X"), by=somebody, at=MONDAY),
        ),
        ("190003", lambda: save_agent(agent=None, details=AgentDetails("X", "Y"), by=somebody, at=MONDAY)),
        ("190003", lambda: save_team(team=None, details=team_details(), by=somebody, at=MONDAY)),
        (
            "140202",
            lambda: save_project(project=project, details=ProjectDetails("X", "Y"), by=somebody, at=MONDAY),
        ),
        (
            "140202",
            lambda: save_supplier(supplier=None, details=SupplierDetails("X"), by=somebody, at=MONDAY),
        ),
    ):
        with pytest.raises(NotAllowed, match=code):
            attempt()
    assert Customer.objects.count() == 1
