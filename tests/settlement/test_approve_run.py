"""Another person approves a run: what it holds is attested, ordered in one file, and on its way."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.ledger import queries as ledger_queries
from kvitt.ledger.models import Invoice
from kvitt.registers.access.rules import NotAllowed, Role
from kvitt.registers.accounting.models import AccountString
from kvitt.settlement.commands import runs
from kvitt.settlement.models import OutgoingFile, Payment, PaymentRun
from tests.settlement.conftest import PAY_ON, statements_of

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("SC-23", "CO-20")]
EKEN = "5560000019"


def statuses(invoice_ids):
    return list(Invoice.objects.filter(pk__in=invoice_ids).order_by("pk").values_list("status", flat=True))


def codes(raised):
    return [problem.code for problem in raised.value.problems]


@pytest.fixture
def gerd(payouts):
    """One who both reviews and attests."""
    payouts.world._user("gerd", "Gerd Bådadera", payouts.world.region, (Role.REVIEWER, Role.ATTESTER))


def test_run_does_not_pay_to_an_account_that_was_changed_since(payouts):
    payouts.invoice(1_000)
    number = payouts.propose()
    payouts.world.ryd.giro_number = "50501055"
    payouts.world.ryd.save()

    with pytest.raises(Refused) as raised:
        payouts.approve(number)

    assert codes(raised) == ["account_changed"]
    assert raised.value.problems[0].values == {"clinics": "1111"}


@pytest.mark.requirement("SC-19a", "QU-14")
def test_approval_attests_orders_and_registers_the_file(payouts):
    invoices = [payouts.invoice(1_000), payouts.invoice(500, is_proposed=True)]

    payouts.approve(payouts.propose())

    assert statuses(invoices) == ["paying_out"] * 2
    assert sorted(Invoice.objects.values_list("voucher_number", flat=True)) == [1, 2]
    [payment] = Payment.objects.all()
    assert (payment.status, payment.amount) == ("ordered", 1_500_00)
    [file] = OutgoingFile.objects.all()
    assert (file.run.number, file.status, len(file.sha256)) == (1, "waiting", 64)
    run = PaymentRun.objects.get()
    assert (run.proposed_by, run.decided_by) == ("Gustav Granskare", "Hanna Attestsson")
    [event] = Event.objects.filter(action="settlement.approve_run", subject_kind="settlement.run")
    assert event.data["after"]["sha256"] == file.sha256
    assert list(ledger_queries.breaches()) == []


def test_claims_below_credits_pay_nothing_and_the_next_run_nets_the_rest(payouts):
    """The example of the issue: claims of 10 000 kr, credits of 12 000 kr."""
    invoices = payouts.invoices([10_000, -12_000])

    first = payouts.run()

    assert payouts.nettings(first.number) == {EKEN: (-2_000, 0, 0, 0, -2_000)}
    assert not Payment.objects.exists()
    assert not OutgoingFile.objects.exists()
    assert statuses(invoices) == ["paid_out"] * 2
    assert set(Invoice.objects.values_list("paid_on", flat=True)) == {PAY_ON}

    later = payouts.invoice(5_000)
    second = payouts.run()

    assert payouts.nettings(second.number) == {EKEN: (5_000, -2_000, 0, 3_000, 0)}
    assert payouts.paid(second.number) == {"9912346": 3_000}
    assert statuses([later]) == ["paying_out"]


def test_who_proposed_does_not_approve(payouts, gerd):
    payouts.invoice(100)
    number = payouts.propose(by="gerd")

    with pytest.raises(Refused) as raised:
        payouts.approve(number, by="gerd")

    assert codes(raised) == ["four_eyes"]
    assert PaymentRun.objects.get().status == "proposed"


def test_database_keeps_to_two_persons(payouts):
    payouts.invoice(100)
    run = payouts.run()

    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentRun.objects.update(decided_by_id=run.proposed_by_id)


def test_what_one_proposed_by_hand_he_does_not_attest_by_a_run_of_another(payouts, gerd):
    payouts.world.users["gustav"], gustav = payouts.world.users["gerd"], payouts.world.users["gustav"]
    invoice_id = payouts.invoice(100, is_proposed=True)  # by Gerd
    payouts.world.users["gustav"] = gustav
    number = payouts.propose()

    with pytest.raises(Refused) as raised:
        payouts.approve(number, by="gerd")

    assert codes(raised) == ["not_attested", "four_eyes"]
    assert statuses([invoice_id]) == ["reviewed"]
    payouts.approve(number, by="hanna")
    assert statuses([invoice_id]) == ["paying_out"]


def test_what_cannot_be_booked_is_told_and_nothing_is_approved(payouts):
    invoices = [payouts.invoice(100), payouts.invoice(200, is_proposed=True)]
    number = payouts.propose()
    AccountString.objects.filter(use="cost").delete()

    with pytest.raises(Refused) as raised:
        payouts.approve(number)

    assert codes(raised)[0] == "not_attested"
    assert statuses(invoices) == ["authorised", "reviewed"]
    assert not OutgoingFile.objects.exists()


def test_run_is_decided_once(payouts):
    payouts.invoice(100)
    approved = payouts.run().number
    payouts.invoice(200)
    cancelled = payouts.propose()
    payouts.cancel(cancelled)

    for number in (approved, cancelled):
        for act in (payouts.approve, payouts.cancel):
            with pytest.raises(Refused) as raised:
                act(number)
            assert codes(raised) == ["decided"]

    assert OutgoingFile.objects.count() == 1


def test_run_whose_day_has_passed_is_not_approved(payouts):
    payouts.invoice(100)
    number = payouts.propose()

    with pytest.raises(Refused) as raised:
        runs.approve_run(payouts.world.actor("hanna"), today=PAY_ON + dt.timedelta(days=1), number=number)

    assert codes(raised) == ["pay_on_passed"]


@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize("name", ["anna", "eva", "gustav", "ivar"])
def test_only_attesters_approve(payouts, name):
    payouts.invoice(100)
    number = payouts.propose(by="hanna")

    with pytest.raises(NotAllowed):
        payouts.approve(number, by=name)


def test_run_that_does_not_exist_is_not_found(payouts):
    for act in (payouts.approve, payouts.cancel):
        with pytest.raises(Http404):
            act(99)


@pytest.mark.parametrize("count", [1, 200])
def test_statements_are_as_many_for_few_as_for_many(payouts, count):
    payouts.invoices([100] * count, is_proposed=True)
    number = payouts.propose()

    assert statements_of(lambda: payouts.approve(number)) == 37
    payments = list(Payment.objects.all())
    assert statements_of(lambda: payouts.confirm(*payments)) == 13
