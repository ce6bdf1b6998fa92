"""What hinders a client's month from being billed (*fellista*)."""

from collections.abc import Sequence

from kvitt.foundation.values.problems import Problem
from kvitt.modules.care_fees.lifecycle import RENT_CODE, FaultKind
from kvitt.modules.care_fees.rules.fee import FeeLine
from kvitt.modules.care_fees.rules.month_facts import MonthFacts, MonthTerms

# The field of a problem that lies with the spouse.
SPOUSE = "spouse"


def fault(kind: FaultKind, *, is_spouse: bool = False, **values: object) -> Problem:
    """Return a fault of the list: its code is the kind, its field `spouse` where it is the spouse's.

    Source: debitering-ao, page 31; spec CF-25.
    """
    return Problem(kind.value, kind.label, SPOUSE if is_spouse else "", values)


def find_faults(facts: MonthFacts, terms: MonthTerms, lines: Sequence[FeeLine]) -> list[Problem]:
    """What is billed needs settings with a parish code, an area, account strings and a recipient.

    Source: debitering-ao, page 31; spec CF-4, CF-25.
    """
    found = []
    if facts.settings is None:
        found.append(fault(FaultKind.SETTINGS_MISSING))
    elif not facts.settings.parish_code:
        found.append(fault(FaultKind.PARISH_MISSING))
    if not facts.is_placed:
        found.append(fault(FaultKind.AREA_MISSING))
    recipient = facts.recipient
    if facts.died_on is not None:
        if not recipient.has_estate:
            found.append(fault(FaultKind.ESTATE_MISSING))
    elif not recipient.has_recipient:
        if recipient.is_protected and not recipient.has_safe_address:
            found.append(fault(FaultKind.UNSAFE_ADDRESS))
        elif not recipient.has_address:
            found.append(fault(FaultKind.RECIPIENT_MISSING))
    if terms.accounts.missing or terms.accounts.wrong:
        found += _account_faults(terms, lines)
    return found


def _account_faults(terms: MonthTerms, lines: Sequence[FeeLine]) -> list[Problem]:
    """Name each service whose revenue nothing books, or a string that cannot."""
    found, accounts = [], terms.accounts
    for service_id in sorted({line.service or 0 for line in lines}):
        code, name = (RENT_CODE, "") if not service_id else terms.services[service_id][:2]
        if code in accounts.missing:
            found.append(fault(FaultKind.ACCOUNT_MISSING, service=name))
        elif code in accounts.wrong:
            found.append(fault(FaultKind.ACCOUNT_WRONG, service=name))
    return found
