"""The administrator, and another authority whose log he never sees."""

import pytest

from kvitt.registers.access.rules import Actor, system_actor
from kvitt.registers.organisations.models import Authority


@pytest.fixture
def ivar(world) -> Actor:
    """The region's administrator."""
    return world.actor("ivar")


@pytest.fixture
def stranger(db) -> Actor:
    """Somebody in another authority."""
    authority = Authority.objects.create(name="Region Grann", kind="region", organisation_number="2321000057")
    return system_actor(authority.pk, "Greta Granne")
