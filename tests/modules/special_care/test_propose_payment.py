"""Invoices whose claims are all released are proposed once; from there they are the ledger's."""

import threading

import pytest
from django.db import connection

from kvitt.foundation.values.problems import Refused
from kvitt.ledger import commands as ledger
from kvitt.ledger import queries as ledger_queries
from kvitt.ledger.models import Invoice
from kvitt.modules.special_care.commands import proposal, repayments
from kvitt.modules.special_care.models import Claim, ClaimInvoice
from kvitt.modules.special_care.queries import proposal as queries
from kvitt.modules.special_care.rules import review as rules
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.mailing.models import MailAddress, MailChoice, OutgoingMail
from tests.modules.special_care import reviewing

pytestmark = [pytest.mark.requirement("SC-19a"), pytest.mark.django_db]


def to_propose(world):
    found = queries.invoices_to_propose(world.actor("gustav"))
    return {invoice.reference: (invoice.claim_count, invoice.amount) for invoice in found}


def invoice_of(claim):
    return ClaimInvoice.objects.select_related("ledger_invoice").get(pk=claim.invoice_id)


def test_proposed_invoice_goes_through_the_ledger(special_world):
    claims = [reviewing.send(special_world, is_held=False) for _ in range(2)]

    plan = reviewing.propose(special_world, *claims)

    proposed = invoice_of(claims[0])
    in_ledger = proposed.ledger_invoice
    assert (plan.ids, proposed.is_open) == ((proposed.pk,), False)
    assert (in_ledger.status, in_ledger.total) == ("reviewed", 2 * 13_485_00)
    assert in_ledger.external_reference == str(proposed.our_reference)
    alone = ledger.attest_invoices
    with pytest.raises(NotAllowed):
        alone(special_world.actor("gustav"), today=special_world.today, invoice_ids=[in_ledger.pk])
    reviewing.pay(special_world, claims[0])
    assert invoice_of(claims[0]).ledger_invoice.status == "paid_out"
    assert not list(ledger_queries.breaches())


def test_invoice_waits_while_a_claim_of_it_is_held(special_world):
    ready = reviewing.send(special_world, "1234", is_held=False)
    other = reviewing.send(special_world, "5678", is_held=False)
    reviewing.send(special_world, "5678")

    assert to_propose(special_world) == {"1234": (1, 13_485_00)}
    assert queries.held_back_count(special_world.actor("gustav")) == 1
    plan = reviewing.propose(special_world, ready, other)
    assert plan.ids == (ready.invoice_id,)
    assert [each.problem.code for each in plan.refused] == ["has_held"]


def test_as_many_statements_for_many_as_for_one(special_world, django_assert_max_num_queries):
    claims = [reviewing.send(special_world, str(number), is_held=False) for number in range(8)]

    with django_assert_max_num_queries(27):
        plan = reviewing.propose(special_world, *claims)

    assert len(plan.ids) == 8


def test_invoice_is_proposed_once(special_world):
    claim = reviewing.send(special_world, is_held=False)
    reviewing.propose(special_world, claim)

    plan = reviewing.propose(special_world, claim)

    assert [each.problem.code for each in plan.refused] == ["already_proposed"]
    assert Invoice.objects.count() == 1


def test_whoever_sent_a_claim_in_neither_releases_nor_proposes_it(special_world):
    held = reviewing.send(special_world)
    Claim.objects.filter(pk=held.pk).update(sent_by_id=special_world.actor("gustav").user_id)

    plan = reviewing.release(special_world, held)
    assert (plan.released, plan.own) == ((), (held.number,))
    assert [problem.code for problem in rules.check_released(plan)] == ["own_claim"]
    Claim.objects.filter(pk=held.pk).update(status="released")
    proposed = reviewing.propose(special_world, held)
    assert [each.problem.code for each in proposed.refused] == ["own_claim"]
    sent = special_world.send_claim()
    assert Claim.objects.get(number=sent).sent_by_id == special_world.actor("lisa").user_id


def test_returned_invoice_is_proposed_again_and_the_clinic_is_not_told(special_world):
    MailAddress.objects.create(clinic=special_world.ryd, address="ryd@example.se")
    MailChoice.objects.create(
        clinic=special_world.ryd, event="invoice_returned", chosen_on=special_world.today
    )
    claim = reviewing.send(special_world, is_held=False)
    reviewing.propose(special_world, claim)
    gustav = special_world.actor("gustav")
    ledger.reject_invoice(gustav, invoice_id=invoice_of(claim).ledger_invoice_id, reason="Fel belopp.")

    assert to_propose(special_world) == {"1234": (1, 13_485_00)}
    reviewing.propose(special_world, claim)
    reviewing.pay(special_world, claim)
    assert invoice_of(claim).ledger_invoice.status == "paid_out"
    assert not OutgoingMail.objects.exists()
    assert not list(ledger_queries.breaches())


def test_invoice_of_nothing_is_paid_without_a_payment(special_world):
    lines = [("101", "Basundersökning", 200_00), ("patAvg", "Patientavgift", -200_00)]
    claim = reviewing.send(special_world, lines=lines, is_held=False)
    reviewing.propose(special_world, claim)

    reviewing.pay(special_world, claim)

    assert invoice_of(claim).ledger_invoice.status == "paid_out"


@pytest.mark.parametrize("name", ["frida", "hanna", "ivar", "lisa"])
def test_only_the_reviewer_proposes(special_world, name):
    claim = reviewing.send(special_world, is_held=False)

    with pytest.raises(NotAllowed):
        reviewing.propose(special_world, claim, by=name)


def test_nothing_chosen_is_said(special_world):
    with pytest.raises(Refused):
        proposal.propose_payment(special_world.actor("gustav"), today=special_world.today, invoice_ids=[])


@pytest.mark.requirement("SC-21", "CO-20")
def test_credit_is_reviewed_in_the_ledger_and_repaid_once(special_world):
    claim = reviewing.send(special_world, is_held=False)
    reviewing.propose(special_world, claim)
    reviewing.pay(special_world, claim)
    credited = reviewing.credit(special_world, claim)
    gustav = special_world.actor("gustav")

    assert queries.credits_to_review(gustav) == queries.Waiting(1, -13_485_00)
    assert to_propose(special_world) == {}
    reviewing.attest(special_world, credited.ledger_invoice_id)
    [awaited] = queries.awaited_repayments(gustav)
    day = {"today": special_world.today, "our_reference": awaited.our_reference}
    tomorrow = special_world.today.replace(day=21)
    with pytest.raises(Refused):
        repayments.confirm_repayment(gustav, **day, repaid_on=tomorrow)
    repayments.confirm_repayment(gustav, **day, repaid_on=special_world.today)
    with pytest.raises(Refused):
        repayments.confirm_repayment(gustav, **day, repaid_on=special_world.today)
    assert not queries.awaited_repayments(gustav)
    assert not list(ledger_queries.breaches())


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_reviewers_one_proposes_and_one_marks_repaid(special_world):
    claims = [reviewing.send(special_world, str(number), is_held=False) for number in range(3)]
    outcomes = _at_once(lambda: reviewing.propose(special_world, *claims).ids)

    assert sorted(len(ids) for ids in outcomes) == [0, 3]
    assert Invoice.objects.count() == 3

    reviewing.pay(special_world, claims[0])
    credited = reviewing.credit(special_world, claims[0])
    reviewing.attest(special_world, credited.ledger_invoice_id)

    def confirm():
        try:
            repayments.confirm_repayment(
                special_world.actor("gustav"),
                today=special_world.today,
                our_reference=credited.our_reference,
                repaid_on=special_world.today,
            )
        except Refused:
            return "refused"
        return "done"

    assert sorted(_at_once(confirm)) == ["done", "refused"]


def _at_once(act):
    start, outcomes = threading.Barrier(2), []

    def run():
        try:
            start.wait()
            outcomes.append(act())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
