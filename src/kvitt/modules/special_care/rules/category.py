"""A patient category as it is typed or read from a file, and its checks."""

import re
from dataclasses import dataclass
from datetime import date

from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.special_care.lifecycle import SupportType

_CODE = re.compile(r"^[A-Z0-9]{1,5}$")
LONGEST_NAME = 200
MOST_YEARS = 50

BAD_CODE = _("%(code)s is not the code of a category. Write up to five letters A-Z and digits: N1, F11.")
NO_NAME = _("The name is missing. Write which patients belong to the category.")
LONG_NAME = _("The name is too long. Write at most %(longest)s characters.")
DAYS_IN_ORDER = _("The last day is before the first, %(first)s. Change one of them.")
YEARS_OUT_OF_RANGE = _(
    "%(years)s years is not from 1 to %(most)s. Leave it empty where certificates hold until further notice."
)
YEARS_WITHOUT_CERTIFICATE = _("S dental care has no certificates. Leave the years empty.")
OTHER_SUPPORT = _("Category %(code)s belongs to another support type already. Choose another code.")
CODE_EXISTS = _("Category %(code)s exists already. Open it to change it.")


@dataclass(frozen=True)
class CategoryFacts:
    """A category; `valid_years` is how long its certificates hold as a rule, None until further notice."""

    support: SupportType
    code: str
    name: str
    first_on: date
    last_on: date | None = None
    valid_years: int | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """A code stands once in an authority."""
        return (self.code,)

    @property
    def period(self) -> Period:
        """The days on which it is in use."""
        return Period(self.first_on, self.last_on)


def normalise_code(text: str) -> str:
    """A code is compared and kept in capitals, without spaces.

    Source: spec SC-1a.
    """
    return "".join(text.split()).upper()


def check_category(facts: CategoryFacts, *, support: SupportType | None = None) -> list[Problem]:
    """A category has a code of its own, a name and days in order; only certificates of N and F have years.

    `support` is what a category of that code belongs to already: it stays so. Source: spec SC-1a.
    """
    problems = []
    if not _CODE.match(facts.code):
        problems.append(Problem("bad_code", BAD_CODE, "code", {"code": facts.code}))
    elif support is not None and support is not facts.support:
        problems.append(Problem("other_support", OTHER_SUPPORT, "support", {"code": facts.code}))
    if not facts.name:
        problems.append(Problem("no_name", NO_NAME, "name"))
    elif len(facts.name) > LONGEST_NAME:
        problems.append(Problem("long_name", LONG_NAME, "name", {"longest": LONGEST_NAME}))
    if facts.last_on is not None and facts.last_on < facts.first_on:
        problems.append(Problem("days_in_order", DAYS_IN_ORDER, "last_on", {"first": facts.first_on}))
    if facts.valid_years is None:
        return problems
    if facts.support is SupportType.S:
        problems.append(Problem("years_without_certificate", YEARS_WITHOUT_CERTIFICATE, "valid_years"))
    elif not 1 <= facts.valid_years <= MOST_YEARS:
        values = {"years": facts.valid_years, "most": MOST_YEARS}
        problems.append(Problem("years_out_of_range", YEARS_OUT_OF_RANGE, "valid_years", values))
    return problems
