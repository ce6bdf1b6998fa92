"""The statuses of payment runs, payments and files that leave, and which step each command may take."""

from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.problems import Problem, Refused
from kvitt.foundation.values.text import gettext_noop as _


class RunStatus(Labelled):
    """Where a payment run stands (*utbetalningskörning*). Source: spec SC-23."""

    PROPOSED = "proposed", _("Proposed")
    APPROVED = "approved", _("Approved")
    CANCELLED = "cancelled", _("Cancelled")


class PaymentStatus(Labelled):
    """Where a payment stands; what follows the order is what the bank says, or somebody for it."""

    PLANNED = "planned", _("Planned")
    ORDERED = "ordered", _("Ordered")
    ACCEPTED = "accepted", _("Accepted by the bank")
    PAID = "paid", _("Paid")
    REJECTED = "rejected", _("Rejected by the bank")
    CANCELLED = "cancelled", _("Cancelled")


class NettingOutcome(Labelled):
    """What a netting that pays nothing came to, where a payment would have its status."""

    CARRIED = "carried", _("Carried on")
    EVEN = "even", _("Set off to 0 kr")


class FileKind(Labelled):
    """What leaves in a file."""

    PAYMENTS = "payments", _("Payment file")
    VOUCHERS = "vouchers", _("Voucher file")
    INVOICES = "invoices", _("Invoices to print")
    EINVOICES = "einvoices", _("E-invoices")
    FEE_VOUCHERS = "fee_vouchers", _("Voucher file of care fees")


class OutboxStatus(Labelled):
    """How far a file that leaves has come; one that is held is no file yet to anybody. Source: spec QU-14."""

    HELD = "held", _("Being made")
    WAITING = "waiting", _("Waiting to be sent")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")


# What a module makes of its own, and registers by a subject that only it can read.
MODULE_FILES = frozenset({FileKind.INVOICES, FileKind.EINVOICES, FileKind.FEE_VOUCHERS})


class BankFileKind(Labelled):
    """What the bank answers with."""

    STATUS_REPORT = "pain.002", _("Status report (pain.002)")
    NOTIFICATION = "camt.054", _("Account notification (camt.054)")


RUN_STEPS: dict[tuple[RunStatus, RunStatus], str] = {
    (RunStatus.PROPOSED, RunStatus.APPROVED): "approve_run",
    (RunStatus.PROPOSED, RunStatus.CANCELLED): "cancel_run",
}

PAYMENT_STEPS: dict[tuple[PaymentStatus, PaymentStatus], frozenset[str]] = {
    (PaymentStatus.PLANNED, PaymentStatus.ORDERED): frozenset({"approve_run"}),
    (PaymentStatus.PLANNED, PaymentStatus.CANCELLED): frozenset({"cancel_run"}),
    (PaymentStatus.ORDERED, PaymentStatus.ACCEPTED): frozenset({"read_bank_file"}),
    (PaymentStatus.ORDERED, PaymentStatus.PAID): frozenset({"confirm_payments", "read_bank_file"}),
    (PaymentStatus.ORDERED, PaymentStatus.REJECTED): frozenset({"reject_payment", "read_bank_file"}),
    (PaymentStatus.ACCEPTED, PaymentStatus.PAID): frozenset({"confirm_payments", "read_bank_file"}),
    (PaymentStatus.ACCEPTED, PaymentStatus.REJECTED): frozenset({"reject_payment", "read_bank_file"}),
}

# The bank has yet to say what became of these.
OPEN_PAYMENTS = frozenset({PaymentStatus.ORDERED, PaymentStatus.ACCEPTED})


class StepNotAllowed(Refused):
    """The transition table has no such step for this command: most often somebody else was faster."""

    def __init__(self, command: str, before: str, after: str) -> None:
        """Tell the user in words; the log gets `approve_run: cancelled -> approved`."""
        message = _("Somebody else has just changed the payment run. Look at what it is now and try again.")
        super().__init__([Problem("step_not_allowed", message)])
        self.add_note(f"{command}: {before} -> {after}")


def ensure_run_step(before: str, after: RunStatus, *, command: str) -> None:
    """Raise StepNotAllowed unless the command may take a run from one status to the other."""
    if RUN_STEPS.get((RunStatus(before), after)) != command:
        raise StepNotAllowed(command, before, after)


def ensure_payment_step(before: str, after: PaymentStatus, *, command: str) -> None:
    """Raise StepNotAllowed unless the command may take a payment from one status to the other."""
    if command not in PAYMENT_STEPS.get((PaymentStatus(before), after), frozenset()):
        raise StepNotAllowed(command, before, after)
