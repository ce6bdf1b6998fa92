"""The people, clinics and cases of the demo, made through the same commands as everything else."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from kvitt.foundation.values import dates
from kvitt.foundation.values.dates import Period
from kvitt.ledger import commands as ledger
from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.modules.needs_allowance.commands import cases, invoices, procedures, requests
from kvitt.modules.needs_allowance.commands.procedures import Report
from kvitt.modules.needs_allowance.models import CaseNumberSeries, Procedure
from kvitt.modules.needs_allowance.queries import invoicing
from kvitt.portal.management import demo_documents
from kvitt.registers import price_lists as price_lists_package
from kvitt.registers.access import queries as access
from kvitt.registers.access.models import RoleGrant, User
from kvitt.registers.access.rules import Actor, Role, system_actor
from kvitt.registers.accounting import commands as accounting
from kvitt.registers.accounting.lifecycle import AccountUse
from kvitt.registers.accounting.rules import AccountStringFacts, DatedString
from kvitt.registers.listings import commands as listings
from kvitt.registers.mailing import commands as mailing
from kvitt.registers.mailing.lifecycle import CHOSEN
from kvitt.registers.organisations import commands as organisations
from kvitt.registers.organisations.lifecycle import GiroKind, Scheme
from kvitt.registers.organisations.models import Authority, CareProvider, Clinic, Practitioner
from kvitt.registers.people import commands as people
from kvitt.registers.people.lifecycle import AddressKind
from kvitt.registers.people.models import Person
from kvitt.registers.price_lists import commands as price_lists

PASSWORD = "kvitt-demo-2024"  # noqa: S105 - printed for everybody who starts the demo
CATALOGUE = Path(price_lists_package.__path__[0]) / "demo"


@dataclass(frozen=True)
class DemoUser:
    """Somebody who can sign in to the demo; `places` are clinic numbers, a provider's name or the region."""

    username: str
    name: str
    role: str
    place: str
    roles: tuple[Role, ...]
    places: tuple[str, ...]


_DENTAL = (Role.DENTAL_BASIC, Role.DENTAL_INVOICES)
_POPULATION = (Role.POPULATION_BASIC, Role.POPULATION_INVOICES)
_CLAIMS = (Role.SPECIAL_CARE_CLAIMS,)
REGION = "Region Exempel"
EKEN = "Ekens Tandvård AB"
USERS = (
    DemoUser("anna", "Anna Testander", "Allmäntandvård bas + hantera fakturor", "1111", _DENTAL, ("1111",)),
    DemoUser(
        "bo",
        "Bo Provén",
        "Allmäntandvård bas + Befolkningsansvar bas",
        "1112",
        (Role.DENTAL_BASIC, Role.POPULATION_BASIC),
        ("1112",),
    ),
    DemoUser(
        "cilla",
        "Cilla Exempelsson",
        "Allmäntandvård bas + hantera fakturor",
        "1111, 1112",
        _DENTAL,
        ("1111", "1112"),
    ),
    DemoUser(
        "david",
        "David Demogren",
        "Allmäntandvård bas, Befolkningsansvar bas + hantera fakturor",
        "2222",
        (Role.DENTAL_BASIC, *_POPULATION),
        ("2222",),
    ),
    DemoUser(
        "eva",
        "Eva Testlund",
        "Vårdansvarig + hantera fakturor",
        EKEN,
        (Role.CARE_RESPONSIBLE, Role.DENTAL_INVOICES),
        (EKEN,),
    ),
    DemoUser("frida", "Frida Bedömarsson", "Bedömningstandläkare", REGION, (Role.ASSESSOR,), (REGION,)),
    DemoUser("gustav", "Gustav Granskare", "Granskare", REGION, (Role.REVIEWER,), (REGION,)),
    DemoUser("hanna", "Hanna Attestsson", "Attestant", REGION, (Role.ATTESTER,), (REGION,)),
    DemoUser("ivar", "Ivar Förvaltare", "Systemförvaltare", REGION, (Role.ADMINISTRATOR,), (REGION,)),
    DemoUser(
        "jenny", "Jenny Provgren", "Befolkningsansvar bas + hantera fakturor", "1111", _POPULATION, ("1111",)
    ),
    DemoUser(
        "klara",
        "Klara Testsson",
        "Vårdansvarig + Befolkningsansvar bas + hantera fakturor",
        EKEN,
        (Role.CARE_RESPONSIBLE, *_POPULATION),
        (EKEN,),
    ),
    DemoUser("lisa", "Lisa Demostrand", "Särskilt tandvårdsstöd", "1111", _CLAIMS, ("1111",)),
    DemoUser("mats", "Mats Provberg", "Särskilt tandvårdsstöd", "1112", _CLAIMS, ("1112",)),
    DemoUser("nora", "Nora Testnäs", "Särskilt tandvårdsstöd", "2222", _CLAIMS, ("2222",)),
    DemoUser(
        "petra", "Petra Fiktivander", "Klinikadministratör", "1111", (Role.CLINIC_ADMINISTRATOR,), ("1111",)
    ),
    DemoUser("sara", "Sara Specialistsson", "Särskilt tandvårdsstöd", "1113", _CLAIMS, ("1113",)),
)


@dataclass(frozen=True)
class DemoPatient:
    """A patient with one of Skatteverket's test numbers, and the clinic where he or she is listed."""

    number: str
    given_name: str
    family_name: str
    street: str
    clinic: str = "1111"
    phone: str = ""
    is_protected: bool = False


PATIENTS = (
    DemoPatient("20130205-2384", "Tova", "Provsson", "Provgatan 9", phone="070-000 00 01"),
    DemoPatient("20130310-2394", "Elsa", "Exempelman", "Ringvägen 9"),
    DemoPatient("20130401-2394", "Rutger", "Testlund", "Gatan 3"),
    DemoPatient("20130510-2384", "Signe", "Demogren", "Provgatan 11"),
    DemoPatient("20130712-2398", "Malte", "Påhittad", "Exempelvägen 2"),
    DemoPatient("20130820-2389", "Ronja", "Fiktivsson", "Testgränd 5"),
    DemoPatient("20131014-2391", "Vera", "Hemlig", "Okänd väg 1", is_protected=True),
    DemoPatient("20140103-2394", "Elis", "Nymark", "Gatan 8", clinic=""),
    DemoPatient("20140206-2390", "Åke", "Ängsprov", "Ängsvägen 4", clinic="1112"),
    DemoPatient("20140315-2380", "Alma", "Björktest", "Björkstigen 7", clinic="2222"),
    DemoPatient("20140406-2380", "Otto", "Övergren", "Provgatan 1"),
    DemoPatient(
        "20130305-2383", "Maria-Magdalena", "von Testenstierna-Exempelcrona", "Långa Provgatan 117 B"
    ),
)


def make(*, today: date) -> None:
    """Make everything, relative to the day."""
    region = Authority.objects.create(
        name=REGION,
        kind="region",
        organisation_number="2321000040",
        contact_name="Tandvårdsenheten",
        contact_phone="010-103 00 00",
        contact_email="tandvardsenheten@example.org",
        county="05",
        bankgiro="9912346",
    )
    system = system_actor(region.pk)
    long_ago = dates.add_months(today.replace(day=1), -48)
    _organisations(system, since=long_ago)
    _users(region)
    files = {path.name: path.read_bytes() for path in sorted(CATALOGUE.glob("*.csv"))}
    price_lists.load_catalogue(system, files=files)
    _account_strings(system, since=long_ago)
    patients = _patients(system, today=today)
    # The numbers of the seed's figures: two cases come from an older system, then the series goes on.
    CaseNumberSeries.objects.create(authority=region, last_number=8)
    _cases(patients, today=today)
    mailing.change_mail_choices(
        system,
        today=long_ago,
        clinic_id=Clinic.objects.get(number="1111").pk,
        addresses="mottagning1111@example.org",
        events=CHOSEN,
    )


# Where the region books: a cost for each scheme, the dearest code of one by itself, debts and the bank.
ACCOUNT_STRINGS = (
    (AccountUse.COST, Scheme.NEEDS_ALLOWANCE, "", "5621", "1200", "45"),
    (AccountUse.COST, Scheme.POPULATION_HEALTH, "", "5622", "1200", "46"),
    (AccountUse.COST, Scheme.SPECIAL_CARE, "", "5623", "1300", "47"),
    (AccountUse.COST, Scheme.SPECIAL_CARE, "825S", "5624", "1300", "47"),
    (AccountUse.DEBT, "", "", "2441", "", ""),
    (AccountUse.BANK, "", "", "1940", "", ""),
)


def _account_strings(system: Actor, *, since: date) -> None:
    for use, scheme, code, *parts in ACCOUNT_STRINGS:
        new = DatedString((use, scheme, code), Period(since), AccountStringFacts(*parts))
        accounting.save_account_string(system, today=since, new=new)


_EVERYTHING = (Scheme.NEEDS_ALLOWANCE, Scheme.POPULATION_HEALTH, Scheme.SPECIAL_CARE)


def _organisations(system: Actor, *, since: date) -> None:
    eken = organisations.create_provider(system, name=EKEN, organisation_number="556000-0019")
    bjorken = organisations.create_provider(
        system, name="Björkens Tandklinik AB", organisation_number="556000-0027"
    )
    for provider, number, name, street, postcode, town, schemes in (
        (eken, "1111", "Ekens Tandvård Ryd", "Ryds centrum 1", "584 31", "Linköping", _EVERYTHING),
        (eken, "1112", "Ekens Tandvård Linghem", "Himnavägen 2", "585 60", "Linghem", _EVERYTHING),
        (eken, "1113", "Ekens Specialisttandvård", "Ryds centrum 3", "584 31", "Linköping", _EVERYTHING[2:]),
        # Björken is not connected to needs allowance, and has a plusgiro.
        (
            *(bjorken, "2222", "Björkens Tandklinik", "Björkgatan 12", "582 22", "Linköping"),
            _EVERYTHING[1:],
        ),
    ):
        is_bankgiro = provider is eken
        clinic = organisations.create_clinic(
            system,
            provider_id=provider.pk,
            number=number,
            name=name,
            street=street,
            postcode=postcode,
            town=town,
            phone="010-000 00 00",
            email=f"mottagning{number}@example.org",
            is_specialist=number == "1113",
            giro_kind=GiroKind.BANKGIRO if is_bankgiro else GiroKind.PLUSGIRO,
            giro_number="5050-1055" if is_bankgiro else "490220-1",
        )
        for scheme in schemes:
            organisations.add_right(system, clinic_id=clinic.pk, scheme=scheme, first_on=since)
    for number, name, title in (
        ("1111", "Karin Testberg", "tandläkare"),
        ("1111", "Per Provström", "tandhygienist"),
        ("1112", "Lena Demosson", "tandläkare"),
        ("1112", "Siv Exempelberg", "tandhygienist"),
        ("2222", "Nils Fiktivare", "tandläkare"),
        ("2222", "Ola Testkvist", "tandhygienist"),
    ):
        clinic = Clinic.objects.get(number=number)
        organisations.add_practitioner(system, clinic_id=clinic.pk, name=name, title=title, first_on=since)


def _users(region: Authority) -> None:
    scopes: dict[str, dict[str, object]] = {REGION: {"authority": region}}
    scopes |= {clinic.number: {"clinic": clinic} for clinic in Clinic.objects.all()}
    scopes |= {provider.name: {"provider": provider} for provider in CareProvider.objects.all()}
    for demo_user in USERS:
        user = User.objects.create_user(
            username=demo_user.username, name=demo_user.name, password=PASSWORD, authority=region
        )
        for place in demo_user.places:
            for role in demo_user.roles:
                RoleGrant.objects.create(user=user, role=role, **scopes[place])


def actor_of(username: str, clinic_number: str = "", *, today: date) -> Actor:
    """Return a demo user at a clinic, or at his one unit, as he would be signed in on the day."""
    user = User.objects.get(username=username)
    clinic = Clinic.objects.filter(number=clinic_number).first()
    actor = access.actor(user, f"clinic:{clinic.pk}" if clinic else "", today=today)
    if actor is None:
        msg = f"{username} has nowhere to work"
        raise LookupError(msg)
    return actor


_LISTERS = {"1111": "anna", "1112": "bo", "2222": "david"}


def _patients(system: Actor, *, today: date) -> dict[str, Person]:
    listed_on = dates.add_months(today.replace(day=1), -24)
    found = {}
    for patient in PATIENTS:
        person = people.create_person(
            system,
            today=today,
            number=patient.number,
            given_name=patient.given_name,
            family_name=patient.family_name,
            phone=patient.phone,
            is_protected=patient.is_protected,
            area_clinic_id=Clinic.objects.get(number="1111").pk,
        )
        people.add_address(
            system,
            today=today,
            code=person.code,
            kind=AddressKind.REGISTERED,
            first_on=listed_on,
            street=patient.street,
            postcode="585 60",
            town="Linghem",
        )
        if patient.clinic:
            lister = actor_of(_LISTERS[patient.clinic], patient.clinic, today=listed_on)
            listing = listings.list_patient(lister, today=listed_on, code=person.code)
            listing.revision_ends_on = dates.add_months(today, 8)
            listing.save()
        found[patient.given_name] = person
    return found


def _cases(patients: dict[str, Person], *, today: date) -> None:
    """Make the cases: one for every state a user meets."""
    _paid_every_month(patients["Ronja"], today=today)
    _below_deductible(patients["Rutger"], today=today)
    _ended(patients["Otto"], today=today)
    _invoiced_last_month(patients["Malte"], today=today)
    _returned(patients["Maria-Magdalena"], today=today)
    _ready_to_invoice(patients["Signe"], today=today)
    _every_status(patients["Tova"], today=today)
    _case("1112", patients["Åke"], today - timedelta(days=20), [_Code("101"), _Code("126")], number="")
    _case("1111", patients["Vera"], today - timedelta(days=12), [_Code("111")], number="")


@dataclass(frozen=True)
class _Code:
    code: str
    location: str = ""
    surface: str = ""
    days: int | None = 0  # after the start of the case; None is not performed


def _case(clinic: str, person: Person, first_on: date, codes: list[_Code], *, number: str) -> str:
    actor = actor_of(_LISTERS[clinic], clinic, today=first_on)
    number = cases.create_case(actor, today=first_on, code=person.code, first_on=first_on, number=number)
    for code in codes:
        _report(clinic, number, code, first_on)
    return number


def _report(clinic: str, number: str, code: _Code, first_on: date) -> int:
    day = first_on + timedelta(days=code.days or 0)
    actor = actor_of(_LISTERS[clinic], clinic, today=day)
    practitioner = Practitioner.objects.filter(clinic__number=clinic).order_by("pk").first()
    report = Report(
        code.code,
        practitioner.pk if practitioner else 0,
        performed_on=None if code.days is None else day,
        location=code.location,
        surface=code.surface,
    )
    return procedures.add_procedure(actor, today=day, number=number, report=report)


def _invoice(*, on: date, reference: str) -> list[int]:
    actor = actor_of("anna", "1111", today=on)
    basis = invoicing.invoice_basis(actor, reference=reference, today=on)
    return invoices.create_invoice(actor, today=on, reference=reference, fingerprint=basis.fingerprint)


def review(invoice_ids: list[int], *, until: InvoiceStatus, today: date) -> None:
    """Take invoices along the review chain until they stand there: Gustav approves, Hanna does the rest."""
    ledger.review_invoices(actor_of("gustav", today=today), invoice_ids=invoice_ids)
    if until is not InvoiceStatus.REVIEWED:
        attest(invoice_ids, until=until, today=today)


def attest(invoice_ids: list[int], *, until: InvoiceStatus, today: date) -> None:
    """Let Hanna attest approved invoices, and take them along until they stand there."""
    hanna = actor_of("hanna", today=today)
    ledger.attest_invoices(hanna, today=today, invoice_ids=invoice_ids)
    if until is InvoiceStatus.AUTHORISED:
        return
    ledger.start_payouts(hanna, today=today, invoice_ids=invoice_ids)
    if until is InvoiceStatus.PAID_OUT:
        ledger.confirm_payouts(hanna, today=today, invoice_ids=invoice_ids)


def _paid_every_month(person: Person, *, today: date) -> None:
    """A long treatment: something is done and invoiced every month, and all but the last is paid."""
    first_on = dates.add_months(today.replace(day=10), -11)
    number = _case(
        "1111", person, first_on, [_Code("101"), _Code("815", "16"), _Code("126")], number="R2024-000006"
    )
    teeth = ["17", "15", "14", "24", "25", "26", "27", "36", "37", "46"]
    invoice_ids = _invoice(on=first_on.replace(day=12), reference="Faktura 1")
    for month, tooth in enumerate(teeth, start=1):
        day = dates.add_months(first_on, month)
        _report("1111", number, _Code("815", tooth, days=(day - first_on).days), first_on)
        if month % 3 == 0:
            _report("1111", number, _Code("126", days=(day - first_on).days), first_on)
        if month == len(teeth):  # two alike on one day: remarked
            _report("1111", number, _Code("815", "47", days=(day - first_on).days), first_on)
        invoice_ids += _invoice(on=day.replace(day=12), reference=f"Faktura {month + 1}")
    review(invoice_ids[:-4], until=InvoiceStatus.PAID_OUT, today=today)
    review(invoice_ids[-4:-3], until=InvoiceStatus.PAYING_OUT, today=today)
    review(invoice_ids[-3:-2], until=InvoiceStatus.AUTHORISED, today=today)
    review(invoice_ids[-2:-1], until=InvoiceStatus.REVIEWED, today=today)


def _below_deductible(person: Person, *, today: date) -> None:
    """An older case with too little in it to be paid, and a code that needs preauthorization."""
    codes = [_Code("101"), _Code("436", "11", days=None)]
    _case("1111", person, dates.add_months(today, -5), codes, number="R2024-000007")


def _ended(person: Person, *, today: date) -> None:
    """A case whose period has ended: everything can be read, nothing added."""
    codes = [_Code("101"), _Code("705", "13", "M"), _Code("163", "ÖK", days=None)]
    _case("1111", person, dates.add_months(today, -14), codes, number="R2024-000008")


def _invoiced_last_month(person: Person, *, today: date) -> None:
    """The seed's 5 025 kr, sent in last month."""
    day = dates.add_months(today.replace(day=11), -1)
    _case("1111", person, day, _FIGURE_21, number="")
    _invoice(on=day, reference="Faktura 12")


def _returned(person: Person, *, today: date) -> None:
    """An invoice that the region has sent back: its lines can be corrected and invoiced again."""
    day = dates.add_months(today.replace(day=12), -1)
    _case("1111", person, day, _FIGURE_21, number="")
    [invoice_id] = _invoice(on=day, reference="Faktura 13")
    ledger.reject_invoice(
        actor_of("gustav", today=today),
        invoice_id=invoice_id,
        reason="Käken stämmer inte med journalen. Rätta åtgärd 163 och fakturera på nytt.",
    )


_FIGURE_21 = [_Code("126"), _Code("124"), _Code("163", "ÖK"), _Code("815", "12")]


def _ready_to_invoice(person: Person, *, today: date) -> None:
    """More than the deductible, performed and approved: it can be invoiced now."""
    codes = [*_FIGURE_21, _Code("101"), _Code("852", "13", days=None)]
    _case("1111", person, today - timedelta(days=6), codes, number="")


def _every_status(person: Person, *, today: date) -> None:
    """A case with a line of every kind there is so far."""
    first_on = today - timedelta(days=14)
    codes = [
        _Code("112"),
        _Code("705", "11", "MB", days=2),
        _Code("705", "13", "D", days=None),
        _Code("428", "ÖK", days=None),
        _Code("601", "ÖK", days=None),
        _Code("101", days=5),
    ]
    number = _case("1111", person, first_on, codes, number="")
    reported = {procedure.code: procedure.pk for procedure in Procedure.objects.filter(case__number=number)}
    actor = actor_of("anna", "1111", today=today)
    procedures.remove_procedure(actor, number=number, procedure_id=reported["112"])
    demo_documents.make(actor, number, today=today)
    surgery = requests.Draft("Kirurgisk behandling behövs före tandersättning.", [reported["428"]])
    requests.send_request(actor, today=today, number=number, draft=surgery)
    splint = requests.Draft("Värk i käkleden sedan två år.", [reported["601"]])
    requests.save_request(actor, today=today, number=number, draft=splint)
