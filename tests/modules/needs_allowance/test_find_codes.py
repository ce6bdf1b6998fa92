"""The code field searches as one types: digits the beginning of codes, letters part of their names."""

import datetime as dt

import pytest

from kvitt.modules.needs_allowance.queries import reporting
from kvitt.registers.access.rules import NotAllowed

TODAY = dt.date(2024, 11, 20)
PAGE = "needs_allowance:find_codes"


@pytest.fixture
def number(world):
    """A case of Elsa's, begun ten days ago."""
    return world.create_case(world.elsa, first_on=dt.date(2024, 11, 10))


def hits(world, number, text, performed_on=""):
    actor = world.actor("anna")
    return reporting.find_codes(actor, number, text=text, performed_on=performed_on, today=world.today)


def codes(world, number, text, performed_on=""):
    return [hit.code for hit in hits(world, number, text, performed_on)]


def note(world, number, code):
    [hit] = hits(world, number, code)
    return hit.note


# What is found ------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-12")
def test_7_finds_the_codes_that_begin_with_7(world, number):
    found = codes(world, number, "7")

    assert found[:3] == ["701", "702", "703"]
    assert all(code.startswith("7") for code in found)
    assert len(found) == 14


@pytest.mark.requirement("NA-12")
@pytest.mark.parametrize("typed", ["rönt", "RÖNT", " Rönt "])
def test_ront_finds_the_names_that_hold_it(typed, world, number):
    assert codes(world, number, typed) == ["121", "124", "126", "128"]


@pytest.mark.requirement("NA-12")
@pytest.mark.parametrize(
    ("typed", "expected"), [("825", ["825", "825S"]), ("825s", ["825S"]), ("999", []), ("zzz", [])]
)
def test_whole_codes_and_what_does_not_exist(typed, expected, world, number):
    assert codes(world, number, typed) == expected


@pytest.mark.requirement("NA-12")
@pytest.mark.parametrize("typed", ["%", "_", "'", "<b>", "\0", "x" * 5000])
def test_anything_can_be_typed(typed, world, number):
    assert codes(world, number, typed) in ([], codes(world, number, ""))


@pytest.mark.requirement("NA-12", "CO-14")
def test_codes_and_prices_are_those_of_the_treatment_date(world, number):
    world.set_price("815", dt.date(2024, 11, 15), 700_000)
    world.code(code="817").update(first_on=dt.date(2024, 11, 15))

    [before] = hits(world, number, "815", "2024-11-14")
    [after] = hits(world, number, "815", "241115")

    assert (before.price, after.price) == (690_000, 700_000)
    assert codes(world, number, "817", "2024-11-14") == []


@pytest.mark.requirement("NA-12")
@pytest.mark.parametrize("performed_on", ["", "i fjol", "2024-11-30", "2004-11-20"])
def test_without_a_date_that_can_be_right_today_governs(performed_on, world, number):
    world.set_price("815", TODAY, 700_000)

    [hit] = hits(world, number, "815", performed_on)

    assert hit.price == 700_000


# What is said of them -----------------------------------------------------------------------------


@pytest.mark.requirement("NA-12")
@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("101", ""),
        ("815", "Give a tooth."),
        ("163", "Give a jaw."),
        ("704", "Give a tooth and a surface."),
        ("423", "Give a tooth or a jaw."),
        ("601", "Requires preauthorization. Give a jaw."),
        ("926", "Paid at actual cost, cannot be reported here. Requires preauthorization."),
    ],
)
def test_what_matters_is_said_before_choosing(code, said, world, number):
    assert note(world, number, code) == said


@pytest.mark.requirement("NA-12", "NA-14")
def test_second_705_is_said_to_require_preauthorization(world, number):
    world.report(number, "705", "11", performed_on=dt.date(2024, 11, 12))

    assert note(world, number, "705") == (
        "Requires preauthorization. Give a tooth. Already in the case 2024-11-12."
    )


@pytest.mark.requirement("NA-12")
def test_planned_code_is_said_to_be_in_the_case(world, number):
    world.report(number, "815", "12", performed_on=None)

    assert note(world, number, "815") == "Give a tooth. Already in the case, not performed."


@pytest.mark.requirement("NA-12")
def test_removed_code_is_not_said_to_be_in_the_case(world, number):
    world.remove(world.report(number, "815", "12"))

    assert note(world, number, "815") == "Give a tooth."


@pytest.mark.requirement("NA-12")
def test_hit_tells_which_fields_the_code_takes(world, number):
    [hit] = hits(world, number, "705")

    assert (hit.tooth, hit.jaw, hit.surface) == ("must", "no", "may")


# The answer ---------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-12")
def test_answer_is_the_options_of_the_list(number, visit):
    response = visit("anna").client.get(f"/needs-allowance/cases/{number}/codes/?q=163")

    assert (
        response.content.decode()
        .strip()
        .endswith(
            '<li role="option" id="code-163" data-value="163" data-tooth="no" data-jaw="must" '
            'data-surface="no" data-price="no" aria-selected="false"><span>163</span>'
            "<span>Biopsi<small>Give a jaw.</small></span>"
            "<span>1\N{NO-BREAK SPACE}230\N{NO-BREAK SPACE}kr</span></li>"
        )
    )


@pytest.mark.requirement("NA-12")
def test_code_without_a_price_is_said_to_be_at_actual_cost(number, visit):
    response = visit("anna").client.get(f"/needs-allowance/cases/{number}/codes/?q=926")

    assert "<span>Actual cost</span>" in response.content.decode()


# Who may ------------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-4", "CO-5")
@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("anna", 200),
        ("bo", 404),
        ("david", 404),
        ("eva", 403),
        ("frida", 403),
        ("gustav", 403),
        ("ivar", 403),
    ],
)
def test_codes_are_found_by_those_who_report_at_the_clinic(name, status, number, visit):
    assert visit(name).client.get(f"/needs-allowance/cases/{number}/codes/?q=7").status_code == status


@pytest.mark.requirement("CO-4")
def test_region_is_refused(world, number):
    with pytest.raises(NotAllowed):
        reporting.find_codes(world.actor("gustav"), number, text="7", performed_on="", today=TODAY)


@pytest.mark.requirement("CO-30")
def test_search_shows_nobody_and_records_no_read(number, visit, reads):
    visit("anna").client.get(f"/needs-allowance/cases/{number}/codes/?q=7")

    assert reads() == []


@pytest.mark.requirement("NA-12")
@pytest.mark.parametrize("typed", ["101", "7", "rönt", ""])
def test_search_takes_as_many_statements_whatever_is_found(typed, world, number, django_assert_num_queries):
    anna = world.actor("anna")

    with django_assert_num_queries(3):
        reporting.find_codes(anna, number, text=typed, performed_on="", today=TODAY)
