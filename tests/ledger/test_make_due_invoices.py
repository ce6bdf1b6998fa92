"""`kvitt make_due_invoices`: one line per run, exit 1 when a clinic got none."""

import datetime as dt
import json
import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from kvitt.ledger import commands
from kvitt.ledger.models import Invoice, InvoiceRun
from kvitt.registers.organisations.models import Clinic

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("PH-8")]


def run(*arguments):
    """Run the command; return its exit code and what it printed."""
    out, err = StringIO(), StringIO()
    try:
        call_command("make_due_invoices", *arguments, stdout=out, stderr=err)
    except SystemExit as stopped:
        return stopped.code, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_run_is_told_on_one_line(scheme):
    scheme.approve(3)
    scheme.approve(clinic=scheme.world.linghem)

    assert run("--on", "2024-12-01") == (
        0,
        "Region Exempel, population_health 2024-11: 2 invoices, 400\u00a0kr, 0 clinics without\n",
        "",
    )
    assert run("--on", "2024-12-01") == (0, "Nothing is due on 2024-12-01.\n", "")
    assert Invoice.objects.count() == 2


def test_without_a_date_today_counts(scheme):
    scheme.approve()

    assert run() == (0, "Nothing is due on 2024-11-20.\n", "")


def test_missed_months_are_told_in_order(scheme, settings):
    settings.KVITT_TODAY = dt.date(2025, 2, 1)
    scheme.approve()

    _, out, _ = run("--on", "2025-02-01")

    assert [line.split()[3] for line in out.splitlines()] == ["2024-11:", "2024-12:", "2025-01:"]


@pytest.mark.requirement("QU-14")
def test_authority_for_which_the_database_failed_is_told_on_one_line(scheme, neighbour, monkeypatch):
    opens, ours = commands.open_run, scheme.world.region.pk
    scheme.approve()
    scheme.approve(clinic=neighbour)

    def fail_for_ours(*, authority_id, **run):
        if authority_id == ours:
            raise OperationalError("a value that nobody should see")
        return opens(authority_id=authority_id, **run)

    monkeypatch.setattr(commands, "open_run", fail_for_ours)

    code, out, err = run("--on", "2024-12-01")

    assert (code, err) == (1, f"Authority {ours}: OperationalError; its runs are left.\n")
    assert "1 invoices" in out
    assert Invoice.objects.get().clinic == neighbour


def test_clinic_that_got_none_makes_it_exit_1(scheme):
    Clinic.objects.filter(number="1112").update(giro_kind="", giro_number="")
    scheme.approve()
    scheme.approve(clinic=scheme.world.linghem)

    code, out, err = run("--on", "2024-12-01")

    assert code == 1
    assert out.endswith(": 1 invoices, 100\u00a0kr, 1 clinics without\n")
    assert err == (
        "Region Exempel, population_health 2024-11: 1112 - Ekens Tandvård Linghem: "
        "The clinic has no account. Add it and run again.\n"
    )


def test_json_has_every_run(scheme):
    Clinic.objects.filter(number="1112").update(giro_kind="", giro_number="")
    scheme.approve()
    scheme.approve(clinic=scheme.world.linghem)

    code, out, err = run("--on", "2024-12-01", "--json")

    assert (code, err) == (1, "")
    assert json.loads(out) == {
        "runs": [
            {
                "authority": "Region Exempel",
                "module": "population_health",
                "month": "2024-11",
                "due_on": "2024-12-01",
                "invoices": 1,
                "total": 10000,
                "faults": [{"clinic": "1112 - Ekens Tandvård Linghem", "fault": "no_account"}],
            }
        ]
    }
    assert run("--on", "2024-12-01", "--json") == (0, '{"runs": []}\n', "")


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2024-13-01", "is not a date"),
        ("december", "is not a date"),
        ("2025-11-21", "more than a year ahead"),
    ],
)
def test_day_that_is_none_or_far_ahead_is_refused(scheme, day, words):
    scheme.approve()

    with pytest.raises(CommandError, match=words):
        run("--on", day)

    assert not InvoiceRun.objects.exists()


@pytest.mark.parametrize("day", ["december", "2999-01-01"])
def test_wrong_day_exits_2(day, tmp_path, monkeypatch):
    monkeypatch.setenv("KVITT_DATA", str(tmp_path))
    monkeypatch.setenv("KVITT_DEBUG", "1")
    monkeypatch.delenv("KVITT_DATABASE_URL", raising=False)

    ended = subprocess.run(
        [sys.executable, "-m", "kvitt", "make_due_invoices", "--on", day],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr
