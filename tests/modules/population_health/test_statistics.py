"""*Statistik*: activities and participants per municipality, type and month."""

import datetime as dt
import io
import itertools

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kvitt.ledger.models import Line
from kvitt.modules.population_health.models import Activity
from kvitt.modules.population_health.queries import statistics as queries
from kvitt.modules.population_health.rules import statistics as rules
from kvitt.modules.population_health.rules.statistics import Grouping
from kvitt.registers.access.rules import NotAllowed
from tests.modules.population_health import activities
from tests.world import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("PH-12")]

YEAR = {"first_on": dt.date(2024, 1, 1), "last_on": TODAY}


@pytest.fixture
def report(world):
    """Return a function that makes an activity in Ryd; `at` names another clinic."""

    def made(performed_on, *args, at="ryd", **facts):
        who = {"ryd": world.karin, "linghem": world.lena, "bjork": world.nils}[at]
        return activities.make(getattr(world, at), who, dt.date.fromisoformat(performed_on), *args, **facts)

    return made


@pytest.fixture
def autumn(report):
    """October and November: two municipalities, two types."""
    report("2024-10-07", "901", 5)
    report("2024-10-14", "901", 7)
    report("2024-10-14", "901", 2, municipality="0581")
    report("2024-11-04", "901", 4)
    report("2024-11-05", "911", 3, price=45_000)


def counted(world, name="jenny", *, by=Grouping.ALL, **filters):
    """Return the rows as tuples: what they are of, activities, participants, kronor."""
    rows = queries.statistics(world.actor(name), by=by, **{**YEAR, **filters})
    shown = [column for column in queries.columns_of(by) if column != "municipality_order"]
    return sorted(
        (
            *(str(row[column]) for column in shown),
            row["activity_count"],
            row["participant_count"],
            row["amount"] // 100,
        )
        for row in rows
    )


# What is counted --------------------------------------------------------------------------------------


def test_activities_and_participants_are_counted_per_month_municipality_and_type(world, autumn):
    assert counted(world) == [
        ("2024-10-01", "0580", "901", 2, 12, 1_200),
        ("2024-10-01", "0581", "901", 1, 2, 200),
        ("2024-11-01", "0580", "901", 1, 4, 400),
        ("2024-11-01", "0580", "911", 1, 3, 1_350),
    ]


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (Grouping.MONTH, [("2024-10-01", 3, 14, 1_400), ("2024-11-01", 2, 7, 1_750)]),
        (Grouping.MUNICIPALITY, [("0580", 4, 19, 2_950), ("0581", 1, 2, 200)]),
        (Grouping.TYPE, [("901", 4, 18, 1_800), ("911", 1, 3, 1_350)]),
        (Grouping.CLINIC, [("ekens tandvard ryd", "1111", "Ekens Tandvård Ryd", 5, 21, 3_150)]),
    ],
)
def test_rows_are_added_up_as_asked_for(by, expected, world, autumn):
    rows = counted(world, by=by)

    if by is Grouping.CLINIC:
        rows, expected = [row[1:] for row in rows], [row[1:] for row in expected]
    assert rows == expected


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (("invoiced", "awaiting_credit"), 5),
        (("withdrawn",), 4),
        (("credited", "withdrawn"), 3),
    ],
)
def test_removed_and_credited_participants_are_not_counted(statuses, expected, world, report):
    report("2024-10-07", "901", 5, statuses=statuses)

    assert counted(world) == [("2024-10-01", "0580", "901", 1, expected, expected * 100)]


def test_activity_without_any_procedure_left_is_not_counted(world, report):
    report("2024-10-07", "901", 2, statuses=("withdrawn", "credited"))

    assert counted(world) == []


def test_removed_activity_is_not_counted(world, report):
    gone = report("2024-10-07", "901", 2)
    Activity.objects.filter(pk=gone.pk).update(deleted_at=dt.datetime(2024, 10, 8, tzinfo=dt.UTC))

    assert counted(world) == []


def test_information_to_a_group_is_an_activity_without_participants(world, report):
    report("2024-10-07", "921", 1)

    assert counted(world) == [("2024-10-01", "0580", "921", 1, 0, 100)]


def test_lines_of_another_scheme_are_not_counted(world, report):
    made = report("2024-10-07", "901", 2)
    line = Line.objects.filter(case_number=made.number).first()
    Line.objects.filter(pk=line.pk).update(module="needs_allowance")

    assert counted(world) == [("2024-10-01", "0580", "901", 1, 1, 100)]


def test_first_and_last_day_of_the_period_are_counted(world, report):
    for day in ("2024-02-29", "2024-03-01", "2024-03-31", "2024-04-01"):
        report(day, "901", 1)

    rows = counted(world, first_on=dt.date(2024, 3, 1), last_on=dt.date(2024, 3, 31))

    assert rows == [("2024-03-01", "0580", "901", 2, 2, 200)]


@pytest.mark.parametrize(
    ("filters", "participants"),
    [
        ({"code": "911"}, 3),
        ({"municipality": "0581"}, 2),
        ({"code": "911", "municipality": "0581"}, 0),
        ({}, 21),
    ],
)
def test_filters_narrow_what_is_counted(filters, participants, world, autumn):
    assert sum(row[-2] for row in counted(world, **filters)) == participants


LIVES = st.lists(
    st.tuples(
        st.integers(0, 400),
        st.sampled_from(["901", "902", "911"]),
        st.sampled_from(["0580", "0581", "1480"]),
        st.lists(
            st.sampled_from(["approved", "invoiced", "awaiting_credit", "credited", "withdrawn"]),
            min_size=1,
            max_size=4,
        ),
    ),
    max_size=6,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(LIVES)
def test_sum_over_the_table_is_the_number_of_live_lines_in_the_period(world, lives):
    Line.objects.all().delete()
    Activity.objects.all().delete()
    for days, code, municipality, statuses in lives:
        activities.make(
            world.ryd,
            world.karin,
            TODAY - dt.timedelta(days=days),
            code,
            len(statuses),
            municipality=municipality,
            statuses=statuses,
        )

    live = Line.objects.filter(
        status__in=["approved", "invoiced", "awaiting_credit"], performed_on__gte=YEAR["first_on"]
    )
    for by in Grouping:
        rows = counted(world, by=by)
        assert sum(row[-2] for row in rows) == live.count()
        assert sum(row[-1] for row in rows) == sum(line.amount for line in live) // 100
    assert sum(row[-3] for row in counted(world)) == live.values("case_number").distinct().count()


# Who sees what ----------------------------------------------------------------------------------------


@pytest.mark.requirement("PH-1", "CO-4", "CO-5")
@pytest.mark.parametrize(("name", "participants"), [("jenny", 1), ("klara", 3), ("gustav", 7), ("hanna", 7)])
def test_a_clinic_a_provider_and_the_region_see_their_own(name, participants, world, report):
    report("2024-10-07", "901", 1)
    report("2024-10-07", "901", 2, at="linghem")
    report("2024-10-07", "901", 4, at="bjork")

    assert sum(row[-2] for row in counted(world, name)) == participants


def test_another_clinic_is_not_reached_by_its_number(world, report):
    report("2024-10-07", "901", 2, at="bjork")

    assert counted(world, "klara", clinic_id=world.bjork.pk) == []


@pytest.mark.parametrize("name", ["anna", "eva", "frida", "ivar"])
def test_who_does_not_see_activities_sees_no_statistics(name, world, sign_in):
    with pytest.raises(NotAllowed):
        counted(world, name)

    assert sign_in(world, name).get("/population-health/statistics/").status_code == 403


# The period -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        ("2024-01-01", "2024-01-01", None),
        ("2024-01-02", "2024-01-01", "ends_before"),
        ("2020-01-01", "2024-12-31", None),
        ("2020-01-01", "2025-01-01", "too_long"),
        ("2020-02-29", "2025-02-28", None),
        ("0001-01-01", "9999-12-31", "too_long"),
    ],
)
def test_period_is_in_order_and_at_most_five_years(first, last, code):
    problems = rules.check_period(dt.date.fromisoformat(first), dt.date.fromisoformat(last))

    assert [problem.code for problem in problems] == ([code] if code else [])


@given(st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)), st.integers(0, 365 * 5))
def test_bars_cover_the_period_without_gap(first, days):
    last = first + dt.timedelta(days=days)

    spans = rules.calculate_spans(first, last, today=last)

    assert spans[0].first <= first
    assert last <= spans[-1].last
    assert all(
        before.last + dt.timedelta(days=1) == after.first for before, after in itertools.pairwise(spans)
    )
    assert len(spans) <= 12
    assert spans[-1].is_part


def test_only_what_is_cut_is_drawn_as_unfinished():
    spans = rules.calculate_spans(dt.date(2024, 8, 15), TODAY, today=TODAY)

    assert [(span.first.month, span.is_part) for span in spans] == [
        (8, True),
        (9, False),
        (10, False),
        (11, True),
    ]


# The page ---------------------------------------------------------------------------------------------


def test_page_shows_this_year_until_told_otherwise(world, visit, autumn, report):
    report("2023-12-31", "901", 9)

    page = visit("jenny").get("population_health:statistics")

    assert (page.fields["first_on"].value, page.fields["last_on"].value) == ("2024-01-01", "2024-11-20")
    assert page.rows(1) == [
        ["2024-10", "Linköping", "901 MVC", "2", "12", "1 200 kr"],
        ["2024-10", "Norrköping", "901 MVC", "1", "2", "200 kr"],
        ["2024-11", "Linköping", "901 MVC", "1", "4", "400 kr"],
        ["2024-11", "Linköping", "911 Tobaksavvänjning", "1", "3", "1 350 kr"],
    ]
    said = page.terms()
    assert said["Activities"].startswith("5 ")
    assert said["Participants"].startswith("21 ")
    assert said["Sum"].startswith("3 150 kr ")


def test_table_of_the_plot_holds_every_month_of_the_period(visit, autumn):
    page = visit("jenny").get("population_health:statistics")

    rows = page.rows(0)
    assert rows[8:] == [["Sep 2024", "0"], ["Oct 2024", "14"], ["Nov 2024 (part of it)", "7"]]
    assert len(rows) == 11


def test_long_period_is_drawn_by_year(visit, autumn, report):
    report("2022-05-05", "902", 6)

    page = visit("jenny").get("population_health:statistics", first_on="2022-01-01")

    assert page.rows(0) == [["2022", "6"], ["2023", "0"], ["2024 (part of it)", "21"]]


def test_municipalities_stand_in_swedish_order_by_their_names(visit, report):
    for municipality in ("0580", "0561", "0509", "1480"):
        report("2024-10-07", "901", 1, municipality=municipality)

    page = visit("jenny").get("population_health:statistics", by="municipality", sort="municipality")

    assert [row[0] for row in page.rows(1)] == ["Göteborg", "Linköping", "Åtvidaberg", "Ödeshög"]


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({"first_on": "2024-11-21"}, "The period ends 2024-11-20, before it begins."),
        ({"first_on": "2019-11-20"}, "The period is longer than 5 years."),
    ],
)
def test_faulty_period_is_said_and_this_year_shown(typed, fault, visit, autumn):
    page = visit("jenny").get("population_health:statistics", **typed)

    assert page.faults["last_on"].startswith(fault)
    assert len(page.rows(1)) == 4


def test_without_activities_there_is_a_sentence(visit, world):
    page = visit("klara").get("population_health:statistics")

    assert page.status == 200
    assert "Nobody has taken part in the period." in page.text
    assert "There are no activities in the period." in page.text
    assert page.terms()["Activities"].startswith("0 ")


def test_provider_chooses_among_its_clinics_and_a_clinic_is_not_asked(visit, world):
    assert visit("klara").get("population_health:statistics").fields["clinic"].choices == [
        "All clinics",
        "1112 - Ekens Tandvård Linghem",
        "1111 - Ekens Tandvård Ryd",
    ]
    assert "clinic" not in visit("jenny").get("population_health:statistics").fields


@pytest.mark.requirement("CO-26")
def test_excel_has_a_tidy_row_for_each_with_typed_cells(visit, autumn):
    status, content = visit("jenny").download("population_health:statistics", format="xlsx")

    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    headings, first, *others = sheet.iter_rows(min_row=2, values_only=True)
    assert status == 200
    assert headings == (
        "Month",
        "Municipality code",
        "Municipality",
        "Procedure code",
        "Name",
        "Activities",
        "Participants",
        "Sum",
    )
    assert first == (dt.datetime(2024, 10, 1), "0580", "Linköping", "901", "MVC", 2, 12, 1_200)  # noqa: DTZ001
    assert sheet["A3"].number_format == "yyyy-mm"
    assert sheet["H3"].number_format == "#,##0.00"
    assert len(others) == 3
    assert sheet["A1"].value.startswith("Statistics, Date from: 2024-01-01, Date to: 2024-11-20")


@pytest.mark.requirement("QU-9")
def test_statements_do_not_grow_with_the_activities(world, sign_in, autumn, report):
    client = sign_in(world, "klara")
    url = "/population-health/statistics/"
    with CaptureQueriesContext(connection) as before:
        client.get(url)
    for month in range(1, 11):
        report(f"2024-{month:02}-03", "902", 2, at="linghem", municipality=f"05{month:02}")

    with CaptureQueriesContext(connection) as after:
        client.get(url)

    assert len(after) == len(before) <= 14
    assert len([one for one in after if 'JOIN "ledger_line"' in one["sql"]]) == 3
