"""What the population register tells of a person, and what of it is taken over."""

import re
from dataclasses import dataclass
from datetime import date

from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.people.lifecycle import CivilStatus

_MUNICIPALITY, _PARISH = re.compile(r"[0-9]{4}"), re.compile(r"[0-9]{6}")


@dataclass(frozen=True)
class RegisteredPerson:
    """A person as the population register tells; of a protected one no address, whatever it holds."""

    number: str
    given_name: str
    family_name: str
    changed_on: date
    is_protected: bool = False
    care_of: str = ""
    street: str = ""
    postcode: str = ""
    town: str = ""
    country: str = ""
    moved_on: date | None = None
    municipality_code: str = ""
    parish_code: str = ""
    civil_status: CivilStatus | None = None
    died_on: date | None = None

    @property
    def key(self) -> tuple[str, date]:
        """There is one row per number and day; of several the last one holds."""
        return self.number, self.changed_on

    @property
    def name(self) -> str:
        """Given name and family name."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def address(self) -> str:
        """The address on one line, empty when there is none to tell."""
        care_of = f"c/o {self.care_of}" if self.care_of else ""
        place = f"{self.postcode} {self.town}".strip()
        return ", ".join(part for part in (care_of, self.street, place, self.country) if part)


def is_municipality_code(text: str) -> bool:
    """A municipality code (*kommunkod*) has four digits.

    Source: spec CO-12.
    """
    return bool(_MUNICIPALITY.fullmatch(text))


def is_parish_code(text: str) -> bool:
    """A parish code (*församlingskod*) has six digits, of which the first four are the municipality's.

    Source: debitering-ao, page 12; spec CO-12.
    """
    return bool(_PARISH.fullmatch(text))


def check_registered(facts: RegisteredPerson) -> list[Problem]:
    """A row of the register has names, and codes of the right length where it has any.

    Source: spec CO-12.
    """
    problems = []
    if not facts.is_protected and not (facts.given_name and facts.family_name):
        message = _("A person has a given name and a family name. Write both.")
        problems.append(Problem("no_name", message, "family_name"))
    if facts.municipality_code and not is_municipality_code(facts.municipality_code):
        message = _("%(text)s is not a municipality code: it has four digits, for example 0580.")
        problems.append(
            Problem("bad_municipality", message, "municipality_code", {"text": facts.municipality_code})
        )
    if facts.parish_code and not is_parish_code(facts.parish_code):
        message = _("%(text)s is not a parish code: it has six digits, for example 058001.")
        problems.append(Problem("bad_parish", message, "parish_code", {"text": facts.parish_code}))
    return problems
