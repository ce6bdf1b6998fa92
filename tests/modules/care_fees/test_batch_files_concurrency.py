"""Two at the same moment on PostgreSQL: a batch is sent once, or its area is re-opened, never both."""

import pytest
from django.db import transaction

from kvitt.modules.care_fees import tasks
from kvitt.modules.care_fees.commands import batch_files as commands
from kvitt.modules.care_fees.commands import invoices as invoice_commands
from kvitt.modules.care_fees.models import FeeInvoice
from kvitt.modules.care_fees.queries import batch_files as queries
from kvitt.settlement.models import OutgoingFile
from tests.care_world import CareWorld
from tests.ledger.test_concurrency import at_once, codes_of_the_lost, won
from tests.modules.care_fees import invoicing

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.requirement("CF-29", "QU-13"),
]


def test_a_batch_is_sent_once_or_voided(transactional_db, settings):
    settings.KVITT_TODAY = CareWorld.today
    world = CareWorld()
    bodil = world.actor("bodil")
    for client in (world.astrid, world.birger):
        invoicing.approve(client)
    first = invoicing.make(world)[0].batch

    def send(batch):
        return commands.send_batch(bodil, batch_id=batch.pk)

    # Whoever makes the files at once keeps one of each.
    at_once(*[tasks.make_batch_files] * 3)
    assert OutgoingFile.objects.count() == 1
    results = at_once(*[lambda: send(first)] * 3)

    assert len(won(results)) == 1
    assert codes_of_the_lost(results) == ["already_sent"] * 2
    assert OutgoingFile.objects.count() == 2

    invoicing.approve(world.dagny, month=invoicing.SEPTEMBER)
    second = invoicing.make(world)[0].batch

    def void():
        with transaction.atomic():
            return invoice_commands.void_invoices(world.north.pk, invoicing.SEPTEMBER)

    results = at_once(lambda: send(second), void)

    assert len(won(results)) == 1
    assert codes_of_the_lost(results)[0] in {"already_sent", "nothing", "files_not_ready"}
    state = FeeInvoice.objects.get(batch=second).state
    assert state == ("voided" if won(results) == [1] else "sent")
    assert list(queries.breaches()) == []
