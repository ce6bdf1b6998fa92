"""Two officers who answer a request, or two who make a client, at the same moment: one does, one is told."""

import datetime as dt

import pytest

from kvitt.modules.care_fees.commands import areas, clients
from kvitt.modules.care_fees.lifecycle import FeeType
from kvitt.modules.care_fees.models import AreaRequest, Client, Placement
from kvitt.modules.care_fees.rules.settings import SettingsValues
from tests import world as world_module
from tests.care_world import CareWorld
from tests.modules.needs_allowance.test_two_at_once import at_once
from tests.world import TODAY

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.requirement("CF-5", "CO-24"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def world(transactional_db, settings):
    """The cast, where everybody has signed in already, in a database that other threads see too."""
    settings.KVITT_TODAY = world_module.TODAY
    made = CareWorld()
    actors = {name: made.actor(name) for name in made.users}
    made.actor = actors.__getitem__
    return made


def test_request_is_answered_once(world):
    number, bodil = world.astrid.number, world.actor("bodil")
    request = areas.request_move(
        world.actor("karla"), today=TODAY, number=number, area_id=world.south.pk, reason="Flyttar"
    )

    def move():
        areas.move_client(
            bodil,
            today=TODAY,
            number=number,
            area_id=world.south.pk,
            first_on=dt.date(2024, 11, 1),
            request_id=request.pk,
        )
        return "moved"

    def refuse():
        areas.refuse_move(bodil, today=TODAY, number=number, request_id=request.pk, answer="Nej")
        return "refused"

    outcomes = at_once(move, refuse)
    state = AreaRequest.objects.get().state
    assert sorted(map(str, outcomes)) == sorted(map(str, [state, ["already_answered"]]))
    assert Placement.objects.filter(client=world.astrid).count() == (2 if state == "moved" else 1)


def test_person_becomes_a_client_once(world):
    person = world._person("194011039809", "Nils", "Nyström", None)

    def create():
        values = SettingsValues(FeeType.SINGLE, accepts_cap=True)
        return clients.create_client(
            world.actor("bodil"), today=TODAY, person_code=person.code, first_on=TODAY, values=values
        ).number

    outcomes = at_once(create, create)
    made = Client.objects.get(person=person)
    assert sorted(map(str, outcomes)) == sorted(map(str, [made.number, ["already_client"]]))
