"""A region with a small price list, its administrator, and clinics that see it or do not."""

import datetime as dt

import pytest
from django.test import Client

from kvitt.registers.access import queries as access
from kvitt.registers.access.models import RoleGrant, User
from kvitt.registers.access.rules import Role
from kvitt.registers.organisations.models import Authority, CareProvider, Clinic, ClinicRight
from kvitt.registers.price_lists import commands

TODAY = dt.date(2025, 3, 20)
CODES = """\
module,code,name,tooth,jaw,surface,dentition,preauthorization,\
from_count,max_per_period,min_age,max_age,pricing,first_on,last_on
needs_allowance,124,Panoramaröntgenundersökning,no,no,no,any,never,,,,,fixed,2020-01-01,
needs_allowance,126,"Röntgenundersökning, omfattande",no,no,no,any,never,,,,,fixed,2020-01-01,
needs_allowance,705,"Fyllning, två ytor",must,no,may,any,from_count,2,,,,fixed,2020-01-01,
needs_allowance,711,"Fyllning, mjölktand",must,no,must,primary,never,,4,3,12,fixed,2020-01-01,2024-12-31
needs_allowance,825S,"Helprotes, särskilda skäl",no,must,no,any,always,,,,,fixed,2020-01-01,
needs_allowance,898,Tandteknik till självkostnad,may,may,no,any,always,,,,,actual,2020-01-01,
special_care,124,Panorama,no,no,no,any,never,,,,,fixed,2020-01-01,
"""
PRICES = """\
module,code,first_on,amount
needs_allowance,124,2020-01-01,660.00
needs_allowance,126,2020-01-01,1235.00
needs_allowance,126,2026-01-01,1300.00
needs_allowance,705,2020-01-01,1485.00
needs_allowance,711,2020-01-01,900.00
needs_allowance,825S,2024-01-01,"8 550,50"
special_care,124,2020-01-01,700
"""
COMBINATIONS = """\
module,code,other_code,scope,first_on,last_on
needs_allowance,126,124,day,2020-01-01,
needs_allowance,705,711,tooth,2020-01-01,2024-12-31
"""
PARAMETERS = """\
name,first_on,value,source
needs_allowance.deductible,2025-01-01,5250,"Regionfullmäktige 2024-11-20, § 112"
ledger.due_after,2025-01-01,25,Avtal 2025
"""
FILES = {
    "codes.csv": CODES.encode(),
    "prices.csv": PRICES.encode(),
    "combinations.csv": COMBINATIONS.encode(),
    "parameters.csv": PARAMETERS.encode(),
}


@pytest.fixture(autouse=True)
def today(settings):
    settings.KVITT_TODAY = TODAY
    return TODAY


@pytest.fixture
def region(db):
    return Authority.objects.create(name="Region Ekonomi", kind="region", organisation_number="2321000040")


@pytest.fixture
def other_region(db):
    return Authority.objects.create(name="Region Grann", kind="region", organisation_number="2321000057")


def make_user(role, unit, username):
    scope = {Clinic: "clinic", Authority: "authority"}[type(unit)]
    user = User.objects.create(
        username=username, name="Karin Testberg", authority_id=getattr(unit, "authority_id", unit.pk)
    )
    RoleGrant.objects.create(user=user, role=role, **{scope: unit})
    return user


def make_clinic(authority, number, *schemes):
    provider, _ = CareProvider.objects.get_or_create(
        authority=authority, organisation_number="5560000019", defaults={"name": "Ekens Tandvård AB"}
    )
    clinic = Clinic.objects.create(
        authority=authority, provider=provider, number=number, name="Ryd", sort_key="ryd"
    )
    for scheme in schemes:
        ClinicRight.objects.create(clinic=clinic, scheme=scheme, first_on=dt.date(2020, 1, 1))
    return clinic


def sign_in(user):
    client = Client()
    client.force_login(user)
    return client


def actor_of(user):
    [unit] = access.units_of(user)
    return access.actor(user, unit.key, today=TODAY)


@pytest.fixture
def administrator_user(region):
    return make_user(Role.ADMINISTRATOR, region, "administrator")


@pytest.fixture
def administrator(administrator_user):
    """Who administers the region's price list, as commands see her."""
    return actor_of(administrator_user)


@pytest.fixture
def administrator_client(administrator_user):
    return sign_in(administrator_user)


@pytest.fixture
def neighbour(other_region):
    """Who administers the other region's price list."""
    return actor_of(make_user(Role.ADMINISTRATOR, other_region, "neighbour"))


@pytest.fixture
def dentist_user(region):
    return make_user(Role.DENTAL_BASIC, make_clinic(region, "1111", "needs_allowance"), "dentist")


@pytest.fixture
def dentist(dentist_user):
    """Who works at a clinic connected to needs allowance only."""
    return actor_of(dentist_user)


@pytest.fixture
def dentist_client(dentist_user):
    return sign_in(dentist_user)


@pytest.fixture
def unconnected_client(region):
    """A dentist at a clinic that is connected to nothing."""
    return sign_in(make_user(Role.DENTAL_BASIC, make_clinic(region, "2222"), "unconnected"))


@pytest.fixture
def clinic_administrator_client(region):
    """Somebody who has nothing to do with codes."""
    clinic = make_clinic(region, "3333", "needs_allowance")
    return sign_in(make_user(Role.CLINIC_ADMINISTRATOR, clinic, "clinic-administrator"))


@pytest.fixture
def catalogue(administrator):
    """The small price list above, loaded."""
    return commands.load_catalogue(administrator, files=FILES)
