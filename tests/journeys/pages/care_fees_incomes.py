"""Incomes, fee decisions and simulation: who opens what of Astrid, whose income is stated and decided."""

from tests.journeys.pages.cast import BILLERS, CARE, CARE_STRANGERS, FEE_OFFICERS
from tests.journeys.pages.page import Page, pages_about

_client = pages_about(number="client")
_decision = pages_about(number="client", decision_number="decision")
# The fee officer decides; the billing office reads what was decided. Nobody else sees amounts.
_DECIDES = {"ok": FEE_OFFICERS, "hidden": CARE_STRANGERS}
_READS = {"ok": {*FEE_OFFICERS, *BILLERS}, "hidden": CARE_STRANGERS}

PAGES = [
    _client("care_fees:save_income", **_DECIDES, queries=16),
    _client("care_fees:adjust_reserved", **_DECIDES),
    Page(
        "care_fees:end_adjustment",
        {"number": "client", "adjustment_id": "adjustment"},
        **_DECIDES,
        queries=14,
    ),
    Page("care_fees:income_proof", {"number": "client", "statement_id": "statement"}, **_READS),
    _client("care_fees:decide_fee", **_DECIDES, queries=40),
    _decision("care_fees:decision", **_READS),
    _decision("care_fees:decision_letter", **_READS, queries=14),
    Page(
        "care_fees:recalculate_decisions",
        ok=FEE_OFFICERS,
        is_list=True,
        queries=40,
        try_also=("?month=2025-01", "?month=x"),
    ),
    Page("care_fees:make_decisions", ok=FEE_OFFICERS),
    Page("care_fees:simulation", ok=CARE, queries=14),
]
