"""Find persons of the actor's authority, and where they are reached."""

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext

from kvitt.foundation.values import identity, text
from kvitt.foundation.values.identity import IdentityNumber
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.people.lifecycle import AddressKind
from kvitt.registers.people.models import Address, Person, PersonNumber

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from kvitt.registers.access.rules import Actor


def person_of(actor: "Actor", code: UUID) -> Person:
    """Return the person of that code, or the one a merged record points at. Raises Http404."""
    found = Person.objects.select_related("merged_into", "area_clinic", "merged_into__area_clinic")
    person = found.filter(authority_id=actor.authority_id, code=code).first()
    if person is None:
        raise Http404
    return person.merged_into or person


def record_ids(person: Person) -> list[int]:
    """Return the person's record and every record merged into it."""
    return [person.pk, *Person.objects.filter(merged_into=person).order_by("pk").values_list("pk", flat=True)]


def records_by_id(person_ids: "Collection[int]") -> dict[int, int]:
    """Return the record that remains by every record of many persons: their own, and those merged into it."""
    merged = Person.objects.filter(merged_into_id__among=person_ids).order_by("pk")
    own = {person_id: person_id for person_id in person_ids}
    return own | dict(merged.values_list("pk", "merged_into_id"))


def reserve_patterns(authority_id: int) -> tuple[str, ...]:
    """Return the forms of reserve numbers of the authority, the usual ones when it has none of its own."""
    patterns = organisations.authority(authority_id).reserve_number_patterns.splitlines()
    return tuple(pattern for pattern in patterns if pattern.strip()) or identity.DEFAULT_RESERVE_PATTERNS


def numbers_in(actor: "Actor", written: str, *, today: date) -> tuple[IdentityNumber, ...]:
    """Return the numbers that what was written may mean: none, one, or two to ask about."""
    return identity.parse_identity_number(written, today, reserve_patterns(actor.authority_id))


def find_by_number(actor: "Actor", digits: str) -> Person | None:
    """Return who has the number, or had it before; nobody of another authority."""
    persons = Person.objects.select_related("merged_into").filter(authority_id=actor.authority_id)
    person = persons.filter(identity_number=digits).first()
    if person is None:
        former = PersonNumber.objects.filter(identity_number=digits, person__authority_id=actor.authority_id)
        person = persons.filter(pk__in=former.values("person_id")).order_by("-pk").first()
    return None if person is None else person.merged_into or person


def persons_by_number(authority_id: int, numbers: "Iterable[str]") -> dict[str, Person]:
    """Return who has each number, or had it before; a number that nobody has is left out.

    Two numbers of one person, and those of records that are merged, lead to the same one.
    """
    wanted = set(numbers)
    if not wanted:
        return {}
    persons = Person.objects.filter(authority_id=authority_id, identity_number__among=wanted)
    found = {person.identity_number: person for person in persons}
    if missing := wanted - found.keys():
        former = PersonNumber.objects.filter(
            identity_number__among=missing, person__authority_id=authority_id
        )
        earlier = former.select_related("person").order_by("person_id")
        found |= {row.identity_number: row.person for row in earlier}
    merged = {person.merged_into_id for person in found.values()} - {None}
    kept = Person.objects.in_bulk(merged) if merged else {}
    return {number: kept.get(person.merged_into_id or 0, person) for number, person in found.items()}


def search_by_name(actor: "Actor", name: str, *, person_ids: "Iterable[int] | None") -> QuerySet[Person]:
    """Return the persons among these (None: of the authority) whose name holds every word of the text.

    Protected persons are found by number only (spec QU-19).
    """
    persons = Person.objects.filter(authority_id=actor.authority_id, merged_into__isnull=True)
    if person_ids is not None:
        persons = persons.filter(pk__in=person_ids)
    return persons.filter(named(name)).order_by("sort_key", "pk")


def named(name: str, *, path: str = "") -> Q:
    """Return the condition that a person's name holds every word of the text; `path` leads to the person."""
    condition = Q(**{f"{path}is_protected": False})
    for word in text.search_key(name).split():
        condition &= Q(**{f"{path}search_key__contains": word})
    return condition


def address_on(person: Person, day: date) -> Address | None:
    """Return where the person is reached on the day: the address of stay before the registered one.

    The person's own record wins over a merged one, then the latest.
    """
    rows = Address.objects.filter(holding(day), person_id__in=record_ids(person))

    def rank(row: Address) -> tuple[bool, bool, date]:
        return row.kind == AddressKind.STAYING, row.person_id == person.pk, row.first_on

    return max(rows, key=rank, default=None)


def address_of(person: Person, address_id: int) -> Address:
    """Return one of the person's addresses. Raises Http404 for any other."""
    found = Address.objects.filter(pk=address_id, person_id__in=record_ids(person)).first()
    if found is None:
        raise Http404
    return found


def values_of_address(address: Address) -> dict[str, object]:
    """Return what a form about the address begins with."""
    return {name: getattr(address, name) for name in ("care_of", "street", "postcode", "town", "country")}


def remarks_on_address(address: Address, *, today: date) -> list[str]:
    """Return what is said of an address that was added back in time or between others. Source: spec CF-2."""
    remarks = []
    if address.first_on < today.replace(day=1):
        remarks.append(gettext("It begins back in time. Invoices that are sent already keep their address."))
    if address.last_on is not None:
        text = gettext("It holds through %(date)s, as the next address begins the day after.")
        remarks.append(text % {"date": address.last_on.isoformat()})
    return remarks


def holding(day: date) -> Q:
    """Return the condition that what is dated holds on the day."""
    return Q(first_on__lte=day) & (Q(last_on__isnull=True) | Q(last_on__gte=day))
