"""The cast in a world where every page has something to show: the journeys' and the crawl's database.

To the named cast come one user for every role, cases and invoices in every state, a protected patient, news,
questions, and a second authority that has the same things and nothing in common with the first.
"""

import copy
import datetime as dt
import io
from dataclasses import dataclass, field, replace

from django.db import transaction

from kvitt.audit.models import Event
from kvitt.foundation.values.text import search_key, sort_key
from kvitt.ledger import commands as ledger
from kvitt.ledger import queries as ledger_queries
from kvitt.ledger.lifecycle import InvoiceStatus, RunFault
from kvitt.ledger.models import Invoice, InvoiceRun, InvoiceRunClinic
from kvitt.ledger.rules import calculate_run_date, plan_rows
from kvitt.modules.needs_allowance.commands import cases, procedures
from kvitt.modules.needs_allowance.models import Case, Procedure
from kvitt.modules.population_health.commands import procedures as activity_procedures
from kvitt.modules.special_care.commands import assessment, crediting, deletion, proposal
from kvitt.modules.special_care.commands import certificates as certificate_commands
from kvitt.modules.special_care.commands import documents as plan_documents
from kvitt.modules.special_care.commands import review as claim_review
from kvitt.modules.special_care.models import Claim, ClaimInvoice
from kvitt.modules.special_care.queries import certificates as certificate_queries
from kvitt.modules.special_care.rules.invoice import Folder
from kvitt.portal.commands import questions, texts
from kvitt.registers.access.models import RoleGrant
from kvitt.registers.access.rules import ROLE_SCOPES, Role, ScopeKind
from kvitt.registers.clinic_administration import commands as accounts
from kvitt.registers.dental_records.commands import contacts, reports
from kvitt.registers.documents.commands import Upload
from kvitt.registers.documents.lifecycle import DocumentKind
from kvitt.registers.listings.models import Listing
from kvitt.registers.mailing import commands as mailing
from kvitt.registers.mailing.lifecycle import MailEvent
from kvitt.registers.mailing.models import OutgoingMail
from kvitt.registers.organisations.models import Authority, CareProvider, Clinic, ClinicRight
from kvitt.registers.people import commands as people
from kvitt.registers.people.models import Address, Person
from kvitt.registers.price_lists.models import ForbiddenCombination, ParameterValue, PriceListItem
from tests import files
from tests.modules.needs_allowance import requesting
from tests.modules.special_care import planning
from tests.special_world import SEED_LINES, SpecialWorld
from tests.world import SINCE, World

# The day of the calendar's run.
RUN_ON = dt.date(2024, 11, 1)
PAID = (InvoiceStatus.REVIEWED, InvoiceStatus.AUTHORISED, InvoiceStatus.PAYING_OUT, InvoiceStatus.PAID_OUT)
# Roles of the cast that have a user of their own already, at the authority.
CAST = {
    Role.ASSESSOR: "frida",
    Role.REVIEWER: "gustav",
    Role.ATTESTER: "hanna",
    Role.ADMINISTRATOR: "ivar",
}


@dataclass
class Sample:
    """The world, and what the addresses of the pages hold: `ids["case"]` is a case's number."""

    world: SpecialWorld
    abroad: World
    ids: dict[str, object] = field(default_factory=dict)

    @property
    def users(self) -> dict:
        """Everybody who can sign in, by name."""
        return {**self.world.users, **self.abroad.users}

    @property
    def hidden(self) -> Person:
        """The patient with a protected identity."""
        return Person.objects.get(authority=self.world.region, is_protected=True)


@transaction.atomic
def make_sample() -> Sample:
    """Make everything, on the day that the setting KVITT_TODAY must hold: `World.today`."""
    world = SpecialWorld()
    world.load_catalogue()
    sample = Sample(world, _abroad(world))
    _users(sample)
    _cases(sample)
    _activities(sample)
    _claims_in_review(sample)
    _begun_claim(sample)
    _certificates(sample)
    _claim_invoices(sample)
    _plans(sample)
    _dental_records(sample)
    _persons(sample)
    _organisations(sample)
    _texts(sample)
    _codes(sample)
    _mail(sample)
    _runs(sample)
    _unit(sample)
    _away(sample)
    sample.ids["event"] = Event.objects.filter(authority_id=world.region.pk).latest("pk").pk
    return sample


def _claims_in_review(sample: Sample) -> None:
    """A held claim that the clinic is asked about, a released one, and a paid one that is credited."""
    world, ids = sample.world, sample.ids
    ids["held claim"] = world.send_claim(lines=SEED_LINES, invoice_reference="4711")
    gustav = world.actor("gustav")
    claim_review.ask_clinic(gustav, number=ids["held claim"], question="Varför båda käkarna samtidigt?")
    ids["released claim"] = world.send_claim(invoice_reference="4712")
    paid = Claim.objects.get(number=world.send_claim(invoice_reference="4713"))
    proposal.propose_payment(gustav, today=world.today, invoice_ids=[paid.invoice_id])
    [in_ledger] = Invoice.objects.filter(module="special_care")
    _advance(world, [in_ledger.pk], *PAID[1:])
    Clinic.objects.filter(pk=world.ryd.pk).update(giro_kind="plusgiro")
    crediting.credit_claim(world.actor("lisa"), today=world.today, number=paid.number)
    Clinic.objects.filter(pk=world.ryd.pk).update(giro_kind="bankgiro")
    ids["awaited repayment"] = ClaimInvoice.objects.get(awaits_repayment=True).our_reference


def _claim_invoices(sample: Sample) -> None:
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


def _begun_claim(sample: Sample) -> None:
    """A claim of Greta's that is not sent in, with a line."""
    world, ids = sample.world, sample.ids
    ids["draft claim"] = world.begin_claim()
    ids["draft line"] = world.add_line(ids["draft claim"], "101")
    ids["claim patient"] = world.greta.code


# Users --------------------------------------------------------------------------------------------


def _users(sample: Sample) -> None:
    """One user for every role that has none, named after it; Cilla has two clinics, Sven nowhere to work."""
    world = sample.world
    for role in Role:
        if role not in CAST:
            unit = world.ryd
            if ScopeKind.CLINIC not in ROLE_SCOPES[role]:
                unit = world.eken if ScopeKind.PROVIDER in ROLE_SCOPES[role] else world.region
            world._user(role.value, f"Roll {role.value.replace('_', ' ')}", unit, (role,))
    world._user("cilla", "Cilla Exempelsson", world.ryd, (Role.DENTAL_BASIC, Role.DENTAL_INVOICES))
    RoleGrant.objects.create(user=world.users["cilla"], role=Role.DENTAL_BASIC, clinic=world.linghem)
    world._user("sven", "Sven Utanplats", world.ryd, ())
    world._user("gunnel", "Gunnel Slutadsson", world.ryd, (Role.DENTAL_BASIC,))
    for user in world.users.values():
        user.sort_key, user.search_key = sort_key(user.name), search_key(f"{user.name} {user.username}")
        user.is_active = user.username != "gunnel"
        user.save()
    sample.ids |= {
        "user": world.users["anna"].pk,
        "inactive user": world.users["gunnel"].pk,
        "grant": world.users["anna"].grants.first().pk,
    }


# Cases and invoices -------------------------------------------------------------------------------


def _cases(sample: Sample) -> None:
    """A case for every state, and invoices from sent in to paid out; the number of each under its state."""
    world, ids = sample.world, sample.ids
    long_ago = dt.date(2023, 3, 1)
    ids["ended case"] = cases.create_case(
        world.actor("anna", today=long_ago), today=long_ago, code=world.elsa.code, first_on=long_ago
    )
    ids["paid case"] = world.case_of_figure_21(world.elsa)
    _advance(world, world.invoice("Betald"), *PAID)
    treated = {one.code: one for one in Procedure.objects.filter(case__number=ids["paid case"])}
    world.credit(treated["126"])
    _advance(world, world.invoice("Kredit"), *PAID[:2])
    world.credit(treated["163"])

    ids["returned case"] = world.case_of_figure_21(world.rutger)
    returned = _only(world.invoice("Avvisad"))
    with transaction.atomic():
        ledger.return_invoice(returned, InvoiceStatus.RETURNED, reason="Behandlingsdatum saknas på raden.")

    ids["case"] = world.create_case(world.tova)
    ids["procedure"] = world.report(ids["case"], "101").pk
    world.report(ids["case"], "705", "11", "MB")
    world.report(ids["case"], "436", "11", performed_on=None)
    world.report(ids["case"], "163", "ÖK", performed_on=None)
    world.add_document(ids["case"], "remiss.pdf", files.pdf(), kind=DocumentKind.REFERRAL)
    removed = world.report(ids["case"], "112")
    procedures.remove_procedure(world.actor("anna"), number=ids["case"], procedure_id=removed.pk)
    _requests(sample)
    # Added after the requests were sent: no request holds them, so they can be removed.
    ids["document"] = world.add_document(ids["case"])
    ids["parcel"] = world.add_parcel(ids["case"])

    hemlig = people.create_person(
        world.system,
        today=world.today,
        number="20131014-2391",
        given_name="Vera",
        family_name="Hemlig",
        phone="070-000 00 09",
        is_protected=True,
    )
    people.add_address(
        world.system,
        today=world.today,
        code=hemlig.code,
        kind="registered",
        first_on=SINCE,
        street="Okända stigen 1",
        postcode="585 60",
        town="Linghem",
    )
    Listing.objects.create(person=hemlig, clinic=world.ryd, first_on=SINCE)
    ids["protected case"] = world.create_case(hemlig)
    world.report(ids["protected case"], "111")
    ids["protected"] = hemlig.code

    malte = world._person("201307122398", "Malte", "Påhittad", world.ryd)
    ids["invoiced case"] = world.case_of_figure_21(malte)
    ids["invoice"] = world.invoice("Faktura 12")[-1]
    world.credit(treated["124"])
    ids |= {"invoiced procedure": treated["815"].pk, "credited procedure": treated["124"].pk}
    ids["ready case"] = world.case_of_figure_21(world._person("201305102384", "Signe", "Demogren", world.ryd))
    bridge = world.report(ids["ready case"], "852", "13", performed_on=None)
    ids["request"] = world.send_request(ids["ready case"], bridge).pk
    ids["empty case"] = world.create_case(world._person("201308202389", "Ronja", "Fiktivsson", world.ryd))
    for clinic, person, by in ((world.linghem, world.ake, "bo"), (world.bjork, world.alma, "david")):
        number = world.create_case(person, by=by)
        for code, location in (("126", ""), ("163", "ÖK"), ("815", "12")):
            world.report(number, code, location, by=by)
        ids[f"case in {clinic.number}"] = number
    ids["invoice of 2222"] = _only(world.invoice("Björk 1", by="david"))
    ids["clinic"] = world.ryd.pk
    ids["patient"] = world.tova.code


def _requests(sample: Sample) -> None:
    """A request for preauthorization in every state, all in one case; the id of each under its state."""
    world, ids = sample.world, sample.ids
    number = ids["case"]
    ids["saved request"] = requesting.save(world, number, world.report(number, "852", "13"))
    ids["waiting request"] = requesting.send(world, number, world.report(number, "852", "14"))
    ids["asked request"] = requesting.send(world, number, world.report(number, "852", "15"))
    requesting.ask(world, ids["asked request"])
    # Not performed: the case stays below its deductible, and its lines free.
    bridge, splint = world.report(number, "852", "24", performed_on=None), world.report(number, "601", "ÖK")
    ids["decided request"] = requesting.send(world, number, bridge, splint)
    requesting.decide(world, ids["decided request"], {bridge.pk: "approved", splint.pk: "refused"})


def _only(made: list[int]) -> int:
    [invoice_id] = made
    return invoice_id


def _advance(world: World, made: list[int], *statuses: InvoiceStatus) -> int:
    """Take the one invoice made through the review chain: reviewed by Gustav, all the rest by Hanna."""
    invoice_id = _only(made)
    for status in statuses:
        actor = world.actor("gustav" if status is InvoiceStatus.REVIEWED else "hanna")
        with transaction.atomic():
            ledger.advance_invoice(actor, invoice_id, status, today=world.today)
    return invoice_id


# Preauthorization in special care dentistry -------------------------------------------------------


def _plans(sample: Sample) -> None:
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


# Activities ---------------------------------------------------------------------------------------


def _activities(sample: Sample) -> None:
    """One with named participants, one without procedures, one invoiced where a credit waits."""
    world, ids = sample.world, sample.ids
    jenny = world.actor("jenny")
    ids["credited activity"] = world.create_activity("901", 3, performed_on=dt.date(2024, 10, 15))
    lines = ledger_queries.waiting_lines([world.ryd.pk], "population_health").order_by("pk")
    with transaction.atomic():
        invoice = ledger.issue_invoice(
            world.system,
            ledger.NewInvoice(
                module="population_health",
                clinic_id=world.ryd.pk,
                external_reference="Befolkningsansvar 2024-11 1111",
                invoice_date=calculate_run_date(RUN_ON),
                due_date=RUN_ON + dt.timedelta(days=30),
                rows=plan_rows(ledger_queries.line_facts(lines)),
            ),
        )
    ids["run invoice"] = _advance(world, [invoice.pk], *PAID[:2])
    line_ids = _line_ids(world, ids["credited activity"])
    activity_procedures.credit_procedures(jenny, number=ids["credited activity"], line_ids=line_ids[:1])
    ids["activity"] = world.create_activity("912", numbers=("20130310-2394", "20130401-2394"))
    ids["emptied activity"] = world.create_activity("902", 1)
    activity_procedures.remove_procedures(
        jenny, number=ids["emptied activity"], line_ids=_line_ids(world, ids["emptied activity"])
    )


def _line_ids(world: World, number: str) -> list[int]:
    lines = ledger_queries.lines_of_case(world.region.pk, "population_health", number)
    return [line.pk for line in lines]


# Special care -------------------------------------------------------------------------------------


def _certificates(sample: Sample) -> None:
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


# Registers ----------------------------------------------------------------------------------------


def _dental_records(sample: Sample) -> None:
    """Tova has a settled report, one that corrects an older one and can be settled, and two contacts."""
    world, ids, anna = sample.world, sample.ids, sample.world.actor("anna")
    whole = reports.Entry(
        examined_on=world.today,
        practitioner_id=world.karin.pk,
        findings="16 MO D3\n54 D D1\n55 M",
        caries_risk="moderate",
        periodontal_risk="none",
        next_revision_on=world.today + dt.timedelta(days=365),
    )
    for key in ("corrected report", "settled report"):
        ids[key] = reports.create_report(anna, today=world.today, code=world.tova.code, entry=whole)
        reports.settle_report(anna, today=world.today, number=ids[key], seen=1)
    ids["report"] = reports.correct_report(anna, today=world.today, number=ids["corrected report"])
    for kind, note in (("summoned", "Brev till vårdnadshavare."), ("came", "")):
        entry = contacts.Entry(world.today, kind, note)
        ids["patient contact"] = contacts.add_contact(
            anna, today=world.today, code=world.tova.code, entry=entry
        )


def _persons(sample: Sample) -> None:
    """Elsa has an address of stay, Elis a former number, and two records may be one person."""
    world, ids = sample.world, sample.ids
    people.add_address(
        world.system,
        today=world.today,
        code=world.elsa.code,
        kind="staying",
        first_on=SINCE,
        care_of="Mormor Provsson",
        street="Ringvägen 9",
        postcode="585 60",
        town="Linghem",
    )
    people.change_identity_number(
        world.system, today=world.today, code=world.elis.code, number="20130305-2383"
    )
    merged = world._person("201404062380", "Elis", "Nymark", None)
    ids |= {"person": world.elsa.code, "other person": merged.code}
    ids["address"] = Address.objects.filter(person=world.elsa, kind="staying").get().pk
    Listing.objects.filter(person=world.elsa).update(revision_ends_on=world.today + dt.timedelta(days=10))


def _organisations(sample: Sample) -> None:
    """A closed clinic, and a right that ends before it begins anew; all can be found by their names."""
    world, ids = sample.world, sample.ids
    closed = world._clinic(world.bjorken, "2223", "Björkens Filial")
    Clinic.objects.filter(pk=closed.pk).update(closed_on=world.today - dt.timedelta(days=30))
    ending = ClinicRight.objects.filter(clinic=world.ryd, scheme="special_care")
    ending.update(last_on=world.today + dt.timedelta(days=29))
    coming = ClinicRight.objects.create(
        clinic=world.ryd, scheme="special_care", first_on=world.today + dt.timedelta(days=30)
    )
    for provider in CareProvider.objects.all():
        digits = provider.organisation_number
        provider.sort_key = sort_key(provider.name)
        provider.search_key = search_key(f"{digits} {digits[:6]}-{digits[6:]} {provider.name}")
        provider.save()
    for clinic in Clinic.objects.all():
        clinic.search_key = search_key(f"{clinic.number} {clinic.name} {clinic.town}")
        clinic.save()
    ids |= {
        "closed clinic": closed.pk,
        "right": world.ryd.rights.earliest("pk").pk,
        "coming right": coming.pk,
        "practitioner": world.karin.pk,
        "provider": world.eken.pk,
    }


def _texts(sample: Sample) -> None:
    """News that holds, is coming and is over, a question with an answer and one without."""
    world, ids = sample.world, sample.ids
    day = dt.timedelta(days=1)
    for key, title, first_on, last_on in (
        ("news", "Ändrad faktureringsperiod i december", world.today - day, None),
        ("ended news", "Driftstopp på lördag", SINCE, world.today - day),
        ("coming news", "Nya priser från årsskiftet", world.today + 20 * day, None),
    ):
        item = texts.create_news_item(
            world.system,
            today=world.today,
            title=title,
            text="Läs mer i handboken.\n\nKontakta oss om något är oklart.",
            first_on=first_on,
            last_on=last_on,
        )
        ids[key] = item.pk
    entry = texts.create_faq_entry(
        world.system,
        today=world.today,
        question="Varför står det 0 kr i ärendet?",
        answer="Självrisken är inte nådd.",
        position=1,
    )
    contact = texts.create_support_contact(
        world.system,
        subject="Behovspengens regler",
        phone="010-103 00 01",
        hours="Vardagar 9-11",
        email="regler@example.org",
        position=1,
    )
    asked = [
        questions.ask_question(world.actor("anna"), today=world.today, subject=subject, text="Hur gör vi?")
        for subject in ("Ny behandlare", "Faktura som saknas")
    ]
    answer = "Hör av er till tandvårdsenheten."
    questions.answer_question(world.actor("ivar"), today=world.today, question_id=asked[0].pk, answer=answer)
    ids |= {
        "faq entry": entry.pk,
        "contact": contact.pk,
        "question": asked[0].pk,
        "open question": asked[1].pk,
    }


def _codes(sample: Sample) -> None:
    """Any code with a price, a combination, and a value of the authority's own."""
    world, ids = sample.world, sample.ids
    ParameterValue.objects.create(
        authority=world.region,
        name="needs_allowance.deductible",
        first_on=dt.date(2025, 1, 1),
        value=510_000,
        source="Beslut 2024-11-01",
        entered_by="Ivar Förvaltare",
    )
    ledger.set_window(
        world.system,
        month=dt.date(2024, 12, 1),
        first_on=dt.date(2024, 12, 9),
        last_on=dt.date(2024, 12, 18),
    )
    ids |= {
        "item": PriceListItem.objects.get(authority=world.region, module="needs_allowance", code="815").pk,
        "combination": ForbiddenCombination.objects.filter(authority=world.region).earliest("pk").pk,
        "parameter": "needs_allowance.deductible",
        "year": 2024,
        "month": 12,
    }


def _mail(sample: Sample) -> None:
    """The clinic in Ryd has chosen what it wants to be told of; a message waits, and one was given up."""
    world, ids = sample.world, sample.ids
    mailing.change_mail_choices(
        world.actor("anna"),
        today=world.today,
        clinic_id=world.ryd.pk,
        addresses="ryd@example.org",
        events=[MailEvent.INVOICE_RETURNED, MailEvent.WINDOW_OPENS],
    )
    with transaction.atomic():
        mailing.tell_clinic(world.ryd.pk, MailEvent.INVOICE_RETURNED)
    mailing.queue_test_mail(world.actor("anna"), clinic_id=world.ryd.pk)
    given_up = OutgoingMail.objects.earliest("pk")
    given_up.status, given_up.next_try_at, given_up.last_fault = "given_up", None, "bad_address"
    given_up.save()
    ids["mail"] = given_up.pk


def _runs(sample: Sample) -> None:
    """A run of the calendar: the clinic in Ryd got its invoice, that in Linghem had no account."""
    world, ids = sample.world, sample.ids
    moment = dt.datetime(2024, 11, 1, 0, 5, tzinfo=dt.UTC)
    run = InvoiceRun.objects.create(
        authority=world.region,
        module="population_health",
        due_on=RUN_ON,
        started_at=moment,
        finished_at=moment,
    )
    InvoiceRunClinic.objects.create(run=run, clinic=world.ryd, invoice_id=ids["run invoice"])
    InvoiceRunClinic.objects.create(run=run, clinic=world.linghem, fault=RunFault.NO_ACCOUNT)
    ids["run"] = run.pk


def _unit(sample: Sample) -> None:
    """Another account is asked for in Ryd; a claim there is for a patient from Stockholm."""
    world, ids = sample.world, sample.ids
    change = accounts.request_account_change(
        world.actor("petra"), clinic_id=world.ryd.pk, giro_kind="plusgiro", giro_number="490220-1"
    )
    world.pay(world.send_claim(invoice_reference="8001", county="01"))
    ids |= {"account change": change.pk, "county": "01"}


# The other authority ------------------------------------------------------------------------------


def _abroad(world: World) -> World:
    """A second authority: Ulla at its clinic, Rune reviews and Olof administers; Svea has Elsa's number."""
    abroad = copy.copy(world)
    abroad.users = {}
    abroad.region = Authority.objects.create(
        name="Region Utland", kind="region", organisation_number="2321000057", contact_phone="010-104 00 00"
    )
    provider = abroad._provider("5560000035", "Lindens Tandvård AB")
    abroad.ryd = abroad._clinic(provider, "1111", "Lindens Tandvård")
    abroad._user("ulla", "Ulla Utländsk", abroad.ryd, (Role.DENTAL_BASIC, Role.DENTAL_INVOICES))
    abroad._user("rune", "Rune Utländsk", abroad.region, (Role.REVIEWER,))
    abroad._user("olof", "Olof Utländsk", abroad.region, (Role.ADMINISTRATOR,))
    abroad.elsa = abroad._person("201303102394", "Svea", "Utlandsson", None)
    return abroad


def _away(sample: Sample) -> None:
    """Nothing of the second authority is in the first: a mistake here would make the crawl prove less."""
    region = sample.world.region
    assert not Case.objects.exclude(authority=region).exists()
    assert not Invoice.objects.exclude(authority=region).exists()
    assert not Listing.objects.exclude(person__authority=region).exists()
