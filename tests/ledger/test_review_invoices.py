"""The reviewer approves many invoices at once; each goes by itself, and what stays is told."""

import pytest
from django.http import Http404

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.ledger import commands, queries
from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.ledger.models import Invoice, InvoiceStep, Line
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.organisations.models import Authority

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("CO-20", "NA-28")]
ISSUED, REVIEWED = InvoiceStatus.ISSUED, InvoiceStatus.REVIEWED


def review(book, *invoice_ids, by="gustav", **how):
    return commands.review_invoices(book.world.actor(by), invoice_ids=invoice_ids, **how)


def refused(plan):
    return {each.invoice.id: [problem.code for problem in each.problems] for each in plan.refused}


def test_all_chosen_are_approved_and_it_is_noted_by_whom_and_when(book):
    first, second = book.in_status(ISSUED), book.in_status(ISSUED)

    plan = review(book, second, first)

    assert [facts.id for facts, _ in plan.steps] == [first, second]
    gustav = book.world.users["gustav"]
    assert set(Invoice.objects.values_list("status", "reviewed_by_id")) == {("reviewed", gustav.pk)}
    steps = InvoiceStep.objects.filter(status="reviewed")
    assert {(step.user_id, step.user_name) for step in steps} == {(gustav.pk, "Gustav Granskare")}
    assert list(queries.breaches()) == []


@pytest.mark.parametrize("status", [status for status in InvoiceStatus if status is not ISSUED])
def test_only_what_is_sent_in_is_approved(book, status):
    taken, waiting = book.in_status(status), book.in_status(ISSUED)

    plan = review(book, taken, waiting)

    assert refused(plan) == {taken: ["step_not_allowed"]}
    assert book.status_of_invoice(taken) is status
    assert book.status_of_invoice(waiting) is REVIEWED


@pytest.mark.requirement("CO-30", "CO-31")
def test_log_of_each_case_tells_of_the_approval(book):
    invoice_id = book.issue(
        book.approve(100_00, case="B2024-000001"), book.approve(50_00, case="B2024-000002")
    )

    review(book, invoice_id)

    events = Event.objects.filter(action="ledger.review_invoices").order_by("subject_key")
    assert [(event.subject_kind, event.subject_key) for event in events] == [
        ("needs_allowance.case", "B2024-000001"),
        ("needs_allowance.case", "B2024-000002"),
    ]
    assert events[0].data["after"] == {
        "invoice": "Testfaktura 1111",
        "amount": 100_00,
        "invoice_status": "reviewed",
    }
    assert events[0].subjects.get().person_id == book.world.elsa.pk


@pytest.mark.requirement("CO-30")
def test_refused_ones_are_in_no_log(book):
    taken = book.in_status(REVIEWED)
    told = Event.objects.count()

    review(book, taken)

    assert Event.objects.count() == told


def test_those_with_remarks_stay_where_only_the_others_are_approved(book):
    remarked = book.issue(book.approve(case="B2024-000001"), book.approve(case="B2024-000001"))
    line_id = book.approve(case="B2024-000002", person=book.world.rutger)
    ordinary = book.issue(line_id)

    plan = review(book, remarked, ordinary, is_unremarked_only=True)

    assert refused(plan) == {remarked: ["has_remarks"]}
    assert book.status_of_invoice(ordinary) is REVIEWED
    assert refused(review(book, remarked)) == {}


def test_nothing_chosen_is_refused(book):
    with pytest.raises(Refused, match="No invoice is chosen"):
        review(book)


@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize("name", ["anna", "bo", "eva", "frida", "hanna", "ivar"])
def test_only_reviewers_approve(book, name):
    invoice_id = book.in_status(ISSUED)

    with pytest.raises(NotAllowed):
        review(book, invoice_id, by=name)

    assert book.status_of_invoice(invoice_id) is ISSUED


@pytest.mark.requirement("CO-1")
def test_one_forged_id_among_many_stops_them_all(book):
    own, foreign = book.in_status(ISSUED), book.in_status(ISSUED)
    abroad = Authority.objects.create(name="Region Utland", kind="region", organisation_number="2321000057")
    Invoice.objects.filter(pk=foreign).update(authority=abroad)

    with pytest.raises(Http404):
        review(book, own, foreign)

    assert book.status_of_invoice(own) is ISSUED


@pytest.mark.requirement("CO-24")
def test_crash_in_the_middle_approves_nothing(book, monkeypatch):
    first, second = book.in_status(ISSUED), book.in_status(ISSUED)

    def crash(*_args, **_kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("kvitt.audit.commands.record_many", crash)
    with pytest.raises(ZeroDivisionError):
        review(book, first, second)

    assert {book.status_of_invoice(first), book.status_of_invoice(second)} == {ISSUED}
    assert not InvoiceStep.objects.filter(status="reviewed").exists()


@pytest.mark.parametrize("count", [2, 30])
def test_many_take_as_many_statements_as_two(book, count, django_assert_num_queries):
    chosen = [book.in_status(ISSUED) for _ in range(count)]
    gustav = book.world.actor("gustav")
    Line.objects.update(person=book.world.rutger)

    # Begin, the ids, invoices and clinics held, changed, noted, sums of cases, log (2), end.
    with django_assert_num_queries(10):
        commands.review_invoices(gustav, invoice_ids=chosen)
