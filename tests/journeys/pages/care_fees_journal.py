"""The billing journal and the billing basis."""

from tests.journeys.pages.cast import CARE
from tests.journeys.pages.page import Page

PAGES = [
    Page("care_fees:journal", ok=CARE),
    Page(
        "care_fees:billing_basis",
        ok=CARE,
        is_list=True,
        queries=14,
        try_also=(
            "?part=granted&area=1",
            "?part=absences&unit=1",
            "?part=corrections&client=prov",
            "?part=housing&period=2024-10",
        ),
    ),
]
