"""With many decided requests in PostgreSQL the queue and the counts read only what waits."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kvitt.preauthorization import queries
from kvitt.preauthorization.lifecycle import RequestStatus
from tests.ledger.test_search_plans import rows_read
from tests.world import World

pytestmark = [pytest.mark.postgres, pytest.mark.django_db, pytest.mark.requirement("QU-9", "CO-25")]

MADE, WAITING = 40_000, 400
# The newest 400 wait, every fourth of them for the clinic; all others are decided and read.
FILL = """
INSERT INTO preauthorization_preauthorization (authority_id, module, case_number, clinic_id, person_id,
    status, motivation, created_on, sent_on, question, draft_reason, draft_by, decided_on, decided_by, reason,
    read_at, read_by)
SELECT %(region)s, 'needs_allowance', 'B2024-' || lpad(i::text, 6, '0'), %(clinic)s, %(person)s,
    CASE WHEN NOT waits THEN 'decided' WHEN i %% 4 = 0 THEN 'completion_requested' ELSE 'awaiting_review' END,
    'x', day, day, '', '', '', CASE WHEN NOT waits THEN day + 20 END, '', '',
    CASE WHEN NOT waits THEN now() END, ''
FROM generate_series(0, %(made)s - 1) i,
LATERAL (SELECT i >= %(made)s - %(waiting)s AS waits, date '2016-01-01' + i / 13 AS day) kind;

INSERT INTO preauthorization_requestedprocedure (preauthorization_id, module, key, code, text, location,
    surface, amount, is_open, draft_verdict, verdict)
SELECT id, 'needs_allowance', 2 * id + n, '852', '', '', '', 100, decided_on IS NULL, '',
    CASE WHEN decided_on IS NULL THEN '' ELSE 'approved' END
FROM preauthorization_preauthorization, generate_series(0, 1) n;

INSERT INTO preauthorization_submission (preauthorization_id, number, sent_at, sent_by, motivation, answer,
    procedures, documents, parcels, question, asked_by)
SELECT id, 1, now(), '', '', '', '[]', '[]', '[]', '', '' FROM preauthorization_preauthorization;

INSERT INTO documents_parcel (authority_id, module, case_number, description, quantity, file_type, added_on,
    added_by, arrived_by, removed_by)
SELECT authority_id, module, case_number, 'Gipsmodell', 1, 'Modell', created_on, '', '', ''
FROM preauthorization_preauthorization;

ANALYZE preauthorization_preauthorization, preauthorization_requestedprocedure, preauthorization_submission,
    documents_parcel
"""
SEARCHES = [
    {},
    *(
        {"sort": f"{sign}{key}"}
        for key in ("sent", "number", "identity", "clinic", "status")
        for sign in ("", "-")
    ),
    {"status": "awaiting_review"},
    {"status": "completion_requested"},
    {"first_on": "2016-01-01"},
    {"last_on": "2018-01-01"},
    {"number": "B2024"},
    {"number": "B2024-039999"},
    {"clinic": "one"},
]
# Each waiting request with its patient, clinic, procedures and parcels, whatever way they are joined.
MOST = MADE // 4


@pytest.fixture(scope="module")
def filled(django_db_setup, django_db_blocker):
    """The cast and many requests, in a transaction around all tests of this file."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = World()
        values = {
            "region": world.region.pk,
            "clinic": world.ryd.pk,
            "person": world.elsa.pk,
            "made": MADE,
            "waiting": WAITING,
        }
        with connection.cursor() as cursor:
            for statement in FILL.split(";\n"):
                cursor.execute(statement, values)
        yield world
        transaction.set_rollback(True)


def most_read(act):
    """Return what the greediest statement about requests reads."""
    with CaptureQueriesContext(connection) as captured:
        act()
    statements = [found["sql"] for found in captured if 'FROM "preauthorization_' in found["sql"]]
    assert statements
    return max(rows_read(sql) for sql in statements)


def test_queue_never_reads_what_is_decided(filled, sign_in, settings):
    settings.KVITT_TODAY = filled.today
    client, url = sign_in(filled, "frida"), reverse("preauthorization:queue")

    reads = {}
    for search in SEARCHES:
        query = {**search, "clinic": filled.ryd.pk} if "clinic" in search else search
        reads[str(search)] = most_read(lambda query=query: client.get(url, query))

    assert {search: count for search, count in reads.items() if count > MOST} == {}


def test_counts_of_the_start_page_and_the_next_request_read_only_what_waits(filled):
    frida = filled.actor("frida")

    assert most_read(lambda: queries.waiting_since(frida)) <= 2 * WAITING
    assert most_read(lambda: queries.waiting_count(frida, RequestStatus.COMPLETION_REQUESTED)) <= 2 * WAITING
    assert most_read(lambda: queries.next_waiting(frida)) <= 2 * WAITING
