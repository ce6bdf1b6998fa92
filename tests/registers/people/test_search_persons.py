"""The administrator finds persons by name in a list, and by number in a form that leaves no trace."""

import io

import openpyxl
import pytest
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.registers.people import queries

from .conftest import ELSA, RUTGER, TOVA, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("CO-8", "CO-25")]
LIST, FIND = "people:search_persons", "people:find_person"


def test_part_of_a_name_finds_without_regard_to_case(administrator, elsa, rutger):
    assert list(queries.search_persons(administrator, name="ÖST rut")) == [rutger]


def test_nobody_is_listed_before_a_name_is_given(administrator_client, elsa):
    answer = administrator_client.get(reverse(LIST))

    assert answer.context["page"].rows == []
    assert not Event.objects.exists()


def test_list_shows_persons_and_logs_who_was_shown(administrator_client, elsa, rutger):
    answer = administrator_client.get(reverse(LIST), {"name": "östh"})

    assert "Rutger Östh" in answer.content.decode()
    assert "Elsa" not in answer.content.decode()
    [event] = Event.objects.filter(action="people.search_persons")
    assert list(event.subjects.values_list("person_id", flat=True)) == [rutger.pk]


@pytest.mark.requirement("QU-19")
def test_protected_person_is_not_found_by_name(administrator_client, hidden_tova):
    answer = administrator_client.get(reverse(LIST), {"name": "tova"})

    assert answer.context["page"].rows == []


@pytest.mark.requirement("CO-26", "QU-19")
def test_export_holds_what_the_list_holds(administrator_client, region, elsa, hidden_tova):
    make_person(region, RUTGER, "Rutger", "=1+1")

    answer = administrator_client.get(reverse(LIST), {"name": "r", "format": "xlsx"})

    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    names = {row[0]: row[1] for row in sheet.iter_rows(min_row=3, values_only=True)}
    assert names == {"20130205-2384": "Elsa Provsson", "20130310-2394": "Rutger =1+1"}


def test_list_is_the_administrators(dentist_client):
    assert dentist_client.get(reverse(LIST)).status_code == 403
    assert dentist_client.get(reverse(FIND)).status_code == 403


def test_other_authoritys_persons_are_not_listed(other_administrator_client, elsa):
    answer = other_administrator_client.get(reverse(LIST), {"name": "elsa"})

    assert answer.context["page"].rows == []


@pytest.mark.requirement("QU-9")
def test_list_takes_the_same_queries_for_one_and_for_many(
    administrator_client, region, elsa, django_assert_max_num_queries
):
    for serial in range(30):
        make_person(region, f"{serial:012d}", family_name="Provsson")

    with django_assert_max_num_queries(12):
        administrator_client.get(reverse(LIST), {"name": "provsson"})


@pytest.mark.requirement("QU-18")
def test_number_finds_the_person_and_is_in_no_address(administrator_client, elsa):
    answer = administrator_client.post(reverse(FIND), {"number": "20130205-2384"})

    assert answer["Location"] == reverse("people:person", args=[elsa.code])


def test_protected_person_is_found_by_number(administrator_client, hidden_tova):
    answer = administrator_client.post(reverse(FIND), {"number": TOVA})

    assert answer["Location"] == reverse("people:person", args=[hidden_tova.code])


def test_unknown_number_is_told_so(administrator_client, elsa):
    answer = administrator_client.post(reverse(FIND), {"number": RUTGER})

    assert answer.status_code == 422
    assert answer.context["page"].form.errors.keys() == {"number"}


def test_number_with_two_meanings_is_asked_about_and_then_found(administrator_client, elsa):
    asked = administrator_client.post(reverse(FIND), {"number": "1302052384"})
    answer = administrator_client.post(reverse(FIND), {"number": "1302052384", "which": ELSA})

    assert asked.status_code == 422
    assert answer["Location"] == reverse("people:person", args=[elsa.code])
