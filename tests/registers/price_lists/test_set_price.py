"""A code gets a price from a day on; earlier days keep theirs."""

import datetime as dt

import pytest
from django.http import Http404
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.price_lists import commands, queries
from kvitt.registers.price_lists.models import PriceListItem

NEXT_YEAR = dt.date(2026, 1, 1)


@pytest.fixture
def filling(catalogue):
    return PriceListItem.objects.get(code="705")


def price_on(region, day):
    return queries.item_on(region.pk, "needs_allowance", "705", on=day).price


@pytest.mark.requirement("CO-14", "CO-30")
def test_new_price_holds_from_its_day_and_is_logged(administrator, region, filling):
    commands.set_price(administrator, item_id=filling.pk, first_on=NEXT_YEAR, amount=152000)

    event = Event.objects.latest("id")
    assert [price_on(region, day) for day in (dt.date(2025, 12, 31), NEXT_YEAR)] == [148500, 152000]
    assert (event.action, event.subject_key) == ("price_lists.set_price", str(filling.pk))
    assert event.data == {"after": {"first_on": "2026-01-01", "amount": 152000}}


@pytest.mark.requirement("CO-16", "CO-30")
def test_price_of_the_same_day_is_replaced(administrator, region, filling):
    commands.set_price(administrator, item_id=filling.pk, first_on=dt.date(2020, 1, 1), amount=150000)

    assert filling.prices.count() == 1
    assert Event.objects.latest("id").data == {
        "before": {"first_on": "2020-01-01", "amount": 148500},
        "after": {"first_on": "2020-01-01", "amount": 150000},
    }


def test_same_price_again_leaves_no_event(administrator, filling):
    events = Event.objects.count()

    commands.set_price(administrator, item_id=filling.pk, first_on=dt.date(2020, 1, 1), amount=148500)

    assert Event.objects.count() == events


@pytest.mark.requirement("CO-33")
def test_impossible_price_is_refused(administrator, catalogue, filling):
    at_cost = PriceListItem.objects.get(code="898")

    for item, amount in ((filling, -1), (filling, 10**15), (at_cost, 100)):
        with pytest.raises(Refused):
            commands.set_price(administrator, item_id=item.pk, first_on=NEXT_YEAR, amount=amount)


@pytest.mark.requirement("CO-1", "CO-4")
def test_only_the_authoritys_administrator_sets_prices(dentist, neighbour, filling):
    with pytest.raises(NotAllowed):
        commands.set_price(dentist, item_id=filling.pk, first_on=NEXT_YEAR, amount=1)
    with pytest.raises(Http404):
        commands.set_price(neighbour, item_id=filling.pk, first_on=NEXT_YEAR, amount=1)


def test_price_is_set_on_its_page(administrator_client, filling):
    url = reverse("price_lists:set_price", args=[filling.pk])
    assert administrator_client.get(url).status_code == 200

    response = administrator_client.post(url, {"first_on": "2026-01-01", "amount": "1 520,50"})

    assert response.status_code == 303
    assert response.url == reverse("price_lists:item", args=[filling.pk])
    assert filling.prices.get(first_on=NEXT_YEAR).amount == 152050


def test_dialog_closes_where_it_stands(administrator_client, filling):
    url = reverse("price_lists:set_price", args=[filling.pk])

    response = administrator_client.post(
        url, {"first_on": "2026-01-01", "amount": "1520"}, headers={"HX-Request": "true"}
    )

    assert response.status_code == 204
    assert reverse("price_lists:item", args=[filling.pk]) in response["HX-Location"]


@pytest.mark.requirement("CO-33")
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"first_on": "2026-01-01", "amount": "-5"}, "amount"),
        ({"first_on": "2026-01-01", "amount": "dyrt"}, "amount"),
        ({"first_on": "2026-01-01", "amount": "9" * 30}, "amount"),
        ({"first_on": "", "amount": "5"}, "first_on"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(administrator_client, filling, values, field):
    response = administrator_client.post(reverse("price_lists:set_price", args=[filling.pk]), values)

    assert response.status_code == 422
    assert list(response.context["page"].form.errors) == [field]
    assert filling.prices.count() == 1


def test_price_to_change_is_named_by_its_day(administrator_client, filling):
    url = reverse("price_lists:set_price", args=[filling.pk])

    content = administrator_client.get(url, {"first_on": "2020-01-01"}).content.decode()

    assert 'value="2020-01-01"' in content
