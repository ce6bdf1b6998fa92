"""The desktop: billing areas with their clients, what waits, and what the user wants to be reminded of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count, QuerySet
from django.http import Http404

from kvitt.modules.care_fees.models import Client, Placement
from kvitt.modules.care_fees.queries import absences, area_months, billing_rules, clients, search, work
from kvitt.registers.access.rules import Permission
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.people import queries as people

if TYPE_CHECKING:
    from kvitt.registers.access.rules import Actor

CLIENTS_PER_PAGE = 50


@dataclass(frozen=True)
class ClientRow:
    """A client in the tree."""

    number: str
    name: str
    person_id: int
    is_dead: bool


@dataclass(frozen=True)
class AreaBranch:
    """A billing area in the tree; its clients where it is open, a page of them at a time."""

    id: int
    name: str
    count: int
    is_open: bool
    clients: Sequence[ClientRow] = ()
    previous_page: int | None = None
    next_page: int | None = None


@dataclass(frozen=True)
class Desktop:
    """Everything `desktop.html` shows."""

    branches: Sequence[AreaBranch]
    work: Sequence[work.WorkNotice]
    may_create: bool
    reminders: Sequence[absences.ReminderRow] = ()
    folders: Sequence[billing_rules.RuleFolder] = ()
    plan: Sequence[area_months.DueApproval] = ()

    @property
    def person_ids(self) -> list[int]:
        """Whose names are shown."""
        listed = [row.person_id for branch in self.branches for row in branch.clients]
        return [*listed, *(row.person_id for row in self.reminders)]


def desktop(actor: "Actor", *, today: date, area_id: int | None = None, page: int = 1) -> Desktop:
    """Return the actor's desktop, with one area open where asked for. Raises Http404 for an area of others.

    Source: debitering-ao, page 3; spec CF-1.
    """
    actor.require(Permission.SEE_CLIENTS)
    areas = list(organisations.areas_of(actor))
    if area_id is not None and area_id not in {area.pk for area in areas}:
        raise Http404
    placed = Placement.objects.filter(clients.holds(today), area__in=areas)
    counts = dict(placed.values_list("area").annotate(count=Count("pk")))
    shown = [area for area in areas if area.closed_on is None or area.closed_on >= today or area.pk in counts]
    return Desktop(
        branches=[
            _open_branch(area.pk, area.name, counts.get(area.pk, 0), today=today, page=page)
            if area.pk == area_id
            else AreaBranch(area.pk, area.name, counts.get(area.pk, 0), is_open=False)
            for area in shown
        ],
        work=work.notices(actor, today=today),
        may_create=actor.may(Permission.REGISTER_CARE),
        reminders=absences.reminders_of(actor, today=today),
        folders=billing_rules.folders(actor),
        plan=area_months.due_approvals(actor, today=today),
    )


def _open_branch(area_id: int, name: str, count: int, *, today: date, page: int) -> AreaBranch:
    last_page = max(1, -(-count // CLIENTS_PER_PAGE))
    page = min(max(page, 1), last_page)
    start = (page - 1) * CLIENTS_PER_PAGE
    placed = _in_area(area_id, today).order_by("person__sort_key", "pk")
    return AreaBranch(
        id=area_id,
        name=name,
        count=count,
        is_open=True,
        clients=[_row(client) for client in placed[start : start + CLIENTS_PER_PAGE]],
        previous_page=page - 1 if page > 1 else None,
        next_page=page + 1 if page < last_page else None,
    )


def _in_area(area_id: int, today: date) -> QuerySet[Client]:
    placed = Placement.objects.filter(clients.holds(today), area_id=area_id)
    return Client.objects.filter(pk__in=placed.values("client_id")).select_related("person__merged_into")


def _row(client: Client) -> ClientRow:
    person = search.person_of(client)
    return ClientRow(
        number=client.number,
        name=people.listed_name(person),
        person_id=client.person_id,
        is_dead=person.died_on is not None,
    )
