"""*Skapa aktivitet* as page and dialog: who may, what is asked for, faults at their fields, nothing lost."""

import datetime as dt
import json

import pytest
from django.urls import reverse

from kvitt.modules.population_health.models import Activity
from kvitt.registers.organisations.models import Authority
from tests.modules.page import Page

NAME = "population_health:create_activity"
ELSA, RUTGER = "20130310-2394", "20130401-2394"
MAIN = {"HX-Request": "true"}


@pytest.fixture
def typed(world):
    """Return a function that gives what is typed of a maternity care for five, but for what is told."""

    def facts(**changes):
        return {
            "performed_on": "2024-11-20",
            "practitioner": str(world.karin.pk),
            "code": "901",
            "place": "Ryds familjecentral",
            "municipality": "0580",
            "count": "5",
            **changes,
        }

    return facts


@pytest.fixture
def send(visit):
    """Return a function that sends the form as Jenny and gives the page that comes back."""
    return lambda facts, by="jenny": visit(by).post(NAME, **facts)


# Who may ------------------------------------------------------------------------------------------


@pytest.mark.requirement("PH-1")
@pytest.mark.parametrize("name", ["klara", "anna", "bo", "eva", "frida", "gustav", "ivar"])
def test_others_neither_open_nor_send_it(name, visit, typed):
    visitor = visit(name)

    assert visitor.get(NAME).status == 403
    assert visitor.post(NAME, **typed()).status == 403
    assert not Activity.objects.exists()


@pytest.mark.requirement("PH-1")
def test_clinic_without_the_right_reports_nothing(world, visit, typed):
    world.disconnect(world.ryd)

    assert visit("jenny").get(NAME).status == 403
    assert visit("jenny").post(NAME, **typed()).status == 403


# What is asked for --------------------------------------------------------------------------------


@pytest.mark.requirement("PH-2")
def test_form_asks_in_the_order_of_the_manual(visit):
    page = visit("jenny").get(NAME)

    assert page.heading == "Create activity"
    assert list(page.fields)[:5] == ["performed_on", "practitioner", "code", "place", "municipality"]
    assert page.fields["performed_on"].value == "2024-11-20"
    assert page.fields["code"].choices[:2] == ["Choose", "901 - MVC"]
    assert page.fields["practitioner"].choices == ["Karin Testberg, tandläkare"]


@pytest.mark.requirement("PH-2")
def test_only_the_municipalities_of_the_county_are_offered(world, visit):
    everywhere = visit("jenny").get(NAME).fields["municipality"].choices
    Authority.objects.filter(pk=world.region.pk).update(county="05")

    in_the_county = visit("jenny").get(NAME).fields["municipality"].choices

    assert len(everywhere) == 291
    assert len(in_the_county) == 14
    assert in_the_county[1] == "Boxholm"


@pytest.mark.requirement("PH-2")
@pytest.mark.parametrize(
    ("code", "there", "gone"),
    [("901", "count", "numbers"), ("912", "numbers", "count"), ("921", None, None)],
)
def test_field_of_the_participants_follows_the_type_and_what_was_typed_stays(
    code, there, gone, world, sign_in, typed
):
    client = sign_in(world, "jenny")
    asked = typed(code=code, show="1", place="Skolan")

    response = client.post(reverse(NAME), asked, headers=MAIN)

    content = response.content.decode()
    assert response.status_code == 200
    assert "aria-invalid" not in content
    assert 'value="Skolan"' in content
    for name in ("count", "numbers"):
        assert (f'name="{name}"' in content) is (name == there)
    assert not Activity.objects.exists()


@pytest.mark.requirement("PH-2")
def test_date_decides_who_and_what_can_be_chosen(world, visit, typed):
    world.end_practitioner(world.karin, dt.date(2024, 11, 10))

    now = visit("jenny").post(NAME, **typed(show="1", practitioner=""))
    then = visit("jenny").post(NAME, **typed(show="1", performed_on="2024-11-10"))
    before_all_codes = visit("jenny").post(NAME, **typed(show="1", code="", performed_on="2019-12-31"))

    assert now.fields["practitioner"].choices == ["Choose"]
    assert then.fields["practitioner"].choices == ["Karin Testberg, tandläkare"]
    assert before_all_codes.fields["code"].choices == ["Choose"]
    assert "No practitioner worked at the clinic on 2024-11-20. Change the date." in now.text
    assert "There is no type of activity on 2019-12-31. Change the date." in before_all_codes.text


@pytest.mark.requirement("PH-2")
def test_choice_that_the_date_does_not_offer_stays_and_is_refused_in_words(send, typed):
    page = send(typed(performed_on="2019-12-31", code="912", count="", numbers=ELSA))

    assert page.fields["practitioner"].choices == ["Karin Testberg, tandläkare"]
    assert page.fields["practitioner"].fault.startswith("Karin Testberg began at the clinic on ")
    assert page.fields["code"].choices == ["912 - Tobaksavvänjning, grupp"]
    assert page.fields["code"].fault.startswith("There is no type 912 on 2019-12-31.")
    assert ELSA in page.response.content.decode()


@pytest.mark.requirement("PH-2")
def test_empty_list_says_why_instead_of_asking_for_a_choice(world, send, typed):
    world.end_practitioner(world.karin, dt.date(2024, 11, 10))

    page = send(typed(practitioner=""))

    assert page.fields["practitioner"].fault == (
        "No practitioner worked at the clinic on 2024-11-20. Change the date."
    )


@pytest.mark.requirement("PH-2", "QU-21")
def test_page_without_a_script_has_both_fields_and_says_what_they_are_for(visit):
    content = visit("jenny").get(NAME).response.content.decode()

    without_script = content[content.index("<noscript>") : content.index("</noscript>")]
    assert 'name="count"' in without_script
    assert 'name="numbers"' in without_script
    assert "Only for MVC; BVC; BVC gula fläckar." in without_script


@pytest.mark.requirement("PH-2")
def test_dialog_leaves_those_fields_out(world, sign_in):
    content = sign_in(world, "jenny").get(reverse(NAME), headers=MAIN).content.decode()

    assert "<noscript>" not in content
    assert 'name="count"' not in content


# Sending ------------------------------------------------------------------------------------------


@pytest.mark.requirement("PH-2", "PH-3")
def test_created_activity_is_said_and_stands_in_the_list(visit, typed):
    page = visit("jenny").post(NAME, follow=True, **typed())

    assert page.notices == ["Activity A2024-000001 is created. Show the activity"]
    assert "A2024-000001" in page.text


@pytest.mark.requirement("PH-2")
def test_dialog_leads_to_the_list(world, sign_in, typed):
    response = sign_in(world, "jenny").post(reverse(NAME), typed(), headers=MAIN)

    assert response.status_code == 204
    assert json.loads(response.headers["HX-Location"])["path"] == reverse(
        "population_health:search_activities"
    )


@pytest.mark.requirement("PH-2")
def test_numbers_are_typed_in_one_box(send, typed):
    page = send(typed(code="912", count="", numbers=f"{ELSA}\r\n130401-2394"))

    assert page.status == 303
    assert Activity.objects.get().participants == "named"


@pytest.mark.requirement("PH-2")
@pytest.mark.parametrize(
    ("changes", "field", "fault"),
    [
        ({"performed_on": ""}, "performed_on", "Give the date of the activity."),
        (
            {"performed_on": "2024-11-21"},
            "performed_on",
            "2024-11-21 is in the future. Give today's date or an earlier one.",
        ),
        ({"practitioner": ""}, "practitioner", "Choose who was responsible for the activity."),
        (
            {"practitioner": "x"},
            "practitioner",
            "The practitioner does not work at the clinic. Choose one of those in the list.",
        ),
        ({"code": ""}, "code", "Choose the type of activity."),
        (
            {"code": "999"},
            "code",
            "There is no type 999 on 2024-11-20. Choose another type or another date.",
        ),
        (
            {"place": ""},
            "place",
            "Give the place of the activity, for example the name of the family centre.",
        ),
        ({"place": "x" * 101}, "place", "The place is too long. Write at most 100 characters."),
        ({"municipality": ""}, "municipality", "Choose the municipality where the activity was."),
        (
            {"municipality": "9999"},
            "municipality",
            "There is no municipality with the code 9999. Choose one of those in the list.",
        ),
        ({"count": ""}, "count", "Give the number of participants."),
        (
            {"count": "0"},
            "count",
            "The number of participants is from 1 to 500, not 0. Check the number.",
        ),
        (
            {"count": "501"},
            "count",
            "The number of participants is from 1 to 500, not 501. Check the number.",
        ),
        (
            {"count": "fem"},
            "count",
            "The number of participants is written with digits only, for example 12.",
        ),
        (
            {"code": "912", "count": "", "numbers": ""},
            "numbers",
            "Give the personal identity numbers of the participants.",
        ),
        (
            {"code": "912", "count": "", "numbers": f"{ELSA} 20130401-2395"},
            "numbers",
            "Number 2, 20130401-2395: The check digit is wrong. Check the number.",
        ),
        (
            {"code": "912", "count": "", "numbers": f"{ELSA} {ELSA}"},
            "numbers",
            "Number 2 is the same person as number 1. Remove one of them.",
        ),
        (
            {"code": "912", "numbers": ELSA},
            "count",
            "Type 912 is reported without a number of participants. Leave the field empty.",
        ),
        (
            {"numbers": ELSA},
            "numbers",
            "Type 901 is reported without personal identity numbers. Leave the field empty.",
        ),
    ],
)
def test_fault_is_said_at_its_field_and_what_was_typed_stays(changes, field, fault, send, typed):
    page = send(typed(**changes))

    assert page.status == 422
    assert page.fields[field].fault == fault
    assert page.fields["place"].value == changes.get("place", "Ryds familjecentral")
    assert changes.get("numbers", "") in page.response.content.decode()
    assert not Activity.objects.exists()


@pytest.mark.requirement("PH-2")
def test_practitioner_who_left_is_named_with_the_last_day(world, send, typed):
    world.end_practitioner(world.karin, dt.date(2024, 11, 19))

    page = send(typed())

    assert page.fields["practitioner"].fault == (
        "Karin Testberg left the clinic; the last day was 2024-11-19. "
        "Choose another practitioner or another date."
    )


@pytest.mark.requirement("PH-2")
def test_several_faults_are_listed_first(send, typed):
    page = send(typed(performed_on="2024-11-21", count="0", municipality="9999"))

    assert page.status == 422
    assert page.summary.startswith("3 entries must be corrected")


@pytest.mark.requirement("PH-2")
def test_page_takes_few_statements(visit, django_assert_max_num_queries):
    visitor = visit("jenny")
    visitor.get(NAME)

    with django_assert_max_num_queries(12):
        page: Page = visitor.get(NAME)
    assert page.status == 200


@pytest.mark.requirement("PH-2", "QU-17")
@pytest.mark.parametrize("name", ["performed_on", "practitioner", "code", "municipality", "count", "numbers"])
@pytest.mark.parametrize("value", ["\0", "9" * 30, "0001-01-01", "%(x)s %", "x" * 25_000])
def test_forged_values_are_refused_in_words(name, value, send, typed):
    page = send(typed(**{name: value}))

    assert page.status == 422
    assert not Activity.objects.exists()
