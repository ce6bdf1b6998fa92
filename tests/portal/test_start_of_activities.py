"""The start page of those who report, follow and pay activities of population responsibility."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kvitt.portal.queries import start as queries
from kvitt.registers.access.models import RoleGrant
from kvitt.registers.access.rules import Role
from kvitt.registers.organisations.models import Practitioner
from tests.modules.population_health import activities
from tests.portal.conftest import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("CO-28", "PH-1")]

EARLIER = dt.date(2025, 2, 10)


@pytest.fixture
def report():
    """Return a function that makes an activity at a clinic, of today unless told."""

    def made(clinic, count, performed_on=TODAY, **facts):
        practitioner, _ = Practitioner.objects.get_or_create(
            clinic=clinic, name="Karin Testberg", first_on=dt.date(2020, 1, 1)
        )
        return activities.make(clinic, practitioner, performed_on, "901", count, **facts)

    return made


@pytest.fixture
def reported(ryd, linghem, report):
    """Three activities in Ryd, one of them partly invoiced, and one at another care provider's clinic."""
    report(ryd, 5)
    report(ryd, 3, EARLIER, statuses=("invoiced", "awaiting_credit"))
    report(ryd, 2, EARLIER, statuses=("withdrawn", "credited"))
    report(linghem, 7)


def figures(actor):
    page = queries.start_page(actor, today=TODAY)
    return {
        figure.label: (spaced(figure.value), spaced(figure.note), figure.url) for figure in page.key_figures
    }


def spaced(text):
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize("who", ["jenny", "klara"])
def test_own_activities_and_what_is_not_invoiced_are_counted(who, request, actor_of, reported, in_english):
    shown = figures(actor_of(request.getfixturevalue(who)))

    month = "first_on=2025-03-01&last_on=2025-03-31"
    assert shown["Activities this month"] == (
        "1",
        "5 participants",
        f"/population-health/statistics/?{month}",
    )
    assert shown["Reported, not invoiced"] == (
        "600 kr",
        "in 2 activities",
        "/population-health/activities/?status=approved",
    )
    assert shown["Invoiced this year"][0] == "0 kr"


def test_links_of_the_figures_lead_to_what_they_count(jenny, actor_of, sign_in, reported, in_english):
    client = sign_in(jenny)
    shown = figures(actor_of(jenny))

    rows = client.get(shown["Reported, not invoiced"][2]).context["page"].rows
    month = client.get(shown["Activities this month"][2]).context["page"].about.figures

    assert len(rows) == 2
    assert [figure.value for figure in month[:2]] == ["1", "5"]


def test_region_sees_all_activities_beside_its_invoices(reviewer, actor_of, reported, in_english):
    shown = figures(actor_of(reviewer))

    assert list(shown) == [
        "To review",
        "Claims to review",
        "To propose for payment",
        "Billable amount",
        "Activities this month",
        "Reported, not invoiced",
        "Invoiced this year",
        "Requires preauthorization",
    ]
    assert shown["Activities this month"][:2] == ("2", "12 participants")
    assert shown["Reported, not invoiced"][:2] == ("1 300 kr", "in 3 activities")


def test_participants_are_drawn_for_the_last_twelve_months(jenny, actor_of, reported):
    panel = queries.start_page(actor_of(jenny), today=TODAY).participants

    assert [row.amount for row in panel.rows] == [0] * 10 + [3, 5]
    assert len(panel.drawn) == 2


def test_awaiting_credit_is_noticed_and_found(jenny, actor_of, sign_in, reported, in_english):
    notices = queries.start_page(actor_of(jenny), today=TODAY).notices

    [notice] = [one for one in notices if one.label == "Activities with procedures that await credit"]
    assert notice.count == 1
    assert len(sign_in(jenny).get(notice.url).context["page"].rows) == 1


@pytest.mark.requirement("PH-8")
@pytest.mark.parametrize(
    ("day", "text"),
    [
        (dt.date(2025, 3, 31), "are made on 1 April."),
        (dt.date(2025, 4, 1), "are made on 1 May."),
        (dt.date(2025, 12, 15), "are made on 1 January."),
    ],
)
def test_next_invoices_are_made_on_the_first(day, text, jenny, actor_of, in_english):
    calendar = queries.start_page(actor_of(jenny), today=day).calendar

    assert calendar.title.endswith(text)


@pytest.mark.parametrize(("who", "url"), [("jenny", "/population-health/activities/create/"), ("klara", "")])
def test_only_who_reports_is_offered_to_create_an_activity(who, url, request, actor_of):
    calendar = queries.start_page(actor_of(request.getfixturevalue(who)), today=TODAY).calendar

    assert calendar.url == url


def test_plot_of_invoices_holds_only_the_schemes_one_handles(
    jenny, anna, reviewer, actor_of, make_invoice, ryd, in_english
):
    make_invoice(ryd, dt.date(2025, 2, 28), 100_000)
    make_invoice(ryd, dt.date(2025, 3, 1), 20_000, module="population_health")

    shown = {
        user.username: queries.start_page(actor_of(user), today=TODAY).plot
        for user in (jenny, anna, reviewer)
    }

    assert [row.amount for row in shown["jenny"].rows[-2:]] == [0, 20_000]
    assert [row.amount for row in shown["anna"].rows[-2:]] == [100_000, 0]
    assert [row.amount for row in shown["reviewer"].rows[-2:]] == [100_000, 20_000]
    assert {name: panel.lead.split(",")[0] for name, panel in shown.items()} == {
        "jenny": "Population responsibility",
        "anna": "Needs allowance",
        "reviewer": "Needs allowance",
    }
    assert shown["reviewer"].lead.startswith("Needs allowance, population responsibility, ")


def test_who_has_both_roles_sees_both(anna, jenny, ryd, actor_of, reported, work):
    RoleGrant.objects.create(user=anna, role=Role.POPULATION_BASIC, clinic=ryd)

    page = queries.start_page(actor_of(anna), today=TODAY)

    assert len(page.invoicing) == 2
    assert len(page.key_figures) == 6
    assert page.work is not None
    assert page.participants is not None


def test_without_activities_the_page_stands(jenny, sign_in, in_english):
    client = sign_in(jenny)
    client.cookies["kvitt_language"] = "en"

    text = client.get("/").content.decode()

    assert "Nobody has taken part in the period." in text
    assert '<svg class="kv-plot' not in text


def test_statements_do_not_grow_with_the_activities(jenny, sign_in, ryd, report):
    client = sign_in(jenny)
    client.get("/")
    with CaptureQueriesContext(connection) as before:
        client.get("/")
    for month in range(1, 4):
        report(ryd, 4, dt.date(2025, month, 3))

    with CaptureQueriesContext(connection) as after:
        client.get("/")

    assert len(after) == len(before)
