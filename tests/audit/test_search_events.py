"""The administrator's search in the log."""

import datetime as dt
from io import BytesIO

import openpyxl
import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse

from kvitt.audit import commands, queries
from kvitt.audit.models import Event
from kvitt.foundation import clock
from kvitt.registers.access.rules import NotAllowed

pytestmark = pytest.mark.requirement("CO-30")
URL = "/audit/"


@pytest.fixture
def log(world):
    """A change and a read by Anna, a change by Bo."""
    anna, bo = world.actor("anna"), world.actor("bo")
    commands.record("access.sign_in", anna, subject=("user", 7))
    commands.record_read("people.person", anna, person_ids=[world.elsa.pk])
    commands.record("access.sign_out", bo, subject=("user", 8))
    return world


def found(actor, **filters):
    return [event.action for event in queries.search_events(actor, **filters).order_by("id")]


def test_log_is_read_by_the_administrator_alone(log, ivar):
    assert len(found(ivar)) == 3
    for name in ("anna", "eva", "frida", "gustav", "hanna"):
        with pytest.raises(NotAllowed):
            queries.search_events(log.actor(name))


@pytest.mark.requirement("CO-1")
def test_log_of_another_authority_is_not_seen(log, ivar, stranger):
    commands.record("access.sign_in", stranger)

    assert len(found(ivar)) == 3
    assert queries.user_names(ivar, "greta") == []


def test_filters(log, ivar):
    assert found(ivar, user_name="PROVÉN") == ["access.sign_out"]
    assert found(ivar, user_name="an") == ["access.sign_in", "people.person"]
    assert found(ivar, user_name="ingen") == []
    assert found(ivar, action="access.sign_out") == ["access.sign_out"]
    assert found(ivar, subject_key="7") == ["access.sign_in"]
    assert found(ivar, is_read=True) == ["people.person"]
    assert found(ivar, is_read=False) == ["access.sign_in", "access.sign_out"]


def test_days_are_swedish_days(log, ivar):
    moment = dt.datetime(2024, 6, 30, 22, 30, tzinfo=dt.UTC)  # half past midnight on 1 July in Sweden
    Event.objects.filter(action="access.sign_in").update(at=moment)
    july = dt.date(2024, 7, 1)

    assert found(ivar, first_on=july, last_on=july) == ["access.sign_in"]
    assert found(ivar, last_on=dt.date(2024, 6, 30)) == []


def test_users_are_found_by_part_of_the_name_among_those_in_the_log(log, ivar):
    assert queries.user_names(ivar, "") == ["Anna Testander", "Bo Provén"]
    assert queries.user_names(ivar, "test") == ["Anna Testander"]


@pytest.mark.requirement("QU-17")
@pytest.mark.parametrize(("name", "status"), [("ivar", 200), ("anna", 403), ("eva", 403), ("gustav", 403)])
def test_page_is_the_administrators(log, sign_in, name, status):
    event = Event.objects.first()
    client = sign_in(log, name)

    assert client.get(URL).status_code == status
    assert client.get(reverse("audit:event", args=[event.pk])).status_code == status


@pytest.mark.requirement("CO-25")
def test_page_shows_newest_first_in_words(log, sign_in):
    page = sign_in(log, "ivar").get(URL).context["page"]

    rows = [[str(cell.html) for cell in row.cells] for row in page.rows]
    assert [row[1] for row in rows] == ["Bo Provén", "Anna Testander", "Anna Testander"]
    assert rows[0][4].endswith(" 8")
    assert "access.sign_out" not in rows[0][3]


@pytest.mark.requirement("CO-25")
def test_filters_stand_in_the_address(log, sign_in):
    today = clock.now().astimezone(clock.STOCKHOLM).date()
    query = {
        "first_on": today.isoformat(),
        "last_on": today.isoformat(),
        "user_name": "anna",
        "kind": "read",
        "action": "",
        "subject_key": "",
    }

    page = sign_in(log, "ivar").get(URL, query).context["page"]

    assert len(page.rows) == 1


@pytest.mark.requirement("CO-33")
def test_wrong_date_is_said_at_its_field(log, sign_in):
    response = sign_in(log, "ivar").get(URL, {"first_on": "i förrgår"})

    assert list(response.context["page"].form.errors) == ["first_on"]


@pytest.mark.requirement("CO-25")
def test_search_is_exported_to_excel(log, sign_in):
    response = sign_in(log, "ivar").get(URL, {"user_name": "anna", "format": "xlsx"})

    sheet = openpyxl.load_workbook(BytesIO(b"".join(response.streaming_content))).active
    rows = list(sheet.iter_rows(min_row=3, values_only=True))
    assert [row[1] for row in rows] == ["Anna Testander"] * 2
    assert isinstance(rows[0][0], dt.datetime)


def test_page_keeps_its_query_budget(log, sign_in, django_assert_max_num_queries):
    client = sign_in(log, "ivar")
    for _event in range(60):
        commands.record("access.sign_in", log.actor("anna"), subject=("user", 7))

    with django_assert_max_num_queries(10):
        client.get(URL, {"user_name": "anna"})


# One event ----------------------------------------------------------------------------------------


@pytest.fixture
def change(world):
    commands.record(
        "organisations.change_clinic",
        world.actor("ivar"),
        subject=("clinic", world.ryd.pk),
        before={"phone": "010-000 00 00", "giro_kind": "bankgiro"},
        after={"phone": "013-10 00 00", "giro_kind": ""},
    )
    return Event.objects.get()


def test_event_is_shown_with_before_and_after_in_words(world, change, sign_in):
    page = sign_in(world, "ivar").get(reverse("audit:event", args=[change.pk])).context["page"]

    assert [(row.before, row.after) for row in page.changes] == [
        ("010-000 00 00", "013-10 00 00"),
        ("Bankgiro", ""),
    ]
    assert {"phone", "giro_kind"}.isdisjoint(row.label for row in page.changes)


@pytest.mark.requirement("CO-1", "QU-17")
def test_event_of_another_authority_is_not_found(world, sign_in, stranger):
    commands.record("access.sign_in", stranger)

    assert (
        sign_in(world, "ivar").get(reverse("audit:event", args=[Event.objects.get().pk])).status_code == 404
    )


@pytest.mark.requirement("QU-17")
def test_opening_an_event_that_shows_a_persons_data_is_a_read(world, sign_in):
    commands.record(
        "people.change_person",
        world.actor("anna"),
        person_ids=[world.elsa.pk],
        before={"phone": ""},
        after={"phone": "070-000 00 01"},
    )
    event = Event.objects.get()

    sign_in(world, "ivar").get(reverse("audit:event", args=[event.pk]))

    read = Event.objects.get(is_read=True)
    assert read.action == "audit.event"
    assert [subject.person_id for subject in read.subjects.all()] == [world.elsa.pk]


@pytest.mark.requirement("CO-17")
def test_amount_is_shown_in_kronor(world, sign_in):
    commands.record(
        "price_lists.set_price", world.actor("ivar"), before={"amount": 690000}, after={"amount": 1}
    )

    page = sign_in(world, "ivar").get(reverse("audit:event", args=[Event.objects.get().pk])).context["page"]

    assert [(row.before, row.after) for row in page.changes] == [("6\u00a0900\u00a0kr", "0,01\u00a0kr")]


def test_event_of_an_unknown_app_is_shown_by_its_own_name(world, sign_in):
    commands.record("gone.do_something", world.actor("ivar"), after={"what": [1, True, None]})

    page = sign_in(world, "ivar").get(reverse("audit:event", args=[Event.objects.get().pk])).context["page"]

    assert page.title == "gone.do_something"
    assert page.changes[0].label == "what"


@pytest.mark.parametrize("app_label", ["access", "organisations"])
def test_every_command_has_its_words_in_the_log(app_label):
    import ast  # noqa: PLC0415 - only this test reads code
    from pathlib import Path  # noqa: PLC0415

    config = apps.get_app_config(app_label)
    folder = Path(config.path)
    files = [*folder.glob("commands.py"), *folder.glob("commands/*.py")]
    recorded = {
        ast.literal_eval(call.args[0]).partition(".")[2]
        for file in files
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "audit.record"
    }

    assert recorded == set(config.events)


# A log of many ------------------------------------------------------------------------------------


@pytest.mark.postgres
@pytest.mark.requirement("QU-9")
@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"user_name": "Sällan Setts"},
        {"action": "rare.command"},
        {"subject_key": "rare"},
        {"is_read": False},
        {"first_on": dt.date(2020, 1, 1), "last_on": dt.date(2020, 1, 31)},
    ],
    ids=lambda filters: next(iter(filters), "none"),
)
def test_no_filter_reads_the_whole_log(ivar, filters):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_event (at, authority_id, user_id, user_name, role, unit, action, is_read, "
            "subject_kind, subject_key, data) SELECT now() - n * interval '1 minute', %s, n %% 50, "
            "'Användare ' || n %% 50, '', '', 'listings.patient', true, 'person', n::text, '{}' "
            "FROM generate_series(1, 30000) n",
            [ivar.authority_id],
        )
        cursor.execute("ANALYZE audit_event")

    events = queries.search_events(ivar, **filters).order_by("-at", "-pk")[:50]

    plan = events.explain()
    assert "Seq Scan" not in plan, plan
