"""With many invoices and claims in PostgreSQL the lists and figures read what is under way, not all of it."""

import datetime as dt

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from kvitt.modules.special_care.queries import invoices, out_of_county, proposal, start
from kvitt.modules.special_care.rules.invoice import Folder
from tests.ledger.test_search_plans import rows_read

pytestmark = [pytest.mark.postgres, pytest.mark.django_db, pytest.mark.requirement("QU-9", "SC-17")]

MADE = 40_000
# Nearly all is paid; the newest 30 are open, 30 before them wait in the ledger, 20 were returned. Every
# two-thousandth is voided, and every thousandth is of another region.
FILL = """
INSERT INTO ledger_invoice (id, authority_id, module, clinic_id, clinic_number, clinic_name, provider_number,
    provider_name, payer_name, external_reference, reference_search_key, invoice_date, due_date, total,
    status, return_reason, voucher_year, voucher_number, issued_at, paid_on, payout_reference)
SELECT 1000 + i, %(region)s, 'special_care', (%(clinics)s)[1 + i %% 3], '', '', '', '', '', i, i, day, day,
    78000, status, '', CASE WHEN is_paid THEN 2024 END, CASE WHEN is_paid THEN i END, now(),
    CASE WHEN is_paid THEN day END, ''
FROM generate_series(1, %(made)s - 30) i,
LATERAL (SELECT date '2024-11-20' - (%(made)s - i) / 20 AS day, CASE WHEN i > %(made)s - 60 THEN 'reviewed'
    WHEN i > %(made)s - 80 THEN 'returned' ELSE 'paid_out' END AS status) kind,
LATERAL (SELECT status = 'paid_out' AS is_paid) paid;

INSERT INTO special_care_claiminvoice (id, authority_id, clinic_id, reference, reference_key, our_reference,
    county, received_on, is_credit, is_open, ledger_invoice_id, awaits_repayment, repaid_by)
SELECT 1000 + i, %(region)s, (%(clinics)s)[1 + i %% 3], i, i, 1000 + i, '',
    date '2024-11-20' - (%(made)s - i) / 20, false, i > %(made)s - 30,
    CASE WHEN i <= %(made)s - 30 THEN 1000 + i END, false, ''
FROM generate_series(1, %(made)s) i;

INSERT INTO special_care_claim (id, authority_id, clinic_id, provider_id, person_id, number, invoice_id,
    invoice_reference, reference, reference_key, comment, support, category, care_model, card_number,
    has_card, county, total, fee, status, created_on, sent_on, sent_by, released_on, hold_reasons, question,
    answer, void_reason, changed_at, changed_by)
SELECT 1000 + i, %(region)s, (%(clinics)s)[1 + i %% 3], %(provider)s, %(person)s, 'T2015-' || i, 1000 + i,
    i, i, i, '', 'n', 'N1', 'K', '', false, CASE WHEN i %% 1000 = 0 THEN '01' ELSE '' END, 78000, 0,
    CASE WHEN i %% 2000 = 1 THEN 'voided' ELSE 'released' END, day, day, '', day, '[]', '', '', '', day, ''
FROM generate_series(1, %(made)s) i,
LATERAL (SELECT date '2024-11-20' - (%(made)s - i) / 20 AS day) kind;

ANALYZE ledger_invoice, special_care_claiminvoice, special_care_claim
"""
# What is under way, looked up through several indexes.
MOST = MADE // 10


@pytest.fixture(scope="module")
def filled(shared_special_world, django_db_blocker):
    """The cast and many invoices of one claim each, in a transaction around all tests of this file."""
    world = shared_special_world
    values = {
        "region": world.region.pk,
        "clinics": [world.ryd.pk, world.linghem.pk, world.bjork.pk],
        "provider": world.eken.pk,
        "person": world.greta.pk,
        "made": MADE,
    }
    with django_db_blocker.unblock(), transaction.atomic():
        with connection.cursor() as cursor:
            for statement in FILL.split(";\n"):
                cursor.execute(statement, values)
        yield world
        transaction.set_rollback(True)


def most_read(ask):
    """Return what the greediest statement about claims or invoices reads."""
    with CaptureQueriesContext(connection) as captured:
        ask()
    statements = [
        found["sql"] for found in captured if "_claim" in found["sql"] or "_invoice" in found["sql"]
    ]
    assert statements
    return max(rows_read(sql) for sql in statements)


def first_page(rows, *order):
    return lambda: (rows[: MADE + 1].count(), list(rows.order_by(*order)[:20]))


def test_proposal_starts_from_what_is_open_or_returned(filled):
    actor = filled.actor("gustav")
    asked = {
        "list": first_page(proposal.invoices_to_propose(actor), "-received_on", "-id"),
        "figure": lambda: proposal.to_propose(actor),
        "held back": lambda: proposal.held_back_count(actor),
    }

    assert {name: count for name, ask in asked.items() if (count := most_read(ask)) > MOST} == {}
    assert proposal.to_propose(actor).count > 0


def test_folders_start_from_what_is_under_way_or_voided(filled):
    reads = {}
    for name in ("gustav", "lisa"):
        for folder in (Folder.PROCESSING, Folder.VOIDED):
            rows = invoices.claim_invoices(filled.actor(name), today=filled.today, folder=folder)
            for order in ("-received_on", "reference_key"):
                reads[name, folder, order] = most_read(first_page(rows, order, "id"))

    assert {search: count for search, count in reads.items() if count > MOST} == {}


@pytest.mark.requirement("SC-25", "CO-28")
def test_month_is_summed_without_the_years_before(filled):
    october = out_of_county.Wanted(dt.date(2024, 10, 1), dt.date(2024, 10, 31))
    gustav, lisa, today = filled.actor("gustav"), filled.actor("lisa"), filled.today
    asked = {
        "other regions": lambda: out_of_county.overview(gustav, october, query=""),
        "claims": lambda: start.clinic_sums(lisa, today=today),
        "paid": lambda: start.paid_this_month(lisa, today=today),
    }

    assert {name: count for name, ask in asked.items() if (count := most_read(ask)) > MOST} == {}
