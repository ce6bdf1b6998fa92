"""Another person attests what is approved, the oldest first, and each gets the next voucher number."""

import datetime as dt

import pytest
from django.http import Http404

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.ledger import commands, queries
from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.ledger.models import Invoice, VoucherSeries
from kvitt.registers.access.rules import NotAllowed, Role
from kvitt.registers.organisations.models import Authority

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("CO-20", "NA-28")]
ISSUED, REVIEWED, AUTHORISED = InvoiceStatus.ISSUED, InvoiceStatus.REVIEWED, InvoiceStatus.AUTHORISED


def attest(book, *invoice_ids, by="hanna", today=None):
    return commands.attest_invoices(book.world.actor(by), today=today or book.today, invoice_ids=invoice_ids)


def refused(plan):
    return {each.invoice.id: [problem.code for problem in each.problems] for each in plan.refused}


def vouchers():
    return list(Invoice.objects.order_by("pk").values_list("voucher_year", "voucher_number"))


@pytest.fixture
def gerd(book):
    """One who both reviews and attests."""
    book.world._user("gerd", "Gerd Bådadera", book.world.region, (Role.REVIEWER, Role.ATTESTER))
    return book.world.actor("gerd")


@pytest.mark.requirement("CO-21")
def test_numbers_follow_the_order_in_which_the_invoices_were_made(book):
    made = [book.in_status(REVIEWED) for _ in range(3)]

    attest(book, *reversed(made))

    assert vouchers() == [(2024, 1), (2024, 2), (2024, 3)]
    assert list(queries.breaches()) == []


@pytest.mark.requirement("CO-21")
def test_series_goes_on_where_it_was_and_begins_anew_with_the_year(book):
    made = [book.in_status(REVIEWED) for _ in range(4)]

    attest(book, *made[:2])
    attest(book, made[2])
    attest(book, made[3], today=dt.date(2025, 1, 2))

    assert vouchers() == [(2024, 1), (2024, 2), (2024, 3), (2025, 1)]


def test_invoices_of_one_case_are_attested_together_in_their_order(book):
    made = [book.issue(book.approve(), reference=month) for month in ("September", "Oktober", "November")]
    for invoice_id in made:
        book.take(invoice_id, REVIEWED)

    plan = attest(book, *reversed(made))

    assert [facts.reference for facts, _ in plan.steps] == ["September", "Oktober", "November"]
    assert vouchers() == [(2024, 1), (2024, 2), (2024, 3)]


def test_earlier_one_that_was_not_chosen_is_named(book):
    september, october = (book.issue(book.approve(), reference=month) for month in ("September", "Oktober"))
    book.take(september, REVIEWED)
    book.take(october, REVIEWED)

    plan = attest(book, october)

    [problem] = plan.refused[0].problems
    assert (problem.code, problem.values) == ("earlier_first", {"reference": "September"})
    assert book.status_of_invoice(october) is REVIEWED


@pytest.mark.parametrize("how", ["another module", "another case", "a returned one"])
def test_earlier_one_does_not_matter_of(book, how):
    earlier = book.issue(book.approve(case="B2024-000009" if how == "another case" else ""))
    if how == "a returned one":
        book.return_(earlier)
    if how == "another module":
        Invoice.objects.filter(pk=earlier).update(module="special_care")
        Invoice.objects.get(pk=earlier).rows.get().line.__class__.objects.update(module="special_care")
    later = book.issue(book.approve())
    book.take(later, REVIEWED)

    assert refused(attest(book, later)) == {}


def test_who_approved_cannot_attest_though_he_may_do_both(book, gerd):
    own, other = book.in_status(ISSUED), book.in_status(REVIEWED)
    commands.review_invoices(gerd, invoice_ids=[own])

    plan = commands.attest_invoices(gerd, today=book.today, invoice_ids=[own, other])

    assert refused(plan) == {own: ["four_eyes"]}
    assert vouchers() == [(None, None), (2024, 1)]
    assert list(queries.breaches()) == []


@pytest.mark.parametrize("status", [status for status in InvoiceStatus if status is not REVIEWED])
def test_only_what_is_approved_is_attested(book, status):
    other, approved = book.in_status(status), book.in_status(REVIEWED)

    plan = attest(book, other, approved)

    assert refused(plan) == {other: ["step_not_allowed"]}
    assert book.status_of_invoice(approved) is AUTHORISED
    assert book.status_of_invoice(other) is status
    assert list(queries.breaches()) == []


@pytest.mark.requirement("CO-21", "CO-24")
def test_crash_after_the_numbers_were_drawn_leaves_no_gap(book, monkeypatch):
    first, second = book.in_status(REVIEWED), book.in_status(REVIEWED)

    def crash(*_args, **_kwargs):
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(type(Invoice.objects), "bulk_update", crash)
        with pytest.raises(ZeroDivisionError):
            attest(book, first, second)

    assert vouchers() == [(None, None)] * 2
    assert not VoucherSeries.objects.exists()
    attest(book, second)
    attest(book, first)
    assert vouchers() == [(2024, 2), (2024, 1)]
    assert list(queries.breaches()) == []


@pytest.mark.requirement("CO-21")
def test_no_number_is_drawn_when_all_are_refused(book):
    attest(book, book.in_status(ISSUED))

    assert not VoucherSeries.objects.exists()


@pytest.mark.requirement("CO-30")
def test_log_tells_of_the_attest(book):
    attest(book, book.in_status(REVIEWED))

    event = Event.objects.get(action="ledger.attest_invoices")
    assert (event.user_name, event.data["after"]["invoice"]) == ("Hanna Attestsson", "F1")


def test_nothing_chosen_is_refused(book):
    with pytest.raises(Refused, match="No invoice is chosen"):
        attest(book)


@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize("name", ["anna", "bo", "eva", "frida", "gustav", "ivar"])
def test_only_attesters_attest(book, name):
    invoice_id = book.in_status(REVIEWED)

    with pytest.raises(NotAllowed):
        attest(book, invoice_id, by=name)

    assert book.status_of_invoice(invoice_id) is REVIEWED


@pytest.mark.requirement("CO-1")
def test_forged_id_of_another_authority_is_not_found(book):
    invoice_id = book.in_status(REVIEWED)
    abroad = Authority.objects.create(name="Region Utland", kind="region", organisation_number="2321000057")
    Invoice.objects.filter(pk=invoice_id).update(authority=abroad)

    with pytest.raises(Http404):
        attest(book, invoice_id)


@pytest.mark.parametrize("count", [2, 30])
def test_many_take_as_many_statements_as_two(book, count, django_assert_num_queries):
    made = [book.issue(book.approve(), reference=f"F{number}") for number in range(count)]
    for invoice_id in made:
        book.take(invoice_id, REVIEWED)
    VoucherSeries.objects.create(authority=book.world.region, year=2024)
    hanna = book.world.actor("hanna")

    # Begin, the ids, invoices and clinics held, sums and account strings, earlier ones (3), changed, noted,
    # sums, log (2), postings, the series drawn and read, numbers written, end.
    with django_assert_num_queries(19):
        commands.attest_invoices(hanna, today=book.today, invoice_ids=made)
