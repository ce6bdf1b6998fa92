"""A code is made and changed, each time with one event."""

import datetime as dt
from dataclasses import replace

import pytest
from django.http import Http404
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.organisations.lifecycle import Scheme
from kvitt.registers.price_lists import commands
from kvitt.registers.price_lists.lifecycle import Demand, Participants, Pricing
from kvitt.registers.price_lists.models import PriceListItem
from kvitt.registers.price_lists.rules import ItemFacts

BIOPSY = ItemFacts(Scheme.NEEDS_ALLOWANCE, "163", "Biopsi", dt.date(2025, 1, 1), jaw=Demand.MUST)
MATERNITY = ItemFacts(
    Scheme.POPULATION_HEALTH, "901", "MVC", dt.date(2025, 1, 1), participants=Participants.COUNTED
)
FORM = {
    "module": "needs_allowance",
    "code": "163 s",
    "name": "  Biopsi  av slemhinna ",
    "tooth": "no",
    "jaw": "must",
    "surface": "no",
    "dentition": "any",
    "participants": "none",
    "preauthorization": "never",
    "pricing": "fixed",
    "first_on": "20250101",
}


@pytest.mark.requirement("CO-14", "CO-16", "CO-30")
def test_new_code_is_saved_with_one_event(administrator, region):
    item = commands.save_item(administrator, facts=BIOPSY)

    event = Event.objects.get()
    assert (item.authority_id, item.search_key, item.jaw) == (region.pk, "biopsi", "must")
    assert (event.action, event.subject_key) == ("price_lists.save_item", str(item.pk))
    assert "before" not in event.data
    assert event.data["after"]["code"] == "163"
    assert event.data["after"]["first_on"] == "2025-01-01"
    assert "search_key" not in event.data["after"]


@pytest.mark.requirement("CO-16", "CO-30")
def test_change_is_logged_before_and_after(administrator):
    item = commands.save_item(administrator, facts=BIOPSY)

    commands.save_item(administrator, item_id=item.pk, facts=replace(BIOPSY, name="Vävnadsprov"))

    assert Event.objects.latest("id").data == {
        "before": {"name": "Biopsi"},
        "after": {"name": "Vävnadsprov"},
    }
    assert PriceListItem.objects.get().search_key == "vävnadsprov"


def test_saving_without_change_leaves_no_event(administrator):
    item = commands.save_item(administrator, facts=BIOPSY)

    commands.save_item(administrator, item_id=item.pk, facts=BIOPSY)

    assert Event.objects.count() == 1


def test_code_and_module_stay(administrator):
    item = commands.save_item(administrator, facts=BIOPSY)

    commands.save_item(
        administrator, item_id=item.pk, facts=replace(BIOPSY, code="999", module=Scheme.SPECIAL_CARE)
    )

    item.refresh_from_db()
    assert (item.module, item.code) == ("needs_allowance", "163")


@pytest.mark.requirement("CO-33")
def test_code_that_exists_is_refused_at_its_field(administrator):
    commands.save_item(administrator, facts=BIOPSY)

    with pytest.raises(Refused) as refused:
        commands.save_item(administrator, facts=replace(BIOPSY, name="Annan"))

    assert [(problem.code, problem.field) for problem in refused.value.problems] == [("code_exists", "code")]
    assert Event.objects.count() == 1


def test_code_with_prices_cannot_turn_to_actual_cost(catalogue, administrator):
    item = PriceListItem.objects.get(code="705")

    with pytest.raises(Refused):
        commands.save_item(
            administrator, item_id=item.pk, facts=replace(item.facts(), pricing=Pricing.ACTUAL)
        )


@pytest.mark.requirement("CO-1", "CO-4")
def test_only_the_authoritys_administrator_saves(administrator, neighbour, dentist):
    item = commands.save_item(administrator, facts=BIOPSY)

    with pytest.raises(Http404):
        commands.save_item(neighbour, item_id=item.pk, facts=BIOPSY)
    with pytest.raises(NotAllowed):
        commands.save_item(dentist, item_id=item.pk, facts=BIOPSY)


@pytest.mark.requirement("CO-16")
def test_code_is_made_on_its_page(administrator_client):
    url = reverse("price_lists:save_item")
    assert administrator_client.get(url).status_code == 200

    response = administrator_client.post(url, FORM)

    item = PriceListItem.objects.get()
    assert response.status_code == 303
    assert response.url == reverse("price_lists:item", args=[item.pk])
    assert (item.code, item.name) == ("163S", "Biopsi av slemhinna")


@pytest.mark.requirement("CO-33")
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"code": "X-ray"}, "code"),
        ({"name": ""}, "name"),
        ({"surface": "may"}, "surface"),
        ({"preauthorization": "from_count"}, "from_count"),
        ({"max_per_period": "-1"}, "max_per_period"),
        ({"max_per_period": "9" * 400}, "max_per_period"),
        ({"last_on": "2024-12-31"}, "last_on"),
        ({"first_on": "i går"}, "first_on"),
        ({"pricing": "free"}, "pricing"),
        ({"participants": "counted"}, "participants"),
        ({"module": "population_health"}, "jaw"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_what_was_typed_is_kept(administrator_client, values, field):
    response = administrator_client.post(reverse("price_lists:save_item"), {**FORM, **values})

    assert response.status_code == 422
    assert list(response.context["page"].form.errors) == [field]
    assert "Biopsi  av slemhinna" in response.content.decode() or field == "name"
    assert not PriceListItem.objects.exists()


def test_code_is_changed_on_its_page(catalogue, administrator_client):
    item = PriceListItem.objects.get(code="705")
    url = reverse("price_lists:save_item", args=[item.pk])
    form = administrator_client.get(url).context["page"].form
    values = {name: form[name].value() for name in form.fields}

    response = administrator_client.post(
        url, {**{name: value for name, value in values.items() if value is not None}, "name": "Fyllning"}
    )

    assert response.status_code == 303
    item.refresh_from_db()
    assert (item.name, item.from_count, item.surface) == ("Fyllning", 2, "may")
    assert Event.objects.latest("id").data["after"] == {"name": "Fyllning"}


@pytest.mark.requirement("CO-14", "PH-2")
def test_code_for_activities_is_made_on_its_page(administrator_client):
    values = {"module": "population_health", "code": "901", "jaw": "no", "participants": "counted"}

    response = administrator_client.post(reverse("price_lists:save_item"), {**FORM, **values})

    assert response.status_code == 303
    item = PriceListItem.objects.get()
    assert (item.module, item.code, item.participants) == ("population_health", "901", "counted")
    assert Event.objects.get().data["after"]["participants"] == "counted"


@pytest.mark.requirement("CO-14", "PH-2")
def test_form_of_a_code_asks_only_what_its_module_knows(catalogue, administrator, administrator_client):
    activity = commands.save_item(administrator, facts=MATERNITY)
    filling = PriceListItem.objects.get(code="705")

    asked = {
        item.code: set(
            administrator_client.get(reverse("price_lists:save_item", args=[item.pk]))
            .context["page"]
            .form.fields
        )
        for item in (activity, filling)
    }

    assert asked["901"] == {"name", "participants", "first_on", "last_on"}
    assert {"tooth", "pricing", "max_age"} <= asked["705"]
    assert "participants" not in asked["705"]


@pytest.mark.requirement("CO-14", "CO-30", "PH-2")
def test_participants_of_a_code_are_changed_on_its_page(administrator, administrator_client):
    item = commands.save_item(administrator, facts=MATERNITY)
    values = {"name": "MVC", "participants": "named", "first_on": "2025-01-01", "last_on": ""}

    response = administrator_client.post(reverse("price_lists:save_item", args=[item.pk]), values)

    assert response.status_code == 303
    assert Event.objects.latest("id").data == {
        "before": {"participants": "counted"},
        "after": {"participants": "named"},
    }


@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize("method", ["get", "post"])
def test_pages_of_the_administrator_are_refused_to_others(catalogue, dentist_client, method):
    item = PriceListItem.objects.get(code="705")
    addresses = [
        reverse("price_lists:save_item"),
        reverse("price_lists:save_item", args=[item.pk]),
        reverse("price_lists:set_price", args=[item.pk]),
        reverse("price_lists:search_combinations"),
        reverse("price_lists:save_combination"),
        reverse("price_lists:save_combination", args=[1]),
        reverse("price_lists:search_parameters"),
        reverse("price_lists:set_parameter", args=["ledger.due_after"]),
    ]

    assert [getattr(dentist_client, method)(address).status_code for address in addresses] == [403] * 8
