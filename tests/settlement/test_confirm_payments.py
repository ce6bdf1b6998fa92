"""What the bank did with a payment: paid on a day, or rejected and tried again in the next run."""

import datetime as dt

import pytest
from django.http import Http404

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.ledger.models import Invoice
from kvitt.registers.access.rules import NotAllowed
from kvitt.settlement.commands import confirmation
from kvitt.settlement.models import OutgoingFile, Payment, SettledInvoice
from kvitt.settlement.queries import proof
from tests.settlement.conftest import PAY_ON

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("SC-23")]
EKEN = "5560000019"


def codes(raised):
    return [problem.code for problem in raised.value.problems]


def payment(**wanted):
    return Payment.objects.get(**wanted)


@pytest.mark.requirement("SC-19")
def test_invoices_of_a_confirmed_payment_are_paid_out_on_its_day(payouts):
    ryd, linghem = payouts.invoice(100), payouts.invoice(200, clinic=payouts.world.linghem)
    payouts.run()

    payouts.confirm(payment(account_number="9912346"), paid_on=PAY_ON + dt.timedelta(days=3))

    assert payment(account_number="9912346").paid_on == dt.date(2024, 11, 25)
    assert Invoice.objects.get(pk=ryd).paid_on == dt.date(2024, 11, 25)
    assert payouts.status_of(ryd) == "paid_out"
    assert payouts.status_of(linghem) == "paying_out"
    actions = Event.objects.filter(action="settlement.confirm_payments")
    assert set(actions.values_list("subject_kind", flat=True)) == {
        "settlement.payment",
        "needs_allowance.case",
    }


def test_credits_at_another_account_are_paid_with_what_they_are_offset_against(payouts):
    invoices = [payouts.invoice(500), payouts.invoice(-200, clinic=payouts.world.linghem)]
    run = payouts.run()
    assert payouts.paid(run.number) == {"9912346": 300}

    payouts.confirm(payment())

    assert {payouts.status_of(each) for each in invoices} == {"paid_out"}


def test_second_confirmation_is_refused_and_changes_nothing(payouts):
    payouts.invoice(100)
    payouts.run()
    payouts.confirm(payment())

    with pytest.raises(Refused) as raised:
        payouts.confirm(payment())
    with pytest.raises(Refused):
        payouts.reject(payment())

    assert codes(raised) == ["not_open"]
    assert payment().status == "paid"


@pytest.mark.parametrize(
    ("paid_on", "today", "code"),
    [
        (dt.date(2024, 11, 21), PAY_ON, "too_early"),
        (dt.date(2024, 11, 25), PAY_ON, "in_the_future"),
    ],
)
def test_money_leaves_from_the_day_of_payment_until_today(payouts, paid_on, today, code):
    payouts.invoice(100)
    payouts.run()

    with pytest.raises(Refused) as raised:
        confirmation.confirm_payments(
            payouts.world.actor("hanna"), today=today, paid_on=paid_on, payment_ids=[payment().pk]
        )

    assert codes(raised) == [code]


def test_planned_payment_is_not_confirmed(payouts):
    payouts.invoice(100)
    payouts.propose()

    with pytest.raises(Refused) as raised:
        payouts.confirm(payment())

    assert codes(raised) == ["not_open"]


@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize("name", ["anna", "eva", "gustav", "ivar"])
def test_only_attesters_confirm_and_reject(payouts, name):
    payouts.invoice(100)
    payouts.run()

    with pytest.raises(NotAllowed):
        payouts.confirm(payment(), by=name)
    with pytest.raises(NotAllowed):
        payouts.reject(payment(), by=name)


def test_unknown_payment_is_not_found(payouts):
    payouts.invoice(100)
    payouts.run()

    with pytest.raises(Http404):
        payouts.confirm(payment(), Payment(pk=999))


# Rejected -----------------------------------------------------------------------------------------


def test_rejected_payment_is_tried_again_at_the_account_of_then(payouts):
    first = payouts.invoice(300)
    payouts.run()
    payouts.reject(payment())
    assert payouts.status_of(first) == "paying_out"
    payouts.give_account(payouts.world.ryd, "50501055")
    new = payouts.invoice(50)

    second = payouts.run()

    assert payouts.nettings(second.number) == {EKEN: (50, 0, 300, 350, 0)}
    assert payouts.paid(second.number) == {"50501055": 350}
    again = payment(account_number="50501055")
    assert set(again.invoices.values_list("invoice_id", flat=True)) == {first, new}
    payouts.confirm(again)
    assert {payouts.status_of(first), payouts.status_of(new)} == {"paid_out"}


def test_rejected_payment_alone_is_worth_a_run(payouts):
    payouts.invoice(300)
    payouts.run()
    payouts.reject(payment())

    second = payouts.run()

    assert payouts.nettings(second.number) == {EKEN: (0, 0, 300, 300, 0)}


def test_cancelled_run_leaves_the_rejected_payment_to_the_next_one(payouts):
    invoice_id = payouts.invoice(300)
    payouts.run()
    rejected = payment()
    payouts.reject(rejected)
    payouts.cancel(payouts.propose())

    rejected.refresh_from_db()
    assert rejected.retried_in is None
    assert SettledInvoice.objects.get(invoice_id=invoice_id).payment == rejected
    third = payouts.run()
    assert payouts.paid(third.number) == {"9912346": 300}


def test_credits_may_use_up_what_was_rejected(payouts):
    first = payouts.invoice(300)
    payouts.run()
    payouts.reject(payment())
    payouts.invoice(-500)

    second = payouts.run()

    assert payouts.nettings(second.number) == {EKEN: (-500, 0, 300, 0, -200)}
    assert payouts.status_of(first) == "paid_out"
    assert Invoice.objects.get(pk=first).paid_on == PAY_ON


def test_rejected_payment_of_a_clinic_without_account_waits(payouts):
    payouts.invoice(300)
    payouts.run()
    rejected = payment()
    payouts.reject(rejected)
    payouts.give_account(payouts.world.ryd, "")
    payouts.invoice(100, clinic=payouts.world.linghem)

    second = payouts.run()

    assert payouts.nettings(second.number) == {EKEN: (100, 0, 0, 100, 0)}
    rejected.refresh_from_db()
    assert rejected.retried_in is None


def test_rejected_payment_is_not_tried_at_the_account_of_another_care_provider(payouts):
    """The clinic has changed hands: who had it then is owed the money."""
    payouts.invoice(300)
    payouts.run()
    payouts.reject(payment())
    type(payouts.world.ryd).objects.filter(pk=payouts.world.ryd.pk).update(
        provider=payouts.world.bjork.provider
    )
    payouts.invoice(100, clinic=payouts.world.linghem)

    second = payouts.run()

    assert payouts.nettings(second.number) == {EKEN: (100, 0, 0, 100, 0)}
    assert list(proof.breaches()) == []


@pytest.mark.requirement("QU-14")
@pytest.mark.parametrize("act", ["confirm", "reject"])
def test_interrupted_file_that_somebody_answers_for_has_arrived(payouts, act):
    """It is nobody's to decide about any more."""
    payouts.invoice(300)
    payouts.run()
    OutgoingFile.objects.update(status="sending")

    getattr(payouts, act)(payment())

    assert OutgoingFile.objects.get().status == "sent"


@pytest.mark.requirement("QU-14")
def test_payment_whose_file_waits_is_not_rejected(payouts):
    """The file would pay it, and so would the next run."""
    payouts.invoice(300)
    payouts.run()

    with pytest.raises(Refused) as raised:
        confirmation.reject_payment(
            payouts.world.actor("hanna"), today=PAY_ON, payment_id=payment().pk, reason="Fel"
        )

    assert codes(raised) == ["not_left"]


def test_rejection_needs_its_reason(payouts):
    payouts.invoice(300)
    payouts.run()

    for reason, code in ((" ", "no_reason"), ("x" * 201, "long_reason")):
        with pytest.raises(Refused) as raised:
            payouts.reject(payment(), reason=reason)
        assert codes(raised) == [code]
