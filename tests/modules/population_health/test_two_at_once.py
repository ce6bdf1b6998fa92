"""Two at once on PostgreSQL: a procedure is removed, invoiced or credited once, and the other is told."""

import pytest
from django.db import connection

from kvitt.foundation.values.problems import Refused
from kvitt.ledger import queries as ledger
from kvitt.ledger.models import InvoiceRow
from kvitt.modules.population_health.commands import procedures
from kvitt.modules.population_health.queries import proof
from tests.ledger.test_concurrency import at_once

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.requirement("CO-24", "QU-13"),
]
ROUNDS = 3


@pytest.fixture
def world(lasting_world):
    """The cast, where everybody has signed in already."""
    actors = {name: lasting_world.actor(name) for name in lasting_world.users}
    lasting_world.actor = actors.__getitem__
    return lasting_world


def doing(world, command, number, line_ids):
    return lambda: command(world.actor("jenny"), number=number, line_ids=line_ids)


def told(results):
    return [str(problem) for result in results if isinstance(result, Refused) for problem in result.problems]


def breaches():
    """Return what does not add up; that the calendar did not make these invoices is no fault here."""
    found = [*ledger.breaches(), *proof.breaches()]
    return [breach for breach in found if not breach.endswith("but of no run")]


@pytest.mark.requirement("PH-6")
def test_row_is_removed_once(world):
    for _ in range(ROUNDS):
        number = world.create_activity("901", 3)
        act = doing(world, procedures.remove_procedures, number, world.ids(number, 1))

        results = at_once(act, act)

        assert told(results) == ["Already removed: 1."]
        assert world.line_statuses(number) == ["withdrawn", "approved", "approved"]


@pytest.mark.requirement("PH-6", "PH-8")
def test_row_is_removed_or_invoiced(world):
    for round_number in range(ROUNDS):
        number = world.create_activity("901", 2)
        line_ids = world.ids(number)

        results = at_once(
            doing(world, procedures.remove_procedures, number, line_ids),
            lambda name=f"Faktura {round_number}": world.invoice_activities(name),
        )

        invoiced = InvoiceRow.objects.filter(line_id__in=line_ids).count()
        statuses = set(world.line_statuses(number))
        assert (invoiced, statuses) in [(0, {"withdrawn"}), (2, {"invoiced"})]
        assert len(told(results)) == 1
        assert breaches() == []
        connection.close()


@pytest.mark.requirement("PH-10")
def test_row_is_credited_once(world):
    for _ in range(ROUNDS):
        number = world.paid_activity(2)
        act = doing(world, procedures.credit_procedures, number, world.ids(number, 1))

        results = at_once(act, act)

        assert told(results) == ["Already waiting to be credited on the next invoice: 1."]
        assert world.line_statuses(number) == ["awaiting_credit", "invoiced"]
        world.invoice_activities("Nästa")


@pytest.mark.requirement("PH-10")
def test_credit_is_undone_or_invoiced(world):
    number = world.paid_activity(1)
    for round_number in range(ROUNDS):
        if world.line_statuses(number) == ["credited"]:
            number = world.paid_activity(1)
        world.credit(number, 1)

        results = at_once(
            doing(world, procedures.withdraw_credits, number, world.ids(number)),
            lambda name=f"Nästa {round_number}": world.invoice_activities(name),
        )

        assert world.line_statuses(number) in [["invoiced"], ["credited"]]
        assert len(told(results)) == 1
        assert breaches() == []


@pytest.mark.requirement("PH-7")
def test_activity_is_removed_once(world):
    number = world.create_activity("901", 1)
    world.remove(number)

    def act():
        try:
            procedures.remove_activity(world.actor("jenny"), number=number)
        except Exception as fault:  # noqa: BLE001 - which one it is, is what is tested
            return type(fault).__name__
        return "removed"

    assert sorted(at_once(act, act)) == ["Http404", "removed"]
    assert breaches() == []
