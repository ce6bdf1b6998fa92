"""`kvitt simulate_fee`: one client-month from JSON, by the shipped parameters, without a database."""

import copy
import io
import json

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from kvitt.modules.care_fees.queries.simulation import simulate_fee

pytestmark = pytest.mark.requirement("CF-22")

EXAMPLE = {
    "month": "2025-03",
    "household": "single",
    "accepts_cap": False,
    "net_income": "15000.00",
    "housing_cost": "7000.00",
    "care": [
        {"service": "personal_care", "monthly": "1823.00"},
        {"service": "alarm", "monthly": "310.00"},
    ],
    "board_monthly": "3060.00",
    "board_day": "102.00",
    "rent": {"housing": "care_home", "moved_in": "2025-03-10", "ends": None, "monthly": "6200.00"},
    "absences": [{"from": "2025-03-12", "to": "2025-03-25", "reason": "planned", "reported": "2025-03-03"}],
    "products": [{"product": "lunch", "count": 12, "price": "78.00"}],
    "corrections": [{"text": "Förlorad larmknapp", "amount": "510.00"}],
}
ANSWER = [
    {"kind": "care", "service": "personal_care", "amount": "753.00"},
    {"kind": "absence_care", "amount": "-376.50"},
    {"kind": "board", "amount": "3060.00"},
    {"kind": "absence_board", "amount": "-1428.00"},
    {"kind": "rent", "amount": "3100.00"},
    {"kind": "product", "product": "lunch", "amount": "936.00"},
    {"kind": "correction", "amount": "510.00"},
]


def changed(path, value):
    """Return the example with another value at a path of keys and places; `...` takes it away."""
    written = copy.deepcopy(EXAMPLE)
    *way, last = path
    place = written
    for step in way:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return written


def run(tmp_path, content):
    path = tmp_path / "months.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    out = io.StringIO()
    try:
        call_command("simulate_fee", str(path), stdout=out)
    except SystemExit as stop:
        return json.loads(out.getvalue()), stop.code
    return json.loads(out.getvalue()), 0


def test_the_contracts_example_to_the_ore(tmp_path):
    answer, code = run(tmp_path, EXAMPLE)

    assert code == 0
    assert answer["lines"] == ANSWER
    assert (answer["total"], answer["faults"]) == ("6554.50", [])
    assert any("753,39" in sentence for sentence in answer["explanation"])


def test_many_are_answered_in_their_order_and_a_refused_one_in_its_place(tmp_path):
    answers, code = run(
        tmp_path, [EXAMPLE, {"month": "2025-03", "care": EXAMPLE["care"]}, {"month": "2025-03"}]
    )

    assert code == 1
    assert [answer["total"] for answer in answers] == ["6554.50", None, "0.00"]
    [fault] = answers[1]["faults"]
    assert (fault["code"], fault["path"]) == ("income_missing", "net_income")


@pytest.mark.parametrize(
    ("path", "value", "code", "where"),
    [
        (["extra"], 1, "unknown_key", "extra"),
        (["care", 1, "price"], "1", "unknown_key", "care[1].price"),
        (["month"], ..., "missing", "month"),
        (["month"], "2025-13", "not_a_month", "month"),
        (["month"], "2022-12", "no_parameters", "month"),
        (["month"], "2027-01", "no_parameters", "month"),
        (["household"], "family", "not_a_choice", "household"),
        (["accepts_cap"], "yes", "not_yes_or_no", "accepts_cap"),
        (["net_income"], 15000, "not_an_amount", "net_income"),
        (["net_income"], "15000.001", "not_an_amount", "net_income"),
        (["net_income"], "-1", "below_zero", "net_income"),
        (["net_income"], "١٢", "not_an_amount", "net_income"),
        (["care"], {}, "not_a_list", "care"),
        (["care", 0], "x", "not_an_object", "care[0]"),
        (["care", 0, "service"], "", "not_a_text", "care[0].service"),
        (["care", 0, "service"], "\ud800", "not_a_text", "care[0].service"),
        (["care", 1, "monthly"], ..., "missing", "care[1].monthly"),
        (["rent", "moved_in"], "2025-02-30", "not_a_date", "rent.moved_in"),
        (["rent", "moved_in"], "9999-12-20", "not_a_date", "rent.moved_in"),
        (["rent", "ends"], "2025-03-20", "not_a_last_day", "rent.ends"),
        (["rent", "ends"], "2025-03-14", "ends_before", "rent.ends"),
        (["absences", 0, "to"], "2025-03-11", "ends_before", "absences[0].to"),
        (["absences", 0, "reported"], ..., "reported_missing", "absences[0].reported"),
        (["absences", 0, "reported"], "9999-12-31", "not_a_date", "absences[0].reported"),
        (["absences", 0, "reason"], "ill", "not_a_choice", "absences[0].reason"),
        (["products", 0, "count"], True, "not_a_count", "products[0].count"),
        (["products", 0, "count"], -1, "not_a_count", "products[0].count"),
        (["products", 0, "price"], "-1", "below_zero", "products[0].price"),
    ],
)
def test_what_is_impossible_is_refused_with_the_path_of_its_key(path, value, code, where):
    answer = simulate_fee(changed(path, value))

    assert (answer["lines"], answer["total"]) == ([], None)
    assert (code, where) in [(fault["code"], fault["path"]) for fault in answer["faults"]]
    assert all(fault["message"] and "%(" not in fault["message"] for fault in answer["faults"])


def test_absences_overlap_never_and_adjoining_ones_of_one_reason_are_one():
    first = {"from": "2025-03-01", "to": "2025-03-06", "reason": "planned", "reported": "2025-02-01"}
    second = {"from": "2025-03-07", "to": "2025-03-14", "reason": "planned", "reported": "2025-03-06"}

    def cut(*absences):
        care = [{"service": "personal_care", "monthly": "1000.00"}]
        written = {"month": "2025-03", "accepts_cap": True, "absences": list(absences), "care": care}
        answer = simulate_fee(written)
        amounts = {line["kind"]: line["amount"] for line in answer["lines"]}
        return amounts.get("absence_care"), answer["faults"]

    assert cut(first) == (None, [])
    assert cut(first, second) == ("-500.00", [])
    [fault] = cut(first, {**second, "from": "2025-03-06"})[1]
    assert (fault["code"], fault["path"]) == ("overlaps", "absences[1]")


def test_an_absence_of_thousands_of_years_is_answered_at_once():
    absence = {"from": "0001-01-01", "to": "9999-12-31", "reason": "planned", "reported": "0001-01-01"}
    assert simulate_fee(EXAMPLE | {"absences": [absence]})["lines"][1]["amount"] == "-753.00"


def test_keys_may_be_left_out_and_a_price_list_says_what_a_day_of_board_is_worth():
    written = {
        "month": "2025-03",
        "board_monthly": "3060.00",
        "absences": [{"from": "2022-12-24", "to": None, "reason": "unplanned"}],
    }
    answer = simulate_fee(written)

    assert answer["lines"] == [
        {"kind": "board", "amount": "3060.00"},
        {"kind": "absence_board", "amount": "-3060.00"},
    ]


@pytest.mark.parametrize(
    "content", [b"", b"{", b'{"month": "2025-03", "month": "2025-04"}', b"\xff", b"[" * 90_000]
)
def test_file_that_is_no_json_is_told_on_one_line(tmp_path, content):
    with pytest.raises(CommandError) as refused:
        run(tmp_path, content)
    assert refused.value.returncode == 2
    assert "\n" not in str(refused.value)


@pytest.mark.requirement("QU-16")
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(list(EXAMPLE)) | st.text(max_size=4), inner, max_size=4)
        ),
        max_leaves=8,
    )
)
def test_whatever_is_written_is_answered(written):
    answer = simulate_fee(written)

    assert (answer["total"] is None) == bool(answer["faults"])
