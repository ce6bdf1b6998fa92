"""Claims as they stand in review, made straight in the tables: how they are sent in is tested elsewhere."""

from django.db import transaction

from kvitt.foundation import clock
from kvitt.ledger import commands as ledger
from kvitt.ledger import queries as ledger_queries
from kvitt.ledger import rules as ledger_rules
from kvitt.modules.special_care.commands import numbers, proposal, review, steps
from kvitt.modules.special_care.lifecycle import ClaimStatus
from kvitt.modules.special_care.models import Claim, ClaimInvoice, ClaimLine

LINES = (
    ("101", "Basundersökning", 980_00),
    ("825", "Partiell protes", 12_705_00),
    ("patAvg", "Patientavgift", -200_00),
)


def send(
    world,
    reference="1234",
    *,
    clinic=None,
    person=None,
    lines=LINES,
    is_held=True,
    reasons=("high_amount",),
    sent_on=None,
):
    """Make a claim that stands on the open invoice of that number, held unless told; return it."""
    clinic, day = clinic or world.ryd, sent_on or world.today
    number = f"T2024-{numbers.next_number(world.region.pk, 'claim'):06}"
    facts = {"authority": world.region, "clinic": clinic, "reference": reference, "is_open": True}
    invoice = ClaimInvoice.objects.filter(**facts).first() or ClaimInvoice.objects.create(
        **facts,
        reference_key=reference.casefold(),
        our_reference=518_000 + numbers.next_number(world.region.pk, "invoice"),
        received_on=day,
    )
    claim = Claim.objects.create(
        authority=world.region,
        number=number,
        clinic=clinic,
        provider=clinic.provider,
        person=person or world.greta,
        invoice=invoice,
        invoice_reference=reference,
        reference=number,
        reference_key=number.casefold(),
        support="n",
        category="N1",
        care_model="K",
        total=sum(price for _code, _text, price in lines),
        fee=-sum(price for code, _text, price in lines if code == "patAvg"),
        status=ClaimStatus.HELD,
        created_on=day,
        sent_on=day,
        sent_by="Lisa Demostrand",
        hold_reasons=list(reasons),
        changed_at=clock.now(),
        changed_by="Lisa Demostrand",
    )
    made = [
        ClaimLine.objects.create(claim=claim, performed_on=day, code=code, text=text, price=price)
        for code, text, price in lines
    ]
    if not is_held:
        with transaction.atomic():
            steps.release(claim, made, today=day)
    return claim


def release(world, *claims, by="gustav"):
    """Let Gustav release claims."""
    return review.release_claims(world.actor(by), today=world.today, claim_ids=[claim.pk for claim in claims])


def propose(world, *claims, by="gustav"):
    """Let Gustav propose payment of the invoices of these claims."""
    return proposal.propose_payment(
        world.actor(by), today=world.today, invoice_ids={claim.invoice_id for claim in claims}
    )


def pay(world, *claims):
    """Take the proposed invoices of claims through the ledger's own steps, to paid out."""
    invoices = ClaimInvoice.objects.filter(pk__in=[claim.invoice_id for claim in claims])
    pay_invoices(world, *invoices.values_list("ledger_invoice_id", flat=True))


def pay_invoices(world, *invoice_ids):
    """Let Hanna attest approved invoices and have them paid; one of 0 kr is paid without a payment."""
    hanna = world.actor("hanna")
    ledger.attest_invoices(hanna, today=world.today, invoice_ids=invoice_ids)
    ledger.start_payouts(hanna, today=world.today, invoice_ids=invoice_ids)
    is_free = {pk for pk in invoice_ids if ledger_queries.invoice(hanna, pk).total == 0}
    if set(invoice_ids) - is_free:
        ledger.confirm_payouts(hanna, today=world.today, invoice_ids=set(invoice_ids) - is_free)


def attest(world, *invoice_ids):
    """Let Gustav approve invoices of the ledger, and Hanna attest them."""
    ledger.review_invoices(world.actor("gustav"), invoice_ids=invoice_ids)
    ledger.attest_invoices(world.actor("hanna"), today=world.today, invoice_ids=invoice_ids)


def credit(world, claim):
    """Credit a paid claim of a clinic with plusgiro, as its clinic does; return the credit invoice."""
    day = world.today
    line_ids = list(claim.lines.values_list("line_id", flat=True))
    with transaction.atomic():
        ledger.request_credit(line_ids)
        credited = ClaimInvoice.objects.create(
            authority=world.region,
            clinic=claim.clinic,
            reference=f"{claim.invoice_reference}_Kredit",
            reference_key=f"{claim.invoice_reference}_kredit",
            our_reference=518_000 + numbers.next_number(world.region.pk, "invoice"),
            received_on=day,
            is_credit=True,
            is_open=False,
            awaits_repayment=True,
        )
        lines = ledger_queries.lines_of_case(world.region.pk, "special_care", claim.number)
        credited.ledger_invoice = ledger.issue_invoice(
            world.actor("lisa"),
            ledger.NewInvoice(
                module="special_care",
                clinic_id=claim.clinic_id,
                external_reference=str(credited.our_reference),
                invoice_date=day,
                due_date=day,
                rows=ledger_rules.plan_rows(ledger_queries.line_facts(lines.filter(pk__in=line_ids))),
                is_repaid_by_clinic=True,
            ),
        )
        credited.save()
        claim.credit_invoice = credited
        claim.save()
    return credited
