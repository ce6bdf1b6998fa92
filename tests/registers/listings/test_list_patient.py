"""A patient is listed at one's clinic from today, once; the old listing ends the day before."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.http import Http404
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.rules import NotAllowed, Role
from kvitt.registers.listings import commands, queries
from tests.registers.people.conftest import RUTGER, TODAY

from .conftest import BEFORE, actor_of, make_listing, make_person, make_user, periods_of

pytestmark = pytest.mark.requirement("NA-3")
YESTERDAY, TOMORROW = dt.date(2025, 3, 19), dt.date(2025, 3, 21)


def move(actor, person, today=TODAY):
    return commands.list_patient(actor, today=today, code=person.code)


@pytest.mark.django_db
def test_listing_moves_from_today(dentist, listed_rutger):
    move(dentist, listed_rutger)

    assert periods_of(listed_rutger) == [("2222", BEFORE, YESTERDAY), ("1111", TODAY, None)]


@pytest.mark.django_db
def test_patient_without_listing_is_listed(dentist, rutger):
    move(dentist, rutger)

    assert periods_of(rutger) == [("1111", TODAY, None)]


@pytest.mark.django_db
@pytest.mark.requirement("CO-30")
def test_move_is_one_event_with_before_and_after(dentist, listed_rutger):
    old = listed_rutger.listings.get()

    new = move(dentist, listed_rutger)

    [event] = Event.objects.all()
    assert event.action == "listings.list_patient"
    assert event.data == {
        "before": {"listing": old.pk, "clinic": "2222 - Lindens Tandvård Linghem", "last_on": None},
        "after": {"listing": new.pk, "clinic": "1111 - Ekens Tandvård Ryd", "first_on": "2025-03-20"},
    }
    assert list(event.subjects.values_list("person_id", flat=True)) == [listed_rutger.pk]


@pytest.mark.django_db
@pytest.mark.parametrize("again_on", [TODAY, TOMORROW])
def test_patient_is_not_listed_where_he_is_listed(dentist, rutger, again_on):
    move(dentist, rutger)

    with pytest.raises(Refused) as refused:
        move(dentist, rutger, today=again_on)

    assert [problem.code for problem in refused.value.problems] == ["already_listed"]
    assert len(periods_of(rutger)) == 1


@pytest.mark.django_db
def test_patient_is_moved_once_a_day(dentist, linghem_dentist, rutger):
    move(dentist, rutger)

    with pytest.raises(Refused) as refused:
        move(linghem_dentist, rutger)
    move(linghem_dentist, rutger, today=TOMORROW)

    assert "1111 - Ekens Tandvård Ryd" in str(refused.value)
    assert periods_of(rutger) == [("1111", TODAY, TODAY), ("2222", TOMORROW, None)]


@pytest.mark.django_db
def test_new_listing_follows_the_ages_of_today_and_an_old_one_goes_on(region, dentist, linghem):
    grown = make_person(region, "200301012399")
    make_listing(grown, linghem, dt.date(2023, 5, 1))

    with pytest.raises(Refused) as refused:
        move(dentist, grown)

    assert [problem.code for problem in refused.value.problems] == ["too_old"]
    assert queries.listing_on(grown, TODAY).clinic == linghem


@pytest.mark.django_db
@pytest.mark.requirement("CO-15")
def test_the_authoritys_own_age_wins(region, dentist):
    region.parameter_values.create(
        name="listings.last_age", first_on=dt.date(2025, 1, 1), value=22, source="x", entered_by="y"
    )
    grown = make_person(region, "200301012399")

    assert move(dentist, grown).first_on == TODAY


@pytest.mark.django_db
def test_the_dead_are_not_listed(dentist, rutger):
    rutger.died_on = dt.date(2025, 3, 1)
    rutger.save()

    with pytest.raises(Refused) as refused:
        move(dentist, rutger)

    assert [problem.code for problem in refused.value.problems] == ["dead"]


@pytest.mark.django_db
@pytest.mark.requirement("CO-2")
def test_closed_clinic_lists_nobody_and_names_whom_to_contact(dentist, ryd, rutger):
    ryd.closed_on = YESTERDAY
    ryd.save()

    with pytest.raises(Refused, match="Tandvårdsenheten, 010-103 00 00"):
        move(dentist, rutger)


@pytest.mark.django_db
@pytest.mark.requirement("CO-2")
def test_patient_of_a_closed_clinic_keeps_its_last_day(dentist, linghem, listed_rutger):
    linghem.closed_on = dt.date(2024, 12, 31)
    linghem.save()

    move(dentist, listed_rutger)

    assert periods_of(listed_rutger) == [("2222", BEFORE, dt.date(2024, 12, 31)), ("1111", TODAY, None)]


@pytest.mark.django_db
def test_merged_record_lists_the_person_that_remains(region, dentist, linghem, rutger):
    merged = make_person(region, "201307122398", merged_into=rutger)
    make_listing(merged, linghem)

    move(dentist, merged)

    assert periods_of(merged) == [("2222", BEFORE, YESTERDAY)]
    assert periods_of(rutger) == [("1111", TODAY, None)]


@pytest.mark.django_db
def test_only_who_works_at_a_clinic_lists_patients(region, ryd, administrator, rutger):
    reviewer = actor_of(make_user(Role.REVIEWER, region, "reviewer"))
    provider_wide = actor_of(make_user(Role.DENTAL_INVOICES, ryd.provider, "provider"))

    for actor in (administrator, reviewer, provider_wide):
        with pytest.raises(NotAllowed):
            move(actor, rutger)


@pytest.mark.django_db
def test_person_of_another_authority_is_not_found(dentist, other_region):
    with pytest.raises(Http404):
        move(dentist, make_person(other_region, RUTGER))


@pytest.mark.postgres
@pytest.mark.requirement("CO-24", "QU-13")
@pytest.mark.django_db(transaction=True)
def test_of_two_moves_at_once_one_wins_and_the_other_is_told(dentist, linghem_dentist, rutger):
    start, outcomes = threading.Barrier(2), []

    def move_at_once(actor):
        try:
            start.wait(timeout=10)
            move(actor, rutger)
            outcomes.append("moved")
        except Refused as refused:
            outcomes.append(refused.problems[0].code)
        finally:
            connection.close()

    threads = [threading.Thread(target=move_at_once, args=[actor]) for actor in (dentist, linghem_dentist)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert sorted(outcomes) == ["moved", "moved_today"]
    assert len(periods_of(rutger)) == 1


# The dialog ---------------------------------------------------------------------------------------


def url_of(person):
    return reverse("listings:list_patient", args=[person.code])


@pytest.fixture
def former_patient(rutger, ryd, linghem):
    """Rutger, who was at Ryd before and is at Linghem now."""
    make_listing(rutger, ryd, BEFORE, dt.date(2023, 12, 31))
    make_listing(rutger, linghem, dt.date(2024, 1, 1))
    return rutger


@pytest.mark.django_db
@pytest.mark.requirement("QU-23")
def test_dialog_says_what_happens(dentist_client, former_patient):
    page = dentist_client.get(url_of(former_patient)).context["page"]

    assert "1111 - Ekens Tandvård Ryd" in page.question
    assert "2222 - Lindens Tandvård Linghem" in page.question
    assert "2025-03-19" in page.question
    assert page.problems == []


@pytest.mark.django_db
def test_answer_lists_the_patient_and_says_so(dentist_client, former_patient):
    answer = dentist_client.post(url_of(former_patient), follow=True)

    assert answer.redirect_chain[-1][0] == reverse("listings:patient", args=[former_patient.code])
    assert "1111 - Ekens Tandvård Ryd" in str(next(iter(answer.context["messages"])))
    assert answer.context["page"].patient.listing.first_on == TODAY


@pytest.mark.django_db
@pytest.mark.requirement("CO-33")
def test_refusal_stands_in_the_dialog_in_words(dentist_client, listed_elsa):
    asked = dentist_client.get(url_of(listed_elsa))
    answer = dentist_client.post(url_of(listed_elsa))

    assert asked.context["page"].problems == answer.context["page"].problems
    assert answer.status_code == 422
    assert "btn-primary" not in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.requirement("CO-13")
def test_patient_of_others_is_not_found(dentist_client, listed_rutger):
    assert dentist_client.get(url_of(listed_rutger)).status_code == 404
    assert dentist_client.post(url_of(listed_rutger)).status_code == 404
    assert len(periods_of(listed_rutger)) == 1
