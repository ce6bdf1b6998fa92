"""What an invoice holds, its dates and its reference."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from kvitt.foundation.values import dates
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.ledger.lifecycle import InvoiceStatus, LineStatus, RowKind

REFERENCE_LENGTH = 30
# What settles a credit that the clinic pays back itself; a payment run is `U12`.
REPAYMENT = "repayment"
# Casefolding makes some letters two (ß) or three: room for the reference, a space and the clinic number.
REFERENCE_KEY_LENGTH = 200


@dataclass(frozen=True)
class LineFacts:
    """What the rules need of a line; `amount` in öre."""

    id: int
    case_number: str
    status: LineStatus
    amount: Ore
    performed_on: date | None


@dataclass(frozen=True)
class RowPlan:
    """A row that an invoice will have, with its signed amount in öre."""

    line_id: int
    kind: RowKind
    amount: Ore


@dataclass(frozen=True)
class InvoiceFacts:
    """What the rules need of an invoice; `total` in öre. `payout_reference` names what settles it, if any."""

    id: int
    reference: str
    status: InvoiceStatus
    total: Ore
    reviewed_by_id: int | None = None
    payout_reference: str = ""


def plan_rows(lines: Iterable[LineFacts]) -> list[RowPlan]:
    """An approved line is charged with its amount; a line that awaits credit is credited with the opposite.

    Raises ValueError for a line in any other status or one that is not performed.
    Source: spec CO-22, NA-25.
    """
    rows = []
    for line in lines:
        if line.status is LineStatus.APPROVED and line.performed_on is not None:
            rows.append(RowPlan(line.id, RowKind.CHARGE, line.amount))
        elif line.status is LineStatus.AWAITING_CREDIT:
            rows.append(RowPlan(line.id, RowKind.CREDIT, -line.amount))
        else:
            msg = f"line {line.id} is {line.status.value} and cannot be invoiced"
            raise ValueError(msg)
    return rows


def calculate_total(rows: Iterable[RowPlan]) -> Ore:
    """The total of an invoice is the sum of its rows, and may be negative.

    Source: spec CO-20, CO-23.
    """
    return sum(row.amount for row in rows)


def calculate_fingerprint(rows: Iterable[RowPlan]) -> str:
    """The same rows always give the same text: what was shown can be compared with what would be invoiced.

    Source: spec NA-25.
    """
    content = ";".join(f"{row.line_id}:{row.kind.value}:{row.amount}" for row in sorted(rows, key=_row_order))
    return hashlib.sha256(content.encode()).hexdigest()


def _row_order(row: RowPlan) -> tuple[int, str]:
    return row.line_id, row.kind.value


def calculate_invoice_date(today: date) -> date:
    """An invoice is dated the last day of the month it is made in.

    Source: behovspeng, chapter 8.1; spec NA-26.
    """
    return dates.last_day_of_month(today)


def calculate_due_date(invoice_date: date, *, days: int) -> date:
    """An invoice is due so many days after its date.

    Source: behovspeng, chapter 8.1; spec NA-26.
    """
    return invoice_date + timedelta(days=days)


def check_reference(reference: str) -> list[Problem]:
    """The clinic's own reference is compulsory and at most 30 characters.

    Source: spec NA-25.
    """
    if not reference.strip():
        return [
            Problem("no_reference", _("Give a reference of your own for the invoice."), field="reference")
        ]
    if len(reference.strip()) > REFERENCE_LENGTH:
        return [
            Problem(
                "long_reference",
                _("The reference has %(count)s characters. Shorten it to at most 30."),
                field="reference",
                values={"count": len(reference.strip())},
            )
        ]
    return []
