"""Of many invoices each takes the step if it may, the oldest first; the rest are told why not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.ledger import rules
from kvitt.ledger.lifecycle import INVOICE_STEPS, InvoiceStatus

pytestmark = pytest.mark.requirement("CO-20", "NA-28")
GUSTAV, HANNA = 7, 8
ISSUED, REVIEWED, AUTHORISED = InvoiceStatus.ISSUED, InvoiceStatus.REVIEWED, InvoiceStatus.AUTHORISED
PAYING_OUT, PAID_OUT = InvoiceStatus.PAYING_OUT, InvoiceStatus.PAID_OUT


def invoice(number, status=REVIEWED, total=100_00, reviewer=GUSTAV):
    return rules.InvoiceFacts(number, f"Faktura {number}", status, total, reviewer)


def plan(invoices, to, *, user=HANNA, earlier=None, remarked=()):
    found = rules.plan_advance(
        invoices, to, user_id=user, earlier_unattested=earlier or {}, remarked_ids=remarked
    )
    done = {facts.id: status for facts, status in found.steps}
    return done, {each.invoice.id: [problem.code for problem in each.problems] for each in found.refused}


def test_oldest_is_attested_first_however_they_come():
    first, second = invoice(1), invoice(2)

    found = rules.plan_advance([second, first], AUTHORISED, user_id=HANNA, earlier_unattested={2: [first]})

    assert [facts.id for facts, _ in found.steps] == [1, 2]


def test_later_one_stays_when_the_earlier_one_does():
    own = invoice(1, reviewer=HANNA)

    done, refused = plan([own, invoice(2)], AUTHORISED, earlier={2: [own]})

    assert (done, refused) == ({}, {1: ["four_eyes"], 2: ["earlier_first"]})


def test_what_somebody_else_was_faster_with_stays_alone():
    done, refused = plan([invoice(1, AUTHORISED), invoice(2)], AUTHORISED)

    assert (done, refused) == ({2: AUTHORISED}, {1: ["step_not_allowed"]})


def test_remarked_one_waits_for_somebody_to_look():
    done, refused = plan([invoice(1, ISSUED), invoice(2, ISSUED)], REVIEWED, remarked={1})

    assert (done, refused) == ({2: REVIEWED}, {1: ["has_remarks"]})


def test_payout_of_nothing_is_paid_at_once():
    done, refused = plan([invoice(1, AUTHORISED, 0), invoice(2, AUTHORISED, -5)], PAYING_OUT)

    assert (done, refused) == ({1: PAID_OUT, 2: PAYING_OUT}, {})


def test_attested_invoice_is_not_confirmed_before_its_payout():
    done, refused = plan([invoice(1, AUTHORISED), invoice(2, PAYING_OUT)], PAID_OUT)

    assert (done, refused) == ({2: PAID_OUT}, {1: ["payment_first"]})


FACTS = st.lists(
    st.builds(
        invoice,
        st.integers(1, 9),
        st.sampled_from(InvoiceStatus),
        st.sampled_from([-1, 0, 1]),
        st.sampled_from([GUSTAV, HANNA]),
    ),
    unique_by=lambda facts: facts.id,
)


@given(
    invoices=FACTS,
    to=st.sampled_from([REVIEWED, AUTHORISED, PAYING_OUT, PAID_OUT]),
    links=st.sets(st.tuples(st.integers(1, 9), st.integers(1, 9))),
    user=st.sampled_from([GUSTAV, HANNA]),
)
def test_plan_holds_for_whatever_is_chosen(invoices, to, links, user):
    by_id = {each.id: each for each in invoices}
    waiting = {each.id for each in invoices if each.status in {ISSUED, REVIEWED}}
    earlier = {
        pk: [
            by_id[other] for other, later in sorted(links) if later == pk and other < pk and other in waiting
        ]
        for pk in by_id
    }

    done, refused = plan(invoices, to, user=user, earlier=earlier)

    assert sorted([*done, *refused]) == sorted(by_id)
    assert all(refused.values())
    assert list(done) == sorted(done)
    for pk, status in done.items():
        assert INVOICE_STEPS[by_id[pk].status, status] == "advance_invoice"
        if status is AUTHORISED:
            assert by_id[pk].reviewed_by_id != user
            assert {other.id for other in earlier[pk]} <= set(done)
        if by_id[pk].status is AUTHORISED:
            assert (status is PAID_OUT) == (by_id[pk].total == 0)


def test_nothing_chosen_is_said():
    assert [problem.code for problem in rules.check_chosen([])] == ["none_chosen"]
    assert rules.check_chosen([1]) == []


@pytest.mark.parametrize("status", InvoiceStatus)
def test_invoice_is_returned_until_its_attest(status):
    is_open = status in {ISSUED, REVIEWED}

    assert [problem.code for problem in rules.check_reject(status)] == ([] if is_open else ["not_returnable"])


def test_invoice_of_nothing_is_not_on_its_way_anywhere():
    free = invoice(1, AUTHORISED, total=0)

    problems = rules.check_advance(free, PAYING_OUT, user_id=HANNA, earlier_unattested=[])

    assert [problem.code for problem in problems] == ["nothing_to_pay"]
