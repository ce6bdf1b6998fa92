"""A person gets another number; the earlier one is kept and finds the same person."""

import datetime as dt

import pytest
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.people import commands, queries

from .conftest import ALVA, ELSA, RUTGER, TODAY, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("CO-8")]


def test_earlier_number_is_kept_with_its_last_day(administrator, elsa):
    commands.change_identity_number(administrator, today=TODAY, code=elsa.code, number=ALVA)

    elsa.refresh_from_db()
    [former] = elsa.former_numbers.all()
    assert (elsa.identity_number, elsa.born_on) == (ALVA, dt.date(2013, 5, 10))
    assert (former.identity_number, former.last_on) == (ELSA, dt.date(2025, 3, 19))


def test_both_numbers_find_the_person(administrator, elsa):
    commands.change_identity_number(administrator, today=TODAY, code=elsa.code, number=ALVA)

    assert queries.find_by_number(administrator, ALVA) == elsa
    assert queries.find_by_number(administrator, ELSA) == elsa


def test_who_has_a_number_now_wins_over_who_had_it(administrator, region, elsa):
    commands.change_identity_number(administrator, today=TODAY, code=elsa.code, number=ALVA)
    rightful = make_person(region, ELSA, "Rätt", "Person")

    assert queries.find_by_number(administrator, ELSA) == rightful


def test_number_of_somebody_else_is_refused(administrator, elsa, rutger):
    with pytest.raises(Refused) as refused:
        commands.change_identity_number(administrator, today=TODAY, code=elsa.code, number=RUTGER)

    assert [problem.code for problem in refused.value.problems] == ["number_taken"]
    assert not elsa.former_numbers.exists()


@pytest.mark.requirement("CO-30")
def test_change_is_logged_without_the_numbers(administrator, elsa):
    commands.change_identity_number(administrator, today=TODAY, code=elsa.code, number=ALVA)

    [event] = Event.objects.filter(action="people.change_identity_number")
    assert event.data["before"] == {"identity_number": "20130205-****"}
    assert ALVA[8:] not in str(event.data)


def test_only_the_administrator_changes_numbers(dentist, elsa):
    with pytest.raises(NotAllowed):
        commands.change_identity_number(dentist, today=TODAY, code=elsa.code, number=ALVA)


def test_form_changes_the_number_and_the_page_shows_the_earlier_one(administrator_client, elsa):
    answer = administrator_client.post(
        reverse("people:change_identity_number", args=[elsa.code]), {"number": "20130510-2384"}, follow=True
    )

    assert answer.redirect_chain[-1][0] == reverse("people:person", args=[elsa.code])
    assert "20130205-2384" in answer.content.decode()
