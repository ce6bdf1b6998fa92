"""Everything of a claim that was sent in, in one object, and what its confirmation says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.sessions.backends.base import SessionBase
from django.utils.translation import gettext

from kvitt.audit import queries as audit
from kvitt.foundation.values import municipalities
from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.money import Ore
from kvitt.modules.special_care.lifecycle import CareModel, ClaimStatus, HoldReason, SupportType
from kvitt.modules.special_care.models import Claim, ClaimInvoice, ClaimLine
from kvitt.modules.special_care.queries import categories, claims, invoices, register, review, undoing
from kvitt.modules.special_care.rules import invoice as invoice_rules
from kvitt.modules.special_care.rules import review as review_rules
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.people import queries as people

_WARNINGS = "special_care.sent"


# The confirmation ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class SentPage:
    """What is said when a claim has been sent in."""

    title: str
    number: str
    person_id: int
    patient_name: str
    reference: str
    invoice_reference: str
    our_reference: int | None
    total: Ore
    is_held: bool
    warnings: Sequence[str]
    is_draft: bool


def keep_warnings(session: SessionBase, number: str, warnings: Sequence[str]) -> None:
    """Let the confirmation of a claim say what was warned about when it was sent in."""
    session[_WARNINGS] = {"number": number, "warnings": list(warnings)}


def sent_page(actor: Actor, number: str, *, today: date, session: SessionBase) -> SentPage:
    """Return the confirmation of a claim of the actor's clinic. Raises Http404, NotAllowed.

    Source: spec SC-11.
    """
    claim = claims.claim_to_report(actor, number)
    kept = session.get(_WARNINGS, {})
    return SentPage(
        title=gettext("The claim is sent in"),
        number=claim.number,
        person_id=claim.person_id,
        patient_name=people.shown_person(session, claim.person, day=today).name,
        reference=claim.reference,
        invoice_reference=claim.invoice_reference,
        our_reference=claim.invoice.our_reference if claim.invoice else None,
        total=claim.total,
        is_held=claim.status == ClaimStatus.HELD,
        warnings=kept.get("warnings", []) if kept.get("number") == claim.number else [],
        is_draft=claim.status == ClaimStatus.DRAFT,
    )


# The page -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class InvoiceSummary:
    """An invoice that a claim is on: what it is called, where it stands, and its page."""

    reference: str
    our_reference: int
    status: str
    received_on: date


@dataclass(frozen=True)
class ClaimPage:
    """Everything the page of a claim shows, and what its reader may do."""

    claim: Claim
    is_draft: bool
    patient: people.ShownPerson
    support: SupportType
    certificate: register.CertificateRow | None
    category: str
    care_model: CareModel | None
    county: str
    status: Labelled
    lines: Sequence[ClaimLine]
    invoice: InvoiceSummary | None
    credit_invoice: InvoiceSummary | None
    hold_reasons: Sequence[HoldReason]
    replaces: str
    events: Sequence[audit.LogRow]
    is_at_clinic: bool
    may_delete: bool
    may_credit: bool
    may_withdraw_credit: bool
    may_answer: bool
    may_release: bool
    may_ask: bool
    may_void: bool
    may_hold: bool


def claim_page(actor: Actor, number: str, *, today: date, session: SessionBase) -> ClaimPage:
    """Return a claim as the actor sees it in this session. Raises Http404 where he may not see it.

    Why it is held is for the region; what the clinic is asked stands there for both.
    Source: fakturaportalen, page 8; spec SC-18, SC-19, SC-22.
    """
    claim = claims.claim(actor, number)
    is_at_clinic = actor.clinic_ids is not None
    reviews = actor.may(Permission.REVIEW_CLAIMS) and not is_at_clinic
    facts = review.review_facts(claim)
    is_his = claim.clinic_id == actor.clinic_id and actor.may(Permission.REPORT_CLAIMS)
    is_held = facts.status is ClaimStatus.HELD
    held = [claim.certificate] if claim.certificate else []
    names = categories.category_names(claim.authority_id)
    return ClaimPage(
        claim=claim,
        is_draft=claim.status == ClaimStatus.DRAFT,
        patient=people.shown_person(session, claim.person, day=today),
        support=SupportType(claim.support),
        certificate=next(iter(register.certificate_rows(held, today=today)), None),
        category=names.get(claim.category, claim.category),
        care_model=CareModel(claim.care_model) if claim.care_model else None,
        county=municipalities.counties().get(claim.county, claim.county),
        status=invoice_rules.calculate_claim_state(undoing.standing(claim)),
        lines=list(claim.lines.all()),
        invoice=_summary(claim.invoice),
        credit_invoice=_summary(claim.credit_invoice),
        hold_reasons=[HoldReason(value) for value in claim.hold_reasons] if not is_at_clinic else [],
        replaces=claim.replaces.number if claim.replaces else "",
        events=audit.event_log(actor, claims.SUBJECT, claim.number),
        is_at_clinic=is_at_clinic,
        may_delete=undoing.may_delete(actor, claim),
        may_credit=undoing.may_credit(actor, claim),
        may_withdraw_credit=undoing.may_withdraw_credit(actor, claim),
        may_answer=is_his and review_rules.may_answer(facts),
        may_release=reviews and is_held,
        may_ask=reviews and review_rules.may_ask(facts),
        may_void=reviews and is_held,
        may_hold=reviews and review_rules.may_hold(facts),
    )


def _summary(invoice: ClaimInvoice | None) -> InvoiceSummary | None:
    if invoice is None:
        return None
    shown = invoices.shown_status(invoice)
    status = " ".join(str(part) for part in (gettext(shown.state.label), shown.on) if part)
    return InvoiceSummary(invoice.reference, invoice.our_reference, status, invoice.received_on)
