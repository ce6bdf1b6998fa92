"""Out-of-county care (*utomlänstandvård*): what other regions' patients cost, for billing it onward."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Count, F, Q, QuerySet, Sum, Value, When
from django.http import Http404

from kvitt.foundation.fields import MoneyField
from kvitt.foundation.values import municipalities
from kvitt.foundation.values.money import Ore, format_count
from kvitt.modules.special_care.lifecycle import LIVE, ClaimStatus
from kvitt.modules.special_care.models import Claim, ClaimLine
from kvitt.modules.special_care.queries.claims import claims_of
from kvitt.registers.access.rules import Actor, NotAllowed, Permission, ScopeKind


@dataclass(frozen=True)
class Wanted:
    """What is asked for: a period, and a home region and a clinic where they are chosen."""

    first_on: date
    last_on: date
    county: str = ""
    clinic_id: int | None = None


@dataclass(frozen=True)
class HomeRegion:
    """What is billed onward to one region for the period."""

    county: str
    name: str
    claims: str
    charged: Ore
    credited: Ore
    to_bill: Ore


@dataclass(frozen=True)
class Overview:
    """What `out_of_county.html` shows above the list: a sum for each home region, and of them all."""

    regions: Sequence[HomeRegion]
    total: Ore
    query: str


def out_of_county_claims(actor: Actor, wanted: Wanted) -> QuerySet[Claim]:
    """Return claims for other regions' patients that were sent in or credited in the period, not voided ones.

    Each has what it adds to the bill of the period (`charged`, once it is approved for payment) and what it
    takes away (`credited`). For the authority alone. Raises NotAllowed. Source: spec SC-25.
    """
    claims = claims_of(actor)
    if actor.scope is not ScopeKind.AUTHORITY:
        raise NotAllowed(Permission.SEE_CLAIMS.value)
    sent, credited = _in_period("", wanted)
    found = claims.filter(sent | credited, status__in=sorted(LIVE)).exclude(county="")
    if wanted.county:
        found = found.filter(county=wanted.county)
    if wanted.clinic_id:
        found = found.filter(clinic_id=wanted.clinic_id)
    found = found.select_related("clinic", "person__merged_into", "credit_invoice")
    return found.annotate(
        charged=_amount(sent & Q(status=ClaimStatus.RELEASED), "total"), credited=_amount(credited, "total")
    )


def out_of_county_lines(actor: Actor, wanted: Wanted) -> QuerySet[ClaimLine]:
    """Return the lines that are billed onward to one home region, and those taken back.

    Raises NotAllowed, Http404. Source: spec SC-25.
    """
    claims = out_of_county_claims(actor, wanted)
    if wanted.county not in municipalities.counties():
        raise Http404
    sent, credited = _in_period("claim__", wanted)
    lines = ClaimLine.objects.filter(
        claim__in=claims.filter(status=ClaimStatus.RELEASED).order_by().values("pk")
    )
    lines = lines.select_related("claim__clinic", "claim__person__merged_into")
    return lines.annotate(charged=_amount(sent, "price"), credited=_amount(credited, "price"))


def overview(actor: Actor, wanted: Wanted, *, query: str) -> Overview:
    """Return what each home region is billed for the period. Raises NotAllowed. Source: spec SC-25."""
    sums = (
        out_of_county_claims(actor, wanted)
        .order_by()
        .values("county")
        .annotate(claims=Count("pk"), charged_sum=Sum("charged"), credited_sum=Sum("credited"))
    )
    regions = [
        HomeRegion(
            county=row["county"],
            name=municipalities.county_name(row["county"]),
            claims=format_count(row["claims"]),
            charged=row["charged_sum"],
            credited=row["credited_sum"],
            to_bill=row["charged_sum"] - row["credited_sum"],
        )
        for row in sums
    ]
    regions.sort(key=lambda region: region.county)
    return Overview(regions, sum(region.to_bill for region in regions), query)


def _in_period(prefix: str, wanted: Wanted) -> tuple[Q, Q]:
    """Return what was sent in, and what was credited, in the period."""
    days = (wanted.first_on, wanted.last_on)
    sent = Q(**{f"{prefix}sent_on__range": days})
    return sent, Q(**{f"{prefix}credit_invoice__received_on__range": days})


def _amount(counts: Q, column: str) -> Case:
    return Case(When(counts, then=F(column)), default=Value(0), output_field=MoneyField())
