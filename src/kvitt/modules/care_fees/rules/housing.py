"""What must be right about a dwelling."""

from dataclasses import dataclass
from datetime import date

from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.care_fees.lifecycle import HousingKind

NO_NUMBER = _("The number of the dwelling is missing. Give it as it stands on the contract.")
NO_ADDRESS = _("The address is missing. Give street and flat or room.")
IS_LET = _(
    "The dwelling is let with the contract %(number)s until %(last)s. End it first, or close it later."
)
IS_LET_ON = _("The dwelling is let with the contract %(number)s until further notice. End it first.")


@dataclass(frozen=True)
class DwellingFacts:
    """What is registered of a dwelling (*objekt*); one that is closed is not let from that day on."""

    unit_id: int
    number: str
    address: str
    kind: HousingKind
    closed_on: date | None = None


@dataclass(frozen=True)
class LetTo:
    """The contract that a dwelling is let with the longest."""

    number: str
    last_on: date | None


def check_dwelling(facts: DwellingFacts, *, let_to: LetTo | None) -> list[Problem]:
    """A dwelling has a number and an address, and is not closed while it is let.

    Source: spec CF-7.
    """
    problems = []
    if not facts.number:
        problems.append(Problem("no_number", NO_NUMBER, "number"))
    if not facts.address:
        problems.append(Problem("no_address", NO_ADDRESS, "address"))
    if facts.closed_on is not None and let_to is not None:
        if let_to.last_on is None:
            problems.append(Problem("is_let", IS_LET_ON, "closed_on", {"number": let_to.number}))
        elif let_to.last_on > facts.closed_on:
            values = {"number": let_to.number, "last": let_to.last_on.isoformat()}
            problems.append(Problem("is_let", IS_LET, "closed_on", values))
    return problems
