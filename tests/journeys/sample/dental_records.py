"""Reports of dental status, and contacts."""

import datetime as dt

from kvitt.registers.dental_records.commands import contacts, reports
from tests.journeys.sample.sample import Sample


def make_dental_records(sample: Sample) -> None:
    """Tova has a settled report, one that corrects an older one and can be settled, and two contacts."""
    world, ids, anna = sample.world, sample.ids, sample.world.actor("anna")
    whole = reports.Entry(
        examined_on=world.today,
        practitioner_id=world.karin.pk,
        findings="16 MO D3\n54 D D1\n55 M",
        caries_risk="moderate",
        periodontal_risk="none",
        next_revision_on=world.today + dt.timedelta(days=365),
    )
    for key in ("corrected report", "settled report"):
        ids[key] = reports.create_report(anna, today=world.today, code=world.tova.code, entry=whole)
        reports.settle_report(anna, today=world.today, number=ids[key], seen=1)
    ids["report"] = reports.correct_report(anna, today=world.today, number=ids["corrected report"])
    for kind, note in (("summoned", "Brev till vårdnadshavare."), ("came", "")):
        entry = contacts.Entry(world.today, kind, note)
        ids["patient contact"] = contacts.add_contact(
            anna, today=world.today, code=world.tova.code, entry=entry
        )
