"""What breaks the agreement of clients' months and their lines, over the whole database."""

from collections.abc import Iterator

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from kvitt.modules.care_fees.lifecycle import LineKind, MonthStatus
from kvitt.modules.care_fees.models import ClientMonth, ConcernedArea, FeeLine, Placement, Service
from kvitt.registers.organisations.models import Clinic

_BROUGHT = (LineKind.DIFFERENCE, LineKind.CARRIED)


def breaches() -> Iterator[str]:
    """Say, one line each, what months and lines do not agree about.

    Source: spec CO-23, CF-17, CF-21, CF-28, CF-29.
    """
    yield from _wrong_totals()
    yield from _wrong_faults()
    yield from _wrong_lines()
    yield from _brought_twice()
    yield from _wrong_areas()


def _wrong_totals() -> Iterator[str]:
    """A month comes to what its lines sum to, and carries all of it or nothing."""
    summed = ClientMonth.objects.annotate(lines_sum=Coalesce(Sum("lines__amount"), 0))
    for name in _names(summed.exclude(total=F("lines_sum"))):
        yield f"month {name}: its total differs from its lines"
    carries = ClientMonth.objects.exclude(carried_amount=0)
    for name in _names(carries.filter(~Q(carried_amount=F("total")) | Q(total__lt=0))):
        yield f"month {name}: carries another amount than its total"


def _wrong_faults() -> Iterator[str]:
    """What has faults has no lines; what is calculated or approved has no faults."""
    faulty = ClientMonth.objects.filter(status=MonthStatus.FAULTY)
    for name in _names(
        faulty.filter(Q(faults=[]) | Q(Exists(FeeLine.objects.filter(client_month=OuterRef("pk")))))
    ):
        yield f"month {name}: is faulty without a fault, or with lines"
    for name in _names(ClientMonth.objects.exclude(status=MonthStatus.FAULTY).exclude(faults=[])):
        yield f"month {name}: is calculated, and has faults"


def _wrong_lines() -> Iterator[str]:
    """A line is of services and units that there are, and brought ones say of which month."""
    unknown = Q(service_id__isnull=False) & ~Exists(Service.objects.filter(pk=OuterRef("service_id")))
    unplaced = Q(unit_id__isnull=False) & ~Exists(Clinic.objects.filter(pk=OuterRef("unit_id")))
    brought = Q(kind__in=_BROUGHT)
    for fault, wrong in (
        ("is of a service that there is not", unknown),
        ("is of a unit that there is not", unplaced),
        ("does not say which month it is about", brought & Q(about_month__isnull=True)),
        ("is about another month, and is no difference", ~brought & Q(about_month__isnull=False)),
        ("is about its own month", Q(about_month=F("client_month__month"))),
    ):
        for line_id in FeeLine.objects.filter(wrong).order_by("pk").values_list("pk", flat=True):
            yield f"fee line {line_id}: {fault}"


def _brought_twice() -> Iterator[str]:
    """What a month carries is brought once by those that are approved."""
    carried = FeeLine.objects.filter(kind=LineKind.CARRIED, client_month__status=MonthStatus.APPROVED)
    names = ("client_month__client__number", "about_month")
    # A month may carry amounts of several services, units and rates.
    counted = carried.values(*names, "service_id", "unit_id", "vat_percent").annotate(count=Count("pk"))
    twice = counted.filter(count__gt=1).order_by(*names).values_list(*names)
    for number, month in dict.fromkeys(twice):
        yield f"month {number} {month:%Y-%m}: is carried twice"


def _wrong_areas() -> Iterator[str]:
    """An approved month is of an area of the client; no other one concerned is the same."""
    was_there = Placement.objects.filter(client=OuterRef("client"), area=OuterRef("area"))
    approved = ClientMonth.objects.filter(status=MonthStatus.APPROVED)
    for name in _names(approved.exclude(Exists(was_there))):
        yield f"month {name}: is approved in an area that the client is not of"
    own = ConcernedArea.objects.filter(area=F("client_month__area"))
    for name in _names(ClientMonth.objects.filter(pk__in=own.values("client_month"))):
        yield f"month {name}: its own area stands among the others concerned"


def _names(months: QuerySet[ClientMonth]) -> Iterator[str]:
    rows = months.order_by("client__number", "month").values_list("client__number", "month").distinct()
    for number, month in rows:
        yield f"{number} {month:%Y-%m}"
