"""How long one clinic's invoice of thousands of lines takes, made by hand, beside two statements.

`python -m bench.one_invoice`, with the KVITT_DATABASE_URL of a filled database.
"""

from collections.abc import Iterator
from datetime import date
from typing import cast

from django.db import connection, transaction

from bench import databases
from bench.data import AUTHORITY
from bench.measure import measured, row, user
from kvitt.foundation.values.money import format_count
from kvitt.modules.needs_allowance.commands import invoices
from kvitt.modules.needs_allowance.queries import invoicing
from kvitt.registers.access import queries as access
from kvitt.registers.access.rules import Actor, Role
from kvitt.registers.organisations.models import Authority, Clinic

TODAY = date(2025, 3, 20)
WAITING = "clinic_id = %s AND module = 'needs_allowance' AND status = 'approved'"
ROWS = f"""
INSERT INTO ledger_invoicerow (invoice_id, line_id, kind, amount, is_void)
SELECT (SELECT min(id) FROM ledger_invoice), id, 'charge', amount, FALSE FROM ledger_line WHERE {WAITING}
"""  # noqa: S608 - our own text
STATUSES = f"UPDATE ledger_line SET status = 'invoiced' WHERE {WAITING}"  # noqa: S608 - our own text


def measure() -> Iterator[str]:
    """Yield a row for the invoice of the first clinic, none of whose lines has been invoiced."""
    clinic = Clinic.objects.order_by("pk")[0]
    with databases.copy("invoice"):
        who = user(Authority.objects.get(pk=AUTHORITY), Role.DENTAL_INVOICES, clinic=clinic)
        actor = cast("Actor", access.actor(who, "", today=TODAY))
        with measured() as shown:
            basis = invoicing.invoice_basis(actor, reference="Bench", today=TODAY)
        with measured() as cost:
            invoices.create_invoice(actor, today=TODAY, reference="Bench", fingerprint=basis.fingerprint)
    with databases.copy("floor"), connection.cursor() as cursor, measured() as floor, transaction.atomic():
        cursor.execute(ROWS, [clinic.pk])
        cursor.execute(STATUSES, [clinic.pk])
    lines = sum(len(found.rows) for found in basis.clinics)
    yield row(
        f"an invoice of {format_count(lines)} lines, made by hand",
        f"{cost.seconds:.2f} s",
        floor=f"{floor.seconds:.2f} s",
        times=cost.seconds / floor.seconds,
        beside=f"{cost.mebibytes:.0f} MiB above idle, {cost.statements} statements; "
        f"what it will hold shown in {shown.seconds:.2f} s",
    )


if __name__ == "__main__":
    print(*measure(), sep="\n")
