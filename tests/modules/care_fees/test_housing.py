"""Housing contracts begin, change rent and end by rule, one at a time for a dwelling and a client."""

import datetime as dt

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.http import Http404

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import housing
from kvitt.modules.care_fees.lifecycle import HousingKind, MonthStatus
from kvitt.modules.care_fees.models import Client, ClientMonth, Dwelling, GrantedService, Tenancy
from kvitt.modules.care_fees.queries.housing import housing_panel, rents_of
from kvitt.modules.care_fees.rules.housing import DwellingFacts
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.price_lists.models import ParameterValue
from tests.modules.care_fees.letting import RENT, content, contract, dwelling

JUNE, NOVEMBER, DECEMBER = dt.date(2024, 6, 1), dt.date(2024, 11, 1), dt.date(2024, 12, 1)


def codes(refused):
    return [problem.code for problem in refused.value.problems]


@pytest.mark.requirement("CF-7", "CF-8")
def test_contract_is_registered_with_the_date_of_the_rule(care_world):
    world = care_world
    before = Client.objects.get(pk=world.astrid.pk).version
    flat = contract(world, world.astrid, dwelling(world), "2024-11-15", who="karla")
    room = dwelling(world, "V3", unit=world.care_home, kind=HousingKind.CARE_HOME)
    home = contract(world, world.greta, room, "2024-11-15")

    assert (flat.number, str(flat.first_on)) == ("H2024-000001", "2024-11-17")
    assert (home.number, str(home.first_on)) == ("H2024-000002", "2024-12-01")
    assert home.moved_in_on == dt.date(2024, 11, 15)
    assert Client.objects.get(pk=world.astrid.pk).version == before + 1
    event = Event.objects.get(action="care_fees.create_tenancy", subject_key=world.astrid.number)
    assert event.data["after"]["contract_date"] == "2024-11-17"
    assert list(event.subjects.values_list("person_id", flat=True)) == [world.astrid.person_id]


@pytest.mark.requirement("CF-8", "CO-15")
def test_another_municipality_has_other_days(care_world):
    world = care_world
    for name, value in (("early_move_in_to", 10), ("half_rent_from", 16), ("half_rent_to", 15)):
        ParameterValue.objects.create(
            authority=world.municipality, name=f"care_fees.{name}", first_on=JUNE, value=value, source="own"
        )
    room = dwelling(world, "V3", unit=world.care_home, kind=HousingKind.CARE_HOME)
    tenancy = contract(world, world.greta, room, "2024-11-11")
    assert tenancy.first_on == DECEMBER
    ended = housing.end_tenancy(
        world.actor("bodil"), today=world.today, number=tenancy.number, last_on=dt.date(2024, 12, 15)
    )
    assert rents_of([world.greta.pk], DECEMBER)[world.greta.pk][0].amount == RENT // 2
    assert ended.last_on.day == 15


@pytest.mark.requirement("CF-7")
def test_dwelling_and_client_have_one_contract_at_a_time(care_world):
    world = care_world
    let, other = dwelling(world), dwelling(world, "1205")
    first = contract(world, world.astrid, let)

    with pytest.raises(Refused) as same_dwelling:
        contract(world, world.birger, let)
    assert codes(same_dwelling) == ["dwelling_is_let"]
    assert first.number in str(same_dwelling.value)
    with pytest.raises(Refused) as same_client:
        contract(world, world.astrid, other)
    assert codes(same_client) == ["client_has_contract"]

    end = dt.date(2024, 11, 14)
    housing.end_tenancy(world.actor("karla"), today=world.today, number=first.number, last_on=end)
    second = contract(world, world.birger, let, "2024-11-15")
    assert second.first_on == dt.date(2024, 11, 17)
    with pytest.raises(Refused) as goes_on:
        housing.end_tenancy(world.actor("karla"), today=world.today, number=first.number, last_on=None)
    assert codes(goes_on) == ["dwelling_is_let"]


@pytest.mark.requirement("CF-7", "CF-8")
def test_days_and_amounts_that_are_mistyped_are_refused_in_words(care_world):
    world = care_world
    let = dwelling(world)
    for day in ("0001-01-01", "1999-12-31", "2025-11-21", "9999-12-31"):
        with pytest.raises(Refused) as mistyped:
            contract(world, world.astrid, let, day)
        assert codes(mistyped) == ["moved_in_range"]
    with pytest.raises(Refused) as large:
        contract(world, world.astrid, let, monthly=10**30)
    assert codes(large) == ["large_rent"]
    old = contract(world, world.astrid, let, "2019-03-20")
    assert (old.number, str(old.first_on)) == ("H2019-000001", "2019-03-17")
    for day in ("0001-01-14", "1999-12-31"):
        with pytest.raises(Refused) as early:
            housing.end_tenancy(
                world.actor("karla"),
                today=world.today,
                number=old.number,
                last_on=dt.date.fromisoformat(day),
            )
        assert codes(early) == ["end_before_start"]


@pytest.mark.requirement("CF-7", "CF-10")
def test_contract_ends_the_14th_or_the_last_also_when_services_have_ended(care_world):
    world = care_world
    tenancy = contract(world, world.astrid, dwelling(world), "2024-06-01")
    GrantedService.objects.filter(client=world.astrid).update(last_on=JUNE)

    def end(day):
        return housing.end_tenancy(
            world.actor("karla"), today=world.today, number=tenancy.number, last_on=dt.date.fromisoformat(day)
        )

    with pytest.raises(Refused) as the_20th:
        end("2024-11-20")
    (problem,) = the_20th.value.problems
    assert (problem.code, problem.values["half"], problem.values["whole"]) == (
        "end_day",
        "2024-11-14",
        "2024-11-30",
    )
    with pytest.raises(Refused) as too_early:
        end("2024-05-31")
    assert codes(too_early) == ["end_before_start"]
    assert end("2024-11-14").last_on == dt.date(2024, 11, 14)
    assert end("2024-11-30").last_on == dt.date(2024, 11, 30)


@pytest.mark.requirement("CF-7")
def test_two_tenants_pay_half_each_in_as_few_statements_as_one(care_world, django_assert_max_num_queries):
    world = care_world
    shared = contract(
        world, world.dagny, dwelling(world), "2024-11-15", monthly=100_001, partner=world.erik.number
    )
    contract(world, world.astrid, dwelling(world, "1205"), "2024-06-01")
    clients = [world.dagny.pk, world.erik.pk, world.astrid.pk, world.birger.pk]

    with django_assert_max_num_queries(4):
        december = rents_of(clients, DECEMBER)

    amounts = {client: [rent.amount for rent in rents] for client, rents in december.items()}
    assert amounts == {world.dagny.pk: [50_001], world.erik.pk: [50_000], world.astrid.pk: [RENT]}
    november = rents_of([world.dagny.pk, world.erik.pk], NOVEMBER)
    assert [november[pk][0].amount for pk in (world.dagny.pk, world.erik.pk)] == [25_001, 25_000]
    assert rents_of(clients, dt.date(2024, 5, 1)) == {}
    for client in (world.dagny, world.erik):
        (row,) = housing_panel(
            world.actor("karla"), client, session=SessionStore(), today=world.today, is_whole=True
        ).rows
        assert (row.number, row.is_shared) == (shared.number, True)
    assert (
        housing_panel(
            world.actor("ulf"), world.birger, session=SessionStore(), today=world.today, is_whole=False
        )
        is None
    )


@pytest.mark.requirement("CF-7", "CF-28")
def test_rent_changes_from_a_day_and_not_in_what_is_approved(care_world):
    world = care_world
    tenancy = contract(world, world.astrid, dwelling(world), "2024-06-01")
    ClientMonth.objects.create(client=world.astrid, month=dt.date(2024, 10, 1), status=MonthStatus.APPROVED)

    def change(day, monthly=640_000):
        first_on = dt.date.fromisoformat(day)
        return housing.change_rent(
            world.actor("karla"), today=world.today, number=tenancy.number, first_on=first_on, monthly=monthly
        )

    with pytest.raises(Refused) as locked:
        change("2024-10-01")
    assert codes(locked) == ["month_approved"]
    assert "2024-10" in str(locked.value)
    with pytest.raises(Refused) as bad_day:
        change("2024-11-05")
    assert codes(bad_day) == ["rent_day"]
    change("2024-12-01")
    change("2024-12-01", 650_000)
    assert [rents_of([world.astrid.pk], m)[world.astrid.pk][0].amount for m in (NOVEMBER, DECEMBER)] == [
        RENT,
        650_000,
    ]


@pytest.mark.requirement("CF-7", "CF-12")
def test_beginning_is_mended_while_no_month_is_calculated(care_world):
    world = care_world
    let, right = dwelling(world), dwelling(world, "1205")
    tenancy = contract(world, world.astrid, let, "2024-11-01")
    mended = housing.change_tenancy(
        world.actor("karla"),
        today=world.today,
        number=tenancy.number,
        content=content(right, "2024-11-16", 500_000),
    )
    assert (mended.dwelling, mended.first_on) == (right, dt.date(2024, 11, 17))
    assert rents_of([world.astrid.pk], NOVEMBER)[world.astrid.pk][0].amount == 250_000

    ClientMonth.objects.create(client=world.astrid, month=NOVEMBER, status=MonthStatus.CALCULATED)
    with pytest.raises(Refused) as calculated:
        housing.change_tenancy(
            world.actor("karla"), today=world.today, number=tenancy.number, content=content(let)
        )
    assert codes(calculated) == ["month_calculated"]


@pytest.mark.requirement("CF-7", "CO-4")
def test_dwellings_and_contracts_are_those_of_the_own_units_and_areas(care_world):
    world = care_world
    room = dwelling(world, "V3", unit=world.care_home, kind=HousingKind.CARE_HOME)
    tenancy = contract(world, world.greta, room)
    karla, kurt, fia = world.actor("karla"), world.actor("kurt"), world.actor("fia")
    facts = DwellingFacts(world.care_home.pk, "V9", "Ekgatan 9", HousingKind.CARE_HOME)

    for forged in (
        lambda: housing.create_dwelling(karla, facts=facts),
        lambda: housing.change_dwelling(karla, dwelling_id=room.pk, facts=facts),
        lambda: contract(world, world.astrid, room, who="karla"),
        lambda: contract(world, world.greta, room, who="karla"),
        lambda: housing.end_tenancy(karla, today=world.today, number=tenancy.number, last_on=None),
        lambda: contract(world, world.birger, room, who="ulf"),
    ):
        with pytest.raises((Http404, NotAllowed)):
            forged()
    with pytest.raises(NotAllowed):
        housing.end_tenancy(fia, today=world.today, number=tenancy.number, last_on=None)
    with pytest.raises(Refused) as partner:
        contract(world, world.dagny, dwelling(world), who="karla", partner=world.greta.number)
    assert codes(partner) == ["no_such_partner"]
    assert housing.create_dwelling(kurt, facts=facts).number == "V9"
    assert Tenancy.objects.count() == 1


@pytest.mark.requirement("CF-7")
def test_dwelling_is_not_closed_while_it_is_let_and_not_let_when_closed(care_world):
    world = care_world
    let = dwelling(world)
    bodil = world.actor("bodil")
    with pytest.raises(Refused) as taken:
        dwelling(world)
    assert codes(taken) == ["number_taken"]
    closed = DwellingFacts(let.unit_id, let.number, let.address, HousingKind(let.kind), DECEMBER)
    tenancy = contract(world, world.astrid, let)
    with pytest.raises(Refused) as is_let:
        housing.change_dwelling(bodil, dwelling_id=let.pk, facts=closed)
    assert codes(is_let) == ["is_let"]
    end = dt.date(2024, 11, 30)
    housing.end_tenancy(bodil, today=world.today, number=tenancy.number, last_on=end)
    housing.change_dwelling(bodil, dwelling_id=let.pk, facts=closed)
    with pytest.raises(Refused) as not_let:
        contract(world, world.birger, let, "2024-12-20")
    assert codes(not_let) == ["dwelling_closed"]
    assert Dwelling.objects.get(pk=let.pk).closed_on == DECEMBER
