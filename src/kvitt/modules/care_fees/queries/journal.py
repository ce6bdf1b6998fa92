"""The billing journal: what a month comes to, client by client, for reading before it is approved."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum
from django.http import Http404
from django.utils.translation import gettext

from kvitt.foundation import clock
from kvitt.foundation.values.dates import Period, add_months, last_day_of_month
from kvitt.foundation.values.money import Ore
from kvitt.modules.care_fees.lifecycle import AbsenceReason, FaultKind, Lamp, LineKind, MonthStatus
from kvitt.modules.care_fees.models import (
    Absence,
    Client,
    ClientMonth,
    EstateRespite,
    InvoiceRecipient,
    Placement,
)
from kvitt.modules.care_fees.queries import area_months, clients, invoices, lamps, search
from kvitt.modules.care_fees.queries.month import STANDING
from kvitt.modules.care_fees.rules.invoices import InvoiceLine
from kvitt.registers.access.rules import Permission
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.organisations.models import Authority
from kvitt.registers.people import queries as people
from kvitt.registers.people.lifecycle import ContactKind

if TYPE_CHECKING:
    from kvitt.registers.access.rules import Actor
    from kvitt.registers.organisations.models import BillingArea
    from kvitt.registers.people.models import Person

SUBJECT = "care_fees.journal"
# So many clients are read at a time where all of them are wanted.
CHUNK = 500


@dataclass(frozen=True)
class Wanted:
    """Which journal somebody asks for, and why: `month` is its first day."""

    month: date
    area_ids: tuple[int, ...]
    reason: str


@dataclass(frozen=True)
class AreaSum:
    """What a billing area comes to in the month and the one before (öre), and how many are not calculated."""

    name: str
    client_count: int
    left_count: int
    before: Ore
    now: Ore

    @property
    def difference(self) -> Ore:
        """What it comes to more, or less."""
        return self.now - self.before


@dataclass(frozen=True)
class Journal:
    """The heading of a journal, with the sums of its areas."""

    authority: str
    wanted: Wanted
    areas: Sequence["BillingArea"]
    sums: Sequence[AreaSum]
    made_by: str
    made_at: datetime

    @property
    def total(self) -> AreaSum:
        """The areas together."""
        counts = (sum(row.client_count for row in self.sums), sum(row.left_count for row in self.sums))
        amounts = (sum(row.before for row in self.sums), sum(row.now for row in self.sums))
        return AreaSum(gettext("Total"), *counts, *amounts)


@dataclass(frozen=True)
class JournalClient:
    """A client in the journal: what the month comes to (öre), of what, and what is to be known of it.

    `total` is None where nothing is calculated; `waits` is why the invoice is not made yet.
    """

    client_id: int
    person_id: int
    number: str
    identity: str
    name: str
    area: str
    state: str
    total: Ore | None
    before: Ore
    carried: Ore
    recipient: str
    lines: Sequence[InvoiceLine] = ()
    absences: Sequence[str] = ()
    faults: Sequence[str] = ()
    waits: str = ""

    @property
    def difference(self) -> Ore | None:
        """What the month comes to more, or less, than the one before."""
        return None if self.total is None else self.total - self.before


def journal(actor: "Actor", wanted: Wanted) -> Journal:
    """Return the heading of a journal of the actor's areas. Raises Http404 for an area of others.

    Source: debitering-ao, pages 34-35; spec CF-27.
    """
    areas = areas_to_report(actor, wanted.area_ids)
    return Journal(
        authority=Authority.objects.get(pk=actor.authority_id).name,
        wanted=wanted,
        areas=areas,
        sums=_sums(actor.authority_id, areas, wanted.month),
        made_by=actor.name,
        made_at=clock.now(),
    )


def areas_to_report(actor: "Actor", area_ids: Collection[int]) -> list["BillingArea"]:
    """Return these areas, by name. Raises Http404 unless they are the actor's, all of them; NotAllowed."""
    actor.require(Permission.SEE_CLIENTS)
    found = [area for area in organisations.areas_of(actor) if area.pk in set(area_ids)]
    if not found or len(found) != len(set(area_ids)):
        raise Http404
    return found


def selected_clients(authority_id: int, area_ids: Collection[int], month: date) -> QuerySet[Client]:
    """Return whom the journal shows, with their lamps: the selection of the areas, by area and name.

    Raises Http404 for a month that nothing is known of. Source: spec CF-24, CF-27.
    """
    # Without the areas: of so many clients each is looked up by himself, not by all who are in his area.
    placed = Placement.objects.filter(clients.holds(last_day_of_month(month)), client=OuterRef("pk"))
    lit = lamps.lamps(area_ids, month, area_months.terms_to_show(authority_id, month))
    annotated = lit.annotate(
        area_id=Subquery(placed.values("area")[:1]),
        area_name=Subquery(placed.values("area__name")[:1]),
        area_key=Subquery(placed.values("area__sort_key")[:1]),
    )
    rows: QuerySet[Client] = annotated.select_related("person__merged_into").order_by(
        "area_key", "area_id", "person__sort_key", "pk"
    )
    return rows


def all_clients(authority_id: int, wanted: Wanted, *, today: date) -> Iterator[JournalClient]:
    """Give every client of the journal, a chunk at a time: the memory does not grow with their number."""
    rows = selected_clients(authority_id, wanted.area_ids, wanted.month).iterator(CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        yield from listed(chunk, wanted.month, today=today)


def listed(rows: Sequence[Client], month: date, *, today: date) -> list[JournalClient]:
    """Return these clients with all that the journal tells of them, in a constant number of statements."""
    ids = [row.pk for row in rows]
    found = _Found(ids, month, today)
    return [found.client(row) for row in rows]


class _Found:
    """What is stored of some clients' month."""

    def __init__(self, ids: Sequence[int], month: date, today: date) -> None:
        self._today = today
        last_month = add_months(month, -1)
        months = ClientMonth.objects.filter(client_id__among=ids).exclude(status=MonthStatus.VOIDED)
        rows = months.filter(month__in=[month, last_month]).defer("explanation")
        self._months = {(row.client_id, row.month == month): row for row in rows}
        shown = [row.pk for (_client, is_now), row in self._months.items() if is_now]
        self._lines = invoices.printed_lines(shown)
        self._absences = _absences(ids, month)
        self._recipients = _recipients(ids, today)
        respites = EstateRespite.objects.filter(client_id__among=ids, last_on__gte=today)
        self._respites = dict(respites.order_by("last_on").values_list("client_id", "last_on"))

    def client(self, row: Client) -> JournalClient:
        """Return what is told of one of them; of a protected one neither name nor where he lives."""
        month, before = self._months.get((row.pk, True)), self._months.get((row.pk, False))
        person = search.person_of(row)
        is_calculated = month is not None and month.status in STANDING
        return JournalClient(
            client_id=row.pk,
            person_id=row.person_id,
            number=row.number,
            identity=person.identity_number,
            name=people.listed_name(person),
            area=row.area_name,  # type: ignore[attr-defined]  # annotated above
            state=_state(Lamp(row.lamp), month),  # type: ignore[attr-defined]  # by `lamps.lamps`
            total=month.total if month and is_calculated else None,
            before=before.total if before and before.status in STANDING else 0,
            carried=month.carried_amount if month else 0,
            recipient=self._recipient(row.pk, person),
            lines=_shown_lines(self._lines.get(month.pk, []) if month else [], person),
            absences=self._absences.get(row.pk, []),
            faults=[_fault_text(fault) for fault in month.faults] if month else [],
            waits=self._wait(row.pk),
        )

    def _recipient(self, client_id: int, person: "Person") -> str:
        """Return who gets the invoice today: who is registered for it, else the client, never a dead one."""
        kind, name = self._recipients.get(client_id, (None, ""))
        if kind is None:
            return gettext("The client") if person.died_on is None else gettext("Missing")
        shown = people.hidden_text() if person.is_protected else name
        return f"{gettext(kind.label)}: {shown}"

    def _wait(self, client_id: int) -> str:
        until = self._respites.get(client_id)
        return "" if until is None else gettext("respite of the estate until %(until)s") % {"until": until}


# Steps --------------------------------------------------------------------------------------------


def _state(lamp: Lamp, month: ClientMonth | None) -> str:
    """Return the lamp in words; what was calculated and has changed since is told apart."""
    if lamp is Lamp.RED and month is not None and month.status == MonthStatus.CALCULATED:
        return gettext("Red, changed since it was calculated")
    return gettext(lamp.label)


def _fault_text(fault: dict[str, Any]) -> str:
    """Return a stored fault in words: of what, and that it is the spouse's where it is."""
    text = gettext(FaultKind(fault["kind"]).label)
    if service := fault.get("values", {}).get("service"):
        text = f"{text}: {service}"
    return gettext("%(fault)s (spouse)") % {"fault": text} if fault.get("is_spouse") else text


def _sums(authority_id: int, areas: Iterable["BillingArea"], month: date) -> list[AreaSum]:
    """Return what each area comes to as it was calculated last, and how many of its clients are red."""
    ids = [area.pk for area in areas]
    counted = area_months.counts(ids, month, area_months.terms_to_show(authority_id, month))
    nobody = area_months.AreaCount()
    months = ClientMonth.objects.filter(area_id__in=ids, status__in=STANDING)
    months = months.filter(month__in=[month, add_months(month, -1)])
    sums = {
        (area_id, day): total
        for area_id, day, total in months.values_list("area", "month").annotate(Sum("total"))
    }
    return [
        AreaSum(
            name=area.name,
            client_count=counted.get(area.pk, nobody).tally.all,
            left_count=counted.get(area.pk, nobody).tally.red,
            before=sums.get((area.pk, add_months(month, -1)), 0),
            now=sums.get((area.pk, month), 0),
        )
        for area in areas
    ]


def _absences(ids: Sequence[int], month: date) -> dict[int, list[str]]:
    rows = Absence.objects.filter(client_id__among=ids, removed_at__isnull=True)
    rows = rows.filter(first_on__lte=last_day_of_month(month))
    rows = rows.filter(Q(last_on__isnull=True) | Q(last_on__gte=month)).order_by("first_on")
    found = defaultdict[int, list[str]](list)
    for row in rows:
        period = Period(row.first_on, row.last_on)
        found[row.client_id].append(f"{gettext(AbsenceReason(row.reason).label)} {period}")
    return found


def _recipients(ids: Sequence[int], today: date) -> dict[int, tuple[ContactKind, str]]:
    """Return who is registered to get the invoices today; the settings and the contact must both hold."""
    rows = InvoiceRecipient.objects.filter(clients.holds(today), client_id__among=ids)
    rows = rows.filter(Q(contact__last_on__isnull=True) | Q(contact__last_on__gte=today))
    told = rows.values_list("client_id", "contact__kind", "contact__name")
    return {client_id: (ContactKind(kind), name) for client_id, kind, name in told}


def _shown_lines(lines: Sequence[InvoiceLine], person: "Person") -> list[InvoiceLine]:
    """Return the lines; the rent of a protected person is told without the dwelling (spec QU-19)."""
    if not person.is_protected:
        return list(lines)
    return [
        InvoiceLine(gettext(LineKind.RENT.label), line.amount, kind=line.kind)
        if line.kind is LineKind.RENT
        else line
        for line in lines
    ]
