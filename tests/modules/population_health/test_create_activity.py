"""An activity is reported: its number, its lines in the ledger, its event, and what leaves nothing behind."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kvitt.audit.models import Event
from kvitt.foundation.values.identity import luhn_check_digit
from kvitt.foundation.values.problems import Refused
from kvitt.ledger.models import Line
from kvitt.modules.population_health.models import Activity
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.organisations.models import Authority
from kvitt.registers.people import commands as people
from kvitt.registers.people.models import Person, PersonNumber
from kvitt.registers.price_lists.models import ParameterValue, Price, PriceListItem

TODAY = dt.date(2024, 11, 20)
ELSA, RUTGER, ELIS = "20130310-2394", "20130401-2394", "20140103-2394"


def unregistered(count, first=dt.date(2015, 1, 1)):
    """Return test numbers of people born on that day and the days after it."""
    days = [first + dt.timedelta(days=number) for number in range(count)]
    births = [f"{day:%y%m%d}238" for day in days]
    return [f"20{birth}{luhn_check_digit(birth)}" for birth in births]


def refusals(world, *args, **facts):
    with pytest.raises(Refused) as refused:
        world.create_activity(*args, **facts)
    return [(problem.field, problem.code) for problem in refused.value.problems]


def lines_of(number):
    return list(Line.objects.filter(case_number=number).order_by("pk"))


# What is written ----------------------------------------------------------------------------------


@pytest.mark.requirement("PH-3")
def test_maternity_care_for_five_becomes_five_approved_lines(world):
    number = world.create_activity("901", 5)

    lines = lines_of(number)
    assert number == "A2024-000001"
    assert [(line.text, line.amount, line.status, line.person_id) for line in lines] == [
        ("MVC", 310_00, "approved", None)
    ] * 5
    assert {(line.clinic, line.created_on) for line in lines} == {(world.ryd, TODAY)}


@pytest.mark.requirement("PH-2", "PH-3")
def test_tobacco_cessation_becomes_a_line_per_person(world):
    number = world.create_activity("912", numbers=(ELSA, RUTGER))

    assert [(line.person, line.amount) for line in lines_of(number)] == [
        (world.elsa, 340_00),
        (world.rutger, 340_00),
    ]


@pytest.mark.requirement("PH-3")
def test_information_without_participants_becomes_one_line(world):
    number = world.create_activity("921")

    assert [(line.person_id, line.amount) for line in lines_of(number)] == [(None, 1450_00)]


@pytest.mark.requirement("PH-3")
def test_activity_keeps_what_was_reported(world):
    number = world.create_activity(
        "901", 5, performed_on=dt.date(2024, 11, 18), place="  Ryds \a \u202e skola "
    )

    activity = Activity.objects.get(number=number)
    assert (activity.clinic, activity.practitioner) == (world.ryd, world.karin)
    assert (activity.code, activity.text, activity.participants) == ("901", "MVC", "counted")
    assert (activity.place, activity.place_search_key) == ("Ryds skola", "ryds skola")
    assert (activity.municipality, activity.performed_on) == ("0580", dt.date(2024, 11, 18))
    assert (activity.created_on, activity.created_by) == (TODAY, "Jenny Provgren")


@pytest.mark.requirement("PH-3", "CO-14")
def test_text_and_price_are_those_of_the_date_of_the_activity(world):
    item = PriceListItem.objects.get(module="population_health", code="901")
    Price.objects.create(item=item, first_on=dt.date(2024, 11, 1), amount=333_00)

    before = world.create_activity("901", 2, performed_on=dt.date(2024, 10, 31))
    after = world.create_activity("901", 2, performed_on=dt.date(2024, 11, 1))

    assert {line.amount for line in lines_of(before)} == {310_00}
    assert {line.amount for line in lines_of(after)} == {333_00}


@pytest.mark.requirement("PH-3")
def test_numbers_follow_one_another_in_the_authority_and_the_year_of_reporting(world):
    first = world.create_activity()
    world.today = dt.date(2025, 1, 2)
    second = world.create_activity(performed_on=dt.date(2024, 12, 30))

    assert (first, second) == ("A2024-000001", "A2025-000002")


@pytest.mark.requirement("PH-3")
def test_number_of_a_refused_activity_is_not_spent(world):
    refusals(world, "901", 0)

    assert world.create_activity() == "A2024-000001"


@pytest.mark.requirement("CO-30", "PH-2")
def test_event_names_the_activity_and_every_participant(world):
    world.create_activity("912", numbers=(ELSA, RUTGER))

    event = Event.objects.get(action="population_health.create_activity")
    assert (event.subject_kind, event.subject_key) == ("population_health.case", "A2024-000001")
    assert {subject.person_id for subject in event.subjects.all()} == {world.elsa.pk, world.rutger.pk}
    assert event.data["after"] == {
        "code": "912 Tobaksavvänjning, grupp",
        "performed_on": "2024-11-20",
        "practitioner": "Karin Testberg",
        "place": "Ryds familjecentral",
        "municipality": "Linköping",
        "count": 2,
        "amount": 680_00,
    }


# Persons ------------------------------------------------------------------------------------------


@pytest.mark.requirement("PH-2")
def test_participant_who_is_not_registered_is_registered_without_a_name(world):
    [number] = unregistered(1)

    activity = world.create_activity("911", numbers=(number,))

    person = Person.objects.get(identity_number=number)
    assert (person.authority, person.identity_kind) == (world.region, "personal")
    assert (person.given_name, person.family_name, person.born_on) == ("", "", dt.date(2015, 1, 1))
    assert [line.person for line in lines_of(activity)] == [person]


@pytest.mark.requirement("PH-2", "CO-8")
def test_participant_is_found_by_an_earlier_number_and_by_a_merged_record(world):
    former, merged = unregistered(2)
    PersonNumber.objects.create(person=world.elsa, identity_number=former, last_on=dt.date(2024, 1, 1))
    Person.objects.filter(pk=world.elis.pk).update(identity_number=merged, merged_into=world.rutger)

    number = world.create_activity("912", numbers=(former, merged))

    assert [line.person for line in lines_of(number)] == [world.elsa, world.rutger]


@pytest.mark.requirement("PH-2", "CO-8")
def test_person_given_by_two_numbers_is_given_twice(world):
    [former] = unregistered(1)
    PersonNumber.objects.create(person=world.elsa, identity_number=former, last_on=dt.date(2024, 1, 1))

    assert refusals(world, "912", numbers=(ELSA, RUTGER, former)) == [("numbers", "given_twice")]


@pytest.mark.requirement("PH-2")
def test_person_who_died_before_is_refused(world):
    Person.objects.filter(pk=world.elsa.pk).update(died_on=dt.date(2024, 11, 19))

    assert refusals(world, "912", numbers=(ELSA, RUTGER)) == [("numbers", "not_alive")]


@pytest.mark.requirement("CO-30", "PH-2")
def test_what_a_refusal_tells_of_persons_is_logged_as_a_read(world):
    Person.objects.filter(pk=world.elsa.pk).update(died_on=dt.date(2024, 11, 19))

    refusals(world, "912", numbers=(ELSA, RUTGER))

    event = Event.objects.get(action="population_health.check_participants")
    assert event.is_read
    assert {subject.person_id for subject in event.subjects.all()} == {world.elsa.pk, world.rutger.pk}


@pytest.mark.requirement("CO-30", "PH-2")
def test_register_is_not_asked_about_an_activity_that_cannot_be_made_anyway(world):
    Person.objects.filter(pk=world.elsa.pk).update(died_on=dt.date(2024, 11, 19))

    assert refusals(world, "912", numbers=(ELSA,), place="") == [("place", "no_place")]
    assert not Event.objects.filter(action="population_health.check_participants").exists()


@pytest.mark.requirement("PH-2")
def test_unregistered_person_born_after_the_activity_is_refused(world):
    numbers = unregistered(2, first=dt.date(2024, 11, 18))

    problems = refusals(world, "912", performed_on=dt.date(2024, 11, 18), numbers=numbers)

    assert problems == [("numbers", "not_born")]


@pytest.mark.requirement("PH-2")
def test_refused_activity_leaves_nothing_behind(world, nothing_saved):
    before = nothing_saved(), Person.objects.count(), Line.objects.count()

    refusals(world, "912", numbers=(*unregistered(2), "20130401-2395"))

    assert (nothing_saved(), Person.objects.count(), Line.objects.count()) == before
    assert not Activity.objects.exists()


@pytest.mark.requirement("PH-2", "CO-1")
def test_person_of_another_authority_is_not_ours(world):
    neighbour = Authority.objects.create(name="Region Grann", kind="region", organisation_number="2321000057")
    [number] = unregistered(1)
    theirs = Person.objects.create(
        authority=neighbour, identity_number=number, identity_kind="personal", given_name="Alma"
    )

    activity = world.create_activity("911", numbers=(number,))

    [line] = lines_of(activity)
    assert line.person != theirs
    assert line.person.authority == world.region


# What is refused ----------------------------------------------------------------------------------


@pytest.mark.requirement("PH-2")
@pytest.mark.parametrize(
    ("wanted", "fault"),
    [
        ({"performed_on": dt.date(2024, 11, 21)}, ("performed_on", "in_future")),
        ({"performed_on": dt.date(1950, 1, 1)}, ("code", "unknown_code")),
        ({"code": "101"}, ("code", "unknown_code")),
        ({"code": ""}, ("code", "unknown_code")),
        ({"place": " "}, ("place", "no_place")),
        ({"municipality": "9999"}, ("municipality", "unknown_municipality")),
        ({"count": None}, ("count", "no_count")),
        ({"count": 0}, ("count", "wrong_count")),
        ({"count": 501}, ("count", "wrong_count")),
        ({"numbers": (ELSA,)}, ("numbers", "takes_no_numbers")),
    ],
)
def test_what_cannot_be_is_refused(wanted, fault, world):
    assert fault in refusals(world, **wanted)


@pytest.mark.requirement("PH-2")
def test_practitioner_who_left_is_refused(world):
    world.end_practitioner(world.karin, dt.date(2024, 11, 19))

    assert refusals(world) == [("practitioner", "has_left")]


@pytest.mark.requirement("PH-2")
def test_practitioner_of_another_clinic_is_refused(world):
    assert refusals(world, practitioner_id=world.lena.pk) == [("practitioner", "unknown_practitioner")]


@pytest.mark.requirement("PH-2")
def test_municipality_of_another_county_is_refused(world):
    Authority.objects.filter(pk=world.region.pk).update(county="01")

    assert refusals(world, municipality="0580") == [("municipality", "other_county")]


@pytest.mark.requirement("PH-2", "CO-15")
def test_authority_sets_its_own_highest_number_of_participants(world):
    ParameterValue.objects.create(
        authority=world.region,
        name="population_health.most_participants",
        first_on=dt.date(2024, 11, 1),
        value=2,
        source="beslut",
        entered_by="Ivar",
    )

    assert refusals(world, "901", 3) == [("count", "wrong_count")]
    assert refusals(world, "912", numbers=(ELSA, RUTGER, ELIS)) == [("numbers", "too_many_numbers")]
    assert world.create_activity("901", 3, performed_on=dt.date(2024, 10, 31)) == "A2024-000001"


@pytest.mark.requirement("PH-1")
@pytest.mark.parametrize("name", ["klara", "anna", "eva", "gustav", "ivar"])
def test_only_those_who_report_at_the_clinic_make_activities(name, world):
    with pytest.raises(NotAllowed):
        world.create_activity(by=name)

    assert not Activity.objects.exists()


# Statements ---------------------------------------------------------------------------------------


def statements(world, *args, **facts):
    with CaptureQueriesContext(connection) as captured:
        world.create_activity(*args, **facts)
    return len(captured)


@pytest.mark.requirement("QU-8", "PH-3")
def test_statements_do_not_grow_with_the_participants(world):
    new = unregistered(41)
    world.create_activity("901", 1)  # the counter is made with the first activity

    counted = [statements(world, "901", count) for count in (1, 60)]
    named = [statements(world, "912", numbers=numbers) for numbers in (new[:1], new[1:])]

    assert counted == [18, 18]
    assert named == [25, 25]


@pytest.mark.requirement("PH-2")
def test_five_hundred_participants_are_within_reach(world):
    number = world.create_activity("912", numbers=unregistered(500))

    assert len(lines_of(number)) == 500
    assert len({line.person_id for line in lines_of(number)}) == 500


@pytest.mark.requirement("PH-2")
def test_persons_are_made_once_and_come_in_the_order_of_their_numbers(world):
    numbers = unregistered(3)
    first = world.create_activity("912", numbers=numbers)
    second = world.create_activity("912", numbers=numbers[::-1])

    assert [line.person for line in lines_of(second)] == [line.person for line in lines_of(first)][::-1]
    assert people.ensure_persons(world.region.pk, [], today=TODAY) == []
