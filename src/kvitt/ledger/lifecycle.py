"""The statuses of lines and invoices, and which step each command may take."""

from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.problems import Problem, Refused
from kvitt.foundation.values.text import gettext_noop as _


class LineStatus(Labelled):
    """Where a line stands from approval on. Source: spec CO-19."""

    APPROVED = "approved", _("Approved")
    INVOICED = "invoiced", _("Invoiced")
    AWAITING_CREDIT = "awaiting_credit", _("Awaiting credit")
    CREDITED = "credited", _("Credited")
    WITHDRAWN = "withdrawn", _("Removed")


class InvoiceStatus(Labelled):
    """Where an invoice stands. Source: spec CO-20."""

    ISSUED = "issued", _("Sent in")
    REVIEWED = "reviewed", _("Approved")
    AUTHORISED = "authorised", _("Attested")
    PAYING_OUT = "paying_out", _("Paying out")
    PAID_OUT = "paid_out", _("Paid out")
    RETURNED = "returned", _("Returned")
    RECALLED = "recalled", _("Recalled")

    @property
    def order(self) -> int:
        """Its place along the chain, by which lists sort; those that ended otherwise come last."""
        return list(InvoiceStatus).index(self)


class RowKind(Labelled):
    """Whether a row charges a line or credits it."""

    CHARGE = "charge", _("Charge")
    CREDIT = "credit", _("Credit")


class RunFault(Labelled):
    """Why a clinic has no invoice in a run. Source: spec PH-8."""

    NO_ACCOUNT = "no_account", _("The clinic has no account. Add it and run again.")
    UNEXPECTED = "unexpected", _("Something unexpected went wrong. The program's log says what.")
    WAITING = "waiting", _("Is tried again.")  # it had a fault, and the run is made again


class RunStatus(Labelled):
    """How far a run of the calendar has come; it follows from the run and is not stored."""

    DUE = "due", _("To be made")
    RUNNING = "running", _("Under way")
    OVERDUE = "overdue", _("Overdue")
    DONE = "done", _("Done")
    DONE_WITH_FAULTS = "done_with_faults", _("Done with faults")


class ClinicOutcome(Labelled):
    """What a run came to for a clinic, in a word."""

    INVOICED = "invoiced", _("Invoiced")
    FAULT = "fault", _("Fault")
    WAITING = "waiting", _("Waiting")


LINE_STEPS: dict[tuple[LineStatus, LineStatus], str] = {
    (LineStatus.APPROVED, LineStatus.WITHDRAWN): "withdraw",
    (LineStatus.APPROVED, LineStatus.INVOICED): "issue_invoice",
    (LineStatus.INVOICED, LineStatus.AWAITING_CREDIT): "request_credit",
    (LineStatus.AWAITING_CREDIT, LineStatus.INVOICED): "withdraw_credit",
    (LineStatus.AWAITING_CREDIT, LineStatus.CREDITED): "issue_invoice",
    (LineStatus.INVOICED, LineStatus.APPROVED): "return_invoice",
    (LineStatus.CREDITED, LineStatus.AWAITING_CREDIT): "return_invoice",
}

INVOICE_STEPS: dict[tuple[InvoiceStatus, InvoiceStatus], str] = {
    (InvoiceStatus.ISSUED, InvoiceStatus.REVIEWED): "advance_invoice",
    (InvoiceStatus.REVIEWED, InvoiceStatus.AUTHORISED): "advance_invoice",
    (InvoiceStatus.AUTHORISED, InvoiceStatus.PAYING_OUT): "advance_invoice",
    (InvoiceStatus.AUTHORISED, InvoiceStatus.PAID_OUT): "advance_invoice",  # what comes to 0 or is netted
    (InvoiceStatus.PAYING_OUT, InvoiceStatus.PAID_OUT): "advance_invoice",
    (InvoiceStatus.ISSUED, InvoiceStatus.RETURNED): "return_invoice",
    (InvoiceStatus.REVIEWED, InvoiceStatus.RETURNED): "return_invoice",
    (InvoiceStatus.ISSUED, InvoiceStatus.RECALLED): "return_invoice",
}

# A returned or recalled invoice holds nothing any more: its rows are voided.
DEAD_INVOICES = frozenset({InvoiceStatus.RETURNED, InvoiceStatus.RECALLED})
# A clinic stays without invoice for these until the run is made again.
LASTING_FAULTS = frozenset(RunFault) - {RunFault.WAITING}
# Somebody still has something to do with these.
OPEN_INVOICES = frozenset(
    {InvoiceStatus.ISSUED, InvoiceStatus.REVIEWED, InvoiceStatus.AUTHORISED, InvoiceStatus.PAYING_OUT}
)
# Crediting is possible from the attest on; before it an invoice is returned or recalled. Source: spec CO-22.
CREDITABLE_INVOICES = frozenset({InvoiceStatus.AUTHORISED, InvoiceStatus.PAYING_OUT, InvoiceStatus.PAID_OUT})


class StepNotAllowed(Refused):
    """The transition table has no such step for this command: most often somebody else was faster."""

    def __init__(self, command: str, before: str, after: str) -> None:
        """Tell the user in words; the log gets `withdraw: invoiced -> withdrawn`."""
        super().__init__(
            [
                Problem(
                    "step_not_allowed",
                    _("Somebody else has just changed the status. Look at what it is now and try again."),
                )
            ]
        )
        self.add_note(f"{command}: {before} -> {after}")


def ensure_line_step(before: str, after: LineStatus, *, command: str) -> None:
    """Raise StepNotAllowed unless the command may take a line from one status to the other."""
    if LINE_STEPS.get((LineStatus(before), after)) != command:
        raise StepNotAllowed(command, before, after)


def ensure_invoice_step(before: str, after: InvoiceStatus, *, command: str) -> None:
    """Raise StepNotAllowed unless the command may take an invoice from one status to the other."""
    if INVOICE_STEPS.get((InvoiceStatus(before), after)) != command:
        raise StepNotAllowed(command, before, after)
