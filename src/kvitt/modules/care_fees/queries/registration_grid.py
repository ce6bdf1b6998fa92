"""The grid where a unit's month is typed: clients by services, with totals."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext

from kvitt.foundation.forms import problem_text
from kvitt.foundation.tables import Crumb
from kvitt.foundation.values.dates import add_months
from kvitt.foundation.values.identity import format_identity_number
from kvitt.modules.care_fees.lifecycle import Measure, MonthStatus
from kvitt.modules.care_fees.models import Client, PerformedService, Service
from kvitt.modules.care_fees.queries import clients, month, registrations, search
from kvitt.modules.care_fees.queries.registrations import Planned, Seen, cell_name
from kvitt.modules.care_fees.rules import registrations as rules
from kvitt.registers.people import queries as people

if TYPE_CHECKING:
    from kvitt.foundation.values.problems import Problem
    from kvitt.registers.access.rules import Actor
    from kvitt.registers.organisations.models import Clinic

# As far back as the choice of a period goes by itself; an address may name an earlier one.
MONTHS_OFFERED = 13


@dataclass(frozen=True)
class GridColumn:
    """A service, its measure in words, and what is registered of it in all."""

    id: int
    name: str
    measure: str
    is_time: bool
    total: int


@dataclass(frozen=True)
class GridCell:
    """One figure as it stands, or as it was typed; `note` is the id of what is wrong with it."""

    name: str
    column_id: int
    text: str
    note: str


@dataclass(frozen=True)
class GridRow:
    """A client with a figure for each service; `locked` says why nothing can be typed for just this one."""

    number: str
    name: str
    detail: str
    url: str
    is_locked: bool
    locked: str
    cells: list[GridCell]
    count_total: int
    minutes_total: int


@dataclass(frozen=True)
class GridNote:
    """What is wrong with a cell, said above the grid with the way to it."""

    cell: str
    label: str
    text: str


@dataclass(frozen=True)
class GridPage:
    """Everything `register_services.html` shows."""

    title: str
    unit: str
    month: str
    url: str
    add_url: str
    owner: str
    stop: str
    columns: list[GridColumn]
    rows: list[GridRow]
    notes: list[GridNote]
    seen: str
    count_total: int
    minutes_total: int
    person_ids: list[int]
    crumbs: Sequence[Crumb] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to type in."""
        return not (self.rows and self.columns)


def months_offered(today: date, chosen: date | None) -> list[tuple[str, str]]:
    """Return the months to choose among, the latest first, as value and words."""
    first = today.replace(day=1)
    months = {add_months(first, -back) for back in range(MONTHS_OFFERED)} | ({chosen} if chosen else set())
    return [(f"{day:%Y-%m}", date_format(day, "F Y").capitalize()) for day in sorted(months, reverse=True)]


def month_to_register(today: date) -> date:
    """Return the month that is registered most: the one that has ended, which is billed next."""
    return add_months(today.replace(day=1), -1)


def register_services(
    actor: "Actor",
    unit: "Clinic",
    of_month: date,
    *,
    today: date,
    added: Collection[str] = (),
    opened: Collection[int] = (),
    typed: Mapping[str, str] | None = None,
    planned: Sequence[Planned] = (),
) -> GridPage:
    """Return the grid of a unit's month, with what was typed and what became of it.

    `added` are numbers of clients who are to be there too: those whom the actor reaches, or has opened.
    Source: debitering-ao, pages 17-19; spec CF-11.
    """
    figures = {
        (row.client_id, row.service_id): Seen(row.quantity, row.version)
        for row in PerformedService.objects.filter(unit=unit, month=of_month)
    }
    services = registrations.services_at(
        unit, of_month, with_ids={service_id for _client, service_id in figures}
    )
    listed, reached = _clients(actor, unit, of_month, today, added, opened)
    statuses = month.statuses_in([client.pk for client in listed], of_month)
    stop = [
        *rules.check_month(of_month, today=today),
        *rules.check_unit(unit.name, unit.unit_kind, unit.closed_on, month=of_month),
    ]
    notes = {plan.cell.name: _note(plan, plan.problem) for plan in planned if plan.problem}
    texts = typed or {}
    saved = {plan.cell.name for plan in planned if not plan.problem}
    times = {service.pk: Measure(service.measure) is Measure.MINUTES for service in services}

    def text_of(client: Client, service: Service) -> str:
        name = cell_name(client.number, service.pk)
        if name in texts and name not in saved:
            return texts[name]
        stored = figures.get((client.pk, service.pk))
        return str(stored.quantity) if stored else ""

    def total(client: Client | None, service_ids: Collection[int]) -> int:
        return sum(
            seen.quantity or 0
            for (client_id, service_id), seen in figures.items()
            if service_id in service_ids and (client is None or client_id == client.pk)
        )

    locked = _locked(listed, statuses, of_month)
    timed = {service_id for service_id, is_time in times.items() if is_time}
    counted = times.keys() - timed
    rows = [
        GridRow(
            number=client.number,
            name=people.listed_name(search.person_of(client)),
            detail=client.number
            if search.person_of(client).is_protected
            else format_identity_number(search.person_of(client).identity_number),
            url=reverse("care_fees:case", args=[client.number]) if client.pk in reached else "",
            is_locked=bool(stop) or client.pk in locked,
            locked=locked.get(client.pk, ""),
            cells=[
                GridCell(
                    name=(name := cell_name(client.number, service.pk)),
                    column_id=service.pk,
                    text=text_of(client, service),
                    note=f"note-{name}" if name in notes else "",
                )
                for service in services
            ],
            count_total=total(client, counted),
            minutes_total=total(client, timed),
        )
        for client in listed
    ]
    return GridPage(
        title=gettext("Registration/correction"),
        unit=unit.name,
        month=date_format(of_month, "F Y"),
        url=registrations.grid_url(unit.pk, of_month),
        add_url=reverse("care_fees:add_registered_client", args=[unit.pk, f"{of_month:%Y-%m}"]),
        owner=str(actor.user_id),
        stop=problem_text(stop[0]) if stop else "",
        columns=[
            GridColumn(
                id=service.pk,
                name=service.name,
                measure=gettext(Measure(service.measure).label),
                is_time=times[service.pk],
                total=total(None, {service.pk}),
            )
            for service in services
        ],
        rows=rows,
        notes=list(notes.values()),
        seen=_seen(listed, figures),
        count_total=total(None, counted),
        minutes_total=total(None, timed),
        person_ids=[client.person_id for client in listed],
    )


def _clients(
    actor: "Actor",
    unit: "Clinic",
    of_month: date,
    today: date,
    added: Collection[str],
    opened: Collection[int],
) -> tuple[list[Client], set[int]]:
    """Return the clients of the grid, protected ones last, and which of them have a page to the actor."""
    served = registrations.served_by(unit, of_month)
    found = Client.objects.filter(authority_id=unit.authority_id).select_related("person__merged_into")
    named = list(found.filter(Q(pk__among=served) | Q(number__among=added)))
    mine = clients.reached_clients(actor, on=today).filter(pk__among={client.pk for client in named})
    reached = set(mine.values_list("pk", flat=True))
    listed = [
        client
        for client in named
        if client.pk in served or client.pk in reached or search.person_of(client).pk in opened
    ]

    def order(client: Client) -> tuple[bool, str, str]:
        # The place among the names would tell a protected one.
        is_protected = search.person_of(client).is_protected
        return is_protected, "" if is_protected else search.person_of(client).sort_key, client.number

    return sorted(listed, key=order), reached


def _locked(listed: list[Client], statuses: Mapping[int, MonthStatus], of_month: date) -> dict[int, str]:
    """Return why nothing can be typed for a client, for those of whom it is so."""
    checked = {
        client.pk: rules.check_client(
            search.person_of(client).died_on, statuses.get(client.pk), month=of_month
        )
        for client in listed
    }
    return {pk: problem_text(problems[0]) for pk, problems in checked.items() if problems}


def _note(plan: Planned, problem: "Problem") -> GridNote:
    parts = [
        people.listed_name(search.person_of(plan.client)) if plan.client else plan.cell.client,
        *([plan.service.name] if plan.service else []),
    ]
    return GridNote(plan.cell.name, ", ".join(parts), problem_text(problem))


def _seen(listed: list[Client], figures: Mapping[tuple[int, int], Seen]) -> str:
    """Return what stands in the cells that are not empty, as the page sends it back: figure and version."""
    numbers = {client.pk: client.number for client in listed}
    return json.dumps(
        {
            cell_name(numbers[client_id], service_id): [seen.quantity, seen.version]
            for (client_id, service_id), seen in figures.items()
            if client_id in numbers
        },
        separators=(",", ":"),
    )
