"""Who may become a client, and what is proposed for him."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext

from kvitt.foundation.values.identity import format_identity_number
from kvitt.foundation.values.problems import Problem, Refused
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.care_fees.models import Client
from kvitt.modules.care_fees.queries import areas, clients
from kvitt.modules.care_fees.rules import settings as rules
from kvitt.registers.access.rules import Permission
from kvitt.registers.organisations.lifecycle import UnitKind
from kvitt.registers.people import queries as people
from kvitt.registers.people.lifecycle import RelationKind
from kvitt.registers.people.models import Person, Relation

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

    from kvitt.registers.access.rules import Actor

PARTNERS = (RelationKind.SPOUSE, RelationKind.COHABITANT)
NOBODY = _("Nobody with this number is registered. Check the number, or register the person.")


@dataclass(frozen=True)
class Proposal:
    """Everything the page of a new client shows beside its form."""

    person: people.ShownPerson
    person_id: int
    lead: str
    note: str
    initial: dict[str, object]
    areas: Sequence[tuple[int, str]]


def find_person(actor: "Actor", session: "SessionBase", digits: str) -> Person:
    """Return who has the number, and let this session go on with him. Raises Refused where nobody has."""
    person = people.find_by_number(actor, digits)
    if person is None:
        raise Refused([Problem("nobody", NOBODY, "number")])
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
    proposed = rules.propose_settings(
        is_in_care_home=care == UnitKind.CARE_HOME, has_partner=has_partner(person, on=today)
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


def has_partner(person: Person, *, on: date) -> bool:
    """Tell whether the person lives with a spouse or a cohabitant on a day."""
    ids = people.record_ids(person)
    of_person = Q(person__in=ids, other__died_on__isnull=True) | Q(
        other__in=ids, person__died_on__isnull=True
    )
    relations = Relation.objects.filter(of_person, clients.holds(on), kind__in=PARTNERS)
    return relations.exists()


def url_after(actor: "Actor", client: Client, *, today: date) -> str:
    """Return where the user goes on: to the client, or to the desktop where others have him now."""
    if clients.clients_of(actor, on=today).filter(pk=client.pk).exists():
        return reverse("care_fees:case", args=[client.number])
    return reverse("care_fees:desktop")
