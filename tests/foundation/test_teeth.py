"""Teeth, jaws and surfaces are those of the FDI numbering."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.foundation.values import teeth
from kvitt.foundation.values.teeth import Location

ALL_TEETH = teeth.PERMANENT_TEETH + teeth.PRIMARY_TEETH


def surface_codes(surface, tooth):
    return [problem.code for problem in teeth.check_surface(surface, tooth)]


@pytest.mark.requirement("NA-13")
def test_there_are_32_permanent_and_20_primary_teeth():
    numbers = [str(number) for number in range(100)]

    permanent = [number for number in numbers if teeth.is_permanent_tooth(number)]
    primary = [number for number in numbers if teeth.is_primary_tooth(number)]

    assert len(permanent) == 32
    assert len(primary) == 20
    assert (permanent[0], permanent[-1], primary[0], primary[-1]) == ("11", "48", "51", "85")
    assert not set(permanent) & set(primary)


@pytest.mark.requirement("NA-13")
@pytest.mark.parametrize("text", ["11", "18", "48", "51", "85", " 21 "])
def test_tooth_is_a_location(text):
    assert teeth.parse_location(text) == Location(tooth=text.strip())
    assert teeth.check_location(text) == []


@pytest.mark.requirement("NA-13")
@pytest.mark.parametrize(
    ("text", "jaw"), [("ÖK", "ÖK"), ("ök", "ÖK"), ("UK", "UK"), ("uk ", "UK"), ("O\u0308K", "ÖK")]
)
def test_jaw_is_a_location_in_any_case(text, jaw):
    assert teeth.parse_location(text) == Location(jaw=jaw)
    assert str(teeth.parse_location(text)) == jaw
    assert teeth.check_location(text) == []


@pytest.mark.requirement("NA-13", "CO-33")
@pytest.mark.parametrize(
    "text", ["19", "10", "49", "50", "56", "86", "91", "1", "111", "OK", "ÖKK", "överkäke", "1.1"]
)
def test_what_is_neither_tooth_nor_jaw_is_refused_in_words(text):
    (problem,) = teeth.check_location(text)

    assert teeth.parse_location(text) is None
    assert problem.field == "location"
    assert str(problem) == (
        f"{text} is not a tooth. Give a tooth from 11 to 48, a primary tooth from 51 to 85, "
        "or a jaw: ÖK or UK."
    )


def test_no_location_is_no_problem_here():
    assert teeth.parse_location("") is None
    assert teeth.check_location(" ") == []


@pytest.mark.parametrize(
    ("tooth", "jaw"),
    [("11", "ÖK"), ("28", "ÖK"), ("38", "UK"), ("41", "UK"), ("55", "ÖK"), ("85", "UK"), ("19", "")],
)
def test_quadrants_1_2_5_6_are_the_upper_jaw(tooth, jaw):
    assert teeth.jaw_of(tooth) == jaw


@pytest.mark.requirement("NA-13")
@pytest.mark.parametrize(
    ("surface", "tooth"),
    [
        ("", "11"),
        ("", ""),
        ("MB", "11"),
        ("d", "13"),
        ("M O D", "16"),
        ("MODBP", "16"),
        ("MODBL", "46"),
        ("L", "16"),
        ("P", "24"),
        ("I", "13"),
        ("I", "53"),
        ("O", "54"),
        ("O", "75"),
    ],
)
def test_surfaces_a_tooth_has_are_accepted(surface, tooth):
    assert teeth.check_surface(surface, tooth) == []


@pytest.mark.requirement("NA-13", "CO-33")
@pytest.mark.parametrize(
    ("surface", "tooth", "code"),
    [
        ("X", "16", "not_a_surface"),
        ("F", "16", "not_a_surface"),
        ("M,O", "16", "not_a_surface"),
        ("MM", "16", "surface_twice"),
        ("mM", "16", "surface_twice"),
        ("O", "11", "no_such_surface"),
        ("O", "13", "no_such_surface"),
        ("O", "53", "no_such_surface"),
        ("I", "14", "no_such_surface"),
        ("I", "84", "no_such_surface"),
        ("P", "46", "no_such_surface"),
        ("P", "31", "no_such_surface"),
        ("LP", "16", "same_surface"),
        ("M", "ÖK", "surface_without_tooth"),
        ("M", "", "surface_without_tooth"),
    ],
)
def test_surfaces_a_tooth_has_not_are_refused(surface, tooth, code):
    (problem,) = teeth.check_surface(surface, tooth)

    assert problem.code == code
    assert problem.field == "surface"


def test_refusal_names_the_tooth_and_the_likely_surface():
    (problem,) = teeth.check_surface("O", "11")

    assert str(problem) == "Tooth 11 is a front tooth and has no surface O. Did you mean I?"


def test_surfaces_are_kept_in_capitals_and_in_the_order_given():
    assert teeth.normalise_surface(" d om ") == "DOM"


def test_same_surfaces_are_known_however_they_are_written():
    assert teeth.surface_key("MO", "16") == teeth.surface_key("om", "16")
    assert teeth.surface_key("L", "16") == teeth.surface_key("P", "16")
    assert teeth.surface_key("L", "46") != teeth.surface_key("P", "46")


@given(st.text(teeth.SURFACES, max_size=8), st.sampled_from(ALL_TEETH))
def test_accepted_surfaces_are_at_most_five_and_never_repeated(surface, tooth):
    if not teeth.check_surface(surface, tooth):
        assert len(surface) <= 5
        assert len(set(surface)) == len(surface)


@given(st.text(max_size=10), st.text(max_size=4))
def test_any_text_is_either_a_location_or_explained(surface, location):
    found = teeth.parse_location(location)
    problems = teeth.check_location(location)

    assert not (found and problems)
    assert found or problems or not location.strip()
    assert isinstance(teeth.check_surface(surface, location), list)
