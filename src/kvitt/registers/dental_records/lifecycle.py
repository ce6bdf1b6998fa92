"""Statuses of a care report, and the words that reports and contacts are written with."""

from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.text import gettext_noop as _


class ReportStatus(Labelled):
    """Where a care report stands; a settled one never changes.

    Source: behovspeng, figure 1; spec NA-4.
    """

    INCOMPLETE = "incomplete", _("Incomplete")
    SETTLED = "settled", _("Settled")


STEPS: dict[tuple[ReportStatus, ReportStatus], str] = {
    (ReportStatus.INCOMPLETE, ReportStatus.SETTLED): "settle_report",
}


class StepNotAllowed(Exception):  # noqa: N818 - reads as a sentence
    """The transition table has no such step for this command."""


def ensure_step(before: str, after: ReportStatus, *, command: str) -> None:
    """Raise StepNotAllowed unless the command may take a report from one status to the other."""
    if STEPS.get((ReportStatus(before), after)) != command:
        msg = f"{command}: {before} -> {after}"
        raise StepNotAllowed(msg)


class Finding(Labelled):
    """What was found on a tooth or one of its surfaces; the value is how it is written."""

    D1 = "D1", _("D1 initial caries")
    D2 = "D2", _("D2 initial caries")
    D3 = "D3", _("D3 manifest caries")
    FILLED = "F", _("F filled")
    MISSING = "M", _("M missing")


class Risk(Labelled):
    """How the dentist assesses the risk of disease until the next revision."""

    NONE = "none", _("No risk")
    LOW = "low", _("Low risk")
    MODERATE = "moderate", _("Moderate risk")
    HIGH = "high", _("High risk")


class ContactKind(Labelled):
    """What came of a contact with a patient. Source: spec NA-5."""

    SUMMONED = "summoned", _("Summoned")
    CAME = "came", _("Came")
    ABSENT = "absent", _("Failed to come")
    CANCELLED = "cancelled", _("Cancelled the visit")
