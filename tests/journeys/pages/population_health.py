"""Population responsibility: activities."""

from tests.journeys.pages.cast import NOBODY, POPULATION, POPULATION_REPORTERS, REVIEWERS
from tests.journeys.pages.page import Page, pages_about

_activity, _credited = pages_about(number="activity"), pages_about(number="credited activity")
_SEES_ACTIVITIES = {*POPULATION, *REVIEWERS}
# What is asked about chosen procedures; opened without any, the activity says that one must be ticked.
_ASKS_ABOUT_CHOSEN = {"ok": NOBODY, "hidden": {"rune"}, "posts_only": True, "may_post": POPULATION_REPORTERS}
PAGES = [
    Page("population_health:create_activity", ok=POPULATION_REPORTERS, queries=14),
    Page("population_health:search_activities", ok={*_SEES_ACTIVITIES, "rune"}, is_list=True),
    _activity(
        "population_health:case",
        ok=_SEES_ACTIVITIES,
        hidden={"rune"},
        try_also=("?removed=1", "?selected=all"),
    ),
    _activity("population_health:remove_procedures", **_ASKS_ABOUT_CHOSEN),
    _credited("population_health:credit_procedures", **_ASKS_ABOUT_CHOSEN),
    _credited("population_health:withdraw_credits", **_ASKS_ABOUT_CHOSEN),
    Page(
        "population_health:remove_activity",
        {"number": "emptied activity"},
        ok=POPULATION_REPORTERS,
        hidden={"rune"},
    ),
    Page(
        "population_health:statistics",
        ok={*_SEES_ACTIVITIES, "rune"},
        is_list=True,
        queries=16,
        try_also=(
            "?by=clinic",
            "?first_on=2023-01-01&by=month",
            "?first_on=2024-12-01",
            "?first_on=1990-01-01",
        ),
    ),
]
