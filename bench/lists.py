"""What list pages take of the processor and the database, beside a plain table (QU-9).

`python -m bench.lists`, with the KVITT_DATABASE_URL of a filled database.
"""

import statistics
import sys
from collections.abc import Iterator

from django.http import HttpResponse
from django.template import engines
from django.test import Client, override_settings
from django.urls import path, reverse

from bench.data import AUTHORITY
from bench.measure import measured, row, signed_in, user
from kvitt import urls
from kvitt.audit import commands as audit
from kvitt.foundation.htmx import Request
from kvitt.registers.access.rules import Role
from kvitt.registers.organisations.models import Authority, Clinic

RUNS, RUNS_TO_WARM_UP = 15, 3
GOAL = "≤ 3 times, ≤ 50 ms in the database"

# The plain page that a list page is measured against ----------------------------------------------

PLAIN = (
    '{% extends "base.html" %}{% block content %}<table>{% for row in rows %}<tr>'
    "{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>{% endblock %}"
)


def plain(request: Request) -> HttpResponse:
    """Show 50 rows of ready text in the same frame, and write the same read to the log."""
    audit.record_read("bench.plain", request.actor, person_ids=range(1, 51))
    rows = [[f"row {row} cell {cell}" for cell in range(8)] for row in range(50)]
    return HttpResponse(engines["django"].from_string(PLAIN).render({"rows": rows}, request))


urlpatterns = [*urls.urlpatterns, path("bench/plain/", plain)]

# The pages ----------------------------------------------------------------------------------------


def pages() -> Iterator[tuple[str, Client, str]]:
    """Yield what is looked at, by whom, and its address."""
    authority, clinic = Authority.objects.get(pk=AUTHORITY), Clinic.objects.order_by("pk")[0]
    region = signed_in(user(authority, Role.REVIEWER))
    roles = (Role.DENTAL_BASIC, Role.DENTAL_INVOICES, Role.POPULATION_BASIC)
    local = signed_in(user(authority, *roles, clinic=clinic))
    administrator = signed_in(user(authority, Role.ADMINISTRATOR))
    cases, invoices = reverse("needs_allowance:search_cases"), reverse("ledger:search_invoices")
    lines, activities = reverse("ledger:search_lines"), reverse("population_health:search_activities")
    yield "cases, region", region, cases
    yield "cases by number, region", region, f"{cases}?number=B2024-0500"
    yield "cases, one clinic", local, cases
    yield "invoices, region", region, invoices
    yield "invoices of a status, region", region, f"{invoices}?status=paid_out"
    yield "procedure codes, region", region, lines
    yield "procedure codes of one code, region", region, f"{lines}?code=105"
    yield "procedure codes of a status, region", region, f"{lines}?status=awaiting_credit"
    yield "procedure codes, one clinic", local, lines
    yield "activities, region", region, activities
    yield "activities of a municipality, region", region, f"{activities}?municipality=9907"
    yield "activities, one clinic", local, activities
    yield "statistics of activities, region", region, reverse("population_health:statistics")
    yield "listed patients, one clinic", local, reverse("listings:listed_patients")
    yield "automatic invoices", administrator, reverse("ledger:runs")
    yield "audit log", administrator, reverse("audit:search_events")


def measure() -> Iterator[str]:
    """Yield a row for every list page, beside the plain page."""
    with override_settings(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["testserver"]):
        listed = list(pages())
        floor, _, _ = measure_page(listed[0][1], "/bench/plain/")
        for name, client, address in listed:
            processor, database, statements = measure_page(client, address)
            yield row(
                name,
                f"{processor * 1000:.1f} ms of the processor",
                requirement="QU-9",
                goal=GOAL,
                floor=f"{floor * 1000:.1f} ms",
                times=processor / floor,
                beside=f"{database * 1000:.1f} ms in the database, {statements} statements",
            )


def measure_page(client: Client, address: str) -> tuple[float, float, int]:
    """Return the median seconds of the processor and of the database, and the statements of a page."""
    costs = []
    for _ in range(RUNS_TO_WARM_UP + RUNS):
        with measured() as cost:
            response = client.get(address)
        if response.status_code != 200:  # noqa: PLR2004 - the page must be shown
            sys.exit(f"{address}: {response.status_code}")
        costs.append(cost)
    warm = costs[RUNS_TO_WARM_UP:]
    return (
        statistics.median(cost.processor for cost in warm),
        statistics.median(cost.database for cost in warm),
        warm[-1].statements,
    )


if __name__ == "__main__":
    print(*measure(), sep="\n")
