"""The calendar with several workers, killed ones, and users at the same moment: each line once."""

import datetime as dt
import itertools
import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from django.db import connection, transaction

from kvitt.foundation.values.problems import Refused
from kvitt.ledger import commands, queries, tasks
from kvitt.ledger.lifecycle import InvoiceStatus, LineStatus
from kvitt.ledger.models import Invoice, InvoiceRow, InvoiceRun, InvoiceRunClinic, Line
from kvitt.registers.organisations.models import Clinic
from tests.ledger.test_concurrency import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("PH-8", "CO-24")]
DECEMBER, FEBRUARY = dt.date(2024, 12, 1), dt.date(2025, 2, 1)
OF_SEPTEMBER, OF_OCTOBER, OF_NOVEMBER = (dt.date(2024, month, 15) for month in (9, 10, 11))
CLINICS = 12


@pytest.fixture
def clinics(scheme):
    """A dozen clinics, with three months' lines each: nobody has looked at the calendar since summer."""
    Clinic.objects.bulk_create(
        Clinic(
            authority=scheme.world.region,
            provider=scheme.world.eken,
            number=str(3000 + number),
            name=f"Mottagning {number}",
            giro_kind="bankgiro",
            giro_number="9912346",
        )
        for number in range(CLINICS)
    )
    made = list(Clinic.objects.filter(number__startswith="3").order_by("pk"))
    with transaction.atomic():
        for clinic, day in itertools.product(made, (OF_SEPTEMBER, OF_OCTOBER, OF_NOVEMBER)):
            scheme.approve(8, clinic=clinic, performed_on=day, number=f"A2024-{clinic.number}{day.month:02d}")
    return made


def assert_each_line_once(*, months):
    """Every line stands on the invoice of its clinic and month, and on that one alone."""
    assert list(queries.breaches()) == []
    rows = InvoiceRow.objects.values_list("line_id", flat=True)
    assert sorted(rows) == sorted(Line.objects.values_list("pk", flat=True))
    assert set(Line.objects.values_list("status", flat=True)) == {"invoiced"}
    assert Invoice.objects.count() == InvoiceRunClinic.objects.count() == months * CLINICS
    for row in InvoiceRow.objects.select_related("line", "invoice"):
        assert row.line.performed_on.replace(day=1) == row.invoice.invoice_date.replace(day=1)
    assert not InvoiceRun.objects.filter(finished_at=None).exists()


# Threads ------------------------------------------------------------------------------------------


def make(clinics_per_chunk):
    return lambda: tasks.make_due_invoices(on=DECEMBER, clinics=clinics_per_chunk)


@pytest.mark.postgres
@pytest.mark.requirement("QU-13")
@pytest.mark.parametrize("clinics_per_chunk", [1, 5, 40])
def test_two_workers_at_the_same_second_make_each_invoice_once(clinics, clinics_per_chunk):
    made = at_once(make(clinics_per_chunk), make(clinics_per_chunk), make(clinics_per_chunk))

    assert sum(made) == 3 * CLINICS
    assert InvoiceRun.objects.count() == 3
    assert_each_line_once(months=3)


@pytest.mark.postgres
@pytest.mark.requirement("QU-13")
def test_worker_leaves_the_clinics_that_another_holds_and_waits_only_for_those(clinics):
    run = commands.open_run(
        authority_id=clinics[0].authority_id, module="population_health", due_on=dt.date(2024, 10, 1)
    )
    with transaction.atomic():
        commands.hold_clinics([clinic.pk for clinic in clinics[:-1]])
        [served] = at_once(lambda: commands.issue_due_invoices(run_id=run))

    assert served == commands.Chunk(invoices=1)
    assert Invoice.objects.get().clinic == clinics[-1]


@pytest.mark.postgres
@pytest.mark.requirement("QU-13")
def test_removing_crediting_and_reporting_while_the_calendar_works(scheme, book, clinics):
    """What is removed is on no invoice, what is reported on one or waits, what is credited has one row."""
    with transaction.atomic():
        credited = scheme.approve(6, clinic=clinics[0], performed_on=OF_SEPTEMBER, number="A2024-000099")
    tasks.make_due_invoices(on=dt.date(2024, 10, 1))
    attested = Invoice.objects.get(clinic=clinics[0])
    with transaction.atomic():
        book.take(attested.pk, InvoiceStatus.AUTHORISED)
    removed = list(
        Line.objects.filter(clinic__in=clinics[:4], status="approved").values_list("pk", flat=True)
    )

    def remove():
        gone = 0
        for start in range(0, len(removed), 3):
            three = removed[start : start + 3]
            try:
                with transaction.atomic():
                    commands.withdraw(*three)
            except Refused:
                continue
            gone += len(three)
        return gone

    def credit():
        for line_id in credited:
            with transaction.atomic():
                commands.request_credit([line_id])
        return len(credited)

    def report():
        for clinic in clinics:
            with transaction.atomic():
                scheme.approve(2, clinic=clinic, performed_on=OF_NOVEMBER, number="A2024-000098")
        return 2 * len(clinics)

    _, _, gone, _, _ = at_once(make(1), make(2), remove, credit, report)

    assert list(queries.breaches()) == []
    assert Line.objects.filter(status=LineStatus.WITHDRAWN).count() == gone
    tasks.make_due_invoices(on=FEBRUARY)
    assert list(queries.breaches()) == []
    assert set(Line.objects.values_list("status", flat=True)) <= {"invoiced", "credited", "withdrawn"}
    assert Line.objects.filter(status=LineStatus.CREDITED).count() == len(credited)


# Processes ----------------------------------------------------------------------------------------

# Begins the work three times, and kills it each time at some moment.
_KILL = """
import datetime, os, random, signal, time
import django
django.setup()
from kvitt.ledger import tasks
for _ in range(3):
    child = os.fork()
    if child == 0:
        tasks.make_due_invoices(on=datetime.date(2024, 12, 1), clinics=1)
        os._exit(0)
    time.sleep(random.uniform(0.02, 0.2))
    os.kill(child, signal.SIGKILL)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.fixture
def environment(clinics, tmp_path):
    """What a process of its own needs to work in a database such as the test's; on SQLite in a copy."""
    names = ("KVITT_DATABASE_URL", "KVITT_TEST_DATABASE_URL")
    kept = {name: value for name, value in os.environ.items() if name not in names}
    settings = connection.settings_dict
    if connection.vendor == "postgresql":
        place = f"{settings['USER']}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"
        address = f"postgresql://{place}"
    else:
        address = f"sqlite://{tmp_path / 'kvitt.sqlite3'}"
        with closing(sqlite3.connect(tmp_path / "kvitt.sqlite3")) as there:
            connection.connection.backup(there)
    more = {"KVITT_DATABASE_URL": address, "KVITT_DEBUG": "1", "KVITT_TODAY": "2024-12-01"}
    return kept | more | {"DJANGO_SETTINGS_MODULE": "kvitt.settings", "KVITT_DATA": str(tmp_path)}


def see_what_they_did(tmp_path):
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(tmp_path / "kvitt.sqlite3")) as there:
            there.backup(connection.connection)


@pytest.mark.requirement("QU-13", "QU-14")
def test_killed_workers_lose_and_double_nothing(environment, tmp_path):
    """Three are killed at some moment of their work; then two at once, as they are started, do the rest."""
    killed = subprocess.run(
        [sys.executable, "-c", _KILL], env=environment, capture_output=True, text=True, check=True
    )
    command = [sys.executable, "-m", "kvitt", "worker", "--once"]
    workers = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [worker.communicate(timeout=60)[0] for worker in workers]

    assert "-9" in killed.stdout.split()
    assert [worker.returncode for worker in workers] == [0, 0]
    assert all("invoices made." in words for words in said)
    see_what_they_did(tmp_path)
    assert_each_line_once(months=3)
