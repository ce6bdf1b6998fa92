"""A month of clients is calculated: written by sets, found red by one comparison, brought when it is late."""

import datetime as dt

import pytest
from django.db import connection, transaction
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from kvitt.audit.models import Event
from kvitt.modules.care_fees.commands import absences, corrections, granted, settings, steps
from kvitt.modules.care_fees.commands.calculation import Calculated, calculate_client, calculate_clients
from kvitt.modules.care_fees.lifecycle import AbsenceReason, FeeType, Lamp
from kvitt.modules.care_fees.models import (
    Absence,
    Client,
    ClientMonth,
    FeeLine,
    Income,
    IncomeStatement,
    PerformedService,
    Service,
    ServicePrice,
)
from kvitt.modules.care_fees.queries import lamps
from kvitt.modules.care_fees.queries.explanation import month_of, steps_of
from kvitt.modules.care_fees.queries.facts import load_facts
from kvitt.modules.care_fees.queries.terms import month_terms
from kvitt.modules.care_fees.rules.absence import AbsenceFacts
from kvitt.modules.care_fees.rules.corrections import NewCorrection
from kvitt.modules.care_fees.rules.settings import SettingsValues
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.people import commands as people
from kvitt.registers.people.models import Relation
from tests.world import TODAY

pytestmark = pytest.mark.requirement("CF-21", "CF-24")

OCTOBER, NOVEMBER = dt.date(2024, 10, 1), dt.date(2024, 11, 1)


def calculate(world, *clients, month=OCTOBER):
    with transaction.atomic():
        return calculate_clients(world.municipality.pk, [client.pk for client in clients], month)


def approve(*clients, month=OCTOBER):
    ClientMonth.objects.filter(client__in=clients, month=month).update(status="approved")
    Client.objects.filter(pk__in=[client.pk for client in clients]).update(changed_from=None)


def lines_of(client, month=OCTOBER):
    rows = FeeLine.objects.filter(client_month__client=client, client_month__month=month)
    return list(rows.order_by("place").values_list("kind", "text", "amount"))


def lamps_of(world, *areas, month=OCTOBER):
    terms = month_terms(world.municipality.pk, month)
    found = lamps.lamps([area.pk for area in areas or (world.north, world.south)], month, terms)
    return {client.person.given_name: client.lamp for client in found.select_related("person")}


def red_ids(world, month=OCTOBER):
    return lamps.red_ids([world.north.pk, world.south.pk], month, month_terms(world.municipality.pk, month))


def register(client, service, quantity, unit, month=OCTOBER):
    return PerformedService.objects.create(
        client=client, service=service, unit=unit, month=month, quantity=quantity
    )


def away(first, last, reason=AbsenceReason.UNPLANNED):
    return AbsenceFacts(reason, first, last, first)


def test_a_month_is_written_with_lines_areas_and_steps(care_world):
    world = care_world
    register(world.birger, world.services["LUN"], 12, world.north_care)

    done = calculate(world, world.astrid, world.birger)

    assert done == Calculated(2, 0)
    assert lines_of(world.birger) == [
        ("care", "Personlig omvårdnad", 182_300),
        ("care", "Trygghetslarm", 31_000),
        ("product", "Lunch", 93_600),
    ]
    month = ClientMonth.objects.get(client=world.birger)
    assert (month.total, month.area, month.status) == (306_900, world.north, "calculated")
    assert [each.area for each in month.concerned_areas.all()] == [world.south]
    assert "2\xa0574" in steps_of(month, sees_income=True)[0]
    assert calculate(world) == Calculated(0, 0)


@pytest.mark.requirement("CF-24", "CF-28", "CF-30")
def test_again_replaces_what_is_not_approved_and_touches_nothing_that_is(care_world):
    world = care_world
    calculate(world, world.astrid, world.birger)
    approve(world.astrid)
    before = ClientMonth.objects.get(client=world.astrid)

    done = calculate(world, world.astrid, world.birger)

    assert done == Calculated(1, 0)
    assert ClientMonth.objects.get(client=world.astrid).calculated_at == before.calculated_at
    assert (ClientMonth.objects.count(), len(lines_of(world.birger))) == (2, 2)


@pytest.mark.requirement("CF-25", "CF-24")
def test_faults_are_kept_and_hinder_nobody_else(care_world):
    world = care_world
    world.astrid.settings.update(accepts_cap=False, parish_code="")
    Service.objects.filter(code="LARM").update(is_capped=False)
    ServicePrice.objects.filter(service__code="LARM").delete()

    done = calculate(world, world.astrid, world.birger, world.greta)

    assert done == Calculated(1, 2)
    faults = {month.client_id: month.faults for month in ClientMonth.objects.all()}
    assert [each["kind"] for each in faults[world.astrid.pk]] == ["income_missing", "parish_missing"]
    assert faults[world.birger.pk] == [
        {"kind": "price_missing", "values": {"service": "Trygghetslarm"}, "is_spouse": False}
    ]
    assert faults[world.greta.pk] == []
    assert lamps_of(world)["Birger"] == Lamp.RED


@pytest.mark.requirement("CF-20", "CF-21a")
def test_incomes_of_a_couple_are_read_from_both(care_world):
    world = care_world
    for client, amount in ((world.dagny, 1_500_000), (world.erik, 1_000_000)):
        client.settings.update(accepts_cap=False)
        stated = IncomeStatement.objects.create(
            client=client, first_on=OCTOBER, received_on=OCTOBER, rent=600_000, registered_by="Fia"
        )
        Income.objects.create(statement=stated, kind="pension", pace="monthly", amount=amount)

    assert calculate(world, world.dagny, world.erik) == Calculated(2, 0)

    # Half of 25 000, less half of 6 000 and the reserved amount 5 761,52 of 2024.
    month = ClientMonth.objects.get(client=world.dagny)
    assert "3\xa0738,48" in " ".join(steps_of(month, sees_income=True))
    assert "3\xa0738,48" not in " ".join(steps_of(month, sees_income=False))
    assert lines_of(world.erik) == []
    Relation.objects.update(last_on=OCTOBER - dt.timedelta(days=1))
    assert calculate(world, world.dagny) == Calculated(0, 1)


# Lamps ----------------------------------------------------------------------------------------------


@pytest.mark.requirement("CF-24", "CF-26")
def test_any_change_turns_the_client_and_the_spouse_red(care_world):
    world, karla = care_world, care_world.actor("karla")
    clients = [world.astrid, world.birger, world.dagny, world.erik]
    changes = {
        "Birger": lambda: granted.end_granted(
            karla,
            today=TODAY,
            number=world.birger.number,
            granted_id=world.birger.granted.get(service__code="LARM").pk,
            last_on=dt.date(2024, 9, 30),
        ),
        "Astrid": lambda: corrections.add_correction(
            karla,
            today=TODAY,
            number=world.astrid.number,
            new=NewCorrection(world.services["LUN"].pk, world.north_care.pk, -100, "Åter"),
        ),
    }
    for name, change in changes.items():
        calculate(world, *clients)
        assert set(lamps_of(world, world.north).values()) == {Lamp.YELLOW}
        with transaction.atomic():
            change()
        red = {who for who, lamp in lamps_of(world, world.north).items() if lamp == Lamp.RED}
        assert red == ({"Dagny", "Erik"} if name == "Dagny" else {name})
        assert len(red_ids(world)) == len(red) + 1
    calculate(world, *clients)
    approve(world.astrid)
    ServicePrice.objects.filter(service=world.services["OMV"]).update(amount=190_000)
    assert lamps_of(world, world.north)["Astrid"] == Lamp.GREEN
    assert lamps_of(world, world.north)["Birger"] == Lamp.RED


def steps_settings(actor, client):
    settings.change_settings(
        actor,
        today=TODAY,
        number=client.number,
        first_on=OCTOBER,
        values=SettingsValues(FeeType.COUPLE, accepts_cap=False, parish_code="058001"),
    )


@pytest.mark.requirement("CF-26", "CF-2")
def test_a_change_of_the_person_or_of_the_partner_turns_red_and_a_death_says_from_when(care_world):
    world = care_world
    calculate(world, world.dagny, world.erik)

    person = world.erik.person
    people.change_person(
        world.actor("mona"),
        today=TODAY,
        code=person.code,
        given_name=person.given_name,
        family_name=person.family_name,
        phone="",
        died_on=dt.date(2024, 9, 20),
        is_protected=False,
        area_clinic_id=None,
    )

    assert {lamps_of(world, world.north)[name] for name in ("Dagny", "Erik")} == {Lamp.RED}
    assert set(Client.objects.values_list("changed_from", flat=True)) == {None, dt.date(2024, 9, 1)}


@pytest.mark.requirement("QU-5", "CF-26")
def test_a_run_with_nothing_changed_reads_no_facts(care_world, django_assert_num_queries):
    world = care_world
    world.astrid.settings.update(accepts_cap=False)
    calculate(world, *Client.objects.all())
    terms = month_terms(world.municipality.pk, OCTOBER)

    with django_assert_num_queries(1):
        assert lamps.red_ids([world.north.pk, world.south.pk], OCTOBER, terms) == []
    with django_assert_num_queries(1):
        found = lamps.counts([world.north.pk, world.south.pk], OCTOBER, terms)
    assert found == {Lamp.RED: 1, Lamp.YELLOW: 4, Lamp.GREEN: 0}


@pytest.mark.requirement("QU-4", "CF-24")
def test_many_clients_take_as_many_statements_as_one(care_world):
    world = care_world
    for client in Client.objects.all():
        register(client, world.services["LUN"], 3, world.north_care)
        Absence.objects.create(client=client, **vars_of(away(OCTOBER, OCTOBER)))

    def statements(*clients):
        with CaptureQueriesContext(connection) as captured:
            calculate(world, *clients)
        return len(captured)

    statements(*Client.objects.all())
    one, all_of_them = statements(world.astrid), statements(*Client.objects.all())

    assert one <= all_of_them <= 45
    assert all_of_them - one <= 3


def vars_of(facts):
    return {
        "reason": facts.reason.value,
        "first_on": facts.first_on,
        "last_on": facts.last_on,
        "reported_on": facts.reported_on,
    }


# Locked months --------------------------------------------------------------------------------------


@pytest.mark.requirement("CF-17", "CF-28")
def test_a_late_absence_is_brought_with_the_next_month_and_not_again(care_world):
    world, karla = care_world, care_world.actor("kurt")
    calculate(world, world.greta)
    approve(world.greta)

    absences.add_absence(
        karla,
        today=TODAY,
        number=world.greta.number,
        new=away(dt.date(2024, 10, 7), dt.date(2024, 10, 9), AbsenceReason.UNPLANNED_CARE_HOME),
    )
    calculate(world, world.greta, month=NOVEMBER)
    brought = lines_of(world.greta, NOVEMBER)
    approve(world.greta, month=NOVEMBER)
    december = dt.date(2024, 12, 1)
    calculate(world, world.greta, month=december)

    assert brought[2:] == [
        ("difference", "Justering för oktober 2024: Omvårdnad vårdbostad", -25_740),
        ("difference", "Justering för oktober 2024: Kost vårdbostad", -30_600),
    ]
    assert len(lines_of(world.greta)) == len(lines_of(world.greta, december)) == 2
    told = steps_of(ClientMonth.objects.get(client=world.greta, month=NOVEMBER), sees_income=True)
    assert any("2024" in step and "563,40" in step for step in told)


@pytest.mark.requirement("CF-17")
def test_an_open_planned_absence_comes_to_owe_an_earlier_month(care_world):
    world = care_world
    Absence.objects.create(
        client=world.greta,
        reason="planned",
        first_on=dt.date(2024, 10, 28),
        reported_on=dt.date(2024, 10, 1),
    )
    calculate(world, world.greta)
    approve(world.greta)
    calculate(world, world.greta, month=NOVEMBER)

    assert len(lines_of(world.greta)) == 2
    assert lines_of(world.greta, NOVEMBER)[-1] == (
        "difference",
        "Justering för oktober 2024: Kost vårdbostad",
        -40_800,
    )


@pytest.mark.requirement("CF-29")
def test_what_is_too_little_is_brought_with_the_next_month_once(care_world):
    world = care_world
    world.astrid.granted.update(amount=4_000)
    calculate(world, world.astrid)
    assert ClientMonth.objects.get(client=world.astrid).carried_amount == 4_000
    approve(world.astrid)

    calculate(world, world.astrid, month=NOVEMBER)
    calculate(world, world.astrid, month=NOVEMBER)
    assert lines_of(world.astrid, NOVEMBER)[-1] == ("carried", "Överfört från oktober 2024", 4_000)
    service, carried = FeeLine.objects.filter(client_month__client=world.astrid).order_by("pk")[::2]
    assert carried.service == service.service, "revenue and VAT are those of what it is of"
    approve(world.astrid, month=NOVEMBER)
    calculate(world, world.astrid, month=dt.date(2024, 12, 1))
    assert len(lines_of(world.astrid, dt.date(2024, 12, 1))) == 1


# One client -----------------------------------------------------------------------------------------


@pytest.mark.requirement("CF-24", "CF-25", "CF-22")
def test_one_client_is_calculated_with_the_spouse_and_explained(care_world):
    world, karla = care_world, care_world.actor("karla")
    done = calculate_client(karla, number=world.dagny.number, month=OCTOBER, today=TODAY)

    assert done == Calculated(2, 0)
    assert lamps_of(world, world.north)["Erik"] == Lamp.YELLOW
    event = Event.objects.get(action="care_fees.calculate_client")
    assert event.data["after"] == {"month": "2024-10", "calculated": 2, "faulty": 0}
    found = month_of(world.dagny, OCTOBER)
    assert (found.total, len(steps_of(found, sees_income=True))) == (182_300, 3)
    with pytest.raises(NotAllowed):
        calculate_client(world.actor("fia"), number=world.dagny.number, month=OCTOBER, today=TODAY)
    with pytest.raises(Http404):
        calculate_client(world.actor("kurt"), number=world.dagny.number, month=OCTOBER, today=TODAY)


@pytest.mark.requirement("CF-29", "CF-26")
def test_a_re_opened_month_turns_later_ones_red(care_world):
    world = care_world
    calculate(world, world.astrid, world.birger)
    calculate(world, world.astrid, month=NOVEMBER)

    steps.touch_others([world.astrid.pk, world.birger.pk], OCTOBER)

    assert lamps_of(world, month=NOVEMBER)["Astrid"] == Lamp.RED
    assert lamps_of(world)["Birger"] == Lamp.YELLOW


def test_facts_come_in_the_order_asked_for(care_world):
    world = care_world
    terms = month_terms(world.municipality.pk, OCTOBER)

    found = load_facts([world.greta.pk, world.astrid.pk], OCTOBER, terms)

    assert [each.client for each in found] == [world.greta.pk, world.astrid.pk]
    assert [each.area for each in found] == [world.south.pk, world.north.pk]
