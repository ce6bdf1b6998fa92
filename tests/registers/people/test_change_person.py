"""What is known of a person changes, and the log tells what was before."""

import datetime as dt

import pytest
from django.http import Http404
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.people import commands

from .conftest import ELSA, TODAY, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("CO-8")]


def change(actor, person, **values):
    known = {
        name: getattr(person, name)
        for name in ("given_name", "family_name", "phone", "died_on", "is_protected", "area_clinic_id")
    }
    return commands.change_person(actor, today=TODAY, code=person.code, **{**known, **values})


def test_new_name_is_found_and_sorted(administrator, elsa):
    change(administrator, elsa, family_name="Åkesson")

    elsa.refresh_from_db()
    assert elsa.search_key == "elsa åkesson"
    assert elsa.sort_key > "z"


@pytest.mark.requirement("CO-30")
def test_log_holds_only_what_changed(administrator, elsa):
    change(administrator, elsa, phone="013-20 00 00", died_on=dt.date(2025, 3, 1))

    [event] = Event.objects.filter(action="people.change_person")
    assert event.data == {
        "before": {"phone": "013-10 00 00", "died_on": None},
        "after": {"phone": "013-20 00 00", "died_on": "2025-03-01"},
    }


@pytest.mark.requirement("QU-19")
def test_protection_takes_the_name_out_of_search_and_log(administrator, elsa):
    change(administrator, elsa, is_protected=True, given_name="Anna")

    elsa.refresh_from_db()
    [event] = Event.objects.filter(action="people.change_person")
    assert (elsa.sort_key, elsa.search_key) == ("", "")
    assert event.data["after"] == {"given_name": "***", "is_protected": True}


def test_lifted_protection_makes_the_name_findable_again(administrator, hidden_tova):
    change(administrator, hidden_tova, is_protected=False)

    hidden_tova.refresh_from_db()
    assert hidden_tova.search_key == "tova dold"


def test_faults_are_refused_and_nothing_is_saved(administrator, elsa):
    with pytest.raises(Refused):
        change(administrator, elsa, died_on=dt.date(2025, 3, 21))

    elsa.refresh_from_db()
    assert elsa.died_on is None
    assert not Event.objects.exists()


def test_area_clinic_is_one_of_the_authority(administrator, elsa):
    with pytest.raises(Http404):
        change(administrator, elsa, area_clinic_id=99)


def test_person_of_another_authority_is_not_found(administrator, other_region):
    stranger = make_person(other_region, ELSA)

    with pytest.raises(Http404):
        change(administrator, stranger)


def test_only_the_administrator_changes_persons(dentist, elsa):
    with pytest.raises(NotAllowed):
        change(dentist, elsa)


def test_form_begins_with_what_is_known_and_saves(administrator_client, elsa):
    url = reverse("people:change_person", args=[elsa.code])
    form = administrator_client.get(url).context["page"].form
    assert form.initial["phone"] == "013-10 00 00"
    assert "born_on" not in form.fields

    answer = administrator_client.post(url, {"given_name": "Elsa", "family_name": "Nyman", "phone": ""})

    elsa.refresh_from_db()
    assert answer.status_code == 303
    assert (elsa.family_name, elsa.phone, elsa.born_on) == ("Nyman", "", dt.date(2013, 2, 5))


@pytest.mark.requirement("QU-19")
def test_protected_person_is_not_changed_before_a_reason_is_given(administrator_client, hidden_tova):
    url = reverse("people:change_person", args=[hidden_tova.code])

    answer = administrator_client.get(url)

    assert answer.status_code == 303
    assert answer["Location"].startswith(reverse("people:open_protected", args=[hidden_tova.code]))
