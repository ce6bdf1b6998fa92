"""What may be reported as an activity, in words where not; one line per participant."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.foundation.values.dates import Period
from kvitt.modules.population_health.rules import activity as rules
from kvitt.modules.population_health.rules.activity import Entry, Participant, Post, Surroundings
from kvitt.registers.price_lists.lifecycle import Participants, Pricing
from kvitt.registers.price_lists.rules import Item

TODAY = dt.date(2024, 11, 20)
TOMORROW = dt.date(2024, 11, 21)
MVC = Item(code="901", name="MVC", participants=Participants.COUNTED, price=310_00)
GROUP = Item(code="912", name="Tobaksavvänjning, grupp", participants=Participants.NAMED, price=340_00)
INFORMATION = Item(code="921", name="Information i förskola", price=1450_00)
POST = Post("Karin Testberg", Period(dt.date(2023, 1, 1), None))
AROUND = Surroundings(
    today=TODAY, governing_on=TODAY, post=POST, most=500, contact="Tandvårdsenheten, 010-103 00 00"
)
ELSA, RUTGER, TOVA = "20130310-2394", "20130401-2394", "20130205-2384"


def entry(**facts):
    made = Entry(performed_on=TODAY, code="901", place="Ryds familjecentral", municipality="0580", count=5)
    return replace(made, **facts)


def named(*numbers, **facts):
    return entry(**{"code": "912", "count": None, "numbers": numbers, **facts})


def faults(made, item=MVC, **around):
    surroundings = replace(AROUND, **around)
    problems = rules.check_activity(made, item, surroundings) or rules.check_participants(surroundings)
    return [(problem.field, str(problem)) for problem in problems]


# What is right ------------------------------------------------------------------------------------


@pytest.mark.requirement("PH-2")
@pytest.mark.parametrize(
    ("made", "item"),
    [
        (entry(), MVC),
        (entry(count=1), MVC),
        (entry(count=500), MVC),
        (named(ELSA), GROUP),
        (named("130310-2394", "201304012394"), GROUP),
        (entry(code="921", count=None), INFORMATION),
    ],
)
def test_right_activity_has_no_fault(made, item):
    assert faults(made, item) == []


# Date and practitioner ----------------------------------------------------------------------------


@pytest.mark.requirement("PH-2")
def test_date_from_tomorrow_is_refused():
    assert faults(entry(performed_on=TOMORROW)) == [
        ("performed_on", "2024-11-21 is in the future. Give today's date or an earlier one.")
    ]


@pytest.mark.requirement("PH-2", "PH-3")
@pytest.mark.parametrize(
    ("performed_on", "governing"),
    [(None, TODAY), (TOMORROW, TODAY), (TODAY, TODAY), (dt.date(2024, 1, 2), dt.date(2024, 1, 2))],
)
def test_date_of_the_activity_governs_and_today_where_it_cannot(performed_on, governing):
    assert rules.calculate_governing_date(performed_on, today=TODAY) == governing


@pytest.mark.requirement("PH-2")
@pytest.mark.parametrize(
    ("post", "fault"),
    [
        (
            Post("Karin Testberg", Period(dt.date(2023, 1, 1), dt.date(2024, 11, 19))),
            (
                "Karin Testberg left the clinic; the last day was 2024-11-19. "
                "Choose another practitioner or another date."
            ),
        ),
        (
            Post("Karin Testberg", Period(TOMORROW, None)),
            "Karin Testberg began at the clinic on 2024-11-21. Choose another practitioner or another date.",
        ),
        (None, "The practitioner does not work at the clinic. Choose one of those in the list."),
    ],
    ids=["left", "not started", "another clinic"],
)
def test_practitioner_works_at_the_clinic_on_the_day(post, fault):
    assert faults(entry(), post=post) == [("practitioner", fault)]


@pytest.mark.requirement("PH-2")
def test_practitioner_counts_on_the_first_and_the_last_day():
    one_day = Post("Karin Testberg", Period(TODAY, TODAY))

    assert faults(entry(), post=one_day) == []


# Type, place, municipality ------------------------------------------------------------------------


@pytest.mark.requirement("PH-2")
def test_type_that_does_not_exist_that_day_is_refused():
    assert faults(entry(code="999"), None) == [
        ("code", "There is no type 999 on 2024-11-20. Choose another type or another date.")
    ]


@pytest.mark.requirement("PH-3")
@pytest.mark.parametrize("item", [replace(MVC, price=None), replace(MVC, pricing=Pricing.ACTUAL)])
def test_type_without_a_price_is_refused_with_whom_to_ask(item):
    assert faults(entry(), item) == [
        (
            "code",
            (
                "Type 901 has no price on 2024-11-20. Choose another type, or contact "
                "Tandvårdsenheten, 010-103 00 00."
            ),
        )
    ]


@pytest.mark.requirement("PH-2")
@pytest.mark.parametrize(
    ("place", "fault"),
    [
        ("", "Give the place of the activity, for example the name of the family centre."),
        (" ", "Give the place of the activity, for example the name of the family centre."),
        ("x" * 101, "The place is too long. Write at most 100 characters."),
        ("\N{LATIN SMALL LIGATURE FFI}" * 100, "The place is too long. Write at most 100 characters."),
    ],
    ids=["empty", "blank", "too long", "too long to search for"],
)
def test_place_is_given_and_can_be_stored(place, fault):
    assert faults(entry(place=place)) == [("place", fault)]


@pytest.mark.requirement("PH-2")
@pytest.mark.parametrize(
    ("municipality", "county", "fault"),
    [
        ("0580", "", None),
        ("0580", "05", None),
        ("9999", "", "There is no municipality with the code 9999. Choose one of those in the list."),
        ("", "05", "Choose the municipality where the activity was."),
        ("0180", "05", "Stockholm lies in another county. Choose a municipality in Östergötland."),
    ],
)
def test_municipality_exists_and_lies_in_the_county(municipality, county, fault):
    expected = [("municipality", fault)] if fault else []

    assert faults(entry(municipality=municipality), county=county) == expected


# Participants, counted ----------------------------------------------------------------------------


@pytest.mark.requirement("PH-2")
@pytest.mark.parametrize(
    ("count", "fault"),
    [
        (None, "Give the number of participants."),
        (0, "The number of participants is from 1 to 500, not 0. Check the number."),
        (-3, "The number of participants is from 1 to 500, not -3. Check the number."),
        (501, "The number of participants is from 1 to 500, not 501. Check the number."),
    ],
)
def test_number_of_participants_is_from_1_to_500(count, fault):
    assert faults(entry(count=count)) == [("count", fault)]


@pytest.mark.requirement("PH-2")
@pytest.mark.parametrize(
    ("made", "item", "fault"),
    [
        (
            named(ELSA, count=1),
            GROUP,
            ("count", "Type 912 is reported without a number of participants. Leave the field empty."),
        ),
        (
            entry(numbers=(ELSA,)),
            MVC,
            ("numbers", "Type 901 is reported without personal identity numbers. Leave the field empty."),
        ),
        (
            entry(code="921"),
            INFORMATION,
            ("count", "Type 921 is reported without a number of participants. Leave the field empty."),
        ),
        (
            entry(code="921", count=None, numbers=(ELSA,)),
            INFORMATION,
            ("numbers", "Type 921 is reported without personal identity numbers. Leave the field empty."),
        ),
    ],
)
def test_field_of_another_type_is_refused_not_ignored(made, item, fault):
    assert faults(made, item) == [fault]


# Participants, named ------------------------------------------------------------------------------


@pytest.mark.requirement("PH-2")
@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("", ()),
        (" \r\n ", ()),
        (ELSA, (ELSA,)),
        (f"{ELSA}\r\n{RUTGER}\n", (ELSA, RUTGER)),
        (f"{ELSA}, {RUTGER};{TOVA}", (ELSA, RUTGER, TOVA)),
        (f"{ELSA} {RUTGER}", (ELSA, RUTGER)),
        ("20130310 2394 130401-2394", ("201303102394", "130401-2394")),
        ("130310 -2394\n130401- 2394", ("130310-2394", "130401-2394")),
        ("rubbish 20130310", ("rubbish", "20130310")),
    ],
)
def test_numbers_are_written_on_lines_or_with_commas_or_spaces(text, numbers):
    assert rules.calculate_numbers(text) == numbers


@pytest.mark.requirement("PH-2")
def test_wrong_number_is_named_by_its_place():
    assert faults(named(ELSA, "20130401-2395", TOVA, "2013"), GROUP) == [
        ("numbers", "Number 2, 20130401-2395: The check digit is wrong. Check the number."),
        (
            "numbers",
            "Number 4, 2013: Too few digits: 4. A personal identity number has 10 or 12. Check the number.",
        ),
    ]


@pytest.mark.requirement("PH-2")
def test_ten_digits_that_fit_two_persons_are_asked_about():
    assert faults(named("1303102394"), GROUP) == [
        (
            "numbers",
            "Number 1 fits two persons: 20130310-2394 and 19130310-2394. Write it with the century.",
        )
    ]


@pytest.mark.requirement("PH-2")
def test_types_with_named_participants_need_one():
    assert faults(named(), GROUP) == [("numbers", "Give the personal identity numbers of the participants.")]


@pytest.mark.requirement("PH-2")
def test_more_than_the_highest_number_of_named_participants_is_refused_once():
    assert faults(named("rubbish", "rubbish", "rubbish"), GROUP, most=2) == [
        ("numbers", "3 numbers are too many: an activity has at most 2 participants.")
    ]


@pytest.mark.requirement("PH-2")
def test_same_person_twice_is_refused_whatever_number_is_written():
    elsa, rutger = Participant(1, None, None), Participant(2, None, None)

    found = faults(named(ELSA, RUTGER, TOVA), GROUP, participants=[(1, elsa), (2, rutger), (3, elsa)])

    assert found == [("numbers", "Number 3 is the same person as number 1. Remove one of them.")]


@pytest.mark.requirement("PH-2")
@pytest.mark.parametrize(
    ("born_on", "died_on", "fault"),
    [
        (TODAY, None, None),
        (TOMORROW, None, "Number 1: the person was not born on 2024-11-20. Check the number and the date."),
        (dt.date(2013, 3, 10), TODAY, None),
        (
            dt.date(2013, 3, 10),
            dt.date(2024, 11, 19),
            "Number 1: the person was not alive on 2024-11-20. Check the number and the date.",
        ),
        (None, None, None),
    ],
)
def test_whoever_took_part_was_born_and_alive(born_on, died_on, fault):
    person = Participant(1, born_on, died_on)
    expected = [("numbers", fault)] if fault else []

    assert faults(named(ELSA), GROUP, participants=[(1, person)]) == expected


# Always -------------------------------------------------------------------------------------------

COUNTS = st.none() | st.integers(-10, 1_000)
WRITTEN = st.lists(st.sampled_from([ELSA, RUTGER, TOVA, "rubbish", "20130310-2395"]), max_size=6)
ITEMS = st.sampled_from([MVC, GROUP, INFORMATION])


@pytest.mark.requirement("PH-3")
@given(item=ITEMS, count=COUNTS, numbers=WRITTEN)
def test_right_activity_costs_its_participants_times_the_price(item, count, numbers):
    made = entry(count=count, numbers=tuple(numbers))
    read = rules.calculate_participants(numbers, today=TODAY, patterns=AROUND.patterns)
    people = [(place, Participant(number.digits, None, None)) for place, number in read]
    problems = rules.check_activity(made, item, replace(AROUND, participants=people))

    expected = {Participants.COUNTED: count, Participants.NAMED: len(set(numbers)), Participants.NONE: 1}
    if not problems:
        lines = rules.calculate_line_count(item.participants, made)
        assert 1 <= lines <= AROUND.most
        assert lines == expected[item.participants]
        assert item.price * lines == item.price * expected[item.participants]
        assert item.participants is Participants.NAMED or not numbers
        assert item.participants is Participants.COUNTED or count is None


@pytest.mark.requirement("PH-2")
@given(numbers=WRITTEN, separator=st.sampled_from(["\n", "\r\n", ",", ", ", ";", " ", "\n\n"]))
def test_numbers_are_read_in_their_order_whatever_stands_between(numbers, separator):
    assert rules.calculate_numbers(separator.join(numbers)) == tuple(numbers)


@pytest.mark.requirement("PH-2")
@given(text=st.text(max_size=200))
def test_whatever_is_written_is_read_or_refused(text):
    numbers = rules.calculate_numbers(text)

    problems = faults(named(*numbers), GROUP)
    read = rules.calculate_participants(numbers, today=TODAY, patterns=AROUND.patterns)
    assert len(problems) == max(1, len(numbers)) - len({number.digits for _, number in read})
