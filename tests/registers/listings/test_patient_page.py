"""The patient's page: who may open it, and what it shows."""

import datetime as dt

import pytest
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.registers.access import queries as access
from kvitt.registers.access.models import RoleGrant
from kvitt.registers.access.rules import Role
from kvitt.registers.people import queries as people
from kvitt.registers.people.models import Address
from tests.registers.people.conftest import RUTGER

from .conftest import BEFORE, make_clinic, make_listing, make_person, make_user, sign_in

pytestmark = pytest.mark.django_db


def url_of(person):
    return reverse("listings:patient", args=[person.code])


def remember(client, person):
    session = client.session
    people.remember_patient(session, person)
    session.save()


def choose(client, user, number):
    [unit] = [unit for unit in access.units_of(user) if unit.text.startswith(number)]
    session = client.session
    session["unit"] = unit.key
    session.save()


@pytest.fixture
def bjork(ryd):
    return make_clinic(ryd.provider, "3333", "Ekens Tandvård Björk")


@pytest.mark.requirement("NA-1")
def test_page_shows_the_manuals_figures(dentist_client, listed_elsa, ryd):
    listed_elsa.area_clinic = ryd
    listed_elsa.save()
    Address.objects.create(
        person=listed_elsa,
        kind="registered",
        first_on=BEFORE,
        street="Gatan 3",
        postcode="58002",
        town="Linköping",
    )

    page = dentist_client.get(url_of(listed_elsa)).content.decode()

    for text in (
        "20130205-2384",
        "Elsa Provsson",
        "Gatan 3, 58002 Linköping",
        str(listed_elsa.code),
        "556000-0019 - Ekens Tandvård AB",
        "1111 - Ekens Tandvård Ryd",
        "2026-11-27",
        "137\N{NO-BREAK SPACE}kr",
        "3\N{NO-BREAK SPACE}kr",
    ):
        assert text in page


@pytest.mark.requirement("NA-1", "CO-3")
def test_set_aside_shows_only_where_the_clinic_is_connected(dentist_client, listed_elsa, ryd):
    ryd.rights.update(last_on=dt.date(2025, 3, 19))

    listing = dentist_client.get(url_of(listed_elsa)).context["page"].patient.listing

    assert (listing.capitation, listing.set_aside) == (13700, None)


@pytest.mark.requirement("NA-2", "NA-3")
def test_tab_shows_the_history_newest_first(dentist_client, elsa, ryd, linghem):
    make_listing(elsa, ryd, dt.date(2020, 1, 1), dt.date(2022, 12, 31))
    make_listing(elsa, linghem, dt.date(2023, 1, 1))

    rows = dentist_client.get(url_of(elsa)).context["page"].rows

    assert [(row.clinic[:4], str(row.period), row.is_current) for row in rows] == [
        ("2222", "2023-01-01 -", True),
        ("1111", "2020-01-01 - 2022-12-31", False),
    ]


@pytest.mark.requirement("NA-2")
def test_tabs_are_those_the_user_may_open(dentist_client, region, ryd, listed_elsa):
    # Cases are seen only where the clinic is connected to needs allowance.
    tabs = dentist_client.get(url_of(listed_elsa)).context["page"].tabs
    ryd.rights.all().delete()
    unconnected = dentist_client.get(url_of(listed_elsa)).context["page"].tabs

    assert [(tab.url.split("/")[1], tab.is_current) for tab in tabs] == [
        ("dental-records", False),
        ("listings", True),
        ("needs-allowance", False),
        ("dental-records", False),
    ]
    assert [tab.is_current for tab in unconnected] == [False, True, False]


@pytest.mark.requirement("NA-2", "NA-5")
def test_region_sees_neither_care_reports_nor_contacts_among_the_tabs(region, listed_elsa):
    client = sign_in(make_user(Role.REVIEWER, region, "reviewer"))
    remember(client, listed_elsa)

    tabs = client.get(url_of(listed_elsa)).context["page"].tabs

    assert [tab.url.split("/")[1] for tab in tabs] == ["listings", "needs-allowance"]


@pytest.mark.requirement("NA-2")
def test_tabs_stand_in_the_order_of_the_manual(dentist_client, listed_elsa):
    tabs = dentist_client.get(url_of(listed_elsa)).context["page"].tabs

    assert [tab.label for tab in tabs] == ["Vårdrapport", "Listningar", "Behovspeng", "Patientkontakter"]


@pytest.mark.requirement("CO-30", "QU-17")
def test_read_is_logged_for_every_record_of_the_patient(dentist_client, region, listed_elsa):
    merged = make_person(region, "201307122398", merged_into=listed_elsa)

    dentist_client.get(url_of(listed_elsa))

    [event] = Event.objects.filter(is_read=True)
    assert event.action == "listings.patient"
    assert event.unit == "1111 - Ekens Tandvård Ryd"
    assert set(event.subjects.values_list("person_id", flat=True)) == {listed_elsa.pk, merged.pk}


# Who may open it ----------------------------------------------------------------------------------


@pytest.mark.requirement("CO-13")
def test_patient_listed_here_before_opens(dentist_client, elsa, ryd):
    make_listing(elsa, ryd, BEFORE, dt.date(2021, 12, 31))

    assert dentist_client.get(url_of(elsa)).status_code == 200


@pytest.mark.requirement("CO-13", "CO-4")
def test_patient_of_another_clinic_is_not_found(dentist_client, listed_rutger):
    assert dentist_client.get(url_of(listed_rutger)).status_code == 404
    assert not Event.objects.exists()


@pytest.mark.requirement("CO-13")
def test_patient_searched_for_by_number_opens_in_that_session(dentist_client, listed_rutger):
    remember(dentist_client, listed_rutger)

    assert dentist_client.get(url_of(listed_rutger)).status_code == 200


@pytest.mark.requirement("CO-6", "CO-13")
def test_patient_searched_for_at_one_clinic_does_not_open_at_another(dentist_user, bjork, listed_rutger):
    RoleGrant.objects.create(user=dentist_user, role=Role.DENTAL_BASIC, clinic=bjork)
    client = sign_in(dentist_user)
    choose(client, dentist_user, "1111")
    remember(client, listed_rutger)
    assert client.get(url_of(listed_rutger)).status_code == 200

    choose(client, dentist_user, "3333")

    assert client.get(url_of(listed_rutger)).status_code == 404


@pytest.mark.requirement("CO-1", "CO-13")
def test_person_of_another_authority_is_not_found_even_when_remembered(dentist_client, other_region):
    stranger = make_person(other_region, RUTGER)
    remember(dentist_client, stranger)

    assert dentist_client.get(url_of(stranger)).status_code == 404


@pytest.mark.requirement("CO-5")
def test_provider_sees_the_patients_of_its_clinics_and_lists_none(ryd, listed_elsa, listed_rutger):
    client = sign_in(make_user(Role.DENTAL_INVOICES, ryd.provider, "provider"))

    answer = client.get(url_of(listed_elsa))

    assert not answer.context["page"].patient.may_list
    assert client.get(url_of(listed_rutger)).status_code == 404


@pytest.mark.requirement("CO-4")
def test_who_sees_no_patients_gets_no_page(administrator_client, listed_elsa):
    assert administrator_client.get(url_of(listed_elsa)).status_code == 403


@pytest.mark.requirement("CO-8")
def test_merged_record_shows_the_one_that_remains(dentist_client, region, listed_elsa):
    merged = make_person(region, "201307122398", merged_into=listed_elsa)

    answer = dentist_client.get(url_of(merged))

    assert answer.context["page"].patient.shown.number == "201302052384"


# The button ---------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-3")
def test_button_is_there_only_for_a_living_patient_listed_elsewhere(
    dentist_client, listed_elsa, listed_rutger
):
    remember(dentist_client, listed_rutger)
    button = reverse("listings:list_patient", args=[listed_rutger.code])

    assert button in dentist_client.get(url_of(listed_rutger)).content.decode()
    assert not dentist_client.get(url_of(listed_elsa)).context["page"].patient.may_list

    listed_rutger.died_on = dt.date(2025, 3, 1)
    listed_rutger.save()
    assert button not in dentist_client.get(url_of(listed_rutger)).content.decode()


@pytest.mark.requirement("NA-3")
def test_unlisted_patient_is_told_to_be_so(dentist_client, rutger):
    remember(dentist_client, rutger)

    patient = dentist_client.get(url_of(rutger)).context["page"].patient

    assert patient.listing is None
    assert patient.may_list


# Protected identity -------------------------------------------------------------------------------


@pytest.mark.requirement("QU-19", "CO-8")
def test_protected_patient_is_hidden_until_a_reason_is_given(dentist_client, hidden_tova, ryd):
    make_listing(hidden_tova, ryd)

    before = dentist_client.get(url_of(hidden_tova)).content.decode()
    reason = reverse("people:open_protected", args=[hidden_tova.code]) + f"?next={url_of(hidden_tova)}"
    assert reason in before
    assert "Dold" not in before
    assert "Hemliga" not in before
    assert "20130401-2394" in before

    answer = dentist_client.post(reason, {"reason": "Patienten är här för akut besök"}, follow=True)

    assert answer.redirect_chain[-1][0] == url_of(hidden_tova)
    assert "Tova Dold" in answer.content.decode()
    assert "Hemliga gatan 1" in answer.content.decode()


@pytest.mark.requirement("QU-19")
def test_dialog_hides_a_protected_patient_too(dentist_client, hidden_tova, linghem):
    make_listing(hidden_tova, linghem)
    remember(dentist_client, hidden_tova)

    page = dentist_client.get(reverse("listings:list_patient", args=[hidden_tova.code])).content.decode()

    assert "Dold" not in page


# Cost ---------------------------------------------------------------------------------------------


@pytest.mark.requirement("QU-9")
def test_page_takes_the_same_queries_whatever_the_history(
    dentist_client, listed_elsa, ryd, django_assert_max_num_queries
):
    dentist_client.get(url_of(listed_elsa))
    for number in range(5):
        clinic = make_clinic(ryd.provider, f"90{number}", f"Klinik {number}")
        make_listing(listed_elsa, clinic, dt.date(2010 + number, 1, 1), dt.date(2010 + number, 12, 31))

    with django_assert_max_num_queries(17):
        dentist_client.get(url_of(listed_elsa))
