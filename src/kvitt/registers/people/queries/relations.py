"""Who belongs together with a person, seen from either side, and who speaks or pays for the person."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q
from django.http import Http404

from kvitt.registers.people import rules
from kvitt.registers.people.lifecycle import ContactKind, RelationKind
from kvitt.registers.people.models import ContactPerson, Person, Relation
from kvitt.registers.people.queries.keeping import keeps
from kvitt.registers.people.queries.persons import holding, record_ids

if TYPE_CHECKING:
    from kvitt.registers.access.rules import Actor


@dataclass(frozen=True)
class RelatedPerson:
    """Another person, and what he or she is to the one asked about, from when to when."""

    relation_id: int
    person: Person
    kind: RelationKind
    first_on: date
    last_on: date | None


def relations_of_records(ids: list[int]) -> list[RelatedPerson]:
    """Return everybody who is or was related to a person of these records, from both sides; open first.

    Source: spec CO-10.
    """
    return _related(ids, Q())


def relations_of(person: Person) -> list[RelatedPerson]:
    """Return everybody who is or was related to the person, from both sides; open first."""
    return relations_of_records(record_ids(person))


def related(person: Person, *, on: date) -> list[RelatedPerson]:
    """Return who is related to the person on the day, from both sides. Source: spec CO-10."""
    return _related(record_ids(person), holding(on))


def spouse_of(person: Person, *, on: date) -> Person | None:
    """Return the spouse on the day, else the cohabitant; None for who has neither. Source: spec CO-10."""
    found = {row.kind: row.person for row in reversed(related(person, on=on))}
    return found.get(RelationKind.SPOUSE) or found.get(RelationKind.COHABITANT)


def may_share_with(actor: "Actor", person: Person, *, today: date) -> list[RelatedPerson]:
    """Return the related persons to whom the person's address of stay may be given, each once.

    Never from or to a protected person, nor to one whom the actor does not keep. Source: spec CO-10.
    """
    found = {}
    for row in related(person, on=today):
        is_allowed = rules.may_share_address(
            is_protected=person.is_protected,
            is_other_protected=row.person.is_protected,
            has_other_died=row.person.died_on is not None,
        )
        if is_allowed and row.person.pk not in found and keeps(actor, row.person, today=today):
            found[row.person.pk] = row
    return list(found.values())


def relation_of(person: Person, relation_id: int) -> Relation:
    """Return a relation that the person is part of, on either side. Raises Http404 for any other."""
    ids = record_ids(person)
    rows = Relation.objects.select_related("person__merged_into", "other__merged_into")
    found = rows.filter(Q(person_id__in=ids) | Q(other_id__in=ids), pk=relation_id).first()
    if found is None:
        raise Http404
    return found


def other_of(relation: Relation, person: Person) -> Person:
    """Return whom the relation is with, seen from the person. Source: spec CO-10."""
    is_first = person in (relation.person, relation.person.merged_into)
    other = relation.other if is_first else relation.person
    return other.merged_into or other


def contact_of(person: Person, contact_id: int) -> ContactPerson:
    """Return one of the person's contact persons. Raises Http404 for any other."""
    found = ContactPerson.objects.filter(pk=contact_id, person_id__in=record_ids(person)).first()
    if found is None:
        raise Http404
    return found


def contacts_of_records(ids: list[int]) -> list[ContactPerson]:
    """Return everybody who speaks or spoke for a person of these records; open first, then the latest."""
    rows = ContactPerson.objects.filter(person_id__in=ids)
    return sorted(rows, key=lambda row: (row.last_on is not None, -row.first_on.toordinal(), row.pk))


def contacts_of(person: Person) -> list[ContactPerson]:
    """Return everybody who speaks or spoke for the person; open first, then the latest."""
    return contacts_of_records(record_ids(person))


def open_recipient(person: Person) -> ContactPerson | None:
    """Return who gets the person's invoices until further notice, as person or as estate."""
    rows = ContactPerson.objects.filter(
        person_id__in=record_ids(person), kind__in=rules.RECIPIENTS, last_on=None
    )
    return rows.order_by("-first_on", "-pk").first()


def values_of_previous(present: ContactPerson | None, *, today: date) -> dict[str, object]:
    """Return what a form proposes as the last day of who gets the invoices now. Source: spec CF-3."""
    return {} if present is None else {"previous_last_on": rules.calculate_previous_end(today)}


def values_of_contact(contact: ContactPerson) -> dict[str, object]:
    """Return what a form about the contact person begins with."""
    names = (
        "name",
        "street",
        "postcode",
        "town",
        "country",
        "phone",
        "email",
        "organisation_number",
        "first_on",
    )
    return {**{name: getattr(contact, name) for name in names}, "kind": ContactKind(contact.kind)}


def _related(ids: list[int], condition: Q) -> list[RelatedPerson]:
    """Return the other side of each relation of the records."""
    rows = Relation.objects.filter(condition, Q(person_id__in=ids) | Q(other_id__in=ids))
    found = []
    for row in rows.select_related("person__merged_into", "other__merged_into"):
        is_first = row.person_id in ids
        other, kind = (row.other, row.kind) if is_first else (row.person, _opposite(row.kind))
        found.append(
            RelatedPerson(
                relation_id=row.pk,
                person=other.merged_into or other,
                kind=RelationKind(kind),
                first_on=row.first_on,
                last_on=row.last_on,
            )
        )
    return sorted(
        found, key=lambda row: (row.last_on is not None, -row.first_on.toordinal(), row.relation_id)
    )


def _opposite(kind: str) -> RelationKind:
    return rules.calculate_opposite(RelationKind(kind))
