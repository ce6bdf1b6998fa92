"""How fast a claims file is checked (QU-6) and taken in (QU-7), and claims become invoices, beside floors.

`python -m bench.claims --claims 100000`, with the KVITT_DATABASE_URL of an empty database of its own. The
floor of checking is lxml with the schema, that of taking in COPY of the very rows that came of it. What a
claim of two lines takes from the file to an invoice of the ledger is measured as openIMIS measures it.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

from django.conf import settings
from django.core.management import call_command
from django.db import connection, models, transaction
from django.db.models import Count, Max

from bench import claims_file, databases
from bench.claims_file import Patient
from bench.data import AUTHORITY
from bench.measure import measured, row, user
from kvitt.audit.models import Event, Subject
from kvitt.foundation.values.identity import luhn_check_digit
from kvitt.foundation.values.money import format_count
from kvitt.ledger.models import Invoice, Line
from kvitt.modules.special_care import tasks
from kvitt.modules.special_care.commands import file_work, files, proposal
from kvitt.modules.special_care.lifecycle import FileStatus
from kvitt.modules.special_care.models import Certificate, Claim, ClaimInvoice, ClaimLine, ClaimsFile
from kvitt.portal.management.demo_data import CATALOGUE
from kvitt.registers.access import queries as access
from kvitt.registers.access.models import RoleGrant, User
from kvitt.registers.access.rules import Actor, Role, system_actor
from kvitt.registers.documents.commands import Upload
from kvitt.registers.organisations.models import Authority, CareProvider, Clinic, ClinicRight
from kvitt.registers.people.models import Person
from kvitt.registers.price_lists import commands as price_lists

TODAY = date(2024, 11, 20)
VISIT = date(2024, 11, 18)
CLINICS = 20
# Neither of them is held by its amount: both are paid.
CODES = ("101", "301")
PEER_CLAIMS = 2_000
PEER = 13  # claims a second, openIMIS on such a machine
# What came of a file, each after what it points at.
ROWS: tuple[type[models.Model], ...] = (ClaimsFile, ClaimInvoice, Claim, Line, ClaimLine, Event, Subject)


def measure(count: int) -> Iterator[str]:
    """Yield the rows for a file of so many claims, and for the peers' measure."""
    settings.KVITT_TODAY = TODAY
    fill(max(count, PEER_CLAIMS))
    sender = User.objects.get(username__startswith="bench-")
    with tempfile.TemporaryDirectory() as folder:
        settings.KVITT_DOCUMENTS = Path(folder)
        path = Path(folder) / "claims.xml"
        claims_file.write_claims(path, patients(count), on=VISIT, codes=CODES, location="", prefix="A")
        size = path.stat().st_size
        floor = claims_file.floor(path)
        with databases.copy("check"):
            yield check_row(hand_in(sender, path, is_check_only=True), count, size, floor)
        if connection.vendor == "postgresql":
            with databases.copy("load"):
                before = last_ids()
                found = hand_in(sender, path)
                check(found)
                taken = take_in(found)
                dumped = dump(Path(folder), before)
            with databases.copy("floor"):
                yield load_row(taken, count, copied(dumped))
        with databases.copy("peer"):
            claims_file.write_claims(path, patients(PEER_CLAIMS), on=VISIT, codes=CODES, location="")
            yield peer_row(sender, path)


# What is measured ---------------------------------------------------------------------------------


@dataclass
class Taken:
    """What taking a file in came to."""

    seconds: float
    processor: float
    mebibytes: float
    statements: int


def check_row(found: ClaimsFile, count: int, size: int, floor: float) -> str:
    """Check a file, and return the row."""
    with measured() as cost:
        check(found)
    found.refresh_from_db()
    if found.status != FileStatus.CHECKED or found.faulty_count:
        codes = found.faults.values_list("code").annotate(count=Count("pk")).order_by()
        sys.exit(f"{found.status}, {found.faulty_count} claims are faulty: {dict(codes)}")
    return row(
        f"check a file of {format_count(count)} claims, {size / 1_000_000:.0f} MB",
        f"{format_count(round(count / cost.seconds))} claims/s",
        requirement="QU-6",
        goal="≥ 4 000 claims/s, ≤ 200 MiB, ≤ 5 times",
        floor=f"{format_count(round(count / floor))} claims/s",
        times=cost.processor / floor,
        beside=f"{cost.mebibytes:.0f} MiB above idle; {cost.processor:.1f} s of the processor and "
        f"{cost.database:.1f} s in the database of {cost.seconds:.1f} s; {cost.statements} statements",
    )


def check(found: ClaimsFile) -> None:
    """Check a file as the worker does."""
    file_work.take_hold(found.pk, "bench")
    tasks._check(found, "bench", lambda: True)  # noqa: SLF001 - measured apart from what comes after


def take_in(found: ClaimsFile) -> Taken:
    """Take a checked file in as the worker does."""
    with measured() as cost:
        tasks._take_in(found, "bench", lambda: True)  # noqa: SLF001 - as above
    found.refresh_from_db()
    if found.status != FileStatus.LOADED or found.taken_count != Line.objects.count() // 3:
        sys.exit(f"{found.taken_count} claims were taken in")
    return Taken(cost.seconds, cost.processor, cost.mebibytes, cost.statements)


def load_row(taken: Taken, count: int, floor: float) -> str:
    """Return the row of taking in."""
    return row(
        f"take the same in, {format_count(count)} claims of three lines into the ledger",
        f"{format_count(round(count / taken.seconds))} claims/s",
        requirement="QU-7",
        goal="≥ 2 000 claims/s",
        floor=f"{format_count(round(count / floor))} claims/s",
        times=taken.seconds / floor,
        beside=f"{taken.mebibytes:.0f} MiB above idle; {taken.processor:.1f} s of the processor of "
        f"{taken.seconds:.1f} s; {taken.statements} statements",
    )


def peer_row(sender: User, path: Path) -> str:
    """Take claims in and propose their payment, and return the row."""
    found = hand_in(sender, path)
    reviewer = acting(user(Authority.objects.get(pk=AUTHORITY), Role.REVIEWER))
    with measured() as cost:
        tasks.finish_file(found.pk)
        ids = set(ClaimInvoice.objects.values_list("pk", flat=True))
        proposal.propose_payment(reviewer, today=TODAY, invoice_ids=ids)
    found.refresh_from_db()
    if found.taken_count != PEER_CLAIMS or Invoice.objects.count() != len(ids):
        sys.exit(f"{found.taken_count} claims on {Invoice.objects.count()} invoices")
    rate = PEER_CLAIMS / cost.seconds
    return row(
        f"{format_count(PEER_CLAIMS)} claims of two lines from the file through the rules into invoices",
        f"{format_count(round(rate))} claims/s",
        floor="",
        beside=f"openIMIS on such a machine: {PEER} claims/s",
    )


# The floor of taking in ---------------------------------------------------------------------------


def last_ids(tables: Sequence[type[models.Model]] = ROWS) -> dict[type[models.Model], int]:
    """Return the last id of each table."""
    return {model: model._base_manager.aggregate(last=Max("pk"))["last"] or 0 for model in tables}  # noqa: SLF001 - documented


def dump(folder: Path, before: dict[type[models.Model], int]) -> list[tuple[str, Path]]:
    """Write what has come to the tables since to files, as the database itself writes it."""
    dumped = []
    with connection.cursor() as cursor:
        for model, last in before.items():
            table = model._meta.db_table  # noqa: SLF001 - Django's own way to a model's columns
            path = folder / table
            columns = ", ".join(field.column or "" for field in model._meta.concrete_fields)  # noqa: SLF001 - as above
            since = f"SELECT {columns} FROM {table} WHERE id > {last} ORDER BY id"  # noqa: S608 - ours
            with path.open("wb") as file, cursor.copy(f"COPY ({since}) TO STDOUT") as rows:
                for data in rows:
                    file.write(data)
            dumped.append((f"{table} ({columns})", path))
    return dumped


def copied(dumped: list[tuple[str, Path]]) -> float:
    """Return the seconds that the database takes for the rows alone, their keys and indexes with them."""
    start = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        for table, path in dumped:
            with path.open("rb") as file, cursor.copy(f"COPY {table} FROM STDIN") as rows:
                while data := file.read(1_000_000):
                    rows.write(data)
    return time.perf_counter() - start


# What there is ------------------------------------------------------------------------------------


def fill(count: int) -> None:
    """Write a care provider with its clinics, a catalogue, and so many patients with a certificate each."""
    authority = Authority.objects.create(
        pk=AUTHORITY, name="Region Bench", kind="region", organisation_number="2320000000", county="99"
    )
    provider = CareProvider.objects.create(authority=authority, organisation_number="1", name="Provider")
    clinics = [
        Clinic.objects.create(
            authority=authority, provider=provider, number=f"{1000 + n}", name=f"Clinic {n}", sort_key=f"{n}"
        )
        for n in range(CLINICS)
    ]
    who = user(authority, Role.SPECIAL_CARE_CLAIMS, clinic=clinics[0])
    for clinic in clinics:
        ClinicRight.objects.create(clinic=clinic, scheme="special_care", first_on=date(2020, 1, 1))
        RoleGrant.objects.get_or_create(user=who, role=Role.SPECIAL_CARE_CLAIMS, clinic=clinic)
    catalogue = {path.name: path.read_bytes() for path in sorted(CATALOGUE.glob("*.csv"))}
    price_lists.load_catalogue(system_actor(AUTHORITY), files=catalogue)
    databases.write(
        Person,
        (
            {
                "id": n,
                "authority_id": AUTHORITY,
                "identity_number": number_of(n),
                "identity_kind": "reserve",
                "code": f"{n:032x}",
                "given_name": f"Given{n}",
                "family_name": "Bench",
                "sort_key": f"bench {n:07}",
                "search_key": f"given{n} bench",
                "born_on": "1950-01-01",
            }
            for n in range(1, count + 1)
        ),
    )
    databases.write(
        Certificate,
        (
            {
                "authority_id": AUTHORITY,
                "number": f"C{n}",
                "person_id": n,
                "support": "n",
                "category": "N1",
                "first_on": "2020-01-01",
                "issued_by": "Bench",
                "created_on": "2020-01-01",
            }
            for n in range(1, count + 1)
        ),
    )
    databases.count_on()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def number_of(patient: int) -> str:
    """Return a reserve number, which belongs to nobody."""
    year, serial = 1900 + patient // 90_000, patient % 90_000
    digits = f"99{year}{serial:05}"
    return digits + luhn_check_digit(digits[-7:])


def patients(count: int) -> Iterator[Patient]:
    """Yield so many patients, a clinic's together."""
    for n in range(1, count + 1):
        yield Patient(f"{1000 + (n - 1) * CLINICS // count}", number_of(n), f"C{n}")


def hand_in(sender: User, path: Path, *, is_check_only: bool = False) -> ClaimsFile:
    """Hand the file in."""
    with path.open("rb") as content:
        upload = Upload(path.name, path.stat().st_size, content)
        file_id = files.receive_file(acting(sender), upload=upload, is_check_only=is_check_only)
    return ClaimsFile.objects.get(pk=file_id)


def acting(who: User) -> Actor:
    """Return somebody at the first unit where he works."""
    unit = access.units_of(who)[0]
    return cast("Actor", access.actor(who, unit.key, today=TODAY))


def main() -> None:
    """Make the tables, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=int, default=100_000, help="in the file (100 000)")
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    for line in measure(options.claims):
        print(line, flush=True)


if __name__ == "__main__":
    main()
