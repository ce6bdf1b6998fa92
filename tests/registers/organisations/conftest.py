"""Another authority beside the world's region, and the administrator as he is signed in."""

from dataclasses import dataclass

import pytest

from kvitt.registers.access.rules import Actor, system_actor
from kvitt.registers.organisations import commands
from kvitt.registers.organisations.models import Authority, CareProvider, Clinic


@dataclass
class Neighbour:
    """A second authority with a provider and a clinic of its own."""

    authority: Authority
    provider: CareProvider
    clinic: Clinic


@pytest.fixture
def ivar(world) -> Actor:
    """The region's administrator."""
    return world.actor("ivar")


@pytest.fixture
def neighbour(world) -> Neighbour:
    authority = Authority.objects.create(name="Region Grann", kind="region", organisation_number="2321000057")
    actor = system_actor(authority.pk)
    provider = commands.create_provider(actor, name="Grannens Tandvård AB", organisation_number="556000-0035")
    clinic = commands.create_clinic(actor, provider_id=provider.pk, number="9999", name="Grannens Tandvård")
    return Neighbour(authority, provider, clinic)
