"""Whatever order batches, chunks, kills and re-openings come in, no number of invoices is lost."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import invoices as commands
from kvitt.modules.care_fees.models import ClientMonth, FeeInvoice, InvoiceBatch
from kvitt.modules.care_fees.queries import invoice_proof
from tests.modules.care_fees.invoicing import OCTOBER, SEPTEMBER, approve, open_batch

pytestmark = [pytest.mark.production, pytest.mark.requirement("CF-29", "QU-14")]

STEPS = ("approve", "open", "chunk", "killed chunk", "finish", "reopen north", "reopen south")


class Killed(Exception):  # noqa: N818 - reads as a sentence
    """The process is gone in the middle of a transaction."""


def take(world, step):
    """Take one step of a history; what cannot be done now is refused."""
    batch = InvoiceBatch.objects.filter(finished_at__isnull=True).first()
    if step == "approve":
        approve_one(world)
    elif step == "open":
        open_batch(world)
    elif step == "chunk" and batch:
        commands.issue_invoices(batch_id=batch.pk, size=2)
    elif step == "killed chunk" and batch:
        with transaction.atomic():
            commands.issue_invoices(batch_id=batch.pk, size=2)
            raise Killed
    elif step == "finish" and batch:
        commands.finish_batch(batch_id=batch.pk)
    elif step.startswith("reopen"):
        with transaction.atomic():
            commands.void_invoices((world.north if "north" in step else world.south).pk, OCTOBER)


def approve_one(world):
    """Approve the first month that does not stand."""
    for client in (world.astrid, world.birger, world.greta):
        for month in (SEPTEMBER, OCTOBER):
            if not ClientMonth.objects.filter(client=client, month=month).exclude(status="voided").exists():
                approve(client, month=month)
                return


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(STEPS), max_size=25))
def test_numbers_have_no_gap_whatever_happens(care_world, steps):
    with transaction.atomic():
        for step in ("approve", "approve", "approve", "open", *steps):
            try:
                take(care_world, step)
            except (Refused, Killed):
                continue
        assert list(invoice_proof.breaches()) == []
        numbers = FeeInvoice.objects.order_by("number").values_list("number", flat=True)
        assert list(numbers) == list(range(1, len(numbers) + 1))
        transaction.set_rollback(True)
