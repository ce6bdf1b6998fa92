"""Credit paid claims, each with a credit invoice of its own, and undo a credit that the region returned."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation import clock
from kvitt.foundation.values.problems import Problem, Refused, refuse_if_any
from kvitt.foundation.values.text import search_key
from kvitt.ledger import commands as ledger
from kvitt.ledger import queries as ledger_queries
from kvitt.ledger import rules as ledger_rules
from kvitt.ledger.lifecycle import LineStatus
from kvitt.modules.special_care.commands import numbers, steps
from kvitt.modules.special_care.commands.deletion import locked_invoice
from kvitt.modules.special_care.models import Certificate, Claim, ClaimInvoice, ClaimLine
from kvitt.modules.special_care.queries import certificates, known, undoing
from kvitt.modules.special_care.queries import claims as queries
from kvitt.modules.special_care.rules import invoice as rules
from kvitt.registers.access.rules import Actor
from kvitt.registers.people.models import Person
from kvitt.registers.price_lists import queries as price_lists

if TYPE_CHECKING:
    from kvitt.ledger.models import Invoice


def credit_claim(actor: Actor, *, today: date, number: str, and_register: bool = False) -> str:
    """Credit a paid claim whole (*Kreditera*): its credit invoice is made at once.

    What the claim took of a preauthorization comes back. With `and_register` a new draft is filled in with
    the same (*Kreditera och skapa ny*), and its number returned. A credit that the region returned is made
    anew under the same reference of ours. Possible at a closed clinic too. Raises Http404, NotAllowed,
    Refused. Source: fakturaportalen, pages 5 and 9; spec SC-21, CO-22.
    """
    with transaction.atomic():
        claim = _held_claim(actor, number)
        if and_register:
            queries.reporting_clinic(actor)
        refuse_if_any(rules.check_credit(undoing.standing(claim)))
        if and_register:
            refuse_if_any(rules.check_new(undoing.begun_instead(claim)))
        credit(actor, claim, today=today)
        draft = _begin_anew(actor, claim, _lines(claim), today=today) if and_register else ""
        record_credit(actor, claim, draft)
    return draft


def credit(actor: Actor, claim: Claim, *, today: date) -> None:
    """Credit a claim that is locked and may be credited, whole: give back what it took, make its invoice.

    Source: spec SC-21, CO-22.
    """
    lines = _lines(claim)
    if claim.credit_invoice is None:
        steps.give_back_to_plan(lines)
        ledger.request_credit(_ledger_ids(lines))
    made = claim.credit_invoice or _credit_invoice(claim, today=today)
    made.ledger_invoice = _issue(actor, claim, lines, made, today=today)
    made.save(update_fields=["ledger_invoice"])
    claim.credit_invoice = made
    _touch(claim, actor)


def record_credit(actor: Actor, claim: Claim, draft: str = "") -> None:
    """Write in the log that a claim is credited, and the draft that was begun instead of it."""
    audit.record(
        "special_care.credit_claim",
        actor,
        subject=(queries.SUBJECT, claim.number),
        person_ids=[claim.person_id],
        before={"status": LineStatus.INVOICED.value},
        after={
            "our_reference": claim.credit_invoice.our_reference if claim.credit_invoice else 0,
            "amount": -claim.total,
            "status": LineStatus.CREDITED.value,
            **({"number": draft} if draft else {}),
        },
    )


def withdraw_credit(actor: Actor, *, number: str) -> None:
    """Undo a credit whose invoice the region has returned (*Ångra kreditering*): the claim stays paid.

    Raises Http404, NotAllowed, and Refused else, and where its preauthorization or the year's amount is used
    up meanwhile. Source: spec SC-4a, SC-21, CO-19.
    """
    with transaction.atomic():
        claim = _held_claim(actor, number)
        replaced_by = undoing.replacing_claim(claim)
        facts = undoing.standing(claim)
        refuse_if_any(rules.check_credit_withdrawal(facts, replaced_by=replaced_by))
        refuse_if_any(rules.check_replaced(undoing.uncredited_before(claim)))
        lines = _lines(claim)
        if claim.plan_id is not None:
            steps.lock_planned([claim.plan_id])
        if not undoing.plan_has_room(lines):
            raise Refused([Problem("plan_used_up", rules.PLAN_IS_USED_UP)])
        if known.is_year_exceeded(claim):
            raise Refused([Problem("year_used_up", rules.YEAR_IS_USED_UP)])
        steps.take_of_plan(lines)
        ledger.withdraw_credit(_ledger_ids(lines))
        credit_id = claim.credit_invoice_id or 0
        claim.credit_invoice = None
        _touch(claim, actor)
        ClaimInvoice.objects.filter(pk=credit_id).update(awaits_repayment=False)
        audit.record(
            "special_care.withdraw_credit",
            actor,
            subject=(queries.SUBJECT, claim.number),
            person_ids=[claim.person_id],
            before={"status": LineStatus.AWAITING_CREDIT.value},
            after={"amount": claim.total, "status": LineStatus.INVOICED.value},
        )


def _held_claim(actor: Actor, number: str) -> Claim:
    """Lock the claim after its invoices, clinic and patient: of two who credit it, one comes first."""
    found = queries.claim_to_credit(actor, number)
    for invoice_id in sorted(filter(None, (found.invoice_id, found.credit_invoice_id))):
        locked_invoice(invoice_id)
    ledger.hold_clinics([found.clinic_id])
    Person.objects.select_for_update(no_key=True).get(pk=known.patient_of(found).pk)
    return queries.claim_to_credit(actor, number, lock=True)


def _lines(claim: Claim) -> list[ClaimLine]:
    return list(claim.lines.order_by("pk"))


def _ledger_ids(lines: Sequence[ClaimLine]) -> list[int]:
    return [line.line_id for line in lines if line.line_id is not None]


def _touch(claim: Claim, actor: Actor) -> None:
    claim.changed_at, claim.changed_by = clock.now(), actor.name
    claim.save(update_fields=["credit_invoice", "changed_at", "changed_by"])


def _begin_anew(actor: Actor, claim: Claim, lines: Sequence[ClaimLine], *, today: date) -> str:
    """Begin a draft with all that the claim holds, but for its reference; its certificate is of today."""
    person = claim.person.merged_into or claim.person
    draft = steps.create_draft(
        actor,
        claim.clinic,
        today=today,
        person=person,
        support=claim.support,
        certificate=_certificate(claim, today=today),
        category=claim.category,
        care_model=claim.care_model,
        plan=claim.plan,
        has_card=claim.has_card,
        card_number=claim.card_number,
        card_first_on=claim.card_first_on,
        card_last_on=claim.card_last_on,
        invoice_reference=claim.invoice_reference,
        comment=claim.comment,
        county=claim.county,
        replaces=claim,
    )
    ClaimLine.objects.bulk_create(
        ClaimLine(
            claim=draft,
            performed_on=line.performed_on,
            code=line.code,
            text=line.text,
            location=line.location,
            price=line.price,
            comment=line.comment,
        )
        for line in lines
    )
    return draft.number


def _certificate(claim: Claim, *, today: date) -> Certificate | None:
    """Return the patient's certificate of today, else the newest, for the same part of the support."""
    found = certificates.certificates_of(claim.person.merged_into or claim.person)
    mine = [one for one in found if one.support == claim.support]
    holding = zip(mine, known.certificate_facts(mine), strict=True)
    return next((one for one, facts in holding if facts.holds_on(today)), next(iter(mine), None))


def _credit_invoice(claim: Claim, *, today: date) -> ClaimInvoice:
    """Make the credit invoice; from a plusgiro the money, if any, is paid back by hand."""
    reference = rules.calculate_credit_reference(claim.invoice.reference if claim.invoice else "")
    return ClaimInvoice.objects.create(
        authority_id=claim.authority_id,
        clinic_id=claim.clinic_id,
        reference=reference,
        reference_key=search_key(reference)[:60],
        our_reference=numbers.next_number(claim.authority_id, "invoice"),
        county=claim.invoice.county if claim.invoice else "",
        received_on=today,
        is_credit=True,
        is_open=False,
        awaits_repayment=rules.is_repaid_by_hand(claim.clinic.giro_kind, claim.total),
    )


def _issue(
    actor: Actor, claim: Claim, lines: Sequence[ClaimLine], credit: ClaimInvoice, *, today: date
) -> "Invoice":
    """Make the ledger's invoice of a credit, with our reference as what stands on it."""
    ids = set(_ledger_ids(lines))
    held = ledger_queries.lines_of_case(claim.authority_id, queries.MODULE, claim.number)
    facts = ledger_queries.line_facts(line for line in held if line.pk in ids)
    days = price_lists.parameter(claim.authority_id, "ledger.due_after", on=today)
    new = ledger.NewInvoice(
        module=queries.MODULE,
        clinic_id=claim.clinic_id,
        external_reference=str(credit.our_reference),
        invoice_date=today,
        due_date=ledger_rules.calculate_due_date(today, days=days),
        rows=ledger_rules.plan_rows(facts),
        is_repaid_by_clinic=credit.awaits_repayment,
    )
    return ledger.issue_invoice(actor, new)
