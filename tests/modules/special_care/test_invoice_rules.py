"""What is shown of an invoice and its claims, where it is listed, and what may be undone."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.ledger.lifecycle import CREDITABLE_INVOICES, DEAD_INVOICES, InvoiceStatus
from kvitt.modules.special_care.lifecycle import LIVE, ClaimStatus
from kvitt.modules.special_care.rules import invoice as rules
from kvitt.modules.special_care.rules.invoice import (
    ClaimGroup,
    ClaimStanding,
    ClaimState,
    Folder,
    InvoiceFacts,
    InvoiceState,
    ShownState,
)
from kvitt.registers.organisations.lifecycle import GiroKind

TODAY = dt.date(2021, 10, 5)
OCTOBER = dt.date(2021, 10, 1)
RELEASED = ClaimGroup(ClaimStatus.RELEASED, 750_00, released_on=OCTOBER)
HELD = ClaimGroup(ClaimStatus.HELD, 885_00)
VOIDED = ClaimGroup(ClaimStatus.VOIDED, 885_00, changed_on=OCTOBER)
DELETED = ClaimGroup(ClaimStatus.DELETED, 885_00, changed_on=OCTOBER)
PAID = {"ledger_status": InvoiceStatus.PAID_OUT, "paid_on": OCTOBER}


def codes(problems):
    return [problem.code for problem in problems]


@pytest.mark.requirement("SC-19")
@pytest.mark.parametrize(
    ("invoice", "state", "on"),
    [
        (InvoiceFacts([HELD]), InvoiceState.PROCESSING, None),
        (InvoiceFacts([RELEASED, HELD]), InvoiceState.PROCESSING, None),
        (InvoiceFacts([RELEASED, DELETED, VOIDED]), InvoiceState.APPROVED, OCTOBER),
        (InvoiceFacts([RELEASED], ledger_status=InvoiceStatus.PAYING_OUT), InvoiceState.APPROVED, OCTOBER),
        (InvoiceFacts([RELEASED], ledger_status=InvoiceStatus.RETURNED), InvoiceState.APPROVED, OCTOBER),
        (InvoiceFacts([RELEASED], **PAID), InvoiceState.PAID, OCTOBER),
        (InvoiceFacts([VOIDED, DELETED]), InvoiceState.VOIDED, None),
        (InvoiceFacts([DELETED]), InvoiceState.DELETED, None),
        (
            InvoiceFacts([RELEASED], is_credit=True, ledger_status=InvoiceStatus.ISSUED),
            InvoiceState.PROCESSING,
            None,
        ),
        (InvoiceFacts([RELEASED], is_credit=True, **PAID), InvoiceState.PAID, OCTOBER),
        (
            InvoiceFacts([RELEASED], is_credit=True, ledger_status=InvoiceStatus.RETURNED),
            InvoiceState.RETURNED,
            None,
        ),
        (
            InvoiceFacts([RELEASED], is_credit=True, awaits_repayment=True, **PAID),
            InvoiceState.AWAITS_REPAYMENT,
            None,
        ),
        (
            InvoiceFacts([RELEASED], is_credit=True, awaits_repayment=True, repaid_on=TODAY, **PAID),
            InvoiceState.REPAID,
            TODAY,
        ),
        (InvoiceFacts([], is_credit=True, ledger_status=InvoiceStatus.RETURNED), InvoiceState.VOIDED, None),
    ],
)
def test_state_follows_from_claims_and_ledger(invoice, state, on):
    assert rules.calculate_state(invoice) == ShownState(state, on)


@pytest.mark.requirement("SC-19", "SC-21")
def test_amount_is_of_live_claims_and_turned_on_a_credit_invoice():
    assert rules.calculate_amount(InvoiceFacts([RELEASED, HELD, VOIDED, DELETED])) == 1_635_00
    assert rules.calculate_amount(InvoiceFacts([VOIDED])) == 0
    assert rules.calculate_amount(InvoiceFacts([RELEASED], is_credit=True)) == -750_00


@pytest.mark.requirement("SC-19")
def test_claims_are_counted_that_stand_otherwise_than_the_rest():
    credited = ClaimGroup(ClaimStatus.RELEASED, 1_500_00, count=2, is_credited=True)

    assert rules.calculate_claim_counts([RELEASED, credited]) == {ClaimState.CREDITED: 2}
    assert rules.calculate_claim_counts([HELD, VOIDED]) == {ClaimState.UNDER_REVIEW: 1, ClaimState.VOIDED: 1}


@pytest.mark.requirement("SC-17", "SC-19")
def test_voided_invoice_stays_in_sight_for_thirty_days():
    voided_on = OCTOBER
    last = voided_on + dt.timedelta(days=30)

    assert rules.calculate_folders(InvoiceFacts([VOIDED]), today=last) == {Folder.VOIDED, Folder.PROCESSING}
    after = last + dt.timedelta(days=1)
    assert rules.calculate_folders(InvoiceFacts([VOIDED]), today=after) == {Folder.VOIDED}


@pytest.mark.requirement("SC-17")
def test_invoice_stands_in_the_list_of_what_it_is():
    def folders(invoice):
        return rules.calculate_folders(invoice, today=TODAY)

    assert folders(InvoiceFacts([HELD])) == {Folder.PROCESSING}
    assert folders(InvoiceFacts([RELEASED], **PAID)) == {Folder.PAID}
    assert folders(InvoiceFacts([RELEASED], is_credit=True, **PAID)) == {Folder.CREDITS}
    assert folders(InvoiceFacts([], is_credit=True)) == {Folder.VOIDED}


@pytest.mark.requirement("SC-20")
@given(st.sampled_from(ClaimStatus), st.none() | st.sampled_from(InvoiceStatus))
def test_claim_is_deleted_until_a_live_proposal_holds_it(status, ledger_status):
    is_free = ledger_status is None or ledger_status in DEAD_INVOICES

    problems = rules.check_deletion(ClaimStanding(status, ledger_status=ledger_status))

    assert (problems == []) == (status in LIVE and is_free)


@pytest.mark.requirement("SC-21")
@given(
    st.sampled_from(ClaimStatus),
    st.none() | st.sampled_from(InvoiceStatus),
    st.none() | st.sampled_from(InvoiceStatus),
)
def test_claim_is_credited_once_from_the_attest_on(status, ledger_status, credit_status):
    claim = ClaimStanding(status, credit_status is not None, ledger_status, credit_status)

    problems = rules.check_credit(claim)

    is_free = credit_status is None or credit_status in DEAD_INVOICES
    assert (problems == []) == (status in LIVE and ledger_status in CREDITABLE_INVOICES and is_free)


@pytest.mark.requirement("SC-21")
def test_plusgiro_pays_back_what_it_got_and_nothing_of_0_kr():
    assert rules.is_repaid_by_hand(GiroKind.PLUSGIRO, 1)
    assert not rules.is_repaid_by_hand(GiroKind.PLUSGIRO, 0)
    assert not rules.is_repaid_by_hand(GiroKind.BANKGIRO, 1)
    assert not rules.is_repaid_by_hand("", 1)


@pytest.mark.requirement("SC-21")
def test_only_a_returned_credit_is_undone_and_not_when_another_claim_was_sent_in_instead():
    returned = ClaimStanding(
        ClaimStatus.RELEASED,
        is_credited=True,
        ledger_status=PAID["ledger_status"],
        credit_status=InvoiceStatus.RETURNED,
    )
    accepted = ClaimStanding(ClaimStatus.RELEASED, is_credited=True, credit_status=InvoiceStatus.PAID_OUT)

    assert rules.check_credit_withdrawal(returned, replaced_by="") == []
    assert codes(rules.check_credit_withdrawal(returned, replaced_by="T2024-000002")) == ["is_replaced"]
    assert codes(rules.check_credit_withdrawal(accepted, replaced_by="")) == ["not_returned"]
