"""The page of one code."""

import dataclasses
import datetime as dt

import pytest
from django.urls import reverse

from kvitt.registers.organisations.lifecycle import Scheme
from kvitt.registers.price_lists import commands
from kvitt.registers.price_lists.lifecycle import Participants
from kvitt.registers.price_lists.models import PriceListItem
from kvitt.registers.price_lists.rules import ItemFacts


def url(code, module="needs_allowance"):
    return reverse("price_lists:item", args=[PriceListItem.objects.get(code=code, module=module).pk])


@pytest.mark.requirement("CO-14")
def test_page_shows_demands_prices_and_combinations(catalogue, dentist_client):
    page = dentist_client.get(url("126")).context["page"]

    assert page.title == "126 - Röntgenundersökning, omfattande"
    assert [(str(row.first_on), str(row.last_on), row.amount) for row in page.prices] == [
        ("2026-01-01", "None", 130000),
        ("2020-01-01", "2025-12-31", 123500),
    ]
    assert [bool(row.state) for row in page.prices] == [True, True]
    assert [(row.code, row.name) for row in page.combinations] == [("124", "Panoramaröntgenundersökning")]
    assert page.notice == ""


def test_ended_code_is_shown_with_its_end(catalogue, dentist_client):
    page = dentist_client.get(url("711")).context["page"]

    assert "2024-12-31" in page.notice
    assert "900 kr" not in [text.replace("\u00a0", " ") for _, text in page.facts]


def test_code_at_actual_cost_takes_no_price(catalogue, administrator_client):
    item = PriceListItem.objects.get(code="898")

    content = administrator_client.get(url("898")).content.decode()

    assert reverse("price_lists:set_price", args=[item.pk]) not in content
    assert reverse("price_lists:save_item", args=[item.pk]) in content


def test_code_without_a_price_says_so(catalogue, region, dentist_client):
    PriceListItem.objects.filter(code="124", module="needs_allowance").get().prices.all().delete()

    assert dentist_client.get(url("124")).context["page"].notice


@pytest.mark.requirement("CO-4")
def test_page_is_read_only_but_for_administrators(catalogue, dentist_client, administrator_client):
    for_dentist = dentist_client.get(url("705")).content.decode()
    for_administrator = administrator_client.get(url("705")).content.decode()

    for name in ("save_item", "set_price"):
        address = reverse(f"price_lists:{name}", args=[PriceListItem.objects.get(code="705").pk])
        assert address not in for_dentist
        assert address in for_administrator


@pytest.mark.requirement("CO-3", "CO-4")
def test_code_of_a_module_that_is_not_the_clinics_is_not_found(catalogue, dentist_client, unconnected_client):
    assert dentist_client.get(url("124", "special_care")).status_code == 404
    assert unconnected_client.get(url("705")).status_code == 404


@pytest.mark.requirement("CO-1")
def test_code_of_another_authority_is_not_found(catalogue, other_region, neighbour, administrator_client):
    foreign = PriceListItem.objects.create(
        authority=other_region, module="needs_allowance", code="1", name="X", first_on="2020-01-01"
    )

    assert administrator_client.get(reverse("price_lists:item", args=[foreign.pk])).status_code == 404


@pytest.mark.requirement("QU-16")
@pytest.mark.parametrize("number", [0, 10**12, 10**40])
def test_number_that_is_no_codes_is_not_found(catalogue, dentist_client, number):
    assert dentist_client.get(reverse("price_lists:item", args=[number])).status_code == 404


@pytest.mark.requirement("CO-4")
def test_who_has_nothing_to_do_with_codes_is_refused(catalogue, clinic_administrator_client):
    assert clinic_administrator_client.get(url("705")).status_code == 403


def test_statements_are_few_however_many_combinations(
    catalogue, dentist_client, django_assert_max_num_queries
):
    address = url("126")
    with django_assert_max_num_queries(12) as captured:
        dentist_client.get(address)

    assert len([query for query in captured.captured_queries if "price_lists" in query["sql"]]) == 4


@pytest.fixture
def tobacco(administrator):
    """A code whose participants are named."""
    facts = ItemFacts(Scheme.POPULATION_HEALTH, "911", "Tobaksavvänjning", dt.date(2025, 1, 1))
    named = dataclasses.replace(facts, participants=Participants.NAMED)
    return commands.save_item(administrator, facts=named)


@pytest.mark.requirement("CO-14", "PH-2")
def test_code_for_activities_says_who_is_given_and_nothing_of_teeth(tobacco, administrator_client):
    page = administrator_client.get(url("911", "population_health")).context["page"]

    assert [text for _, text in page.facts] == [
        "Befolkningsansvar",
        "från 2025-01-01",
        "Saknas",
        "Personnummer på deltagare",
    ]


@pytest.mark.requirement("CO-14", "PH-2")
def test_code_for_activities_has_no_combinations(tobacco, administrator_client, catalogue):
    for_activities = administrator_client.get(url("911", "population_health")).content.decode()
    for_treatments = administrator_client.get(url("705")).content.decode()

    assert reverse("price_lists:save_combination") not in for_activities
    assert reverse("price_lists:save_combination") in for_treatments


def test_code_for_treatments_says_nothing_of_participants(catalogue, dentist_client):
    labels = [label for label, _ in dentist_client.get(url("705")).context["page"].facts]

    assert "Deltagare" not in labels
    assert "Tand/käke" in labels


@pytest.mark.requirement("CO-14", "SC-9")
def test_code_of_special_care_says_nothing_of_surfaces_and_preauthorization(catalogue, administrator_client):
    page = administrator_client.get(url("124", "special_care")).context["page"]
    form = administrator_client.get(reverse("price_lists:save_item", args=[page.id])).context["page"].form

    assert [label for label, _ in page.facts] == [
        *("Vårdområde", "Giltig", "Pris i dag", "Tand/käke", "Högsta antal per period", "Åldrar")
    ]
    assert {"tooth", "jaw", "dentition", "pricing"} < set(form.fields)
    assert {"surface", "preauthorization", "from_count", "participants"}.isdisjoint(form.fields)
