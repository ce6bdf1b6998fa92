"""What happens around an activity: its lines are invoiced, and what is done with them."""

import copy
import datetime as dt

import pytest
from django.db import transaction
from django.test import override_settings

from kvitt.audit.models import Event
from kvitt.ledger import commands as ledger
from kvitt.ledger import queries as ledger_queries
from kvitt.ledger.models import Line
from kvitt.ledger.rules import plan_rows
from kvitt.modules.population_health.commands import procedures
from kvitt.modules.population_health.models import Activity
from kvitt.modules.population_health.queries import activity_page
from kvitt.registers.access.models import RoleGrant
from kvitt.registers.access.rules import Role
from kvitt.registers.organisations.models import Clinic
from tests.modules.conftest import Stage

TWO_NUMBERS = ("20130310-2394", "20130401-2394")


class ActivityStage(Stage):
    """The cast, and what happens around an activity."""

    def lines(self, number: str) -> list[Line]:
        """Return the lines of an activity as they were entered."""
        return list(Line.objects.filter(module="population_health", case_number=number).order_by("pk"))

    def ids(self, number: str, *places: int) -> list[int]:
        """Return the ids of an activity's procedures by their places from 1; of all unless told."""
        lines = self.lines(number)
        return [lines[place - 1].pk for place in places] if places else [line.pk for line in lines]

    def line_statuses(self, number: str) -> list[str]:
        return [line.status for line in self.lines(number)]

    def page(self, number: str, *, by: str = "jenny", **options: object):
        """Return the activity as somebody sees it."""
        return activity_page.activity_page(self.actor(by), number, **options)

    def remove(self, number: str, *places: int, by: str = "jenny") -> None:
        procedures.remove_procedures(self.actor(by), number=number, line_ids=self.ids(number, *places))

    def remove_activity(self, number: str, *, by: str = "jenny") -> None:
        procedures.remove_activity(self.actor(by), number=number)

    def credit(self, number: str, *places: int, by: str = "jenny") -> None:
        procedures.credit_procedures(self.actor(by), number=number, line_ids=self.ids(number, *places))

    def withdraw_credit(self, number: str, *places: int, by: str = "jenny") -> None:
        procedures.withdraw_credits(self.actor(by), number=number, line_ids=self.ids(number, *places))

    def invoice_activities(self, reference: str = "Befolkningsansvar") -> int:
        """Put everything that waits at the clinic in Ryd on an invoice, and return its id."""
        waiting = ledger_queries.waiting_lines([self.ryd.pk], "population_health").order_by("pk")
        with transaction.atomic():
            invoice = ledger.issue_invoice(
                self.system,
                ledger.NewInvoice(
                    module="population_health",
                    clinic_id=self.ryd.pk,
                    external_reference=f"{reference} 1111",
                    invoice_date=self.today,
                    due_date=self.today + dt.timedelta(days=30),
                    rows=plan_rows(ledger_queries.line_facts(waiting)),
                ),
            )
        return invoice.pk

    def paid_activity(self, count: int = 5) -> str:
        """Make an activity on an attested invoice."""
        number = self.create_activity("901", count)
        self.attest(self.invoice_activities())
        return number

    def grant_population(self, name: str, clinic: Clinic) -> None:
        """Let somebody report activities at a clinic too."""
        RoleGrant.objects.create(user=self.users[name], role=Role.POPULATION_BASIC, clinic=clinic)

    def activity(self, number: str) -> Activity:
        return Activity.objects.get(number=number)

    def event(self, action: str) -> Event:
        return Event.objects.get(action=f"population_health.{action}")


@pytest.fixture(scope="module")
def shared_stage(django_db_setup, django_db_blocker):
    """The cast with the demo's codes, made once for a file; what a test changes is undone after it."""
    with django_db_blocker.unblock(), override_settings(KVITT_TODAY=Stage.today), transaction.atomic():
        stage = ActivityStage()
        stage.load_catalogue()
        yield stage
        transaction.set_rollback(True)


@pytest.fixture
def world(shared_stage, db, settings):
    """The cast with the demo's codes and prices, on 2024-11-20; a test's own, in a transaction of its own."""
    settings.KVITT_TODAY = Stage.today
    return copy.deepcopy(shared_stage)


@pytest.fixture
def lasting_world(transactional_db, settings):
    """The cast with the demo's codes in a database that other threads see too."""
    settings.KVITT_TODAY = Stage.today
    stage = ActivityStage()
    stage.load_catalogue()
    return stage
