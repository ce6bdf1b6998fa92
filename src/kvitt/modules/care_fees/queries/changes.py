"""What differs from the month before, client by client, the largest first, and why."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Abs, Coalesce
from django.utils.translation import gettext

from kvitt.foundation.values.dates import add_months, last_day_of_month
from kvitt.foundation.values.money import Ore, format_kronor
from kvitt.modules.care_fees.lifecycle import LineKind, Measure
from kvitt.modules.care_fees.models import Absence, Client, ClientMonth, FeeLine, Placement
from kvitt.modules.care_fees.queries import clients
from kvitt.modules.care_fees.queries.month import STANDING
from kvitt.modules.care_fees.rules.changes import ComparedLine, ComparedMonth, explain_change
from kvitt.registers.people import queries as people

# So many are explained at a time where all of them are wanted.
_CHUNK = 500


@dataclass(frozen=True)
class Reason:
    """Why a month comes to another amount, in words, and how much of the difference it is (öre)."""

    text: str
    amount: Ore

    def __str__(self) -> str:
        """`Absence, days: 7 (0) −455,75 kr`; without an amount where it only explains others."""
        return f"{self.text} {format_kronor(self.amount)}" if self.amount else self.text


@dataclass(frozen=True)
class ChangedClient:
    """A client whose month comes to another amount than the month before; amounts in öre."""

    client_id: int
    person_id: int
    number: str
    name: str
    area: str
    reasons: Sequence[Reason]
    before: Ore
    now: Ore

    @property
    def difference(self) -> Ore:
        """What it comes to more, or less."""
        return self.now - self.before

    @property
    def reason_text(self) -> str:
        """The reasons in one line."""
        return "; ".join(str(reason) for reason in self.reasons)


def changes(area_ids: Collection[int], month: date, limit: int | None = None) -> list[ChangedClient]:
    """Return who is charged more or less than the month before, the largest difference first.

    Who has come from another area is compared with what he came to there; who has left comes to nothing.
    Whose month is not calculated is left out. Source: debitering-ao, page 34; spec CF-27.
    """
    found = changed_clients(area_ids, month)
    if limit is not None:
        return explained(found[:limit], area_ids, month)
    rows, told = found.iterator(_CHUNK), list[ChangedClient]()
    while chunk := list(islice(rows, _CHUNK)):
        told += explained(chunk, area_ids, month)
    return told


def changed_clients(area_ids: Collection[int], month: date) -> QuerySet[Client]:
    """Return the clients whose total has changed, with `before`, `now` and `difference`, in their order."""
    now = _months(month).filter(client=OuterRef("pk"), area_id__among=area_ids)
    before = _months(add_months(month, -1)).filter(client=OuterRef("pk"))
    placed = Placement.objects.filter(clients.holds(last_day_of_month(month)), client=OuterRef("pk"))
    left = Exists(before.filter(area_id__among=area_ids)) & ~Exists(placed.filter(area_id__among=area_ids))
    nothing = Value(0)
    rows = Client.objects.filter(Q(Exists(now)) | left).annotate(
        before=Coalesce(Subquery(before.values("total")[:1]), nothing),
        now=Coalesce(Subquery(now.values("total")[:1]), nothing),
    )
    rows = rows.annotate(difference=F("now") - F("before")).exclude(difference=0)
    return rows.select_related("person__merged_into").order_by(Abs("difference").desc(), "number")


def explained(rows: Iterable[Client], area_ids: Collection[int], month: date) -> list[ChangedClient]:
    """Return these clients with the reasons of their differences, in a constant number of statements."""
    listed = list(rows)
    compared = _compared_months([row.pk for row in listed], month)
    return [_explained(row, area_ids, month, compared) for row in listed]


def _explained(
    row: Client, area_ids: Collection[int], month: date, compared: "_ComparedMonths"
) -> ChangedClient:
    now, area = compared.get((row.pk, month), (None, ""))
    before, area_before = compared.get((row.pk, add_months(month, -1)), (None, ""))
    if now is not None and now.area not in area_ids:
        now, area = None, area_before
    person = row.person.merged_into or row.person
    found = explain_change(before, now, month=month, died_on=person.died_on)
    return ChangedClient(
        client_id=row.pk,
        person_id=row.person_id,
        number=row.number,
        name=people.listed_name(person),
        area=area or area_before,
        reasons=[Reason(gettext(change.kind.label) % change.values, change.amount) for change in found],
        before=before.total if before else 0,
        now=now.total if now else 0,
    )


_ComparedMonths = dict[tuple[int, date], tuple[ComparedMonth | None, str]]


def _compared_months(client_ids: Collection[int], month: date) -> _ComparedMonths:
    """Return the month and the one before it of these clients as the rule compares them, with the area."""
    months = ClientMonth.objects.filter(
        client_id__among=client_ids, month__in=[month, add_months(month, -1)], status__in=STANDING
    )
    found = list(months.select_related("area").defer("explanation", "faults"))
    lines = defaultdict[int, list[ComparedLine]](list)
    rows = FeeLine.objects.filter(client_month_id__among=[each.pk for each in found])
    for month_id, *told in rows.order_by("client_month_id", "place").values_list(
        *("client_month_id", "kind", "amount", "service__name", "text", "quantity", "price"),
        *("service__measure", "about_month"),
    ):
        lines[month_id].append(_compared(*told))
    days = _absence_days(client_ids, month)
    return {
        (each.client_id, each.month): (
            ComparedMonth(
                area=each.area_id,
                lines=lines[each.pk],
                is_at_cap=each.is_at_cap,
                absence_days=days[each.client_id, each.month],
            ),
            each.area.name if each.area else "",
        )
        for each in found
    }


def _absence_days(client_ids: Collection[int], month: date) -> dict[tuple[int, date], int]:
    """Return how many days each client is away in the month and in the one before it."""
    spans = [(first, last_day_of_month(first)) for first in (add_months(month, -1), month)]
    rows = Absence.objects.filter(client_id__among=client_ids, removed_at__isnull=True)
    rows = rows.filter(first_on__lte=spans[1][1])
    rows = rows.filter(Q(last_on__isnull=True) | Q(last_on__gte=spans[0][0]))
    found = defaultdict[tuple[int, date], int](int)
    for client_id, first_on, last_on in rows.values_list("client_id", "first_on", "last_on"):
        for first, last in spans:
            away = (min(last_on or last, last) - max(first_on, first)).days + 1
            found[client_id, first] += max(away, 0)
    return found


def _months(month: date) -> QuerySet[ClientMonth]:
    return ClientMonth.objects.filter(month=month, status__in=STANDING)


def _compared(
    kind: str,
    amount: Ore,
    service: str | None,
    text: str,
    quantity: int | None,
    price: Ore | None,
    measure: str | None,
    about_month: date | None,
) -> ComparedLine:
    return ComparedLine(
        kind=LineKind(kind),
        amount=amount,
        service=service or "",
        text=text,
        quantity=quantity,
        price=price,
        measure=Measure(measure) if measure else None,
        about_month=about_month,
    )
