"""Who may become a client, and what is proposed for him."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext

from kvitt.foundation.values.identity import format_identity_number
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.models import Client
from kvitt.modules.care_fees.queries import areas, clients
from kvitt.modules.care_fees.rules import settings as rules
from kvitt.registers.access.rules import Permission
from kvitt.registers.organisations.lifecycle import UnitKind
from kvitt.registers.people import queries as people
from kvitt.registers.people.lifecycle import CivilStatus, RelationKind
from kvitt.registers.people.models import Person

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

    from kvitt.registers.access.rules import Actor
    from kvitt.registers.people.rules import RegisteredPerson

PARTNERS = (RelationKind.SPOUSE, RelationKind.COHABITANT)
_MARRIED = (CivilStatus.MARRIED, CivilStatus.REGISTERED_PARTNER)


@dataclass(frozen=True)
class Proposal:
    """Everything the page of a new client shows beside its form."""

    person: people.ShownPerson
    person_id: int
    lead: str
    note: str
    initial: dict[str, object]
    areas: Sequence[tuple[int, str]]


def find_person(actor: "Actor", session: "SessionBase", digits: str) -> Person | None:
    """Return who has the number, and let this session go on with him; None where nobody has."""
    actor.require(Permission.REGISTER_CARE)
    person = people.find_by_number(actor, digits)
    if person is not None:
        people.remember_patient(session, person)
    return person


def proposal(actor: "Actor", session: "SessionBase", code: UUID, *, care: str, today: date) -> Proposal:
    """Return what is proposed for a person who was searched for in this session. Raises Http404.

    Source: debitering-ao, pages 10-11; spec CF-5.
    """
    actor.require(Permission.REGISTER_CARE)
    person = people.person_of(actor, code)
    if person.pk not in people.opened_patients(session):
        raise Http404
    shown = people.shown_person(session, person, day=today)
    registered = _registered(person)
    proposed = rules.propose_settings(
        is_in_care_home=care == UnitKind.CARE_HOME,
        has_partner=has_partner(person, registered, on=today),
        parish_code=registered.parish_code if registered else "",
    )
    own_area = areas.own_area_id(actor)
    moves = actor.may(Permission.MANAGE_BILLING)
    return Proposal(
        person=shown,
        person_id=person.pk,
        lead=f"{format_identity_number(shown.number)}, {shown.name}.",
        note=gettext("The client becomes a new case, until the billing office places it."),
        initial={"first_on": today, "area": own_area, **asdict(proposed)},
        areas=[] if moves else areas.area_choices(actor, on=today),
    )


def has_partner(person: Person, registered: "RegisteredPerson | None", *, on: date) -> bool:
    """Tell whether the person has a living spouse or cohabitant on a day, or is registered as married."""
    partner = people.spouse_of(person, on=on)
    if partner is not None:
        return partner.died_on is None
    return registered is not None and registered.civil_status in _MARRIED


def _registered(person: Person) -> "RegisteredPerson | None":
    """Return what the population register tells of a person; what it cannot tell is left to be written."""
    try:
        return people.population.look_up(person.authority_id, person.identity_number)
    except Refused:
        return None


def url_after(actor: "Actor", client: Client, *, today: date) -> str:
    """Return where the user goes on: to the client, or to the desktop where others have him now."""
    if clients.clients_of(actor, on=today).filter(pk=client.pk).exists():
        return reverse("care_fees:case", args=[client.number])
    return reverse("care_fees:desktop")
