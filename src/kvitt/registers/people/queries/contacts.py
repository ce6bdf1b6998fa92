"""The panel of a person's addresses, relations and contact persons, for the pages of modules."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from kvitt.foundation.values.dates import Period
from kvitt.registers.people.lifecycle import AddressKind, ContactKind, RelationKind
from kvitt.registers.people.models import Address, Person
from kvitt.registers.people.queries.keeping import keeps
from kvitt.registers.people.queries.persons import record_ids
from kvitt.registers.people.queries.relations import (
    RelatedPerson,
    contacts_of_records,
    related,
    relations_of_records,
    spouse_of,
)
from kvitt.registers.people.queries.session import needs_reason
from kvitt.registers.people.queries.shown import listed_name

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

    from kvitt.registers.access.rules import Actor

__all__ = ["ContactsPanel", "RelatedPerson", "contacts_panel", "related", "spouse_of"]


@dataclass(frozen=True)
class Links:
    """Where the dialogs of the panel are; each comes back to the page that shows it."""

    add_address: str
    add_relation: str
    add_contact: str
    fetch: str


@dataclass(frozen=True)
class AddressLine:
    """An address as the panel shows it."""

    id: int
    kind: AddressKind
    text: str
    period: Period
    change_url: str
    end_url: str


@dataclass(frozen=True)
class RelationLine:
    """What another person is to the one of the panel; a protected one without a name."""

    id: int
    kind: RelationKind
    name: str
    number: str
    period: Period
    end_url: str


@dataclass(frozen=True)
class ContactLine:
    """A contact person as the panel shows him or her."""

    id: int
    kind: ContactKind
    name: str
    address: str
    reach: str
    period: Period
    change_url: str
    end_url: str


@dataclass(frozen=True)
class ContactsPanel:
    """Everything `people/contacts.html` shows; `links` is None for who may look but not change.

    `person_ids` are all who are shown in it: the page records that they were seen.
    """

    code: UUID
    person_ids: list[int]
    is_hidden: bool
    open_url: str
    links: Links | None
    addresses: list[AddressLine]
    relations: list[RelationLine]
    contacts: list[ContactLine]


def contacts_panel(
    actor: "Actor", session: "SessionBase", person: Person, *, today: date, back: str
) -> ContactsPanel:
    """Return the panel of a person whom the page is known to show to the actor; `back` is that page.

    Of a protected person nothing is shown until a reason is given. Source: spec CO-9 ... CO-11, QU-19.
    """
    person = person.merged_into or person
    is_hidden = needs_reason(session, person)
    may_change = keeps(actor, person, today=today) and not is_hidden

    def link(name: str, *args: object) -> str:
        if not may_change:
            return ""
        return f"{reverse(f'people:{name}', args=[person.code, *args])}?{urlencode({'next': back})}"

    opening = reverse("people:open_protected", args=[person.code])
    ids = record_ids(person)
    related_persons = [] if is_hidden else relations_of_records(ids)
    return ContactsPanel(
        code=person.code,
        person_ids=sorted({*ids, *(row.person.pk for row in related_persons)}),
        is_hidden=is_hidden,
        open_url=f"{opening}?{urlencode({'next': back})}" if is_hidden else "",
        links=Links(
            add_address=link("add_address"),
            add_relation=link("add_relation"),
            add_contact=link("add_contact"),
            fetch=link("refresh_person"),
        )
        if may_change
        else None,
        addresses=[] if is_hidden else _addresses(ids, link),
        relations=[_relation(row, link) for row in related_persons],
        contacts=[] if is_hidden else _contacts(ids, link),
    )


def _addresses(ids: list[int], link: Callable[..., str]) -> list[AddressLine]:
    rows = Address.objects.filter(person_id__in=ids).order_by("kind", "-first_on", "-pk")
    return [
        AddressLine(
            id=row.pk,
            kind=AddressKind(row.kind),
            text=str(row),
            period=Period(row.first_on, row.last_on),
            change_url=link("change_address", row.pk),
            end_url=link("end_address", row.pk) if row.last_on is None else "",
        )
        for row in rows
    ]


def _relation(row: RelatedPerson, link: Callable[..., str]) -> RelationLine:
    return RelationLine(
        id=row.relation_id,
        kind=row.kind,
        name=listed_name(row.person),
        number=row.person.identity_number,
        period=Period(row.first_on, row.last_on),
        end_url=link("end_relation", row.relation_id) if row.last_on is None else "",
    )


def _contacts(ids: list[int], link: Callable[..., str]) -> list[ContactLine]:
    return [
        ContactLine(
            id=row.pk,
            kind=ContactKind(row.kind),
            name=row.name,
            address=row.address,
            reach=", ".join(part for part in (row.phone, row.email) if part),
            period=Period(row.first_on, row.last_on),
            change_url=link("change_contact", row.pk),
            end_url=link("end_contact", row.pk) if row.last_on is None else "",
        )
        for row in contacts_of_records(ids)
    ]
