"""Parameters: what is shipped, what an authority has of its own, and how it gets one."""

import datetime as dt

import pytest
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.foundation.values.parameters import shipped_parameters
from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.price_lists import commands, queries
from kvitt.registers.price_lists.models import ParameterValue
from kvitt.registers.price_lists.rules import ParameterFacts

DEDUCTIBLE = "needs_allowance.deductible"
NEXT_YEAR = dt.date(2026, 1, 1)
FACTS = ParameterFacts(DEDUCTIBLE, NEXT_YEAR, 550000, "Regionfullmäktige 2025-06-17, § 84")


@pytest.mark.requirement("CO-15", "CO-30")
def test_own_value_is_saved_with_one_event(administrator, region):
    commands.set_parameter(administrator, facts=FACTS)

    event = Event.objects.get()
    assert queries.parameter(region.pk, DEDUCTIBLE, on=NEXT_YEAR) == 550000
    assert queries.parameter(region.pk, DEDUCTIBLE, on=dt.date(2025, 12, 31)) == 500000
    assert ParameterValue.objects.get().entered_by == "Karin Testberg"
    assert (event.action, event.subject_key) == ("price_lists.set_parameter", DEDUCTIBLE)
    assert event.data == {"after": {"first_on": "2026-01-01", "value": 550000, "source": FACTS.source}}


@pytest.mark.requirement("CO-15", "CO-30")
def test_value_of_the_same_day_is_replaced(administrator):
    commands.set_parameter(administrator, facts=FACTS)

    commands.set_parameter(administrator, facts=ParameterFacts(DEDUCTIBLE, NEXT_YEAR, 560000, FACTS.source))

    assert ParameterValue.objects.get().value == 560000
    assert Event.objects.latest("id").data == {
        "before": {"first_on": "2026-01-01", "value": 550000},
        "after": {"first_on": "2026-01-01", "value": 560000},
    }


def test_same_value_again_leaves_no_event(administrator):
    commands.set_parameter(administrator, facts=FACTS)

    commands.set_parameter(administrator, facts=FACTS)

    assert Event.objects.count() == 1


@pytest.mark.requirement("CO-4")
def test_only_an_administrator_sets_parameters(dentist):
    with pytest.raises(NotAllowed):
        commands.set_parameter(dentist, facts=FACTS)


def test_impossible_value_is_refused(administrator):
    with pytest.raises(Refused):
        commands.set_parameter(administrator, facts=ParameterFacts("nothing", NEXT_YEAR, 1, "Beslut"))


@pytest.mark.requirement("CO-15")
def test_every_shipped_parameter_is_listed_with_value_and_source(catalogue, administrator_client):
    response = administrator_client.get(reverse("price_lists:search_parameters"))

    rows = {row.name: row for row in response.context["page"].rows}
    assert set(rows) == set(shipped_parameters())
    assert rows[DEDUCTIBLE].term == "Självrisk"
    assert rows[DEDUCTIBLE].value.replace("\u00a0", " ") == "5 250 kr"
    assert rows[DEDUCTIBLE].source == "Regionfullmäktige 2024-11-20, § 112"
    assert (rows[DEDUCTIBLE].own_count, rows["listings.last_age"].own_count) == (1, 0)
    assert rows["listings.last_age"].value.startswith("19 ")


@pytest.mark.requirement("CO-15")
def test_page_shows_which_values_count(administrator, administrator_client):
    commands.set_parameter(
        administrator, facts=ParameterFacts("listings.last_age", dt.date(2024, 7, 1), 21, "Beslut")
    )

    url = reverse("price_lists:set_parameter", args=["listings.last_age"])
    values = administrator_client.get(url).context["page"].values

    assert [(str(row.first_on), row.counts, bool(row.state)) for row in values] == [
        ("2025-01-01", False, True),
        ("2024-07-01", True, True),
        ("2019-01-01", True, False),
    ]


@pytest.mark.requirement("CO-1")
def test_own_values_of_another_authority_are_not_shown(neighbour, administrator_client):
    commands.set_parameter(neighbour, facts=FACTS)

    url = reverse("price_lists:set_parameter", args=[DEDUCTIBLE])

    assert len(administrator_client.get(url).context["page"].values) == 1


@pytest.mark.parametrize(
    ("name", "typed", "stored"),
    [(DEDUCTIBLE, "5 500", 550000), ("ledger.due_after", "20", 20), ("ledger.window_first_day", "1", 1)],
)
def test_value_is_set_on_its_page_in_its_unit(administrator_client, name, typed, stored):
    url = reverse("price_lists:set_parameter", args=[name])

    response = administrator_client.post(url, {"first_on": "2026-01-01", "value": typed, "source": "Beslut"})

    assert response.status_code == 303
    assert ParameterValue.objects.get().value == stored


@pytest.mark.requirement("CO-33")
@pytest.mark.parametrize(
    ("name", "values", "field"),
    [
        (DEDUCTIBLE, {"value": "-5"}, "value"),
        (DEDUCTIBLE, {"value": "mycket"}, "value"),
        ("ledger.due_after", {"value": "1,5"}, "value"),
        ("ledger.due_after", {"value": "9" * 30}, "value"),
        ("ledger.window_last_day", {"value": "32"}, "value"),
        (DEDUCTIBLE, {"source": " "}, "source"),
        (DEDUCTIBLE, {"first_on": "snart"}, "first_on"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(administrator_client, name, values, field):
    sound = {"first_on": "2026-01-01", "value": "25", "source": "Beslut"}

    response = administrator_client.post(
        reverse("price_lists:set_parameter", args=[name]), {**sound, **values}
    )

    assert response.status_code == 422
    assert list(response.context["page"].form.errors) == [field]
    assert not ParameterValue.objects.exists()


def test_unknown_parameter_is_not_found(administrator_client):
    assert administrator_client.get(reverse("price_lists:set_parameter", args=["no.such"])).status_code == 404


def test_list_asks_for_own_values_once(catalogue, administrator_client, django_assert_max_num_queries):
    with django_assert_max_num_queries(12) as captured:
        administrator_client.get(reverse("price_lists:search_parameters"))

    assert len([query for query in captured.captured_queries if "price_lists" in query["sql"]]) == 1
