"""Claims, their invoices, certificates and plans of special care dentistry."""

import io
from dataclasses import replace

from kvitt.ledger.models import Invoice
from kvitt.modules.special_care.commands import assessment, crediting, deletion, proposal
from kvitt.modules.special_care.commands import certificates as certificate_commands
from kvitt.modules.special_care.commands import documents as plan_documents
from kvitt.modules.special_care.commands import review as claim_review
from kvitt.modules.special_care.models import Claim, ClaimInvoice
from kvitt.modules.special_care.queries import certificates as certificate_queries
from kvitt.modules.special_care.rules.invoice import Folder
from kvitt.registers.documents.commands import Upload
from kvitt.registers.documents.lifecycle import DocumentKind
from kvitt.registers.organisations.models import Clinic
from tests import files
from tests.journeys.sample.sample import PAID, Sample, advance
from tests.modules.special_care import filing, planning
from tests.special_world import SEED_LINES


def make_claims_in_review(sample: Sample) -> None:
    """A held claim that the clinic is asked about, a released one, and a paid one that is credited."""
    world, ids = sample.world, sample.ids
    ids["held claim"] = world.send_claim(lines=SEED_LINES, invoice_reference="4711")
    gustav = world.actor("gustav")
    claim_review.ask_clinic(gustav, number=ids["held claim"], question="Varför båda käkarna samtidigt?")
    ids["released claim"] = world.send_claim(invoice_reference="4712")
    paid = Claim.objects.get(number=world.send_claim(invoice_reference="4713"))
    proposal.propose_payment(gustav, today=world.today, invoice_ids=[paid.invoice_id])
    [in_ledger] = Invoice.objects.filter(module="special_care")
    advance(world, [in_ledger.pk], *PAID[1:])
    Clinic.objects.filter(pk=world.ryd.pk).update(giro_kind="plusgiro")
    crediting.credit_claim(world.actor("lisa"), today=world.today, number=paid.number)
    Clinic.objects.filter(pk=world.ryd.pk).update(giro_kind="bankgiro")
    ids["awaited repayment"] = ClaimInvoice.objects.get(awaits_repayment=True).our_reference


def make_claim_invoices(sample: Sample) -> None:
    """Invoices of claims in every list: paid, with a credit that was returned, voided, deleted."""
    world, ids = sample.world, sample.ids
    lisa = world.actor("lisa")
    ids["paid claim"] = world.send_claim(invoice_reference="4714")
    ids["returned credit"] = world.send_claim(invoice_reference="4715")
    world.pay(ids["paid claim"], ids["returned credit"])
    crediting.credit_claim(lisa, today=world.today, number=ids["returned credit"])
    world.return_proposal(ids["returned credit"], is_credit=True)
    voided = world.send_claim(lines=SEED_LINES, invoice_reference="4716")
    claim_review.void_claim(world.actor("gustav"), number=voided, reason="Samma vård är redan betald.")
    deletion.delete_claim(lisa, number=world.send_claim(invoice_reference="4717"))
    held = Claim.objects.select_related("invoice")
    ids |= {
        "claim invoice": held.get(number=ids["paid claim"]).invoice.our_reference,
        "open claim invoice": held.get(number=ids["released claim"]).invoice.our_reference,
    }
    ids |= {f"{folder.value} folder": folder.value for folder in Folder}


def make_begun_claim(sample: Sample) -> None:
    """A claim of Greta's that is not sent in, with a line."""
    world, ids = sample.world, sample.ids
    ids["draft claim"] = world.begin_claim()
    ids["draft line"] = world.add_line(ids["draft claim"], "101")
    ids["claim patient"] = world.greta.code


def make_certificates(sample: Sample) -> None:
    """One that was changed, and one that is revoked."""
    world, ids = sample.world, sample.ids
    frida, certificate = world.actor("frida"), world.greta_certificate
    changed = certificate_queries.certificate_content(frida, certificate.number)
    certificate_commands.change_certificate(
        frida,
        today=world.today,
        number=certificate.number,
        content=replace(changed, issued_by="Biståndsenheten i Testköping"),
    )
    world.certify(world.ingrid, "764155", "n", "N2")
    certificate_commands.revoke_certificate(
        frida, number="764155", revoked_on=world.today, reason="Patienten har inte längre hemsjukvård."
    )
    ids |= {"certificate": certificate.number, "certified": world.greta.code, "category": "N2"}


def make_plans(sample: Sample) -> None:
    """A plan that is not sent, one that waits, one that the clinic is asked about, and one decided."""
    world, ids = sample.world, sample.ids
    ids["plan"] = planning.create(world)
    ids["planned"] = planning.keys_of(ids["plan"])[0]
    for key in ("waiting plan", "asked plan"):
        ids[key] = planning.create(world)
        ids[f"{key} request"] = planning.send(world, ids[key]).pk
    assessment.ask_for_completion(
        world.actor("frida"),
        number=ids["asked plan"],
        request_id=ids["asked plan request"],
        question="Var är bilden?",
        assessment=planning.written(world, {}, reason=""),
    )
    ids["decided plan"] = planning.approved_plan(world).number
    # Added after it was sent: the request does not hold them, so they can be removed.
    lisa, content = world.actor("lisa"), files.png()
    ids["plan document"] = plan_documents.add_document(
        lisa,
        today=world.today,
        number=ids["waiting plan"],
        kind=DocumentKind.XRAY,
        upload=Upload("opg.png", len(content), io.BytesIO(content)),
    )
    ids["plan parcel"] = plan_documents.add_parcel(
        lisa,
        today=world.today,
        number=ids["waiting plan"],
        description="Gipsmodell",
        quantity=1,
        file_type="Modell",
    )


def make_claims_files(sample: Sample) -> None:
    """A file with faults that waits for its clinic, one that cannot be read, one that waits to be checked."""
    world = sample.world
    wrong = [
        filing.Written("F1"),
        filing.Written("F2", plan="99999", lines=((filing.VISIT, "101", "", ""),)),
        filing.Written("F3", number=world.ingrid.identity_number),
    ]
    sample.ids["claims file"] = filing.work(filing.hand_in(world, *wrong)).pk
    filing.work(filing.hand_in(world, content=b"<html></html>"))
    filing.hand_in(world, *wrong, only_check=True)
