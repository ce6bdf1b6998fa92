"""The patient search: anybody by number, one's own by name."""

import datetime as dt
import re

import pytest

from kvitt.audit.models import Event, Subject
from kvitt.portal.queries.patients import LONGEST, MOST_SHOWN
from kvitt.registers.people.models import PersonNumber
from tests.portal.conftest import ALVA, RUTGER, list_at, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("CO-13")]

FOUND = "/patients/found/"


def search(client, text, **options):
    return client.post("/patients/search/", {"q": text}, **options)


def patient_url(person):
    return f"/listings/{person.code}/"


# By number --------------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-8")
@pytest.mark.parametrize(
    "written",
    ["201303102394", "20130310-2394", "130310-2394", "1303102394", " 20130310 2394 ", "20130310–2394"],
)
def test_full_number_in_any_form_finds_anybody_in_the_register(written, anna, rutger, sign_in):
    client = sign_in(anna)

    answer = search(client, written)

    assert (answer.status_code, answer["Location"]) == (303, patient_url(rutger))
    assert client.get(answer["Location"]).status_code == 200


def test_page_of_somebody_else_opens_only_after_the_search(anna, rutger, sign_in):
    client = sign_in(anna)

    assert client.get(patient_url(rutger)).status_code == 404
    search(client, RUTGER)

    assert client.get(patient_url(rutger)).status_code == 200
    assert sign_in(anna).get(patient_url(rutger)).status_code == 404


@pytest.mark.requirement("CO-30")
def test_search_by_number_is_a_logged_read(anna, rutger, sign_in):
    search(sign_in(anna), RUTGER)

    event = Event.objects.get(action="portal.search_patient")
    assert (event.is_read, event.user_name, event.unit) == (
        True,
        "Anna Testander",
        "1111 - Ekens Tandvård Ryd",
    )
    assert list(Subject.objects.filter(event=event).values_list("person_id", flat=True)) == [rutger.pk]


@pytest.mark.requirement("CO-8")
def test_former_number_finds_the_person(anna, rutger, sign_in):
    PersonNumber.objects.create(person=rutger, identity_number=ALVA, last_on=dt.date(2024, 1, 1))

    assert search(sign_in(anna), ALVA)["Location"] == patient_url(rutger)


@pytest.mark.requirement("CO-8")
def test_ten_digits_that_fit_two_registered_persons_show_both(anna, region, elsa, sign_in, in_english):
    century_older = make_person(region, "191302052384", "Edla", "Provsson")
    client = sign_in(anna)

    answer = search(client, "1302052384", follow=True)

    assert answer.redirect_chain == [(FOUND, 303)]
    assert {row.code for row in answer.context["page"].rows} == {elsa.code, century_older.code}
    assert client.get(patient_url(century_older)).status_code == 200


def test_ten_digits_that_fit_one_registered_person_go_straight_there(anna, elsa, sign_in):
    assert search(sign_in(anna), "1302052384")["Location"] == patient_url(elsa)


def test_number_in_another_authority_finds_nobody(anna, neighbour, sign_in):
    make_person(neighbour, RUTGER, "Rutger", "Provsson")

    answer = search(sign_in(anna), RUTGER)

    assert answer.status_code == 200
    assert "20130310-2394" in answer.content.decode()
    assert "Tandvårdsenheten, 010-103 00 00" in answer.content.decode()


@pytest.mark.requirement("CO-33")
@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("20130205-2385", "The check digit is wrong."),
        ("2013020523", "There is no date"),
        ("20130205", "Too few digits: 8."),
        ("2013020523841", "Too many digits: 13."),
        ("20130231-2384", "There is no date"),
        ("B2024-000014", "digits only"),
        ("", "Write a name"),
        ("   ", "Write a name"),
        ("x" * (LONGEST + 1), f"at most {LONGEST} characters"),
        ("9" * 5_000, f"at most {LONGEST} characters"),
    ],
)
def test_fault_in_what_was_typed_is_said_at_the_field_and_kept(written, said, anna, sign_in):
    client = sign_in(anna)
    client.cookies["kvitt_language"] = "en"

    answer = search(client, written)

    assert answer.status_code == 422
    assert said in " ".join(answer.context["form"].errors["q"])
    assert answer.context["form"]["q"].value() == written
    assert not Event.objects.filter(action="portal.search_patient").exists()


# By name ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written", ["Elsa", "elsa", "ELSA PROV", "rovss", "provsson elsa", "  elsa  provsson "]
)
def test_part_of_a_name_finds_the_clinic_own_patient(written, anna, elsa, rutger, sign_in):
    assert search(sign_in(anna), written)["Location"] == patient_url(elsa)


def test_swedish_letters_are_found_without_regard_to_case(anna, region, ryd, sign_in):
    person = make_person(region, ALVA, "Åke", "Ödén")
    list_at(person, ryd)

    assert search(sign_in(anna), "ÅKE öd")["Location"] == patient_url(person)


def test_name_finds_nobody_at_another_clinic(anna, rutger, sign_in):
    client = sign_in(anna)

    answer = search(client, "Rutger")

    assert answer.status_code == 200
    assert str(rutger.code) not in answer.content.decode()
    assert client.get(patient_url(rutger)).status_code == 404


def test_name_finds_who_was_listed_here_before(anna, region, ryd, linghem, sign_in):
    person = make_person(region, ALVA, "Alva", "Flyttad")
    list_at(person, ryd, last_on=dt.date(2024, 12, 31))
    list_at(person, linghem, first_on=dt.date(2025, 1, 1))

    assert search(sign_in(anna), "flyttad")["Location"] == patient_url(person)


def test_name_finds_who_has_a_case_here(anna, rutger, ryd, make_case, sign_in):
    make_case(rutger, ryd, "B2024-000014")
    client = sign_in(anna)

    answer = search(client, "rutger", follow=True)

    assert answer.redirect_chain == [(patient_url(rutger), 303)]
    assert answer.status_code == 200


@pytest.mark.requirement("CO-5")
def test_provider_finds_the_patients_of_all_its_clinics(provider_user, elsa, rutger, sign_in):
    client = sign_in(provider_user)

    assert search(client, "elsa")["Location"] == patient_url(elsa)
    assert search(client, "rutger").status_code == 200


@pytest.mark.requirement("QU-19")
def test_protected_person_is_not_found_by_name(anna, tova, sign_in):
    answer = search(sign_in(anna), "Dold")

    assert answer.status_code == 200
    assert str(tova.code) not in answer.content.decode()


def test_text_of_markup_and_wildcards_is_only_text(anna, elsa, sign_in):
    client = sign_in(anna)

    for written in ("<script>alert()</script>", "%", "_", "' OR ''='", "\0\0x", "😀"):
        answer = search(client, written)

        assert answer.status_code == 200, written
        assert "<script>alert" not in answer.content.decode()


# The results page -------------------------------------------------------------------------------------


@pytest.fixture
def two(elsa, malte):
    """Two patients of Ryd whose names hold an o."""
    return [malte, elsa]


def test_several_are_listed_by_name_with_number_year_and_clinic(anna, two, sign_in):
    answer = search(sign_in(anna), "o", follow=True)

    rows = answer.context["page"].rows
    assert [(row.number, row.name, row.birth_year, row.clinic) for row in rows] == [
        ("201308202389", "Malte Demogren", 2013, "1111 - Ekens Tandvård Ryd"),
        ("201302052384", "Elsa Provsson", 2013, "1111 - Ekens Tandvård Ryd"),
    ]
    assert all(f'href="{patient_url(person)}"' in answer.content.decode() for person in two)


@pytest.mark.requirement("CO-30", "QU-17")
def test_results_are_recorded_as_read_each_time_they_are_shown(anna, two, sign_in):
    client = sign_in(anna)
    search(client, "o", follow=True)
    client.get(FOUND)

    events = Event.objects.filter(action="portal.found_patients", is_read=True)
    assert events.count() == 2
    assert set(Subject.objects.filter(event__in=events).values_list("person_id", flat=True)) == {
        p.pk for p in two
    }


@pytest.mark.requirement("QU-18")
def test_nothing_that_was_typed_or_found_stands_in_an_address(anna, two, sign_in):
    answer = search(sign_in(anna), "o", follow=True)

    addresses = re.findall(r'(?:href|action)="([^"]*)"', answer.content.decode())
    # A patient's code is made by chance, and now and then looks like a number within.
    known = [re.sub(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", "code", address) for address in addresses]
    assert not [address for address in known if re.search(r"\d{6}-?\d{4}(?!\d)", address)]
    assert answer.redirect_chain == [(FOUND, 303)]


def test_results_of_another_unit_or_session_are_not_shown(anna, basic, two, sign_in):
    client = sign_in(anna)
    search(client, "o")

    assert client.get(FOUND).context["page"].rows
    assert sign_in(basic).get(FOUND).context["page"].rows == []
    client.force_login(basic)
    assert client.get(FOUND).context["page"].rows == []


def test_protected_name_is_hidden_among_the_results(anna, tova, region, sign_in):
    make_person(region, "191304012394", "Tyra", "Äldre")

    answer = search(sign_in(anna), "1304012394", follow=True)

    assert "20130401-2394" in answer.content.decode()
    assert "Dold" not in answer.content.decode()


def test_long_results_are_cut_and_say_so(anna, region, ryd, sign_in):
    for number in range(MOST_SHOWN + 1):
        person = make_person(region, f"T{number:011}", "Nils", f"Många{number}")
        list_at(person, ryd)

    answer = search(sign_in(anna), "många", follow=True)

    assert len(answer.context["page"].rows) == MOST_SHOWN
    assert answer.context["page"].more


def test_results_cost_the_same_however_many_they_are(
    anna, elsa, malte, region, ryd, sign_in, django_assert_max_num_queries
):
    for number in range(20):
        list_at(make_person(region, f"T{number:011}", "Nils", f"Provo{number}"), ryd)
    client = sign_in(anna)
    search(client, "o")

    with django_assert_max_num_queries(10):
        client.get(FOUND)


# Who may, and how -------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["administrator", "clinic_administrator"])
def test_who_sees_no_patients_may_not_search(who, request, elsa, sign_in):
    client = sign_in(request.getfixturevalue(who))

    assert search(client, "elsa").status_code == 403
    assert client.get(FOUND).status_code == 403


def test_who_is_signed_out_may_not_search(client, elsa):
    assert search(client, "elsa")["Location"].startswith("/sign-in/")


@pytest.mark.requirement("QU-18")
def test_search_takes_nothing_from_an_address(anna, elsa, sign_in):
    answer = sign_in(anna).get(f"/patients/search/?q={elsa.identity_number}")

    assert answer["Location"] == FOUND
    assert not Event.objects.exists()
