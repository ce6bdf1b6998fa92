"""Make the invoices that the calendar owes: by sets of clinics, each clinic once in a run."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import translation
from django.utils.translation import gettext

from kvitt.audit import commands as audit
from kvitt.foundation import clock
from kvitt.foundation.values.text import search_key
from kvitt.ledger import queries, rules
from kvitt.ledger.commands import steps
from kvitt.ledger.lifecycle import InvoiceStatus, LineStatus, RunFault, ensure_line_step
from kvitt.ledger.models import Invoice, InvoiceRun, InvoiceRunClinic
from kvitt.registers.access.rules import system_actor
from kvitt.registers.organisations.lifecycle import Scheme
from kvitt.registers.organisations.models import Clinic
from kvitt.registers.price_lists import queries as price_lists

# Few enough that nobody waits long for a clinic, and that SQLite takes their invoices in one statement.
CLINICS_PER_CHUNK = 40
# The language of what stands on an invoice, whoever runs the program.
_LANGUAGE = "sv"
_log = logging.getLogger(__name__)

# The lines of some clinics that wait: the literals say that the partial index line_waiting will do.
_WAITING = """
    line.clinic_id IN ({clinics}) AND line.module = %s
        AND line.status IN ('approved', 'awaiting_credit') AND line.performed_on < %s
"""
# A row for each of them, as rules.plan_rows has it. The lines are locked in the order of their ids, as every
# command does, and hold still until the transaction ends.
_INSERT_ROWS = f"""
    INSERT INTO ledger_invoicerow (invoice_id, line_id, kind, amount, is_void)
    WITH waiting AS (
        SELECT line.id, line.clinic_id, line.status, line.amount FROM ledger_line AS line
        WHERE {_WAITING} {{also}} ORDER BY line.id {{lock}}
    )
    SELECT invoice.id, waiting.id,
        CASE waiting.status WHEN 'approved' THEN 'charge' ELSE 'credit' END,
        CASE waiting.status WHEN 'approved' THEN waiting.amount ELSE -waiting.amount END,
        FALSE
    FROM waiting JOIN ledger_invoice AS invoice
        ON invoice.clinic_id = waiting.clinic_id AND invoice.id IN ({{invoices}})
"""  # noqa: S608 - made of our own words; values are passed
_CHARGED_BY_THEN = f"AND {queries.CHARGED_BY_THEN.format(due_on='%s')}"
# Each line takes the step that its row stands for, from the status that the row was made of.
_STEP_LINES = f"""
    UPDATE ledger_line AS line
    SET status = CASE invoice_row.kind WHEN 'charge' THEN 'invoiced' ELSE 'credited' END
    FROM ledger_invoicerow AS invoice_row
    WHERE {_WAITING} AND invoice_row.line_id = line.id AND invoice_row.invoice_id IN ({{invoices}})
        AND line.status = CASE invoice_row.kind WHEN 'charge' THEN 'approved' ELSE 'awaiting_credit' END
"""  # noqa: S608 - made of our own words; values are passed


@dataclass(frozen=True)
class Chunk:
    """What one chunk of a run came to: so many invoices, so many clinics that got none."""

    invoices: int = 0
    faults: int = 0


class Emptied(Exception):  # noqa: N818 - reads as a sentence
    """Clinics had nothing left to invoice when their lines were locked."""

    def __init__(self, clinic_ids: set[int]) -> None:
        """Tell which."""
        super().__init__()
        self.clinic_ids = clinic_ids


def open_run(*, authority_id: int, module: str, due_on: date) -> int:
    """Open the run of a scheme and month, once, whoever comes first, and return its id.

    Source: spec PH-8.
    """
    with transaction.atomic():
        run, is_new = InvoiceRun.objects.get_or_create(
            authority_id=authority_id, module=module, due_on=due_on, defaults={"started_at": clock.now()}
        )
        if is_new:
            actor = system_actor(authority_id)
            audit.record("ledger.open_run", actor, subject=("invoice_run", run.pk), after=_told(run))
    return run.pk


def issue_due_invoices(*, run_id: int, clinics: int = CLINICS_PER_CHUNK) -> Chunk | None:
    """Make the invoices of some clinics that have got none in the run yet; None when nobody waits for one.

    The statements are as many for few lines as for many. When something unexpected goes wrong the
    clinics are tried one by one, so that only those that it is about get the fault.
    Source: spec PH-8, QU-8.
    """
    with transaction.atomic():
        _forget_plans()
        run = InvoiceRun.objects.select_related("authority").get(pk=run_id)
        held = [] if run.finished_at else queries.locked_pending_clinics(run, clinics)
        if not held:
            return None
        waiting = _still_pending(run, held)
        faults = {clinic.pk: RunFault.NO_ACCOUNT for clinic in waiting if not clinic.giro_number}
        payable = [clinic for clinic in waiting if clinic.giro_number]
        invoices, failed = _issue_apart(run, payable)
        faults |= failed
        if run.is_repeated:
            of_clinics = InvoiceRunClinic.objects.filter(
                run=run, clinic__in=[*faults, *(each.clinic_id for each in invoices)]
            )
            of_clinics.filter(fault=RunFault.WAITING).delete()
        InvoiceRunClinic.objects.bulk_create(
            [
                *(InvoiceRunClinic(run=run, clinic_id=each.clinic_id, invoice=each) for each in invoices),
                *(InvoiceRunClinic(run=run, clinic_id=pk, fault=fault) for pk, fault in faults.items()),
            ]
        )
        actor = system_actor(run.authority_id)
        steps.note_steps(actor, invoices, InvoiceStatus.ISSUED)
        audit.record_many("ledger.issue_due_invoices", actor, _entries(invoices))
    return Chunk(len(invoices), len(faults))


def finish_run(*, run_id: int) -> bool:
    """Finish the run unless a clinic still waits for its invoice; tell whether it is finished.

    Clinics of a run made again that have nothing left to invoice are forgotten. Source: spec PH-8.
    """
    with transaction.atomic():
        run = InvoiceRun.objects.select_for_update(no_key=True).get(pk=run_id)
        if run.finished_at is None:
            if queries.has_pending_clinics(run):
                return False
            if run.is_repeated:
                InvoiceRunClinic.objects.filter(run=run, fault=RunFault.WAITING).delete()
            InvoiceRun.objects.filter(pk=run_id).update(finished_at=clock.now())
            actor = system_actor(run.authority_id)
            audit.record("ledger.finish_run", actor, subject=("invoice_run", run.pk), after=_told(run))
    return True


# Steps of a chunk ---------------------------------------------------------------------------------


def _forget_plans() -> None:
    """Have PostgreSQL plan its checks of foreign keys anew.

    It keeps a plan as long as the connection: made while there were few invoices, that would read all of
    them for every row, chunk after chunk.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DISCARD PLANS")


def _still_pending(run: InvoiceRun, clinic_ids: Sequence[int]) -> list[Clinic]:
    """Return the locked clinics that nobody has served since, none when the run has ended."""
    served = InvoiceRunClinic.objects.filter(run=run, clinic=OuterRef("pk"))
    waits = Exists(served.filter(fault=RunFault.WAITING)) if run.is_repeated else ~Exists(served)
    goes_on = InvoiceRun.objects.filter(pk=run.pk, finished_at=None, is_repeated=run.is_repeated)
    clinics = Clinic.objects.filter(waits, Exists(goes_on), pk__in=clinic_ids)
    return list(clinics.select_related("provider").order_by("pk"))


def _issue_apart(run: InvoiceRun, clinics: Sequence[Clinic]) -> tuple[list[Invoice], dict[int, RunFault]]:
    """Make the clinics' invoices together, or one by one where that fails; tell which clinics get none."""
    try:
        return _issue(run, clinics), {}
    except (OperationalError, InterfaceError):
        raise  # the database is away: no clinic is at fault, and the worker looks again
    except Exception:  # noqa: BLE001 - whatever is wrong with one clinic, the others get their invoices
        numbers = ", ".join(clinic.number for clinic in clinics)
        if len(clinics) == 1:
            _log.exception("Run %s: clinic %s gets no invoice.", run.pk, numbers)
            return [], {clinics[0].pk: RunFault.UNEXPECTED}
        _log.exception("Run %s: clinics %s are tried one by one.", run.pk, numbers)
    invoices: list[Invoice] = []
    faults: dict[int, RunFault] = {}
    for clinic in clinics:
        made, failed = _issue_apart(run, [clinic])
        invoices += made
        faults |= failed
    return invoices, faults


def _issue(run: InvoiceRun, clinics: Sequence[Clinic]) -> list[Invoice]:
    """Make the clinics' invoices, all or none; a clinic whose last line has just gone gets none."""
    remaining = list(clinics)
    while remaining:
        try:
            with transaction.atomic():
                return _issue_by_sets(run, remaining)
        except Emptied as emptied:
            remaining = [clinic for clinic in remaining if clinic.pk not in emptied.clinic_ids]
    return []


def _issue_by_sets(run: InvoiceRun, clinics: Sequence[Clinic]) -> list[Invoice]:
    for before, after in (
        (LineStatus.APPROVED, LineStatus.INVOICED),
        (LineStatus.AWAITING_CREDIT, LineStatus.CREDITED),
    ):
        ensure_line_step(before, after, command="issue_invoice")
    invoices = Invoice.objects.bulk_create(_headers(run, clinics, clock.now()))
    clinic_ids, invoice_ids = [clinic.pk for clinic in clinics], [invoice.pk for invoice in invoices]
    places = {"clinics": _places(clinic_ids), "invoices": _places(invoice_ids)}
    values: list[int | str | date] = [*clinic_ids, run.module, run.due_on]
    also, day = (_CHARGED_BY_THEN, [run.due_on]) if run.is_repeated else ("", [])
    lock = "FOR NO KEY UPDATE" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_ROWS.format(**places, also=also, lock=lock), [*values, *day, *invoice_ids])
        rows = cursor.rowcount
        cursor.execute(_STEP_LINES.format(**places), [*values, *invoice_ids])
        if cursor.rowcount != rows:
            raise steps.Changed
    totals = queries.totals_of_rows(invoice_ids)
    emptied = {invoice.clinic_id for invoice in invoices if invoice.pk not in totals}
    if emptied:
        raise Emptied(emptied)
    for invoice in invoices:
        invoice.total = totals[invoice.pk]
    Invoice.objects.bulk_update(invoices, ["total"])
    return invoices


def _places(ids: Sequence[int]) -> str:
    return ", ".join(["%s"] * len(ids))


def _headers(run: InvoiceRun, clinics: Sequence[Clinic], now: datetime) -> list[Invoice]:
    """Return the invoices without rows, in the order of the clinics."""
    invoice_date = rules.calculate_run_date(run.due_on)
    days = price_lists.parameter(run.authority_id, "ledger.due_after", on=invoice_date)
    with translation.override(_LANGUAGE):
        scheme = gettext(Scheme(run.module).label)
    invoices = []
    for clinic in clinics:
        reference = rules.calculate_run_reference(scheme, run.due_on, clinic.number)
        invoices.append(
            Invoice(
                authority=run.authority,
                module=run.module,
                clinic=clinic,
                clinic_number=clinic.number,
                clinic_name=clinic.name,
                provider_number=clinic.provider.organisation_number,
                provider_name=clinic.provider.name,
                payer_name=run.authority.name,
                external_reference=reference,
                reference_search_key=search_key(reference)[: rules.REFERENCE_KEY_LENGTH],
                invoice_date=invoice_date,
                due_date=rules.calculate_due_date(invoice_date, days=days),
                total=0,
                issued_at=now,
                issued_by_id=None,
            )
        )
    return invoices


def _entries(invoices: Sequence[Invoice]) -> list[audit.Entry]:
    """Return what the log says of each invoice, and of whom."""
    persons = queries.persons_of_invoices([invoice.pk for invoice in invoices])
    return [
        audit.Entry(
            subject=("invoice", invoice.pk),
            person_ids=tuple(sorted(persons.get(invoice.pk, ()))),
            after={"invoice": invoice.external_reference, "amount": invoice.total},
        )
        for invoice in invoices
    ]


def _told(run: InvoiceRun) -> dict[str, str]:
    return {"module": run.module, "due_on": str(run.due_on)}
