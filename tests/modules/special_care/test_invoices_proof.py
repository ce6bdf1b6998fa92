"""The proof finds what the invoices of claims, the ledger and decisions do not agree about, each alone."""

from types import SimpleNamespace

import pytest

from kvitt.ledger.models import InvoiceRow, Line
from kvitt.modules.special_care.commands import crediting
from kvitt.modules.special_care.models import Claim, ClaimInvoice, PlannedProcedure
from kvitt.modules.special_care.queries.proof import breaches
from kvitt.preauthorization.models import RequestedProcedure
from tests.modules.special_care import planning

pytestmark = pytest.mark.requirement("CO-23", "SC-5", "SC-19a", "SC-21")


@pytest.fixture(scope="module")
def made(shared_special_world, django_db_blocker):
    """A claim that is paid, one that was credited and sent in anew, one in an open invoice, and a plan."""
    world = shared_special_world
    with django_db_blocker.unblock():
        paid = world.send_claim(county="01", fee=None)
        credited = world.send_claim(world.holger, support="f", fee=None)
        world.pay(paid, credited)
        draft = crediting.credit_claim(
            world.actor("lisa"), today=world.today, number=credited, and_register=True
        )
        anew = world.send_draft(draft).number
        plan = planning.create(world)
        planning.decide(world, planning.send(world, plan))
    return SimpleNamespace(
        paid=Claim.objects.filter(number=paid),
        credited=Claim.objects.filter(number=credited),
        anew=Claim.objects.filter(number=anew),
    )


def of(claims):
    return ClaimInvoice.objects.filter(claims__in=claims)


def rows(claims, kind):
    return InvoiceRow.objects.filter(line__case_number__in=claims.values("number"), kind=kind)


def test_what_is_paid_credited_and_decided_agrees(made, db):
    assert list(breaches()) == []


@pytest.mark.parametrize(
    ("breach", "told"),
    [
        (lambda made: made.anew.update(released_on=None), "no day says when"),
        (lambda made: of(made.anew).update(is_open=False), "never had an invoice in the ledger"),
        (lambda made: made.paid.update(county="12"), "its invoice is of another clinic, region or kind"),
        (lambda made: made.credited.update(county="12"), "its credit invoice is of another clinic"),
        (
            lambda _made: ClaimInvoice.objects.filter(is_credit=True).update(is_credit=False),
            "its credit invoice is of another clinic, region or kind",
        ),
        (lambda made: rows(made.paid, "charge").update(is_void=True), "is not on its invoice in the ledger"),
        (lambda made: rows(made.credited, "credit").update(amount=1), "is not on its credit invoice"),
        (
            lambda made: of(made.paid).update(ledger_invoice=None),
            "holds a line that is not of its claims",
        ),
        (
            lambda _made: Line.objects.filter(status="credited").update(status="awaiting_credit"),
            "is to await credit",
        ),
        (lambda made: made.anew.update(replaces=made.paid.get()), "stands beside the claim"),
        (lambda made: made.paid.update(replaces=made.credited.get()), "2 claims stand instead of it"),
        (lambda _made: one(PlannedProcedure).update(approved_count=1), "differs from its decision"),
        (lambda _made: one(RequestedProcedure).update(approved_amount=1), "differs from its decision"),
    ],
    ids=[
        "no day",
        "closed",
        "county",
        "county of credit",
        "no credit",
        "no row",
        "credit row",
        "stray row",
        "is to await credit",
        "beside",
        "twice",
        "approved",
        "decided",
    ],
)
def test_breach_is_told(made, db, breach, told):
    assert breach(made) == 1

    assert any(told in one for one in breaches())


def one(model):
    return model.objects.filter(code="825")
