"""Which invoiced procedures are credited together, and that the money comes out right in every order."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.ledger.rules import InvoiceFacts
from kvitt.modules.needs_allowance.rules import credit
from kvitt.modules.needs_allowance.rules.money import Totals
from kvitt.modules.needs_allowance.rules.procedure import ProcedureFacts

TODAY = dt.date(2024, 11, 26)
DEDUCTIBLE = 500_000
# Figure 27: what stands invoiced, in kronor.
FIGURE_27 = {1: -5_000, 2: 1_235, 3: 660, 4: 1_230, 5: 6_900}
ATTESTED = InvoiceFacts(1, "Testfaktura 1111", InvoiceStatus.AUTHORISED, 502_500)
SENT_IN = InvoiceFacts(2, "Faktura 2 1111", InvoiceStatus.ISSUED, 0)


def procedure(number, kronor, status="invoiced", *, performed_on=TODAY):
    return ProcedureFacts(
        number, str(100 + number), "", "", performed_on, kronor * 100, status, is_deductible=kronor < 0
    )


def case_of(amounts, status="invoiced"):
    return [procedure(number, kronor, status) for number, kronor in amounts.items()]


def attested(procedures):
    return {one.id: ATTESTED for one in procedures if one.status == "invoiced"}


def plan(procedures, *wrong_ids, invoices=None):
    return credit.plan_credit(procedures, wrong_ids, attested(procedures) if invoices is None else invoices)


def problems(procedures, *wrong_ids, invoices=None):
    charging = attested(procedures) if invoices is None else invoices
    return [str(problem) for problem in credit.check_credit(procedures, wrong_ids, charging)]


def kronor(totals):
    return {
        "billable": totals.billable // 100,
        "invoiced": totals.invoiced // 100,
        "awaiting": totals.awaiting_credit // 100,
    }


# The seed's figures -------------------------------------------------------------------------------


@pytest.mark.requirement("NA-30")
def test_four_wrong_ones_of_figure_27_take_the_deductible_along():
    found = plan(case_of(FIGURE_27), 2, 3, 4, 5)

    assert found.credited_ids == (1, 2, 3, 4, 5)
    assert found.copied_ids == (1,)
    assert found.is_recalculation


@pytest.mark.requirement("NA-30")
def test_amounts_before_and_after_are_those_of_figures_27_and_29():
    found = plan(case_of(FIGURE_27), 2, 3, 4, 5)

    assert kronor(found.before) == {"billable": 0, "invoiced": 5_025, "awaiting": 0}
    assert kronor(found.after) == {"billable": 0, "invoiced": 0, "awaiting": -5_025}


@pytest.mark.requirement("NA-30")
def test_codes_that_were_not_wrong_are_entered_anew():
    found = plan(case_of(FIGURE_27), 5)

    assert found.credited_ids == (1, 2, 3, 4, 5)
    assert found.copied_ids == (1, 2, 3, 4)
    assert kronor(found.after) == {"billable": 0, "invoiced": 0, "awaiting": -5_025}


@pytest.mark.requirement("NA-29")
@pytest.mark.parametrize(
    ("wrong", "invoiced"), [((2,), 3_790), ((3,), 4_365), ((2, 3), 3_130), ((2, 3, 4), 1_900)]
)
def test_only_the_wrong_ones_are_credited_while_the_rest_reaches_the_deductible(wrong, invoiced):
    found = plan(case_of(FIGURE_27), *wrong)

    assert (found.credited_ids, found.copied_ids) == (wrong, ())
    assert kronor(found.after) == {"billable": 0, "invoiced": invoiced, "awaiting": invoiced - 5_025}


# Every state --------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-29")
@pytest.mark.parametrize(("remaining", "is_recalculation"), [(5_001, False), (5_000, False), (4_999, True)])
def test_exactly_the_deductible_is_enough(remaining, is_recalculation):
    found = plan(case_of({1: -5_000, 2: remaining, 3: 100}), 3)

    assert found.is_recalculation is is_recalculation


@pytest.mark.requirement("NA-30")
def test_nothing_remaining_leaves_a_fresh_deductible_alone():
    found = plan(case_of({1: -5_000, 2: 6_000}), 2)

    assert (found.credited_ids, found.copied_ids) == ((1, 2), (1,))


@pytest.mark.requirement("NA-30")
def test_waiting_codes_count_with_the_fresh_deductible():
    waiting = procedure(6, 7_000, "approved")

    found = plan([*case_of(FIGURE_27), waiting], 5)

    assert 6 not in found.credited_ids
    assert kronor(found.before) == {"billable": 7_000, "invoiced": 5_025, "awaiting": 0}
    assert kronor(found.after) == {"billable": 5_125, "invoiced": 0, "awaiting": -5_025}


@pytest.mark.requirement("NA-29")
def test_waiting_codes_do_not_keep_the_deductible_invoiced():
    """They can still be removed."""
    waiting = procedure(6, 7_000, "approved")

    assert plan([*case_of(FIGURE_27), waiting], 5).is_recalculation


@pytest.mark.requirement("NA-30")
def test_what_is_credited_already_is_left_alone():
    earlier = [procedure(6, 3_000, "awaiting_credit"), procedure(7, 2_000, "credited")]

    found = plan([*case_of(FIGURE_27), *earlier], 5)

    assert found.credited_ids == (1, 2, 3, 4, 5)
    assert kronor(found.after) == {"billable": 0, "invoiced": 0, "awaiting": -8_025}


@pytest.mark.requirement("NA-30")
def test_deductible_that_was_replaced_is_not_replaced_again():
    old = procedure(8, -5_000, "credited")

    found = plan([old, *case_of(FIGURE_27)], 5)

    assert found.copied_ids == (1, 2, 3, 4)


@pytest.mark.requirement("CO-22")
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ((), "Tick at least one code that is wrong."),
        (
            (1,),
            (
                "The deductible is not credited by itself. Credit the code that is wrong: the deductible "
                "follows if it has to."
            ),
        ),
        ((6,), "Code 106 already waits to be credited on the next invoice."),
        ((7,), "Code 107 is already credited."),
        ((8,), "Code 108 is not invoiced, so there is nothing to credit."),
        (
            (9,),
            (
                "Code 109 is on invoice Faktura 2 1111, which is not attested yet. Recall the invoice, or "
                "ask for it to be returned, instead of crediting."
            ),
        ),
    ],
)
def test_what_cannot_be_credited_is_refused_in_words(wrong, message):
    others = [
        procedure(6, 100, "awaiting_credit"),
        procedure(7, 100, "credited"),
        procedure(8, 100, "approved"),
        procedure(9, 100),
    ]
    procedures = [*case_of(FIGURE_27), *others]

    assert problems(procedures, *wrong, invoices={**attested(procedures), 9: SENT_IN}) == [message]


@pytest.mark.requirement("NA-29", "NA-30", "CO-22")
@pytest.mark.parametrize("status", [InvoiceStatus.ISSUED, InvoiceStatus.REVIEWED])
def test_invoice_that_may_still_be_returned_stands_in_the_way_by_name(status):
    """The 7 000 kr may be returned and removed; then 3 125 kr would stand against the whole deductible."""
    later = procedure(6, 7_000)
    procedures = [*case_of(FIGURE_27), later]
    invoices = {**attested(procedures), 6: replace(SENT_IN, status=status)}

    assert problems(procedures, 5, invoices=invoices) == [
        (
            "Less than the deductible would remain attested, and invoice Faktura 2 1111 with codes of the "
            "same case is not attested yet. Wait for the attest, or recall it or ask for it to be returned, "
            "and credit then."
        )
    ]


@pytest.mark.requirement("NA-29")
def test_invoice_that_may_still_be_returned_is_no_hindrance_while_enough_is_attested():
    later = procedure(6, 7_000)
    procedures = [*case_of(FIGURE_27), later]
    invoices = {**attested(procedures), 6: SENT_IN}

    assert problems(procedures, 3, invoices=invoices) == []
    assert plan(procedures, 3, invoices=invoices).credited_ids == (3,)


@pytest.mark.requirement("NA-29", "CO-22")
@pytest.mark.parametrize("status", InvoiceStatus)
def test_button_is_there_from_the_attest_on(status):
    invoice = replace(ATTESTED, status=status)

    may = credit.may_credit(procedure(2, 1_235), invoice)

    assert may == (status.value in {"authorised", "paying_out", "paid_out"})


@pytest.mark.requirement("NA-29")
def test_deductible_and_what_is_not_invoiced_have_no_button():
    assert not credit.may_credit(procedure(1, -5_000), ATTESTED)
    assert not credit.may_credit(procedure(2, 1_235, "approved"), None)
    assert not credit.may_credit(procedure(2, 1_235, "awaiting_credit"), ATTESTED)


# Undoing ------------------------------------------------------------------------------------------


AFTER = [*case_of(FIGURE_27, "awaiting_credit"), procedure(6, -5_000, "approved")]


def withdrawal(procedures, *, credited=5):
    mark = credit.calculate_case_mark(AFTER)
    return [
        problem.code
        for problem in credit.check_withdrawal(procedures[:credited], mark=mark, procedures=procedures)
    ]


@pytest.mark.requirement("NA-32")
def test_credit_is_undone_while_the_case_is_the_same():
    assert withdrawal(AFTER) == []


@pytest.mark.requirement("NA-32")
def test_removed_code_changes_nothing():
    assert withdrawal([*AFTER, procedure(7, 820, "withdrawn")]) == []


@pytest.mark.requirement("NA-32")
@pytest.mark.parametrize(
    "changed",
    [
        [*AFTER, procedure(7, 820, "approved")],
        AFTER[:-1],
        [*AFTER[:-1], procedure(6, -5_000, "invoiced")],
        [*AFTER[:-1], procedure(6, -4_000, "approved")],
        [*AFTER[:-1], procedure(6, -5_000, "approved", performed_on=dt.date(2024, 11, 25))],
        [*AFTER[:-1], replace(AFTER[-1], location="12")],
    ],
    ids=["added", "removed", "invoiced", "amount", "date", "place"],
)
def test_changed_case_keeps_its_credits(changed):
    assert withdrawal(changed) == ["case_changed"]


@pytest.mark.requirement("NA-32")
def test_invoiced_credit_is_not_undone():
    on_invoice = [replace(one, status="credited") if one.id < 6 else one for one in AFTER]

    assert withdrawal(on_invoice) == ["credit_invoiced"]


@pytest.mark.requirement("NA-32")
def test_what_does_not_wait_has_nothing_to_undo():
    assert withdrawal(case_of(FIGURE_27)) == ["not_awaiting"]
    assert withdrawal(AFTER, credited=0) == ["not_awaiting"]


# Always -------------------------------------------------------------------------------------------


AMOUNTS = st.integers(min_value=0, max_value=8_000)


@st.composite
def invoiced_cases(draw):
    """A case that stands right: the deductible invoiced, and at least as much attested against it."""
    treatments = draw(st.lists(AMOUNTS, min_size=1, max_size=6).filter(lambda found: sum(found) > 5_000))
    later = draw(st.lists(AMOUNTS, max_size=3))
    waiting = draw(st.lists(AMOUNTS, max_size=3))
    statuses = ["invoiced"] * (len(treatments) + len(later)) + ["approved"] * len(waiting)
    amounts = [*treatments, *later, *waiting]
    lines = [procedure(1, -5_000)]
    lines += [
        procedure(number, amount, status)
        for number, (amount, status) in enumerate(zip(amounts, statuses, strict=True), start=2)
    ]
    is_attested = draw(st.booleans())
    first_later = 2 + len(treatments)
    invoices = {
        one.id: SENT_IN if one.id >= first_later and not is_attested else ATTESTED
        for one in lines
        if one.status == "invoiced"
    }
    wrong = draw(st.sets(st.sampled_from(range(2, first_later)), min_size=1))
    return lines, invoices, wrong


def carried_out(lines, found):
    after = [replace(one, status="awaiting_credit") if one.id in found.credited_ids else one for one in lines]
    copies = [replace(one, id=one.id + 100, status="approved") for one in lines if one.id in found.copied_ids]
    return after, copies


@pytest.mark.requirement("NA-29", "NA-30", "QU-12")
@given(invoiced_cases())
def test_paid_in_the_end_is_what_is_right_above_the_deductible(drawn):
    """Whether an invoice that is not attested yet is returned and its codes removed, or not."""
    lines, invoices, wrong = drawn
    if credit.check_credit(lines, wrong, invoices):
        return

    after, copies = carried_out(lines, credit.plan_credit(lines, wrong, invoices))

    for returned in (False, True):
        gone = {one.id for one in after if returned and invoices.get(one.id) == SENT_IN}
        standing = sum(one.amount for one in after if one.status == "invoiced" and one.id not in gone)
        waiting = [one for one in [*after, *copies] if one.status == "approved"]
        billed = max(0, sum(one.amount for one in waiting))
        right = sum(one.amount for one in lines[1:] if one.id not in wrong | gone)
        assert standing + billed == max(0, right - DEDUCTIBLE)


@pytest.mark.requirement("NA-30")
@given(invoiced_cases())
def test_preview_is_what_comes_of_it(drawn):
    lines, invoices, wrong = drawn
    if credit.check_credit(lines, wrong, invoices):
        return
    found = credit.plan_credit(lines, wrong, invoices)

    after, copies = carried_out(lines, found)

    amounts = dict.fromkeys(("invoiced", "awaiting_credit", "approved"), 0)
    for one in [*after, *copies]:
        amounts[one.status] += one.amount
    assert found.after == Totals(
        billable=max(0, amounts["approved"]),
        invoiced=amounts["invoiced"],
        awaiting_credit=-amounts["awaiting_credit"],
    )


@pytest.mark.requirement("CO-24")
@given(invoiced_cases(), invoiced_cases())
def test_plans_that_differ_have_different_fingerprints(drawn, other):
    plans = [credit.plan_credit(lines, wrong, invoices) for lines, invoices, wrong in (drawn, other)]

    prints = [credit.calculate_fingerprint(found) for found in plans]

    assert (prints[0] == prints[1]) == (plans[0] == plans[1])
