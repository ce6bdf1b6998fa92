"""The controls before a month is billed: who stands on which list, and who sees it."""

import datetime as dt
import io

import openpyxl
import pytest
from django.urls import reverse

from kvitt.audit.models import Event, Subject
from kvitt.modules.care_fees.models import (
    Absence,
    Client,
    ClientSettings,
    Dwelling,
    IncomeStatement,
    PerformedService,
    Placement,
    ServicePrice,
    Tenancy,
    Tenant,
)
from kvitt.modules.care_fees.queries import controls as queries
from kvitt.modules.care_fees.rules.controls import CONTROLS, Control
from kvitt.registers.accounting.models import AccountString
from kvitt.registers.people.models import Address
from tests.modules.care_fees.invoicing import live_at

pytestmark = pytest.mark.requirement("CF-31")
OCTOBER, SEPTEMBER = dt.date(2024, 10, 1), dt.date(2024, 9, 1)


def on_list(world, control, *, by="bodil", areas=()):
    wanted = queries.WantedControl(control, OCTOBER, [area.pk for area in areas])
    found = queries.controlled(world.actor(by), wanted, today=world.today)
    return sorted(client.person.name.split()[0] for client in found)


@pytest.fixture
def world(care_world):
    """Everybody lives somewhere and is booked; Birger alone has something wrong of every kind."""
    world, birger = care_world, care_world.birger
    Address.objects.filter(person=birger.person).delete()
    ClientSettings.objects.filter(client=birger).update(parish_code="", accepts_cap=False)
    Absence.objects.create(client=birger, reason="unplanned", first_on="2024-10-03", reported_on="2024-10-03")
    dwelling = Dwelling.objects.create(
        authority=world.municipality,
        unit=world.serviced,
        number="1204",
        address="Lindgatan 4",
        search_key="1204",
        kind="serviced_flat",
    )
    tenancy = Tenancy.objects.create(
        authority=world.municipality,
        number="H2024-000001",
        dwelling=dwelling,
        moved_in_on="2023-01-01",
        first_on="2023-01-01",
        last_on="2024-11-14",
    )
    Tenant.objects.create(tenancy=tenancy, client=birger)
    for month, unit in ((SEPTEMBER, world.north_care), (SEPTEMBER, world.south_care)):
        PerformedService.objects.create(
            client=birger, service=world.services["LUN"], unit=unit, month=month, quantity=3
        )
    return world


def test_client_stands_on_the_list_of_what_is_wrong_in_his_own_area(world):
    for name in ("ABSENCES", "ENDING", "UNREGISTERED", "RECIPIENTS", "INCOMES", "PARISHES"):
        control = Control[name]
        assert on_list(world, control) == on_list(world, control, areas=[world.north]) == ["Birger"], control
        assert on_list(world, control, areas=[world.south]) == on_list(world, control, by="kurt") == []


def test_what_was_mended_is_off_the_list(world):
    birger = world.birger
    live_at(birger)
    ClientSettings.objects.filter(client=birger).update(parish_code="058001")
    IncomeStatement.objects.create(
        client=birger, first_on="2024-10-01", received_on="2024-10-01", registered_by="Fia"
    )
    Absence.objects.update(last_on="2024-10-20")
    PerformedService.objects.create(
        client=birger, service=world.services["BOS"], unit=world.north_care, month=OCTOBER, quantity=30
    )

    lists = (Control.RECIPIENTS, Control.PARISHES, Control.INCOMES, Control.ABSENCES, Control.UNREGISTERED)
    assert {control: on_list(world, control) for control in lists} == {control: [] for control in lists}


def test_duplicates_are_found(world):
    world.grant(world.astrid, "OMV", world.south_care, first_on=OCTOBER, last_on=dt.date(2024, 10, 9))
    twin = world.make_client("194503129811", "Astrid", "Provén", world.south)

    assert on_list(world, Control.TWICE_SERVED) == ["Astrid"]
    assert on_list(world, Control.TWICE_THERE) == ["Astrid", "Astrid"]
    assert on_list(world, Control.TWICE_THERE, by="karla") == ["Astrid"]
    twin.person.merged_into = world.astrid.person
    twin.person.save()
    assert on_list(world, Control.TWICE_THERE, areas=[world.south]) == ["Astrid"]


def test_dead_and_unplaced_and_protected(world):
    greta, erik = world.greta, world.erik
    greta.person.died_on = dt.date(2024, 10, 12)
    greta.person.save()
    Placement.objects.filter(client=world.astrid).update(area=world.intake)
    erik.person.is_protected = True
    erik.person.save()

    assert on_list(world, Control.ESTATES) == ["Greta"]
    assert on_list(world, Control.NO_AREA) == ["Astrid"]
    assert on_list(world, Control.RECIPIENTS) == ["Birger", "Erik"]
    live_at(erik, kind="staying")
    assert on_list(world, Control.RECIPIENTS) == ["Birger"]


def test_services_without_price_or_account_string(world):
    def to_mend():
        return {service.code for service in queries.services_to_mend(world.actor("karla"), OCTOBER)}

    ServicePrice.objects.filter(service=world.services["LUN"]).update(last_on="2024-09-30")
    assert to_mend() == set()  # nobody had any that month
    PerformedService.objects.create(
        client=world.astrid, service=world.services["LUN"], unit=world.north_care, month=OCTOBER, quantity=1
    )
    assert to_mend() == {"LUN"}
    AccountString.objects.all().delete()
    assert to_mend() == {"LUN", "OMV", "LARM", "VBO", "KOST"}


def test_readiness_tells_each_control_and_where_its_list_is(world, sign_in, django_assert_max_num_queries):
    client = sign_in(world, "karla")
    with django_assert_max_num_queries(26):
        html = client.get(reverse("care_fees:controls")).content.decode()

    told = {
        row.control: row.count
        for row in queries.readiness(world.actor("karla"), OCTOBER, (), today=world.today)
    }
    assert list(told) == list(CONTROLS)
    assert (told[Control.PARISHES], told[Control.ESTATES], told[Control.SERVICES]) == (1, 0, 0)
    assert "6 av 11 kontroller har något att åtgärda." in html
    assert "?list=parishes&amp;period=2024-10" in html
    book = client.get(reverse("care_fees:controls"), {"format": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(book.streaming_content))).active
    assert [row[2] for row in list(sheet.values)[-11:]] == list(told.values())


def test_list_hides_the_protected_and_records_the_read(world, sign_in):
    world.birger.person.is_protected = True
    world.birger.person.save()
    client, url = sign_in(world, "karla"), reverse("care_fees:control")
    last = Event.objects.latest("pk").pk if Event.objects.exists() else 0

    html = client.get(url, {"list": "ending", "period": "2024-10"}).content.decode()

    assert "Birger" not in html
    assert "H2024-000001 slutar 2024-11-14" in html
    read = Subject.objects.filter(event_id__gt=last, event__action="care_fees.control")
    assert set(read.values_list("person_id", flat=True)) == {world.birger.person_id}
    away = client.get(url, {"list": "absences", "period": "2024-10", "areas": world.north.pk})
    assert away.headers["Location"].endswith(f"open_only=on&last_on=2024-10-31&areas={world.north.pk}")
    assert "Birger" not in client.get(away.headers["Location"]).content.decode()
    assert client.get(url, {"list": "services"}).status_code == 200


def test_lists_take_as_many_statements_for_many_as_for_one(world, sign_in, django_assert_max_num_queries):
    ClientSettings.objects.update(parish_code="")
    assert Client.objects.count() == 5
    client = sign_in(world, "bodil")
    for control in set(CONTROLS) - {Control.ABSENCES}:
        with django_assert_max_num_queries(14):
            client.get(reverse("care_fees:control"), {"list": control.value, "period": "2024-10"})
