"""The rules of needs allowance: the worked examples of `examples.toml`, then what lies at their edges."""

import datetime as dt
import tomllib
from pathlib import Path

import pytest

from kvitt.foundation.values.dates import Period
from kvitt.ledger import rules as ledger
from kvitt.ledger.lifecycle import LineStatus
from kvitt.modules.needs_allowance.lifecycle import ProcedureStatus, StepNotAllowed, ensure_step
from kvitt.modules.needs_allowance.rules import case, entry, money, procedure
from kvitt.modules.needs_allowance.rules.entry import Entry, Surroundings
from kvitt.modules.needs_allowance.rules.procedure import ProcedureFacts
from kvitt.registers.price_lists.lifecycle import (
    CombinationScope,
    Demand,
    Dentition,
    PreauthorizationNeed,
    Pricing,
)
from kvitt.registers.price_lists.rules import AGE_MESSAGES, Combination, Item

MONTHS, DUE_DAYS, FIRST_DAY, LAST_DAY = 12, 30, 9, 25
TODAY = dt.date(2024, 11, 20)
PERIOD = Period(dt.date(2024, 11, 6), dt.date(2025, 11, 5))
EXAMPLES = tomllib.loads((Path(__file__).parent / "examples.toml").read_text(encoding="utf-8"))
JAW_CODE = Item("601", "Bettskena", jaw=Demand.MUST, price=433_500)
TOOTH_CODE = Item("705", "Fyllning, två ytor", tooth=Demand.MUST, surface=Demand.MAY, price=148_500)
PLAIN_CODE = Item("101", "Basundersökning", price=106_500)


def examples(kind):
    return [pytest.param(one["given"], one["expect"], id=one["name"]) for one in EXAMPLES[kind]]


def facts(code="705", status="approved", performed_on=TODAY, *, number=1, kronor=1485, **place):
    return ProcedureFacts(
        id=number,
        code=code,
        location=place.get("location", ""),
        surface=place.get("surface", ""),
        performed_on=performed_on,
        amount=100 * kronor,
        status=status,
        is_deductible=code == "100",
    )


def facts_of(lines):
    return [
        facts(code, status, TODAY if is_performed else None, number=number, kronor=kronor)
        for number, (code, kronor, status, is_performed) in enumerate(lines)
    ]


def around(**changes):
    usual = {
        "today": TODAY,
        "period": PERIOD,
        "governing_on": TODAY,
        "others": (),
        "born_on": dt.date(2013, 3, 10),
        "died_on": None,
        "is_practitioner_active": True,
        "combinations": (),
        "contact": "Tandvårdsenheten, 010-103 00 00",
    }
    return Surroundings(**{**usual, **changes})


def told(problems):
    return [(problem.field, problem.code) for problem in problems]


# The worked examples ------------------------------------------------------------------------------


def test_every_example_has_a_name_of_its_own_and_a_source():
    for kind, listed in EXAMPLES.items():
        names = [example["name"] for example in listed]
        assert len(names) == len(set(names)), kind
        assert all(example["source"] for example in listed), kind


@pytest.mark.requirement("NA-7")
@pytest.mark.parametrize(("given", "expect"), examples("period"))
def test_period(given, expect):
    period = case.calculate_period(given["first_on"], months=MONTHS)

    assert period == Period(given["first_on"], expect["last_on"])


@pytest.mark.requirement("NA-7")
@pytest.mark.parametrize(("given", "expect"), examples("start"))
def test_start(given, expect):
    problems = case.check_start(
        given["first_on"], today=given["today"], months=MONTHS, was_listed=given.get("was_listed", True)
    )

    assert told(problems) == ([("first_on", expect["problem"])] if expect["problem"] else [])


@pytest.mark.requirement("NA-7")
@pytest.mark.parametrize(("given", "expect"), examples("earliest_start"))
def test_earliest_start(given, expect):
    assert case.calculate_earliest_start(given["today"], months=MONTHS) == expect["earliest"]


@pytest.mark.requirement("NA-8")
@pytest.mark.parametrize(("given", "expect"), examples("case_number"))
def test_case_number(given, expect):
    assert case.calculate_case_number(given["year"], given["running_number"]) == expect["number"]


@pytest.mark.requirement("NA-23")
@pytest.mark.parametrize(("given", "expect"), examples("totals"))
def test_totals(given, expect):
    totals = money.calculate_totals(facts_of(given["lines"]))

    kronor = {name: ore / 100 for name, ore in vars(totals).items()}
    assert kronor == expect


@pytest.mark.requirement("NA-14")
@pytest.mark.parametrize(("given", "expect"), examples("status"))
def test_status(given, expect):
    item = Item(
        "705",
        "Fyllning, två ytor",
        preauthorization=PreauthorizationNeed(given["preauthorization"]),
        from_count=given.get("from_count"),
    )
    registered = [facts("705", status) for status in given["registered"]]

    assert procedure.calculate_status(item, registered).value == expect["status"]


@pytest.mark.requirement("NA-13", "CO-14")
@pytest.mark.parametrize(("given", "expect"), examples("place"))
def test_place(given, expect):
    item = Item(
        "999",
        "Exempel",
        tooth=Demand(given.get("tooth", "no")),
        jaw=Demand(given.get("jaw", "no")),
        surface=Demand(given.get("surface_demand", "no")),
        dentition=Dentition(given.get("dentition", "any")),
    )
    typed = Entry("999", TODAY, location=given["location"], surface=given.get("surface", ""))

    problems = entry.check_place(typed, item)

    assert told(problems) == ([(expect["field"], expect["problem"])] if expect["problem"] else [])


@pytest.mark.requirement("NA-24")
@pytest.mark.parametrize(("given", "expect"), examples("window"))
def test_window(given, expect):
    own = Period(given["own_first"], given["own_last"]) if "own_first" in given else None
    usual = {"first_day": FIRST_DAY, "last_day": LAST_DAY}
    window = ledger.calculate_window(given["today"], own=own, **usual)
    next_month = (given["today"].replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    following = ledger.calculate_window(next_month, own=None, **usual)

    problems = ledger.check_window_open(given["today"], window, following)

    assert [problem.values["first"] for problem in problems] == (
        [] if expect["is_open"] else [expect["opens_on"]]
    )


@pytest.mark.requirement("NA-26")
@pytest.mark.parametrize(("given", "expect"), examples("invoice_date"))
def test_invoice_date(given, expect):
    invoice_date = ledger.calculate_invoice_date(given["today"])

    assert invoice_date == expect["invoice_date"]
    assert ledger.calculate_due_date(invoice_date, days=DUE_DAYS) == expect["due_date"]


@pytest.mark.requirement("NA-25", "NA-31")
@pytest.mark.parametrize(("given", "expect"), examples("invoice"))
def test_invoice(given, expect):
    codes = {number: code for number, (_case, code, *_rest) in enumerate(given["lines"])}
    waiting = [
        ledger.LineFacts(number, case_number, LineStatus(status), 100 * kronor, TODAY if is_done else None)
        for number, (case_number, _code, kronor, status, is_done) in enumerate(given["lines"])
    ]

    rows = ledger.plan_rows(money.plan_invoice_lines(waiting))

    assert [[codes[row.line_id], row.amount / 100] for row in rows] == expect["taken"]
    assert ledger.calculate_total(rows) / 100 == expect["total"]


# The case -----------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-7")
def test_periods_that_share_one_day_overlap():
    other = case.OtherCase("B2024-000001", Period(dt.date(2023, 11, 21), TODAY))

    problems = case.check_overlap(Period(TODAY, dt.date(2025, 11, 19)), [other])

    assert told(problems) == [("first_on", "overlapping_case")]
    assert problems[0].values["next"] == dt.date(2024, 11, 21)


@pytest.mark.requirement("NA-7")
def test_next_case_may_start_the_day_after():
    other = case.OtherCase("B2024-000001", Period(dt.date(2023, 11, 20), dt.date(2024, 11, 19)))

    assert case.check_overlap(Period(TODAY, dt.date(2025, 11, 19)), [other]) == []


@pytest.mark.requirement("NA-7")
def test_case_that_the_user_may_not_see_is_not_named():
    seen = case.OtherCase("B2024-000001", PERIOD)
    unseen = case.OtherCase("", PERIOD)

    told_of_both = [str(problem) for problem in case.check_overlap(PERIOD, [seen, unseen])]

    assert "B2024-000001" in told_of_both[0]
    assert told_of_both[1].startswith("The patient already has a case at another clinic with the period")


@pytest.mark.requirement("NA-17")
@pytest.mark.parametrize(("today", "is_open"), [(PERIOD.last, True), (dt.date(2025, 11, 6), False)])
def test_case_is_open_until_and_including_the_last_day(today, is_open):
    assert (case.check_open(PERIOD, today=today) == []) is is_open


@pytest.mark.requirement("NA-10")
@pytest.mark.parametrize(
    ("today", "days_left", "elapsed"),
    [
        (dt.date(2024, 11, 6), 365, 0),
        (dt.date(2025, 5, 7), 183, 50),
        (dt.date(2025, 11, 5), 1, 100),
        (dt.date(2025, 11, 6), 0, 100),
        (dt.date(2030, 1, 1), 0, 100),
    ],
)
def test_days_left_count_today_and_the_last_day(today, days_left, elapsed):
    assert case.calculate_days_left(PERIOD, today=today) == days_left
    assert case.calculate_elapsed(PERIOD, today=today) == elapsed


@pytest.mark.requirement("NA-16")
@pytest.mark.parametrize(
    ("statuses", "refusal"),
    [
        ([], ""),
        (["withdrawn"], ""),
        (["approved"], case.HAS_CODES),
        (["requires_preauthorization", "withdrawn"], case.HAS_CODES),
        (["approved", "invoiced"], case.HAS_LOCKED_CODES),
        (["credited"], case.HAS_LOCKED_CODES),
        (["refused"], case.HAS_LOCKED_CODES),
        (["awaiting_review"], case.HAS_LOCKED_CODES),
    ],
)
def test_case_is_deleted_only_without_codes(statuses, refusal):
    lines = [facts("100", "approved", kronor=-5000), *(facts("101", status) for status in statuses)]

    problems = case.check_deletion(lines)

    assert "".join(problem.message for problem in problems) == refusal


# The date of an entry -----------------------------------------------------------------------------


@pytest.mark.requirement("NA-13")
@pytest.mark.parametrize(
    ("performed_on", "problem"),
    [
        (None, ""),
        (dt.date(2024, 11, 6), ""),
        (TODAY, ""),
        (dt.date(2024, 11, 5), "before_period"),
        (dt.date(2024, 11, 21), "in_future"),
        (dt.date(2025, 11, 5), "in_future"),
        (dt.date(2025, 11, 6), "after_period"),
    ],
)
def test_treatment_date_lies_in_the_period_and_not_in_the_future(performed_on, problem):
    problems = entry.check_date(performed_on, today=TODAY, period=PERIOD)

    assert [one.code for one in problems] == ([problem] if problem else [])


@pytest.mark.requirement("NA-13", "CO-33")
def test_wrong_treatment_date_is_told_once():
    ancient = dt.date(2004, 11, 20)

    governing = entry.calculate_governing_date(ancient, today=TODAY, period=PERIOD)
    problems = entry.check_procedure(Entry("101", ancient), PLAIN_CODE, around(governing_on=governing))

    assert governing == TODAY
    assert told(problems) == [("performed_on", "before_period")]


@pytest.mark.requirement("NA-13")
def test_treatment_after_the_death_of_the_patient_is_refused():
    died_on = dt.date(2024, 11, 18)

    problems = entry.check_procedure(Entry("101", TODAY), PLAIN_CODE, around(died_on=died_on))

    assert told(problems) == [("performed_on", "after_death")]


# The code of an entry -----------------------------------------------------------------------------


@pytest.mark.requirement("NA-13", "CO-33")
def test_all_faults_are_told_at_once():
    typed = Entry("601", dt.date(2024, 10, 30), location="19", surface="M", quantity=2)

    problems = entry.check_procedure(typed, JAW_CODE, around(is_practitioner_active=False))

    assert {field for field, _code in told(problems)} == {
        "performed_on",
        "practitioner",
        "quantity",
        "location",
        "surface",
    }


@pytest.mark.requirement("NA-12", "CO-33")
def test_part_of_a_code_is_answered_with_the_codes_that_match():
    similar = ("704 Fyllning, en yta", "705 Fyllning, två ytor")

    problems = entry.check_procedure(Entry("70", TODAY), None, around(typed_code="70", similar_codes=similar))

    assert [str(problem) for problem in problems] == [
        "70 is not a whole code. Type one of those that match: 704 Fyllning, en yta; 705 Fyllning, två ytor."
    ]


@pytest.mark.requirement("NA-13")
def test_code_that_is_not_valid_that_day_is_refused():
    problems = entry.check_procedure(Entry("999", TODAY), None, around())

    assert told(problems) == [("code", "unknown_code")]


@pytest.mark.requirement("NA-13")
@pytest.mark.parametrize(
    ("item", "problem"),
    [
        (Item("101", "Basundersökning", price=None), "no_price"),
        (Item("898", "Tandteknik", pricing=Pricing.ACTUAL), "actual_cost"),
    ],
)
def test_code_without_a_fixed_price_is_refused_and_says_whom_to_ask(item, problem):
    problems = entry.check_procedure(Entry(item.code, TODAY), item, around())

    assert told(problems) == [("code", problem)]
    assert str(problems[0]).endswith("ontact Tandvårdsenheten, 010-103 00 00.")


@pytest.mark.requirement("NA-13", "CO-14")
@pytest.mark.parametrize(
    ("limits", "refusal"),
    [
        ({"min_age": 11}, ""),
        ({"min_age": 12}, AGE_MESSAGES["too_young"]),
        ({"max_age": 11}, ""),
        ({"max_age": 10}, AGE_MESSAGES["too_old"]),
        ({"min_age": 3, "max_age": 7}, AGE_MESSAGES["too_old"]),
    ],
)
def test_code_with_age_limits_is_for_that_age_on_the_day(limits, refusal):
    item = Item("107", "Riskbedömning", price=1, **limits)

    problems = entry.check_age(item, born_on=dt.date(2013, 3, 10), on=TODAY)

    assert "".join(problem.message for problem in problems) == refusal


@pytest.mark.requirement("CO-14")
@pytest.mark.parametrize(("day", "is_allowed"), [(dt.date(2025, 3, 9), False), (dt.date(2025, 3, 10), True)])
def test_age_limit_is_reached_on_the_birthday(day, is_allowed):
    item = Item("203", "Rådgivning om tobak", price=1, min_age=12)

    assert (entry.check_age(item, born_on=dt.date(2013, 3, 10), on=day) == []) is is_allowed


@pytest.mark.requirement("NA-13")
@pytest.mark.parametrize(
    ("place", "is_twice"),
    [
        ({"location": "13", "surface": "MO"}, True),
        ({"location": "13", "surface": "OM"}, True),
        ({"location": "13", "surface": "M"}, False),
        ({"location": "14", "surface": "MO"}, False),
    ],
)
def test_same_code_tooth_surface_and_date_stands_once(place, is_twice):
    there = [facts("705", location="13", surface="MO")]

    problems = entry.check_repetition(Entry("705", TODAY, **place), TOOTH_CODE, there)

    assert [problem.code for problem in problems] == (["reported_twice"] if is_twice else [])


@pytest.mark.requirement("NA-13")
def test_same_code_is_reported_again_another_day():
    there = [facts("705", performed_on=dt.date(2024, 11, 19), location="13")]

    assert entry.check_repetition(Entry("705", TODAY, location="13"), TOOTH_CODE, there) == []


@pytest.mark.requirement("NA-13")
def test_same_code_can_be_planned_several_times():
    there = [facts("705", performed_on=None, location="13")]

    assert entry.check_repetition(Entry("705", None, location="13"), TOOTH_CODE, there) == []


@pytest.mark.requirement("NA-13")
@pytest.mark.parametrize(
    ("statuses", "is_refused"),
    [
        (["approved"], False),
        (["approved", "requires_preauthorization"], True),
        (["approved", "withdrawn", "refused", "credited"], False),
    ],
)
def test_code_stands_at_most_its_highest_number_of_times_in_the_period(statuses, is_refused):
    item = Item("103", "Utökad basundersökning", price=1, max_per_period=2)
    there = [facts("103", status, dt.date(2024, 11, 7 + day)) for day, status in enumerate(statuses)]

    problems = entry.check_repetition(Entry("103", TODAY), item, there)

    assert [problem.code for problem in problems] == (["too_many"] if is_refused else [])


@pytest.mark.requirement("NA-13", "CO-14")
@pytest.mark.parametrize(
    ("scope", "other", "is_refused"),
    [
        (CombinationScope.DAY, {"performed_on": TODAY}, True),
        (CombinationScope.DAY, {"performed_on": dt.date(2024, 11, 19)}, False),
        (CombinationScope.DAY, {"performed_on": None}, False),
        (CombinationScope.PERIOD, {"performed_on": None}, True),
        (CombinationScope.PERIOD, {"status": "withdrawn"}, False),
        (CombinationScope.TOOTH, {"location": "13"}, True),
        (CombinationScope.TOOTH, {"location": "14"}, False),
        (CombinationScope.TOOTH, {"location": ""}, False),
    ],
)
@pytest.mark.parametrize("pair", [("801", "704"), ("704", "801")])
def test_forbidden_combination_is_refused_in_either_order(pair, scope, other, is_refused):
    combination = Combination("704", "801", scope)
    typed, there = pair

    problems = entry.check_combinations(
        Entry(typed, TODAY, location="13"), [combination], [facts(there, **other)]
    )

    assert [problem.code for problem in problems] == (["forbidden_combination"] if is_refused else [])
    assert all(f"Codes {typed} and {there} cannot" in str(problem) for problem in problems)


# A procedure that is there ------------------------------------------------------------------------


@pytest.mark.requirement("NA-15")
@pytest.mark.parametrize("status", [*LineStatus, *ProcedureStatus], ids=str)
def test_only_what_is_approved_or_requires_preauthorization_is_removed(status):
    may_be_removed = status.value in {"approved", "requires_preauthorization"}

    assert procedure.may_remove(facts("101", status.value)) is may_be_removed
    assert (procedure.check_removal(facts("101", status.value)) == []) is may_be_removed


@pytest.mark.requirement("NA-9", "NA-15")
def test_deductible_is_neither_removed_nor_changed():
    deductible = facts("100", "approved", kronor=-5000)

    assert [problem.code for problem in procedure.check_removal(deductible)] == ["deductible"]
    assert [problem.code for problem in procedure.check_change(deductible, was_invoiced=False)] == [
        "deductible"
    ]


@pytest.mark.requirement("NA-15")
def test_procedure_once_invoiced_is_removed_but_not_changed():
    returned = facts("101", "approved")

    assert procedure.check_removal(returned) == []
    assert [problem.code for problem in procedure.check_change(returned, was_invoiced=True)] == [
        "was_invoiced"
    ]
    assert not procedure.may_change(returned, was_invoiced=True, period=PERIOD, today=TODAY)


@pytest.mark.requirement("NA-15", "NA-17")
@pytest.mark.parametrize(("today", "may_change"), [(PERIOD.last, True), (dt.date(2025, 11, 6), False)])
def test_after_the_period_a_procedure_is_removed_but_not_changed(today, may_change):
    line = facts("101", "approved")

    assert procedure.may_remove(line)
    assert procedure.may_change(line, was_invoiced=False, period=PERIOD, today=today) is may_change


@pytest.mark.requirement("CO-24")
@pytest.mark.parametrize(
    "change", [{"performed_on": None}, {"location": "14"}, {"surface": "D"}, {"status": "invoiced"}]
)
def test_procedure_that_was_changed_meanwhile_is_noticed(change):
    def mark(line):
        return procedure.calculate_mark(line, practitioner_id=7)

    opened, now = facts(location="13", surface="M"), facts(**{"location": "13", "surface": "M", **change})

    problems = procedure.check_unchanged(mark(opened), mark(now), who="Karin Testberg", time="10.42")

    assert str(problems[0]).startswith("Karin Testberg changed the case at 10.42.")
    assert procedure.check_unchanged(mark(opened), mark(opened), who="", time="") == []


@pytest.mark.requirement("CO-19")
def test_only_removal_takes_a_procedure_out_of_waiting_for_preauthorization():
    before, after = ProcedureStatus.REQUIRES_PREAUTHORIZATION, ProcedureStatus.WITHDRAWN

    ensure_step(before.value, after, command="remove_procedure")

    with pytest.raises(StepNotAllowed):
        ensure_step(before.value, after, command="change_procedure")
    with pytest.raises(StepNotAllowed):
        ensure_step(ProcedureStatus.REFUSED.value, after, command="remove_procedure")
