"""The care reports and patient contacts of the demo, of two patients of `demo_data`."""

from datetime import date, timedelta

from kvitt.foundation.values import dates
from kvitt.portal.management.demo_data import REGION, actor_of
from kvitt.registers.dental_records.commands import contacts, reports
from kvitt.registers.dental_records.lifecycle import ContactKind, Risk
from kvitt.registers.dental_records.models import CareReportSeries
from kvitt.registers.organisations.models import Authority, Practitioner
from kvitt.registers.people.models import Person


def make(*, today: date) -> None:
    """Make contacts and care reports; Rutger's are the seed's 21, settled, and 22, incomplete."""
    CareReportSeries.objects.create(authority=Authority.objects.get(name=REGION), last_number=18)
    tova, rutger = (Person.objects.get(given_name=name) for name in ("Tova", "Rutger"))
    year_ago = dates.add_months(today, -12)
    _care_report(tova, year_ago, findings="54 D D2\n65 O F", risk=Risk.MODERATE)
    wrong = _care_report(tova, today - timedelta(days=14), findings="11 MB D3\n13 D D3", risk=Risk.HIGH)
    anna = actor_of("anna", "1111", today=today)
    _care_report(rutger, today, findings="16 O D1\n46 MO F\n55 M", risk=Risk.LOW, months=24)
    reports.create_report(
        anna, today=today, code=rutger.code, entry=reports.Entry(examined_on=today, findings="36 O D2")
    )
    reports.correct_report(anna, today=today, number=wrong)
    for person, days, kind, note in (
        (rutger, 40, ContactKind.SUMMONED, "Kallelse till revisionsundersökning skickad."),
        (rutger, 12, ContactKind.CANCELLED, "Vårdnadshavare ringde, barnet är sjukt. Ny tid bokad."),
        (rutger, 0, ContactKind.CAME, ""),
        (tova, 30, ContactKind.ABSENT, "Ny kallelse skickad samma dag."),
        (tova, 14, ContactKind.CAME, ""),
    ):
        day = today - timedelta(days=days)
        contacts.add_contact(
            actor_of("anna", "1111", today=day),
            today=day,
            code=person.code,
            entry=contacts.Entry(contacted_on=day, kind=kind, note=note),
        )


def _care_report(person: Person, day: date, *, findings: str, risk: Risk, months: int = 18) -> int:
    """Make a settled care report at the clinic in Ryd and return its number."""
    actor = actor_of("anna", "1111", today=day)
    practitioner = Practitioner.objects.filter(clinic__number="1111").earliest("pk")
    entry = reports.Entry(
        examined_on=day,
        practitioner_id=practitioner.pk,
        findings=findings,
        caries_risk=risk,
        periodontal_risk=Risk.NONE,
        next_revision_on=dates.add_months(day, months),
    )
    number = reports.create_report(actor, today=day, code=person.code, entry=entry)
    reports.settle_report(actor, today=day, number=number, seen=1)
    return number
