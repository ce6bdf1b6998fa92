"""Two workers make one batch, two officers begin one, and a period is re-opened meanwhile: numbers hold."""

from functools import partial

import pytest
from django.db import transaction

from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees import tasks
from kvitt.modules.care_fees.commands import invoices as commands
from kvitt.modules.care_fees.models import FeeInvoice, InvoiceBatch
from kvitt.modules.care_fees.queries import invoice_proof
from tests import world as world_module
from tests.care_world import CareWorld
from tests.modules.care_fees.invoicing import OCTOBER, SEPTEMBER, approve, open_batch
from tests.modules.needs_allowance.test_two_at_once import at_once

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.requirement("CF-29", "CF-30", "QU-14"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def world(transactional_db, settings):
    """The cast with ten approved months, in a database that other threads see too."""
    settings.KVITT_TODAY = world_module.TODAY
    made = CareWorld()
    actors = {name: made.actor(name) for name in made.users}
    made.actor = actors.__getitem__
    for client in (made.astrid, made.birger, made.dagny, made.erik, made.greta):
        for month in (SEPTEMBER, OCTOBER):
            approve(client, month=month)
    return made


def proven():
    assert list(invoice_proof.breaches()) == []
    numbers = FeeInvoice.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, len(numbers) + 1))


def test_two_officers_begin_one_batch_and_two_workers_make_it(world, monkeypatch):
    outcomes = at_once(lambda: open_batch(world).number, lambda: open_batch(world).number)
    assert sorted(map(str, outcomes)) == ["1", "['batch_open']"]
    batch = InvoiceBatch.objects.get()
    monkeypatch.setattr(commands, "issue_invoices", partial(commands.issue_invoices, size=2))
    made = at_once(lambda: commands.make_batch(batch.pk), lambda: commands.make_batch(batch.pk))
    assert sum(made) == 10
    tasks.work_on_batches()
    batch.refresh_from_db()
    assert batch.finished_at is not None
    assert FeeInvoice.objects.count() == 10
    proven()


def test_period_that_is_reopened_while_invoices_are_made_has_none_or_voided_ones(world):
    batch = open_batch(world)

    def reopen():
        with transaction.atomic():
            return commands.void_invoices(world.north.pk, OCTOBER)

    voided, made = at_once(reopen, lambda: commands.issue_invoices(batch_id=batch.pk).count)
    states = FeeInvoice.objects.values_list("state", flat=True)
    assert (list(states).count("voided"), len(states)) == (voided, made)
    proven()


def test_chunk_that_is_killed_leaves_no_trace_and_its_numbers_are_given_again(world, monkeypatch):
    batch = open_batch(world)
    assert commands.issue_invoices(batch_id=batch.pk, size=3).count == 3

    def killed(*_args, **_kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(commands.bulk, "insert_rows", killed)
        with pytest.raises(KeyboardInterrupt):
            commands.issue_invoices(batch_id=batch.pk, size=3)
    proven()
    assert commands.make_batch(batch.pk) == 7
    proven()
    with pytest.raises(Refused):
        open_batch(world)
