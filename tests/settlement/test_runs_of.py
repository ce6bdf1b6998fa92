"""The region sees its runs; a clinic sees what pays its own invoices, once that is approved."""

import pytest
from django.http import Http404
from django.urls import reverse

from kvitt.registers.access.rules import NotAllowed
from kvitt.settlement.models import Payment
from kvitt.settlement.queries import runs as queries

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("SC-23", "CO-1", "CO-4")]


def seen(payouts, name):
    return {each.account_number for each in queries.payments_of(payouts.world.actor(name))}


def test_clinic_sees_the_payments_of_its_invoices_and_provider_those_of_its_clinics(payouts):
    payouts.invoice(100)
    payouts.invoice(200, clinic=payouts.world.linghem)
    payouts.invoice(300, clinic=payouts.world.bjork)
    payouts.run()

    assert seen(payouts, "anna") == {"9912346"}
    assert seen(payouts, "eva") == {"9912346", "50501055"}
    assert seen(payouts, "david") == {"1609908"}
    assert seen(payouts, "gustav") == {"9912346", "50501055", "1609908"}
    other = Payment.objects.get(account_number="1609908")
    with pytest.raises(Http404):
        queries.payment_of(payouts.world.actor("anna"), other.pk)


def test_clinic_sees_nothing_of_what_is_not_approved(payouts):
    payouts.invoice(100)
    payouts.cancel(payouts.propose())
    payouts.propose()

    assert seen(payouts, "anna") == set()
    assert not queries.nettings_of(payouts.world.actor("anna")).exists()
    assert queries.payments_of(payouts.world.actor("gustav")).count() == 2


def test_what_is_carried_on_is_shown_to_both_sides(payouts):
    payouts.invoices([10_000, -12_000])
    payouts.run()

    for name in ("anna", "eva", "gustav"):
        [netting] = queries.nettings_of(payouts.world.actor(name))
        assert (netting.paid_amount, netting.carried_out_amount) == (0, -2_000_00)
    assert not queries.nettings_of(payouts.world.actor("david")).exists()


def test_rejected_payment_stays_with_its_clinic_when_another_tries_again(payouts):
    payouts.invoice(100)
    payouts.run()
    payouts.reject(Payment.objects.get())
    payouts.give_account(payouts.world.ryd, "50501055")
    payouts.run()

    assert seen(payouts, "anna") == {"9912346", "50501055"}


def test_account_shared_by_clinics_shows_each_its_own(payouts):
    payouts.give_account(payouts.world.linghem, "9912346")
    own = payouts.invoice(100)
    payouts.invoice(200, clinic=payouts.world.linghem)
    payouts.run()
    [payment] = queries.payments_of(payouts.world.actor("anna"))

    assert payment.amount == 300_00
    assert [each.invoice_id for each in queries.invoices_in(payouts.world.actor("anna"), payment)] == [own]


@pytest.mark.parametrize("name", ["anna", "frida", "ivar"])
def test_runs_are_those_of_the_region_who_answer_for_invoices(payouts, name):
    with pytest.raises(NotAllowed):
        queries.runs_of(payouts.world.actor(name))


def test_invoice_tells_what_settles_it(payouts, sign_in):
    invoice_id = payouts.invoice(100)
    payouts.run()

    page = sign_in(payouts.world, "anna").get(reverse("ledger:invoice", args=[invoice_id]))

    assert "U1" in page.content.decode()
