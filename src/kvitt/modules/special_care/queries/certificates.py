"""Find certificates: a person's, one of them, by search."""

from collections.abc import Iterable

from kvitt.modules.special_care.models import Certificate
from kvitt.registers.people import queries as people
from kvitt.registers.people.models import Person


def certificates_of(person: Person) -> list[Certificate]:
    """Return a person's certificates, those of merged records too, the newest first.

    Who may see them is the caller's to check. Source: spec SC-1, SC-6.
    """
    found = Certificate.objects.filter(person_id__in=people.record_ids(person))
    return list(found.order_by("-first_on", "-id"))


def certificates_by_person(authority_id: int, person_ids: Iterable[int]) -> dict[int, list[Certificate]]:
    """Return the certificates of many persons, by person."""
    found: dict[int, list[Certificate]] = {}
    rows = Certificate.objects.filter(authority_id=authority_id, person_id__in=list(person_ids))
    for certificate in rows.order_by("-first_on", "-id"):
        found.setdefault(certificate.person_id, []).append(certificate)
    return found
