"""What can be undone of claims: deleted, credited, the crediting withdrawn; what is asked before it is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kvitt.foundation.values import identity
from kvitt.foundation.values.problems import Problem
from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.modules.special_care.lifecycle import LIVE, ClaimStatus
from kvitt.modules.special_care.models import Claim, ClaimInvoice, ClaimLine, PlannedProcedure
from kvitt.modules.special_care.queries import claims as claim_queries
from kvitt.modules.special_care.rules import invoice as rules
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.people import queries as people


def standing(claim: Claim) -> rules.ClaimStanding:
    """Return what the rules of deletion and crediting need of a claim."""
    return rules.ClaimStanding(
        status=ClaimStatus(claim.status),
        is_credited=claim.credit_invoice_id is not None,
        ledger_status=ledger_status(claim.invoice),
        credit_status=ledger_status(claim.credit_invoice),
        is_repaid=claim.credit_invoice is not None and claim.credit_invoice.repaid_on is not None,
    )


def is_credited(claim: Claim) -> bool:
    """Tell whether a claim is credited; a credit that the region returned can be made anew."""
    return rules.is_live(ledger_status(claim.credit_invoice))


def ledger_status(invoice: ClaimInvoice | None) -> InvoiceStatus | None:
    """Return how far an invoice has come in the ledger, None where it is not there."""
    held = invoice.ledger_invoice if invoice is not None else None
    return None if held is None else InvoiceStatus(held.status)


def uncredited_before(claim: Claim) -> str:
    """Return the number of a claim that this one is made instead of, and that is paid: empty when none is.

    Those that were made instead of one another count too; a credit that was returned is none.
    """
    before = claim.replaces
    while before is not None:
        if not rules.is_live(ledger_status(before.credit_invoice)):
            return before.number
        before = before.replaces
    return ""


def replacing_claim(claim: Claim) -> str:
    """Return the number of a live claim that was sent in instead of this one, empty when none is.

    One made instead of another that was made instead counts too, and one whose credit was returned.
    """
    return next((one.number for one in _made_instead(claim) if _is_standing(one)), "")


def begun_instead(claim: Claim) -> str:
    """Return the number of a live claim or draft that was made instead of this one, empty when none is."""
    found = _made_instead(claim)
    return next((one.number for one in found if one.status == ClaimStatus.DRAFT or _is_standing(one)), "")


def _made_instead(claim: Claim) -> list[Claim]:
    """Return the claims made instead of this one, and those made instead of them in turn."""
    found: list[Claim] = []
    last = [claim.pk]
    while last:
        made = Claim.objects.filter(
            authority_id=claim.authority_id, clinic_id=claim.clinic_id, replaces__in=last
        )
        step = list(made.select_related("credit_invoice__ledger_invoice").order_by("pk"))
        found += step
        last = [one.pk for one in step]
    return found


def _is_standing(claim: Claim) -> bool:
    return claim.status in LIVE and not rules.is_live(ledger_status(claim.credit_invoice))


def may_delete(actor: Actor, claim: Claim) -> bool:
    """Tell whether the actor may delete the claim now."""
    is_his = claim.clinic_id == actor.clinic_id and actor.may(Permission.REPORT_CLAIMS)
    return is_his and not rules.check_deletion(standing(claim))


def may_credit(actor: Actor, claim: Claim) -> bool:
    """Tell whether the actor may credit the claim now."""
    is_his = claim.clinic_id == actor.clinic_id and actor.may(Permission.CREDIT_CLAIMS)
    return is_his and not rules.check_credit(standing(claim))


def may_withdraw_credit(actor: Actor, claim: Claim) -> bool:
    """Tell whether the actor may undo the credit of the claim now."""
    is_his = claim.clinic_id == actor.clinic_id and actor.may(Permission.CREDIT_CLAIMS)
    facts = standing(claim)
    return is_his and facts.is_credit_returned and not facts.is_repaid


# Questions ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ClaimQuestion:
    """What is asked before something is done with a claim, or why it cannot be done.

    `gives_back` tells that a preauthorization gets something back; `bankgiro` is the region's, where the
    clinic must pay the money back itself; `may_register` whether a new claim can be begun.
    """

    claim: Claim
    lead: str
    problems: Sequence[Problem]
    gives_back: bool = False
    is_paid_back_by_hand: bool = False
    bankgiro: str = ""
    may_register: bool = False


def claim_deletion(actor: Actor, number: str) -> ClaimQuestion:
    """Return what is asked before a claim is deleted. Raises Http404, NotAllowed."""
    claim = claim_queries.claim_to_report(actor, number)
    return _question(claim, rules.check_deletion(standing(claim)))


def claim_credit(actor: Actor, number: str) -> ClaimQuestion:
    """Return what is asked before a claim is credited. Raises Http404, NotAllowed."""
    claim = claim_queries.claim_to_credit(actor, number)
    by_hand = rules.is_repaid_by_hand(claim.clinic.giro_kind, claim.total)
    return replace(
        _question(claim, rules.check_credit(standing(claim))),
        is_paid_back_by_hand=by_hand,
        bankgiro=region_bankgiro(claim.authority_id),
        may_register=actor.may(Permission.REPORT_CLAIMS),
    )


def credit_withdrawal(actor: Actor, number: str) -> ClaimQuestion:
    """Return what is asked before a returned credit is undone. Raises Http404, NotAllowed."""
    claim = claim_queries.claim_to_credit(actor, number)
    problems = rules.check_credit_withdrawal(standing(claim), replaced_by=replacing_claim(claim))
    return _question(claim, problems)


def credited(actor: Actor, number: str) -> ClaimQuestion:
    """Return what has come of a credit: the claim with its credit invoice, and how it is paid back."""
    return claim_credit(actor, number)


def _question(claim: Claim, problems: Sequence[Problem]) -> ClaimQuestion:
    person = claim.person.merged_into or claim.person
    number = identity.format_identity_number(person.identity_number)
    gives_back = claim.credit_invoice_id is None and claim.lines.filter(planned__isnull=False).exists()
    lead = ", ".join((claim.number, number, people.listed_name(person)))
    return ClaimQuestion(claim=claim, lead=lead, problems=problems, gives_back=gives_back)


def plan_has_room(lines: Sequence[ClaimLine]) -> bool:
    """Tell whether the lines can take of their preauthorized procedures what they took once."""
    wanted: dict[int, list[ClaimLine]] = {}
    for line in lines:
        if line.planned_id is not None:
            wanted.setdefault(line.planned_id, []).append(line)
    planned = PlannedProcedure.objects.in_bulk(wanted)
    return all(
        planned[pk].used_count + len(taken) <= (planned[pk].approved_count or 0)
        and planned[pk].used_amount + sum(line.price for line in taken) <= (planned[pk].approved_amount or 0)
        for pk, taken in wanted.items()
    )


def region_bankgiro(authority_id: int) -> str:
    """Return the account that money is paid back to, empty where the authority has none yet."""
    digits = organisations.authority(authority_id).bankgiro
    return identity.format_bankgiro(digits) if digits else ""
