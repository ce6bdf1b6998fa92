"""The billing run: rules and runs are for who runs the areas, a calculation for who sees the client.

`billing rule` is of the area Norr.
"""

from tests.journeys.pages.cast import (
    BILLERS,
    COORDINATORS_ELSEWHERE,
    COORDINATORS_HERE,
    NOBODY,
    THE_CLIENT,
)
from tests.journeys.pages.page import Page, pages_about

# Who calculates and approves: the coordinator of an area, not that of a unit, and the billing office.
_RUNNERS = {*COORDINATORS_HERE, "kurt", *BILLERS}
_OF_THE_RULE = {"ok": {*COORDINATORS_HERE, *BILLERS}, "hidden": {"kurt"}}
_rule = pages_about(rule_id="billing rule")
_selection = pages_about(rule_id="billing rule", month="registered month")
_month = pages_about(number="client", month="registered month")

PAGES = [
    Page("care_fees:billing_run", ok=_RUNNERS, queries=14),
    Page("care_fees:create_selection", ok=NOBODY, posts_only=True, may_post=_RUNNERS),
    _selection("care_fees:calculate", **_OF_THE_RULE, queries=19),
    _selection("care_fees:approve", **_OF_THE_RULE, queries=19),
    pages_about(run_id="billing run")("care_fees:stop_run", **_OF_THE_RULE),
    Page(
        "care_fees:reopen",
        {"area_id": "billing area", "month": "registered month"},
        ok=BILLERS,
    ),
    Page("care_fees:rules", ok=_RUNNERS, is_list=True),
    Page("care_fees:save_rule", ok=_RUNNERS),
    _rule("care_fees:save_rule", **_OF_THE_RULE),
    _rule("care_fees:end_rule", **_OF_THE_RULE),
    Page("care_fees:time_plan", ok=BILLERS, try_also=("?period=2024-10",)),
    _month("care_fees:explanation", **THE_CLIENT, queries=26),
    _month(
        "care_fees:calculate_client",
        ok={*COORDINATORS_HERE, *BILLERS},
        hidden=COORDINATORS_ELSEWHERE,
        queries=18,
    ),
]
