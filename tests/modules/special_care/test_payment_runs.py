"""A payment run takes up claims that are ready; what a clinic pays back itself is never in one."""

import pytest

from kvitt.foundation.values.problems import Refused
from kvitt.ledger import queries as ledger
from kvitt.ledger.models import Invoice
from kvitt.modules.special_care.commands import crediting, deletion
from kvitt.modules.special_care.models import Claim, ClaimInvoice
from kvitt.modules.special_care.queries.proof import breaches
from kvitt.registers.organisations.models import Clinic
from kvitt.settlement.models import PaymentRun
from kvitt.settlement.queries import proof
from tests.modules.special_care import reviewing
from tests.settlement.conftest import Payouts

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("SC-19a", "SC-23")]


@pytest.fixture
def payouts(special_world):
    return Payouts(special_world)


def ledger_status(claim):
    held = ClaimInvoice.objects.select_related("ledger_invoice").get(pk=claim.invoice_id).ledger_invoice
    return held and held.status


def test_proposal_makes_one_invoice_of_each_number_and_the_approval_attests_it(special_world, payouts):
    ready = [reviewing.send(special_world, "1234", is_held=False) for _ in range(2)]
    other = reviewing.send(special_world, "77", clinic=special_world.bjork, is_held=False)
    held = reviewing.send(special_world, "88")

    number = payouts.propose()

    assert payouts.paid(number) == {"9912346": 2 * 13_485, "1609908": 13_485}
    assert [ledger_status(claim) for claim in (*ready, other, held)] == ["reviewed"] * 3 + [None]
    with pytest.raises(Refused, match="on its way to be paid"):
        deletion.delete_claim(special_world.actor("lisa"), number=ready[0].number)

    payouts.approve(number)

    assert [ledger_status(claim) for claim in (*ready, other)] == ["paying_out"] * 3
    assert Invoice.objects.filter(voucher_number__isnull=False).count() == 2
    assert [*breaches(), *ledger.breaches(), *proof.breaches()] == []


def test_attester_proposes_what_reviewers_have_proposed_and_no_claims(special_world, payouts):
    claim = reviewing.send(special_world, is_held=False)
    payouts.invoice(100)

    number = payouts.propose(by="hanna")

    assert payouts.paid(number) == {"9912346": 100}
    assert ledger_status(claim) is None


def test_refused_proposal_proposes_no_claims(special_world, payouts):
    claim = reviewing.send(special_world, is_held=False)

    with pytest.raises(Refused):
        payouts.propose(pay_on=special_world.today.replace(day=23))

    assert ledger_status(claim) is None
    assert not PaymentRun.objects.exists()


def test_cancelled_run_leaves_what_it_proposed_to_the_next_one(special_world, payouts):
    claim = reviewing.send(special_world, is_held=False)
    payouts.cancel(payouts.propose())

    assert ledger_status(claim) == "reviewed"
    assert payouts.paid(payouts.propose()) == {"9912346": 13_485}


def test_invoices_of_every_kind_are_paid_by_one_run(special_world, payouts):
    reviewing.send(special_world, is_held=False)
    payouts.invoice(100, module="needs_allowance")
    payouts.invoice(7, module="population_health")

    run = payouts.run()

    assert payouts.paid(run.number) == {"9912346": 13_592}
    assert set(Invoice.objects.values_list("module", "status")) == {
        (module, "paying_out") for module in ("special_care", "needs_allowance", "population_health")
    }


@pytest.mark.requirement("SC-21")
@pytest.mark.parametrize("kind", ["bankgiro", "plusgiro"])
def test_credit_is_netted_unless_the_clinic_repays_it(special_world, payouts, kind):
    claim = reviewing.send(special_world, is_held=False)
    payouts.run()
    Clinic.objects.filter(pk=special_world.ryd.pk).update(giro_kind=kind, giro_number="2868370")
    crediting.credit_claim(special_world.actor("lisa"), today=special_world.today, number=claim.number)
    reviewing.attest(special_world, Claim.objects.get(pk=claim.pk).credit_invoice.ledger_invoice_id)
    payouts.invoice(20_000)

    run = payouts.run()

    assert payouts.paid(run.number) == {"2868370": 20_000 - 13_485 * (kind == "bankgiro")}
    assert [*breaches(), *ledger.breaches(), *proof.breaches()] == []
