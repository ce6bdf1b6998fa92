"""What must be right about a change of a clinic's account, and who decides."""

from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _

SAME_ACCOUNT = _("That is the account that the clinic has. Give another one.")
WAITS_ALREADY = _("A change to %(account)s already waits for a decision. Take it back first.")
OWN_REQUEST = _("You asked for the change yourself. Another administrator decides.")
NO_REASON = _("The reason is missing. The clinic reads it: say why the account is not changed.")


def check_request(*, wanted: tuple[str, str], current: tuple[str, str], waiting: str) -> list[Problem]:
    """A change is to another account than the clinic's, and one waits at a time.

    Source: spec SC-24.
    """
    if waiting:
        return [Problem("waits_already", WAITS_ALREADY, values={"account": waiting})]
    return [Problem("same_account", SAME_ACCOUNT, "giro_number")] if wanted == current else []


def check_decision(*, requested_by_id: int | None, decided_by_id: int | None) -> list[Problem]:
    """Whoever asked for another account is not the one who decides: two persons see it.

    Source: spec SC-24.
    """
    is_own = requested_by_id is not None and requested_by_id == decided_by_id
    return [Problem("own_request", OWN_REQUEST)] if is_own else []


def check_reason(reason: str) -> list[Problem]:
    """A clinic whose account is not changed is told why.

    Source: spec SC-24.
    """
    return [] if reason.strip() else [Problem("no_reason", NO_REASON, "reason")]
