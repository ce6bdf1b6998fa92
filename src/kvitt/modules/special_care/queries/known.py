"""What the rules must know to check claims: of one, or of many in a constant number of statements."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import TypeVar

from django.db.models import Q, QuerySet, Sum

from kvitt.foundation.values import municipalities
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.text import search_key
from kvitt.ledger.lifecycle import DEAD_INVOICES
from kvitt.modules.special_care.lifecycle import LIVE, ClaimStatus, SupportType
from kvitt.modules.special_care.models import Certificate, Claim, ClaimLine, PatientCategory, TreatmentPlan
from kvitt.modules.special_care.queries import certificates, plans
from kvitt.modules.special_care.queries.claims import MODULE
from kvitt.modules.special_care.rules.claim import (
    FEE_CODE,
    CardFacts,
    CategoryFacts,
    CertificateFacts,
    ClaimFacts,
    DayFacts,
    Known,
    LineFacts,
    calculate_references,
)
from kvitt.registers.access.rules import Actor
from kvitt.registers.organisations.models import Clinic
from kvitt.registers.people import queries as people
from kvitt.registers.people.models import Person
from kvitt.registers.price_lists import queries as price_lists
from kvitt.registers.price_lists.lifecycle import Pricing

T = TypeVar("T")
_CLAIM_LIMIT = f"{MODULE}.claim_limit_months"
_HIGHEST_FEE = f"{MODULE}.highest_fee"
_FEE_FREE = f"{MODULE}.fee_free_from_age"
_DEAD_ORDERS = [status.order for status in DEAD_INVOICES]
# By whether the clinic is a specialist's.
_YEAR_LIMITS = {False: f"{MODULE}.year_limit_general", True: f"{MODULE}.year_limit_specialist"}


@dataclass(frozen=True)
class Asked:
    """A claim to be checked: of which clinic, and of whom: the record that remains of merged ones."""

    clinic: Clinic
    person: Person
    facts: ClaimFacts

    @property
    def days(self) -> set[date]:
        """The treatment dates."""
        return {line.performed_on for line in self.facts.lines}


@dataclass(frozen=True)
class Around:
    """What is known of one claim, with the patient's certificates and preauthorizations as they are kept."""

    known: Known
    certificates: Sequence[Certificate]
    plans: Sequence[TreatmentPlan]


# Facts of what is stored ---------------------------------------------------------------------------


def facts_of(claim: Claim) -> ClaimFacts:
    """Return a claim as it was typed: a price only where the code is paid at actual cost, a fee as positive.

    The certificate and its category are chosen by the treatment dates and not typed.
    """
    lines = list(claim.lines.all())
    actual = {
        key
        for key, item in price_lists.items_on(
            claim.authority_id, MODULE, {(line.code, line.performed_on) for line in lines}
        ).items()
        if item.pricing is Pricing.ACTUAL
    }
    has_card = claim.has_card or claim.card_number or claim.card_first_on or claim.card_last_on
    return ClaimFacts(
        support=SupportType(claim.support),
        category=claim.category if claim.support == SupportType.S else "",
        lines=[_line_facts(line, is_actual=(line.code, line.performed_on) in actual) for line in lines],
        invoice_reference=claim.invoice_reference,
        reference=claim.reference,
        care_model=claim.care_model,
        plan_number=claim.plan.number if claim.plan else "",
        card=CardFacts(claim.card_number, claim.card_first_on, claim.card_last_on) if has_card else None,
        county=claim.county,
        replaces=claim.replaces.number if claim.replaces else "",
    )


def _line_facts(line: ClaimLine, *, is_actual: bool) -> LineFacts:
    price: Ore | None = line.price if is_actual else None
    if line.code == FEE_CODE:
        price = -line.price
    return LineFacts(line.performed_on, line.code, line.location, price, line.comment)


def certificate_facts(found: Iterable[Certificate]) -> list[CertificateFacts]:
    """Return certificates as the rules know them."""
    return [
        CertificateFacts(
            number=one.number,
            support=SupportType(one.support),
            category=one.category,
            first_on=one.first_on,
            last_on=one.last_on,
            revoked_on=one.revoked_on,
        )
        for one in found
    ]


def patient_of(claim: Claim) -> Person:
    """Return the patient: the record that remains, where records are merged."""
    return claim.person.merged_into or claim.person


def open_reference(actor: Actor, clinic_id: int) -> str:
    """Return the OCR number of the last claim that the user sent in, while its invoice takes more of them.

    Source: spec SC-8.
    """
    mine = Claim.objects.filter(clinic_id=clinic_id, sent_by=actor.name, invoice__is_open=True)
    last = mine.order_by("-sent_on", "-pk").values_list("invoice__reference", flat=True).first()
    return last or ""


# What is known -------------------------------------------------------------------------------------


def known_of(
    authority_id: int,
    clinic: Clinic,
    person: Person,
    facts: ClaimFacts,
    *,
    today: date,
) -> Known:
    """Return what the rules must know of one claim. Source: spec SC-11."""
    return around(authority_id, clinic, person, facts, today=today).known


def around(
    authority_id: int,
    clinic: Clinic,
    person: Person,
    facts: ClaimFacts,
    *,
    today: date,
) -> Around:
    """Return what is known of one claim, with what it may rest on. Source: spec SC-11."""
    [found] = around_many(authority_id, [Asked(clinic, person, facts)], today=today)
    return found


def known_for(authority_id: int, asked: Sequence[Asked], *, today: date) -> list[Known]:
    """Return what the rules must know of each claim, in a number of statements that does not grow with them.

    Source: spec SC-11, SC-13.
    """
    return [one.known for one in around_many(authority_id, asked, today=today)]


def around_many(authority_id: int, asked: Sequence[Asked], *, today: date) -> list[Around]:
    """Return the same with the certificates and preauthorizations as they are kept.

    Claims of one care provider at a time: a preauthorization holds at the provider that asked for it.
    Source: spec SC-11, SC-13.
    """
    if not asked:
        return []
    records = people.records_by_id({one.person.pk for one in asked})
    days_of = [one.days for one in asked]
    days = set(chain.from_iterable(days_of))
    authority = asked[0].clinic.authority
    items = price_lists.items_on(
        authority_id,
        MODULE,
        {(line.code, line.performed_on) for one in asked for line in one.facts.lines if not line.is_fee},
    )
    certified = _by_person(certificates.certificates_by_person(authority_id, records), records)
    planned = _by_person(
        plans.approved_plans_by_person(authority_id, records, provider_id=asked[0].clinic.provider_id),
        records,
    )
    certified_facts = {person_id: certificate_facts(found) for person_id, found in certified.items()}
    planned_facts = {person_id: plans.plan_facts(found) for person_id, found in planned.items()}
    categories = _categories(authority_id)
    parameters = price_lists.parameters_on(authority_id, _wanted_parameters(days, today))
    known_days = _days(authority_id, {code for code, _ in items}, days, parameters, today)
    limits = _YearLimits(parameters, today)
    years = {day.year for day in {*days, today}}
    used = _year_used(authority_id, records, years) if limits.are_set else {}
    others = _other_lines(authority_id, records, days)
    taken = _taken_references(asked)
    counties, months = municipalities.counties(), parameters[_CLAIM_LIMIT, today]
    return [
        Around(
            Known(
                today=today,
                born_on=one.person.born_on,
                died_on=one.person.died_on,
                certificates=certified_facts.get(one.person.pk, ()),
                plans=planned_facts.get(one.person.pk, ()),
                items=items,
                days=known_days,
                categories=categories,
                counties=counties,
                own_county=authority.county,
                year_used=used.get(one.person.pk, {}),
                year_limits=limits.of(one.clinic, mine),
                claim_limit_months=months,
                is_reference_used=(one.clinic.provider_id, search_key(one.facts.reference)) in taken,
                other_lines=[line for line in others.get(one.person.pk, ()) if line.performed_on in mine],
                first_claimed=_first_claimed(authority_id, one.facts.replaces) if one.facts.replaces else {},
                identity_number=one.person.identity_number,
            ),
            certified.get(one.person.pk, ()),
            planned.get(one.person.pk, ()),
        )
        for one, mine in zip(asked, days_of, strict=True)
    ]


def _by_person(found: Mapping[int, list[T]], records: Mapping[int, int]) -> dict[int, list[T]]:
    """Return what belongs to any record of a person by the one that remains, in its order."""
    by_person: dict[int, list[T]] = {}
    if found:
        for record, kept in records.items():
            if record in found:
                by_person.setdefault(kept, []).extend(found[record])
    return by_person


def _categories(authority_id: int) -> dict[str, CategoryFacts]:
    rows = PatientCategory.objects.filter(authority_id=authority_id)
    return {
        row.code: CategoryFacts(SupportType(row.support), Period(row.first_on, row.last_on)) for row in rows
    }


def _wanted_parameters(days: Iterable[date], today: date) -> set[tuple[str, date]]:
    return {
        (_CLAIM_LIMIT, today),
        *((name, day) for name in (_HIGHEST_FEE, _FEE_FREE) for day in {*days, today}),
        *((name, day) for name in _YEAR_LIMITS.values() for day in {*days, today}),
    }


class _YearLimits:
    """The limit of each year as it stands on a claim's newest treatment date of it.

    What a draft shows of this year before it has lines of it is today's. Source: spec CO-15, SC-4a.
    """

    def __init__(self, parameters: Mapping[tuple[str, date], int], today: date) -> None:
        names = _YEAR_LIMITS.values()
        self._limits = {key: value for key, value in parameters.items() if key[0] in names}
        self._today = today
        self.are_set = any(self._limits.values())

    def of(self, clinic: Clinic, days: Collection[date]) -> dict[int, Ore]:
        """Return the limits for a claim of the clinic with these treatment dates."""
        newest = {self._today.year: self._today} | {day.year: day for day in sorted(days)}
        name = _YEAR_LIMITS[clinic.is_specialist]
        return {year: self._limits.get((name, day), 0) for year, day in newest.items()}


def _days(
    authority_id: int,
    codes: Iterable[str],
    days: Collection[date],
    parameters: Mapping[tuple[str, date], int],
    today: date,
) -> dict[date, DayFacts]:
    """Return what holds on each day; before all regulation what holds today does."""
    combinations = price_lists.combinations_on(authority_id, MODULE, codes, days)
    return {
        day: DayFacts(
            combinations=combinations[day],
            highest_fee=parameters.get((_HIGHEST_FEE, day), parameters[_HIGHEST_FEE, today]),
            fee_free_from_age=parameters.get((_FEE_FREE, day), parameters[_FEE_FREE, today]),
        )
        for day in days
    }


def _live_lines(authority_id: int, records: Mapping[int, int]) -> QuerySet[ClaimLine]:
    """Return the lines of the persons' claims that are handed in, and neither taken back nor credited.

    A claim whose credit was returned counts: the credit can be undone.
    """
    return ClaimLine.objects.filter(
        Q(claim__credit_invoice__isnull=True)
        | Q(claim__credit_invoice__ledger_invoice__status_order__in=_DEAD_ORDERS),
        claim__authority_id=authority_id,
        claim__person_id__among=records,
        claim__status__in=list(LIVE),
    )


def _year_used(
    authority_id: int, records: Mapping[int, int], years: Iterable[int]
) -> dict[int, dict[int, Ore]]:
    """Return by person and year what N and F care without preauthorization comes to, before patient fees."""
    lines = _live_lines(authority_id, records).filter(
        claim__support__in=[SupportType.N, SupportType.F],
        claim__plan__isnull=True,
        performed_on__year__in=list(years),
    )
    sums = lines.exclude(code=FEE_CODE).values("claim__person_id", "performed_on__year")
    used: dict[int, dict[int, Ore]] = {}
    for row in sums.order_by().annotate(amount=Sum("price")):
        mine = used.setdefault(records[row["claim__person_id"]], {})
        year = row["performed_on__year"]
        mine[year] = mine.get(year, 0) + row["amount"]
    return used


def is_year_exceeded(claim: Claim) -> bool:
    """Tell whether the patient's care comes to more than the year's amount, in any year that the claim is of.

    A claim whose credit was returned counts, so that who undoes it can be refused. Source: spec SC-4a.
    """
    if claim.support == SupportType.S or claim.plan_id is not None:
        return False
    records = people.records_by_id({patient_of(claim).pk})
    last_days = {date(line.performed_on.year, 12, 31) for line in claim.lines.all()}
    used = _year_used(claim.authority_id, records, {day.year for day in last_days})
    name = _YEAR_LIMITS[claim.clinic.is_specialist]
    limits = price_lists.parameters_on(claim.authority_id, {(name, day) for day in last_days})
    mine = used.get(patient_of(claim).pk, {})
    return any(0 < limits.get((name, day), 0) < mine.get(day.year, 0) for day in last_days)


def _other_lines(
    authority_id: int, records: Mapping[int, int], days: Iterable[date]
) -> dict[int, list[LineFacts]]:
    rows = _live_lines(authority_id, records).filter(performed_on__in=list(days))
    found: dict[int, list[LineFacts]] = {}
    for person_id, day, code, location in rows.values_list(
        "claim__person_id", "performed_on", "code", "location"
    ):
        found.setdefault(records[person_id], []).append(LineFacts(day, code, location))
    return found


def _first_claimed(authority_id: int, replaced: str) -> dict[tuple[str, date, str], list[date]]:
    """Return when the care was first claimed that a credited claim held, and those that it replaced in turn.

    One day for each line of it, the earliest that a claim with so many of them was sent in. Only a claim made
    instead of another one asks, which is typed by hand. A claim that is not credited any more holds its care.
    """
    found: dict[tuple[str, date, str], list[date]] = {}
    claims = Claim.objects.select_related("replaces").filter(authority_id=authority_id)
    claim = claims.filter(number=replaced).first()
    while claim is not None and claim.sent_on is not None and _is_credited(claim):
        lines = Counter(claim.lines.values_list("code", "performed_on", "location"))
        for key, count in lines.items():
            days = found.setdefault(key, [])
            days[:count] = [claim.sent_on] * count
        claim = claim.replaces
    return found


def _is_credited(claim: Claim) -> bool:
    credit = claim.credit_invoice
    return (
        credit is not None
        and credit.ledger_invoice is not None
        and credit.ledger_invoice.status not in DEAD_INVOICES
    )


def _taken_references(asked: Iterable[Asked]) -> set[tuple[int, str]]:
    """Return which references the care providers have used, also for claims that were taken back."""
    keys = {search_key(one.facts.reference) for one in asked} - {""}
    rows = Claim.objects.filter(
        provider_id__in={one.clinic.provider_id for one in asked}, reference_key__among=keys
    )
    return set(rows.exclude(status=ClaimStatus.DRAFT).values_list("provider_id", "reference_key"))


def proposed_reference(claim: Claim) -> str:
    """Return the reference of a claim that has none typed: one that its care provider has not used.

    Source: spec SC-8.
    """
    choices = calculate_references(claim.number)
    keys = [search_key(choice) for choice in choices]
    rows = Claim.objects.filter(provider_id=claim.provider_id, reference_key__in=keys)
    used = set(rows.exclude(status=ClaimStatus.DRAFT).values_list("reference_key", flat=True))
    return next((choice for choice in choices if search_key(choice) not in used), choices[0])


def is_reference_used(provider_id: int, key: str) -> bool:
    """Tell whether the care provider has used a claim reference, by its key. Source: spec SC-8."""
    used = Claim.objects.filter(provider_id=provider_id, reference_key=key)
    return used.exclude(status=ClaimStatus.DRAFT).exists()
