"""The named cast of the tests: a region, two care providers, three clinics, their people and patients.

Anna reports and invoices at Eken in Ryd, Bo at Eken in Linghem, David at Björken; Eva answers for all
of Eken; Gustav reviews, Hanna attests and Ivar administers at the region. Jenny reports activities of
population responsibility in Ryd and Klara sees those of all of Eken. Elsa, Rutger and Tova are listed in
Ryd, Åke in Linghem. Personal numbers are Skatteverket's test numbers.
"""

import datetime as dt
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from kvitt.foundation.values.identity import birth_date
from kvitt.foundation.values.problems import Refused
from kvitt.foundation.values.text import search_key, sort_key
from kvitt.ledger import commands as ledger
from kvitt.ledger.lifecycle import InvoiceStatus, StepNotAllowed
from kvitt.ledger.rules import AdvancePlan
from kvitt.modules.needs_allowance.commands import cases, documents, invoices, procedures, requests
from kvitt.modules.needs_allowance.commands import credits as credit_commands
from kvitt.modules.needs_allowance.commands.procedures import Report
from kvitt.modules.needs_allowance.models import Procedure
from kvitt.modules.needs_allowance.queries import credits as credit_queries
from kvitt.modules.needs_allowance.queries import invoicing
from kvitt.modules.needs_allowance.rules import credit as credit_rules
from kvitt.modules.population_health.commands import activities
from kvitt.modules.population_health.commands.activities import NewActivity
from kvitt.preauthorization.models import Preauthorization
from kvitt.registers import price_lists as price_lists_package
from kvitt.registers.access import queries as access
from kvitt.registers.access.models import RoleGrant, User, name_keys
from kvitt.registers.access.rules import Actor, Role, ScopeKind, system_actor
from kvitt.registers.accounting.models import AccountString
from kvitt.registers.documents.commands import Upload
from kvitt.registers.documents.lifecycle import DocumentKind
from kvitt.registers.listings.models import Listing
from kvitt.registers.organisations.models import (
    Authority,
    BillingArea,
    CareProvider,
    Clinic,
    ClinicRight,
    Practitioner,
)
from kvitt.registers.people import rules as people_rules
from kvitt.registers.people.models import Address, Person
from kvitt.registers.price_lists import commands as price_lists
from kvitt.registers.price_lists.lifecycle import Participants
from kvitt.registers.price_lists.models import PriceListItem
from tests import files

TODAY = dt.date(2024, 11, 20)
SINCE = dt.date(2023, 1, 1)
CATALOGUE = {
    path.name: path.read_bytes()
    for path in sorted((Path(price_lists_package.__path__[0]) / "demo").glob("*.csv"))
}
# Special care dentistry has a cast of its own, which loads its codes too.
WITHOUT_SPECIAL_CARE = {
    name: b"".join(
        line for line in content.splitlines(keepends=True) if not line.startswith(b"special_care,")
    )
    for name, content in CATALOGUE.items()
}
# Where the region books what it pays: a cost for each scheme, its debt to the clinics, its bank.
ACCOUNT_STRINGS = (
    ("cost", "needs_allowance", "5621", "1200", "45"),
    ("cost", "population_health", "5622", "1200", "46"),
    ("cost", "special_care", "5623", "1300", "47"),
    ("debt", "", "2441", "", ""),
    ("bank", "", "1940", "", ""),
)
# Seed figure 21: what makes 5 025 kr above the deductible.
FIGURE_21 = (("126", ""), ("124", ""), ("163", "ÖK"), ("815", "12"))


def advance_invoice(actor: Actor, invoice_id: int, to: InvoiceStatus, *, today: dt.date) -> None:
    """Take one invoice to a status by the command of the review chain that leads there, or raise Refused."""
    act: Callable[..., AdvancePlan] | None = {
        InvoiceStatus.REVIEWED: ledger.review_invoices,
        InvoiceStatus.AUTHORISED: partial(ledger.attest_invoices, today=today),
        InvoiceStatus.PAYING_OUT: partial(ledger.start_payouts, today=today),
        InvoiceStatus.PAID_OUT: partial(ledger.confirm_payouts, today=today),
    }.get(to)
    if act is None:
        raise StepNotAllowed("advance_invoice", "", to)
    for refusal in act(actor, invoice_ids=[invoice_id]).refused:
        raise Refused(refusal.problems)


@dataclass
class World:
    """Everybody there is, made once per test; `today` is the day of the cases."""

    catalogue = WITHOUT_SPECIAL_CARE
    today: dt.date = TODAY
    users: dict[str, User] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.region = Authority.objects.create(
            name="Region Exempel",
            kind="region",
            organisation_number="2321000040",
            contact_name="Tandvårdsenheten",
            contact_phone="010-103 00 00",
        )
        self.system = system_actor(self.region.pk)
        self.book_with(self.region)
        self.eken = self._provider("5560000019", "Ekens Tandvård AB")
        self.bjorken = self._provider("5560000027", "Björkens Tandklinik AB")
        self.ryd = self._clinic(self.eken, "1111", "Ekens Tandvård Ryd")
        self.linghem = self._clinic(self.eken, "1112", "Ekens Tandvård Linghem")
        self.bjork = self._clinic(self.bjorken, "2222", "Björkens Tandklinik")
        self.karin = self._practitioner(self.ryd, "Karin Testberg")
        self.lena = self._practitioner(self.linghem, "Lena Demosson")
        self.nils = self._practitioner(self.bjork, "Nils Fiktivare")
        self._users(
            ("anna", "Anna Testander", self.ryd, (Role.DENTAL_BASIC, Role.DENTAL_INVOICES)),
            ("bo", "Bo Provén", self.linghem, (Role.DENTAL_BASIC, Role.DENTAL_INVOICES)),
            ("david", "David Demogren", self.bjork, (Role.DENTAL_BASIC, Role.DENTAL_INVOICES)),
            ("eva", "Eva Testlund", self.eken, (Role.CARE_RESPONSIBLE, Role.DENTAL_INVOICES)),
            ("frida", "Frida Bedömarsson", self.region, (Role.ASSESSOR,)),
            ("gustav", "Gustav Granskare", self.region, (Role.REVIEWER,)),
            ("hanna", "Hanna Attestsson", self.region, (Role.ATTESTER,)),
            ("ivar", "Ivar Förvaltare", self.region, (Role.ADMINISTRATOR,)),
            ("jenny", "Jenny Provgren", self.ryd, (Role.POPULATION_BASIC, Role.POPULATION_INVOICES)),
            (
                "klara",
                "Klara Testsson",
                self.eken,
                (Role.CARE_RESPONSIBLE, Role.POPULATION_BASIC, Role.POPULATION_INVOICES),
            ),
        )
        self.elsa, self.rutger, self.tova, self.ake, self.alma, self.elis = self._persons(
            ("201303102394", "Elsa", "Exempelman", self.ryd),
            ("201304012394", "Rutger", "Testlund", self.ryd),
            ("201302052384", "Tova", "Provsson", self.ryd),
            ("201402062390", "Åke", "Ängsprov", self.linghem),
            ("201403152380", "Alma", "Björktest", self.bjork),
            ("201401032394", "Elis", "Nymark", None),
        )

    # Acting ---------------------------------------------------------------------------------------

    def actor(self, name: str, *, today: dt.date | None = None) -> Actor:
        """Return somebody as he is signed in; everybody has one unit."""
        actor = access.actor(self.users[name], "", today=today or self.today)
        assert actor is not None
        return actor

    def create_case(self, person: Person, *, first_on: dt.date | None = None, by: str = "anna") -> str:
        """Make a case, starting today unless told, and return its number."""
        return cases.create_case(
            self.actor(by), today=self.today, code=person.code, first_on=first_on or self.today
        )

    def report(
        self,
        number: str,
        code: str,
        location: str = "",
        surface: str = "",
        *,
        performed_on: dt.date | str | None = "today",
        by: str = "anna",
    ) -> Procedure:
        """Report a code, performed today unless told; None is not performed."""
        practitioner = {"anna": self.karin, "bo": self.lena, "david": self.nils}[by]
        day = self.today if performed_on == "today" else performed_on
        report = Report(code, practitioner.pk, performed_on=day, location=location, surface=surface)
        procedure_id = procedures.add_procedure(
            self.actor(by), today=self.today, number=number, report=report
        )
        return Procedure.objects.select_related("line", "case").get(pk=procedure_id)

    def send_request(
        self,
        number: str,
        *asked: Procedure,
        motivation: str = "Tanden går inte att rädda.",
        by: str = "anna",
        sent_on: dt.date | None = None,
    ) -> Preauthorization:
        """Send a request for preauthorization of procedures in a case, today unless told."""
        draft = requests.Draft(motivation, [procedure.pk for procedure in asked])
        request_id = requests.send_request(
            self.actor(by), today=sent_on or self.today, number=number, draft=draft
        )
        return Preauthorization.objects.get(pk=request_id)

    def create_activity(
        self,
        code: str = "901",
        count: int | None = 5,
        *,
        performed_on: dt.date | None = None,
        by: str = "jenny",
        numbers: Sequence[str] = (),
        **wanted: object,
    ) -> str:
        """Make an activity, of today unless told, and return its number; `count` is for types that count."""
        item = PriceListItem.objects.filter(module="population_health", code=code).first()
        is_counted = item is not None and item.participants == Participants.COUNTED
        facts: dict[str, object] = {
            "performed_on": performed_on or self.today,
            "practitioner_id": self.karin.pk,
            "code": code,
            "place": "Ryds familjecentral",
            "municipality": "0580",
            "count": count if is_counted else None,
            "numbers": numbers,
        }
        return activities.create_activity(
            self.actor(by), today=self.today, new=NewActivity(**{**facts, **wanted})
        )

    def case_of_figure_21(self, person: Person | None = None) -> str:
        """Make the seed's case of 5 025 kr, ready to invoice."""
        number = self.create_case(person or self.elsa)
        for code, location in FIGURE_21:
            self.report(number, code, location)
        return number

    def add_document(
        self,
        number: str,
        name: str = "opg.png",
        content: bytes | None = None,
        *,
        kind: DocumentKind = DocumentKind.XRAY,
        by: str = "anna",
    ) -> int:
        """Add a document to a case, an X-ray image unless told, and return its id."""
        content = files.png() if content is None else content
        upload = Upload(name, len(content), io.BytesIO(content))
        return documents.add_document(
            self.actor(by), today=self.today, number=number, kind=kind, upload=upload
        )

    def add_parcel(self, number: str, description: str = "Gipsmodell", *, by: str = "anna") -> int:
        """Announce two models by post and return the parcel's id."""
        return documents.add_parcel(
            self.actor(by),
            today=self.today,
            number=number,
            description=description,
            quantity=2,
            file_type="Modell",
        )

    def invoice(self, reference: str = "Testfaktura", *, by: str = "anna") -> list[int]:
        """Invoice everything that can be invoiced and return the invoices' ids."""
        actor = self.actor(by)
        basis = invoicing.invoice_basis(actor, reference=reference, today=self.today)
        return invoices.create_invoice(
            actor, today=self.today, reference=reference, fingerprint=basis.fingerprint
        )

    def attest(self, *invoice_ids: int) -> None:
        """Let Gustav approve invoices and Hanna attest them."""
        for invoice_id in invoice_ids:
            self.advance(invoice_id, InvoiceStatus.REVIEWED)
            self.advance(invoice_id, InvoiceStatus.AUTHORISED)

    def advance(
        self, invoice_id: int, to: InvoiceStatus, *, by: str = "", today: dt.date | None = None
    ) -> None:
        """Let Gustav approve an invoice, or Hanna take its next step, by the command that leads there.

        Raises Refused with what the command says of the invoice.
        """
        actor = self.actor(by or ("gustav" if to is InvoiceStatus.REVIEWED else "hanna"))
        advance_invoice(actor, invoice_id, to, today=today or self.today)

    def credit(self, *wrong: Procedure, by: str = "anna") -> None:
        """Credit invoiced procedures of one case, as the preview says."""
        case = wrong[0].case
        wrong_ids = [one.pk for one in wrong]
        plan = credit_queries.credit_basis(case).plan(wrong_ids)
        credit_commands.credit_procedure(
            self.actor(by),
            number=case.number,
            wrong_ids=wrong_ids,
            seen=credit_rules.calculate_fingerprint(plan),
        )

    # Making: in few statements, for thousands of tests make a world --------------------------------

    def book_with(self, authority: Authority) -> None:
        """Give an authority its account strings."""
        AccountString.objects.bulk_create(
            [
                AccountString(
                    authority=authority,
                    use=use,
                    scheme=scheme,
                    first_on=dt.date(2000, 1, 1),
                    account=account,
                    cost_centre=cost_centre,
                    activity=activity,
                )
                for use, scheme, account, cost_centre, activity in ACCOUNT_STRINGS
            ]
        )

    def load_catalogue(self) -> None:
        """Load the demo's codes, prices and combinations."""
        price_lists.load_catalogue(self.system, files=self.catalogue)

    def _provider(self, number: str, name: str) -> CareProvider:
        return CareProvider.objects.create(authority=self.region, organisation_number=number, name=name)

    def _clinic(self, provider: CareProvider, number: str, name: str) -> Clinic:
        clinic = Clinic.objects.create(
            authority=self.region,
            provider=provider,
            number=number,
            name=name,
            sort_key=sort_key(name),
            search_key=search_key(f"{number} {name}"),
            street="Ryds centrum 1",
            postcode="584 31",
            town="Linköping",
            giro_kind="bankgiro",
            giro_number="9912346",
        )
        ClinicRight.objects.bulk_create(
            [
                ClinicRight(clinic=clinic, scheme=scheme, first_on=SINCE)
                for scheme in ("needs_allowance", "population_health")
            ]
        )
        return clinic

    def _practitioner(self, clinic: Clinic, name: str) -> Practitioner:
        return Practitioner.objects.create(clinic=clinic, name=name, title="tandläkare", first_on=SINCE)

    def _user(
        self,
        name: str,
        full_name: str,
        unit: Clinic | BillingArea | CareProvider | Authority,
        roles: tuple[Role, ...],
    ) -> None:
        self._users((name, full_name, unit, roles))

    def _users(
        self, *users: tuple[str, str, Clinic | BillingArea | CareProvider | Authority, tuple[Role, ...]]
    ) -> None:
        scope = {
            Clinic: ScopeKind.CLINIC,
            BillingArea: ScopeKind.AREA,
            CareProvider: ScopeKind.PROVIDER,
            Authority: ScopeKind.AUTHORITY,
        }
        made, grants = [], []
        for name, full_name, unit, roles in users:
            keys = dict(zip(("sort_key", "search_key"), name_keys(full_name, name, ""), strict=True))
            user = User(username=name, name=full_name, authority=self.region, **keys)
            made.append(user)
            grants += [RoleGrant(user=user, role=role, **{scope[type(unit)].value: unit}) for role in roles]
        User.objects.bulk_create(made)
        RoleGrant.objects.bulk_create(grants)
        self.users |= {user.username: user for user in made}

    def _person(self, number: str, given_name: str, family_name: str, clinic: Clinic | None) -> Person:
        [person] = self._persons((number, given_name, family_name, clinic))
        return person

    def _persons(self, *persons: tuple[str, str, str, Clinic | None]) -> list[Person]:
        made, listings = [], []
        for number, given_name, family_name, clinic in persons:
            names = {"given_name": given_name, "family_name": family_name, "is_protected": False}
            person = Person(
                authority=self.region,
                identity_number=number,
                identity_kind="personal",
                born_on=birth_date(number),
                sort_key=people_rules.calculate_sort_key(**names),
                search_key=people_rules.calculate_search_key(**names),
                **names,
            )
            made.append(person)
            if clinic is not None:
                listings.append(Listing(person=person, clinic=clinic, first_on=SINCE))
        Person.objects.bulk_create(made)
        Address.objects.bulk_create(
            [
                Address(
                    person=person,
                    kind="registered",
                    first_on=SINCE,
                    street="Provgatan 9",
                    postcode="585 60",
                    town="Linghem",
                )
                for person in made
            ]
        )
        Listing.objects.bulk_create(listings)
        return made
