"""What the dialogs of housing contracts begin with and say: choices, who it is about, the contract date."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext

from kvitt.foundation.forms import problem_text
from kvitt.foundation.values.dates import add_months, parse_date
from kvitt.foundation.values.problems import Problem
from kvitt.modules.care_fees.models import Client, Dwelling, Tenancy
from kvitt.modules.care_fees.queries import clients, dwellings, housing, search, tenancies
from kvitt.modules.care_fees.rules.tenancy import NOTE_APPROVED, EndDay, calculate_end_days, check_moved_in
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.people import queries as people
from kvitt.registers.people.lifecycle import RelationKind
from kvitt.registers.people.models import Relation

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

COUPLES = (RelationKind.SPOUSE, RelationKind.COHABITANT)
# The months before and after today's whose two days are offered when a contract is ended.
_MONTHS_OFFERED = (-1, 0, 1)


@dataclass(frozen=True)
class NewTenancy:
    """What the form of a new contract shows: whom it is for, dwellings, and who may share it."""

    lead: str
    person_id: int
    offered: Sequence[tuple[str, str]]
    partners: str


@dataclass(frozen=True)
class TenancyToChange:
    """A contract as its dialogs name it; `hidden` is a protected tenant for whom no reason is given yet."""

    tenancy: Tenancy
    lead: str
    tenants: Sequence[Client]
    hidden: UUID | None


@dataclass(frozen=True)
class Proposal:
    """The contract date that follows from what is typed, and the rule that says so."""

    first_on: date
    rule: str


def new_tenancy(actor: Actor, number: str, *, session: "SessionBase", today: date) -> NewTenancy:
    """Return what the form of a client's new contract shows. Raises Http404, NotAllowed."""
    client = clients.client_of(actor, number, on=today)
    actor.require(Permission.REGISTER_CARE)
    named = [
        f"{people.listed_name(search.person_of(other))}, {other.number}"
        for other in clients.clients_of(actor, on=today)
        .filter(pk__in=partner_ids([client], on=today))
        .select_related("person__merged_into")
    ]
    hint = gettext("Only where two share the contract. Spouse or cohabitant: %(partners)s.")
    return NewTenancy(
        lead=f"{client.number}, {people.shown_person(session, client.person, day=today).name}.",
        person_id=client.person_id,
        offered=dwellings.dwelling_choices(actor, today=today),
        partners=hint % {"partners": "; ".join(named)} if named else "",
    )


def tenancy_to_change(actor: Actor, number: str, *, session: "SessionBase", today: date) -> TenancyToChange:
    """Return a contract for a dialog that changes it. Raises Http404, NotAllowed."""
    tenancy = tenancies.tenancy_to_change(actor, number, on=today)
    tenants = tenancies.tenants_of(tenancy)
    shown = [people.shown_person(session, client.person, day=today) for client in tenants]
    return TenancyToChange(
        tenancy=tenancy,
        lead=f"{tenancy.number}, {tenancy.dwelling}. {', '.join(person.name for person in shown)}.",
        hidden=next((person.code for person in shown if person.is_hidden), None),
        tenants=tenants,
    )


def proposal(actor: Actor, *, dwelling: str, moved_in_on: str, today: date) -> Proposal | None:
    """Return the contract date for what is typed so far, None while it cannot be said. Source: spec CF-8."""
    try:
        day = parse_date(moved_in_on, today=today)
    except ValueError:
        return None
    if check_moved_in(day, today=today):
        return None
    is_id = dwelling.isascii() and dwelling.isdecimal() and len(dwelling) <= len(str(2**62))
    found = dwellings.dwellings_of(actor).filter(pk=int(dwelling)).first() if is_id else None
    return proposal_for(found, day) if found else None


def proposal_for(dwelling: Dwelling, day: date) -> Proposal:
    """Return the contract date of who moves in to the dwelling on the day, and the rule in words."""
    contract = housing.contract_date(dwelling, day)
    return Proposal(contract.first_on, gettext(contract.rule) % contract.values)


def end_days(tenancy: Tenancy, *, today: date) -> list[EndDay]:
    """Return the days to choose among when a contract is ended: two a month, about now."""
    month = max(today.replace(day=1), tenancy.first_on.replace(day=1))
    offered = [add_months(month, count) for count in _MONTHS_OFFERED]
    terms = housing.terms_by_day(tenancy.authority_id, offered)
    return [end for each in offered for end in calculate_end_days(each, tenancy.first_on, terms[each])]


def dwellings_for(actor: Actor, tenancy: Tenancy, *, today: date) -> list[tuple[str, str]]:
    """Return the dwellings that a contract may be of: those that can be let, and its own."""
    return dwellings.dwelling_choices(actor, today=today, also=tenancy.dwelling_id)


def note_of_approved(actor: Actor, number: str, since: date, *, today: date) -> str:
    """Say what to do where a month that is approved already would have had another rent, or nothing."""
    tenancy = tenancies.tenancy_of(actor, number, on=today)
    approved = tenancies.approved_since(tenancies.tenants_of(tenancy), since)
    if approved is None:
        return ""
    return problem_text(Problem("approved", NOTE_APPROVED, values={"month": f"{approved:%Y-%m}"}))


def partner_ids(tenants: Sequence[Client], *, on: date) -> list[int]:
    """Return the clients who are spouse or cohabitant of one of these on the day, and none of them."""
    persons = [client.person_id for client in tenants]
    holding = Relation.objects.filter(kind__in=COUPLES, first_on__lte=on).exclude(last_on__lt=on)
    pairs = holding.filter(Q(person_id__in=persons) | Q(other_id__in=persons))
    related = {person for pair in pairs.values_list("person_id", "other_id") for person in pair}
    partners = Client.objects.filter(person_id__in=related - set(persons)).order_by("pk")
    return list(partners.values_list("pk", flat=True))
