"""Settings of a client: changed from a day on, also back in time, and never deleted."""

import datetime as dt

import pytest
from django.http import Http404
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import settings as commands
from kvitt.modules.care_fees.lifecycle import FeeType
from kvitt.modules.care_fees.models import Client
from kvitt.modules.care_fees.queries import clients, work
from kvitt.modules.care_fees.rules.settings import SettingsValues
from kvitt.registers.access.rules import NotAllowed
from tests.world import SINCE, TODAY

pytestmark = pytest.mark.requirement("CF-5")


def change(world, client, first_on, *, by="karla", **facts):
    values = {"fee_type": FeeType.SINGLE, "accepts_cap": True, "parish_code": "058001"} | facts
    commands.change_settings(
        world.actor(by), today=TODAY, number=client.number, first_on=first_on, values=SettingsValues(**values)
    )


def rows(client):
    return [
        (row.first_on, row.last_on, row.fee_type, row.accepts_cap, row.parish_code)
        for row in client.settings.order_by("first_on")
    ]


def test_change_back_in_time_changes_what_differs_in_every_later_row(care_world):
    astrid, march, june = care_world.astrid, dt.date(2024, 3, 1), dt.date(2024, 6, 1)
    change(care_world, astrid, june, accepts_cap=False)
    assert Client.objects.get(pk=astrid.pk).version == 2
    change(care_world, astrid, march, parish_code="058014")
    assert rows(astrid) == [
        (SINCE, dt.date(2024, 2, 29), "single", True, "058001"),
        (march, dt.date(2024, 5, 31), "single", True, "058014"),
        (june, None, "single", False, "058014"),
    ]
    assert clients.settings_on(astrid, dt.date(2024, 5, 31)).parish_code == "058014"
    event = Event.objects.filter(action="care_fees.change_settings").latest("pk")
    assert [row["parish_code"] for row in event.data["before"]["settings"]] == ["058001", "058001"]
    assert [row["parish_code"] for row in event.data["after"]["settings"]] == ["058014", "058014"]


def test_settings_can_begin_earlier_and_the_area_with_them(care_world):
    earlier = dt.date(2022, 11, 1)
    change(care_world, care_world.astrid, earlier, parish_code="")
    assert rows(care_world.astrid) == [(earlier, None, "single", True, "")]
    assert clients.placement_on(care_world.astrid, earlier).area == care_world.north


def test_change_is_refused_in_words_and_to_strangers(care_world):
    astrid = care_world.astrid
    for wrong, code in (
        ({}, "nothing_changed"),
        ({"parish_code": "5801"}, "bad_parish_code"),
        ({"parish_code": "038001"}, "other_municipality"),
    ):
        with pytest.raises(Refused) as refused:
            change(care_world, astrid, TODAY, **wrong)
        assert [problem.code for problem in refused.value.problems] == [code]
    for stranger, error in (("kurt", Http404), ("ulf", Http404), ("fia", NotAllowed), ("mona", NotAllowed)):
        with pytest.raises(error):
            change(care_world, astrid, TODAY, by=stranger, parish_code="")
    with pytest.raises(NotAllowed):
        change(care_world, care_world.birger, TODAY, by="ulf", parish_code="")
    assert len(rows(astrid)) == 1


def test_parish_code_is_fetched_at_a_click_and_one_from_elsewhere_hints(
    care_world, sign_in, settings, tmp_path
):
    client, url = sign_in(care_world, "karla"), reverse("care_fees:change_settings", args=["D2023-000001"])
    typed = {"first_on": "2024-11-01", "fee_type": "couple", "parish_code": "058001", "fetch": "1"}
    assert care_world.astrid.number in url
    nothing = client.post(url, typed)
    assert nothing.status_code == 422
    assert "parish_code" in nothing.context["page"].form.errors
    settings.KVITT_POPULATION_REGISTER = tmp_path / "register.csv"
    settings.KVITT_POPULATION_REGISTER.write_text(
        "number,given_name,family_name,parish_code,changed_on\n194503129803,Astrid,Provén,038014,2024-01-01\n",
        encoding="utf-8",
    )
    form = client.post(url, typed).context["page"].form
    assert (form["parish_code"].value(), form["fee_type"].value()) == ("038014", "couple")
    assert "058001" in str(form.errors["parish_code"])
    assert not form.fields["has_confirmed_parish"].widget.is_hidden
    del typed["fetch"]
    kept = client.post(url, typed | {"parish_code": "038014", "has_confirmed_parish": "on"})
    assert kept.status_code == 303
    assert rows(care_world.astrid)[-1] == (dt.date(2024, 11, 1), None, "couple", False, "038014")


def test_who_is_left_alone_is_proposed_as_single_and_stands_on_a_work_list(care_world, sign_in):
    erik = care_world.erik.person
    erik.died_on = dt.date(2024, 10, 31)
    erik.save(update_fields=["died_on"])
    client = sign_in(care_world, "karla")
    assert list(work.left_alone(care_world.actor("karla"), today=TODAY)) == [care_world.dagny]
    assert "Dagny Parsson" in client.get(reverse("care_fees:left_alone")).content.decode()
    page = client.get(reverse("care_fees:case", args=[care_world.dagny.number])).context["page"]
    panel = next(panel.content for panel in page.panels if panel.template.endswith("settings.html"))
    form = client.get(panel.notice_url).context["page"].form
    assert (form["first_on"].value(), form["fee_type"].value()) == ("2024-11-01", "single")
    change(care_world, care_world.dagny, dt.date(2024, 11, 1))
    assert list(work.left_alone(care_world.actor("karla"), today=TODAY)) == []
    assert care_world.erik.settings.get().fee_type == "couple"
