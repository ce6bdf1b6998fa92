"""Read whom one asks about invoices, by care unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q
from django.http import Http404

from kvitt.foundation.values.dates import Period
from kvitt.modules.care_fees.models import InvoiceContact
from kvitt.modules.care_fees.queries import clients
from kvitt.registers.access.rules import Permission
from kvitt.registers.organisations import queries as organisations

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

    from kvitt.registers.access.rules import Actor
    from kvitt.registers.organisations.models import Clinic


@dataclass(frozen=True)
class Asked:
    """Whom one asks about an invoice."""

    name: str
    phone: str


@dataclass(frozen=True)
class Contacts:
    """Whom one asks on a day: by unit, and of the authority where a unit has nobody."""

    by_unit: dict[int, Asked]
    of_authority: Asked

    def of(self, unit_id: int | None) -> Asked:
        """Return whom one asks of a unit."""
        return self.of_authority if unit_id is None else self.by_unit.get(unit_id, self.of_authority)


def contacts_on(authority_id: int, day: date) -> Contacts:
    """Return whom one asks about the invoices of a day. Source: spec CF-29."""
    authority = organisations.authority(authority_id)
    rows = InvoiceContact.objects.filter(clients.holds(day), unit__authority_id=authority_id)
    return Contacts(
        by_unit={
            unit_id: Asked(name, phone)
            for unit_id, name, phone in rows.values_list("unit_id", "name", "phone")
        },
        of_authority=Asked(authority.contact_name or authority.name, authority.contact_phone),
    )


# The page -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ContactRow:
    """Whom one asks about the invoices of a unit, or that nobody is told."""

    unit_id: int
    unit: str
    name: str
    phone: str
    email: str
    period: Period | None
    may_end: bool


@dataclass(frozen=True)
class ContactsPage:
    """Everything `invoice_contacts.html` shows; `default` is whom one asks where a unit has nobody."""

    rows: Sequence[ContactRow]
    default: Asked


def contacts_page(actor: "Actor", *, today: date) -> ContactsPage:
    """Return whom one asks about the invoices of each care unit, today or from a day ahead.

    Source: spec CF-29.
    """
    actor.require(Permission.MANAGE_BILLING)
    rows = InvoiceContact.objects.filter(unit__authority_id=actor.authority_id)
    rows = rows.filter(Q(last_on__isnull=True) | Q(last_on__gte=today))
    found: dict[int, list[InvoiceContact | None]] = {}
    for row in rows.order_by("first_on"):
        found.setdefault(row.unit_id, []).append(row)
    return ContactsPage(
        rows=[
            _row(unit, contact)
            for unit in organisations.care_units_of(actor)
            for contact in found.get(unit.pk, [None])
        ],
        default=contacts_on(actor.authority_id, today).of_authority,
    )


def unit_of(actor: "Actor", unit_id: int) -> "Clinic":
    """Return a care unit whose contact the actor keeps. Raises NotAllowed, Http404."""
    actor.require(Permission.MANAGE_BILLING)
    found = organisations.care_units_of(actor).filter(pk=unit_id).first()
    if found is None:
        raise Http404
    return found


def open_contact(unit_id: int) -> InvoiceContact | None:
    """Return whom one asks about the invoices of a unit until further notice."""
    return InvoiceContact.objects.filter(unit_id=unit_id, last_on__isnull=True).first()


def values_of(unit_id: int, *, today: date) -> dict[str, object]:
    """Return what the form about a unit's contact begins with."""
    found = open_contact(unit_id)
    if found is None:
        return {"first_on": today.replace(day=1)}
    return {"name": found.name, "phone": found.phone, "email": found.email, "first_on": today}


@dataclass(frozen=True)
class NoteChoice:
    """What the dialog about a client's note shows."""

    person_id: int
    lead: str
    note: str


def note_choice(actor: "Actor", number: str, *, session: "SessionBase", today: date) -> NoteChoice:
    """Return what is printed on the client's invoices. Raises Http404, NotAllowed. Source: spec CF-29."""
    client = clients.client_of(actor, number, on=today)
    actor.require(Permission.REGISTER_CARE)
    return NoteChoice(client.person_id, clients.lead_of(session, client, today=today), client.note)


def _row(unit: "Clinic", found: InvoiceContact | None) -> ContactRow:
    return ContactRow(
        unit_id=unit.pk,
        unit=str(unit),
        name=found.name if found else "",
        phone=found.phone if found else "",
        email=found.email if found else "",
        period=Period(found.first_on, found.last_on) if found else None,
        may_end=found is not None and found.last_on is None,
    )
