"""The measurements run: what they measure is told by `make bench` at full size."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def bench(folder, *arguments):
    environment = {name: value for name, value in os.environ.items() if name != "KVITT_DATABASE_URL"}
    environment["KVITT_DATA"] = str(folder)
    program = [sys.executable, "-m", *arguments]
    finished = subprocess.run(program, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


@pytest.mark.requirement("QU-11")
def test_files_of_invoices_are_measured_beside_their_floor(tmp_path):
    page = bench(tmp_path, "bench.invoice_pdf", "--invoices", "3")

    (row,) = [line.split("|") for line in page.splitlines()]
    assert row[1].strip() == "QU-11"
    assert all(cell.strip() for cell in row[4:7])


@pytest.mark.requirement("QU-8", "QU-11")
def test_workbook_and_invoices_of_a_month_are_measured_beside_their_floors(tmp_path):
    page = bench(tmp_path, "bench", "workbook", "monthly_invoices", "--lines", "500")

    rows = [line.split("|") for line in page.splitlines() if line.startswith("| QU-")]
    assert {row[1].strip() for row in rows} == {"QU-8", "QU-11"}
    assert all(row[5].strip() and row[6].strip() for row in rows)
