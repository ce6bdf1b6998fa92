"""Two records of one person become one; the other points at it."""

import datetime as dt

import pytest
from django.http import Http404

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.people import commands, queries
from kvitt.registers.people.models import Address

from .conftest import ALVA, ELSA, RUTGER, TODAY, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("CO-8")]


def merge(actor, remaining, other):
    return commands.merge_persons(actor, today=TODAY, code=remaining.code, other_code=other.code)


def test_other_record_points_at_the_one_that_remains(administrator, elsa, rutger):
    merge(administrator, elsa, rutger)

    rutger.refresh_from_db()
    assert rutger.merged_into == elsa
    assert queries.record_ids(elsa) == [elsa.pk, rutger.pk]
    assert queries.person_of(administrator, rutger.code) == elsa
    assert queries.find_by_number(administrator, RUTGER) == elsa


def test_records_merged_before_follow_along(administrator, region, elsa, rutger):
    alva = make_person(region, ALVA)
    merge(administrator, rutger, alva)

    merge(administrator, elsa, rutger)

    assert queries.record_ids(elsa) == [elsa.pk, rutger.pk, alva.pk]
    assert queries.person_of(administrator, alva.code) == elsa


def test_merged_record_is_no_longer_found_by_name(administrator, elsa, rutger):
    merge(administrator, elsa, rutger)

    assert list(queries.search_persons(administrator, name="Rutger")) == []


def test_address_of_the_merged_record_counts_where_the_other_has_none(administrator, elsa, rutger):
    home = Address.objects.create(
        person=rutger,
        kind="registered",
        first_on=dt.date(2020, 1, 1),
        street="Gatan 3",
        postcode="58002",
        town="X",
    )

    merge(administrator, elsa, rutger)

    assert queries.address_on(elsa, TODAY) == home


def test_a_record_is_not_merged_twice(administrator, elsa, rutger):
    merge(administrator, elsa, rutger)

    with pytest.raises(Refused) as refused:
        merge(administrator, elsa, rutger)

    assert [problem.code for problem in refused.value.problems] == ["same_record"]


@pytest.mark.requirement("QU-19")
def test_protection_of_either_record_protects_the_person(administrator, elsa, hidden_tova):
    merge(administrator, elsa, hidden_tova)

    elsa.refresh_from_db()
    [event] = Event.objects.filter(action="people.merge_persons")
    assert (elsa.is_protected, elsa.search_key) == (True, "")
    assert "Provsson" not in str(event.data)


@pytest.mark.requirement("CO-30")
def test_merging_is_logged_for_both_records(administrator, elsa, rutger):
    merge(administrator, elsa, rutger)

    [event] = Event.objects.filter(action="people.merge_persons")
    assert set(event.subjects.values_list("person_id", flat=True)) == {elsa.pk, rutger.pk}


def test_record_of_another_authority_is_not_found(administrator, other_region, elsa):
    with pytest.raises(Http404):
        merge(administrator, elsa, make_person(other_region, ELSA))


def test_only_the_administrator_merges(dentist, elsa, rutger):
    with pytest.raises(NotAllowed):
        merge(dentist, elsa, rutger)
