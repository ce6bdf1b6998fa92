"""The pages of dwellings and housing contracts: what they say, refuse and list."""

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from kvitt.audit.models import Event
from kvitt.modules.care_fees.lifecycle import MonthStatus
from kvitt.modules.care_fees.models import ClientMonth, FreeMonth, Tenancy
from tests import files
from tests.modules.care_fees.letting import contract, dwelling

DECEMBER_17 = dt.date(2024, 12, 17)


@pytest.fixture
def at(care_world, sign_in):
    """Return a function: the page of somebody, sent to where something is typed."""

    def visit(who, name, *args, **typed):
        client = sign_in(care_world, who)
        client.cookies["kvitt_language"] = "en"
        url = reverse(f"care_fees:{name}", args=args)
        return client.post(url, typed) if typed else client.get(url)

    return visit


def words(response):
    return " ".join(response.content.decode().replace("&#x27;", "'").split())


@pytest.mark.requirement("CF-8")
def test_contract_date_is_shown_with_its_rule_before_anything_is_saved(care_world, at):
    let = dwelling(care_world)
    number = care_world.astrid.number
    typed = {"dwelling": let.pk, "moved_in_on": "2024-12-15", "monthly": "6 200"}

    shown = words(at("karla", "create_tenancy", number, show="1", **typed))
    assert 'name="seen" value="2024-12-17"' in shown
    assert "Serviced flat, moved in from day 15 of the month" in shown
    first = at("karla", "create_tenancy", number, **typed)
    assert (first.status_code, Tenancy.objects.count()) == (200, 0)
    assert "Check the date and save." in words(first)
    changed = at("karla", "create_tenancy", number, seen="2024-12-01", **typed)
    assert (changed.status_code, Tenancy.objects.count()) == (200, 0)

    saved = at("karla", "create_tenancy", number, seen="2024-12-17", **typed)
    assert saved.status_code == 303
    tenancy = Tenancy.objects.get()
    assert (tenancy.first_on, tenancy.rents.get().amount) == (DECEMBER_17, 620_000)
    assert tenancy.number in words(at("karla", "case", number))


@pytest.mark.requirement("CF-7")
def test_two_at_once_are_answered_in_words_and_what_was_typed_stays(care_world, at):
    let = dwelling(care_world)
    contract(care_world, care_world.birger, let)
    typed = {"dwelling": let.pk, "moved_in_on": "2024-11-20", "monthly": "6 200", "seen": "2024-11-17"}
    answer = at("karla", "create_tenancy", care_world.astrid.number, **typed)
    assert answer.status_code == 422
    assert "is let with the contract H2024-000001, 2024-11-01 -" in words(answer)
    assert 'value="2024-11-20"' in words(answer)


@pytest.mark.requirement("CF-7", "CF-10")
def test_contract_ends_on_one_of_two_days(care_world, at):
    tenancy = contract(care_world, care_world.astrid, dwelling(care_world), "2024-06-01")
    ClientMonth.objects.create(
        client=care_world.astrid, month=dt.date(2024, 10, 1), status=MonthStatus.APPROVED
    )
    dialog = words(at("karla", "end_tenancy", tenancy.number))
    for day in ("2024-10-14, half", "2024-11-14, half", "2024-11-30, full", "2024-12-31, full"):
        assert day in dialog
    bad = at("karla", "end_tenancy", tenancy.number, day="other", last_on="2024-11-20")
    assert bad.status_code == 422
    assert "cannot end on 2024-11-20. Choose 2024-11-14" in words(bad)
    assert at("karla", "end_tenancy", tenancy.number, day="2024-11-20").status_code == 422
    ended = at("karla", "end_tenancy", tenancy.number, day="2024-10-14")
    assert ended.status_code == 303
    assert Tenancy.objects.get().last_on == dt.date(2024, 10, 14)
    assert at("karla", "end_tenancy", tenancy.number, day="none").status_code == 303
    assert Tenancy.objects.get().last_on is None


@pytest.mark.requirement("CF-10", "CO-25", "CO-30", "QU-19")
def test_contract_list_finds_by_person_dwelling_period_and_state(care_world, at, sign_in):
    world = care_world
    person = world.birger.person
    person.is_protected = True
    person.save(update_fields=["is_protected"])
    hers = contract(world, world.astrid, dwelling(world), "2024-06-01")
    contract(world, world.birger, dwelling(world, "1205"), "2024-11-01")
    contract(world, world.greta, dwelling(world, "1206"), "2024-11-01")
    at("karla", "end_tenancy", hers.number, day="other", last_on="2024-09-30")

    client = sign_in(world, "karla")

    def found(**filters):
        page = client.get(reverse("care_fees:search_tenancies"), filters).context["page"]
        return [str(row.cells[2].html) for row in page.rows]

    assert found() == ["Skyddade personuppgifter", "Astrid Provén"]
    assert found(person="prov") == found(person=world.astrid.number) == ["Astrid Provén"]
    assert found(person="birger") == []
    assert found(state="open") == ["Skyddade personuppgifter"]
    assert found(dwelling="1205") == []
    assert found(dwelling="lindgatan 1204") == found(state="ended") == ["Astrid Provén"]
    assert found(first_on="2024-10-01") == ["Skyddade personuppgifter"]
    assert found(last_on="2024-10-31") == ["Astrid Provén"]
    assert found(number="h2024-1") == ["Astrid Provén"]
    read = Event.objects.filter(action="care_fees.search_tenancies").latest("id")
    assert list(read.subjects.values_list("person_id", flat=True)) == [world.astrid.person_id]

    excel = client.get(reverse("care_fees:search_tenancies"), {"format": "xlsx"})
    rows = list(load_workbook(io.BytesIO(b"".join(excel.streaming_content))).active.values)
    assert "Skyddade personuppgifter" in str(rows)
    assert "Birger" not in str(rows)
    by_number = client.post(reverse("care_fees:find_tenant"), {"number": "19450312-9803"})
    assert by_number.headers["Location"] == f"/care-fees/tenancies/?person={world.astrid.number}"
    nobody = client.post(reverse("care_fees:find_tenant"), {"number": "19360605-9800"})
    assert nobody.status_code == 422


@pytest.mark.requirement("CF-9")
def test_free_month_is_refused_in_words_and_shown_when_granted(care_world, at):
    tenancy = contract(care_world, care_world.astrid, dwelling(care_world))
    typed = {"former_housing": "rented", "household": "one_stays", "cost": "7 000", "text": "Hyresfri månad"}
    refused = at("karla", "grant_free_month", tenancy.number, **typed)
    assert refused.status_code == 422
    assert "when the other stays in the home" in words(refused)
    assert "The cost is not proven." in words(refused)

    receipt = SimpleUploadedFile("kvitto.png", files.png(), "image/png")
    granted = at(
        "karla", "grant_free_month", tenancy.number, **{**typed, "household": "single_mover"}, receipt=receipt
    )
    assert granted.status_code == 303
    assert FreeMonth.objects.get().receipt.file_name == "kvitto.png"
    page = words(at("karla", "tenancy", tenancy.number))
    assert "kvitto.png" in page
    assert "in 2024-11" in page
    assert at("karla", "receipt", tenancy.number).status_code == 200
    assert at("kurt", "receipt", tenancy.number).status_code == 404


@pytest.mark.requirement("CF-7", "CO-4")
def test_contracts_and_dwellings_of_others_are_not_there(care_world, at):
    world = care_world
    let = dwelling(world)
    tenancy = contract(world, world.astrid, let)
    for name in ("tenancy", "change_tenancy", "change_rent", "end_tenancy", "grant_free_month"):
        assert at("kurt", name, tenancy.number).status_code == 404
        assert at("ulf", name, tenancy.number).status_code == 404
        assert at("karla", name, "H2024-999999").status_code == 404
        assert at("fia", name, tenancy.number).status_code == (200 if name == "tenancy" else 403)
        assert at("mona", name, tenancy.number).status_code == 403
    assert at("kurt", "change_dwelling", let.pk).status_code == 404
    assert at("fia", "change_dwelling", let.pk).status_code == 403
    assert at("kurt", "create_tenancy", world.astrid.number).status_code == 404
    room = dwelling(world, "V1", unit=world.care_home)
    forged = {"dwelling": room.pk, "moved_in_on": "2024-11-20", "monthly": "1", "seen": "2024-11-17"}
    assert at("karla", "create_tenancy", world.astrid.number, **forged).status_code == 422
    assert Tenancy.objects.count() == 1
    assert let.number in words(at("karla", "search_dwellings"))
    assert let.number not in words(at("kurt", "search_dwellings"))
