"""How long the automatic monthly invoices take, beside their rows written by two statements (QU-8).

`python -m bench.monthly_invoices`, with the KVITT_DATABASE_URL of a filled database.
"""

import sys
from collections.abc import Iterator
from itertools import pairwise

from django.db import connection, transaction

from bench import databases
from bench.data import DUE_ON
from bench.measure import measured, row
from kvitt.foundation.values.money import format_count
from kvitt.ledger import tasks
from kvitt.ledger.models import Invoice, Line

WAITING = "module = 'population_health' AND status = 'approved' AND performed_on < %s"
# An invoice without rows for every clinic, not counted in the floor.
HEADERS = """
INSERT INTO ledger_invoice (authority_id, module, clinic_id, clinic_number, clinic_name,
    provider_number, provider_name, payer_name, external_reference, reference_search_key,
    invoice_date, due_date, total, status, return_reason, issued_at, payout_reference)
SELECT authority_id, 'population_health', id, number, name, '', '', '', '', '',
    '2025-02-28', '2025-03-30', 0, 'issued', '', '2025-03-01 00:00:00', ''
FROM organisations_clinic
"""
ROWS = f"""
INSERT INTO ledger_invoicerow (invoice_id, line_id, kind, amount, is_void)
SELECT invoice.id, line.id, 'charge', line.amount, FALSE
FROM (SELECT id, clinic_id, amount FROM ledger_line WHERE {WAITING}) AS line
JOIN ledger_invoice AS invoice ON invoice.clinic_id = line.clinic_id AND invoice.module = 'population_health'
"""  # noqa: S608 - our own text
STATUSES = f"UPDATE ledger_line SET status = 'invoiced' WHERE {WAITING}"  # noqa: S608 - our own text


def measure() -> Iterator[str]:
    """Yield a row for the run of one month.

    Run and floor each begin with a copy of the same database: as many rows, the same indexes and as little
    to clean up behind either. The run is first: its memory is that of a program that has just started.
    """
    asked: list[int] = []  # the statements until then, each time the task asks whether it may go on

    def goes_on() -> bool:
        asked.append(cost.statements)
        return True

    with databases.copy("run"):
        lines = Line.objects.filter(module="population_health").count()
        with measured() as cost:
            made = tasks.make_due_invoices(on=DUE_ON, goes_on=goes_on)
        check_all_are_invoiced(made)
    with databases.copy("floor"), connection.cursor() as cursor:
        cursor.execute(HEADERS)
        with measured() as floor, transaction.atomic():
            cursor.execute(ROWS, [DUE_ON])
            cursor.execute(STATUSES, [DUE_ON])
    chunks = [after - before for before, after in pairwise(asked)]
    yield row(
        f"monthly invoices of {format_count(lines)} lines, {format_count(made)} clinics",
        f"{cost.seconds:.1f} s",
        requirement="QU-8",
        goal="≤ 60 s, ≤ 2 times",
        floor=f"{floor.seconds:.1f} s",
        times=cost.seconds / floor.seconds,
        beside=f"{cost.mebibytes:.0f} MiB above idle, "
        f"{min(chunks)} to {max(chunks)} statements in each of {len(chunks)} chunks of clinics",
    )


def check_all_are_invoiced(made: int) -> None:
    """Stop when the run has not done what it was measured for."""
    waiting = Line.objects.filter(module="population_health").exclude(status="invoiced").count()
    if waiting or made != Invoice.objects.filter(module="population_health").count():
        sys.exit(f"{waiting} lines were not invoiced")


if __name__ == "__main__":
    print(*measure(), sep="\n")
