"""A paid claim is credited whole, by an invoice made at once; one that the region returned is undone."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.http import Http404

from kvitt.foundation.values.problems import Refused
from kvitt.ledger import commands as ledger
from kvitt.ledger import queries as ledger_queries
from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.ledger.models import Invoice
from kvitt.modules.special_care.commands import crediting, deletion, repayments
from kvitt.modules.special_care.models import Claim, ClaimInvoice, PlannedProcedure
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.organisations.models import Clinic
from kvitt.registers.price_lists.models import ParameterValue
from tests.world import SINCE

pytestmark = [pytest.mark.requirement("SC-21"), pytest.mark.django_db]


def credit(world, number, *, by="lisa", **options):
    return crediting.credit_claim(world.actor(by), today=world.today, number=number, **options)


def paid_claim(world, **facts):
    number = world.send_claim(**facts)
    world.pay(number)
    return number


def statuses(world, number):
    lines = ledger_queries.lines_of_case(world.region.pk, "special_care", number)
    return sorted(set(lines.values_list("status", flat=True)))


def test_credit_invoice_is_made_at_once_with_a_reference_of_its_own(special_world):
    number = paid_claim(special_world, fee=200_00)

    credit(special_world, number)

    made = Claim.objects.get(number=number).credit_invoice
    assert (made.reference, made.is_credit, made.is_open) == ("1234_Kredit", True, False)
    assert made.our_reference != ClaimInvoice.objects.get(is_credit=False).our_reference
    in_ledger = made.ledger_invoice
    assert (in_ledger.external_reference, in_ledger.status) == (str(made.our_reference), "issued")
    assert in_ledger.total == -Claim.objects.get(number=number).total
    assert statuses(special_world, number) == ["credited"]
    assert not list(ledger_queries.breaches())
    with pytest.raises(Refused, match="already credited"):
        credit(special_world, number)


def test_claim_is_credited_from_the_attest_on_and_not_before(special_world):
    number = special_world.send_claim()

    with pytest.raises(Refused, match="Delete it instead"):
        credit(special_world, number)
    special_world.pay(number, until=InvoiceStatus.REVIEWED)
    with pytest.raises(Refused, match="not attested yet"):
        credit(special_world, number)


def test_way_to_the_question_leads_by_the_list_of_paid_claims(special_world, sign_in):
    number = paid_claim(special_world)

    page = sign_in(special_world, "lisa").get(f"/special-care/claims/{number}/credit/").context["page"]

    assert page.crumbs[0].url == "/special-care/invoices/paid/"


def test_clinic_with_plusgiro_pays_back_by_hand(special_world):
    Clinic.objects.filter(pk=special_world.ryd.pk).update(giro_kind="plusgiro", giro_number="2868370")
    number = paid_claim(special_world)

    credit(special_world, number)

    assert Claim.objects.get(number=number).credit_invoice.awaits_repayment


def test_repayment_is_marked_once_its_credit_is_attested_and_pays_the_ledger_invoice(special_world):
    Clinic.objects.filter(pk=special_world.ryd.pk).update(giro_kind="plusgiro", giro_number="2868370")
    number = paid_claim(special_world)
    credit(special_world, number)
    invoice = Claim.objects.get(number=number).credit_invoice
    in_ledger = [invoice.ledger_invoice_id]
    gustav, hanna = special_world.actor("gustav"), special_world.actor("hanna")
    day = {
        "today": special_world.today,
        "our_reference": invoice.our_reference,
        "repaid_on": special_world.today,
    }

    with pytest.raises(Refused, match="not attested yet"):
        repayments.confirm_repayment(gustav, **day)
    ledger.review_invoices(gustav, invoice_ids=in_ledger)
    ledger.attest_invoices(hanna, today=special_world.today, invoice_ids=in_ledger)
    by_hand = ledger.start_payouts(hanna, today=special_world.today, invoice_ids=in_ledger)
    repayments.confirm_repayment(gustav, **day)
    with pytest.raises(Refused, match="marked it already"):
        repayments.confirm_repayment(gustav, **day)

    assert [problem.code for problem in by_hand.refused[0].problems] == ["paid_back"]
    assert not ledger_queries.payable_invoices(special_world.region.pk).exists()
    settled = ledger_queries.invoice(hanna, in_ledger[0])
    assert (settled.status, settled.paid_on) == ("paid_out", special_world.today)


def test_credit_of_a_repayment_that_was_returned_is_no_longer_awaited(special_world):
    Clinic.objects.filter(pk=special_world.ryd.pk).update(giro_kind="plusgiro", giro_number="2868370")
    number = paid_claim(special_world)
    credit(special_world, number)
    special_world.return_proposal(number, is_credit=True)
    reference = Claim.objects.get(number=number).credit_invoice.our_reference

    with pytest.raises(Http404):
        repayments.confirm_repayment(
            special_world.actor("gustav"),
            today=special_world.today,
            our_reference=reference,
            repaid_on=special_world.today,
        )
    credit(special_world, number)
    assert Invoice.objects.filter(payout_reference="repayment", status="issued").count() == 1


def test_new_claim_is_filled_in_with_the_same_but_for_its_reference(special_world):
    card = {"card_number": "", "comment": "45678"}
    number = paid_claim(special_world, fee=200_00, reference="980890", **card)

    draft = Claim.objects.get(number=credit(special_world, number, and_register=True))

    old = Claim.objects.get(number=number)
    assert (draft.status, draft.reference, draft.replaces_id) == ("draft", "", old.pk)
    same = (
        "person_id",
        "support",
        "category",
        "care_model",
        "certificate_id",
        "invoice_reference",
        "comment",
    )
    assert [getattr(draft, name) for name in same] == [getattr(old, name) for name in same]
    lines = [list(one.lines.values_list("code", "price", "performed_on")) for one in (draft, old)]
    assert lines[0] == lines[1]


def test_preauthorization_gets_back_what_a_credited_claim_took(special_world):
    special_world.plan_for(special_world.ingrid, ("101", "", 1, 980_00))
    number = paid_claim(special_world, person=special_world.ingrid, support="s")

    credit(special_world, number)
    assert PlannedProcedure.objects.get().used_count == 0
    special_world.return_proposal(number, is_credit=True)
    crediting.withdraw_credit(special_world.actor("lisa"), number=number)

    assert PlannedProcedure.objects.get().used_count == 1


def test_returned_credit_is_undone_or_made_anew(special_world):
    number = paid_claim(special_world)
    credit(special_world, number)
    with pytest.raises(Refused, match="has returned"):
        crediting.withdraw_credit(special_world.actor("lisa"), number=number)
    special_world.return_proposal(number, is_credit=True)
    first = Claim.objects.get(number=number).credit_invoice

    credit(special_world, number)
    anew = Claim.objects.get(number=number).credit_invoice
    assert (anew.our_reference, anew.ledger_invoice.status) == (first.our_reference, "issued")
    special_world.return_proposal(number, is_credit=True)
    crediting.withdraw_credit(special_world.actor("lisa"), number=number)

    assert Claim.objects.get(number=number).credit_invoice is None
    assert statuses(special_world, number) == ["invoiced"]
    assert not list(ledger_queries.breaches())


def test_credit_is_not_undone_when_another_claim_was_sent_in_instead(special_world):
    number = paid_claim(special_world)
    draft = credit(special_world, number, and_register=True)
    special_world.send_draft(draft)
    special_world.return_proposal(number, is_credit=True)

    with pytest.raises(Refused, match=draft):
        crediting.withdraw_credit(special_world.actor("lisa"), number=number)
    deletion.delete_claim(special_world.actor("lisa"), number=draft)
    crediting.withdraw_credit(special_world.actor("lisa"), number=number)


def test_care_is_not_claimed_anew_when_its_credit_was_undone(special_world):
    number = paid_claim(special_world)
    draft = credit(special_world, number, and_register=True)
    special_world.return_proposal(number, is_credit=True)

    with pytest.raises(Refused, match=f"{number}.*not credited any more"):
        special_world.send_draft(draft)
    crediting.withdraw_credit(special_world.actor("lisa"), number=number)
    with pytest.raises(Refused, match=f"{number}.*not credited any more"):
        special_world.send_draft(draft)


def test_credit_is_not_undone_when_its_care_was_claimed_anew_by_several_steps(special_world):
    first = paid_claim(special_world)
    second = credit(special_world, first, and_register=True)
    special_world.send_draft(second)
    special_world.pay(second)
    third = credit(special_world, second, and_register=True)
    special_world.send_draft(third)
    special_world.return_proposal(first, is_credit=True)

    with pytest.raises(Refused, match=third):
        crediting.withdraw_credit(special_world.actor("lisa"), number=first)
    with pytest.raises(Refused, match=f"{third} is made instead of this one already"):
        credit(special_world, first, and_register=True)


@pytest.mark.requirement("SC-4a")
def test_credit_is_not_undone_when_the_years_amount_is_used_meanwhile(special_world):
    ParameterValue.objects.create(
        authority=special_world.region,
        name="special_care.year_limit_general",
        first_on=SINCE,
        value=100_000,
        source="Beslut",
        entered_by="Tove",
    )
    number = paid_claim(special_world)
    credit(special_world, number)
    other = special_world.send_claim(performed_on=special_world.today - dt.timedelta(days=1))
    special_world.return_proposal(number, is_credit=True)

    with pytest.raises(Refused, match="year's amount was used"):
        crediting.withdraw_credit(special_world.actor("lisa"), number=number)
    deletion.delete_claim(special_world.actor("lisa"), number=other)
    crediting.withdraw_credit(special_world.actor("lisa"), number=number)


def test_only_the_clinic_itself_credits(special_world):
    number = paid_claim(special_world)

    with pytest.raises(NotAllowed):
        credit(special_world, number, by="gustav")
    with pytest.raises(Http404):
        credit(special_world, number, by="mats")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_credit_at_once_one_does_it_and_one_is_told(special_world):
    number = paid_claim(special_world)
    told, start = [], threading.Barrier(2)

    def try_it():
        start.wait()
        try:
            credit(special_world, number)
        except Refused as refused:
            told.append([problem.code for problem in refused.problems])
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert told == [["already_credited"]]
    assert ClaimInvoice.objects.filter(is_credit=True).count() == 1


@pytest.mark.postgres
@pytest.mark.requirement("SC-20")
@pytest.mark.django_db(transaction=True)
def test_claim_is_either_deleted_or_proposed(special_world):
    number = special_world.send_claim()
    refused, start = [], threading.Barrier(2)

    def one_of_two(step):
        start.wait()
        try:
            step()
        except Refused as fault:
            refused.append(fault)
        finally:
            connection.close()

    steps = (
        lambda: deletion.delete_claim(special_world.actor("lisa"), number=number),
        lambda: special_world.pay(number, until=InvoiceStatus.REVIEWED),
    )
    threads = [threading.Thread(target=one_of_two, args=[step]) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    is_deleted = Claim.objects.get(number=number).status == "deleted"
    is_proposed = ClaimInvoice.objects.get().ledger_invoice_id is not None
    assert is_deleted != is_proposed
