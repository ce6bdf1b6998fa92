"""A municipality in the demo: billing areas, care units, users, and forty clients in telling states."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from kvitt.foundation.values import dates
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.money import Ore
from kvitt.modules import care_fees as care_fees_package
from kvitt.modules.care_fees.commands import (
    absences,
    areas,
    clients,
    free_months,
    granted,
    housing,
    recipients,
    services,
)
from kvitt.modules.care_fees.lifecycle import (
    RENT_CODE,
    AbsenceReason,
    FeeType,
    FormerHousing,
    Household,
    HousingKind,
    ReminderPace,
)
from kvitt.modules.care_fees.models import (
    Client,
    ClientSettings,
    GrantedService,
    PerformedService,
    Service,
    Tenancy,
)
from kvitt.modules.care_fees.rules.absence import AbsenceFacts
from kvitt.modules.care_fees.rules.absence_check import NewReminder
from kvitt.modules.care_fees.rules.free_month import FreeMonthAnswers
from kvitt.modules.care_fees.rules.housing import DwellingFacts
from kvitt.modules.care_fees.rules.recipients import RecipientDays
from kvitt.modules.care_fees.rules.settings import SettingsValues
from kvitt.modules.care_fees.rules.tenancy import TenancyContent
from kvitt.portal.management import demo_billing, demo_data, demo_population
from kvitt.portal.management.demo_care_people import CENTRE, CLIENTS, INTAKE, NORTH, PARISH, SOUTH, DemoClient
from kvitt.portal.management.demo_data import PASSWORD, DemoUser
from kvitt.registers.access.models import RoleGrant, User, name_keys
from kvitt.registers.access.rules import Actor, Role, system_actor
from kvitt.registers.accounting import commands as accounting
from kvitt.registers.accounting.lifecycle import AccountUse
from kvitt.registers.accounting.rules import AccountStringFacts, DatedString
from kvitt.registers.organisations import commands as organisations
from kvitt.registers.organisations.commands import areas as area_commands
from kvitt.registers.organisations.models import Authority, BillingArea, CareProvider, Clinic
from kvitt.registers.people import commands as people
from kvitt.registers.people.lifecycle import AddressKind, ContactKind
from kvitt.registers.people.models import Person, Relation
from kvitt.registers.people.rules import ContactFacts

MUNICIPALITY = "Exempelköpings kommun"
USERS = (
    DemoUser("karla", "Karla Samordnarsson", "Samordnare", NORTH, (Role.COORDINATOR,), (NORTH,)),
    DemoUser("ulf", "Ulf Enhetsson", "Samordnare", "4003", (Role.COORDINATOR,), ("4003",)),
    DemoUser(
        "bodil", "Bodil Debitering", "Debitering", MUNICIPALITY, (Role.BILLING_OFFICE,), (MUNICIPALITY,)
    ),
    DemoUser(
        "fia", "Fia Avgiftsson", "Avgiftshandläggare", MUNICIPALITY, (Role.FEE_OFFICER,), (MUNICIPALITY,)
    ),
    DemoUser(
        "mona", "Mona Förvaltare", "Systemförvaltare", MUNICIPALITY, (Role.ADMINISTRATOR,), (MUNICIPALITY,)
    ),
)
UNITS = (
    ("4001", "Norrs hemtjänst", "home_care", NORTH, "Norra vägen 2"),
    ("4002", "Lindgårdens servicehus", "serviced_housing", CENTRE, "Lindgatan 14"),
    ("4003", "Söders hemtjänst", "home_care", SOUTH, "Södra vägen 7"),
    ("4004", "Ekbackens vårdbostad", "care_home", SOUTH, "Ekbacken 1"),
    ("4005", "Björkens korttidsboende", "short_stay", CENTRE, "Björkgatan 20"),
)
CATALOGUE = Path(care_fees_package.__path__[0]) / "demo" / "services.csv"


@dataclass(frozen=True)
class _World:
    """What the parts of the demo share: the program that acts, the days, the rows by name."""

    system: Actor
    today: date
    since: date
    areas: dict[str, BillingArea]
    units: dict[str, Clinic]
    services: dict[str, Service]
    clients: dict[str, Client]

    @property
    def billed(self) -> date:
        """The first day of the month that is billed next: the one before today's."""
        return dates.add_months(self.today.replace(day=1), -1)


def make(*, today: date) -> None:
    """Make everything, relative to the day."""
    municipality = Authority.objects.create(
        name=MUNICIPALITY,
        kind="municipality",
        organisation_number="2120009994",
        contact_name="Debiteringen",
        contact_phone="010-105 00 00",
        contact_email="debiteringen@example.org",
        bankgiro="9912346",
        county="05",
        municipality_code="0580",
        parish_code=PARISH,
    )
    system = system_actor(municipality.pk)
    since = dates.add_months(today.replace(day=1), -18)
    billing_areas = {
        name: area_commands.create_area(system, name=name, is_intake=name == INTAKE)
        for name in (INTAKE, NORTH, SOUTH, CENTRE)
    }
    services.load_services(system, today=today, content=CATALOGUE.read_bytes())
    _account_strings(system)
    world = _World(
        system=system,
        today=today,
        since=since,
        areas=billing_areas,
        units=_units(system, billing_areas),
        services={service.code: service for service in Service.objects.filter(authority=municipality)},
        clients={},
    )
    _users(municipality, world)
    for client in CLIENTS:
        world.clients[client.key] = _client(world, client)
    _families(world)
    _housing(world)
    demo_billing.make(today=today, areas=world.areas, units=world.units, clients=world.clients)
    _deaths(world)
    _registrations(world)
    _absences(world)
    demo_population.write(CLIENTS, today=today)


# Where the municipality books: revenue, some services and rents by themselves; claims; VAT.
ACCOUNT_STRINGS = (
    (AccountUse.REVENUE, "", "3111", "7100", ""),
    (AccountUse.REVENUE, "VBO", "3112", "7200", ""),
    (AccountUse.REVENUE, "KOST", "3113", "7200", ""),
    (AccountUse.REVENUE, RENT_CODE, "3411", "7300", ""),
    (AccountUse.RECEIVABLE, "", "1510", "", ""),
    (AccountUse.VAT, "", "2611", "", ""),
    (AccountUse.VAT, "12", "2621", "", ""),
)


def _account_strings(system: Actor) -> None:
    since = date(2023, 1, 1)
    for use, code, *parts in ACCOUNT_STRINGS:
        new = DatedString((use, "", code), Period(since), AccountStringFacts(*parts))
        accounting.save_account_string(system, today=since, new=new)


def _units(system: Actor, billing_areas: dict[str, BillingArea]) -> dict[str, Clinic]:
    provider: CareProvider = organisations.create_provider(
        system, name="Exempelköpings kommun, vård och omsorg", organisation_number="212000-9994"
    )
    return {
        number: organisations.create_clinic(
            system,
            provider_id=provider.pk,
            number=number,
            name=name,
            unit_kind=kind,
            area_id=billing_areas[area].pk,
            street=street,
            postcode="585 60",
            town="Exempelköping",
            phone="010-105 00 00",
            email=f"enhet{number}@example.org",
        )
        for number, name, kind, area, street in UNITS
    }


def _users(municipality: Authority, world: _World) -> None:
    scopes: dict[str, dict[str, object]] = {MUNICIPALITY: {"authority": municipality}}
    scopes |= {name: {"area": area} for name, area in world.areas.items()}
    scopes |= {number: {"clinic": unit} for number, unit in world.units.items()}
    for demo_user in USERS:
        keys = zip(("sort_key", "search_key"), name_keys(demo_user.name, demo_user.username, ""), strict=True)
        user = User.objects.create_user(
            username=demo_user.username,
            name=demo_user.name,
            password=PASSWORD,
            authority=municipality,
            **dict(keys),
        )
        for place in demo_user.places:
            for role in demo_user.roles:
                RoleGrant.objects.create(user=user, role=role, **scopes[place])


def _client(world: _World, demo: DemoClient) -> Client:
    """Register a person as a client, placed and with services, unless the intake still has the case."""
    first_on = dates.add_months(world.today.replace(day=1), -demo.months)
    person = people.create_person(
        world.system,
        today=first_on,
        number=demo.number,
        given_name=demo.given_name,
        family_name=demo.family_name,
        is_protected=demo.is_protected,
    )
    people.add_address(
        world.system,
        today=first_on,
        code=person.code,
        kind=AddressKind.REGISTERED,
        first_on=first_on,
        street=demo.street,
        postcode="585 60",
        town="Exempelköping",
    )
    client = clients.create_client(
        world.system,
        today=first_on,
        person_code=person.code,
        first_on=first_on,
        values=SettingsValues(
            FeeType.COUPLE if demo.is_couple else FeeType.SINGLE, demo.accepts_cap, demo.parish
        ),
    )
    if demo.area != INTAKE:
        areas.move_client(
            world.system,
            today=first_on,
            number=client.number,
            area_id=world.areas[demo.area].pk,
            first_on=first_on,
        )
    elif demo.wants:
        areas.request_move(
            world.system,
            today=world.today,
            number=client.number,
            area_id=world.areas[demo.wants].pk,
            reason="Har fått hemtjänst beviljad i området.",
        )
    for code, unit in demo.services:
        granted.grant_service(
            world.system,
            today=first_on,
            number=client.number,
            service_id=world.services[code].pk,
            unit_id=world.units[unit].pk,
            first_on=first_on,
        )
    return client


def _families(world: _World) -> None:
    """Couples: one in home care, one where the wife lives in the care home, one that moved in together."""
    for key, other, kind in (
        ("dagny", "erik", "spouse"),
        ("hjordis", "holger", "spouse"),
        ("margit", "nils", "spouse"),
        ("rune", "sonja", "cohabitant"),
    ):
        Relation.objects.create(
            person=world.clients[key].person,
            other=world.clients[other].person,
            kind=kind,
            first_on=world.since,
        )
    # Holger's wife has moved to the care home: both are single from then on.
    for key in ("hjordis", "holger"):
        begins_on = dates.add_months(world.billed, -1)
        settings = ClientSettings.objects.get(client=world.clients[key])
        settings.last_on = dates.day_before(begins_on)
        settings.save(update_fields=["last_on"])
        ClientSettings.objects.create(
            client=world.clients[key],
            first_on=begins_on,
            fee_type=FeeType.SINGLE,
            accepts_cap=settings.accepts_cap,
            parish_code=settings.parish_code,
        )
    for key, kind, name in (
        ("astrid", ContactKind.INVOICE_RECIPIENT, "Anders Provén"),
        ("folke", ContactKind.GOOD_MAN, "Gode Testman"),
    ):
        facts = ContactFacts(kind, name, world.since, "Storgatan 4", "582 22", "Exempelköping")
        recipients.add_recipient(
            world.system,
            today=world.today,
            number=world.clients[key].number,
            facts=facts,
            days=RecipientDays(),
        )


def _deaths(world: _World) -> None:
    """Two have died: one without anybody for the estate, one with an estate recipient and a respite."""
    for key, days in (("gota", 24), ("ivar", 38)):
        died_on = world.today - timedelta(days=days)
        Person.objects.filter(pk=world.clients[key].person_id).update(died_on=died_on)
        GrantedService.objects.filter(client=world.clients[key]).update(last_on=died_on)
    number = world.clients["ivar"].number
    facts = ContactFacts(
        ContactKind.ESTATE,
        "Dödsboet efter Ivar Testmark, c/o Inga Testmark",
        world.today - timedelta(days=20),
        "Provgatan 5",
        "582 22",
        "Exempelköping",
    )
    recipients.add_recipient(
        world.system, today=world.today, number=number, facts=facts, days=RecipientDays()
    )
    recipients.grant_respite(
        world.system,
        today=world.today,
        number=number,
        last_on=dates.add_months(world.today, 2),
        reason="Bouppteckningen är inte klar.",
    )


def _housing(world: _World) -> None:
    """Moved in the 14th and the 15th to both kinds of housing, a contract that ended, and a free month."""
    month = world.billed
    for place, (keys, kind, day) in enumerate(
        (
            (("greta",), HousingKind.CARE_HOME, 14),
            (("hjordis",), HousingKind.CARE_HOME, 15),
            (("kerstin",), HousingKind.SERVICED_FLAT, 14),
            (("lennart",), HousingKind.SERVICED_FLAT, 15),
            (("margit", "nils"), HousingKind.SERVICED_FLAT, 1),
        )
    ):
        _contract(world, keys, kind, place=place, moved_in=month.replace(day=day))
    moved_in = dates.add_months(month, -8)
    ended = _contract(world, ("olof",), HousingKind.CARE_HOME, place=8, moved_in=moved_in)
    housing.end_tenancy(
        world.system, today=world.today, number=ended.number, last_on=dates.last_day_of_month(month)
    )
    tenancy = Tenancy.objects.get(tenants__client=world.clients["greta"])
    asked = FreeMonthAnswers(
        FormerHousing.RENTED, Household.SINGLE, Ore(512_000), "Hyresfri månad", is_seen=True
    )
    free_months.grant_free_month(world.system, today=world.today, number=tenancy.number, asked=asked)


_RENTS = {HousingKind.CARE_HOME: 620_000, HousingKind.SERVICED_FLAT: 584_000}
_HOUSES = {
    HousingKind.CARE_HOME: ("4004", "Ekbacken 1, rum"),
    HousingKind.SERVICED_FLAT: ("4002", "Lindgatan 14, lgh"),
}


def _contract(
    world: _World, keys: tuple[str, ...], kind: HousingKind, *, place: int, moved_in: date
) -> Tenancy:
    """Let a new dwelling to one client or two; the rule sets the contract date."""
    unit, address = _HOUSES[kind]
    facts = DwellingFacts(world.units[unit].pk, f"{unit}-{place + 1:02}", f"{address} {place + 1}", kind)
    dwelling = housing.create_dwelling(world.system, facts=facts)
    first, *others = (world.clients[key].number for key in keys)
    return housing.create_tenancy(
        world.system,
        today=world.today,
        number=first,
        content=TenancyContent(dwelling.pk, moved_in, Ore(_RENTS[kind])),
        partner="".join(others),
    )


def _registrations(world: _World) -> None:
    """What the units did last month: minutes of cleaning, lunches, a stay, a lost button."""
    served = [demo for demo in CLIENTS if any(unit in {"4001", "4003"} for _code, unit in demo.services)]
    for place, demo in enumerate(served):
        unit = next(unit for _code, unit in demo.services if unit in {"4001", "4003"})
        _performed(world, demo.key, "BOST", unit, 60 + 15 * (place % 7))
        if place % 2 == 0:
            _performed(world, demo.key, "LUN", unit, 8 + place)
    _performed(world, "birger", "KNAP", "4003", 1)
    _performed(world, "tyra", "VXKO", "4005", 9)


def _performed(world: _World, key: str, code: str, unit: str, quantity: int) -> None:
    PerformedService.objects.create(
        client=world.clients[key],
        service=world.services[code],
        unit=world.units[unit],
        month=world.billed,
        quantity=quantity,
    )


def _absences(world: _World) -> None:
    """Planned of 10 and 14 days, unplanned, one of a month that is invoiced, one that is open and watched."""
    month = world.billed
    for key, reason, first_on, days in (
        ("astrid", AbsenceReason.PLANNED, month.replace(day=4), 10),
        ("dagny", AbsenceReason.PLANNED, month.replace(day=8), 14),
        ("birger", AbsenceReason.UNPLANNED, month.replace(day=11), 5),
        ("folke", AbsenceReason.UNPLANNED, dates.add_months(month, -1).replace(day=9), 6),
        ("olof", AbsenceReason.UNPLANNED_CARE_HOME, month.replace(day=2), 3),
        ("sigrid", AbsenceReason.UNPLANNED, world.today - timedelta(days=12), None),
    ):
        notice = timedelta(days=7 if reason is AbsenceReason.PLANNED else 0)
        last_on = None if days is None else first_on + timedelta(days=days - 1)
        absences.add_absence(
            demo_data.actor_of("bodil", today=world.today),
            today=world.today,
            number=world.clients[key].number,
            new=AbsenceFacts(reason, first_on, last_on, first_on - notice),
            reminder=NewReminder(ReminderPace.WEEKLY, world.today) if days is None else None,
        )
