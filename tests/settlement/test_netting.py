"""What a payment run comes to: nothing is lost to the öre, nothing below zero is paid, ties are settled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.settlement.rules.netting import Account, Payable, Retried, plan_run

pytestmark = pytest.mark.requirement("SC-23")
EKEN, BJORKEN = 1, 2
RYD, LINGHEM, BJORK = (Account("bankgiro", number) for number in ("9912346", "50501055", "1609908"))


def payables(*amounts, provider=EKEN, account=RYD, first=1):
    return [
        Payable(number, provider, account, kronor * 100) for number, kronor in enumerate(amounts, start=first)
    ]


def paid(netting):
    return {payment.account: payment.amount / 100 for payment in netting.payments}


def test_credits_above_claims_are_carried_on_and_the_next_run_nets_them():
    [netting] = plan_run(payables(10_000, -12_000), {}).nettings

    assert (netting.paid_amount, netting.carried_out_amount) == (0, -2_000_00)
    assert netting.payments == ()

    [later] = plan_run(payables(5_000), {EKEN: netting.carried_out_amount}).nettings

    assert paid(later) == {RYD: 3_000}
    assert later.carried_out_amount == 0


def test_providers_are_netted_apart():
    invoices = payables(10_000, -12_000) + payables(500, provider=BJORKEN, account=BJORK, first=3)

    plan = plan_run(invoices, {})

    assert [(each.provider_id, each.paid_amount) for each in plan.nettings] == [(EKEN, 0), (BJORKEN, 500_00)]
    assert plan.paid_amount == 500_00


def test_nothing_left_is_neither_paid_nor_carried_on():
    [netting] = plan_run(payables(700, -700), {}).nettings

    assert (netting.paid_amount, netting.carried_out_amount, netting.payments) == (0, 0, ())


def test_what_was_carried_on_waits_for_something_to_net_it_with():
    assert plan_run([], {EKEN: -2_000_00}).nettings == ()


def test_account_below_zero_is_offset_against_the_largest_of_the_provider():
    invoices = [
        *payables(100, account=RYD),
        *payables(80, account=BJORK, first=2),
        *payables(-120, account=LINGHEM, first=3),
    ]

    [netting] = plan_run(invoices, {}).nettings

    assert paid(netting) == {BJORK: 60}
    assert netting.payments[0].invoice_ids == (1, 2, 3)


def test_of_accounts_that_are_alike_the_lower_number_is_offset():
    invoices = payables(100, account=LINGHEM) + payables(100, account=BJORK, first=2)

    [netting] = plan_run(invoices, {EKEN: -30_00}).nettings

    assert BJORK < LINGHEM
    assert paid(netting) == {BJORK: 70, LINGHEM: 100}


def test_rejected_payment_is_paid_with_what_is_new_to_the_account_of_now():
    rejected = Retried(7, EKEN, 300_00, payables(300, account=LINGHEM))
    invoices = payables(50, account=LINGHEM, first=2)

    [netting] = plan_run(invoices, {}, [rejected]).nettings

    assert (netting.invoiced_amount, netting.retried_amount) == (50_00, 300_00)
    assert paid(netting) == {LINGHEM: 350}
    assert netting.payments[0].invoice_ids == (1, 2)


def test_rejected_payment_of_a_clinic_whose_account_is_split_follows_its_invoices():
    """It was 300 - 40 that an earlier run had carried on: that is not paid now either."""
    rejected = Retried(7, EKEN, 260_00, [*payables(200), *payables(100, account=LINGHEM, first=2)])

    [netting] = plan_run([], {}, [rejected]).nettings

    assert paid(netting) == {RYD: 160, LINGHEM: 100}


ACCOUNTS = st.sampled_from([RYD, LINGHEM, BJORK, Account("plusgiro", "1609908"), Account("account", "80001")])
AMOUNTS = st.integers(min_value=-2_000_000, max_value=2_000_000)
INVOICES = st.lists(st.tuples(st.integers(1, 3), ACCOUNTS, AMOUNTS), max_size=12).map(
    lambda rows: [Payable(pk, *row) for pk, row in enumerate(rows, start=1)]
)
CARRIED = st.dictionaries(st.integers(1, 3), st.integers(min_value=-3_000_000, max_value=0))


@st.composite
def rejections(draw):
    """Payments that a bank rejected: what they came to, less what was offset against them."""
    found = []
    for pk in range(draw(st.integers(0, 3))):
        provider = draw(st.integers(1, 3))
        amounts = draw(st.lists(st.tuples(ACCOUNTS, st.integers(-50_000, 90_000)), min_size=1, max_size=3))
        invoices = [
            Payable(100 + pk * 10 + place, provider, account, amount)
            for place, (account, amount) in enumerate(amounts)
        ]
        total = sum(each.amount for each in invoices)
        if total > 0:
            found.append(Retried(pk, provider, draw(st.integers(1, total)), invoices))
    return found


@given(invoices=INVOICES, carried=CARRIED, retried=rejections())
def test_every_ore_is_paid_or_carried_on(invoices, carried, retried):
    plan = plan_run(invoices, carried, retried)

    providers = {each.provider_id for each in [*invoices, *retried]}
    taken_in = sum(carried.get(pk, 0) for pk in providers)
    assert sum(each.paid_amount + each.carried_out_amount for each in plan.nettings) == taken_in + sum(
        each.amount for each in [*invoices, *retried]
    )
    for netting in plan.nettings:
        assert netting.paid_amount == sum(payment.amount for payment in netting.payments)
        assert all(payment.amount > 0 for payment in netting.payments)
        assert netting.carried_out_amount <= 0
        assert netting.paid_amount == 0 or netting.carried_out_amount == 0
        accounts = [payment.account for payment in netting.payments]
        assert len(set(accounts)) == len(accounts)


@given(invoices=INVOICES, carried=CARRIED, retried=rejections())
def test_every_invoice_is_in_one_payment_of_a_netting_that_pays(invoices, carried, retried):
    plan = plan_run(invoices, carried, retried)

    for netting in plan.nettings:
        held = [pk for payment in netting.payments for pk in payment.invoice_ids]
        again = [invoice.invoice_id for each in netting.retried for invoice in each.invoices]
        new = [invoice.invoice_id for invoice in netting.invoices]
        assert sorted(held) == (sorted([*new, *again]) if netting.paid_amount else [])


@given(invoices=INVOICES, carried=CARRIED, retried=rejections())
def test_only_the_first_payment_differs_from_its_invoices(invoices, carried, retried):
    amounts = {each.invoice_id: each.amount for each in invoices}
    amounts |= {each.invoice_id: each.amount for payment in retried for each in payment.invoices}

    for netting in plan_run(invoices, carried, retried).nettings:
        for payment in netting.payments[1:]:
            assert payment.amount == sum(amounts[pk] for pk in payment.invoice_ids)


@given(invoices=INVOICES, carried=CARRIED, retried=rejections(), data=st.data())
def test_order_does_not_matter(invoices, carried, retried, data):
    shuffled = data.draw(st.permutations(invoices))

    assert plan_run(shuffled, carried, retried[::-1]) == plan_run(invoices, carried, retried)
