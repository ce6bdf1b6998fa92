"""A run takes up everything that can be paid, netted by care provider, and holds it until it is decided."""

import datetime as dt

import pytest

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.ledger import commands as ledger
from kvitt.ledger import queries as ledger_queries
from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.ledger.models import Invoice
from kvitt.registers.access.rules import NotAllowed
from kvitt.settlement.models import PayingAccount, Payment, PaymentRun, SettledInvoice
from kvitt.settlement.queries import proposal
from tests.settlement.conftest import PAY_ON, statements_of

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("SC-23")]
EKEN, BJORKEN = "5560000019", "5560000027"


def references():
    return dict(Invoice.objects.values_list("pk", "payout_reference"))


def codes(raised):
    return [problem.code for problem in raised.value.problems]


def test_run_pays_each_account_what_it_comes_to(payouts):
    payouts.invoice(1_000)
    payouts.invoice(-300)
    payouts.invoice(400, clinic=payouts.world.linghem)
    payouts.invoice(50, clinic=payouts.world.bjork, is_proposed=True)

    number = payouts.propose()

    assert payouts.paid(number) == {"9912346": 700, "50501055": 400, "1609908": 50}
    assert payouts.nettings(number) == {EKEN: (1_100, 0, 0, 1_100, 0), BJORKEN: (50, 0, 0, 50, 0)}
    assert set(references().values()) == {"U1"}
    assert Payment.objects.first().end_to_end_id == "KVITT-2321000040-1-1"
    event = Event.objects.get(action="settlement.propose_run")
    assert event.data["after"] == {
        "pay_on": "2024-11-22",
        "amount": 1_150_00,
        "payments": 3,
        "invoices": 4,
    }


def test_what_is_not_attested_or_settled_otherwise_is_left_out(payouts):
    on_its_way = payouts.invoice(100)
    ledger.start_payouts(payouts.world.actor("hanna"), today=payouts.today, invoice_ids=[on_its_way])
    repaid = payouts.invoice(-100)
    Invoice.objects.filter(pk=repaid).update(payout_reference="repayment")
    attested = payouts.invoice(200)

    payouts.propose()

    assert references() == {on_its_way: "", repaid: "repayment", attested: "U1"}


def test_clinic_without_account_is_left_out_and_told(payouts):
    payouts.invoice(100)
    left = payouts.invoice(250, clinic=payouts.world.bjork)
    payouts.give_account(payouts.world.bjork, "")

    number = payouts.propose()

    assert payouts.nettings(number) == {EKEN: (100, 0, 0, 100, 0)}
    assert references()[left] == ""
    [told] = proposal.left_out(payouts.world.actor("gustav"))
    assert (told.clinic_number, told.count, told.total) == ("2222", 1, 250_00)


def test_second_run_waits_for_the_first(payouts):
    payouts.invoice(100)
    payouts.propose()

    with pytest.raises(Refused) as raised:
        payouts.propose(by="hanna")

    assert codes(raised) == ["run_waits"]
    assert PaymentRun.objects.count() == 1


@pytest.mark.parametrize(
    ("pay_on", "code"),
    [
        (dt.date(2024, 11, 19), "in_the_past"),
        (dt.date(2024, 11, 23), "not_a_bank_day"),
        (dt.date(2024, 12, 25), "not_a_bank_day"),
    ],
)
def test_day_of_payment_is_a_bank_day_from_today_on(payouts, pay_on, code):
    payouts.invoice(100)

    with pytest.raises(Refused) as raised:
        payouts.propose(pay_on=pay_on)

    assert codes(raised) == [code]


def test_nothing_to_pay_makes_no_run_and_spends_no_number(payouts):
    with pytest.raises(Refused) as raised:
        payouts.propose()

    assert codes(raised) == ["nothing_to_pay"]
    payouts.invoice(100)
    assert payouts.propose() == 1


def test_account_to_pay_from_is_there_on_the_day(payouts):
    PayingAccount.objects.update(first_on=PAY_ON + dt.timedelta(days=1))
    payouts.invoice(100)

    with pytest.raises(Refused) as raised:
        payouts.propose()

    assert codes(raised) == ["no_paying_account"]


@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize("name", ["anna", "eva", "frida", "ivar"])
def test_only_those_who_answer_for_invoices_propose(payouts, name):
    with pytest.raises(NotAllowed):
        payouts.propose(by=name)


def test_cancelled_run_frees_everything_and_keeps_its_number(payouts):
    invoice_id = payouts.invoice(100)
    payouts.cancel(payouts.propose())

    assert references() == {invoice_id: ""}
    assert Payment.objects.get().status == "cancelled"
    assert payouts.propose() == 2
    assert SettledInvoice.objects.filter(is_void=False).count() == 1


def test_cancelled_run_gives_back_what_was_carried_on(payouts):
    payouts.invoices([10_000, -12_000])
    first = payouts.run()
    assert payouts.nettings(first.number) == {EKEN: (-2_000, 0, 0, 0, -2_000)}
    payouts.invoice(5_000)
    payouts.cancel(payouts.propose())

    number = payouts.propose()

    assert payouts.nettings(number) == {EKEN: (5_000, -2_000, 0, 3_000, 0)}
    assert payouts.paid(number) == {"9912346": 3_000}


@pytest.mark.requirement("CO-20")
def test_invoice_of_a_run_is_neither_paid_by_hand_nor_returned(payouts):
    attested, proposed = payouts.invoice(100), payouts.invoice(200, is_proposed=True)
    number = payouts.propose()
    hanna, gustav = payouts.world.actor("hanna"), payouts.world.actor("gustav")

    plan = ledger.start_payouts(hanna, today=payouts.today, invoice_ids=[attested])
    with pytest.raises(Refused) as raised:
        ledger.reject_invoice(gustav, invoice_id=proposed, reason="Fel konto")

    assert [problem.code for problem in plan.refused[0].problems] == ["in_run"]
    assert codes(raised) == ["held_by_run"]
    assert not ledger_queries.desk_invoices(hanna, InvoiceStatus.AUTHORISED).exists()
    payouts.cancel(number)
    ledger.reject_invoice(gustav, invoice_id=proposed, reason="Fel konto")
    assert payouts.status_of(proposed) == "returned"


def test_attester_may_attest_what_a_run_holds_meanwhile(payouts):
    proposed = payouts.invoice(200, is_proposed=True)
    number = payouts.propose()

    ledger.attest_invoices(payouts.world.actor("hanna"), today=payouts.today, invoice_ids=[proposed])
    payouts.approve(number)

    assert payouts.status_of(proposed) == "paying_out"


@pytest.mark.parametrize("count", [1, 200])
def test_statements_are_as_many_for_few_as_for_many(payouts, count):
    payouts.invoices([100] * count, is_proposed=True)

    assert statements_of(payouts.propose) == 31
