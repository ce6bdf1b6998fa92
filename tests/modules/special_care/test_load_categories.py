"""Patient categories are loaded whole or not at all, and loading them again changes nothing."""

import datetime as dt
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from kvitt.audit.models import Event
from kvitt.modules import special_care
from kvitt.modules.special_care import exchange
from kvitt.modules.special_care.models import PatientCategory
from kvitt.modules.special_care.rules.category import OTHER_SUPPORT

SHIPPED = Path(special_care.__path__[0]) / "demo" / "categories.csv"
HEADING = "support,code,name,valid_years,first_on,last_on"


def kvitt(*arguments):
    """Return the exit code, standard output and standard error of `kvitt load_patient_categories`."""
    out, err = StringIO(), StringIO()
    code = 0
    try:
        call_command("load_patient_categories", *map(str, arguments), stdout=out, stderr=err, no_color=True)
    except SystemExit as exit_:
        code = exit_.code
    except CommandError as fault:
        code = fault.returncode
        err.write(str(fault))
    return code, out.getvalue(), err.getvalue()


def faults_of(*lines):
    _, faults = exchange.read_categories("\n".join((HEADING, *lines)).encode())
    return [(fault.line, fault.code, fault.field) for fault in faults]


@pytest.mark.requirement("SC-1a")
def test_shipped_categories_are_loaded_once(world):
    first, second = kvitt(SHIPPED), kvitt(SHIPPED)

    assert first == (0, "21 patient categories added or changed\n", "")
    assert second == (0, "0 patient categories added or changed\n", "")
    years = dict(PatientCategory.objects.filter(authority=world.region).values_list("code", "valid_years"))
    assert sorted(years) == sorted(
        [*(f"N{n}" for n in range(1, 5)), *(f"F{n}" for n in range(1, 12)), *(f"S{n}" for n in range(1, 7))]
    )
    assert {code for code, value in years.items() if value == 4} == {
        "F1",
        "F5",
        "F6",
        "F7",
        "F9",
        "F10",
        "F11",
    }
    assert set(years.values()) == {4, None}
    assert str(PatientCategory.objects.get(code="N1")) == "N1, särskilt boende"
    assert Event.objects.get(action="special_care.load_categories").data["after"]["S2"]["support"] == "s"


@pytest.mark.requirement("SC-1a")
def test_faulty_row_is_named_and_nothing_is_loaded(world, tmp_path):
    kvitt(SHIPPED)
    file = tmp_path / "own.csv"
    file.write_text(
        f"{HEADING}\nn,N5,own group,,2024-01-01,\nf,N1,other,,2024-01-01,\nf,F12,,,2024-02-30,\n", "utf-8"
    )

    code, out, err = kvitt(file)

    assert (code, out) == (1, "")
    assert err.splitlines() == [
        f"categories.csv, line 3, support: {OTHER_SUPPORT % {'code': 'N1'}}",
        "categories.csv, line 4, first_on: 2024-02-30 is not a date. Write it as 2025-03-20.",
    ]
    assert not PatientCategory.objects.filter(code="N5").exists()


def test_file_that_is_not_there_is_said(world, tmp_path):
    code, _, err = kvitt(tmp_path / "none.csv")

    assert code == 2
    assert "none.csv cannot be read" in err


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("x,N1,name,,2024-01-01,", "not_a_choice"),
        ("n,N-1,name,,2024-01-01,", "bad_code"),
        ("n,,name,,2024-01-01,", "bad_code"),
        ("n,N1,,,2024-01-01,", "no_name"),
        (f"n,N1,{'x' * 201},,2024-01-01,", "long_name"),
        ("n,N1,name,,2024-01-01,2023-12-31", "days_in_order"),
        ("f,F1,name,0,2024-01-01,", "years_out_of_range"),
        ("f,F1,name,51,2024-01-01,", "years_out_of_range"),
        ("s,S1,name,4,2024-01-01,", "years_without_certificate"),
    ],
)
def test_what_is_wrong_in_a_row_has_a_name(line, fault):
    assert [code for _, code, _ in faults_of(line)] == [fault]


def test_code_stands_once_and_in_capitals():
    found, faults = exchange.read_categories(f"{HEADING}\nN,n 1,name,,2024-01-01,2024-12-31\n".encode())

    assert faults == []
    facts = found[("N1",)].facts
    assert (facts.code, facts.period.last) == ("N1", dt.date(2024, 12, 31))
    assert faults_of("n,N1,name,,2024-01-01,", "n,n1,name,,2024-01-01,") == [(3, "same_row", "")]
