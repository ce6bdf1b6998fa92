"""With many activities in PostgreSQL statistics read what they count once, and a clinic's little else."""

import pytest
from django.db import connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kvitt.modules.population_health.queries import start
from kvitt.registers.access.models import RoleGrant
from kvitt.registers.organisations.models import ClinicRight
from tests.world import SINCE, World

pytestmark = [pytest.mark.postgres, pytest.mark.requirement("QU-9", "PH-12")]

YEARS, A_YEAR, CLINICS, LINES = 10, 2_000, 50, 5
MADE = YEARS * A_YEAR
FILL = """
INSERT INTO organisations_clinic (authority_id, provider_id, number, name, sort_key, search_key,
    street, postcode, town, phone, email, giro_kind, giro_number,
    unit_kind, is_specialist)
SELECT %(region)s, %(provider)s, 'C' || i, 'Many', '', '', '', '', '', '', '', '', '', '', false
FROM generate_series(1, %(clinics)s) i;

INSERT INTO population_health_activity (authority_id, number, clinic_id, practitioner_id, performed_on, code,
    text, participants, place, place_search_key, municipality, created_on, created_by)
SELECT %(region)s, 'A2020-' || lpad(i::text, 6, '0'), c.id, %(practitioner)s, day,
    (901 + i %% 3)::text, 'MVC', 'counted', 'Ryd', 'ryd', '05' || 60 + i %% 20, day, ''
FROM (SELECT i, date '2024-11-20' - (i::bigint * 365 * %(years)s / %(made)s)::int AS day
      FROM generate_series(1, %(made)s) i) made
JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS place FROM organisations_clinic WHERE name = 'Many') c
    ON c.place = i %% %(clinics)s;

INSERT INTO ledger_line (authority_id, module, clinic_id, case_number, code, text, performed_on, created_on,
    quantity, price, amount, status)
SELECT authority_id, 'population_health', clinic_id, number, code, text, performed_on, performed_on, 1, 10000,
    10000, CASE WHEN performed_on < date '2024-11-01' THEN 'invoiced' ELSE 'approved' END
FROM population_health_activity, generate_series(1, %(lines)s);

ANALYZE organisations_clinic, population_health_activity, ledger_line
"""


@pytest.fixture(scope="module")
def filled(django_db_setup, django_db_blocker):
    """The cast and four years of activities, in a transaction around all tests of this file."""
    with django_db_blocker.unblock(), override_settings(KVITT_TODAY=World.today), transaction.atomic():
        world = World()
        values = {
            "region": world.region.pk,
            "provider": world.eken.pk,
            "practitioner": world.karin.pk,
            "clinics": CLINICS,
            "years": YEARS,
            "made": MADE,
            "lines": LINES,
        }
        with connection.cursor() as cursor:
            for statement in FILL.split(";\n"):
                cursor.execute(statement, values)
            cursor.execute("SELECT min(id) FROM organisations_clinic WHERE name = 'Many'")
            [[clinic_id]] = cursor.fetchall()
        RoleGrant.objects.filter(user=world.users["jenny"]).update(clinic_id=clinic_id)
        ClinicRight.objects.create(clinic_id=clinic_id, scheme="population_health", first_on=SINCE)
        yield world
        transaction.set_rollback(True)


def read_of(node, table):
    """Return how many rows and index entries of a table this part of a plan reads."""
    own = 0
    if node.get("Relation Name") == table:
        removed = sum(count for name, count in node.items() if name.startswith("Rows Removed by"))
        own = (node["Actual Rows"] + removed) * node["Actual Loops"]
    return own + sum(read_of(child, table) for child in node.get("Plans", ()))


def most_read(act, table):
    """Return what the greediest statement reads of a table while something is done."""
    with CaptureQueriesContext(connection) as captured:
        act()
    statements = [one["sql"] for one in captured if f'"{table}"' in one["sql"]]
    assert statements
    reads = []
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
            [[plans]] = cursor.fetchall()
            reads.append(read_of(plans[0]["Plan"], table))
    return max(reads)


@pytest.mark.django_db
@pytest.mark.parametrize("by", ["all", "month", "municipality", "type", "clinic"])
def test_region_reads_each_activity_and_line_at_most_once(by, filled, sign_in, settings):
    settings.KVITT_TODAY = filled.today
    client = sign_in(filled, "gustav")
    url = reverse("population_health:statistics")

    def look():
        assert len(client.get(url, {"by": by}).context["page"].rows) > 0

    # Two workers beside the main process may each read the activities, and share the lines. Whether it takes
    # those of the period by the index or reads all is the planner's choice: here all are few.
    assert most_read(look, "population_health_activity") <= 3 * MADE
    assert most_read(look, "ledger_line") <= MADE * LINES


@pytest.mark.django_db
def test_clinic_reads_its_own(filled, sign_in, settings):
    settings.KVITT_TODAY = filled.today
    client = sign_in(filled, "jenny")
    url = reverse("population_health:statistics")

    def look():
        assert len(client.get(url).context["page"].rows) > 0

    assert most_read(look, "population_health_activity") <= 1.5 * A_YEAR / CLINICS
    assert most_read(look, "ledger_line") <= 1.5 * A_YEAR * LINES / CLINICS


@pytest.mark.django_db
@pytest.mark.requirement("CO-28")
@pytest.mark.parametrize("name", ["jenny", "gustav"])
def test_figures_of_the_start_page_read_little(name, filled):
    actor = filled.actor(name)

    def look():
        assert start.this_month(actor, today=filled.today).activities > 0

    assert most_read(look, "population_health_activity") <= A_YEAR / 12
    assert most_read(look, "ledger_line") <= LINES * A_YEAR / 12
