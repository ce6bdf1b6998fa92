"""A municipality with clients of every kind, about eight lines a month each, for the measures of fee runs."""

from collections.abc import Iterator
from datetime import date

from django.db import connection

from bench import databases
from kvitt.foundation.values.identity import luhn_check_digit
from kvitt.modules.care_fees.models import (
    Absence,
    BillingRule,
    Client,
    ClientSettings,
    Dwelling,
    GrantedService,
    Income,
    IncomeStatement,
    PerformedService,
    Placement,
    Rent,
    Service,
    ServicePrice,
    Tenancy,
    Tenant,
)
from kvitt.registers.accounting.models import AccountString
from kvitt.registers.organisations.models import Authority, BillingArea, CareProvider, Clinic
from kvitt.registers.people.models import Address, Person, Relation

AUTHORITY = 1
MONTH, TODAY = date(2024, 10, 1), date(2024, 11, 20)
SINCE = "2020-01-01"
AREAS, UNITS = 20, 100
# Of so many clients one is away, and in another way of twice as many.
AWAY, ONE_AWAY = 10, 3
# Code, kind, care, measure, whether under the cap, öre, öre a day.
SERVICES = (
    ("OMV", "granted", "personal_care", "month", True, 122_300, None),
    ("VBO", "granted", "care_home_care", "month", True, 164_200, None),
    ("LARM", "granted", "alarm", "month", True, 31_000, None),
    ("KOST", "granted", "board", "month", False, 306_000, 10_200),
    ("BOS", "product", "other", "minutes", True, 27_800, None),
    ("LUN", "product", "other", "count", False, 7_800, None),
    ("MAT", "product", "other", "count", False, 24_000, None),
    ("LEV", "product", "other", "count", False, 4_500, None),
    ("DAG", "product", "other", "count", False, 9_800, None),
)
IDS = {code: place for place, (code, *_rest) in enumerate(SERVICES, start=1)}


def fill(last: int, *, after: int = 0) -> None:
    """Write clients to a number, those after another: with the first ones the municipality itself.

    Each third lives in a care home, two of five are couples, each tenth is away.
    """
    if not after:
        _municipality()
    numbers = range(after + 1, last + 1)
    for model, rows in (
        (Person, map(_person, numbers)),
        (Client, map(_client, numbers)),
        (Address, map(_address, numbers)),
        (Placement, map(_placement, numbers)),
        (ClientSettings, map(_settings, numbers)),
        (Relation, (_relation(n) for n in numbers if n % 5 == 0 and n < last)),
        (IncomeStatement, (_statement(n) for n in numbers if not _accepts(n))),
        (Income, (row for n in numbers if not _accepts(n) for row in _incomes(n))),
        (GrantedService, (row for n in numbers for row in _granted(n))),
        (PerformedService, (row for n in numbers for row in _performed(n))),
        (Dwelling, (_dwelling(n) for n in numbers if _is_tenant(n))),
        (Tenancy, (_tenancy(n) for n in numbers if _is_tenant(n))),
        (Tenant, ({"tenancy_id": n, "client_id": n} for n in numbers if _is_tenant(n))),
        (Rent, (_rent(n) for n in numbers if _is_tenant(n))),
        (Absence, (_absence(n) for n in numbers if n % AWAY == ONE_AWAY)),
    ):
        databases.write(model, rows)
    databases.count_on()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _municipality() -> None:
    authority = Authority.objects.create(
        pk=AUTHORITY,
        name="Bench kommun",
        kind="municipality",
        organisation_number="2120000000",
        municipality_code="0580",
        parish_code="058001",
    )
    provider = CareProvider.objects.create(authority=authority, organisation_number="1", name="Provider")
    areas = [
        BillingArea.objects.create(pk=n, authority=authority, name=f"Area {n}", sort_key=f"{n:03}")
        for n in range(1, AREAS + 1)
    ]
    for n in range(1, UNITS + 1):
        Clinic.objects.create(
            pk=n,
            authority=authority,
            provider=provider,
            number=f"{4000 + n}",
            name=f"Unit {n}",
            sort_key=f"{n:03}",
            unit_kind="care_home" if n % 5 == 0 else "home_care",
            area=areas[n % AREAS],
        )
    for code, kind, care, measure, is_capped, amount, day_amount in SERVICES:
        service = Service.objects.create(
            pk=IDS[code],
            authority=authority,
            code=code,
            name=f"Service {code}",
            sort_key=code,
            kind=kind,
            care=care,
            measure=measure,
            is_capped=is_capped,
            place=IDS[code],
            first_on=SINCE,
        )
        ServicePrice.objects.create(service=service, first_on=SINCE, amount=amount, day_amount=day_amount)
    for use, account in (("revenue", "3110"), ("receivable", "1510")):
        AccountString.objects.create(authority=authority, use=use, first_on=SINCE, account=account)
    rule = BillingRule.objects.create(pk=1, authority=authority, name="All", first_on=SINCE)
    rule.areas.set(areas)


def _lives_in_care_home(n: int) -> bool:
    return n % 3 == 0


def _is_tenant(n: int) -> bool:
    return n % 2 == 0 or _lives_in_care_home(n)


def _accepts(n: int) -> bool:
    return n % 5 == 1


def _unit(n: int) -> int:
    """Return a care home for who lives in one, home care in the client's area for others."""
    unit = n % UNITS + 1
    if _lives_in_care_home(n):
        return unit - unit % 5 or UNITS
    return unit if unit % 5 else unit - 1


def _number(n: int) -> str:
    """Return a reserve number, which belongs to nobody."""
    year, serial = 1900 + n // 90_000, n % 90_000
    digits = f"99{year}{serial:05}"
    return digits + luhn_check_digit(digits[-7:])


def _person(n: int) -> databases.Row:
    return {
        "id": n,
        "authority_id": AUTHORITY,
        "identity_number": _number(n),
        "identity_kind": "reserve",
        "code": f"{n:032x}",
        "given_name": f"Given{n}",
        "family_name": "Bench",
        "sort_key": f"bench {n:07}",
        "search_key": f"given{n} bench",
        "born_on": "1940-01-01",
    }


def _client(n: int) -> databases.Row:
    number = f"D2020-{n:06}"
    return {"id": n, "authority_id": AUTHORITY, "number": number, "person_id": n, "created_on": SINCE}


def _address(n: int) -> databases.Row:
    return {
        "person_id": n,
        "kind": "registered",
        "first_on": SINCE,
        "street": f"Gatan {n % 90 + 1}",
        "postcode": "58222",
        "town": "Benchköping",
    }


def _placement(n: int) -> databases.Row:
    return {"client_id": n, "area_id": n % AREAS + 1, "first_on": SINCE}


def _settings(n: int) -> databases.Row:
    fee_type = "couple" if n % 5 in {0, 1} else "single"
    return {
        "client_id": n,
        "first_on": SINCE,
        "fee_type": fee_type,
        "accepts_cap": _accepts(n),
        "parish_code": "058001",
    }


def _relation(n: int) -> databases.Row:
    return {"person_id": n, "other_id": n + 1, "kind": "spouse", "first_on": SINCE}


def _statement(n: int) -> databases.Row:
    rent = {"rent": 500_000 + n % 7 * 50_000}
    named = {"id": n, "client_id": n, "first_on": SINCE, "received_on": SINCE}
    return {**named, **rent, "registered_by": "Bench"}


def _incomes(n: int) -> Iterator[databases.Row]:
    for kind, pace, amount, is_of_spouse in (
        ("pension", "monthly", 1_600_000 + n % 90 * 10_000, False),
        ("capital", "yearly", n % 13 * 100_000, False),
        ("pension", "monthly", 1_500_000, True),
    ):
        if not is_of_spouse or n % 5 == 0:
            yield {
                "statement_id": n,
                "kind": kind,
                "pace": pace,
                "amount": amount,
                "tax": amount // 5,
                "is_of_spouse": is_of_spouse,
            }


def _granted(n: int) -> Iterator[databases.Row]:
    for code in ("VBO", "KOST") if _lives_in_care_home(n) else ("OMV", "LARM"):
        yield {"client_id": n, "service_id": IDS[code], "unit_id": _unit(n), "first_on": SINCE}


def _performed(n: int) -> Iterator[databases.Row]:
    for code in ("BOS", "LUN", "MAT", "LEV", "DAG"):
        yield {
            "client_id": n,
            "service_id": IDS[code],
            "unit_id": _unit(n),
            "month": MONTH.isoformat(),
            "quantity": 45 if code == "BOS" else n % 9 + 1,
        }


def _dwelling(n: int) -> databases.Row:
    return {
        "id": n,
        "authority_id": AUTHORITY,
        "unit_id": _unit(n),
        "number": f"{n}",
        "address": f"Gatan {n}",
        "search_key": f"{n} gatan {n}",
        "kind": "care_home" if _lives_in_care_home(n) else "serviced_flat",
    }


def _tenancy(n: int) -> databases.Row:
    return {
        "id": n,
        "authority_id": AUTHORITY,
        "number": f"H2020-{n:06}",
        "dwelling_id": n,
        "moved_in_on": SINCE,
        "first_on": SINCE,
    }


def _rent(n: int) -> databases.Row:
    return {"tenancy_id": n, "first_on": SINCE, "amount": 500_000 + n % 11 * 10_000}


def _absence(n: int) -> databases.Row:
    reason = ("planned", "unplanned")[n // AWAY % 2]
    return {
        "client_id": n,
        "reason": reason,
        "first_on": "2024-10-08",
        "last_on": "2024-10-19",
        "reported_on": "2024-09-20",
    }
