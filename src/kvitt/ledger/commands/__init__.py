"""The whole write interface of the ledger.

The use cases of the ledger itself (its windows, its runs, the review of invoices, the recall) open their
transaction and write their event. The rest are mechanisms: they need an open transaction and never open
one, and the command of the module that calls them checks the permission and writes the audit event of the
use case.

Locks are taken in one order: invoices by id, their clinics, the module's cases, its requests, lines by id,
the voucher series last.
"""

from kvitt.ledger.commands.due_invoices import (
    CLINICS_PER_CHUNK,
    Chunk,
    finish_run,
    issue_due_invoices,
    open_run,
)
from kvitt.ledger.commands.invoices import (
    NewInvoice,
    issue_invoice,
    issue_invoices,
    recall_invoice,
    return_invoice,
)
from kvitt.ledger.commands.lines import (
    NewLine,
    approve,
    approve_many,
    reissue,
    request_credit,
    revise,
    withdraw,
    withdraw_credit,
)
from kvitt.ledger.commands.payouts import (
    release_payouts,
    reserve_payouts,
    settle_payouts,
    settle_repayment,
    start_run_payouts,
)
from kvitt.ledger.commands.review import (
    attest_invoices,
    confirm_payouts,
    issue_reviewed_invoices,
    reject_invoice,
    review_invoices,
    start_payouts,
)
from kvitt.ledger.commands.runs import repeat_run
from kvitt.ledger.commands.steps import Changed, NoTransaction, WrongClinic, hold_clinics
from kvitt.ledger.commands.windows import set_window

__all__ = [
    "CLINICS_PER_CHUNK",
    "Changed",
    "Chunk",
    "NewInvoice",
    "NewLine",
    "NoTransaction",
    "WrongClinic",
    "approve",
    "approve_many",
    "attest_invoices",
    "confirm_payouts",
    "finish_run",
    "hold_clinics",
    "issue_due_invoices",
    "issue_invoice",
    "issue_invoices",
    "issue_reviewed_invoices",
    "open_run",
    "recall_invoice",
    "reissue",
    "reject_invoice",
    "release_payouts",
    "repeat_run",
    "request_credit",
    "reserve_payouts",
    "return_invoice",
    "review_invoices",
    "revise",
    "set_window",
    "settle_payouts",
    "settle_repayment",
    "start_payouts",
    "start_run_payouts",
    "withdraw",
    "withdraw_credit",
]
