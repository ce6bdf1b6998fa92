"""What care fees come to, by service, billing area and month; and what each care unit did."""

import datetime as dt

import pytest
from django.urls import reverse

from kvitt.foundation.values.money import format_kronor
from kvitt.modules.care_fees.models import ClientMonth, PerformedService
from kvitt.modules.care_fees.queries import reimbursement, statistics
from kvitt.modules.care_fees.rules.statistics import Grouping
from tests.modules.care_fees.invoicing import approve

pytestmark = pytest.mark.requirement("CF-32")
OCTOBER, SEPTEMBER = dt.date(2024, 10, 1), dt.date(2024, 9, 1)


@pytest.fixture
def world(care_world):
    """Astrid's October with absence, at the cap; Greta's September with rent; Birger's is voided."""
    world = care_world
    care, unit = world.services["OMV"], world.north_care

    def of_care(kind, amount):
        return (kind, "Personlig omvårdnad", amount, {"service": care, "unit": unit})

    october = approve(world.astrid, of_care("care", 182_300), of_care("absence_care", -50_000))
    ClientMonth.objects.filter(pk=october.pk).update(is_at_cap=True)
    approve(
        world.greta,
        ("rent", "Hyra", 620_000, {}),
        ("carried", "Från augusti", 3_000, {}),
        month=SEPTEMBER,
    )
    voided = approve(world.birger, of_care("care", 999_900))
    ClientMonth.objects.filter(pk=voided.pk).update(status="voided")
    old = approve(world.astrid, of_care("care", 100_000), month=dt.date(2023, 10, 1))
    assert old.month < dt.date(2023, 11, 1)
    for client, code, quantity in (
        (world.astrid, "BOS", 90),
        (world.birger, "BOS", 60),
        (world.birger, "LUN", 4),
    ):
        PerformedService.objects.create(
            client=client, service=world.services[code], unit=unit, month=OCTOBER, quantity=quantity
        )
    return world


def sums(world, by, *, actor="bodil", areas=()):
    rows = statistics.statistics(
        world.actor(actor), by=by, month=OCTOBER, area_ids=[area.pk for area in areas]
    )
    names = statistics.columns_of(by)[1::2] if by is not Grouping.MONTH else ("client_month__month",)
    return {
        row[names[0]]: (row["client_count"], row["cap_count"], row["absence"], row["revenue"]) for row in rows
    }


def test_revenue_is_added_up_by_service_area_and_month(world):
    care, rent = (1, 1, -50_000, 132_300), (1, 0, 0, 620_000)
    assert sums(world, Grouping.SERVICE) == {"Personlig omvårdnad": care, None: rent}
    assert sums(world, Grouping.AREA) == {"Norr": care, "Söder": rent}
    assert sums(world, Grouping.MONTH) == {OCTOBER: care, SEPTEMBER: rent}
    assert sums(world, Grouping.AREA, areas=[world.south]) == {"Söder": rent}


def test_coordinator_sees_the_sums_of_his_own_area(world, sign_in):
    assert sums(world, Grouping.AREA, actor="kurt") == {"Söder": (1, 0, 0, 620_000)}
    units = {row.unit for row in reimbursement.reimbursement(world.actor("kurt"), month=OCTOBER)}
    assert units == {"4003 - Söders hemtjänst", "4004 - Ekbackens vårdbostad"}
    assert sign_in(world, "mona").get(reverse("care_fees:statistics")).status_code == 403


def test_page_has_figures_a_plot_and_its_table_and_names_nobody(
    world, sign_in, django_assert_max_num_queries
):
    client, url = sign_in(world, "bodil"), reverse("care_fees:statistics")
    client.get(url)
    with django_assert_max_num_queries(14):
        html = client.get(url).content.decode()

    for told in (
        format_kronor(752_300),
        format_kronor(-50_000),
        "Visa som tabell",
        "Stapeldiagram: intäkter",
    ):
        assert told in html
    assert "Provén" not in html
    for by in Grouping:
        assert client.get(url, {"by": by.value, "format": "xlsx"}).status_code == 200
    assert "Inget är beräknat" in client.get(url, {"period": "2022-10"}).content.decode()


def test_units_have_what_they_did(world, sign_in):
    rows = {
        (row.unit[:4], row.service): (row.client_count, row.days, row.minutes, row.pieces, row.amount)
        for row in reimbursement.reimbursement(world.actor("bodil"), month=OCTOBER)
    }
    assert rows["4001", "Personlig omvårdnad"] == (2, 62, 0, 0, 132_300)
    assert rows["4001", "Boservice"] == (2, 0, 150, 0, 0)
    assert rows["4001", "Lunch"] == (1, 0, 0, 4, 0)
    assert rows["4004", "Kost vårdbostad"] == (1, 31, 0, 0, 0)
    client, url = sign_in(world, "bodil"), reverse("care_fees:reimbursement")
    assert "Norrs hemtjänst" in client.get(url, {"areas": world.north.pk}).content.decode()
    assert "Norrs hemtjänst" not in client.get(url, {"areas": world.south.pk}).content.decode()
    assert client.get(url, {"format": "xlsx"}).status_code == 200
