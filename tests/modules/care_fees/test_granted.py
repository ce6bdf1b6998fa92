"""Granting services on a client's page, and what others ask of them."""

import datetime as dt

import pytest
from django.http import Http404

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import granted as commands
from kvitt.modules.care_fees.models import Client, ClientMonth, GrantedService, Service, ServicePrice
from kvitt.modules.care_fees.queries import services as queries
from kvitt.modules.care_fees.queries.granted import services_panel
from kvitt.registers.organisations.models import Authority, Clinic

pytestmark = pytest.mark.requirement("CF-6")

NOVEMBER = dt.date(2024, 11, 1)


def day(text):
    return dt.date.fromisoformat(text)


def page_of(client):
    return f"/care-fees/clients/{client.number}/"


def row_of(page, name):
    panel = next(each for each in page.context["page"].panels if each.template.endswith("services.html"))
    return next(row for row in panel.content.rows if row.service == name)


def grant(world, **facts):
    given = {
        "number": world.astrid.number,
        "service_id": world.services["LARM"].pk,
        "unit_id": world.south_care.pk,
        "first_on": day("2024-11-19"),
    } | facts
    return commands.grant_service(world.actor("karla"), today=world.today, **given)


@pytest.mark.requirement("CF-16a")
def test_granted_service_costs_its_days_of_the_month_on_the_page(care_world, sign_in):
    karla, page = sign_in(care_world, "karla"), page_of(care_world.astrid)
    version = care_world.astrid.version

    dialog = karla.get(f"{page}services/add/")
    saved = karla.post(
        f"{page}services/add/",
        {
            "service_id": care_world.services["LARM"].pk,
            "unit_id": care_world.south_care.pk,
            "first_on": f"{care_world.today.replace(day=19)}",
        },
        follow=True,
    )

    assert "Trygghetslarm, 310\u00a0kr" in dialog.content.decode()
    assert saved.redirect_chain == [(page, 303)]
    row = row_of(saved, "Trygghetslarm")
    assert (row.month_amount, row.amount, row.fault) == (12_400, 31_000, "")
    assert row.month_text == "12 dagar av 30: 124\u00a0kr"
    assert row_of(saved, "Personlig omvårdnad").month_text == "Hela månaden: 1\u00a0823\u00a0kr"
    assert Client.objects.get(pk=care_world.astrid.pk).version == version + 1
    event = Event.objects.get(action="care_fees.grant_service")
    assert event.data["after"]["unit"] == "4003 - Söders hemtjänst"


def test_amount_changes_from_a_day_and_goes_on(care_world, sign_in):
    karla, page = sign_in(care_world, "karla"), page_of(care_world.astrid)
    granted = care_world.astrid.granted.get()

    karla.post(f"{page}services/{granted.pk}/change/", {"first_on": "2024-11-15", "amount": "1 000"})

    old, new = care_world.astrid.granted.order_by("first_on")
    assert (old.last_on, old.amount) == (day("2024-11-14"), None)
    assert (new.first_on, new.last_on, new.amount, new.unit) == (
        day("2024-11-15"),
        None,
        100_000,
        care_world.north_care,
    )
    shown = karla.get(page)
    panel = next(p for p in shown.context["page"].panels if p.template.endswith("services.html")).content
    # 14 days of 30 at 1 823 kr, 16 at 1 000 kr.
    assert [row.month_amount for row in panel.rows if row.month_amount] == [53_334, 85_073]
    # Typed wrong: the same day again changes it in place.
    commands.change_granted(
        care_world.actor("karla"),
        today=care_world.today,
        number=care_world.astrid.number,
        granted_id=new.pk,
        first_on=new.first_on,
        amount=None,
    )
    assert care_world.astrid.granted.get(pk=new.pk).amount is None
    refused = karla.post(f"{page}services/{old.pk}/change/", {"first_on": "2024-11-15", "amount": "1"})
    assert refused.status_code == 422


def test_service_ends_and_may_go_on_again(care_world, sign_in):
    karla, page = sign_in(care_world, "karla"), page_of(care_world.astrid)
    granted = care_world.astrid.granted.get()
    end = f"{page}services/{granted.pk}/end/"

    before = karla.post(end, {"last_on": "2019-01-01"})
    ClientMonth.objects.create(client=care_world.astrid, month=NOVEMBER, status="approved")
    ended = karla.post(end, {"last_on": "2024-11-14"}, follow=True)

    assert before.status_code == 422
    assert row_of(ended, "Personlig omvårdnad").month_text == "14 dagar av 30: 850,73\u00a0kr"
    assert "2024-11 är godkänd och låst och ändras inte." in ended.content.decode()
    grant(care_world, service_id=granted.service_id, unit_id=granted.unit_id, first_on=day("2024-11-20"))
    overlapping = karla.post(end, {"last_on": ""})
    assert overlapping.status_code == 422
    karla.post(end, {"last_on": "2024-11-19"})
    granted.refresh_from_db()
    assert granted.last_on == day("2024-11-19")


def test_what_does_not_fit_is_refused_in_words(care_world, sign_in):
    karla, page = sign_in(care_world, "karla"), page_of(care_world.astrid)
    typed = {"service_id": care_world.services["KOST"].pk, "unit_id": care_world.north_care.pk}

    wrong_unit = karla.post(f"{page}services/add/", typed | {"first_on": "2024-11-01"})
    assert wrong_unit.status_code == 422
    assert "Kost vårdbostad ges inte på 4001 - Norrs hemtjänst, Hemtjänst." in wrong_unit.content.decode()
    twice = karla.post(
        f"{page}services/add/",
        typed | {"service_id": care_world.services["OMV"].pk, "first_on": "2024-11-01", "amount": "-5"},
    )
    assert {"overlaps", "negative_amount"} == {
        error.code for errors in twice.context["page"].form.errors.as_data().values() for error in errors
    }
    # Products and other municipalities' are not offered.
    for forged in ({"service_id": care_world.services["LUN"].pk}, {"unit_id": 999_999}):
        answer = karla.post(f"{page}services/add/", typed | forged | {"first_on": "2024-11-01"})
        assert answer.status_code == 422
    assert care_world.astrid.granted.count() == 1


@pytest.mark.requirement("CO-4", "CF-28")
def test_only_who_registers_care_of_the_area_grants(care_world, sign_in):
    granted = care_world.birger.granted.get(service__code="LARM")
    paths = [f"services/{granted.pk}/{what}/" for what in ("change", "end")] + ["services/add/"]
    for who, status in (
        ("karla", 200),
        ("bodil", 200),
        ("fia", 403),
        ("ulf", 403),
        ("mona", 403),
    ):
        viewer = sign_in(care_world, who)
        for path in paths:
            assert viewer.get(page_of(care_world.birger) + path).status_code == status, (who, path)
    kurt = sign_in(care_world, "kurt")
    for path in paths:
        assert kurt.get(page_of(care_world.astrid) + path).status_code == 404
        # What another client is granted is not found at this one.
    karla = sign_in(care_world, "karla")
    for path in paths[:2]:
        assert karla.get(page_of(care_world.astrid) + path).status_code == 404
        assert karla.post(page_of(care_world.astrid) + path, {"last_on": ""}).status_code == 404


@pytest.mark.requirement("CF-28")
def test_unit_that_serves_a_client_sees_its_own_services_only(care_world, sign_in):
    page = sign_in(care_world, "ulf").get(page_of(care_world.birger))
    panel = next(p for p in page.context["page"].panels if p.template.endswith("services.html")).content
    assert [row.service for row in panel.rows] == ["Trygghetslarm"]
    assert not panel.may_grant
    assert "Fördela insats" not in page.content.decode()


def test_forged_ids_of_another_authority_are_not_found(care_world):
    other = Authority.objects.create(
        name="Annan kommun", kind="municipality", organisation_number="2120009986"
    )
    facts = {"authority": other, "sort_key": "x", "first_on": day("2023-01-01")}
    service = Service.objects.create(
        code="OMV", name="Omvårdnad", kind="granted", care="personal_care", measure="month", **facts
    )
    unit = Clinic.objects.create(
        authority=other, provider=care_world.provider, number="1", name="x", unit_kind="home_care"
    )
    for forged in ({"service_id": service.pk}, {"unit_id": unit.pk}):
        with pytest.raises(Http404):
            grant(care_world, **forged)
    with pytest.raises(Refused):
        grant(care_world, service_id=care_world.services["LUN"].pk)


@pytest.mark.requirement("CF-15", "CF-16a")
def test_care_and_board_of_a_month_in_a_constant_number_of_statements(care_world, django_assert_num_queries):
    for each in care_world.greta.granted.all():
        GrantedService.objects.filter(pk=each.pk).update(last_on=day("2024-11-12"))
    ids = [care_world.astrid.pk, care_world.birger.pk, care_world.greta.pk, care_world.erik.pk]
    with django_assert_num_queries(3):
        found = queries.care_amounts(ids, NOVEMBER)
    assert found[care_world.astrid.pk] == queries.CareAmounts(care=182_300, monthly_care=182_300)
    # The alarm is neither care nor board.
    assert found[care_world.birger.pk] == found[care_world.astrid.pk]
    assert found[care_world.greta.pk] == queries.CareAmounts(
        care=105_680, board=122_400, monthly_care=264_200, monthly_board=306_000, day_amount=10_200
    )
    assert found[care_world.erik.pk] == queries.CareAmounts()
    panel = services_panel(care_world.actor("bodil"), care_world.greta, today=care_world.today, is_whole=True)
    assert panel.total == 105_680 + 122_400


def test_prices_of_a_day_and_what_a_unit_registers(care_world, django_assert_num_queries):
    omv, lunch = care_world.services["OMV"], care_world.services["LUN"]
    ServicePrice.objects.create(service=omv, first_on=day("2024-11-15"), amount=190_000)
    ServicePrice.objects.filter(service=lunch).update(last_on=day("2024-11-14"))
    with django_assert_num_queries(1):
        found = queries.prices_on([omv.pk, lunch.pk], on=day("2024-11-15"))
    assert {key: price.amount for key, price in found.items()} == {omv.pk: 190_000}
    assert queries.prices_on([omv.pk], on=day("2024-11-14"))[omv.pk].amount == 182_300
    # The price of the month's first day holds for the month.
    assert queries.care_amounts([care_world.astrid.pk], NOVEMBER)[care_world.astrid.pk].care == 182_300
    with django_assert_num_queries(1):
        registered = queries.registered_prices([omv, lunch], month=NOVEMBER)
    assert {key: price.amount for key, price in registered.items()} == {omv.pk: 182_300, lunch.pk: 7_800}
    codes = [each.code for each in queries.services_on(care_world.municipality.pk, on=NOVEMBER)]
    assert codes == ["OMV", "VBO", "LARM", "KOST", "BOS", "LUN", "KNAPP", "BAR"]
    with django_assert_num_queries(1):
        home = queries.registrable(care_world.north_care, NOVEMBER)
    assert [each.code for each in home] == ["BOS", "LUN", "KNAPP"]
    assert "BAR" in [each.code for each in queries.registrable(care_world.care_home, NOVEMBER)]
    with django_assert_num_queries(1):
        rows = queries.granted_between([care_world.birger.pk], NOVEMBER, day("2024-11-30"))
        assert [(row.service.code, row.unit.name) for row in rows] == [
            ("OMV", "Norrs hemtjänst"),
            ("LARM", "Söders hemtjänst"),
        ]
