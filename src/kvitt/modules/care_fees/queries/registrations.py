"""What is registered at a unit in a month, and what typed figures would do to it."""

from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import F, Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from kvitt.foundation.values.dates import add_months, last_day_of_month
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.care_fees.lifecycle import Measure
from kvitt.modules.care_fees.models import Client, GrantedService, PerformedService, Service
from kvitt.modules.care_fees.queries import clients, month, search, services
from kvitt.modules.care_fees.rules import registrations as rules
from kvitt.modules.care_fees.rules.month import first_of
from kvitt.modules.care_fees.rules.services import check_registrable
from kvitt.registers.access.rules import Permission
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.organisations.lifecycle import UnitKind

if TYPE_CHECKING:
    from kvitt.registers.access.rules import Actor
    from kvitt.registers.organisations.models import Clinic

SUBJECT = "care_fees.registrations"
# A request brings at most a unit's month, with room to spare.
MOST_CELLS = 5_000

NOT_AT_UNIT = _("The unit has no such client in the month. Add the client with the personal number first.")
UNKNOWN_SERVICE = _("The service is not in the catalogue. Load the page anew.")
CHANGED_MEANWHILE = _(
    "Somebody else has written %(theirs)s meanwhile, and yours is %(yours)s. Choose which one holds."
)
NOTHING_THERE = _("nothing")


@dataclass(frozen=True)
class Seen:
    """What stood in a cell when it was shown: the figure (None: empty) and its version (0: none yet)."""

    quantity: int | None
    version: int


@dataclass(frozen=True)
class Cell:
    """A figure typed for a client and a service; without `seen` it holds whatever is there now."""

    client: str
    service_id: int
    text: str
    seen: Seen | None = None

    @property
    def name(self) -> str:
        """What the cell is called on the page: `D2026-000001.17`."""
        return cell_name(self.client, self.service_id)


@dataclass(frozen=True)
class Planned:
    """What a typed figure does: `stored` is what is there now, `wanted` what is to be there."""

    cell: Cell
    change: rules.Change
    stored: Seen
    wanted: int | None = None
    client: Client | None = None
    service: Service | None = None
    row: PerformedService | None = None
    problem: Problem | None = None

    @property
    def is_conflict(self) -> bool:
        """Whether somebody else has changed the cell since it was shown."""
        return self.problem is not None and self.problem.code == "changed_meanwhile"


def cell_name(number: str, service_id: int) -> str:
    """Return what a cell is called on the page."""
    return f"{number}.{service_id}"


# Units and services -------------------------------------------------------------------------------


def units_to_register(actor: "Actor") -> "QuerySet[Clinic]":
    """Return the care units that the actor registers for, by name. Source: spec CO-4, CF-11."""
    actor.require(Permission.REGISTER_CARE)
    return organisations.clinics_of(actor).exclude(unit_kind="")


def unit_to_register(actor: "Actor", unit_id: int) -> "Clinic":
    """Return one of those units. Raises Http404 for any other."""
    found = units_to_register(actor).filter(pk=unit_id).first()
    if found is None:
        raise Http404
    return found


def services_at(unit: "Clinic", of_month: date, *, with_ids: AbstractSet[int] = frozenset()) -> list[Service]:
    """Return the services to register at the unit in the month, and these others, in their order."""
    found = services.registrable(unit, of_month)
    others = with_ids - {service.pk for service in found}
    if not others:
        return found
    more = Service.objects.filter(authority_id=unit.authority_id, pk__among=others)
    return sorted([*found, *more], key=lambda service: (service.place, service.sort_key, service.pk))


# Clients ------------------------------------------------------------------------------------------


def served_by(unit: "Clinic", of_month: date) -> set[int]:
    """Return whom the unit serves in the month: who is granted something there, or has figures there."""
    granted = GrantedService.objects.filter(unit=unit, first_on__lte=last_day_of_month(of_month))
    still = granted.filter(Q(last_on__isnull=True) | Q(last_on__gte=of_month))
    performed = PerformedService.objects.filter(unit=unit, month=of_month)
    return set(
        still.values_list("client_id")
        .union(performed.values_list("client_id"))
        .values_list("client_id", flat=True)
    )


def client_of_person(actor: "Actor", person_id: int) -> Client | None:
    """Return the client that a person is, whom the actor has found by the whole number."""
    is_person = Q(person_id=person_id) | Q(person__merged_into_id=person_id)
    return Client.objects.filter(is_person, authority_id=actor.authority_id).first()


# Typed figures ------------------------------------------------------------------------------------


def plan_cells(
    actor: "Actor",
    unit: "Clinic",
    of_month: date,
    cells: Iterable[Cell],
    *,
    today: date,
    opened: Collection[int] = (),
) -> list[Planned]:
    """Say what each typed figure would do, or what is wrong with it, in a constant number of statements.

    `opened` are persons whom the actor has found by their whole numbers: they may be added to the unit.
    Source: spec CF-11, CF-12, CF-28.
    """
    reading = _Reading(actor, unit, of_month, list(cells), today, opened)
    return [reading.plan(cell) for cell in reading.cells]


class _Reading:
    """What is stored of everything that the cells name."""

    def __init__(
        self,
        actor: "Actor",
        unit: "Clinic",
        of_month: date,
        cells: list[Cell],
        today: date,
        opened: Collection[int],
    ) -> None:
        self.cells, self._unit, self._month = cells, unit, of_month
        found = Client.objects.filter(authority_id=actor.authority_id).select_related("person__merged_into")
        named = {
            client.number: client for client in found.filter(number__among={cell.client for cell in cells})
        }
        ids = [client.pk for client in named.values()]
        reached = set(
            clients.reached_clients(actor, on=today).filter(pk__among=ids).values_list("pk", flat=True)
        )
        reached |= served_by(unit, of_month)
        self._clients = {
            number: client
            for number, client in named.items()
            if client.pk in reached or search.person_of(client).pk in opened
        }
        known = Service.objects.filter(authority_id=actor.authority_id)
        wanted = known.filter(pk__among={cell.service_id for cell in cells})
        self._services = {service.pk: service for service in wanted}
        rows = PerformedService.objects.filter(unit=unit, month=of_month, client_id__among=ids)
        self._rows = {(row.client_id, row.service_id): row for row in rows}
        self._statuses = month.statuses_in(ids, of_month)

    def plan(self, cell: Cell) -> Planned:
        """Say what one typed figure would do."""
        client, service = self._clients.get(cell.client), self._services.get(cell.service_id)
        nothing = Seen(None, 0)
        if client is None:
            return Planned(cell, rules.Change.NOTHING, nothing, problem=Problem("not_at_unit", NOT_AT_UNIT))
        if service is None:
            unknown = Problem("unknown_service", UNKNOWN_SERVICE)
            return Planned(cell, rules.Change.NOTHING, nothing, problem=unknown)
        row = self._rows.get((client.pk, service.pk))
        stored = Seen(row.quantity, row.version) if row else nothing
        wanted, problems = rules.read_quantity(cell.text, Measure(service.measure), self._month)
        change = rules.Change.NOTHING
        status = self._statuses.get(client.pk)
        if not problems:
            change, problems = rules.plan_registration(stored.quantity, wanted, status=status)
        if change is not rules.Change.NOTHING or problems:
            problems = (
                rules.check_client(search.person_of(client).died_on, status, month=self._month)
                or check_registrable(service.facts(), UnitKind(self._unit.unit_kind), self._month)
                or problems
                or _conflict(cell, stored, wanted)
            )
        problem = problems[0] if problems else None
        return Planned(cell, change, stored, wanted, client, service, row, problem)


def _conflict(cell: Cell, stored: Seen, wanted: int | None) -> list[Problem]:
    if cell.seen is None or cell.seen == stored:
        return []
    theirs, yours = (
        gettext(NOTHING_THERE) if value is None else value for value in (stored.quantity, wanted)
    )
    return [Problem("changed_meanwhile", CHANGED_MEANWHILE, values={"theirs": theirs, "yours": yours})]


# The client's page --------------------------------------------------------------------------------

MONTHS_ON_PANEL = 3


@dataclass(frozen=True)
class RegistrationRow:
    """A figure on the client's page, with the way to where it is typed (empty where it may not be)."""

    month: str
    service: str
    unit: str
    quantity: str
    url: str


@dataclass(frozen=True)
class RegistrationsPanel:
    """What was registered in the latest months (*utförda insatser*)."""

    rows: list[RegistrationRow]
    add_url: str


def registrations_panel(
    actor: "Actor", client: Client, *, today: date, is_whole: bool
) -> RegistrationsPanel | None:
    """Return what was registered for a client in the latest three months; of others' units only if whole.

    Source: spec CF-11, CF-28.
    """
    since = add_months(first_of(today), 1 - MONTHS_ON_PANEL)
    rows = PerformedService.objects.filter(client=client, month__gte=since).select_related("service", "unit")
    if not is_whole:
        rows = rows.filter(unit_id__in=actor.clinic_ids or ())
    may_register = actor.may(Permission.REGISTER_CARE)
    in_order = rows.order_by(F("month").desc(), "service__place", "service__sort_key", "unit__sort_key", "pk")
    return RegistrationsPanel(
        rows=[
            RegistrationRow(
                month=f"{row.month:%Y-%m}",
                service=row.service.name,
                unit=row.unit.name,
                quantity=quantity_text(row.quantity, Measure(row.service.measure)),
                url=grid_url(row.unit_id, row.month)
                if may_register and actor.sees_clinic(row.unit_id)
                else "",
            )
            for row in in_order
        ],
        add_url=reverse("care_fees:registrations") if may_register else "",
    )


def grid_url(unit_id: int, of_month: date) -> str:
    """Return where the figures of a unit's month are typed."""
    return reverse("care_fees:register_services", args=[unit_id, f"{of_month:%Y-%m}"])


def quantity_text(quantity: int | None, measure: Measure) -> str:
    """Return a figure with its unit: `12`, `150 minutes`; nothing for none."""
    if quantity is None:
        return ""
    if measure is not Measure.MINUTES:
        return str(quantity)
    return ngettext("%(count)s minute", "%(count)s minutes", quantity) % {"count": quantity}
