"""Measure how fast the system is with a million lines in PostgreSQL, each figure beside a floor.

Run by `make bench` against an empty database of its own (KVITT_DATABASE_URL). Prints a table; with
`--write` docs/performance.md gets it.
"""

import argparse
import io
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import django
import xlsxwriter
from django.http import HttpRequest, HttpResponse

os.environ["DJANGO_SETTINGS_MODULE"] = "kvitt.settings"
django.setup()

from django.core.management import call_command  # noqa: E402 - after the setup
from django.db import connection, transaction  # noqa: E402
from django.template import engines  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.urls import path, reverse  # noqa: E402

from kvitt import urls  # noqa: E402
from kvitt.audit import commands as audit  # noqa: E402
from kvitt.modules.needs_allowance.commands import invoices  # noqa: E402
from kvitt.modules.needs_allowance.models import Case  # noqa: E402
from kvitt.modules.needs_allowance.queries import invoicing  # noqa: E402
from kvitt.modules.needs_allowance.tables import CASES  # noqa: E402
from kvitt.registers.access import queries as access  # noqa: E402
from kvitt.registers.access.models import RoleGrant, User  # noqa: E402
from kvitt.registers.access.rules import Role  # noqa: E402
from kvitt.registers.organisations.models import Authority, Clinic  # noqa: E402

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
TODAY = date(2025, 3, 20)
CLINICS = 100
LINES_PER_CASE = 10
RUNS = 15

# The plain page that a list page is measured against ----------------------------------------------

PLAIN = (
    '{% extends "base.html" %}{% block content %}<table>{% for row in rows %}<tr>'
    "{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>{% endblock %}"
)


def plain(request: HttpRequest) -> HttpResponse:
    """Show 50 rows of ready text in the same frame, and write the same read to the log."""
    audit.record_read("bench.plain", request.actor, person_ids=range(1, 51))
    rows = [[f"row {row} cell {cell}" for cell in range(8)] for row in range(50)]
    return HttpResponse(engines["django"].from_string(PLAIN).render({"rows": rows}, request))


urlpatterns = [*urls.urlpatterns, path("bench/plain/", plain)]

# Data ---------------------------------------------------------------------------------------------

FILL = Path(__file__).with_name("bench.sql").read_text(encoding="utf-8")

FLOOR_OF_INVOICING = """
INSERT INTO ledger_invoicerow (invoice_id, line_id, kind, amount, is_void)
SELECT (SELECT min(id) FROM ledger_invoice), id, 'charge', amount, false FROM ledger_line
WHERE clinic_id = %(clinic)s AND status = 'approved';
UPDATE ledger_line SET status = 'invoiced' WHERE clinic_id = %(clinic)s AND status = 'approved';
"""


def fill(lines: int) -> Authority:
    """Fill the empty database: one authority, 100 clinics, a case for every person, ten lines in each."""
    call_command("migrate", verbosity=0)
    authority = Authority.objects.create(name="Region Bench", kind="region", organisation_number="2320000000")
    values = {
        "authority": authority.pk,
        "clinics": CLINICS,
        "cases": lines // LINES_PER_CASE,
        "lines_per_case": LINES_PER_CASE,
    }
    for statement in FILL.removesuffix(";\n").split(";\n"):
        with (
            timed(statement.strip().splitlines()[0] if statement.strip() else ""),
            connection.cursor() as cursor,
        ):
            if statement.strip():
                cursor.execute(statement, values)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return authority


def user(authority: Authority, *roles: Role, clinic: Clinic | None = None) -> User:
    """Return somebody with the roles at the clinic, or at the authority."""
    made = User.objects.create(username=f"bench-{User.objects.count()}", name="Bench", authority=authority)
    for role in roles:
        RoleGrant.objects.create(user=made, role=role, clinic=clinic, authority=None if clinic else authority)
    return made


# Measuring ----------------------------------------------------------------------------------------


@dataclass
class Statements:
    """How many statements ran, and how long the database took over them."""

    count: int = 0
    seconds: float = 0.0

    def __call__(
        self, execute: Callable[..., object], sql: str, params: object, many: object, context: object
    ) -> object:
        """Run one statement and note it."""
        start = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.count += 1
            self.seconds += time.perf_counter() - start


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Say on standard error what took how long."""
    start = time.perf_counter()
    yield
    print(f"{time.perf_counter() - start:6.1f} s  {what}", file=sys.stderr)


def measure_page(client: Client, url: str) -> tuple[float, float, int]:
    """Return the median CPU and database time (ms) of a page, and its statements."""
    cpu, database, count = [], [], 0
    for run in range(RUNS + 3):
        statements = Statements()
        with connection.execute_wrapper(statements):
            start = time.process_time()
            response = client.get(url)
            used = time.process_time() - start
        if response.status_code != 200:  # noqa: PLR2004 - the page must be shown
            sys.exit(f"{url}: {response.status_code}")
        if run >= 3:  # noqa: PLR2004 - the first ones warm up
            cpu.append(used * 1000)
            database.append(statements.seconds * 1000)
            count = statements.count
    return statistics.median(cpu), statistics.median(database), count


def bench_pages(authority: Authority, clinic: Clinic) -> Iterator[str]:
    """Yield a row for every list page, beside the plain page."""
    client = Client()
    client.force_login(user(authority, Role.REVIEWER))
    local = Client()
    local.force_login(user(authority, Role.DENTAL_BASIC, Role.DENTAL_INVOICES, clinic=clinic))
    floor, _, _ = measure_page(client, "/bench/plain/")
    yield f"| plain table | {floor:.1f} ms CPU | 1.0 | |"
    cases, invoices_made = reverse("needs_allowance:search_cases"), reverse("ledger:search_invoices")
    pages = [
        ("cases, region", client, cases),
        ("cases by number, region", client, f"{cases}?number=B2024-0500"),
        ("cases, one clinic", local, cases),
        ("invoices, region", client, invoices_made),
        ("invoices of a status, region", client, f"{invoices_made}?status=paid_out"),
        ("listed patients, one clinic", local, reverse("listings:listed_patients")),
    ]
    for name, who, url in pages:
        cpu, database, count = measure_page(who, url)
        spent = f"{database:.1f} ms database, {count} statements"
        yield f"| {name} | {cpu:.1f} ms CPU | {cpu / floor:.1f} | {spent} |"


def bench_excel(authority: Authority) -> Iterator[str]:
    """Yield a row for the export of every case, beside the writer alone on as many ready cells."""
    client = Client()
    client.force_login(user(authority, Role.REVIEWER))
    address = reverse("needs_allowance:search_cases")
    client.get(address)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    response = client.get(f"{address}?format=xlsx")
    size = sum(len(part) for part in response.streaming_content)
    taken = time.perf_counter() - start
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    rows = Case.objects.count()
    start = time.perf_counter()
    with xlsxwriter.Workbook(io.BytesIO(), {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        for row in range(rows):
            for column in range(len(CASES)):
                sheet.write_string(row, column, "B2024-000012")
    floor = time.perf_counter() - start
    spent = f"{size / 1e6:.1f} MB file, {grown:.0f} MiB above idle"
    yield f"| Excel of {rows} cases | {taken:.1f} s | {taken / floor:.1f} | {spent} |"


def bench_invoicing(authority: Authority, clinic: Clinic) -> Iterator[str]:
    """Yield a row for one clinic's invoice, beside the same rows written by two statements."""
    actor = access.actor(user(authority, Role.DENTAL_INVOICES, clinic=clinic), "", today=TODAY)
    with transaction.atomic(), connection.cursor() as cursor:
        start = time.perf_counter()
        cursor.execute(FLOOR_OF_INVOICING, {"clinic": clinic.pk})
        floor = time.perf_counter() - start
        transaction.set_rollback(True)
    start = time.perf_counter()
    basis = invoicing.invoice_basis(actor, reference="Bench", today=TODAY)
    shown = time.perf_counter() - start
    lines = sum(len(found.rows) for found in basis.clinics)
    statements = Statements()
    with connection.execute_wrapper(statements):
        start = time.perf_counter()
        invoices.create_invoice(actor, today=TODAY, reference="Bench", fingerprint=basis.fingerprint)
        taken = time.perf_counter() - start
    speed = f"{taken:.2f} s, {lines / taken:.0f} lines/s"
    spent = f"{statements.count} statements; basis shown in {shown:.2f} s"
    yield f"| invoice of {lines} lines, one clinic | {speed} | {taken / floor:.1f} | {spent} |"


def main() -> None:
    """Fill the database, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--write", action="store_true", help="write docs/performance.md")
    options = parser.parse_args()
    if connection.vendor != "postgresql":
        sys.exit("KVITT_DATABASE_URL must name an empty PostgreSQL database: run make bench.")
    authority = fill(options.lines)
    clinic = Clinic.objects.order_by("pk")[10]
    with override_settings(ROOT_URLCONF="__main__", ALLOWED_HOSTS=["testserver"]):
        rows = [*bench_pages(authority, clinic), *bench_excel(authority)]
    rows += bench_invoicing(authority, clinic)
    day = date.fromtimestamp(time.time())  # noqa: DTZ012 - a report's date
    database = f"PostgreSQL {connection.pg_version // 10000}"
    machine = f"{os.cpu_count()} cores, {database}, Python {sys.version.split()[0]}"
    page = "\n".join(
        [
            "# Performance",
            "",
            "Made by `make bench`; the floor is measured in the same run, for machines differ.",
            f"{day}, {machine}, {options.lines} lines.",
            "",
            "| Work | Measured | Times the floor | |",
            "|---|---|---|---|",
            *rows,
        ]
    )
    print(page)
    if options.write:
        PAGE.write_text(page + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
