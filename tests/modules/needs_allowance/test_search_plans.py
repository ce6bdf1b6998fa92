"""With many cases in PostgreSQL, those with an unread decision are found without reading all the others."""

import pytest
from django.db import connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kvitt.modules.needs_allowance.queries import cases, start
from kvitt.modules.needs_allowance.tables import CASES
from kvitt.registers.access.models import RoleGrant
from kvitt.registers.organisations.models import ClinicRight
from tests.world import SINCE, World

pytestmark = [pytest.mark.postgres, pytest.mark.requirement("QU-9", "NA-22", "NA-33")]

MADE, CLINICS = 40_000, 100
# Every case has a decision; one of a thousand is unread, one of five hundred is asked for more.
FILL = """
INSERT INTO organisations_clinic (authority_id, provider_id, number, name, sort_key, search_key,
    street, postcode, town, phone, email, giro_kind, giro_number,
    unit_kind, is_specialist)
SELECT %(region)s, %(provider)s, 'C' || i, 'Many', '', '', '', '', '', '', '', '', '', '', false
FROM generate_series(1, %(clinics)s) i;

INSERT INTO needs_allowance_case (authority_id, number, clinic_id, person_id, first_on, last_on, created_on,
    changed_at, changed_by)
SELECT %(region)s, 'B2015-' || lpad(i::text, 6, '0'), c.id, %(person)s, day, day + 364, day, now(), ''
FROM (SELECT i, date '2015-01-01' + i / 20 AS day FROM generate_series(1, %(made)s) i) made
JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS place FROM organisations_clinic WHERE name = 'Many') c
    ON c.place = i / 7 %% %(clinics)s;

INSERT INTO preauthorization_preauthorization (authority_id, module, case_number, clinic_id, person_id,
    status, motivation, created_on, sent_on, question, draft_reason, draft_by, decided_on, decided_by, reason,
    read_at, read_by)
SELECT authority_id, 'needs_allowance', number, clinic_id, person_id,
    CASE WHEN id %% 500 = 7 THEN 'completion_requested' ELSE 'decided' END,
    '', first_on, first_on, '', '', '',
    CASE WHEN id %% 500 = 7 THEN NULL ELSE first_on END, '', '',
    CASE WHEN id %% 1000 = 3 OR id %% 500 = 7 THEN NULL ELSE now() END, ''
FROM needs_allowance_case;

ANALYZE organisations_clinic, needs_allowance_case, preauthorization_preauthorization
"""
SORTS = [f"{sign}{column.key}" for column in CASES if column.sort for sign in ("", "-")]
# What may be read: the unread decisions and their cases, and what the capped count of a list reads.
MOST = MADE // 20


@pytest.fixture(scope="module")
def filled(django_db_setup, django_db_blocker):
    """The cast and many cases, in a transaction around all tests of this file."""
    with django_db_blocker.unblock(), override_settings(KVITT_TODAY=World.today), transaction.atomic():
        world = World()
        values = {"region": world.region.pk, "provider": world.eken.pk, "person": world.elsa.pk}
        with connection.cursor() as cursor:
            for statement in FILL.split(";\n"):
                cursor.execute(statement, {**values, "made": MADE, "clinics": CLINICS})
        unread = cases.search_cases(world.actor("frida"), is_unread=True)
        clinic_id = unread.order_by("pk").first().clinic_id
        RoleGrant.objects.filter(user=world.users["anna"]).update(clinic_id=clinic_id)
        ClinicRight.objects.create(clinic_id=clinic_id, scheme="needs_allowance", first_on=SINCE)
        yield world
        transaction.set_rollback(True)


def touched(node):
    """Return how many rows and index entries this part of a plan reads."""
    own = 0
    if "Scan" in node["Node Type"]:
        removed = sum(count for name, count in node.items() if name.startswith("Rows Removed by"))
        own = (node["Actual Rows"] + removed) * node["Actual Loops"]
    return own + sum(touched(child) for child in node.get("Plans", ()))


def most_read(act):
    """Return what the greediest statement about cases or requests reads while something is done."""
    with CaptureQueriesContext(connection) as captured:
        act()
    statements = [one["sql"] for one in captured if "preauthorization_" in one["sql"]]
    assert statements
    reads = []
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
            [[plans]] = cursor.fetchall()
            reads.append(touched(plans[0]["Plan"]))
    return max(reads)


@pytest.mark.django_db
@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("name", ["anna", "eva", "frida"])
def test_search_for_unread_decisions_reads_little(name, sort, filled, sign_in, settings):
    settings.KVITT_TODAY = filled.today
    client = sign_in(filled, name)
    url = reverse("needs_allowance:search_cases")

    def search():
        assert len(client.get(url, {"unread": "on", "sort": sort}).context["page"].rows) > 0

    assert most_read(search) < MOST


@pytest.mark.django_db
def test_notice_and_work_list_of_a_clinic_read_little(filled):
    anna = filled.actor("anna")

    assert most_read(lambda: start.unread_decisions(anna)) < MOST // 4
    assert most_read(lambda: start.work_list(anna, today=filled.today)) < MOST // 4
