"""Many rows at once: they are there as they were made, with their ids, on both databases."""

import datetime as dt

import pytest

from kvitt.audit.models import Event
from kvitt.foundation import bulk, clock
from kvitt.registers.people.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("QU-7")]


@pytest.fixture(autouse=True)
def always_many(monkeypatch):
    """Few rows are copied too, where the database can."""
    monkeypatch.setattr(bulk, "MANY", 1)


def event(**changes):
    values = {"at": clock.now(), "user_name": "Räksmörgås\t\\N\n", "action": "test.act", "data": {}}
    return Event(**(values | changes))


def test_rows_are_written_in_their_order_with_every_kind_of_value():
    data = {"before": {"name": "å\\\t\n\"'", "none": None, "list": [1, True]}}
    rows = [event(data=data, authority_id=7, is_read=True), event(role="", user_id=None)]

    bulk.insert(rows)

    found = list(Event.objects.order_by("pk"))
    assert [row.pk for row in rows] == [row.pk for row in found]
    assert [(row.data, row.authority_id, row.is_read) for row in found] == [
        (data, 7, True),
        ({}, None, False),
    ]
    assert {row.user_name for row in found} == {"Räksmörgås\t\\N\n"}
    assert [row.at for row in found] == [row.at for row in rows]
    rows[0].refresh_from_db()
    assert not rows[0]._state.adding


def test_dates_and_what_is_left_to_the_model(world):
    person = Person(
        authority=world.region,
        identity_number="194503129803",
        identity_kind="personal",
        given_name="Greta",
        family_name="Provander",
        sort_key="provander greta",
        search_key="greta provander",
        born_on=dt.date(1945, 3, 12),
    )

    bulk.insert([person])

    found = Person.objects.get(pk=person.pk)
    assert (found.born_on, found.died_on, found.code) == (dt.date(1945, 3, 12), None, person.code)


def test_nothing_is_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        bulk.insert([])
