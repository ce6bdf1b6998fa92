"""A run is run again while others work, on PostgreSQL: one press counts, and no line is invoiced twice."""

import datetime as dt

import pytest
from django.db import transaction

from kvitt.foundation.values.problems import Refused
from kvitt.ledger import commands, queries, tasks
from kvitt.ledger.models import Invoice, InvoiceRun, InvoiceRunClinic
from kvitt.registers.organisations.models import Clinic
from tests.ledger.test_concurrency import at_once, codes_of_the_lost, colleague, won

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.requirement("PH-8", "QU-13"),
]
DECEMBER = dt.date(2024, 12, 1)


@pytest.fixture
def run(world, scheme):
    """The December run: Ryd had no account, and has got one since; Linghem has its invoice."""
    ryd = Clinic.objects.filter(pk=world.ryd.pk)
    ryd.update(giro_kind="", giro_number="")
    with transaction.atomic():
        scheme.approve(3)
        scheme.approve(2, clinic=world.linghem, number="A2024-000002")
    tasks.make_due_invoices(on=DECEMBER)
    ryd.update(giro_kind="bankgiro", giro_number="9912346")
    found = InvoiceRun.objects.get()
    assert [each.fault for each in found.clinics.order_by("clinic")] == ["no_account", ""]
    return found


def test_of_two_administrators_who_press_at_once_one_is_refused_in_words(world, run):
    ivar, olga = world.actor("ivar"), colleague(world, "olga", world.region, "administrator")

    results = at_once(
        lambda: commands.repeat_run(ivar, run_id=run.pk), lambda: commands.repeat_run(olga, run_id=run.pk)
    )

    assert len(won(results)) == 1
    assert codes_of_the_lost(results) == ["run_under_way"]
    assert InvoiceRunClinic.objects.exclude(fault="").get(run=run).fault == "waiting"


def test_run_again_under_the_workers_makes_each_invoice_once(world, run):
    ivar = world.actor("ivar")

    def work():
        return [tasks.make_due_invoices(on=DECEMBER) for _ in range(5)]

    at_once(lambda: commands.repeat_run(ivar, run_id=run.pk), work, work)
    tasks.make_due_invoices(on=DECEMBER)

    run.refresh_from_db()
    assert run.finished_at is not None
    assert sorted(invoice.clinic.number for invoice in Invoice.objects.all()) == ["1111", "1112"]
    assert list(queries.breaches()) == []
    with pytest.raises(Refused):
        commands.repeat_run(ivar, run_id=run.pk)
