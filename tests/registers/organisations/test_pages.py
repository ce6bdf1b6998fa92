"""The administrator's pages: who may open them, what they show, what they cost."""

import datetime as dt
from io import BytesIO

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from kvitt.registers.organisations import commands
from kvitt.registers.organisations.models import CareProvider, Clinic, ClinicRight, Practitioner


@pytest.fixture
def admin(world, sign_in) -> Client:
    return sign_in(world, "ivar")


def pages(world):
    right = ClinicRight.objects.get(clinic=world.ryd, scheme="needs_allowance")
    return {
        "search_clinics": [],
        "create_clinic": [],
        "clinic": [world.ryd.pk],
        "change_clinic": [world.ryd.pk],
        "close_clinic": [world.ryd.pk],
        "reopen_clinic": [world.ryd.pk],
        "add_right": [world.ryd.pk],
        "end_right": [right.pk],
        "remove_right": [right.pk],
        "add_practitioner": [world.ryd.pk],
        "change_practitioner": [world.karin.pk],
        "search_providers": [],
        "create_provider": [],
        "provider": [world.eken.pk],
        "change_provider": [world.eken.pk],
        "change_authority": [],
    }


@pytest.mark.requirement("CO-4", "QU-17")
def test_every_page_opens_to_the_administrator(world, admin):
    found = {
        name: admin.get(reverse(f"organisations:{name}", args=args)).status_code
        for name, args in pages(world).items()
    }

    assert set(found.values()) == {200}, found


@pytest.mark.requirement("CO-4", "QU-17")
@pytest.mark.parametrize("name", ["anna", "eva", "frida", "gustav", "hanna"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_page_opens_to_anybody_else(world, sign_in, name, method):
    client = sign_in(world, name)

    found = {
        page: getattr(client, method)(reverse(f"organisations:{page}", args=args)).status_code
        for page, args in pages(world).items()
    }

    assert set(found.values()) == {403}, found


@pytest.mark.requirement("QU-17")
def test_signed_out_is_sent_to_sign_in(world):
    for page, args in pages(world).items():
        url = reverse(f"organisations:{page}", args=args)
        assert Client().get(url).url == f"{reverse('access:sign_in')}?next={url}"


@pytest.mark.requirement("CO-1", "CO-4", "QU-17")
def test_forged_ids_of_another_authority_are_not_found(world, admin, neighbour):
    right = ClinicRight.objects.create(clinic=neighbour.clinic, scheme="special_care", first_on=world.today)
    practitioner = Practitioner.objects.create(clinic=neighbour.clinic, name="Åsa Prov", first_on=world.today)
    forged = {
        "clinic": neighbour.clinic.pk,
        "change_clinic": neighbour.clinic.pk,
        "close_clinic": neighbour.clinic.pk,
        "reopen_clinic": neighbour.clinic.pk,
        "add_right": neighbour.clinic.pk,
        "end_right": right.pk,
        "remove_right": right.pk,
        "add_practitioner": neighbour.clinic.pk,
        "change_practitioner": practitioner.pk,
        "provider": neighbour.provider.pk,
        "change_provider": neighbour.provider.pk,
    }

    for method in (admin.get, admin.post):
        found = {
            page: method(reverse(f"organisations:{page}", args=[pk])).status_code
            for page, pk in forged.items()
        }
        assert set(found.values()) == {404}, found


@pytest.mark.requirement("CO-4")
def test_clinic_that_a_user_cannot_see_is_not_found_rather_than_forbidden(world, sign_in):
    client = sign_in(world, "anna")

    assert client.get(reverse("organisations:clinic", args=[world.bjork.pk])).status_code == 404


@pytest.mark.requirement("CO-2")
def test_clinic_is_created_through_its_form(world, admin):
    response = admin.post(
        reverse("organisations:create_clinic"),
        {"provider_id": world.eken.pk, "number": "1113", "name": "Ekens Tandvård Åby", "giro_kind": ""},
    )

    clinic = Clinic.objects.get(number="1113")
    assert response.status_code == 303
    assert response.url == reverse("organisations:clinic", args=[clinic.pk])


@pytest.mark.requirement("CO-33")
def test_refusal_stands_by_its_field_and_what_was_typed_is_kept(world, admin):
    typed = {
        "provider_id": world.eken.pk,
        "number": "1111",
        "name": "Ekens Tandvård Åby",
        "giro_kind": "bankgiro",
        "giro_number": "5050-1055",
    }

    response = admin.post(reverse("organisations:create_clinic"), typed)

    assert response.status_code == 422
    form = response.context["page"].form
    assert list(form.errors) == ["number"]
    assert 'value="Ekens Tandvård Åby"' in response.content.decode()


@pytest.mark.requirement("CO-2", "CO-3")
def test_rights_and_practitioners_are_given_and_ended_through_their_forms(world, admin):
    ryd = [world.ryd.pk]
    admin.post(
        reverse("organisations:add_right", args=ryd), {"scheme": "special_care", "first_on": "20250101"}
    )
    right = ClinicRight.objects.get(scheme="special_care")
    admin.post(reverse("organisations:remove_right", args=[right.pk]))
    admin.post(reverse("organisations:add_practitioner", args=ryd), {"name": "Åsa Prov", "first_on": "idag"})
    practitioner = Practitioner.objects.get(name="Åsa Prov")
    typed = {"name": "Åsa Provström", "first_on": "2024-11-20", "last_on": "2024-12-31"}
    admin.post(reverse("organisations:change_practitioner", args=[practitioner.pk]), typed)
    allowance = ClinicRight.objects.get(clinic=world.ryd, scheme="needs_allowance")
    admin.post(reverse("organisations:end_right", args=[allowance.pk]), {"last_on": "241231"})

    page = admin.get(reverse("organisations:clinic", args=ryd)).context["page"]

    assert [row.period for row in page.rights] == ["2023-01-01 - 2024-12-31", "från 2023-01-01"]
    assert ("Åsa Provström", "2024-11-20 - 2024-12-31") in [
        (row.name, row.period) for row in page.practitioners
    ]


@pytest.mark.requirement("CO-2")
def test_clinic_is_closed_and_opened_through_its_dialogs(world, admin):
    url = reverse("organisations:clinic", args=[world.ryd.pk])
    admin.post(reverse("organisations:close_clinic", args=[world.ryd.pk]), {"closed_on": "2024-12-31"})
    closed = admin.get(url).context["page"].closed_on
    admin.post(reverse("organisations:reopen_clinic", args=[world.ryd.pk]))
    opened = admin.get(url).context["page"].closed_on

    assert (closed, opened) == (dt.date(2024, 12, 31), None)


@pytest.mark.requirement("CO-2")
def test_clinic_without_an_active_practitioner_says_so(world, admin):
    Practitioner.objects.filter(clinic=world.ryd).update(last_on=world.today - dt.timedelta(days=1))

    assert admin.get(reverse("organisations:clinic", args=[world.ryd.pk])).context["page"].lacks_practitioner


@pytest.mark.requirement("CO-2")
def test_provider_is_created_and_changed_through_its_forms(world, admin):
    admin.post(
        reverse("organisations:create_provider"),
        {"name": "Lindens Tandvård AB", "organisation_number": "556000-0035"},
    )
    provider = CareProvider.objects.get(organisation_number="5560000035")
    admin.post(
        reverse("organisations:change_provider", args=[provider.pk]),
        {"name": "Lindens AB", "organisation_number": "556000-0035"},
    )

    page = admin.get(reverse("organisations:provider", args=[provider.pk])).context["page"]
    assert (page.title, page.lead) == ("Lindens AB", "556000-0035")


@pytest.mark.requirement("CO-1")
def test_authority_is_changed_through_its_form(world, admin):
    typed = {
        "name": "Region Exempel",
        "organisation_number": "232100-0040",
        "contact_email": "inte en adress",
    }
    refused = admin.post(reverse("organisations:change_authority"), typed)
    saved = admin.post(
        reverse("organisations:change_authority"), typed | {"contact_email": "tand@example.org"}
    )

    world.region.refresh_from_db()
    assert (refused.status_code, saved.status_code) == (422, 303)
    assert world.region.contact_email == "tand@example.org"


@pytest.mark.requirement("CO-1", "PH-2")
def test_county_is_chosen_by_name_among_twenty_one(world, admin):
    url = reverse("organisations:change_authority")
    typed = {"name": "Region Exempel", "organisation_number": "232100-0040"}

    saved = admin.post(url, typed | {"county": "05"})
    refused = admin.post(url, typed | {"county": "02"})

    field = admin.get(url).context["page"].form["county"]
    assert (saved.status_code, refused.status_code) == (303, 422)
    assert field.value() == "05"
    assert str(dict(field.field.choices)[""]) == "Hela landet"
    assert dict(field.field.choices)["05"] == "Östergötland"
    assert len(field.field.choices) == 1 + 21


@pytest.mark.requirement("CO-25")
def test_list_is_filtered_by_its_address_and_exported_to_excel(world, admin):
    url = reverse("organisations:search_clinics")

    response = admin.get(url, {"provider": world.eken.pk, "sort": "-number", "format": "xlsx"})

    sheet = openpyxl.load_workbook(BytesIO(b"".join(response.streaming_content))).active
    numbers = [row[0].value for row in sheet.iter_rows(min_row=3)]
    assert numbers == ["1112", "1111"]


@pytest.mark.requirement("CO-25")
@pytest.mark.parametrize("sort", ["number", "-number", "name", "provider", "-practitioners", "closed_on"])
def test_clinics_are_sorted_by_every_heading_that_offers_it(world, admin, sort):
    response = admin.get(reverse("organisations:search_clinics"), {"sort": sort})

    assert response.status_code == 200
    assert sum(1 for heading in response.context["page"].headings if heading.sorted) == 1


@pytest.mark.parametrize(
    "query", ["provider=x", "provider=999999999999999999999", "scheme=nej", "state=%00", "text=%00"]
)
def test_senseless_filters_are_answered_in_words(world, admin, query):
    assert admin.get(f"{reverse('organisations:search_clinics')}?{query}").status_code == 200


def test_list_of_clinics_costs_the_same_for_one_and_for_many(
    world, ivar, admin, django_assert_max_num_queries
):
    for number in range(3000, 3040):
        clinic = commands.create_clinic(
            ivar, provider_id=world.eken.pk, number=str(number), name=f"Klinik {number}"
        )
        commands.add_right(ivar, clinic_id=clinic.pk, scheme="special_care", first_on=world.today)

    with django_assert_max_num_queries(12):
        admin.get(reverse("organisations:search_clinics"))


def test_page_of_a_clinic_keeps_its_query_budget(world, admin, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        admin.get(reverse("organisations:clinic", args=[world.ryd.pk]))
