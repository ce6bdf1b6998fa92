"""Cases, requests and invoices of needs allowance in every state."""

import datetime as dt

from django.db import transaction

from kvitt.ledger import commands as ledger
from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.modules.needs_allowance.commands import cases, procedures
from kvitt.modules.needs_allowance.models import Procedure
from kvitt.registers.documents.lifecycle import DocumentKind
from kvitt.registers.listings.models import Listing
from kvitt.registers.people import commands as people
from tests import files
from tests.journeys.sample.sample import PAID, Sample, advance, only
from tests.modules.needs_allowance import requesting
from tests.world import SINCE


def make_cases(sample: Sample) -> None:
    """A case for every state, and invoices from sent in to paid out; the number of each under its state."""
    world, ids = sample.world, sample.ids
    long_ago = dt.date(2023, 3, 1)
    ids["ended case"] = cases.create_case(
        world.actor("anna", today=long_ago), today=long_ago, code=world.elsa.code, first_on=long_ago
    )
    ids["paid case"] = world.case_of_figure_21(world.elsa)
    advance(world, world.invoice("Betald"), *PAID)
    treated = {one.code: one for one in Procedure.objects.filter(case__number=ids["paid case"])}
    world.credit(treated["126"])
    advance(world, world.invoice("Kredit"), *PAID[:2])
    world.credit(treated["163"])

    ids["returned case"] = world.case_of_figure_21(world.rutger)
    returned = only(world.invoice("Avvisad"))
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
    ids["invoice of 2222"] = only(world.invoice("Björk 1", by="david"))
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
