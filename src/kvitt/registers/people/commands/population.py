"""Look persons up in the population register, and take over what it tells."""

from dataclasses import replace
from datetime import date

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation.values.identity import IdentityNumber
from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.people import queries
from kvitt.registers.people.commands.addresses import (
    NewAddress,
    correct_address,
    is_written_as,
    store_address,
)
from kvitt.registers.people.commands.persons import ensure_persons
from kvitt.registers.people.commands.steps import (
    checked_number,
    for_event,
    for_log,
    hold_persons,
    masked,
    set_keys,
    tell_of_death,
)
from kvitt.registers.people.lifecycle import AddressKind
from kvitt.registers.people.models import Address, Person
from kvitt.registers.people.rules import RegisteredPerson


def look_up_population(actor: Actor, *, today: date, number: str) -> RegisteredPerson:
    """Return what the population register tells of a number; that it was asked is logged as a read.

    Who is protected here is told as protected, whatever the population register says.
    Raises Refused for an unknown number, without a register, and when it cannot be read.
    """
    with transaction.atomic():
        actor.require(Permission.KEEP_PERSONS)
        checked = checked_number(actor, number, today=today)
        found = _found(actor, checked)
        person = queries.find_by_number(actor, checked.digits)
        note_look_up(actor, checked, person)
        return replace(found, is_protected=found.is_protected or (person is not None and person.is_protected))


def register_from_population(actor: Actor, *, today: date, number: str) -> Person:
    """Register the person of a number, or refresh one who is registered, as the population register tells.

    Name, registered address from the day of the move, protection and date of death; never the address of a
    protected person. Raises Refused.
    """
    with transaction.atomic():
        actor.require(Permission.KEEP_PERSONS)
        checked = checked_number(actor, number, today=today)
        found = _found(actor, checked)
        person = queries.find_by_number(actor, checked.digits)
        if person is None:
            [person] = ensure_persons(actor.authority_id, [checked], today=today)
        person = hold_persons([person.pk])[person.pk]
        before = for_event(person)
        address = store_registered(person, found, today=today)
        after = for_event(person)
        changed = [name for name in after if before[name] != after[name]]
        hides = person.is_protected
        audit.record(
            "people.register_from_population",
            actor,
            subject=("person", person.code),
            person_ids=[person.pk],
            before=for_log({name: before[name] for name in changed}, hides=hides),
            after={
                "identity_number": masked(checked.digits),
                **for_log({name: after[name] for name in changed}, hides=hides),
                **({"address": address.pk, "text": str(address)} if address and not hides else {}),
            },
        )
        return person


# Steps --------------------------------------------------------------------------------------------


def store_registered(person: Person, found: RegisteredPerson, *, today: date) -> Address | None:
    """Take over what the register tells of a person who is held; return the address if it is another.

    Needs an open transaction; the command that calls it writes the event. Raises Refused.
    """
    person.given_name = found.given_name or person.given_name
    person.family_name = found.family_name or person.family_name
    person.is_protected = person.is_protected or found.is_protected
    was, person.died_on = person.died_on, found.died_on or person.died_on
    set_keys(person)
    person.save()
    tell_of_death(person, was=was)
    if person.is_protected or not found.street:
        return None
    new = NewAddress(
        kind=AddressKind.REGISTERED,
        first_on=min(found.moved_on or today, today),
        street=found.street,
        postcode=found.postcode,
        town=found.town,
        care_of=found.care_of,
        country=found.country,
        has_confirmed_care_of=True,
    )
    return _store_address(person, new, today=today)


def note_look_up(actor: Actor, number: IdentityNumber, person: Person | None) -> None:
    """Write that the population register was asked: a read of the person, where it is one of ours."""
    if person is not None:
        audit.record_read(
            "people.look_up_population",
            actor,
            person_ids=queries.record_ids(person),
            subject=("person", person.code),
        )
    else:
        audit.record("people.look_up_population", actor, after={"identity_number": masked(number.digits)})


def _found(actor: Actor, number: IdentityNumber) -> RegisteredPerson:
    found = queries.population.look_up(actor.authority_id, number.digits)
    if found is None:
        raise Refused([queries.population.nothing_found(actor.authority_id)])
    return found


def _store_address(person: Person, new: NewAddress, *, today: date) -> Address | None:
    """Store the registered address where it is another than the one that holds.

    Of what holds now the register knows better: what began on its day or later is corrected.
    """
    rows = list(Address.objects.filter(person_id__in=queries.record_ids(person), kind=AddressKind.REGISTERED))
    holding = next((row for row in rows if row.last_on is None), None)
    if holding is not None and is_written_as(holding, new):
        return None
    if holding is not None and new.first_on <= holding.first_on:
        return correct_address(person, holding, new)
    is_taken = any(row.first_on == new.first_on for row in rows)
    return store_address(person, replace(new, first_on=today) if is_taken else new, today=today)[0]
