"""The start page: each role's own."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kvitt.audit.models import Event, Subject
from kvitt.foundation.values import dates, money
from kvitt.ledger.models import InvoicingWindow, Line
from kvitt.portal.queries import start as queries
from kvitt.preauthorization.models import Preauthorization
from tests.portal.conftest import ALVA, TODAY, list_at, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("CO-28")]


def figures(page):
    return {figure.label: (figure.value, figure.note) for figure in page.key_figures}


def spaced(text):
    return text.replace("\u00a0", " ")


# Whose start page it is -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "parts"),
    [
        ("anna", {"window", "key_figures", "work", "plot", "notices"}),
        ("basic", {"window", "key_figures", "work", "notices"}),
        ("provider_user", {"window", "key_figures", "plot", "notices"}),
        ("reviewer", {"key_figures", "desk", "plot", "notices"}),
        ("attester", {"key_figures", "desk", "plot", "notices"}),
        ("assessor", {"key_figures", "waiting", "notices"}),
        ("administrator", {"windows", "notices"}),
        ("unconnected", {"key_figures", "notices"}),
        ("clinic_administrator", {"notices"}),
        ("jenny", {"calendar", "key_figures", "participants", "plot", "notices"}),
        ("klara", {"calendar", "key_figures", "participants", "plot", "notices"}),
    ],
)
def test_each_role_has_its_own_parts(who, parts, request, actor_of, work):
    page = queries.start_page(actor_of(request.getfixturevalue(who)), today=TODAY)

    known = (
        "window",
        "calendar",
        "key_figures",
        "work",
        "desk",
        "plot",
        "participants",
        "waiting",
        "windows",
        "changes",
        "notices",
    )
    assert {name for name in known if getattr(page, name)} == parts


@pytest.mark.parametrize(
    ("who", "statements"),
    [
        ("anna", 23),
        ("basic", 21),
        ("provider_user", 19),
        ("reviewer", 20),
        ("assessor", 10),
        ("administrator", 13),
        ("clinic_administrator", 8),
        ("jenny", 17),
        ("klara", 17),
    ],
)
def test_start_page_asks_the_database_so_many_times_at_most(who, statements, request, sign_in, work):
    client = sign_in(request.getfixturevalue(who))

    with CaptureQueriesContext(connection) as asked:
        client.get("/")

    assert len(asked) <= statements


def test_statements_do_not_grow_with_the_work(anna, sign_in, work, make_case, region, ryd):
    client = sign_in(anna)
    with CaptureQueriesContext(connection) as before:
        client.get("/")
    alva = make_person(region, ALVA, "Alva", "Provsson")
    list_at(alva, ryd)
    for number in range(100, 120):
        make_case(alva, ryd, f"B2024-000{number}", ("815", 690_000, None, "approved"))

    with CaptureQueriesContext(connection) as after:
        client.get("/")

    assert len(after) == len(before)


def test_sums_that_are_not_shown_are_not_asked_for(assessor, sign_in, work):
    client = sign_in(assessor)

    with CaptureQueriesContext(connection) as asked:
        client.get("/")

    assert not [found["sql"] for found in asked if 'FROM "ledger_line"' in found["sql"]]


# What an assessor waits with ---------------------------------------------------------------------------


@pytest.fixture
def waiting(region, ryd, rutger):
    """Requests that were sent so many days ago, in which status."""
    for number, (days, status) in enumerate(
        [
            (0, "awaiting_review"),
            (3, "awaiting_review"),
            (23, "awaiting_review"),
            (40, "completion_requested"),
        ]
    ):
        Preauthorization.objects.create(
            authority=region,
            module="needs_allowance",
            case_number=f"B2025-{number:06}",
            clinic=ryd,
            person=rutger,
            status=status,
            motivation="x",
            created_on=TODAY,
            sent_on=TODAY - dt.timedelta(days=days),
        )


@pytest.mark.requirement("NA-20")
def test_assessor_sees_how_many_wait_and_the_oldest(assessor, actor_of, waiting, in_english):
    page = queries.start_page(actor_of(assessor), today=TODAY)

    assert figures(page)["To assess"] == ("3", "the oldest for 23 days")


@pytest.mark.requirement("NA-20")
def test_plot_and_table_of_waiting_decisions_say_the_same(assessor, actor_of, waiting, sign_in, in_english):
    panel = queries.start_page(actor_of(assessor), today=TODAY).waiting

    assert [(row.label, row.amount, row.text) for row in panel.rows] == [
        ("0-7", 2, "2"),
        ("8-14", 0, "0"),
        ("15-21", 0, "0"),
        ("22-28", 1, "1"),
        ("over 28", 0, "0"),
    ]
    for drawn in panel.drawn:
        heights = [bar.height for bar in drawn.plot.bars]
        assert heights[0] == pytest.approx(2 * heights[3], abs=1)
        assert [line.label for line in drawn.plot.grid] == ["0", "1", "2"]
    assert panel.drawn[0].label.endswith("3 in all, the oldest in the group 22-28.")
    assert "Waiting decisions by age" in english(sign_in(assessor))


@pytest.mark.requirement("NA-20")
def test_notices_of_an_assessor_lead_to_the_queue_filtered(assessor, actor_of, waiting, sign_in, in_english):
    notices = queries.start_page(actor_of(assessor), today=TODAY).notices

    assert [(notice.label, notice.count, notice.url) for notice in notices[:2]] == [
        ("Requests for preauthorization to assess", 3, "/preauthorization/?status=awaiting_review"),
        ("Requests that the clinic is to complete", 1, "/preauthorization/?status=completion_requested"),
    ]
    client = sign_in(assessor)
    for notice in notices[:2]:
        assert len(client.get(notice.url).context["page"].rows) == notice.count


def test_assessor_without_requests_reads_a_sentence(assessor, actor_of, sign_in, in_english):
    page = queries.start_page(actor_of(assessor), today=TODAY)

    assert figures(page)["To assess"] == ("0", "no request waits")
    assert page.waiting.drawn == []
    assert "No request awaits review." in english(sign_in(assessor))


def english(client):
    client.cookies["kvitt_language"] = "en"
    return client.get("/").content.decode()


# The invoicing period ---------------------------------------------------------------------------------


@pytest.mark.requirement("NA-24")
def test_open_period_offers_to_create_an_invoice(anna, sign_in, work):
    page = sign_in(anna).get("/")

    assert page.context["page"].window.is_open
    assert 'href="/needs-allowance/invoices/create/"' in page.content.decode()


def test_who_may_not_create_invoices_sees_the_period_without_a_button(basic, sign_in, work):
    page = sign_in(basic).get("/")

    assert page.context["page"].window.is_open
    assert "/invoices/create/" not in page.content.decode()


@pytest.mark.parametrize(
    ("day", "title", "text"),
    [
        (dt.date(2025, 3, 8), "The invoicing period is closed.", "It opens on 9 March."),
        (
            dt.date(2025, 3, 9),
            "The invoicing period is open until and including 25 March.",
            "1 case can be invoiced.",
        ),
        (
            dt.date(2025, 3, 25),
            "The invoicing period is open until and including 25 March.",
            "1 case can be invoiced.",
        ),
        (dt.date(2025, 3, 26), "The invoicing period is closed.", "It opens on 9 April."),
        (dt.date(2025, 11, 30), "The invoicing period is closed.", "It opens on 1 December."),
    ],
)
def test_period_says_when_it_ends_or_begins(day, title, text, anna, region, actor_of, work, in_english):
    InvoicingWindow.objects.create(
        authority=region,
        month=dt.date(2025, 12, 1),
        first_on=dt.date(2025, 12, 1),
        last_on=dt.date(2025, 12, 18),
    )

    window = queries.start_page(actor_of(anna), today=day).window

    assert (window.title, window.text) == (title, text)


@pytest.mark.requirement("NA-25")
@pytest.mark.parametrize(
    ("performed", "wrong", "text"),
    [
        (0, 0, "0 cases can be invoiced."),
        (0, 1, "1 procedure awaits credit."),
        (0, 2, "2 procedures await credit."),
        (1, 2, "1 case can be invoiced. 2 procedures await credit."),
    ],
)
def test_period_says_what_there_is_to_invoice(
    performed, wrong, text, anna, elsa, ryd, linghem, actor_of, make_case, in_english
):
    day = dt.date(2025, 2, 3)
    make_case(elsa, ryd, "B2024-000014", *[("815", 690_000, day, "approved")] * performed)
    make_case(elsa, ryd, "B2024-000015", *[("815", 690_000, day, "approved")] * wrong)
    make_case(elsa, linghem, "B2024-000016", ("815", 690_000, day, "approved"))
    credited = Line.objects.filter(case_number__in=["B2024-000015", "B2024-000016"], code="815")
    credited.update(status="awaiting_credit")

    window = queries.start_page(actor_of(anna), today=TODAY).window

    assert window.text == text


# Key figures and the plot -----------------------------------------------------------------------------


def test_key_figures_count_the_clinic_own_cases_and_patients(
    anna, rutger, actor_of, work, make_invoice, ryd, in_english
):
    make_invoice(ryd, dt.date(2025, 1, 31), 2_000_000)
    make_invoice(ryd, dt.date(2025, 3, 31), 1_000_000, status="issued")
    make_invoice(ryd, dt.date(2025, 2, 28), 9_900_000, status="returned")
    make_invoice(ryd, dt.date(2024, 3, 31), 500_000)
    make_invoice(ryd, dt.date(2024, 4, 30), 7_700_000)

    shown = figures(queries.start_page(actor_of(anna), today=TODAY))

    assert {name: (spaced(value), spaced(note)) for name, (value, note) in shown.items()} == {
        "Billable amount": ("11 900 kr", "in 1 needs-allowance case"),
        "Invoiced this year": ("30 000 kr", "25 000 kr more than in Jan-Mar 2024"),
        "Requires preauthorization": ("1", "procedure"),
        "Listed patients": ("3", "1 more than last month"),
    }


@pytest.mark.parametrize(
    ("day", "last_year", "note"),
    [
        (dt.date(2025, 1, 10), 300_000, "2 000 kr less than in Jan 2024"),
        (dt.date(2025, 1, 10), 100_000, "as much as in Jan 2024"),
        (dt.date(2025, 1, 10), 0, "nothing invoiced in Jan 2024"),
    ],
)
def test_year_is_compared_with_the_same_months(
    day, last_year, note, anna, actor_of, make_invoice, ryd, in_english
):
    make_invoice(ryd, dt.date(2025, 1, 31), 100_000)
    if last_year:
        make_invoice(ryd, dt.date(2024, 1, 31), last_year)

    shown = figures(queries.start_page(actor_of(anna), today=day))

    assert spaced(shown["Invoiced this year"][1]) == note


def test_plot_and_table_show_the_same_figures(anna, actor_of, make_invoice, ryd, sign_in, in_english):
    first = dt.date(2024, 4, 1)
    amounts = [
        6_240_000,
        0,
        -310_000,
        2_430_000,
        4_985_050,
        8_320_000,
        9_675_000,
        8_810_000,
        4_560_000,
        10_130_000,
    ]
    for number, amount in enumerate(amounts):
        if amount:
            make_invoice(ryd, dates.last_day_of_month(dates.add_months(first, number)), amount)

    panel = queries.start_page(actor_of(anna), today=TODAY).plot

    assert [row.amount for row in panel.rows] == [*amounts, 0, 0]
    wide, narrow = (drawn.plot for drawn in panel.drawn)
    for plot, rows in ((wide, panel.rows), (narrow, panel.rows[-6:])):
        assert len(plot.bars) == len(rows)
        for bar, row in zip(plot.bars, rows, strict=True):
            assert row.label.startswith(bar.label)
            assert bar.value in {"", money.format_count(round(row.amount / 100_000))}
    sentence = "Bar chart: invoiced per month, April 2024 to March 2025. Highest in January, 101 300 kr."
    assert spaced(panel.drawn[0].label) == sentence
    text = sign_in(anna).get("/").content.decode()
    assert all(money.format_kronor(amount) in text for amount in amounts)


def test_only_the_running_month_is_drawn_as_unfinished(anna, actor_of, make_invoice, ryd):
    make_invoice(ryd, dt.date(2025, 2, 28), 100_000)

    panel = queries.start_page(actor_of(anna), today=TODAY).plot

    for drawn in panel.drawn:
        assert [bar.is_open for bar in drawn.plot.bars][-2:] == [False, True]


def test_without_invoices_a_sentence_stands_in_place_of_the_plot(anna, sign_in):
    text = sign_in(anna).get("/").content.decode()

    assert '<svg class="kv-plot' not in text


def test_plot_and_page_carry_no_style_attribute(anna, sign_in, make_invoice, ryd, work):
    make_invoice(ryd, dt.date(2025, 2, 28), 100_000)

    text = sign_in(anna).get("/").content.decode()

    assert "kv-plot" in text
    assert not re.search(r"\sstyle=|<style|\son\w+=", text)


def test_region_sees_the_sum_of_all_clinics(reviewer, actor_of, make_invoice, ryd, linghem, in_english):
    make_invoice(ryd, dt.date(2025, 2, 28), 100_000, status="issued")
    make_invoice(linghem, dt.date(2025, 2, 28), 200_000, status="issued")

    page = queries.start_page(actor_of(reviewer), today=TODAY)

    assert page.plot.rows[-2].amount == 300_000
    [sent_in, *_others] = page.desk
    assert (sent_in.count, sent_in.total, sent_in.url) == ("2", 300_000, "/invoicing/review/")


@pytest.mark.requirement("NA-28")
@pytest.mark.parametrize(
    ("who", "urls"),
    [
        (
            "reviewer",
            [
                "/invoicing/review/",
                *(f"/invoicing/?status={name}" for name in ("reviewed", "authorised", "paying_out")),
            ],
        ),
        (
            "attester",
            [
                "/invoicing/?status=issued",
                *(f"/invoicing/{name}/" for name in ("attest", "start-payouts", "confirm-payouts")),
            ],
        ),
    ],
)
def test_desk_leads_to_where_the_role_does_something(who, urls, request, actor_of):
    page = queries.start_page(actor_of(request.getfixturevalue(who)), today=TODAY)

    assert [row.url for row in page.desk] == urls


@pytest.mark.parametrize(
    ("who", "label", "value", "note"),
    [
        ("reviewer", "To review", "1", "invoice, 1 000 kr"),
        ("attester", "To attest", "2", "invoices, 5 000 kr"),
    ],
)
def test_review_chain_sees_first_what_waits_for_it(
    who, label, value, note, request, actor_of, make_invoice, ryd, linghem, in_english
):
    make_invoice(ryd, dt.date(2025, 2, 28), 100_000, status="issued")
    make_invoice(ryd, dt.date(2025, 1, 31), 200_000, status="reviewed")
    make_invoice(linghem, dt.date(2025, 1, 31), 300_000, status="reviewed")

    [first, *_others] = queries.start_page(actor_of(request.getfixturevalue(who)), today=TODAY).key_figures

    assert (first.label, first.value, spaced(first.note)) == (label, value, note)


# What waits in the cases ------------------------------------------------------------------------------


def test_work_is_listed_with_the_most_urgent_first(anna, actor_of, work):
    page = queries.start_page(actor_of(anna), today=TODAY)

    assert [row.case_number for row in page.work.rows] == ["B2024-000014", "B2024-000022", "B2024-000031"]


@pytest.mark.requirement("CO-30", "QU-17")
def test_persons_on_the_start_page_are_recorded_as_read(anna, sign_in, work, elsa, malte, tova):
    sign_in(anna).get("/")

    event = Event.objects.get(action="portal.start")
    assert event.is_read
    read = set(Subject.objects.filter(event=event).values_list("person_id", flat=True))
    assert read == {elsa.pk, malte.pk, tova.pk}


@pytest.mark.requirement("QU-19")
def test_protected_name_is_not_shown_in_the_work_list(anna, sign_in, work):
    text = sign_in(anna).get("/").content.decode()

    assert "20130401-2394" in text
    assert "Dold" not in text


def test_more_work_than_fits_has_a_page_of_its_own(anna, sign_in, actor_of, work, make_case, region, ryd):
    alva = make_person(region, ALVA, "Alva", "Provsson")
    for number in range(100, 110):
        make_case(alva, ryd, f"B2024-000{number}", ("815", 690_000, None, "approved"))

    start = queries.start_page(actor_of(anna), today=TODAY).work
    everything = sign_in(anna).get(start.all_url).context["page"]

    assert len(start.rows) == 6
    assert len(everything.rows) == 13
    assert set(everything.person_ids) == set(
        Subject.objects.filter(event__action="portal.work").values_list("person_id", flat=True)
    )


def test_another_clinic_sees_nothing_of_it(unconnected, sign_in, work):
    client = sign_in(unconnected)

    assert "B2024-" not in client.get("/").content.decode()
    assert client.get("/to-do/").status_code == 403


@pytest.mark.requirement("QU-18")
def test_no_address_on_the_page_holds_a_personal_number(anna, sign_in, work):
    text = sign_in(anna).get("/").content.decode()

    addresses = re.findall(r'(?:href|action|src)="([^"]*)"', text)
    assert addresses
    assert not [
        address for address in addresses if re.search(r"\d{6}-?\d{4}(?!\d)", address.replace("B2024-", ""))
    ]


@pytest.mark.requirement("QU-22", "QU-16")
def test_start_page_is_only_read(anna, sign_in):
    assert sign_in(anna).post("/").status_code == 405


def test_start_page_asks_who_is_signed_out_to_sign_in(client, db):
    assert client.get("/")["Location"].startswith("/sign-in/")
