"""What the commands of the ledger share: locks, taken in one order, and steps of many lines at once."""

from collections.abc import Iterable, Mapping, Sequence

from django.db import connection

from kvitt.audit import commands as audit
from kvitt.foundation import clock
from kvitt.foundation.values.problems import Problem, Refused
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.ledger import queries
from kvitt.ledger.lifecycle import InvoiceStatus, LineStatus, RowKind, ensure_line_step
from kvitt.ledger.models import Invoice, InvoiceRow, InvoiceStep, Line
from kvitt.registers.access.rules import Actor
from kvitt.registers.organisations.models import Clinic

ROWS_PER_STATEMENT = 1_000


class NoTransaction(Exception):  # noqa: N818 - reads as a sentence
    """A ledger command was called outside a transaction."""


class WrongClinic(Exception):  # noqa: N818 - reads as a sentence
    """A module planned an invoice with a line that is not the clinic's, or not the module's own."""


class Changed(Refused):
    """Somebody else changed what was about to be invoiced; show the fresh state."""

    def __init__(self) -> None:
        """Say so in words."""
        super().__init__(
            [
                Problem(
                    "changed",
                    _("The basis changed while you looked at it. Check what it is now and try again."),
                )
            ]
        )


def require_transaction() -> None:
    """Refuse to work outside the transaction of the use case."""
    if not connection.in_atomic_block:
        raise NoTransaction


def hold_clinics(clinic_ids: Iterable[int]) -> None:
    """Let nobody else issue, attest or return an invoice of these clinics until the transaction ends.

    A module calls it before it reads what it will invoice: an invoice returned meanwhile would free
    lines of the same cases.
    """
    require_transaction()
    clinics = Clinic.objects.select_for_update(no_key=True).filter(pk__in=list(clinic_ids))
    list(clinics.order_by("pk").values_list("pk"))


def locked_lines(line_ids: Iterable[int]) -> list[Line]:
    """Lock the lines, always in the order of their ids so that two commands never wait for each other."""
    require_transaction()
    ordered = sorted(set(line_ids))
    found: list[Line] = []
    for chunk in chunks(ordered):
        found += Line.objects.select_for_update(no_key=True).filter(pk__in=chunk).order_by("pk")
    if len(found) != len(ordered):
        raise Line.DoesNotExist
    return found


def locked_invoice(invoice_id: int) -> Invoice:
    """Lock the invoice, and its clinic against new invoices."""
    [invoice] = locked_invoices([invoice_id])
    return invoice


def locked_invoices(invoice_ids: Iterable[int]) -> list[Invoice]:
    """Lock invoices in the order of their ids, and then their clinics against new invoices."""
    found = invoices_alone(invoice_ids)
    hold_clinics({invoice.clinic_id for invoice in found})
    return found


def invoices_alone(invoice_ids: Iterable[int]) -> list[Invoice]:
    """Lock invoices in the order of their ids: enough where no other invoice of the clinic matters."""
    require_transaction()
    ordered = sorted(set(invoice_ids))
    found: list[Invoice] = []
    for chunk in chunks(ordered):
        found += Invoice.objects.select_for_update(no_key=True).filter(pk__in=chunk).order_by("pk")
    if len(found) != len(ordered):
        raise Invoice.DoesNotExist
    return found


def note_steps(actor: Actor, invoices: Iterable[Invoice], status: InvoiceStatus) -> None:
    """Write who took the invoices to the status, and when."""
    now = clock.now()
    InvoiceStep.objects.bulk_create(
        [
            InvoiceStep(invoice=invoice, status=status, at=now, user_id=actor.user_id, user_name=actor.name)
            for invoice in invoices
        ],
        batch_size=ROWS_PER_STATEMENT,
    )


def case_entries(
    invoices: Sequence[Invoice], *, told: Mapping[int, Mapping[str, object]]
) -> list[audit.Entry]:
    """Return what the log of each case says of the invoices: reference, sum, and what is told of each."""
    by_id = {invoice.pk: invoice for invoice in invoices}
    return [
        audit.Entry(
            subject=(f"{by_id[invoice_id].module}.case", case_number),
            person_ids=(person_id,) if person_id else (),
            after={
                "invoice": by_id[invoice_id].external_reference,
                "amount": amount,
                **told.get(invoice_id, {}),
            },
        )
        for (invoice_id, case_number, person_id), amount in queries.sums_of_invoices(by_id).items()
    ]


def step_lines(lines: Sequence[Line], to: LineStatus, *, command: str) -> None:
    """Take locked lines to a status, all or none."""
    for line in lines:
        ensure_line_step(line.status, to, command=command)
    for chunk in chunks([line.pk for line in lines]):
        Line.objects.filter(pk__in=chunk).update(status=to)


def chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    """Return the ids in parts that one statement can take."""
    return (ids[start : start + ROWS_PER_STATEMENT] for start in range(0, len(ids), ROWS_PER_STATEMENT))


def move_lines(
    invoices: Sequence[Invoice], kind: RowKind, before: LineStatus, after: LineStatus, *, command: str
) -> None:
    """Take every line that the invoices hold in this way from one status to the other."""
    ensure_line_step(before, after, command=command)
    held = InvoiceRow.objects.filter(invoice__in=invoices, kind=kind, is_void=False)
    lines = Line.objects.filter(pk__in=held.values("line_id"), status=before)
    if lines.update(status=after) != held.count():
        raise Changed
