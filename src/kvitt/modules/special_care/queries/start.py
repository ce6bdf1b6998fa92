"""Figures and counts of special care dentistry for the start page."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q, Sum

from kvitt.foundation import clock
from kvitt.foundation.values import dates
from kvitt.foundation.values.money import Ore
from kvitt.ledger import queries as ledger
from kvitt.modules.special_care.lifecycle import ClaimStatus
from kvitt.modules.special_care.queries.claims import MODULE, claims_of
from kvitt.registers.access.rules import Actor

VOIDED_DAYS = 30


@dataclass(frozen=True)
class ClinicSums:
    """What a clinic's claims come to: counts, and what was approved in the running month (öre)."""

    drafts: int
    under_review: int
    asked: int
    voided: int
    approved: int
    approved_amount: Ore


def clinic_sums(actor: Actor, *, today: date) -> ClinicSums:
    """Return the figures of the actor's clinics, in one statement; voided ones are of the last 30 days.

    Source: spec CO-28.
    """
    since = datetime.combine(today - timedelta(days=VOIDED_DAYS), time.min, tzinfo=clock.STOCKHOLM)
    draft, held = Q(status=ClaimStatus.DRAFT), Q(status=ClaimStatus.HELD)
    voided = Q(status=ClaimStatus.VOIDED, changed_at__gte=since)
    approved = Q(status=ClaimStatus.RELEASED, released_on__gte=today.replace(day=1), released_on__lte=today)
    # The rest, years of it, is not read.
    sums = (
        claims_of(actor)
        .filter(draft | held | voided | approved)
        .aggregate(
            drafts=Count("pk", filter=draft),
            under_review=Count("pk", filter=held),
            asked=Count("pk", filter=held & ~Q(question="") & Q(answer="")),
            voided=Count("pk", filter=voided),
            approved=Count("pk", filter=approved),
            approved_amount=Sum("total", filter=approved),
        )
    )
    return ClinicSums(**{**sums, "approved_amount": sums["approved_amount"] or 0})


def paid_this_month(actor: Actor, *, today: date) -> ledger.StatusSum:
    """Return what was paid out to the actor's clinics in the running month."""
    return ledger.paid_out(
        actor, MODULE, first_on=today.replace(day=1), last_on=dates.last_day_of_month(today)
    )
