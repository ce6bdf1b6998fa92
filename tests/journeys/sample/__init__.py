"""The cast in a world where every page has something to show: the journeys' and the crawl's database.

To the named cast come one user for every role, cases and invoices in every state, a protected patient, news,
questions, and a second authority that has the same things and nothing in common with the first. What an app
shows is made in the file of its name. The third authority is a municipality.
"""

from django.db import transaction

from kvitt.audit.models import Event
from tests.care_world import CareWorld
from tests.journeys.sample import (
    abroad,
    access,
    accounting,
    care_fees,
    clinic_administration,
    dental_records,
    ledger,
    mailing,
    needs_allowance,
    organisations,
    people,
    population_health,
    portal,
    price_lists,
    settlement,
    special_care,
)
from tests.journeys.sample.sample import Sample
from tests.special_world import SpecialWorld

__all__ = ["Sample", "make_sample"]

# In this order: what is made late may use the keys of what is made before it.
_MAKERS = (
    access.make_users,
    needs_allowance.make_cases,
    population_health.make_activities,
    special_care.make_claims_in_review,
    special_care.make_begun_claim,
    special_care.make_certificates,
    special_care.make_claim_invoices,
    special_care.make_claims_files,
    special_care.make_plans,
    dental_records.make_dental_records,
    people.make_persons,
    organisations.make_organisations,
    portal.make_texts,
    price_lists.make_codes,
    mailing.make_mail,
    ledger.make_runs,
    clinic_administration.make_unit,
    settlement.make_payments,
    accounting.make_books,
    *care_fees.MAKERS,
    abroad.check_away,
)


@transaction.atomic
def make_sample() -> Sample:
    """Make everything, on the day that the setting KVITT_TODAY must hold: `World.today`."""
    world = SpecialWorld()
    world.load_catalogue()
    sample = Sample(world, abroad.make_abroad(world), CareWorld())
    for make in _MAKERS:
        make(sample)
    sample.ids["event"] = Event.objects.filter(authority_id=world.region.pk).latest("pk").pk
    return sample
