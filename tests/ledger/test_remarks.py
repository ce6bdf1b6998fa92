"""What the program remarks on an invoice: each rule alone, and read from the ledger in few statements."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.foundation.values.dates import Period
from kvitt.ledger import commands, queries, rules
from kvitt.ledger.models import Invoice, Line
from kvitt.ledger.rules import InvoicedCase, RemarkFacts, RemarkKind, RepeatedProcedure, TreatedCase
from kvitt.registers.price_lists.models import ParameterValue

pytestmark = pytest.mark.requirement("NA-28")

LIMITS = rules.RemarkLimits(factor=2, months=12, least_invoices=3, old_after_months=12)
DAY = dt.date(2024, 11, 30)
CASE, OTHER = "B2024-000001", "B2024-000002"
SPAN = Period(dt.date(2024, 3, 1), dt.date(2024, 5, 1))


def kinds(**facts):
    found = rules.calculate_remarks(RemarkFacts(**{"total": 100_00, "invoice_date": DAY, **facts}), LIMITS)
    return [RemarkKind(remark.code) for remark in found]


def sentences(**facts):
    found = rules.calculate_remarks(RemarkFacts(**{"total": 100_00, "invoice_date": DAY, **facts}), LIMITS)
    return [str(remark).replace("\xa0", " ") for remark in found]


# The rules -------------------------------------------------------------------------------------------


def test_ordinary_invoice_has_no_remark():
    facts = {
        "earlier_totals": [90_00, 100_00, 110_00],
        "cases": [InvoicedCase(CASE, 1, dt.date(2024, 11, 1))],
        "treated": [TreatedCase(CASE, 1, SPAN)],
    }

    assert kinds(**facts) == []


def test_total_above_twice_the_usual_is_remarked():
    assert kinds(total=200_01, earlier_totals=[90_00, 100_00, 500_00]) == [RemarkKind.LARGE_TOTAL]
    [said] = sentences(total=200_01, earlier_totals=[90_00, 100_00, 500_00])
    assert said == (
        "The total 200,01 kr is more than 2 times the clinic's usual 100 kr "
        "(the median of 3 invoices in 12 months)."
    )


def test_total_of_twice_the_usual_is_not_remarked():
    assert kinds(total=200_00, earlier_totals=[90_00, 100_00, 500_00]) == []


def test_clinic_with_two_invoices_has_no_usual_total():
    assert kinds(total=900_00, earlier_totals=[1_00, 1_00]) == []


def test_negative_total_is_remarked_as_such_alone():
    assert sentences(total=-50_00, earlier_totals=[1_00] * 3) == [
        "The total is negative: 50 kr is to be paid back."
    ]


def test_repeated_procedures_are_told_case_by_case():
    crown = RepeatedProcedure(CASE, "815", "Sadelkrona", dt.date(2024, 11, 2))
    filling = RepeatedProcedure(CASE, "705", "Fyllning", dt.date(2024, 11, 1))

    [said] = sentences(repeated=[crown, filling, crown])

    assert said == (
        "B2024-000001: invoiced more than once for the same patient and day: "
        "705 Fyllning 2024-11-01, 815 Sadelkrona 2024-11-02."
    )


def test_patient_with_two_cases_on_the_invoice_is_told_once():
    cases = [InvoicedCase(CASE, 1, DAY), InvoicedCase(OTHER, 1, DAY)]

    assert sentences(cases=cases) == [
        "B2024-000001: the patient has more cases on this invoice: B2024-000002."
    ]


def test_two_patients_with_a_case_each_are_as_usual():
    assert kinds(cases=[InvoicedCase(CASE, 1, DAY), InvoicedCase(OTHER, 2, DAY)]) == []


@pytest.mark.parametrize(
    ("first_on", "is_remarked"), [(dt.date(2024, 5, 1), True), (dt.date(2024, 5, 2), False)]
)
def test_another_case_is_remarked_where_it_overlaps(first_on, is_remarked):
    other = TreatedCase(OTHER, 1, Period(first_on, dt.date(2024, 9, 1)))

    found = kinds(cases=[InvoicedCase(CASE, 1, DAY)], treated=[TreatedCase(CASE, 1, SPAN), other])

    assert found == ([RemarkKind.SEVERAL_CASES] if is_remarked else [])


@pytest.mark.parametrize(
    ("performed_on", "is_remarked"), [(dt.date(2023, 11, 29), True), (dt.date(2023, 11, 30), False)]
)
def test_procedure_is_old_after_twelve_months(performed_on, is_remarked):
    found = kinds(cases=[InvoicedCase(CASE, 1, performed_on)])

    assert found == ([RemarkKind.OLD_PROCEDURE] if is_remarked else [])


def test_recalculated_case_is_remarked():
    assert kinds(cases=[InvoicedCase(CASE, 1, DAY, is_recalculated=True)]) == [RemarkKind.RECALCULATED_CASE]


def test_case_without_a_patient_is_never_several():
    assert kinds(cases=[InvoicedCase(CASE, None, None), InvoicedCase(OTHER, None, None)]) == []


@given(
    totals=st.lists(st.integers(min_value=1), max_size=9), total=st.integers(), more=st.integers(min_value=0)
)
def test_larger_total_never_loses_its_remark(totals, total, more):
    is_large = RemarkKind.LARGE_TOTAL in kinds(total=total, earlier_totals=totals)

    assert not is_large or RemarkKind.LARGE_TOTAL in kinds(total=total + more, earlier_totals=totals)


@given(totals=st.lists(st.integers(min_value=1), min_size=3))
def test_usual_total_is_one_of_the_totals_with_half_on_either_side(totals):
    usual = rules.calculate_usual_total(totals, least=3)

    assert usual in totals
    assert sum(total < usual for total in totals) <= len(totals) / 2
    assert sum(total > usual for total in totals) <= len(totals) / 2


# From the ledger --------------------------------------------------------------------------------------


def remarks(*invoice_ids):
    invoices = list(Invoice.objects.filter(pk__in=invoice_ids))
    found = queries.remarks_of(invoices)
    return [[RemarkKind(each.code) for each in found[pk]] for pk in invoice_ids]


def line(book, number, amount=100_00, **wanted):
    return book.approve(amount, case=f"B2024-{number:06d}", **wanted)


def different(*line_ids):
    """Make the procedures of the lines different, so that none is twice the same."""
    for line_id in line_ids:
        Line.objects.filter(pk=line_id).update(code=f"7{line_id}")


@pytest.fixture
def usual(book):
    """Three invoices of 100 kr of the clinic in Ryd, each about a patient and case of its own."""
    for number in range(3):
        line_id = line(book, number, person=(book.world.rutger, book.world.tova, book.world.ake)[number])
        different(line_id)
        book.issue(line_id)
    return book


def test_large_invoice_is_measured_by_the_clinics_earlier_ones(usual):
    large = line(usual, 7, 200_01)
    elsewhere = line(usual, 8, 900_00, clinic=usual.world.linghem, person=usual.world.alma)
    different(large, elsewhere)

    large_id, elsewhere_id = usual.issue(large), usual.issue(elsewhere, clinic=usual.world.linghem)

    assert remarks(large_id) == [[RemarkKind.LARGE_TOTAL]]
    assert RemarkKind.LARGE_TOTAL not in remarks(elsewhere_id)[0]


def test_returned_invoices_are_not_usual(usual):
    usual.return_(Invoice.objects.latest("pk").pk)
    large = line(usual, 7, 900_00)
    different(large)

    assert remarks(usual.issue(large)) == [[]]


def test_invoices_of_more_than_a_year_ago_are_not_usual(usual):
    Invoice.objects.filter(pk=Invoice.objects.latest("pk").pk).update(invoice_date=dt.date(2023, 11, 30))
    large = line(usual, 7, 900_00)
    different(large)

    assert remarks(usual.issue(large)) == [[]]


def test_authority_sets_its_own_limit(usual):
    ParameterValue.objects.create(
        authority=usual.world.region,
        name="ledger.remark_factor",
        first_on=dt.date(2024, 1, 1),
        value=10,
        source="Beslut",
        entered_by="Ivar",
    )
    large = line(usual, 7, 900_00)
    different(large)

    assert remarks(usual.issue(large)) == [[]]


def test_same_procedure_on_one_invoice_is_remarked(book):
    assert remarks(book.issue(book.approve(), book.approve())) == [[RemarkKind.REPEATED_PROCEDURE]]


def test_same_procedure_on_two_invoices_is_remarked_on_both(book):
    first, second = book.issue(book.approve()), book.issue(book.approve())

    assert remarks(first, second) == [[RemarkKind.REPEATED_PROCEDURE]] * 2


@pytest.mark.parametrize("how", ["another person", "another day", "a credited one", "not invoiced"])
def test_procedure_is_not_repeated_by(book, how):
    twin = book.approve(person=book.world.rutger if how == "another person" else None)
    if how == "another day":
        Line.objects.filter(pk=twin).update(performed_on=dt.date(2024, 11, 1))
    if how != "not invoiced":
        book.attested(twin)
    if how == "a credited one":
        commands.request_credit([twin])

    found = remarks(book.issue(book.approve()))[0]

    assert RemarkKind.REPEATED_PROCEDURE not in found


def test_other_invoiced_case_of_the_patient_is_remarked(book):
    here, there = line(book, 1), line(book, 2)
    different(here, there)
    book.issue(there)

    assert remarks(book.issue(here)) == [[RemarkKind.SEVERAL_CASES]]


def test_old_procedure_is_remarked(book):
    line_id = book.approve()
    Line.objects.filter(pk=line_id).update(performed_on=dt.date(2023, 1, 2))

    assert remarks(book.issue(line_id)) == [[RemarkKind.OLD_PROCEDURE]]


def test_negative_invoice_of_a_credited_case_is_remarked_for_both(book):
    credited = book.credit_wanted()

    assert remarks(book.issue(credited)) == [[RemarkKind.NEGATIVE_TOTAL, RemarkKind.RECALCULATED_CASE]]


def test_line_entered_anew_is_remarked(book):
    credited = book.credit_wanted()
    [copy] = commands.reissue([credited], today=dt.date(2024, 11, 20))
    extra = book.approve(500_00)
    different(extra)

    assert remarks(book.issue(credited, copy.pk, extra)) == [[RemarkKind.RECALCULATED_CASE]]


def test_no_invoices_have_no_remarks(db):
    assert queries.remarks_of([]) == {}


@pytest.mark.requirement("CO-25")
@pytest.mark.parametrize("count", [2, 50])
def test_remarks_take_as_many_statements_for_two_invoices_as_for_fifty(
    book, count, django_assert_num_queries
):
    for number in range(count):
        book.issue(line(book, number))
    invoices = list(Invoice.objects.all())

    # The limits, the clinics' totals, the cases, the patients' other cases, what is repeated, sums by
    # code and account strings.
    with django_assert_num_queries(7):
        queries.remarks_of(invoices)
