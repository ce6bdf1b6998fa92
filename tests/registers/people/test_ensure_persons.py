"""Whoever is named by number alone is registered without a name, once, and shown by the number."""

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction

from kvitt.foundation.values.identity import parse_identity_number
from kvitt.foundation.values.problems import Refused
from kvitt.registers.people import commands, queries
from kvitt.registers.people.models import Person

from .conftest import ALVA, ELSA, RUTGER, TODAY, TOVA, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("PH-2", "CO-8")]
SHOWN = f"{ALVA[:8]}-{ALVA[8:]}"


def ensure(region, *numbers):
    read = [parse_identity_number(number, TODAY)[0] for number in numbers]
    with transaction.atomic():
        return commands.ensure_persons(region.pk, read, today=TODAY)


@pytest.fixture
def nameless(region):
    [person] = ensure(region, ALVA)
    return person


def test_those_who_are_registered_are_used_and_the_others_made(region, elsa):
    persons = ensure(region, ALVA, ELSA, TOVA)

    assert persons[1] == elsa
    assert [person.identity_number for person in persons] == [ALVA, ELSA, TOVA]
    assert [person.name for person in persons[::2]] == [SHOWN, f"{TOVA[:8]}-{TOVA[8:]}"]


def test_person_is_made_once(region, nameless):
    assert ensure(region, ALVA) == [nameless]
    assert Person.objects.filter(identity_number=ALVA).count() == 1


def test_merged_record_leads_to_the_one_that_remains(region, administrator, elsa, rutger):
    commands.merge_persons(administrator, today=TODAY, code=elsa.code, other_code=rutger.code)

    assert ensure(region, RUTGER) == [elsa]


def test_statements_do_not_grow(region, django_assert_num_queries):
    with django_assert_num_queries(4):  # who has the numbers, or had them; the new ones, made and read
        commands.ensure_persons(
            region.pk, [parse_identity_number(n, TODAY)[0] for n in (ALVA, TOVA, RUTGER)], today=TODAY
        )


def test_page_of_a_nameless_person_is_called_by_the_number(administrator, nameless):
    page = queries.person_page(administrator, SessionStore(), nameless.code, today=TODAY)

    assert (page.title, page.crumbs[-1].label) == (SHOWN, SHOWN)
    assert queries.listed_name(nameless) == SHOWN


def test_nameless_person_is_found_by_no_name(administrator, nameless):
    assert list(queries.search_persons(administrator, name="2013")) == []


def test_nameless_record_takes_the_name_of_the_one_merged_into_it(administrator, nameless, elsa):
    commands.merge_persons(administrator, today=TODAY, code=nameless.code, other_code=elsa.code)

    nameless.refresh_from_db()
    assert nameless.name == elsa.name
    assert list(queries.search_persons(administrator, name="Elsa")) == [nameless]


def test_two_nameless_records_can_be_merged(region, administrator, nameless):
    [other] = ensure(region, TOVA)

    commands.merge_persons(administrator, today=TODAY, code=nameless.code, other_code=other.code)

    assert ensure(region, TOVA) == [nameless]


def test_administrator_gives_the_name(administrator, nameless):
    facts = {"phone": "", "died_on": None, "is_protected": False, "area_clinic_id": None}
    with pytest.raises(Refused):
        commands.change_person(
            administrator, today=TODAY, code=nameless.code, given_name="", family_name="", **facts
        )

    named = commands.change_person(
        administrator, today=TODAY, code=nameless.code, given_name="Alva", family_name="Testsson", **facts
    )

    assert named.name == "Alva Testsson"


def test_two_numbers_of_one_person_lead_to_the_same(region, administrator):
    tova = make_person(region, TOVA)
    commands.change_identity_number(administrator, today=TODAY, code=tova.code, number=ALVA)

    assert ensure(region, TOVA, ALVA) == [tova, tova]
