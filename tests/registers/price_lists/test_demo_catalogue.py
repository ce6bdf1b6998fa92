"""The demonstration catalogue is consistent and holds what the manual's figures show."""

import csv
import datetime as dt
import itertools
import re
from decimal import Decimal
from pathlib import Path

import pytest

DEMO = Path(__file__).parents[3] / "src" / "kvitt" / "registers" / "price_lists" / "demo"

COLUMNS = {
    "codes": (
        "module,code,name,tooth,jaw,surface,dentition,preauthorization,from_count,max_per_period,"
        "min_age,max_age,pricing,first_on,last_on,participants"
    ),
    "prices": "module,code,first_on,amount",
    "combinations": "module,code,other_code,scope,first_on,last_on",
    "parameters": "name,first_on,value,source",
}

# Source: libretto-behovspeng, figures 3-29
SEED_PRICES = {
    "101": 1065,
    "111": 820,
    "112": 1060,
    "124": 660,
    "126": 1235,
    "163": 1230,
    "428": 5985,
    "436": 830,
    "601": 4335,
    "705": 1485,
    "815": 6900,
    "852": 8550,
}
# The code tables of the manual's cases, with the tooth or jaw: they must all be possible
SEED_CASES = {
    "figure 3": [("436", "11")],
    "figure 9": [("705", "13"), ("112", ""), ("428", "ÖK"), ("705", "11")],
    "figures 12-16": [("101", ""), ("852", "13"), ("601", "ÖK")],
    "figure 21": [("126", ""), ("124", ""), ("163", "ÖK"), ("815", "12")],
    "figure 29": [("126", ""), ("124", ""), ("163", "ÖK"), ("815", "12"), ("111", "")],
}


def rows(name):
    with (DEMO / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, strict=True))


def rows_of(name, module="needs_allowance"):
    return [row for row in rows(name) if row["module"] == module]


CODES = {row["code"]: row for row in rows_of("codes")}
FORBIDDEN = {frozenset((row["code"], row["other_code"])) for row in rows_of("combinations")}


@pytest.mark.requirement("CO-16")
@pytest.mark.parametrize("name", COLUMNS)
def test_files_have_their_columns_and_no_ragged_rows(name):
    text = (DEMO / f"{name}.csv").read_text(encoding="utf-8")

    assert text.splitlines()[0] == COLUMNS[name]
    assert "\r" not in text
    assert all(None not in row and None not in row.values() for row in rows(name))


def test_catalogue_has_about_a_hundred_codes_of_every_series():
    assert 90 <= len(CODES) <= 140
    assert {code[0] for code in CODES} == set("123456789")


@pytest.mark.requirement("CO-14")
def test_codes_are_unique_and_written_as_codes():
    listed = rows_of("codes")

    assert len(listed) == len(CODES)
    assert len({row["name"] for row in listed}) == len(listed)
    assert [row["code"] for row in listed] == sorted(CODES)
    for row in listed:
        assert re.fullmatch(r"[1-9][0-9]{2}[A-Z]?", row["code"])
        assert row["participants"] == "none"
        assert row["name"] == row["name"].strip()
        assert 0 < len(row["name"]) <= 60


def test_deductible_is_no_code_to_report():
    assert "100" not in CODES


@pytest.mark.requirement("CO-14")
@pytest.mark.parametrize("row", CODES.values(), ids=CODES)
def test_demands_of_a_code_make_sense_together(row):
    for column in ("tooth", "jaw", "surface"):
        assert row[column] in {"no", "may", "must"}
    assert row["dentition"] in {"any", "permanent", "primary"}
    assert row["preauthorization"] in {"never", "always", "from_count"}
    assert row["pricing"] in {"fixed", "actual"}
    if row["surface"] != "no":
        assert row["tooth"] == "must", "a surface belongs to a tooth"
    if row["dentition"] != "any":
        assert row["tooth"] == "must", "the dentition is that of a tooth"
    assert bool(row["from_count"]) == (row["preauthorization"] == "from_count")
    for column in ("from_count", "max_per_period", "min_age", "max_age"):
        assert not row[column] or int(row[column]) >= 1
    if row["min_age"] and row["max_age"]:
        assert int(row["min_age"]) <= int(row["max_age"])
    assert row["first_on"] == "2020-01-01"
    assert not row["last_on"]


@pytest.mark.requirement("CO-14")
@pytest.mark.parametrize("row", CODES.values(), ids=CODES)
def test_fixed_price_holds_from_the_codes_first_day_and_actual_cost_has_none(row):
    prices = [price for price in rows_of("prices") if price["code"] == row["code"]]

    if row["pricing"] == "actual":
        assert not prices
    else:
        assert prices[0]["first_on"] == row["first_on"]


@pytest.mark.requirement("CO-14")
def test_prices_are_whole_kronor_of_known_codes_in_order_of_date():
    prices = rows_of("prices")

    assert {price["code"] for price in prices} <= set(CODES)
    keys = [(price["code"], dt.date.fromisoformat(price["first_on"])) for price in prices]
    assert keys == sorted(set(keys))
    for price in prices:
        assert re.fullmatch(r"[1-9][0-9]*\.00", price["amount"])


@pytest.mark.requirement("CO-14")
def test_some_prices_change_with_2025_and_2026():
    changes = {price["first_on"] for price in rows_of("prices")}

    assert changes == {"2020-01-01", "2025-01-01", "2026-01-01"}


@pytest.mark.parametrize(("code", "kronor"), SEED_PRICES.items())
def test_prices_in_the_manual_hold_on_any_date(code, kronor):
    prices = [Decimal(price["amount"]) for price in rows_of("prices") if price["code"] == code]

    assert prices == [kronor]


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("124", "Panoramaröntgenundersökning"),
        ("126", "Röntgenundersökning, omfattande"),
        ("163", "Biopsi"),
        ("815", "Sadelkrona"),
    ],
)
def test_names_in_the_manual_are_kept(code, name):
    assert CODES[code]["name"] == name


@pytest.mark.requirement("NA-14")
def test_preauthorization_is_needed_where_the_manual_shows_it():
    always = {code for code, row in CODES.items() if row["preauthorization"] == "always"}

    assert {"436", "428", "601", "852", "128"} <= always
    assert not {"101", "111", "112", "124", "126", "163", "815"} & always
    assert CODES["705"]["from_count"] == "2"


@pytest.mark.requirement("NA-13")
@pytest.mark.parametrize("lines", SEED_CASES.values(), ids=SEED_CASES)
def test_cases_in_the_manual_can_be_reported(lines):
    for code, location in lines:
        row = CODES[code]
        asked = {"must"} & {row["tooth"], row["jaw"]}
        kind = "jaw" if location in {"ÖK", "UK"} else "tooth"

        assert row["surface"] != "must"
        assert row[kind] != "no" if location else not asked
        assert row["dentition"] != "primary"
        assert not row["max_per_period"]
        assert not row["min_age"]
        assert not row["max_age"]
    for (code, _), (other, _) in itertools.combinations(lines, 2):
        assert frozenset((code, other)) not in FORBIDDEN


@pytest.mark.requirement("NA-13")
def test_codes_of_the_manual_can_all_be_in_one_case():
    for pair in itertools.combinations([*SEED_PRICES, "121", "128"], 2):
        assert frozenset(pair) not in FORBIDDEN


@pytest.mark.requirement("CO-14")
def test_forbidden_combinations_name_two_known_codes_once():
    listed = rows_of("combinations")

    assert len(FORBIDDEN) == len(listed)
    for row in listed:
        assert row["code"] < row["other_code"]
        assert {row["code"], row["other_code"]} <= set(CODES)
        if row["scope"] == "tooth":
            assert CODES[row["code"]]["tooth"] == CODES[row["other_code"]]["tooth"] == "must"
    assert {row["scope"] for row in listed} == {"day", "period", "tooth"}


@pytest.mark.requirement("NA-12")
def test_search_has_something_to_find():
    assert len([code for code in CODES if code.startswith("7")]) >= 10
    found = [code for code, row in CODES.items() if "rönt" in row["name"].casefold()]
    assert found == ["121", "124", "126", "128"]


@pytest.mark.requirement("CO-14")
def test_every_kind_of_demand_occurs():
    listed = list(CODES.values())

    assert {row["dentition"] for row in listed} == {"any", "permanent", "primary"}
    assert {row["surface"] for row in listed} == {"no", "may", "must"}
    assert {row["jaw"] for row in listed} == {"no", "may", "must"}
    assert {row["pricing"] for row in listed} == {"fixed", "actual"}
    assert any(row["tooth"] == row["jaw"] == "must" for row in listed)
    assert any(row["min_age"] for row in listed)
    assert any(row["max_age"] for row in listed)
    assert any(row["max_per_period"] for row in listed)


@pytest.mark.requirement("PH-2")
def test_activities_are_counted_named_or_neither():
    activities = rows_of("codes", "population_health")

    assert {row["code"]: (row["name"], row["participants"]) for row in activities} == {
        "901": ("MVC", "counted"),
        "902": ("BVC", "counted"),
        "903": ("BVC gula fläckar", "counted"),
        "911": ("Tobaksavvänjning, enskilt samtal", "named"),
        "912": ("Tobaksavvänjning, grupp", "named"),
        "921": ("Information i förskola", "none"),
    }


@pytest.mark.requirement("PH-3")
def test_every_activity_has_a_price_from_its_first_day():
    first_prices = {
        price["code"] for price in rows_of("prices", "population_health") if price["first_on"] == "2020-01-01"
    }

    assert first_prices == {row["code"] for row in rows_of("codes", "population_health")}


SPECIAL = {row["code"]: row for row in rows_of("codes", "special_care")}
LONGEST_OF_THE_SEED = (
    "Komplexerad partiell protes med metallskelett som förankras med stöd av urtagskrona, innerkrona eller "
    "attachments"
)


@pytest.mark.requirement("SC-9")
@pytest.mark.parametrize(
    ("code", "name", "jaw", "kronor"),
    [
        ("101", "Basundersökning och diagnostik, utförd av tandläkare", "no", 980),
        ("825", LONGEST_OF_THE_SEED, "must", 12_705),
        ("825S", LONGEST_OF_THE_SEED, "must", 15_195),
    ],
)
def test_special_care_has_the_codes_of_the_manual_at_its_prices_on_any_date(code, name, jaw, kronor):
    prices = [price for price in rows_of("prices", "special_care") if price["code"] == code]

    assert (SPECIAL[code]["name"], SPECIAL[code]["tooth"], SPECIAL[code]["jaw"]) == (name, "no", jaw)
    assert [Decimal(price["amount"]) for price in prices] == [kronor]


@pytest.mark.requirement("CO-14", "SC-9")
def test_special_care_has_a_price_for_every_code_but_those_of_actual_cost():
    firsts = {row["code"] for row in rows_of("prices", "special_care") if row["first_on"] == "2020-01-01"}
    actual = {code for code, row in SPECIAL.items() if row["pricing"] == "actual"}

    assert list(SPECIAL) == sorted(SPECIAL)
    assert firsts == set(SPECIAL) - actual
    assert {price["code"] for price in rows_of("prices", "special_care")} == firsts
    assert actual == {"890", "891", "892"}


@pytest.mark.requirement("CO-14", "SC-9", "SC-11")
def test_special_care_asks_everything_that_a_claim_is_checked_for():
    listed, forbidden = list(SPECIAL.values()), rows_of("combinations", "special_care")

    assert {row["tooth"] for row in listed} == {row["jaw"] for row in listed} == {"no", "may", "must"}
    assert {(row["surface"], row["preauthorization"], row["participants"]) for row in listed} == {
        ("no", "never", "none")
    }
    assert {row["dentition"] for row in listed} == {"any", "permanent", "primary"}
    for column in ("max_per_period", "min_age", "max_age", "last_on"):
        assert any(row[column] for row in listed), column
    assert {row["scope"] for row in forbidden} == {"day", "tooth"}
    for row in forbidden:
        assert {row["code"], row["other_code"]} <= set(SPECIAL)
        if row["scope"] == "tooth":
            assert SPECIAL[row["code"]]["tooth"] == SPECIAL[row["other_code"]]["tooth"] == "must"
    pairs = {frozenset((row["code"], row["other_code"])) for row in forbidden}
    assert pairs.isdisjoint(map(frozenset, itertools.combinations(("101", "825", "825S"), 2)))
