"""A patient's contacts, and one of them to change or remove."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext

from kvitt.foundation.tables import Crumb
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.dental_records.lifecycle import ContactKind
from kvitt.registers.dental_records.models import PatientContact
from kvitt.registers.dental_records.queries import own
from kvitt.registers.listings import queries as listings
from kvitt.registers.people.models import Person

SUBJECT = "dental_records.contact"
TAB = "contacts"


@dataclass(frozen=True)
class ContactRow:
    """A contact in the tab."""

    id: int
    contacted_on: date
    kind: str
    note: str
    who: str
    clinic: str


@dataclass(frozen=True)
class PatientContactsPage:
    """The patient's page with the tab *Patientkontakter*."""

    title: str
    patient: listings.PatientPage
    tabs: Sequence[listings.Tab]
    rows: Sequence[ContactRow]
    may_report: bool


@dataclass(frozen=True)
class ContactWork:
    """What the form of a contact, or the question before it is removed, needs beside what is typed."""

    name: str
    lead: str
    crumbs: Sequence[Crumb]
    record_ids: Sequence[int]
    back_url: str
    initial: Mapping[str, object] = field(default_factory=dict)


def contacts_of(actor: Actor) -> QuerySet[PatientContact]:
    """Return the contacts the actor may see, removed ones not. Raises NotAllowed without the permission."""
    contacts = PatientContact.objects.filter(
        own.made_by(actor), clinic__authority_id=actor.authority_id, removed_at__isnull=True
    )
    return contacts.select_related("clinic", "person__merged_into")


def contact_to_change(actor: Actor, contact_id: int, *, lock: bool = False) -> PatientContact:
    """Return a contact of the actor's provider. Raises Http404 for another's, NotAllowed for readers."""
    contacts = contacts_of(actor)
    if lock:
        contacts = contacts.select_for_update(no_key=True, of=("self",))
    found = contacts.filter(pk=contact_id).first()
    if found is None:
        raise Http404
    own.reporting_clinic(actor)
    return found


def patient_of(contact: PatientContact) -> Person:
    """Return whose contact it is: the person, or the one a merged record points at."""
    return contact.person.merged_into or contact.person


def patient_contacts(actor: Actor, code: UUID, *, today: date, session: SessionBase) -> PatientContactsPage:
    """Return the patient's contacts with the actor's care provider, newest first.

    Raises Http404 for a patient out of reach. Source: spec NA-2, NA-5.
    """
    contacts = contacts_of(actor)
    patient = listings.patient_page(actor, code, today=today, session=session)
    found = contacts.filter(person_id__in=patient.record_ids).order_by("-contacted_on", "-pk")
    return PatientContactsPage(
        title=gettext("Manage patient"),
        patient=patient,
        tabs=listings.patient_tabs(actor, patient.code, TAB),
        rows=[
            ContactRow(
                id=contact.pk,
                contacted_on=contact.contacted_on,
                kind=gettext(ContactKind(contact.kind).label),
                note=contact.note,
                who=contact.created_by,
                clinic=str(contact.clinic),
            )
            for contact in found
        ],
        may_report=own.may_report(actor),
    )


def addition(actor: Actor, code: UUID, *, today: date, session: SessionBase) -> ContactWork:
    """Return what a new contact needs. Raises Http404 for a patient out of reach, NotAllowed as `own`."""
    actor.require(Permission.SEE_REPORTS)
    patient = listings.patient_page(actor, code, today=today, session=session)
    own.reporting_clinic(actor)
    return _work(patient, gettext("Add patient contact"), initial={"contacted_on": today})


def change(actor: Actor, contact_id: int, *, today: date, session: SessionBase) -> ContactWork:
    """Return what changing or removing a contact needs, and what it is now. Raises as `contact_to_change`."""
    contact = contact_to_change(actor, contact_id)
    patient = listings.patient_page(actor, patient_of(contact).code, today=today, session=session)
    name = f"{gettext(ContactKind(contact.kind).label)} {contact.contacted_on}"
    initial = {
        "contacted_on": contact.contacted_on,
        "kind": contact.kind,
        "note": contact.note,
        "seen": contact.version,
    }
    return _work(patient, name, initial=initial)


def _work(patient: listings.PatientPage, name: str, *, initial: Mapping[str, object]) -> ContactWork:
    url = reverse("dental_records:patient_contacts", args=[patient.code])
    return ContactWork(
        name=name,
        lead=f"{patient.shown.name}.",
        crumbs=[
            Crumb(gettext("Listed patients"), reverse("listings:listed_patients")),
            Crumb(patient.shown.name, url),
            Crumb(name),
        ],
        record_ids=patient.record_ids,
        back_url=url,
        initial=initial,
    )
