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
    """What is billed onward to one region for the period; `waiting` is sent in and not paid out yet."""

    county: str
    name: str
    claims: str
    charged: Ore
    credited: Ore
    to_bill: Ore
    waiting: Ore


@dataclass(frozen=True)
class Overview:
    """What `out_of_county.html` shows above the list: a sum for each home region, and of them all."""

    regions: Sequence[HomeRegion]
    total: Ore
    query: str


def out_of_county_claims(actor: Actor, wanted: Wanted) -> QuerySet[Claim]:
    """Return claims for other regions' patients: paid out in the period, a credit settled in it, or waiting.

    Each has what it adds to the bill of the period (`charged`), what it takes away (`credited`), and what
    is billed later (`waiting`: sent in during the period and not paid out yet). A day of payment never
    changes, so that a period that is billed comes to the same ever after. For the authority alone.
    Raises NotAllowed. Source: spec SC-25.
    """
    claims = claims_of(actor)
    if actor.scope is not ScopeKind.AUTHORITY:
        raise NotAllowed(Permission.SEE_CLAIMS.value)
    charged, credited, waiting = _charged("", wanted), _credited("", wanted), _waiting(wanted)
    # Nothing is paid before it is sent in: what came later is not looked at.
    found = claims.filter(~Q(county=""), sent_on__lte=wanted.last_on).filter(charged | credited | waiting)
    if wanted.county:
        found = found.filter(county=wanted.county)
    if wanted.clinic_id:
        found = found.filter(clinic_id=wanted.clinic_id)
    found = found.select_related(
        "clinic", "person__merged_into", "invoice__ledger_invoice", "credit_invoice__ledger_invoice"
    )
    return found.annotate(
        charged=_amount(charged, "total"),
        credited=_amount(credited, "total"),
        waiting=_amount(waiting, "total"),
    )


def out_of_county_lines(actor: Actor, wanted: Wanted) -> QuerySet[ClaimLine]:
    """Return the lines that are billed onward to one home region, and those taken back.

    Raises NotAllowed, Http404. Source: spec SC-25.
    """
    claims = out_of_county_claims(actor, wanted)
    if wanted.county not in municipalities.counties():
        raise Http404
    billed = claims.filter(_charged("", wanted) | _credited("", wanted))
    lines = ClaimLine.objects.filter(claim__in=billed.order_by().values("pk"))
    lines = lines.select_related("claim__clinic", "claim__person__merged_into")
    return lines.annotate(
        charged=_amount(_charged("claim__", wanted), "price"),
        credited=_amount(_credited("claim__", wanted), "price"),
    )


def overview(actor: Actor, wanted: Wanted, *, query: str) -> Overview:
    """Return what each home region is billed for the period. Raises NotAllowed. Source: spec SC-25."""
    sums = (
        out_of_county_claims(actor, wanted)
        .order_by()
        .values("county")
        .annotate(
            claims=Count("pk"),
            charged_sum=Sum("charged"),
            credited_sum=Sum("credited"),
            waiting_sum=Sum("waiting"),
        )
    )
    regions = [
        HomeRegion(
            county=row["county"],
            name=municipalities.county_name(row["county"]),
            claims=format_count(row["claims"]),
            charged=row["charged_sum"],
            credited=row["credited_sum"],
            to_bill=row["charged_sum"] - row["credited_sum"],
            waiting=row["waiting_sum"],
        )
        for row in sums
    ]
    regions.sort(key=lambda region: region.county)
    return Overview(regions, sum(region.to_bill for region in regions), query)


def _charged(prefix: str, wanted: Wanted) -> Q:
    """What was paid out in the period."""
    return Q(
        **{
            f"{prefix}status": ClaimStatus.RELEASED,
            f"{prefix}invoice__ledger_invoice__paid_on__range": (wanted.first_on, wanted.last_on),
        }
    )


def _credited(prefix: str, wanted: Wanted) -> Q:
    """What has a credit that was settled in the period; a returned credit never is."""
    return Q(
        **{
            f"{prefix}status": ClaimStatus.RELEASED,
            f"{prefix}credit_invoice__ledger_invoice__paid_on__range": (wanted.first_on, wanted.last_on),
        }
    )


def _waiting(wanted: Wanted) -> Q:
    """What was sent in during the period, and is neither paid out yet nor credited before that."""
    return Q(
        status__in=sorted(LIVE),
        sent_on__range=(wanted.first_on, wanted.last_on),
        invoice__ledger_invoice__paid_on__isnull=True,
        credit_invoice__isnull=True,
    )


def _amount(counts: Q, column: str) -> Case:
    return Case(When(counts, then=F(column)), default=Value(0), output_field=MoneyField())
