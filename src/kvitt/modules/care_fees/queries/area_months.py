"""Read how far areas have come with a month: lamps, sums, who calculates, and by when they approve."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import Case, Count, F, FilteredRelation, Max, Q, QuerySet, Sum, Value, When
from django.http import Http404

from kvitt.foundation import clock
from kvitt.foundation.values.dates import last_day_of_month
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.parameters import UnknownParameter
from kvitt.modules.care_fees.lifecycle import Lamp, MonthStatus
from kvitt.modules.care_fees.models import AreaMonth, ClientMonth, ConcernedArea, Placement
from kvitt.modules.care_fees.queries import clients
from kvitt.modules.care_fees.queries.month import STANDING
from kvitt.modules.care_fees.queries.terms import month_terms
from kvitt.modules.care_fees.rules import runs as rules
from kvitt.modules.care_fees.rules.runs import Busy, Tally
from kvitt.registers.access.rules import Permission
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.organisations.models import BillingArea

if TYPE_CHECKING:
    from kvitt.modules.care_fees.rules.month_facts import MonthTerms
    from kvitt.registers.access.rules import Actor

NOT_VOIDED = (*STANDING, MonthStatus.FAULTY)
NOBODY = Tally()


@dataclass(frozen=True)
class AreaCount:
    """How the clients of an area stand in a month.

    A run calculates the `waiting` of the red: the others have faults, and nothing was changed since.
    `changed` of them were calculated before something changed. `total` is the sum of the fees that stand
    (öre). `calculated_at` is when something that is not approved was calculated last.
    """

    tally: Tally = NOBODY
    waiting: int = 0
    changed: int = 0
    total: Ore = 0
    calculated_at: datetime | None = None

    @property
    def seen(self) -> str:
        """What somebody saw who is asked whether to approve: another, when anything was calculated since."""
        at = "" if self.calculated_at is None else self.calculated_at.isoformat()
        return f"{self.tally.yellow} {self.total} {at}"

    def __add__(self, other: "AreaCount") -> "AreaCount":
        """Return both together."""
        moments = [at for at in (self.calculated_at, other.calculated_at) if at is not None]
        return AreaCount(
            self.tally + other.tally,
            self.waiting + other.waiting,
            self.changed + other.changed,
            self.total + other.total,
            max(moments, default=None),
        )


@dataclass(frozen=True)
class MissingArea:
    """An area that has not approved yet, and how many clients' invoices wait for it."""

    area: str
    clients: int


@dataclass(frozen=True)
class DueApproval:
    """A month that an area is to approve by a day of the time plan."""

    area_id: int
    area: str
    month: date
    approve_by: date
    is_overdue: bool


def terms_of(authority_id: int, month: date) -> "MonthTerms | None":
    """Return what the fees of a month are made of, None for one that nothing is known of."""
    try:
        return month_terms(authority_id, month)
    except UnknownParameter:
        return None


def terms_to_show(authority_id: int, month: date) -> "MonthTerms":
    """Return what the fees of a month are made of. Raises Http404 for one that nothing is known of."""
    found = terms_of(authority_id, month)
    if found is None:
        raise Http404
    return found


def placed(area_ids: Collection[int], month: date) -> QuerySet[Placement]:
    """Return where the clients are who are billed with the areas: who is there on the month's last day.

    Source: spec CF-5, CF-24.
    """
    return Placement.objects.filter(clients.holds(last_day_of_month(month)), area_id__in=area_ids)


def counts(area_ids: Collection[int], month: date, terms: "MonthTerms") -> dict[int, AreaCount]:
    """Return how the clients of each area stand, in one statement. Source: spec CF-24, CF-26."""
    of_month = Q(client__months__month=month, client__months__status__in=NOT_VOIDED)
    rows = placed(area_ids, month).annotate(of_month=FilteredRelation("client__months", condition=of_month))
    is_current = Case(
        When(of_month__client_version=F("client__version"), of_month__terms=terms.key, then=Value(1)),
        default=Value(0),
    )
    grouped = rows.values("area_id", status=F("of_month__status"), is_current=is_current).annotate(
        count=Count("pk"), total=Sum("of_month__total"), at=Max("of_month__calculated_at")
    )
    found: dict[int, AreaCount] = {}
    for row in grouped.order_by():
        status = None if row["status"] is None else MonthStatus(row["status"])
        lamp = rules.calculate_lamp(status, is_current=bool(row["is_current"]))
        is_calculated = status is MonthStatus.CALCULATED
        added = AreaCount(
            tally=rules.tally_of(lamp, row["count"], is_faulty=status is MonthStatus.FAULTY),
            waiting=row["count"] if lamp is Lamp.RED and not row["is_current"] else 0,
            changed=row["count"] if is_calculated and lamp is Lamp.RED else 0,
            total=row["total"] or 0 if lamp is not Lamp.RED else 0,
            calculated_at=row["at"] if is_calculated else None,
        )
        found[row["area_id"]] = found.get(row["area_id"], AreaCount()) + added
    return found


def sum_of(counted: Mapping[int, AreaCount]) -> AreaCount:
    """Return all areas together."""
    return sum(counted.values(), AreaCount())


def unopened(rows: Iterable[AreaMonth], counted: Mapping[int, AreaCount]) -> list[str]:
    """Return the areas whose journal nobody has opened since what is to be approved was calculated.

    Source: debitering-ao, page 34; spec CF-27.
    """
    names = []
    for row in rows:
        at = counted.get(row.area_id, AreaCount()).calculated_at
        if at is not None and (row.journal_opened_at is None or row.journal_opened_at < at):
            names.append(row.area.name)
    return names


def months_of(area_ids: Collection[int], month: date) -> dict[int, AreaMonth]:
    """Return how far the areas have come with a month, those of them that somebody began with."""
    rows = AreaMonth.objects.filter(area_id__in=area_ids, month=month).select_related("area", "run")
    return {row.area_id: row for row in rows.order_by("area_id")}


def busy_of(rows: Iterable[AreaMonth]) -> Busy | None:
    """Return who calculates one of the areas, and since when. Source: spec CF-30."""
    for row in rows:
        if row.run is not None:
            since = f"{row.run.started_at.astimezone(clock.STOCKHOLM):%Y-%m-%d %H:%M}"
            return Busy(area=row.area.name, who=row.run.started_by, since=since)
    return None


def invoiced_total(area_ids: Collection[int], month: date) -> Ore:
    """Return what the fees of the areas came to in a month, as far as they are calculated (öre)."""
    rows = ClientMonth.objects.filter(area_id__in=area_ids, month=month, status__in=STANDING)
    return rows.aggregate(total=Sum("total"))["total"] or 0


def shared_clients(area_ids: Collection[int], month: date) -> int:
    """Return how many clients of the areas have services from other areas too. Source: spec CF-28."""
    return _concerned(area_ids, month).values("client_month").distinct().count()


def missing_areas(area_ids: Collection[int], month: date) -> list[MissingArea]:
    """Return which other areas have not approved yet, with how many invoices wait for them, by name.

    Source: spec CF-28.
    """
    approved = AreaMonth.objects.filter(month=month, approved_at__isnull=False)
    missing = _concerned(area_ids, month).exclude(area__in=approved.values("area_id"))
    counted = missing.values("area__name", "area__sort_key").annotate(count=Count("client_month"))
    return [MissingArea(row["area__name"], row["count"]) for row in counted.order_by("area__sort_key")]


def _concerned(area_ids: Collection[int], month: date) -> QuerySet[ConcernedArea]:
    rows = ConcernedArea.objects.filter(
        client_month__area_id__in=area_ids, client_month__month=month, client_month__status__in=STANDING
    )
    return rows.exclude(area_id__in=area_ids)


def later_approved(client_ids: Collection[int], month: date) -> tuple[date, int] | None:
    """Return the first later month that is approved for one of the clients, and for how many it is."""
    rows = ClientMonth.objects.filter(
        client_id__among=client_ids, month__gt=month, status=MonthStatus.APPROVED
    )
    found = rows.values("month").annotate(count=Count("pk")).order_by("month").first()
    return None if found is None else (found["month"], found["count"])


def running(area_ids: Collection[int], month: date) -> list[int]:
    """Return the runs that calculate a month of some of the areas now."""
    rows = AreaMonth.objects.filter(area_id__in=area_ids, month=month, run__isnull=False)
    return list(rows.order_by("run_id").values_list("run_id", flat=True).distinct())


def area_of(actor: "Actor", area_id: int) -> BillingArea:
    """Return an area of the actor. Raises Http404 for any other."""
    found = organisations.areas_of(actor).filter(pk=area_id).first()
    if found is None:
        raise Http404
    return found


# The time plan -------------------------------------------------------------------------------------


def time_plan(actor: "Actor", month: date) -> list[tuple[BillingArea, date | None]]:
    """Return by which day each area is to have approved a month, by name. Raises NotAllowed.

    Source: spec CF-1.
    """
    actor.require(Permission.MANAGE_BILLING)
    areas = list(organisations.areas_of(actor).filter(is_intake=False))
    rows = months_of([area.pk for area in areas], month.replace(day=1))
    return [(area, rows[area.pk].approve_by if area.pk in rows else None) for area in areas]


def due_approvals(actor: "Actor", *, today: date) -> list[DueApproval]:
    """Return what the actor has to approve by a day of the time plan, the most urgent first; none for others.

    Source: spec CF-1.
    """
    if not actor.may(Permission.RUN_FEES):
        return []
    rows = AreaMonth.objects.filter(
        area__in=organisations.areas_of(actor), approve_by__isnull=False, approved_at__isnull=True
    )
    in_order = rows.select_related("area").order_by("approve_by", "area__sort_key", "pk")
    return [
        DueApproval(
            area_id=row.area_id,
            area=row.area.name,
            month=row.month,
            approve_by=row.approve_by,
            is_overdue=rules.is_overdue(approve_by=row.approve_by, is_approved=False, today=today),
        )
        for row in in_order
        if row.approve_by is not None
    ]
