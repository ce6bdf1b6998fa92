"""With many activities in PostgreSQL every filter and sort of the search reads few of them."""

import pytest
from django.db import connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kvitt.modules.population_health.tables import activity_columns
from tests.world import World

pytestmark = [pytest.mark.postgres, pytest.mark.requirement("QU-9", "PH-4", "CO-25")]

MADE, CLINICS = 40_000, 100
# Every activity has two procedures. Nearly all are invoiced; one activity of a thousand has a credited one.
FILL = """
INSERT INTO organisations_clinic (authority_id, provider_id, number, name, sort_key, search_key,
    street, postcode, town, phone, email, giro_kind, giro_number,
    unit_kind, is_specialist)
SELECT %(region)s, %(provider)s, 'C' || i, 'Many', '', '', '', '', '', '', '', '', '', '', false
FROM generate_series(1, %(clinics)s) i;

INSERT INTO population_health_activity (authority_id, number, clinic_id, practitioner_id, performed_on, code,
    text, participants, place, place_search_key, municipality, created_on, created_by)
SELECT %(region)s, 'A2015-' || lpad(i::text, 6, '0'), c.id, %(practitioner)s, day,
    CASE WHEN i %% 2000 = 5 THEN '903' WHEN i %% 3 = 0 THEN '902' ELSE '901' END, 'MVC', 'counted',
    '', CASE WHEN i %% 2000 = 7 THEN 'solrosen ' ELSE 'familjecentral ' END || i,
    CASE WHEN i %% 2000 = 9 THEN '0560' ELSE '0580' END, day, ''
FROM (SELECT i, date '2015-01-01' + i / 20 AS day FROM generate_series(1, %(made)s) i) made
JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS place FROM organisations_clinic WHERE name = 'Many') c
    ON c.place = i / 7 %% %(clinics)s;

INSERT INTO ledger_line (authority_id, module, clinic_id, case_number, code, text, performed_on, created_on,
    quantity, price, amount, status)
SELECT authority_id, 'population_health', clinic_id, number, code, text, performed_on, created_on, 1, 31000,
    31000, CASE WHEN a.id %% 1000 = 3 AND i = 1 THEN 'credited' ELSE 'invoiced' END
FROM population_health_activity a, generate_series(1, 2) i;

ANALYZE organisations_clinic, population_health_activity, ledger_line
"""
SORTS = [
    f"{sign}{column.key}"
    for column in activity_columns(has_clinics=True, has_actions=True)
    if column.sort
    for sign in ("", "-")
]
FILTERS = [
    {},
    {"first_on": "2016-01-01", "last_on": "2016-02-01"},
    {"code": "901"},
    {"code": "903"},
    {"municipality": "0580"},
    {"municipality": "0560"},
    {"place": "fam"},
    {"place": "sol"},
    {"status": "invoiced"},
    {"status": "credited"},
    {"status": "awaiting_credit"},
]
# The count stops above ten thousand activities, and looks up the procedures of each; a page is fifty of them,
# and a hundredth of the table is little whatever way the planner takes.
MOST_COUNTED, MOST_SHOWN = 3 * 10_010 + 10, (MADE + 2 * MADE) // 100


@pytest.fixture(scope="module")
def filled(django_db_setup, django_db_blocker):
    """The cast and many activities, in a transaction around all tests of this file."""
    with django_db_blocker.unblock(), override_settings(KVITT_TODAY=World.today), transaction.atomic():
        world = World()
        world.load_catalogue()
        values = {"region": world.region.pk, "provider": world.eken.pk, "practitioner": world.karin.pk}
        with connection.cursor() as cursor:
            for statement in FILL.split(";\n"):
                cursor.execute(statement, {**values, "made": MADE, "clinics": CLINICS})
        yield world
        transaction.set_rollback(True)


def touched(node):
    """Return how many rows and index entries this part of a plan reads."""
    own = 0
    if "Scan" in node["Node Type"]:
        removed = sum(count for name, count in node.items() if name.startswith("Rows Removed by"))
        own = (node["Actual Rows"] + removed) * node["Actual Loops"]
    return own + sum(touched(child) for child in node.get("Plans", ()))


def read_by(act):
    """Return what each statement about activities reads while something is done, by its beginning."""
    with CaptureQueriesContext(connection) as captured:
        act()
    statements = [one["sql"] for one in captured if "population_health_activity" in one["sql"]]
    assert statements
    reads = {}
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
            [[plans]] = cursor.fetchall()
            kind = "count" if "COUNT(" in sql else "page"
            reads[kind] = max(touched(plans[0]["Plan"]), reads.get(kind, 0))
    return reads


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("filters", "sort"),
    [*((filters, "-date") for filters in FILTERS), *(({}, sort) for sort in SORTS)],
    ids=lambda value: (" ".join(value.values()) or "all") if isinstance(value, dict) else value,
)
def test_search_of_the_region_reads_little(filters, sort, filled, sign_in, settings):
    settings.KVITT_TODAY = filled.today
    client = sign_in(filled, "gustav")
    url = reverse("population_health:search_activities")

    reads = read_by(lambda: client.get(url, {**filters, "sort": sort}))

    assert reads["count"] < MOST_COUNTED
    assert reads["page"] < MOST_SHOWN
