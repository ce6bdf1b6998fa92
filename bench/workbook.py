"""How long the Excel file of every case takes, beside its cells written alone (QU-11).

`python -m bench.workbook`, with the KVITT_DATABASE_URL of a filled database.
"""

import tempfile
from collections.abc import Iterator

import xlsxwriter
from django.test import override_settings
from django.urls import reverse

from bench.data import AUTHORITY
from bench.measure import measured, row, signed_in, user
from kvitt.foundation.values.money import format_count
from kvitt.modules.needs_allowance.models import Case
from kvitt.modules.needs_allowance.tables import CASES
from kvitt.registers.access.rules import Role
from kvitt.registers.organisations.models import Authority


def measure() -> Iterator[str]:
    """Yield a row for the workbook, asked for as a user asks for it."""
    client = signed_in(user(Authority.objects.get(pk=AUTHORITY), Role.REVIEWER))
    address, rows = reverse("needs_allowance:search_cases"), Case.objects.count()
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        client.get(address)
        with measured() as cost:
            response = client.get(f"{address}?format=xlsx")
            size = sum(len(part) for part in response)
    floor = write_alone(rows)
    yield row(
        f"Excel of {format_count(rows)} cases",
        f"{cost.seconds:.1f} s",
        requirement="QU-11",
        goal="≤ 10 s, ≤ 60 MiB above idle",
        floor=f"{floor:.1f} s",
        times=cost.seconds / floor,
        beside=f"{cost.mebibytes:.0f} MiB above idle, {size / 1e6:.1f} MB file",
    )


def write_alone(rows: int) -> float:
    """Return the seconds that the writer of Excel files takes over as many rows of ready cells."""
    cells = ["B2024-000012"] * len(CASES)
    with measured() as cost, tempfile.TemporaryFile() as file:
        workbook = xlsxwriter.Workbook(file, {"constant_memory": True})
        sheet = workbook.add_worksheet()
        for number in range(rows):
            for column, cell in enumerate(cells):
                sheet.write_string(number, column, cell)
        workbook.close()
    return cost.seconds


if __name__ == "__main__":
    print(*measure(), sep="\n")
