"""Visiting the pages as somebody of the cast: `visit("anna").get("needs_allowance:case", number)`."""

import copy
import datetime as dt

import pytest
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import translation

from kvitt.audit.models import Event
from kvitt.ledger import commands as ledger
from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.modules.needs_allowance.commands import credits as credit_commands
from kvitt.modules.needs_allowance.commands import procedures
from kvitt.modules.needs_allowance.models import Case, Procedure
from kvitt.modules.needs_allowance.queries import case_page
from kvitt.registers.access.rules import Actor
from kvitt.registers.listings.models import Listing
from kvitt.registers.organisations import commands as organisations
from kvitt.registers.organisations.models import Clinic, ClinicRight, Practitioner
from kvitt.registers.price_lists.models import Price, PriceListItem
from tests.modules.page import Page
from tests.world import World


class Visitor:
    """Somebody who is signed in, and the pages he gets."""

    def __init__(self, client: Client) -> None:
        self.client = client
        client.cookies["kvitt_language"] = "en"

    def get(self, name: str, *args: object, **query: str) -> Page:
        return Page(self.client.get(reverse(name, args=args), query))

    def follow(self, url: str) -> Page:
        """Open what a link of a page leads to."""
        return Page(self.client.get(url))

    def download(self, name: str, *args: object, **query: str) -> tuple[int, bytes]:
        """Return the status and content of a file."""
        response = self.client.get(reverse(name, args=args), query)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        return response.status_code, content

    def post(self, name: str, *args: object, query: str = "", follow: bool = False, **typed: object) -> Page:
        """Send a form; `follow` goes on to the page that it leads to."""
        return Page(self.client.post(reverse(name, args=args) + query, typed, follow=follow))


class Stage(World):
    """The cast, and what happens around a case: prices change, people leave and move, time passes."""

    # Time and registers ---------------------------------------------------------------------------

    def pass_time_to(self, day: dt.date, settings) -> None:
        """Let it be another day, for commands and pages alike."""
        self.today = day
        settings.KVITT_TODAY = day

    def set_price(self, code: str, first_on: dt.date, amount: int) -> None:
        item = PriceListItem.objects.get(code=code, module="needs_allowance")
        Price.objects.create(item=item, first_on=first_on, amount=amount)

    def code(self, **values: object):
        """Return the rows of a code of the price list."""
        return PriceListItem.objects.filter(authority=self.region, **values)

    def end_practitioner(self, practitioner: Practitioner, last_on: dt.date) -> None:
        Practitioner.objects.filter(pk=practitioner.pk).update(last_on=last_on)

    def move(self, person, clinic: Clinic, first_on: dt.date) -> None:
        """List the patient at another clinic from a day on."""
        Listing.objects.filter(person=person, last_on__isnull=True).update(
            last_on=first_on - dt.timedelta(days=1)
        )
        Listing.objects.create(person=person, clinic=clinic, first_on=first_on)

    def disconnect(self, clinic: Clinic) -> None:
        """Take the clinic's right to needs allowance away."""
        ClinicRight.objects.filter(clinic=clinic).delete()

    def close(self, clinic: Clinic, settings) -> None:
        """Close the clinic at the end of today, and let it be tomorrow."""
        organisations.close_clinic(
            self.actor("ivar"), today=self.today, clinic_id=clinic.pk, closed_on=self.today
        )
        self.pass_time_to(self.today + dt.timedelta(days=1), settings)

    def return_invoice(self, invoice_id: int, to: InvoiceStatus, *, reason: str = "") -> None:
        """Let the region return an invoice, or the clinic recall it."""
        with transaction.atomic():
            ledger.return_invoice(invoice_id, to, reason=reason)

    # Looking --------------------------------------------------------------------------------------

    def case(self, number: str) -> Case:
        return Case.objects.get(number=number)

    def procedure(self, code: str) -> Procedure:
        """Return the one procedure of the code that there is."""
        return self.reload(Procedure.objects.get(code=code))

    def procedure_first(self, code: str) -> Procedure:
        """Return the procedure of the code that was entered first."""
        return self.reload(Procedure.objects.filter(code=code).earliest("pk"))

    def procedure_now(self, code: str) -> Procedure:
        """Return the procedure of the code that was entered last: a copy, where it was entered anew."""
        return self.reload(Procedure.objects.filter(code=code).latest("pk"))

    def procedure_at(self, code: str, location: str) -> Procedure:
        """Return the one procedure of the code at a place."""
        return self.reload(Procedure.objects.get(code=code, location=location))

    def case_page(self, number: str, *, by: str = "anna", **options):
        """Return the case as somebody sees it."""
        return self.case_page_for(self.actor(by), number, **options)

    def case_page_for(self, actor: Actor, number: str, **options):
        """Return the case as the actor sees it."""
        return case_page.case_page(actor, number, today=self.today, session={}, **options)

    def row(self, number: str, code: str):
        """Return the last row of a code on the case page, removed ones too."""
        rows = self.case_page(number, shows_removed=True).rows
        return [row for row in rows if row.code == code][-1]

    def event(self, action: str) -> Event:
        return Event.objects.get(action=f"needs_allowance.{action}")

    # Acting ---------------------------------------------------------------------------------------

    def change(self, procedure: Procedure, *, by: str = "anna", **changes: object) -> Procedure:
        """Change a procedure; what is not said stays as it is."""
        kept = {
            "practitioner_id": procedure.practitioner_id,
            "performed_on": procedure.performed_on,
            "location": procedure.location,
            "surface": procedure.surface,
        }
        procedures.change_procedure(
            self.actor(by),
            today=self.today,
            number=procedure.case.number,
            procedure_id=procedure.pk,
            report=procedures.Report(procedure.code, **{**kept, **changes}),
        )
        return self.reload(procedure)

    def remove(self, procedure: Procedure, *, by: str = "anna") -> Procedure:
        procedures.remove_procedure(self.actor(by), number=procedure.case.number, procedure_id=procedure.pk)
        return self.reload(procedure)

    def withdraw_credit(self, procedure: Procedure, *, by: str = "anna") -> None:
        credit_commands.withdraw_credit(
            self.actor(by), number=procedure.case.number, procedure_id=procedure.pk
        )

    def statuses(self, number: str) -> dict[str, list[str]]:
        """Return the statuses of each code of a case, in the order they were entered."""
        found: dict[str, list[str]] = {}
        for one in Procedure.objects.filter(case__number=number).select_related("line").order_by("pk"):
            found.setdefault(one.code, []).append(one.shown_status.value)
        return found

    def reload(self, procedure: Procedure) -> Procedure:
        return Procedure.objects.select_related("line", "case", "practitioner").get(pk=procedure.pk)


@pytest.fixture(scope="module")
def shared_stage(django_db_setup, django_db_blocker):
    """The cast with the demo's codes, made once for a file; what a test changes is undone after it."""
    with django_db_blocker.unblock(), override_settings(KVITT_TODAY=World.today), transaction.atomic():
        stage = Stage()
        stage.load_catalogue()
        yield stage
        transaction.set_rollback(True)


@pytest.fixture
def world(shared_stage, db, settings):
    """The cast with the demo's codes and prices, on 2024-11-20; a test's own, in a transaction of its own."""
    settings.KVITT_TODAY = World.today
    return copy.deepcopy(shared_stage)


@pytest.fixture
def visit(sign_in, world):
    """Return a function that lets one of the cast in."""
    return lambda name: Visitor(sign_in(world, name))


@pytest.fixture(autouse=True)
def in_english():
    """Problems that no page shows are in English too."""
    with translation.override("en"):
        yield


@pytest.fixture
def nothing_saved():
    """Return what there is of cases, procedures and changes: the same means that nothing is saved."""

    def counted() -> tuple[object, ...]:
        procedures_there = list(Procedure.objects.order_by("pk").values())
        cases_there = list(Case.objects.order_by("pk").values())
        return cases_there, procedures_there, Event.objects.filter(is_read=False).count()

    return counted


@pytest.fixture
def reads():
    """Return the recorded reads: what was done, and which persons were seen."""

    def recorded() -> list[tuple[str, list[int]]]:
        events = Event.objects.filter(is_read=True).order_by("pk").prefetch_related("subjects")
        return [
            (event.action, sorted(subject.person_id for subject in event.subjects.all())) for event in events
        ]

    return recorded


@pytest.fixture
def lasting_world(transactional_db, settings):
    """The cast with the demo's codes in a database that other threads see too."""
    settings.KVITT_TODAY = World.today
    stage = Stage()
    stage.load_catalogue()
    return stage
