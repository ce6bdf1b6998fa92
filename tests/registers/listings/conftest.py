"""The persons and clinics of the tests of people, listed at clinics."""

import datetime as dt

import pytest

from kvitt.registers.access.rules import Role
from kvitt.registers.listings.models import Listing
from tests.registers.people.conftest import (  # noqa: F401 - fixtures of this folder too
    actor_of,
    administrator,
    administrator_client,
    administrator_user,
    dentist,
    dentist_client,
    dentist_user,
    elsa,
    hidden_tova,
    linghem,
    make_clinic,
    make_person,
    make_user,
    other_administrator_client,
    other_region,
    region,
    rutger,
    ryd,
    sign_in,
    today,
)

BEFORE = dt.date(2020, 1, 1)


def make_listing(person, clinic, first_on=BEFORE, last_on=None, **values):
    return Listing.objects.create(person=person, clinic=clinic, first_on=first_on, last_on=last_on, **values)


def periods_of(person):
    rows = Listing.objects.filter(person=person).order_by("first_on")
    return [(row.clinic.number, row.first_on, row.last_on) for row in rows]


@pytest.fixture
def listed_elsa(elsa, ryd):  # noqa: F811 - the fixture above
    """Elsa, listed at Ryd for years, with a day for her next revision."""
    make_listing(elsa, ryd, revision_ends_on=dt.date(2026, 11, 27))
    return elsa


@pytest.fixture
def listed_rutger(rutger, linghem):  # noqa: F811 - the fixture above
    """Rutger, listed at Linghem."""
    make_listing(rutger, linghem)
    return rutger


@pytest.fixture
def linghem_dentist_user(linghem):  # noqa: F811 - the fixture above
    return make_user(Role.DENTAL_BASIC, linghem, "linghem-dentist")


@pytest.fixture
def linghem_dentist(linghem_dentist_user):
    return actor_of(linghem_dentist_user)


@pytest.fixture
def linghem_client(linghem_dentist_user):
    return sign_in(linghem_dentist_user)
