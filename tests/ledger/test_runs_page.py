"""*Fakturakörningar*: the administrator sees what was made, what is due, progress and faults."""

import datetime as dt
import io
import sys

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kvitt.ledger import queries
from kvitt.ledger.models import InvoiceRunClinic, Line
from kvitt.registers.access.models import RoleGrant
from kvitt.registers.access.rules import Role
from kvitt.registers.organisations.models import Authority
from tests.ledger.running import MINUTE, NOVEMBER

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("PH-8", "QU-23")]
DECEMBER = dt.date(2024, 12, 1)
HOUR = dt.timedelta(hours=1)


def page_of(client, run=None, *, language="en"):
    """Return the list of runs, or the page of one, and its content."""
    client.cookies["kvitt_language"] = language
    answer = client.get(reverse("ledger:run", args=[run.pk]) if run else reverse("ledger:runs"))
    assert answer.status_code == 200
    return answer.context["page"], answer.content.decode()


def texts_of(row):
    return [cell.html for cell in row.cells]


@pytest.fixture
def ivar(world, sign_in):
    """The administrator."""
    return sign_in(world, "ivar")


# What is due -----------------------------------------------------------------------------------------


def test_page_says_that_nothing_has_been_run_and_when_the_next_one_comes(ivar, world, settings):
    settings.KVITT_TODAY = DECEMBER

    page, content = page_of(ivar)

    assert page.rows == []
    assert "Next run: 2025-01-01." in content
    assert "Nothing has been run yet." in content


def test_what_is_due_today_stands_above_the_list(ivar, runs, settings):
    settings.KVITT_TODAY = DECEMBER
    runs.line(runs.world.ryd, performed_on=dt.date(2024, 11, 15))

    page, content = page_of(ivar)

    assert [(row.due_on, str(row.status)) for row in page.about.owed] == [(DECEMBER, "due")]
    assert "To be made now" in content
    assert "A run is overdue" not in content


def test_what_was_due_yesterday_says_what_to_do(ivar, runs, settings):
    settings.KVITT_TODAY = DECEMBER + dt.timedelta(days=1)
    runs.line(runs.world.ryd)

    page, content = page_of(ivar)

    assert page.about.is_overdue
    assert "A run is overdue" in content
    assert "<code>kvitt worker</code>" in content
    assert "<code>kvitt make_due_invoices</code>" in content


def test_month_that_waits_for_one_under_way_raises_no_alarm(ivar, runs, settings):
    settings.KVITT_TODAY = DECEMBER + dt.timedelta(days=1)
    runs.begin()

    page, content = page_of(ivar)

    assert [str(row.status) for row in page.about.owed] == ["running", "overdue"]
    assert "A run is overdue" not in content


def test_run_that_nobody_works_at_is_overdue(ivar, runs):
    run = runs.begin(ago=2 * HOUR)

    _, listed = page_of(ivar)
    page, content = page_of(ivar, run)

    assert "A run is overdue" in listed
    assert "A run is overdue" in content
    assert not page.about.is_running
    assert "hx-trigger" not in content


def test_finished_month_is_not_due(ivar, runs):
    runs.with_fault()

    page, content = page_of(ivar)

    assert NOVEMBER not in [row.due_on for row in page.about.owed]
    assert "A run is overdue" not in content


# What was made ---------------------------------------------------------------------------------------


def test_list_tells_what_each_run_came_to_newest_first(ivar, runs):
    runs.finish(runs.begin(dt.date(2024, 10, 1)))
    runs.with_fault()

    page, _ = page_of(ivar)

    november, october = page.rows
    assert texts_of(november)[:2] == ["2024-11-01", "Population responsibility"]
    assert "Done with faults" in texts_of(november)[4]
    assert texts_of(november)[5:] == ["2", "1", "1", "250\N{NO-BREAK SPACE}kr"]
    assert texts_of(october)[0] == "2024-10-01"
    assert "Done<" in texts_of(october)[4]
    assert texts_of(october)[5:] == ["0", "0", "0", "0\N{NO-BREAK SPACE}kr"]


def test_list_is_exported(ivar, runs):
    runs.with_fault()

    answer = ivar.get(reverse("ledger:runs"), {"format": "xlsx"})

    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert [row[-1].value for row in book.active.iter_rows()][-1] == 250


@pytest.mark.requirement("QU-7")
def test_figures_of_many_runs_take_as_many_statements_as_those_of_one(ivar, runs):
    runs.with_fault()
    page_of(ivar)
    with CaptureQueriesContext(connection) as one:
        page_of(ivar)
    for month in range(1, 11):
        run = runs.finish(runs.begin(dt.date(2024, month, 1)))
        runs.fault(run, runs.world.linghem)

    with CaptureQueriesContext(connection) as many:
        page_of(ivar)

    assert len(many) == len(one) <= 10


# One run ---------------------------------------------------------------------------------------------


def test_run_under_way_shows_how_far_it_has_come_and_asks_for_itself_again(ivar, runs):
    run = runs.begin()
    runs.invoice(run, runs.world.bjork)
    runs.line(runs.world.ryd)
    # Done in November: not for this run.
    runs.line(runs.world.linghem, performed_on=NOVEMBER)

    page, content = page_of(ivar, run)

    assert (page.about.progress.done, page.about.progress.total) == (1, 2)
    assert "1 of 2 clinics gone through" in content
    assert '<progress class="kv-meter" max="2" value="1" aria-label="Clinics gone through">' in content
    assert 'hx-trigger="every 2s"' in content
    assert 'data-say="Under way, 50 %"' in content
    assert page.actions == []


def test_credit_that_waits_is_something_to_make(ivar, runs, book):
    run = runs.begin()
    line = runs.line(runs.world.ryd, performed_on=dt.date(2024, 9, 1))
    type(line).objects.filter(pk=line.pk).update(status="awaiting_credit")

    page, _ = page_of(ivar, run)

    assert page.about.progress.total == 1


def test_finished_run_rests(ivar, runs):
    run = runs.with_fault()
    runs.line(runs.world.linghem)  # reported afterwards: it belongs to the next run

    page, content = page_of(ivar, run)

    assert "2 of 2 clinics gone through" in content
    assert "hx-trigger" not in content
    assert page.about.progress.total == 2


def test_answer_after_the_end_exchanges_the_whole(ivar, runs):
    running, done = runs.begin(DECEMBER), runs.with_fault()
    asks = {"headers": {"hx-request": "true", "hx-target": "run-state"}}

    going = ivar.get(reverse("ledger:run", args=[running.pk]), **asks)
    over = ivar.get(reverse("ledger:run", args=[done.pk]), **asks)

    assert "HX-Retarget" not in going.headers
    assert (over["HX-Retarget"], over["HX-Reselect"], over["HX-Reswap"]) == ("main", "main", "outerHTML")


def test_faults_stand_first_with_the_way_to_mend_them(ivar, runs):
    run = runs.with_fault()

    page, content = page_of(ivar, run)

    clinic = reverse("organisations:clinic", args=[runs.world.ryd.pk])
    assert f'<a href="{clinic}">1111 - Ekens Tandvård Ryd</a>' in content
    assert content.index("The clinic has no account.") < content.index('id="list"')
    assert [texts_of(row)[0] for row in page.rows] == [
        "1111 - Ekens Tandvård Ryd",
        "2222 - Björkens Tandklinik",
    ]


def test_many_faults_are_shown_in_part(ivar, runs, monkeypatch):
    monkeypatch.setattr(sys.modules["kvitt.ledger.queries.runs"], "FAULTS_SHOWN", 1)
    run = runs.begin()
    runs.fault(run, runs.world.ryd)
    runs.fault(run, runs.world.bjork)
    runs.finish(run)

    page, content = page_of(ivar, run)

    assert [fault.clinic for fault in page.about.faults] == ["2222 - Björkens Tandklinik"]
    assert "2 faults" in content
    assert "The rest stand first in the list below." in content


@pytest.mark.requirement("CO-4")
def test_invoice_is_a_link_only_for_who_may_open_it(ivar, world, runs):
    run = runs.begin()
    invoice = runs.invoice(run, world.bjork)
    runs.finish(run)
    url = reverse("ledger:invoice", args=[invoice.pk])

    _, alone = page_of(ivar, run)
    RoleGrant.objects.create(user=world.users["ivar"], role=Role.REVIEWER, authority=world.region)
    _, also_reviewer = page_of(ivar, run)

    assert invoice.external_reference in alone
    assert url not in alone
    assert f'<a href="{url}">{invoice.external_reference}</a>' in also_reviewer


def test_clinics_of_a_run_are_exported(ivar, runs):
    run = runs.with_fault()

    answer = ivar.get(reverse("ledger:run", args=[run.pk]), {"format": "xlsx"})

    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    rows = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert [row[0] for row in rows[-2:]] == ["1111 - Ekens Tandvård Ryd", "2222 - Björkens Tandklinik"]
    assert rows[-1][-1] == 250


@pytest.mark.requirement("QU-7")
def test_page_of_a_run_takes_as_many_statements_however_many_clinics(ivar, runs):
    run = runs.begin()
    runs.fault(run, runs.world.ryd)
    page_of(ivar, run)
    with CaptureQueriesContext(connection) as one:
        page_of(ivar, run)
    runs.fault(run, runs.world.linghem)
    runs.invoice(run, runs.world.bjork)

    with CaptureQueriesContext(connection) as three:
        page_of(ivar, run)

    assert len(three) == len(one) <= 9


@pytest.mark.requirement("CO-32")
def test_pages_are_in_swedish(ivar, runs):
    run = runs.with_fault()

    _, listed = page_of(ivar, language="sv")
    _, content = page_of(ivar, run, language="sv")

    for text in ("Fakturakörningar", "Nästa körning: 2024-12-01", "Klar med fel", "Befolkningsansvar"):
        assert text in listed
    for text in ("2 av 2 mottagningar genomgångna", "Kör igen", "Mottagningen saknar konto."):
        assert text in content


# Who sees it -----------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize("name", ["anna", "eva", "frida", "gustav", "hanna", "jenny", "klara"])
def test_only_the_administrator_sees_runs(world, runs, sign_in, name):
    run, client = runs.with_fault(), sign_in(world, name)

    for url in (reverse("ledger:runs"), reverse("ledger:run", args=[run.pk])):
        assert client.get(url).status_code == 403


@pytest.mark.requirement("CO-1")
def test_run_of_another_authority_is_not_there(ivar, runs):
    other = Authority.objects.create(name="Region Grann", kind="region", organisation_number="2321000057")
    run = runs.begin(authority=other)

    assert ivar.get(reverse("ledger:run", args=[run.pk])).status_code == 404
    assert ivar.get(reverse("ledger:repeat_run", args=[run.pk])).status_code == 404
    page, _ = page_of(ivar)
    assert page.rows == []
    assert run.pk not in {row.run_id for row in page.about.owed}


# The start page --------------------------------------------------------------------------------------


def look_at(world):
    return queries.runs_to_look_at(world.actor("ivar"), today=world.today)


def test_start_page_counts_runs_with_faults_and_leads_to_them(ivar, runs):
    runs.with_fault()
    run = runs.begin(dt.date(2024, 10, 1))
    runs.fault(run, runs.world.ryd)
    runs.fault(run, runs.world.bjork)
    runs.finish(run)

    ivar.cookies["kvitt_language"] = "en"
    notices = {notice.label: notice for notice in ivar.get("/").context["page"].notices}

    notice = notices["Invoice runs with faults, or overdue"]
    assert (notice.count, notice.url) == (2, reverse("ledger:runs"))


def test_fault_whose_lines_went_out_with_a_later_month_is_counted_no_more(world, runs):
    runs.with_fault()
    assert look_at(world) == 1

    Line.objects.filter(clinic=world.ryd).update(status="invoiced")

    assert look_at(world) == 0


def test_overdue_run_is_counted_and_one_under_way_is_not(world, runs):
    run = runs.begin(ago=MINUTE)
    runs.fault(run, world.ryd)
    assert look_at(world) == 0

    run.started_at -= 2 * HOUR
    run.save()
    assert look_at(world) == 1


def test_nothing_to_look_at_when_all_is_done(world, runs):
    run = runs.with_fault()
    InvoiceRunClinic.objects.filter(run=run).exclude(fault="").delete()

    assert look_at(world) == 0
