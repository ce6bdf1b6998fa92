"""The price list as CSV: every fault is named with file and line."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.registers.price_lists import exchange
from tests.registers.price_lists.conftest import CODES, FILES, PRICES

HEADING = CODES.splitlines()[0]
GOOD = "needs_allowance,124,Panorama,no,no,no,any,never,,,,,fixed,2020-01-01,"
NEW_HEADING = f"{HEADING},participants"
ACTIVITY = "population_health,901,MVC,no,no,no,any,never,,,,,fixed,2020-01-01,"
PRICE_HEADING = PRICES.splitlines()[0]


def read(**files):
    return exchange.read_catalogue({f"{name}.csv": content for name, content in files.items()})


def faults_of(*lines, file="codes"):
    _, faults = read(**{file: "\n".join(lines).encode()})
    return [(fault.line, fault.code, fault.field) for fault in faults]


@pytest.mark.requirement("CO-16")
def test_files_become_facts():
    catalogue, faults = exchange.read_catalogue(FILES)

    assert faults == []
    assert len(catalogue.items) == 7
    price = catalogue.prices["needs_allowance", "825S", dt.date(2024, 1, 1)].facts
    assert price.amount == 855050
    assert catalogue.combinations["needs_allowance", "124", "126", "day"].line == 2
    deductible = catalogue.parameters["needs_allowance.deductible", dt.date(2025, 1, 1)].facts
    assert deductible.value == 525000
    assert catalogue.parameters["ledger.due_after", dt.date(2025, 1, 1)].facts.value == 25


@pytest.mark.requirement("CO-16")
@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + PRICES.encode(),
        PRICES.replace(",", ";").replace('"8 550;50"', "8 550,50").encode(),
        PRICES.replace('"8 550,50"', "8550.50").replace(",", "\t").encode(),
        PRICES.replace("\n", "\r\n").encode(),
        PRICES.replace("\n", "\r").encode(),
        ("\n\n" + PRICES + "\n ,,,\n").encode(),
        PRICES.replace("amount", "amount,,").replace("660.00", "660.00,,,").encode(),
        PRICES.upper().replace("NEEDS", "needs").encode(),
    ],
    ids=["BOM", "semicolons", "tabs", "Windows", "old Mac", "empty lines", "empty columns", "capitals"],
)
def test_what_spreadsheets_make_of_a_file_is_read(content):
    expected, _ = read(prices=PRICES.encode())

    catalogue, faults = read(prices=content)

    assert faults == []
    found = {key: row.facts for key, row in catalogue.prices.items()}
    assert found == {key: row.facts for key, row in expected.prices.items()}


def test_columns_may_stand_in_any_order():
    catalogue, faults = read(prices=b"amount,first_on,code,module\n660,2020-01-01,124,needs_allowance\n")

    assert faults == []
    assert [row.facts.amount for row in catalogue.prices.values()] == [66000]


@pytest.mark.requirement("CO-16")
@pytest.mark.parametrize(
    ("lines", "faults"),
    [
        ([], [(0, "empty_file", "")]),
        ([HEADING.replace(",jaw", "")], [(1, "missing_column", "")]),
        ([HEADING + ",price"], [(1, "unknown_column", "")]),
        ([HEADING + ",code"], [(1, "column_twice", "")]),
        ([HEADING, GOOD, "needs_allowance,125,Profil"], [(3, "wrong_length", "")]),
        ([HEADING, GOOD + ",x"], [(2, "wrong_length", "")]),
        ([HEADING, GOOD, "", GOOD], [(4, "same_row", "")]),
        ([HEADING, GOOD.replace(",no,no,no,", ",perhaps,no,no,")], [(2, "not_a_choice", "tooth")]),
        ([HEADING, GOOD.replace("needs_allowance", "dentistry")], [(2, "not_a_choice", "module")]),
        ([HEADING, GOOD.replace(",fixed,", ",,")], [(2, "empty_cell", "pricing")]),
        ([HEADING, GOOD.replace("2020-01-01", "2020-02-30")], [(2, "not_a_date", "first_on")]),
        ([HEADING, GOOD.replace("2020-01-01", "20200101")], [(2, "not_a_date", "first_on")]),
        ([HEADING, GOOD.replace("2020-01-01", "")], [(2, "empty_cell", "first_on")]),
        ([HEADING, GOOD + "31/12/2025"], [(2, "not_a_date", "last_on")]),
        ([HEADING, GOOD.replace("never,,,", "never,,two,")], [(2, "not_a_count", "max_per_period")]),
        ([HEADING, GOOD.replace("never,,,", "never,,-1,")], [(2, "not_a_count", "max_per_period")]),
        ([HEADING, GOOD.replace("124", "X-ray")], [(2, "bad_code", "code")]),
        ([HEADING, GOOD.replace("Panorama", "")], [(2, "no_name", "name")]),
        ([HEADING, GOOD.replace("Panorama", '"Panorama')], [(2, "not_csv", "")]),
        ([HEADING, GOOD, GOOD.replace("Panorama", '"Pano"rama')], [(3, "not_csv", "")]),
    ],
)
def test_bad_row_is_named_with_line_and_reason(lines, faults):
    assert faults_of(*lines) == faults


@pytest.mark.requirement("CO-16")
@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("needs_allowance,124,2020-01-01,cheap", "not_an_amount"),
        ("needs_allowance,124,2020-01-01,660.005", "not_an_amount"),
        ("needs_allowance,124,2020-01-01," + "9" * 5000, "not_an_amount"),
        ("needs_allowance,124,2020-01-01,", "empty_cell"),
    ],
)
def test_bad_amount_is_named_with_line_and_reason(line, fault):
    assert faults_of(PRICE_HEADING, line, file="prices") == [(2, fault, "amount")]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("ledger.due_after,2025-01-01,soon,Avtal", (2, "not_a_count", "value")),
        ("ledger.due_after,2025-01-01,,Avtal", (2, "empty_cell", "value")),
        ("ledger.due_after,2025-01-01,30,", (2, "no_source", "source")),
        ("ledger.due,2025-01-01,30,Avtal", (2, "unknown_parameter", "name")),
        ("needs_allowance.deductible,2025-01-01,-5000,Avtal", (2, "negative_amount", "value")),
    ],
)
def test_bad_parameter_is_named_with_line_and_reason(line, fault):
    assert faults_of("name,first_on,value,source", line, file="parameters") == [fault]


def test_combination_in_the_other_order_is_the_same_row():
    heading = "module,code,other_code,scope,first_on,last_on"
    lines = ["needs_allowance,124,126,day,2020-01-01,", "needs_allowance,126,124,day,2021-01-01,"]

    assert faults_of(heading, *lines, file="combinations") == [(3, "same_row", "")]


@pytest.mark.requirement("CO-16")
@pytest.mark.parametrize(
    ("content", "line"),
    [
        (PRICES.encode("utf-16"), 1),
        (CODES.encode("latin-1"), 2),
        (b"module,code\n124,\x00", 2),
    ],
)
def test_file_that_is_not_utf8_is_refused_in_words(content, line):
    _, faults = read(codes=content)

    assert [(fault.line, fault.code) for fault in faults] == [(line, "not_utf8")]


def test_unknown_file_is_refused():
    _, faults = read(codes=CODES.encode(), pricess=PRICES.encode())

    assert [(fault.file, fault.code) for fault in faults] == [("pricess.csv", "unknown_file")]


def test_every_fault_of_every_file_is_named():
    _, faults = read(
        codes=f"{HEADING}\n{GOOD.replace('any', 'all')}\n{GOOD.replace('fixed', 'free')}\n".encode(),
        prices=f"{PRICE_HEADING}\nneeds_allowance,124,x,y\n".encode(),
    )

    assert [(fault.file, fault.line, fault.field) for fault in faults] == [
        ("codes.csv", 2, "dentition"),
        ("codes.csv", 3, "pricing"),
        ("prices.csv", 2, "first_on"),
        ("prices.csv", 2, "amount"),
    ]


@pytest.mark.requirement("CO-16", "PH-2")
@pytest.mark.parametrize("participants", ["none", "counted", "named", "Named"])
def test_line_says_who_is_given_in_an_activity(participants):
    catalogue, faults = read(codes=f"{NEW_HEADING}\n{ACTIVITY},{participants}\n".encode())

    assert faults == []
    assert [row.facts.participants for row in catalogue.items.values()] == [participants.lower()]


@pytest.mark.requirement("CO-16", "PH-2")
@pytest.mark.parametrize("text", [f"{HEADING}\n{GOOD}\n", f"{NEW_HEADING}\n{GOOD},\n"])
def test_treatment_needs_not_say_that_nobody_takes_part(text):
    catalogue, faults = read(codes=text.encode())

    assert faults == []
    assert [row.facts.participants for row in catalogue.items.values()] == ["none"]


@pytest.mark.requirement("CO-16", "PH-2")
@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ((NEW_HEADING, f"{GOOD},", f"{ACTIVITY},many"), (3, "not_a_choice", "participants")),
        ((NEW_HEADING, f"{ACTIVITY},"), (2, "empty_cell", "participants")),
        ((HEADING, ACTIVITY), (2, "empty_cell", "participants")),
        ((NEW_HEADING, f"{GOOD},counted"), (2, "participants_elsewhere", "participants")),
        (
            (NEW_HEADING, f"{ACTIVITY.replace('never', 'always')},counted"),
            (2, "not_in_activities", "preauthorization"),
        ),
        ((NEW_HEADING.replace("participants", "people"), f"{GOOD},none"), (1, "unknown_column", "")),
    ],
)
def test_fault_about_participants_is_named_by_line_and_column(lines, fault):
    assert faults_of(*lines) == [fault]


def test_cell_over_two_lines_counts_both():
    lines = [HEADING, GOOD.replace("Panorama", '"Pano\nrama"'), GOOD.replace("124", "bad")]

    catalogue, faults = read(codes="\n".join(lines).encode())

    assert [fault.line for fault in faults] == [4]
    assert [row.facts.name for row in catalogue.items.values()] == ["Pano rama"]


@pytest.mark.requirement("CO-16", "QU-16")
@given(content=st.binary(max_size=400), file=st.sampled_from(list(exchange.COLUMNS)))
def test_no_content_makes_reading_fail(content, file):
    heading = ",".join(exchange.COLUMNS[file]).encode()

    for whole in (content, heading + b"\n" + content):
        _, faults = exchange.read_catalogue({file: whole})
        assert all(fault.file == file for fault in faults)


@given(line=st.text(alphabet='needs_allowance,124"\n\r;-0123456789.ÅK ', max_size=200))
def test_no_line_makes_reading_fail(line):
    exchange.read_catalogue({"prices.csv": f"{PRICE_HEADING}\n{line}".encode()})
