"""Add, change and remove patient contacts."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation import clock
from kvitt.foundation.values.problems import Problem, Refused, refuse_if_any
from kvitt.registers.access.rules import Actor
from kvitt.registers.dental_records import rules
from kvitt.registers.dental_records.models import PatientContact
from kvitt.registers.dental_records.queries import contacts as queries
from kvitt.registers.dental_records.queries import own
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.people import queries as people


@dataclass(frozen=True)
class Entry:
    """What the user typed of a contact."""

    contacted_on: date
    kind: str
    note: str = ""


class ChangedMeanwhile(Refused):
    """Somebody else changed the contact after it was opened; show what it is now."""


def add_contact(actor: Actor, *, today: date, code: UUID, entry: Entry) -> int:
    """Note a contact with a patient and return its id.

    The page has made sure that the actor reaches the patient. Raises Refused. Source: spec NA-5.
    """
    clinic_id = own.reporting_clinic(actor)
    with transaction.atomic():
        person = people.person_of(actor, code)
        refuse_if_any(rules.check_contact(entry.contacted_on, today=today, born_on=person.born_on))
        clinic = organisations.clinic_of(actor, clinic_id)
        contact = PatientContact.objects.create(
            provider_id=clinic.provider_id,
            clinic=clinic,
            person=person,
            contacted_on=entry.contacted_on,
            kind=entry.kind,
            note=entry.note,
            created_by=actor.name,
            changed_by=actor.name,
        )
        audit.record(
            "dental_records.add_contact",
            actor,
            subject=(queries.SUBJECT, contact.pk),
            person_ids=people.record_ids(person),
            after=_described(contact),
        )
    return contact.pk


def change_contact(actor: Actor, *, today: date, contact_id: int, entry: Entry, seen: int | None) -> None:
    """Change a contact. `seen` is the version the user had before him.

    Raises ChangedMeanwhile when it is another one now, Refused with every other fault.
    Source: spec NA-5, CO-24.
    """
    with transaction.atomic():
        contact = queries.contact_to_change(actor, contact_id, lock=True)
        if seen != contact.version:
            values = {"who": contact.changed_by}
            raise ChangedMeanwhile([Problem("changed_meanwhile", rules.CONTACT_CHANGED, values=values)])
        person = queries.patient_of(contact)
        refuse_if_any(rules.check_contact(entry.contacted_on, today=today, born_on=person.born_on))
        before, is_note_new = _described(contact), contact.note != entry.note
        contact.contacted_on = entry.contacted_on
        contact.kind = entry.kind
        contact.note = entry.note
        contact.version += 1
        contact.changed_by = actor.name
        contact.save()
        audit.record(
            "dental_records.change_contact",
            actor,
            subject=(queries.SUBJECT, contact_id),
            person_ids=people.record_ids(person),
            before=before,
            after={**_described(contact), "not_shown": ["note"] if is_note_new else []},
        )


def remove_contact(actor: Actor, *, contact_id: int) -> None:
    """Remove a contact from the page; the row stays. Source: spec NA-5."""
    with transaction.atomic():
        contact = queries.contact_to_change(actor, contact_id, lock=True)
        contact.removed_at = clock.now()
        contact.changed_by = actor.name
        contact.save()
        audit.record(
            "dental_records.remove_contact",
            actor,
            subject=(queries.SUBJECT, contact_id),
            person_ids=people.record_ids(queries.patient_of(contact)),
            before=_described(contact),
        )


def _described(contact: PatientContact) -> dict[str, object]:
    """Return what the log tells of a contact: not its note, which only its care provider sees."""
    return {"contacted_on": contact.contacted_on.isoformat(), "contact": contact.kind}
