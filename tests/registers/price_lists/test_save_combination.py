"""Two codes are forbidden together, and the days can be changed."""

import datetime as dt
from dataclasses import replace
from io import BytesIO

import openpyxl
import pytest
from django.http import Http404
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.organisations.lifecycle import Scheme
from kvitt.registers.price_lists import commands, queries
from kvitt.registers.price_lists.lifecycle import CombinationScope
from kvitt.registers.price_lists.models import ForbiddenCombination, PriceListItem
from kvitt.registers.price_lists.rules import CombinationFacts

PAIR = CombinationFacts(Scheme.NEEDS_ALLOWANCE, "705", "124", CombinationScope.PERIOD, dt.date(2025, 1, 1))
FORM = {
    "module": "needs_allowance",
    "code": "705",
    "other_code": "825s",
    "scope": "day",
    "first_on": "2025-01-01",
}


@pytest.mark.requirement("CO-14", "CO-30")
def test_combination_is_saved_lower_code_first_with_one_event(catalogue, administrator, region):
    row = commands.save_combination(administrator, facts=PAIR)

    event = Event.objects.latest("id")
    assert (row.code, row.other_code, row.scope) == ("124", "705", "period")
    assert (event.action, event.data["after"]["code"]) == ("price_lists.save_combination", "124")
    found = queries.combinations_of(region.pk, "needs_allowance", "705", on=dt.date(2025, 1, 1))
    assert [(each.code, each.other_code) for each in found] == [("124", "705")]


@pytest.mark.requirement("CO-30")
def test_last_day_is_given_and_logged(catalogue, administrator):
    row = commands.save_combination(administrator, facts=PAIR)
    ended = replace(PAIR, code="126", last_on=dt.date(2025, 6, 30))

    commands.save_combination(administrator, facts=ended, combination_id=row.pk)

    row.refresh_from_db()
    assert (row.code, row.last_on) == ("124", dt.date(2025, 6, 30))
    assert Event.objects.latest("id").data == {
        "before": {"last_on": None},
        "after": {"last_on": "2025-06-30"},
    }


@pytest.mark.requirement("CO-33")
@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        (replace(PAIR, code="126", other_code="124", scope=CombinationScope.DAY), "combination_exists"),
        (replace(PAIR, code="999"), "unknown_code"),
        (replace(PAIR, scope=CombinationScope.TOOTH), "no_tooth_in_code"),
        (replace(PAIR, last_on=dt.date(2024, 12, 31)), "dates_in_order"),
    ],
)
def test_impossible_combination_is_refused(catalogue, administrator, facts, problem):
    with pytest.raises(Refused) as refused:
        commands.save_combination(administrator, facts=facts)

    assert [found.code for found in refused.value.problems] == [problem]


@pytest.mark.requirement("CO-1", "CO-4")
def test_only_the_authoritys_administrator_saves(catalogue, administrator, neighbour, dentist):
    row = commands.save_combination(administrator, facts=PAIR)

    with pytest.raises(NotAllowed):
        commands.save_combination(dentist, facts=PAIR)
    with pytest.raises(Http404):
        commands.save_combination(neighbour, facts=PAIR, combination_id=row.pk)


def test_list_shows_the_combinations_of_the_day(catalogue, administrator_client):
    url = reverse("price_lists:search_combinations")

    today = administrator_client.get(url).context["page"].rows
    last_year = administrator_client.get(url, {"on": "2024-12-31", "code": "705"}).context["page"].rows

    assert [str(cell.html) for cell in today[0].cells][:2] == [
        "124 Panoramaröntgenundersökning",
        "126 Röntgenundersökning, omfattande",
    ]
    assert [str(row.cells[0].html) for row in last_year] == ["705 Fyllning, två ytor"]


@pytest.mark.requirement("CO-26")
def test_list_is_exported(catalogue, administrator_client):
    response = administrator_client.get(reverse("price_lists:search_combinations"), {"format": "xlsx"})

    sheet = openpyxl.load_workbook(BytesIO(b"".join(response.streaming_content))).active
    assert [cell.value for cell in sheet[3]][:2] == [
        "124 Panoramaröntgenundersökning",
        "126 Röntgenundersökning, omfattande",
    ]


def test_combination_is_made_on_its_page_and_leads_back(catalogue, administrator_client):
    item = PriceListItem.objects.get(code="705")
    url = f"{reverse('price_lists:save_combination')}?item={item.pk}"
    assert 'value="705"' in administrator_client.get(url).content.decode()

    response = administrator_client.post(url, FORM)

    assert response.url == reverse("price_lists:item", args=[item.pk])
    assert ForbiddenCombination.objects.filter(code="705", other_code="825S", scope="day").exists()


@pytest.mark.requirement("CO-33")
def test_what_is_wrong_is_said_at_the_field(catalogue, administrator_client):
    url = reverse("price_lists:save_combination")

    response = administrator_client.post(url, {**FORM, "other_code": "999"})

    assert response.status_code == 422
    assert list(response.context["page"].form.errors) == ["other_code"]


def test_days_are_changed_on_its_page(catalogue, administrator_client):
    row = ForbiddenCombination.objects.get(code="124")
    url = reverse("price_lists:save_combination", args=[row.pk])
    assert 'value="2020-01-01"' in administrator_client.get(url).content.decode()

    response = administrator_client.post(url, {"first_on": "2020-01-01", "last_on": "2025-12-31"})

    assert response.url == reverse("price_lists:search_combinations")
    row.refresh_from_db()
    assert row.last_on == dt.date(2025, 12, 31)


@pytest.mark.requirement("QU-16")
@pytest.mark.parametrize("item", ["", "x", "٣", "9" * 40, "-1"])
def test_item_in_the_address_may_be_nonsense(catalogue, administrator_client, item):
    response = administrator_client.get(reverse("price_lists:save_combination"), {"item": item})

    assert response.status_code == 200


def test_unknown_combination_is_not_found(catalogue, administrator_client):
    assert administrator_client.get(reverse("price_lists:save_combination", args=[10**9])).status_code == 404
