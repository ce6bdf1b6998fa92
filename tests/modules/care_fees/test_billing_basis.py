"""The billing basis: what was reported of a month, of whom the actor may see, and the way to mend it."""

import datetime as dt
import io

import openpyxl
import pytest
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.modules.care_fees.models import (
    Absence,
    Dwelling,
    FeeCorrection,
    PerformedService,
    Rent,
    Tenancy,
    Tenant,
)
from tests.modules.care_fees.calculated import OCTOBER
from tests.world import SINCE

pytestmark = pytest.mark.requirement("CF-27")


@pytest.fixture
def reported(care_world):
    """What Astrid and Birger were given in October, and what Birger got of a unit in Söder."""
    world = care_world
    for client, code, unit, quantity in (
        (world.astrid, "LUN", world.north_care, 12),
        (world.astrid, "BOS", world.north_care, 150),
        (world.birger, "LUN", world.south_care, 3),
        (world.greta, "LUN", world.care_home, 1),
    ):
        PerformedService.objects.create(
            client=client, service=world.services[code], unit=unit, month=OCTOBER, quantity=quantity
        )
    Absence.objects.create(
        client=world.astrid, reason="planned", first_on=dt.date(2024, 9, 30), reported_on=SINCE
    )
    FeeCorrection.objects.create(
        client=world.astrid, unit=world.north_care, month=OCTOBER, amount=-62_000, text="=Hyresfri månad"
    )
    dwelling = Dwelling.objects.create(
        authority=world.municipality,
        unit=world.serviced,
        number="1204",
        address="Ekgatan 4",
        search_key="1204 ekgatan 4",
        kind="serviced_flat",
    )
    tenancy = Tenancy.objects.create(
        authority=world.municipality,
        number="H2024-000001",
        dwelling=dwelling,
        moved_in_on=dt.date(2024, 10, 17),
        first_on=dt.date(2024, 10, 17),
    )
    Tenant.objects.create(tenancy=tenancy, client=world.birger)
    Rent.objects.create(tenancy=tenancy, first_on=dt.date(2024, 10, 17), amount=620_000)
    return world


def test_each_part_of_the_basis_is_listed_with_the_way_to_where_it_is_changed(reported, sign_in):
    world, url = reported, reverse("care_fees:billing_basis")
    browser = sign_in(world, "karla")

    def shown(**query):
        return browser.get(url, {"period": "2024-10", **query}).content.decode()

    text = shown()
    grid = reverse("care_fees:register_services", args=[world.north_care.pk, "2024-10"])
    assert "150 minuter" in text
    assert f'href="{grid}"' in text
    assert "Greta" not in text  # of another area
    assert Event.objects.get(action="care_fees.billing_basis").subjects.count() == 2
    assert "Birger" not in shown(client=world.astrid.number)
    assert "Astrid" not in shown(unit=world.serviced.pk)
    assert "Personlig omvårdnad" in shown(part="granted")
    assert "Planerad frånvaro" in shown(part="absences", unit=world.north_care.pk)
    assert f"{world.astrid.number}/#corrections-title" in shown(part="corrections")
    text = shown(part="housing")
    assert reverse("care_fees:tenancy", args=["H2024-000001"]) in text
    assert "6\u00a0200\u00a0kr" in text
    assert "Ekgatan" in text
    assert "H2024-000001" not in browser.get(url, {"period": "2024-09", "part": "housing"}).content.decode()
    case = browser.get(reverse("care_fees:case", args=[world.astrid.number])).content.decode()
    assert f"{url}?client={world.astrid.number}" in case


def test_of_clients_of_others_only_what_the_own_units_gave_is_listed(reported, sign_in):
    text = sign_in(reported, "ulf").get(reverse("care_fees:billing_basis"), {"period": "2024-10"})
    assert "Birger Testlund" in text.content.decode()
    assert "Astrid" not in text.content.decode()
    housing = sign_in(reported, "ulf").get(
        reverse("care_fees:billing_basis"), {"period": "2024-10", "part": "housing"}
    )
    assert "Birger" not in housing.content.decode()


def test_protected_persons_are_hidden_and_nothing_becomes_a_formula(reported, sign_in):
    for client in (reported.astrid, reported.birger):
        client.person.is_protected = True
        client.person.save()
    browser, url = sign_in(reported, "bodil"), reverse("care_fees:billing_basis")
    text = browser.get(url, {"period": "2024-10", "part": "housing"}).content.decode()
    assert "Skyddade personuppgifter" in text
    assert "Testlund" not in text
    assert "Ekgatan" not in text
    by_unit = {"period": "2024-10", "part": "housing", "unit": reported.serviced.pk}
    assert "H2024-000001" not in browser.get(url, by_unit).content.decode()
    answer = browser.get(url, {"period": "2024-10", "part": "corrections", "format": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert "=Hyresfri månad" in [cell.value for cell in cells]
    assert all(cell.data_type != "f" for cell in cells)
    assert "Provén" not in str([cell.value for cell in cells])
