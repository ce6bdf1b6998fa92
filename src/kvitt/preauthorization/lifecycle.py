"""The statuses of a request for preauthorization, and which step each command may take."""

from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.problems import Problem, Refused
from kvitt.foundation.values.text import gettext_noop as _


class RequestStatus(Labelled):
    """Where a request stands (*ärendestatus*). Source: behovspeng, chapter 6; spec NA-18, NA-20, NA-21."""

    NOT_SENT = "not_sent", _("Not sent")
    AWAITING_REVIEW = "awaiting_review", _("Awaiting review")
    COMPLETION_REQUESTED = "completion_requested", _("Completion requested")
    DECIDED = "decided", _("Decided")
    APPROVED_WITH_RESERVATION = "approved_with_reservation", _("Approved with reservation")
    REMOVED = "removed", _("Removed")


class Verdict(Labelled):
    """What the assessor decides about one procedure. Source: spec NA-20."""

    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Not approved")


STEPS: dict[tuple[RequestStatus, RequestStatus], str] = {
    (RequestStatus.NOT_SENT, RequestStatus.AWAITING_REVIEW): "send",
    (RequestStatus.NOT_SENT, RequestStatus.REMOVED): "remove",
    (RequestStatus.AWAITING_REVIEW, RequestStatus.NOT_SENT): "withdraw",
    (RequestStatus.COMPLETION_REQUESTED, RequestStatus.NOT_SENT): "withdraw",
    (RequestStatus.AWAITING_REVIEW, RequestStatus.COMPLETION_REQUESTED): "ask",
    (RequestStatus.COMPLETION_REQUESTED, RequestStatus.AWAITING_REVIEW): "answer",
    (RequestStatus.AWAITING_REVIEW, RequestStatus.DECIDED): "decide",
    (RequestStatus.AWAITING_REVIEW, RequestStatus.APPROVED_WITH_RESERVATION): "decide",
    # A clinic that never answers, or has closed, must not keep the patient waiting.
    (RequestStatus.COMPLETION_REQUESTED, RequestStatus.DECIDED): "decide",
    (RequestStatus.COMPLETION_REQUESTED, RequestStatus.APPROVED_WITH_RESERVATION): "decide",
}

# The authority has it: its procedures are locked and its documents stay.
SENT = frozenset({RequestStatus.AWAITING_REVIEW, RequestStatus.COMPLETION_REQUESTED})
DECIDED = frozenset({RequestStatus.DECIDED, RequestStatus.APPROVED_WITH_RESERVATION})


class StepNotAllowed(Refused):
    """The transition table has no such step for this command: most often somebody else was faster."""

    def __init__(self, command: str, before: str, after: str) -> None:
        """Tell the user in words; the log gets `decide: decided -> decided`."""
        super().__init__(
            [
                Problem(
                    "step_not_allowed",
                    _("Somebody else has just changed the request. Look at what it is now and try again."),
                )
            ]
        )
        self.add_note(f"{command}: {before} -> {after}")


def ensure_step(before: str, after: RequestStatus, *, command: str) -> None:
    """Raise StepNotAllowed unless the command may take a request from one status to the other."""
    if STEPS.get((RequestStatus(before), after)) != command:
        raise StepNotAllowed(command, before, after)
