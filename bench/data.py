"""Fills an empty database: as many lines of activities, all to be invoiced, and as many of cases.

`python -m bench.data --lines 1000000`, with KVITT_DATABASE_URL. Nothing is by chance: two fills are alike.
"""

import argparse
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.management import call_command
from django.db import connection, transaction

from bench import databases
from bench.databases import Row
from kvitt.audit.models import Event, Subject
from kvitt.foundation import clock
from kvitt.ledger.models import Invoice, InvoiceRow, InvoiceRun, Line, VoucherSeries
from kvitt.modules.needs_allowance.models import Case, Procedure
from kvitt.modules.population_health.models import Activity
from kvitt.registers.listings.models import Listing
from kvitt.registers.organisations.models import (
    Authority,
    CareProvider,
    Clinic,
    ClinicRight,
    Practitioner,
)
from kvitt.registers.people.models import Person

AUTHORITY = 1
LINES_PER_CLINIC = 500
LINES_PER_CASE = 10
LINES_PER_ACTIVITY = 25
CLINICS_PER_PROVIDER = 5
# One clinic in twenty is a dental one, with cases; the first of them has been invoiced for none of its lines.
CLINICS_PER_DENTAL = 20
CASES_PER_INVOICE = 9
FIRST_CASE_ON = date(2024, 4, 1)
# The month of the activities, and the day on which their invoices are due.
MONTH = date(2025, 2, 1)
DUE_ON = date(2025, 3, 1)


@dataclass(frozen=True)
class Size:
    """How many of everything there are."""

    lines: int

    @property
    def clinics(self) -> int:
        """Clinics, with five hundred lines of activities each."""
        return max(CLINICS_PER_PROVIDER, self.lines // LINES_PER_CLINIC)

    @property
    def dental(self) -> int:
        """Clinics that also have cases."""
        return max(2, self.clinics // CLINICS_PER_DENTAL)

    @property
    def cases(self) -> int:
        """Cases, one for every person."""
        return self.lines // LINES_PER_CASE

    @property
    def activities(self) -> int:
        """Activities."""
        return self.lines // LINES_PER_ACTIVITY

    def invoice_of(self, case: int) -> int:
        """Return the invoice that has all lines of a case, 0 where it is still to be made."""
        turn, clinic = divmod(case, self.dental)
        round_, place = divmod(turn, CASES_PER_INVOICE + 1)
        return round_ * self.dental + clinic if clinic and place < CASES_PER_INVOICE else 0


def fill(lines: int) -> None:
    """Fill the database, all or nothing."""
    size = Size(lines)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size = -1000000")  # KiB: the indexes are changed in memory
    with transaction.atomic():
        write_clinics(size.clinics, dental=size.dental)
        write_persons(size)
        write_cases(size)
        write_invoices(size)
        write_activities(size)
        write_reads(size)
        databases.count_on()


def write_clinics(count: int, *, dental: int = 0) -> None:
    """Write the authority, its clinics with what they are connected to, and a practitioner in each."""
    clinics = range(1, count + 1)
    Authority.objects.create(
        pk=AUTHORITY, name="Region Bench", kind="region", organisation_number="2320000000", county="99"
    )
    databases.write(
        CareProvider,
        (
            {"id": n, "authority_id": AUTHORITY, "organisation_number": f"{n:010}", "name": f"Provider {n}"}
            for n in range(1, count // CLINICS_PER_PROVIDER + 2)
        ),
    )
    databases.write(
        Clinic,
        (
            {
                "id": n,
                "authority_id": AUTHORITY,
                "provider_id": 1 + n // CLINICS_PER_PROVIDER,
                "number": f"{1000 + n}",
                "name": f"Clinic {n}",
                "sort_key": f"clinic {n:06}",
                "giro_kind": "bankgiro",
                "giro_number": "9912346",
            }
            for n in clinics
        ),
    )
    databases.write(
        ClinicRight,
        (
            {"clinic_id": n, "scheme": scheme, "first_on": "2020-01-01"}
            for n in clinics
            for scheme in ("population_health", "needs_allowance")
            if scheme == "population_health" or n <= dental
        ),
    )
    databases.write(
        Practitioner,
        ({"id": n, "clinic_id": n, "name": f"Practitioner {n}", "first_on": "2020-01-01"} for n in clinics),
    )


def write_persons(size: Size) -> None:
    """Write the persons, listed at the dental clinics in turn."""
    databases.write(
        Person,
        (
            {
                "id": n + 1,
                "authority_id": AUTHORITY,
                "identity_number": f"99{n:010}",
                "identity_kind": "reserve",
                "code": uuid.UUID(int=n).hex,
                "given_name": f"Given{n}",
                "family_name": f"Family{n}",
                "sort_key": f"family{n:06}",
                "search_key": f"given{n} family{n}",
            }
            for n in range(size.cases)
        ),
    )
    databases.write(
        Listing,
        (
            {"person_id": n + 1, "clinic_id": n % size.dental + 1, "first_on": "2024-01-01"}
            for n in range(size.cases)
        ),
    )


# Cases, most of them invoiced ---------------------------------------------------------------------


def case_number(case: int) -> str:
    """Return the number of a case."""
    return f"B2024-{case + 1:06}"


def first_day(case: int) -> date:
    """Return the day that a case began."""
    return FIRST_CASE_ON + timedelta(days=case % 330)


def price(case: int, order: int) -> int:
    """Return the price (öre) of a line; the first of every case is the deductible."""
    return 60_000 + case % 90 * 100 if order else -500_000


def write_cases(size: Size) -> None:
    """Write a case for every person, its procedures and their lines."""
    databases.write(
        Case,
        (
            {
                "id": n + 1,
                "authority_id": AUTHORITY,
                "number": case_number(n),
                "clinic_id": n % size.dental + 1,
                "person_id": n + 1,
                "first_on": f"{first_day(n)}",
                "last_on": f"{first_day(n) + timedelta(days=364)}",
                "created_on": f"{first_day(n)}",
                "changed_at": f"{first_day(n)} 10:00:00",
                "changed_by": "Bench",
            }
            for n in range(size.cases)
        ),
    )
    databases.write(Line, case_lines(size))
    databases.write(
        Procedure,
        (
            {
                "case_id": n + 1,
                "line_id": n * LINES_PER_CASE + order + 1,
                "is_deductible": order == 0,
                "code": f"{100 + order}",
                "text": f"Procedure {order}",
                "price": price(n, order),
                "performed_on": f"{first_day(n)}",
                "status": "approved",
            }
            for n in range(size.cases)
            for order in range(LINES_PER_CASE)
        ),
    )


def case_lines(size: Size) -> Iterator[Row]:
    """Yield the lines of every case."""
    for n in range(size.cases):
        shared = {
            "authority_id": AUTHORITY,
            "module": "needs_allowance",
            "clinic_id": n % size.dental + 1,
            "person_id": n + 1,
            "case_number": case_number(n),
            "performed_on": f"{first_day(n)}",
            "created_on": f"{first_day(n)}",
            "status": "invoiced" if size.invoice_of(n) else "approved",
        }
        for order in range(LINES_PER_CASE):
            yield shared | {
                "id": n * LINES_PER_CASE + order + 1,
                "code": f"{100 + order}",
                "text": f"Procedure {order}",
                "price": price(n, order),
                "amount": price(n, order),
            }


def write_invoices(size: Size) -> None:
    """Write the invoices of the cases, paid out, with their rows."""
    totals: dict[int, int] = {}
    for n in range(size.cases):
        total = sum(price(n, order) for order in range(LINES_PER_CASE))
        totals[size.invoice_of(n)] = totals.get(size.invoice_of(n), 0) + total
    invoiced = sorted(invoice for invoice in totals if invoice)
    databases.write(
        Invoice,
        (
            {
                "id": invoice,
                "authority_id": AUTHORITY,
                "module": "needs_allowance",
                "clinic_id": invoice % size.dental + 1,
                "clinic_number": f"{1001 + invoice % size.dental}",
                "clinic_name": f"Clinic {invoice % size.dental + 1}",
                "provider_number": "0000000001",
                "provider_name": "Provider 1",
                "payer_name": "Region Bench",
                "external_reference": f"Invoice {invoice}",
                "reference_search_key": f"invoice {invoice}",
                "invoice_date": "2025-01-31",
                "due_date": "2025-03-02",
                "total": totals[invoice],
                "status": "paid_out",
                "voucher_year": 2025,
                "voucher_number": voucher,
                "issued_at": "2025-01-20 10:00:00",
                "reviewed_by_id": 1,
                "authorised_by_id": 2,
            }
            for voucher, invoice in enumerate(invoiced, start=1)
        ),
    )
    VoucherSeries.objects.create(authority_id=AUTHORITY, year=2025, last_number=len(invoiced))
    databases.write(
        InvoiceRow,
        (
            {
                "invoice_id": invoice,
                "line_id": n * LINES_PER_CASE + order + 1,
                "kind": "charge",
                "amount": price(n, order),
            }
            for n in range(size.cases)
            if (invoice := size.invoice_of(n))
            for order in range(LINES_PER_CASE)
        ),
    )


# Activities of the month, none of them invoiced ---------------------------------------------------


def write_activities(size: Size) -> None:
    """Write activities evenly over clinics and days, and a line for each who took part.

    The run of the month before is made, as in every month but a scheme's first.
    """
    InvoiceRun.objects.create(
        authority_id=AUTHORITY,
        module="population_health",
        due_on=MONTH,
        started_at=clock.now(),
        finished_at=clock.now(),
    )
    databases.write(
        Activity,
        (
            {
                "id": n + 1,
                "number": f"A2025-{n + 1:06}",
                "practitioner_id": n % size.clinics + 1,
                "participants": "counted" if n % 4 else "named",
                "place": f"Place {n % 50}",
                "place_search_key": f"place {n % 50}",
                "municipality": f"99{n % 15:02}",
                "created_by": "Bench",
                **of_activity(size, n),
            }
            for n in range(size.activities)
        ),
    )
    databases.write(Line, activity_lines(size))


def activity_lines(size: Size) -> Iterator[Row]:
    """Yield the lines of every activity; who took part in every fourth is named."""
    line = size.cases * LINES_PER_CASE
    for n in range(size.activities):
        shared = of_activity(size, n) | {
            "module": "population_health",
            "case_number": f"A2025-{n + 1:06}",
            "price": 45_000,
            "amount": 45_000,
            "status": "approved",
        }
        for _ in range(LINES_PER_ACTIVITY):
            line += 1
            yield shared | {"id": line, "person_id": None if n % 4 else line % size.cases + 1}


def of_activity(size: Size, activity: int) -> dict[str, object]:
    """Return what an activity and its lines share."""
    on = MONTH + timedelta(days=activity % 28)
    code = ("911", "901", "902", "903")[activity % 4]
    return {
        "authority_id": AUTHORITY,
        "clinic_id": activity % size.clinics + 1,
        "performed_on": f"{on}",
        "created_on": f"{on}",
        "code": code,
        "text": f"Activity {code}",
    }


def write_reads(size: Size) -> None:
    """Write that somebody has seen every case once."""
    databases.write(
        Event,
        (
            {
                "id": n + 1,
                "at": f"{first_day(n)} 10:00:00",
                "authority_id": AUTHORITY,
                "user_id": 1,
                "user_name": f"User {n % 200}",
                "action": "needs_allowance.case",
                "is_read": True,
                "subject_kind": "needs_allowance.case",
                "subject_key": case_number(n),
            }
            for n in range(size.cases)
        ),
    )
    databases.write(Subject, ({"event_id": n + 1, "person_id": n + 1} for n in range(size.cases)))


def main() -> None:
    """Make the tables, fill them, and have PostgreSQL look through them as it does by itself in the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    lines = parser.parse_args().lines
    call_command("migrate", verbosity=0)
    fill(lines)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


if __name__ == "__main__":
    main()
