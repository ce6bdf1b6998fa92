"""Persons with addresses, a former number, and two that may be one."""

import datetime as dt

from kvitt.registers.listings.models import Listing
from kvitt.registers.people import commands as people
from kvitt.registers.people.models import Address
from tests.journeys.sample.sample import Sample
from tests.world import SINCE


def make_persons(sample: Sample) -> None:
    """Elsa has an address of stay, Elis a former number, and two records may be one person."""
    world, ids = sample.world, sample.ids
    people.add_address(
        world.system,
        today=world.today,
        code=world.elsa.code,
        kind="staying",
        first_on=SINCE,
        care_of="Mormor Provsson",
        street="Ringvägen 9",
        postcode="585 60",
        town="Linghem",
    )
    people.change_identity_number(
        world.system, today=world.today, code=world.elis.code, number="20130305-2383"
    )
    merged = world._person("201404062380", "Elis", "Nymark", None)
    ids |= {"person": world.elsa.code, "other person": merged.code}
    ids["address"] = Address.objects.filter(person=world.elsa, kind="staying").get().pk
    Listing.objects.filter(person=world.elsa).update(revision_ends_on=world.today + dt.timedelta(days=10))
