"""A catalogue is loaded whole or not at all, and loading it again changes nothing."""

import datetime as dt
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.organisations.models import Authority
from kvitt.registers.price_lists import commands, queries
from kvitt.registers.price_lists.models import ForbiddenCombination, ParameterValue, Price, PriceListItem
from tests.registers.price_lists.conftest import CODES, COMBINATIONS, FILES, PARAMETERS, PRICES

DEMO = Path(commands.__file__).parent / "demo"


def load(actor, **files):
    return commands.load_catalogue(
        actor, files={f"{name}.csv": text.encode() for name, text in files.items()}
    )


def rows():
    return [
        list(model.objects.order_by("pk").values())
        for model in (PriceListItem, Price, ForbiddenCombination, ParameterValue)
    ]


def kvitt(*arguments):
    """Return the exit code, standard output and standard error of `kvitt load_catalogue`."""
    out, err = StringIO(), StringIO()
    code = 0
    try:
        call_command("load_catalogue", *map(str, arguments), stdout=out, stderr=err, no_color=True)
    except SystemExit as exit_:
        code = exit_.code
    except CommandError as fault:
        code = fault.returncode
        err.write(str(fault))
    return code, out.getvalue(), err.getvalue()


@pytest.fixture
def folder(tmp_path):
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


@pytest.mark.requirement("CO-16")
def test_catalogue_is_loaded(catalogue, region):
    filling = PriceListItem.objects.get(authority=region, code="705")

    assert {name: count.added for name, count in catalogue.items()} == {
        "codes.csv": 7,
        "prices.csv": 7,
        "combinations.csv": 2,
        "parameters.csv": 2,
    }
    assert (filling.tooth, filling.surface, filling.from_count) == ("must", "may", 2)
    assert filling.search_key == "fyllning, två ytor"
    assert ParameterValue.objects.get(name="ledger.due_after").entered_by == "Karin Testberg"


@pytest.mark.requirement("CO-16")
def test_loading_the_same_twice_changes_nothing_and_leaves_no_event(catalogue, administrator):
    before, events = rows(), Event.objects.count()

    counts = commands.load_catalogue(administrator, files=FILES)

    assert rows() == before
    assert Event.objects.count() == events
    assert all((count.added, count.changed) == (0, 0) for count in counts.values())


@pytest.mark.requirement("CO-16", "CO-30", "PH-2")
def test_participants_are_loaded_once_and_changed_with_an_event(administrator):
    counted = """\
module,code,name,tooth,jaw,surface,dentition,preauthorization,\
from_count,max_per_period,min_age,max_age,pricing,first_on,last_on,participants
population_health,901,MVC,no,no,no,any,never,,,,,fixed,2020-01-01,,counted
"""
    load(administrator, codes=counted)

    again = load(administrator, codes=counted)
    changed = load(administrator, codes=counted.replace("counted", "named"))

    assert (again["codes.csv"].added, again["codes.csv"].changed) == (0, 0)
    assert (changed["codes.csv"].added, changed["codes.csv"].changed) == (0, 1)
    assert Event.objects.count() == 2
    assert Event.objects.latest("id").data["before"] == {"population_health 901": {"participants": "counted"}}


@pytest.mark.requirement("CO-16", "CO-30")
def test_changes_stand_in_the_log_before_and_after(catalogue, administrator):
    load(
        administrator,
        codes=CODES.replace("Panoramaröntgenundersökning", "Panoramaröntgen"),
        prices=PRICES + "needs_allowance,124,2026-01-01,690\n",
    )

    event = Event.objects.latest("id")
    assert (event.action, event.user_name) == ("price_lists.load_catalogue", "Karin Testberg")
    assert event.data == {
        "before": {"needs_allowance 124": {"name": "Panoramaröntgenundersökning"}},
        "after": {
            "codes.csv": {"read": 7, "added": 0, "changed": 1},
            "prices.csv": {"read": 8, "added": 1, "changed": 0},
            "needs_allowance 124": {"name": "Panoramaröntgen"},
            "needs_allowance 124 2026-01-01": {"amount": 69000},
        },
    }


@pytest.mark.requirement("CO-16")
def test_changed_values_are_taken_over(catalogue, administrator, region):
    load(
        administrator,
        codes=CODES.replace("fixed,2020-01-01,\nspecial", "fixed,2020-01-01,2025-12-31\nspecial"),
        prices=PRICES.replace("1485.00", "1500.00"),
        combinations=COMBINATIONS.replace("day,2020-01-01,", "day,2020-01-01,2024-06-30"),
        parameters=PARAMETERS.replace("5250", "5300"),
    )

    day = dt.date(2025, 3, 20)
    assert queries.item_on(region.pk, "needs_allowance", "705", on=day).price == 150000
    assert queries.combinations_of(region.pk, "needs_allowance", "124", on=day) == []
    assert queries.parameter(region.pk, "needs_allowance.deductible", on=day) == 530000


def test_what_the_files_do_not_name_stays(catalogue, administrator):
    load(administrator, prices="module,code,first_on,amount\nneeds_allowance,124,2027-01-01,700\n")

    assert PriceListItem.objects.count() == 7
    assert Price.objects.count() == 8


@pytest.mark.requirement("CO-16")
@pytest.mark.parametrize(
    ("files", "fault"),
    [
        (
            {"prices": PRICES + "needs_allowance,999,2025-01-01,100\n"},
            ("prices.csv", 9, "unknown_code"),
        ),
        (
            {"prices": PRICES + "needs_allowance,898,2025-01-01,100\n"},
            ("prices.csv", 9, "price_of_actual"),
        ),
        (
            {"prices": PRICES + "needs_allowance,711,2025-01-01,100\n"},
            ("prices.csv", 9, "price_after_end"),
        ),
        ({"prices": PRICES.replace("660", "-660")}, ("prices.csv", 2, "negative_amount")),
        ({"prices": PRICES + PRICES.splitlines()[1]}, ("prices.csv", 9, "same_row")),
        (
            {"combinations": COMBINATIONS + "needs_allowance,124,999,day,2025-01-01,\n"},
            ("combinations.csv", 4, "unknown_code"),
        ),
        (
            {"combinations": COMBINATIONS + "needs_allowance,124,705,tooth,2025-01-01,\n"},
            ("combinations.csv", 4, "no_tooth_in_code"),
        ),
        ({"codes": CODES.replace("from_count,2", "from_count,1")}, ("codes.csv", 4, "from_first")),
    ],
)
def test_bad_row_is_named_and_nothing_is_loaded(administrator, files, fault):
    sound = {"codes": CODES, "prices": PRICES, "combinations": COMBINATIONS, "parameters": PARAMETERS}

    with pytest.raises(Refused) as refused:
        load(administrator, **{**sound, **files})

    assert [(problem.file, problem.line, problem.code) for problem in refused.value.problems] == [fault]
    assert rows() == [[], [], [], []]
    assert not Event.objects.exists()


def test_code_in_a_faulty_line_is_not_called_unknown(administrator):
    with pytest.raises(Refused) as refused:
        load(administrator, codes=CODES.replace("never", "sometimes", 1), prices=PRICES)

    assert [(problem.file, problem.line) for problem in refused.value.problems] == [("codes.csv", 2)]


def test_code_with_prices_cannot_turn_to_actual_cost(catalogue, administrator):
    with pytest.raises(Refused) as refused:
        load(administrator, codes=CODES.replace("fixed", "actual", 1))

    assert [(problem.line, problem.code) for problem in refused.value.problems] == [(2, "actual_with_prices")]


@pytest.mark.requirement("CO-1")
def test_another_authority_keeps_its_own(catalogue, neighbour, other_region):
    load(neighbour, codes=CODES.replace("Biopsi", "Provtagning"), prices=PRICES.replace("1235", "1240"))

    assert PriceListItem.objects.filter(authority=other_region).count() == 7
    assert Price.objects.filter(item__code="126", amount=123500).count() == 1


@pytest.mark.requirement("CO-4")
def test_only_an_administrator_loads(dentist):
    with pytest.raises(NotAllowed):
        commands.load_catalogue(dentist, files=FILES)


def test_number_of_statements_does_not_grow_with_the_rows(administrator, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        commands.load_catalogue(
            administrator, files={path.name: path.read_bytes() for path in DEMO.glob("*.csv")}
        )


# The program --------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-16")
def test_demonstration_catalogue_loads(region):
    code, out, err = kvitt(DEMO)

    assert (code, err) == (0, "")
    assert "codes.csv" in out
    assert PriceListItem.objects.filter(authority=region, code="705", from_count=2).exists()


def test_one_file_is_enough(region, folder):
    code, _, _ = kvitt(folder / "codes.csv")

    assert code == 0
    assert PriceListItem.objects.count() == 7
    assert Price.objects.count() == 0


def test_counts_are_printed_as_json(region, folder):
    code, out, _ = kvitt(folder, "--json")

    assert code == 0
    assert json.loads(out)["prices.csv"] == {"read": 7, "added": 7, "changed": 0}


@pytest.mark.requirement("CO-16")
def test_faults_go_to_standard_error_one_line_each(region, folder):
    (folder / "prices.csv").write_text(PRICES.replace("660.00", "-660").replace("1485.00", "dyrt"))

    code, out, err = kvitt(folder)

    assert (code, out) == (1, "")
    negative, word = err.splitlines()
    assert negative.startswith("prices.csv, ")
    assert " 2, " in negative
    assert " 5, " in word
    assert "dyrt" in word
    assert PriceListItem.objects.count() == 0


def test_misnamed_file_is_a_fault(region, folder):
    (folder / "prices.csv").rename(folder / "pricelist.csv")

    code, _, err = kvitt(folder)

    assert code == 1
    assert "pricelist.csv" in err
    assert "prices.csv" in err


def test_missing_path_is_wrong_use(region, tmp_path):
    code, _, err = kvitt(tmp_path / "nothing")

    assert code == 2
    assert "nothing" in err


def test_folder_without_files_is_wrong_use(region, tmp_path):
    code, _, err = kvitt(tmp_path)

    assert code == 2
    assert "codes.csv" in err


@pytest.mark.requirement("CO-1")
def test_authority_is_named_where_there_are_several(region, other_region, folder):
    unnamed, _, err = kvitt(folder)
    unknown, _, _ = kvitt(folder, "--authority", "556000-0019")
    named, _, _ = kvitt(folder, "--authority", "232100-0057")

    assert (unnamed, unknown, named) == (2, 2, 0)
    assert "232100-0040 Region Ekonomi" in err
    assert set(PriceListItem.objects.values_list("authority", flat=True)) == {other_region.pk}


def test_without_an_authority_nothing_can_be_loaded(db, folder):
    assert not Authority.objects.exists()
    assert kvitt(folder)[0] == 2
