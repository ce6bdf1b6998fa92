"""A person as pages and lists show him or her."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.utils.translation import gettext

from kvitt.registers.people.models import Person
from kvitt.registers.people.queries.persons import address_on
from kvitt.registers.people.queries.session import needs_reason


def hidden_text() -> str:
    """Return what stands in place of a protected person's name and address."""
    return gettext("Protected identity")


def listed_name(person: Person) -> str:
    """Return the name for lists and exports, where a protected person is always hidden (spec QU-19)."""
    return hidden_text() if person.is_protected else person.name


@dataclass(frozen=True)
class ShownPerson:
    """A person as a page shows him or her: name, address and telephone only where they may be seen."""

    code: UUID
    number: str
    name: str
    address: str
    phone: str
    area_clinic: str
    is_hidden: bool
    is_protected: bool
    born_on: date | None
    died_on: date | None


def shown_person(session: SessionBase, person: Person, *, day: date) -> ShownPerson:
    """Return what this session may see of the person on the day; of a merged record, of the one that remains.

    Source: spec CO-8, QU-19.
    """
    person = person.merged_into or person
    is_hidden = needs_reason(session, person)
    address = None if is_hidden else address_on(person, day)
    area_clinic = person.area_clinic
    return ShownPerson(
        code=person.code,
        number=person.identity_number,
        name=hidden_text() if is_hidden else person.name,
        address=hidden_text() if is_hidden else str(address or ""),
        phone="" if is_hidden else person.phone,
        area_clinic="" if is_hidden or area_clinic is None else area_clinic.name,
        is_hidden=is_hidden,
        is_protected=person.is_protected,
        born_on=person.born_on,
        died_on=person.died_on,
    )
