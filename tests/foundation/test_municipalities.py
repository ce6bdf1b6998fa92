"""The municipalities of Sweden by county, as Statistics Sweden counts them."""

from collections import Counter

import pytest

from kvitt.foundation.values import municipalities

# County: how many municipalities lie in it, and one of them.
COUNTIES = {
    "01": ("Stockholm", 26, "0180"),
    "03": ("Uppsala", 8, "0331"),
    "04": ("Södermanland", 9, "0488"),
    "05": ("Östergötland", 13, "0580"),
    "06": ("Jönköping", 13, "0643"),
    "07": ("Kronoberg", 8, "0780"),
    "08": ("Kalmar", 12, "0885"),
    "09": ("Gotland", 1, "0980"),
    "10": ("Blekinge", 5, "1080"),
    "12": ("Skåne", 33, "1280"),
    "13": ("Halland", 6, "1384"),
    "14": ("Västra Götaland", 49, "1480"),
    "17": ("Värmland", 16, "1780"),
    "18": ("Örebro", 12, "1814"),
    "19": ("Västmanland", 10, "1980"),
    "20": ("Dalarna", 15, "2080"),
    "21": ("Gävleborg", 10, "2180"),
    "22": ("Västernorrland", 7, "2281"),
    "23": ("Jämtland", 8, "2380"),
    "24": ("Västerbotten", 15, "2480"),
    "25": ("Norrbotten", 14, "2584"),
}

pytestmark = pytest.mark.requirement("PH-2")


def test_there_are_290_with_codes_and_names_of_their_own():
    found = municipalities.municipalities()

    assert len(found) == 290
    assert len({one.name for one in found.values()}) == 290
    assert all(len(code) == 4 and code.isdecimal() for code in found)
    assert all(one.name == one.name.strip() and one.name[0].isupper() for one in found.values())


def test_every_county_has_its_own():
    counted = Counter(one.county for one in municipalities.municipalities().values())

    assert counted == {county: count for county, (_, count, _) in COUNTIES.items()}
    assert municipalities.counties() == {county: name for county, (name, _, _) in COUNTIES.items()}


@pytest.mark.parametrize(("county", "facts"), COUNTIES.items(), ids=COUNTIES)
def test_municipalities_of_a_county_are_those_whose_codes_begin_so(county, facts):
    _, count, code = facts

    found = municipalities.in_county(county)

    assert len(found) == count
    assert code in {one.code for one in found}
    assert {one.code[:2] for one in found} == {county}


def test_municipalities_are_in_swedish_order():
    names = [one.name for one in municipalities.in_county("05")]

    assert names[:3] == ["Boxholm", "Finspång", "Kinda"]
    assert names[-2:] == ["Åtvidaberg", "Ödeshög"]


def test_no_county_means_all_of_sweden():
    assert len(municipalities.in_county("")) == 290


@pytest.mark.parametrize(
    ("code", "exists", "name"),
    [
        ("0580", True, "Linköping"),
        ("0331", True, "Heby"),
        ("1917", False, "1917"),  # Heby before 2007
        ("580", False, "580"),
        ("", False, ""),
    ],
)
def test_code_has_a_name_or_is_shown_as_it_is(code, exists, name):
    assert municipalities.exists(code) is exists
    assert municipalities.name_of(code) == name
