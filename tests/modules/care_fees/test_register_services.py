"""What was done is registered: many cells in one transaction, with what becomes of each."""

import datetime as dt

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import registrations as commands
from kvitt.modules.care_fees.models import Client, ClientMonth, PerformedService
from kvitt.modules.care_fees.queries.registrations import Cell, Seen
from kvitt.registers.access import queries as access
from tests.care_world import SERVICES
from tests.world import TODAY

pytestmark = pytest.mark.requirement("CF-11")
OCTOBER = dt.date(2024, 10, 1)


@pytest.fixture
def register(care_world):
    """Return a function that registers for Norr's home care in October, and tells what each cell answers."""

    def register(*cells, who="karla", unit=None, month=OCTOBER, opened=()):
        actor = access.actor(care_world.users[who], "", today=TODAY)
        planned = commands.register_services(
            actor,
            today=TODAY,
            unit_id=(unit or care_world.north_care).pk,
            month=month,
            cells=[cell(care_world, *facts) for facts in cells],
            opened=opened,
        )
        return [plan.problem.code if plan.problem else plan.stored for plan in planned]

    return register


def cell(world, client, code, text, seen=None):
    return Cell(client.number, world.services[code].pk, text, seen)


def stored():
    return sorted(
        PerformedService.objects.values_list("client__person__given_name", "service__code", "quantity")
    )


def test_faultless_figures_are_saved_beside_faulty_ones(care_world, register):
    world = care_world
    answers = register(
        (world.astrid, "LUN", "12"),
        (world.astrid, "BOS", "2:30"),
        (world.birger, "LUN", "tolv"),
        (world.birger, "BAR", "1"),
        (world.birger, "OMV", "1"),
        (world.greta, "LUN", "1"),
    )
    assert answers == [
        Seen(12, 1),
        Seen(150, 1),
        "not_a_figure",
        "restricted",
        "not_a_product",
        "not_at_unit",
    ]
    assert stored() == [("Astrid", "BOS", 150), ("Astrid", "LUN", 12)]
    event = Event.objects.get(action="care_fees.register_services")
    number = world.astrid.number
    assert event.data == {
        "before": {f"{number} LUN": None, f"{number} BOS": None},
        "after": {f"{number} LUN": 12, f"{number} BOS": 150},
    }
    assert list(event.subjects.values_list("person_id", flat=True)) == [world.astrid.person_id]
    assert Client.objects.get(pk=world.astrid.pk).version == 2
    assert Client.objects.get(pk=world.birger.pk).version == 1


def test_second_of_two_who_type_at_once_sees_the_first(care_world, register):
    empty = Seen(None, 0)
    assert register((care_world.astrid, "LUN", "12", empty)) == [Seen(12, 1)]
    assert register((care_world.astrid, "LUN", "7", empty)) == ["changed_meanwhile"]
    assert register((care_world.astrid, "LUN", "12", empty)) == [Seen(12, 1)]  # they agree
    assert register((care_world.astrid, "LUN", "7", Seen(12, 1))) == [Seen(7, 2)]
    assert register((care_world.astrid, "LUN", "", Seen(7, 2))) == [empty]
    assert stored() == []


@pytest.mark.requirement("CF-12")
def test_after_the_calculation_only_the_count_changes(care_world, register):
    client = care_world.astrid
    register((client, "LUN", "12"))
    month = ClientMonth.objects.create(client=client, month=OCTOBER, status="calculated")
    assert register((client, "LUN", "")) == ["not_removed"]
    assert register((client, "LUN", "0")) == [Seen(0, 2)]
    assert Client.objects.get(pk=client.pk).version == 3
    assert Event.objects.filter(action="care_fees.register_services").latest("pk").data == {
        "before": {f"{client.number} LUN": 12},
        "after": {f"{client.number} LUN": 0},
    }
    month.status = "approved"
    month.save()
    assert register((client, "LUN", "1")) == ["month_locked"]
    assert stored() == [("Astrid", "LUN", 0)]


@pytest.mark.requirement("CO-4", "CF-28")
def test_units_and_clients_of_others_are_not_reached(care_world, register):
    world = care_world
    with pytest.raises(Http404):
        register((world.birger, "LUN", "1"), who="ulf")
    # Ulf's unit serves Birger of another area; Astrid he must have found by her number.
    at_south = {"who": "ulf", "unit": world.south_care}
    assert register((world.birger, "LUN", "1"), **at_south) == [Seen(1, 1)]
    assert register((world.astrid, "LUN", "1"), **at_south) == ["not_at_unit"]
    assert register((world.astrid, "LUN", "1"), **at_south, opened={world.astrid.person_id}) == [Seen(1, 1)]
    assert register((world.greta, "LUN", "2"), who="bodil", unit=world.care_home) == [Seen(2, 1)]


def test_month_to_come_and_closed_unit_refuse_all(care_world, register):
    with pytest.raises(Refused, match="has not begun"):
        register((care_world.astrid, "LUN", "1"), month=dt.date(2024, 12, 1))
    care_world.north_care.closed_on = dt.date(2024, 9, 30)
    care_world.north_care.save()
    with pytest.raises(Refused, match="closed on 2024-09-30"):
        register((care_world.astrid, "LUN", "1"))


def test_many_cells_take_as_many_statements_as_one(care_world, register):
    products = [code for code, _name, kind, *_ in SERVICES if kind == "product" and code != "BAR"]
    clients = [care_world.astrid, care_world.birger]

    def statements(cells):
        with CaptureQueriesContext(
            connection,
        ) as context:
            register(*cells)
        return len(context)

    one = statements([(clients[0], "LUN", "1")])
    assert statements([(client, code, "5") for client in clients for code in products]) == one
