"""A month of clients is calculated, with its lines, faults and steps."""

import datetime as dt

from django.db import transaction

from kvitt.modules.care_fees.commands.calculation import Calculated, calculate_clients
from kvitt.modules.care_fees.models import ClientMonth, FeeLine, PerformedService
from kvitt.modules.care_fees.queries.explanation import steps_of

OCTOBER = dt.date(2024, 10, 1)


def calculate(world, *clients, month=OCTOBER):
    with transaction.atomic():
        return calculate_clients(world.municipality.pk, [client.pk for client in clients], month)


def lines_of(client, month=OCTOBER):
    rows = FeeLine.objects.filter(client_month__client=client, client_month__month=month)
    return list(rows.order_by("place").values_list("kind", "text", "amount"))


def test_a_month_is_written_with_lines_and_steps(care_world):
    PerformedService.objects.create(
        client=care_world.birger,
        service=care_world.services["LUN"],
        unit=care_world.north_care,
        month=OCTOBER,
        quantity=12,
    )

    done = calculate(care_world, care_world.astrid, care_world.birger)

    assert done == Calculated(2, 0)
    assert lines_of(care_world.birger) == [
        ("care", "Personlig omvårdnad", 182_300),
        ("care", "Trygghetslarm", 31_000),
        ("product", "Lunch", 93_600),
    ]
    month = ClientMonth.objects.get(client=care_world.birger)
    assert (month.total, month.area, month.status) == (306_900, care_world.north, "calculated")
    assert [each.area for each in month.concerned_areas.all()] == [care_world.south]
    assert "2\xa0574" in steps_of(month)[0]
