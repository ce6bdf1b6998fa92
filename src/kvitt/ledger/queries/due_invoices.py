"""Read what the calendar owes, and what its runs have come to."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

from django.db import connection
from django.db.models import Count, Min, Q, Sum

from kvitt.foundation.values.money import Ore
from kvitt.ledger import rules
from kvitt.ledger.lifecycle import RunFault
from kvitt.ledger.models import InvoiceRow, InvoiceRun, InvoiceRunClinic, Line
from kvitt.registers.organisations import queries as organisations

# Literal statuses, so that SQLite too sees that the partial index line_waiting will do.
_PENDING = """
    SELECT clinic.id FROM organisations_clinic AS clinic
    WHERE clinic.authority_id = %s
        AND NOT EXISTS (SELECT 1 FROM ledger_invoicerunclinic AS done
                        WHERE done.run_id = %s AND done.clinic_id = clinic.id)
        AND EXISTS (SELECT 1 FROM ledger_line AS line
                    WHERE line.clinic_id = clinic.id AND line.module = %s
                        AND line.status IN ('approved', 'awaiting_credit') AND line.performed_on < %s)
    ORDER BY clinic.id LIMIT %s
"""
# Repeated, a run comes after later ones: it credits no line that one of those charged, for the credit
# would be dated before its charge. Such credits go with the next regular run.
CHARGED_BY_THEN = """
    (line.status = 'approved'
     OR (SELECT charging.invoice_date FROM ledger_invoicerow AS charge
         JOIN ledger_invoice AS charging ON charging.id = charge.invoice_id
         WHERE charge.line_id = line.id AND charge.kind = 'charge' AND NOT charge.is_void) < {due_on})
"""
# Repeated, it is only for clinics that had a fault.
_PENDING_AGAIN = f"""
    SELECT clinic.id FROM organisations_clinic AS clinic
    JOIN ledger_invoicerunclinic AS waits ON waits.clinic_id = clinic.id
    WHERE clinic.authority_id = %s AND waits.run_id = %s AND waits.fault = 'waiting'
        AND EXISTS (SELECT 1 FROM ledger_line AS line
                    WHERE line.clinic_id = clinic.id AND line.module = %s
                        AND line.status IN ('approved', 'awaiting_credit') AND line.performed_on < %s
                        AND {CHARGED_BY_THEN.format(due_on="%s")})
    ORDER BY clinic.id LIMIT %s
"""  # noqa: S608 - made of our own words; values are passed
# Runs in which *Kör igen* would still make something: what went out with a later month needs nobody.
_WITH_FAULTS = f"""
    SELECT COUNT(DISTINCT run.id) FROM ledger_invoicerun AS run
    JOIN ledger_invoicerunclinic AS failed ON failed.run_id = run.id AND failed.fault > ''
    WHERE run.authority_id = %s AND run.finished_at IS NOT NULL
        AND EXISTS (SELECT 1 FROM ledger_line AS line
                    WHERE line.clinic_id = failed.clinic_id AND line.module = run.module
                        AND line.status IN ('approved', 'awaiting_credit')
                        AND line.performed_on < run.due_on
                        AND {CHARGED_BY_THEN.format(due_on="run.due_on")})
"""  # noqa: S608 - made of our own words; values are passed
_MOST_CLINICS = 1_000_000
_LOCK = "FOR NO KEY UPDATE OF clinic"


@dataclass(frozen=True)
class OwedRun:
    """A month that is due and not finished; `run_id` where it has been begun."""

    authority_id: int
    module: str
    due_on: date
    run_id: int | None


@dataclass(frozen=True)
class RunOutcome:
    """What a run has come to: invoices, their sum (öre), and which clinics got none, with the reason."""

    authority: str
    module: str
    due_on: date
    invoices: int
    total: Ore
    faults: Sequence[tuple[str, RunFault]]

    @property
    def month(self) -> str:
        """The month that is invoiced: `2024-11`."""
        return f"{rules.calculate_run_date(self.due_on):%Y-%m}"


def owed_runs(*, on: date, authority_id: int | None = None) -> list[OwedRun]:
    """Return the runs that are due on the day and not finished, each authority's in order.

    Source: spec PH-8.
    """
    of_authority = {} if authority_id is None else {"authority_id": authority_id}
    runs: dict[tuple[int, str], list[InvoiceRun]] = defaultdict(list)
    for run in InvoiceRun.objects.filter(module__in=rules.MONTHLY_SCHEMES, **of_authority):
        runs[run.authority_id, run.module].append(run)
    # Named one by one, so that the index finds them: those that have runs have many lines.
    authority_ids = organisations.authority_ids() if authority_id is None else [authority_id]
    keys = [(each, module) for each in authority_ids for module in sorted(rules.MONTHLY_SCHEMES)]
    first_lines = _first_lines([key for key in keys if key not in runs])
    owed = []
    for key in sorted({*runs, *first_lines}):
        begun = {run.due_on: run.pk for run in runs[key]}
        facts = [rules.RunFacts(run.due_on, run.finished_at is not None) for run in runs[key]]
        days = rules.calculate_owed_days(facts, first_line_on=first_lines.get(key), on=on)
        owed += [OwedRun(*key, due_on=day, run_id=begun.get(day)) for day in days]
    return owed


def _first_lines(keys: Sequence[tuple[int, str]]) -> dict[tuple[int, str], date]:
    """Return when the first line was made of each authority and scheme that has any."""
    if not keys:
        return {}
    named = (Q(authority_id=authority_id, module=module) for authority_id, module in keys)
    lines = Line.objects.filter(reduce(or_, named))
    first = lines.values("authority_id", "module").annotate(first_on=Min("created_on")).order_by()
    return {(row["authority_id"], row["module"]): row["first_on"] for row in first}


def has_lines_due(owed: OwedRun) -> bool:
    """Tell whether a run that nobody has begun would have something to invoice."""
    run = InvoiceRun(authority_id=owed.authority_id, module=owed.module, due_on=owed.due_on)
    return has_pending_clinics(run)


def has_pending_clinics(run: InvoiceRun) -> bool:
    """Tell whether a clinic has lines for this run and has got neither invoice nor fault in it."""
    return bool(_pending(run, 1))


def pending_clinic_count(run: InvoiceRun) -> int:
    """Count the clinics that have lines for this run and have got neither invoice nor fault in it."""
    return len(_pending(run, _MOST_CLINICS))


def count_runs_with_faults(authority_id: int) -> int:
    """Count the finished runs in which a clinic has a fault, and lines that still wait for that run."""
    with connection.cursor() as cursor:
        cursor.execute(_WITH_FAULTS, [authority_id])
        [(count,)] = cursor.fetchall()
    return int(count)


def locked_pending_clinics(run: InvoiceRun, limit: int) -> list[int]:
    """Lock some clinics that have lines for this run and nothing in it yet, and return their ids.

    Clinics that others hold are left to them; when there are only such, they are waited for.
    """
    if not connection.features.has_select_for_update:  # who may write at all on SQLite is alone
        return _pending(run, limit)
    return _pending(run, limit, f"{_LOCK} SKIP LOCKED") or _pending(run, limit, _LOCK)


def _pending(run: InvoiceRun, limit: int, lock: str = "") -> list[int]:
    statement, days = (_PENDING_AGAIN, 2) if run.is_repeated else (_PENDING, 1)
    with connection.cursor() as cursor:
        cursor.execute(statement + lock, [run.authority_id, run.pk, run.module, *[run.due_on] * days, limit])
        return [pk for (pk,) in cursor.fetchall()]


def run_outcome(run_id: int) -> RunOutcome:
    """Return what the run has come to so far."""
    run = InvoiceRun.objects.select_related("authority").get(pk=run_id)
    served = InvoiceRunClinic.objects.filter(run=run)
    sums = served.aggregate(count=Count("invoice"), sum=Sum("invoice__total"))
    failed = served.exclude(fault="").select_related("clinic").order_by("clinic__number")
    return RunOutcome(
        authority=run.authority.name,
        module=run.module,
        due_on=run.due_on,
        invoices=sums["count"],
        total=sums["sum"] or 0,
        faults=[(str(each.clinic), RunFault(each.fault)) for each in failed],
    )


def totals_of_rows(invoice_ids: Sequence[int]) -> dict[int, Ore]:
    """Return the sum (öre) of the rows of each invoice that has any."""
    rows = InvoiceRow.objects.filter(invoice_id__in=invoice_ids).values("invoice_id")
    return {row["invoice_id"]: row["sum"] for row in rows.annotate(sum=Sum("amount")).order_by()}


def persons_of_invoices(invoice_ids: Sequence[int]) -> dict[int, set[int]]:
    """Return of whom the lines of each invoice are, where they are of anybody."""
    rows = InvoiceRow.objects.filter(invoice_id__in=invoice_ids, line__person__isnull=False)
    persons: dict[int, set[int]] = defaultdict(set)
    for invoice_id, person_id in rows.values_list("invoice_id", "line__person_id").distinct().order_by():
        persons[invoice_id].add(person_id)
    return persons
