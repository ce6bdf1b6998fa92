"""What an invoice holds, when it may be made, and what may happen to it afterwards."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kvitt.foundation.values import dates
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.ledger.lifecycle import CREDITABLE_INVOICES, DEAD_INVOICES, InvoiceStatus, LineStatus, RowKind

REFERENCE_LENGTH = 30
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
    """What the rules need of an invoice; `total` in öre."""

    id: int
    reference: str
    status: InvoiceStatus
    total: Ore
    reviewed_by_id: int | None = None


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


def calculate_window(day: date, *, own: Period | None, first_day: int, last_day: int) -> Period:
    """The invoicing period of the day's month: the administrator's own days, or the usual ones.

    A usual last day that the month lacks is the month's last.
    Source: behovspeng, chapter 8; spec NA-24.
    """
    if own is not None:
        return own
    month_end = dates.last_day_of_month(day)
    first = month_end.replace(day=min(first_day, month_end.day))
    return Period(first, month_end.replace(day=min(last_day, month_end.day)))


def check_window_open(today: date, window: Period, next_window: Period) -> list[Problem]:
    """Invoices can be created only in the open invoicing period, both days included.

    Source: behovspeng, chapter 8; spec NA-24.
    """
    if window.contains(today):
        return []
    opens = window if today < window.first else next_window
    return [
        Problem(
            "window_closed",
            _(
                "The invoicing period is closed today, %(today)s. It is open from %(first)s to %(last)s: "
                "create the invoice then."
            ),
            values={"today": today, "first": opens.first, "last": opens.last},
        )
    ]


def check_window(month: date, window: Period) -> list[Problem]:
    """An invoicing period lies within its calendar month and ends no earlier than it begins.

    Source: spec NA-24.
    """
    whole = Period(month.replace(day=1), dates.last_day_of_month(month))
    problems = [
        Problem(
            "outside_month",
            _("%(day)s is not in the month. Give a day from %(first)s to %(last)s."),
            field=field,
            values={"day": day, "first": whole.first, "last": whole.last},
        )
        for field, day in (("first_on", window.first), ("last_on", window.last))
        if day is not None and not whole.contains(day)
    ]
    if not problems and window.last is not None and window.last < window.first:
        problems.append(
            Problem(
                "ends_before_it_begins",
                _("The last day is before the first. Give a last day from %(first)s."),
                field="last_on",
                values={"first": window.first},
            )
        )
    return problems


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


def check_revision(status: LineStatus, *, was_invoiced: bool) -> list[Problem]:
    """A line can be changed while it is approved, until it has stood on an invoice, returned or not.

    Source: spec CO-19, NA-15.
    """
    if was_invoiced:
        return [Problem("frozen", _("The procedure has been on an invoice and cannot be changed any more."))]
    if status is not LineStatus.APPROVED:
        return [Problem("not_approved", _("Only an approved procedure can be changed."))]
    return []


def check_advance(
    invoice: InvoiceFacts,
    to: InvoiceStatus,
    *,
    user_id: int | None,
    earlier_unattested: Sequence[InvoiceFacts],
) -> list[Problem]:
    """The one who approved an invoice cannot attest it, and invoices of one case are attested in their order.

    Only an invoice with total 0 goes from attested to paid out without a payment, and it always does.
    Source: spec CO-20, NA-28.
    """
    problems = []
    if to is InvoiceStatus.AUTHORISED:
        if user_id == invoice.reviewed_by_id:
            problems.append(
                Problem("four_eyes", _("You approved this invoice. Another person has to attest it."))
            )
        problems += [
            Problem(
                "earlier_first",
                _("%(reference)s holds lines of the same case and comes first. Attest it before this one."),
                values={"reference": earlier.reference},
            )
            for earlier in earlier_unattested
        ]
    if invoice.status is InvoiceStatus.AUTHORISED:
        if to is InvoiceStatus.PAID_OUT and invoice.total != 0:
            problems.append(
                Problem("payment_first", _("The invoice has to be paid out before it is marked as paid."))
            )
        if to is InvoiceStatus.PAYING_OUT and invoice.total == 0:
            problems.append(
                Problem("nothing_to_pay", _("The total is 0 kr, so nothing is paid out. Mark it as paid."))
            )
    return problems


def check_return(to: InvoiceStatus, *, reason: str, later: Sequence[InvoiceFacts]) -> list[Problem]:
    """An invoice is returned with a reason, and stays while a later live one holds a line of its cases.

    Source: spec CO-20, NA-28.
    """
    problems = []
    if to is InvoiceStatus.RETURNED and not reason.strip():
        problems.append(
            Problem("no_reason", _("Say why the invoice is returned: the clinic reads it."), field="reason")
        )
    problems += [
        Problem(
            "later_first",
            _("%(reference)s is later and holds lines of the same case. Return or recall it first."),
            values={"reference": invoice.reference},
        )
        for invoice in later
        if invoice.status not in DEAD_INVOICES
    ]
    return problems


def check_recall(status: InvoiceStatus) -> list[Problem]:
    """A clinic takes its own invoice back only until the region has reviewed it.

    Source: spec CO-20.
    """
    if status is InvoiceStatus.ISSUED:
        return []
    return [
        Problem(
            "not_recallable",
            _(
                "The invoice is no longer waiting to be reviewed, so it cannot be recalled. "
                "Look at its status."
            ),
        )
    ]


def check_credit(line_status: LineStatus, invoice_status: InvoiceStatus | None) -> list[Problem]:
    """A line is credited from its invoice's attest on; before that the invoice is returned or recalled.

    Source: spec CO-22.
    """
    if line_status is not LineStatus.INVOICED or invoice_status is None:
        return [Problem("not_invoiced", _("The procedure is not invoiced, so there is nothing to credit."))]
    if invoice_status not in CREDITABLE_INVOICES:
        return [
            Problem(
                "not_attested",
                _(
                    "The invoice is not attested yet. Recall it, or ask for it to be returned, "
                    "instead of crediting."
                ),
            )
        ]
    return []


def check_credit_withdrawal(*, is_replaced: bool) -> list[Problem]:
    """A credit stays while the line that bills the same anew is not removed: else it is paid twice.

    Source: spec NA-32.
    """
    if not is_replaced:
        return []
    return [
        Problem(
            "replaced",
            _("The procedure has been entered anew to be invoiced again. Remove the new one first."),
        )
    ]


def check_reissue(status: LineStatus, *, is_replaced: bool) -> list[Problem]:
    """Only a credited line is billed anew, and once: else it is paid twice.

    Source: spec NA-30.
    """
    if status not in {LineStatus.AWAITING_CREDIT, LineStatus.CREDITED}:
        return [Problem("not_credited", _("Only a credited procedure can be invoiced again."))]
    if is_replaced:
        return [Problem("already_replaced", _("The procedure has already been entered anew."))]
    return []
