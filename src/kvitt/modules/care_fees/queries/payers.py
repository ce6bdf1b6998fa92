"""Read who gets the invoices of many clients on a day, in a constant number of statements."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import Case, Q, Value, When

from kvitt.modules.care_fees.models import InvoiceRecipient
from kvitt.modules.care_fees.queries import clients
from kvitt.modules.care_fees.rules import invoices as rules
from kvitt.modules.care_fees.rules.invoices import Contact, Payer, PostalAddress, Recipient, Wait
from kvitt.registers.people import queries as people
from kvitt.registers.people.lifecycle import AddressKind, ContactKind
from kvitt.registers.people.models import Address, Person


class PayerRow(NamedTuple):
    """A client with what the choice of recipient asks of his person, in the order of `COLUMNS`."""

    client_id: int
    person_id: int
    merged_into_id: int | None
    given_name: str
    family_name: str
    died_on: date | None
    is_protected: bool


# The columns of a row, from a month of the client.
COLUMNS = (
    "client_id",
    "client__person_id",
    "client__person__merged_into_id",
    "client__person__given_name",
    "client__person__family_name",
    "client__person__died_on",
    "client__person__is_protected",
)
_ADDRESS = ("street", "postcode", "town")


@dataclass(frozen=True)
class Reached:
    """Who gets a client's invoices, and whether the client is protected."""

    recipient: Recipient
    is_protected: bool


def recipients_on(rows: Collection[PayerRow], day: date) -> dict[int, Reached | Wait]:
    """Return who gets the invoices of these clients on a day, or why nobody can, by client.

    Of a record that turned out to be somebody else's the remaining person counts.
    Source: spec CF-2, CF-3, CF-4, CF-29.
    """
    rows = _of_remaining(rows)
    contacts = _contacts([row.client_id for row in rows], day)
    staying, registered = _addresses({row.person_id for row in rows if row.client_id not in contacts}, day)
    found: dict[int, Reached | Wait] = {}
    for row in rows:
        payer = Payer(
            name=f"{row.given_name} {row.family_name}".strip(),
            is_dead=row.died_on is not None,
            is_protected=row.is_protected,
            staying=staying.get(row.person_id),
            registered=registered.get(row.person_id),
        )
        chosen = rules.choose_recipient(payer, contacts.get(row.client_id))
        found[row.client_id] = chosen if isinstance(chosen, Wait) else Reached(chosen, row.is_protected)
    return found


def _of_remaining(rows: Collection[PayerRow]) -> Collection[PayerRow]:
    """Put the remaining person in the place of one that was merged."""
    merged = {row.merged_into_id for row in rows if row.merged_into_id is not None}
    if not merged:
        return rows
    names = ("pk", "merged_into_id", "given_name", "family_name", "died_on", "is_protected")
    found = {values[0]: values for values in Person.objects.filter(pk__in=merged).values_list(*names)}
    return [PayerRow(row.client_id, *found.get(row.merged_into_id or 0, row[1:])) for row in rows]


def _contacts(client_ids: Collection[int], day: date) -> dict[int, Contact]:
    """Return who is registered to get the invoices; both the settings and the contact person hold."""
    held = Q(contact__first_on__lte=day) & (Q(contact__last_on__isnull=True) | Q(contact__last_on__gte=day))
    rows = InvoiceRecipient.objects.filter(clients.holds(day), held, client_id__among=client_ids)
    names = ("kind", "name", "organisation_number", *_ADDRESS, "country")
    return {
        client_id: Contact(
            name,
            PostalAddress(street, postcode, town, country=country),
            is_estate=kind == ContactKind.ESTATE,
            organisation_number=number,
        )
        for client_id, kind, name, number, street, postcode, town, country in rows.order_by(
            "first_on", "pk"
        ).values_list("client_id", *(f"contact__{name}" for name in names))
    }


def _addresses(
    person_ids: Collection[int], day: date
) -> tuple[dict[int, PostalAddress], dict[int, PostalAddress]]:
    """Return where persons stay and where they are registered; their own records win over merged ones."""
    records = people.records_by_id(person_ids) if person_ids else {}
    rows = Address.objects.filter(clients.holds(day), person_id__among=list(records))
    is_own = Case(When(person__merged_into__isnull=True, then=Value(1)), default=Value(0))
    staying: dict[int, PostalAddress] = {}
    registered: dict[int, PostalAddress] = {}
    for person_id, kind, *address in rows.order_by(is_own, "first_on", "pk").values_list(
        *("person_id", "kind", *_ADDRESS, "care_of", "country")
    ):
        found = staying if kind == AddressKind.STAYING else registered
        found[records[person_id]] = PostalAddress(*address)
    return staying, registered
