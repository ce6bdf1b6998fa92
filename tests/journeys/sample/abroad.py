"""A second authority, which has nothing in common with the first."""

import copy

from kvitt.ledger.models import Invoice
from kvitt.modules.needs_allowance.models import Case
from kvitt.registers.access.rules import Role
from kvitt.registers.organisations.models import Authority
from tests.journeys.sample.sample import Sample
from tests.world import World


def make_abroad(world: World) -> World:
    """A second authority: Ulla at its clinic, Rune reviews and Olof administers; Svea has Elsa's number."""
    abroad = copy.copy(world)
    abroad.users = {}
    abroad.region = Authority.objects.create(
        name="Region Utland", kind="region", organisation_number="2321000057", contact_phone="010-104 00 00"
    )
    provider = abroad._provider("5560000035", "Lindens Tandvård AB")
    abroad.ryd = abroad._clinic(provider, "1111", "Lindens Tandvård")
    abroad._user("ulla", "Ulla Utländsk", abroad.ryd, (Role.DENTAL_BASIC, Role.DENTAL_INVOICES))
    abroad._user("rune", "Rune Utländsk", abroad.region, (Role.REVIEWER,))
    abroad._user("olof", "Olof Utländsk", abroad.region, (Role.ADMINISTRATOR,))
    abroad.elsa = abroad._person("201303102394", "Svea", "Utlandsson", None)
    return abroad


def check_away(sample: Sample) -> None:
    """Nothing of the second authority is in the first: a mistake here would make the crawl prove less."""
    region = sample.world.region
    assert not Case.objects.exclude(authority=region).exists()
    assert not Invoice.objects.exclude(authority=region).exists()
