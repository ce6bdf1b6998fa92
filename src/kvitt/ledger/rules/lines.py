"""What may happen to a line: it is changed until it is invoiced, then credited and billed anew."""

from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.ledger.lifecycle import CREDITABLE_INVOICES, InvoiceStatus, LineStatus


def check_revision(status: LineStatus, *, was_invoiced: bool) -> list[Problem]:
    """A line can be changed while it is approved, until it has stood on an invoice, returned or not.

    Source: spec CO-19, NA-15.
    """
    if was_invoiced:
        return [Problem("frozen", _("The procedure has been on an invoice and cannot be changed any more."))]
    if status is not LineStatus.APPROVED:
        return [Problem("not_approved", _("Only an approved procedure can be changed."))]
    return []


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
