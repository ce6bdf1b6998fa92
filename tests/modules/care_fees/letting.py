"""What the tests of housing let: dwellings of the care world, and contracts."""

import datetime as dt

from kvitt.modules.care_fees.commands import housing
from kvitt.modules.care_fees.lifecycle import FormerHousing, Household, HousingKind
from kvitt.modules.care_fees.rules.free_month import FreeMonthAnswers
from kvitt.modules.care_fees.rules.housing import DwellingFacts
from kvitt.modules.care_fees.rules.tenancy import TenancyContent

RENT = 620_000


def dwelling(world, number="1204", *, unit=None, kind=HousingKind.SERVICED_FLAT):
    """Make a dwelling, of the serviced flats in Norr unless told."""
    unit_id = (unit or world.serviced).pk
    return housing.create_dwelling(
        world.actor("bodil"), facts=DwellingFacts(unit_id, number, f"Lindgatan 4, lgh {number}", kind)
    )


def content(let, moved_in_on="2024-11-01", monthly=RENT):
    return TenancyContent(let.pk, dt.date.fromisoformat(moved_in_on), monthly)


def contract(world, client, let, moved_in_on="2024-11-01", *, who="bodil", monthly=RENT, partner=""):
    """Let the dwelling to the client."""
    return housing.create_tenancy(
        world.actor(who),
        today=world.today,
        number=client.number,
        content=content(let, moved_in_on, monthly),
        partner=partner,
    )


def answers(**other):
    """Return the answers of a single person from a rented flat whose receipt was seen."""
    asked = {
        "former_housing": FormerHousing.RENTED,
        "household": Household.SINGLE,
        "cost": 700_000,
        "text": "Hyresfri månad",
        "is_seen": True,
    }
    return FreeMonthAnswers(**{**asked, **other})
