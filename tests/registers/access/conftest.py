"""People with a password, people with several units, and another authority beside the world's region."""

import pytest
from django.test import Client

from kvitt.registers.access.models import RoleGrant, User
from kvitt.registers.access.rules import Actor, Role
from kvitt.registers.organisations.models import Authority, CareProvider, Clinic

PASSWORD = "Tolv tecken minst 2024"
SCOPES = {Clinic: "clinic", CareProvider: "provider", Authority: "authority"}


@pytest.fixture
def ivar(world) -> Actor:
    """The region's administrator."""
    return world.actor("ivar")


@pytest.fixture
def make_user(world):
    """Return a function that makes a user with a password: `make_user("cilla", (Role.REVIEWER, region))`."""

    def made(username, *grants, name="Cilla Exempelsson", authority=None):
        user = User.objects.create_user(
            username=username, name=name, password=PASSWORD, authority=authority or world.region
        )
        for role, unit in grants:
            RoleGrant.objects.create(user=user, role=role, **{SCOPES[type(unit)]: unit})
        return user

    return made


@pytest.fixture
def cilla(world, make_user) -> User:
    """Works at two clinics."""
    return make_user(
        "cilla",
        (Role.DENTAL_BASIC, world.ryd),
        (Role.DENTAL_INVOICES, world.ryd),
        (Role.DENTAL_BASIC, world.linghem),
    )


@pytest.fixture
def stranger(world, make_user) -> User:
    """The administrator of another authority."""
    authority = Authority.objects.create(name="Region Grann", kind="region", organisation_number="2321000057")
    return make_user("granne", (Role.ADMINISTRATOR, authority), name="Greta Granne", authority=authority)


@pytest.fixture
def client_of():
    """Return a function that gives a client in which a user is signed in."""

    def client(user) -> Client:
        found = Client()
        found.force_login(user)
        return found

    return client


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Passwords are hashed a thousand times faster than they should be."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
