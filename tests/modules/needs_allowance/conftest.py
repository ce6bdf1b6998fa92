"""The case of the seed's figures 12 to 20: a bridge and a splint that require preauthorization."""

import datetime as dt

import pytest

from kvitt.preauthorization.models import Preauthorization


@pytest.fixture
def number(world):
    """A case of Elsa's, begun ten days ago."""
    return world.create_case(world.elsa, first_on=dt.date(2024, 11, 10))


@pytest.fixture
def bridge(world, number):
    """852 on tooth 13, 8 550 kr, performed today."""
    return world.report(number, "852", "13")


@pytest.fixture
def splint(world, number):
    """601 in the upper jaw, 4 335 kr, performed today."""
    return world.report(number, "601", "ÖK")


@pytest.fixture
def statuses(world):
    """Return a function: the shown status of procedures now."""
    return lambda *procedures: [world.reload(procedure).shown_status.value for procedure in procedures]


@pytest.fixture
def stored():
    """Return a function: a request as the database has it."""
    return lambda request_id: Preauthorization.objects.get(pk=request_id)
