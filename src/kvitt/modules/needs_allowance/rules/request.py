"""When preauthorization can be requested in a case, and for which of its procedures."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import date

from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.needs_allowance.lifecycle import ProcedureStatus
from kvitt.modules.needs_allowance.rules.procedure import ProcedureFacts

MARK_LENGTH = 16

PERIOD_ENDED = _("The assessment period ended on %(last)s. No preauthorization can be requested any more.")
NONE_REQUIRES = _("No code in the case requires preauthorization.")
ALL_REQUESTED = _("All codes that require preauthorization are in a request already.")
NOT_OFFERED = _("The codes of the case have changed. Choose among those that are here now.")


def may_request(procedure: ProcedureFacts) -> bool:
    """A procedure that requires preauthorization can be requested.

    Source: behovspeng, figure 12; spec NA-18.
    """
    return procedure.status == ProcedureStatus.REQUIRES_PREAUTHORIZATION


def calculate_offered(procedures: Sequence[ProcedureFacts], held: Collection[int]) -> list[int]:
    """A request is about procedures that require preauthorization and that no other open request holds.

    Source: behovspeng, chapter 6; spec NA-18, NA-19.
    """
    return [one.id for one in procedures if may_request(one) and one.id not in held]


def check_period(period: Period, *, today: date) -> list[Problem]:
    """When the assessment period has ended no request can be made, changed or sent.

    Source: behovspeng, chapter 6; spec NA-17.
    """
    if period.last is None or today <= period.last:
        return []
    return [Problem("period_ended", PERIOD_ENDED, values={"last": period.last})]


def check_new_request(
    procedures: Sequence[ProcedureFacts], held: Collection[int], *, period: Period, today: date
) -> list[Problem]:
    """A new request can be made while the period runs and there is something to request.

    Source: behovspeng, chapter 6; spec NA-17, NA-18, NA-19.
    """
    problems = check_period(period, today=today)
    if problems or calculate_offered(procedures, held):
        return problems
    is_requested = any(
        may_request(one) or one.status == ProcedureStatus.AWAITING_REVIEW for one in procedures
    )
    message = ALL_REQUESTED if is_requested else NONE_REQUIRES
    return [Problem("nothing_to_request", message)]


def check_choice(chosen: Collection[int], offered: Collection[int]) -> list[Problem]:
    """A request holds nothing but what could be chosen for it.

    Source: spec NA-18, NA-19.
    """
    if set(chosen) <= set(offered):
        return []
    return [Problem("not_offered", NOT_OFFERED, field="procedures")]


def calculate_mark(motivation: str, procedures: Collection[ProcedureFacts]) -> str:
    """The same content of a saved request always gives the same text, as that of a procedure does.

    A request is sent with its procedures as they are then, so they are content; a price follows the list.
    Source: spec CO-24, NA-18.
    """
    lines = sorted((one.id, one.code, one.location, one.surface, str(one.performed_on)) for one in procedures)
    return hashlib.sha256(repr((lines, motivation)).encode()).hexdigest()[:MARK_LENGTH]
