"""The cast of `tests/world.py`, with care reports and contacts of theirs."""

import datetime as dt

import pytest
from django.utils import translation

from kvitt.audit.models import Event
from kvitt.registers.dental_records.commands import contacts, reports
from kvitt.registers.dental_records.models import CareReport, CariesFinding, PatientContact
from kvitt.registers.listings.models import Listing
from kvitt.registers.people import queries as people
from tests.modules.conftest import Visitor
from tests.world import TODAY, World

REVISION = dt.date(2026, 11, 20)
YESTERDAY, TOMORROW = dt.date(2024, 11, 19), dt.date(2024, 11, 21)


class Surgery(World):
    """The cast at work with reports and contacts."""

    def whole(self, **changes: object) -> reports.Entry:
        """Return what a report needs to be settled, but for what is changed."""
        values = {
            "examined_on": TODAY,
            "practitioner_id": self.karin.pk,
            "findings": "16 O D3\n55 M",
            "caries_risk": "moderate",
            "periodontal_risk": "none",
            "next_revision_on": REVISION,
        }
        return reports.Entry(**{**values, **changes})

    def create(self, person=None, *, by: str = "anna", **changes: object) -> int:
        """Make a whole, incomplete report and return its number."""
        return reports.create_report(
            self.actor(by), today=self.today, code=(person or self.tova).code, entry=self.whole(**changes)
        )

    def change(self, number: int, *, by: str = "anna", seen: int | None = None, **changes: object) -> None:
        seen = self.report(number).version if seen is None else seen
        entry = self.whole(**changes)
        reports.change_report(self.actor(by), today=self.today, number=number, entry=entry, seen=seen)

    def settle(self, number: int, *, by: str = "anna", seen: int | None = None) -> dt.date | None:
        seen = self.report(number).version if seen is None else seen
        return reports.settle_report(self.actor(by), today=self.today, number=number, seen=seen)

    def correct(self, number: int, *, by: str = "anna") -> int:
        return reports.correct_report(self.actor(by), today=self.today, number=number)

    def remove(self, number: int, *, by: str = "anna") -> None:
        reports.remove_report(self.actor(by), number=number)

    def settled(self, person=None, **changes: object) -> int:
        """Make a settled report and return its number."""
        number = self.create(person, **changes)
        self.settle(number)
        return number

    def contact(
        self, person=None, *, by: str = "anna", on: dt.date = TODAY, kind: str = "came", note: str = ""
    ) -> int:
        """Note a contact and return its id."""
        entry = contacts.Entry(on, kind, note)
        return contacts.add_contact(
            self.actor(by), today=self.today, code=(person or self.tova).code, entry=entry
        )

    def report(self, number: int) -> CareReport:
        return CareReport.objects.get(number=number)

    def findings(self, number: int) -> list[str]:
        return sorted(str(one) for one in CariesFinding.objects.filter(report__number=number))

    def revision_end(self, person=None) -> dt.date | None:
        listing = Listing.objects.filter(person=person or self.tova, last_on__isnull=True).get()
        return listing.revision_ends_on

    def move(self, person, clinic, first_on: dt.date = TODAY) -> None:
        """List the patient at another clinic from a day on."""
        held = Listing.objects.filter(person=person, last_on__isnull=True)
        held.update(last_on=first_on - dt.timedelta(days=1))
        Listing.objects.create(person=person, clinic=clinic, first_on=first_on)

    def end_practitioner(self, last_on: dt.date = YESTERDAY) -> None:
        """Let Karin leave Ryd."""
        self.karin.last_on = last_on
        self.karin.save()

    def event(self, action: str) -> Event:
        return Event.objects.filter(action=f"dental_records.{action}").latest("pk")


@pytest.fixture
def world(db, settings):
    """The cast on 2024-11-20."""
    settings.KVITT_TODAY = TODAY
    return Surgery()


@pytest.fixture
def visit(sign_in, world):
    """Return a function that lets one of the cast in, who has searched for the persons named."""

    def visit(name: str, *searched_for: object) -> Visitor:
        client = sign_in(world, name)
        session = client.session
        for person in searched_for:
            people.remember_patient(session, person)
        session.save()
        return Visitor(client)

    return visit


@pytest.fixture(autouse=True)
def in_english():
    """Problems that no page shows are in English too."""
    with translation.override("en"):
        yield


@pytest.fixture
def nothing_saved():
    """Return what there is of reports, contacts and changes: the same means that nothing is saved."""

    def counted() -> tuple[object, ...]:
        kept = (CareReport, CariesFinding, PatientContact, Listing)
        rows = [list(model.objects.order_by("pk").values()) for model in kept]
        return (*rows, Event.objects.filter(is_read=False).count())

    return counted


@pytest.fixture
def reads():
    """Return the recorded reads: what was done, and which persons were seen."""

    def recorded() -> list[tuple[str, list[int]]]:
        events = Event.objects.filter(is_read=True).order_by("pk").prefetch_related("subjects")
        return [(event.action, [subject.person_id for subject in event.subjects.all()]) for event in events]

    return recorded


@pytest.fixture
def lasting_world(transactional_db, settings):
    """The cast in a database that other threads see too."""
    settings.KVITT_TODAY = TODAY
    return Surgery()
