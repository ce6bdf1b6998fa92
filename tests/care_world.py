"""The cast of care fees: a municipality with billing areas, care units, their people and clients.

Karla coordinates the area Norr and Kurt the area Söder; Ulf coordinates one unit, Söders hemtjänst. Bodil is
the billing office, Fia the fee officer and Mona the administrator. Astrid and Birger live in Norr with home
care there, Birger's alarm comes from Söder; Dagny and Erik are a couple in a serviced flat in Norr; Greta
lives in the care home in Söder. Today is the day of the demo.
"""

import datetime as dt
from dataclasses import dataclass

from kvitt.foundation.values.text import search_key, sort_key
from kvitt.modules.care_fees.commands import numbers
from kvitt.modules.care_fees.models import (
    Client,
    ClientSettings,
    GrantedService,
    Placement,
    Service,
    ServicePrice,
)
from kvitt.registers.access.rules import Role, system_actor
from kvitt.registers.accounting.models import AccountString
from kvitt.registers.organisations.models import Authority, BillingArea, CareProvider, Clinic
from kvitt.registers.people.models import Person, Relation
from tests.world import SINCE, World

# Code, name, kind, care, measure, whether under the cap, öre, öre a day: the figures of the spec's example.
SERVICES = (
    ("OMV", "Personlig omvårdnad", "granted", "personal_care", "month", True, 182_300, None),
    ("VBO", "Omvårdnad vårdbostad", "granted", "care_home_care", "month", True, 264_200, None),
    ("LARM", "Trygghetslarm", "granted", "alarm", "month", True, 31_000, None),
    ("KOST", "Kost vårdbostad", "granted", "board", "month", False, 306_000, 10_200),
    ("BOS", "Boservice", "product", "other", "minutes", True, 27_800, None),
    ("LUN", "Lunch", "product", "other", "count", False, 7_800, None),
    ("KNAPP", "Förlorad larmknapp", "product", "other", "count", False, 51_000, None),
    ("BAR", "Bårhustransport", "product", "other", "count", False, 180_000, None),
)

SERVICE_NAMES = {name for _code, name, *_rest in SERVICES}
# Where the municipality books: use, code and account.
ACCOUNT_STRINGS = (("revenue", "", "3111"), ("receivable", "", "1510"), ("vat", "", "2611"))
INTAKE = "Nytt ärende ej placerad"


@dataclass
class CareWorld(World):
    """Everybody there is in the municipality, made once per test."""

    def __post_init__(self) -> None:
        self.region = self.municipality = Authority.objects.create(
            name="Exempelköpings kommun",
            kind="municipality",
            organisation_number="2120009994",
            municipality_code="0580",
            parish_code="058001",
            contact_name="Debiteringen",
            contact_phone="013-20 57 00",
        )
        self.system = system_actor(self.municipality.pk)
        self.intake = self._area(INTAKE, is_intake=True)
        self.north, self.south = self._area("Norr"), self._area("Söder")
        self.provider = self._provider("2120009994", "Exempelköpings kommun, vård och omsorg")
        self.north_care = self._unit("4001", "Norrs hemtjänst", "home_care", self.north)
        self.serviced = self._unit("4002", "Lindgårdens servicehus", "serviced_housing", self.north)
        self.south_care = self._unit("4003", "Söders hemtjänst", "home_care", self.south)
        self.care_home = self._unit("4004", "Ekbackens vårdbostad", "care_home", self.south)
        self._users(
            ("karla", "Karla Samordnarsson", self.north, (Role.COORDINATOR,)),
            ("kurt", "Kurt Samordnare", self.south, (Role.COORDINATOR,)),
            ("ulf", "Ulf Enhetsson", self.south_care, (Role.COORDINATOR,)),
            ("bodil", "Bodil Debitering", self.municipality, (Role.BILLING_OFFICE,)),
            ("fia", "Fia Avgiftsson", self.municipality, (Role.FEE_OFFICER,)),
            ("mona", "Mona Förvaltare", self.municipality, (Role.ADMINISTRATOR,)),
        )
        self.book(*ACCOUNT_STRINGS)
        self.services = {
            code: self._service(place, code, *rest) for place, (code, *rest) in enumerate(SERVICES)
        }
        self.astrid = self.make_client("194503129803", "Astrid", "Provén", self.north)
        self.birger = self.make_client("193804179814", "Birger", "Testlund", self.north)
        self.dagny = self.make_client("193308099807", "Dagny", "Parsson", self.north, fee_type="couple")
        self.erik = self.make_client("192911309819", "Erik", "Parsson", self.north, fee_type="couple")
        self.greta = self.make_client("193606059800", "Greta", "Demostrand", self.south)
        Relation.objects.create(
            person=self.dagny.person, other=self.erik.person, kind="spouse", first_on=SINCE
        )
        for client, code, unit in (
            (self.astrid, "OMV", self.north_care),
            (self.birger, "OMV", self.north_care),
            (self.birger, "LARM", self.south_care),
            (self.dagny, "OMV", self.serviced),
            (self.greta, "VBO", self.care_home),
            (self.greta, "KOST", self.care_home),
        ):
            self.grant(client, code, unit)

    # Making ---------------------------------------------------------------------------------------

    def book(self, *strings: tuple[str, str, str]) -> None:
        """Let uses and codes be booked on accounts, from the beginning of time."""
        AccountString.objects.bulk_create(
            AccountString(
                authority=self.municipality, use=use, code=code, account=account, first_on=dt.date(2000, 1, 1)
            )
            for use, code, account in strings
        )

    def make_client(
        self,
        number: str,
        given_name: str,
        family_name: str,
        area: BillingArea,
        *,
        fee_type: str = "single",
        first_on: dt.date = SINCE,
    ) -> Client:
        """Make a client of an area, with settings that have no fault."""
        return self.make_client_of(
            self._person(number, given_name, family_name, None), area, fee_type=fee_type, first_on=first_on
        )

    def make_client_of(
        self, person: Person, area: BillingArea, *, fee_type: str = "single", first_on: dt.date = SINCE
    ) -> Client:
        """Make a client of a person."""
        client = Client.objects.create(
            authority=self.municipality,
            number=numbers.next_number(self.municipality.pk, "client", year=first_on.year),
            person=person,
            created_on=first_on,
        )
        Placement.objects.create(client=client, area=area, first_on=first_on)
        ClientSettings.objects.create(
            client=client, first_on=first_on, fee_type=fee_type, accepts_cap=True, parish_code="058001"
        )
        return client

    def grant(
        self,
        client: Client,
        code: str,
        unit: Clinic,
        first_on: dt.date = SINCE,
        last_on: dt.date | None = None,
    ) -> GrantedService:
        """Grant a client a service at a unit."""
        return GrantedService.objects.create(
            client=client, service=self.services[code], unit=unit, first_on=first_on, last_on=last_on
        )

    def _area(self, name: str, *, is_intake: bool = False) -> BillingArea:
        return BillingArea.objects.create(
            authority=self.municipality, name=name, sort_key=sort_key(name), is_intake=is_intake
        )

    def _unit(self, number: str, name: str, kind: str, area: BillingArea) -> Clinic:
        return Clinic.objects.create(
            authority=self.municipality,
            provider=self.provider,
            number=number,
            name=name,
            sort_key=sort_key(name),
            search_key=search_key(f"{number} {name}"),
            unit_kind=kind,
            area=area,
        )

    def _provider(self, number: str, name: str) -> CareProvider:
        return CareProvider.objects.create(
            authority=self.municipality,
            organisation_number=number,
            name=name,
            sort_key=sort_key(name),
            search_key=search_key(f"{number} {name}"),
        )

    def _service(
        self,
        place: int,
        code: str,
        name: str,
        kind: str,
        care: str,
        measure: str,
        is_capped: bool,
        amount: int,
        day_amount: int | None,
    ) -> Service:
        service = Service.objects.create(
            authority=self.municipality,
            code=code,
            name=name,
            sort_key=sort_key(name),
            kind=kind,
            care=care,
            measure=measure,
            is_capped=is_capped,
            is_restricted=code == "BAR",
            place=place,
            first_on=SINCE,
        )
        ServicePrice.objects.create(service=service, first_on=SINCE, amount=amount, day_amount=day_amount)
        return service
