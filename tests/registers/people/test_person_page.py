"""The administrator's page about one person."""

import datetime as dt

import pytest
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.registers.people.models import Address

from .conftest import make_person

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("CO-8")]


def url_of(person):
    return reverse("people:person", args=[person.code])


def test_page_shows_the_person_and_logs_the_read(administrator_client, elsa):
    answer = administrator_client.get(url_of(elsa))

    page = answer.content.decode()
    assert "20130205-2384" in page
    assert "Elsa Provsson" in page
    [event] = Event.objects.filter(is_read=True)
    assert (event.action, event.subjects.get().person_id) == ("people.person", elsa.pk)


@pytest.mark.requirement("CO-9")
def test_ended_addresses_stay_on_the_page(administrator_client, elsa):
    Address.objects.create(
        person=elsa,
        kind="registered",
        first_on=dt.date(2020, 1, 1),
        last_on=dt.date(2024, 12, 31),
        street="Gamla vägen 7",
        postcode="58002",
        town="Linköping",
    )

    answer = administrator_client.get(url_of(elsa))

    [row] = answer.context["page"].contacts.addresses
    assert (row.text, row.end_url) == ("Gamla vägen 7, 58002 Linköping", "")
    assert "2024-12-31" in answer.content.decode()


def test_merged_record_leads_to_the_one_that_remains(administrator_client, region, elsa):
    merged = make_person(region, "201307122398", "Elsa", "Provson", merged_into=elsa)

    answer = administrator_client.get(url_of(merged))

    assert answer.context["page"].person == elsa
    assert "20130712-2398" in answer.content.decode()


def test_other_authoritys_person_is_not_found(other_administrator_client, elsa):
    assert other_administrator_client.get(url_of(elsa)).status_code == 404


def test_page_is_the_administrators(dentist_client, elsa):
    assert dentist_client.get(url_of(elsa)).status_code == 403


def test_nobody_is_asked_to_sign_in_first(client, elsa):
    assert client.get(url_of(elsa)).status_code == 302


def test_page_takes_few_queries(administrator_client, elsa, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        administrator_client.get(url_of(elsa))
