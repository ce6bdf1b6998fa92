"""The demo's data: whatever day it is made for, it adds up and shows what `docs/demo.md` tells."""

import datetime as dt
from collections import Counter

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from kvitt.foundation.values import dates, identity
from kvitt.ledger import queries as ledger
from kvitt.ledger.models import Invoice, Line
from kvitt.modules.care_fees.commands import runs
from kvitt.modules.care_fees.models import (
    Absence,
    BillingRule,
    Client,
    ClientMonth,
    FeeInvoice,
    FeeLine,
    Tenancy,
)
from kvitt.modules.care_fees.queries import work
from kvitt.modules.population_health.models import Activity
from kvitt.modules.special_care.lifecycle import ClaimStatus, SupportType
from kvitt.modules.special_care.models import (
    Certificate,
    Claim,
    ClaimInvoice,
    PlannedProcedure,
    TreatmentPlan,
)
from kvitt.portal.management import demo_data
from kvitt.portal.management.commands import demo
from kvitt.preauthorization.models import Preauthorization
from kvitt.registers.access import queries as access
from kvitt.registers.access.models import User
from kvitt.registers.access.rules import Permission
from kvitt.registers.organisations.models import Authority
from kvitt.registers.people.models import Person
from kvitt.registers.people.queries import population

pytestmark = pytest.mark.looks  # the demo is served from SQLite
TODAY = dt.date(2024, 11, 20)
MODULE = "population_health"


@pytest.fixture(scope="module")
def demo_day(request, django_db_setup, django_db_blocker, tmp_path_factory):
    """The day that the demo is made for, once for those who look at it; TODAY unless told."""
    day = getattr(request, "param", TODAY)
    register = tmp_path_factory.mktemp("demo") / "population-register.csv"
    set_for_it = override_settings(KVITT_TODAY=day, KVITT_POPULATION_REGISTER=register)
    with django_db_blocker.unblock(), set_for_it, transaction.atomic():
        for part in demo.PARTS:
            part.make(today=day)
        yield day
        transaction.set_rollback(True)


@pytest.fixture
def today(demo_day, db, settings):
    """The day of the demo, which is there."""
    settings.KVITT_TODAY = demo_day
    return demo_day


@pytest.mark.requirement("CO-18", "CO-23", "PH-8")
@pytest.mark.parametrize("demo_day", [dt.date(2025, 1, 1), dt.date(2026, 3, 31)], indirect=True)
def test_demo_of_any_day_adds_up_and_owes_the_calendar_nothing(today):
    call_command("verify")
    assert ledger.owed_runs(on=today) == []
    assert Activity.objects.latest("created_on").created_on <= today
    months = Line.objects.filter(module=MODULE).dates("performed_on", "month")
    assert len(months) == 4


@pytest.mark.requirement("PH-3", "PH-6", "PH-7", "PH-8", "PH-10")
def test_demo_has_activities_in_every_state(today):
    lines = Line.objects.filter(module=MODULE)
    by_status = Counter(lines.values_list("status", flat=True))
    live = lines.exclude(status="withdrawn").values_list("case_number", flat=True)
    empty = Activity.objects.exclude(number__in=list(live))
    maternity = Activity.objects.get(code="901", clinic__number="1111", performed_on=dt.date(2024, 11, 5))
    invoices = Invoice.objects.filter(module=MODULE)
    assert {name: by_status[name] for name in ("withdrawn", "awaiting_credit", "credited")} == {
        "withdrawn": 3,
        "awaiting_credit": 1,
        "credited": 1,
    }
    assert [activity.deleted_at for activity in empty] == [None]
    assert lines.filter(case_number=maternity.number, status="approved").count() == 5
    assert {str(on) for on in invoices.values_list("invoice_date", flat=True)} == {
        "2024-08-31",
        "2024-09-30",
        "2024-10-31",
    }
    assert set(invoices.values_list("status", flat=True)) == {
        "issued",
        "reviewed",
        "authorised",
        "paying_out",
        "paid_out",
    }


@pytest.mark.requirement("SC-1", "SC-4", "SC-19", "SC-20", "SC-21", "SC-22")
def test_demo_has_claims_plans_and_certificates_in_every_state(today):
    claims, certificates = Claim.objects.all(), Certificate.objects.all()
    assert set(claims.values_list("status", flat=True)) == set(ClaimStatus)
    assert set(claims.values_list("support", flat=True)) == set(SupportType)
    assert claims.filter(question__gt="", status="held").count() == 1
    assert claims.filter(county="06").count() == 1
    paid = ClaimInvoice.objects.filter(is_credit=False, ledger_invoice__isnull=False)
    assert set(paid.values_list("ledger_invoice__status", flat=True)) == {
        *("reviewed", "authorised", "paying_out", "paid_out")
    }
    # The manual's: three claims with what they sum to there, and its numbers in the same order.
    oldest = ClaimInvoice.objects.get(our_reference=518_142)
    assert (oldest.reference, sorted(oldest.claims.values_list("total", flat=True))) == (
        "212962",
        [75_000, 99_500, 109_500],
    )
    credited = ClaimInvoice.objects.filter(is_credit=True)
    assert {"1234_Kredit", "123_Kredit", "12345_Kredit"} <= set(credited.values_list("reference", flat=True))
    repaid = credited.filter(awaits_repayment=True).values_list("repaid_by", flat=True)
    assert sorted(repaid) == ["", "Gustav Granskare"]
    requests = Preauthorization.objects.filter(module="special_care")
    assert set(requests.values_list("status", flat=True)) == {
        *("awaiting_review", "completion_requested", "decided", "approved_with_reservation"),
    }
    assert PlannedProcedure.objects.filter(used_count__gt=0).count() == 3
    assert TreatmentPlan.objects.exclude(
        number__in=requests.values_list("case_number", flat=True)
    ).exists(), "one is not sent"
    assert certificates.filter(revoked_on__isnull=False).count() == 1
    assert certificates.filter(last_on__lt=TODAY).count() == 1


@pytest.mark.requirement("CO-3", "CO-4", "CO-8", "PH-1", "PH-2")
def test_demo_users_work_where_it_says(today):
    clinics = {user.username: user.places[0] for user in demo_data.USERS}
    actors = {
        name: demo_data.actor_of(name, place if place.isdigit() else "", today=TODAY)
        for name, place in clinics.items()
    }
    reporters = {name for name, actor in actors.items() if actor.may(Permission.REPORT_ACTIVITIES)}
    assert reporters == {"bo", "david", "jenny"}
    assert actors["klara"].may(Permission.SEE_ACTIVITIES)
    assert actors["david"].rights == {MODULE, "special_care"}
    assert actors["jenny"].rights == {"needs_allowance", MODULE, "special_care"}
    claimers = {name for name, actor in actors.items() if actor.may(Permission.REPORT_CLAIMS)}
    assert claimers == {"lisa", "mats", "nora", "sara"}
    assert actors["petra"].may(Permission.MANAGE_UNIT)
    # Who took part in the cessation of tobacco: adults, with right check digits.
    named = Person.objects.filter(pk__in=Line.objects.filter(module=MODULE).values("person_id"))
    assert named.count() == 4
    for person in named:
        assert identity.check_identity_number(person.identity_number, today=TODAY) == []
        assert person.born_on <= dt.date(2004, 11, 20)


@pytest.mark.requirement("CO-4", "CF-1", "CF-4", "CF-5", "CF-8", "CF-14")
@pytest.mark.parametrize("demo_day", [TODAY, dt.date(2026, 3, 31)], indirect=True)
def test_demo_has_a_municipality_with_clients_in_telling_states(today):
    municipality = Authority.objects.get(kind="municipality")
    assert municipality.areas.filter(is_intake=False).count() == 3
    assert set(municipality.clinics.values_list("unit_kind", flat=True)) == {
        "home_care",
        "serviced_housing",
        "care_home",
        "short_stay",
    }
    clients = Client.objects.filter(authority=municipality)
    assert clients.count() == 40
    assert clients.filter(person__is_protected=True).count() == 1
    bodil = access.actor(User.objects.get(username="bodil"), "", today=today)
    counts = {notice.url: notice.count for notice in work.notices(bodil, today=today)}
    assert counts["/care-fees/area-requests/"] == 2
    assert counts["/care-fees/estates/"] == 1
    assert sum(counts.values()) >= 6
    assert sorted(Tenancy.objects.values_list("first_on__day", flat=True)) == [1, 1, 1, 17, 17, 17]
    assert Absence.objects.filter(last_on__isnull=True).count() == 1
    # A month is invoiced; the next one waits, and calculating it finds a fault of every telling kind.
    assert FeeInvoice.objects.count() == ClientMonth.objects.filter(status="approved").count() > 30
    billed = dates.add_months(today.replace(day=1), -1)
    rule = BillingRule.objects.get(name="Hela kommunen")
    runs.calculate_selection(bodil, rule_id=rule.pk, month=billed, today=today)
    faults = ClientMonth.objects.filter(month=billed, status="faulty").values_list(
        "faults__0__kind", flat=True
    )
    assert set(faults) == {"estate_missing", "income_missing", "parish_missing", "unsafe_address"}
    assert FeeLine.objects.get(kind="difference").amount < 0
    found = population.look_up(municipality.pk, "194407049800")
    assert found is not None
    for number in Person.objects.filter(authority=municipality).values_list("identity_number", flat=True):
        assert number[8:11] in {"980", "981"}
