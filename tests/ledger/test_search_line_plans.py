"""With many lines in PostgreSQL no filter and no sort of *Sök åtgärdskoder* reads the whole table."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kvitt.foundation.tables import COUNT_LIMIT
from kvitt.ledger.lifecycle import LineStatus
from kvitt.registers.access.models import RoleGrant, User
from kvitt.registers.access.rules import Role
from kvitt.registers.organisations.models import Clinic, ClinicRight
from tests.ledger.test_search_plans import rows_read
from tests.world import SINCE, World

pytestmark = [pytest.mark.postgres, pytest.mark.django_db, pytest.mark.requirement("QU-9", "PH-11", "CO-25")]

MADE = 80_000
# 200 clinics; nearly every line is invoiced, every hundredth was removed, and those of the last days wait.
# Every second line is of population responsibility; one code is rare.
FILL = """
INSERT INTO organisations_clinic (authority_id, provider_id, number, name, sort_key, search_key,
    street, postcode, town, phone, email, giro_kind, giro_number,
    unit_kind, is_specialist)
SELECT %(region)s, %(provider)s, '9-' || i, 'Clinic', '', '', '', '', '', '', '', '', '', '', false
FROM generate_series(1, 200) i;

ANALYZE organisations_clinic;

INSERT INTO ledger_line (authority_id, module, clinic_id, person_id, case_number, code, text, performed_on,
    created_on, quantity, price, amount, status)
SELECT %(region)s, CASE WHEN is_activity THEN 'population_health' ELSE 'needs_allowance' END, c.id,
    CASE WHEN NOT is_activity THEN %(person)s END, CASE WHEN is_activity THEN 'A' ELSE 'B' END || i / 5,
    CASE WHEN i %% 4000 = 3 THEN '999' WHEN is_activity THEN '901' ELSE (100 + i %% 30)::text END, '',
    date '2015-01-01' + i / 23, date '2015-01-03' + i / 23, 1, 31000, 31000,
    CASE WHEN i %% 100 = 7 THEN 'withdrawn' WHEN i %% 1000 = 8 THEN 'credited'
         WHEN i %% 2000 = 9 THEN 'awaiting_credit' WHEN i > %(made)s - 700 THEN 'approved' ELSE 'invoiced' END
FROM generate_series(1, %(made)s) i
JOIN (SELECT *, row_number() OVER () - 1 AS place FROM organisations_clinic WHERE name = 'Clinic') c
    ON c.place = i %% 200,
LATERAL (SELECT i %% 2 = 0 AS is_activity) kind;

ANALYZE ledger_line
"""
URL = reverse("ledger:search_lines")
SORTS = ["date", "-date", "created", "-created"]
FILTERS = [
    {"first_on": "2015-01-01"},
    {"first_on": "2024-06-01"},
    {"last_on": "2015-02-10"},
    {"first_on": "2019-01-01", "last_on": "2019-01-31"},
    {"created_from": "2015-01-01"},
    {"created_from": "2024-06-01"},
    {"created_to": "2015-02-10"},
    {"created_from": "2019-01-01", "created_to": "2019-01-31"},
    {"created_from": "2019-01-01", "created_to": "2019-01-31", "first_on": "2018-12-01"},
    {"code": "901"},
    {"code": "117"},
    {"code": "999"},
    {"code": "000"},
    *({"status": status.value} for status in LineStatus),
    {"module": "needs_allowance"},
    {"module": "population_health"},
    {"clinic": "one"},
    {"status": "withdrawn", "module": "needs_allowance"},
    {"status": "withdrawn", "code": "117"},
    {"status": "approved", "first_on": "2024-01-01"},
    {"status": "approved", "module": "population_health", "code": "901"},
]
SEARCHES = [
    *({"sort": sort} for sort in SORTS),
    *FILTERS,
    *({**wanted, "sort": sort} for sort in SORTS for wanted in ({"status": "withdrawn"}, {"code": "999"})),
]
# What a page may read: as much as the capped count does, in an index and in the rows that it names, and rows
# that a filter leaves out on the way.
MOST = 2 * COUNT_LIMIT + MADE // 20


@pytest.fixture(scope="module")
def filled(django_db_setup, django_db_blocker):
    """The cast and many lines, in a transaction around all tests of this file."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = World()
        values = {
            "region": world.region.pk,
            "provider": world.bjorken.pk,
            "person": world.elsa.pk,
            "made": MADE,
        }
        with connection.cursor() as cursor:
            for statement in FILL.split(";\n"):
                cursor.execute(statement, values)
        clinic = world.one_clinic = Clinic.objects.filter(name="Clinic").order_by("pk")[77]
        world.users["kajsa"] = User.objects.create(username="kajsa", name="kajsa", authority=world.region)
        ClinicRight.objects.create(clinic=clinic, scheme="needs_allowance", first_on=SINCE)
        RoleGrant.objects.create(user=world.users["kajsa"], role=Role.DENTAL_BASIC, clinic=clinic)
        yield world
        transaction.set_rollback(True)


def most_read_by_the_page(client, query):
    """Return what the greediest statement about lines reads when the page is opened."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(URL, query).status_code == 200
    statements = [found["sql"] for found in captured if 'FROM "ledger_line"' in found["sql"]]
    assert len(statements) >= 2
    return max(rows_read(sql) for sql in statements)


# Frida does not read population responsibility: its code is read through the index, and every line left out.
@pytest.mark.parametrize(("name", "but_not"), [("gustav", ""), ("frida", "901"), ("kajsa", "")])
def test_no_filter_and_no_sort_reads_all_lines(filled, sign_in, settings, name, but_not):
    settings.KVITT_TODAY = filled.today
    client = sign_in(filled, name)

    reads = {}
    for search in (each for each in SEARCHES if not but_not or each.get("code") != but_not):
        query = {**search, "clinic": filled.one_clinic.pk} if "clinic" in search else search
        reads[str(search)] = most_read_by_the_page(client, query)

    assert {search: count for search, count in reads.items() if count > MOST} == {}
