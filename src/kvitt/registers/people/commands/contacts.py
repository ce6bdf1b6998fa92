"""Register who speaks or pays for a person, correct what was mistyped, and end it."""

from dataclasses import asdict
from datetime import date
from uuid import UUID

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation.values import identity
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.registers.access.rules import Actor
from kvitt.registers.people import queries, rules
from kvitt.registers.people.commands.steps import for_log, hold_kept_persons, hold_persons
from kvitt.registers.people.lifecycle import ContactKind
from kvitt.registers.people.models import ContactPerson, Person
from kvitt.registers.people.rules import ContactFacts


def add_contact(
    actor: Actor,
    *,
    today: date,
    code: UUID,
    kind: ContactKind,
    name: str,
    first_on: date,
    street: str = "",
    postcode: str = "",
    town: str = "",
    country: str = "",
    phone: str = "",
    email: str = "",
    organisation_number: str = "",
    previous_last_on: date | None = None,
) -> ContactPerson:
    """Register a contact person; a new recipient of invoices ends the present one.

    That one ends on `previous_last_on`, else the last day of the month before.
    Raises Refused, NotAllowed, Http404.
    """
    facts = ContactFacts(
        kind, name, first_on, street, postcode, town, country, phone, email, organisation_number
    )
    with transaction.atomic():
        person = hold_kept_persons(actor, [code], today=today)[code]
        contact, ended = store_contact(person, facts, today=today, previous_last_on=previous_last_on)
        audit.record(
            "people.add_contact",
            actor,
            subject=("person", person.code),
            person_ids=[person.pk],
            before={"ended": [{"contact": ended.pk, "last_on": None}]} if ended else None,
            after={
                "contact": contact.pk,
                "kind": contact.kind,
                "first_on": first_on.isoformat(),
                **for_log(_logged(contact), hides=person.is_protected),
                **({"ended_on": ended.last_on.isoformat()} if ended and ended.last_on else {}),
            },
        )
        return contact


def change_contact(
    actor: Actor,
    *,
    today: date,
    code: UUID,
    contact_id: int,
    name: str,
    street: str = "",
    postcode: str = "",
    town: str = "",
    country: str = "",
    phone: str = "",
    email: str = "",
    organisation_number: str = "",
) -> ContactPerson:
    """Correct what was mistyped about a contact person; kind and days stay.

    Raises Refused, NotAllowed, Http404.
    """
    with transaction.atomic():
        person = hold_kept_persons(actor, [code], today=today)[code]
        contact = queries.contact_of(person, contact_id)
        kind, first_on, before = ContactKind(contact.kind), contact.first_on, _logged(contact)
        facts = ContactFacts(
            kind, name, first_on, street, postcode, town, country, phone, email, organisation_number
        )
        refuse_if_any(rules.check_contact(facts))
        for column, value in _columns(facts).items():
            setattr(contact, column, value)
        contact.save()
        after = _logged(contact)
        changed = [key for key in after if after[key] != before[key]]
        hides = person.is_protected
        audit.record(
            "people.change_contact",
            actor,
            subject=("person", person.code),
            person_ids=[person.pk],
            before={
                "contact": contact.pk,
                **for_log({key: before[key] for key in changed}, hides=hides),
            },
            after={"contact": contact.pk, **for_log({key: after[key] for key in changed}, hides=hides)},
        )
        return contact


def end_contact(actor: Actor, *, today: date, code: UUID, contact_id: int, last_on: date) -> ContactPerson:
    """End an open contact person on a day. Raises Refused, NotAllowed, Http404."""
    with transaction.atomic():
        person = hold_kept_persons(actor, [code], today=today)[code]
        contact = queries.contact_of(person, contact_id)
        refuse_if_any(rules.check_end(Period(contact.first_on, contact.last_on), last_on))
        contact.last_on = last_on
        contact.save(update_fields=["last_on"])
        audit.record(
            "people.end_contact",
            actor,
            subject=("person", person.code),
            person_ids=[person.pk],
            before={"contact": contact.pk, "last_on": None},
            after={"contact": contact.pk, "kind": contact.kind, "last_on": last_on.isoformat()},
        )
        return contact


# Steps --------------------------------------------------------------------------------------------


def store_contact(
    person: Person, facts: ContactFacts, *, today: date, previous_last_on: date | None = None
) -> tuple[ContactPerson, ContactPerson | None]:
    """Store a contact person; return it, and the recipient of invoices that ended by it, if one did.

    Holds the person. Needs an open transaction; the command that calls it writes the event. Raises Refused.
    """
    hold_persons([person.pk])
    problems = rules.check_contact(facts) + rules.check_start(facts.first_on, today=today)
    ending = queries.open_recipient(person) if facts.kind in rules.RECIPIENTS else None
    last_on = previous_last_on or rules.calculate_previous_end(facts.first_on)
    if ending is not None:
        period = Period(ending.first_on, ending.last_on)
        problems += rules.check_previous_end(period, last_on, first_on=facts.first_on)
    refuse_if_any(problems)
    if ending is not None:
        ending.last_on = last_on
        ending.save(update_fields=["last_on"])
    contact = ContactPerson.objects.create(
        person=person, kind=facts.kind, first_on=facts.first_on, **_columns(facts)
    )
    return contact, ending


def _columns(facts: ContactFacts) -> dict[str, str]:
    typed = {key: value for key, value in asdict(facts).items() if key not in {"kind", "first_on"}}
    columns = {key: " ".join(str(value).split()) for key, value in typed.items()}
    return {
        **columns,
        "postcode": rules.normalise_postcode(facts.postcode, facts.country),
        "organisation_number": identity.normalise_organisation_number(facts.organisation_number),
    }


def _logged(contact: ContactPerson) -> dict[str, object]:
    names = ("name", "phone", "email", "organisation_number")
    return {**{name: getattr(contact, name) for name in names}, "text": contact.address}
