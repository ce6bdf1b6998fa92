"""Two who keep services or grant them at the same moment: one goes through, the other is told."""

import datetime as dt
from dataclasses import replace

import pytest

from kvitt.modules.care_fees.commands import granted, services
from kvitt.modules.care_fees.models import GrantedService, Service
from kvitt.modules.care_fees.rules.catalogue import PriceFacts
from tests.care_world import CareWorld
from tests.modules.needs_allowance.test_two_at_once import at_once

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.requirement("CO-24", "CF-6"),
    pytest.mark.django_db(transaction=True),
]


def test_code_price_place_and_grant_are_given_once(settings):
    settings.KVITT_TODAY = CareWorld.today
    world = CareWorld()
    omv, alarm = world.services["OMV"], world.services["LARM"]
    bodil, karla = world.actor("bodil"), world.actor("karla")

    def add(name):
        facts = replace(alarm.facts(), code="NY", name=name)
        return lambda: services.save_service(bodil, facts=facts).name

    def price(amount):
        facts = PriceFacts(world.today + dt.timedelta(days=1), amount)
        return lambda: (
            services.set_service_price(bodil, today=world.today, service_id=omv.pk, price=facts).amount
        )

    def grant():
        return granted.grant_service(
            karla,
            today=world.today,
            number=world.astrid.number,
            service_id=alarm.pk,
            unit_id=world.south_care.pk,
            first_on=world.today,
        ).service.code

    def move(service):
        return lambda: services.move_service(bodil, service_id=service.pk, is_up=False).code

    assert ["code_exists"] in at_once(add("En"), add("Två"))
    assert sorted(at_once(price(1), price(2))) == [1, 2]
    assert omv.prices.count() == 2
    assert sorted(map(str, at_once(grant, grant))) == ["LARM", "['overlaps']"]
    assert GrantedService.objects.filter(client=world.astrid, service=alarm).count() == 1
    board = world.services["VBO"]
    GrantedService.objects.filter(service=board).delete()

    def end():
        return services.end_service(bodil, service_id=board.pk, last_on=world.today).code

    def grant_board():
        facts = {"service_id": board.pk, "unit_id": world.care_home.pk, "first_on": world.today}
        granted.grant_service(world.actor("kurt"), today=world.today, number=world.greta.number, **facts)
        return "granted"

    assert at_once(end, grant_board) in (
        [["still_granted"], "granted"],
        ["VBO", ["service_not_valid"]],
    )
    at_once(move(omv), move(alarm))
    places = Service.objects.order_by("place").values_list("place", flat=True)
    assert list(places) == list(range(len(world.services) + 1))
