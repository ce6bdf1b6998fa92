"""`kvitt verify` proves the months of clients."""

import datetime as dt

import pytest
from django.db import transaction

from kvitt.modules.care_fees.commands.calculation import calculate_clients
from kvitt.modules.care_fees.models import Client, ClientMonth, ConcernedArea, FeeLine
from kvitt.modules.care_fees.queries import month_proof

OCTOBER = dt.date(2024, 10, 1)


@pytest.mark.requirement("CO-23", "CF-21", "CF-28")
def test_every_disagreement_of_months_and_lines_is_told(care_world):
    world = care_world
    world.greta.settings.update(parish_code="")
    with transaction.atomic():
        calculate_clients(world.municipality.pk, [client.pk for client in Client.objects.all()], OCTOBER)
    assert list(month_proof.breaches()) == []

    months = {month.client_id: month for month in ClientMonth.objects.all()}
    astrid, birger, greta = (months[client.pk] for client in (world.astrid, world.birger, world.greta))
    FeeLine.objects.filter(client_month=astrid).update(amount=1, service_id=99_999, about_month=OCTOBER)
    ClientMonth.objects.filter(pk=birger.pk).update(
        status="approved", area=world.south, carried_amount=5, faults=[{"kind": "parish_missing"}]
    )
    FeeLine.objects.create(client_month=greta, place=0, kind="difference", text="", unit_id=99_999, amount=0)
    ConcernedArea.objects.create(client_month=months[world.dagny.pk], area=world.north)
    for place in (8, 9):
        FeeLine.objects.create(
            client_month=birger, place=place, kind="carried", text="", amount=5, about_month=OCTOBER
        )

    told = "\n".join(month_proof.breaches())

    assert told.count("its total differs") == 2
    for words in (
        *("carries another amount", "faulty without a fault, or with lines", "is calculated, and has faults"),
        *("a service that there is not", "a unit that there is not", "its own month"),
        *("does not say which month", "and is no difference", "is carried twice"),
        *("in an area that the client is not of", "stands among the others"),
    ):
        assert words in told, words
