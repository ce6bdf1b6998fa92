"""An attest books the invoice; what misses an account string is shown before, and refused by itself."""

import datetime as dt

import pytest
from django.urls import reverse

from kvitt.foundation.values.problems import Refused
from kvitt.ledger import commands
from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.ledger.models import Line, Posting
from kvitt.registers.accounting.models import AccountString

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("SC-23")]
ISSUED, REVIEWED, AUTHORISED = InvoiceStatus.ISSUED, InvoiceStatus.REVIEWED, InvoiceStatus.AUTHORISED


def posted(invoice_id):
    postings = Posting.objects.filter(invoice=invoice_id).order_by("pk")
    return [(str(each.account), each.cost_centre, each.activity, each.amount) for each in postings]


def attest(book, *invoice_ids, today=None):
    hanna = book.world.actor("hanna")
    return commands.attest_invoices(hanna, today=today or book.today, invoice_ids=invoice_ids)


@pytest.fixture
def approved_ones(book):
    """Two approved invoices; what 815 costs has an account string until today."""
    made = [book.in_status(REVIEWED) for _ in range(2)]
    AccountString.objects.filter(scheme="needs_allowance").update(last_on=book.today)
    return made


def test_attest_debits_the_cost_and_credits_the_debt(book):
    invoice_id = book.attested(book.approve(690_00), book.approve(100_00))

    assert posted(invoice_id) == [("5621", "1200", "45", 790_00), ("2441", "", "", -790_00)]
    assert Posting.objects.filter(posted_on=book.today, authority=book.world.region).count() == 2


def test_credit_is_booked_the_other_way_round(book):
    invoice_id = book.issue(book.credit_wanted(690_00))
    book.take(invoice_id, AUTHORISED)

    assert posted(invoice_id) == [("5621", "1200", "45", -690_00), ("2441", "", "", 690_00)]


def test_account_strings_of_the_day_of_the_attest_count(book, approved_ones):
    AccountString.objects.create(
        authority=book.world.region,
        use="cost",
        scheme="needs_allowance",
        code="815",
        first_on=book.today + dt.timedelta(1),
        account="5999",
    )
    first, second = approved_ones

    attest(book, first)
    attest(book, second, today=book.today + dt.timedelta(1))

    assert [posted(each)[0][0] for each in approved_ones] == ["5621", "5999"]


def test_one_that_misses_an_account_string_stays_and_the_others_are_attested(book, approved_ones):
    AccountString.objects.filter(scheme="needs_allowance").update(code="815", last_on=None)
    line_id = book.approve(100_00, case="B2024-000099")
    Line.objects.filter(pk=line_id).update(code="126")
    other = book.issue(line_id, reference="Annan")
    book.take(other, REVIEWED)

    plan = attest(book, *approved_ones, other)

    assert [refusal.invoice.reference for refusal in plan.refused] == ["Annan"]
    assert all(posted(each) for each in approved_ones)
    with pytest.raises(Refused):
        book.advance(other, AUTHORISED)
    assert book.status_of_invoice(other) is REVIEWED


def test_fault_is_shown_before_anybody_tries(book, sign_in):
    waiting, approved = book.in_status(ISSUED), book.in_status(REVIEWED)
    AccountString.objects.all().delete()
    gustav, hanna = sign_in(book.world, "gustav"), sign_in(book.world, "hanna")

    review = gustav.get(reverse("ledger:review_invoices")).content.decode()
    attesting = hanna.get(reverse("ledger:attest_invoices")).content.decode()
    pages = [
        gustav.get(reverse("ledger:invoice", args=[each])).content.decode() for each in (waiting, approved)
    ]
    dialog = hanna.post(reverse("ledger:attest_invoice", args=[approved])).content.decode()

    assert "Kontering saknas" in review
    assert "Kontering saknas" in attesting
    for page in [*pages, dialog]:
        assert "Kontering saknas för kostnaden för Behovspeng, åtgärdskod 815." in page
        assert "Kontering saknas för skulden till vårdgivare." in page
