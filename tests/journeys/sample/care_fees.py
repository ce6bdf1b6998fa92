"""The municipality: its clients and what is registered of them, one function for each part of care fees."""

import datetime as dt
from datetime import date
from io import BytesIO

from kvitt.modules.care_fees.commands import (
    absences,
    approval,
    areas,
    billing_rules,
    corrections,
    decisions,
    free_months,
    housing,
    incomes,
    invoice_contacts,
    recipients,
    runs,
)
from kvitt.modules.care_fees.lifecycle import (
    AbsenceReason,
    FormerHousing,
    HomeKind,
    Household,
    HousingKind,
    IncomeKind,
    IncomePace,
    ReminderPace,
)
from kvitt.modules.care_fees.models import Client, PerformedService, ServicePrice
from kvitt.modules.care_fees.rules.absence import AbsenceFacts
from kvitt.modules.care_fees.rules.absence_check import NewReminder
from kvitt.modules.care_fees.rules.corrections import NewCorrection
from kvitt.modules.care_fees.rules.free_month import FreeMonthAnswers
from kvitt.modules.care_fees.rules.housing import DwellingFacts
from kvitt.modules.care_fees.rules.income import HousingFacts, IncomeRow
from kvitt.modules.care_fees.rules.recipients import RecipientDays
from kvitt.modules.care_fees.rules.statements import NewAdjustment, NewStatement, StatedRow
from kvitt.modules.care_fees.rules.tenancy import TenancyContent
from kvitt.registers.documents.commands import Upload
from kvitt.registers.people import commands as people
from kvitt.registers.people.lifecycle import AddressKind, ContactKind
from kvitt.registers.people.models import Relation
from kvitt.registers.people.rules import ContactFacts
from tests import files
from tests.journeys.sample.sample import Sample
from tests.modules.care_fees import invoicing
from tests.world import SINCE


def make_clients(sample: Sample) -> None:
    """Clients of both areas, as `pages/care_fees.py` says, and one whose identity is protected."""
    care, ids = sample.care, sample.ids
    hidden = care.make_client("194107039804", "Vera", "Skyddström", care.north)
    hidden.person.is_protected = True
    hidden.person.save(update_fields=["is_protected"])
    ids |= {
        "client": care.astrid.number,
        "client of south": care.greta.number,
        "partly seen client": care.birger.number,
        "protected client": hidden.number,
        "billing area": care.north.pk,
        "care unit": care.north_care.pk,
    }


def make_recipients(sample: Sample) -> None:
    """Who gets the invoices, one who is not saved, a request for another area, and a respite."""
    care, ids = sample.care, sample.ids
    today, karla, bodil = care.today, care.actor("karla"), care.actor("bodil")

    def add(name: str, first_on: dt.date, *, saves: bool) -> int:
        facts = ContactFacts(
            ContactKind.INVOICE_RECIPIENT, name, first_on, "Storgatan 1", "58222", "Linköping"
        )
        contact = recipients.add_recipient(
            karla,
            today=today,
            number=care.dagny.number,
            facts=facts,
            days=RecipientDays(),
            saves=saves,
        )
        return contact.pk

    add("Gunnar Godman", dt.date(2024, 1, 1), saves=True)
    ids["unsaved recipient"] = add("Frida Förvaltare", dt.date(2024, 11, 1), saves=False)
    ids["recipient"] = care.dagny.recipients.get().pk
    request = areas.request_move(
        karla, today=today, number=care.astrid.number, area_id=care.south.pk, reason="Flyttar"
    )
    ids["area request"] = request.pk
    dead = care.make_client("193009089818", "Sixten", "Avlidsson", care.north)
    dead.person.died_on = dt.date(2024, 11, 1)
    dead.person.save(update_fields=["died_on"])
    respite = recipients.grant_respite(
        bodil, today=today, number=dead.number, last_on=dt.date(2024, 11, 29), reason="Bouppteckning"
    )
    ids |= {
        "dead client": dead.number,
        "respite": respite.pk,
        "person in the municipality": care.astrid.person.code,
        "client with recipient": care.dagny.number,
    }


def make_contacts(sample: Sample) -> None:
    """Astrid stays with her sister, and has a god man who gets her invoices."""
    care, ids, person = sample.care, sample.ids, sample.care.astrid.person
    sister = care._person("194108239817", "Stina", "Provén", None)
    address = people.add_address(
        care.system,
        today=care.today,
        code=person.code,
        kind=AddressKind.STAYING,
        first_on=SINCE,
        street="Ringvägen 9",
        postcode="585 60",
        town="Linghem",
    )
    relation = Relation.objects.create(person=person, other=sister, kind="sibling", first_on=SINCE)
    contact = people.add_contact(
        care.system,
        today=care.today,
        code=person.code,
        kind=ContactKind.INVOICE_RECIPIENT,
        name="Gustava Godman",
        first_on=SINCE,
        street="Storgatan 2",
        postcode="582 22",
        town="Linköping",
    )
    ids |= {
        "client person": person.code,
        "client address": address.pk,
        "relation": relation.pk,
        "contact person": contact.pk,
    }


def make_services(sample: Sample) -> None:
    """What Astrid is granted, and the price of it that begins next year."""
    care = sample.care
    next_year = date(care.today.year + 1, 1, 1)
    ServicePrice.objects.create(service=care.services["OMV"], first_on=next_year, amount=190_000)
    sample.ids |= {
        "service": care.services["OMV"].pk,
        "day of service price": next_year.isoformat(),
        "granted service": care.astrid.granted.get().pk,
    }


def make_housing(sample: Sample) -> None:
    """A dwelling of the serviced flats, let to Astrid with a free month, and one that nobody holds."""
    care, ids = sample.care, sample.ids
    bodil = care.actor("bodil")
    taken, vacant = (
        housing.create_dwelling(
            bodil,
            facts=DwellingFacts(
                care.serviced.pk, number, f"Lindgatan 4, lgh {number}", HousingKind.SERVICED_FLAT
            ),
        )
        for number in ("1204", "1205")
    )
    tenancy = housing.create_tenancy(
        bodil,
        today=care.today,
        number=care.astrid.number,
        content=TenancyContent(taken.pk, care.today, 620_000),
    )
    content = files.png()
    free_months.grant_free_month(
        bodil,
        today=care.today,
        number=tenancy.number,
        asked=FreeMonthAnswers(
            FormerHousing.RENTED, Household.SINGLE, 700_000, "Hyresfri månad", is_seen=False
        ),
        receipt=Upload("kvitto.png", len(content), BytesIO(content)),
    )
    ids |= {"dwelling": taken.pk, "vacant dwelling": vacant.pk, "tenancy": tenancy.number}


def make_registrations(sample: Sample) -> None:
    """What the units did."""
    care = sample.care
    for client, code, quantity in ((care.astrid, "LUN", 12), (care.birger, "BOS", 150)):
        PerformedService.objects.create(
            client=client,
            service=care.services[code],
            unit=care.north_care,
            month=dt.date(2024, 10, 1),
            quantity=quantity,
        )
    sample.ids["registered month"] = "2024-10"


def make_corrections(sample: Sample) -> None:
    """A correction of Astrid's, in the month that is billed."""
    care = sample.care
    new = NewCorrection(care.services["KNAPP"].pk, care.north_care.pk, 51_000, "Förlorad larmknapp")
    made = corrections.add_correction(
        care.actor("karla"), today=care.today, number=care.astrid.number, new=new
    )
    sample.ids["correction"] = made.pk


def make_absences(sample: Sample) -> None:
    """Astrid is away and Karla is reminded of it; Greta was away in October."""
    care = sample.care
    facts = AbsenceFacts(AbsenceReason.UNPLANNED, dt.date(2024, 11, 11), None, dt.date(2024, 11, 11))
    reminder = NewReminder(ReminderPace.WEEKLY, care.today)
    for who, client, new, wanted in (
        ("karla", care.astrid, facts, reminder),
        (
            "kurt",
            care.greta,
            AbsenceFacts(
                AbsenceReason.PLANNED, dt.date(2024, 10, 7), dt.date(2024, 10, 20), dt.date(2024, 9, 30)
            ),
            None,
        ),
    ):
        absences.add_absence(
            care.actor(who), today=care.today, number=client.number, new=new, reminder=wanted
        )
    absence = care.astrid.absences.get()
    sample.ids |= {"absence": absence.pk, "reminder": absence.reminders.get().pk}


def make_invoices(sample: Sample) -> None:
    """An invoice of Astrid's, whom one asks about it, and a month of a dead client that waits."""
    care, month = sample.care, dt.date(2024, 6, 1)
    dead = Client.objects.get(number=sample.ids["dead client"])
    for client in (care.astrid, dead):
        invoicing.approve(client, month=month)
    made = invoicing.make(care, month=month)
    invoice_contacts.save_contact(
        care.actor("bodil"),
        today=care.today,
        unit_id=care.north_care.pk,
        name="Rut Referensson",
        phone="013-20 57 01",
        email="",
        first_on=care.today,
    )
    sample.ids |= {"care invoice": made[0].number, "invoice batch": made[0].batch.number}


def make_incomes(sample: Sample) -> None:
    """Astrid's income with its proof, a raise of her reserved amount, and the decision of her fee."""
    care, ids, fia = sample.care, sample.ids, sample.care.actor("fia")
    content, first_on = files.png(), dt.date(2024, 10, 1)
    pension = StatedRow(IncomeKind.PENSION, IncomeRow(IncomePace.MONTHLY, 1_800_000, 300_000))
    new = NewStatement(first_on, first_on, [pension], HousingFacts(HomeKind.RENTED, 700_000))
    statement = incomes.save_income(
        fia,
        today=care.today,
        number=care.astrid.number,
        new=new,
        proof=Upload("pension.png", len(content), BytesIO(content)),
    )
    adjustment = incomes.adjust_reserved(
        fia,
        today=care.today,
        number=care.astrid.number,
        new=NewAdjustment(first_on, None, 25_000, "Dyr specialkost"),
    )
    decision = decisions.decide_fee(fia, today=care.today, number=care.astrid.number, month=first_on)
    ids |= {"statement": statement.pk, "adjustment": adjustment.pk, "decision": decision.number}


def make_runs(sample: Sample) -> None:
    """A rule of Norr on the desktop, a month calculated by it, and until when it is to be approved."""
    care, month = sample.care, dt.date(2024, 10, 1)
    rule = billing_rules.save_rule(
        care.actor("bodil"),
        today=care.today,
        name="Norr",
        area_ids=[care.north.pk],
        is_on_desktop=True,
    )
    approval.set_time_plan(
        care.actor("bodil"), month=month, days={care.north.pk: care.today - dt.timedelta(days=1)}
    )
    run = runs.calculate_selection(care.actor("karla"), rule_id=rule.pk, month=month, today=care.today)
    sample.ids |= {"billing rule": rule.pk, "billing run": run.pk}


# In this order: what is made late may use the keys of what is made before it.
MAKERS = (
    make_clients,
    make_recipients,
    make_contacts,
    make_services,
    make_housing,
    make_registrations,
    make_corrections,
    make_absences,
    make_invoices,
    make_incomes,
    make_runs,
)
