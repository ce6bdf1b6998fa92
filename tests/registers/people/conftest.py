"""A region with two care providers, and persons with Skatteverket's test numbers."""

import datetime as dt

import pytest
from django.test import Client

from kvitt.foundation.values.identity import birth_date
from kvitt.registers.access import queries as access
from kvitt.registers.access.models import RoleGrant, User
from kvitt.registers.access.rules import Role, ScopeKind
from kvitt.registers.organisations.models import Authority, CareProvider, Clinic, ClinicRight
from kvitt.registers.people import rules
from kvitt.registers.people.models import Address, Person

TODAY = dt.date(2025, 3, 20)
ELSA, RUTGER, TOVA, ALVA = "201302052384", "201303102394", "201304012394", "201305102384"


@pytest.fixture(autouse=True)
def today(settings):
    settings.KVITT_TODAY = TODAY
    return TODAY


@pytest.fixture
def region(db):
    return Authority.objects.create(
        name="Region Ekonomi",
        kind="region",
        organisation_number="2321000040",
        contact_name="Tandvårdsenheten",
        contact_phone="010-103 00 00",
    )


@pytest.fixture
def other_region(db):
    return Authority.objects.create(name="Region Grann", kind="region", organisation_number="2321000057")


def make_clinic(provider, number, name, **values):
    clinic = Clinic.objects.create(
        authority=provider.authority,
        provider=provider,
        number=number,
        name=name,
        sort_key=name.casefold(),
        **values,
    )
    ClinicRight.objects.create(clinic=clinic, scheme="needs_allowance", first_on=dt.date(2020, 1, 1))
    return clinic


@pytest.fixture
def ryd(region):
    """A clinic connected to needs allowance."""
    provider = CareProvider.objects.create(
        authority=region, organisation_number="5560000019", name="Ekens Tandvård AB"
    )
    return make_clinic(provider, "1111", "Ekens Tandvård Ryd")


@pytest.fixture
def linghem(region):
    """A clinic of another care provider."""
    provider = CareProvider.objects.create(
        authority=region, organisation_number="5560000027", name="Lindens Tandvård AB"
    )
    return make_clinic(provider, "2222", "Lindens Tandvård Linghem")


def make_person(authority, number, given_name="Elsa", family_name="Provsson", **values):
    is_protected = values.get("is_protected", False)
    names = {"given_name": given_name, "family_name": family_name, "is_protected": is_protected}
    return Person.objects.create(
        authority=authority,
        identity_number=number,
        identity_kind="personal",
        born_on=birth_date(number),
        sort_key=rules.calculate_sort_key(**names),
        search_key=rules.calculate_search_key(**names),
        **{"given_name": given_name, "family_name": family_name, **values},
    )


@pytest.fixture
def elsa(region):
    return make_person(region, ELSA, phone="013-10 00 00")


@pytest.fixture
def rutger(region):
    return make_person(region, RUTGER, "Rutger", "Östh")


@pytest.fixture
def hidden_tova(region):
    """A person with a protected identity, and an address to hide."""
    tova = make_person(region, TOVA, "Tova", "Dold", is_protected=True, phone="070-100 00 00")
    Address.objects.create(
        person=tova,
        kind="registered",
        first_on=dt.date(2020, 1, 1),
        street="Hemliga gatan 1",
        postcode="58222",
        town="Linköping",
    )
    return tova


def make_user(role, unit, username):
    scope = {Clinic: "clinic", CareProvider: "provider", Authority: "authority"}[type(unit)]
    user = User.objects.create(
        username=username, name="Karin Testberg", authority_id=getattr(unit, "authority_id", unit.pk)
    )
    RoleGrant.objects.create(user=user, role=role, **{scope: unit})
    if scope == "provider":
        RoleGrant.objects.create(user=user, role=Role.CARE_RESPONSIBLE, provider=unit)
    return user


def sign_in(user):
    client = Client()
    client.force_login(user)
    return client


def actor_of(user):
    [unit] = access.units_of(user)
    actor = access.actor(user, unit.key, today=TODAY)
    assert unit.scope in ScopeKind
    return actor


@pytest.fixture
def administrator_user(region):
    return make_user(Role.ADMINISTRATOR, region, "administrator")


@pytest.fixture
def administrator(administrator_user):
    """Who administers the region's registers, as commands see him."""
    return actor_of(administrator_user)


@pytest.fixture
def administrator_client(administrator_user):
    return sign_in(administrator_user)


@pytest.fixture
def other_administrator_client(other_region):
    return sign_in(make_user(Role.ADMINISTRATOR, other_region, "neighbour"))


@pytest.fixture
def dentist_user(ryd):
    return make_user(Role.DENTAL_BASIC, ryd, "dentist")


@pytest.fixture
def dentist(dentist_user):
    """Who works at Ryd, as commands see her."""
    return actor_of(dentist_user)


@pytest.fixture
def dentist_client(dentist_user):
    return sign_in(dentist_user)
