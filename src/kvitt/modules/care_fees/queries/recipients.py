"""Who gets a client's invoices, and the respites of estates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q
from django.http import Http404

from kvitt.foundation.values.dates import Period, add_months, last_day_of_month
from kvitt.modules.care_fees.models import Client, EstateRespite, InvoiceRecipient, Tenant
from kvitt.modules.care_fees.queries import clients, search
from kvitt.modules.care_fees.rules import recipients as rules
from kvitt.modules.care_fees.rules.recipients import Place
from kvitt.registers.access.rules import Permission
from kvitt.registers.people import queries as people
from kvitt.registers.people.lifecycle import ContactKind
from kvitt.registers.people.models import ContactPerson

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

    from kvitt.registers.access.rules import Actor


@dataclass(frozen=True)
class RecipientRow:
    """Somebody who gets the invoices; of a protected client without name and address."""

    id: int
    kind: ContactKind
    name: str
    address: str
    period: Period
    is_current: bool
    may_end: bool


@dataclass(frozen=True)
class UnsavedRow:
    """A contact person who could get the invoices, but is not saved in the billing settings."""

    id: int
    kind: ContactKind
    name: str


@dataclass(frozen=True)
class RespiteRow:
    """Until when the invoices of a dead client wait."""

    id: int
    period: Period
    reason: str
    granted_by: str
    may_end: bool


@dataclass(frozen=True)
class RecipientsPanel:
    """Everything `panels/recipients.html` shows."""

    rows: Sequence[RecipientRow]
    unsaved: Sequence[UnsavedRow]
    respites: Sequence[RespiteRow]
    is_without_estate: bool
    may_add: bool
    may_grant: bool


def recipients_panel(
    actor: "Actor", client: Client, *, session: "SessionBase", today: date, is_whole: bool
) -> RecipientsPanel | None:
    """Return who gets the invoices of a client; None for who sees only a part of him.

    Source: spec CF-3, CF-4.
    """
    if not is_whole:
        return None
    person = search.person_of(client)
    is_hidden = people.needs_reason(session, person)
    registers = actor.may(Permission.REGISTER_CARE) and not is_hidden
    manages = actor.may(Permission.MANAGE_BILLING)
    rows = list(client.recipients.select_related("contact").order_by("-first_on", "-pk"))
    saved = {row.contact_id for row in rows}
    return RecipientsPanel(
        rows=[_row(row, today, registers=registers, is_hidden=is_hidden) for row in rows],
        unsaved=[
            UnsavedRow(contact.pk, ContactKind(contact.kind), contact.name)
            for contact in _possible(people.record_ids(person), today)
            if contact.pk not in saved and registers
        ],
        respites=[
            RespiteRow(
                row.pk,
                Period(row.first_on, row.last_on),
                row.reason,
                row.granted_by,
                may_end=manages and row.last_on >= today,
            )
            for row in client.respites.order_by("-last_on", "-pk")
        ],
        is_without_estate=person.died_on is not None
        and not any(row.contact.kind == ContactKind.ESTATE and _period(row).contains(today) for row in rows),
        may_add=registers,
        may_grant=manages and person.died_on is not None,
    )


def recipient_on(client: Client, day: date) -> ContactPerson | None:
    """Return who gets the client's invoices on a day, None where the client himself does.

    Both the billing settings and the contact person must hold. Source: spec CF-2, CF-3.
    """
    rows = client.recipients.filter(clients.holds(day)).select_related("contact")
    found = (row for row in rows if _period(row).contains(day))
    return next((row.contact for row in found), None)


def recipient_of(client: Client, recipient_id: int) -> InvoiceRecipient:
    """Return one of the client's recipients. Raises Http404 for any other."""
    found = client.recipients.select_related("contact").filter(pk=recipient_id).first()
    if found is None:
        raise Http404
    return found


def respite_of(client: Client, respite_id: int) -> EstateRespite:
    """Return one of the respites of the client's estate. Raises Http404 for any other."""
    found = client.respites.filter(pk=respite_id).first()
    if found is None:
        raise Http404
    return found


def contact_of(client: Client, contact_id: int) -> ContactPerson:
    """Return one of those who could get the client's invoices. Raises Http404 for any other."""
    contact = people.contact_of(search.person_of(client), contact_id)
    if contact.kind not in _KINDS:
        raise Http404
    return contact


def open_recipient(client: Client) -> InvoiceRecipient | None:
    """Return who gets the client's invoices until further notice."""
    return client.recipients.filter(last_on__isnull=True).select_related("contact").first()


def places_of_dead(client: Client) -> list[Place]:
    """Return where a dead client lived or was cared for, but for a home where somebody lives on.

    Source: spec CF-4.
    """
    units = {row.unit_id: row.unit for row in client.granted.select_related("unit")}
    dwellings = []
    for tenant in client.tenants.select_related("tenancy__dwelling__unit"):
        dwelling = tenant.tenancy.dwelling
        others = Tenant.objects.filter(tenancy=tenant.tenancy_id, client__person__died_on__isnull=True)
        if others.exclude(client=client).exists():
            units.pop(dwelling.unit_id, None)
        else:
            dwellings.append(Place(dwelling.address))
    return [*dwellings, *(Place(unit.street, unit.postcode) for unit in units.values() if unit.street)]


# Dialogs -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RecipientChoice:
    """What the dialogs about recipients and respites show beside their form."""

    number: str
    person_id: int
    lead: str
    initial: Mapping[str, object]
    has_present: bool = False
    is_dead: bool = False
    name: str = ""


def recipient_choice(actor: "Actor", number: str, *, session: "SessionBase", today: date) -> RecipientChoice:
    """Return what is proposed for a new recipient, and when the present one ends. Raises Http404, NotAllowed.

    Source: spec CF-3, CF-4.
    """
    client = _client(actor, number, today=today, needs=Permission.REGISTER_CARE)
    person = search.person_of(client)
    present, first_on = open_recipient(client), today.replace(day=1)
    ends_on = rules.calculate_previous_end(first_on, began_on=present.first_on) if present else None
    is_dead = person.died_on is not None
    return RecipientChoice(
        number=client.number,
        person_id=client.person_id,
        lead=clients.lead_of(session, client, today=today),
        initial={
            "kind": ContactKind.ESTATE if is_dead else ContactKind.INVOICE_RECIPIENT,
            "first_on": first_on,
            "previous_last_on": ends_on,
            "saves": "yes",
        },
        has_present=present is not None and present.contact.last_on is None,
        is_dead=is_dead,
    )


def saving_choice(
    actor: "Actor", number: str, contact_id: int, *, session: "SessionBase", today: date
) -> RecipientChoice:
    """Return the question whether a contact person is saved as who gets the invoices.

    Raises Http404, NotAllowed. Source: spec CF-3.
    """
    client = _client(actor, number, today=today, needs=Permission.REGISTER_CARE)
    contact = contact_of(client, contact_id)
    return _choice(client, session, today=today, name=_name(session, client, contact))


def ending_choice(
    actor: "Actor", number: str, recipient_id: int, *, session: "SessionBase", today: date
) -> RecipientChoice:
    """Return what is proposed for the end of a recipient. Raises Http404, NotAllowed. Source: spec CF-3."""
    client = _client(actor, number, today=today, needs=Permission.REGISTER_CARE)
    recipient = recipient_of(client, recipient_id)
    proposed = rules.calculate_previous_end(today, began_on=recipient.first_on)
    return _choice(client, session, today=today, initial={"last_on": max(proposed, recipient.first_on)})


def grant_choice(actor: "Actor", number: str, *, session: "SessionBase", today: date) -> RecipientChoice:
    """Return what is proposed for a respite. Raises Http404, NotAllowed. Source: spec CF-4."""
    client = _client(actor, number, today=today, needs=Permission.MANAGE_BILLING)
    return _choice(client, session, today=today, initial={"last_on": last_day_of_month(add_months(today, 1))})


def respite_choice(
    actor: "Actor", number: str, respite_id: int, *, session: "SessionBase", today: date
) -> RecipientChoice:
    """Return the question whether a respite is ended. Raises Http404, NotAllowed. Source: spec CF-4."""
    client = _client(actor, number, today=today, needs=Permission.MANAGE_BILLING)
    respite_of(client, respite_id)
    return _choice(client, session, today=today)


def _client(actor: "Actor", number: str, *, today: date, needs: Permission) -> Client:
    client = clients.client_of(actor, number, on=today)
    actor.require(needs)
    return client


def _choice(
    client: Client,
    session: "SessionBase",
    *,
    today: date,
    initial: Mapping[str, object] | None = None,
    name: str = "",
) -> RecipientChoice:
    return RecipientChoice(
        number=client.number,
        person_id=client.person_id,
        lead=clients.lead_of(session, client, today=today),
        initial=initial or {},
        name=name,
    )


def _name(session: "SessionBase", client: Client, contact: ContactPerson) -> str:
    is_hidden = people.needs_reason(session, search.person_of(client))
    return people.hidden_text() if is_hidden else contact.name


_KINDS = (ContactKind.INVOICE_RECIPIENT, ContactKind.ESTATE)


def _possible(record_ids: list[int], today: date) -> list[ContactPerson]:
    rows = ContactPerson.objects.filter(person_id__in=record_ids, kind__in=_KINDS)
    return list(rows.filter(Q(last_on__isnull=True) | Q(last_on__gte=today)).order_by("-first_on", "-pk"))


def _period(row: InvoiceRecipient) -> Period:
    """Return when both the billing settings and the contact person hold."""
    ends = [day for day in (row.last_on, row.contact.last_on) if day is not None]
    return Period(row.first_on, min(ends, default=None))


def _row(row: InvoiceRecipient, today: date, *, registers: bool, is_hidden: bool) -> RecipientRow:
    period = _period(row)
    return RecipientRow(
        id=row.pk,
        kind=ContactKind(row.contact.kind),
        name=people.hidden_text() if is_hidden else row.contact.name,
        address="" if is_hidden else row.contact.address,
        period=period,
        is_current=period.contains(today),
        may_end=registers and period.last is None,
    )
