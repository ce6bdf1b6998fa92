"""Special care dentistry in the demo: certificates, claims and their invoices in every state.

Everything is made through the commands that the pages use, on days before today.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from kvitt.foundation.values import dates
from kvitt.foundation.values.money import Ore
from kvitt.ledger import commands as ledger
from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.modules import special_care
from kvitt.modules.special_care.commands import (
    categories,
    certificates,
    crediting,
    drafts,
    proposal,
    repayments,
    sending,
)
from kvitt.modules.special_care.commands.drafts import ClaimHead, NewClaimLine
from kvitt.modules.special_care.lifecycle import CareModel, SupportType
from kvitt.modules.special_care.models import Claim, ClaimInvoice, NumberSeries
from kvitt.modules.special_care.rules.certificate import CertificateContent
from kvitt.portal.management import demo_data
from kvitt.portal.management.demo_data import DemoPatient, actor_of
from kvitt.registers.access.rules import Actor, system_actor
from kvitt.registers.organisations.models import Authority
from kvitt.registers.people import commands as people
from kvitt.registers.people.lifecycle import AddressKind
from kvitt.registers.people.models import Person

CATEGORIES = Path(special_care.__path__[0]) / "demo" / "categories.csv"
_DAY = timedelta(days=1)
# The last invoice of the older system: the manual's begins at 518142.
_LAST_INVOICE = 518_141
CLINICS = {"lisa": "1111", "mats": "1112", "sara": "1113", "nora": "2222"}
_N, _F, _S = SupportType.N, SupportType.F, SupportType.S

PATIENTS = (
    DemoPatient("19450312-9803", "Greta", "Provander", "Provgatan 21"),
    DemoPatient("19521104-9811", "Holger", "Testbrink", "Ringvägen 14"),
    DemoPatient("19600609-9805", "Ingrid", "Demolind", "Testgränd 8"),
    DemoPatient("19710214-9817", "Karl-Erik", "Testbom", "Exempelvägen 6"),
    DemoPatient("19331201-9817", "Märta", "Fiktivgård", "Provgatan 21"),
    DemoPatient("19881020-9802", "Emma", "Demoholm", "Gatan 12"),
    DemoPatient("19560417-9803", "Arne", "Provmark", "Ängsvägen 9"),
    DemoPatient("19490830-9810", "Ulla-Britt", "Exempelsten", "Björkstigen 2"),
    DemoPatient("19380723-9805", "Sven", "Fiktivlund", "Provgatan 21"),
)


@dataclass(frozen=True)
class _Certificate:
    """A certificate, from so many months ago, for so many months, until further notice unless told."""

    number: str
    name: str
    category: str
    months_ago: int
    months: int | None = None
    issued_by: str = "Kommunens biståndshandläggare"


_CERTIFICATES = (
    _Certificate("764153", "Greta", "N1", 34),
    _Certificate("764154", "Holger", "F2", 50, 42, "Neurologmottagningen"),
    _Certificate("764155", "Märta", "N1", 40),
    _Certificate("764156", "Ulla-Britt", "N2", 16),
    _Certificate("764157", "Sven", "N1", 28),
    _Certificate("764158", "Karl-Erik", "F10", 20, 48, "Strokemottagningen"),
    _Certificate("764159", "Emma", "F1", 11, 48, "Psykiatrimottagningen"),
    _Certificate("764160", "Arne", "N3", 25),
)


@dataclass(frozen=True)
class DemoLine:
    """A procedure, so many days after the claim's first visit; a fee is `patAvg` with its price."""

    code: str
    location: str = ""
    kronor: int | None = None
    days: int = 0


@dataclass(frozen=True)
class DemoClaim:
    """A claim that somebody sends in for a patient; `card` is the number of an exemption card."""

    by: str
    name: str
    invoice: str
    reference: str
    lines: tuple[DemoLine, ...]
    support: SupportType = _N
    fee: int = 0
    card: str = ""
    plan: str = ""
    category: str = ""
    comment: str = ""
    county: str = ""


EXAMINATION = (DemoLine("101"), DemoLine("201"))


def make(*, today: date) -> None:
    """Make everything, relative to the day."""
    region = Authority.objects.get()
    system = system_actor(region.pk)
    NumberSeries.objects.create(authority=region, last_invoice=_LAST_INVOICE)
    categories.load_categories(system, content=CATEGORIES.read_bytes())
    _patients(system, today=today)
    _certify(today=today)
    _paid(today=today)
    _credited(today=today)


# Who ----------------------------------------------------------------------------------------------


def _patients(system: Actor, *, today: date) -> None:
    moved_on = dates.add_months(today.replace(day=1), -24)
    for patient in PATIENTS:
        person = people.create_person(
            system,
            today=today,
            number=patient.number,
            given_name=patient.given_name,
            family_name=patient.family_name,
            phone=patient.phone,
            is_protected=patient.is_protected,
        )
        people.add_address(
            system,
            today=today,
            code=person.code,
            kind=AddressKind.REGISTERED,
            first_on=moved_on,
            street=patient.street,
            postcode="585 60",
            town="Linghem",
        )


def person_of(name: str) -> Person:
    """Return a patient by given name."""
    numbers = {patient.given_name: patient.number.replace("-", "") for patient in PATIENTS}
    return Person.objects.get(identity_number=numbers[name])


def _certify(*, today: date) -> None:
    """Register the certificates; Holger's has ended, and Sven's is revoked."""
    for certificate in _CERTIFICATES:
        first_on = dates.add_months(today.replace(day=1), -certificate.months_ago)
        last_on = None
        if certificate.months is not None:
            last_on = dates.day_before(dates.add_months(first_on, certificate.months))
        certificates.register_certificate(
            actor_of("gustav", today=first_on),
            today=first_on,
            code=person_of(certificate.name).code,
            content=CertificateContent(
                number=certificate.number,
                support=SupportType(certificate.category[0].lower()),
                category=certificate.category,
                first_on=first_on,
                last_on=last_on,
                issued_by=certificate.issued_by,
            ),
        )
    certificates.revoke_certificate(
        actor_of("gustav", today=today),
        number="764157",
        revoked_on=today - 20 * _DAY,
        reason="Har inte längre det stora behovet av omvårdnad.",
    )


# Claims -------------------------------------------------------------------------------------------


def begin(claim: DemoClaim, *, on: date) -> tuple[Actor, str, ClaimHead]:
    """Begin a claim of visits from the day on, and fill it in."""
    actor = actor_of(claim.by, CLINICS[claim.by], today=on)
    number = drafts.begin_claim(actor, today=on, code=person_of(claim.name).code, support=claim.support)
    last_day = max(line.days for line in claim.lines)
    head = ClaimHead(
        category=claim.category,
        care_model=CareModel.K if claim.support is _N else "",
        plan_number=claim.plan,
        card_number=claim.card,
        card_first_on=dates.add_months(on, -2) if claim.card else None,
        card_last_on=dates.add_months(on, 10) if claim.card else None,
        invoice_reference=claim.invoice,
        reference=claim.reference,
        comment=claim.comment,
        county=claim.county,
    )
    fee = (DemoLine("patAvg", kronor=claim.fee),) if claim.fee else ()
    for line in (*claim.lines, *fee):
        new = NewClaimLine(
            performed_on=on - (last_day - line.days) * _DAY,
            code=line.code,
            location=line.location,
            price=None if line.kronor is None else ore(line.kronor),
        )
        drafts.add_line(actor, today=on, number=number, head=head, line=new)
    return actor, number, head


def ore(kronor: int) -> Ore:
    """Return whole kronor in öre."""
    return kronor * 100


def send(claim: DemoClaim, *, on: date) -> str:
    """Send a claim in on the day, which is that of its last visit, and return its number."""
    actor, number, head = begin(claim, on=on)
    sending.send_claim(actor, today=on, number=number, head=head)
    return number


def _invoices_of(numbers: Sequence[str]) -> list[int]:
    """Return the invoices that claims are on."""
    claims = Claim.objects.filter(number__in=numbers)
    return sorted(set(claims.values_list("invoice_id", flat=True)))


def pay(numbers: Sequence[str], *, proposed_on: date, until: InvoiceStatus) -> None:
    """Propose payment of the invoices that claims are on, and take it so far; it is paid three days later."""
    invoices = ClaimInvoice.objects.filter(pk__in=_invoices_of(numbers))
    gustav = actor_of("gustav", today=proposed_on)
    proposal.propose_payment(gustav, today=proposed_on, invoice_ids=[invoice.pk for invoice in invoices])
    if until is InvoiceStatus.REVIEWED:
        return
    ids = [invoice.ledger_invoice_id for invoice in invoices.all() if invoice.ledger_invoice_id]
    _attest(ids, until=until, paid_on=proposed_on + 3 * _DAY)


def _attest(ids: Sequence[int], *, until: InvoiceStatus, paid_on: date) -> None:
    """Let Hanna attest invoices that are approved, and take them so far."""
    demo_data.attest(list(ids), until=until, today=paid_on)


def _paid(*, today: date) -> None:
    """The three claims of the manual's invoice 212962, each with the total it has there."""
    day = today - 75 * _DAY
    claims = (
        DemoClaim("lisa", "Märta", "212962", "980890", (DemoLine("206"), DemoLine("112"))),
        DemoClaim("lisa", "Greta", "212962", "980891", (DemoLine("342"), DemoLine("103")), fee=300),
        DemoClaim(
            *("lisa", "Ulla-Britt", "212962", "980835"),
            (DemoLine("103"), DemoLine("111", days=9)),
            card="73-4412",
        ),
    )
    numbers = [send(claim, on=day) for claim in claims]
    linghem = DemoClaim("mats", "Arne", "2024-17", "L1001", (*EXAMINATION, DemoLine("705", "36")), fee=200)
    numbers.append(send(linghem, on=day + 2 * _DAY))
    pay(numbers, proposed_on=day + 6 * _DAY, until=InvoiceStatus.PAID_OUT)


def _credited(*, today: date) -> None:
    """The manual's invoices 1234, 123 and 12345, paid and credited; and what a plusgiro is to pay back."""
    day = today - 60 * _DAY
    two = [
        send(DemoClaim("lisa", "Greta", "1234", "980901", (DemoLine("206"),)), on=day),
        send(DemoClaim("lisa", "Märta", "1234", "980902", (DemoLine("121"),) * 3), on=day),
    ]
    late_card = DemoClaim("lisa", "Ulla-Britt", "123", "980903", EXAMINATION, fee=200)
    wrong_patient = replace(late_card, name="Karl-Erik", invoice="12345", reference="980904", support=_F)
    others = [send(one, on=day + 4 * _DAY) for one in (late_card, wrong_patient)]
    plusgiro = [
        send(DemoClaim("nora", name, invoice, reference, EXAMINATION, fee=200), on=day)
        for name, invoice, reference in (("Arne", "B-70", "700"), ("Greta", "B-71", "701"))
    ]
    numbers = [*two, *others, *plusgiro]
    pay(numbers, proposed_on=day + 7 * _DAY, until=InvoiceStatus.PAID_OUT)
    for back, number in zip((30, 29, 27, 12, 24, 8), numbers, strict=True):
        credited_on = today - back * _DAY
        user = "nora" if number in plusgiro else "lisa"
        actor = actor_of(user, CLINICS[user], today=credited_on)
        crediting.credit_claim(actor, today=credited_on, number=number)
    repaid = ClaimInvoice.objects.get(credited_claims__number=plusgiro[0])
    gustav = actor_of("gustav", today=today)
    in_ledger = [repaid.ledger_invoice_id or 0]
    ledger.review_invoices(gustav, invoice_ids=in_ledger)
    _attest(in_ledger, until=InvoiceStatus.AUTHORISED, paid_on=today - 20 * _DAY)
    repayments.confirm_repayment(
        gustav,
        today=today,
        our_reference=repaid.our_reference,
        repaid_on=today - 17 * _DAY,
    )
