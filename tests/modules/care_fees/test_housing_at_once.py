"""Two who let the same dwelling, or grant a couple's free month, at the same moment: one goes through."""

import pytest

from kvitt.modules.care_fees.commands import free_months
from kvitt.modules.care_fees.lifecycle import Household, HousingKind
from kvitt.modules.care_fees.models import FreeMonth, Tenancy
from tests.care_world import CareWorld
from tests.modules.care_fees.letting import answers, contract, dwelling
from tests.modules.needs_allowance.test_two_at_once import at_once
from tests.world import TODAY

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.requirement("CO-24", "CF-7", "CF-9"),
    pytest.mark.django_db(transaction=True),
]


def test_dwelling_client_and_free_month_are_given_once(settings):
    settings.KVITT_TODAY = TODAY
    world = CareWorld()
    flat = dwelling(world)
    rooms = [
        dwelling(world, number, unit=world.care_home, kind=HousingKind.CARE_HOME) for number in ("V1", "V2")
    ]

    def let(client, where, who="bodil"):
        return lambda: contract(world, client, where, who=who).number

    same_dwelling = at_once(let(world.astrid, flat), let(world.birger, flat, "karla"))
    assert sorted(map(str, same_dwelling)) == ["H2024-000001", "['dwelling_is_let']"]
    same_client = at_once(let(world.dagny, rooms[0]), let(world.dagny, rooms[1]))
    assert "['client_has_contract']" in map(str, same_client)
    hers = Tenancy.objects.get(tenants__client=world.dagny)
    his = contract(world, world.erik, next(room for room in rooms if room.pk != hers.dwelling_id))

    def grant(tenancy):
        return lambda: str(
            free_months.grant_free_month(
                world.actor("bodil"),
                today=world.today,
                number=tenancy.number,
                asked=answers(household=Household.COUPLE),
            )
        )

    same_move = at_once(grant(hers), grant(his))
    assert "['already_granted']" in map(str, same_move)
    assert FreeMonth.objects.count() == 1
