"""The statuses a procedure has of its own, before the ledger knows it."""

from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.text import gettext_noop as _


class ProcedureStatus(Labelled):
    """Where a procedure stands until it is approved; from then on its ledger line tells.

    Source: spec CO-19, NA-14.
    """

    REQUIRES_PREAUTHORIZATION = "requires_preauthorization", _("Requires preauthorization")
    AWAITING_REVIEW = "awaiting_review", _("Awaiting review")
    REFUSED = "refused", _("Not approved")
    APPROVED = "approved", _("Approved")
    WITHDRAWN = "withdrawn", _("Removed")


STEPS: dict[tuple[ProcedureStatus, ProcedureStatus], str] = {
    (ProcedureStatus.REQUIRES_PREAUTHORIZATION, ProcedureStatus.WITHDRAWN): "remove_procedure",
    (ProcedureStatus.REQUIRES_PREAUTHORIZATION, ProcedureStatus.AWAITING_REVIEW): "send_request",
    (ProcedureStatus.AWAITING_REVIEW, ProcedureStatus.REQUIRES_PREAUTHORIZATION): "withdraw_request",
    (ProcedureStatus.AWAITING_REVIEW, ProcedureStatus.APPROVED): "decide_request",
    (ProcedureStatus.AWAITING_REVIEW, ProcedureStatus.REFUSED): "decide_request",
}


class StepNotAllowed(Exception):  # noqa: N818 - reads as a sentence
    """The transition table has no such step for this command."""


def ensure_step(before: str, after: ProcedureStatus, *, command: str) -> None:
    """Raise StepNotAllowed unless the command may take a procedure from one status to the other."""
    if STEPS.get((ProcedureStatus(before), after)) != command:
        msg = f"{command}: {before} -> {after}"
        raise StepNotAllowed(msg)


# What the event log tells of a change, in this order (*händelselogg*, spec CO-31).
EVENT_FIELDS: dict[str, str] = {
    "code": _("Procedure code"),
    "codes": _("Procedure codes"),
    "performed_on": _("Treatment date"),
    "location": _("Tooth/jaw"),
    "surface": _("Tooth surface"),
    "practitioner": _("Practitioner"),
    "amount": _("Amount"),
    "status": _("Status"),
    "approved_procedures": _("Approved"),
    "refused_procedures": _("Not approved"),
    "case_number": _("Case number"),
    "period": _("Assessment period"),
    "invoice": _("Invoice"),
    "copies": _("Entered anew"),
    "document": _("Document"),
    "file_name": _("File"),
    "parcel": _("Physical attachment"),
    "quantity": _("Count"),
    "file_type": _("File type"),
    "arrived_on": _("Arrived"),
    "reason": _("Reason"),
}
