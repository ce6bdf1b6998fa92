"""Register persons, change what is known of them, and merge two records of one."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.db import IntegrityError, transaction

from kvitt.audit import commands as audit
from kvitt.foundation.values import dates
from kvitt.foundation.values.identity import IdentityNumber
from kvitt.foundation.values.problems import Problem, refuse_if_any
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.people import queries, rules
from kvitt.registers.people.commands.steps import (
    checked_number,
    fill,
    for_event,
    for_log,
    hold_person,
    masked,
    record_of,
    set_keys,
    tell_of_death,
)
from kvitt.registers.people.models import Person, PersonNumber


def create_person(
    actor: Actor,
    *,
    today: date,
    number: str,
    given_name: str,
    family_name: str,
    phone: str = "",
    born_on: date | None = None,
    died_on: date | None = None,
    is_protected: bool = False,
    area_clinic_id: int | None = None,
) -> Person:
    """Register a person of the actor's authority. Raises Refused."""
    with transaction.atomic():
        actor.require(Permission.ADMINISTER)
        checked = checked_number(actor, number, today=today)
        person = Person(authority_id=actor.authority_id)
        person.identity_number, person.identity_kind = checked.digits, checked.kind.value
        fill(
            actor,
            person,
            today=today,
            given_name=given_name,
            family_name=family_name,
            phone=phone,
            born_on=born_on,
            died_on=died_on,
            is_protected=is_protected,
            area_clinic_id=area_clinic_id,
        )
        _save_number(person, checked)
        audit.record(
            "people.create_person",
            actor,
            subject=("person", person.code),
            person_ids=[person.pk],
            after={
                "identity_number": masked(person.identity_number),
                **for_log(for_event(person), hides=person.is_protected),
            },
        )
        return person


def change_person(
    actor: Actor,
    *,
    today: date,
    code: UUID,
    given_name: str,
    family_name: str,
    phone: str,
    died_on: date | None,
    is_protected: bool,
    area_clinic_id: int | None,
    born_on: date | None = None,
) -> Person:
    """Change what is known of a person, but for number and addresses. Raises Refused, Http404."""
    with transaction.atomic():
        actor.require(Permission.ADMINISTER)
        person = hold_person(actor, code)
        before, was_protected, was = for_event(person), person.is_protected, person.died_on
        fill(
            actor,
            person,
            today=today,
            given_name=given_name,
            family_name=family_name,
            phone=phone,
            born_on=born_on,
            died_on=died_on,
            is_protected=is_protected,
            area_clinic_id=area_clinic_id,
        )
        person.save()
        tell_of_death(person, was=was)
        hides = was_protected or person.is_protected
        after = for_event(person)
        changed = [name for name in after if before[name] != after[name]]
        audit.record(
            "people.change_person",
            actor,
            subject=("person", person.code),
            person_ids=[person.pk],
            before=for_log({name: before[name] for name in changed}, hides=hides),
            after=for_log({name: after[name] for name in changed}, hides=hides),
        )
        return person


def change_identity_number(actor: Actor, *, today: date, code: UUID, number: str) -> Person:
    """Give the person another number; the old one is kept with its last day. Raises Refused, Http404."""
    with transaction.atomic():
        actor.require(Permission.ADMINISTER)
        person = hold_person(actor, code)
        checked = checked_number(actor, number, today=today)
        old = person.identity_number
        former = PersonNumber.objects.create(
            person=person, identity_number=old, last_on=dates.day_before(today)
        )
        person.identity_number, person.identity_kind = checked.digits, checked.kind.value
        person.born_on = rules.calculate_born_on(
            checked.digits, checked.kind, given=person.born_on, today=today
        )
        _save_number(person, checked)
        audit.record(
            "people.change_identity_number",
            actor,
            subject=("person", person.code),
            person_ids=[person.pk],
            before={"identity_number": masked(old)},
            after={"identity_number": masked(checked.digits), "former_number": former.pk},
        )
        return person


def merge_persons(actor: Actor, *, today: date, code: UUID, other_code: UUID) -> Person:
    """Let one record remain and the other point at it, for good. Raises Refused, Http404.

    Where persons are listed, `listings.commands.merge_persons` is what to call: it settles their
    listings in the same transaction.
    """
    with transaction.atomic():
        actor.require(Permission.ADMINISTER)
        remaining, other = queries.person_of(actor, code), queries.person_of(actor, other_code)
        queries.tell_of_change([remaining.pk, other.pk])
        locked = Person.objects.select_for_update().order_by("pk").filter(pk__in={remaining.pk, other.pk})
        found = {person.pk: person for person in locked}
        remaining, other = found[remaining.pk], found[other.pk]
        is_merged = bool(remaining.merged_into_id or other.merged_into_id)
        refuse_if_any(rules.check_merge(is_same=remaining == other, is_merged=is_merged))
        was = remaining.died_on
        before = {"remaining": for_event(remaining), "other": for_event(other)}
        plan = rules.plan_merge(record_of(remaining), record_of(other))
        Person.objects.filter(merged_into=other).update(merged_into=remaining)
        other.merged_into = remaining
        other.is_protected = other.is_protected or plan.is_protected
        set_keys(other)
        other.save()
        fill(
            actor,
            remaining,
            today=today,
            given_name=plan.given_name,
            family_name=plan.family_name,
            phone=plan.phone,
            born_on=plan.born_on,
            died_on=plan.died_on,
            is_protected=plan.is_protected,
            area_clinic_id=plan.area_clinic_id,
            needs_name=False,
        )
        remaining.save()
        tell_of_death(remaining, was=was)
        hides = plan.is_protected
        audit.record(
            "people.merge_persons",
            actor,
            subject=("person", remaining.code),
            person_ids=[remaining.pk, other.pk],
            before={name: for_log(values, hides=hides) for name, values in before.items()},
            after={"remaining": str(remaining.code), "merged": str(other.code)},
        )
        return remaining


def open_protected(actor: Actor, *, session: SessionBase, person: Person, reason: str) -> None:
    """Let this session see a protected person, for a reason that is logged. Raises Refused."""
    with transaction.atomic():
        refuse_if_any(rules.check_reason(reason))
        audit.record_read(
            "people.open_protected",
            actor,
            subject=("person", person.code),
            person_ids=[person.pk],
            reason=reason.strip(),
        )
    queries.note_reason(session, person)


def ensure_persons(authority_id: int, numbers: Sequence[IdentityNumber], *, today: date) -> list[Person]:
    """Return the person of each number, in their order; who is not registered is, without a name.

    Needs an open transaction and few statements, however many they are; the command that calls it writes
    the event. Somebody else who adds the same persons meanwhile is waited for, in one order.
    Source: spec PH-2, CO-8.
    """
    digits = [number.digits for number in numbers]
    known = queries.persons_by_number(authority_id, digits)
    missing = {number.digits: number for number in numbers if number.digits not in known}
    if missing:
        Person.objects.bulk_create(
            (_unnamed(authority_id, missing[key], today=today) for key in sorted(missing)),
            ignore_conflicts=True,
        )
        known |= queries.persons_by_number(authority_id, missing)
    return [known[number] for number in digits]


def _unnamed(authority_id: int, number: IdentityNumber, *, today: date) -> Person:
    born_on = rules.calculate_born_on(number.digits, number.kind, given=None, today=today)
    person = Person(
        authority_id=authority_id,
        identity_number=number.digits,
        identity_kind=number.kind.value,
        born_on=born_on,
    )
    set_keys(person)
    return person


def _save_number(person: Person, number: IdentityNumber) -> None:
    """Save the person with this number. Raises Refused when somebody has it already."""
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        message = _(
            "The number %(number)s is registered already. Search for it, "
            "and merge the records if they are one person."
        )
        refuse_if_any([Problem("number_taken", message, "number", {"number": str(number)})])
