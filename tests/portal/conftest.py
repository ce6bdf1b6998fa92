"""A region with two care providers, each role's user, patients with Skatteverket's test numbers, and work."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import translation

from kvitt.foundation import clock
from kvitt.foundation.values.identity import birth_date
from kvitt.ledger.models import Invoice, Line
from kvitt.modules.needs_allowance.models import Case, Procedure
from kvitt.registers.access import queries as access
from kvitt.registers.access.models import RoleGrant, User
from kvitt.registers.access.rules import Role
from kvitt.registers.listings.models import Listing
from kvitt.registers.organisations.models import Authority, CareProvider, Clinic, ClinicRight
from kvitt.registers.people import rules as people
from kvitt.registers.people.models import Person

TODAY = dt.date(2025, 3, 20)
ELSA, RUTGER, TOVA, ALVA, MALTE = (
    "201302052384",
    "201303102394",
    "201304012394",
    "201305102384",
    "201308202389",
)


@pytest.fixture(autouse=True)
def today(settings):
    settings.KVITT_TODAY = TODAY
    return TODAY


@pytest.fixture
def in_english():
    """Texts as they stand in the program."""
    with translation.override("en"):
        yield


# The authority and its clinics ------------------------------------------------------------------------


@pytest.fixture
def region(db):
    return Authority.objects.create(
        name="Region Ekonomi",
        kind="region",
        organisation_number="2321000040",
        contact_name="Tandvårdsenheten",
        contact_phone="010-103 00 00",
        contact_email="tandvard@example.com",
    )


@pytest.fixture
def neighbour(db):
    """Another authority in the same installation."""
    return Authority.objects.create(name="Region Grann", kind="region", organisation_number="2321000057")


def make_provider(authority, number, name):
    return CareProvider.objects.create(authority=authority, organisation_number=number, name=name)


def make_clinic(provider, number, name, *, is_connected=True):
    clinic = Clinic.objects.create(
        authority=provider.authority, provider=provider, number=number, name=name, sort_key=name.casefold()
    )
    if is_connected:
        ClinicRight.objects.create(clinic=clinic, scheme="needs_allowance", first_on=dt.date(2020, 1, 1))
    return clinic


@pytest.fixture
def ekens(region):
    return make_provider(region, "5560000019", "Ekens Tandvård AB")


@pytest.fixture
def ryd(ekens):
    return make_clinic(ekens, "1111", "Ekens Tandvård Ryd")


@pytest.fixture
def linghem(region):
    """A clinic of another care provider."""
    return make_clinic(make_provider(region, "5560000027", "Lindens Tandvård AB"), "2222", "Lindens Linghem")


# Users ------------------------------------------------------------------------------------------------


def make_user(username, *grants, name="Anna Testander"):
    """Make a user with `(role, unit)` grants, the first of which decides the authority."""
    first_unit = grants[0][1]
    authority = first_unit if isinstance(first_unit, Authority) else first_unit.authority
    user = User.objects.create(username=username, name=name, authority=authority)
    scopes = {Clinic: "clinic", CareProvider: "provider", Authority: "authority"}
    for role, unit in grants:
        RoleGrant.objects.create(user=user, role=role, **{scopes[type(unit)]: unit})
    return user


@pytest.fixture
def anna(ryd):
    """Works at one clinic: reports care and makes invoices."""
    return make_user("anna", (Role.DENTAL_BASIC, ryd), (Role.DENTAL_INVOICES, ryd))


@pytest.fixture
def basic(ryd):
    """Reports care, and makes no invoices."""
    return make_user("basic", (Role.DENTAL_BASIC, ryd))


@pytest.fixture
def provider_user(ekens, ryd):
    return make_user("provider", (Role.DENTAL_INVOICES, ekens), (Role.CARE_RESPONSIBLE, ekens))


@pytest.fixture
def reviewer(region):
    return make_user("reviewer", (Role.REVIEWER, region))


@pytest.fixture
def attester(region):
    return make_user("attester", (Role.ATTESTER, region))


@pytest.fixture
def assessor(region):
    return make_user("assessor", (Role.ASSESSOR, region))


@pytest.fixture
def administrator(region):
    return make_user("administrator", (Role.ADMINISTRATOR, region), name="Karin Testberg")


@pytest.fixture
def with_activities(ryd):
    """The clinic in Ryd is connected to population responsibility too."""
    return ClinicRight.objects.create(clinic=ryd, scheme="population_health", first_on=dt.date(2020, 1, 1))


@pytest.fixture
def jenny(ryd, with_activities):
    """Reports activities and handles their invoices at one clinic."""
    return make_user(
        "jenny", (Role.POPULATION_BASIC, ryd), (Role.POPULATION_INVOICES, ryd), name="Jenny Provgren"
    )


@pytest.fixture
def klara(ekens, with_activities):
    """Sees the activities of all clinics of a care provider, and reports for none."""
    roles = (Role.CARE_RESPONSIBLE, Role.POPULATION_BASIC, Role.POPULATION_INVOICES)
    return make_user("klara", *((role, ekens) for role in roles), name="Klara Testsson")


@pytest.fixture
def unconnected(ekens):
    """Works at a clinic without needs allowance."""
    clinic = make_clinic(ekens, "1112", "Ekens Tandvård Vreta", is_connected=False)
    return make_user("unconnected", (Role.DENTAL_BASIC, clinic))


@pytest.fixture
def population(ekens):
    """Reports activities and answers for their invoices, at a clinic that is connected to nothing else."""
    clinic = make_clinic(ekens, "1114", "Ekens Tandvård Berga", is_connected=False)
    ClinicRight.objects.create(clinic=clinic, scheme="population_health", first_on=dt.date(2020, 1, 1))
    return make_user("population", (Role.POPULATION_BASIC, clinic), (Role.POPULATION_INVOICES, clinic))


@pytest.fixture
def claimer(ryd):
    """Sends in claims of special care dentistry at one clinic."""
    ClinicRight.objects.create(clinic=ryd, scheme="special_care", first_on=dt.date(2020, 1, 1))
    return make_user("claimer", (Role.SPECIAL_CARE_CLAIMS, ryd))


@pytest.fixture
def clinic_administrator(ryd):
    """Has a role that shows no patients, cases or invoices."""
    return make_user("clinic_administrator", (Role.CLINIC_ADMINISTRATOR, ryd))


@pytest.fixture
def sign_in():
    """Return a function that gives a client in which the user is signed in."""

    def client_of(user):
        client = Client()
        client.force_login(user)
        return client

    return client_of


@pytest.fixture
def actor_of():
    """Return a function that gives the user at his only unit, as commands and queries see him."""

    def actor(user):
        [unit] = access.units_of(user)
        return access.actor(user, unit.key, today=TODAY)

    return actor


# Patients ---------------------------------------------------------------------------------------------


def make_person(authority, number, given_name, family_name, **values):
    names = {"given_name": given_name, "family_name": family_name}
    hides = {"is_protected": values.get("is_protected", False)}
    return Person.objects.create(
        authority=authority,
        identity_number=number,
        identity_kind="personal",
        born_on=birth_date(number),
        sort_key=people.calculate_sort_key(**names, **hides),
        search_key=people.calculate_search_key(**names, **hides),
        **names,
        **values,
    )


def list_at(person, clinic, first_on=dt.date(2020, 1, 1), **values):
    return Listing.objects.create(person=person, clinic=clinic, first_on=first_on, **values)


@pytest.fixture
def elsa(region, ryd):
    person = make_person(region, ELSA, "Elsa", "Provsson")
    list_at(person, ryd, revision_ends_on=dt.date(2025, 4, 1))
    return person


@pytest.fixture
def malte(region, ryd):
    """Listed at Ryd since this month."""
    person = make_person(region, MALTE, "Malte", "Demogren")
    list_at(person, ryd, first_on=dt.date(2025, 3, 5))
    return person


@pytest.fixture
def rutger(region, linghem):
    """Listed at the other clinic."""
    person = make_person(region, RUTGER, "Rutger", "Provsson")
    list_at(person, linghem)
    return person


@pytest.fixture
def tova(region, ryd):
    """Listed at Ryd under a protected identity."""
    person = make_person(region, TOVA, "Tova", "Dold", is_protected=True)
    list_at(person, ryd)
    return person


# Cases and invoices -----------------------------------------------------------------------------------


@pytest.fixture
def make_case():
    """Return a function that makes a case with its deductible and the given procedures."""

    def make(
        person, clinic, number, *procedures, first_on=dt.date(2024, 11, 6), last_on=dt.date(2025, 11, 5)
    ):
        case = Case.objects.create(
            authority=clinic.authority,
            number=number,
            clinic=clinic,
            person=person,
            first_on=first_on,
            last_on=last_on,
            created_on=first_on,
            changed_at=clock.now(),
            changed_by="Anna Testander",
        )
        add_procedure(case, "100", -500_000, first_on, is_deductible=True)
        for code, price, performed_on, status in procedures:
            add_procedure(case, code, price, performed_on, status=status)
        return case

    return make


def add_procedure(case, code, price, performed_on, *, status="approved", is_deductible=False):
    line = None
    if status == "approved":
        line = Line.objects.create(
            authority=case.authority,
            module="needs_allowance",
            clinic=case.clinic,
            person=case.person,
            case_number=case.number,
            code=code,
            text=code,
            performed_on=performed_on,
            created_on=TODAY,
            price=price,
            amount=price,
        )
    return Procedure.objects.create(
        case=case,
        line=line,
        is_deductible=is_deductible,
        code=code,
        text=code,
        price=price,
        performed_on=performed_on,
        status=status,
    )


@pytest.fixture
def make_invoice():
    """Return a function that makes an invoice of a clinic, dated the last of a month."""

    def make(clinic, invoice_date, total, *, status="paid_out", module="needs_allowance"):
        return Invoice.objects.create(
            authority=clinic.authority,
            module=module,
            clinic=clinic,
            clinic_number=clinic.number,
            clinic_name=clinic.name,
            provider_number=clinic.provider.organisation_number,
            provider_name=clinic.provider.name,
            payer_name=clinic.authority.name,
            external_reference=f"Faktura {clinic.number}",
            reference_search_key=f"faktura {clinic.number}",
            invoice_date=invoice_date,
            due_date=invoice_date + dt.timedelta(days=30),
            total=total,
            status=status,
            issued_at=clock.now(),
        )

    return make


@pytest.fixture
def work(elsa, malte, tova, ryd, make_case):
    """Three cases at Ryd in which something waits, the most urgent first."""
    day = dt.date(2025, 2, 3)
    soon = {"first_on": dt.date(2024, 4, 3), "last_on": dt.date(2025, 4, 2)}
    return [
        make_case(elsa, ryd, "B2024-000014", ("815", 690_000, None, "approved"), **soon),
        make_case(
            malte, ryd, "B2024-000022", ("815", 1_690_000, day, "approved"), ("124", 66_000, None, "approved")
        ),
        make_case(tova, ryd, "B2024-000031", ("852", 855_000, None, "requires_preauthorization")),
    ]
