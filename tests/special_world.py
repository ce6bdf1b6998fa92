"""The cast of special care dentistry, beside that of `tests/world.py`.

Lisa sends in claims in Ryd, Mats in Linghem (the same care provider) and Nora at Björken (another one); Petra
administers the clinic in Ryd. Greta has an N certificate until further notice, Holger an F certificate that
ends in 2025, and Ingrid none. The codes and prices of the seed's example are in the demo's catalogue.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from kvitt.foundation import clock
from kvitt.ledger import commands as ledger
from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.modules.special_care.commands import drafts, proposal, sending
from kvitt.modules.special_care.commands.drafts import ClaimHead, NewClaimLine
from kvitt.modules.special_care.models import (
    Certificate,
    Claim,
    ClaimInvoice,
    PatientCategory,
    PlannedProcedure,
    TreatmentPlan,
)
from kvitt.preauthorization.lifecycle import RequestStatus, Verdict
from kvitt.preauthorization.models import Preauthorization
from kvitt.registers.access.rules import Role
from kvitt.registers.organisations.models import Clinic, ClinicRight
from kvitt.registers.people.models import Person
from tests.world import CATALOGUE, SINCE, World

MODULE = "special_care"
# The seed's claim: 980 + 12 705 + 15 195 - 200 = 28 680 kr. Its amount holds it for review.
SEED_LINES = (("101", ""), ("825", "UK"), ("825S", "ÖK"))
SEED_FEE = 20_000
# What no rule of review holds.
SMALL_LINES = (("101", ""),)
CATEGORIES = (
    ("n", "N1", "Särskilt boende"),
    ("n", "N2", "Omfattande sjukvård i hemmet"),
    ("f", "F2", "Parkinsons sjukdom"),
    ("s", "S2", "Defekt av sjukdom i käke eller ansikte"),
)


@dataclass
class SpecialWorld(World):
    """Everybody there is, with what special care dentistry needs."""

    catalogue = CATALOGUE

    def __post_init__(self) -> None:
        super().__post_init__()
        ClinicRight.objects.bulk_create(
            [
                ClinicRight(clinic=clinic, scheme=MODULE, first_on=SINCE)
                for clinic in (self.ryd, self.linghem, self.bjork)
            ]
        )
        self._users(
            ("lisa", "Lisa Demostrand", self.ryd, (Role.SPECIAL_CARE_CLAIMS,)),
            ("mats", "Mats Provberg", self.linghem, (Role.SPECIAL_CARE_CLAIMS,)),
            ("nora", "Nora Testnäs", self.bjork, (Role.SPECIAL_CARE_CLAIMS,)),
            ("petra", "Petra Fiktivander", self.ryd, (Role.CLINIC_ADMINISTRATOR,)),
        )
        PatientCategory.objects.bulk_create(
            [
                PatientCategory(authority=self.region, support=support, code=code, name=name, first_on=SINCE)
                for support, code, name in CATEGORIES
            ]
        )
        self.greta, self.holger, self.ingrid = self._persons(
            ("194503129803", "Greta", "Provander", None),
            ("195211049811", "Holger", "Testbrink", None),
            ("196006099805", "Ingrid", "Demolind", None),
        )
        self.greta_certificate = self.certify(self.greta, "764153", "n", "N1")
        self.holger_certificate = self.certify(self.holger, "764154", "f", "F2", last_on=dt.date(2025, 3, 31))

    def certify(
        self,
        person: Person,
        number: str,
        support: str,
        category: str,
        *,
        first_on: dt.date = SINCE,
        last_on: dt.date | None = None,
    ) -> Certificate:
        """Give somebody a certificate, until further notice unless told."""
        return Certificate.objects.create(
            authority=self.region,
            number=number,
            person=person,
            support=support,
            category=category,
            first_on=first_on,
            last_on=last_on,
            issued_by="Biståndshandläggare",
            created_on=first_on,
        )

    def clinic_of(self, name: str) -> Clinic:
        """Return where somebody sends in claims."""
        return {"lisa": self.ryd, "mats": self.linghem, "nora": self.bjork}[name]

    # Acting ---------------------------------------------------------------------------------------

    def begin_claim(self, person: Person | None = None, *, support: str = "n", by: str = "lisa") -> str:
        """Begin a claim, of Greta for N dental care unless told, and return its number."""
        code = (person or self.greta).code
        return drafts.begin_claim(self.actor(by), today=self.today, code=code, support=support)

    def add_line(
        self,
        number: str,
        code: str,
        location: str = "",
        *,
        price: int | None = None,
        performed_on: dt.date | None = None,
        by: str = "lisa",
    ) -> int:
        """Add a line to a claim that is begun, of today unless told, and return its id."""
        line = NewClaimLine(performed_on or self.today, code, location, price)
        return drafts.add_line(
            self.actor(by), today=self.today, number=number, head=self.head_of(number), line=line
        )

    def send_draft(self, number: str, *, by: str = "lisa", **head: object) -> sending.Sent:
        """Send in a claim that is begun; what is not told of its head is as it should be."""
        return sending.send_claim(
            self.actor(by), today=self.today, number=number, head=self.head_of(number, **head)
        )

    def send_claim(
        self,
        person: Person | None = None,
        *,
        lines: Sequence[tuple[str, str]] = SMALL_LINES,
        fee: int | None = SEED_FEE,
        support: str = "n",
        performed_on: dt.date | None = None,
        by: str = "lisa",
        **head: object,
    ) -> str:
        """Send in a claim of one visit, a released one of Greta's unless told, and return its number.

        `head` is what `ClaimHead` takes; SEED_LINES make a claim that is held.
        """
        number = self.begin_claim(person, support=support, by=by)
        for code, location in lines:
            self.add_line(number, code, location, performed_on=performed_on, by=by)
        if fee is not None:
            self.add_line(number, "patAvg", price=fee, performed_on=performed_on, by=by)
        return self.send_draft(number, by=by, **head).number

    def pay(self, *numbers: str, until: InvoiceStatus = InvoiceStatus.PAID_OUT) -> None:
        """Let Gustav propose payment of the invoices of these claims, and Hanna take it on."""
        held = ClaimInvoice.objects.filter(claims__number__in=numbers)
        proposal.propose_payment(
            self.actor("gustav"), today=self.today, invoice_ids=set(held.values_list("pk", flat=True))
        )
        hanna, today = self.actor("hanna"), self.today
        ids = list(held.values_list("ledger_invoice_id", flat=True).distinct())
        steps = (
            (
                InvoiceStatus.AUTHORISED,
                lambda: ledger.attest_invoices(hanna, today=today, invoice_ids=ids),
            ),
            (
                InvoiceStatus.PAYING_OUT,
                lambda: ledger.start_payouts(hanna, today=today, invoice_ids=ids),
            ),
            (
                InvoiceStatus.PAID_OUT,
                lambda: ledger.confirm_payouts(hanna, today=today, invoice_ids=ids),
            ),
        )
        for status, step in steps:
            if status.order <= until.order:
                step()

    def return_proposal(self, number: str, *, is_credit: bool = False) -> None:
        """Let the region return the ledger's invoice of a claim, or of its credit."""
        held = {"credited_claims__number" if is_credit else "claims__number": number}
        invoice = ClaimInvoice.objects.select_related("ledger_invoice").get(**held)
        ledger.reject_invoice(self.actor("gustav"), invoice_id=invoice.ledger_invoice.pk, reason="Fel konto")

    def head_of(self, number: str, **changes: object) -> ClaimHead:
        """Return the head of a claim as it is, complete where the draft is not, with changes."""
        claim = Claim.objects.select_related("plan").get(number=number)
        facts: dict[str, object] = {
            "category": claim.category,
            "care_model": claim.care_model or ("K" if claim.support == "n" else ""),
            "plan_number": claim.plan.number if claim.plan else "",
            "card_number": claim.card_number,
            "card_first_on": claim.card_first_on,
            "card_last_on": claim.card_last_on,
            "invoice_reference": claim.invoice_reference or "1234",
            "reference": claim.reference,
            "comment": claim.comment,
            "county": claim.county,
        }
        return ClaimHead(**{**facts, **changes})

    def plan_for(
        self,
        person: Person,
        *approved: tuple[str, str, int, int],
        number: str = "F2024-000901",
        support: str = "s",
        category: str = "S2",
        first_on: dt.date | None = None,
        last_on: dt.date | None = None,
        clinic: Clinic | None = None,
    ) -> TreatmentPlan:
        """Give somebody a preauthorization of codes: tooth or jaw, count and amount (öre) of each."""
        plan = TreatmentPlan.objects.create(
            authority=self.region,
            number=number,
            clinic=clinic or self.ryd,
            person=person,
            support=support,
            category=category,
            created_on=first_on or SINCE,
            first_on=first_on or SINCE,
            last_on=last_on or dt.date(2025, 12, 31),
            changed_at=clock.now(),
            changed_by="Lisa Demostrand",
        )
        request = Preauthorization.objects.create(
            authority=self.region,
            module=MODULE,
            case_number=number,
            clinic=plan.clinic,
            person=person,
            status=RequestStatus.DECIDED,
            created_on=plan.created_on,
            sent_on=plan.created_on,
            decided_on=plan.created_on,
            read_at=clock.now(),
        )
        for code, location, count, amount in approved:
            planned = PlannedProcedure.objects.create(
                plan=plan,
                code=code,
                text=code,
                location=location,
                count=count,
                price=amount // count,
                approved_count=count,
                approved_amount=amount,
            )
            request.procedures.create(
                module=MODULE,
                key=planned.pk,
                code=code,
                text=code,
                location=location,
                amount=amount,
                count=count,
                is_open=False,
                verdict=Verdict.APPROVED,
                approved_count=count,
                approved_amount=amount,
            )
        return plan
