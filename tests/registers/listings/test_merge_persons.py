"""When two records become one person, one listing goes on."""

import datetime as dt

import pytest
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.listings import commands, queries
from tests.registers.people.conftest import ELSA, TODAY

from .conftest import BEFORE, make_listing, make_person, periods_of

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("CO-8")]


def merge(actor, remaining, other):
    return commands.merge_persons(actor, today=TODAY, code=remaining.code, other_code=other.code)


def test_listing_that_began_last_goes_on_with_the_person_that_remains(
    administrator, listed_elsa, rutger, linghem
):
    make_listing(rutger, linghem, dt.date(2024, 1, 1))

    merge(administrator, listed_elsa, rutger)

    assert periods_of(listed_elsa) == [
        ("1111", BEFORE, dt.date(2025, 3, 19)),
        ("2222", dt.date(2024, 1, 1), None),
    ]
    assert periods_of(rutger) == []


def test_only_listing_follows_to_the_person_that_remains(administrator, elsa, listed_rutger, linghem):
    merge(administrator, elsa, listed_rutger)

    assert queries.listing_on(elsa, TODAY).clinic == linghem
    assert periods_of(elsa) == [("2222", BEFORE, None)]


def test_history_of_both_is_left_as_it_was(administrator, listed_elsa, rutger, linghem):
    make_listing(rutger, linghem, dt.date(2021, 1, 1), dt.date(2021, 12, 31))

    merge(administrator, listed_elsa, rutger)

    assert periods_of(rutger) == [("2222", dt.date(2021, 1, 1), dt.date(2021, 12, 31))]
    assert periods_of(listed_elsa) == [("1111", BEFORE, None)]


def test_open_listing_at_a_closed_clinic_stands_in_nobodys_way(
    administrator, listed_elsa, listed_rutger, ryd
):
    ryd.closed_on = dt.date(2024, 12, 31)
    ryd.save()

    merge(administrator, listed_elsa, listed_rutger)

    assert periods_of(listed_elsa) == [("1111", BEFORE, dt.date(2024, 12, 31)), ("2222", BEFORE, None)]


@pytest.mark.requirement("CO-30")
def test_each_app_logs_its_part(administrator, listed_elsa, listed_rutger):
    merge(administrator, listed_elsa, listed_rutger)

    actions = list(Event.objects.order_by("id").values_list("action", flat=True))
    assert actions == ["people.merge_persons", "listings.merge_persons"]


def test_only_the_administrator_merges(dentist, listed_elsa, listed_rutger):
    with pytest.raises(NotAllowed):
        merge(dentist, listed_elsa, listed_rutger)


# The pages ----------------------------------------------------------------------------------------


def choose(person):
    return reverse("listings:choose_record", args=[person.code])


def confirm(person, other):
    return reverse("listings:merge_persons", args=[person.code, other.code])


@pytest.mark.requirement("QU-18")
def test_other_record_is_chosen_by_number_and_compared(administrator_client, elsa, rutger):
    answer = administrator_client.post(choose(elsa), {"number": "20130310-2394"})

    assert answer["Location"] == confirm(elsa, rutger)


@pytest.mark.parametrize("number", [ELSA, "20130510-2384", "x"])
def test_number_that_leads_to_no_other_record_is_told_so(administrator_client, elsa, number):
    answer = administrator_client.post(choose(elsa), {"number": number})

    assert answer.status_code == 422
    assert answer.context["page"].form.errors.keys() == {"number"}


@pytest.mark.requirement("QU-23")
def test_page_shows_both_and_what_happens_before_anything_does(
    administrator_client, listed_elsa, listed_rutger
):
    answer = administrator_client.get(confirm(listed_elsa, listed_rutger))

    page = answer.content.decode()
    for text in ("Elsa Provsson", "Rutger Östh", "1111 - Ekens", "2222 - Lindens", "2025-03-19"):
        assert text in page
    listed_rutger.refresh_from_db()
    assert listed_rutger.merged_into is None
    [event] = Event.objects.filter(is_read=True)
    assert set(event.subjects.values_list("person_id", flat=True)) == {listed_elsa.pk, listed_rutger.pk}


def test_answer_merges_and_shows_the_person(administrator_client, elsa, rutger):
    answer = administrator_client.post(confirm(elsa, rutger))

    rutger.refresh_from_db()
    assert answer["Location"] == reverse("people:person", args=[elsa.code])
    assert rutger.merged_into == elsa


@pytest.mark.requirement("QU-19")
def test_protected_record_is_not_compared_before_a_reason_is_given(administrator_client, elsa, hidden_tova):
    answer = administrator_client.get(confirm(elsa, hidden_tova))

    assert answer["Location"].startswith(reverse("people:open_protected", args=[hidden_tova.code]))


@pytest.mark.requirement("CO-4")
def test_pages_are_the_administrators_and_stay_in_the_authority(
    dentist_client, other_administrator_client, region, elsa, rutger
):
    assert dentist_client.get(choose(elsa)).status_code == 403
    assert dentist_client.post(confirm(elsa, rutger)).status_code == 403
    assert other_administrator_client.get(choose(elsa)).status_code == 404
    assert other_administrator_client.post(confirm(elsa, rutger)).status_code == 404


def test_record_that_is_merged_already_is_not_compared(administrator_client, region, elsa):
    merged = make_person(region, "201307122398", merged_into=elsa)

    assert administrator_client.get(confirm(elsa, merged)).status_code == 404
