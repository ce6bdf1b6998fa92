"""A person is registered once per authority, with a number that is checked."""

import datetime as dt

import pytest
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.people import commands
from kvitt.registers.people.models import Person

from .conftest import ELSA, RUTGER, TODAY, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("CO-8")]

NAMES = {"given_name": "Rutger", "family_name": "Östh"}


def test_person_is_registered_with_date_of_birth_and_kind_of_number(administrator):
    person = commands.create_person(administrator, today=TODAY, number="20130310-2394", **NAMES)

    person.refresh_from_db()
    assert (person.identity_number, person.identity_kind) == (RUTGER, "personal")
    assert person.born_on == dt.date(2013, 3, 10)
    assert person.search_key == "rutger östh"


@pytest.mark.requirement("CO-30")
def test_registration_is_logged_without_the_number(administrator):
    person = commands.create_person(administrator, today=TODAY, number=RUTGER, **NAMES)

    [event] = Event.objects.filter(action="people.create_person")
    assert event.subject_key == str(person.code)
    assert event.data["after"]["identity_number"] == "20130310-****"
    assert list(event.subjects.values_list("person_id", flat=True)) == [person.pk]


@pytest.mark.requirement("QU-19")
def test_protected_name_is_not_written_in_the_log(administrator):
    commands.create_person(administrator, today=TODAY, number=RUTGER, is_protected=True, **NAMES)

    [event] = Event.objects.filter(action="people.create_person")
    assert "Rutger" not in str(event.data)
    assert "Östh" not in str(event.data)


def test_number_is_registered_once_in_an_authority(administrator, rutger):
    with pytest.raises(Refused) as refused:
        commands.create_person(administrator, today=TODAY, number=RUTGER, **NAMES)

    assert [problem.code for problem in refused.value.problems] == ["number_taken"]
    assert not Event.objects.exists()


def test_two_authorities_have_a_record_each(administrator, other_region):
    make_person(other_region, RUTGER)

    commands.create_person(administrator, today=TODAY, number=RUTGER, **NAMES)

    assert Person.objects.filter(identity_number=RUTGER).count() == 2


def test_wrong_check_digit_is_refused_at_the_number(administrator):
    with pytest.raises(Refused) as refused:
        commands.create_person(administrator, today=TODAY, number="20130310-2395", **NAMES)

    [problem] = refused.value.problems
    assert (problem.code, problem.field) == ("wrong_check_digit", "number")


def test_ten_digits_that_fit_two_persons_are_not_guessed(administrator):
    with pytest.raises(Refused) as refused:
        commands.create_person(administrator, today=TODAY, number="1303102394", **NAMES)

    assert [problem.code for problem in refused.value.problems] == ["two_persons"]


def test_reserve_numbers_follow_the_patterns_of_the_authority(administrator, region):
    region.reserve_number_patterns = "98yyyyNNNNNN\n"
    region.save()

    person = commands.create_person(
        administrator, today=TODAY, number="982013000001", born_on=dt.date(2013, 7, 1), **NAMES
    )

    assert person.identity_kind == "reserve"
    assert person.born_on == dt.date(2013, 7, 1)


def test_only_the_administrator_registers_persons(dentist):
    with pytest.raises(NotAllowed):
        commands.create_person(dentist, today=TODAY, number=RUTGER, **NAMES)


# The page -----------------------------------------------------------------------------------------

URL = "people:create_person"


def test_form_registers_and_shows_the_person(administrator_client):
    answer = administrator_client.post(reverse(URL), {"number": "20130310-2394", **NAMES})

    person = Person.objects.get()
    assert answer.status_code == 303
    assert answer["Location"] == reverse("people:person", args=[person.code])


@pytest.mark.requirement("CO-33")
def test_what_was_typed_is_kept_beside_the_fault(administrator_client, elsa):
    answer = administrator_client.post(
        reverse(URL), {"number": ELSA, "given_name": "Elsa", "family_name": "Q"}
    )

    assert answer.status_code == 422
    assert answer.context["page"].form.errors.keys() == {"number"}
    assert 'value="Q"' in answer.content.decode()


def test_ten_digits_that_fit_two_persons_are_asked_about(administrator_client):
    answer = administrator_client.post(reverse(URL), {"number": "1303102394", **NAMES})

    question = answer.context["page"].form.fields["which"]
    assert answer.status_code == 422
    assert [text for _, text in question.choices] == ["20130310-2394", "19130310-2394"]


def test_the_answer_decides_which_person_is_meant(administrator_client):
    typed = {"number": "1303102394", "which": RUTGER, **NAMES}

    administrator_client.post(reverse(URL), typed)

    assert Person.objects.get().identity_number == RUTGER


def test_page_is_the_administrators(dentist_client):
    assert dentist_client.get(reverse(URL)).status_code == 403
