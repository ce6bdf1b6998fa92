"""Listed patients: the clinic's own, with filters and Excel."""

import datetime as dt
import io

import openpyxl
import pytest
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.registers.access.rules import Role

from .conftest import BEFORE, make_clinic, make_listing, make_person, make_user, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("NA-3")]
URL = "listings:listed_patients"


def numbers(answer):
    return [str(row.cells[0].html) for row in answer.context["page"].rows]


@pytest.fixture
def adam(region, ryd):
    adam = make_person(region, "201307122398", "Adam", "Öberg")
    make_listing(adam, ryd, dt.date(2024, 5, 1), revision_ends_on=dt.date(2025, 6, 30))
    return adam


def test_own_patients_are_listed_by_name_and_open_their_page(
    dentist_client, adam, listed_elsa, listed_rutger
):
    answer = dentist_client.get(reverse(URL))

    assert numbers(answer) == ["20130205-2384", "20130712-2398"]
    [elsa_row, _] = answer.context["page"].rows
    assert elsa_row.url == reverse("listings:patient", args=[listed_elsa.code])
    assert len(elsa_row.cells) == 4


@pytest.mark.requirement("CO-25")
@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"name": "ÖBERG"}, ["20130712-2398"]),
        ({"name": "a"}, ["20130205-2384", "20130712-2398"]),
        ({"revision_first_on": "2025-07-01"}, ["20130205-2384"]),
        ({"revision_last_on": "2025-06-30"}, ["20130712-2398"]),
        ({"on": "2024-04-30"}, ["20130205-2384"]),
        ({"on": "2019-12-31"}, []),
        ({"sort": "-listed"}, ["20130712-2398", "20130205-2384"]),
        ({"sort": "revision"}, ["20130712-2398", "20130205-2384"]),
    ],
)
def test_filters_and_sorting(dentist_client, adam, listed_elsa, filters, expected):
    assert numbers(dentist_client.get(reverse(URL), filters)) == expected


@pytest.mark.requirement("CO-33")
def test_what_is_no_date_is_told_and_nothing_is_listed(dentist_client, listed_elsa):
    answer = dentist_client.get(reverse(URL), {"on": "i går"})

    assert numbers(answer) == []
    assert answer.context["page"].form.errors.keys() == {"on"}


@pytest.mark.requirement("CO-2")
def test_the_dead_and_those_of_a_closed_clinic_are_no_longer_listed(dentist_client, ryd, adam, listed_elsa):
    adam.died_on = dt.date(2025, 3, 19)
    adam.save()
    assert numbers(dentist_client.get(reverse(URL))) == ["20130205-2384"]

    ryd.closed_on = dt.date(2025, 3, 19)
    ryd.save()
    assert numbers(dentist_client.get(reverse(URL))) == []
    assert numbers(dentist_client.get(reverse(URL), {"on": "2025-03-19"})) == [
        "20130205-2384",
        "20130712-2398",
    ]


@pytest.mark.requirement("CO-5")
def test_provider_chooses_one_clinic_or_all(region, ryd, listed_elsa, listed_rutger):
    tornby = make_clinic(ryd.provider, "1112", "Ekens Tandvård Tornby")
    make_listing(make_person(region, "201308202389"), tornby)
    client = sign_in(make_user(Role.DENTAL_INVOICES, ryd.provider, "provider"))

    every = client.get(reverse(URL))
    one = client.get(reverse(URL), {"clinic_id": tornby.pk})

    assert set(numbers(every)) == {"20130205-2384", "20130820-2389"}
    assert len(every.context["page"].rows[0].cells) == 5
    assert numbers(one) == ["20130820-2389"]


def test_clinic_of_another_provider_cannot_be_chosen(ryd, linghem, listed_elsa, listed_rutger):
    make_clinic(ryd.provider, "1112", "Ekens Tandvård Tornby")
    client = sign_in(make_user(Role.DENTAL_INVOICES, ryd.provider, "provider"))

    assert numbers(client.get(reverse(URL), {"clinic_id": linghem.pk})) == []


@pytest.mark.requirement("CO-4", "QU-9")
def test_authority_chooses_a_clinic_first(region, ryd, listed_elsa, listed_rutger):
    client = sign_in(make_user(Role.REVIEWER, region, "reviewer"))

    assert numbers(client.get(reverse(URL))) == []
    assert numbers(client.get(reverse(URL), {"clinic_id": ryd.pk})) == ["20130205-2384"]


@pytest.mark.requirement("CO-4")
def test_who_sees_no_patients_gets_no_list(administrator_client):
    assert administrator_client.get(reverse(URL)).status_code == 403


@pytest.mark.requirement("CO-30", "QU-17")
def test_list_and_export_log_each_patient_shown(dentist_client, adam, listed_elsa, listed_rutger):
    dentist_client.get(reverse(URL), {"name": "adam"})
    dentist_client.get(reverse(URL), {"format": "xlsx"})

    page, export = Event.objects.order_by("id")
    assert page.action == export.action == "listings.listed_patients"
    assert list(page.subjects.values_list("person_id", flat=True)) == [adam.pk]
    assert set(export.subjects.values_list("person_id", flat=True)) == {adam.pk, listed_elsa.pk}


@pytest.mark.requirement("QU-19")
def test_protected_patient_is_nameless_on_the_page_and_in_excel(
    dentist_client, hidden_tova, ryd, listed_elsa
):
    make_listing(hidden_tova, ryd)

    page = dentist_client.get(reverse(URL))
    export = dentist_client.get(reverse(URL), {"format": "xlsx"})

    sheet = openpyxl.load_workbook(io.BytesIO(export.getvalue())).active
    texts = {str(cell) for row in sheet.iter_rows(values_only=True) for cell in row}
    assert "20130401-2394" in texts
    assert "20130401-2394" in numbers(page)
    assert "Dold" not in page.content.decode()
    assert not [text for text in texts if "Dold" in text or "Hemliga" in text]


@pytest.mark.requirement("QU-19")
def test_protected_patient_is_not_found_by_the_name(dentist_client, hidden_tova, ryd):
    make_listing(hidden_tova, ryd)

    assert numbers(dentist_client.get(reverse(URL), {"name": "tova"})) == []


@pytest.mark.requirement("CO-26")
def test_excel_has_typed_cells_and_tells_the_filter(dentist_client, adam):
    export = dentist_client.get(reverse(URL), {"format": "xlsx", "name": "adam"})

    sheet = openpyxl.load_workbook(io.BytesIO(export.getvalue())).active
    assert "adam" in sheet["A1"].value
    assert [cell.value for cell in sheet[3]] == [
        "20130712-2398",
        "Adam Öberg",
        dt.datetime(2024, 5, 1),  # noqa: DTZ001 - a cell holds no time zone
        dt.datetime(2025, 6, 30),  # noqa: DTZ001 - as above
    ]


@pytest.mark.requirement("CO-8")
def test_merged_record_is_shown_as_the_person_that_remains(dentist_client, region, ryd, elsa):
    merged = make_person(region, "201307122398", "Elsa", "Provson", merged_into=elsa)
    make_listing(merged, ryd, BEFORE, dt.date(2025, 1, 31))

    answer = dentist_client.get(reverse(URL), {"on": "2025-01-31"})

    assert numbers(answer) == ["20130205-2384"]


@pytest.mark.requirement("QU-9")
def test_list_takes_the_same_queries_for_one_and_for_many(
    dentist_client, region, ryd, django_assert_max_num_queries
):
    for serial in range(30):
        make_listing(make_person(region, f"{serial:012d}"), ryd)

    with django_assert_max_num_queries(13):
        dentist_client.get(reverse(URL))
