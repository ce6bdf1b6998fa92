"""A month without rent: on its criteria, with a proof, once for a move."""

import dataclasses
import datetime as dt
import io

import pytest

from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import corrections, free_months
from kvitt.modules.care_fees.lifecycle import FormerHousing, Household, HousingKind, MonthStatus
from kvitt.modules.care_fees.models import ClientMonth, FeeCorrection, FreeMonth
from kvitt.modules.care_fees.rules import free_month as rules
from kvitt.registers.documents.commands import Upload
from kvitt.registers.documents.models import Document
from tests import files
from tests.modules.care_fees.letting import RENT, answers, contract, dwelling

pytestmark = pytest.mark.requirement("CF-9")
OCTOBER, NOVEMBER = dt.date(2024, 10, 1), dt.date(2024, 11, 1)
RIGHT = rules.FreeMonthFacts(
    former_housing=FormerHousing.HOUSE,
    household=Household.SINGLE,
    cost=500_000,
    has_proof=True,
    rent=RENT,
    tenant_count=1,
    has_partner=False,
    came_from="",
    granted_with="",
)
COUPLE = {"household": Household.COUPLE, "tenant_count": 2, "has_partner": True}


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({}, None),
        ({"former_housing": FormerHousing.COOPERATIVE}, None),
        (COUPLE, None),
        ({"former_housing": FormerHousing.OTHER}, "not_ordinary"),
        ({"came_from": "H2023-000001"}, "not_ordinary_contract"),
        ({"household": Household.ONE_STAYS}, "one_stays"),
        ({"tenant_count": 2, "has_partner": True}, "two_tenants"),
        ({"household": Household.COUPLE}, "no_partner"),
        ({"cost": 0}, "no_cost"),
        ({"has_proof": False}, "not_proven"),
        ({"rent": 0}, "no_rent"),
        ({"granted_with": "H2023-000001"}, "already_granted"),
    ],
)
def test_criteria(other, code):
    problems = rules.check_free_month(dataclasses.replace(RIGHT, **other))
    assert [problem.code for problem in problems] == ([code] if code else [])


def test_deduction_never_comes_before_the_rent():
    assert rules.calculate_deduction_month(billed=OCTOBER, first_on=dt.date(2024, 12, 17)) == dt.date(
        2024, 12, 1
    )
    assert rules.calculate_deduction_month(billed=NOVEMBER, first_on=OCTOBER) == NOVEMBER


def grant(world, tenancy, *, receipt=None, **other):
    return free_months.grant_free_month(
        world.actor("karla"),
        today=world.today,
        number=tenancy.number,
        asked=answers(**other),
        receipt=receipt,
    )


def refusal(world, tenancy, **other):
    with pytest.raises(Refused) as refused:
        grant(world, tenancy, **other)
    return [problem.code for problem in refused.value.problems]


def test_full_rent_is_deducted_on_the_next_invoice_although_the_first_month_is_half(care_world):
    world = care_world
    tenancy = contract(world, world.astrid, dwelling(world), "2024-10-20")
    ClientMonth.objects.create(client=world.astrid, month=OCTOBER, status=MonthStatus.APPROVED)
    content = files.png()
    granted = grant(
        world, tenancy, is_seen=False, receipt=Upload("kvitto.png", len(content), io.BytesIO(content))
    )

    made = granted.correction
    assert (made.client, made.month, made.amount) == (world.astrid, NOVEMBER, -RENT)
    assert (made.text, made.service, made.unit) == ("Hyresfri månad", None, world.serviced)
    assert Document.objects.get().case_number == tenancy.number
    assert refusal(world, tenancy) == ["already_granted"]
    with pytest.raises(Refused) as refused:
        corrections.remove_correction(
            world.actor("bodil"), today=world.today, number=world.astrid.number, correction_id=made.pk
        )
    assert [problem.code for problem in refused.value.problems] == ["is_free_month"]


def test_refused_in_words_and_nothing_is_stored(care_world):
    world = care_world
    tenancy = contract(world, world.astrid, dwelling(world))
    empty = Upload("kvitto.pdf", 0, io.BytesIO(b""))
    assert refusal(world, tenancy, is_seen=False, cost=0) == ["no_cost", "not_proven"]
    assert refusal(world, tenancy, text=" ") == ["no_text"]
    assert refusal(world, tenancy, is_seen=False, receipt=empty)
    assert not FeeCorrection.objects.exists()
    assert not Document.objects.exists()


def test_couple_with_one_contract_shares_the_deduction(care_world):
    world = care_world
    tenancy = contract(world, world.dagny, dwelling(world), monthly=100_001, partner=world.erik.number)
    assert refusal(world, tenancy) == ["two_tenants"]
    granted = grant(world, tenancy, household=Household.COUPLE)
    both = [granted.correction, granted.partner_correction]
    assert [(made.client, made.amount) for made in both] == [(world.dagny, -50_001), (world.erik, -50_000)]
    assert all(made.is_of_free_month for made in both)


def test_couple_with_two_contracts_gets_it_once(care_world):
    world = care_world
    rooms = [
        dwelling(world, number, unit=world.care_home, kind=HousingKind.CARE_HOME) for number in ("V1", "V2")
    ]
    hers = contract(world, world.dagny, rooms[0], "2024-11-01")
    assert refusal(world, hers, household=Household.COUPLE) == ["no_partner"]
    his = contract(world, world.erik, rooms[1], "2024-11-05")
    grant(world, hers, household=Household.COUPLE)
    assert refusal(world, his, household=Household.COUPLE) == ["already_granted"]
    assert FreeMonth.objects.count() == 1


def test_who_comes_from_another_contract_does_not_come_from_ordinary_housing(care_world):
    world = care_world
    flat = contract(world, world.astrid, dwelling(world), "2024-06-01")
    free_end = dt.date(2024, 10, 31)
    free_months.housing.end_tenancy(
        world.actor("karla"), today=world.today, number=flat.number, last_on=free_end
    )
    room = dwelling(world, "V1", unit=world.care_home, kind=HousingKind.CARE_HOME)
    home = contract(world, world.astrid, room, "2024-11-01")
    assert refusal(world, home) == ["not_ordinary_contract"]
