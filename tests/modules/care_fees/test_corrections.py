"""A fee is corrected in the month that is billed, by who may, and the correction is taken away again."""

import datetime as dt

import pytest
from django.http import Http404

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import corrections as commands
from kvitt.modules.care_fees.models import Client, ClientMonth, FeeCorrection, PerformedService
from kvitt.modules.care_fees.queries import corrections as queries
from kvitt.modules.care_fees.queries import month as months
from kvitt.modules.care_fees.rules.corrections import NewCorrection
from kvitt.registers.access.rules import NotAllowed
from tests.modules.conftest import Visitor

pytestmark = pytest.mark.requirement("CF-13")
OCTOBER, NOVEMBER = dt.date(2024, 10, 1), dt.date(2024, 11, 1)


@pytest.fixture
def visit(sign_in, care_world):
    return lambda name: Visitor(sign_in(care_world, name))


def correct(world, client, code, amount, *, by="karla", unit=None, text="Avdrag"):
    service = world.services[code].pk if code else None
    new = NewCorrection(service, (unit or world.north_care).pk, amount, text)
    return commands.add_correction(world.actor(by), today=world.today, number=client.number, new=new)


def refusals(world, *args, **kwargs):
    with pytest.raises(Refused) as refused:
        correct(world, *args, **kwargs)
    return [problem.code for problem in refused.value.problems]


def lock(client, *locked):
    ClientMonth.objects.bulk_create(
        ClientMonth(client=client, month=month, status="approved") for month in locked
    )


def test_coordinator_corrects_a_lost_alarm_button_in_the_month_that_is_billed(care_world):
    version = care_world.astrid.version
    made = correct(care_world, care_world.astrid, "KNAPP", 51_000, text="Förlorad larmknapp")

    assert (made.month, made.amount, made.created_by) == (OCTOBER, 51_000, "Karla Samordnarsson")
    assert Client.objects.get(pk=care_world.astrid.pk).version == version + 1
    event = Event.objects.get(action="care_fees.add_correction")
    assert event.data["after"]["invoice_text"] == "Förlorad larmknapp"


def test_next_open_month_is_billed_when_the_one_before_is_approved(care_world):
    lock(care_world.astrid, OCTOBER)

    assert correct(care_world, care_world.astrid, None, -620_000).month == NOVEMBER
    assert months.open_month(care_world.birger, care_world.today) == OCTOBER


def test_care_is_corrected_by_the_billing_office_alone(care_world):
    assert refusals(care_world, care_world.astrid, "OMV", -10_000) == ["by_billing_office"]
    assert correct(care_world, care_world.astrid, "OMV", -10_000, by="bodil").amount == -10_000


@pytest.mark.requirement("CF-20")
def test_addition_under_the_cap_is_refused_above_what_the_month_leaves(care_world):
    # 2 574 kr is the cap of 2024, and Astrid's care is 1 823 kr of it.
    assert queries.left_of_cap(care_world.astrid, month=OCTOBER) == 75_100
    assert refusals(care_world, care_world.astrid, "OMV", 75_101, by="bodil") == ["above_limit"]
    correct(care_world, care_world.astrid, "OMV", 50_000, by="bodil")
    # An hour of Boservice costs 278 kr.
    PerformedService.objects.create(
        client=care_world.astrid,
        service=care_world.services["BOS"],
        unit=care_world.north_care,
        month=OCTOBER,
        quantity=30,
    )
    assert queries.left_of_cap(care_world.astrid, month=OCTOBER) == 75_100 - 50_000 - 13_900
    # What is given back leaves room again.
    correct(care_world, care_world.astrid, "OMV", -20_000, by="bodil")
    assert queries.left_of_cap(care_world.astrid, month=OCTOBER) == 75_100 - 50_000 - 13_900 + 20_000


def test_strangers_units_and_services_are_not_found(care_world):
    with pytest.raises(Http404):
        correct(care_world, care_world.astrid, "LUN", -7_800, by="kurt")
    with pytest.raises(Http404):
        correct(care_world, care_world.astrid, "LUN", -7_800, unit=care_world.care_home)
    with pytest.raises(NotAllowed):
        correct(care_world, care_world.birger, "LUN", -7_800, by="ulf", unit=care_world.south_care)
    with pytest.raises(NotAllowed):
        correct(care_world, care_world.astrid, "LUN", -7_800, by="fia")
    assert not FeeCorrection.objects.exists()


def test_correction_is_taken_away_until_its_month_is_approved(care_world):
    karla = care_world.actor("karla")
    named = {"today": care_world.today, "number": care_world.astrid.number}
    kept = correct(care_world, care_world.astrid, "LUN", -7_800)
    gone = correct(care_world, care_world.astrid, "LUN", -15_600)
    care = correct(care_world, care_world.astrid, "OMV", -100, by="bodil")

    commands.remove_correction(karla, correction_id=gone.pk, **named)
    with pytest.raises(Http404):
        commands.remove_correction(karla, correction_id=gone.pk, **named)
    with pytest.raises(Refused):
        commands.remove_correction(karla, correction_id=care.pk, **named)
    lock(care_world.astrid, OCTOBER)
    with pytest.raises(Refused) as refused:
        commands.remove_correction(karla, correction_id=kept.pk, **named)
    assert [problem.code for problem in refused.value.problems] == ["month_locked"]
    assert FeeCorrection.objects.filter(removed_at__isnull=True).count() == 2


def test_form_keeps_what_was_typed_and_says_who_corrects_care(care_world, visit):
    number, karla = care_world.astrid.number, visit("karla")
    typed = {"amount": "-120", "text": "Ej utförd", "unit": care_world.north_care.pk}

    page = karla.post("care_fees:add_correction", number, service=care_world.services["OMV"].pk, **typed)
    assert page.status == 422
    assert "013-20 57 00" in page.fields["service"].fault
    assert page.fields["text"].value == "Ej utförd"

    page = karla.post("care_fees:add_correction", number, service="rent", follow=True, **typed)
    assert page.notices == ["−120 kr is corrected in 2024-10."]
    assert "Ej utförd" in page.text
    correction = FeeCorrection.objects.get()
    asked = karla.get("care_fees:remove_correction", number, correction.pk)
    assert "−120 kr, Ej utförd, is taken away from 2024-10." in asked.text
    page = karla.post("care_fees:remove_correction", number, correction.pk, follow=True)
    assert page.notices == ["The correction is removed."]
    assert "Nothing is corrected." in page.text
