"""Coordinators ask for another billing area; the billing office alone moves clients."""

import datetime as dt

import pytest
from django.http import Http404
from django.urls import reverse

from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import areas as commands
from kvitt.modules.care_fees.models import AreaRequest, Client, ClientMonth
from kvitt.modules.care_fees.queries import areas as queries
from kvitt.modules.care_fees.queries import clients
from kvitt.registers.access.rules import NotAllowed
from tests.world import SINCE, TODAY

pytestmark = pytest.mark.requirement("CF-5")

NOVEMBER = dt.date(2024, 11, 1)


def ask(world, client, area, *, by="karla", reason="Flyttar till Söder"):
    return commands.request_move(
        world.actor(by), today=TODAY, number=client.number, area_id=area.pk, reason=reason
    )


def move(world, client, area, *, by="bodil", first_on=NOVEMBER, request_id=None):
    commands.move_client(
        world.actor(by),
        today=TODAY,
        number=client.number,
        area_id=area.pk,
        first_on=first_on,
        request_id=request_id,
    )


def placed(client):
    return [(row.area.name, row.first_on, row.last_on) for row in client.placements.order_by("first_on")]


def codes(refused):
    return [problem.code for problem in refused.value.problems]


def test_request_waits_on_the_billing_offices_list_until_the_client_is_moved(care_world, sign_in):
    astrid, bodil = care_world.astrid, sign_in(care_world, "bodil")
    request = ask(care_world, astrid, care_world.south)
    assert "Astrid Provén" in bodil.get(reverse("care_fees:area_requests")).content.decode()
    url = reverse("care_fees:move_client", args=[astrid.number])
    form = bodil.get(f"{url}?request={request.pk}").context["page"].form
    assert (form.initial["area"], form.initial["first_on"]) == (care_world.south.pk, NOVEMBER)
    typed = {"area": care_world.south.pk, "first_on": "2024-11-01"}
    assert bodil.post(f"{url}?request={request.pk}", typed).status_code == 303
    assert placed(astrid) == [("Norr", SINCE, dt.date(2024, 10, 31)), ("Söder", NOVEMBER, None)]
    request.refresh_from_db()
    assert (request.state, request.answered_by) == ("moved", "Bodil Debitering")
    assert Client.objects.get(pk=astrid.pk).version == 2
    assert bodil.get(reverse("care_fees:area_requests")).context["page"].rows == []
    # Whoever was asked too late is told, and nothing is moved once more.
    late = bodil.post(f"{url}?request={request.pk}", {"area": care_world.north.pk, "first_on": "2024-11-01"})
    assert late.status_code == 303
    assert clients.placement_on(astrid, TODAY).area == care_world.south


def test_request_is_refused_with_a_reason_that_the_coordinator_reads(care_world, sign_in):
    request = ask(care_world, care_world.astrid, care_world.south)
    url = reverse("care_fees:refuse_move", args=[care_world.astrid.number, request.pk])
    bodil = sign_in(care_world, "bodil")
    assert bodil.post(url, {"answer": " "}).status_code == 422
    assert bodil.post(url, {"answer": "Bor kvar i Norr"}).status_code == 303
    case = reverse("care_fees:case", args=[care_world.astrid.number])
    assert "Bor kvar i Norr" in sign_in(care_world, "karla").get(case).content.decode()
    ask(care_world, care_world.astrid, care_world.south)


def test_one_request_waits_and_for_another_area_that_is_open(care_world):
    astrid = care_world.astrid
    for wrong, code in (({"area": care_world.north}, "same_area"), ({"reason": " "}, "no_reason")):
        with pytest.raises(Refused) as refused:
            ask(care_world, astrid, **({"area": care_world.south} | wrong))
        assert codes(refused) == [code]
    ask(care_world, astrid, care_world.south)
    with pytest.raises(Refused) as refused:
        ask(care_world, astrid, care_world.south)
    assert codes(refused) == ["waits_already"]
    care_world.south.closed_on = dt.date(2024, 6, 30)
    care_world.south.save()
    for forged in (care_world.intake, care_world.south):
        with pytest.raises(Http404):
            ask(care_world, care_world.birger, forged)


def test_move_is_the_billing_offices_alone(care_world, sign_in):
    astrid = care_world.astrid
    url = reverse("care_fees:move_client", args=[astrid.number])
    typed = {"area": care_world.south.pk, "first_on": "2024-11-01"}
    answered = {
        name: sign_in(care_world, name).post(url, typed).status_code
        for name in ("karla", "fia", "mona", "kurt", "ulf")
    }
    assert answered == {"karla": 403, "fia": 403, "mona": 403, "kurt": 404, "ulf": 404}
    assert placed(astrid) == [("Norr", SINCE, None)]
    with pytest.raises(NotAllowed):
        move(care_world, care_world.birger, care_world.south, by="ulf")


def test_requests_of_other_clients_and_areas_are_not_there(care_world):
    request = ask(care_world, care_world.astrid, care_world.south)
    with pytest.raises(Http404):
        move(care_world, care_world.greta, care_world.north, request_id=request.pk)
    with pytest.raises(Http404):
        ask(care_world, care_world.greta, care_world.north)
    with pytest.raises(Http404):
        commands.refuse_move(
            care_world.actor("bodil"),
            today=TODAY,
            number=care_world.greta.number,
            request_id=request.pk,
            answer="Nej",
        )
    assert AreaRequest.objects.get().state == "waiting"
    assert list(queries.waiting_requests(care_world.actor("kurt"), on=TODAY)) == []


@pytest.mark.requirement("CF-28")
def test_move_goes_back_to_the_day_after_the_last_locked_month(care_world):
    astrid = care_world.astrid
    move(care_world, astrid, care_world.south, first_on=dt.date(2025, 1, 1))
    ClientMonth.objects.create(client=astrid, month=dt.date(2024, 9, 1), status="approved")
    ClientMonth.objects.create(client=astrid, month=dt.date(2024, 10, 1), status="calculated")
    with pytest.raises(Refused) as refused:
        move(care_world, astrid, care_world.south, first_on=dt.date(2024, 9, 30))
    assert codes(refused) == ["month_locked"]
    move(care_world, astrid, care_world.south, first_on=dt.date(2024, 10, 1))
    assert placed(astrid) == [
        ("Norr", SINCE, dt.date(2024, 9, 30)),
        ("Söder", dt.date(2024, 10, 1), dt.date(2024, 12, 31)),
        ("Söder", dt.date(2025, 1, 1), None),
    ]
