"""Read what the months of many clients are planned from, in a constant number of statements."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Min, Q, Sum

from kvitt.foundation.lookups import Values
from kvitt.foundation.values.dates import Period
from kvitt.modules.care_fees.lifecycle import (
    AbsenceReason,
    FeeType,
    HomeKind,
    IncomePace,
    LineKind,
    MonthStatus,
)
from kvitt.modules.care_fees.models import (
    Absence,
    Client,
    ClientMonth,
    ClientSettings,
    FeeCorrection,
    FeeLine,
    GrantedService,
    Income,
    IncomeStatement,
    InvoiceRecipient,
    PerformedService,
    Placement,
    Rent,
    ReservedAdjustment,
    Tenant,
)
from kvitt.modules.care_fees.queries.clients import holds
from kvitt.modules.care_fees.queries.partners import NO_CLIENT, People, overlapping, people_of
from kvitt.modules.care_fees.queries.terms import month_terms
from kvitt.modules.care_fees.rules.absence import AbsenceFacts
from kvitt.modules.care_fees.rules.differences import find_reopened
from kvitt.modules.care_fees.rules.income import HousingFacts, IncomeRow, StatedIncome
from kvitt.modules.care_fees.rules.month_facts import (
    BilledLine,
    CarriedFacts,
    CorrectionFacts,
    GrantedFacts,
    LockedMonth,
    MonthFacts,
    MonthTerms,
    PerformedFacts,
    RecipientFacts,
    SettingsFacts,
    TenancyFacts,
)
from kvitt.modules.care_fees.rules.tenancy import DatedRent
from kvitt.registers.people.lifecycle import AddressKind, ContactKind
from kvitt.registers.people.models import Address

# Enumerations by their values: a call of the enumeration itself costs several times as much.
_FEE_TYPES = {each.value: each for each in FeeType}
_REASONS = {each.value: each for each in AbsenceReason}
_HOMES = {each.value: each for each in HomeKind}
_PACES = {each.value: each for each in IncomePace}


def load_facts(client_ids: Sequence[int], month: date, terms: MonthTerms) -> list[MonthFacts]:
    """Return what the month of each client is planned from, in their order.

    The number of statements is that of one client; more where locked months have changed since.
    Source: spec CF-17, CF-20, CF-21, CF-26.
    """
    found = _load(client_ids, month.replace(day=1), terms)
    return [found[client_id] for client_id in client_ids if client_id in found]


# One month ----------------------------------------------------------------------------------------


def _load(
    client_ids: Collection[int], month: date, terms: MonthTerms, *, counted_to: date | None = None
) -> dict[int, MonthFacts]:
    """Return the facts of a month by client.

    Of a locked month, whose absences are counted to a later day, without what other months bring to it.
    """
    is_locked = counted_to is not None
    known = people_of(client_ids, Period(month, terms.last))
    ids, wanted = Values(known.clients), Values(client_ids)
    settings, since = _settings(ids, terms)
    stated = _stated(ids, terms)
    adjustments = _adjustments(ids, terms, since)
    granted, performed = _granted(ids, terms), _performed(ids, month)
    tenancies, absences = _tenancies(wanted, terms), _absences(wanted)
    corrections = _corrections(wanted, month)
    areas = {} if is_locked else _areas(wanted, terms)
    recipients = {} if is_locked else _recipients(known, client_ids, terms)
    carried = {} if is_locked else _carried(wanted, month)
    earlier = {} if is_locked else _earlier(known, absences, client_ids, terms)

    def facts(client_id: int, partner: MonthFacts | None) -> MonthFacts:
        area, is_intake = areas.get(client_id, (None, False))
        return MonthFacts(
            client_id,
            month,
            area,
            not is_intake,
            settings.get(client_id),
            stated.get(client_id),
            adjustments.get(client_id, ()),
            granted.get(client_id, ()),
            performed.get(client_id, ()),
            tenancies.get(client_id, ()),
            absences.get(client_id, ()),
            corrections.get(client_id, ()),
            partner,
            known.clients[client_id].died_on,
            recipients.get(client_id, _NOBODY),
            carried.get(client_id, ()),
            earlier.get(client_id, ()),
            counted_to,
        )

    found = {}
    for client_id in client_ids:
        if client_id in known.clients:
            other = known.partners.get(client_id)
            partner = None
            if other is not None:
                partner = MonthFacts(None, month) if other == NO_CLIENT else facts(other, None)
            found[client_id] = facts(client_id, partner)
    return found


_NOBODY = RecipientFacts()


def _in_month(terms: MonthTerms, path: str = "") -> Q:
    """Return the condition that a dated row holds on any day of the month."""
    return overlapping(Period(terms.month, terms.last), path)


def _settings(ids: Values, terms: MonthTerms) -> tuple[dict[int, SettingsFacts], dict[int, date]]:
    """Return what holds on the month's first day, or begins first in it, and from when that counts."""
    rows = ClientSettings.objects.filter(_in_month(terms), client_id__among=ids).order_by("first_on")
    found, since = {}, {}
    for client_id, fee_type, accepts_cap, parish, first_on in rows.values_list(
        "client_id", "fee_type", "accepts_cap", "parish_code", "first_on"
    ):
        if client_id not in found:
            found[client_id] = SettingsFacts(_FEE_TYPES[fee_type], accepts_cap, parish)
            since[client_id] = max(first_on, terms.month)
    return found, since


def _stated(ids: Values, terms: MonthTerms) -> dict[int, StatedIncome]:
    """Return the statement that holds on the month's first day, or begins first in it."""
    rows = IncomeStatement.objects.filter(_in_month(terms), client_id__among=ids).order_by("first_on")
    by_client = dict[int, tuple[Any, ...]]()
    for client_id, *statement in rows.values_list(
        "client_id", "pk", "home", "rent", "interest", "operating", "square_metres"
    ):
        by_client.setdefault(client_id, tuple(statement))
    if not by_client:
        return {}
    own, spouses = defaultdict[int, list[IncomeRow]](list), defaultdict[int, list[IncomeRow]](list)
    incomes = Income.objects.filter(statement_id__among=Values(each[0] for each in by_client.values()))
    for statement_id, pace, amount, tax, is_of_spouse in incomes.values_list(
        "statement_id", "pace", "amount", "tax", "is_of_spouse"
    ):
        row = IncomeRow(_PACES[pace], amount, tax)
        (spouses if is_of_spouse else own)[statement_id].append(row)
    return {
        client_id: StatedIncome(
            own.get(pk, ()),
            spouses.get(pk, ()),
            HousingFacts(_HOMES[home], rent, interest, operating, metres),
        )
        for client_id, (pk, home, rent, interest, operating, metres) in by_client.items()
    }


def _adjustments(ids: Values, terms: MonthTerms, since: Mapping[int, date]) -> Mapping[int, list[int]]:
    """Return what holds on the month's first day, or where the client begins in it, on that day."""
    rows = ReservedAdjustment.objects.filter(_in_month(terms), client_id__among=ids).order_by("pk")
    found = defaultdict[int, list[int]](list)
    for client_id, first_on, last_on, amount in rows.values_list(
        "client_id", "first_on", "last_on", "amount"
    ):
        day = since.get(client_id, terms.month)
        if first_on <= day and (last_on is None or last_on >= day):
            found[client_id].append(amount)
    return found


def _granted(ids: Values, terms: MonthTerms) -> Mapping[int, list[GrantedFacts]]:
    rows = GrantedService.objects.filter(_in_month(terms), client_id__among=ids)
    return _grouped(
        GrantedFacts,
        rows.values_list("client_id", "service_id", "unit_id", "first_on", "last_on", "amount"),
    )


def _performed(ids: Values, month: date) -> Mapping[int, list[PerformedFacts]]:
    rows = PerformedService.objects.filter(client_id__among=ids, month=month)
    return _grouped(PerformedFacts, rows.values_list("client_id", "service_id", "unit_id", "quantity"))


def _corrections(ids: Values, month: date) -> Mapping[int, list[CorrectionFacts]]:
    rows = FeeCorrection.objects.filter(client_id__among=ids, month=month, removed_at__isnull=True)
    listed = rows.order_by("pk").values_list("client_id", "service_id", "unit_id", "amount", "text")
    return _grouped(CorrectionFacts, listed)


def _grouped(made: Any, rows: Iterable[tuple[Any, ...]]) -> Mapping[int, list[Any]]:  # noqa: ANN401 - a tuple's class
    found = defaultdict[int, list[Any]](list)
    make = made._make
    for row in rows:
        found[row[0]].append(make(row[1:]))
    return found


def _tenancies(ids: Values, terms: MonthTerms) -> Mapping[int, list[TenancyFacts]]:
    """Return the contracts of clients with their rents, and all who hold them."""
    held = Tenant.objects.filter(_in_month(terms, "tenancy__"), client_id__among=ids).order_by("tenancy_id")
    rows = list(
        held.values_list(
            "client_id",
            "tenancy_id",
            "tenancy__number",
            "tenancy__dwelling__unit_id",
            "tenancy__first_on",
            "tenancy__last_on",
        )
    )
    if not rows:
        return {}
    tenancy_ids = Values({row[1] for row in rows})
    tenants = defaultdict[int, list[int]](list)
    for tenancy_id, client_id in Tenant.objects.filter(tenancy_id__among=tenancy_ids).values_list(
        "tenancy_id", "client_id"
    ):
        tenants[tenancy_id].append(client_id)
    rents = defaultdict[int, list[DatedRent]](list)
    dated = Rent.objects.filter(tenancy_id__among=tenancy_ids).order_by("first_on")
    for tenancy_id, first_on, amount in dated.values_list("tenancy_id", "first_on", "amount"):
        rents[tenancy_id].append(DatedRent(first_on, amount))
    found = defaultdict[int, list[TenancyFacts]](list)
    for client_id, tenancy_id, number, unit_id, first_on, last_on in rows:
        found[client_id].append(
            TenancyFacts(number, unit_id, first_on, last_on, rents.get(tenancy_id, ()), tenants[tenancy_id])
        )
    return found


def _absences(ids: Values) -> Mapping[int, list[AbsenceFacts]]:
    """Return all absences: earlier and later ones matter where they adjoin those of the month."""
    rows = Absence.objects.filter(client_id__among=ids, removed_at__isnull=True).order_by("first_on")
    found = defaultdict[int, list[AbsenceFacts]](list)
    for client_id, reason, first_on, last_on, reported_on in rows.values_list(
        "client_id", "reason", "first_on", "last_on", "reported_on"
    ):
        found[client_id].append(AbsenceFacts(_REASONS[reason], first_on, last_on, reported_on))
    return found


def _areas(ids: Values, terms: MonthTerms) -> dict[int, tuple[int, bool]]:
    """Return the billing area of the month's last day, and whether it is that for intake."""
    rows = Placement.objects.filter(holds(terms.last), client_id__among=ids)
    listed = rows.values_list("client_id", "area_id", "area__is_intake")
    return {client_id: (area_id, is_intake) for client_id, area_id, is_intake in listed}


def _recipients(known: People, ids: Collection[int], terms: MonthTerms) -> dict[int, RecipientFacts]:
    """Return what stands of recipients and addresses after the month: an invoice uses those of its date."""
    still = Q(last_on__isnull=True) | Q(last_on__gt=terms.last)
    rows = InvoiceRecipient.objects.filter(still, client_id__among=Values(ids))
    named, estates = set(), set()
    for client_id, kind in rows.values_list("client_id", "contact__kind"):
        named.add(client_id)
        if kind == ContactKind.ESTATE:
            estates.add(client_id)
    addressed, safe = set(), set()
    for person, kind in Address.objects.filter(still, person_id__among=Values(known.records)).values_list(
        "person_id", "kind"
    ):
        addressed.add(known.records[person])
        if kind == AddressKind.STAYING:
            safe.add(known.records[person])
    return {
        client_id: RecipientFacts(
            client_id in named,
            client_id in estates,
            known.clients[client_id].person in addressed,
            known.clients[client_id].person in safe,
            known.clients[client_id].is_protected,
        )
        for client_id in ids
        if client_id in known.clients
    }


# What other months bring --------------------------------------------------------------------------


def _carried(ids: Values, month: date) -> Mapping[int, list[CarriedFacts]]:
    """Return what earlier approved months carried and no other approved one has brought, by what it is of."""
    rows = ClientMonth.objects.filter(
        client_id__among=ids, month__lt=month, status=MonthStatus.APPROVED
    ).exclude(carried_amount=0)
    carried = list(rows.order_by("month").values_list("pk", "client_id", "month"))
    if not carried:
        return {}
    lines = FeeLine.objects.filter(
        client_month__client_id__among={client_id for _pk, client_id, _month in carried},
        client_month__status=MonthStatus.APPROVED,
        kind=LineKind.CARRIED,
    ).exclude(client_month__month=month)
    brought = set(lines.values_list("client_month__client_id", "about_month"))
    left = {pk: (client_id, of_month) for pk, client_id, of_month in carried}
    left = {pk: each for pk, each in left.items() if each not in brought}
    names = ("client_month_id", "service_id", "unit_id", "vat_percent")
    lines = FeeLine.objects.filter(client_month_id__among=[*left])
    sums = lines.values(*names).annotate(total=Sum("amount"), at=Min("place"))
    found = defaultdict[int, list[CarriedFacts]](list)
    in_order = sums.order_by("client_month__month", "at")
    for pk, service, unit, vat, amount in in_order.values_list(*names, "total"):
        client_id, of_month = left[pk]
        if amount:
            found[client_id].append(CarriedFacts(of_month, amount, service, unit, vat))
    return found


def _earlier(
    known: People, absences: Mapping[int, list[AbsenceFacts]], ids: Collection[int], terms: MonthTerms
) -> Mapping[int, list[LockedMonth]]:
    """Return the locked months that may come to something else now, each with what was billed of it."""
    since = dict[int, date]()
    for client_id in ids:
        if client_id not in known.clients:
            continue
        days = [known.clients[client_id].changed_from]
        if client_id in absences:
            days.append(find_reopened(absences[client_id], terms.absence, through=terms.last))
        told = [day.replace(day=1) for day in days if day is not None]
        if told:
            since[client_id] = min(told)
    if not since:
        return {}
    locked = ClientMonth.objects.filter(
        client_id__among=[*since], month__gte=min(since.values()), status=MonthStatus.APPROVED
    ).exclude(month=terms.month)
    by_month = defaultdict[date, list[int]](list)
    for client_id, month in locked.order_by("month").values_list("client_id", "month"):
        if month >= since[client_id]:
            by_month[month].append(client_id)
    found = defaultdict[int, list[LockedMonth]](list)
    for month, mine in by_month.items():
        authority_id = Client.objects.values_list("authority_id", flat=True).get(pk=mine[0])
        own = month_terms(authority_id, month)
        # A later month that is locked already is counted to its own end.
        counted_to = max(terms.last, own.last)
        facts, billed = _load(mine, month, own, counted_to=counted_to), _billed(mine, month, but=terms.month)
        for client_id in mine:
            found[client_id].append(LockedMonth(facts[client_id], own, billed.get(client_id, ())))
    return found


def _billed(ids: Collection[int], month: date, *, but: date) -> Mapping[int, list[BilledLine]]:
    """Return what was billed of a month: its own lines, and differences of it in other approved months."""
    own = Q(client_month__month=month) & ~Q(kind__in=[LineKind.DIFFERENCE, LineKind.CARRIED])
    later = Q(about_month=month, kind=LineKind.DIFFERENCE) & ~Q(client_month__month=but)
    rows = FeeLine.objects.filter(
        own | later, client_month__client_id__among=ids, client_month__status=MonthStatus.APPROVED
    )
    return _grouped(
        BilledLine,
        rows.values_list("client_month__client_id", "service_id", "unit_id", "vat_percent", "amount"),
    )
