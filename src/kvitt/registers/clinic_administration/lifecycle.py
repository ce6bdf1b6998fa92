"""How far a request for another account has come, and the steps between."""

from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.problems import Problem, Refused
from kvitt.foundation.values.text import gettext_noop as _


class AccountChangeStatus(Labelled):
    """How far a request for another account has come. Source: spec SC-24."""

    WAITING = "waiting", _("Awaiting decision")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Not approved")
    WITHDRAWN = "withdrawn", _("Taken back")


STEPS: dict[tuple[AccountChangeStatus, AccountChangeStatus], str] = {
    (AccountChangeStatus.WAITING, AccountChangeStatus.APPROVED): "approve_account_change",
    (AccountChangeStatus.WAITING, AccountChangeStatus.REFUSED): "refuse_account_change",
    (AccountChangeStatus.WAITING, AccountChangeStatus.WITHDRAWN): "withdraw_account_change",
}
# What a second person has decided: not the one who asked.
DECIDED = frozenset({AccountChangeStatus.APPROVED, AccountChangeStatus.REFUSED})


def ensure_step(before: str, after: AccountChangeStatus, *, command: str) -> None:
    """Raise Refused unless the command may take a request from one status to the other."""
    if STEPS.get((AccountChangeStatus(before), after)) != command:
        message = _("Somebody else has just decided, or the request was taken back. Look at what it is now.")
        raise Refused([Problem("step_not_allowed", message)])
