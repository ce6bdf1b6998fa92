"""Register how two persons belong together, and end it."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from kvitt.audit import commands as audit
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.identity import IdentityNumber
from kvitt.foundation.values.problems import Problem, Refused, refuse_if_any
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.access.rules import Actor
from kvitt.registers.people import queries, rules
from kvitt.registers.people.commands.persons import ensure_persons
from kvitt.registers.people.commands.population import note_look_up, store_registered
from kvitt.registers.people.commands.steps import checked_number, fill, hold_kept_persons, hold_persons
from kvitt.registers.people.lifecycle import RelationKind
from kvitt.registers.people.models import Person, Relation


def add_relation(
    actor: Actor,
    *,
    today: date,
    code: UUID,
    number: str,
    kind: RelationKind,
    first_on: date,
    given_name: str = "",
    family_name: str = "",
) -> Relation:
    """Register what the person of a number is to this one; it shows from both sides.

    Who is not registered is fetched from the population register, else registered by the name.
    Raises Refused, NotAllowed, Http404.
    """
    with transaction.atomic():
        person = queries.person_to_keep(actor, code, today=today)
        checked = checked_number(actor, number, today=today)
        other = queries.find_by_number(actor, checked.digits) or _registered(
            actor, checked, today=today, given_name=given_name, family_name=family_name
        )
        hold_persons([person.pk, other.pk])
        since = _open_between(person, other, kind)
        refuse_if_any(rules.check_relation(first_on, is_same=person == other, open_since=since, today=today))
        relation = Relation.objects.create(person=person, other=other, kind=kind, first_on=first_on)
        queries.tell_of_change([person.pk, other.pk], since=first_on)
        audit.record(
            "people.add_relation",
            actor,
            subject=("person", person.code),
            person_ids=[person.pk, other.pk],
            after={
                "relation": relation.pk,
                "kind": relation.kind,
                "other": str(other.code),
                "first_on": first_on.isoformat(),
            },
        )
        return relation


def end_relation(actor: Actor, *, today: date, code: UUID, relation_id: int, last_on: date) -> Relation:
    """End a relation, from either side, on a day. Raises Refused, NotAllowed, Http404."""
    with transaction.atomic():
        person = hold_kept_persons(actor, [code], today=today)[code]
        found = queries.relation_of(person, relation_id)
        relation = Relation.objects.select_for_update(of=("self",)).get(pk=found.pk)
        refuse_if_any(rules.check_end(Period(relation.first_on, relation.last_on), last_on))
        relation.last_on = last_on
        relation.save(update_fields=["last_on"])
        queries.tell_of_change([relation.person_id, relation.other_id], since=last_on)
        audit.record(
            "people.end_relation",
            actor,
            subject=("person", person.code),
            person_ids=sorted({relation.person_id, relation.other_id}),
            before={"relation": relation.pk, "last_on": None},
            after={"relation": relation.pk, "kind": relation.kind, "last_on": last_on.isoformat()},
        )
        return relation


def _open_between(person: Person, other: Person, kind: RelationKind) -> list[date]:
    """Return since when the two have an open relation of the kind, in either direction."""
    ids, others = queries.record_ids(person), queries.record_ids(other)
    same = Q(person_id__in=ids, other_id__in=others, kind=kind)
    opposite = Q(person_id__in=others, other_id__in=ids, kind=rules.calculate_opposite(kind))
    rows = Relation.objects.filter(same | opposite, last_on=None)
    return list(rows.values_list("first_on", flat=True))


def _registered(
    actor: Actor, number: IdentityNumber, *, today: date, given_name: str, family_name: str
) -> Person:
    """Register who has the number, from the population register or else by the name that was typed."""
    found = queries.population.look_up(actor.authority_id, number.digits)
    if found is None and not (given_name.strip() and family_name.strip()):
        message = _(
            "Nobody with this number is registered here, nor in a population register. "
            "Check the number, or write the given name and the family name too."
        )
        raise Refused([Problem("unknown_number", message, "number")])
    [person] = ensure_persons(actor.authority_id, [number], today=today)
    if found is not None:
        note_look_up(actor, number, person)
        store_registered(person, found, today=today)
    else:
        fill(
            actor,
            person,
            today=today,
            given_name=given_name,
            family_name=family_name,
            phone="",
            born_on=None,
            died_on=None,
            is_protected=False,
            area_clinic_id=None,
        )
        person.save()
    return person
