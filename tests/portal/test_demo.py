"""The demo's data: whatever day it is made for, it adds up and shows what `docs/demo.md` tells."""

import datetime as dt
from collections import Counter

import pytest
from django.core.management import call_command

from kvitt.foundation.values import identity
from kvitt.ledger import queries as ledger
from kvitt.ledger.models import Invoice, Line
from kvitt.modules.population_health.models import Activity
from kvitt.portal.management import demo_data
from kvitt.portal.management.commands import demo
from kvitt.registers.access.rules import Permission
from kvitt.registers.people.models import Person

TODAY = dt.date(2024, 11, 20)
MODULE = "population_health"


@pytest.fixture
def make_demo(db, settings):
    """Return a function that makes the demo of a day."""

    def make(today):
        settings.KVITT_TODAY = today
        for part in demo.PARTS:
            part.make(today=today)

    return make


@pytest.mark.requirement("CO-18", "CO-23", "PH-8")
@pytest.mark.parametrize("today", [dt.date(2025, 1, 1), dt.date(2026, 3, 31)])
def test_demo_of_any_day_adds_up_and_owes_the_calendar_nothing(make_demo, today):
    make_demo(today)

    call_command("verify")
    assert ledger.owed_runs(on=today) == []
    assert Activity.objects.latest("created_on").created_on <= today
    months = Line.objects.filter(module=MODULE).dates("performed_on", "month")
    assert len(months) == 4


@pytest.mark.requirement("PH-3", "PH-6", "PH-7", "PH-8", "PH-10")
def test_demo_has_activities_in_every_state(make_demo):
    make_demo(TODAY)

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


@pytest.mark.requirement("CO-3", "CO-4", "CO-8", "PH-1", "PH-2")
def test_demo_users_work_where_it_says(make_demo):
    make_demo(TODAY)

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
