"""What the rules must know to check claims: of one, or of many in a constant number of statements."""

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
from kvitt.modules.special_care.lifecycle import LIVE, ClaimStatus, SupportType
from kvitt.modules.special_care.models import Certificate, Claim, ClaimLine, PatientCategory
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
)
from kvitt.registers.access.rules import Actor
from kvitt.registers.organisations.models import Clinic
from kvitt.registers.people.models import Person
from kvitt.registers.price_lists import queries as price_lists
from kvitt.registers.price_lists.lifecycle import Pricing

T = TypeVar("T")
_CLAIM_LIMIT = f"{MODULE}.claim_limit_months"
_HIGHEST_FEE = f"{MODULE}.highest_fee"
_FEE_FREE = f"{MODULE}.fee_free_from_age"
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
    [known] = known_for(authority_id, [Asked(clinic, person, facts)], today=today)
    return known


def known_for(authority_id: int, asked: Sequence[Asked], *, today: date) -> list[Known]:
    """Return what the rules must know of each claim, in a number of statements that does not grow with them.

    Claims of one care provider at a time: a preauthorization holds at the provider that asked for it.
    Source: spec SC-11, SC-13.
    """
    records = _records(one.person for one in asked)
    days = set(chain.from_iterable(one.days for one in asked))
    authority = asked[0].clinic.authority
    items = price_lists.items_on(
        authority_id,
        MODULE,
        {(line.code, line.performed_on) for one in asked for line in one.facts.lines if not line.is_fee},
    )
    certified = certificates.certificates_by_person(authority_id, records)
    planned = plans.approved_plans_by_person(authority_id, records, provider_id=asked[0].clinic.provider_id)
    categories = _categories(authority_id)
    parameters = price_lists.parameters_on(authority_id, _wanted_parameters(days, today))
    known_days = _days(authority_id, {code for code, _ in items}, days, parameters, today)
    years = {day.year for day in {*days, today}}
    used = _year_used(authority_id, records, years)
    others = _other_lines(authority_id, records, days)
    taken = _taken_references(asked)
    return [
        Known(
            today=today,
            born_on=one.person.born_on,
            died_on=one.person.died_on,
            certificates=certificate_facts(_of_person(certified, records, one.person)),
            plans=plans.plan_facts(_of_person(planned, records, one.person)),
            items=items,
            days=known_days,
            categories=categories,
            counties=municipalities.counties(),
            own_county=authority.county,
            year_used=used.get(one.person.pk, {}),
            year_limits=_year_limits(one, parameters, today),
            claim_limit_months=parameters[_CLAIM_LIMIT, today],
            is_reference_used=(one.clinic.provider_id, search_key(one.facts.reference)) in taken,
            other_lines=[line for line in others.get(one.person.pk, []) if line.performed_on in one.days],
            first_claimed=_first_claimed(authority_id, one.facts.replaces),
            identity_number=one.person.identity_number,
        )
        for one in asked
    ]


def _records(persons: Iterable[Person]) -> dict[int, int]:
    """Return the record that remains by every record of the persons, those merged into it too."""
    ids = {person.pk for person in persons}
    rows = Person.objects.filter(Q(pk__in=ids) | Q(merged_into_id__in=ids))
    return {pk: merged_into or pk for pk, merged_into in rows.values_list("pk", "merged_into_id")}


def _of_person(found: Mapping[int, list[T]], records: Mapping[int, int], person: Person) -> list[T]:
    """Return what belongs to any record of the person, in its order."""
    return [one for record, kept in records.items() if kept == person.pk for one in found.get(record, [])]


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


def _year_limits(asked: Asked, parameters: Mapping[tuple[str, date], int], today: date) -> dict[int, Ore]:
    """Return the limit of each year as it stands on the claim's newest treatment date of it.

    What a draft shows of this year before it has lines of it is today's. Source: spec CO-15, SC-4a.
    """
    newest = {today.year: today} | {day.year: day for day in sorted(asked.days)}
    name = _YEAR_LIMITS[asked.clinic.is_specialist]
    return {year: parameters.get((name, day), 0) for year, day in newest.items()}


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
    """Return the lines of the persons' claims that are handed in, and neither taken back nor credited."""
    return ClaimLine.objects.filter(
        claim__authority_id=authority_id,
        claim__person_id__in=list(records),
        claim__status__in=list(LIVE),
        claim__credit_invoice__isnull=True,
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


def _first_claimed(authority_id: int, replaced: str) -> dict[tuple[str, date], date]:
    """Return when the care was first claimed that a credited claim held, and those that it replaced in turn.

    Only a claim made instead of another one asks, which is typed by hand.
    """
    found: dict[tuple[str, date], date] = {}
    claims = Claim.objects.select_related("replaces").filter(authority_id=authority_id)
    claim = claims.filter(number=replaced).first() if replaced else None
    while claim is not None:
        if claim.sent_on is not None:
            for code, day in claim.lines.values_list("code", "performed_on"):
                found[code, day] = claim.sent_on
        claim = claim.replaces
    return found


def _taken_references(asked: Iterable[Asked]) -> set[tuple[int, str]]:
    """Return which references the care providers have used, also for claims that were taken back."""
    keys = {search_key(one.facts.reference) for one in asked} - {""}
    rows = Claim.objects.filter(
        provider_id__in={one.clinic.provider_id for one in asked}, reference_key__in=keys
    )
    return set(rows.exclude(status=ClaimStatus.DRAFT).values_list("provider_id", "reference_key"))


def is_reference_used(provider_id: int, key: str) -> bool:
    """Tell whether the care provider has used a claim reference, by its key. Source: spec SC-8."""
    used = Claim.objects.filter(provider_id=provider_id, reference_key=key)
    return used.exclude(status=ClaimStatus.DRAFT).exists()
