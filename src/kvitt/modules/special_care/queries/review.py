"""What quality review needs to know: why a claim is held."""

import secrets
from datetime import date, timedelta

from django.db.models import Min

from kvitt.modules.special_care.lifecycle import LIVE, HoldReason
from kvitt.modules.special_care.models import Claim
from kvitt.modules.special_care.queries.claims import MODULE
from kvitt.modules.special_care.rules.review import CHANCES, HoldFacts, HoldLimits, calculate_hold
from kvitt.registers.organisations.models import ClinicRight
from kvitt.registers.people import queries as people
from kvitt.registers.price_lists import queries as price_lists

COUNTED_DAYS = 30


# Holding ------------------------------------------------------------------------------------------


def hold_reasons(claim: Claim, *, today: date) -> list[HoldReason]:
    """Return why a claim that is sent in today is held; none releases it.

    Its `total` is what its lines sum to. Chance is drawn here, in a constant number of statements.
    Source: spec SC-22.
    """
    limits = _hold_limits(claim.authority_id, on=today)
    connected = ClinicRight.objects.filter(clinic_id=claim.clinic_id, scheme=MODULE)
    since = connected.aggregate(since=Min("first_on"))["since"]
    facts = HoldFacts(
        total=claim.total,
        connected_days=(today - since).days if since else None,
        claims_of_patient=1 + _other_claims(claim, today=today),
    )
    return calculate_hold(facts, limits, chance=secrets.randbelow(CHANCES))


def _other_claims(claim: Claim, *, today: date) -> int:
    """Count the patient's other claims of the last 30 days, today among them, that are still claimed."""
    since = today - timedelta(days=COUNTED_DAYS - 1)
    others = Claim.objects.filter(
        authority_id=claim.authority_id,
        person_id__in=people.record_ids(claim.person),
        status__in=list(LIVE),
        sent_on__gte=since,
        credit_invoice__isnull=True,
    )
    return others.exclude(pk=claim.pk).count()


def _hold_limits(authority_id: int, *, on: date) -> HoldLimits:
    def limit(name: str) -> int:
        return price_lists.parameter(authority_id, f"{MODULE}.{name}", on=on)

    return HoldLimits(
        amount=limit("review_amount"),
        new_clinic_days=limit("review_new_clinic_days"),
        share=limit("review_share"),
        claims_of_patient=limit("review_claims_of_patient"),
    )
